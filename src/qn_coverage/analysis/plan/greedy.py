"""Greedy plans: requirements first, then the most gain for what it takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from qn_coverage.analysis.plan import kernels
from qn_coverage.analysis.plan.standing import Standing, better, fits, open_to, stand

if TYPE_CHECKING:
    import numpy.typing as npt

    from qn_coverage.analysis.plan.core_model import Core


def greedy(core: Core) -> Standing:
    """Best of the greedy plans: by gain for what it takes, and by gain alone.

    For one budget and nothing else the better of the two gains at least (1 - 1/e) / 2 of the
    optimum (Leskovec et al., Cost-effective outbreak detection in networks, KDD 2007, theorem 2).
    """
    covered = cover(core)
    plans = [filled(core, covered, by_use=by_use) for by_use in (True, False)]
    best = plans[0]
    for plan in plans[1:]:
        if better(core, plan, best):
            best = plan
    return best


def cover(
    core: Core, picks: npt.NDArray[np.int64] | None = None, *, limit: float | None = None
) -> Standing:
    """Add candidates until every requirement holds, or until none helps or fits.

    Each step takes the largest part of what is missing for what it takes of the limit: the greedy
    of submodular covering (Wolsey, Combinatorica 2, 1982).
    """
    now = stand(core, np.zeros(0, dtype=np.int64) if picks is None else picks)
    by_point = sparse.csr_array(core.floor_matrix.T.tocsr())
    while not now.complete:
        help_ = _relief(core, now, by_point)
        able = open_to(core, now.picks) & fits(core, core.use + now.use, limit) & (help_ > 1e-12)
        if not able.any():
            break
        rate = np.where(able, help_ / core.use, -np.inf)
        after = stand(core, np.append(now.picks, int(np.argmax(rate))))
        if after.shortfall >= now.shortfall:
            break
        now = after
    return now


def filled(core: Core, now: Standing, *, by_use: bool, limit: float | None = None) -> Standing:
    """Add candidates while one fits and gains; requirements that hold go on holding.

    Parameters
    ----------
    core
        The choice; with a target nothing is added beyond it.
    now
        Where to start.
    by_use
        Rank by gain for what it takes of the limit, or by gain alone.
    limit
        Instead of the core's.
    """
    if core.target is not None:
        return now
    banned = np.zeros(core.size, dtype=np.bool_)
    while True:
        more = kernels.additions(core.start, core.point, core.gain, core.weight, now.first)
        more -= core.loss
        able = open_to(core, now.picks) & fits(core, core.use + now.use, limit) & ~banned
        able &= more > 1e-12 * max(1.0, now.value)
        if not able.any():
            return now
        rate = more / core.use if by_use else more
        best = int(np.argmax(np.where(able, rate, -np.inf)))
        after = stand(core, np.append(now.picks, best))
        if after.shortfall > now.shortfall:
            banned[best] = True
        else:
            now = after


def pruned(core: Core, now: Standing) -> Standing:
    """Take away what no requirement needs, the dearest first (for plans at least cost)."""
    for pick in now.picks[np.argsort(-core.cost[now.picks], kind="stable")]:
        fewer = stand(core, now.picks[now.picks != pick])
        if fewer.shortfall <= now.shortfall:
            now = fewer
    return now


def _relief(core: Core, now: Standing, by_point: sparse.csr_array) -> npt.NDArray[np.float64]:
    """How much of what is missing each candidate would bring, shape (J,)."""
    relief = np.zeros(core.size)
    if (now.floor_short > 0.0).any():
        gains = kernels.row_additions(
            core.start,
            core.point,
            core.gain,
            now.first,
            by_point.indptr.astype(np.int64),
            by_point.indices.astype(np.int64),
            by_point.data.astype(np.float64),
            len(core.floor_need),
        )
        gains -= core.floor_loss.T
        relief += (np.minimum(gains, now.floor_short) / core.scale).sum(axis=1)
    if now.target_short > 0.0:
        more = kernels.additions(core.start, core.point, core.gain, core.weight, now.first)
        relief += np.minimum(more - core.loss, now.target_short) / core.target_scale
    short = now.server_short > 0.0
    if short.any():
        relief += np.asarray(core.server_matrix[short].sum(axis=0)).ravel()
    return relief
