"""Compiling takes longer than hypothesis allows an example: no deadlines here."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("compiled", deadline=None)
settings.load_profile("compiled")
