"""Figures and sentences of the founding text, and the reports that speak for or against them."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

if TYPE_CHECKING:
    from sources import Sources

TEXTS: Final = Path(__file__).with_name("statements.toml")

FOUNDING_TEXT: Final = "ictvietnam.vn, Ngọc Diệp, 2024-01-04"

SECOND_HAND: Final = (
    "đề bài của dự án, dẫn lại bài ictvietnam.vn 2024-01-04 / "
    "this project's brief, quoting ictvietnam.vn, 2024-01-04"
)
"""What the founding text is said to hold, where its own wording could not be seen."""

INDICATOR_COLUMNS: Final = (
    "indicator_id",
    "name_vi",
    "name_en",
    "value",
    "unit",
    "date",
    "comparison",
    "comparison_vi",
    "comparison_en",
    "origin",
    "source",
    "note",
)
CLAIM_COLUMNS: Final = (
    "statement_id",
    "claim_id",
    "stance",
    "text_vi",
    "text_en",
    "date",
    "place",
    "place_id",
    "commune_code",
    "source",
    "note",
)
STANCES: Final = ("claims", "supports", "contradicts")


def build_indicators(sources: Sources) -> pd.DataFrame:
    """Figures with unit, date and what they are compared with; shares are fractions 0-1."""
    return _table("indicator", INDICATOR_COLUMNS, sources)


def build_claims(sources: Sources) -> pd.DataFrame:
    """Sentences with their stance: ``claims``, ``supports`` or ``contradicts`` a claim.

    Raises
    ------
    ValueError
        A statement has another stance, or speaks about a claim that nobody made.
    """
    table = _table("claim", CLAIM_COLUMNS, sources)
    made = set(table.loc[table["stance"] == "claims", "claim_id"])
    if not set(table["stance"]) <= set(STANCES) or not set(table["claim_id"]) <= made:
        raise ValueError("a statement has no claim or an unknown stance")
    return table


def _table(kind: str, columns: tuple[str, ...], sources: Sources) -> pd.DataFrame:
    entries = tomllib.loads(TEXTS.read_text(encoding="utf-8"))[kind]
    known = _cited(sources)
    for entry in entries:
        if entry["source"] not in known:
            raise ValueError(f"the sources do not hold '{entry['source']}'")
    return pd.DataFrame([_row(entry, columns) for entry in entries], columns=list(columns))


def _row(entry: dict[str, Any], columns: tuple[str, ...]) -> dict[str, Any]:
    strangers = set(entry) - set(columns)
    if strangers:
        raise ValueError(f"unknown keys {sorted(strangers)}")
    return {column: entry.get(column) for column in columns}


def _cited(sources: Sources) -> frozenset[str]:
    """Every citation of the facts, so that no statement rests on another."""
    tables = ("programme_facts", "bts_counts", "sites_named", "sites_other")
    villages = sources.facts("villages_formerly_uncovered")["source"]
    cells = [
        cell
        for name in tables
        for column, values in sources.facts(name).items()
        if str(column).startswith("source")
        for cell in values
    ]
    parts = {part for cell in [*cells, *villages] for part in cell.split("; ")}
    return frozenset({FOUNDING_TEXT, SECOND_HAND, *cells, *villages, *parts})
