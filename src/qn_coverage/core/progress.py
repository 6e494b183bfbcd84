"""How long work tells what it is doing, without knowing who listens."""

from __future__ import annotations

from typing import Final, Protocol


class Progress(Protocol):
    """Listener of a run: stages follow each other, each may report how far it is."""

    def stage(self, title: str) -> None:
        """A new stage begins; the one before is over."""

    def advance(self, done: int, total: int) -> None:
        """Tell how far the current stage is."""


class _Silent:
    def stage(self, title: str) -> None:
        """Say nothing."""

    def advance(self, done: int, total: int) -> None:
        """Say nothing."""


SILENT: Final[Progress] = _Silent()
"""Listener that says nothing."""
