"""Places that the press or a register names: reported stations and control points."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import geopandas as gpd
import pandas as pd

from qn_coverage.core.crs import STORED
from qn_coverage.core.text import fold

if TYPE_CHECKING:
    from sources import Sources

ENGLISH: Final = {
    "dao_tran": "Trần island",
    "ma_chau": "Mã Cháu border control post (Hòn Ngựa island)",
    "thanh_lan": "Thanh Lân island",
    "khu_10_mong_duong": "Quarter 10, Mông Dương",
    "den_bien_co_to": "Cô Tô lighthouse",
    "diem_co_so_a23": "Baseline point A23 (Trà Cổ)",
    "diem_co_so_a24": "Baseline point A24",
    "diem_co_so_a17": "Baseline point A17 (Hạ Mai)",
    "diem_co_so_a18": "Baseline point A18 (Hạ Mai)",
}
"""English names by identifier; a place without a position is not listed."""


def build_places(sources: Sources, communes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Table as `qn_coverage.core.schema.PLACES`: the three named sites first."""
    code_of = dict(zip(communes["name_vi"].map(fold), communes["code"], strict=True))
    table = pd.concat([_named_sites(sources), _others(sources)], ignore_index=True)
    unit = [text.split(" (")[0] for text in table.pop("unit")]
    table.insert(4, "commune_code", [code_of.get(fold(text)) for text in unit])
    points = gpd.points_from_xy(table.pop("lon"), table.pop("lat"), crs=STORED)
    table.insert(2, "name_en", [ENGLISH[place_id] for place_id in table["place_id"]])
    return gpd.GeoDataFrame(table, geometry=points)


def _named_sites(sources: Sources) -> pd.DataFrame:
    facts = sources.facts("sites_named")
    return pd.DataFrame(
        {
            "place_id": facts["site_id"],
            "name_vi": facts["name_vi"],
            "kind": "named_site",
            "unit": facts["unit_after_2025_07"],
            "origin": facts["coord_label"],
            "uncertainty_m": facts["coord_uncertainty_m"].astype(float),
            "reported": facts["inaugurated"],
            "note": [
                f"nhà mạng, công nghệ, chiều cao cột: chưa công bố / operator, technology, mast "
                f"height: not published; {row.coord_method}"
                for row in facts.itertuples()
            ],
            "source": facts["source_claim"] + "; " + facts["source_coord"],
            "lon": facts["lon"].astype(float),
            "lat": facts["lat"].astype(float),
        }
    )


def _others(sources: Sources) -> pd.DataFrame:
    facts = sources.facts("sites_other")
    facts = facts[facts["lon"] != ""].reset_index(drop=True)
    control = facts["kind"].str.contains("control point")
    return pd.DataFrame(
        {
            "place_id": [_identity(name) for name in facts["name"]],
            "name_vi": facts["name"],
            "kind": control.map({True: "control_point", False: "reported_site"}),
            "unit": facts["unit_after_2025_07"],
            "origin": [label.split("/")[-1] for label in facts["coord_label"]],
            "uncertainty_m": facts["coord_uncertainty_m"].astype(float),
            "reported": facts["status_date"],
            "note": facts["kind"] + ": " + facts["fact"],
            "source": facts["source"],
            "lon": facts["lon"].astype(float),
            "lat": facts["lat"].astype(float),
        }
    )


def _identity(name: str) -> str:
    return fold(name.split(" (", maxsplit=1)[0].replace(",", "")).replace(" ", "_")
