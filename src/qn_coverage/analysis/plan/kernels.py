"""The compiled loops over arcs: what a set of candidates gives, and what one more or less changes.

Arcs lie candidate by candidate: those of candidate j are ``start[j]:start[j + 1]`` of ``point``
and ``gain``. Sums run in this order, so the same arrays give the same bits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]
    Points = npt.NDArray[np.int32]


@njit(cache=True, nogil=True)
def tops(
    start: Ints, point: Points, gain: Floats, picks: Ints, points: int
) -> tuple[Floats, Ints, Floats]:
    """Best gain of each point, the slot of `picks` that gives it (-1 none), and the second best.

    Equal gains go to the earlier slot.
    """
    first = np.zeros(points)
    second = np.zeros(points)
    slot = np.full(points, -1, dtype=np.int64)
    for s in range(len(picks)):
        for k in range(start[picks[s]], start[picks[s] + 1]):
            i = point[k]
            if gain[k] > first[i]:
                second[i] = first[i]
                first[i] = gain[k]
                slot[i] = s
            elif gain[k] > second[i]:
                second[i] = gain[k]
    return first, slot, second


@njit(cache=True, nogil=True)
def additions(start: Ints, point: Points, gain: Floats, weight: Floats, first: Floats) -> Floats:
    """What each candidate would add to the best gains: Σ_i w_i (g_ij - first_i)+."""
    out = np.zeros(len(start) - 1)
    for j in range(len(start) - 1):
        total = 0.0
        for k in range(start[j], start[j + 1]):
            more = gain[k] - first[point[k]]
            if more > 0.0:
                total += weight[point[k]] * more
        out[j] = total
    return out


@njit(cache=True, nogil=True)
def row_additions(
    start: Ints,
    point: Points,
    gain: Floats,
    first: Floats,
    row_start: Ints,
    row: Points,
    coefficient: Floats,
    rows: int,
) -> Floats:
    """What each candidate would add to each row of requirements, shape (candidates, rows).

    The rows of point i are ``row_start[i]:row_start[i + 1]`` of `row` and `coefficient`.
    """
    out = np.zeros((len(start) - 1, rows))
    for j in range(len(start) - 1):
        for k in range(start[j], start[j + 1]):
            i = point[k]
            more = gain[k] - first[i]
            if more > 0.0:
                for q in range(row_start[i], row_start[i + 1]):
                    out[j, row[q]] += coefficient[q] * more
    return out


@njit(cache=True, nogil=True)
def exchange_terms(
    start: Ints,
    point: Points,
    gain: Floats,
    weight: Floats,
    first: Floats,
    slot: Ints,
    second: Floats,
    slots: int,
) -> Floats:
    """What a swap gives beyond addition less removal, shape (candidates, slots).

    Resende and Werneck, A fast swap-based local search procedure for location problems, Annals of
    Operations Research 150 (2007), section 3: profit(in, out) = gain(in) - loss(out) + extra.
    """
    out = np.zeros((len(start) - 1, slots))
    for j in range(len(start) - 1):
        for k in range(start[j], start[j + 1]):
            i = point[k]
            if slot[i] >= 0 and gain[k] > second[i]:
                out[j, slot[i]] += weight[i] * (min(gain[k], first[i]) - second[i])
    return out


@njit(cache=True, nogil=True)
def reduced_gains(
    start: Ints, point: Points, gain: Floats, weight: Floats, price: Floats
) -> Floats:
    """Σ_i (w_i g_ij - u_i)+ of each candidate: what it is worth once each point costs u_i."""
    out = np.zeros(len(start) - 1)
    for j in range(len(start) - 1):
        total = 0.0
        for k in range(start[j], start[j + 1]):
            more = weight[point[k]] * gain[k] - price[point[k]]
            if more > 0.0:
                total += more
        out[j] = total
    return out


@njit(cache=True, nogil=True)
def assignments(
    start: Ints,
    point: Points,
    gain: Floats,
    weight: Floats,
    price: Floats,
    chosen: Ints,
    share: Floats,
) -> tuple[Floats, Floats]:
    """How often each point is served by the (fractionally) chosen, and with what gain in all.

    Returns Σ_j y_ij and Σ_j y_ij g_ij with y_ij = share_j where w_i g_ij > u_i, else 0.
    """
    times = np.zeros(len(price))
    served = np.zeros(len(price))
    for c in range(len(chosen)):
        for k in range(start[chosen[c]], start[chosen[c] + 1]):
            i = point[k]
            if weight[i] * gain[k] > price[i]:
                times[i] += share[c]
                served[i] += share[c] * gain[k]
    return times, served


@njit(cache=True, nogil=True)
def profitable(worth: Floats, use: Floats, group: Ints, rate: float, groups: int) -> Floats:
    """1 where a candidate's worth exceeds its use at a price, else 0; of a group the best only.

    Equal members of a group all count: a bound made of them holds, if a little too high.
    """
    highest = np.zeros(groups)
    for j in range(len(worth)):
        if group[j] >= 0:
            highest[group[j]] = max(highest[group[j]], worth[j] - rate * use[j])
    out = np.zeros(len(worth))
    for j in range(len(worth)):
        profit = worth[j] - rate * use[j]
        if profit > 0.0 and (group[j] < 0 or profit >= highest[group[j]]):
            out[j] = 1.0
    return out


@njit(cache=True, nogil=True)
def critical_rate(worth: Floats, use: Floats, group: Ints, limit: float, groups: int) -> float:
    """Lowest price of use, within 1e-12 of itself, at which the profitable keep to the limit."""
    low, high = 0.0, 0.0
    for j in range(len(worth)):
        high = max(high, worth[j] / use[j])
    if (profitable(worth, use, group, 0.0, groups) * use).sum() <= limit:
        return 0.0
    for _ in range(80):
        middle = 0.5 * (low + high)
        if (profitable(worth, use, group, middle, groups) * use).sum() > limit:
            low = middle
        else:
            high = middle
        if high - low <= 1e-12 * high:
            break
    return high
