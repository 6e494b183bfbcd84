"""A tighter proven limit: the Lagrangian bound with rival candidates priced together.

The relaxation of `bound` pays each candidate for a point on its own: at its best prices three sites
that overlap pairwise are each half built, and every shared point is counted whole. Here candidates
are gathered into bundles of rivals, and a bundle is paid for a point once, so that

    value(S) ≤ C + κ use(S) + Σ_b R_b,
    R_b = max_(T in b) Σ_i max_(j in T) ((w_i + Σ_k λ_k f_ki) g_ij - u_i)+ - Σ_(j in T) fee_j,
    fee_j = κ use_j + l_j + Σ_k λ_k l_kj - Σ_v μ_v s_vj

for every plan S that meets the requirements, all prices ≥ 0 and any way to bundle: what S has in a
bundle is one of its subsets T, and each point is counted once. With C, λ, μ as in `bound`, κ the
price of use. R_b is never above the sum of what its members are worth alone, so the limit is never
above that of `bound` at the same prices, and the u_i are then fitted anew. This is Lagrangian
decomposition (Guignard and Kim, Mathematical Programming 39, 1987) with the points as what couples.
R_b is found exactly (or over-estimated): `bundle_kernels`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from qn_coverage.analysis.plan import bundle_kernels, kernels
from qn_coverage.analysis.plan.bound import needed_gain, price_terms
from qn_coverage.analysis.plan.matrices import block, csr

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from qn_coverage.analysis.plan.bound import Bound
    from qn_coverage.analysis.plan.core_model import Core
    from qn_coverage.analysis.plan.standing import Standing

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

SIZES: Final = (14, 20, 26)
"""Most members of a bundle, in one round of fitting after the other."""

_LEANING: Final = 0.01
_MOST_BUNDLED: Final = 600
_MOST_NODES: Final = 20_000
_DEFLECTION: Final = 0.7
_STALL: Final = 15
_LEAST_STEP: Final = 3e-3
_LEAST_RATE: Final = 0.01
_AIM: Final = 2.0 / 3.0


@dataclass(frozen=True, slots=True, eq=False)
class Bundles:
    """Candidates in bundles; see `bundle_kernels` for the arrays.

    Attributes
    ----------
    rows, member, cols, place, at, gain
        Members and points of each bundle, and its gains.
    alone
        Which candidates are in none, shape (J,).
    """

    rows: Ints
    member: Ints
    cols: Ints
    place: Ints
    at: Ints
    gain: Floats
    alone: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class _Terms:
    """What stays while prices are fitted: w + Σ λ f, what choosing brings beside gains, scales."""

    weight: Floats
    extra: Floats
    scale: Floats
    rate_scale: float
    constant: float


@dataclass(frozen=True, slots=True, eq=False)
class _Prices:
    """u of each point and κ of use."""

    point: Floats
    rate: float


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    """C + Σ R_b at given prices, how often each point is served, and what the chosen use."""

    total: float
    times: Floats
    use: float


def tightened(
    core: Core,
    best: Standing,
    bound: Bound,
    *,
    sizes: tuple[int, ...] = SIZES,
    iterations: int = 500,
    enough: float = 0.0,
    stopped: Callable[[], bool] = lambda: False,
) -> float:
    """Bound, in the sense of `Bound.value`, at least as tight as the one given.

    Parameters
    ----------
    core
        The choice.
    best
        Plan that steers the steps and tells when the gap is small enough.
    bound
        From `bound.bounded`: where the prices begin, and who is bundled.
    sizes
        Most members of a bundle in each round.
    iterations
        At most, in each round; the same numbers give the same bound.
    enough
        Relative gap to `best` at which to stop.
    stopped
        Asked in each iteration.
    """
    if bound.rate <= 0.0:
        return bound.value
    value, prices = bound.value, _Prices(bound.prices.point, bound.rate)
    terms = _terms(core, bound)
    for size in sizes:
        if stopped() or _near(core, best, value, enough):
            break
        bundles = bundled(core, bound, size)
        if not len(bundles.member):
            break
        value, prices = _fitted(
            core, best, bundles, terms, value, prices, iterations, enough, stopped
        )
    return value


def bundled(core: Core, bound: Bound, size: int) -> Bundles:
    """Bundles of at most `size` of the candidates that the relaxation wants, rivals together."""
    wanted = np.flatnonzero(bound.leaning > _LEANING)
    wanted = np.sort(wanted[np.argsort(-bound.leaning[wanted], kind="stable")[:_MOST_BUNDLED]])
    arcs = block(core.matrix, wanted)
    label = _joined(_rivalry(core, arcs, bound.leaning[wanted]), size)
    rows, cols, at = [0], [0], [0]
    member, place, gain = [], [], []
    for name in np.unique(label):
        mine = np.flatnonzero(label == name)
        dense = csr(arcs[mine]).tocsc()
        here = np.flatnonzero(np.diff(dense.indptr))
        cells = dense[:, here].toarray().ravel()
        member.append(wanted[mine])
        place.append(here)
        gain.append(cells)
        rows.append(rows[-1] + len(mine))
        cols.append(cols[-1] + len(here))
        at.append(at[-1] + len(cells))
    alone = np.ones(core.size, dtype=np.bool_)
    alone[wanted] = False
    none = np.zeros(0)
    return Bundles(
        rows=np.array(rows, dtype=np.int64),
        member=np.concatenate([none, *member]).astype(np.int64),
        cols=np.array(cols, dtype=np.int64),
        place=np.concatenate([none, *place]).astype(np.int64),
        at=np.array(at, dtype=np.int64),
        gain=np.concatenate([none, *gain]),
        alone=alone,
    )


def _rivalry(core: Core, arcs: object, leaning: Floats) -> Floats:
    """How much each two candidates that are wanted in part gain at the same points."""
    part = csr(arcs)
    part.data = part.data * np.sqrt(core.weight[part.indices])
    both = np.asarray((part @ part.T).toarray(), dtype=np.float64)
    return both * np.sqrt(np.outer(leaning, leaning))


def _joined(rivalry: Floats, size: int) -> Ints:
    """Label of each candidate: the strongest rivals joined first, up to `size` together."""
    label = np.arange(len(rivalry))
    one, other = np.triu_indices(len(rivalry), 1)
    strength = rivalry[one, other]
    for pair in np.argsort(-strength, kind="stable"):
        if strength[pair] <= 0.0:
            break
        a, b = label[one[pair]], label[other[pair]]
        if a != b and np.count_nonzero((label == a) | (label == b)) <= size:
            label[label == b] = a
    return label


def _terms(core: Core, bound: Bound) -> _Terms:
    weight, extra, constant = price_terms(core, bound.prices)
    highest = np.zeros(core.points)
    np.maximum.at(highest, core.point, core.gain)
    level = core.limit if core.target is None else bound.value
    return _Terms(weight, extra, weight * highest, bound.rate / max(level, 1e-300), constant)


def _fitted(
    core: Core,
    best: Standing,
    bundles: Bundles,
    terms: _Terms,
    value: float,
    start: _Prices,
    iterations: int,
    enough: float,
    stopped: Callable[[], bool],
) -> tuple[float, _Prices]:
    """Best bound that subgradient steps on the prices find, and its prices."""
    now, kept, theta, stalled = start, start, 1.0, 0
    along, along_rate = np.zeros(core.points), 0.0
    reached = -np.inf  # of this round: its prices count even where an earlier bound is tighter
    for _ in range(iterations):
        if stopped() or theta < _LEAST_STEP or _near(core, best, value, enough):
            break
        look = _look(core, bundles, terms, now)
        here = _proven(core, now.rate, look.total)
        height = here if core.target is not None else -here
        stalled = 0 if height > reached + 1e-6 * abs(reached) else stalled + 1
        if height > reached:
            reached, kept = height, now
        value = _tighter(core, value, here)
        if stalled > _STALL:
            now, theta, stalled = kept, 0.7 * theta, 0
            along, along_rate = np.zeros(core.points), 0.0
            continue
        slope = 1.0 - look.times
        along = _DEFLECTION * along + np.where((now.point <= 0.0) & (slope > 0.0), 0.0, slope)
        level = core.limit if core.target is None else value
        along_rate = _DEFLECTION * along_rate + level - look.use
        length = float(terms.scale @ along**2) + terms.rate_scale * along_rate**2
        if length <= 0.0:
            break
        stride = theta * _drop(core, best, now.rate, value, here) / length
        now = _Prices(
            np.maximum(now.point - stride * terms.scale * along, 0.0),
            max(now.rate - stride * terms.rate_scale * along_rate, _LEAST_RATE * start.rate),
        )
    return value, kept


def _look(core: Core, bundles: Bundles, terms: _Terms, prices: _Prices) -> _Look:
    """The relaxation at given prices."""
    fee = prices.rate * core.use - terms.extra
    worth, times, taken = bundle_kernels.priced(
        bundles.rows,
        bundles.member,
        bundles.cols,
        bundles.place,
        bundles.at,
        bundles.gain,
        terms.weight,
        prices.point,
        fee,
        core.group,
        _MOST_NODES,
    )
    single = kernels.reduced_gains(core.start, core.point, core.gain, terms.weight, prices.point)
    chosen = np.flatnonzero(bundles.alone & (single > fee))
    more, _ = kernels.assignments(
        core.start, core.point, core.gain, terms.weight, prices.point, chosen, np.ones(len(chosen))
    )
    rest = float((single - fee)[chosen].sum())
    return _Look(
        total=terms.constant + float(prices.point.sum()) + worth + rest,
        times=times + more,
        use=float(core.use @ taken + core.use[chosen].sum()),
    )


def _proven(core: Core, rate: float, total: float) -> float:
    """Bound of the goal from value(S) ≤ total + κ use(S)."""
    if core.target is None:
        return total + rate * core.limit
    return (needed_gain(core) - total) / rate


def _tighter(core: Core, one: float, other: float) -> float:
    return min(one, other) if core.target is None else max(one, other)


def _drop(core: Core, best: Standing, rate: float, value: float, here: float) -> float:
    """How far the total should fall: to two thirds of the way from the bound to the best plan."""
    if core.target is None:
        return max(here - (value - _AIM * (value - best.value)), 0.0)
    return rate * max(value + _AIM * (best.use - value) - here, 0.0)


def _near(core: Core, best: Standing, value: float, enough: float) -> bool:
    if core.target is None:
        return value - best.value <= enough * abs(value)
    return best.use - value <= enough * best.use
