"""Headline numbers of a study, each with what it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from qn_coverage.analysis import verdict
from qn_coverage.analysis.assumptions import assumption_caveat
from qn_coverage.core.operators import known_operator, nearest_operator

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from qn_coverage.core.errors import Problem
    from qn_coverage.core.scenario import Scenario

_SHOWN: Final = 3

CAVEATS: Final = {
    "modelled_network": (
        "Danh sách trạm BTS của các nhà mạng không được công bố: mạng lưới ở đây là mô phỏng.",
        "The operators' site lists are not public: the network here is modelled.",
    ),
    "modelled_villages": (
        "Danh sách chính thức 105 thôn, bản không được công bố: các thôn thay thế là giả định.",
        "The official list of the 105 villages is not public: the stand-ins are modelled.",
    ),
    "screening_terrain": (
        "Địa hình thô (ô trên 100 m) chỉ để sàng lọc, không dùng để kết luận từng điểm.",
        "The terrain is coarse (cells over 100 m): for screening, no verdict on single places.",
    ),
    "assumed_thresholds": (
        "Ngưỡng tín hiệu là giả định làm việc: giá trị trong quy chuẩn chưa được công khai.",
        "Signal thresholds are a working assumption: the standards' values are not public.",
    ),
}
"""What a reader must know, in Vietnamese and English, by key."""


def summarise(
    *,
    scenario: Scenario,
    province: pd.DataFrame,
    layers: pd.DataFrame,
    sectors: pd.DataFrame,
    villages: pd.DataFrame,
    gaps: pd.DataFrame,
    terrain_grade: str,
    antennas_unread: int = 0,
    warnings: Sequence[Problem] = (),
) -> dict[str, Any]:
    """Headline numbers as plain values, ready for JSON; shares are fractions 0-1.

    Parameters
    ----------
    scenario
        What was asked.
    province
        `statistics.unit_table` of the whole province, one row.
    layers
        `statistics.layer_table`.
    sectors, villages, gaps
        Tables of the study.
    terrain_grade
        ``"screening"`` or ``"planning"``.
    antennas_unread
        Sectors that name antennas although no pattern files are given.
    warnings
        Figures of the sector table that disagree.
    """
    total = province.iloc[0]
    return {
        "name_vi": scenario.study.name_vi,
        "name_en": scenario.study.name_en,
        "model": scenario.model.name,
        "before": scenario.study.before.isoformat(),
        "after": scenario.study.after.isoformat(),
        "cell_m": scenario.study.cell_m,
        "location_probability": scenario.service.location_probability,
        "threshold_dbm": dict(scenario.service.threshold_dbm),
        "threshold_status": "assumption",
        "terrain_grade": terrain_grade,
        "province": {
            "land_km2": _number(total["land_km2"]),
            "population_grid": _number(total["population_grid"]),
            **{
                f"{what}_share_{state}": _number(total[f"{what}_share_{state}"])
                for what in ("population", "land")
                for state in ("before", "after")
            },
            **{
                f"{what}_share_{state}_{end}": _number(total[f"{what}_share_{state}_{end}"])
                for what in ("population", "land")
                for state in ("before", "after")
                for end in ("low", "high")
            },
            "uncovered_population_after": _number(total["uncovered_population_after"]),
            "uncovered_land_km2_after": _number(total["uncovered_land_km2_after"]),
        },
        "by_technology": _by(layers, "technology"),
        "by_operator": _by(layers, "operator"),
        "villages": _villages(villages),
        "network": _network(sectors),
        "gaps": {
            "count": len(gaps),
            "area_km2": _number(gaps["area_km2"].sum()),
            "min_area_km2": scenario.gaps.min_area_km2,
        },
        "caveats": [
            *_caveats(sectors, villages, terrain_grade),
            *_of_assumptions(sectors),
            *_of_operators(sectors),
            *_of_antennas(antennas_unread, warnings),
        ],
    }


def _by(layers: pd.DataFrame, column: str) -> dict[str, dict[str, float | None]]:
    other = {"technology": "operator", "operator": "technology"}[column]
    chosen = layers[(layers["level"] == "province") & (layers[other] == "any")]
    found: dict[str, dict[str, float | None]] = {}
    for row in chosen.itertuples(index=False):
        entry = found.setdefault(str(getattr(row, column)), {})
        entry[f"population_share_{row.state}"] = _number(row.population_share)
        entry[f"land_share_{row.state}"] = _number(row.land_share)
    return found


def _villages(villages: pd.DataFrame) -> dict[str, Any]:
    programme = villages[villages["in_programme"].astype(bool)]
    return {
        "total": len(villages),
        "in_programme": len(programme),
        "by_origin": _counts(villages["origin"]),
        **{
            f"{state}_{word}": int((villages[f"verdict_{state}"] == word).sum())
            for state in ("before", "after")
            for word in (verdict.COVERED, verdict.NOT_COVERED, verdict.CANNOT_TELL)
        },
    }


def _network(sectors: pd.DataFrame) -> dict[str, Any]:
    return {
        "sites": int(sectors["site_id"].nunique()),
        "sectors": len(sectors),
        "sectors_by_origin": _counts(sectors["origin"]),
        "programme_sites": int(
            sectors.loc[sectors["programme"].fillna("") != "", "site_id"].nunique()
        ),
    }


def _counts(column: pd.Series[str]) -> dict[str, int]:
    return {str(key): int(value) for key, value in column.value_counts().sort_index().items()}


def _caveats(
    sectors: pd.DataFrame, villages: pd.DataFrame, terrain_grade: str
) -> list[dict[str, str]]:
    keys = ["assumed_thresholds"]
    if terrain_grade == "screening":
        keys.insert(0, "screening_terrain")
    if (villages["origin"] == "modelled").any():
        keys.insert(0, "modelled_villages")
    if (sectors["origin"] == "modelled").any():
        keys.insert(0, "modelled_network")
    return [{"key": key, "vi": CAVEATS[key][0], "en": CAVEATS[key][1]} for key in keys]


def _of_assumptions(sectors: pd.DataFrame) -> list[dict[str, str]]:
    caveat = assumption_caveat(sectors)
    return [] if caveat is None else [caveat]


def _of_operators(sectors: pd.DataFrame) -> list[dict[str, str]]:
    """Names that may be slips of the pen: each would be a network of its own."""
    unknown = {
        name: count
        for name, count in _counts(sectors["operator"]).items()
        if known_operator(name) is None
    }
    if not unknown:
        return []
    near = {name: nearest_operator(name) for name in unknown}
    told_vi = "; ".join(
        f"'{name}' ({count} sector{f', gần giống {near[name]}' if near[name] else ''})"
        for name, count in unknown.items()
    )
    told_en = "; ".join(
        f"'{name}' ({count} {'sector' if count == 1 else 'sectors'}"
        f"{f', like {near[name]}' if near[name] else ''})"
        for name, count in unknown.items()
    )
    return [
        {
            "key": "unknown_operators",
            "vi": f"Nhà mạng chưa biết, tính thành mạng riêng; kiểm tra chính tả: {told_vi}.",
            "en": f"Operators not known, each taken as a network of its own; check the spelling: "
            f"{told_en}.",
        }
    ]


def _of_antennas(unread: int, warnings: Sequence[Problem]) -> list[dict[str, str]]:
    found = []
    if unread:
        found.append(
            {
                "key": "antennas_not_given",
                "vi": f"{unread} sector nêu tên anten nhưng kịch bản không có tệp anten "
                "(inputs.antennas): tính theo độ rộng búp (TR 36.814).",
                "en": f"{unread} sectors name antennas, but the scenario gives no pattern files "
                "(inputs.antennas): computed from beamwidths (TR 36.814).",
            }
        )
    if warnings:
        rows = "; ".join(
            f"{one.row} ({one.column}: {one.found} ≠ {one.expected})" for one in warnings[:_SHOWN]
        )
        more = len(warnings) - _SHOWN
        rows += f"; +{more}" if more > 0 else ""
        found.append(
            {
                "key": "sectors_disagree",
                "vi": f"Số liệu sector mâu thuẫn, lấy theo bảng; dòng {rows}.",
                "en": f"Figures of sectors disagree, the table's count; rows {rows}.",
            }
        )
    return found


def _number(value: Any) -> float | None:
    """Plain float with six digits after the point; None for what is not a number."""
    number = float(value)
    return round(number, 6) if np.isfinite(number) else None
