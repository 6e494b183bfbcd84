"""Run the command line as ``python -m qn_coverage``."""

from qn_coverage.cli import main

main(prog_name="qn-coverage")
