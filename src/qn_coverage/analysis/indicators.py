"""The founding text's other figures, each beside what it is compared with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

import pandas as pd

from qn_coverage.analysis.claims import VERDICTS
from qn_coverage.analysis.evidence import records
from qn_coverage.core.text import with_comma

if TYPE_CHECKING:
    from collections.abc import Iterable

    from qn_coverage.analysis.claims import Judgement

Language = Literal["vi", "en"]

_OPTIONAL: Final = ("comparison", "comparison_vi", "comparison_en")


def compared(indicators: pd.DataFrame, judgements: Iterable[Judgement] = ()) -> pd.DataFrame:
    """Indicators with their comparison worked out; figures are told, not judged.

    Parameters
    ----------
    indicators
        Rows with ``indicator_id``, ``value``, ``unit`` (shares are fractions 0-1), ``comparison``,
        ``comparison_vi``, ``comparison_en`` (these three may be empty or left out).
    judgements
        Claims already judged: a figure of the same id carries their verdict.

    Returns
    -------
    The rows with ``difference`` (value less comparison), ``ratio``, ``told_vi``, ``told_en`` (one
    phrase for a reader) and ``verdict`` (of the claim, empty for none).
    """
    verdicts = {judgement.claim.claim_id: judgement.verdict for judgement in judgements}
    whole = indicators.reindex(columns=[*dict.fromkeys([*indicators.columns, *_OPTIONAL])])
    value, other = pd.to_numeric(whole["value"]), pd.to_numeric(whole["comparison"])
    rows = records(whole)
    return whole.assign(
        difference=value - other,
        ratio=value / other,
        told_vi=[_told(row, "vi", verdicts.get(row["indicator_id"])) for row in rows],
        told_en=[_told(row, "en", verdicts.get(row["indicator_id"])) for row in rows],
        verdict=[verdicts.get(row["indicator_id"], "") for row in rows],
    )


def _told(row: dict[str, Any], language: Language, verdict: Any) -> str:
    phrase = _figure(row["value"], row["unit"], language)
    if not pd.isna(row["comparison"]):
        against = {"vi": "so với", "en": "against"}[language]
        other = _figure(row["comparison"], row["unit"], language)
        phrase += f" {against} {other} ({row[f'comparison_{language}']})"
        phrase += f", {_difference(row, language)}"
    if verdict is not None:
        phrase += f" [{VERDICTS[verdict][0 if language == 'vi' else 1]}]"
    return phrase


def _difference(row: dict[str, Any], language: Language) -> str:
    difference = float(row["value"]) - float(row["comparison"])
    if row["unit"] == "share":
        points = {"vi": "điểm phần trăm", "en": "percentage points"}[language]
        return _localised(f"{100 * difference:+.3g} {points}", language)
    return _localised(f"{difference:+.3g}", language)


def _figure(value: float, unit: str, language: Language) -> str:
    if unit == "share":
        return _localised(f"{100 * float(value):.4g} %", language)
    if float(value).is_integer():
        return f"{int(value):,}".replace(",", "." if language == "vi" else ",")
    return _localised(f"{float(value):.6g}", language)


def _localised(text: str, language: Language) -> str:
    """Vietnamese writes a decimal comma."""
    return with_comma(text) if language == "vi" else text
