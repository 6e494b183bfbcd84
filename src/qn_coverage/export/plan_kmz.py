"""KMZ of a plan for Google Earth: ranked sites, villages that gain, lines of sight between."""

from __future__ import annotations

import html
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Any, Final

from shapely.geometry import LineString

from qn_coverage.export.archive import write_zip
from qn_coverage.export.kml import NAMESPACE, add, add_geometry, element, kml_colour
from qn_coverage.export.kmz_pictures import circle, triangle
from qn_coverage.plan_tables import sites, summary, title_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd

    from qn_coverage.planning import Expansion

_TOWER: Final = "files/triangle.png"
_CIRCLE: Final = "files/circle.png"
_SHOWN: Final = (
    "why_vi", "why_en", "people_added", "people_unique", "villages_added", "households_added",
    "cost_vnd", "cost_per_person_vnd", "operators", "technologies", "height_agl_m", "survives",
    "origin", "uncertainty_m",
)  # fmt: skip


def write_plan_kmz(plan: Expansion, path: Path, *, timestamp: datetime) -> None:
    """Write chosen sites, the villages that gain, and lines between them.

    Parameters
    ----------
    plan
        What to write.
    path
        File to write, a zip with ``doc.kml`` and its icons.
    timestamp
        Recorded as its time.
    """
    ET.register_namespace("", NAMESPACE)
    root = element("kml")
    document = add(root, "Document")
    told = summary(plan)
    add(document, "name", f"{told['name_vi']} / {told['name_en']}")
    notes = [f"{note['vi']}<br><i>{note['en']}</i>" for note in told["caveats"]]
    add(document, "description", "<br><br>".join(notes))
    _style(document, "site", "#b3261e", 1.1, _TOWER)
    _style(document, "village", "#1f6fb2", 0.7, _CIRCLE)
    line = add(add(document, "Style", id="sight"), "LineStyle")
    add(line, "color", kml_colour("#b3261e", "aa"))
    add(line, "width", "1.5")
    _add_all(document, plan)
    text = ET.tostring(root, encoding="UTF-8", xml_declaration=True)
    # Icons of its own, so that it can be opened without a network.
    files = {"doc.kml": text, _TOWER: triangle(), _CIRCLE: circle()}
    write_zip(path, files, created=timestamp)


def _add_all(document: ET.Element, plan: Expansion) -> None:
    chosen = sites(plan)
    folder = _folder(document, f"Trạm chọn / Chosen sites ({len(chosen)})")
    for _, row in chosen.iterrows():
        name = f"{row['rank']}. {row['name']}"
        _placemark(folder, name, _description(row), "site", row["geometry"])
    villages = plan.study.villages
    names = dict(zip(villages["village_id"], villages["name_vi"], strict=True))
    places = dict(zip(villages["village_id"], villages.geometry, strict=True))
    gaining = plan.answer.villages
    folder = _folder(document, f"Thôn bản có thêm sóng / Villages that gain ({len(gaining)})")
    for _, row in gaining.iterrows():
        chances = f"{row['probability_now']:.0%} → {row['probability_plan']:.0%}"
        _placemark(folder, str(row["name_vi"]), chances, "village", places[row["village_id"]])
    _add_lines(document, plan, chosen, names, places)


def _add_lines(
    document: ET.Element,
    plan: Expansion,
    chosen: gpd.GeoDataFrame,
    names: Mapping[str, str],
    places: Mapping[str, Any],
) -> None:
    masts = dict(zip(chosen["candidate_id"], chosen.geometry, strict=True))
    folder = _folder(document, f"Tuyến trạm – thôn / Site to village ({len(plan.paths)})")
    for site, village in plan.paths:
        name = f"{site} – {names[village]}"
        ends = LineString([masts[site], places[village]])
        placemark = add(folder, "Placemark")
        add(placemark, "name", name)
        add(placemark, "styleUrl", "#sight")
        shape = add(placemark, "LineString")
        add(shape, "tessellate", "1")
        add(shape, "coordinates", " ".join(f"{x:.6f},{y:.6f}" for x, y in ends.coords))


def _placemark(folder: ET.Element, name: str, about: str, style: str, geometry: Any) -> None:
    placemark = add(folder, "Placemark")
    add(placemark, "name", name)
    add(placemark, "description", about)
    add(placemark, "styleUrl", f"#{style}")
    add_geometry(placemark, geometry)


def _description(row: pd.Series[Any]) -> str:
    """Table of both languages as HTML; every value is escaped, since Google Earth runs HTML."""
    cells = []
    for name in _SHOWN:
        if name in row.index and row[name] == row[name]:  # NaN differs from itself
            vi, en, kind = title_of(name)
            value = _told(row[name], kind)
            cells.append(f"<tr><td>{vi}<br><i>{en}</i></td><td>{html.escape(value)}</td></tr>")
    return f'<table border="0" cellpadding="3">{"".join(cells)}</table>'


def _told(value: Any, kind: str) -> str:
    if isinstance(value, str):
        return value
    pattern = {"share": "{:.0%}", "money": "{:,.0f}", "count": "{:,.0f}"}.get(kind, "{:,.1f}")
    return pattern.format(value)


def _folder(document: ET.Element, name: str) -> ET.Element:
    folder = add(document, "Folder")
    add(folder, "name", name)
    return folder


def _style(document: ET.Element, name: str, colour: str, scale: float, icon: str) -> None:
    mark = add(add(document, "Style", id=name), "IconStyle")
    add(mark, "color", kml_colour(colour, "ff"))
    add(mark, "scale", f"{scale:g}")
    add(add(mark, "Icon"), "href", icon)
