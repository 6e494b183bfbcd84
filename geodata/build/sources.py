"""The folder of sources: where each file is, and how it is opened. Nothing is corrected here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import geopandas as gpd
import pandas as pd

from qn_coverage.core.text import nfc

if TYPE_CHECKING:
    from pathlib import Path

Table = TypeVar("Table", bound=pd.DataFrame)


@dataclass(frozen=True, slots=True)
class Sources:
    """Folder with ``boundaries``, ``population``, ``terrain`` and ``facts``."""

    folder: Path

    def communes_2025(self) -> gpd.GeoDataFrame:
        """The 54 units in full detail, EPSG:4326."""
        return _tidy(gpd.read_parquet(self.folder / "boundaries" / "communes_2025_full.parquet"))

    def communes_2009(self) -> gpd.GeoDataFrame:
        """Generalised polygons of the 186 former communes; their population column is wrong."""
        path = self.folder / "boundaries" / "communes_2009_generalised.geojson"
        return _tidy(gpd.read_file(path).drop(columns=["population", "area"]))

    def population_2025(self) -> pd.DataFrame:
        """Register of population and area of the 54 units."""
        return self._csv("population", "communes_2025_population_area.csv")

    def census_2019(self) -> pd.DataFrame:
        """2019 census by former commune."""
        return self._csv("population", "census2019_186_communes.csv")

    def facts(self, name: str) -> pd.DataFrame:
        """Table of the facts folder, every cell as text (empty where the source is empty)."""
        return self._csv("facts", f"{name}.csv")

    def population_grid(self) -> Path:
        """30″ grid rescaled to the 2019 census."""
        return self.folder / "population" / "qn_pop1km_census2019_adjusted_DERIVED.tif"

    def terrain_grid(self) -> Path:
        """15″ heights, screening grade."""
        return self.folder / "terrain" / "qn_dem_15s_4326.tif"

    def _csv(self, *parts: str) -> pd.DataFrame:
        path = self.folder.joinpath(*parts)
        return _tidy(pd.read_csv(path, dtype=str, keep_default_na=False))


def _tidy(table: Table) -> Table:
    """Text in NFC with single blanks, whatever the source did."""
    for column in table.columns:
        if column != "geometry" and not pd.api.types.is_numeric_dtype(table[column]):
            table[column] = [nfc(text) for text in table[column]]
    return table
