"""Any table or vector file → a frame with clean text, points or polygons in EPSG:4326."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from qn_coverage.data.formats import read_layer, read_table
from qn_coverage.data.positions import placed_in_province
from qn_coverage.data.problems import at_rows, refuse

if TYPE_CHECKING:
    import geopandas as gpd

    from qn_coverage.data.positions import Shape

__all__ = ["read_table", "read_vector"]


def read_vector(path: Path | str, shape: Shape, *, layer: str = "") -> gpd.GeoDataFrame:
    """Read places whose attributes are checked elsewhere, e.g. by `checks.checked`.

    Parameters
    ----------
    path
        GeoPackage, GeoParquet, GeoJSON, Shapefile, FlatGeobuf or CSV, see `formats.read_layer`.
    shape
        What the places are.
    layer
        Which layer to take from a file with several.

    Returns
    -------
    Frame in EPSG:4326 as indexed by `formats.read_layer`: what checks it further finds the rows of
    the file there.

    Raises
    ------
    InvalidDataError
        With every problem of the places, as `formats.read_layer` and
        `positions.placed_in_province`.
    """
    path = Path(path)
    frame, problems = read_layer(path, layer=layer)
    refuse(at_rows(problems, frame, path))
    placed, misplaced = placed_in_province(frame, shape, path)
    refuse(at_rows(misplaced, placed, path))
    return placed
