"""The compiled sweep of one site at p = 50 %: the fast way, a node of a ray at a time.

Gives what `sweep_kernel.sweep_site` gives, to 1e-9 dB. Cells of a node are listed first, so that
nothing is sampled or searched beyond the last one that is asked for; then samples, hulls and
formulas each run in a loop of their own.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from qn_coverage.propagation import hull, ray_state, rays
from qn_coverage.propagation import median_fields as at
from qn_coverage.propagation._compile import compiled
from qn_coverage.propagation.median_duct import loss_with_duct
from qn_coverage.propagation.median_physics import (
    free_space_and_edges,
    join_scatter,
    scatter_and_duct_bound,
    smooth_heights,
)
from qn_coverage.propagation.median_search import search_curved, search_straight
from qn_coverage.propagation.median_sphere import add_spherical
from qn_coverage.propagation.p1812.line_of_sight import free_space_loss
from qn_coverage.propagation.p1812.radio_climate import SEA
from qn_coverage.propagation.sweep_kernel import own_cell

if TYPE_CHECKING:
    import numpy.typing as npt

    from qn_coverage.propagation.median_fields import MedianLink
    from qn_coverage.propagation.ray_state import Ray, Terrain
    from qn_coverage.propagation.rays import Face, Fan
    from qn_coverage.propagation.sweep_kernel import Mast, Window

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]


class Desk(NamedTuple):
    """Room for the cells in hand."""

    work: Floats  # see `median_fields`
    cells: Ints  # (CHUNK,): first sample at or beyond each cell
    ground: Ints  # (CHUNK,): place of each cell in the terrain
    loss: Ints  # (CHUNK,): place of each cell in the answer
    picked: Ints  # (CHUNK,)
    top: Ints  # (2, CHUNK): points found on the hull with clutter
    bare: Ints  # (2, CHUNK): on the hull of bare ground
    sampled: Ints  # (2,): samples that are written, samples before the first with clutter


def new_desk() -> Desk:
    """Room for one thread."""

    def ints(*shape: int) -> Ints:
        return np.zeros(shape, dtype=np.int64)

    return Desk(
        work=np.zeros(at.FIELDS * at.CHUNK),
        cells=ints(at.CHUNK),
        ground=ints(at.CHUNK),
        loss=ints(at.CHUNK),
        picked=ints(at.CHUNK),
        top=ints(2, at.CHUNK),
        bare=ints(2, at.CHUNK),
        sampled=ints(2),
    )


@compiled
def sweep_site_median(
    loss: npt.NDArray[np.float32],
    window: Window,
    mast: Mast,
    terrain: Terrain,
    fan: Fan,
    link: MedianLink,
    ray: Ray,
    desk: Desk,
) -> int:
    """As `sweep_kernel.sweep_site`; `window` must hold all cells of the disc that are on the grid.

    `loss` says on entry the greatest loss that matters in each cell.
    """
    ray_state.start(ray, terrain, mast.row, mast.col)
    done = own_cell(loss, window, mast, terrain, ray, link.f)
    flat_loss = loss.reshape(-1)
    for which in range(rays.FACES):
        face = rays.face_of(which, mast.row, mast.col, terrain.rows, terrain.cols)
        for leaf in range(fan.leaves):
            for level in range(rays.LEVELS - 1, -1, -1):
                if leaf & ((1 << level) - 1) == 0:
                    done += _sweep_node(
                        flat_loss, window, mast, terrain, face, fan, link, ray, desk, level, leaf
                    )
    return done


@compiled
def _sweep_node(
    loss: npt.NDArray[np.float32],
    window: Window,
    mast: Mast,
    terrain: Terrain,
    face: Face,
    fan: Fan,
    link: MedianLink,
    ray: Ray,
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
    if desk.sampled[0] > first - 1 or first == 1:
        desk.sampled[0] = first - 1
        if first == 1:
            desk.sampled[1] = ray.x.size
        hull.rewind(ray.median, first - 1)
        hull.rewind(ray.straight, first - 1)
        if terrain.cluttered:
            hull.rewind(ray.bare, first - 1)
    done = 0
    i = first
    if first == 1 and last >= 1:
        done += _first_column(
            loss, window, mast, terrain, face, fan, link, ray, desk, leaf >> level
        )
        i = 2
    while i <= last:
        i, n = _list_cells(loss, window, terrain, face, fan, level, leaf >> level, desk, i, last)
        if n > 0:
            _sample_to(ray, terrain, face, fan, leaf, desk, desk.cells[n - 1] - 1)
            _solve(ray, mast, terrain, link, desk, n)
            for j in range(n):
                loss[desk.loss[j]] = desk.work[at.LOSS + j]
            done += n
    return done


@compiled
def _first_column(
    loss: npt.NDArray[np.float32],
    window: Window,
    mast: Mast,
    terrain: Terrain,
    face: Face,
    fan: Fan,
    link: MedianLink,
    ray: Ray,
    desk: Desk,
    node: int,
) -> int:
    """Cells with no sample before them: free space."""
    _, n = _list_cells(loss, window, terrain, face, fan, rays.LEVELS - 1, node, desk, 1, 1)
    h_ts = ray.ground[0] + mast.height_agl_m
    for j in range(n):
        h_rs = np.float64(terrain.ground[desk.ground[j]]) + mast.rx_height_agl_m
        loss[desk.loss[j]] = free_space_loss(link.f, desk.work[at.D + j], h_ts, h_rs)
    return n


@compiled
def _list_cells(
    loss: npt.NDArray[np.float32],
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
    """List the cells that are asked for from sample i on; returns the next sample, how many."""
    start = abs(face.first - face.major_0)
    sideways = face.major_stride == 1
    loss_major = face.major_stride if sideways else window.cols
    loss_minor = window.cols if sideways else 1
    corner = window.row_0 * window.cols + window.col_0
    near_2, far_2 = window.nearest * window.nearest, window.farthest * window.farthest
    low_index, high_index = (2 * node) << level, (2 * node + 2) << level
    low_slope, high_slope = fan.tangents[low_index], fan.tangents[high_index]
    low_edge = low_index == 0 and not face.closed
    high_edge = high_index == 2 * fan.leaves and face.closed
    work = desk.work
    n = 0
    while i <= last and n < at.CHUNK - 4:
        offset = start + (i - 1)
        major = face.first + face.step * (i - 1)
        low = math.ceil(face.minor_0 + low_slope * offset)
        end = math.ceil(face.minor_0 + high_slope * offset)
        if low_edge:
            low = math.floor(face.minor_0 - offset) + 1
        if high_edge:
            end = math.floor(face.minor_0 + offset) + 1
        for minor in range(max(low, 0), min(end, face.minors)):
            across = minor - face.minor_0
            square = offset * offset + across * across
            if square < near_2 or square > far_2:
                continue
            place = major * loss_major + minor * loss_minor - corner
            if loss[place] <= 0.0:
                continue
            desk.cells[n] = i
            desk.ground[n] = major * face.major_stride + minor * face.minor_stride
            desk.loss[n] = place
            work[at.D + n] = math.sqrt(square) * terrain.cell_km
            n += 1
        i += 1
    return i, n


@compiled
def _sample_to(
    ray: Ray, terrain: Terrain, face: Face, fan: Fan, leaf: int, desk: Desk, last: int
) -> None:
    """Write the samples that are missing up to `last`, each at the slope of its level."""
    for level in range(rays.LEVELS - 1, -1, -1):
        first = desk.sampled[0] + 1
        if first > last:
            return
        node = leaf >> level
        end = last
        if level > 0:
            end = min(last, rays.samples_of_level(face, fan, level, node))
        if first <= end:
            _sample(ray, terrain, face, fan.tangents[(2 * node + 1) << level], first, end, desk)
            desk.sampled[0] = end


@compiled
def _sample(
    ray: Ray, terrain: Terrain, face: Face, slope: float, first: int, last: int, desk: Desk
) -> None:
    """As `ray_state.sample`, with the sums that p = 50 % needs; on grids of two cells or more."""
    stretch = math.sqrt(1.0 + slope * slope) * terrain.cell_km
    start = abs(face.first - face.major_0)
    edge = face.minors - 1.0
    x, ground = ray.x, ray.ground
    for i in range(first, last + 1):
        offset = start + (i - 1)
        position = min(max(face.minor_0 + slope * offset, 0.0), edge)
        m = min(int(position), face.minors - 2)
        share = position - m
        place = (face.first + face.step * (i - 1)) * face.major_stride + m * face.minor_stride
        low = np.float64(terrain.ground[place])
        ground[i] = low + (np.float64(terrain.ground[place + face.minor_stride]) - low) * share
        x[i] = stretch * offset
    for i in range(first, last + 1):
        x_0, x_1, h_0, h_1 = x[i - 1], x[i], ground[i - 1], ground[i]
        step = x_1 - x_0
        ray.v_1[i] = ray.v_1[i - 1] + step * (h_1 + h_0)
        ray.v_2[i] = ray.v_2[i - 1] + step * (h_1 * (2.0 * x_1 + x_0) + h_0 * (x_1 + 2.0 * x_0))
    if terrain.cluttered:
        _sample_clutter(ray, terrain, face, slope, first, last, desk)
    if terrain.zoned:
        _sample_zones(ray, terrain, face, slope, first, last)


@compiled
def _sample_clutter(
    ray: Ray, terrain: Terrain, face: Face, slope: float, first: int, last: int, desk: Desk
) -> None:
    start = abs(face.first - face.major_0)
    edge = face.minors - 1.0
    clear = desk.sampled[1] if desk.sampled[1] < first else ray.x.size
    for i in range(first, last + 1):
        position = min(max(face.minor_0 + slope * (start + (i - 1)), 0.0), edge)
        m = min(int(position), face.minors - 2)
        place = (face.first + face.step * (i - 1)) * face.major_stride + m * face.minor_stride
        low = np.float64(terrain.clutter[place])
        rise = np.float64(terrain.clutter[place + face.minor_stride]) - low
        clutter = low + rise * (position - m)
        ray.top[i] = ray.ground[i] + clutter
        if clutter > 0.0:
            clear = min(clear, i)
    desk.sampled[1] = clear


@compiled
def _sample_zones(
    ray: Ray, terrain: Terrain, face: Face, slope: float, first: int, last: int
) -> None:
    start = abs(face.first - face.major_0)
    edge = face.minors - 1.0
    for i in range(first, last + 1):
        position = min(max(face.minor_0 + slope * (start + (i - 1)), 0.0), edge)
        m = int(position + 0.5)
        place = (face.first + face.step * (i - 1)) * face.major_stride + m * face.minor_stride
        ray.zone[i] = terrain.zone[place]
        half = 0.5 * (ray.x[i] - ray.x[i - 1])
        was = half if ray.zone[i - 1] == SEA else 0.0
        ray.sea[i] = ray.sea[i - 1] + was + (half if ray.zone[i] == SEA else 0.0)


@compiled
def _solve(ray: Ray, mast: Mast, terrain: Terrain, link: MedianLink, desk: Desk, n: int) -> None:
    """LOSS of the n cells in hand."""
    work, cells = desk.work, desk.cells
    h_0 = ray.ground[0]
    h_ts, rx = h_0 + mast.height_agl_m, mast.rx_height_agl_m
    _collect(ray, terrain, desk, n)
    _search(ray, terrain, link, desk, n, h_ts, rx)
    free_space_and_edges(work, n, h_ts, rx, link)
    smooth_heights(work, n, h_0, h_ts, rx, link)
    add_spherical(work, n, desk.picked, cells, ray.x, link)
    scatter_and_duct_bound(work, n, h_ts, rx, link)
    join_scatter(work, n)
    for j in range(n):
        if work[at.L_BFS + j] + work[at.L_D + j] >= work[at.L_DUCT + j]:
            work[at.LOSS + j] = loss_with_duct(ray, terrain, link, desk, j, h_0, h_ts, rx)


@compiled
def _collect(ray: Ray, terrain: Terrain, desk: Desk, n: int) -> None:
    """Fetch what each cell's path has behind it."""
    work = desk.work
    for j in range(n):
        k = desk.cells[j] - 1
        work[at.H_N + j] = terrain.ground[desk.ground[j]]
        work[at.X_K + j] = ray.x[k]
        work[at.H_K + j] = ray.ground[k]
        work[at.V_1 + j] = ray.v_1[k]
        work[at.V_2 + j] = ray.v_2[k]
        work[at.OMEGA + j] = 0.0
    if terrain.wet:
        for j in range(n):
            k = desk.cells[j] - 1
            d = work[at.D + j]
            half = 0.5 * (d - ray.x[k])
            was = half if ray.zone[k] == SEA else 0.0
            now = half if terrain.zone[desk.ground[j]] == SEA else 0.0
            work[at.OMEGA + j] = (ray.sea[k] + was + now) / d


@compiled
def _search(
    ray: Ray, terrain: Terrain, link: MedianLink, desk: Desk, n: int, h_ts: float, rx: float
) -> None:
    work, cells = desk.work, desk.cells
    c = link.curvature
    top = ray.top if terrain.cluttered else ray.ground
    search_curved(work, at.TOP, n, cells, desk.top, ray.median, top, ray.x, c, h_ts, rx, link.edge)
    search_straight(work, n, cells, ray.straight, ray.ground, ray.x, h_ts, rx)
    if desk.sampled[1] < cells[n - 1]:
        search_curved(
            work, at.BARE, n, cells, desk.bare, ray.bare, ray.ground, ray.x, c, h_ts, rx, link.edge
        )
        return
    for field in range(0, 5 * at.CHUNK, at.CHUNK):
        for j in range(n):
            work[at.BARE + field + j] = work[at.TOP + field + j]
    for j in range(n):
        desk.bare[0, j] = desk.top[0, j]
        desk.bare[1, j] = desk.top[1, j]
