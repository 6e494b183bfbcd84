"""What a plan gives as tables: which columns, in which order, under which names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from qn_coverage.core.crs import STORED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qn_coverage.planning import Expansion

_MEASURES: Final = {
    "people": ("người", "people"),
    "villages": ("thôn", "villages"),
    "households": ("hộ", "households"),
    "need": ("nhu cầu", "need"),
    "land": ("km² đất", "km² of land"),
}
_PARTS: Final = {
    "total": ("một mình", "alone"),
    "unique": ("chỉ trạm này", "only this site"),
    "added": ("thêm vào các trạm trước", "added to those before"),
}

TITLES: Final[Mapping[str, tuple[str, str, str]]] = {
    "rank": ("Thứ tự", "Rank", "count"),
    "candidate_id": ("Mã phương án", "Candidate", "text"),
    "name": ("Tên", "Name", "text"),
    "kind": ("Loại", "Kind", "text"),
    "operators": ("Nhà mạng", "Operators", "text"),
    "technologies": ("Công nghệ", "Technologies", "text"),
    "height_agl_m": ("Chiều cao anten (m)", "Antenna height (m)", "number"),
    "lon": ("Kinh độ", "Longitude", "lonlat"),
    "lat": ("Vĩ độ", "Latitude", "lonlat"),
    "uncertainty_m": ("Sai số vị trí (m)", "Position uncertainty (m)", "number"),
    "origin": ("Nguồn gốc", "Origin", "text"),
    "setting": ("Địa bàn", "Setting", "text"),
    "slope_deg": ("Độ dốc (°)", "Slope (°)", "number"),
    "road_km": ("Cách đường (km)", "To a road (km)", "number"),
    "power_km": ("Cách lưới điện (km)", "To grid power (km)", "number"),
    "cost_vnd": ("Chi phí (đồng)", "Cost (VND)", "money"),
    "cost_low_vnd": ("Chi phí thấp (đồng)", "Low cost (VND)", "money"),
    "cost_high_vnd": ("Chi phí cao (đồng)", "High cost (VND)", "money"),
    "cost_total_vnd": ("Chi phí cộng dồn (đồng)", "Cost so far (VND)", "money"),
    "cost_per_person_vnd": ("Chi phí mỗi người (đồng)", "Cost per person (VND)", "money"),
    "cost_vi": ("Cấu thành chi phí", "Parts of the cost, in Vietnamese", "text"),
    "cost_en": ("Cấu thành chi phí (tiếng Anh)", "Parts of the cost", "text"),
    "why_vi": ("Lý do", "Reason, in Vietnamese", "text"),
    "why_en": ("Lý do (tiếng Anh)", "Reason", "text"),
    "survives": ("Vẫn được chọn (tỷ lệ)", "Still chosen (share)", "share"),
    "gap_id": ("Vùng lõm", "Gap", "text"),
    "people_gained": ("Người có thêm sóng", "People who gain", "number"),
    "land_km2_gained": ("Đất có thêm sóng (km²)", "Land that gains (km²)", "number"),
    "land_share": ("Phần đất của vùng lõm", "Share of the gap's land", "share"),
    "closed": ("Lấp được", "Closed", "yes"),
    "village_id": ("Mã thôn", "Village id", "text"),
    "name_vi": ("Thôn, bản", "Village", "text"),
    "commune_code": ("Mã xã", "Commune code", "text"),
    "probability_now": ("Xác suất hiện tại", "Probability today", "share"),
    "probability_plan": ("Xác suất theo phương án", "Probability with the plan", "share"),
    "distance_km": ("Khoảng cách (km)", "Distance (km)", "number"),
    "sites": ("Số trạm", "Sites", "count"),
    "value": ("Tăng thêm", "Gain", "number"),
    "upper_bound": ("Cận trên đã chứng minh", "Proven upper bound", "number"),
    "knee": ("Điểm gãy", "Knee", "yes"),
    "code": ("Mã", "Code", "text"),
    "title_vi": ("Trường hợp", "Case, in Vietnamese", "text"),
    "title_en": ("Trường hợp (tiếng Anh)", "Case", "text"),
    "status": ("Trạng thái", "Status", "text"),
    "gap": ("Khoảng cách tối ưu", "Optimality gap", "share"),
    "kept": ("Trạm giữ nguyên", "Sites kept", "count"),
    "message": ("Ghi chú", "Message", "text"),
    "reason_vi": ("Lý do loại", "Why refused, in Vietnamese", "text"),
    "reason_en": ("Lý do loại (tiếng Anh)", "Why refused", "text"),
    "figure": ("Đơn giá", "Figure", "text"),
    "amount": ("Giá trị", "Value", "number"),
    "low": ("Thấp", "Low", "number"),
    "high": ("Cao", "High", "number"),
    "unit": ("Đơn vị", "Unit", "text"),
    "source": ("Nguồn", "Source", "text"),
}
"""Vietnamese and English name and kind of a column; measures are told by `title_of`."""

_SITE_ORDER: Final = (
    "rank", "candidate_id", "name", "kind", "operators", "technologies", "height_agl_m",
    "people_total", "people_unique", "people_added", "villages_total", "villages_unique",
    "villages_added", "households_total", "households_unique", "households_added", "land_total",
    "land_unique", "land_added", "need_total", "need_unique", "need_added", "cost_vnd",
    "cost_low_vnd", "cost_high_vnd", "cost_total_vnd", "cost_per_person_vnd", "survives",
    "setting", "slope_deg", "road_km", "power_km", "origin", "uncertainty_m", "lon", "lat",
    "why_vi", "why_en", "cost_vi", "cost_en", "site_id", "replaces", "village_id",
)  # fmt: skip


def title_of(column: str) -> tuple[str, str, str]:
    """Vietnamese name, English name and kind of a column."""
    if column in TITLES:
        return TITLES[column]
    measure, _, part = column.partition("_")
    if measure in _MEASURES and part in {*_PARTS, "alone"}:
        what, how = _MEASURES[measure], _PARTS.get(part, _PARTS["total"])
        return f"{what[0].capitalize()}: {how[0]}", f"{what[1].capitalize()}: {how[1]}", "number"
    return column, column, "text"


def measure_title(measure: str) -> tuple[str, str]:
    """Vietnamese and English name of a measure."""
    return _MEASURES[measure]


def sites(plan: Expansion) -> gpd.GeoDataFrame:
    """Chosen sites in the order of building, with what they give, EPSG:4326."""
    table = plan.answer.sites
    if plan.answer.sensitivity is not None:
        survival = plan.answer.sensitivity.survival.set_index("candidate_id")["survives"]
        table = table.assign(survives=table["candidate_id"].map(survival))
    return _placed(table, plan)


def candidates(plan: Expansion) -> gpd.GeoDataFrame:
    """All candidates with price and what each would add alone, EPSG:4326."""
    return _placed(plan.ready.table, plan)


def tables(plan: Expansion) -> dict[str, pd.DataFrame]:
    """Every table of a plan by its name, sites first."""
    found: dict[str, pd.DataFrame] = {
        "sites": with_places(sites(plan)),
        "villages": plan.answer.villages,
        "gaps": plan.answer.gaps,
        "curve": plan.answer.curve,
    }
    if plan.answer.sensitivity is not None:
        found["sensitivity"] = plan.answer.sensitivity.runs
        found["survival"] = plan.answer.sensitivity.survival
    found["candidates"] = with_places(candidates(plan))
    found["refused"] = plan.ready.proposal.refused
    found["costs"] = costs(plan)
    return found


def with_places(points: gpd.GeoDataFrame) -> pd.DataFrame:
    """Table with ``lon`` and ``lat``, in reading order."""
    table = pd.DataFrame(points.drop(columns="geometry"))
    table["lon"], table["lat"] = points.geometry.x.round(6), points.geometry.y.round(6)
    first = [name for name in _SITE_ORDER if name in table]
    return table[[*first, *(name for name in table if name not in first)]]


def costs(plan: Expansion) -> pd.DataFrame:
    """Every figure of the cost model with its origin and source."""
    rows = [
        (name, figure.value, figure.low, figure.high, figure.unit, figure.origin, figure.source)
        for name, figure in plan.costs.figures.items()
    ]
    columns = ["figure", "amount", "low", "high", "unit", "origin", "source"]
    return pd.DataFrame(rows, columns=columns)


def summary(plan: Expansion) -> dict[str, Any]:
    """Headline figures, as written to ``summary.json``."""
    answer, wish = plan.answer, plan.request
    table = answer.sites
    knee = answer.curve.loc[answer.curve["knee"], "sites"]
    closed = answer.gaps.loc[answer.gaps["closed"], "gap_id"]
    return {
        "name_vi": wish.name_vi,
        "name_en": wish.name_en,
        "study_vi": plan.study.scenario.study.name_vi,
        "study_en": plan.study.scenario.study.name_en,
        "model": plan.study.scenario.model.name,
        "goal": wish.goal.model_dump(mode="json", exclude_none=True),
        "status": answer.plan.status,
        "gap": plain(answer.plan.gap),
        "bound": plain(answer.plan.bound),
        "value": plain(answer.plan.score.value),
        "greedy": plain(answer.plan.greedy),
        "share_now": plain(answer.share_now),
        "share_plan": plain(answer.share_plan),
        "sites": len(table),
        "cost_vnd": plain(table["cost_vnd"].sum()),
        "cost_low_vnd": plain(table["cost_low_vnd"].sum()),
        "cost_high_vnd": plain(table["cost_high_vnd"].sum()),
        **{f"{name}_added": plain(table[f"{name}_added"].sum()) for name in _MEASURES},
        "gaps_closed": sorted({str(name) for name in closed}),
        "knee_sites": int(knee.iloc[0]) if len(knee) else None,
        "candidates": len(plan.ready.proposal.ids),
        "refused": len(plan.ready.proposal.refused),
        "picks": [str(name) for name in table["candidate_id"]],
        "costs": {
            "id": plan.costs.id,
            "title_vi": plan.costs.title_vi,
            "title_en": plan.costs.title_en,
            "assumptions": list(plan.costs.assumptions),
        },
        "caveats": [*plan.study.summary["caveats"], *_caveats(plan)],
    }


def plain(value: Any) -> float | None:
    """Number for JSON, None for what is not finite."""
    return round(float(value), 6) if np.isfinite(value) else None


def _caveats(plan: Expansion) -> list[dict[str, str]]:
    count, every = len(plan.costs.assumptions), len(plan.costs.figures)
    found = [
        {
            "vi": f"Chi phí dùng để xếp hạng, không phải dự toán: {count} trong {every} đơn giá là "
            "giả định.",
            "en": f"Costs are for ranking, not a quotation: {count} of {every} figures are "
            "assumptions.",
        },
        {
            "vi": "Số người, thôn và hộ là kỳ vọng theo xác suất có sóng, không phải số đếm.",
            "en": "People, villages and households are expected by probability, not counted.",
        },
    ]
    if plan.answer.plan.status == "interrupted":
        found.insert(
            0,
            {
                "vi": "Bài toán bị dừng giữa chừng: đây là phương án tốt nhất đến lúc đó.",
                "en": "The search was interrupted: this is the best plan so far.",
            },
        )
    return found


def _placed(table: pd.DataFrame, plan: Expansion) -> gpd.GeoDataFrame:
    points = gpd.points_from_xy(table["x_m"], table["y_m"])
    return gpd.GeoDataFrame(
        table.drop(columns=["x_m", "y_m", "place"], errors="ignore").reset_index(drop=True),
        geometry=points,
        crs=plan.study.grid.crs,
    ).to_crs(STORED)
