"""What an import did with each row: for the screen, and as a workbook to be sent back."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

from qn_coverage.core.foreign_text import defused, runs_as_formula
from qn_coverage.data.importing.keeping import SUMMARY, record_results
from qn_coverage.data.importing.text import cleaned

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from openpyxl.worksheet.worksheet import Worksheet

    from qn_coverage.core.errors import Problem
    from qn_coverage.data.importing.draft import Draft
    from qn_coverage.data.importing.notes import Note

RED: Final = PatternFill("solid", fgColor="F8B4B4")
YELLOW: Final = PatternFill("solid", fgColor="FFF2B3")
BLUE: Final = PatternFill("solid", fgColor="D6E4F5")

COLOURED_ROWS: Final = 2_000
"""Most rows of a sheet that are copied into the workbook: those with remarks come first."""

REMARKS: Final = 5_000
"""Most remarks in the workbook; if there are more, all of them stand in a CSV beside it."""

_SHOWN: Final = 15
_BOLD: Final = Font(bold=True)
_TABLE_WIDE: Final = frozenset(("column", "column-left-out"))


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of an import.

    Attributes
    ----------
    kind
        ``sites``, ``villages`` or ``measurements``.
    read, taken
        Rows in the files, and rows of the files that are in the result.
    written
        Rows of the result: a row of a list may hold several sectors.
    notes, problems
        What was assumed, and what was refused.
    draft
        The files as read, for the workbook.
    """

    kind: str
    read: int
    taken: int
    written: int
    notes: tuple[Note, ...]
    problems: tuple[Problem, ...]
    draft: Draft

    def stops(self, *, skip_refused: bool) -> bool:
        """Whether refused rows stop the import: any, or with ``skip_refused`` all of them."""
        return bool(self.problems) and (not skip_refused or not self.taken)

    def lines(self, most: int = _SHOWN) -> Iterator[str]:
        """Lines for the screen; at most ``most`` of each kind of remark."""
        yield f"Đọc {self.read} dòng, nhận {self.taken} / read {self.read} rows, took {self.taken}"
        shown: Counter[str] = Counter()
        for note in self.notes:
            shown[note.code] += 1
            if note.code in _TABLE_WIDE or shown[note.code] <= most:
                yield f"  ~ {note}"
        for code, count in shown.items():
            if code not in _TABLE_WIDE and count > most:
                yield f"  ~ … {code}: {count - most} nữa / more"
        for problem in self.problems[: 4 * most]:
            yield f"  ✗ {problem}"
        if len(self.problems) > 4 * most:
            yield f"  ✗ … {len(self.problems) - 4 * most} lỗi nữa / more problems"


def write_report(report: Report, path: Path, results: Mapping[str, str]) -> None:
    """Write the workbook: a sheet of remarks, then each sheet as it came, with coloured cells.

    Red is refused, yellow was taken as something else, blue is proposed; a comment says why.
    Texts that look like formulas are written as texts.

    Parameters
    ----------
    report
        What to write.
    path
        The workbook.
    results
        SHA-256 of the results that it stands for, by name; see `keeping`.
    """
    book = Workbook()
    summary: Any = book.active
    summary.title = SUMMARY
    record_results(book, results)
    for row, values in enumerate(islice(_summary_rows(report), REMARKS), start=1):
        for column, value in enumerate(values, start=1):
            _put(summary, row, column, value)
    summary.freeze_panes = "A2"
    for number, width in enumerate((14, 30, 8, 24, 40, 60, 60), start=1):
        summary.column_dimensions[get_column_letter(number)].width = width
    for cell in summary[1]:
        cell.font = _BOLD
    for part in range(len(report.draft.grids)):
        _copy_sheet(book, report, part)
    book.save(path)
    if len(report.notes) + len(report.problems) >= REMARKS:
        with path.with_suffix(".csv").open("w", encoding="utf-8-sig", newline="") as file:
            for values in _summary_rows(report):
                csv.writer(file).writerow([defused("" if v is None else v) for v in values])


def safe_text(value: object) -> str:
    """Text that a spreadsheet can hold: without control characters, at most 32,000 long."""
    return cleaned(str(value))[:32_000]


def _summary_rows(report: Report) -> Iterator[Sequence[object]]:
    yield ("Loại/Kind", "Tệp/File", "Dòng/Row", "Cột/Column", "Ghi trong tệp/Found",
           "Hiểu là - Cần có", "Taken as - Expected, how to mend")  # fmt: skip
    for problem in report.problems:
        yield (
            "✗ " + problem.code,
            problem.file,
            problem.row,
            problem.column,
            problem.found,
            "không nhận / refused",
            f"{problem.expected}. {problem.mend}",
        )
    for note in report.notes:
        yield ("~ " + note.code, note.file, note.row, note.column, note.found, note.vi, note.en)


def _put(sheet: Worksheet, row: int, column: int, value: object) -> Any:
    cell: Any = sheet.cell(row, column)
    if isinstance(value, int) and not isinstance(value, bool):
        cell.value = value
    elif value is not None and value != "":
        cell.value = safe_text(value)
        if runs_as_formula(str(cell.value)):
            cell.data_type = "s"
            cell.quotePrefix = True
    return cell


def _copy_sheet(book: Workbook, report: Report, part: int) -> None:
    draft = report.draft
    grid, header = draft.grids[part], draft.headers[part]
    marks = _marks(report, part)
    wanted = {draft.line[i] for i in range(len(draft.row)) if draft.part[i] == part}
    if len(wanted) > COLOURED_ROWS:
        red = [line for line, cells in marks.items() if any(m[0] is RED for m in cells.values())]
        wanted = set([*red, *marks][:COLOURED_ROWS])
    name = "".join("_" if c in "[]:*?/\\'" else c for c in (grid.part or grid.file))
    sheet = book.create_sheet(f"{part + 1} {safe_text(name)}"[:31])
    lines = [*range(header.first), *sorted(wanted)]
    for row, line in enumerate(lines, start=1):
        for column, value in enumerate(grid.lines[line], start=1):
            if value and not value.isspace():
                _put(sheet, row, column, value)
        for column, (fill, why) in marks.get(line, {}).items():
            cell = sheet.cell(row, column + 1)
            cell.fill = fill
            cell.comment = Comment(safe_text(why)[:2_000], "qn-coverage")
    sheet.freeze_panes = f"A{header.first + 1}"
    for cell in sheet[max(header.first, 1)]:
        cell.font = _BOLD


def _marks(report: Report, part: int) -> dict[int, dict[int, tuple[PatternFill, str]]]:
    """Colour and reason by line and column of a sheet; what is refused is painted last."""
    draft = report.draft
    header, name = draft.headers[part], draft.grids[part].name
    column_of = {shown: i for i, shown in reversed(list(enumerate(header.names)))}
    marks: dict[int, dict[int, tuple[PatternFill, str]]] = {}
    for note in report.notes:
        if note.file == name and note.row is not None:
            fill = BLUE if note.code.startswith("proposed") else YELLOW
            line, column = header.first + note.row - 1, column_of.get(note.column or "", 0)
            marks.setdefault(line, {})[column] = (fill, f"hiểu là {note.vi} / taken as {note.en}")
    for problem in report.problems:
        if problem.file == name and problem.row is not None:
            line, column = header.first + problem.row - 1, column_of.get(problem.column or "", 0)
            why = f"{problem.code}: cần / expected {problem.expected}. {problem.mend}"
            marks.setdefault(line, {})[column] = (RED, why)
    return marks
