"""A study's tables → compact columns that the page's scripts draw from.

Each table becomes one list a column, so that no property name is repeated; popups are built in the
page from these lists and one dictionary of labels.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd

from qn_coverage.analysis.statistics import ANY
from qn_coverage.core.text import nfc
from qn_coverage.render import shapes
from qn_coverage.render.labels import bilingual, dated

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Columns = dict[str, list[Any]]
Spec = dict[str, tuple[str, "Callable[[Any], Any]"]]


def text(value: Any) -> str | None:
    """Normalised text, or None for an empty cell."""
    return None if _empty(value) else nfc(str(value)) or None


def said(value: Any) -> str | list[str] | None:
    """Text of the data, as [Vietnamese, English] where it has two halves."""
    whole_text = text(value)
    if whole_text is None:
        return None
    halves = bilingual(whole_text)
    return whole_text if halves[0] == halves[1] else list(halves)


def when_said(value: Any) -> list[str] | None:
    """Date as the sources give it, [Vietnamese, English]."""
    found = text(value)
    return None if found is None else list(dated(found))


def day(value: Any) -> str | None:
    """ISO date, or None for an empty cell."""
    return None if _empty(value) else pd.Timestamp(value).date().isoformat()


def whole(value: Any) -> int | None:
    """Whole number, or None for an empty cell."""
    return None if _empty(value) or not math.isfinite(value) else round(value)


def yes(value: Any) -> int:
    """1 for true, 0 for false or empty."""
    return int(not _empty(value) and bool(value))


def number(digits: int) -> Callable[[Any], float | None]:
    """Rounding to some digits; None for an empty cell or an infinity."""

    def rounded(value: Any) -> float | None:
        return None if _empty(value) or not math.isfinite(value) else round(float(value), digits)

    return rounded


def share(value: Any) -> float | None:
    """Share 0-1 with the tables' digits: rounded twice, it would read otherwise than there."""
    return number(6)(value)


def _empty(value: Any) -> bool:
    return bool(pd.isna(value))


def columns(frame: pd.DataFrame, spec: Mapping[str, tuple[str, Callable[[Any], Any]]]) -> Columns:
    """Columns of a table under the page's short names; what the table lacks is left out."""
    return {
        key: [convert(value) for value in frame[source].tolist()]
        for key, (source, convert) in spec.items()
        if source in frame.columns
    }


def compact(table: Mapping[str, list[Any]]) -> dict[str, Any]:
    """The table with each text column that repeats itself as ``{"of": values, "i": indices}``."""
    return {key: _coded(values) for key, values in table.items()}


def _coded(values: list[Any]) -> Any:
    if not values or not all(_is_text(value) for value in values):
        return values
    distinct = {repr(value): value for value in values}
    if len(distinct) > len(values) // 2:
        return values
    place = {key: index for index, key in enumerate(distinct)}
    return {"of": list(distinct.values()), "i": [place[repr(value)] for value in values]}


def _is_text(value: Any) -> bool:
    halves = value if isinstance(value, list) else [value]
    return all(half is None or isinstance(half, str) for half in halves)


def _positions(points: gpd.GeoSeries) -> Columns:
    return {
        "x": [round(float(x), 5) for x in points.x],
        "y": [round(float(y), 5) for y in points.y],
    }


_UNIT: Spec = {
    "code": ("code", text),
    "name": ("name_vi", text),
    "en": ("name_en", text),
    "type": ("type", text),
    "district": ("district", text),
    "pop": ("population", whole),
    "popYear": ("population_year", whole),
    "popOrigin": ("population_origin", text),
    "statutory": ("statutory_area_km2", number(2)),
    "land": ("land_area_km2", number(2)),
    "p0": ("population_share_before", share),
    "p1": ("population_share_after", share),
    "l0": ("land_share_before", share),
    "l1": ("land_share_after", share),
    "p0lo": ("population_share_before_low", share),
    "p0hi": ("population_share_before_high", share),
    "p1lo": ("population_share_after_low", share),
    "p1hi": ("population_share_after_high", share),
    "l0lo": ("land_share_before_low", share),
    "l0hi": ("land_share_before_high", share),
    "l1lo": ("land_share_after_low", share),
    "l1hi": ("land_share_after_high", share),
    "v": ("villages", whole),
    "v0": ("villages_covered_before", whole),
    "v1": ("villages_covered_after", whole),
    "offPop": ("uncovered_population_after", whole),
    "offLand": ("uncovered_land_km2_after", number(2)),
    "was": ("predecessors", text),
    "note": ("note", said),
}


def unit_columns(units: gpd.GeoDataFrame, *, tolerance_m: float, crs: str) -> Columns:
    """Communes of one level with their shares, shapes and the spot of their label."""
    if "land_area_km2" not in units.columns and "land_km2" in units.columns:
        units = units.rename(columns={"land_km2": "land_area_km2"})
    table = columns(units, _UNIT)
    table["shape"] = shapes.drawn(units, tolerance_m=tolerance_m, crs=crs)
    table["at"] = [list(point) for point in shapes.label_points(units)]
    return table


def breakdown(
    statistics: pd.DataFrame, level: str, codes: Sequence[str], *, state: str
) -> dict[str, dict[str, Columns]]:
    """Covered shares of people (``p``) and land (``l``) by technology and by operator.

    Parameters
    ----------
    statistics
        ``layer_statistics`` of a study.
    level, state
        Which rows of it.
    codes
        Units in the order of the page; the lists follow it.
    """
    if statistics.empty:
        return {}
    rows = statistics[(statistics["level"] == level) & (statistics["state"] == state)]
    found: dict[str, dict[str, Columns]] = {}
    for kind, other in (("technology", "operator"), ("operator", "technology")):
        chosen = rows[(rows[other] == ANY) & (rows[kind] != ANY)]
        found[kind] = {
            str(name): _shares(group, codes) for name, group in chosen.groupby(kind, sort=True)
        }
    return found


