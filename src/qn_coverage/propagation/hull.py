"""Upper convex hulls of the profile along a growing ray.

Points are (x_i, z_i) with rising x. The hull of points 1 to k is a chain: point k, ``prev[k]``,
then ``prev[prev[k]]`` … back to point 1. Point i's links are written once, when the ray reaches it,
so the hull of every prefix stays readable and rays that branch share their common part. ``next``
leads the other way along the chain that was walked last.

Heights may be curved (z = height - 500 C x², Earth's bulge brought to a straight line) or not.

Searches start from where the last one ended (a *finger*): the place moves little from cell to cell.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from qn_coverage.propagation._compile import compiled

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]


class Hull(NamedTuple):
    """Chain of hull vertices over the points of a ray, arrays of shape (capacity,).

    `marks` holds what changes: see the constants below.
    """

    z: Floats
    edge: Floats  # slope from prev[i] to i
    prev: Ints
    next: Ints
    best: Ints  # of points 1 to i, the one seen highest from the transmitter
    tops: Floats  # greatest z of each block of points
    marks: Ints  # (6,)


BLOCK_BITS = 4
"""Points are counted in blocks of 16."""

BUILT = 0
"""Points 1 to marks[BUILT] are linked."""
LOW = 1
"""Lowest vertex that a push has uncovered since the fingers were last mended."""
TANGENT, PEAK, EXTREME = 2, 3, 4
"""Fingers of the three searches."""


def new_hull(capacity: int) -> Hull:
    """Empty hull for up to `capacity` points, the transmitter included."""

    def ints() -> Ints:
        return np.zeros(capacity, dtype=np.int64)

    return Hull(
        z=np.zeros(capacity),
        edge=np.zeros(capacity),
        prev=ints(),
        next=ints(),
        best=ints(),
        tops=np.zeros((capacity >> BLOCK_BITS) + 1),
        marks=np.zeros(6, dtype=np.int64),
    )


@compiled
def rewind(hull: Hull, last: int) -> None:
    """Forget the points after `last`, as a ray does that branches there."""
    built = min(hull.marks[BUILT], last)
    hull.marks[BUILT] = built
    vertex = built
    while vertex > 1:
        below = hull.prev[vertex]
        hull.next[below] = vertex
        vertex = below
    top = max(built, 1)
    hull.marks[LOW] = top
    hull.marks[TANGENT] = top
    hull.marks[PEAK] = top
    hull.marks[EXTREME] = top


@compiled
def advance(hull: Hull, x: Floats, h_ts: float, last: int) -> None:
    """Link the points up to `last`, whose z is already there."""
    z, edge, prev, best = hull.z, hull.edge, hull.prev, hull.best
    built = hull.marks[BUILT]
    if built >= last:
        return
    if built == 0:
        built = 1
        prev[1] = 0
        edge[1] = np.inf
        best[1] = 1
    low = hull.marks[LOW] if hull.marks[LOW] > 0 else 1
    high = (z[best[built]] - h_ts) / x[best[built]]
    for i in range(built + 1, last + 1):
        seen = (z[i] - h_ts) / x[i]
        best[i] = best[i - 1]
        if seen > high:
            high = seen
            best[i] = i
        vertex = i - 1
        slope = (z[i] - z[vertex]) / (x[i] - x[vertex])
        while edge[vertex] <= slope:
            vertex = prev[vertex]
            slope = (z[i] - z[vertex]) / (x[i] - x[vertex])
        prev[i] = vertex
        edge[i] = slope
        hull.next[vertex] = i
        low = min(low, vertex)
    hull.marks[BUILT] = last
    hull.marks[LOW] = low


@compiled
def mend_fingers(hull: Hull) -> None:
    """Move fingers off vertices that are no longer on the chain."""
    marks = hull.marks
    low = marks[LOW]
    marks[TANGENT] = min(marks[TANGENT], low)
    marks[PEAK] = min(marks[PEAK], low)
    marks[EXTREME] = min(marks[EXTREME], low)
    marks[LOW] = marks[BUILT]


@compiled
def tangent(hull: Hull, x: Floats, d: float, z_r: float) -> int:
    """Vertex seen highest from the receiver at (d, z_r), to the right of all points."""
    top = hull.marks[BUILT]
    vertex: int = hull.marks[TANGENT]
    while hull.edge[vertex] <= (z_r - hull.z[vertex]) / (d - x[vertex]):
        vertex = hull.prev[vertex]
    while vertex != top:
        above = hull.next[vertex]
        if hull.edge[above] <= (z_r - hull.z[vertex]) / (d - x[vertex]):
            break
        vertex = above
    hull.marks[TANGENT] = vertex
    return vertex


@compiled
def extreme(hull: Hull, slope: float) -> int:
    """Vertex that stands highest above a line of that slope."""
    top = hull.marks[BUILT]
    vertex: int = hull.marks[EXTREME]
    while hull.edge[vertex] < slope:
        vertex = hull.prev[vertex]
    while vertex != top and hull.edge[hull.next[vertex]] >= slope:
        vertex = hull.next[vertex]
    hull.marks[EXTREME] = vertex
    return vertex


@compiled
def peak(hull: Hull, x: Floats, d: float, z_t: float, z_r: float) -> int:
    """Point of greatest ν below the line from (0, z_t) to (d, z_r), which passes over all points.

    ν is clearance (negative) over the square root of x (d - x). Clearance along the hull is concave
    and the root is concave, so ν exceeds any -t where clearance + t · root ≥ 0: an interval.
    Hence ν has one peak along the hull, a climb finds its vertex, and points off the hull can only
    exceed it inside the two edges that meet there.
    """
    slope = (z_r - z_t) / d
    top = hull.marks[BUILT]
    vertex: int = hull.marks[PEAK]
    nu = _nu(hull.z, x, vertex, d, z_t, slope)
    moved = False
    while vertex != top:
        above = hull.next[vertex]
        other = _nu(hull.z, x, above, d, z_t, slope)
        if other < nu:
            break
        vertex, nu, moved = above, other, True
    while not moved and hull.prev[vertex] > 0:
        below = hull.prev[vertex]
        other = _nu(hull.z, x, below, d, z_t, slope)
        if other <= nu:
            break
        vertex, nu = below, other
    hull.marks[PEAK] = vertex
    start = hull.prev[vertex] + 1 if hull.prev[vertex] > 0 else vertex
    end = hull.next[vertex] if vertex != top else vertex
    found = vertex
    for i in range(start, end):
        other = _nu(hull.z, x, i, d, z_t, slope)
        if other > nu or (other == nu and i > found):
            found, nu = i, other
    return found


@compiled
def _nu(z: Floats, x: Floats, i: int, d: float, z_t: float, slope: float) -> float:
    """ν but for its constant factor."""
    clearance: float = z[i] - z_t - slope * x[i]
    return clearance / math.sqrt(x[i] * (d - x[i]))
