"""The commands, a module for each matter. Heavy imports wait until a command runs."""

EXIT_MENDABLE = 2
"""Exit code for what the user can mend: bad input, bad setting, folder that does not verify."""
