"""What an import may write over: the results of earlier imports, known by the report beside them.

The report carries, for each result, its name and SHA-256 as a property of the workbook. A result
that somebody went on working in has another one, and stays.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook
from openpyxl.packaging.custom import StringProperty
from openpyxl.utils.exceptions import InvalidFileException

from qn_coverage.core.files import sha256_of
from qn_coverage.data.importing.safety import refused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SUMMARY: Final = "Tóm tắt - Summary"
"""First sheet of a report, which says that a workbook is one."""

_UNREADABLE: Final = (
    InvalidFileException, zipfile.BadZipFile, OSError, KeyError, ValueError, TypeError, ParseError,
)  # fmt: skip


def report_path(out: Path | str) -> Path:
    """Where the report of an import stands: beside the result."""
    out = Path(out)
    return out.with_name(f"{out.stem}-report.xlsx")


def keep_files(files: Sequence[Path], out: Path | str | None) -> None:
    """Refuse to write result or report over a file that is read, or that no import wrote.

    Raises
    ------
    InvalidDataError
        ``same-file``, ``file-exists``.
    """
    if out is None:
        return
    out, report = Path(out), report_path(out)
    written = {out.resolve(), report.resolve()}
    for path in files:
        if Path(path).resolve() in written:
            raise refused(
                "same-file", Path(path), "a file that would be written over by --out or its report",
                "another file", "choose another name for --out",
            )  # fmt: skip
    known = results_of(report)
    for path, ours in (
        (report, known is not None),
        (report.with_suffix(".csv"), known is not None),
        (out, out.is_file() and (known or {}).get(out.name) == sha256_of(out)),
    ):
        if path.exists() and not ours:
            raise refused(
                "file-exists", path, "a file that no import wrote, or that was changed since",
                "a new name, or an earlier import's result as it was written",
                "choose another name for --out, or move the file away",
            )  # fmt: skip


def results_of(report: Path) -> dict[str, str] | None:
    """SHA-256 of the results that a report stands for, by name; None if it is no report."""
    if not report.is_file():
        return None
    try:
        book: Any = load_workbook(report, read_only=True)
    except _UNREADABLE:
        return None
    try:
        if book.sheetnames[:1] != [SUMMARY]:
            return None
        return {each.name: str(each.value) for each in book.custom_doc_props.props}
    finally:
        book.close()


def record_results(book: Any, results: Mapping[str, str]) -> None:
    """Write into a report, not yet saved, which results it stands for."""
    for name, sha256 in results.items():
        book.custom_doc_props.append(StringProperty(name=name, value=sha256))
