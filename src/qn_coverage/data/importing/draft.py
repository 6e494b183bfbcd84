"""Files of one kind put together: one text column a field, each row with where it stood."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from qn_coverage.core.errors import InvalidDataError, Problem, UnknownNameError
from qn_coverage.data.importing.headers import (
    KINDS,
    Header,
    find_header,
    not_recognised,
    unknown_columns,
)
from qn_coverage.data.importing.notes import Note
from qn_coverage.data.importing.open_files import open_file
from qn_coverage.data.importing.safety import MAX_ROWS, MAX_TEXT, refused, too_many_rows
from qn_coverage.data.importing.template_columns import EXAMPLE
from qn_coverage.data.importing.text import cleaned, repaired

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from qn_coverage.data.importing.grid import Grid


@dataclass(slots=True)
class Draft:
    """A list on its way.

    Attributes
    ----------
    cells
        One text column a field, ``""`` where empty.
    part, row, line
        For each row: index into ``grids``, 1-based data row, 0-based line in the grid.
    grids, headers
        What was read, and where its columns were found.
    notes, problems
        What was assumed and what is refused; converters add theirs.
    """

    cells: pd.DataFrame
    part: list[int]
    row: list[int]
    line: list[int]
    grids: list[Grid]
    headers: list[Header]
    notes: list[Note] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def column_name(self, index: int, name: str) -> str:
        """How the file of a row calls a field."""
        header = self.headers[self.part[index]]
        return header.names[header.fields[name]] if name in header.fields else name

    def note(self, index: int, column: str, code: str, found: str, vi: str, en: str) -> None:
        """Record what a cell was taken for."""
        self.notes.append(
            Note(
                code,
                self.grids[self.part[index]].name,
                found[:80],
                vi,
                en,
                self.row[index],
                self.column_name(index, column),
            )
        )

    def note_same(
        self, indices: Sequence[int], column: str, code: str, found: str, vi: str, en: str
    ) -> None:
        """Record once what many rows were taken for in the same way, at the first of them."""
        if len(indices) > 1:
            count = len(indices)
            vi, en = f"{vi} ({count} dòng như vậy)", f"{en} ({count} rows like this)"
        self.note(indices[0], column, code, found, vi, en)

    def refuse(
        self, index: int, column: str, code: str, found: str, expected: str, mend: str
    ) -> None:
        """Record that a row is refused."""
        self.problems.append(
            Problem(
                code=code,
                file=self.grids[self.part[index]].name,
                row=self.row[index],
                column=self.column_name(index, column),
                found=f"'{found[:80]}'" if found else "an empty cell",
                expected=expected,
                mend=mend,
            )
        )

    def refused_rows(self) -> set[tuple[str, int]]:
        """Rows that have a problem, by grid name and data row."""
        return {(p.file, p.row) for p in self.problems if p.row is not None}

    def column(self, name: str) -> list[str]:
        """Cells of a field; all empty if no file has it."""
        if name not in self.cells:
            return [""] * len(self.cells)
        return [str(cell) for cell in self.cells[name]]


def labels(files: Sequence[Path]) -> dict[str, Path]:
    """Files by the name that messages give them: with the folder where two are called alike.

    Raises
    ------
    InvalidDataError
        ``same-file``: rows could not be told apart.
    """
    paths = [Path(path) for path in files]
    names = Counter(path.name for path in paths)
    found: dict[str, Path] = {}
    for path in paths:
        label = path.name if names[path.name] == 1 else f"{path.absolute().parent.name}/{path.name}"
        if label in found:
            raise refused("same-file", path, "the same name twice", "each file once", "rename it")
        found[label] = path
    return found


def load(
    files: Sequence[Path],
    kind: str,
    *,
    mapping: Mapping[str, str] | None = None,
    fixed: Mapping[str, str] | None = None,
    encoding: str | None = None,
) -> Draft:
    """Read files of one kind.

    Parameters
    ----------
    files
        Paths.
    kind
        A key of `headers.KINDS`.
    mapping
        Field by column name, stronger than the aliases.
    fixed
        Value by field for files that lack it, e.g. the operator whose list it is.
    encoding
        As in `open_files.open_file`.

    Raises
    ------
    InvalidDataError
        A file cannot be read, no sheet of it names its columns, or none has a column that
        ``mapping`` names (``unknown-column``).
    UnknownNameError
        ``mapping`` or ``fixed`` names a field that does not exist.
    """
    for name in fixed or {}:
        if name not in KINDS[kind]:
            raise UnknownNameError("field", name, KINDS[kind])
    draft = Draft(pd.DataFrame(), [], [], [], [], [])
    frames = []
    for label, path in labels(files).items():
        grids = [replace(grid, file=label) for grid in open_file(path, encoding)]
        for grid, header in _tables(draft, grids, kind, mapping):
            frames.append(_append(draft, grid, header))
            if len(draft.row) > MAX_ROWS:
                raise too_many_rows(path, len(draft.row))
    if problems := unknown_columns(mapping or {}, draft.headers, list(labels(files))):
        raise InvalidDataError(problems)
    if not draft.row:
        raise refused("no-rows", files[0], "column names and no rows", "a table", "send it again")
    draft.cells = pd.concat(frames, ignore_index=True).fillna("")
    for name, value in (fixed or {}).items():
        given = draft.column(name)
        draft.cells[name] = [cell or value for cell in given]
    return draft


def _tables(
    draft: Draft, grids: Sequence[Grid], kind: str, mapping: Mapping[str, str] | None
) -> list[tuple[Grid, Header]]:
    """Sheets of a file that name columns; those that lack what a row must have only if all do."""
    headers = [(grid, find_header(grid, kind, mapping)) for grid in grids]
    named = [(grid, header) for grid, header in headers if header is not None]
    if not named:
        raise InvalidDataError([not_recognised(grid, kind) for grid in grids])
    whole = [(grid, header) for grid, header in named if header.holds(kind)] or named
    taken = {grid.name for grid, _ in whole}
    for grid in grids:
        if grid.name not in taken:
            vi, en = "bỏ qua: không phải danh sách", "left out: no list"
            draft.notes.append(Note("sheet-left-out", grid.name, grid.part, vi, en))
    return whole


def _append(draft: Draft, grid: Grid, header: Header) -> pd.DataFrame:
    draft.notes += grid.notes
    part = len(draft.grids)
    draft.grids.append(grid)
    draft.headers.append(header)
    width = len(header.names)
    marked = [header.fields[name] for name in ("site_id", "name_vi") if name in header.fields]
    kept = []
    for number, line in enumerate(grid.lines[header.first :], start=1):
        if not any(cell and not cell.isspace() for cell in line):
            continue
        if any(i < len(line) and line[i].startswith(EXAMPLE) for i in marked):
            draft.notes.append(_example_note(grid, number))
            continue
        kept.append([line[i] if i < len(line) else "" for i in header.fields.values()])
        draft.part.append(part)
        draft.row.append(number)
        draft.line.append(header.first + number - 1)
        if len(line) > width and any(cell.strip() for cell in line[width:]):
            draft.refuse(
                len(draft.row) - 1,
                next(iter(header.fields)),
                "too-many-cells",
                " | ".join(line)[:60],
                f"{width} cells as in the header",
                "a decimal comma in a file with commas between cells? save it with ';' or as .xlsx",
            )
    frame = pd.DataFrame(kept, columns=list(header.fields), dtype=object)
    for name in frame.columns:
        frame[name] = _tidy(frame[name], draft, grid, header.names[header.fields[name]])
    draft.notes += _column_notes(grid, header)
    return frame


def _example_note(grid: Grid, number: int) -> Note:
    return Note("example", grid.name, EXAMPLE, "dòng ví dụ: bỏ qua", "an example: left out", number)


def _tidy(cells: pd.Series[Any], draft: Draft, grid: Grid, column: str) -> pd.Series[Any]:
    codes, different = pd.factorize(cells)
    raw = [str(cell) for cell in different]
    mended, encoding = repaired(raw)
    texts = [cleaned(mended.get(cell, cell)[:MAX_TEXT]) for cell in raw]
    # An apostrophe before a formula is how such cells are made harmless in CSV: not part of it.
    texts = [t[1:] if len(t) > 1 and t[0] == "'" and t[1] in "=+-@" else t for t in texts]
    if encoding:
        first = next(iter(mended.items()))
        draft.notes.append(
            Note(
                "encoding",
                grid.name,
                first[0][:80],
                f"'{first[1][:80]}' ({encoding}; {len(mended)} giá trị)",
                f"{encoding} text, {len(mended)} different values",
                column=column,
            )
        )
    return pd.Series(np.array(texts, dtype=object)[codes], index=cells.index, dtype=object)


def _column_notes(grid: Grid, header: Header) -> Iterator[Note]:
    for name, column in header.fields.items():
        if header.names[column] != name and not header.names[column].startswith("⟨"):
            yield Note("column", grid.name, header.names[column], name, f"the column {name}")
    for left in header.left_out:
        yield Note("column-left-out", grid.name, left, "không dùng", "nothing: left out")
