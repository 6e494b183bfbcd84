"""Why a gap has no signal, as cells of the report's table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qn_coverage.analysis.reason import BLAMES, HIGHEST_PLACE_M, HIGHEST_RAISE_M, NONE
from qn_coverage.render.written import (
    both,
    direction,
    escaped,
    figure,
    filled,
    known,
    label,
    number,
)

if TYPE_CHECKING:
    from collections.abc import Mapping


def reason_cells(row: Mapping[str, Any]) -> tuple[str, str, str, str]:
    """Candidate, reason, what would do, nearest signal.

    Parameters
    ----------
    row
        A place with the columns ``reason_…``.
    """
    blame = row.get("reason_blame")
    if not known(blame) or blame not in BLAMES:
        return "–", "–", "–", "–"
    if blame == NONE:
        return _candidate(row), label("report.disagree"), label("report.measure"), _nearest(row)
    return _candidate(row), _blamed(row, blame), _remedy(row), _nearest(row)


def _candidate(row: Mapping[str, Any]) -> str:
    return (
        f"{escaped(row['reason_operator'])} {escaped(row['reason_technology'])}, "
        f"{escaped(row['reason_site_id'])}, {number(row['reason_distance_km'], 1)}\u00a0km"
    )


def _blamed(row: Mapping[str, Any], blame: str) -> str:
    missing = figure(number(row["reason_missing_db"], 1))
    texts = [
        f"{BLAMES[blame][language]}, {short} {missing[language]}\u00a0dB"
        for language, short in enumerate(("thiếu", "missing"))
    ]
    above = row["reason_edge_above_line_m"]
    if known(above):
        side = "why.edgeAbove" if above >= 0 else "why.edgeBelow"
        edge = filled(
            "why.edge",
            km=figure(f"{number(row['reason_edge_km'], 1)}\u00a0km"),
            top=_metres(row["reason_edge_top_m"]),
            above=filled(side, m=_metres(abs(above))),
        )
        texts = [f"{text}; {more}" for text, more in zip(texts, edge, strict=True)]
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
    return f"<p>{first}</p><p>{second}</p>"


def _nearest(row: Mapping[str, Any]) -> str:
    km = row["reason_nearest_signal_km"]
    if not known(km):
        return "–"
    if km == 0:
        return label("why.here")
    bearing = row["reason_nearest_signal_bearing_deg"]
    where = f"{number(km, 1)}\u00a0km"
    return where + (f", {both(direction(bearing))}" if known(bearing) else "")


def _metres(value: float) -> tuple[str, str]:
    return figure(f"{number(value)}\u00a0m")
