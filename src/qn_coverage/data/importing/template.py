"""Workbooks to be filled in: Vietnamese headers, drop-down lists, notes and one example row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties

from qn_coverage.core.errors import UnknownNameError
from qn_coverage.data.importing.land import communes
from qn_coverage.data.importing.safety import refused
from qn_coverage.data.importing.template_columns import COMMUNES, TEMPLATES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from openpyxl.worksheet.worksheet import Worksheet

    from qn_coverage.data.importing.template_columns import Asked

ROWS: Final = 2_000
"""Rows that have drop-down lists and checks; more may be filled in without."""

_FONT: Final = "Calibri"
_LIST: Final = "Danh sách"
_NOTES: Final = "Hướng dẫn - Notes"
_WORDS: Final = "Danh mục"
_HEAD: Final = PatternFill("solid", fgColor="1F4E78")
_NEEDED: Final = PatternFill("solid", fgColor="9C2A10")
_GREY: Final = PatternFill("solid", fgColor="E7E6E6")
_THIN: Final = Border(bottom=Side("thin", color="808080"))
_INTRODUCTION: Final = (
    """Điền vào trang 'Danh sách', mỗi dòng một mục; xoá dòng ví dụ. Cột đỏ phải có. \
Cột không biết thì để trống: phần mềm ghi rõ điều nó giả định.""",
    """Fill in the sheet 'Danh sách', one entry a row; delete the example. Red columns are needed. \
Leave what is not known empty: the software says what it assumes.""",
)


def write_template(kind: str, path: Path) -> None:
    """Write the template of a kind of list.

    The example row stays in the file until somebody deletes it, and is never imported.

    Parameters
    ----------
    kind
        ``sites`` or ``villages``.
    path
        New ``.xlsx`` file.

    Raises
    ------
    UnknownNameError
        There is no template of that kind.
    InvalidDataError
        ``unknown-format``; ``file-exists``: a list that may be filled in is not overwritten.
    """
    if kind not in TEMPLATES:
        raise UnknownNameError("template", kind, TEMPLATES)
    if path.suffix.lower() != ".xlsx":
        raise refused("unknown-format", path, path.suffix, ".xlsx", "name the file so")
    if path.exists():
        raise refused("file-exists", path, "a file", "a new name", "it may be filled in already")
    book = Workbook()
    asked = TEMPLATES[kind]
    sheet: Any = book.active
    sheet.title = _LIST
    _write_notes(book.create_sheet(_NOTES), asked)
    words = book.create_sheet(_WORDS)
    words.sheet_state = "hidden"
    _write_list(sheet, words, asked)
    path.parent.mkdir(parents=True, exist_ok=True)
    for page in (sheet, book[_NOTES]):
        _fit_to_a4(page)
    book.save(path)


def _fit_to_a4(sheet: Worksheet) -> None:
    setup: Any = sheet.page_setup
    setup.orientation, setup.paperSize, setup.fitToWidth, setup.fitToHeight = "landscape", 9, 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def _write_list(sheet: Worksheet, words: Worksheet, asked: Sequence[Asked]) -> None:
    for number, column in enumerate(asked, start=1):
        head = sheet.cell(1, number, column.header)
        head.fill = _NEEDED if column.needed else _HEAD
        head.font = Font(name=_FONT, bold=True, color="FFFFFF")
        head.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center")
        example = sheet.cell(2, number, column.example)
        example.fill, example.border = _GREY, _THIN
        example.font = Font(name=_FONT, italic=True, color="7F7F7F")
        sheet.column_dimensions[get_column_letter(number)].width = 16
        sheet.add_data_validation(_validation(column, number, words))
    sheet.column_dimensions["A"].width = 52
    sheet.row_dimensions[1].height = 32
    sheet.freeze_panes = "B2"


def _validation(column: Asked, number: int, words: Worksheet) -> DataValidation:
    """Drop-down list or limits of a column, with its note as the prompt."""
    rule = DataValidation(
        allow_blank=True,
        showInputMessage=True,
        showErrorMessage=bool(column.choices or column.limits),
        errorStyle="stop" if column.only else "warning",
        errorTitle="Kiểm tra lại",
        error=f"{column.vi} / {column.en}"[:225],
        promptTitle=column.header[:32],
        prompt=f"{column.vi} / {column.en}"[:255],
    )
    if column.choices:
        rule.type, rule.formula1 = "list", _choices(column, number, words)
    elif column.limits:
        rule.type, rule.operator = "decimal", "between"
        rule.formula1, rule.formula2 = (f"{limit:g}" for limit in column.limits)
    letter = get_column_letter(number)
    rule.add(f"{letter}2:{letter}{ROWS + 1}")
    return rule


def _choices(column: Asked, number: int, words: Worksheet) -> str:
    """Range of a hidden sheet: Excel cuts lists that stand in the rule itself at 255 letters."""
    named = column.choices == COMMUNES
    texts = sorted(communes()["name_vi"].astype(str)) if named else column.choices
    for row, text in enumerate(texts, start=1):
        words.cell(row, number, text)
    letter = get_column_letter(number)
    return f"'{_WORDS}'!${letter}$1:${letter}${len(texts)}"


def _write_notes(sheet: Worksheet, asked: Sequence[Asked]) -> None:
    for row, text in enumerate(_INTRODUCTION, start=1):
        sheet.cell(row, 1, text).alignment = Alignment(wrap_text=True, vertical="top")
        sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=4)
        sheet.row_dimensions[row].height = 32
    heads = ("Cột / Column", "Phải có / Needed", "Ghi gì", "What to write")
    for number, (text, width) in enumerate(zip(heads, (26, 16, 60, 60), strict=True), start=1):
        sheet.cell(4, number, text).font = Font(name=_FONT, bold=True)
        sheet.column_dimensions[get_column_letter(number)].width = width
    for row, column in enumerate(asked, start=5):
        needed = "phải có / yes" if column.needed else ""
        sheet.row_dimensions[row].height = 15 * (1 + max(len(column.vi), len(column.en)) // 60)
        for number, text in enumerate((column.header, needed, column.vi, column.en), start=1):
            cell = sheet.cell(row, number, text)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.freeze_panes = "A5"
