"""Searches on hulls for a row of cells along a ray: the loops where the sweep spends its time.

The same searches as in `hull`, one cell after the other with the hull growing in between; fingers
and the top of the hull stay in registers, and slopes are compared without a division.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from qn_coverage.propagation import hull
from qn_coverage.propagation import median_fields as at
from qn_coverage.propagation._compile import compiled
from qn_coverage.propagation.fastmath import flat
from qn_coverage.propagation.p1812.diffraction import NU_NONE

if TYPE_CHECKING:
    import numpy.typing as npt

    from qn_coverage.propagation.hull import Hull

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]


@flat
def _push(z: Floats, edge: Floats, prev: Ints, nxt: Ints, x: Floats, i: int) -> int:
    """Link point i; returns the vertex below it."""
    vertex = i - 1
    dz, dx = z[i] - z[vertex], x[i] - x[vertex]
    while edge[vertex] * dx <= dz:
        vertex = prev[vertex]
        dz, dx = z[i] - z[vertex], x[i] - x[vertex]
    prev[i] = vertex
    edge[i] = dz / dx
    nxt[vertex] = i
    return vertex


@flat
def _begin(edge: Floats, prev: Ints, best: Ints, built: int) -> int:
    if built == 0:
        prev[1] = 0
        edge[1] = np.inf
        best[1] = 1
        return 1
    return built


@flat
def _tangent(
    z: Floats,
    edge: Floats,
    prev: Ints,
    nxt: Ints,
    x: Floats,
    top: int,
    v: int,
    d: float,
    z_r: float,
) -> int:
    """Vertex seen highest from (d, z_r), from finger v."""
    while edge[v] * (d - x[v]) <= z_r - z[v]:
        v = prev[v]
    while v != top:
        above = nxt[v]
        if edge[above] * (d - x[v]) <= z_r - z[v]:
            break
        v = above
    return v


@compiled
def search_curved(
    work: Floats,
    base: int,
    n: int,
    cells: Ints,
    points: Ints,
    chain: Hull,
    heights: Floats,
    x: Floats,
    bulge: float,
    h_ts: float,
    rx: float,
    edge_factor: float,
) -> None:
    """Points that decide Bullington's construction (or the horizons) for n cells.

    Parameters
    ----------
    work, base
        Fields X_T to OPEN are written at `base`.
    cells
        First sample at or beyond each cell, rising.
    points
        Shape (2, CHUNK): indices of the points seen from the transmitter and the receiver.
    chain, heights, x
        Hull, and what it is of.
    bulge
        500 / a_p, m per km².
    h_ts, rx
        Transmitter, m amsl; receiver, m above ground.
    edge_factor
        0.002 / λ: ν² over clearance² d / (x (d - x)).
    """
    nothing = edge_factor / (NU_NONE * NU_NONE)
    z, edge, prev, nxt, best = chain.z, chain.edge, chain.prev, chain.next, chain.best
    marks = chain.marks
    built = marks[hull.BUILT]
    last = cells[n - 1] - 1
    for i in range(built + 1, last + 1):
        z[i] = heights[i] - bulge * x[i] * x[i]
    _note_tops(chain.tops, z, built + 1, last)
    built = _begin(edge, prev, best, built)
    low, tangent, peak = marks[hull.LOW], marks[hull.TANGENT], marks[hull.PEAK]
    b = best[built]
    rise_b, x_b = z[b] - h_ts, x[b]
    for j in range(n):
        stop = cells[j] - 1
        while built < stop:
            built += 1
            low = min(low, _push(z, edge, prev, nxt, x, built))
            rise = z[built] - h_ts
            if rise * x_b > rise_b * x[built]:
                b, rise_b, x_b = built, rise, x[built]
            best[built] = b
        tangent, peak, low = min(tangent, low), min(peak, low), built
        d = work[at.D + j]
        z_r = work[at.H_N + j] + rx - bulge * d * d
        is_open = rise_b * d < (z_r - h_ts) * x_b
        if is_open:
            found, peak = _peak(chain, x, built, peak, d, h_ts, (z_r - h_ts) / d, nothing * d)
        else:
            tangent = _tangent(z, edge, prev, nxt, x, built, tangent, d, z_r)
            found = tangent
        work[base + at.X_T + j] = x_b
        work[base + at.G_T + j] = heights[b]
        work[base + at.X_R + j] = x[found]
        work[base + at.G_R + j] = heights[found]
        work[base + at.OPEN + j] = 1.0 if is_open else 0.0
        points[0, j] = b
        points[1, j] = found
    marks[hull.BUILT] = built
    marks[hull.LOW] = low
    marks[hull.TANGENT] = tangent
    marks[hull.PEAK] = peak


@compiled
def search_straight(
    work: Floats,
    n: int,
    cells: Ints,
    chain: Hull,
    heights: Floats,
    x: Floats,
    h_ts: float,
    rx: float,
) -> None:
    """Points that decide the smooth-Earth heights, eqs. (87a) to (87d), for n cells."""
    edge, prev, nxt, best = chain.edge, chain.prev, chain.next, chain.best
    marks = chain.marks
    built = _begin(edge, prev, best, marks[hull.BUILT])
    low, tangent, extreme = marks[hull.LOW], marks[hull.TANGENT], marks[hull.EXTREME]
    b = best[built]
    rise_b, x_b = heights[b] - h_ts, x[b]
    for j in range(n):
        stop = cells[j] - 1
        while built < stop:
            built += 1
            low = min(low, _push(heights, edge, prev, nxt, x, built))
            rise = heights[built] - h_ts
            if rise * x_b > rise_b * x[built]:
                b, rise_b, x_b = built, rise, x[built]
            best[built] = b
        tangent, extreme, low = min(tangent, low), min(extreme, low), built
        d, h_rs = work[at.D + j], work[at.H_N + j] + rx
        slope = (h_rs - h_ts) / d
        while edge[extreme] < slope:
            extreme = prev[extreme]
        while extreme != built and edge[nxt[extreme]] >= slope:
            extreme = nxt[extreme]
        work[at.X_O + j] = x[extreme]
        work[at.H_O + j] = heights[extreme]
        work[at.X_A + j] = x_b
        work[at.H_A + j] = heights[b]
        if heights[extreme] - h_ts - slope * x[extreme] > 0.0:
            tangent = _tangent(heights, edge, prev, nxt, x, built, tangent, d, h_rs)
        work[at.X_B + j] = x[tangent]
        work[at.H_B + j] = heights[tangent]
    marks[hull.BUILT] = built
    marks[hull.LOW] = low
    marks[hull.TANGENT] = tangent
    marks[hull.EXTREME] = extreme


@flat
def _note_tops(tops: Floats, z: Floats, first: int, last: int) -> None:
    """Greatest z of the blocks that hold points `first` to `last`, up to there."""
    for block in range(first >> hull.BLOCK_BITS, (last >> hull.BLOCK_BITS) + 1):
        start = block << hull.BLOCK_BITS
        highest = -np.inf
        for i in range(max(start, 1), min(start + (1 << hull.BLOCK_BITS), last + 1)):
            highest = max(highest, z[i])
        tops[block] = highest


@flat
def _clearance(z: Floats, x: Floats, i: int, z_t: float, slope: float) -> float:
    return z[i] - z_t - slope * x[i]


@compiled
def _peak(
    chain: Hull,
    x: Floats,
    top: int,
    vertex: int,
    d: float,
    z_t: float,
    slope: float,
    nothing: float,
) -> tuple[int, int]:
    """Point of greatest ν of an open path, and the hull vertex next to it: see `hull.peak`.

    ν < 0 is compared by its square, clearance² over x (d - x) but for a factor: the least wins.
    Where `nothing` times that exceeds 1, ν is below -0.78 and the edge costs nothing: which point
    it is does not matter then, and any may be returned.
    """
    z, edge, prev, nxt = chain.z, chain.edge, chain.prev, chain.next
    c = _clearance(z, x, vertex, z_t, slope)
    least, root = c * c, x[vertex] * (d - x[vertex])
    moved = False
    while vertex != top:
        above = nxt[vertex]
        c = _clearance(z, x, above, z_t, slope)
        other, r = c * c, x[above] * (d - x[above])
        if other * root > least * r:
            break
        vertex, least, root, moved = above, other, r, True
    while not moved and prev[vertex] > 0:
        below = prev[vertex]
        c = _clearance(z, x, below, z_t, slope)
        other, r = c * c, x[below] * (d - x[below])
        if other * root >= least * r:
            break
        vertex, least, root = below, other, r
    if least * nothing < root:  # at or above ν = -0.78 already: a better point costs more
        most = least / root
    else:
        most = 1.0 / nothing
    found = vertex
    if vertex != top:
        above = nxt[vertex]
        found, most = _scan(
            chain, x, vertex, above, edge[above] - slope, d, z_t, slope, vertex, most
        )
    if found == vertex and prev[vertex] > 0:
        below = prev[vertex]
        found, most = _scan(
            chain, x, below, vertex, edge[vertex] - slope, d, z_t, slope, vertex, most
        )
    return found, vertex


@flat
def _scan(
    chain: Hull,
    x: Floats,
    left: int,
    right: int,
    fall: float,
    d: float,
    z_t: float,
    slope: float,
    found: int,
    most: float,
) -> tuple[int, float]:
    """Best point strictly between two neighbouring vertices, if it beats `most`.

    Along the edge clearance is c + fall · x. It comes closer than `most` allows only between the
    roots of (c + fall x)² = most · x (d - x); of those blocks of points, many lie too low as a whole.
    """
    if right - left < 2:
        return found, most
    z = chain.z
    c = _clearance(z, x, left, z_t, slope) - fall * x[left]
    a = fall * fall + most
    half_b = c * fall - 0.5 * most * d
    under = half_b * half_b - a * c * c
    if under <= 0.0:
        return found, most
    root = np.sqrt(under)
    low, high = (-half_b - root) / a, (-half_b + root) / a
    if high <= x[left] or low >= x[right]:
        return found, most
    per_km = (right - left) / (x[right] - x[left])
    start, end = left + 1, right
    if low > x[left]:
        start = max(start, left + int((low - x[left]) * per_km) - 2)
    if high < x[right]:
        end = min(end, left + int((high - x[left]) * per_km) + 4)
    for block in range(start >> hull.BLOCK_BITS, ((end - 1) >> hull.BLOCK_BITS) + 1):
        first = max(start, block << hull.BLOCK_BITS)
        stop = min(end, (block + 1) << hull.BLOCK_BITS)
        near, far = x[first], x[stop - 1]
        c = chain.tops[block] - z_t - min(slope * near, slope * far)
        widest = min(max(0.5 * d, near), far)
        if c < 0.0 and c * c >= most * widest * (d - widest):
            continue
        for i in range(first, stop):
            c = _clearance(z, x, i, z_t, slope)
            r = x[i] * (d - x[i])
            if c * c < most * r:
                found, most = i, c * c / r
    return found, most
