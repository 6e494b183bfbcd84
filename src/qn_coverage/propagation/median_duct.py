"""Ducting and layer reflection at p = 50 %: worked out only where it can matter.

A duct lowers the loss of a cell only where diffraction loses more than the duct. `duct_floor` is
what no duct on any path undercuts; `median_physics.scatter_and_duct_bound` adds what each path
surely adds to it. The few cells beyond that bound get the formulas of the `p1812` package.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from qn_coverage.propagation import median_fields as at
from qn_coverage.propagation._compile import compiled
from qn_coverage.propagation.p1812 import combination, profile
from qn_coverage.propagation.p1812.combination import Mechanisms
from qn_coverage.propagation.p1812.ducting import DuctPath, anomalous_loss
from qn_coverage.propagation.p1812.path_loss import coast_distance
from qn_coverage.propagation.p1812.radio_climate import ducting_incidence

if TYPE_CHECKING:
    from qn_coverage.propagation.median_fields import MedianLink
    from qn_coverage.propagation.median_kernel import Desk
    from qn_coverage.propagation.p1812.profile import ZoneLengths
    from qn_coverage.propagation.ray_state import Ray, Terrain


@compiled
def loss_with_duct(
    ray: Ray,
    terrain: Terrain,
    link: MedianLink,
    desk: Desk,
    j: int,
    h_0: float,
    h_ts: float,
    rx: float,
) -> float:
    """L_b of cell j in hand, ducting included."""
    work = desk.work
    last = desk.cells[j] - 1
    d, h_n = work[at.D + j], work[at.H_N + j]
    h_rs = h_n + rx
    zones = _zones(ray, last, d, terrain.zone[desk.ground[j]])
    beta_0 = ducting_incidence(link.phi, zones.d_tm, zones.d_lm)
    h_st, h_sr = _regression(ray, last, d, h_n)
    h_st, h_sr = min(h_st, h_0), min(h_sr, h_n)
    i_lt, i_lr = desk.bare[0, j], desk.bare[1, j]
    if work[at.BARE + at.OPEN + j] > 0.5:
        i_lt = _closest(ray, last, d, h_ts, h_rs, link.curvature)
        i_lr = i_lt
    slope = (h_sr - h_st) / d
    h_m = -np.inf
    for i in range(i_lt, i_lr + 1):
        h_m = max(h_m, ray.ground[i] - (h_st + slope * ray.x[i]))
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
def _closest(ray: Ray, last: int, d: float, h_ts: float, h_rs: float, bulge: float) -> int:
    """Sample of greatest ν on an open path: the search on the hull does not always name it."""
    x, h = ray.x, ray.ground
    slope = (h_rs - h_ts) / d
    found, most = 1, -np.inf
    for i in range(1, last + 1):
        r = x[i] * (d - x[i])
        nu = (h[i] + bulge * r - h_ts - slope * x[i]) / np.sqrt(r)
        if nu >= most:
            found, most = i, nu
    return found


@compiled
def _zones(ray: Ray, last: int, d: float, zone: int) -> ZoneLengths:
    """Zones of the path: the receiver takes the place of the sample after the last."""
    end = last + 1
    x, kind = ray.x[end], ray.zone[end]
    ray.x[end], ray.zone[end] = d, zone
    found = profile.zone_lengths(ray.x[: end + 1], ray.zone[: end + 1])
    ray.x[end], ray.zone[end] = x, kind
    return found


@compiled
def _regression(ray: Ray, last: int, d: float, h_n: float) -> tuple[float, float]:
    """h_st and h_sr, eqs. (83) to (86)."""
    x, h = ray.x[last], ray.ground[last]
    v_1 = ray.v_1[last] + (d - x) * (h_n + h)
    v_2 = ray.v_2[last] + (d - x) * (h_n * (2.0 * d + x) + h * (d + 2.0 * x))
    return (2.0 * v_1 * d - v_2) / (d * d), (v_2 - v_1 * d) / (d * d)
