"""Any raster that GDAL reads → arrays as stored, and any number of them → one study grid."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import rasterio
from rasterio.coords import disjoint_bounds
from rasterio.enums import Resampling
from rasterio.errors import WindowError
from rasterio.transform import Affine, array_bounds
from rasterio.warp import reproject, transform_bounds
from rasterio.windows import Window, from_bounds

from qn_coverage.core.errors import InvalidDataError, Problem
from qn_coverage.core.grid import Raster
from qn_coverage.data.positions import datum_problem
from qn_coverage.data.problems import problem, refuse

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy.typing as npt

    from qn_coverage.core.grid import Grid

METRES_PER_DEGREE: Final = 111_320.0
"""Length of a degree of latitude on the sphere of 6,378 km: for judging resolutions only."""

_MARGIN_CELLS: Final = 3
_SAME_SIDE: Final = 1e-6
_SAME_PLACE_CELLS: Final = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class SourceRaster:
    """One band of a raster, or of a part of it, in its own CRS.

    Attributes
    ----------
    path
        File.
    values
        Array of shape (rows, cols); NaN where the file declares no value.
    declared_void
        True where the file declares no value (its nodata value or mask).
    transform
        Affine coefficients from (column, row) to (x, y).
    crs
        CRS of the file (a rasterio CRS).
    tags
        Texts that the file carries, those of the band before those of the file.
    unit
        Unit of the values, or empty.
    """

    path: Path
    values: npt.NDArray[np.float64] | npt.NDArray[np.float32]
    declared_void: npt.NDArray[np.bool_]
    transform: Affine
    crs: Any
    tags: Mapping[str, str]
    unit: str

    @property
    def resolution_m(self) -> float:
        """Side of a cell from north to south."""
        side = float(np.hypot(self.transform.b, self.transform.e))
        if self.crs.is_geographic:
            return side * METRES_PER_DEGREE
        return side * float(self.crs.linear_units_factor[1])


@dataclass(frozen=True, slots=True, eq=False)
class Resampled:
    """Values brought to a grid, and how.

    Attributes
    ----------
    raster
        float32, NaN where no source has a value.
    method
        ``"average"`` where source cells are finer than the grid's, else ``"bilinear"``; both, with
        " + " between, if sources differ; or the method that was asked for.
    source_resolution_m
        Side of the coarsest source cell that was used; NaN if none was.
    sources
        The sources, cut to the grid, in the order of the files.
    """

    raster: Raster
    method: str
    source_resolution_m: float
    sources: tuple[SourceRaster, ...]


def read_raster(
    path: Path | str,
    band: int = 1,
    *,
    over: Grid | None = None,
    dtype: npt.DTypeLike = np.float64,
) -> SourceRaster:
    """Read one band: GeoTIFF, COG, VRT, HGT and whatever else GDAL opens.

    Parameters
    ----------
    path
        File.
    band
        From 1.
    over
        Read only what this grid needs, with a margin of three cells.
    dtype
        Floating type of the values; scale and offset of the band are applied.

    Raises
    ------
    InvalidDataError
        ``missing-file``, ``unreadable``, ``missing-crs``, ``unknown-datum``, ``missing-band``.
    """
    path = Path(path)
    with _opened(path) as source:
        refuse(_unusable(source, path, band))
        window = None if over is None else _window(source, over)
        cells = source.read(band, window=window, masked=True)
        void = np.array(np.ma.getmaskarray(cells))
        values = cells.data.astype(dtype)
        if (source.scales[band - 1], source.offsets[band - 1]) != (1.0, 0.0):
            values = values * source.scales[band - 1] + source.offsets[band - 1]
        values[void] = np.nan
        return SourceRaster(
            path=path,
            values=values,
            declared_void=void,
            transform=source.transform if window is None else source.window_transform(window),
            crs=source.crs,
            tags={**source.tags(), **source.tags(band)},
            unit=source.units[band - 1] or "",
        )


def resample_to_grid(
    paths: Path | str | Sequence[Path | str],
    grid: Grid,
    *,
    method: str | None = None,
    band: int = 1,
) -> Resampled:
    """Bring one raster or a set of tiles to a grid.

    Tiles on the same cells are joined first, so that no seam is interpolated; others follow one by
    one. Where they overlap, the first file with a value wins.

    Parameters
    ----------
    paths
        Files, each in any CRS.
    grid
        Cells of the answer.
    method
        Name of a `rasterio.enums.Resampling`; None for the mean of finer source cells and bilinear
        interpolation between coarser ones.
    band
        Band to read, from 1.

    Raises
    ------
    InvalidDataError
        As `read_raster`, with the problems of all files.
    """
    given = [paths] if isinstance(paths, str | Path) else paths
    sources = _read_all([Path(path) for path in given], grid, band)
    values = np.full(grid.shape, np.nan, dtype=np.float32)
    methods: dict[str, None] = {}
    for part in _joined(sources):
        used = method or ("average" if part.resolution_m < grid.cell_m else "bilinear")
        layer = _reprojected(part, grid, used)
        methods[used] = None
        np.copyto(values, layer, where=np.isnan(values))
    return Resampled(
        raster=Raster(values, grid),
        method=" + ".join(methods) or "none",
        source_resolution_m=max((one.resolution_m for one in sources), default=float("nan")),
        sources=tuple(sources),
    )


# --- reading -------------------------------------------------------------------------------------


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    if not path.is_file():
        raise InvalidDataError(
            [problem("missing-file", path, "no such file", "a raster", "check the path")]
        )
    try:
        with rasterio.open(path) as source:
            yield source
    except InvalidDataError:
        raise
    except Exception as error:  # GDAL's errors have no common parent
        found = " ".join(str(error).split()) or type(error).__name__
        raise InvalidDataError(
            [problem("unreadable", path, found, "a whole raster", "copy or download it again")]
        ) from error


def _unusable(source: Any, path: Path, band: int) -> list[Problem]:
    problems = []
    if source.crs is None:
        problems.append(
            problem(
                "missing-crs",
                path,
                "no coordinate reference system",
                "one, e.g. EPSG:4326 or VN-2000 / TM-3 107°45′ (EPSG:5899)",
                "set it with gdal_edit or QGIS, not by guessing",
            )
        )
    elif found := datum_problem(source.crs.to_wkt(), path):
        problems.append(found)
    if not 1 <= band <= source.count:
        problems.append(
            problem(
                "missing-band", path, f"{source.count} bands", f"a band {band}", "name another band"
            )
        )
    return problems


def _window(source: Any, grid: Grid) -> Window | None:
    """Cells of the source that the grid needs; None for all of a rotated raster."""
    bounds = transform_bounds(grid.crs, source.crs, *grid.bounds_m, densify_pts=21)
    try:
        wanted = from_bounds(*bounds, transform=source.transform)
    except WindowError:
        return None
    left = min(max(int(np.floor(wanted.col_off)) - _MARGIN_CELLS, 0), source.width)
    top = min(max(int(np.floor(wanted.row_off)) - _MARGIN_CELLS, 0), source.height)
    right = int(np.ceil(wanted.col_off + wanted.width)) + _MARGIN_CELLS
    bottom = int(np.ceil(wanted.row_off + wanted.height)) + _MARGIN_CELLS
    width, height = min(right, source.width) - left, min(bottom, source.height) - top
    return Window(left, top, max(width, 0), max(height, 0))


def _read_all(files: list[Path], grid: Grid, band: int) -> list[SourceRaster]:
    """All sources that reach the grid; the problems of all files in one error."""
    sources: list[SourceRaster] = []
    problems: list[Problem] = []
    for path in files:
        try:
            sources.append(read_raster(path, band, over=grid, dtype=np.float32))
        except InvalidDataError as error:
            problems += error.problems
    refuse(problems)
    return [source for source in sources if source.values.size]


# --- joining and resampling ----------------------------------------------------------------------


def _joined(sources: list[SourceRaster]) -> list[SourceRaster]:
    """Sources on the same cells as one, in the order of the first of each.

    A source doesn't join if it would come before one that overlaps it and was named earlier.
    """
    groups: list[list[SourceRaster]] = []
    for source in sources:
        for number, home in enumerate(groups):
            between = (other for group in groups[number + 1 :] for other in group)
            if _same_cells(home[0], source) and not any(_may_overlap(o, source) for o in between):
                home.append(source)
                break
        else:
            groups.append([source])
    return [_mosaic(group) if len(group) > 1 else group[0] for group in groups]


def _may_overlap(one: SourceRaster, other: SourceRaster) -> bool:
    """Whether two rasters share a place; taken for granted across CRS and of rotated ones."""
    if one.crs != other.crs or not (
        one.transform.is_rectilinear and other.transform.is_rectilinear
    ):
        return True
    a, b = (array_bounds(*each.values.shape, each.transform) for each in (one, other))
    return not disjoint_bounds(a, b)


def _same_cells(one: SourceRaster, other: SourceRaster) -> bool:
    """Whether two rasters are cut from one net of cells."""
    a, b = one.transform, other.transform
    if one.crs != other.crs or any((a.b, a.d, b.b, b.d)):
        return False
    if not np.allclose((a.a, a.e), (b.a, b.e), rtol=_SAME_SIDE, atol=0.0):
        return False
    shift = np.array([(b.c - a.c) / a.a, (b.f - a.f) / a.e])
    return bool((np.abs(shift - np.round(shift)) < _SAME_PLACE_CELLS).all())


def _mosaic(tiles: list[SourceRaster]) -> SourceRaster:
    head = tiles[0]
    corners = np.array([_corner(tile, head) for tile in tiles])
    ends = corners + np.array([tile.values.shape for tile in tiles])
    top, left = corners.min(axis=0)
    bottom, right = ends.max(axis=0)
    values = np.full((bottom - top, right - left), np.nan, dtype=np.float32)
    for tile, (row, col) in zip(tiles, corners - (top, left), strict=True):
        here = values[row : row + tile.values.shape[0], col : col + tile.values.shape[1]]
        np.copyto(here, tile.values, where=np.isnan(here), casting="same_kind")
    return SourceRaster(
        path=head.path,
        values=values,
        declared_void=np.isnan(values),
        transform=head.transform * Affine.translation(float(left), float(top)),
        crs=head.crs,
        tags=head.tags,
        unit=head.unit,
    )


def _corner(tile: SourceRaster, head: SourceRaster) -> tuple[int, int]:
    """Row and column of a tile's first cell, counted from the first cell of another."""
    a, b = head.transform, tile.transform
    return round((b.f - a.f) / a.e), round((b.c - a.c) / a.a)


def _reprojected(source: SourceRaster, grid: Grid, method: str) -> npt.NDArray[np.float32]:
    target = np.full(grid.shape, np.nan, dtype=np.float32)
    reproject(
        source.values,
        target,
        src_transform=source.transform,
        src_crs=source.crs,
        src_nodata=np.nan,
        dst_transform=Affine(*grid.transform),
        dst_crs=grid.crs,
        dst_nodata=np.nan,
        resampling=Resampling[method],
    )
    return target
