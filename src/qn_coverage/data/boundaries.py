"""Communes, former communes and districts: polygons that share borders and never overlap."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from qn_coverage.core.crs import COMPUTED
from qn_coverage.core.errors import Problem
from qn_coverage.core.schema import COMMUNES, UNITS
from qn_coverage.data.checks import checked
from qn_coverage.data.tables import read_vector

if TYPE_CHECKING:
    import geopandas as gpd

OVERLAP_TOLERANCE_M2: Final = 1000.0
"""Two units that share more ground than this overlap: a sliver of 1 m along 1 km is let pass."""


def read_communes(path: Path | str) -> gpd.GeoDataFrame:
    """Units since July 2025: columns of `core.schema.COMMUNES`, polygons in EPSG:4326.

    Raises
    ------
    InvalidDataError
        With every problem, as `tables.read_vector` and `checks.checked`, and
        ``overlapping-units``.
    """
    path = Path(path)
    frame = read_vector(path, "polygon")
    return checked(frame, COMMUNES, path, more=_overlaps(frame, path))


def read_units(path: Path | str) -> gpd.GeoDataFrame:
    """Former communes or districts: columns of `core.schema.UNITS`, polygons in EPSG:4326.

    Their outlines may be generalised, so that overlaps are let pass.

    Raises
    ------
    InvalidDataError
        As `read_communes`.
    """
    path = Path(path)
    return checked(read_vector(path, "polygon"), UNITS, path)


def _overlaps(frame: gpd.GeoDataFrame, path: Path) -> list[Problem]:
    shapes = frame.geometry.to_crs(COMPUTED).to_numpy()
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = first < second
    first, second = first[pairs], second[pairs]
    shared_m2 = shapely.area(shapely.intersection(shapes[first], shapes[second]))
    names = frame["name_vi"] if "name_vi" in frame else frame.index.astype(str)
    return [
        Problem(
            code="overlapping-units",
            file=str(path),
            row=int(second[i]) + 1,
            column="geometry",
            found=f"{shared_m2[i]:,.0f} m² shared with row {first[i] + 1} ({names[first[i]]})",
            expected=f"at most {OVERLAP_TOLERANCE_M2:g} m²",
            mend="snap the two borders to each other",
        )
        for i in np.flatnonzero(shared_m2 > OVERLAP_TOLERANCE_M2)
    ]
