"""Planners' own files → files that the strict readers accept, with a report of each assumption."""
