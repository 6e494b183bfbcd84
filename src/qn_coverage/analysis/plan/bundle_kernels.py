"""The compiled loops over bundles of rival candidates: the best subset of each, exactly.

A bundle's gains lie dense, member by point: its members are ``rows[b]:rows[b + 1]`` of `member`,
its points ``cols[b]:cols[b + 1]`` of `place`, its gains ``at[b]:at[b + 1]`` of `gain`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]


@njit(cache=True, nogil=True)
def priced(
    rows: Ints,
    member: Ints,
    cols: Ints,
    place: Ints,
    at: Ints,
    gain: Floats,
    weight: Floats,
    price: Floats,
    fee: Floats,
    group: Ints,
    most_nodes: int,
) -> tuple[float, Floats, Floats]:
    """What the best subsets of all bundles are worth at prices of points and fees of candidates.

    Returns the sum over bundles of max_S Σ_i max_(j in S) (w_i g_ij - u_i)+ - Σ_(j in S) fee_j,
    how many bundles serve each point, and 1 for each candidate that is in its bundle's S.
    """
    total = 0.0
    times = np.zeros(len(price))
    taken = np.zeros(len(fee))
    for b in range(len(rows) - 1):
        mine = member[rows[b] : rows[b + 1]]
        here = place[cols[b] : cols[b + 1]]
        count, width = len(mine), len(here)
        profit = np.zeros((count, width))
        for k in range(count):
            for i in range(width):
                more = weight[here[i]] * gain[at[b] + k * width + i] - price[here[i]]
                profit[k, i] = max(more, 0.0)
        worth, held = best_subset(profit, fee[mine], group[mine], most_nodes)
        total += worth
        for k in range(count):
            taken[mine[k]] = held[k]
        for i in range(width):
            for k in range(count):
                if held[k] > 0.0 and profit[k, i] > 0.0:
                    times[here[i]] += 1.0
                    break
    return total, times, taken


@njit(cache=True, nogil=True)
def best_subset(profit: Floats, fee: Floats, group: Ints, most_nodes: int) -> tuple[float, Floats]:
    """Highest Σ_i max_(k in S) profit_ki - Σ_(k in S) fee_k over all subsets S, and that S as 0, 1.

    Parameters
    ----------
    profit
        ≥ 0, shape (members, points).
    fee
        Shape (members,).
    group
        Members with the same number ≥ 0 exclude each other, shape (members,).
    most_nodes
        After so many steps the highest bound still open is returned: never less than the highest
        sum. S then is the best subset seen.
    """
    shared, fees = _without_private(profit, fee)
    alone = np.empty(len(fee))
    for k in range(len(fee)):
        alone[k] = shared[k].sum() - fees[k]
    order = np.argsort(-alone)
    order = order[alone[order] > 0.0]
    worth, chosen = _searched(shared[order], fees[order], group[order], most_nodes)
    held = np.zeros(len(fee))
    held[order] = chosen
    return worth, held


@njit(cache=True, nogil=True)
def _without_private(profit: Floats, fee: Floats) -> tuple[Floats, Floats]:
    """Profits of the points that two members want; what only one wants is taken off its fee."""
    members, points = profit.shape
    shared, fees, width = np.zeros((members, points)), fee.copy(), 0
    for i in range(points):
        wanting, last = 0, 0
        for k in range(members):
            if profit[k, i] > 0.0:
                wanting += 1
                last = k
        if wanting == 1:
            fees[last] -= profit[last, i]
        elif wanting > 1:
            shared[:, width] = profit[:, i]
            width += 1
    return np.ascontiguousarray(shared[:, :width]), fees


@njit(cache=True, nogil=True)
def _searched(profit: Floats, fee: Floats, group: Ints, most_nodes: int) -> tuple[float, Floats]:
    """`best_subset` by branch and bound, depth first: member `level` is in (state 1) or out (2).

    What a member adds falls as others come in, so the sum of what each of the rest would add now
    bounds what they can add together.
    """
    members, points = profit.shape
    start, point, gain = _listed(profit)
    have, value = np.zeros((members + 1, points)), np.zeros(members + 1)
    state = np.zeros(members + 1, dtype=np.int64)
    held, best_held = np.zeros(members), np.zeros(members)
    best, still_open, nodes, level = 0.0, 0.0, 0, 0
    while level >= 0:
        if state[level] == 0:
            nodes += 1
            if value[level] > best:
                best = value[level]
                best_held[:] = 0.0
                best_held[:level] = held[:level]
            own, reach = _outlook(start, point, gain, fee, have[level], level)
            reach += value[level]
            if level == members or reach <= best:
                level -= 1
                continue
            if nodes > most_nodes:
                still_open = max(still_open, reach)
                level -= 1
                continue
            if own > 0.0 and not _excluded(group, held, level):
                held[level], state[level] = 1.0, 1
                value[level + 1] = value[level] + own
                for i in range(points):
                    have[level + 1, i] = max(have[level, i], profit[level, i])
                level += 1
                state[level] = 0
                continue
        if state[level] < 2:
            held[level], state[level] = 0.0, 2
            value[level + 1] = value[level]
            have[level + 1] = have[level]
            level += 1
            state[level] = 0
        else:
            level -= 1
    return max(best, still_open), best_held


@njit(cache=True, nogil=True)
def _listed(profit: Floats) -> tuple[Ints, Ints, Floats]:
    """Where each member has a profit, and how much: member by member, as in `kernels`."""
    members, points = profit.shape
    start = np.zeros(members + 1, dtype=np.int64)
    point, gain = np.empty(profit.size, dtype=np.int64), np.empty(profit.size)
    last = 0
    for k in range(members):
        for i in range(points):
            if profit[k, i] > 0.0:
                point[last], gain[last] = i, profit[k, i]
                last += 1
        start[k + 1] = last
    return start, point[:last], gain[:last]


@njit(cache=True, nogil=True)
def _outlook(
    start: Ints, point: Ints, gain: Floats, fee: Floats, have: Floats, level: int
) -> tuple[float, float]:
    """What member `level` would add, and the most that it and those after it could add together."""
    own, reach = 0.0, 0.0
    for k in range(level, len(fee)):
        more = -fee[k]
        for a in range(start[k], start[k + 1]):
            more += max(gain[a] - have[point[a]], 0.0)
        if k == level:
            own = more
        reach += max(more, 0.0)
    return own, reach


@njit(cache=True, nogil=True)
def _excluded(group: Ints, held: Floats, level: int) -> bool:
    """Whether one of the members before `level` that are in excludes it."""
    rivals = 0
    for k in range(level):
        if group[level] >= 0 and held[k] > 0.0 and group[k] == group[level]:
            rivals += 1
    return rivals > 0
