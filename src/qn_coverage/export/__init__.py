"""Answers → files that other programs read."""
