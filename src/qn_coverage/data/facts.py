"""Named places, and the figures and sentences that a study is held against."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qn_coverage.core.schema import CLAIMS, INDICATORS, PLACES
from qn_coverage.data.checks import checked
from qn_coverage.data.tables import read_table, read_vector

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd


def read_places(path: Path | str) -> gpd.GeoDataFrame:
    """Named sites and control points: columns of `core.schema.PLACES`, points in EPSG:4326.

    Raises
    ------
    InvalidDataError
        With every problem, as `tables.read_vector` and `checks.checked`.
    """
    path = Path(path)
    return checked(read_vector(path, "point"), PLACES, path)


def read_claims(path: Path | str) -> pd.DataFrame:
    """Sentences and the reports for or against them: columns of `core.schema.CLAIMS`.

    Raises
    ------
    InvalidDataError
        With every problem, as `checks.checked`.
    """
    path = Path(path)
    return checked(read_table(path), CLAIMS, path)


def read_indicators(path: Path | str) -> pd.DataFrame:
    """Published figures with their comparison: columns of `core.schema.INDICATORS`.

    Raises
    ------
    InvalidDataError
        With every problem, as `checks.checked`.
    """
    path = Path(path)
    return checked(read_table(path), INDICATORS, path)
