"""Rasters → images that lie right on the web map.

An image overlay is stretched between its corners in EPSG:3857, so each raster is warped to that
CRS first; stretched unwarped it would be off by up to 154 m in this province.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy import ndimage

from qn_coverage.core.crs import DRAWN, STORED
from qn_coverage.render.page import data_uri

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from qn_coverage.core.grid import Grid, Raster

TRANSPARENT: Final = 255
"""Class that is not drawn."""

_SUN_AZIMUTH_DEG: Final = 315.0
_SUN_HEIGHT_DEG: Final = 45.0
_EXAGGERATION: Final = 2.2
_STRIP_M: Final = 3000.0
_SEA_RGB: Final = (221, 232, 239)
_ELSEWHERE_RGB: Final = (233, 231, 226)


@dataclass(frozen=True, slots=True)
class Overlay:
    """Image with its place.

    Attributes
    ----------
    uri
        Image as a ``data:`` address.
    bounds
        ((south, west), (north, east)) in degrees, as Leaflet takes them.
    """

    uri: str
    bounds: tuple[tuple[float, float], tuple[float, float]]


def class_overlay(classes: npt.NDArray[np.uint8], grid: Grid, colours: Sequence[str]) -> Overlay:
    """Palette PNG of classes.

    Parameters
    ----------
    classes
        Index into `colours` of each cell, `TRANSPARENT` where nothing is drawn, (rows, cols).
    grid
        Where the cells are.
    colours
        One ``#rrggbb`` a class.
    """
    warped, bounds = _warped(classes, grid, nodata=TRANSPARENT, smooth=False)
    indices = np.where(warped == TRANSPARENT, len(colours), warped).astype(np.uint8)
    return Overlay(_png(indices, colours), bounds)


def classified(values: npt.NDArray[np.floating], breaks: Sequence[float]) -> npt.NDArray[np.uint8]:
    """Class of each value: 0 at or above the first break, 1 at or above the second, and so on.

    Parameters
    ----------
    values
        Any shape; NaN is `TRANSPARENT`.
    breaks
        Lower ends of the classes, highest first. Lower values get ``len(breaks)``.
    """
    rising = np.asarray(breaks, dtype=np.float64)[::-1]
    classes = len(breaks) - np.searchsorted(rising, values, side="right")
    return np.where(np.isnan(values), TRANSPARENT, classes).astype(np.uint8)


def relief_overlay(
    terrain: Raster, land: npt.NDArray[np.floating], *, width: int = 1400
) -> Overlay:
    """Shaded relief as a grey WebP: white at sea and on the level, darker on slopes in shade.

    It is made to be multiplied with what lies below it.

    Parameters
    ----------
    terrain
        Ground height in metres.
    land
        Share of each cell that belongs to the province's land, shape (rows, cols).
    width
        Largest width of the image in pixels.
    """
    heights = np.nan_to_num(terrain.values.astype(np.float32), nan=0.0)
    shade = hillshade(heights, terrain.grid.cell_m)
    level = np.float32(np.sin(np.radians(_SUN_HEIGHT_DEG)))
    tone = np.clip(1.0 + 0.62 * (shade - level), 0.0, 1.0)
    drawn = (land > 0.0) | surroundings(terrain, land)
    tone = 1.0 - (1.0 - tone) * _fade(terrain.grid.shape) * drawn
    grey, bounds = _warped((tone * 255).astype(np.uint8), terrain.grid, nodata=255, smooth=True)
    return Overlay(_webp(np.repeat(grey[..., np.newaxis], 3, axis=2), width), bounds)


def surroundings_overlay(
    terrain: Raster, land: npt.NDArray[np.floating], *, steps: int = 12
) -> Overlay:
    """Land of the neighbours as a flat tone that fades out towards the edge of the grid.

    Where the grid ends nothing is known, so no edge may look like a coast. A palette PNG, so that
    the tone of the sea is exactly that of the page.
    """
    around = surroundings(terrain, land)
    # Some cells under the province's border too, or the border would look like a shore.
    around |= ndimage.binary_dilation(around, iterations=4) & (land > 0.0)
    weight = (around * _fade(terrain.grid.shape) * 255).astype(np.uint8)
    warped, bounds = _warped(weight, terrain.grid, nodata=0, smooth=True)
    classes = np.round(warped / 255.0 * steps).astype(np.uint8)
    return Overlay(_png(classes, [_mixed(step / steps) for step in range(steps + 1)]), bounds)


def surroundings(terrain: Raster, land: npt.NDArray[np.floating]) -> npt.NDArray[np.bool_]:
    """Cells that are land of the neighbours, shape (rows, cols).

    Coarse terrain spreads beyond the shores of the province's islands; strips narrower than
    `_STRIP_M` are such spill and are taken for sea.
    """
    outside = (np.nan_to_num(terrain.values, nan=0.0) > 0.0) & (land <= 0.0)
    if not outside.any() or outside.all():
        return np.asarray(outside, dtype=np.bool_)
    half = 0.5 * _STRIP_M / terrain.grid.cell_m
    # Mirrored edges: the neighbours go on beyond the grid.
    margin = int(np.ceil(half)) + 1
    padded = np.pad(outside, margin, mode="edge")
    core = ndimage.distance_transform_edt(padded) > half
    if not core.any():
        return np.zeros_like(outside)
    opened = padded & (ndimage.distance_transform_edt(~core) <= 2.5 * half)
    return np.asarray(opened[margin:-margin, margin:-margin], dtype=np.bool_)


def _mixed(share: float) -> str:
    pairs = zip(_SEA_RGB, _ELSEWHERE_RGB, strict=True)
    return "#" + "".join(f"{round(sea + (land - sea) * share):02x}" for sea, land in pairs)


def hillshade(heights: npt.NDArray[np.float32], cell_m: float) -> npt.NDArray[np.float32]:
    """Lambert shading of a surface lit from the north-west, 0-1, shape (rows, cols)."""
    south, east = np.gradient(heights * np.float32(_EXAGGERATION), np.float32(cell_m))
    azimuth, height = np.radians(_SUN_AZIMUTH_DEG), np.radians(_SUN_HEIGHT_DEG)
    light_east, light_north = np.sin(azimuth) * np.cos(height), np.cos(azimuth) * np.cos(height)
    # The normal of the surface is (-dz/deast, -dz/dnorth, 1); rows grow southwards.
    lit = -east * light_east + south * light_north + np.sin(height)
    shade = np.clip(lit / np.sqrt(1.0 + east**2 + south**2), 0.0, 1.0)
    return np.asarray(shade, dtype=np.float32)


def _fade(shape: tuple[int, int], *, share: float = 0.06) -> npt.NDArray[np.float32]:
    """1 inside, falling to 0 over a share of the width at each edge."""
    ramps = [np.linspace(0.0, 1.0, size) for size in shape]
    rows, cols = (np.clip(np.minimum(ramp, 1.0 - ramp) / share, 0.0, 1.0) for ramp in ramps)
    return np.outer(rows, cols).astype(np.float32)


def _warped(
    values: npt.NDArray[Any], grid: Grid, *, nodata: float, smooth: bool
) -> tuple[npt.NDArray[Any], tuple[tuple[float, float], tuple[float, float]]]:
    from rasterio.transform import Affine  # noqa: PLC0415 (loads GDAL: only when asked for)
    from rasterio.warp import Resampling, reproject, transform_bounds  # noqa: PLC0415

    west, south, east, north = transform_bounds(grid.crs, DRAWN, *grid.bounds_m)
    step = (east - west) / grid.cols
    rows = int(np.ceil((north - south) / step))
    out = np.full((rows, grid.cols), nodata, dtype=values.dtype)
    reproject(
        values,
        out,
        src_transform=Affine(*grid.transform),
        src_crs=grid.crs,
        dst_transform=Affine(step, 0.0, west, 0.0, -step, north),
        dst_crs=DRAWN,
        dst_nodata=nodata,
        resampling=Resampling.bilinear if smooth else Resampling.nearest,
    )
    lon_lat = transform_bounds(DRAWN, STORED, west, north - rows * step, east, north)
    left, bottom, right, top = (round(value, 6) for value in lon_lat)
    return out, ((bottom, left), (top, right))


def _png(indices: npt.NDArray[np.uint8], colours: Sequence[str]) -> str:
    from PIL import Image  # noqa: PLC0415

    height, width = indices.shape
    image = Image.frombytes("P", (width, height), np.ascontiguousarray(indices).tobytes())
    image.putpalette([part for colour in colours for part in bytes.fromhex(colour[1:])] + [0, 0, 0])
    buffer = io.BytesIO()
    # Four bits a pixel hold 16 classes. Levels 8 and 9 take 2 to 7 times as long for 4 and 8 %.
    image.save(buffer, "PNG", compress_level=7, bits=4, transparency=len(colours))
    return data_uri(buffer.getvalue(), "image/png")


def _webp(rgb: npt.NDArray[np.uint8], width: int) -> str:
    from PIL import Image  # noqa: PLC0415

    rows, cols, _ = rgb.shape
    image = Image.frombytes("RGB", (cols, rows), np.ascontiguousarray(rgb).tobytes())
    if cols > width:
        image = image.resize((width, max(1, round(rows * width / cols))), Image.Resampling.BILINEAR)
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", quality=80, method=6)
    return data_uri(buffer.getvalue(), "image/webp")
