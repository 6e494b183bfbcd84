"""Ground heights on the study's grid, with where they come from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from pyproj import CRS
from rasterio.fill import fillnodata

from qn_coverage.core.grid import Raster
from qn_coverage.data.positions import transformer
from qn_coverage.data.problems import problem, refuse
from qn_coverage.data.raster_files import Resampled, SourceRaster, resample_to_grid

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from qn_coverage.core.errors import Problem
    from qn_coverage.core.grid import Grid

LOWEST_M: Final = -400.0
HIGHEST_M: Final = 3200.0
"""Ground heights that are possible in and around the province. The open-pit coal mine Cọc Sáu
reached 300 m below sea level (Lao Động, December 2023); summits are near 1,500 m, so heights in
feet break the upper bound, and undeclared voids (-9999, -32768) the lower one."""

PLANNING_RESOLUTION_M: Final = 100.0
"""Coarser terrain is good for screening only."""

FILL_REACH_CELLS: Final = 100.0
"""How far from known heights a void is filled on request."""

UNKNOWN_DATUM: Final = "unknown"

_FEET: Final = {"ft", "foot", "feet", "us survey foot", "us-ft", "ussurveyfoot"}


@dataclass(frozen=True, slots=True, eq=False)
class Terrain:
    """Ground on the study's grid, with how it came there.

    Attributes
    ----------
    raster
        Height in m above mean sea level, float32, without voids.
    source_resolution_m
        Side of a source cell, of the coarsest if there are several sources.
    resampling
        ``"bilinear"`` from coarser or equal cells, ``"average"`` from finer ones; both with " + "
        between for sources of both kinds.
    vertical_datum
        What the sources say of their heights, or ``"unknown"``.
    grade
        ``"planning"`` for sources of 100 m and finer, else ``"screening"``.
    filled_cells
        Cells whose height was filled in, as sea or by interpolation.
    """

    raster: Raster
    source_resolution_m: float
    resampling: str
    vertical_datum: str
    grade: Literal["planning", "screening"]
    filled_cells: int


def read_terrain(
    paths: Sequence[Path | str],
    grid: Grid,
    *,
    missing: Literal["error", "sea", "fill"] = "error",
) -> Terrain:
    """Ground heights on a grid, from any rasters that GDAL reads in any CRS.

    Parameters
    ----------
    paths
        GeoTIFF, COG, VRT or HGT files; several are mosaicked, the first wins where they overlap.
    grid
        Cells of the answer.
    missing
        Cells without a height are an error, sea (0 m), or interpolated from heights at most
        `FILL_REACH_CELLS` away.

    Raises
    ------
    InvalidDataError
        As `raster_files.read_raster`, and ``no-rasters``, ``wrong-unit``, ``impossible-height``,
        ``void-terrain``, ``not-covering`` (cells beyond the edge of every file).
    """
    files = [Path(path) for path in paths]
    if not files:
        refuse([_nothing()])
    found = resample_to_grid(files, grid)
    refuse(fault for source in found.sources for fault in _faults(source))
    heights = found.raster.values
    void = np.isnan(heights)
    if void.any():
        heights = _without_voids(heights, void, found, files[0], missing)
    return Terrain(
        raster=Raster(heights, grid),
        source_resolution_m=found.source_resolution_m,
        resampling=found.method,
        vertical_datum=" + ".join(dict.fromkeys(map(vertical_datum_of, found.sources))),
        grade="planning" if found.source_resolution_m <= PLANNING_RESOLUTION_M else "screening",
        filled_cells=int(void.sum()),
    )


def vertical_datum_of(source: SourceRaster) -> str:
    """What a raster says of its heights: its own tag, its CRS, or the product it is named after."""
    told = {key.casefold(): text for key, text in source.tags.items()}
    if told.get("vertical_datum"):
        return told["vertical_datum"]
    crs = CRS.from_user_input(source.crs.to_wkt())
    vertical = [part.name for part in crs.sub_crs_list if part.is_vertical]
    if vertical:
        return vertical[0]
    name = source.path.name
    if name.startswith("Copernicus_DSM"):
        return "EGM2008 height (EPSG:3855), as the Copernicus DEM"
    if source.path.suffix.lower() == ".hgt":
        return "EGM96 height (EPSG:5773), as SRTM"
    return UNKNOWN_DATUM


def _without_voids(
    heights: npt.NDArray[np.float32],
    void: npt.NDArray[np.bool_],
    found: Resampled,
    path: Path,
    missing: str,
) -> npt.NDArray[np.float32]:
    if void.all():
        refuse([_nowhere(path)])
    if missing == "error":
        refuse(_void_problems(void, found, path))
    if missing == "sea":
        return np.where(void, np.float32(0.0), heights)
    filled = fillnodata(heights, mask=~void, max_search_distance=FILL_REACH_CELLS)
    left = np.isnan(filled)
    if left.any():
        refuse([_beyond_reach(left, path)])
    return np.asarray(filled, dtype=np.float32)


def _faults(source: SourceRaster) -> list[Problem]:
    """What the numbers of a source say against being metres above sea level."""
    faults = []
    if source.unit.casefold() in _FEET:
        faults.append(
            problem(
                "wrong-unit",
                source.path,
                f"heights in '{source.unit}'",
                "metres",
                "multiply by 0.3048, e.g. with the raster calculator of QGIS",
            )
        )
    known = source.values[~source.declared_void]
    if known.size == 0 or source.unit.casefold() in _FEET:
        return faults
    low, high = float(np.nanmin(known)), float(np.nanmax(known))
    if low < LOWEST_M or high > HIGHEST_M:
        faults.append(
            problem(
                "impossible-height",
                source.path,
                f"heights from {low:g} to {high:g} m",
                f"{LOWEST_M:g} to {HIGHEST_M:g} m",
                "check the unit (feet?), the nodata value, and whether the sea is a depth",
            )
        )
    return faults


def _void_problems(void: npt.NDArray[np.bool_], found: Resampled, path: Path) -> list[Problem]:
    outside = _outside_all(void, found)
    inside = int(void.sum()) - outside
    cells = void.size
    problems = []
    if outside:
        problems.append(
            problem(
                "not-covering",
                path,
                f"{outside / cells:.1%} of the study area beyond the edge of the terrain",
                "terrain under the whole study area",
                "add the missing tiles, or read them as sea where there is none",
            )
        )
    if inside:
        problems.append(
            problem(
                "void-terrain",
                path,
                f"no height in {inside:,} cells ({inside / cells:.1%})",
                "a height in each cell",
                "add the missing tiles, fill the voids, or read them as sea",
            )
        )
    return problems


def _outside_all(void: npt.NDArray[np.bool_], found: Resampled) -> int:
    """How many void cells have their centre in none of the sources."""
    grid = found.raster.grid
    rows, cols = np.nonzero(void)
    x_m, y_m = grid.centres_x_m()[cols], grid.centres_y_m()[rows]
    outside = np.ones(len(rows), dtype=np.bool_)
    for source in found.sources:
        x, y = transformer(grid.crs, source.crs.to_wkt()).transform(x_m, y_m)
        col, row = ~source.transform * (x, y)
        height, width = source.values.shape
        outside &= ~((row >= 0) & (row <= height) & (col >= 0) & (col <= width))
    return int(outside.sum())


def _nothing() -> Problem:
    return problem("no-rasters", Path("terrain"), "no file", "one or more", "name the tiles")


def _nowhere(path: Path) -> Problem:
    return problem(
        "not-covering",
        path,
        "no height anywhere in the study area",
        "terrain of the study area",
        "check that the file covers Quảng Ninh",
    )


def _beyond_reach(left: npt.NDArray[np.bool_], path: Path) -> Problem:
    return problem(
        "void-terrain",
        path,
        f"{int(left.sum()):,} cells further than {FILL_REACH_CELLS:g} cells from any height",
        "voids that can be filled from around",
        "add the missing tiles",
    )
