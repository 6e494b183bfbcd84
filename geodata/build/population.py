"""People per 30″ cell, rescaled to the 2019 census: checked, re-encoded and labelled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import rasterio
from writing import write_grid

if TYPE_CHECKING:
    from pathlib import Path

    from sources import Sources

CENSUS_2019: Final = 1_320_324
"""People of the province in the 2019 census."""

TAGS: Final = {
    "what": "people per cell, WorldPop 2020 pattern rescaled per former commune to the 2019 census",
    "origin": "estimated",
    "caution": "people are smeared over 0.9 km cells; the islets of Hạ Long Bay hold nobody",
}


def build_population(sources: Sources, path: Path) -> None:
    """Write the grid; 0 where nobody is counted, no nodata value.

    Raises
    ------
    ValueError
        The grid does not add up to the census.
    """
    with rasterio.open(sources.population_grid()) as file:
        people = file.read(1)
        transform = file.transform
    total = people.sum(dtype=np.float64)
    if abs(total - CENSUS_2019) > 1.0 or people.min() < 0.0 or not np.isfinite(people).all():
        raise ValueError(f"the population grid holds {total:.0f} people, not {CENSUS_2019}")
    write_grid(people.astype(np.float32), transform, path, tags=TAGS)
