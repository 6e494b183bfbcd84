"""OGC Styled Layer Descriptor 1.0, for programs other than QGIS (GeoServer, MapServer)."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Final

from qn_coverage.export.dictionary import LAYER_TITLES
from qn_coverage.export.layer_styles import STYLES

if TYPE_CHECKING:
    from qn_coverage.export.layer_styles import Category, LayerStyle, Mark

_SLD: Final = "http://www.opengis.net/sld"
_OGC: Final = "http://www.opengis.net/ogc"
_PIXELS_PER_MM: Final = 1 / 0.28
"""An SLD pixel is 0.28 mm (OGC 02-070, 10.2)."""


def sld(layer: str) -> str:
    """Style of a layer as an SLD document.

    Parameters
    ----------
    layer
        Key of `layer_styles.STYLES`.
    """
    style = STYLES[layer]
    ET.register_namespace("", _SLD)
    ET.register_namespace("ogc", _OGC)
    root = ET.Element(f"{{{_SLD}}}StyledLayerDescriptor", version="1.0.0")
    named = _add(root, "NamedLayer")
    _add(named, "Name", layer)
    user = _add(named, "UserStyle")
    _add(user, "Title", " / ".join(LAYER_TITLES[layer]))
    features = _add(user, "FeatureTypeStyle")
    for number, category in enumerate(style.categories):
        _add_rule(features, style, category, f"class-{number}")
    return ET.tostring(root, encoding="unicode")


def _add_rule(features: ET.Element, style: LayerStyle, category: Category, name: str) -> None:
    rule = _add(features, "Rule")
    _add(rule, "Name", name)
    _add(rule, "Title", category.label)
    if style.kind == "graduated":
        _add_range(rule, style.column, category)
    elif style.kind == "categorized" and category.value is None:
        _add(rule, "ElseFilter")
    elif style.kind == "categorized":
        _compare(_ogc(rule, "Filter"), "EqualTo", style.column, str(category.value))
    _add_symbolizer(rule, category.mark)


def _add_range(rule: ET.Element, column: str, category: Category) -> None:
    limits = [("GreaterThanOrEqualTo", category.low), ("LessThan", category.high)]
    given = [(operator, limit) for operator, limit in limits if limit is not None]
    inside = _ogc(rule, "Filter")
    if len(given) > 1:
        inside = _ogc(inside, "And")
    for operator, limit in given:
        _compare(inside, operator, column, f"{limit:g}")


def _compare(parent: ET.Element, operator: str, column: str, value: str) -> None:
    test = _ogc(parent, f"PropertyIs{operator}")
    _ogc(test, "PropertyName").text = column
    _ogc(test, "Literal").text = value


def _add_symbolizer(rule: ET.Element, mark: Mark) -> None:
    if mark.shape == "fill":
        symbolizer = _add(rule, "PolygonSymbolizer")
        if mark.opacity:
            _add_fill(symbolizer, mark)
        _add_stroke(symbolizer, mark)
        return
    graphic = _add(_add(rule, "PointSymbolizer"), "Graphic")
    drawn = _add(graphic, "Mark")
    # SLD 1.0 knows six names; a square on its corner is a diamond.
    _add(drawn, "WellKnownName", "square" if mark.shape == "diamond" else mark.shape)
    _add_fill(drawn, mark)
    _add_stroke(drawn, mark)
    _add(graphic, "Size", f"{mark.size_mm * _PIXELS_PER_MM:.1f}")
    if mark.shape == "diamond":
        _add(graphic, "Rotation", "45")


def _add_fill(parent: ET.Element, mark: Mark) -> None:
    fill = _add(parent, "Fill")
    _parameter(fill, "fill", mark.colour)
    _parameter(fill, "fill-opacity", f"{mark.opacity:g}")


def _add_stroke(parent: ET.Element, mark: Mark) -> None:
    stroke = _add(parent, "Stroke")
    _parameter(stroke, "stroke", mark.outline)
    _parameter(stroke, "stroke-width", f"{mark.outline_mm * _PIXELS_PER_MM:.2f}")


def _parameter(parent: ET.Element, name: str, text: str) -> None:
    _add(parent, "CssParameter", text).set("name", name)


def _add(parent: ET.Element, tag: str, text: str | None = None) -> ET.Element:
    child = ET.SubElement(parent, f"{{{_SLD}}}{tag}")
    child.text = text
    return child


def _ogc(parent: ET.Element, name: str) -> ET.Element:
    return ET.SubElement(parent, f"{{{_OGC}}}{name}")
