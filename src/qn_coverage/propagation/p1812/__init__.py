"""Recommendation ITU-R P.1812-8 (September 2025)."""
