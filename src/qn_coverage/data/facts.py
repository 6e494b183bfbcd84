"""Named places, and the figures and sentences that a study is held against."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qn_coverage.core.schema import CLAIMS, INDICATORS, PLACES
from qn_coverage.core.spans import span_of
from qn_coverage.data import positions
from qn_coverage.data.checks import checked, code_problems, typed
from qn_coverage.data.formats import read_table
from qn_coverage.data.problems import accepted, problem, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    import geopandas as gpd
    import pandas as pd

    from qn_coverage.core.errors import Problem


def read_places(path: Path | str) -> gpd.GeoDataFrame:
    """Named sites and control points: columns of `core.schema.PLACES`, points in EPSG:4326.

    Raises
    ------
    InvalidDataError
        With every problem, as `positions.read_places` and `checks.typed`, and ``bad-code``.
    """
    path = Path(path)
    places, problems = positions.read_places(path, "point", PLACES, layer="places")
    return accepted(places, [*problems, *code_problems(places["commune_code"], path)], path)


def read_claims(path: Path | str) -> pd.DataFrame:
    """Sentences and the reports for or against them: columns of `core.schema.CLAIMS`.

    Raises
    ------
    InvalidDataError
        With every problem, as `formats.read_table` and `checks.typed`; ``not-a-date`` and
        ``dates-out-of-order`` for ``since`` and ``until``.
    """
    path = Path(path)
    claims, problems = typed(read_table(path), CLAIMS, path)
    return accepted(claims, [*problems, *_span_problems(claims, path)], path)


def read_indicators(path: Path | str) -> pd.DataFrame:
    """Published figures with their comparison: columns of `core.schema.INDICATORS`.

    Raises
    ------
    InvalidDataError
        With every problem, as `formats.read_table` and `checks.typed`.
    """
    path = Path(path)
    return checked(read_table(path), INDICATORS, path)


def _span_problems(claims: pd.DataFrame, path: Path) -> Iterator[Problem]:
    """Days of ``since`` and ``until`` that are none, or that exclude each other."""
    ends = ("since", "until")
    for end in ends:
        column = claims[end]
        for row in rows_of([_given(cell) and _span(cell) is None for cell in column]):
            yield problem(
                "not-a-date",
                path,
                repr(column.iloc[row]),
                "a year, a month or a day: 2024, 2024-05 or 2024-05-27",
                "correct the cell, or leave it empty",
                row=row,
                column=end,
            )
    for row in range(len(claims)):
        first, last = (_span(claims[end].iloc[row]) for end in ends)
        if first is not None and last is not None and first[0] > last[1]:
            yield problem(
                "dates-out-of-order",
                path,
                f"since {claims['since'].iloc[row]}, until {claims['until'].iloc[row]}",
                "an until that is not before since",
                "correct one of the two",
                row=row,
                column="until",
            )


def _given(cell: object) -> bool:
    return isinstance(cell, str) and bool(cell.strip())


def _span(cell: object) -> tuple[date, date] | None:
    return span_of(cell) if isinstance(cell, str) else None
