"""Shares of land, people and villages, by unit.

The cells of a unit are held once as a sparse unit × cell matrix; every statistic is then a
product with a vector of cells, and all levels sum to the same totals.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from pyproj import CRS
from scipy import ndimage, sparse

from qn_coverage.core.grid import Raster

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    import numpy.typing as npt

    from qn_coverage.core.grid import Grid


@dataclass(frozen=True, slots=True, eq=False)
class Zones:
    """Units of one level on a grid.

    Attributes
    ----------
    level
        ``"commune"``, ``"former_commune"``, ``"district"`` or ``"province"``.
    codes
        One code a unit.
    land
        Share of each cell that is land of the unit, CSR (units, cells), cells in row-major order.
    people
        People of each cell that live in the unit, CSR (units, cells).
    villages
        1 where a village belongs to the unit, CSR (units, villages).
    cell_km2
        Area of a cell.
    """

    level: str
    codes: tuple[str, ...]
    land: sparse.csr_array
    people: sparse.csr_array
    villages: sparse.csr_array
    cell_km2: float

    def land_km2(self, cells: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
        """Land of each unit inside the chosen cells, shape (units,)."""
        return np.asarray(self.land @ cells.ravel().astype(np.float64)) * self.cell_km2

    def population(self, cells: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
        """People of each unit inside the chosen cells, shape (units,)."""
        return np.asarray(self.people @ cells.ravel().astype(np.float64))

    def village_count(self, chosen: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
        """Chosen villages of each unit, shape (units,)."""
        return np.asarray(self.villages @ chosen.astype(np.int64))


def land_shares(units: gpd.GeoDataFrame, grid: Grid) -> sparse.csr_array:
    """Exact share of each cell inside each unit, CSR (units, cells), by exactextract.

    Parameters
    ----------
    units
        Polygons in any CRS.
    grid
        The cells.
    """
    from exactextract import exact_extract  # noqa: PLC0415 (loads GDAL: only when asked for)
    from exactextract.raster import NumPyRasterSource  # noqa: PLC0415

    # exactextract only warns on different CRS and returns zeros: give it one CRS by construction.
    polygons = units[["geometry"]].to_crs(grid.crs).reset_index(drop=True)
    west, south, east, north = grid.bounds_m
    cells = NumPyRasterSource(
        np.zeros(grid.shape, dtype=np.uint8),
        west,
        south,
        east,
        north,
        srs_wkt=CRS.from_user_input(grid.crs).to_wkt(),
    )
    found: list[dict[str, Any]] = exact_extract(cells, polygons, ["cell_id", "coverage"])
    properties = [feature["properties"] for feature in found]
    counts = [len(p["cell_id"]) for p in properties]
    matrix = sparse.csr_array(
        (
            np.concatenate([np.asarray(p["coverage"], dtype=np.float64) for p in properties]),
            (
                np.repeat(np.arange(len(counts)), counts),
                np.concatenate([np.asarray(p["cell_id"], dtype=np.int64) for p in properties]),
            ),
        ),
        shape=(len(counts), grid.rows * grid.cols),
    )
    matrix.sum_duplicates()
    return matrix


def land_raster(land: sparse.csr_array, grid: Grid) -> Raster:
    """Share of each cell inside any unit, 0-1, float32."""
    total = np.asarray(land.sum(axis=0)).reshape(grid.shape)
    return Raster(np.minimum(total, 1.0).astype(np.float32), grid)


def zones_of(
    level: str,
    codes: Sequence[str],
    land: sparse.csr_array,
    *,
    population: Raster,
    village_units: npt.NDArray[np.int64],
) -> Zones:
    """Zones from land shares, people per cell and the unit index of each village (-1 for none).

    The people of a cell are split over its units by land share, so that no one is lost at the
    coast or counted twice at a border.
    """
    total = np.asarray(land.sum(axis=0)).ravel()
    with np.errstate(divide="ignore", invalid="ignore"):
        people_per_share = np.where(total > 0.0, population.values.ravel() / total, 0.0)
    inside = village_units >= 0
    villages = sparse.csr_array(
        (
            np.ones(int(inside.sum()), dtype=np.int64),
            (village_units[inside], np.flatnonzero(inside)),
        ),
        shape=(len(codes), len(village_units)),
    )
    return Zones(
        level=level,
        codes=tuple(codes),
        land=land,
        people=land.multiply(people_per_share[np.newaxis, :]).tocsr(),
        villages=villages,
        cell_km2=population.grid.cell_area_m2 / 1e6,
    )


def merged(level: str, zones: Zones, parents: Sequence[str]) -> Zones:
    """Zones of a coarser level, given the parent's code of each unit."""
    codes = tuple(sorted(set(parents)))
    row_of = {code: row for row, code in enumerate(codes)}
    rows = np.array([row_of[parent] for parent in parents])
    lift = sparse.csr_array(
        (np.ones(len(rows)), (rows, np.arange(len(rows)))), shape=(len(codes), len(rows))
    )
    return Zones(
        level=level,
        codes=codes,
        land=(lift @ zones.land).tocsr(),
        people=(lift @ zones.people).tocsr(),
        villages=(lift @ zones.villages).astype(np.int64).tocsr(),
        cell_km2=zones.cell_km2,
    )


