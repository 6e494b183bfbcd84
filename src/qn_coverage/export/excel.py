"""Workbooks that are the same bytes each time, and cells of text that stay text."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING, Final

from qn_coverage.core.foreign_text import printable, runs_as_formula
from qn_coverage.export.archive import write_zip

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from openpyxl import Workbook
    from openpyxl.cell import Cell, MergedCell

_LONGEST: Final = 32_767
"""Characters that a cell can hold."""
_CORE: Final = "docProps/core.xml"


def new_workbook(*, title: str, creator: str, created: datetime) -> Workbook:
    """A workbook without sheets."""
    from openpyxl import Workbook  # noqa: PLC0415 (only when asked for)

    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    book.properties.creator = creator
    book.properties.title = title
    book.properties.created = created.replace(tzinfo=None)
    return book


def save_workbook(book: Workbook, path: Path, *, created: datetime) -> None:
    """Write a workbook without the clock's time in it, which openpyxl puts down as last change."""
    buffer = io.BytesIO()
    book.save(buffer)
    with zipfile.ZipFile(buffer) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    stamp = created.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    files[_CORE] = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + stamp, files[_CORE])
    write_zip(path, files, created=created)


def put_text(cell: Cell | MergedCell, text: str) -> None:
    """Fill a cell with text that is never a formula, not even when somebody edits it."""
    shown = printable(text)[:_LONGEST]
    cell.value = shown
    cell.data_type = "s"  # openpyxl takes a leading '=' for a formula
    cell.quotePrefix = runs_as_formula(shown)
    cell.number_format = "@"
