"""KML's elements, written with the standard library, which escapes their text."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Final

from shapely import Polygon

from qn_coverage.core.foreign_text import printable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shapely.geometry.base import BaseGeometry

NAMESPACE: Final = "http://www.opengis.net/kml/2.2"


def add_geometry(parent: ET.Element, geometry: BaseGeometry | None) -> None:
    """Put a point, polygon or collection of these under a placemark, as longitude, latitude."""
    if geometry is None or geometry.is_empty:
        return
    if geometry.geom_type == "Point":
        add(add(parent, "Point"), "coordinates", _coordinates(geometry.coords))
    elif isinstance(geometry, Polygon):
        _add_polygon(parent, geometry)
    else:
        together = add(parent, "MultiGeometry")
        for part in geometry.geoms:  # type: ignore[attr-defined]
            add_geometry(together, part)


def _add_polygon(parent: ET.Element, shape: Polygon) -> None:
    polygon = add(parent, "Polygon")
    add(polygon, "tessellate", "1")
    for name, rings in (
        ("outerBoundaryIs", [shape.exterior]),
        ("innerBoundaryIs", shape.interiors),
    ):
        for ring in rings:
            line = add(add(polygon, name), "LinearRing")
            add(line, "coordinates", _coordinates(ring.coords))


def kml_colour(colour: str, opacity: str) -> str:
    """``#rrggbb`` and an opacity ``00``-``ff`` as KML counts them: opacity, blue, green, red."""
    return opacity + colour[5:7] + colour[3:5] + colour[1:3]


def _coordinates(points: Iterable[tuple[float, ...]]) -> str:
    return " ".join(f"{point[0]:.6f},{point[1]:.6f}" for point in points)


def element(name: str, text: str | None = None, **attributes: str) -> ET.Element:
    """Element with text; what XML cannot hold is shown as ``�``."""
    made = ET.Element(f"{{{NAMESPACE}}}{name}", attributes)
    made.text = None if text is None else printable(text)
    return made


def add(parent: ET.Element, name: str, text: str | None = None, **attributes: str) -> ET.Element:
    """Put an element under another one and return it."""
    child = element(name, text, **attributes)
    parent.append(child)
    return child
