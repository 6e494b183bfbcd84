"""A proven limit to what any plan can give: Lagrangian relaxation of the assignment.

Each point i pays a price u_i for being counted once; each floor k and village v pays λ_k, μ_v for
being met. For any prices ≥ 0, every plan S that meets the requirements satisfies

    value(S) ≤ C + Σ_(j in S) r_j,    C = Σ u - λ·need - μ·need,
    r_j = Σ_i ((w_i + Σ_k λ_k f_ki) g_ij - u_i)+ - l_j - Σ_k λ_k l_kj + Σ_v μ_v s_vj

(Cornuéjols, Fisher and Nemhauser, Location of bank accounts to optimize float, Management Science
23(8), 1977), so the best of the right-hand side under the limit bounds every plan, and the cheapest
S whose right-hand side reaches a target bounds the cost of every plan that reaches it. Prices are
improved by deflected subgradients (Camerini, Fratta and Maffioli, Mathematical Programming Study 3,
1975) with Polyak's step in coordinates scaled by the square root of each price's range.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from qn_coverage.analysis.plan import kernels
from qn_coverage.analysis.plan.model import FREE, NEED_TOLERANCE

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from qn_coverage.analysis.plan.core_model import Core
    from qn_coverage.analysis.plan.standing import Standing

    Floats = npt.NDArray[np.float64]

_DEFLECTION: Final = 0.7
_STALL: Final = 20
_LEAST_STEP: Final = 1e-3
_HALVINGS: Final = 60


@dataclass(slots=True, eq=False)
class Prices:
    """u of each point, λ of each floor, μ of each village, all ≥ 0."""

    point: Floats
    floor: Floats
    server: Floats

    def copy(self) -> Prices:
        """Arrays of its own."""
        return Prices(self.point.copy(), self.floor.copy(), self.server.copy())


@dataclass(frozen=True, slots=True, eq=False)
class Bound:
    """Prices and what they prove.

    Attributes
    ----------
    value
        No plan within the limit gains more (without a target), or no plan that reaches the target
        costs less (with one), in the core's units. Infinite, or 0, when nothing is known.
    constant
        C.
    worth
        r_j, shape (J,).
    rate
        κ, what a unit of the limit is worth at these prices.
    leaning
        Average of x_j over the iterations, 0-1: how much the relaxation wants each candidate.
    prices
        u, λ and μ themselves.
    """

    value: float
    constant: float
    worth: Floats
    rate: float
    leaning: Floats
    prices: Prices


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    """The relaxation at given prices."""

    bound: float
    constant: float
    worth: Floats
    rate: float
    share: Floats
    slope: Prices


def bounded(
    core: Core,
    best: Standing,
    *,
    iterations: int = 800,
    enough: float = 0.0,
    stopped: Callable[[], bool] = lambda: False,
) -> Bound:
    """Bound from prices fitted to a core, given the best known plan.

    Parameters
    ----------
    core
        The choice.
    best
        Plan that steers the steps; it need not meet the requirements.
    iterations
        At most; the same number gives the same bound.
    enough
        Relative gap to `best` at which to stop.
    stopped
        Asked in each iteration.
    """
    if core.target is None:
        return _fitted(core, best, core.limit, best.value, iterations, enough, stopped)
    none = np.zeros(core.size)
    bound = Bound(0.0, 0.0, none, 0.0, none, _first_prices(core, best)[0])
    limit = best.use
    for _ in range(3):
        found = _fitted(core, best, limit, needed_gain(core), iterations // 3, 0.0, stopped)
        least, rate = least_use(core, found.constant, found.worth)
        if least > bound.value:
            bound = replace(found, value=least, rate=rate)
        # Prices that are best for a limit near the true least cost prove most.
        limit = max(bound.value, 0.5 * (bound.value + min(limit, best.use)))
    return bound


def most_value(core: Core, bound: Bound, limit: float) -> float:
    """Highest value of any plan within another limit, proven by the same prices."""
    return bound.constant + _relaxed(core, bound.worth, limit)[0]


def least_use(core: Core, constant: float, worth: Floats) -> tuple[float, float]:
    """Least Σ use_j x_j for which C + Σ r_j x_j reaches the target, x relaxed, and its rate.

    Infinite where even all candidates do not reach it.
    """
    missing = needed_gain(core) - constant
    if missing <= 0.0:
        return 0.0, 0.0
    low, high = 0.0, float(core.use.sum())
    if _relaxed(core, worth, high)[0] < missing:
        return float("inf"), 0.0
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if _relaxed(core, worth, middle)[0] < missing else (low, middle)
    return low, _relaxed(core, worth, low)[1]


def settled(
    core: Core, bound: Bound, best: Standing
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Candidates that no better plan has, and those that every better plan has, shape (J,) each.

    Taking j in, or leaving it out, moves the bound by at least the distance between what it is
    worth and what it takes; where that alone makes the bound worse than `best`, it is settled.
    """
    profit = bound.worth - bound.rate * core.use
    share, use = _taken(core, bound.worth, bound.rate)
    reached = bound.constant + float(bound.worth @ share) - bound.rate * use
    if core.target is None:
        room = bound.rate * core.limit if bound.rate > 0.0 else 0.0
        slack = reached + room - best.value
    else:
        slack = reached + bound.rate * best.use - needed_gain(core)
    slack = max(slack, 0.0) * (1.0 + 1e-6) + 1e-9 * max(1.0, abs(best.value))
    # Within a group the relaxation takes the best member only: measure against it.
    rival = np.maximum(_rival_profit(core, profit), 0.0)
    return rival - profit > slack, profit - rival > slack


