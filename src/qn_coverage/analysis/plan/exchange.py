"""Local search: swap, add and drop candidates as long as the plan gets better."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from qn_coverage.analysis.plan import kernels
from qn_coverage.analysis.plan.greedy import cover, filled, pruned
from qn_coverage.analysis.plan.model import FREE
from qn_coverage.analysis.plan.standing import (
    better,
    fits,
    open_to,
    pressing_extra,
    pressing_weight,
    stand,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from qn_coverage.analysis.plan.core_model import Core
    from qn_coverage.analysis.plan.standing import Standing

_TRIED: Final = 24
"""Swaps that are evaluated exactly in each step; the first that improves is made."""

_STEPS: Final = 1000

_WORTH_TRYING: Final = 1.03
"""A rebuilt plan at most so much dearer than the best may still become cheaper."""


def improved(
    core: Core,
    now: Standing,
    *,
    limit: float | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> Standing:
    """Best plan that single swaps, additions and removals reach from `now` within the limit."""
    for _ in range(_STEPS):
        if stopped():
            break
        step = _best_step(core, now, limit)
        if step is None:
            break
        now = step
    return now


def shaken(
    core: Core,
    best: Standing,
    *,
    rounds: int,
    seed: int = 0,
    stopped: Callable[[], bool] = lambda: False,
) -> Standing:
    """Iterated local search: drop a few picks at random, fill up, improve, keep what is better.

    Parameters
    ----------
    core
        The choice.
    best
        Plan that meets every requirement.
    rounds
        How often; the same rounds and seed give the same plan.
    """
    random = np.random.default_rng(seed)
    for turn in range(rounds):
        if stopped() or len(best.picks) < 2:
            break
        dropped = min(len(best.picks) - 1, 2 + turn % 3)
        kept = random.permutation(len(best.picks))[dropped:]
        trial = _rebuilt(core, best.picks[np.sort(kept)], random)
        if core.target is None:
            trial = improved(core, trial, stopped=stopped)
        elif trial.complete and trial.use < best.use * _WORTH_TRYING:
            trial = cheapened(core, trial, tries=2, stopped=stopped)
        if better(core, trial, best):
            best = trial
    return best


def cheapened(
    core: Core, best: Standing, *, tries: int = 12, stopped: Callable[[], bool] = lambda: False
) -> Standing:
    """Cheaper plan that still meets every requirement, for plans at least cost.

    Takes away one pick, then swaps under a limit just below the price of the best plan until
    nothing is missing; starts again from there.

    Parameters
    ----------
    core
        The choice.
    best
        Plan that meets every requirement.
    tries
        Picks to take away, those whose price buys least first.
    stopped
        Asked after each try.
    """
    best = pruned(core, best)
    found = best.complete
    while found and not stopped():
        found = False
        for out in _least_missed(core, best)[:tries]:
            if stopped():
                break
            limit = best.use * (1.0 - 1e-6)
            fewer = stand(core, best.picks[best.picks != out])
            trial = cover(core, fewer.picks, limit=limit)
            trial = improved(core, trial, limit=limit, stopped=stopped)
            if trial.complete:
                best, found = pruned(core, trial), True
                break
    return best


def _rebuilt(core: Core, kept: npt.NDArray[np.int64], random: np.random.Generator) -> Standing:
    """The kept picks, one at random from the better half of what fits, then greedily full."""
    now = stand(core, kept)
    if core.target is None:
        more = kernels.additions(core.start, core.point, core.gain, core.weight, now.first)
        rate = (more - core.loss) / core.use
        able = np.flatnonzero(open_to(core, kept) & fits(core, core.use + now.use) & (rate > 0.0))
        if len(able):
            ranked = able[np.argsort(-rate[able], kind="stable")]
            kept = np.append(kept, ranked[random.integers(0, min(len(ranked), 12))])
    return filled(core, cover(core, kept), by_use=True)


def _least_missed(core: Core, now: Standing) -> npt.NDArray[np.int64]:
    """Picks in order of what their price buys, the worst bargain first."""
    alone = np.bincount(
        now.slot[now.slot >= 0],
        (core.weight * (now.first - now.second))[now.slot >= 0],
        minlength=len(now.picks),
    )
    return now.picks[np.argsort(alone / core.cost[now.picks], kind="stable")]


def _best_step(core: Core, now: Standing, limit: float | None) -> Standing | None:
    """The plan after the best single step, or None when no step improves."""
    profit = _profits(core, now, limit)
    for flat in _highest(profit.ravel()):
        row, column = divmod(int(flat), profit.shape[1])
        if profit[row, column] <= 0.0:
            break
        kept = now.picks if column == len(now.picks) else np.delete(now.picks, column)
        after = stand(core, np.append(kept, row))
        if better(core, after, now):
            return after
    return _drop(core, now)


def _drop(core: Core, now: Standing) -> Standing | None:
    """The plan without a pick that takes away more than it gives, or gives nothing."""
    for column in range(len(now.picks)):
        if core.target is None and core.loss[now.picks[column]] <= 0.0 and _needed(now, column):
            continue
        fewer = stand(core, np.delete(now.picks, column))
        if better(core, fewer, now):
            return fewer
    return None


def _needed(now: Standing, column: int) -> bool:
    return bool((now.slot == column).any())


def _profits(core: Core, now: Standing, limit: float | None) -> npt.NDArray[np.float64]:
    """Predicted profit of taking candidate j for pick s; the last column is a plain addition.

    Exact for gains; where requirements are short, profit is what is brought to them.
    """
    short = not now.complete
    if not short and core.target is not None:
        return np.zeros((core.size, 1))
    weight = pressing_weight(core, now) if short else core.weight
    extra = pressing_extra(core, now) if short else -core.loss
    slots = len(now.picks)
    added = kernels.additions(core.start, core.point, core.gain, weight, now.first) + extra
    removed = extra[now.picks] + np.bincount(
        now.slot[now.slot >= 0],
        (weight * (now.first - now.second))[now.slot >= 0],
        minlength=slots,
    )
    profit = np.empty((core.size, slots + 1))
    profit[:, :slots] = kernels.exchange_terms(
        core.start, core.point, core.gain, weight, now.first, now.slot, now.second, slots
    )
    profit[:, :slots] += added[:, np.newaxis] - removed[np.newaxis, :]
    profit[:, slots] = added
    profit[~_allowed(core, now, limit)] = -np.inf
    if not short:
        profit[~_serving(core, now)] = -np.inf
    profit[profit <= 1e-11 * (1.0 if short else max(1.0, abs(now.value)))] = -np.inf
    return profit


def _highest(values: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Positions of the highest values in falling order, ties by position."""
    count = min(_TRIED, len(values))
    least = np.partition(values, len(values) - count)[len(values) - count]
    found = np.flatnonzero(values >= least) if least > -np.inf else np.flatnonzero(values > least)
    return found[np.argsort(-values[found], kind="stable")][:count]


