"""Simulated annealing for plans that reach a target at least cost.

Single steps from a plan that just reaches its target seldom stay a plan: a swap either falls short
or costs more. Here the walk may go below the target at a price per unit that the relaxation gives,
and comes back (Kirkpatrick, Gelatt and Vecchi, Optimization by simulated annealing, Science 220,
1983).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from qn_coverage.analysis.plan import anneal_kernels
from qn_coverage.analysis.plan.greedy import cover, pruned
from qn_coverage.analysis.plan.matrices import csr
from qn_coverage.analysis.plan.standing import better, stand

if TYPE_CHECKING:
    from collections.abc import Callable

    from qn_coverage.analysis.plan.core_model import Core
    from qn_coverage.analysis.plan.standing import Standing

_MOVES: Final = 1250
"""Moves tried a candidate in each walk."""

_PIECES: Final = 20
"""Parts of a walk; in between the search may be stopped."""

_HOT, _COLD = 0.03, 0.003
"""Temperature at the beginning and the end, in the mean price of a candidate."""

_LACKING, _BEYOND = 1.3, 0.8
"""What a unit below the target costs, and one above it brings, in its price in the relaxation."""


def annealed(
    core: Core,
    best: Standing,
    *,
    rate: float,
    walks: int = 2,
    seed: int = 0,
    stopped: Callable[[], bool] = lambda: False,
) -> Standing:
    """Cheaper plan that still meets every requirement, or the one given.

    Floors and servers do not steer the walk; what they lack in the end is added greedily.

    Parameters
    ----------
    core
        A choice with a target.
    best
        Plan that meets every requirement.
    rate
        What a unit of cost is worth in units of gain, > 0, as `Bound.rate`.
    walks
        How often; the same walks and seed give the same plan.
    seed
        Of the first walk.
    stopped
        Asked several times in a walk.
    """
    if core.target is None or rate <= 0.0 or core.arcs == 0:
        return best
    for number in range(walks):
        if stopped():
            break
        trial = _walked(core, best, core.target, rate, seed + number, stopped)
        if not trial.complete:
            trial = cover(core, trial.picks)
        trial = pruned(core, trial)
        if trial.complete and better(core, trial, best):
            best = trial
    return best


def _walked(
    core: Core,
    plan: Standing,
    target: float,
    rate: float,
    seed: int,
    stopped: Callable[[], bool],
) -> Standing:
    by_point = csr(core.matrix.T)
    here = np.repeat(np.arange(core.points), np.diff(by_point.indptr))
    ranked = np.lexsort((-by_point.data, here))
    inside = np.zeros(core.size, dtype=np.bool_)
    inside[plan.picks] = True
    best = inside.copy()
    mean = float(core.use.mean())
    random = np.random.default_rng(seed)
    heats = mean * np.geomspace(_HOT, _COLD, _MOVES * core.size)
    for heat in np.array_split(heats, _PIECES):
        if stopped():
            break
        anneal_kernels.annealed(
            core.start,
            core.point,
            core.gain,
            core.weight,
            core.loss,
            core.use,
            core.group,
            by_point.indptr.astype(np.int64),
            by_point.indices[ranked].astype(np.int64),
            by_point.data[ranked],
            inside,
            best,
            target,
            _LACKING / rate,
            _BEYOND / rate,
            heat,
            random.random((len(heat), 4)),
        )
    return stand(core, np.flatnonzero(best))
