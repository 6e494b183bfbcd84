"""Is the sentence true? Judged by evidence that speaks of its day; nothing modelled is evidence.

Three verdicts: ``supported``, ``contradicted`` (by which report or computed place) and
``not_testable`` with this data (and what file would make it testable). `docs/rules.md` states how
each sentence is read.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, Literal

import pandas as pd

from qn_coverage.analysis.evidence import admissible, station_reports, village_reports
from qn_coverage.analysis.statements import reports_of
from qn_coverage.core.spans import span_of
from qn_coverage.core.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from qn_coverage.analysis.claim_texts import Reading
    from qn_coverage.analysis.evidence import Evidence
    from qn_coverage.analysis.statements import Claim

Verdict = Literal["supported", "contradicted", "not_testable"]
Bearing = Literal["decides", "own-source", "later", "earlier", "day-unknown", "part"]

VERDICTS: Final[Mapping[Verdict, tuple[str, str]]] = MappingProxyType(
    {
        "supported": ("có bằng chứng ủng hộ", "supported"),
        "contradicted": ("mâu thuẫn với bằng chứng", "contradicted"),
        "not_testable": ("chưa kiểm chứng được với dữ liệu này", "not testable with this data"),
    }
)
"""Vietnamese and English name of each verdict."""

BEARINGS: Final[Mapping[Bearing, tuple[str, str]]] = MappingProxyType(
    {
        "decides": ("quyết định", "decides"),
        "own-source": ("cùng nguồn với câu được kiểm", "same source as the sentence"),
        "later": ("nói về ngày sau đó", "speaks of a later day"),
        "earlier": ("nói về ngày trước đó", "speaks of an earlier day"),
        "day-unknown": ("không rõ nói về ngày nào", "day not known well enough"),
        "part": ("chỉ nói về một phần", "speaks of a part only"),
    }
)
"""Why a piece of evidence decides or does not."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is found about a claim.

    Attributes
    ----------
    claim, verdict
        The sentence and what became of it.
    by
        Evidence that decides.
    besides
        Admissible evidence that does not decide, and why.
    """

    claim: Claim
    verdict: Verdict
    by: tuple[Evidence, ...]
    besides: tuple[tuple[Evidence, Bearing], ...]


def evidence_of(
    claim: Claim, *, claims: pd.DataFrame, villages: pd.DataFrame, sectors: pd.DataFrame
) -> tuple[Evidence, ...]:
    """All reports about a claim that the tables hold; modelled rows are left out.

    Places computed from a real network are not among them: see `evidence.computed_places`.
    """
    found = reports_of(claims, claim)
    if claim.day is None:
        return found
    if claim.reading.subject is not None:
        found += village_reports(villages, claim.reading.subject, claim.day)
    if claim.reading.scope == "one":
        found += station_reports(sectors, claim.place, claim.day)
    return found


def judge_claims(
    claims: Iterable[Claim], evidence: Mapping[str, Sequence[Evidence]]
) -> tuple[Judgement, ...]:
    """Verdict on each claim.

    Parameters
    ----------
    claims
        From `statements.claims_of`.
    evidence
        What there is about each claim, by ``claim_id``. Whatever is not `evidence.admissible` is
        left out as if it were not there.
    """
    return tuple(_judge(claim, evidence.get(claim.claim_id, ())) for claim in claims)


def claims_table(judgements: Iterable[Judgement]) -> pd.DataFrame:
    """Judgements as rows for people, in both languages.

    Columns ``claim_id``, ``text_vi``, ``text_en``, ``day``, ``place``, ``source``, ``verdict``,
    ``verdict_vi``, ``verdict_en``, ``by_vi``, ``by_en``, ``besides_vi``, ``besides_en``,
    ``reading_vi``, ``reading_en``, ``needs_vi``, ``needs_en`` (empty once the claim is settled).
    """
    return pd.DataFrame([_row(judgement) for judgement in judgements])


def _judge(claim: Claim, evidence: Sequence[Evidence]) -> Judgement:
    weighed = [(item, _bearing(claim, item)) for item in evidence if admissible(item.origin)]
    deciding = [item for item, bearing in weighed if bearing == "decides"]
    verdict = _verdict(claim.reading, deciding)
    by = tuple(item for item in deciding if _agrees(item, verdict))
    told = {item.source for item in by if item.source}  # one report is told once
    besides = tuple((item, bearing) for item, bearing in weighed if item.source not in told)
    return Judgement(claim, verdict, by, besides)


def _verdict(reading: Reading, deciding: Sequence[Evidence]) -> Verdict:
    stances = {item.stance for item in deciding}
    if reading.scope == "none" or not stances:
        return "not_testable"
    if stances == {"supports"}:
        return "supported"
    # One real place against "every" outweighs a sweeping report; two reports on one thing do not.
    if reading.scope == "every" or stances == {"contradicts"}:
        return "contradicted"
    return "not_testable"


def _agrees(item: Evidence, verdict: Verdict) -> bool:
    return (item.stance, verdict) in {("supports", "supported"), ("contradicts", "contradicted")}


def _bearing(claim: Claim, item: Evidence) -> Bearing:
    if item.source == claim.source:
        return "own-source"
    when = _when(claim, item)
    if when == "later":
        return "later"
    if claim.reading.scope == "every" and item.stance == "supports" and not item.whole:
        return "part"
    return when


def _when(claim: Claim, item: Evidence) -> Bearing:
    """Whether the days that a report speaks of hold the day of the claim."""
    if claim.day is None:
        return "day-unknown"
    if item.since is None and item.until is None:
        printed = span_of(item.published)
        if printed is not None and printed[0] > claim.day:
            return "later"
        return "day-unknown"
    if item.since is not None and item.since > claim.day:
        return "later"
    if item.until is not None and item.until < claim.day:
        return "earlier"
    return "decides"


def _row(judgement: Judgement) -> dict[str, Any]:
    claim, reading = judgement.claim, judgement.claim.reading
    open_question = judgement.verdict == "not_testable"
    return {
        "claim_id": claim.claim_id,
        "text_vi": claim.text_vi,
        "text_en": claim.text_en,
        "day": claim.day,
        "place": claim.place,
        "source": claim.source,
        "verdict": judgement.verdict,
        "verdict_vi": VERDICTS[judgement.verdict][0],
        "verdict_en": VERDICTS[judgement.verdict][1],
        "by_vi": "; ".join(_told(item, "vi") for item in judgement.by),
        "by_en": "; ".join(_told(item, "en") for item in judgement.by),
        "besides_vi": "; ".join(
            f"{_told(item, 'vi')} [{BEARINGS[why][0]}]" for item, why in judgement.besides
        ),
        "besides_en": "; ".join(
            f"{_told(item, 'en')} [{BEARINGS[why][1]}]" for item, why in judgement.besides
        ),
        "reading_vi": reading.reading_vi,
        "reading_en": reading.reading_en,
        "needs_vi": reading.needs_vi if open_question else "",
        "needs_en": reading.needs_en if open_question else "",
    }


def _told(item: Evidence, language: Literal["vi", "en"]) -> str:
    says = item.says_vi if language == "vi" else item.says_en
    place = "" if fold(item.place) in fold(says) else f"{item.place}: "
    printed = f", {item.published}" if item.published else ""
    return f"{place}{says} ({item.source}{printed})"
