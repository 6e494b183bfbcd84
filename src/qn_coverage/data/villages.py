"""Villages with the radius inside which they lie."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qn_coverage.core.schema import VILLAGES
from qn_coverage.data.checks import code_problems
from qn_coverage.data.positions import read_places
from qn_coverage.data.problems import accepted

if TYPE_CHECKING:
    import geopandas as gpd


def read_villages(path: Path | str) -> gpd.GeoDataFrame:
    """Villages: columns of `core.schema.VILLAGES`, points in EPSG:4326.

    Raises
    ------
    InvalidDataError
        With every problem, as `positions.read_places` and `checks.typed`, and ``bad-code``.
    """
    path = Path(path)
    villages, problems = read_places(path, "point", VILLAGES, layer="villages")
    return accepted(villages, [*problems, *code_problems(villages["commune_code"], path)], path)
