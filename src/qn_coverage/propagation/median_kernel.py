"""The compiled sweep of one site at p = 50 %: the fast way, a node of a ray at a time.

Gives what `sweep_kernel.sweep_site` gives, to 1e-9 dB. Cells of a node are listed first, so that
nothing is sampled or searched beyond the last one that is asked for; then samples, hulls and
formulas each run in a loop of their own.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from qn_coverage.propagation import median_fields as at
from qn_coverage.propagation import median_sample, rays
from qn_coverage.propagation._compile import compiled, inlined
from qn_coverage.propagation.median_duct import loss_with_duct
from qn_coverage.propagation.median_fields import MedianLink
from qn_coverage.propagation.median_physics import (
    edges,
    free_space,
    least_loss,
    scatter_and_duct_bound,
    smooth_heights,
)
from qn_coverage.propagation.median_ray import CLEAR, SAMPLED, ZONED
from qn_coverage.propagation.median_search import look_out, rewind, search
from qn_coverage.propagation.median_sphere import Spacing, add_spherical
from qn_coverage.propagation.p1812.line_of_sight import free_space_loss
from qn_coverage.propagation.p1812.radio_climate import SEA
from qn_coverage.propagation.ray_state import ground_at, zone_at

if TYPE_CHECKING:
    import numpy.typing as npt

    from qn_coverage.propagation.median_ray import Chain, Desk, MedianRay
    from qn_coverage.propagation.ray_state import Terrain
    from qn_coverage.propagation.rays import Face, Fan
    from qn_coverage.propagation.sweep_kernel import Mast, Window

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]
    Links = npt.NDArray[np.uint32]
    Losses = npt.NDArray[np.float32]


@compiled
def sweep_site_median(
    losses: Losses,
    window: Window,
    mast: Mast,
    terrain: Terrain,
    fan: Fan,
    links: Floats,
    ray: MedianRay,
    desk: Desk,
) -> int:
    """As `sweep_kernel.sweep_site`, for several frequencies of one antenna height at once.

    Parameters
    ----------
    losses
        Shape (frequencies, rows, cols) of the window, contiguous: on entry the greatest loss that
        matters in each cell, on return the loss, or 0 where the loss is surely greater.
    window
        Must hold all cells of the disc that are on the grid.
    links
        Shape (frequencies, fields of `MedianLink`): see `link_table`.
    """
    _start(ray, terrain, mast.row, mast.col)
    flat_losses = losses.reshape((len(links), -1))
    done = 0
    for number in range(len(links)):
        link = _link(links, number)
        done += _own_cell(flat_losses[number], window, mast, terrain, link, ray.ground[0])
    for which in range(rays.FACES):
        face = rays.face_of(which, mast.row, mast.col, terrain.rows, terrain.cols)
        for leaf in range(fan.leaves):
            for level in range(rays.LEVELS - 1, -1, -1):
                if leaf & ((1 << level) - 1) == 0:
                    done += _sweep_node(
                        flat_losses, window, mast, terrain, face, fan, links, ray, desk, level, leaf
                    )
    return done


@inlined
def _link(links: Floats, number: int) -> MedianLink:
    """Row of `link_table` → what it was."""
    row = links[number]
    return MedianLink(
        row[0],
        row[1] > 0.0,
        row[2],
        row[3],
        row[4],
        row[5],
        row[6],
        row[7],
        row[8],
        row[9],
        row[10],
        row[11],
        row[12],
        row[13],
        row[14],
        row[15],
        row[16],
        row[17],
        row[18],
        row[19] > 0.0,
    )


@compiled
def _start(ray: MedianRay, terrain: Terrain, row: float, col: float) -> None:
    """Set sample 0: the site, at (row, col) in cells on the grid."""
    ray.x[0] = 0.0
    ray.ground[0] = ground_at(terrain, row, col)
    ray.top[0] = ray.ground[0]
    ray.zone[0] = zone_at(terrain, row, col)
    for values in (ray.v_1, ray.v_2, ray.sea, ray.land, ray.inland):
        values[0] = 0.0
    ray.longest_land[0], ray.longest_inland[0] = 0.0, 0.0
    at_sea = ray.zone[0] == SEA
    ray.first_sea[0] = 0.0 if at_sea else np.inf
    ray.last_sea[0] = 0.0 if at_sea else -np.inf


@compiled
def _own_cell(
    loss: Losses, window: Window, mast: Mast, terrain: Terrain, link: MedianLink, h_0: float
) -> int:
    """The cell under the mast, as `sweep_kernel.own_cell`."""
    row, col = math.floor(mast.row + 0.5), math.floor(mast.col + 0.5)
    down, across = row - mast.row, col - mast.col
    if abs(down) >= 0.5 or abs(across) >= 0.5 or window.nearest > 0.0:
        return 0
    i, j = row - window.row_0, col - window.col_0
    if not (0 <= i < window.rows and 0 <= j < window.cols):
        return 0
    if loss[i * window.cols + j] <= 0.0:
        return 0
    h_n = np.float64(terrain.ground[row * terrain.cols + col])
    d = max(math.sqrt(down * down + across * across) * terrain.cell_km, 0.001)
    h_ts, h_rs = h_0 + mast.height_agl_m, h_n + mast.rx_height_agl_m
    loss[i * window.cols + j] = free_space_loss(link.f, d, h_ts, h_rs)
    return 1


@inlined
def _sweep_node(
    losses: Losses,
    window: Window,
    mast: Mast,
    terrain: Terrain,
    face: Face,
    fan: Fan,
    links: Floats,
    ray: MedianRay,
    desk: Desk,
    level: int,
    leaf: int,
) -> int:
    """Answer the cells in the wedge of the node of `level` above a leaf."""
    first = 1
    if level < rays.LEVELS - 1:
        first = rays.samples_of_level(face, fan, level + 1, leaf >> (level + 1)) + 1
    last = rays.samples_of_level(face, fan, level, leaf >> level) + (1 if level == 0 else 0)
    last = min(last, rays.samples_inside(face))
    state = desk.state
    if state[SAMPLED] > first - 1 or first == 1:
        state[SAMPLED] = first - 1
        state[ZONED] = min(state[ZONED], first - 1)
        if first == 1:
            state[CLEAR] = ray.x.size
        _rewind(ray, terrain, first - 1)
    done = 0
    nearest, farthest = _within(window, face, fan, level, leaf >> level, first, last)
    for number in range(len(links)):
        if number > 0:
            _rewind(ray, terrain, first - 1)
        link, loss = _link(links, number), losses[number]
        i = nearest
        while i <= farthest:
            stop = 1 if i == 1 else farthest
            i, n = _list_cells(
                loss, window, terrain, face, fan, level, leaf >> level, desk, i, stop
            )
            if n > 0:
                done += _answer(loss, ray, mast, terrain, face, fan, link, leaf, desk, n)
    return done


@inlined
def _rewind(ray: MedianRay, terrain: Terrain, last: int) -> None:
    """Take the hulls back to the points up to `last`."""
    rewind(ray.bare.prev, ray.bare.next, ray.bare.marks, last)
    if terrain.cluttered:
        chain = ray.cluttered
        rewind(chain.prev, chain.next, chain.marks, last)


@inlined
def _answer(
    loss: Losses,
    ray: MedianRay,
    mast: Mast,
    terrain: Terrain,
    face: Face,
    fan: Fan,
    link: MedianLink,
    leaf: int,
    desk: Desk,
    n: int,
) -> int:
    """Write the losses of the n cells in hand; returns how many matter."""
    if desk.cells[0] == 1:
        _next_to_mast(ray.ground[0], mast, link, desk, n)
    else:
        _sample_to(ray, mast, terrain, face, fan, link, leaf, desk, desk.cells[n - 1] - 1)
        for j in range(n):
            loss[desk.loss[j]] = 0.0
        n = _solve(ray, mast, terrain, link, desk, n, _spacing(face, fan, leaf, terrain.cell_km))
    for j in range(n):
        loss[desk.loss[j]] = desk.work[at.LOSS + j]
    return n


@inlined
def _within(
    window: Window, face: Face, fan: Fan, level: int, node: int, first: int, last: int
) -> tuple[int, int]:
    """Those of samples `first` to `last` beside which the wedge of a node may hold asked cells."""
    low, high = fan.tangents[(2 * node) << level], fan.tangents[(2 * node + 2) << level]
    gentle = 0.0 if low * high < 0.0 else min(abs(low), abs(high))
    start = abs(face.first - face.major_0) - 1.0
    least = window.nearest / _stretch(max(abs(low), abs(high))) - start
    most = window.farthest / _stretch(gentle) - start
    return max(first, math.floor(least) - 1), min(last, math.ceil(most) + 1)


@inlined
def _list_cells(
    loss: Losses,
    window: Window,
    terrain: Terrain,
    face: Face,
    fan: Fan,
    level: int,
    node: int,
    desk: Desk,
    i: int,
    last: int,
) -> tuple[int, int]:
    """List the cells that are asked for from sample i on; returns the next sample, how many.

    A wedge is at most 1.42 cells wide across its face, so it holds at most two at each sample.
    Both are written and kept only if they count: a jump that nothing foretells costs more.
    """
    start = abs(face.first - face.major_0)
    minor_0, minors = face.minor_0, face.minors
    major_stride, minor_stride = face.major_stride, face.minor_stride
    loss_major = 1 if major_stride == 1 else window.cols
    loss_minor = window.cols if major_stride == 1 else 1
    corner = window.row_0 * window.cols + window.col_0
    near_2, far_2 = window.nearest * window.nearest, window.farthest * window.farthest
    low_index, high_index = (2 * node) << level, (2 * node + 2) << level
    low_slope, high_slope = fan.tangents[low_index], fan.tangents[high_index]
    open_edge = low_index == 0 and not face.closed
    closed_edge = high_index == 2 * fan.leaves and face.closed
    work, cells, ground, places = desk.work, desk.cells, desk.ground, desk.loss
    count = min(last - i + 1, at.CHUNK // 2)
    for k in range(count):
        offset = start + (i + k - 1)
        low = math.ceil(minor_0 + low_slope * offset)
        end = math.ceil(minor_0 + high_slope * offset)
        if open_edge:
            low = math.floor(minor_0 - offset) + 1.0
        if closed_edge:
            end = math.floor(minor_0 + offset) + 1.0
        work[at.C_LOW + k] = low
        work[at.C_COUNT + k] = end - low
    n = 0
    for k in range(count):
        offset = start + (i + k - 1)
        major = face.first + face.step * (i + k - 1)
        first = int(work[at.C_LOW + k])
        held = int(work[at.C_COUNT + k])
        for minor in range(first, first + 2):
            across = minor - minor_0
            square = offset * offset + across * across
            counts = (minor >= 0) & (minor < minors) & (minor < first + held)
            counts &= (square >= near_2) & (square <= far_2)
            # where it doesn't count the cell may lie off the window: look at one that doesn't
            place = major * loss_major + minor * loss_minor - corner if counts else 0
            allow = loss[place]
            cells[n] = i + k
            ground[n] = major * major_stride + minor * minor_stride
            places[n] = place
            work[at.D + n] = square
            work[at.ALLOW + n] = allow
            n += 1 if counts & (allow > 0.0) else 0
    for j in range(n):
        work[at.D + j] = np.sqrt(work[at.D + j]) * terrain.cell_km
    for j in range(n):
        work[at.H_N + j] = terrain.ground[ground[j]]
    return i + count, n


@inlined
def _next_to_mast(h_0: float, mast: Mast, link: MedianLink, desk: Desk, n: int) -> None:
    """Cells with no sample before them: free space."""
    h_ts = h_0 + mast.height_agl_m
    for j in range(n):
        h_rs = desk.work[at.H_N + j] + mast.rx_height_agl_m
        desk.work[at.LOSS + j] = free_space_loss(link.f, desk.work[at.D + j], h_ts, h_rs)


@inlined
def _sample_to(
    ray: MedianRay,
    mast: Mast,
    terrain: Terrain,
    face: Face,
    fan: Fan,
    link: MedianLink,
    leaf: int,
    desk: Desk,
    last: int,
) -> None:
    """Write the samples that are missing up to `last`, each at the slope of its level."""
    start = abs(face.first - face.major_0)
    major_step = face.step * face.major_stride
    h_ts = ray.ground[0] + mast.height_agl_m
    for level in range(rays.LEVELS - 1, -1, -1):
        first = desk.state[SAMPLED] + 1
        if first > last:
            return
        node = leaf >> level
        end = last
        if level > 0:
            end = min(last, rays.samples_of_level(face, fan, level, node))
        if first > end:
            continue
        slope = fan.tangents[(2 * node + 1) << level]
        place = (face.first + face.step * (first - 1)) * face.major_stride
        median_sample.sample_ground(
            ray.x,
            ray.ground,
            ray.v_1,
            ray.v_2,
            terrain.ground,
            place,
            major_step,
            face.minor_stride,
            face.minor_0,
            slope,
            face.minors,
            start + (first - 1),
            terrain.cell_km,
            first,
            end,
        )
        _look_out(ray.bare, ray.ground, ray.x, link.curvature, h_ts, first, end)
        if terrain.cluttered:
            median_sample.sample_clutter(
                ray.top,
                ray.ground,
                desk.state,
                terrain.clutter,
                place,
                major_step,
                face.minor_stride,
                face.minor_0,
                slope,
                face.minors,
                start + (first - 1),
                first,
                end,
            )
            _look_out(ray.cluttered, ray.top, ray.x, link.curvature, h_ts, first, end)
        if terrain.zoned:
            median_sample.sample_zones(
                ray.zone,
                ray.sea,
                ray.x,
                terrain.zone,
                place,
                major_step,
                face.minor_stride,
                face.minor_0,
                slope,
                face.minors,
                start + (first - 1),
                first,
                end,
            )
        desk.state[SAMPLED] = end


@inlined
def _spacing(face: Face, fan: Fan, leaf: int, cell_km: float) -> Spacing:
    """Where the samples of the ray through a leaf lie."""
    return Spacing(
        abs(face.first - face.major_0) - 1.0,
        rays.samples_of_level(face, fan, 3, leaf >> 3),
        rays.samples_of_level(face, fan, 2, leaf >> 2),
        rays.samples_of_level(face, fan, 1, leaf >> 1),
        _stretch(fan.tangents[(2 * (leaf >> 3) + 1) << 3]) * cell_km,
        _stretch(fan.tangents[(2 * (leaf >> 2) + 1) << 2]) * cell_km,
        _stretch(fan.tangents[(2 * (leaf >> 1) + 1) << 1]) * cell_km,
        _stretch(fan.tangents[2 * leaf + 1]) * cell_km,
    )


@compiled
def _stretch(slope: float) -> float:
    return math.sqrt(1.0 + slope * slope)


@inlined
def _solve(
    ray: MedianRay,
    mast: Mast,
    terrain: Terrain,
    link: MedianLink,
    desk: Desk,
    n: int,
    spacing: Spacing,
) -> int:
    """LOSS of the n cells in hand, of which those that can matter are kept; returns how many."""
    work, cells, x, ground = desk.work, desk.cells, ray.x, ray.ground
    h_0 = ground[0]
    h_ts, rx = h_0 + mast.height_agl_m, mast.rx_height_agl_m
    n = _screen(ray, terrain, link, desk, n, h_ts, rx)
    if n == 0:
        return 0
    v_1, v_2 = ray.v_1, ray.v_2
    for j in range(n):
        k = cells[j] - 1
        work[at.X_K + j], work[at.H_K + j] = x[k], ground[k]
        work[at.V_1 + j], work[at.V_2 + j] = v_1[k], v_2[k]
        work[at.OMEGA + j] = 0.0
    if terrain.wet:
        _sea_shares(ray, terrain, desk, n)
    _search(ray, link, desk, n, h_ts)
    edges(work, n, h_ts, rx, link)
    smooth_heights(work, n, h_0, h_ts, rx, link)
    add_spherical(work, n, desk.picked, cells, spacing, link)
    scatter_and_duct_bound(work, n, h_ts, rx, link)
    for j in range(n):
        l_d = work[at.L_D + j]
        if l_d > 0.0 and work[at.L_BFS + j] + l_d >= work[at.L_DUCT + j]:
            zone = terrain.zone[desk.ground[j]]
            work[at.LOSS + j] = loss_with_duct(ray, link, desk, j, zone, terrain.zoned, h_ts, rx)
    return n


@inlined
def _screen(
    ray: MedianRay,
    terrain: Terrain,
    link: MedianLink,
    desk: Desk,
    n: int,
    h_ts: float,
    rx: float,
) -> int:
    """Free space of the cells in hand; drop those that surely lose more than matters."""
    work, cells, x = desk.work, desk.cells, ray.x
    _seen_highest(ray.bare.best, ray.ground, x, cells, work, desk.bare, at.BARE, n)
    if terrain.cluttered:
        _seen_highest(ray.cluttered.best, ray.top, x, cells, work, desk.cluttered, at.TOP, n)
    else:
        for i in range(n):
            work[at.TOP + at.X_T + i] = work[at.BARE + at.X_T + i]
            work[at.TOP + at.G_T + i] = work[at.BARE + at.G_T + i]
    free_space(work, n, h_ts, rx, link)
    if not link.screen:
        return n
    least_loss(work, n, h_ts, rx, link)
    kept = 0
    ground, loss, bare, top = desk.ground, desk.loss, desk.bare, desk.cluttered
    for j in range(n):
        loss_place = loss[j]
        cells[kept], ground[kept], loss[kept] = cells[j], ground[j], loss_place
        bare[0, kept], top[0, kept] = bare[0, j], top[0, j]
        for field in (at.D, at.H_N, at.L_BFS, at.SLOPE, at.Z_R):
            work[field + kept] = work[field + j]
        for base in (at.BARE, at.TOP):
            work[base + at.X_T + kept] = work[base + at.X_T + j]
            work[base + at.G_T + kept] = work[base + at.G_T + j]
        kept += 1 if work[at.LEAST + j] <= work[at.ALLOW + j] else 0
    return kept


@inlined
def _seen_highest(
    best: Links,
    heights: Floats,
    x: Floats,
    cells: Ints,
    work: Floats,
    found: Ints,
    base: int,
    n: int,
) -> None:
    for j in range(n):
        b = best[cells[j] - 1]
        found[0, j] = b
        work[base + at.X_T + j] = x[b]
        work[base + at.G_T + j] = heights[b]


@inlined
def _sea_shares(ray: MedianRay, terrain: Terrain, desk: Desk, n: int) -> None:
    work, zone, zones = desk.work, ray.zone, terrain.zone
    for j in range(n):
        k = desk.cells[j] - 1
        d = work[at.D + j]
        half = 0.5 * (d - ray.x[k])
        was = half if zone[k] == SEA else 0.0
        now = half if zones[desk.ground[j]] == SEA else 0.0
        work[at.OMEGA + j] = (ray.sea[k] + was + now) / d


@inlined
def _search(ray: MedianRay, link: MedianLink, desk: Desk, n: int, h_ts: float) -> None:
    """Search the hull of bare ground and, where there was clutter, that of the ground with it."""
    _search_chain(ray.bare, ray.ground, ray.x, link, desk, at.BARE, desk.bare, n, h_ts)
    if desk.state[CLEAR] < desk.cells[n - 1]:
        found = desk.cluttered
        _search_chain(ray.cluttered, ray.top, ray.x, link, desk, at.TOP, found, n, h_ts)
        return
    work = desk.work
    for i in range(n):
        for field in (at.X_R, at.G_R, at.OPEN):
            work[at.TOP + field + i] = work[at.BARE + field + i]


@inlined
def _look_out(
    chain: Chain, heights: Floats, x: Floats, c: float, h_ts: float, first: int, last: int
) -> None:
    look_out(chain.z, chain.best, chain.straight, chain.tops, heights, x, c, h_ts, first, last)


@inlined
def _search_chain(
    chain: Chain,
    heights: Floats,
    x: Floats,
    link: MedianLink,
    desk: Desk,
    base: int,
    found: Ints,
    n: int,
    h_ts: float,
) -> None:
    search(
        desk.work,
        base,
        n,
        desk.cells,
        found,
        chain.z,
        chain.rise,
        chain.way,
        chain.prev,
        chain.next,
        chain.best,
        chain.straight,
        chain.run,
        chain.tops,
        chain.marks,
        heights,
        x,
        link.curvature,
        h_ts,
        link.edge,
        base == at.BARE,
    )
