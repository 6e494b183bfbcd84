"""XLSX workbook as a department would print it: A4 landscape, headers on each page."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from qn_coverage.export.excel import new_workbook, put_text, save_workbook
from qn_coverage.export.sheets import sheets_of

if TYPE_CHECKING:
    from pathlib import Path

    from openpyxl.cell import Cell, MergedCell
    from openpyxl.worksheet.worksheet import Worksheet

    from qn_coverage.export.results import Results
    from qn_coverage.export.sheets import Sheet

HEADER_ROWS: Final = 4
"""Title, English title, Vietnamese header, English header."""

_FORMATS: Final = {
    "share": "0.00%", "km2": "#,##0.00", "km": "#,##0.0", "m": "#,##0", "db": "0.0", "dbm": "0.0",
    "deg": "0", "mhz": "0.0", "count": "#,##0", "number": "0.000", "year": "0",
    "date": "dd/mm/yyyy", "lonlat": "0.000000", "text": "@", "code": "@", "yes": "@",
}  # fmt: skip
_WIDEST: Final = 46
_HEAD_FILL: Final = "1F4E79"
_BAND_FILL: Final = "EEF4F9"


def write_workbook(results: Results, path: Path) -> None:
    """Write the workbook: summary, communes, villages, gaps, sites, data dictionary, provenance.

    Text from files is always a text cell, never a formula; characters that XML cannot hold are
    shown as ``�``.

    Parameters
    ----------
    results
        What to write.
    path
        File to write.
    """
    book = new_workbook(
        title=results.summary["name_vi"],
        creator=f"qn-coverage {results.manifest['versions']['qn-coverage']}",
        created=results.created,
    )
    for sheet in sheets_of(results):
        _fill(book.create_sheet(sheet.title), sheet, results)
    save_workbook(book, path, created=results.created)


def _fill(page: Worksheet, sheet: Sheet, results: Results) -> None:
    _put_headings(page, sheet)
    for at, row in enumerate(sheet.rows, start=HEADER_ROWS + 1):
        kinds = _kinds(sheet, row)
        for column, kind in enumerate(kinds, start=1):
            _put(page.cell(at, column), row[column - 1], kind, banded=at % 2 == 0)
    _set_widths(page, sheet)
    _set_print(page, sheet, results)


def _kinds(sheet: Sheet, row: tuple[Any, ...]) -> list[str]:
    """Kind of each cell; on the summary sheet the row's last entry says what its figures are."""
    return [row[-1] if kind == "mixed" else kind for _, _, kind in sheet.columns]


def _put(cell: Cell | MergedCell, value: Any, kind: str, *, banded: bool) -> None:
    from openpyxl.styles import Alignment, PatternFill  # noqa: PLC0415

    if isinstance(value, str):
        put_text(cell, value)
    else:
        cell.value = value
        cell.number_format = _FORMATS.get(kind, "General")
    text = isinstance(value, str)
    # Words must not stick to the figures on their left.
    cell.alignment = Alignment(
        vertical="top", wrap_text=text, horizontal="left" if text else None, indent=int(text)
    )
    if banded:
        cell.fill = PatternFill("solid", fgColor=_BAND_FILL)


def _put_headings(page: Worksheet, sheet: Sheet) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill  # noqa: PLC0415

    for at, text, font in (
        (1, sheet.heading_vi, Font(bold=True, size=14, color=_HEAD_FILL)),
        (2, sheet.heading_en, Font(italic=True, size=11, color="666666")),
    ):
        _put(page.cell(at, 1), text, "text", banded=False)
        page.cell(at, 1).font = font
        page.cell(at, 1).alignment = Alignment(wrap_text=False)
    for column, (vi, en, _) in enumerate(sheet.columns, start=1):
        for at, text, font in (
            (3, vi, Font(bold=True, color="FFFFFF")),
            (4, en, Font(italic=True, size=9, color="FFFFFF")),
        ):
            cell = page.cell(at, column)
            _put(cell, text, "text", banded=False)
            cell.font = font
            cell.fill = PatternFill("solid", fgColor=_HEAD_FILL)
            cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center")
    # The summary, which has few columns, is to go on one sheet of paper.
    narrow = len(sheet.columns) <= 5
    page.row_dimensions[3].height = 30 if narrow else 48
    page.row_dimensions[4].height = 16 if narrow else 36


def _set_widths(page: Worksheet, sheet: Sheet) -> None:
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    for at, (vi, _, kind) in enumerate(sheet.columns):
        longest = max((len(str(row[at])) for row in sheet.rows if row[at] is not None), default=0)
        # Words have their indent too.
        cells = longest + 2 if kind in {"text", "code", "yes"} else min(longest, 12)
        # Headers wrap: a third of their length is enough.
        width = min(max(cells + 2, len(vi) / 3 + 3, 16 if kind == "mixed" else 9), _WIDEST)
        page.column_dimensions[get_column_letter(at + 1)].width = width
    for at, row in enumerate(sheet.rows, start=HEADER_ROWS + 1):
        # Programs other than Excel do not grow a row for wrapped text by themselves.
        lines = max(math.ceil(len(cell) / _WIDEST) for cell in (*row, " ") if isinstance(cell, str))
        if lines > 1:
            page.row_dimensions[at].height = 15 * min(lines, 12)


def _set_print(page: Worksheet, sheet: Sheet, results: Results) -> None:
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    last = get_column_letter(len(sheet.columns))
    page.freeze_panes = f"{'C' if len(sheet.columns) > 8 else 'A'}{HEADER_ROWS + 1}"
    page.auto_filter.ref = f"A{HEADER_ROWS}:{last}{HEADER_ROWS + max(len(sheet.rows), 1)}"
    page.page_setup.orientation = "landscape"
    page.page_setup.paperSize = 9  # A4 (ECMA-376, 18.3.1.63)
    # Never fitted to a height: LibreOffice then leaves the last row out of the print.
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = 1, 0
    page.sheet_properties.pageSetUpPr.fitToPage = True  # type: ignore[union-attr]
    page.print_title_rows = f"1:{HEADER_ROWS}"
    page.page_margins.left = page.page_margins.right = 0.4
    page.page_margins.top = page.page_margins.bottom = 0.8
    page.page_margins.header = page.page_margins.footer = 0.35
    # '&' starts a field code there.
    title = str(results.summary["name_vi"]).replace("&", "&&")
    head: Any = page.HeaderFooter.oddHeader
    foot: Any = page.HeaderFooter.oddFooter
    for item, text in (
        (head.right, "Số liệu mô phỏng / Modelled"),
        (foot.left, title),
        (foot.center, results.created.strftime("%d/%m/%Y")),
        (foot.right, "Trang &P / &N"),
    ):
        item.text = text
