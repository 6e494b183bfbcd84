"""Why a gap has no signal, as cells of the report's table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qn_coverage.analysis.reason import BLAMES, HIGHEST_PLACE_M, HIGHEST_RAISE_M, NONE
from qn_coverage.propagation.models import MODELS
from qn_coverage.render.labels import LABELS
from qn_coverage.render.written import both, direction, escaped, known, label, number

if TYPE_CHECKING:
    from collections.abc import Mapping


def reason_cells(row: Mapping[str, Any], model: str) -> tuple[str, str, str, str]:
    """Candidate, reason, what would do, nearest signal.

    Parameters
    ----------
    row
        A place with the columns ``reason_…``.
    model
        Name of the model of the map, for where the path finds signal and the map does not.
    """
    blame = row.get("reason_blame")
    if not known(blame) or blame not in BLAMES:
        return "–", "–", "–", "–"
    if blame == NONE:
        title = MODELS.get(model)
        names = (title.title_vi, title.title_en) if title else (model, model)
        pair = [
            text.format(model=name)
            for text, name in zip(LABELS["report.disagree"], names, strict=True)
        ]
        return _candidate(row), both(pair), label("report.measure"), _nearest(row)
    return _candidate(row), _blamed(row, blame), _remedy(row), _nearest(row)


def _candidate(row: Mapping[str, Any]) -> str:
    return (
        f"{escaped(row['reason_operator'])} {escaped(row['reason_technology'])}, "
        f"{escaped(row['reason_site_id'])}, {number(row['reason_distance_km'], 1)}\u00a0km"
    )


def _blamed(row: Mapping[str, Any], blame: str) -> str:
    missing = number(row["reason_missing_db"], 1)
    texts = [
        f"{words}, {short} {missing}\u00a0dB"
        for words, short in zip(BLAMES[blame], ("thiếu", "missing"), strict=True)
    ]
    above = row["reason_edge_above_line_m"]
    if not known(above):
        return both(texts)
    side = "why.edgeAbove" if above >= 0 else "why.edgeBelow"
    for index in range(len(texts)):
        texts[index] += "; " + LABELS["why.edge"][index].format(
            km=f"{number(row['reason_edge_km'], 1)}\u00a0km",
            top=f"{number(row['reason_edge_top_m'])}\u00a0m",
            above=LABELS[side][index].format(m=f"{number(abs(above))}\u00a0m"),
        )
    return both(texts)


def _remedy(row: Mapping[str, Any]) -> str:
    mast, height = row["reason_extra_mast_m"], row["reason_place_height_m"]
    first = (
        label("why.mast", m=_metres(mast))
        if known(mast)
        else label("why.mastNever", m=_metres(HIGHEST_RAISE_M))
    )
    second = (
        label("why.height", m=_metres(height))
        if known(height)
        else label("why.heightNever", m=_metres(HIGHEST_PLACE_M))
    )
    return f"{first}<br>{second}"


def _nearest(row: Mapping[str, Any]) -> str:
    km = row["reason_nearest_signal_km"]
    if not known(km):
        return "–"
    if km == 0:
        return label("why.here")
    bearing = row["reason_nearest_signal_bearing_deg"]
    where = f"{number(km, 1)}\u00a0km"
    return where + (f", {both(direction(bearing))}" if known(bearing) else "")


def _metres(value: float) -> str:
    return f"{number(value)}\u00a0m"
