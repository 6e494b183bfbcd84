"""Searches on the hull for a row of cells along a ray: the loops where the sweep spends its time.

The same searches as in `hull`, one cell after the other with the hull growing in between; slopes
are compared without a division.

The points of eqs. (87a) to (87c), which look at heights without Earth's bulge, need no hull of
their own. Taking the bulge off bends a profile down, so whatever stands highest over a straight
line, or is seen highest from an end of the path, is a vertex of the curved hull too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from qn_coverage.propagation import median_fields as at
from qn_coverage.propagation._compile import compiled
from qn_coverage.propagation.fastmath import flat, ordered
from qn_coverage.propagation.median_ray import BLOCK_BITS, BUILT, EXTREME, LOW, PEAK, TANGENT
from qn_coverage.propagation.p1812.diffraction import NU_NONE

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]
    Links = npt.NDArray[np.uint32]


@compiled
def rewind(prev: Links, nxt: Links, marks: Ints, last: int) -> None:
    """Forget the points after `last`, as a ray does that branches there."""
    built = min(marks[BUILT], last)
    marks[BUILT] = built
    vertex = np.uint32(built)
    while vertex > 1:
        below = prev[vertex]
        nxt[below] = vertex
        vertex = below
    top = max(built, 1)
    marks[LOW] = top
    marks[TANGENT] = top
    marks[PEAK] = top
    marks[EXTREME] = top


@compiled
def look_out(
    z: Floats,
    best: Links,
    tops: Floats,
    heights: Floats,
    x: Floats,
    bulge: float,
    h_ts: float,
    first: int,
    last: int,
) -> None:
    """Points `first` to `last` as the transmitter sees them: `z`, `best`, `tops` of a chain."""
    corner = np.uint32(first)  # see `median_sample`
    for k in range(last - first + 1):
        z[corner + k] = heights[corner + k] - bulge * x[corner + k] * x[corner + k]
    seen_highest(best, z, x, h_ts, first, last)
    for block in range(first >> BLOCK_BITS, (last >> BLOCK_BITS) + 1):
        start = block << BLOCK_BITS
        tops[block] = _highest(z, max(start, 1), min(start + (1 << BLOCK_BITS), last + 1))


@compiled
def seen_highest(
    best: Links, heights: Floats, x: Floats, h_ts: float, first: int, last: int
) -> None:
    """Of points 1 to each of `first` to `last`, the one seen highest from the transmitter.

    It seldom changes: whole blocks are looked at first, in vectors.
    """
    b = best[np.uint32(first - 1)] if first > 1 else np.uint32(1)
    rise, way = heights[b] - h_ts, x[b]
    i = np.uint32(first)
    while i <= last:
        held = min(np.int64(last) - i + 1, 1 << BLOCK_BITS)
        higher = 0
        for k in range(held):
            higher += 1 if (heights[i + k] - h_ts) * way > rise * x[i + k] else 0
        for k in range(held):
            best[i + k] = b
        for k in range(held if higher > 0 else 0):
            if (heights[i + k] - h_ts) * way > rise * x[i + k]:
                b = np.uint32(i + k)
                rise, way = heights[b] - h_ts, x[b]
            best[i + k] = b
        i = np.uint32(i + held)


@ordered
def _highest(z: Floats, first: int, end: int) -> float:
    highest, start = -np.inf, np.uint32(first)
    for k in range(end - first):
        highest = max(highest, z[start + k])
    return highest


@compiled
def search(
    work: Floats,
    base: int,
    n: int,
    cells: Ints,
    found: Ints,
    z: Floats,
    rise: Floats,
    way: Floats,
    prev: Links,
    nxt: Links,
    best: Links,
    straight: Links,
    run: Links,
    tops: Floats,
    marks: Ints,
    heights: Floats,
    x: Floats,
    bulge: float,
    h_ts: float,
    edge_factor: float,
    smooth: bool,
) -> None:
    """Points that decide Bullington's construction and the horizons for n cells.

    Parameters
    ----------
    work, base
        Fields D, SLOPE and Z_R are read; X_R to OPEN are written at `base`; with `smooth`, X_O to
        H_B as well.
    cells
        First sample at or beyond each cell, rising.
    found
        Shape (2, CHUNK): indices of the points seen from the transmitter and the receiver.
    z to marks
        The hull: see `median_ray.Chain`.
    heights, x
        What it is a hull of.
    bulge
        500 / a_p, m per km².
    h_ts
        Transmitter, m amsl.
    edge_factor
        0.002 / λ: ν² over clearance² d / (x (d - x)).
    smooth
        Whether the points of eqs. (87a) to (87c) are wanted.
    """
    nothing = edge_factor / (NU_NONE * NU_NONE)
    built = marks[BUILT]
    if built == 0:
        prev[1], rise[1], way[1] = 0, np.inf, 1.0
        run[1] = 1
        built = 1
    top = np.uint32(built)
    low, tangent = np.uint32(marks[LOW]), np.uint32(marks[TANGENT])
    peak, extreme = np.uint32(marks[PEAK]), np.uint32(marks[EXTREME])
    for j in range(n):
        stop = np.uint32(cells[j] - 1)
        while top < stop:
            v = top
            top = np.uint32(top + 1)
            z_i, x_i = z[top], x[top]
            dz, dx = z_i - z[v], x_i - x[v]
            while rise[v] * dx <= dz * way[v]:
                v = prev[v]
                dz, dx = z_i - z[v], x_i - x[v]
            prev[top], rise[top], way[top], nxt[v] = v, dz, dx, top
            run[top] = run[v] if heights[top] == heights[v] else top
            low = min(low, v)
        tangent, peak, extreme, low = min(tangent, low), min(peak, low), min(extreme, low), top
        d, z_r = work[at.D + j], work[at.Z_R + j]
        b = best[top]
        is_open = (z[b] - h_ts) * d < (z_r - h_ts) * x[b]
        if is_open:
            slope = work[at.SLOPE + j] - bulge * d
            peak = _climb(z, prev, nxt, x, top, peak, d, h_ts, slope)
            point = peak
            above_gap = peak != top and nxt[peak] - peak > 1
            if above_gap or (prev[peak] > 0 and peak - prev[peak] > 1):
                point = _closest(
                    z, rise, way, prev, nxt, tops, x, top, peak, d, h_ts, slope, nothing * d
                )
            work[base + at.OPEN + j] = 1.0
        else:
            while rise[tangent] * (d - x[tangent]) <= (z_r - z[tangent]) * way[tangent]:
                tangent = prev[tangent]
            while tangent != top:
                v = nxt[tangent]
                if rise[v] * (d - x[tangent]) <= (z_r - z[tangent]) * way[v]:
                    break
                tangent = v
            point = tangent
            work[base + at.OPEN + j] = 0.0
        found[0, j], found[1, j] = b, point
        work[base + at.X_R + j] = x[point]
        work[base + at.G_R + j] = heights[point]
        if not smooth:
            continue
        work[at.X_O + j] = 0.0
        work[at.H_O + j] = h_ts - 1.0
        if is_open:
            continue
        # Along the hull, heights rise over a line of some slope as long as edges of z are steeper
        # and fall where they are less steep than slope - 2 bulge d: few vertices lie between, but
        # for level stretches, of which only the ends need a look.
        slope = work[at.SLOPE + j]
        gentle = slope - 2.0 * bulge * d
        while rise[extreme] < gentle * way[extreme]:
            extreme = prev[extreme]
        while extreme != top:
            v = nxt[extreme]
            if rise[v] < gentle * way[v]:
                break
            extreme = v
        highest, v = extreme, extreme
        above = heights[extreme] - slope * x[extreme]
        while rise[v] <= slope * way[v]:
            v = run[v] if run[v] != v else prev[v]
            other = heights[v] - slope * x[v]
            if other > above:
                highest, above = v, other
        if above <= h_ts:
            continue
        work[at.X_O + j] = x[highest]
        work[at.H_O + j] = heights[highest]
        seen = straight[top]
        work[at.X_A + j] = x[seen]
        work[at.H_A + j] = heights[seen]
        # From the receiver a vertex at x is seen lower without the bulge, by bulge (d + x): only
        # vertices before the tangent point can be better, and only while their curved slope less
        # bulge d is.
        h_rs = z_r + bulge * d * d
        facing, v = tangent, tangent
        rise_f, way_f = heights[tangent] - h_rs, d - x[tangent]
        while True:
            v = run[v] if run[v] != v else prev[v]
            if v == 0:
                break
            far, up = d - x[v], heights[v] - h_rs
            if up * way_f > rise_f * far:
                facing, rise_f, way_f = v, up, far
            if (z[v] - z_r - bulge * d * far) * way_f <= rise_f * far:
                break
        work[at.X_B + j] = x[facing]
        work[at.H_B + j] = heights[facing]
    marks[BUILT], marks[LOW] = top, low
    marks[TANGENT], marks[PEAK], marks[EXTREME] = tangent, peak, extreme


@flat
def _climb(
    z: Floats,
    prev: Links,
    nxt: Links,
    x: Floats,
    top: np.uint32,
    vertex: np.uint32,
    d: float,
    z_t: float,
    slope: float,
) -> np.uint32:
    """Hull vertex of greatest ν on an open path, from a finger: see `hull.peak`.

    ν < 0 is compared by its square, clearance² over x (d - x) but for a factor: the least wins.
    """
    c = z[vertex] - z_t - slope * x[vertex]
    least, root = c * c, x[vertex] * (d - x[vertex])
    moved = False
    while vertex != top:
        above = nxt[vertex]
        c = z[above] - z_t - slope * x[above]
        other, r = c * c, x[above] * (d - x[above])
        if other * root > least * r:
            break
        vertex, least, root, moved = above, other, r, True
    while not moved and prev[vertex] > 0:
        below = prev[vertex]
        c = z[below] - z_t - slope * x[below]
        other, r = c * c, x[below] * (d - x[below])
        if other * root >= least * r:
            break
        vertex, least, root = below, other, r
    return vertex


@flat
def _closest(
    z: Floats,
    rise: Floats,
    way: Floats,
    prev: Links,
    nxt: Links,
    tops: Floats,
    x: Floats,
    top: np.uint32,
    vertex: np.uint32,
    d: float,
    z_t: float,
    slope: float,
    nothing: float,
) -> np.uint32:
    """Point of greatest ν, given the hull vertex of greatest ν: it, or one below an edge there.

    Along an edge clearance is c + fall · x. It comes closer than `most` allows only between the
    roots of (c + fall x)² = most · x (d - x); of those blocks of points, many lie too low as a
    whole. Where `nothing` times clearance² over x (d - x) exceeds 1, ν is below -0.78 and costs
    nothing: which point it is doesn't matter then, and any may be returned.
    """
    c = z[vertex] - z_t - slope * x[vertex]
    most = min(c * c / (x[vertex] * (d - x[vertex])), 1.0 / nothing)
    found = vertex
    for side in range(2):
        left = vertex if side == 0 else prev[vertex]
        right = vertex
        if side == 0:
            right = nxt[vertex] if vertex != top else vertex
        if found != vertex or left == 0 or right - left < 2:
            continue
        fall = rise[right] / way[right] - slope
        c = z[left] - z_t - slope * x[left] - fall * x[left]
        a = fall * fall + most
        half_b = c * fall - 0.5 * most * d
        under = half_b * half_b - a * c * c
        if under <= 0.0:
            continue
        root = np.sqrt(under)
        low, high = (-half_b - root) / a, (-half_b + root) / a
        if high <= x[left] or low >= x[right]:
            continue
        per_km = (right - left) / (x[right] - x[left])
        start, end = int(left) + 1, int(right)
        if low > x[left]:
            start = max(start, int(left) + int((low - x[left]) * per_km) - 2)
        if high < x[right]:
            end = min(end, int(left) + int((high - x[left]) * per_km) + 4)
        for block in range(start >> BLOCK_BITS, ((end - 1) >> BLOCK_BITS) + 1):
            first = max(start, block << BLOCK_BITS)
            stop = min(end, (block + 1) << BLOCK_BITS)
            near, far = x[first], x[stop - 1]
            c = tops[block] - z_t - min(slope * near, slope * far)
            widest = min(max(0.5 * d, near), far)
            if c < 0.0 and c * c >= most * widest * (d - widest):
                continue
            for i in range(first, stop):
                c = z[i] - z_t - slope * x[i]
                r = x[i] * (d - x[i])
                if c * c < most * r:
                    found, most = np.uint32(i), c * c / r
    return found
