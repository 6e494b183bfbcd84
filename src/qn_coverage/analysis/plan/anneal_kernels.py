"""The compiled loop of simulated annealing over sets of candidates, for a target at least cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numba import njit

if TYPE_CHECKING:
    import numpy.typing as npt

    Flags = npt.NDArray[np.bool_]
    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]
    Points = npt.NDArray[np.int32]

_OVERLAPPING: Final = 0.6
_ANY: Final = 0.85
"""Below these chances a newcomer takes the place of a server of its points, or of anybody."""


@njit(cache=True, nogil=True)
def annealed(
    start: Ints,
    point: Points,
    gain: Floats,
    weight: Floats,
    loss: Floats,
    use: Floats,
    group: Ints,
    by_point: Ints,
    candidate: Ints,
    ranked: Floats,
    inside: Flags,
    best: Flags,
    target: float,
    lacking: float,
    beyond: float,
    heat: Floats,
    chance: Floats,
) -> None:
    """Walk by additions, removals and swaps; write the end into `inside`, the best into `best`.

    What is walked down is use + lacking (target - value)+ - beyond (value - target)+; the best is
    the least use that reaches the target. Candidates of each point, best gain first, are
    ``by_point[i]:by_point[i + 1]`` of `candidate` and `ranked`. Each move has a temperature in
    `heat`, shape (moves,), and random numbers in 0-1 in `chance`, shape (moves, 4).
    """
    first, second = np.zeros(len(weight)), np.zeros(len(weight))
    own = np.full(len(weight), -1)
    for i in range(len(weight)):
        _serve(i, by_point, candidate, ranked, inside, first, second, own)
    value = (weight * first).sum() - loss[inside].sum()
    spent, least = use[inside].sum(), use[best].sum()
    for move in range(len(heat)):
        new = int(chance[move, 0] * len(use))
        old = -1
        if inside[new]:
            old, new = new, -1
        else:
            old = _leaving(new, start, point, own, group, inside, chance[move])
        more, extra = _change(new, old, start, point, gain, weight, loss, use, first, second, own)
        change = extra + _missed(target - value - more, lacking, beyond)
        change -= _missed(target - value, lacking, beyond)
        if change > 0.0 and chance[move, 3] >= np.exp(-change / heat[move]):
            continue
        for moved in (old, new):
            if moved >= 0:
                inside[moved] = not inside[moved]
                for k in range(start[moved], start[moved + 1]):
                    if gain[k] >= second[point[k]]:
                        _serve(point[k], by_point, candidate, ranked, inside, first, second, own)
        value += more
        spent += extra
        if value >= target and spent < least * (1.0 - 1e-9):
            least = spent
            best[:] = inside


@njit(cache=True, nogil=True)
def _change(
    new: int,
    old: int,
    start: Ints,
    point: Points,
    gain: Floats,
    weight: Floats,
    loss: Floats,
    use: Floats,
    first: Floats,
    second: Floats,
    own: Ints,
) -> tuple[float, float]:
    """What value and use change by if `new` comes and `old` goes; -1 is nobody."""
    more, extra = 0.0, 0.0
    if old >= 0:
        extra -= use[old]
        more += loss[old]
        for k in range(start[old], start[old + 1]):
            if own[point[k]] == old:
                more -= weight[point[k]] * (first[point[k]] - second[point[k]])
    if new >= 0:
        extra += use[new]
        more -= loss[new]
        for k in range(start[new], start[new + 1]):
            i = point[k]
            has = second[i] if old >= 0 and own[i] == old else first[i]
            if gain[k] > has:
                more += weight[i] * (gain[k] - has)
    return more, extra


@njit(cache=True, nogil=True)
def _missed(short: float, lacking: float, beyond: float) -> float:
    return lacking * short if short > 0.0 else beyond * short


@njit(cache=True, nogil=True)
def _serve(
    i: int,
    by_point: Ints,
    candidate: Ints,
    ranked: Floats,
    inside: Flags,
    first: Floats,
    second: Floats,
    own: Ints,
) -> None:
    """Best and second best gain of a point among those inside, and who gives the best."""
    first[i], second[i], own[i] = 0.0, 0.0, -1
    for k in range(by_point[i], by_point[i + 1]):
        if inside[candidate[k]]:
            if own[i] < 0:
                first[i], own[i] = ranked[k], candidate[k]
            else:
                second[i] = ranked[k]
                return


@njit(cache=True, nogil=True)
def _leaving(
    new: int,
    start: Ints,
    point: Points,
    own: Ints,
    group: Ints,
    inside: Flags,
    chance: Floats,
) -> int:
    """Who goes when `new` comes: whom it excludes, a server of one of its points, or nobody."""
    out = -1
    if start[new] < start[new + 1] and chance[1] < _OVERLAPPING:
        out = own[point[start[new] + int(chance[2] * (start[new + 1] - start[new]))]]
    elif chance[1] < _ANY:
        out = _nth_inside(inside, int(chance[2] * inside.sum()))
    for j in range(len(group)):
        if group[new] >= 0 and inside[j] and group[j] == group[new]:
            out = j
    return int(out)


@njit(cache=True, nogil=True)
def _nth_inside(inside: Flags, number: int) -> int:
    """Candidate that is the given one of those inside, -1 if there are fewer."""
    for j in range(len(inside)):
        if inside[j]:
            if number == 0:
                return j
            number -= 1
    return -1
