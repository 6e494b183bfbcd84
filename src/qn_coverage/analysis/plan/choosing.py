"""The choice of a prepared request, under any of the cases, and its solution."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from qn_coverage.analysis.plan import requirements
from qn_coverage.analysis.plan.model import PlanError, build
from qn_coverage.analysis.plan.present import unserved_under
from qn_coverage.analysis.plan.solve import solve
from qn_coverage.core.progress import SILENT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from qn_coverage.analysis.plan.demand import Demand
    from qn_coverage.analysis.plan.model import Model
    from qn_coverage.analysis.plan.preparing import Prepared
    from qn_coverage.analysis.plan.solve import Plan
    from qn_coverage.core.plan_request import PlanRequest
    from qn_coverage.core.progress import Progress


def model_of(
    ready: Prepared, request: PlanRequest | None = None, *, case: int = 0, scale: float = 1.0
) -> Model:
    """The choice under one case.

    Parameters
    ----------
    ready
        From `prepared`.
    request
        With another goal, other pins, bans or floors than what was prepared for; measure, demand
        and candidates must be the same.
    case
        Number of the case in `Engine.cases`.
    scale
        Times the budget or the number of sites.

    Raises
    ------
    PlanError
        The request differs in what candidates rest on, or names what does not exist.
    """
    wish = request or ready.request
    _check_same(ready.request, wish)
    measure, goal, points = wish.goal.measure, wish.goal, ready.scene.demand
    known = set(ready.proposal.ids)
    strange = [name for name in wish.pin if name not in known]
    if strange:
        raise PlanError(f"pinned {', '.join(map(repr, strange))}: no candidate that may be built")
    gain = ready.reach.gain[case]
    today = today_under(ready, case)
    floors = requirements.floors_of(
        replace(points, commune_now=today.commune_now),
        gain,
        ready.lost_people,
        wish.floor,
        codes=ready.present.commune_codes,
    )
    return build(
        ready.proposal.ids,
        np.arange(points.points),
        gain,
        points.per_point(measure),
        ready.table["cost_vnd"].to_numpy(dtype=np.float64),
        budget=None if goal.budget_vnd is None else goal.budget_vnd * scale,
        sites=None if goal.sites is None else max(round(goal.sites * scale), 0),
        target=None
        if goal.target is None
        else max(goal.target * points.totals[measure] - today.now[measure], 0.0),
        loss=ready.lost[measure],
        floors=floors,
        servers=ready.servers,
        group=ready.proposal.groups,
        pinned=wish.pin,
        banned=[
            *(name for name in wish.ban if name in known),
            *_not_worth_the_way(ready, wish),
        ],
    )


def planned(
    ready: Prepared,
    request: PlanRequest | None = None,
    *,
    start: Sequence[str] = (),
    cancelled: Callable[[], bool] = lambda: False,
    progress: Progress = SILENT,
) -> Plan:
    """Choose; see `solve.solve`."""
    wish = request or ready.request
    return solve(
        model_of(ready, wish),
        time_limit_s=wish.solver.time_limit_s,
        gap=wish.solver.gap,
        start=start,
        cancelled=cancelled,
        stage=lambda title: progress.stage(f"choose: {title}"),
    )


def _not_worth_the_way(ready: Prepared, wish: PlanRequest) -> list[str]:
    """Candidates that add too little to be built with the last of the money."""
    goal = wish.goal
    if goal.target is not None or wish.floor or wish.villages.servers:
        return []
    alone = ready.table[f"{goal.measure}_alone"].to_numpy(dtype=np.float64)
    net = alone - ready.lost[goal.measure]
    few = net < goal.least_part * net.max()
    pinned = set(wish.pin)
    return [
        name
        for name, left_out in zip(ready.proposal.ids, few, strict=True)
        if left_out and name not in pinned and name not in wish.ban
    ]


def _check_same(prepared_for: PlanRequest, wish: PlanRequest) -> None:
    fixed = ("demand", "candidates", "layers", "costs", "move", "add", "villages")
    changed = [name for name in fixed if getattr(prepared_for, name) != getattr(wish, name)]
    if prepared_for.goal.measure != wish.goal.measure:
        changed.append("goal.measure")
    if wish.floor and not prepared_for.floor:
        changed.append("floor")
    if changed:
        raise PlanError(
            f"the candidates were prepared for another {', '.join(changed)}; prepare them again"
        )


def today_under(ready: Prepared, case: int) -> Demand:
    """What is served today, reckoned under a case."""
    if case == 0:
        return ready.cells
    return unserved_under(ready.present, ready.request, ready.ground, ready.engine.cases[case])
