"""QGIS styles (QML) and OGC styles (SLD) of the layers; the GeoPackage carries them.

Element trees escape every label: QGIS ignores a style with an unescaped ``<`` without a word.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Final

from qn_coverage.export import symbols
from qn_coverage.export.dictionary import LAYER_TITLES, field_of
from qn_coverage.export.layer_styles import STYLES
from qn_coverage.export.sld import sld

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from pathlib import Path

    from qn_coverage.export.layer_styles import Category, LayerStyle, Mark

QGIS_VERSION: Final = "3.22.0"
"""Oldest QGIS that these styles were loaded in."""

_OPEN_END: Final = 1e6
_DOCTYPE: Final = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"


def qml(layer: str, columns: Iterable[str]) -> str:
    """Style of a layer as a QML document.

    Parameters
    ----------
    layer
        Key of `layer_styles.STYLES`.
    columns
        Columns of the layer; each gets its Vietnamese name as an alias.
    """
    root = ET.Element(
        "qgis", version=QGIS_VERSION, styleCategories="Symbology|Labeling|Fields|MapTips"
    )
    root.extend(style_elements(layer, columns))
    return _DOCTYPE + ET.tostring(root, encoding="unicode")


def style_elements(layer: str, columns: Iterable[str]) -> list[ET.Element]:
    """Parts of a style as they stand in a QML document and in a project's ``maplayer``."""
    style = STYLES[layer]
    parts = [_renderer(style)]
    if style.label:
        parts.append(_labeling(style))
    parts += [_aliases(columns), _map_tip(style)]
    return parts


def margin_elements(*, band: int) -> list[ET.Element]:
    """Style of the margin raster: classes as on the web map, nothing where no signal arrives."""
    pipe = ET.Element("pipe")
    renderer = ET.SubElement(
        pipe, "rasterrenderer", type="singlebandpseudocolor", band=str(band), opacity="0.75",
        alphaBand="-1", classificationMin=str(symbols.MARGIN_BREAKS_DB[-1]),
        classificationMax=str(symbols.MARGIN_BREAKS_DB[0]),
    )  # fmt: skip
    shader = ET.SubElement(
        ET.SubElement(renderer, "rastershader"), "colorrampshader", colorRampType="DISCRETE",
        classificationMode="1", clip="0",
    )  # fmt: skip
    for entry in reversed(symbols.margin_classes()):
        # A discrete class holds what is at or below its value: just under the next lower end.
        top = "inf" if entry.high is None else f"{entry.high - 1e-6:.6f}"
        ET.SubElement(shader, "item", value=top, label=entry.both, color=entry.colour, alpha="255")
    return [pipe]


def add_styles(path: Path, layers: Mapping[str, Iterable[str]], *, timestamp: datetime) -> None:
    """Write the table ``layer_styles``, which QGIS reads by itself, into a GeoPackage.

    Parameters
    ----------
    path
        GeoPackage without that table.
    layers
        Columns by layer; layers without a style are passed over.
    timestamp
        Recorded as the time of change.
    """
    import pandas as pd  # noqa: PLC0415
    import pyogrio  # noqa: PLC0415 (loads GDAL: only when asked for)

    rows = [
        {
            "f_table_catalog": "",
            "f_table_schema": "",
            "f_table_name": layer,
            "f_geometry_column": "geom",
            "styleName": LAYER_TITLES[layer][0],
            "styleQML": qml(layer, columns),
            "styleSLD": sld(layer),
            "useAsDefault": True,
            "description": " / ".join(LAYER_TITLES[layer]),
            "owner": "",
            "ui": "",
            "update_time": pd.Timestamp(timestamp).tz_localize(None),
        }
        for layer, columns in layers.items()
        if layer in STYLES
    ]
    stamp = timestamp.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": stamp})
    try:
        pyogrio.write_dataframe(
            pd.DataFrame(rows), path, layer="layer_styles", driver="GPKG", append=True, FID="id"
        )
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def _renderer(style: LayerStyle) -> ET.Element:
    kinds = {"single": "singleSymbol", "categorized": "categorizedSymbol",
             "graduated": "graduatedSymbol"}  # fmt: skip
    renderer = ET.Element(
        "renderer-v2", type=kinds[style.kind], symbollevels="0", enableorderby="0", forceraster="0"
    )
    if style.kind == "graduated":
        renderer.set("attr", style.column)
        renderer.set("graduatedMethod", "GraduatedColor")
        _add_ranges(renderer, style)
    elif style.kind == "categorized":
        renderer.set("attr", style.column)
        _add_categories(renderer, style)
    drawn = ET.SubElement(renderer, "symbols")
    for number, category in enumerate(style.categories):
        drawn.append(_symbol(str(number), category.mark))
    return renderer


