"""Terrain and population on the study's grid."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import rasterio
from pyproj import Transformer
from rasterio.enums import Resampling
from rasterio.fill import fillnodata
from rasterio.merge import merge
from rasterio.transform import Affine
from rasterio.warp import reproject
from scipy import ndimage

from qn_coverage.core.errors import InvalidDataError, Problem
from qn_coverage.core.grid import Raster

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from qn_coverage.core.grid import Grid

LOWEST_M: Final = -50.0
HIGHEST_M: Final = 3200.0
"""Ground heights that are possible in and around the province; heights in feet break the upper
bound (its summits are near 1,500 m)."""

PLANNING_RESOLUTION_M: Final = 100.0
"""Coarser terrain is good for screening only."""

NEAREST_LAND_M: Final = 5000.0
"""People of a source cell without land go to the nearest land within this distance."""

_METRES_PER_DEGREE: Final = 111_320.0


@dataclass(frozen=True, slots=True, eq=False)
class Terrain:
    """Ground on the study's grid, with how it came there.

    Attributes
    ----------
    raster
        Height in m above mean sea level, float32.
    source_resolution_m
        Side of a source cell.
    resampling
        ``"bilinear"`` from coarser or equal cells, ``"average"`` from finer ones.
    vertical_datum
        What the source says of its heights, or ``"unknown"``.
    grade
        ``"planning"`` for sources of 100 m and finer, else ``"screening"``.
    filled_cells
        Cells whose height was filled in, as sea or by interpolation.
    """

    raster: Raster
    source_resolution_m: float
    resampling: Literal["bilinear", "average"]
    vertical_datum: str
    grade: Literal["planning", "screening"]
    filled_cells: int


def read_terrain(
    paths: Sequence[Path | str],
    grid: Grid,
    *,
    missing: Literal["error", "sea", "fill"] = "error",
) -> Terrain:
    """Ground heights on a grid, from any raster that GDAL reads in any CRS.

    Parameters
    ----------
    paths
        GeoTIFF, COG, VRT or HGT files; several are mosaicked, the first wins where they overlap.
    grid
        Cells of the answer.
    missing
        Cells without a height are an error, sea (0 m), or filled from around (on request only).

    Raises
    ------
    InvalidDataError
        ``missing-file``, ``unreadable``, ``missing-crs``, ``mixed-crs``, ``void-terrain``,
        ``impossible-height``.
    """
    files = [Path(path) for path in paths]
    values, profile = _mosaic(files)
    resolution_m = _resolution_m(profile)
    resampling: Literal["bilinear", "average"] = (
        "average" if resolution_m < grid.cell_m else "bilinear"
    )
    heights = np.full(grid.shape, np.nan, dtype=np.float32)
    reproject(
        values,
        heights,
        src_transform=profile["transform"],
        src_crs=profile["crs"],
        src_nodata=np.nan,
        dst_transform=Affine(*grid.transform),
        dst_crs=grid.crs,
        dst_nodata=np.nan,
        resampling=Resampling[resampling],
    )
    void = ~np.isfinite(heights)
    _check_heights(heights, void, files[0], missing)
    if missing == "sea":
        heights[void] = 0.0
    elif missing == "fill" and void.any():
        heights = fillnodata(heights, mask=~void, max_search_distance=100.0)
    return Terrain(
        raster=Raster(heights, grid),
        source_resolution_m=resolution_m,
        resampling=resampling,
        vertical_datum=str(profile["tags"].get("vertical_datum", "unknown")),
        grade="planning" if resolution_m <= PLANNING_RESOLUTION_M else "screening",
        filled_cells=int(void.sum()),
    )


def read_population(path: Path | str, grid: Grid, land: Raster) -> Raster:
    """People per cell of a grid, no one lost and no one at sea.

    The people of each source cell are spread over the land inside it, by land share. Those of a
    source cell that holds people but no land go to the nearest land.

    Parameters
    ----------
    path
        Raster of people per cell in any CRS; nodata counts as nobody.
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
        ``missing-file``, ``unreadable``, ``missing-crs``, ``negative-population``,
        ``outside-grid``.
    """
    path = Path(path)
    values, profile = _mosaic([path])
    people = np.nan_to_num(values.astype(np.float64), nan=0.0)
    if (people < 0.0).any():
        raise InvalidDataError([_negative(path, people)])
    source = _source_cells(grid, profile["transform"], profile["crs"], people.shape)
    weight = np.where(source >= 0, land.values, 0.0)
    index = np.where(source >= 0, source, 0)
    land_of_source = np.bincount(index.ravel(), weight.ravel(), minlength=people.size)
    with np.errstate(divide="ignore", invalid="ignore"):
        density = np.where(land_of_source > 0.0, people.ravel() / land_of_source, 0.0)
    spread: npt.NDArray[np.float64] = weight * density[index]
    homeless = (people > 0.0) & (land_of_source.reshape(people.shape) <= 0.0)
    if homeless.any():
        spread += _settled(people, homeless, land, profile, path)
    return Raster(spread, grid)


def _settled(
    people: npt.NDArray[np.float64],
    homeless: npt.NDArray[np.bool_],
    land: Raster,
    profile: dict[str, Any],
    path: Path,
) -> npt.NDArray[np.float64]:
    """People of source cells without land, at the nearest land, shape of the grid."""
    grid = land.grid
    rows, cols = np.nonzero(homeless)
    x, y = profile["transform"] * (cols + 0.5, rows + 0.5)
    x_m, y_m = Transformer.from_crs(profile["crs"], grid.crs, always_xy=True).transform(x, y)
    row, col = grid.rows_cols(x_m, y_m)
    inside = (row >= 0) & (row < grid.rows) & (col >= 0) & (col < grid.cols)
    distance_m, nearest = ndimage.distance_transform_edt(
        land.values <= 0.0, sampling=grid.cell_m, return_indices=True
    )
    reach = inside.copy()
    reach[inside] = distance_m[row[inside], col[inside]] <= NEAREST_LAND_M
    lost = float(people[rows, cols][~reach].sum())
    if lost >= 1.0:
        raise InvalidDataError([_off_grid(path, lost)])
    at = nearest[:, row[reach], col[reach]]
    settled = np.zeros(grid.shape)
    np.add.at(settled, (at[0], at[1]), people[rows, cols][reach])
    return settled


def _source_cells(
    grid: Grid, transform: Affine, crs: Any, shape: tuple[int, int]
) -> npt.NDArray[np.int64]:
    """Flat index of the source cell at each cell's centre, -1 outside the source."""
    x_m, y_m = np.meshgrid(grid.centres_x_m(), grid.centres_y_m())
    x, y = Transformer.from_crs(grid.crs, crs, always_xy=True).transform(x_m, y_m)
    col, row = (np.floor(part).astype(np.int64) for part in ~transform * (x, y))
    inside = (row >= 0) & (row < shape[0]) & (col >= 0) & (col < shape[1])
    return np.where(inside, row * shape[1] + col, -1)


