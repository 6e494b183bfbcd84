"""What every file becomes first: lines of text cells, with nothing decided about them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from qn_coverage.data.importing.notes import Note

PLACE_X: Final = "⟨x⟩"
PLACE_Y: Final = "⟨y⟩"
"""Columns of a drawn place; degrees, unless the file does not say in which CRS it is drawn."""

PLACE_RADIUS: Final = "⟨radius m⟩"
"""Column of the radius around a drawn area's point that holds the area, metres."""


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet, layer or text file.

    Attributes
    ----------
    file
        Name of the file.
    part
        Sheet or layer; empty when the file has one.
    lines
        Cells as text, ``""`` for an empty one; lines may differ in length.
    notes
        What was assumed in reading it.
    titled
        Whether the first line surely holds the names of the columns.
    """

    file: str
    lines: list[list[str]]
    part: str = ""
    notes: tuple[Note, ...] = field(default=())
    titled: bool = False

    @property
    def name(self) -> str:
        """File and part, for messages."""
        return f"{self.file} [{self.part}]" if self.part else self.file


def text_of(value: object) -> str:  # noqa: PLR0911 (a table of kinds)
    """Cell as text: whole numbers without ``.0``, days as ISO, truths as true and false."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if value != value:  # noqa: PLR0124 (NaN)
            return ""
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if hasattr(value, "isoformat"):
        return str(value.isoformat()).removesuffix("T00:00:00")
    return str(value)


def lines_of(rows: Iterable[Iterable[object]]) -> list[list[str]]:
    """Rows of any values as lines of text."""
    return [[text_of(value) for value in row] for row in rows]
