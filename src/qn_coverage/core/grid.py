"""A regular grid and the raster on it: row 0 is north, a cell is its centre, nodata is NaN."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Grid:
    """North-up grid of square cells.

    Attributes
    ----------
    crs
        Authority code of a projected CRS in metres, e.g. ``"EPSG:5899"``.
    west_m, north_m
        Easting and northing of the outer corner of cell (0, 0).
    cell_m
        Side of a cell, > 0.
    rows, cols
        Shape.
    """

    crs: str
    west_m: float
    north_m: float
    cell_m: float
    rows: int
    cols: int

    @classmethod
    def covering(
        cls, bounds_m: tuple[float, float, float, float], cell_m: float, *, crs: str
    ) -> Grid:
        """Smallest grid over (west, south, east, north) whose corners are multiples of `cell_m`."""
        west = math.floor(bounds_m[0] / cell_m) * cell_m
        south = math.floor(bounds_m[1] / cell_m) * cell_m
        east = math.ceil(bounds_m[2] / cell_m) * cell_m
        north = math.ceil(bounds_m[3] / cell_m) * cell_m
        rows = round((north - south) / cell_m)
        cols = round((east - west) / cell_m)
        return cls(crs=crs, west_m=west, north_m=north, cell_m=cell_m, rows=rows, cols=cols)

    @property
    def shape(self) -> tuple[int, int]:
        """(rows, cols)."""
        return self.rows, self.cols

    @property
    def bounds_m(self) -> tuple[float, float, float, float]:
        """(west, south, east, north) of the outer corners."""
        east = self.west_m + self.cols * self.cell_m
        return self.west_m, self.north_m - self.rows * self.cell_m, east, self.north_m

    @property
    def transform(self) -> tuple[float, float, float, float, float, float]:
        """Affine coefficients (a, b, c, d, e, f), as ``Affine(*transform)`` takes them."""
        return self.cell_m, 0.0, self.west_m, 0.0, -self.cell_m, self.north_m

    @property
    def cell_area_m2(self) -> float:
        """Area of one cell."""
        return self.cell_m * self.cell_m

    def centres_x_m(self) -> npt.NDArray[np.float64]:
        """Eastings of the column centres, shape (cols,)."""
        return self.west_m + (np.arange(self.cols, dtype=np.float64) + 0.5) * self.cell_m

    def centres_y_m(self) -> npt.NDArray[np.float64]:
        """Northings of the row centres, shape (rows,), north first."""
        return self.north_m - (np.arange(self.rows, dtype=np.float64) + 0.5) * self.cell_m

    def rows_cols(
        self, x_m: npt.ArrayLike, y_m: npt.ArrayLike
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Row and column of each position; positions off the grid give indices off the grid."""
        cols = np.floor((np.asarray(x_m, dtype=np.float64) - self.west_m) / self.cell_m)
        rows = np.floor((self.north_m - np.asarray(y_m, dtype=np.float64)) / self.cell_m)
        return rows.astype(np.int64), cols.astype(np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Raster:
    """Values on a grid.

    Attributes
    ----------
    values
        Array of shape (rows, cols); float arrays use NaN for nodata.
    grid
        Where the values are.
    """

    values: npt.NDArray[Any]
    grid: Grid

    def __post_init__(self) -> None:
        if self.values.shape != self.grid.shape:
            raise ValueError(f"values have shape {self.values.shape}, the grid {self.grid.shape}")

    def sample(self, x_m: npt.ArrayLike, y_m: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Value of the cell that holds each position; NaN off the grid."""
        rows, cols = self.grid.rows_cols(x_m, y_m)
        inside = (rows >= 0) & (rows < self.grid.rows) & (cols >= 0) & (cols < self.grid.cols)
        out = np.full(rows.shape, np.nan)
        out[inside] = self.values[rows[inside], cols[inside]]
        return out
