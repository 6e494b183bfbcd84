"""Heights at 15″, screening grade: re-encoded with their cautions as tags."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import rasterio
from writing import write_grid

if TYPE_CHECKING:
    from pathlib import Path

    from sources import Sources

HIGHEST_M: Final = 1507
"""No height of the source can exceed the province's highest summit; see terrain/SOURCE.txt."""

TAGS: Final = {
    "what": "mean height of a 15″ cell, m above mean sea level, sea 0",
    "grade": "screening",
    "vertical_datum": "EGM96 geoid as in SRTM (not stated by the compilation)",
    "origin": "estimated",
    "caution": (
        "steps of about 32 m; land under 29 m is filled in by a model; summits 155-180 m low; "
        "islands about 170 m east"
    ),
    "credit": "NASA SRTM; Viewfinder Panoramas (J. de Ferranti)",
}


def build_terrain(sources: Sources, path: Path) -> None:
    """Write the heights as int16.

    Raises
    ------
    ValueError
        A height is outside 0-1,507 m.
    """
    with rasterio.open(sources.terrain_grid()) as file:
        heights = file.read(1)
        transform = file.transform
    if heights.min() < 0 or heights.max() > HIGHEST_M:
        raise ValueError(f"heights reach from {heights.min()} to {heights.max()} m")
    write_grid(heights.astype(np.int16), transform, path, tags=TAGS)
