"""CSV and Excel files as grids."""

from __future__ import annotations

import csv
import io
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from python_calamine import CalamineError, CalamineWorkbook, WorksheetNotFound

from qn_coverage.data.importing.grid import Grid, lines_of
from qn_coverage.data.importing.headers import recognised
from qn_coverage.data.importing.notes import Note
from qn_coverage.data.importing.safety import (
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_ROWS,
    checked_members,
    refused,
    too_many_rows,
)
from qn_coverage.data.importing.text import decode

if TYPE_CHECKING:
    from pathlib import Path

DELIMITERS: Final = (",", ";", "\t", "|")

_LOOKED_AT: Final = 40


def read_csv(path: Path, data: bytes, encoding: str | None = None) -> Grid:
    """Read a text file with any common delimiter and encoding.

    Raises
    ------
    InvalidDataError
        As `text.decode`, and ``unreadable``, ``empty-sheet``, ``too-many-rows``.
    """
    decoded = decode(data, path, encoding)
    delimiter = _delimiter(decoded.text)
    lines = []
    try:
        for line in _reader(decoded.text, delimiter):
            lines.append(line)
            if len(lines) > MAX_ROWS + _LOOKED_AT:
                raise too_many_rows(path)
    except csv.Error as error:
        raise refused(
            "unreadable", path, str(error), "a CSV file", "look for a quotation mark never closed"
        ) from error
    if not any(any(cell.strip() for cell in line) for line in lines):
        raise refused("empty-sheet", path, "no text", "a table", "send the file again")
    return Grid(path.name, lines, notes=tuple(_csv_notes(path, decoded.encoding, delimiter)))


def read_workbook(path: Path) -> list[Grid]:
    """Read the sheets of an XLSX, XLSM, XLS or ODS file that are not empty.

    Merged cells all take the value that is shown.

    Raises
    ------
    InvalidDataError
        As `safety.checked_members`, and ``unreadable``, ``empty-sheet``, ``too-many-rows``.
    """
    with path.open("rb") as file:
        packed = file.read(4) == b"PK\x03\x04"
    if packed:
        checked_members(path)
    try:
        workbook = CalamineWorkbook.from_path(path)
        grids = [_sheet(workbook, name, path) for name in workbook.sheet_names]
    except (CalamineError, WorksheetNotFound, OSError, ValueError) as error:
        raise refused(
            "unreadable",
            path,
            " ".join(str(error).split()) or type(error).__name__,
            "a workbook without password",
            "open it in Excel and save it again as .xlsx",
        ) from error
    grids = [grid for grid in grids if grid.lines]
    if not grids:
        raise refused("empty-sheet", path, "only empty sheets", "a table", "send the file again")
    return grids


def _reader(text: str, delimiter: str) -> Any:
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def _delimiter(text: str) -> str:
    """The delimiter under which most column names are known, then most cells line up."""

    def merit(delimiter: str) -> tuple[int, int]:
        try:
            lines = list(islice(_reader(text[: 1 << 16], delimiter), _LOOKED_AT))
        except csv.Error:
            return 0, 0
        widths = [len(line) for line in lines if line]
        common = max(set(widths), key=widths.count, default=0)
        return max((recognised(line) for line in lines), default=0), common * widths.count(common)

    return max(DELIMITERS, key=merit)


def _csv_notes(path: Path, encoding: str, delimiter: str) -> list[Note]:
    notes = []
    if encoding != "utf-8":
        notes.append(
            Note("encoding", path.name, "bytes", f"bảng mã {encoding}", f"{encoding} text")
        )
    if delimiter != ",":
        shown = "tab" if delimiter == "\t" else delimiter
        notes.append(
            Note("delimiter", path.name, shown, f"dấu ngăn cột '{shown}'", f"delimiter '{shown}'")
        )
    return notes


def _sheet(workbook: CalamineWorkbook, name: str, path: Path) -> Grid:
    sheet = workbook.get_sheet_by_name(name)
    if sheet.total_height > MAX_ROWS + _LOOKED_AT:
        raise too_many_rows(path, sheet.total_height)
    if sheet.total_width > MAX_COLUMNS or sheet.total_height * sheet.total_width > MAX_CELLS:
        raise refused(
            "too-many-cells",
            path,
            f"a sheet of {sheet.total_height:,} rows and {sheet.total_width:,} columns",
            f"at most {MAX_COLUMNS} columns and {MAX_CELLS:,} cells",
            "delete what stands far right of or below the table",
        )
    lines = lines_of(sheet.to_python(skip_empty_area=False))
    merged = _fill_merged(lines, sheet.merged_cell_ranges or [])
    while lines and not any(cell.strip() for cell in lines[-1]):
        lines.pop()
    notes = []
    if merged:
        notes.append(
            Note(
                "merged-cells",
                f"{path.name} [{name}]",
                f"{merged} ô gộp / merged",
                "giá trị lặp lại ở mỗi ô",
                "the shown value in each of their cells",
            )
        )
    return Grid(path.name, lines, part=name, notes=tuple(notes))


def _fill_merged(
    lines: list[list[str]], ranges: list[tuple[tuple[int, int], tuple[int, int]]]
) -> int:
    filled = 0
    for (top, left), (bottom, right) in ranges[:MAX_ROWS]:
        if top >= len(lines) or left >= len(lines[top]) or not lines[top][left].strip():
            continue
        value = lines[top][left]
        rows = lines[top : bottom + 1]
        # A title over the whole sheet, or a note beside a table, is one cell to a reader as well.
        if len(rows) * (right - left + 1) > MAX_ROWS:
            continue
        filled += 1
        for line in rows:
            line[left : right + 1] = [value] * (min(right + 1, len(line)) - left)
    return filled
