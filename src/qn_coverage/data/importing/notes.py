"""One thing that an import took a cell for: where it stood, what it said, what it became."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Note:
    """A cell, a column or a file *taken as* something that it does not plainly say.

    Attributes
    ----------
    code
        Stable kebab-case name of the kind of assumption.
    file
        Name of the file, and sheet or layer.
    found
        What stood there.
    vi, en
        What it was taken as, in Vietnamese and English.
    row
        1-based data row (header excluded), or None for a whole file or column.
    column
        Column as the file names it, or None.
    """

    code: str
    file: str
    found: str
    vi: str
    en: str
    row: int | None = None
    column: str | None = None

    def __str__(self) -> str:
        """One line: place, what was found, what it was taken as."""
        place = self.file
        if self.row is not None:
            place += f", dòng/row {self.row}"
        if self.column is not None:
            place += f", cột/column '{self.column}'"
        return f"{place}: '{self.found}' → hiểu là {self.vi} / taken as {self.en}"
