"""Which picks survive if the model errs, the threshold is another, or the money changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from qn_coverage.analysis.plan.model import PlanError
from qn_coverage.analysis.plan.solve import solve

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy.typing as npt

    from qn_coverage.analysis.plan.model import Model
    from qn_coverage.analysis.plan.solve import Plan

KEPT, NEAR, DROPPED = "kept", "near", "dropped"

NEAR_M: Final = 1500.0
"""A pick of another case so near to a pick is the same idea: the next hill top, the other edge."""

BUDGET_STEP: Final = 0.2


@dataclass(frozen=True, slots=True, eq=False)
class Variation:
    """One thing that may be otherwise: its names, and the model that follows from it."""

    code: str
    title_vi: str
    title_en: str
    model: Callable[[], Model]


@dataclass(frozen=True, slots=True, eq=False)
class Sensitivity:
    """What changes.

    Attributes
    ----------
    runs
        One row a variation: ``code``, ``title_vi``, ``title_en``, ``status`` (of the plan, or
        ``impossible``), ``sites``, ``cost_vnd``, ``value``, ``gap``, ``kept`` (picks of the plan
        that are chosen again), ``message`` (why it is impossible).
    survival
        One row a pick: ``candidate_id``, one column a variation with ``kept``, ``near`` (a site
        within `NEAR_M` is chosen instead) or ``dropped``, and ``survives``, the share of possible
        variations in which it is kept or near.
    """

    runs: pd.DataFrame
    survival: pd.DataFrame


def sensitivity_of(
    plan: Plan,
    variations: Sequence[Variation],
    positions_m: Mapping[str, tuple[float, float]],
    *,
    time_limit_s: float = 30.0,
    gap: float = 0.005,
    cancelled: Callable[[], bool] = lambda: False,
) -> Sensitivity:
    """Solve again under each variation and compare the picks.

    Parameters
    ----------
    plan
        The plan in question.
    variations
        What may be otherwise.
    positions_m
        Where every candidate stands.
    time_limit_s, gap
        Of each solve; HiGHS is not asked, so that many solves stay quick.
    cancelled
        As in `solve.solve`.
    """
    runs, columns = [], {}
    for variation in variations:
        other, message = _solved(variation, plan, time_limit_s, gap, cancelled)
        fates = _fates(plan.picks, None if other is None else other.picks, positions_m)
        if other is not None:
            columns[variation.code] = fates
        runs.append(_run(variation, other, message, fates))
    survival = pd.DataFrame({"candidate_id": list(plan.picks), **columns})
    lasting = [np.array(fates) != DROPPED for fates in columns.values()]
    survival["survives"] = np.mean(lasting, axis=0) if lasting else np.nan
    return Sensitivity(pd.DataFrame(runs), survival)


def _solved(
    variation: Variation,
    plan: Plan,
    time_limit_s: float,
    gap: float,
    cancelled: Callable[[], bool],
) -> tuple[Plan | None, str]:
    try:
        model = variation.model()
        known = set(model.ids)
        return (
            solve(
                model,
                time_limit_s=time_limit_s,
                gap=gap,
                exact=False,
                start=[name for name in plan.picks if name in known],
                cancelled=cancelled,
            ),
            "",
        )
    except PlanError as error:
        return None, str(error)


def _run(
    variation: Variation, other: Plan | None, message: str, fates: list[str]
) -> dict[str, object]:
    return {
        "code": variation.code,
        "title_vi": variation.title_vi,
        "title_en": variation.title_en,
        "status": "impossible" if other is None else other.status,
        "sites": 0 if other is None else len(other.picks),
        "cost_vnd": np.nan if other is None else other.score.cost,
        "value": np.nan if other is None else other.score.value,
        "gap": np.nan if other is None else other.gap,
        "kept": fates.count(KEPT),
        "message": message,
    }


def _fates(
    picks: Sequence[str],
    others: Sequence[str] | None,
    positions_m: Mapping[str, tuple[float, float]],
) -> list[str]:
    if others is None:
        return [DROPPED] * len(picks)
    where: npt.NDArray[np.float64] = np.array([positions_m[name] for name in others]).reshape(-1, 2)
    chosen = set(others)
    return [KEPT if name in chosen else _near(positions_m[name], where) for name in picks]


def _near(here: tuple[float, float], where: npt.NDArray[np.float64]) -> str:
    if not len(where):
        return DROPPED
    away = np.hypot(where[:, 0] - here[0], where[:, 1] - here[1])
    return NEAR if float(away.min()) <= NEAR_M else DROPPED
