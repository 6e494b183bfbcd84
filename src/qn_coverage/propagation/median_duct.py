"""Ducting and layer reflection at p = 50 %: worked out only where it can matter.

A duct lowers the loss of a cell only where diffraction loses more than the duct.
`median_link.duct_floor_db` is what no duct on any path undercuts;
`median_physics.scatter_and_duct_bound` adds what each path surely adds to it. The few cells beyond
that bound get the formulas of the `p1812` package.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from qn_coverage.propagation import median_fields as at
from qn_coverage.propagation._compile import compiled
from qn_coverage.propagation.fastmath import ordered
from qn_coverage.propagation.median_ray import ZONED
from qn_coverage.propagation.median_sample import sum_zones
from qn_coverage.propagation.p1812 import combination
from qn_coverage.propagation.p1812.combination import Mechanisms
from qn_coverage.propagation.p1812.ducting import DuctPath, anomalous_loss
from qn_coverage.propagation.p1812.path_loss import coast_distance
from qn_coverage.propagation.p1812.profile import ZoneLengths
from qn_coverage.propagation.p1812.radio_climate import INLAND, SEA, ducting_incidence

if TYPE_CHECKING:
    import numpy.typing as npt

    from qn_coverage.propagation.median_fields import MedianLink
    from qn_coverage.propagation.median_ray import Desk, MedianRay

    Floats = npt.NDArray[np.float64]


@compiled
def loss_with_duct(
    ray: MedianRay,
    link: MedianLink,
    desk: Desk,
    j: int,
    zone: int,
    zoned: bool,
    h_ts: float,
    rx: float,
) -> float:
    """L_b of cell j in hand, which lies in `zone`, ducting included."""
    work = desk.work
    last = desk.cells[j] - 1
    d, h_n, h_0 = work[at.D + j], work[at.H_N + j], ray.ground[0]
    h_rs = h_n + rx
    zones = ZoneLengths(0.0, d, d, np.inf, np.inf)
    if zoned:
        zones = _zones(ray, desk, last, d, zone)
    beta_0 = ducting_incidence(link.phi, zones.d_tm, zones.d_lm)
    h_st, h_sr = _regression(ray, last, d, h_n)
    h_st, h_sr = min(h_st, h_0), min(h_sr, h_n)
    i_lt, i_lr = desk.bare[0, j], desk.bare[1, j]
    if work[at.BARE + at.OPEN + j] > 0.5:
        i_lt = _closest(ray.x, ray.ground, last, d, h_ts, h_rs, link.curvature)
        i_lr = i_lt
    slope = (h_sr - h_st) / d
    h_m = _highest_above(ray.x, ray.ground, i_lt, i_lr, slope) - h_st
    theta_t, theta_r = work[at.THETA_T + j], work[at.THETA_R + j]
    duct = DuctPath(
        d,
        ray.x[i_lt],
        d - ray.x[i_lr],
        theta_t,
        theta_r,
        coast_distance(link.d_ct, zones.d_ct),
        coast_distance(link.d_cr, zones.d_cr),
        zones.d_lm,
        zones.omega,
        h_ts,
        h_rs,
        h_ts - h_st,
        h_rs - h_sr,
        h_m,
    )
    l_bfs, l_d50 = work[at.L_BFS + j], work[at.L_D + j]
    parts = Mechanisms(
        l_bfs,
        l_bfs,
        l_bfs,
        l_d50,
        l_d50,
        anomalous_loss(link.f, duct, link.a_e, beta_0, 50.0),
        work[at.L_BS + j],
        0.0,
        combination.angular_weight(1000.0 * d / link.a_e + theta_t + theta_r),
        combination.distance_weight(d),
        zones.omega,
    )
    return max(l_bfs, combination.combine(50.0, beta_0, parts).l_bc)


@compiled
def _zones(ray: MedianRay, desk: Desk, last: int, d: float, zone: int) -> ZoneLengths:
    """Zones of the path to a receiver in `zone`, from sums over the samples before it."""
    state = desk.state
    if state[ZONED] < last:
        sum_zones(
            ray.x,
            ray.zone,
            ray.land,
            ray.inland,
            ray.longest_land,
            ray.longest_inland,
            ray.first_sea,
            ray.last_sea,
            state[ZONED] + 1,
            last,
        )
        state[ZONED] = last
    half = 0.5 * (d - ray.x[last])
    was_sea, is_sea = ray.zone[last] == SEA, zone == SEA
    was_inland, is_inland = ray.zone[last] == INLAND, zone == INLAND
    sea = ray.sea[last] + (half if was_sea else 0.0) + (half if is_sea else 0.0)
    land = (0.0 if was_sea else ray.land[last] + half) + (0.0 if is_sea else half)
    inland = (ray.inland[last] + half if was_inland else 0.0) + (half if is_inland else 0.0)
    first, coast = ray.first_sea[last], ray.last_sea[last]
    if is_sea:
        first, coast = min(first, d - (0.0 if was_sea else half)), d
    elif was_sea:
        coast = ray.x[last] + half
    land, inland = max(ray.longest_land[last], land), max(ray.longest_inland[last], inland)
    return ZoneLengths(sea / d, land, inland, first, d - coast)


@compiled
def _regression(ray: MedianRay, last: int, d: float, h_n: float) -> tuple[float, float]:
    """h_st and h_sr, eqs. (83) to (86)."""
    x, h = ray.x[last], ray.ground[last]
    v_1 = ray.v_1[last] + (d - x) * (h_n + h)
    v_2 = ray.v_2[last] + (d - x) * (h_n * (2.0 * d + x) + h * (d + 2.0 * x))
    return (2.0 * v_1 * d - v_2) / (d * d), (v_2 - v_1 * d) / (d * d)


@ordered
def _highest_above(x: Floats, h: Floats, first: int, last: int, slope: float) -> float:
    """Greatest h - slope x of some samples."""
    start = np.uint32(first)  # see `median_sample`
    highest = h[start] - slope * x[start]
    for k in range(last - first + 1):
        highest = max(highest, h[start + k] - slope * x[start + k])
    return highest


@compiled
def _closest(
    x: Floats, h: Floats, last: int, d: float, h_ts: float, h_rs: float, bulge: float
) -> int:
    """Sample of greatest ν on an open path: the search on the hull does not always name it."""
    slope = (h_rs - h_ts) / d
    found, most = 1, -np.inf
    for i in range(1, last + 1):
        r = x[i] * (d - x[i])
        nu = (h[i] + bulge * r - h_ts - slope * x[i]) / np.sqrt(r)
        if nu >= most:
            found, most = i, nu
    return found
