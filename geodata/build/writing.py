"""Files with the same bytes for the same values: tables, points, polygons and grids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import rasterio
import shapely

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import numpy.typing as npt
    import pandas as pd
    from affine import Affine

STORED: Final = "EPSG:4326"
DEGREE_DIGITS: Final = 6
"""Six digits are 0.1 m: finer than any source, and the same on every machine."""


def rounded(geometry: gpd.GeoSeries) -> gpd.GeoSeries:
    """Longitude/latitude with six digits."""
    values = shapely.transform(geometry.to_numpy(), lambda xy: np.round(xy, DEGREE_DIGITS))
    return gpd.GeoSeries(values, index=geometry.index, crs=geometry.crs)


def write_layer(layer: gpd.GeoDataFrame, path: Path) -> None:
    """GeoParquet in EPSG:4326, in the row order given."""
    stored = layer.to_crs(STORED).reset_index(drop=True)
    stored = stored.set_geometry(rounded(stored.geometry))
    stored.to_parquet(path, index=False, compression="zstd", write_covering_bbox=False)


def write_table(table: pd.DataFrame, path: Path) -> None:
    """CSV in UTF-8 with Unix line ends; empty cells stay empty."""
    table.to_csv(path, index=False, encoding="utf-8", lineterminator="\n")


def write_grid(
    values: npt.NDArray[Any], transform: Affine, path: Path, *, tags: Mapping[str, str]
) -> None:
    """Deflated GeoTIFF in EPSG:4326 with its cautions as tags."""
    predictor = 3 if values.dtype.kind == "f" else 2
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        height=values.shape[0],
        width=values.shape[1],
        count=1,
        dtype=values.dtype,
        crs=STORED,
        transform=transform,
        compress="deflate",
        predictor=predictor,
        zlevel=9,
        tiled=False,
    ) as file:
        file.write(values, 1)
        file.update_tags(**tags)
