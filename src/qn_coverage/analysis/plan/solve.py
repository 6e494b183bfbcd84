"""The search for the best plan: greedy, Lagrangian bound, exchange in its light, bundles, HiGHS.

Each stage leaves a plan that is at least as good and a bound that is at least as tight, so whenever
the time is up, or the user interrupts, the best plan so far comes back with its proven gap.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from qn_coverage.analysis.plan import milp
from qn_coverage.analysis.plan.annealing import annealed
from qn_coverage.analysis.plan.bound import bounded, settled
from qn_coverage.analysis.plan.bundles import tightened
from qn_coverage.analysis.plan.core_model import reduced, taken
from qn_coverage.analysis.plan.exchange import cheapened, improved, shaken
from qn_coverage.analysis.plan.feasible import check_possible, contradictory, too_dear
from qn_coverage.analysis.plan.greedy import cover, filled, greedy, pruned
from qn_coverage.analysis.plan.model import rows_of, score
from qn_coverage.analysis.plan.standing import better, fits, stand

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    import numpy.typing as npt

    from qn_coverage.analysis.plan.bound import Bound
    from qn_coverage.analysis.plan.core_model import Core
    from qn_coverage.analysis.plan.model import Model, Score
    from qn_coverage.analysis.plan.standing import Standing

Status = Literal["optimal", "within_gap", "search_ended", "time_limit", "interrupted"]

PROVEN_GAP: Final = 1e-6
"""Relative gap below which a plan counts as optimal."""

EXACT_ARCS: Final = 60_000
"""More arcs than this are not handed to HiGHS: it would not solve the first relaxation in time."""

KERNEL_ARCS: Final = 60_000
"""Arcs of the best liked candidates that HiGHS gets instead; it proves nothing for the rest."""

_KERNEL: Final = 400
_ROUNDS: Final = 40


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """What to build, and how good it is proven to be.

    Attributes
    ----------
    picks
        Identifiers of the chosen candidates, sorted; pins included.
    score
        What they give, from the definition.
    bound
        No plan gains more (in units of weight), or with a target: costs less (VND).
    gap
        (bound - value) / bound, or (cost - bound) / cost; above 1 where floors force a plan to lose
        more than it gains.
    status
        ``optimal`` (gap below `PROVEN_GAP`), ``within_gap`` (below the gap asked for),
        ``search_ended`` (too large for an exact proof), ``time_limit`` or ``interrupted``.
    greedy
        Gain (with a target: cost) of the greedy plan, for comparison.
    """

    picks: tuple[str, ...]
    score: Score
    bound: float
    gap: float
    status: Status
    greedy: float


@dataclass(frozen=True, slots=True)
class _Clock:
    """When to stop: at a time, or when the user says so."""

    ends: float
    cancelled: Callable[[], bool]

    def left_s(self) -> float:
        return self.ends - time.monotonic()

    def stopped(self) -> bool:
        return self.left_s() <= 0.0 or self.cancelled()


@dataclass(slots=True, eq=False)
class _Search:
    core: Core
    best: Standing
    bound: float
    greedy: Standing
    prices: Bound | None = None


def solve(
    model: Model,
    *,
    time_limit_s: float = 120.0,
    gap: float = 0.005,
    exact: bool = True,
    start: Iterable[str] = (),
    cancelled: Callable[[], bool] = lambda: False,
    stage: Callable[[str], None] = lambda _title: None,
) -> Plan:
    """Best plan that is found within the time, with its gap.

    Parameters
    ----------
    model
        From `model.build`.
    time_limit_s
        Seconds after which the best plan so far is returned. As long as it is not reached, the
        same model gives the same plan.
    gap
        Relative gap that is good enough.
    exact
        Whether HiGHS may be asked; without it the plan rests on the search and the bound.
    start
        A plan to start from, e.g. of a smaller budget: the answer is never worse.
    cancelled
        Asked often; True ends the search with what is known. Without it a `KeyboardInterrupt` does
        so; one that comes when this is True already is passed on.
    stage
        Told what begins.

    Raises
    ------
    PlanError
        The request cannot be met; the message says what would make it possible.
    """
    check_possible(model)
    clock = _Clock(time.monotonic() + time_limit_s, cancelled)
    core = reduced(model)
    stage("greedy plan")
    first = _first_plan(model, core, rows_of(model, start), clock)
    unknown = np.inf if core.target is None else 0.0
    search = _Search(core, first, unknown, first)
    interrupted = False
    try:
        if core.size == 0:
            search.bound = first.value if core.target is None else first.use
        else:
            _work(search, gap, clock, exact=exact, stage=stage)
    except KeyboardInterrupt:
        if cancelled():  # whoever asked the search to end already, and asks again, wants no plan
            raise
        interrupted = True
    interrupted = interrupted or cancelled()
    return _plan(model, search, gap, interrupted=interrupted, late=clock.left_s() <= 0.0)


def _work(
    search: _Search,
    gap: float,
    clock: _Clock,
    *,
    exact: bool,
    stage: Callable[[str], None],
) -> None:
    stopped = clock.stopped
    stage("bound")
    search.prices = bounded(search.core, search.best, enough=gap, stopped=stopped)
    _tighten(search, search.prices.value)
    if _gap(search) <= gap or stopped():
        return
    stage("exchange")
    _offer(search, _improved_in_kernel(search, stopped))
    _offer(search, _polished(search.core, search.best, stopped))
    if _gap(search) <= gap or stopped():
        return
    if _beyond_exact(search, search.prices):
        stage("bound of bundles")
        tight = tightened(search.core, search.best, search.prices, enough=gap, stopped=stopped)
        _tighten(search, tight)
    if _gap(search) <= gap or stopped() or not exact:
        return
    stage("exact")
    _exact(search, gap, clock)
    _offer(search, _polished(search.core, search.best, stopped))


def _first_plan(model: Model, core: Core, start: npt.NDArray[np.int64], clock: _Clock) -> Standing:
    """Greedy plan that meets every requirement within the limit, or the given one if better."""
    plan = greedy(core)
    if core.size == 0 and not plan.complete:
        raise contradictory(model, proven=True)
    given = stand(core, np.flatnonzero(np.isin(core.index, start)))
    if fits(core, given.use) and better(core, given, plan):
        plan = given
    if not plan.complete:
        plan = improved(core, plan, stopped=clock.stopped)
    return plan if plan.complete else _met(model, core, clock)


def _met(model: Model, core: Core, clock: _Clock) -> Standing:
    """Plan that meets hard requirements: first at any price, then cheaper, then by HiGHS."""
    plan = cheapened(core, pruned(core, cover(core, limit=float("inf"))), stopped=clock.stopped)
    if plan.complete and fits(core, plan.use):
        return filled(core, plan, by_use=True)
    job = milp.programme(core, cheapest=True)
    answer = milp.solved(core, job, time_limit_s=clock.left_s(), gap=0.0, stopped=clock.cancelled)
    if answer.picks is not None:
        exact = stand(core, answer.picks)
        if exact.complete and (not plan.complete or exact.use < plan.use):
            plan = exact
        if plan.complete and fits(core, plan.use):
            return filled(core, plan, by_use=True)
    pinned = float(model.use[model.pinned].sum())
    if not plan.complete:
        raise contradictory(model, proven=answer.infeasible)
    proven = bool(np.isclose(answer.bound, plan.use, rtol=1e-6))
    raise too_dear(model, pinned + plan.use, proven=proven)


def _polished(core: Core, plan: Standing, stopped: Callable[[], bool]) -> Standing:
    """The plan after single steps among all candidates."""
    if core.target is not None:
        return pruned(core, plan)
    return improved(core, plan, stopped=stopped)


def _improved_in_kernel(search: _Search, stopped: Callable[[], bool]) -> Standing:
    """Local search, and from there random steps, among the candidates that the relaxation likes."""
    core, prices = search.core, search.prices
    if prices is None:
        return search.best
    rows = np.sort(_liked(search, prices)[:_KERNEL])
    small = taken(core, rows)
    plan = stand(small, np.searchsorted(rows, np.sort(search.best.picks)))
    if core.target is None:
        plan = improved(small, plan, stopped=stopped)
    else:
        plan = annealed(small, plan, rate=prices.rate, stopped=stopped)
        plan = cheapened(small, plan, stopped=stopped)
    if core.target is None or len(core.floor_need) or len(core.server_need):
        plan = shaken(small, plan, rounds=_ROUNDS, stopped=stopped)
    return stand(core, rows[plan.picks])


def _liked(search: _Search, prices: Bound) -> npt.NDArray[np.int64]:
    """Candidates by how much the relaxation likes them, those of the best plan first."""
    profit = prices.worth - prices.rate * search.core.use
    liking = np.where(prices.leaning > 1e-3, 1e6 + prices.leaning, profit / search.core.use)
    liking[search.best.picks] = np.inf
    return np.argsort(-liking, kind="stable")


def _beyond_exact(search: _Search, prices: Bound) -> bool:
    """Whether more is left unsettled than HiGHS is given whole."""
    out, _ = settled(search.core, prices, search.best)
    return int(np.diff(search.core.start)[~out].sum()) > EXACT_ARCS


def _exact(search: _Search, gap: float, clock: _Clock) -> None:
    """HiGHS on what is not settled yet, or, where that is too much, on the best liked of it."""
    core, prices = search.core, search.prices
    if prices is None:
        return
    out, inside = settled(core, prices, search.best)
    rows = np.flatnonzero(~out)
    arcs = np.diff(core.start)
    whole = int(arcs[rows].sum()) <= EXACT_ARCS
    if not whole:
        liked = _liked(search, prices)
        liked = liked[np.isin(liked, rows) | np.isin(liked, search.best.picks)]
        rows = np.sort(liked[np.cumsum(arcs[liked]) <= KERNEL_ARCS])
    small = taken(core, rows)
    job = milp.programme(small, inside=inside[rows])
    close = 0.1 * gap + 0.1 * PROVEN_GAP
    answer = milp.solved(
        small, job, time_limit_s=clock.left_s(), gap=close, stopped=clock.cancelled
    )
    if answer.picks is not None:
        found = stand(core, rows[answer.picks])
        if fits(core, found.use):
            _offer(search, found)
    if whole and np.isfinite(answer.bound):
        # What was settled away cannot beat the plan of that time: the bound holds for the rest.
        _tighten(search, _with_best(core, answer.bound, search.best))


def _with_best(core: Core, bound: float, best: Standing) -> float:
    return max(bound, best.value) if core.target is None else min(bound, best.use)


def _offer(search: _Search, plan: Standing) -> None:
    if plan.complete and better(search.core, plan, search.best):
        search.best = plan


def _tighten(search: _Search, bound: float) -> None:
    if search.core.target is None:
        search.bound = max(min(search.bound, bound), search.best.value)
    else:
        search.bound = min(max(search.bound, bound), search.best.use)


def _gap(search: _Search) -> float:
    if search.core.target is None:
        return (search.bound - search.best.value) / max(search.bound, 1e-300)
    return (search.best.use - search.bound) / max(search.best.use, 1e-300)


def _plan(model: Model, search: _Search, gap: float, *, interrupted: bool, late: bool) -> Plan:
    pins = np.flatnonzero(model.pinned)
    base = score(model, pins)
    rows = np.sort(np.concatenate([pins, search.core.index[search.best.picks]]))
    got = score(model, rows)
    if search.core.target is None:
        bound = max(base.value + search.bound, got.value)
        distance = (bound - got.value) / bound if bound > 0.0 else 0.0
        simple = base.value + search.greedy.value
    else:
        bound = min(base.cost + search.bound, got.cost)
        distance = (got.cost - bound) / got.cost if got.cost > 0.0 else 0.0
        simple = base.cost + search.greedy.cost
    return Plan(
        picks=tuple(model.ids[j] for j in rows),
        score=got,
        bound=bound,
        gap=distance,
        status=_status(distance, gap, interrupted=interrupted, late=late),
        greedy=simple,
    )


def _status(distance: float, gap: float, *, interrupted: bool, late: bool) -> Status:
    if distance <= PROVEN_GAP:
        return "optimal"
    if distance <= gap:
        return "within_gap"
    if interrupted:
        return "interrupted"
    return "time_limit" if late else "search_ended"
