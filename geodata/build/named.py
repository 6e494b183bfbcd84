"""Stations and villages that the press names: known to a radius, their equipment assumed."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import pandas as pd
from equipment import MOUNTINGS, sector_rows
from network import as_sectors

from qn_coverage.core.crs import COMPUTED, STORED
from qn_coverage.core.text import fold

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sources import Sources

ISLANDS_PROGRAMME: Final = "islands"
VILLAGES_PROGRAMME: Final = "105-villages"

LAST_DAY_BEFORE_TEXT: Final = date(2024, 1, 3)
"""Only bound of the three inaugurations: before the founding text of 2024-01-04."""

KHU_10: Final = "Khu 10, Mông Dương"
KHU_10_ON_AIR: Final = date(2025, 1, 24)

ASSUMED: Final = (
    "vị trí ước tính theo báo chí; nhà mạng, công nghệ, chiều cao, công suất là giả định / "
    "position estimated from the press; operator, technology, height and power assumed"
)
CARRIERS: Final = ("3G900", "4G1800")
EQUIPMENT: Final = (
    "technology; frequency_mhz; bandwidth_mhz; height_agl_m; azimuth_deg; downtilt_deg; "
    "beamwidth_h_deg; beamwidth_v_deg; eirp_dbm"
)
"""Columns that no report gives for any of the named stations."""


def named_sectors(sources: Sources) -> gpd.GeoDataFrame:
    """Sectors of Đảo Trần, Mã Cháu, Thanh Lân and Khu 10; each row is ``modelled``."""
    rows: list[dict[str, Any]] = []
    for place in sources.facts("sites_named").to_dict("records"):
        identity = f"NAMED-{place['site_id'].upper().replace('_', '-')}"
        site = _site(identity, f"{place['name_vi']} (thiết bị giả định)", place)
        site |= {
            "programme": ISLANDS_PROGRAMME,
            "source": f"{ASSUMED}; {place['source_claim']}",
            "assumed": f"operator; {EQUIPMENT}; on_air",
        }
        rows += _rows(site, dict.fromkeys(CARRIERS, LAST_DAY_BEFORE_TEXT))
    other = sources.facts("sites_other").set_index("name").loc[KHU_10].to_dict()
    site = _site("NAMED-KHU-10", f"{KHU_10} (thiết bị giả định)", other)
    source = (
        "BTS Viettel phát sóng 2025-01-24; vị trí là điểm của phường; công nghệ, chiều cao, công "
        "suất là giả định / Viettel's BTS on air on 2025-01-24; position is the ward's point; "
        f"technology, height and power assumed; {other['source']}"
    )
    site |= {"programme": None, "source": source, "assumed": EQUIPMENT}
    rows += _rows(site, dict.fromkeys(CARRIERS, KHU_10_ON_AIR))
    return as_sectors(rows)


def named_villages(sources: Sources, communes: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The four named villages as `qn_coverage.core.schema.VILLAGES`."""
    table = sources.facts("villages_formerly_uncovered")
    code_of = dict(zip(communes["name_vi"].map(fold), communes["code"], strict=True))
    programme = ~table["in_the_105"].str.startswith("NO")
    rows = pd.DataFrame(
        {
            "village_id": [f"NAMED-{fold(name).replace(' ', '-')}" for name in table["village"]],
            "name_vi": table["village"],
            # "xã Bình Liêu or xã Tiên Yên": by the crosswalk 99 % of Vô Ngại went to the first
            "commune_code": [
                code_of[fold(text.split(" or ")[0])] for text in table["unit_after_2025_07"]
            ],
            "former_commune": table["commune_before_2025_07"],
            "population": pd.array([pd.NA] * len(table), dtype="Int64"),
            "households": pd.to_numeric(table["households"]).astype("Int64"),
            "in_programme": programme,
            "served_from": pd.to_datetime(
                table["covered_date"], format="%Y-%m-%d", errors="coerce"
            ),
            "origin": table["coord_label"],
            "uncertainty_m": table["coord_uncertainty_m"].astype(float),
            "source": table["source"],
            "note": [
                _note(row, probable=bool(probable))
                for row, probable in zip(table.itertuples(), programme, strict=True)
            ],
        }
    )
    points = gpd.points_from_xy(table["lon"].astype(float), table["lat"].astype(float), crs=STORED)
    return gpd.GeoDataFrame(rows, geometry=points)


def _note(row: Any, *, probable: bool) -> str:
    member = (
        "có lẽ thuộc 105 thôn, bản / probable member of the 105"
        if probable
        else "không thuộc 105 thôn, bản: có sóng sau tuyên bố tháng 1/2024 / not among the 105: "
        "covered after the claim of January 2024"
    )
    return "; ".join(
        [
            member,
            f"có sóng / covered {row.covered_date}",
            f"vị trí / position: {row.coord_method}",
            f"trước đó / before: {row.state_reported}",
        ]
    )


def _site(site_id: str, name: str, place: Mapping[Any, Any]) -> dict[str, Any]:
    point = gpd.GeoSeries.from_xy([float(place["lon"])], [float(place["lat"])], crs=STORED)
    metric = point.to_crs(COMPUTED)
    return {
        "site_id": site_id,
        "name": name,
        "operator": "Viettel",
        "height_agl_m": MOUNTINGS["hilltop"].height_m[0],
        "origin": "modelled",
        "uncertainty_m": float(place["coord_uncertainty_m"]),
        "x_m": float(metric.x.iloc[0]),
        "y_m": float(metric.y.iloc[0]),
    }


def _rows(site: dict[str, Any], days: dict[str, date]) -> list[dict[str, Any]]:
    tilt = MOUNTINGS["hilltop"].downtilt_deg
    return sector_rows(site, days, azimuth_deg=0.0, downtilt_deg=tilt)
