"""The claims table: sentences to be tested, and the reports that speak about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from qn_coverage.analysis.claim_texts import READINGS, UNKNOWN, Reading
from qn_coverage.analysis.evidence import Evidence, records
from qn_coverage.core.spans import span_of
from qn_coverage.core.text import fold

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence to be tested, about one day and, where it names one, one place."""

    claim_id: str
    text_vi: str
    text_en: str
    day: date | None
    place: str
    source: str
    reading: Reading


def claims_of(table: pd.DataFrame) -> tuple[Claim, ...]:
    """Sentences of a claims table: rows whose ``stance`` is ``claims``.

    A sentence about several stations, ``place`` with commas, becomes one claim a station, with the
    folded place after a slash in its id.
    """
    found: list[Claim] = []
    for row in records(table[table["stance"] == "claims"]):
        reading = READINGS.get(row["claim_id"], UNKNOWN)
        places = [place.strip() for place in _text(row, "place").split(",")]
        split = reading.scope == "one" and len(places) > 1
        for place in places if split else [_text(row, "place")]:
            suffix = "/" + fold(place).replace(" ", "_") if split else ""
            found.append(_claim(row, reading, row["claim_id"] + suffix, place))
    return tuple(found)


def reports_of(table: pd.DataFrame, claim: Claim) -> tuple[Evidence, ...]:
    """Reports of a claims table about a claim: rows that support or contradict it.

    A report speaks of the days from ``since`` to ``until`` where the table has these columns and
    the row fills one; otherwise of its own ``date``, if that is a whole day. A column ``whole``
    says ``true`` where it speaks of everything that the sentence speaks of, a column ``origin``
    what the row rests on (published, if there is none).
    """
    base = claim.claim_id.split("/")[0]
    rows = table[(table["claim_id"] == base) & table["stance"].isin(["supports", "contradicts"])]
    found = [_report(row) for row in records(rows)]
    alone = claim.claim_id == base
    return tuple(e for e in found if alone or fold(claim.place) in fold(e.place))


def _claim(row: Mapping[str, Any], reading: Reading, claim_id: str, place: str) -> Claim:
    span = span_of(_text(row, "date"))
    return Claim(
        claim_id=claim_id,
        text_vi=row["text_vi"],
        text_en=row["text_en"],
        day=span[0] if span is not None and span[0] == span[1] else None,
        place=place,
        source=_text(row, "source"),
        reading=reading,
    )


def _report(row: Mapping[str, Any]) -> Evidence:
    since, until = span_of(_text(row, "since")), span_of(_text(row, "until"))
    printed = span_of(_text(row, "date"))
    whole_day = printed is not None and printed[0] == printed[1]
    if since is None and until is None and whole_day:
        since = until = printed
    return Evidence(
        stance=row["stance"],
        kind="report",
        origin=_text(row, "origin") or "published",
        place=_text(row, "place"),
        says_vi=row["text_vi"],
        says_en=row["text_en"],
        since=None if since is None else since[1],
        until=None if until is None else until[0],
        source=_text(row, "source"),
        published=_text(row, "date"),
        whole=_text(row, "whole").casefold() == "true",
    )


def _text(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key)
    return "" if value is None or pd.isna(value) else str(value)
