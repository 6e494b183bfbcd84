"""KMZ for Google Earth: folders, styles, descriptions in both languages, the margin as an image."""

from __future__ import annotations

import html
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from qn_coverage.export import symbols
from qn_coverage.export.archive import write_zip
from qn_coverage.export.dictionary import LAYER_TITLES, field_of, words
from qn_coverage.export.kml import NAMESPACE, add, add_geometry, element, kml_colour
from qn_coverage.export.kmz_pictures import circle, margin_image, triangle

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping
    from pathlib import Path

    import geopandas as gpd

    from qn_coverage.export.results import Results

_IMAGE: Final = "files/margin-after.png"
_CIRCLE: Final = "files/circle.png"
_TOWER: Final = "files/triangle.png"
_TOLERANCE_DEG: Final = 0.0002
"""Outlines are thinned to about 20 m: a fifth of a cell."""

_SHOWN: Final[Mapping[str, tuple[str, ...]]] = {
    "communes": ("code", "name_en", "population", "population_share_before",
                 "population_share_after", "land_share_before", "land_share_after",
                 "uncovered_population_after", "uncovered_land_km2_after"),
    "villages": ("name_vi", "former_commune", "in_programme", "class_before", "class_after",
                 "probability_after", "waits_for_after", "margin_after_db", "operator_after",
                 "technology_after", "reason_blame", "origin", "uncertainty_m", "note", "source"),
    "gaps": ("commune", "area_km2", "population", "villages", "distance_to_site_km",
             "best_margin_db", "worst_margin_db", "reason_operator", "reason_technology",
             "reason_site_id", "reason_missing_db", "reason_blame"),
    "sites": ("name", "operator", "technologies", "sectors", "height_agl_m", "on_air",
              "programme", "origin", "uncertainty_m", "source"),
    "places": ("name_en", "kind", "reported", "origin", "uncertainty_m", "note", "source"),
    "measurements": ("rank", "villages_settled", "villages_settled_in_all"),
}  # fmt: skip


def write_kmz(results: Results, path: Path) -> None:
    """Write gaps, villages, places, points to measure, communes, sites and the margin image.

    Parameters
    ----------
    results
        What to write.
    path
        File to write, a zip with ``doc.kml``, the image and the icons: nothing is asked of the
        network when it is opened.
    """
    image, bounds = margin_image(results)
    text = ET.tostring(_document(results, bounds), encoding="UTF-8", xml_declaration=True)
    files = {"doc.kml": text, _IMAGE: image, _CIRCLE: circle(), _TOWER: triangle()}
    write_zip(path, files, created=results.created)


def _document(results: Results, bounds: tuple[float, float, float, float]) -> ET.Element:
    ET.register_namespace("", NAMESPACE)
    root = element("kml")
    document = add(root, "Document")
    summary, layers = results.summary, results.layers
    add(document, "name", f"{summary['name_vi']} / {summary['name_en']}")
    add(document, "open", "1")
    add(document, "description", _notice(summary))
    _add_styles(document)
    _add_gaps(document, layers["gaps"])
    _add_villages(document, layers["villages"])
    _add_points(document, "places", layers["places"], lambda row: f"place-{row['kind']}")
    if "measurements" in layers:
        _add_points(document, "measurements", layers["measurements"], lambda _: "measurement")
    _add_communes(document, layers["communes"])
    _add_sites(document, layers["sites"])
    _add_image(document, summary, bounds)
    return root


def _notice(summary: Mapping[str, Any]) -> str:
    notes = ["<b>Số liệu mô phỏng, không phải đo kiểm / Modelled, not surveyed</b>"]
    notes += [
        f"{html.escape(note['vi'])}<br><i>{html.escape(note['en'])}</i>"
        for note in summary["caveats"]
    ]
    return "<br><br>".join(notes)


def _add_styles(document: ET.Element) -> None:
    for number, entry in enumerate(symbols.share_classes()):
        _add_area_style(document, f"share-{number}", entry.colour, "aa", "#5b6770")
    _add_area_style(document, "share-none", symbols.NO_VALUE_COLOUR, "aa", "#5b6770")
    _add_area_style(document, "gap", symbols.GAP_COLOUR, "88", symbols.GAP_COLOUR)
    for name, colour in symbols.VILLAGE_COLOURS.items():
        _add_point_style(document, f"village-{name}", colour, 0.8, _CIRCLE, label=0.7)
    for name, colour in symbols.PLACE_COLOURS.items():
        _add_point_style(document, f"place-{name}", colour, 1.1, _CIRCLE, label=0.9)
    _add_point_style(document, "measurement", symbols.MEASUREMENT_COLOUR, 0.9, _CIRCLE, label=0.7)
    _add_point_style(document, "site", symbols.SITE_COLOUR, 0.5, _TOWER, label=0.0)
    _add_point_style(document, "site-new", symbols.PROGRAMME_COLOUR, 0.7, _TOWER, label=0.0)


def _add_area_style(document: ET.Element, name: str, colour: str, opacity: str, line: str) -> None:
    style = add(document, "Style", id=name)
    outline = add(style, "LineStyle")
    add(outline, "color", kml_colour(line, "ff"))
    add(outline, "width", "1.2")
    add(add(style, "PolyStyle"), "color", kml_colour(colour, opacity))


def _add_point_style(
    document: ET.Element, name: str, colour: str, scale: float, icon: str, *, label: float
) -> None:
    style = add(document, "Style", id=name)
    mark = add(style, "IconStyle")
    add(mark, "color", kml_colour(colour, "ff"))
    add(mark, "scale", f"{scale:g}")
    add(add(mark, "Icon"), "href", icon)
    add(add(style, "LabelStyle"), "scale", f"{label:g}")


