"""Polygons → short lists of whole numbers that the page turns back into shapes.

A ring is ``[x0, y0, dx, dy, …]`` in units of 1e-5 degrees (about 1 m), closed implicitly: a third
of the size of GeoJSON.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import shapely

from qn_coverage.core.crs import STORED

if TYPE_CHECKING:
    import numpy.typing as npt
    from shapely.geometry.base import BaseGeometry

UNITS_PER_DEGREE: Final = 100_000

Ring = list[int]
Shape = list[list[Ring]]
"""Polygons of rings, the outer ring first."""


def encoded(geometry: BaseGeometry | None) -> Shape:
    """Polygons of a geometry as whole-number rings; lines and points are left out."""
    if geometry is None or geometry.is_empty:
        return []
    parts = [part for part in shapely.get_parts(geometry) if part.geom_type == "Polygon"]
    polygons = [
        [ring for ring in map(_ring, (part.exterior, *part.interiors)) if ring] for part in parts
    ]
    return [polygon for polygon in polygons if polygon]


def _ring(ring: Any) -> Ring:
    points = np.round(shapely.get_coordinates(ring) * UNITS_PER_DEGREE).astype(np.int64)[:-1]
    steps = np.diff(points, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    moved = (steps != 0).any(axis=1) | (np.arange(len(steps)) == 0)
    kept: npt.NDArray[np.int64] = steps[moved]
    return [int(value) for value in kept.ravel()] if len(kept) >= 3 else []


def drawn(frame: gpd.GeoDataFrame, *, tolerance_m: float, crs: str) -> list[Shape]:
    """Shapes of a table, simplified for drawing; borders that were shared stay shared.

    Parameters
    ----------
    frame
        Polygons in EPSG:4326.
    tolerance_m
        How far a drawn line may run from the true one; 0 keeps every vertex.
    crs
        Projected CRS in which the tolerance holds.
    """
    if frame.empty:
        return []
    geometry = frame.geometry
    if tolerance_m > 0.0:
        flat = geometry.to_crs(crs)
        simple = shapely.coverage_simplify(flat.to_numpy(), tolerance_m)
        geometry = gpd.GeoSeries(simple, crs=crs).to_crs(STORED)
    return [encoded(shape) for shape in geometry]


def label_points(frame: gpd.GeoDataFrame) -> list[tuple[float, float]]:
    """Longitude and latitude of the roomiest spot of each shape, where its name fits best."""
    return [_roomiest(geometry) for geometry in frame.geometry]


def _roomiest(geometry: BaseGeometry) -> tuple[float, float]:
    largest = max(shapely.get_parts(geometry), key=lambda part: part.area)
    circle = shapely.maximum_inscribed_circle(largest, tolerance=0.002)
    longitude, latitude = shapely.get_coordinates(circle)[0]
    return round(float(longitude), 5), round(float(latitude), 5)
