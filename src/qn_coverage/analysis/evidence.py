"""What may speak for or against a sentence: published reports, and places computed from real data.

Nothing modelled is evidence. A row whose ``origin`` is ``modelled`` (or unknown) is left out
before anything is computed or weighed, so adding, changing or removing such rows changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import pandas as pd

from qn_coverage.core.errors import CoverageError
from qn_coverage.core.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

Stance = Literal["supports", "contradicts"]
Kind = Literal["report", "computed"]
Subject = Literal["holes", "population", "villages"]
"""What a sentence is about: no hole left, everyone covered, the villages of the programme."""

ADMISSIBLE: Final = frozenset({"measured", "published", "gazetteer", "estimated"})
"""Origins of a place or a report that may be evidence: ``estimated`` is a published place whose
position is known only to a radius."""

FIRM: Final = frozenset({"measured", "published"})
"""Origins of a sector from which a place may be computed as evidence."""

NO_SIGNAL: Final = frozenset({"no_signal", "not_covered"})
"""Verdicts on a village that speak against a sentence; a weak signal under an assumed rule is not
enough."""

PROGRAMME_VILLAGES: Final = 105
"""Villages of the founding text."""


class ModelledEvidenceError(CoverageError):
    """Something modelled was offered as evidence."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that speaks for or against a sentence.

    Attributes
    ----------
    stance, kind, origin
        On which side, from where, and how firm (an origin of `core.schema.ORIGINS`).
    place
        What it is about, as a reader knows it.
    says_vi, says_en
        What it says.
    since, until
        First and last day that it speaks of; None for open. Both None: undated.
    source, published
        Citation and its day as printed there (text: often only a month is known).
    whole
        Whether it speaks of everything that the sentence speaks of, not of one part.
    """

    stance: Stance
    kind: Kind
    origin: str
    place: str
    says_vi: str
    says_en: str
    since: date | None
    until: date | None
    source: str
    published: str = ""
    whole: bool = False


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of a table as mappings from column to value."""
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]


def admissible(origin: object) -> bool:
    """Whether a place or a report of this origin may be evidence; what is unknown may not."""
    return isinstance(origin, str) and origin in ADMISSIBLE


