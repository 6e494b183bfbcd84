"""Terrain, land and people → the surface that signals cross.

No public land-cover map of the province ships with the toolkit, so the radio class of a cell is
estimated from how many people live around it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import ndimage

from qn_coverage.propagation.emitters import Surface

if TYPE_CHECKING:
    import numpy.typing as npt

    from qn_coverage.core.grid import Raster

SUBURBAN_PER_KM2: Final = 300.0
URBAN_PER_KM2: Final = 1500.0
"""Densities that make an urban cluster and an urban centre in the UN's Degree of Urbanisation
(Eurostat/UN-Habitat manual, 2021, section 7.1)."""

CLUTTER_HEIGHT_M: Final = np.array([0.0, 10.0, 15.0], dtype=np.float32)
"""Representative clutter heights of ITU-R P.1812-8, Table 2, for open/rural, suburban and
urban, by environment code."""

COASTAL_DISTANCE_M: Final = 50_000.0
COASTAL_HEIGHT_M: Final = 100.0
"""Coastal land in ITU-R P.1812-8, Table 3: up to 50 km from the sea and 100 m above it."""

SEA, COASTAL_LAND, INLAND = 1, 3, 4


def surface_of(terrain: Raster, land: Raster, population: Raster) -> Surface:
    """Surface on the grid that the three rasters share.

    Parameters
    ----------
    terrain
        Ground height in m above mean sea level, sea 0.
    land
        Share of each cell that is the province's land, 0-1. Cells outside the province count as
        sea where the terrain is at or below 0 m.
    population
        People per cell.
    """
    grid = terrain.grid
    ground_m = np.ascontiguousarray(terrain.values, dtype=np.float32)
    sea = (land.values < 0.5) & (ground_m <= 0.0)
    environment = _environment(population.values, sea, cell_km=grid.cell_m / 1000.0)
    return Surface(
        west_m=grid.west_m,
        north_m=grid.north_m,
        cell_m=grid.cell_m,
        ground_m=ground_m,
        clutter_m=CLUTTER_HEIGHT_M[environment],
        zone=_zone(ground_m, sea, grid.cell_m),
        environment=environment,
    )


def wanted_cells(
    land: Raster,
    points_xy_m: npt.NDArray[np.float64],
    radii_m: npt.NDArray[np.float64],
    *,
    offshore_m: float,
) -> npt.NDArray[np.bool_]:
    """Cells worth an answer: the province's land, the sea beside it, and around given points.

    Two thirds of the default grid are open sea and other provinces.

    Parameters
    ----------
    land
        Share of each cell that is the province's land, 0-1.
    points_xy_m, radii_m
        Villages and places, shape (n, 2) in the CRS of the grid, and how far they may be off:
        floating villages lie off the land.
    offshore_m
        How far beyond land and points cells are answered.

    Returns
    -------
    ndarray
        True where wanted, (rows, cols).
    """
    grid = land.grid
    wanted: npt.NDArray[np.bool_] = (
        ndimage.distance_transform_edt(land.values <= 0.0, sampling=grid.cell_m) <= offshore_m
    )
    for (x, y), radius_m in zip(points_xy_m, radii_m, strict=True):
        # One cell more, so that the cells that a disc only touches are answered too.
        reach_m = radius_m + offshore_m + grid.cell_m
        east_m, south_m = grid.centres_x_m() - x, y - grid.centres_y_m()
        cols, rows = np.flatnonzero(abs(east_m) <= reach_m), np.flatnonzero(abs(south_m) <= reach_m)
        near = east_m[cols] ** 2 + south_m[rows][:, np.newaxis] ** 2 <= reach_m**2
        wanted[np.ix_(rows, cols)] |= near
    return wanted


def _environment(
    people: npt.NDArray[np.floating], sea: npt.NDArray[np.bool_], *, cell_km: float
) -> npt.NDArray[np.uint8]:
    # The Degree of Urbanisation is defined on 1 km² cells: smooth to that support first.
    side = max(1, round(1.0 / cell_km))
    per_km2 = ndimage.uniform_filter(people.astype(np.float64), side, mode="constant") / cell_km**2
    classes = np.digitize(per_km2, [SUBURBAN_PER_KM2, URBAN_PER_KM2]).astype(np.uint8)
    classes[sea] = 0
    return classes


def _zone(
    ground_m: npt.NDArray[np.float32], sea: npt.NDArray[np.bool_], cell_m: float
) -> npt.NDArray[np.uint8]:
    zone = np.full(ground_m.shape, INLAND, dtype=np.uint8)
    if sea.any():
        to_sea_m = ndimage.distance_transform_edt(~sea, sampling=cell_m)
        zone[(to_sea_m <= COASTAL_DISTANCE_M) & (ground_m <= COASTAL_HEIGHT_M)] = COASTAL_LAND
    zone[sea] = SEA
    return zone
