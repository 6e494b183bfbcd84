"""The 54 units since July 2025: simplified as one coverage, measured in full detail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import Geod
from writing import rounded

from qn_coverage.core.crs import COMPUTED, STORED

if TYPE_CHECKING:
    from sources import Sources

TOLERANCE_M: Final = 30.0
"""Tolerance of the Visvalingam–Whyatt simplification: −0.05 % of the land, 46,000 vertices."""

SNAP_DEG: Final = 1e-6
"""0.1 m: joins the one border of the source where a neighbour lacks a vertex."""

ISLET_KM2: Final = 0.2
"""No islet of this area or more may get lost."""

BELOW_CENSUS: Final = {
    "07030": "bản gốc chép nhầm hàng của xã Thống Nhất (07060)"
    " / the register's row is a copy of Thống Nhất (07060)",
    "07192": "số 5.151 của bản gốc thấp hơn tổng điều tra 2019"
    " / the register's 5,151 is below the 2019 census",
}
"""Rows of the register that can't be right: mended with the 2019 figure of the same file."""

CENSUS_COUNTED: Final = frozenset({"07192"})
"""Mended units made of whole former communes, so that their 2019 figure is the census itself."""


def build_communes(sources: Sources) -> gpd.GeoDataFrame:
    """Table as `qn_coverage.core.schema.COMMUNES`, ordered by code."""
    full = sources.communes_2025().sort_values("code", ignore_index=True)
    register = sources.population_2025().set_index("code").loc[full["code"]]
    other_copy = sources.facts("admin_units_2025").set_index("code").loc[full["code"]]
    simple = simplify_coverage(full.geometry)
    _check_islets(full.geometry, simple)
    return gpd.GeoDataFrame(
        {
            "code": full["code"],
            "name_vi": full["fullName"],
            "name_en": [
                _english(name, kind)
                for name, kind in zip(full["nameEn"], register["type"], strict=True)
            ],
            "type": register["type"].to_numpy(),
            "statutory_area_km2": full["areaKm2"].astype(float),
            "land_area_km2": land_area_km2(full.geometry),
            **_population(register),
            "predecessors": _predecessors(full["fullName"], register["formed_from"]),
            "note": _notes(register, other_copy),
        },
        geometry=simple,
        crs=STORED,
    )


def simplify_coverage(full: gpd.GeoSeries) -> gpd.GeoSeries:
    """Polygons with fewer vertices whose shared borders are still shared."""
    clean = shapely.coverage_clean(  # type: ignore[attr-defined]  # newer than the stubs
        full.to_numpy(), snapping_distance=SNAP_DEG
    )
    metric = gpd.GeoSeries(clean, crs=STORED).to_crs(COMPUTED)
    simple = shapely.coverage_simplify(metric.to_numpy(), TOLERANCE_M)
    stored = rounded(gpd.GeoSeries(simple, crs=COMPUTED).to_crs(STORED))
    if not shapely.coverage_is_valid(stored.to_numpy()) or not stored.is_valid.all():
        raise ValueError("the simplified communes are no valid coverage")
    return stored


def land_area_km2(polygons: gpd.GeoSeries) -> pd.Series[float]:
    """Geodesic area on WGS 84."""
    geod = Geod(ellps="WGS84")
    areas = [abs(geod.geometry_area_perimeter(polygon)[0]) / 1e6 for polygon in polygons]
    return pd.Series(areas, index=polygons.index).round(4)


def _check_islets(full: gpd.GeoSeries, simple: gpd.GeoSeries) -> None:
    """Each islet must still be there with at least 80 % of its area."""
    before = full.explode(ignore_index=True).to_crs(COMPUTED)
    before = gpd.GeoSeries(before[before.area >= ISLET_KM2 * 1e6])
    after = simple.explode(ignore_index=True).to_crs(COMPUTED)
    islet, part = after.sindex.query(before.to_numpy(), predicate="intersects")
    overlap = shapely.area(shapely.intersection(before.to_numpy()[islet], after.to_numpy()[part]))
    kept = np.bincount(islet, weights=overlap, minlength=len(before)) / before.area.to_numpy()
    if len(after) != len(full.explode()) or kept.min() < 0.8:
        raise ValueError("simplification lost an islet")


def _english(name: str, kind: str) -> str:
    word = {"xã": "Commune", "phường": "Ward", "đặc khu": "Special Administrative Region"}[kind]
    return f"{name} {word}"


def _population(register: pd.DataFrame) -> dict[str, list[int] | list[str]]:
    """People with year and origin; the two impossible rows take the 2019 figure."""
    people, year, origin = [], [], []
    for code, row in register.iterrows():
        mended = code in BELOW_CENSUS
        people.append(int(row["pop2019_census_est_overlay" if mended else "population"]))
        year.append(2019 if mended else 2025)
        counted = not mended or code in CENSUS_COUNTED
        origin.append("published" if counted else "estimated")
    return {"population": people, "population_year": year, "population_origin": origin}


def _predecessors(names: pd.Series[str], formed_from: pd.Series[str]) -> list[str]:
    return [
        name if text == "Không sáp nhập" else "; ".join(text.split(", "))
        for name, text in zip(names, formed_from, strict=True)
    ]


def _notes(register: pd.DataFrame, other_copy: pd.DataFrame) -> list[str | None]:
    return [
        "; ".join(_note_parts(code, register.loc[code], other_copy.loc[code])) or None
        for code in register.index.astype(str)
    ]


def _note_parts(code: str, row: pd.Series[str], other: pd.Series[str]) -> list[str]:
    parts = []
    if code in BELOW_CENSUS:
        parts.append(f"dân số đã sửa: {BELOW_CENSUS[code]}; 2019 figure used")
    elsewhere = other["population_used"]
    if elsewhere and elsewhere != row["population"]:
        parts.append(f"bản sao khác ghi / another copy of the register gives {elsewhere}")
    if row["area_km2_official"] != row["area_km2_thanglequoc"]:
        official, later = float(row["area_km2_official"]), float(row["area_km2_thanglequoc"])
        if official != later:
            parts.append(f"diện tích pháp lý / register copy of July 2025 gives {official} km²")
    return parts