def _shares(group: pd.DataFrame, codes: Sequence[str]) -> Columns:
    by_code = group.set_index("code").reindex(list(codes))
    return {
        "p": [share(value) for value in by_code["population_share"]],
        "l": [share(value) for value in by_code["land_share"]],
    }


_VILLAGE: Spec = {
    "id": ("village_id", text),
    "name": ("name_vi", text),
    "unit": ("commune_code", text),
    "former": ("former_commune", text),
    "pop": ("population", whole),
    "hh": ("households", whole),
    "prog": ("in_programme", yes),
    "served": ("served_from", day),
    "origin": ("origin", text),
    "r": ("uncertainty_m", whole),
    "s0": ("verdict_before", text),
    "s1": ("verdict_after", text),
    "d0": ("disc_share_before", number(3)),
    "d1": ("disc_share_after", number(3)),
    "m0": ("margin_before_db", number(1)),
    "m1": ("margin_after_db", number(1)),
    "op": ("operator_after", text),
    "tech": ("technology_after", text),
    "site": ("site_after", text),
    "dep": ("depends_on", text),
    "c0": ("class_before", text),
    "c1": ("class_after", text),
    "q0": ("probability_before", number(3)),
    "q1": ("probability_after", number(3)),
    "w0": ("waits_for_before", text),
    "w1": ("waits_for_after", text),
    "note": ("note", said),
    "source": ("source", said),
} | {
    f"{short}{state}": (f"share_{code}_{name}", number(3))
    for state, name in enumerate(("before", "after"))
    for short, code in (("fc", "covered"), ("fw", "weak"), ("fn", "no_signal"))
}


def village_columns(villages: gpd.GeoDataFrame) -> Columns:
    """Villages with their verdicts."""
    return columns(villages, _VILLAGE) | _positions(villages.geometry)


_PLACE: Spec = {
    "id": ("place_id", text),
    "name": ("name_vi", text),
    "en": ("name_en", text),
    "kind": ("kind", text),
    "unit": ("commune_code", text),
    "reported": ("reported", when_said),
    "origin": ("origin", text),
    "r": ("uncertainty_m", whole),
    "note": ("note", said),
    "source": ("source", said),
}


def place_columns(places: gpd.GeoDataFrame) -> Columns:
    """Named places with the radius that holds each."""
    return columns(places, _PLACE) | _positions(places.geometry.representative_point())


_GAP: Spec = {
    "rank": ("rank", whole),
    "id": ("gap_id", text),
    "unit": ("commune_code", text),
    "commune": ("commune", text),
    "communes": ("communes", text),
    "km2": ("area_km2", number(2)),
    "pop": ("population", whole),
    "v": ("villages", whole),
    "km": ("distance_to_site_km", number(1)),
    "worst": ("worst_margin_db", number(1)),
    "best": ("best_margin_db", number(1)),
    "reason": ("reason", text),
}


def gap_columns(gaps: gpd.GeoDataFrame, *, tolerance_m: float, crs: str) -> Columns:
    """Gaps by rank, with their shapes."""
    ranked = gaps.sort_values("rank", kind="stable")
    table = columns(ranked, _GAP)
    table["shape"] = shapes.drawn(ranked, tolerance_m=tolerance_m, crs=crs)
    return table


_ADDED = ("people_served", "people_alone", "land_km2_alone", "villages_alone")

_SITE: Spec = {
    "id": ("site_id", text),
    "name": ("name", text),
    "op": ("operator", text),
    "tech": ("technologies", text),
    "best": ("best_technology", text),
    "h": ("height_agl_m", number(1)),
    "on": ("on_air", day),
    "off": ("off_air", day),
    "prog": ("programme", text),
    "origin": ("origin", text),
    "r": ("uncertainty_m", whole),
    "n": ("sectors", whole),
    "source": ("source", said),
    "served": ("people_served", whole),
    "alone": ("people_alone", whole),
    "aloneKm2": ("land_km2_alone", number(1)),
    "aloneV": ("villages_alone", whole),
}


def site_columns(sectors: gpd.GeoDataFrame, added: pd.DataFrame | None = None) -> Columns:
    """Sites, one row a mast, from the sectors that hang on it.

    Parameters
    ----------
    sectors
        Of a study.
    added
        What each site serves, alone or not (``sites`` of a study).
    """
    sites = _sites(sectors)
    if added is not None:
        sites = sites.merge(added[["site_id", *_ADDED]], on="site_id", how="left")
    return columns(sites, _SITE) | _positions(sites.geometry)


def _sites(sectors: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    grouped = sectors.groupby("site_id", sort=True)
    sites = grouped.head(1).set_index("site_id").sort_index()
    technologies = grouped["technology"].agg(lambda names: " ".join(sorted(set(names))))
    sites["technologies"] = technologies
    sites["best_technology"] = grouped["technology"].max()
    sites["sectors"] = grouped.size()
    sites["height_agl_m"] = grouped["height_agl_m"].max()
    sites["on_air"] = grouped["on_air"].min()
    if "off_air" in sectors.columns:
        # A mast is off air when the last of its sectors is.
        standing = sectors["off_air"].isna().groupby(sectors["site_id"]).any()
        sites["off_air"] = grouped["off_air"].max().where(~standing)
    return gpd.GeoDataFrame(sites.reset_index())
