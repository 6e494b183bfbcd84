"""How sure, why not, where to measure, what the claims are worth: tables → the page's columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from qn_coverage.analysis.evidence import records
from qn_coverage.analysis.indicators import compared
from qn_coverage.analysis.reason import BLAMES, HIGHEST_PLACE_M, HIGHEST_RAISE_M
from qn_coverage.core.rules import CLASS_CODES
from qn_coverage.render import layers, profiles
from qn_coverage.render.layers import number, said, text, whole

if TYPE_CHECKING:
    from qn_coverage.core.rules import Rule
    from qn_coverage.study import Study

_REASON: layers.Spec = {
    "place": ("place_id", text),
    "op": ("operator", text),
    "tech": ("technology", text),
    "site": ("site_id", text),
    "km": ("distance_km", number(2)),
    "db": ("missing_db", number(1)),
    "blame": ("blame", text),
    "edgeKm": ("edge_km", number(2)),
    "edgeTop": ("edge_top_m", whole),
    "edgeAbove": ("edge_above_line_m", whole),
    "mast": ("extra_mast_m", whole),
    "height": ("place_height_m", number(1)),
    "nearKm": ("nearest_signal_km", number(2)),
    "nearDeg": ("nearest_signal_bearing_deg", whole),
}

_MEASUREMENT: layers.Spec = {
    "rank": ("rank", whole),
    "settled": ("villages_settled", number(2)),
    "people": ("importance_settled", whole),
    "inAll": ("villages_settled_in_all", number(2)),
}

_CLAIM_TEXTS: Final = ("text", "by", "besides", "reading", "needs")


def class_labels(rule: Rule) -> dict[str, list[str]]:
    """Vietnamese and English name of each class by its code, the best class first."""
    named = rule.labels()
    return {
        CLASS_CODES[number]: [_capital(word) for word in named[number]] for number in (3, 2, 1, 0)
    }


def class_limits(rule: Rule) -> dict[str, Any]:
    """What the legend says of the classes: where ``covered`` and ``weak`` begin, and the rule."""
    return {
        "covered": rule.classes.covered.probability[0],
        "weak": rule.classes.weak.probability[0],
        "sure": rule.classes.sure_share,
        "rule": [rule.title_vi, rule.title_en],
        "version": rule.version,
    }


def class_counts(study: Study) -> dict[str, dict[str, int]]:
    """Villages of each class, by state."""
    return {
        state: {
            code: int((study.villages[f"class_{state}"] == code).sum())
            for code in class_labels(study.rule)
        }
        for state in ("before", "after")
    }


def why_columns(study: Study) -> layers.Columns:
    """Reasons, one row a place and operator, the operator that lacks least first."""
    if study.reasons.empty:
        return {key: [] for key in _REASON}
    ordered = study.reasons.sort_values(["place_id", "order"], kind="stable")
    return layers.columns(ordered, _REASON)


def why_document(study: Study) -> dict[str, Any]:
    """Everything that the popups say of reasons."""
    best = study.reasons
    edges_km = {}
    if not best.empty:
        first = best[best["order"] == 1]
        edges_km = dict(zip(first["place_id"], first["edge_km"], strict=True))
    return {
        "rows": layers.compact(why_columns(study)),
        "profiles": profiles.profiles_of(study.paths, edges_km),
        "blames": {code: [_capital(word) for word in pair] for code, pair in BLAMES.items()},
        "earthKm": profiles.EARTH_KM,
        "mostMast": round(HIGHEST_RAISE_M),
        "mostHeight": round(HIGHEST_PLACE_M),
    }


def measurement_columns(study: Study) -> layers.Columns:
    """Places where a measurement is worth the way, best first."""
    worth = study.measurements.sort_values("rank", kind="stable")
    return layers.columns(worth, _MEASUREMENT) | {
        "x": [round(float(x), 5) for x in worth.geometry.x],
        "y": [round(float(y), 5) for y in worth.geometry.y],
    }


def claim_rows(study: Study) -> list[dict[str, Any]]:
    """Claims with their verdict; texts are [Vietnamese, English]."""
    return [_claim(row) for row in records(study.judgements)]


def indicator_rows(study: Study) -> list[dict[str, Any]]:
    """Indicators told beside what they are compared with, and the verdict of the claim they are."""
    if study.indicators.empty:
        return []
    verdicts = {row["claim_id"]: row["verdict"] for row in records(study.judgements)}
    return [
        {
            "name": [text(row["name_vi"]), text(row["name_en"])],
            "told": [_spaced(row["told_vi"]), row["told_en"].replace(" %", "%")],
            "unit": text(row["unit"]),
            "date": text(row["date"]),
            "source": text(row["source"]),
            "note": said(row.get("note")),
            "verdict": verdicts.get(row["indicator_id"]),
        }
        for row in records(compared(study.indicators))
    ]


def _claim(row: dict[str, Any]) -> dict[str, Any]:
    place = text(row["place"])
    day = row["day"]
    return {
        "verdict": row["verdict"],
        "label": [_capital(row["verdict_vi"]), _capital(row["verdict_en"])],
        "day": None if day is None or pd.isna(day) else str(day),
        "place": place,
        "source": text(row["source"]),
        **{part: _both(row[f"{part}_vi"], row[f"{part}_en"]) for part in _CLAIM_TEXTS},
    }


def _both(vietnamese: Any, english: Any) -> list[str] | None:
    first, second = text(vietnamese), text(english)
    return [first or "", second or ""] if first or second else None


def _spaced(told: str) -> str:
    return told.replace(" %", "\u00a0%")


def _capital(word: str) -> str:
    return word[:1].upper() + word[1:]
