"""The 186 communes of the 2019 census and the 13 districts of 2025, on generalised polygons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from communes import land_area_km2
from writing import rounded

from qn_coverage.core.crs import COMPUTED, STORED
from qn_coverage.core.text import fold, fold_unit_name

if TYPE_CHECKING:
    import numpy.typing as npt
    from sources import Sources

RENAMED: Final = {("hoanh bo", "troi"): "07030"}
"""Units that live on under another name: thị trấn Trới became phường Hoành Bồ."""

HOANH_BO: Final = "hoanh bo"
"""District that joined the city of Hạ Long on 2020-01-01."""

SLIVER_SHARE: Final = 0.10
"""A new unit with less of a former commune than this is a difference between the two drawings."""

SNAP_DEG: Final = 1e-4
GAP_DEG: Final = 1e-3
"""The polygons overlap and leave gaps of some 10 m: snapped by 10 m, gaps of 100 m closed."""

_TYPES: Final = {
    "phường": "Ward",
    "xã": "Commune",
    "thị trấn": "Town",
    "thành phố": "City",
    "thị xã": "Town",
    "huyện": "District",
}


def build_former_communes(sources: Sources, communes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Polygons of 2009 with the 2019 census, district of 2025 and the units that followed.

    ``successors`` lists the codes of the units of 2025 ("; " between): from the published merger
    list where the commune still existed in 2025, else from the polygons (``successors_origin``).
    """
    shapes = sources.communes_2009()
    clean = shapely.coverage_clean(  # type: ignore[attr-defined]  # newer than the stubs
        shapes.geometry.to_numpy(), snapping_distance=SNAP_DEG, gap_width=GAP_DEG
    )
    shapes = shapes.set_geometry(rounded(gpd.GeoSeries(clean, crs=STORED)))
    census = sources.census_2019()
    census.index = pd.Index(_keys(census["district"], census["ward"]))
    census = census.loc[_keys(shapes["district_vn"], shapes["commune_vn"])]
    units = gpd.GeoDataFrame(
        {
            "code": shapes["commune_id"].astype(int).astype(str),
            "name_vi": census["ward"].to_numpy(),
            "name_en": [
                f"{english} {_TYPES[_kind(name)]}"
                for english, name in zip(shapes["commune"], census["ward"], strict=True)
            ],
            "type": [_kind(name) for name in census["ward"]],
            "district_2019": census["district"].to_numpy(),
            "land_area_km2": land_area_km2(shapes.geometry),
            "population": census["population_total"].astype(int).to_numpy(),
            "population_urban": census["urban"].replace("", "0").astype(int).to_numpy(),
            "population_year": 2019,
            "population_origin": "published",
        },
        geometry=shapes.geometry,
        crs=STORED,
    )
    units = _with_districts(units, sources.facts("admin_districts_pre2025"))
    units = _with_successors(units, sources.facts("admin_communes_pre2025"), communes)
    return units.sort_values("code", ignore_index=True)


