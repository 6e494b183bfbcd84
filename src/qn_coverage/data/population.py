"""People on the study's grid: none is lost, none lives at sea."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import ndimage

from qn_coverage.core.grid import Raster
from qn_coverage.data.positions import transformer
from qn_coverage.data.problems import problem, refuse
from qn_coverage.data.raster_files import SourceRaster, read_raster

if TYPE_CHECKING:
    import numpy.typing as npt

    from qn_coverage.core.errors import Problem
    from qn_coverage.core.grid import Grid

    Floats = npt.NDArray[np.float64]

NEAREST_LAND_M: Final = 5000.0
"""People of a source cell without land go to the nearest land within this distance."""

ROUNDING_PEOPLE: Final = 1.0
"""Fewer people than this in all, further away, go to the nearest land too."""


def read_population(path: Path | str, grid: Grid, land: Raster) -> Raster:
    """People per cell of a grid, with the sum of the source.

    The people of each source cell are spread over the land inside it, by land share; a cell of the
    grid belongs to the source cell that holds its centre. People of a source cell without land go
    to the nearest land.

    Parameters
    ----------
    path
        Raster of people per cell in any CRS, of the province only; nodata counts as nobody.
    grid
        Cells of the answer.
    land
        Share of land per cell, 0-1.

    Returns
    -------
    People per cell, float64.

    Raises
    ------
    InvalidDataError
        As `raster_files.read_raster`, and ``negative-population``, ``not-finite-population``,
        ``outside-grid`` (people further than `NEAREST_LAND_M` from land), ``no-land``.
    """
    path = Path(path)
    source = read_raster(path)
    people = np.where(source.declared_void, 0.0, source.values)
    refuse(_uncountable(people, path))
    if not (land.values > 0.0).any():
        refuse([problem("no-land", path, "a study without land", "land", "check the communes")])
    rows, cols = np.nonzero(land.values > 0.0)
    home = _source_cells(grid, source, rows, cols)
    rows, cols, home = rows[home >= 0], cols[home >= 0], home[home >= 0]
    share = land.values[rows, cols]
    land_of_source = np.bincount(home, share, minlength=people.size)
    has_land = land_of_source > 0.0
    density = np.divide(people.ravel(), land_of_source, out=np.zeros(people.size), where=has_land)
    spread = np.zeros(grid.shape)
    spread[rows, cols] = share * density[home]
    homeless = (people > 0.0) & ~has_land.reshape(people.shape)
    if homeless.any():
        spread += _settled(people, homeless, land, source)
    return Raster(spread, grid)


def _source_cells(
    grid: Grid, source: SourceRaster, rows: npt.NDArray[np.int64], cols: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """Flat index of the source cell at each cell's centre, -1 outside the source, shape (n,)."""
    way = transformer(grid.crs, source.crs.to_wkt())
    x, y = way.transform(grid.centres_x_m()[cols], grid.centres_y_m()[rows])
    col, row = (np.floor(part).astype(np.int64) for part in ~source.transform * (x, y))
    height, width = source.values.shape
    inside = (row >= 0) & (row < height) & (col >= 0) & (col < width)
    return np.where(inside, row * width + col, -1)


def _settled(
    people: Floats, homeless: npt.NDArray[np.bool_], land: Raster, source: SourceRaster
) -> Floats:
    """People of source cells without land, at the nearest land, shape of the grid."""
    grid = land.grid
    rows, cols = np.nonzero(homeless)
    x, y = source.transform * (cols + 0.5, rows + 0.5)
    x_m, y_m = transformer(source.crs.to_wkt(), grid.crs).transform(x, y)
    at_row, at_col = _nearest_land(land, x_m, y_m)
    away_m = np.hypot(grid.centres_x_m()[at_col] - x_m, grid.centres_y_m()[at_row] - y_m)
    away_m -= grid.cell_m  # from the rim of the cell rather than its centre
    lost = float(people[rows, cols][away_m > NEAREST_LAND_M].sum())
    if lost >= ROUNDING_PEOPLE:
        refuse([_off_grid(source.path, lost)])
    settled = np.zeros(grid.shape)
    np.add.at(settled, (at_row, at_col), people[rows, cols])
    return settled


def _nearest_land(
    land: Raster, x_m: Floats, y_m: Floats
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Row and column of the land cell nearest to each position, if off the grid to its rim."""
    grid = land.grid
    row, col = grid.rows_cols(x_m, y_m)
    row, col = np.clip(row, 0, grid.rows - 1), np.clip(col, 0, grid.cols - 1)
    nearest = ndimage.distance_transform_edt(
        land.values <= 0.0, return_distances=False, return_indices=True
    )
    found = nearest[:, row, col]
    return found[0], found[1]


def _uncountable(people: Floats, path: Path) -> list[Problem]:
    problems = []
    for code, wrong, expected in (
        ("negative-population", people < 0.0, "0 or more"),
        ("not-finite-population", ~np.isfinite(people), "a number"),
    ):
        if wrong.any():
            row, col = np.argwhere(wrong)[0]
            problems.append(
                problem(
                    code,
                    path,
                    f"{people[row, col]:g} people in row {row + 1}, column {col + 1} of the raster "
                    f"and {int(wrong.sum()) - 1:,} more such cells",
                    expected,
                    "declare that value as the nodata value of the raster",
                )
            )
    return problems


def _off_grid(path: Path, lost: float) -> Problem:
    return problem(
        "outside-grid",
        path,
        f"{lost:,.0f} people further than {NEAREST_LAND_M / 1000:g} km from the study's land",
        "people of the province only",
        "clip it, e.g. gdalwarp -cutline communes.gpkg -crop_to_cutline in.tif out.tif",
    )