def _need(core: Core) -> Floats:
    """What counts as meeting each floor."""
    return core.floor_need - NEED_TOLERANCE * core.scale


def needed_gain(core: Core) -> float:
    """What counts as reaching the target."""
    return (core.target or 0.0) - NEED_TOLERANCE * core.target_scale


def _rival_profit(core: Core, profit: Floats) -> Floats:
    """Highest profit of another member of each candidate's group, -inf for none."""
    rival = np.full(core.size, -np.inf)
    grouped = np.flatnonzero(core.group != FREE)
    order = grouped[np.lexsort((-profit[grouped], core.group[grouped]))]
    for members in np.split(order, np.flatnonzero(np.diff(core.group[order])) + 1):
        if len(members) > 1:
            rival[members] = profit[members[0]]
            rival[members[0]] = profit[members[1]]
    return rival


def _fitted(
    core: Core,
    best: Standing,
    limit: float,
    aim: float,
    iterations: int,
    enough: float,
    stopped: Callable[[], bool],
) -> Bound:
    """Prices that make the bound for one limit as low as `iterations` allow."""
    prices, scale = _first_prices(core, best)
    look = _look(core, prices, limit)
    lowest, kept = look, prices.copy()
    leaning = look.share.copy()
    direction = Prices(*(np.zeros_like(part) for part in _parts(prices)))
    theta, stalled = 1.0, 0
    for _ in range(iterations):
        if stopped() or theta < _LEAST_STEP:
            break
        if lowest.bound - aim <= enough * abs(lowest.bound):
            break
        _step(prices, direction, look, scale, theta * (look.bound - aim))
        look = _look(core, prices, limit)
        leaning = 0.97 * leaning + 0.03 * look.share
        stalled = 0 if look.bound < lowest.bound * (1.0 - 1e-5) else stalled + 1
        if look.bound < lowest.bound:
            lowest, kept = look, prices.copy()
        if stalled >= _STALL:
            theta, stalled = 0.7 * theta, 0
            prices, look = kept.copy(), lowest
            direction = Prices(*(np.zeros_like(part) for part in _parts(prices)))
    return Bound(lowest.bound, lowest.constant, lowest.worth, lowest.rate, leaning, kept)


def _parts(prices: Prices) -> tuple[Floats, Floats, Floats]:
    return prices.point, prices.floor, prices.server