def _serving(core: Core, now: Standing) -> npt.NDArray[np.bool_]:
    """Which swaps and additions leave every village its servers, shape (J, picks + 1)."""
    slots = len(now.picks)
    allowed = np.ones((core.size, slots + 1), dtype=np.bool_)
    if not len(core.server_need):
        return allowed
    everyone = core.server_matrix.toarray()
    chosen = everyone[:, now.picks]
    spare = chosen.sum(axis=1) - core.server_need
    # Servers that must come with the newcomer once a pick is gone; the last column is an addition.
    lacking = np.hstack([chosen, np.zeros((len(spare), 1))]) - spare[:, np.newaxis]
    harm = bool((everyone < 0.0).any())
    for column in range(slots + 1):
        tight = np.flatnonzero(lacking[:, column] > (-0.5 if harm else 0.5))
        needed = lacking[tight, column][:, np.newaxis] - 0.5
        allowed[:, column] = np.all(everyone[tight] >= needed, axis=0)
    return allowed


def _allowed(core: Core, now: Standing, limit: float | None) -> npt.NDArray[np.bool_]:
    """Which swaps and additions keep to the limit and to the groups, shape (J, picks + 1)."""
    freed = np.append(core.use[now.picks], 0.0)
    allowed = fits(core, now.use - freed[np.newaxis, :] + core.use[:, np.newaxis], limit)
    allowed[now.picks] = False
    for column, pick in enumerate(now.picks):
        if core.group[pick] != FREE:
            rivals = core.group == core.group[pick]
            same = allowed[rivals, column].copy()
            allowed[rivals] = False
            allowed[rivals, column] = same
    return allowed