def reallocated(
    shares: sparse.csr_array,
    finer: npt.NDArray[np.int64],
    *,
    parents_allowed: Sequence[frozenset[int]],
    grid: Grid,
) -> sparse.csr_array:
    """Land shares of generalised units, made to fill the land of exact ones.

    The former communes' polygons are generalised: they miss islets and overshoot coasts. Each
    piece of land of an exact unit goes to the former commune drawn at that cell if the crosswalk
    lets the two meet, otherwise to the nearest former commune that it lets meet.

    Parameters
    ----------
    shares
        Land shares of the exact units, CSR (exact units, cells).
    finer
        Index of the generalised unit drawn at each cell, -1 for none, shape (rows, cols).
    parents_allowed
        Exact units into which each generalised unit went, one set a generalised unit.
    grid
        The cells.

    Returns
    -------
    CSR (generalised units, cells) with the same column sums as `shares`.
    """
    pieces: list[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.float64]]] = []
    for unit in range(shares.shape[0]):
        cells = shares.indices[shares.indptr[unit] : shares.indptr[unit + 1]].astype(np.int64)
        values = shares.data[shares.indptr[unit] : shares.indptr[unit + 1]]
        allowed = np.array([unit in parents for parents in parents_allowed])
        pieces.append((_nearest_allowed(cells, finer, allowed, grid), cells, values))
    rows, cols, data = (np.concatenate(part) for part in zip(*pieces, strict=True))
    shape = (len(parents_allowed), shares.shape[1])
    matrix = sparse.csr_array((data, (rows, cols)), shape=shape)
    matrix.sum_duplicates()
    return matrix


def _nearest_allowed(
    cells: npt.NDArray[np.int64],
    finer: npt.NDArray[np.int64],
    allowed: npt.NDArray[np.bool_],
    grid: Grid,
) -> npt.NDArray[np.int64]:
    """Index of the nearest allowed generalised unit, for each cell."""
    here = finer.ravel()[cells]
    settled = (here >= 0) & allowed[here]
    if settled.all():
        return here
    usable = (finer >= 0) & allowed[finer]
    if not usable.any():
        usable = finer >= 0
    rows, cols = np.divmod(cells, grid.cols)
    window = _window_with(rows, cols, usable)
    nearest = ndimage.distance_transform_edt(
        ~usable[window], return_distances=False, return_indices=True
    )
    local = (rows - window[0].start, cols - window[1].start)
    found = finer[window][nearest[0][local], nearest[1][local]]
    return np.where(settled, here, found)


def _window_with(
    rows: npt.NDArray[np.int64], cols: npt.NDArray[np.int64], usable: npt.NDArray[np.bool_]
) -> tuple[slice, slice]:
    """Smallest window that holds the cells and every usable cell."""
    used_rows = np.flatnonzero(usable.any(axis=1))
    used_cols = np.flatnonzero(usable.any(axis=0))
    return (
        slice(min(rows.min(), used_rows[0]), max(rows.max(), used_rows[-1]) + 1),
        slice(min(cols.min(), used_cols[0]), max(cols.max(), used_cols[-1]) + 1),
    )


def unit_of_cells(units: gpd.GeoDataFrame, grid: Grid) -> npt.NDArray[np.int64]:
    """Index of the unit drawn at each cell's centre, -1 for none, shape (rows, cols)."""
    from rasterio import features  # noqa: PLC0415 (loads GDAL: only when asked for)
    from rasterio.transform import Affine  # noqa: PLC0415

    polygons = units.geometry.to_crs(grid.crs)
    drawn = features.rasterize(
        ((polygon, index + 1) for index, polygon in enumerate(polygons)),
        out_shape=grid.shape,
        transform=Affine(*grid.transform),
        dtype="int32",
    )
    return np.asarray(drawn, dtype=np.int64) - 1


def unit_of_points(
    land: sparse.csr_array, grid: Grid, x_m: npt.NDArray[np.float64], y_m: npt.NDArray[np.float64]
) -> npt.NDArray[np.int64]:
    """Index of the unit with most land in each point's cell, -1 where there is none, shape (n,)."""
    rows, cols = grid.rows_cols(x_m, y_m)
    inside = (rows >= 0) & (rows < grid.rows) & (cols >= 0) & (cols < grid.cols)
    cell = np.where(inside, rows * grid.cols + cols, 0)
    columns = land.tocsc()[:, cell]
    best = np.asarray(columns.argmax(axis=0)).ravel()
    any_land = np.asarray(columns.sum(axis=0)).ravel() > 0.0
    return np.where(inside & any_land, best, -1).astype(np.int64)