def build_districts(former: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The 13 districts that ended on 2025-07-01, dissolved from the former communes."""
    grouped = former.groupby("district_code")
    names = grouped["district"].first()
    shapes_of = np.asarray(former.geometry)
    shapes = [shapely.coverage_union_all(shapes_of[rows]) for rows in grouped.indices.values()]
    return gpd.GeoDataFrame(
        {
            "code": names.index,
            "name_vi": names.to_numpy(),
            "name_en": [_district_english(name) for name in names],
            "type": [_kind(name) for name in names],
            "population": grouped["population"].sum().to_numpy(),
            "population_year": 2019,
            "population_origin": "published",
            "former_communes": grouped.size().to_numpy(),
            "land_area_km2": land_area_km2(gpd.GeoSeries(shapes, crs=STORED)).to_numpy(),
            "note": [
                "gồm cả huyện Hoành Bồ, sáp nhập ngày 2020-01-01"
                " / with the district of Hoành Bồ, merged on 2020-01-01"
                if code == "193"
                else None
                for code in names.index
            ],
        },
        geometry=shapes,
        crs=STORED,
    )


def _with_districts(units: gpd.GeoDataFrame, districts: pd.DataFrame) -> gpd.GeoDataFrame:
    codes = districts[districts["district_code"] != ""].copy()
    codes.index = pd.Index([fold_unit_name(name) for name in codes["name"]])
    keys = [fold_unit_name(name) for name in units["district_2019"]]
    now = codes.loc[["ha long" if key == HOANH_BO else key for key in keys]]
    units["district_code"] = now["district_code"].to_numpy()
    units["district"] = now["name"].to_numpy()
    return units


def _with_successors(
    units: gpd.GeoDataFrame, snapshot: pd.DataFrame, communes: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """Add ``gso_code`` (2025), ``successors`` and where they come from."""
    code_of = dict(zip(communes["name_vi"].map(fold), communes["code"], strict=True))
    listed = {
        code: [code_of[fold(unit)] for unit in text.split(" | ")]
        for code, text in zip(snapshot["gso_code"], snapshot["new_unit_2025"], strict=True)
    }
    gso_of = _living_codes(snapshot)
    named = [
        RENAMED.get((fold_unit_name(district), fold_unit_name(name)))
        or gso_of.get((code, fold_unit_name(name)), gso_of.get((code, fold(name))))
        for code, district, name in zip(
            units["district_code"], units["district_2019"], units["name_vi"], strict=True
        )
    ]
    drawn = _overlaid(units, communes)
    inherited = _heirs(units["district_code"].tolist(), named, drawn, snapshot, listed)
    gso_codes = [code or heir for code, heir in zip(named, inherited, strict=True)]
    units["gso_code"] = gso_codes
    units["successors"] = [
        "; ".join(sorted(listed[code]) if code else overlaid)
        for code, overlaid in zip(gso_codes, drawn, strict=True)
    ]
    units["successors_origin"] = ["published" if code else "estimated" for code in named]
    return units


def _heirs(
    districts: list[str],
    named: list[str | None],
    drawn: list[list[str]],
    snapshot: pd.DataFrame,
    listed: dict[str, list[str]],
) -> list[str | None]:
    """Units of 2025 with a new name, for the nameless former communes on whose land they lie.

    They are found by elimination: same district, no former commune of that name, same new unit.
    """
    nameless = snapshot[~snapshot["gso_code"].isin([code for code in named if code])]
    heirs: list[str | None] = [None] * len(named)
    for code, district in zip(nameless["gso_code"], nameless["district_code"], strict=True):
        for row, overlaid in enumerate(drawn):
            same_land = set(overlaid) <= set(listed[code])
            if named[row] is None and districts[row] == district and same_land:
                heirs[row] = code
    return heirs


def _living_codes(snapshot: pd.DataFrame) -> dict[tuple[str, str], str]:
    """Code of 2025 by district code and name; by name with its kind where the name occurs twice."""
    bare = list(zip(snapshot["district_code"], snapshot["name"].map(fold_unit_name), strict=True))
    codes = {
        (district, fold(name)): code
        for district, name, code in zip(
            snapshot["district_code"], snapshot["name"], snapshot["gso_code"], strict=True
        )
    }
    codes |= {
        key: code
        for key, code in zip(bare, snapshot["gso_code"], strict=True)
        if bare.count(key) == 1
    }
    return codes


def _overlaid(units: gpd.GeoDataFrame, communes: gpd.GeoDataFrame) -> list[list[str]]:
    """Codes of the units of 2025 that hold a notable share of each former commune's land."""
    area = shared_area_km2(units.geometry, communes.geometry)
    share = area / area.sum(axis=1, keepdims=True)
    codes = communes["code"].to_numpy()
    return [sorted(codes[row >= SLIVER_SHARE]) for row in share]


def shared_area_km2(first: gpd.GeoSeries, second: gpd.GeoSeries) -> npt.NDArray[np.float64]:
    """Area that each polygon of the first shares with each of the second, shape (n, m)."""
    a, b = first.to_crs(COMPUTED).to_numpy(), second.to_crs(COMPUTED).to_numpy()
    row, col = shapely.STRtree(b).query(a, predicate="intersects")
    out = np.zeros((len(a), len(b)))
    out[row, col] = shapely.area(shapely.intersection(a[row], b[col])) / 1e6
    return out


def _keys(districts: pd.Series[str], names: pd.Series[str]) -> list[str]:
    """Unaccented key for joining; the kind of unit stays where one name stands for two units."""
    bare = [
        f"{fold_unit_name(district)}/{fold_unit_name(name)}"
        for district, name in zip(districts, names, strict=True)
    ]
    return [
        key if bare.count(key) == 1 else f"{fold_unit_name(district)}/{fold(name)}"
        for key, district, name in zip(bare, districts, names, strict=True)
    ]


def _kind(name: str) -> str:
    return next(kind for kind in _TYPES if name.casefold().startswith(kind))


def _district_english(name: str) -> str:
    kind = _kind(name)
    bare = fold(name.casefold().removeprefix(kind)).title()
    return f"{bare} {_TYPES[kind]}"
