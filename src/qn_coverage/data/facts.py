"""Named places, and the figures and sentences that a study is held against."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qn_coverage.core.schema import CLAIMS, INDICATORS, PLACES
from qn_coverage.data import positions
from qn_coverage.data.checks import checked, code_problems
from qn_coverage.data.formats import read_table
from qn_coverage.data.problems import refuse

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    import pandas as pd

    from qn_coverage.core.schema import Column


def read_places(path: Path | str) -> gpd.GeoDataFrame:
    """Named sites and control points: columns of `core.schema.PLACES`, points in EPSG:4326.

    Raises
    ------
    InvalidDataError
        With every problem, as `positions.read_places` and `checks.typed`, and ``bad-code``.
    """
    path = Path(path)
    places, problems = positions.read_places(path, "point", PLACES, layer="places")
    refuse([*problems, *code_problems(places["commune_code"], path)])
    return places


def read_claims(path: Path | str) -> pd.DataFrame:
    """Sentences and the reports for or against them: columns of `core.schema.CLAIMS`.

    Raises
    ------
    InvalidDataError
        With every problem, as `formats.read_table` and `checks.typed`.
    """
    return _read(Path(path), CLAIMS)


def read_indicators(path: Path | str) -> pd.DataFrame:
    """Published figures with their comparison: columns of `core.schema.INDICATORS`.

    Raises
    ------
    InvalidDataError
        With every problem, as `formats.read_table` and `checks.typed`.
    """
    return _read(Path(path), INDICATORS)


def _read(path: Path, columns: Sequence[Column]) -> pd.DataFrame:
    return checked(read_table(path), columns, path)
