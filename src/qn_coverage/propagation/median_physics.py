"""P.1812 at p = 50 % over many cells at once: free space, edges, scatter, and what bounds a duct.

Loops over fields of the work array (see `median_fields`), written so that LLVM vectorises them. The
formulas are those of the `p1812` package; at p = 50 % diffraction is the median alone (section
4.3.5) and multipath has no part (eq. (9a)). Slopes are brought to the form in which Bullington's
point need not be found: with u and w the slopes from both ends above the direct line,
ν² = (0.002 d / λ) u w.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from qn_coverage.propagation import median_fields as at
from qn_coverage.propagation._compile import compiled
from qn_coverage.propagation.fastmath import DB_PER_LOG2, arc_tangent, exp2, flat, log2
from qn_coverage.propagation.p1812.diffraction import NU_NONE

if TYPE_CHECKING:
    import numpy.typing as npt

    from qn_coverage.propagation.median_fields import MedianLink

    Floats = npt.NDArray[np.float64]

_LOG2_E_SIXTH = 1.4426950408889634 / 6.0


@flat
def bullington_of_nu(nu: float, d: float) -> float:
    """L_bull of a diffraction parameter, eqs. (12) and (21)."""
    shifted = max(nu, -1.0) - 0.1
    edge = 6.9 + 2.0 * DB_PER_LOG2 * log2(np.sqrt(shifted * shifted + 1.0) + shifted)
    l_uc = edge if nu > NU_NONE else 0.0
    return l_uc + (1.0 - exp2(-l_uc * _LOG2_E_SIXTH)) * (10.0 + 0.02 * d)


@compiled
def free_space_and_edges(work: Floats, n: int, h_ts: float, rx: float, link: MedianLink) -> None:
    """L_bfs and L_bulla of cells 0 to n - 1: eqs. (8) and (13) to (21)."""
    c = link.curvature
    for i in range(n):
        d = work[at.D + i]
        h_rs = work[at.H_N + i] + rx
        rise = 0.001 * (h_rs - h_ts)
        work[at.L_BFS + i] = link.free_space + DB_PER_LOG2 * log2(d * d + rise * rise)
        s_tr = (h_rs - h_ts) / d
        x, g = work[at.TOP + at.X_T + i], work[at.TOP + at.G_T + i]
        u = (g + c * x * (d - x) - h_ts) / x - s_tr
        x, g = work[at.TOP + at.X_R + i], work[at.TOP + at.G_R + i]
        far = d - x
        above = g + c * x * far
        w = (above - h_rs) / far + s_tr
        nu_edge = np.sqrt(link.edge * d * max(u, 0.0) * max(w, 0.0))
        nu_open = (above - h_ts - s_tr * x) * np.sqrt(link.edge * d / (x * far))
        nu = nu_open if work[at.TOP + at.OPEN + i] > 0.5 else nu_edge
        work[at.L_D + i] = bullington_of_nu(nu, d)


@compiled
def smooth_heights(
    work: Floats, n: int, h_0: float, h_ts: float, rx: float, link: MedianLink
) -> None:
    """Antennas above the smooth surface, eqs. (83) to (89d), and where the spherical part may count.

    It can not where even the lower antenna clears Earth's whole bulge by the most that eq. (25)
    can ask for, 17.456 √(λ d) / 2.
    """
    c = link.curvature
    for i in range(n):
        d, h_n = work[at.D + i], work[at.H_N + i]
        h_rs = h_n + rx
        x_k, h_k = work[at.X_K + i], work[at.H_K + i]
        step = d - x_k
        v_1 = work[at.V_1 + i] + step * (h_n + h_k)
        v_2 = work[at.V_2 + i] + step * (h_n * (2.0 * d + x_k) + h_k * (d + 2.0 * x_k))
        over = 1.0 / (d * d)
        h_st = (2.0 * v_1 * d - v_2) * over
        h_sr = (v_2 - v_1 * d) * over
        slope = (h_rs - h_ts) / d
        h_obs = work[at.H_O + i] - h_ts - slope * work[at.X_O + i]
        x = work[at.X_A + i]
        a_obt = (work[at.H_A + i] - h_ts - slope * x) / x
        x = work[at.X_B + i]
        a_obr = (work[at.H_B + i] - h_ts - slope * x) / (d - x)
        share = a_obt / (a_obt + a_obr) if h_obs > 0.0 else 0.0
        lift = max(0.0, h_obs)
        h_te = h_ts - min(h_st - lift * share, h_0)
        h_re = h_rs - min(h_sr - lift * (1.0 - share), h_n)
        work[at.H_TE + i] = h_te
        work[at.H_RE + i] = h_re
        clear = min(h_te, h_re) - 0.25 * c * d * d
        work[at.SPHERE + i] = 0.0 if clear > 8.728 * np.sqrt(link.wavelength * d) else 1.0


@compiled
def scatter_and_duct_bound(work: Floats, n: int, h_ts: float, rx: float, link: MedianLink) -> None:
    """L_bs, eq. (44), and a loss that no duct undercuts, eqs. (46) to (56).

    The bound takes the least that the time variability, the sea and the horizons of an open path
    can add; site shielding counts where there are horizons.
    """
    c = link.curvature
    for i in range(n):
        d = work[at.D + i]
        h_rs = work[at.H_N + i] + rx
        s_tr = (h_rs - h_ts) / d
        x_t, x_r = work[at.BARE + at.X_T + i], work[at.BARE + at.X_R + i]
        d_lr = d - x_r
        s_t = (work[at.BARE + at.G_T + i] - h_ts) / x_t - c * x_t
        s_r = (work[at.BARE + at.G_R + i] - h_rs) / d_lr - c * d_lr
        is_open = work[at.BARE + at.OPEN + i] > 0.5
        s_t = s_tr - c * d if is_open else s_t
        s_r = -s_tr - c * d if is_open else s_r
        theta_t = 1000.0 * arc_tangent(0.001 * s_t)
        theta_r = 1000.0 * arc_tangent(0.001 * s_r)
        work[at.THETA_T + i] = theta_t
        work[at.THETA_R + i] = theta_r
        bend = 2.0 * c * d  # 1000 d / a_e
        log_d = log2(d)
        theta = bend + theta_t + theta_r
        work[at.L_BS + i] = link.scatter + 2.0 * DB_PER_LOG2 * log_d + 0.573 * theta
        d_lt = x_t if not is_open else 0.5 * d
        d_lr = d_lr if not is_open else 0.5 * d
        excess_t = max(theta_t - 0.1 * d_lt, 0.0) if not is_open else 0.0
        excess_r = max(theta_r - 0.1 * d_lr, 0.0) if not is_open else 0.0
        edges = 1.0 + 0.361 * excess_t * np.sqrt(link.f * d_lt)
        edges = edges * (1.0 + 0.361 * excess_r * np.sqrt(link.f * d_lr)) * (d_lt + d_lr)
        bound = link.duct + 2.0 * DB_PER_LOG2 * log2(edges)
        bound += 0.264 * link.cube_root_f * (excess_t + excess_r)
        # An open path's point of greatest ν isn't known here: d_lt and d_lr may be anything.
        turn_t = min(theta_t, 0.1 * d_lt) if not is_open else min(theta_t, 0.0)
        turn_r = min(theta_r, 0.1 * d_lr) if not is_open else min(theta_r, 0.0)
        work[at.L_DUCT + i] = bound + link.attenuation * (bend + turn_t + turn_r)


@compiled
def join_scatter(work: Floats, n: int) -> None:
    """L_b where no duct counts: eqs. (63) and (69)."""
    for i in range(n):
        l_bd = work[at.L_BFS + i] + work[at.L_D + i]
        l_bs = work[at.L_BS + i]
        low, high = min(l_bs, l_bd), max(l_bs, l_bd)
        gain = 0.5 * DB_PER_LOG2 * log2(1.0 + exp2(-0.66438561897747244 * (high - low)))
        work[at.LOSS + i] = max(low - gain, work[at.L_BFS + i])