def admissible_rows(table: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Rows of a village table that may be evidence, shape (n,)."""
    return np.array([admissible(origin) for origin in table["origin"]], dtype=np.bool_)


def firm_rows(sectors: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Sectors from which evidence may be computed, shape (n,): take them *before* computing."""
    return np.array([origin in FIRM for origin in sectors["origin"]], dtype=np.bool_)


def village_reports(villages: pd.DataFrame, subject: Subject, day: date) -> tuple[Evidence, ...]:
    """Published reports that a village got its signal on a known day.

    A village first served after the day speaks against a sentence about that day; of a sentence
    about the programme, only its own villages speak. If all of those were served by then, they
    speak for it together, and wholly so once there are `PROGRAMME_VILLAGES`.

    Parameters
    ----------
    villages
        Rows as in `core.schema.VILLAGES`; only ``served_from`` of admissible rows is used.
    subject
        What the sentence is about.
    day
        The day that it speaks of.
    """
    if "served_from" not in villages:
        return ()
    rows = villages[admissible_rows(villages)]
    rows = rows[pd.to_datetime(rows["served_from"]).notna()]
    if subject == "villages":
        rows = rows[rows["in_programme"].astype(bool)]
    found = [_served(row) for row in records(rows)]
    against = tuple(late for late, _ in found if late.until is not None and late.until >= day)
    if subject == "villages" and found and not against:
        return (_served_together([served for _, served in found]),)
    return against


def station_reports(sectors: pd.DataFrame, place: str, day: date) -> tuple[Evidence, ...]:
    """What a real list of stations says about a station at a named place on a day.

    Parameters
    ----------
    sectors
        Rows as in `core.schema.SECTORS`; only firm rows whose ``name`` holds the place count.
    place
        Name, compared without accents and case.
    day
        The day that the sentence speaks of.
    """
    rows = sectors[firm_rows(sectors)]
    named = [fold(place) in fold(str(name)) for name in rows.get("name", pd.Series(dtype=object))]
    rows = rows[np.array(named, dtype=np.bool_)] if len(rows) else rows
    rows = rows[pd.to_datetime(rows["on_air"]).notna()].sort_values("on_air")
    if rows.empty:
        return ()
    first = records(rows.head(1))[0]
    late, served = _served(first | {"name_vi": place, "served_from": first["on_air"]})
    return (late,) if late.until is not None and late.until >= day else (served,)


def computed_places(
    villages: pd.DataFrame,
    verdicts: pd.Series[str],
    sectors: pd.DataFrame,
    *,
    subject: Subject,
    day: date,
    rule: str,
    complete: bool,
) -> tuple[Evidence, ...]:
    """Villages computed to be without signal, from a network that is real and whole.

    Parameters
    ----------
    villages
        Rows as in `core.schema.VILLAGES`; rows that are not admissible are left out.
    verdicts
        Verdict on each village on the day, from coverage computed with just these sectors. Weigh
        a village's disc by land: the population grid is modelled.
    sectors
        The sectors that the verdicts were computed from: all of them must be firm.
    subject, day
        As in `village_reports`.
    rule
        Id and version of the verdict rule, named in the evidence.
    complete
        Whether whoever gave the sectors says that they are *all* sectors on air on the day. From
        part of a network a place without signal cannot be concluded, so nothing is.

    Raises
    ------
    ModelledEvidenceError
        A sector that is not firm was used.
    """
    soft = sorted({str(origin) for origin in sectors["origin"]} - FIRM)
    if soft:
        raise ModelledEvidenceError(
            f"coverage computed with sectors of origin {', '.join(soft)} is no evidence: "
            "take firm_rows of the sectors before computing"
        )
    if not complete or sectors.empty:
        return ()
    keep = admissible_rows(villages)
    if subject == "villages":
        keep &= villages["in_programme"].to_numpy(dtype=bool)
    rows, judged = villages[keep], verdicts.to_numpy(dtype=object)[keep]
    without = np.isin(judged.astype(str), sorted(NO_SIGNAL))
    against = tuple(_computed(row, day, rule) for row in records(rows[without]))
    if subject == "villages" and not against:
        return tuple(_all_served(judged, day, rule))
    return against


def _served(row: dict[str, Any]) -> tuple[Evidence, Evidence]:
    """The two halves of one report: no signal until the day before, signal from the day on."""
    first = pd.Timestamp(row["served_from"]).date()
    vi, en = _households(row)
    common: dict[str, Any] = {
        "kind": "report",
        "origin": row["origin"],
        "place": _place(row),
        "source": _text(row, "source"),
    }
    return (
        Evidence(
            stance="contradicts",
            says_vi=f"{vi}chưa có sóng cho đến ngày {first:%d/%m/%Y}",
            says_en=f"{en}no signal before {first:%Y-%m-%d}",
            since=None,
            until=first - timedelta(days=1),
            **common,
        ),
        Evidence(
            stance="supports",
            says_vi=f"có sóng từ ngày {first:%d/%m/%Y}",
            says_en=f"signal since {first:%Y-%m-%d}",
            since=first,
            until=None,
            **common,
        ),
    )


def _households(row: dict[str, Any]) -> tuple[str, str]:
    count = row.get("households")
    return ("", "") if pd.isna(count) else (f"{int(count)} hộ, ", f"{int(count)} households, ")


def _served_together(served: list[Evidence]) -> Evidence:
    days = [item.since for item in served if item.since is not None]
    return Evidence(
        stance="supports",
        kind="report",
        origin="published",
        place=f"{len(served)} thôn, bản",
        says_vi=f"có sóng chậm nhất từ ngày {max(days):%d/%m/%Y}",
        says_en=f"signal since {max(days):%Y-%m-%d} at the latest",
        since=max(days),
        until=None,
        source="; ".join(sorted({item.source for item in served})),
        whole=len(served) >= PROGRAMME_VILLAGES,
    )


def _place(row: dict[str, Any]) -> str:
    """Name with its commune, as the press writes it."""
    commune = _text(row, "former_commune")
    return f"{row['name_vi']}, {commune}" if commune else str(row["name_vi"])


def _text(row: dict[str, Any], key: str) -> str:
    value = row.get(key)
    return "" if pd.isna(value) else str(value)


def _computed(row: dict[str, Any], day: date, rule: str) -> Evidence:
    return Evidence(
        stance="contradicts",
        kind="computed",
        origin=row["origin"],
        place=_place(row),
        says_vi=f"tính toán theo quy tắc {rule}: không có sóng",
        says_en=f"computed under rule {rule}: no signal",
        since=day,
        until=day,
        source="computed from the network given",
    )


def _all_served(judged: npt.NDArray[np.object_], day: date, rule: str) -> Iterator[Evidence]:
    if len(judged) >= PROGRAMME_VILLAGES and all(verdict == "covered" for verdict in judged):
        yield Evidence(
            stance="supports",
            kind="computed",
            origin="published",
            place=f"{len(judged)} thôn, bản",
            says_vi=f"tính toán theo quy tắc {rule}: tất cả có sóng",
            says_en=f"computed under rule {rule}: all have signal",
            since=day,
            until=day,
            source="computed from the network given",
            whole=True,
        )