def _add_gaps(document: ET.Element, gaps: gpd.GeoDataFrame) -> None:
    folder = _folder(document, "gaps", gaps)
    for _, row in gaps.iterrows():
        _add_placemark(folder, "gaps", f"{row['rank']}. {row['commune']}", row, "gap")


def _add_villages(document: ET.Element, villages: gpd.GeoDataFrame) -> None:
    column = "class_after" if "class_after" in villages else "verdict_after"
    folder = _folder(document, "villages", villages)
    for value, group in villages.groupby(column, sort=True):
        inside = _add_folder(folder, f"{' / '.join(words(value))} ({len(group)})")
        _add_rows(inside, "villages", group, lambda _, v=value: f"village-{v}")


def _add_points(document: ET.Element, layer: str, table: gpd.GeoDataFrame, style: Any) -> None:
    _add_rows(_folder(document, layer, table), layer, table, style)


def _add_communes(document: ET.Element, communes: gpd.GeoDataFrame) -> None:
    title = "Tỷ lệ dân có sóng, sau / Population with signal, after"
    thin = communes.set_geometry(communes.simplify_coverage(_TOLERANCE_DEG), crs=communes.crs)
    folder = _add_folder(_folder(document, "communes", communes, visible=False), title)
    _add_rows(folder, "communes", thin, _share_style, visible=False)


def _share_style(row: pd.Series[Any]) -> str:
    share = row["population_share_after"]
    if pd.isna(share):
        return "share-none"
    return f"share-{sum(share < low for low in symbols.SHARE_BREAKS)}"


def _add_sites(document: ET.Element, sites: gpd.GeoDataFrame) -> None:
    folder = _folder(document, "sites", sites, visible=False)
    for operator, group in sites.groupby("operator", sort=True):
        inside = _add_folder(folder, f"{operator} ({len(group)})", visible=False)
        _add_rows(
            inside,
            "sites",
            group,
            lambda row: "site" if _empty(row["programme"]) else "site-new",
            visible=False,
        )


def _add_image(
    document: ET.Element,
    summary: Mapping[str, Any],
    bounds: tuple[float, float, float, float],
) -> None:
    overlay = add(document, "GroundOverlay")
    add(overlay, "name", f"Dự trữ tín hiệu (dB), {summary['after']} / Signal margin (dB)")
    add(overlay, "visibility", "1")
    legend = "".join(
        f'<tr><td bgcolor="{entry.colour}">&nbsp;&nbsp;</td><td>{html.escape(entry.both)}</td>'
        for entry in symbols.margin_classes()
    )
    add(overlay, "description", f"<table>{legend}</table>")
    add(overlay, "color", "a0ffffff")
    add(add(overlay, "Icon"), "href", _IMAGE)
    box = add(overlay, "LatLonBox")
    west, south, east, north = bounds
    for edge, value in (("north", north), ("south", south), ("east", east), ("west", west)):
        add(box, edge, f"{value:.7f}")  # the order of the schema


def _folder(
    document: ET.Element, layer: str, table: gpd.GeoDataFrame, *, visible: bool = True
) -> ET.Element:
    return _add_folder(
        document, f"{' / '.join(LAYER_TITLES[layer])} ({len(table)})", visible=visible
    )


def _add_folder(parent: ET.Element, name: str, *, visible: bool = True) -> ET.Element:
    folder = add(parent, "Folder")
    add(folder, "name", name)
    add(folder, "visibility", str(int(visible)))
    return folder


def _add_rows(
    folder: ET.Element,
    layer: str,
    table: pd.DataFrame,
    style: Any,
    *,
    visible: bool = True,
) -> None:
    title = {"sites": "site_id", "measurements": "rank"}.get(layer, "name_vi")
    for _, row in table.iterrows():
        _add_placemark(folder, layer, str(row[title]), row, style(row), visible=visible)


def _add_placemark(
    folder: ET.Element,
    layer: str,
    name: str,
    row: pd.Series[Any],
    style: str,
    *,
    visible: bool = True,
) -> None:
    placemark = add(folder, "Placemark")
    add(placemark, "name", name)
    add(placemark, "visibility", str(int(visible)))
    add(placemark, "description", _description(layer, row))
    add(placemark, "styleUrl", f"#{style}")
    add_geometry(placemark, row["geometry"])


def _description(layer: str, row: pd.Series[Any]) -> str:
    """Table of both languages as HTML; every value is escaped, since Google Earth runs HTML."""
    cells = "".join(
        f"<tr><td>{html.escape(field_of(name).vi)}<br><i>{html.escape(field_of(name).en)}</i></td>"
        f"<td>{html.escape(_told(name, row[name]))}</td></tr>"
        for name in _SHOWN[layer]
        if name in row.index and not _empty(row[name])
    )
    return f'<table border="0" cellpadding="3">{cells}</table>'


def _told(name: Hashable, value: Any) -> str:
    field = field_of(str(name))
    if field.kind == "yes":
        return "có / yes" if value else "không / no"
    if field.kind == "code":
        return " / ".join(dict.fromkeys(words(value)))
    if field.kind == "date":
        return str(pd.Timestamp(value).strftime("%d/%m/%Y"))
    if field.kind == "text":
        return str(value)
    pattern = {"share": "{:.1%}", "count": "{:,.0f}", "m": "{:,.0f}"}.get(field.kind, "{:.2f}")
    unit = "" if field.kind == "share" else field.unit
    return f"{pattern.format(value)} {unit}".strip()


def _empty(value: Any) -> bool:
    return bool(pd.isna(value)) or value == ""
