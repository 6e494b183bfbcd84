"""The province as one static drawing: no browser, no tiles, the same bytes each time."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from qn_coverage.core.text import nfc
from qn_coverage.render import legend
from qn_coverage.render.written import escaped, label

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

    from qn_coverage.study import Study

WIDTH: Final = 1000.0
_EDGE: Final = 14.0
_TOLERANCE_M: Final = 120.0
_BAR_KM: Final = 20
_LINE: Final = 18
_LETTER: Final = 9.0
_STAR: Final = "M0-8.2 2-2.7 8-2.6 3.2 1 4.9 6.6 0 3.3-4.9 6.6-3.2 1-8-2.6-2-2.7Z"
_CLASS_SIGNS: Final = {
    "covered": "M-3 0A3 3 0 1 0 3 0A3 3 0 1 0-3 0Z",
    "weak": "M0-6 6.2 5-6.2 5Z",
    "no_signal": "M0-6.5 6.5 0 0 6.5-6.5 0Z",
    "cannot_tell": "M-5-5H5V5H-5Z",
}


class _Sheet:
    """Metres of the grid's CRS → units of the drawing."""

    def __init__(self, bounds: Sequence[float]) -> None:
        west, south, east, north = bounds
        self.scale = (WIDTH - 2 * _EDGE) / (east - west)
        self.west, self.north = west, north
        self.height = (north - south) * self.scale + 2 * _EDGE

    def at(self, x_m: float, y_m: float) -> tuple[float, float]:
        return (
            round(_EDGE + (x_m - self.west) * self.scale, 1),
            round(_EDGE + (self.north - y_m) * self.scale, 1),
        )

    def path(self, geometry: BaseGeometry) -> str:
        polygons = [part for part in shapely.get_parts(geometry) if part.geom_type == "Polygon"]
        rings = [ring for part in polygons for ring in (part.exterior, *part.interiors)]
        return "".join(self._ring(shapely.get_coordinates(ring)) for ring in rings)

    def _ring(self, points: Any) -> str:
        drawn = [self.at(x, y) for x, y in points]
        return "M" + " ".join(f"{x:g},{y:g}" for x, y in drawn) + "Z"


def report_map(study: Study, numbered: Sequence[str] = ()) -> str:
    """SVG of communes by covered share of people, gaps, villages in doubt and named places.

    Parameters
    ----------
    study
        Answers of a scenario.
    numbered
        Codes of communes to be numbered from 1, as in the report's table.
    """
    communes = study.communes.to_crs(study.grid.crs)
    sheet = _Sheet([float(end) for end in communes.total_bounds])
    return (
        f'<svg class="map" viewBox="0 0 {WIDTH:g} {sheet.height:.0f}" role="img">'
        f"<title>{escaped(study.scenario.study.name_vi)}</title>{_HATCH}"
        f"{_communes(communes, sheet)}{_gaps(study, sheet)}{_villages(study, sheet)}"
        f"{_places(study, sheet)}{_numbers(communes, numbered, sheet)}{_scale_bar(sheet)}</svg>"
    )


def map_legend(study: Study) -> str:
    """Key of the drawing as markup."""
    ends = legend.classes(legend.SHARE_BREAKS, legend.SHARE_COLOURS, scale=100.0)
    ramp = "".join(
        f'<li><i style="background:{entry["colour"]}"></i>{_range(entry)}</li>' for entry in ends
    )
    named = study.rule.labels()
    classes = "".join(
        f"<li>{_small(_CLASS_SIGNS[code], legend.CLASS_COLOURS[code])}"
        f"{escaped(named[index][0])} / {escaped(named[index][1])}</li>"
        for index, code in ((3, "covered"), (2, "weak"), (1, "no_signal"), (0, "cannot_tell"))
    )
    return (
        f'<div class="key"><div><b>{label("legend.share.population")}</b><ul>{ramp}</ul></div>'
        f"<div><b>{label('classes.title')}</b><ul>{classes}</ul></div><div><ul>"
        f"<li><i class=hatch></i><span>{label('legend.gaps')}</span></li>"
        f"<li>{_small(_STAR, '#1f2a33')}<span>{label('legend.place.named_site')}</span></li>"
        f"<li><b class=no>1</b><span>{_WORST}</span></li></ul></div></div>"
    )


_WORST: Final = (
    '<span lang="vi">thứ tự trong bảng mười xã kém nhất</span> '
    '<span class="en" lang="en">rank in the table of the ten worst communes</span>'
)
_HATCH: Final = (
    '<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" '
    'patternTransform="rotate(45)"><rect width="6" height="6" fill="#fff" fill-opacity=".35"/>'
    f'<path d="M0 0V6" stroke="{legend.GAP_COLOUR}" stroke-width="2.6"/></pattern></defs>'
)


