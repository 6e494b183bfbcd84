"""Villages with the radius inside which they lie."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qn_coverage.core.schema import VILLAGES
from qn_coverage.data.checks import checked
from qn_coverage.data.tables import read_vector

if TYPE_CHECKING:
    import geopandas as gpd


def read_villages(path: Path | str) -> gpd.GeoDataFrame:
    """Villages: columns of `core.schema.VILLAGES`, points in EPSG:4326.

    Raises
    ------
    InvalidDataError
        With every problem, as `tables.read_vector` and `checks.checked`.
    """
    path = Path(path)
    return checked(read_vector(path, "point"), VILLAGES, path)
