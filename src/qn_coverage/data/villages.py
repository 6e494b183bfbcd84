"""Villages with the radius inside which they lie."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qn_coverage.core.schema import VILLAGES
from qn_coverage.data.checks import code_problems
from qn_coverage.data.positions import read_places
from qn_coverage.data.problems import accepted

if TYPE_CHECKING:
    from collections.abc import Collection

    import geopandas as gpd


def read_villages(path: Path | str, communes: Collection[str] | None = None) -> gpd.GeoDataFrame:
    """Villages: columns of `core.schema.VILLAGES`, points in EPSG:4326.

    Parameters
    ----------
    path
        The list.
    communes
        Codes that villages may have, so that each counts in a commune; None for any.

    Raises
    ------
    InvalidDataError
        With every problem, as `positions.read_places` and `checks.typed`, and ``bad-code`` and
        ``unknown-commune``.
    """
    path = Path(path)
    villages, problems = read_places(path, "point", VILLAGES, layer="villages")
    problems += code_problems(villages["commune_code"], path, communes)
    return accepted(villages, problems, path)