def _communes(communes: gpd.GeoDataFrame, sheet: _Sheet) -> str:
    simple = shapely.coverage_simplify(communes.geometry.to_numpy(), _TOLERANCE_M)
    return "".join(
        f'<path d="{sheet.path(shape)}" fill="{_share_colour(share)}" stroke="#94876f" '
        'stroke-width=".7" fill-rule="evenodd"/>'
        for shape, share in zip(simple, communes["population_share_after"], strict=True)
    )


def _gaps(study: Study, sheet: _Sheet) -> str:
    shapes = study.gaps.to_crs(study.grid.crs).geometry.simplify(study.grid.cell_m / 2)
    return "".join(
        f'<path d="{sheet.path(shape)}" fill="url(#hatch)" stroke="{legend.GAP_COLOUR}" '
        'stroke-width="1.1" fill-rule="evenodd"/>'
        for shape in shapes
    )


def _villages(study: Study, sheet: _Sheet) -> str:
    points = study.villages.geometry.to_crs(study.grid.crs)
    order = np.argsort(study.villages["class_after"].to_numpy() != "covered", kind="stable")
    return "".join(
        _sign(
            _CLASS_SIGNS[study.villages["class_after"].iloc[i]],
            sheet.at(points.iloc[i].x, points.iloc[i].y),
            legend.CLASS_COLOURS[study.villages["class_after"].iloc[i]],
        )
        for i in order
    )


def _places(study: Study, sheet: _Sheet) -> str:
    places = study.places
    if "kind" in places.columns:
        places = places[places["kind"] == "named_site"]
    points = places.geometry.representative_point().to_crs(study.grid.crs)
    return "".join(
        _sign(_STAR, at := sheet.at(*shapely.get_coordinates(point)[0]), "#1f2a33")
        + _name(_short(name), at)
        for name, point in zip(places["name_vi"], points, strict=True)
    )


def _short(name: Any) -> str:
    return nfc(str(name)).partition(" (")[0]


def _name(text: str, at: tuple[float, float]) -> str:
    lines = textwrap.wrap(text, _LINE)
    x, y = at
    left = x + 11 + _LETTER * max(map(len, lines)) > WIDTH
    start = x - 11 if left else x + 11
    spans = "".join(
        f'<tspan x="{start:g}" y="{y + 5 + 17 * (row - (len(lines) - 1) / 2):g}">{escaped(line)}'
        "</tspan>"
        for row, line in enumerate(lines)
    )
    return f'<text text-anchor="{"end" if left else "start"}" class="place">{spans}</text>'


def _numbers(communes: gpd.GeoDataFrame, numbered: Sequence[str], sheet: _Sheet) -> str:
    by_code = communes.set_index("code").geometry
    found = []
    for rank, code in enumerate(numbered, start=1):
        spot = max(shapely.get_parts(by_code[code]), key=lambda part: part.area)
        x, y = sheet.at(*shapely.get_coordinates(spot.representative_point())[0])
        found.append(
            f'<circle cx="{x:g}" cy="{y:g}" r="10.5" fill="#fff" stroke="#1f2a33"/>'
            f'<text x="{x:g}" y="{y + 4.6:g}" text-anchor="middle" class="no">{rank}</text>'
        )
    return "".join(found)


def _scale_bar(sheet: _Sheet) -> str:
    length = _BAR_KM * 1000.0 * sheet.scale
    y = sheet.height - 16
    return (
        f'<path d="M{_EDGE:g} {y - 7:.1f}v7h{length:.1f}v-7" fill="none" stroke="#1f2a33" '
        f'stroke-width="1.6"/><text x="{_EDGE + length / 2:.1f}" y="{y - 5:.1f}" '
        f'text-anchor="middle" class="bar">{_BAR_KM} km</text>'
    )


def _sign(path: str, at: tuple[float, float], colour: str) -> str:
    return (
        f'<path transform="translate({at[0]:g} {at[1]:g})" d="{path}" fill="{colour}" '
        'stroke="#fff" stroke-width=".9"/>'
    )


def _small(path: str, colour: str) -> str:
    return f'<svg viewBox="-9 -9 18 18" width="14" height="14">{_sign(path, (0, 0), colour)}</svg>'


def _share_colour(share: Any) -> str:
    if share is None or np.isnan(share):
        return legend.NO_VALUE_COLOUR
    rank = int(np.searchsorted(-np.array(legend.SHARE_BREAKS), -float(share), side="left"))
    return legend.SHARE_COLOURS[rank]


def _range(entry: dict[str, Any]) -> str:
    low, high = entry["from"], entry["to"]
    if high is None:
        return f"≥ {low:g} %"
    return f"&lt; {high:g} %" if low is None else f"{low:g} – {high:g} %"