def _add_ranges(renderer: ET.Element, style: LayerStyle) -> None:
    ranges = ET.SubElement(renderer, "ranges")
    for number, entry in enumerate(style.categories):
        # The first range that holds a value wins, and both its ends belong to it: best class
        # first, so that a value on a limit goes to the better class, as in the tables.
        low, high = _ends(entry)
        ET.SubElement(
            ranges, "range", lower=f"{low:.9f}", upper=f"{high:.9f}", symbol=str(number),
            label=entry.label, render="true",
        )  # fmt: skip


def _ends(entry: Category) -> tuple[float, float]:
    low = -_OPEN_END if entry.low is None else entry.low
    return low, _OPEN_END if entry.high is None else entry.high


def _add_categories(renderer: ET.Element, style: LayerStyle) -> None:
    categories = ET.SubElement(renderer, "categories")
    for number, entry in enumerate(style.categories):
        # An empty value stands for all others.
        ET.SubElement(
            categories, "category", value=entry.value or "", symbol=str(number),
            label=entry.label, render="true", type="string" if entry.value else "NULL",
        )  # fmt: skip


def _symbol(name: str, mark: Mark) -> ET.Element:
    kind = "fill" if mark.shape == "fill" else "marker"
    symbol = ET.Element(
        "symbol", type=kind, name=name, alpha="1", clip_to_extent="1", force_rhr="0"
    )
    simple = {"fill": "SimpleFill", "marker": "SimpleMarker"}[kind]
    layer = ET.SubElement(
        symbol, "layer", {"class": simple, "enabled": "1", "locked": "0", "pass": "0"}
    )
    options = ET.SubElement(layer, "Option", type="Map")
    for key, value in _options(mark).items():
        ET.SubElement(options, "Option", type="QString", name=key, value=value)
    return symbol


def _options(mark: Mark) -> dict[str, str]:
    shared = {
        "color": rgba(mark.colour, mark.opacity),
        "outline_color": rgba(mark.outline),
        "outline_style": "solid",
        "outline_width": f"{mark.outline_mm:g}",
        "outline_width_unit": "MM",
    }
    if mark.shape == "fill":
        return shared | {"style": "solid" if mark.opacity else "no", "joinstyle": "round"}
    return shared | {"name": mark.shape, "size": f"{mark.size_mm:g}", "size_unit": "MM"}


def rgba(colour: str, opacity: float = 1.0) -> str:
    """``#rrggbb`` as QGIS writes it: red, green, blue, opacity (0-255)."""
    return ",".join(str(part) for part in (*symbols.rgb(colour), round(255 * opacity)))


def _labeling(style: LayerStyle) -> ET.Element:
    labeling = ET.Element("labeling", type="simple")
    settings = ET.SubElement(labeling, "settings", calloutType="simple")
    text = ET.SubElement(
        settings, "text-style", fieldName=style.label, isExpression="0", fontFamily="DejaVu Sans",
        fontSize="8", fontSizeUnit="Point", textColor="35,35,35,255", textOpacity="1",
    )  # fmt: skip
    ET.SubElement(
        text, "text-buffer", bufferDraw="1", bufferSize="0.8", bufferSizeUnits="MM",
        bufferColor="255,255,255,255", bufferOpacity="0.85", bufferNoFill="1",
    )  # fmt: skip
    area = style.categories[0].mark.shape == "fill"
    ET.SubElement(settings, "placement", placement="1" if area else "6", dist="1", priority="5")
    ET.SubElement(
        settings, "rendering", scaleVisibility="1", scaleMin="1", scaleMax=str(style.label_scale),
        drawLabels="1", obstacle="1",
    )  # fmt: skip
    return labeling


def _aliases(columns: Iterable[str]) -> ET.Element:
    aliases = ET.Element("aliases")
    for column in columns:
        field = field_of(column)
        name = f"{field.vi} ({field.unit})" if field.unit else field.vi
        ET.SubElement(aliases, "alias", field=column, name=name)
    return aliases


def _map_tip(style: LayerStyle) -> ET.Element:
    tip = ET.Element("mapTip")
    # QGIS shows the tip as a page: what stands in the data must not become its markup.
    shown = f"replace(replace(\"{style.label}\",'&','&amp;'),'<','&lt;')"
    tip.text = f"<b>[% {shown} %]</b>" if style.label else ""
    return tip
