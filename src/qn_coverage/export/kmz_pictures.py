"""Pictures inside the KMZ: the margin as an image, and icons, so that no network is needed."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

import numpy as np

from qn_coverage.core.crs import STORED
from qn_coverage.export import symbols

if TYPE_CHECKING:
    from PIL import Image as Pictures

    from qn_coverage.export.results import Results

ICON_PX: Final = 32
_FINER: Final = 8
"""Icons are drawn so many times larger and shrunk, for smooth edges."""
_INSIDE: Final = (255, 255, 255, 255)  # Google Earth multiplies it with the style's colour
_EDGE: Final = (40, 40, 40, 255)


def circle() -> bytes:
    """PNG of a white disc with a dark edge."""
    picture = _blank()
    size, line = picture.width - 1, 2 * _FINER
    from PIL import ImageDraw  # noqa: PLC0415 (only when asked for)

    ImageDraw.Draw(picture).ellipse(
        (line, line, size - line, size - line), fill=_INSIDE, outline=_EDGE, width=line
    )
    return _png(picture)


def triangle() -> bytes:
    """PNG of a white triangle with a dark edge: a mast."""
    picture = _blank()
    size, line = picture.width - 1, 2 * _FINER
    from PIL import ImageDraw  # noqa: PLC0415 (only when asked for)

    corners = [(size / 2, line), (size - line, size - 2 * line), (line, size - 2 * line)]
    ImageDraw.Draw(picture).polygon(corners, fill=_INSIDE, outline=_EDGE, width=line)
    return _png(picture)


def _blank() -> Pictures.Image:
    from PIL import Image  # noqa: PLC0415

    side = ICON_PX * _FINER
    # Transparent, in the colour of the edge: shrinking must not mix another one in.
    return Image.new("RGBA", (side, side), (*_EDGE[:3], 0))


def _png(picture: Pictures.Image) -> bytes:
    from PIL import Image  # noqa: PLC0415

    buffer = io.BytesIO()
    small = picture.resize((ICON_PX, ICON_PX), Image.Resampling.BOX)
    small.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def margin_image(results: Results) -> tuple[bytes, tuple[float, float, float, float]]:
    """PNG of the classes of margin after, in EPSG:4326, and its west, south, east, north."""
    import rasterio  # noqa: PLC0415 (loads GDAL: only when asked for)
    from PIL import Image  # noqa: PLC0415
    from rasterio.enums import Resampling  # noqa: PLC0415
    from rasterio.vrt import WarpedVRT  # noqa: PLC0415

    with (
        rasterio.open(results.raster) as source,
        WarpedVRT(source, crs=STORED, resampling=Resampling.nearest) as warped,
    ):
        band = warped.descriptions.index("margin_after_db") + 1
        margin = warped.read(band, masked=True)
        bounds = tuple(warped.bounds)
    rising = np.asarray(symbols.MARGIN_BREAKS_DB)[::-1]
    count = len(symbols.MARGIN_COLOURS)
    classes = count - 1 - np.searchsorted(rising, margin.filled(-np.inf), side="right")
    classes[np.ma.getmaskarray(margin)] = count
    palette = Image.frombytes("P", classes.shape[::-1], classes.astype(np.uint8).tobytes())
    colours = [value for colour in symbols.MARGIN_COLOURS for value in symbols.rgb(colour)]
    palette.putpalette([*colours, 255, 255, 255])
    buffer = io.BytesIO()
    palette.save(buffer, "PNG", transparency=count, optimize=True)
    return buffer.getvalue(), bounds
