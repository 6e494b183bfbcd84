"""How a margin becomes a probability, as believed and as it might be instead."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from qn_coverage.analysis.probability import covered_probability
from qn_coverage.core.text import with_comma

if TYPE_CHECKING:
    import numpy.typing as npt

    from qn_coverage.analysis.error_model import ErrorModel
    from qn_coverage.analysis.probability import Criterion

THRESHOLD_STEP_DB: Final = 3.0


@dataclass(frozen=True, slots=True)
class Case:
    """One belief about levels.

    Attributes
    ----------
    code
        ``base``, ``threshold_up``, ``threshold_down``, ``model_low`` or ``model_high``.
    title_vi, title_en
        For the reader.
    shift_db
        Added to every margin over the bare threshold.
    criterion, error
        See `analysis.probability` and `analysis.error_model`.
    """

    code: str
    title_vi: str
    title_en: str
    shift_db: float
    criterion: Criterion
    error: ErrorModel

    def chance(self, margin_db: npt.ArrayLike) -> npt.NDArray[np.float32]:
        """Probability of coverage at margins over the bare threshold (dB), 0-1, same shape."""
        margin = np.asarray(margin_db, dtype=np.float32) + np.float32(self.shift_db)
        return covered_probability(margin, self.criterion, self.error)


def base_case(criterion: Criterion, error: ErrorModel) -> Case:
    """What the study believes."""
    return Case("base", "Phương án chính", "Base case", 0.0, criterion, error)


def standard_cases(
    criterion: Criterion, error: ErrorModel, *, step_db: float = THRESHOLD_STEP_DB
) -> tuple[Case, ...]:
    """The base case, the threshold a step up and down, the model one deviation wrong each way.

    The part of the error that reaches farthest is the one that all sites of an area share: it is
    set to one deviation above and below, the rest stays a doubt.
    """
    base = base_case(criterion, error)
    ranked = sorted(error.components, key=lambda part: part.range_m)
    area_db = ranked[-1].sigma_db if ranked else 0.0
    area_vi = with_comma(f"{area_db:.1f}")
    local = replace(error, components=tuple(ranked[:-1]))
    return (
        base,
        replace(
            base,
            code="threshold_up",
            title_vi=f"Ngưỡng cao hơn {step_db:g} dB",
            title_en=f"Threshold {step_db:g} dB higher",
            shift_db=-step_db,
        ),
        replace(
            base,
            code="threshold_down",
            title_vi=f"Ngưỡng thấp hơn {step_db:g} dB",
            title_en=f"Threshold {step_db:g} dB lower",
            shift_db=step_db,
        ),
        replace(
            base,
            code="model_low",
            title_vi=f"Mức thật thấp hơn dự báo {area_vi} dB",
            title_en=f"True levels {area_db:.1f} dB below the model",
            shift_db=-area_db,
            error=local,
        ),
        replace(
            base,
            code="model_high",
            title_vi=f"Mức thật cao hơn dự báo {area_vi} dB",
            title_en=f"True levels {area_db:.1f} dB above the model",
            shift_db=area_db,
            error=local,
        ),
    )
