"""Answers → things people look at. Computes nothing."""
