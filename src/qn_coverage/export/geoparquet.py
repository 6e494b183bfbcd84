"""GeoParquet, for analysts: one file a layer, types kept, boxes of geometries for quick filters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qn_coverage.core.crs import STORED

if TYPE_CHECKING:
    from pathlib import Path

    from qn_coverage.export.results import Results


def write_geoparquet(results: Results, path: Path) -> None:
    """Write one ``.parquet`` (GeoParquet 1.1, EPSG:4326) a layer into a folder.

    Parameters
    ----------
    results
        What to write.
    path
        Folder, made here.
    """
    path.mkdir(parents=True, exist_ok=True)
    for name, table in results.layers.items():
        table.to_crs(STORED).to_parquet(
            path / f"{name}.parquet",
            index=False,
            compression="zstd",
            schema_version="1.1.0",
            write_covering_bbox=True,
        )
