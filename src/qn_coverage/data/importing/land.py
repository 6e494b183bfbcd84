"""Where the province's land and communes are, for telling zones and names apart."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from qn_coverage.core.crs import COMPUTED
from qn_coverage.data.catalog import layer_path

if TYPE_CHECKING:
    import numpy.typing as npt

_NEAR_DEG = 0.01


@lru_cache(maxsize=1)
def communes() -> gpd.GeoDataFrame:
    """The shipped communes in EPSG:4326; treat them as read-only."""
    # Not through the strict reader: the layer ships, its hash is checked, and that takes 1.5 s.
    return gpd.read_parquet(layer_path("communes"))


@lru_cache(maxsize=1)
def communes_m() -> gpd.GeoDataFrame:
    """The shipped communes in metres (EPSG:5899)."""
    return communes().to_crs(COMPUTED)


@lru_cache(maxsize=1)
def _near_land() -> shapely.Geometry:
    land = shapely.simplify(
        shapely.coverage_union_all(communes().geometry.to_numpy()), _NEAR_DEG / 5
    )
    near = shapely.buffer(land, _NEAR_DEG)
    shapely.prepare(near)
    return near


def on_land(lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Whether each place lies within about 1 km of the province's land, shape (n,)."""
    return np.asarray(shapely.contains_xy(_near_land(), lon, lat), dtype=np.bool_)
