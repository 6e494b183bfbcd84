"""The last step of every import: nothing half-done is written, and the report always is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qn_coverage.core.errors import InvalidDataError
from qn_coverage.core.files import sha256_of
from qn_coverage.data.importing.keeping import report_path, results_of
from qn_coverage.data.importing.report import Report, write_report
from qn_coverage.data.importing.safety import refused
from qn_coverage.data.importing.writing import check_ending, write_checked

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import geopandas as gpd

    from qn_coverage.core.errors import Problem
    from qn_coverage.data.importing.draft import Draft
    from qn_coverage.data.importing.notes import Note


class RefusedRowsError(InvalidDataError):
    """Rows are refused and nothing was written but the report.

    Attributes
    ----------
    report
        What was read, assumed and refused.
    path
        The report as a workbook.
    """

    def __init__(self, problems: Sequence[Problem], report: Report, path: Path) -> None:
        super().__init__(problems)
        self.report = report
        self.path = path


def kept_rows(draft: Draft) -> list[int]:
    """Indices of the rows of a draft that have no problem."""
    bad = draft.refused_rows()
    return [
        i
        for i in range(len(draft.row))
        if (draft.grids[draft.part[i]].name, draft.row[i]) not in bad
    ]


def finish(
    kind: str,
    draft: Draft,
    frame: gpd.GeoDataFrame,
    kept: Sequence[int],
    out: Path | str | None,
    read: Callable[[Path], object],
    *,
    dry_run: bool,
    skip_refused: bool,
    extra: Sequence[Note] = (),
) -> Report:
    """Report, and write result and workbook unless it is a dry run.

    Raises
    ------
    InvalidDataError
        ``unknown-format``, ``cannot-write``.
    RefusedRowsError
        Rows are refused and ``skip_refused`` is not set, or no row is left; the report is written
        all the same, beside the place of the result.
    """
    notes = (*draft.notes, *extra)
    problems = tuple(sorted(draft.problems, key=lambda p: (p.file, p.row or 0, p.column or "")))
    report = Report(kind, len(draft.row), len(kept), len(frame), notes, problems, draft)
    if dry_run or out is None:
        return report
    out, path = Path(out), report_path(out)
    check_ending(out)
    earlier = results_of(path) or {}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if report.stops(skip_refused=skip_refused):
            write_report(report, path, earlier)
            raise RefusedRowsError(problems, report, path)
        try:
            write_checked(
                frame,
                out,
                read,
                before=lambda aside: write_report(
                    report, path, {**earlier, out.name: sha256_of(aside)}
                ),
            )
        except InvalidDataError:
            write_report(report, path, earlier)
            raise
    except OSError as error:
        raise refused(
            "cannot-write", out, str(error), "a folder that can be written to",
            "close the file in other programs, or choose another place",
        ) from error  # fmt: skip
    return report
