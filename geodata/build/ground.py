"""The ground that the stand-in network is laid on: land, people and heights on a 250 m grid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
from scipy import ndimage

from qn_coverage.analysis import zonal
from qn_coverage.core.crs import COMPUTED
from qn_coverage.core.grid import Grid, Raster
from qn_coverage.data.rasters import read_population, read_terrain

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

CELL_M: Final = 250.0
SUPPORT_CELLS: Final = 5
"""Densities and relief are taken over 5 × 5 cells, about 1.5 km²: the support of the 30″ grid."""

INHABITED_PER_PART: Final = 40.0
"""A separate piece of land (islet) with fewer people than this carries no modelled mast."""

REMOTE_PER_KM2: Final = 160.0
"""A commune with fewer people per km² of land, or a special zone of islands, counts as remote:
24 units in the mountains, at the border or on islands."""

NO_UNIT: Final = -1


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """Rasters on one grid, shape (rows, cols).

    Attributes
    ----------
    grid
        In EPSG:5899.
    communes
        The 54 units.
    land
        Share of a cell that is land.
    unit
        Row of `communes` drawn at the cell's centre, `NO_UNIT` elsewhere.
    people
        People per cell.
    density
        People per km² over the support.
    height_m
        Above mean sea level.
    relief_m
        Highest less lowest height over the support.
    remote
        Cells of remote communes.
    buildable
        Land of a piece that has enough people to carry a modelled mast.
    """

    grid: Grid
    communes: gpd.GeoDataFrame
    land: npt.NDArray[np.float32]
    unit: npt.NDArray[np.int64]
    people: npt.NDArray[np.float64]
    density: npt.NDArray[np.float64]
    height_m: npt.NDArray[np.float32]
    relief_m: npt.NDArray[np.float32]
    remote: npt.NDArray[np.bool_]
    buildable: npt.NDArray[np.bool_]


def read_ground(geodata: Path) -> Ground:
    """Ground from the layers that are already built."""
    communes = gpd.read_parquet(geodata / "communes.parquet")
    west, south, east, north = communes.to_crs(COMPUTED).total_bounds
    grid = Grid.covering((west, south, east, north), CELL_M, crs=COMPUTED)
    land = zonal.land_raster(zonal.land_shares(communes, grid), grid)
    unit = zonal.unit_of_cells(communes, grid)
    people = read_population(geodata / "population.tif", grid, land).values
    height_m = read_terrain([geodata / "terrain.tif"], grid, missing="sea").raster.values
    return Ground(
        grid=grid,
        communes=communes,
        land=land.values,
        unit=unit,
        people=people,
        density=_density(people, land.values),
        height_m=height_m,
        relief_m=_relief(height_m),
        remote=np.isin(unit, np.flatnonzero(remote_communes(communes))),
        buildable=_inhabited_pieces(unit != NO_UNIT, people),
    )


def remote_communes(communes: gpd.GeoDataFrame) -> npt.NDArray[np.bool_]:
    """Whether each commune counts as remote, shape (communes,)."""
    density = communes["population"] / communes["land_area_km2"]
    return np.asarray((density < REMOTE_PER_KM2) | (communes["type"] == "đặc khu"))


def raster(ground: Ground, values: npt.NDArray[Any]) -> Raster:
    """Values on the ground's grid."""
    return Raster(values, ground.grid)


def _density(people: npt.NDArray[Any], land: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """People per km² of land, so that a coast does not thin out its town."""
    around = ndimage.uniform_filter(people.astype(np.float64), SUPPORT_CELLS, mode="constant")
    ground = ndimage.uniform_filter(land.astype(np.float64), SUPPORT_CELLS, mode="constant")
    km2 = np.maximum(ground, 1.0 / SUPPORT_CELLS**2) * (CELL_M / 1000.0) ** 2
    return np.where(land > 0.0, around / km2, 0.0)


def _relief(height_m: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    highest = ndimage.maximum_filter(height_m, SUPPORT_CELLS)
    return np.asarray(highest - ndimage.minimum_filter(height_m, SUPPORT_CELLS))


def _inhabited_pieces(
    land: npt.NDArray[np.bool_], people: npt.NDArray[Any]
) -> npt.NDArray[np.bool_]:
    pieces, count = ndimage.label(land)
    inhabitants = ndimage.sum_labels(people, pieces, index=np.arange(count + 1))
    return np.asarray(land & (inhabitants >= INHABITED_PER_PART)[pieces])
