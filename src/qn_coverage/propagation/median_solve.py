"""Losses of the cells in hand, for all bands of a mast: bounds first, then hulls, then formulas.

What no frequency changes is worked out once: samples, points on the hulls, slopes, horizons.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qn_coverage.propagation import median_fields as at
from qn_coverage.propagation._compile import inlined
from qn_coverage.propagation.median_duct import loss_with_duct
from qn_coverage.propagation.median_fields import MedianLink
from qn_coverage.propagation.median_physics import (
    edges,
    free_space,
    horizons,
    least_loss,
    lines,
    scatter_and_duct_bound,
    smooth_heights,
)
from qn_coverage.propagation.median_ray import CLEAR, SUMMED
from qn_coverage.propagation.median_sample import sum_heights
from qn_coverage.propagation.median_search import search
from qn_coverage.propagation.median_sphere import Spacing, add_spherical
from qn_coverage.propagation.p1812.line_of_sight import free_space_loss
from qn_coverage.propagation.p1812.radio_climate import SEA

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from qn_coverage.propagation.median_ray import Chain, Desk, MedianRay
    from qn_coverage.propagation.ray_state import Terrain
    from qn_coverage.propagation.sweep_kernel import Mast

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]
    Links = npt.NDArray[np.uint32]
    Losses = npt.NDArray[np.float32]


@inlined
def link_of_row(links: Floats, number: int) -> MedianLink:
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


@inlined
def next_to_mast(losses: Losses, h_0: float, mast: Mast, links: Floats, desk: Desk, n: int) -> int:
    """Cells with no sample before them: free space; returns how many losses are written."""
    work, places = desk.work, desk.loss
    h_ts = h_0 + mast.height_agl_m
    done = 0
    for number in range(len(links)):
        loss, f = losses[number], links[number, 0]
        for j in range(n):
            if loss[places[j]] > 0.0:
                h_rs = work[at.H_N + j] + mast.rx_height_agl_m
                loss[places[j]] = free_space_loss(f, work[at.D + j], h_ts, h_rs)
                done += 1
    return done


@inlined
def solve(
    losses: Losses,
    ray: MedianRay,
    mast: Mast,
    terrain: Terrain,
    links: Floats,
    desk: Desk,
    n: int,
    spacing: Spacing,
) -> int:
    """Write the losses of the n cells in hand, or 0 where the loss is surely greater than matters.

    Returns how many losses are written.
    """
    work, cells, places, x, ground = desk.work, desk.cells, desk.loss, ray.x, ray.ground
    h_0 = ground[0]
    h_ts, rx = h_0 + mast.height_agl_m, mast.rx_height_agl_m
    first = link_of_row(links, 0)
    n = _screen(losses, ray, terrain, links, desk, n, h_ts, rx)
    if n == 0:
        return 0
    v_1, v_2 = ray.v_1, ray.v_2
    last = cells[n - 1] - 1
    if desk.state[SUMMED] < last:
        sum_heights(v_1, v_2, x, ground, desk.state[SUMMED] + 1, last)
        desk.state[SUMMED] = last
    for j in range(n):
        k = cells[j] - 1
        work[at.X_K + j], work[at.H_K + j] = x[k], ground[k]
        work[at.V_1 + j], work[at.V_2 + j] = v_1[k], v_2[k]
    # The lower the frequency, the more points on an open path matter.
    _search(ray, first.curvature, first.edge, desk, n, h_ts)
    smooth_heights(work, n, h_0, h_ts, rx, first.curvature)
    horizons(work, n, h_ts, rx, first.curvature)
    done = 0
    for number in range(len(links)):
        link, loss = link_of_row(links, number), losses[number]
        held = 0
        for j in range(n):
            held += 1 if loss[places[j]] > 0.0 else 0
        if held == 0:
            continue
        done += held
        free_space(work, n, link)
        edges(work, n, h_ts, rx, link)
        add_spherical(work, n, desk.picked, cells, spacing, link)
        scatter_and_duct_bound(work, n, link)
        for j in range(n):
            if loss[places[j]] > 0.0:
                l_d = work[at.L_D + j]
                if l_d > 0.0 and work[at.L_BFS + j] + l_d >= work[at.L_DUCT + j]:
                    zone = terrain.zone[desk.ground[j]]
                    work[at.LOSS + j] = loss_with_duct(
                        ray, link, desk, j, zone, terrain.zoned, h_ts, rx
                    )
                loss[places[j]] = work[at.LOSS + j]
    return done


@inlined
def _screen(
    losses: Losses,
    ray: MedianRay,
    terrain: Terrain,
    links: Floats,
    desk: Desk,
    n: int,
    h_ts: float,
    rx: float,
) -> int:
    """Keep the cells of which a loss may matter in some band; 0 goes where it surely doesn't."""
    work, cells, x = desk.work, desk.cells, ray.x
    ground, places, bare, top = desk.ground, desk.loss, desk.bare, desk.cluttered
    first = link_of_row(links, 0)
    lines(work, n, h_ts, rx, first.curvature)
    _seen_highest(ray.bare.best, ray.ground, x, cells, work, bare, at.BARE, n)
    if terrain.cluttered:
        _seen_highest(ray.cluttered.best, ray.top, x, cells, work, top, at.TOP, n)
    else:
        for i in range(n):
            work[at.TOP + at.X_T + i] = work[at.BARE + at.X_T + i]
            work[at.TOP + at.G_T + i] = work[at.BARE + at.G_T + i]
    for j in range(n):
        work[at.OMEGA + j] = 0.0
    if terrain.wet:
        _sea_shares(ray, terrain, desk, n)
    if not first.screen:
        return n
    for j in range(n):
        work[at.KEPT + j] = 0.0
    for number in range(len(links)):
        link, loss = link_of_row(links, number), losses[number]
        free_space(work, n, link)
        least_loss(work, n, h_ts, rx, link)
        for j in range(n):
            allowed = loss[places[j]]
            counts = (allowed > 0.0) & (work[at.LEAST + j] <= allowed)
            loss[places[j]] = allowed if counts else 0.0
            work[at.KEPT + j] += 1.0 if counts else 0.0
    kept = 0
    for j in range(n):
        cells[kept], ground[kept], places[kept] = cells[j], ground[j], places[j]
        bare[0, kept], top[0, kept] = bare[0, j], top[0, j]
        for field in (at.D, at.H_N, at.OMEGA, at.SPREAD, at.SLOPE, at.Z_R):
            work[field + kept] = work[field + j]
        for base in (at.BARE, at.TOP):
            work[base + at.X_T + kept] = work[base + at.X_T + j]
            work[base + at.G_T + kept] = work[base + at.G_T + j]
        kept += 1 if work[at.KEPT + j] > 0.0 else 0
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
def _search(
    ray: MedianRay, bulge: float, edge_factor: float, desk: Desk, n: int, h_ts: float
) -> None:
    """Search the hull of bare ground and, where there was clutter, that of the ground with it."""
    _search_chain(
        ray.bare, ray.ground, ray.x, bulge, edge_factor, desk, at.BARE, desk.bare, n, h_ts
    )
    if desk.state[CLEAR] < desk.cells[n - 1]:
        found = desk.cluttered
        _search_chain(
            ray.cluttered, ray.top, ray.x, bulge, edge_factor, desk, at.TOP, found, n, h_ts
        )
        return
    work = desk.work
    for i in range(n):
        for field in (at.X_R, at.G_R, at.OPEN):
            work[at.TOP + field + i] = work[at.BARE + field + i]


@inlined
def _search_chain(
    chain: Chain,
    heights: Floats,
    x: Floats,
    bulge: float,
    edge_factor: float,
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
        bulge,
        h_ts,
        edge_factor,
        base == at.BARE,
    )