def _first_prices(core: Core, best: Standing) -> tuple[Prices, Prices]:
    """Prices at which the bound is that of the best plan's marginal gains, and their scales."""
    highest = np.zeros(core.points)
    np.maximum.at(highest, core.point, core.gain)
    total = max(best.value, float(core.weight @ highest) * 1e-3, 1e-12)
    floor_scale = 0.1 * total / np.maximum(core.scale, 1e-12) ** 2
    # A floor may pay for points that the goal itself does not count.
    weight = core.weight + 0.1 * (core.floor_matrix.T @ (total / np.maximum(core.scale, 1e-12)))
    point_scale = np.where(core.weight > 0.0, core.weight, weight) * highest
    scale = Prices(
        np.asarray(point_scale),
        floor_scale,
        np.full(len(core.server_need), 0.05 * total),
    )
    prices = Prices(
        core.weight * best.first,
        np.zeros(len(core.floor_need)),
        np.zeros(len(core.server_need)),
    )
    return prices, scale


def price_terms(core: Core, prices: Prices) -> tuple[Floats, Floats, float]:
    """Weights and what choosing brings beside gains, with floors and servers paid for; C - Σ u."""
    weight = core.weight + core.floor_matrix.T @ prices.floor
    extra = core.server_matrix.T @ prices.server - core.loss - core.floor_loss.T @ prices.floor
    owed = float(prices.floor @ _need(core) + prices.server @ core.server_need)
    return np.asarray(weight), np.asarray(extra), -owed


def _look(core: Core, prices: Prices, limit: float) -> _Look:
    weight, extra, owed = price_terms(core, prices)
    worth = kernels.reduced_gains(core.start, core.point, core.gain, weight, prices.point) + extra
    constant = float(prices.point.sum()) + owed
    total, rate, share = _relaxed(core, worth, limit)
    return _Look(
        constant + total, constant, worth, rate, share, _slope(core, prices, weight, share)
    )


def _slope(core: Core, prices: Prices, weight: Floats, share: Floats) -> Prices:
    """Subgradient of the bound, zero where it would push a price through its bound."""
    chosen = np.flatnonzero(share)
    times, served = kernels.assignments(
        core.start, core.point, core.gain, weight, prices.point, chosen, share[chosen]
    )
    point = 1.0 - times
    floor = core.floor_matrix @ served - core.floor_loss @ share - _need(core)
    server = core.server_matrix @ share - core.server_need
    slope = Prices(point, np.asarray(floor), np.asarray(server))
    for price, part in zip(_parts(prices), _parts(slope), strict=True):
        part[(price <= 0.0) & (part > 0.0)] = 0.0
    return slope


def _step(prices: Prices, direction: Prices, look: _Look, scale: Prices, drop: float) -> None:
    """Move the prices along the deflected slope, in place."""
    length = 0.0
    for along, slope, size in zip(
        _parts(direction), _parts(look.slope), _parts(scale), strict=True
    ):
        np.add(_DEFLECTION * along, slope, out=along)
        length += float(size @ along**2)
    if length <= 0.0:
        return
    stride = drop / length
    for price, along, size in zip(_parts(prices), _parts(direction), _parts(scale), strict=True):
        np.maximum(price - stride * size * along, 0.0, out=price)


def _relaxed(core: Core, worth: Floats, limit: float) -> tuple[float, float, Floats]:
    """Highest Σ r_j x_j within the limit with 0 ≤ x ≤ 1 and at most one of a group.

    By duality Σ r x ≤ κ limit + Σ (r - κ use)+ for every κ ≥ 0; the best κ is found by halving.
    Returns that bound (valid for whatever κ halving ends at), κ, and an x that uses the limit.
    """
    rate = kernels.critical_rate(worth, core.use, core.group, limit, _groups(core))
    share, use = _taken(core, worth, rate)
    room = rate * limit if rate > 0.0 else 0.0
    total = room + float((worth - rate * core.use) @ share)
    if rate > 0.0 and use < limit:
        more, use_more = _taken(core, worth, rate * (1.0 - 1e-9))
        part = (limit - use) / (use_more - use) if use_more > limit else 0.0
        share = part * more + (1.0 - part) * share
    return total, rate, share


def _groups(core: Core) -> int:
    return int(core.group.max(initial=FREE)) + 1


def _taken(core: Core, worth: Floats, rate: float) -> tuple[Floats, float]:
    """Candidates with a profit at a price of use, the best of each group, and what they use."""
    share = kernels.profitable(worth, core.use, core.group, rate, _groups(core))
    return share, float(core.use @ share)
