"""The compiled sweep of one site at p = 50 %: the fast way, a node of a ray at a time.

Gives what `sweep_kernel.sweep_site` gives, to 1e-9 dB. Cells of a node are listed first, so that
nothing is sampled or searched beyond the last one that is asked for; then samples, hulls and
formulas each run in a loop of their own.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from qn_coverage.propagation import median_sample, rays
from qn_coverage.propagation._compile import borrowed, compiled, inlined
from qn_coverage.propagation.median_cells import (
    GROUP,
    NODES,
    asked_for,
    beside,
    place_of_node,
    sort_cells,
    take_cells,
)
from qn_coverage.propagation.median_fields import CHUNK
from qn_coverage.propagation.median_ray import CLEAR, SAMPLED, SUMMED, ZONED
from qn_coverage.propagation.median_search import look_out, rewind, seen_highest
from qn_coverage.propagation.median_solve import link_of_row, next_to_mast, solve
from qn_coverage.propagation.median_sphere import Spacing
from qn_coverage.propagation.p1812.line_of_sight import free_space_loss
from qn_coverage.propagation.p1812.radio_climate import SEA
from qn_coverage.propagation.ray_state import ground_at, zone_at

if TYPE_CHECKING:
    import numpy.typing as npt

    from qn_coverage.propagation.median_fields import MedianLink
    from qn_coverage.propagation.median_ray import Chain, Desk, MedianRay
    from qn_coverage.propagation.ray_state import Terrain
    from qn_coverage.propagation.rays import Face, Fan
    from qn_coverage.propagation.sweep_kernel import Mast, Window

    Floats = npt.NDArray[np.float64]
    Ends = npt.NDArray[np.int32]
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
        Shape (frequencies, fields of `MedianLink`), the lowest frequency first: see `link_table`.
    """
    terrain, fan, links = borrowed(terrain), borrowed(fan), borrowed(links)
    ray, desk = borrowed(ray), borrowed(desk)
    _start(ray, terrain, mast.row, mast.col)
    flat_losses = borrowed(losses).reshape((len(links), -1))
    done = 0
    for number in range(len(links)):
        link = link_of_row(links, number)
        done += _own_cell(flat_losses[number], window, mast, terrain, link, ray.ground[0])
    asked = asked_for(flat_losses)
    for which in range(rays.FACES):
        face = rays.face_of(which, mast.row, mast.col, terrain.rows, terrain.cols)
        kept = desk.sorted
        held = sort_cells(asked, window, face, fan, kept, desk.work)
        if held == 0:
            continue
        for group in range(fan.leaves // GROUP):
            if kept.first[group * NODES] == kept.first[(group + 1) * NODES]:
                continue
            for leaf in range(group * GROUP, (group + 1) * GROUP):
                for level in range(rays.LEVELS - 1, -1, -1):
                    if leaf & ((1 << level) - 1) == 0:
                        done += _sweep_node(
                            flat_losses,
                            window,
                            mast,
                            terrain,
                            face,
                            fan,
                            links,
                            ray,
                            desk,
                            level,
                            leaf,
                        )
    return done


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
    bulge = link_of_row(links, 0).curvature
    before, state = 0, desk.state
    if level < rays.LEVELS - 1:
        before = int(desk.sorted.ends[(level + 1) * fan.leaves + (leaf >> (level + 1))])
    if state[SAMPLED] > before or before == 0:
        state[SAMPLED] = before
        state[ZONED] = min(state[ZONED], before)
        state[SUMMED] = min(state[SUMMED], before)
        if before == 0:
            state[CLEAR] = ray.x.size
        _rewind(ray, terrain, before)
    node = place_of_node(leaf, level)
    first, end = desk.sorted.first[node], desk.sorted.first[node + 1]
    done = 0
    while first < end:
        n = take_cells(window, terrain, face, desk, first, min(end, first + CHUNK))
        if desk.cells[0] == 1:
            n = beside(desk.cells, n)
            done += next_to_mast(losses, ray.ground[0], mast, links, desk, n)
        else:
            _sample_to(ray, mast, terrain, face, fan, bulge, leaf, desk, desk.cells[n - 1] - 1)
            spacing = _spacing(face, fan, desk.sorted.ends, leaf, terrain.cell_km)
            done += solve(losses, ray, mast, terrain, links, desk, n, spacing)
        first += n
    return done


@inlined
def _rewind(ray: MedianRay, terrain: Terrain, last: int) -> None:
    """Take the hulls back to the points up to `last`."""
    rewind(ray.bare.prev, ray.bare.next, ray.bare.marks, last)
    if terrain.cluttered:
        chain = ray.cluttered
        rewind(chain.prev, chain.next, chain.marks, last)


@inlined
def _sample_to(
    ray: MedianRay,
    mast: Mast,
    terrain: Terrain,
    face: Face,
    fan: Fan,
    bulge: float,
    leaf: int,
    desk: Desk,
    last: int,
) -> None:
    """Write the samples that are missing up to `last`, each at the slope of its level."""
    start = abs(face.first - face.major_0)
    h_ts = ray.ground[0] + mast.height_agl_m
    for level in range(rays.LEVELS - 1, -1, -1):
        first = desk.state[SAMPLED] + 1
        if first > last:
            return
        node = leaf >> level
        end = last
        if level > 0:
            end = min(last, int(desk.sorted.ends[level * fan.leaves + node]))
        if first > end:
            continue
        slope = fan.tangents[(2 * node + 1) << level]
        place = (face.first + face.step * (first - 1)) * face.major_stride
        median_sample.place_samples(
            ray.x,
            ray.low,
            ray.share,
            place,
            face.step * face.major_stride,
            face.minor_stride,
            face.minor_0,
            slope,
            face.minors,
            start + (first - 1),
            terrain.cell_km,
            first,
            end,
        )
        low, share, aside = ray.low, ray.share, face.minor_stride
        median_sample.sample_ground(ray.ground, low, share, terrain.ground, aside, first, end)
        _look_out(ray.bare, ray.ground, ray.x, bulge, h_ts, first, end)
        seen_highest(ray.bare.straight, ray.ground, ray.x, h_ts, first, end)
        if terrain.cluttered:
            median_sample.sample_clutter(
                ray.top, ray.ground, desk.state, low, share, terrain.clutter, aside, first, end
            )
            _look_out(ray.cluttered, ray.top, ray.x, bulge, h_ts, first, end)
        if terrain.zoned:
            median_sample.sample_zones(
                ray.zone, ray.sea, ray.x, low, share, terrain.zone, aside, first, end
            )
        desk.state[SAMPLED] = end


@inlined
def _spacing(face: Face, fan: Fan, ends: Ends, leaf: int, cell_km: float) -> Spacing:
    """Where the samples of the ray through a leaf lie."""
    return Spacing(
        abs(face.first - face.major_0) - 1.0,
        ends[3 * fan.leaves + (leaf >> 3)],
        ends[2 * fan.leaves + (leaf >> 2)],
        ends[1 * fan.leaves + (leaf >> 1)],
        rays.stretch(fan.tangents[(2 * (leaf >> 3) + 1) << 3]) * cell_km,
        rays.stretch(fan.tangents[(2 * (leaf >> 2) + 1) << 2]) * cell_km,
        rays.stretch(fan.tangents[(2 * (leaf >> 1) + 1) << 1]) * cell_km,
        rays.stretch(fan.tangents[2 * leaf + 1]) * cell_km,
    )


@inlined
def _look_out(
    chain: Chain, heights: Floats, x: Floats, c: float, h_ts: float, first: int, last: int
) -> None:
    look_out(chain.z, chain.best, chain.tops, heights, x, c, h_ts, first, last)