def _mosaic(files: list[Path]) -> tuple[npt.NDArray[np.float32], dict[str, Any]]:
    """First band of one raster or of several side by side, voids as NaN, with its profile."""
    with ExitStack() as stack:
        sources = [stack.enter_context(_open(path)) for path in files]
        problems = [_no_crs(path) for path, s in zip(files, sources, strict=True) if s.crs is None]
        problems += [_mixed_crs(p, s) for p, s in zip(files, sources, strict=True)
                     if s.crs is not None and s.crs != sources[0].crs]  # fmt: skip
        if problems:
            raise InvalidDataError(problems)
        first = sources[0]
        if len(sources) == 1:
            values = first.read(1, masked=True).astype(np.float32).filled(np.nan)
            transform = first.transform
        else:
            values, transform = merge(sources, indexes=[1], nodata=np.nan, dtype="float32")
            values = values[0]
        tags = {**first.tags(), **first.tags(1)}
        return values, {"transform": transform, "crs": first.crs, "tags": tags}


def _open(path: Path) -> Any:
    if not path.is_file():
        raise InvalidDataError(
            [_problem("missing-file", path, "no such file", "a raster", "check the path")]
        )
    try:
        return rasterio.open(path)
    except rasterio.errors.RasterioIOError as error:
        raise InvalidDataError(
            [_problem("unreadable", path, str(error), "a raster", "download it again")]
        ) from error


def _resolution_m(profile: dict[str, Any]) -> float:
    side = abs(float(profile["transform"].e))
    return side * _METRES_PER_DEGREE if profile["crs"].is_geographic else side


def _check_heights(
    heights: npt.NDArray[np.float32], void: npt.NDArray[np.bool_], path: Path, missing: str
) -> None:
    problems = []
    if void.any() and missing == "error":
        problems.append(
            _problem(
                "void-terrain",
                path,
                f"no height in {void.mean():.1%} of the cells",
                "a height in each cell",
                "add the missing tiles, or set terrain_missing = 'sea' in the scenario",
            )
        )
    if void.all():
        problems.append(
            _problem(
                "void-terrain",
                path,
                "no height anywhere in the study area",
                "terrain of the study area",
                "check that the file covers Quảng Ninh",
            )
        )
    else:
        low, high = float(np.nanmin(heights)), float(np.nanmax(heights))
        if low < LOWEST_M or high > HIGHEST_M:
            problems.append(
                _problem(
                    "impossible-height",
                    path,
                    f"heights from {low:g} to {high:g} m",
                    f"{LOWEST_M:g} to {HIGHEST_M:g} m",
                    "check the unit (feet?) and the nodata value",
                )
            )
    if problems:
        raise InvalidDataError(problems)


def _no_crs(path: Path) -> Problem:
    return _problem(
        "missing-crs",
        path,
        "no coordinate reference system",
        "one",
        "set it with gdal_edit or QGIS",
    )


def _mixed_crs(path: Path, source: Any) -> Problem:
    return _problem(
        "mixed-crs",
        path,
        str(source.crs),
        "the CRS of the first file",
        "warp the tiles to one CRS, or give a VRT",
    )


def _negative(path: Path, people: npt.NDArray[np.float64]) -> Problem:
    row, col = np.argwhere(people < 0.0)[0]
    return _problem(
        "negative-population",
        path,
        f"{people[row, col]:g} people in row {row}, column {col}",
        "0 or more",
        "declare the nodata value of the raster",
    )


def _off_grid(path: Path, lost: float) -> Problem:
    return _problem(
        "outside-grid",
        path,
        f"{lost:,.0f} people further than {NEAREST_LAND_M / 1000:g} km from the study's land",
        "people of the province only",
        "clip the raster to the province",
    )


def _problem(code: str, path: Path, found: str, expected: str, mend: str) -> Problem:
    return Problem(code=code, file=str(path), found=found, expected=expected, mend=mend)
