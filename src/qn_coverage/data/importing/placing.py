"""Villages without coordinates: placed by their commune, with the radius that follows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import shapely
from pyproj import Transformer

from qn_coverage.core.crs import COMPUTED, STORED
from qn_coverage.core.text import fold_unit_name
from qn_coverage.data.catalog import layer_path
from qn_coverage.data.importing.communes import vanished
from qn_coverage.data.importing.land import communes_m

if TYPE_CHECKING:
    from collections.abc import Sequence

    from qn_coverage.data.importing.communes import Unit

GENERALISED_M: Final = 500.0
"""Added to the radius of a former commune: its outline is generalised."""


@dataclass(frozen=True, slots=True)
class Disc:
    """Longitude and latitude (WGS 84) of a point, and the radius in metres that holds a unit."""

    lon: float
    lat: float
    radius_m: float


@lru_cache(maxsize=512)
def disc_of(unit: Unit) -> Disc:
    """The smallest disc around a unit, or around its point on land if its middle is at sea.

    A former commune that was split is cut to the unit that the row names.
    """
    shape, slack = _shape(unit)
    circle = shapely.minimum_bounding_circle(shape)
    centre = shapely.centroid(circle)
    if not shapely.covers(shape, centre):
        centre = shapely.point_on_surface(shape)
    corners = shapely.get_coordinates(shape)
    radius = float(np.hypot(*(corners - [centre.x, centre.y]).T).max())
    lon, lat = Transformer.from_crs(COMPUTED, STORED, always_xy=True).transform(centre.x, centre.y)
    return Disc(lon, lat, float(np.ceil((radius + slack) / 10) * 10))


@lru_cache(maxsize=1)
def _former_m() -> gpd.GeoDataFrame:
    return gpd.read_parquet(layer_path("former_communes")).to_crs(COMPUTED)


def _shape(unit: Unit) -> tuple[shapely.Geometry, float]:
    present = communes_m()
    whole = present.geometry[present["code"] == unit.code].iloc[0]
    if not unit.former_code:
        return whole, 0.0
    parts = _parts(unit)
    if not parts:
        return whole, 0.0
    part = shapely.intersection(shapely.buffer(shapely.union_all(parts), GENERALISED_M), whole)
    return (whole, 0.0) if part.is_empty else (part, GENERALISED_M)


def _parts(unit: Unit) -> Sequence[shapely.Geometry]:
    """Outlines of 2019 that hold a former unit, whichever of its years a row means.

    The layer is of 2019. A unit that was still there in June 2025 may have swallowed neighbours
    since; all that vanished in its unit of today are counted in.
    """
    former = _former_m()
    same = former.geometry[former["code"] == unit.former_code].tolist()
    if same and (fold_unit_name(unit.former), unit.code) in vanished():
        return same
    name, gone = fold_unit_name(unit.former), vanished()
    rows = zip(former["name_vi"], former["successors"], former.geometry, strict=True)
    found = [
        (fold_unit_name(str(other)), shape)
        for other, successors, shape in rows
        if unit.code in str(successors).split("; ")
    ]
    if name not in {key for key, _ in found}:
        return []
    return [shape for key, shape in found if key == name or (key, unit.code) in gone]
