"""P.1812 at p = 50 % over many cells at once: free space, edges, scatter, and what bounds a duct.

Loops over fields of the work array (see `median_fields`), written so that LLVM vectorises them.
They run over whole vectors, past the last cell: often few are in hand, and one vector costs less
than two cells one by one. The formulas are those of the `p1812` package; at p = 50 % diffraction is
the median alone (section 4.3.5) and multipath has no part (eq. (9a)). Slopes are brought to the
form in which Bullington's point need not be found: with u and w the slopes from both ends above the
direct line, ν² = (0.002 d / λ) u w.
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
def whole(n: int) -> int:
    """Cells of the vectors, of eight each, that n cells begin."""
    return (n + 7) & ~7


@flat
def bullington_of_nu(nu: float, d: float) -> float:
    """L_bull of a diffraction parameter, eqs. (12) and (21)."""
    shifted = max(nu, -1.0) - 0.1
    edge = 6.9 + 2.0 * DB_PER_LOG2 * log2(np.sqrt(shifted * shifted + 1.0) + shifted)
    l_uc = edge if nu > NU_NONE else 0.0
    return l_uc + (1.0 - exp2(-l_uc * _LOG2_E_SIXTH)) * (10.0 + 0.02 * d)


@flat
def coupling(omega: float) -> float:
    """Least that both sea couplings of eq. (47) add: -6 dB each, where ω is 0.75 or more."""
    return -12.0 if omega > 0.7499999 else 0.0


@compiled
def lines(work: Floats, n: int, h_ts: float, rx: float, c: float) -> None:
    """The straight line to each of n cells: all of it that no frequency changes; c = 500 / a_e."""
    for i in range(whole(n)):
        d = work[at.D + i]
        h_rs = work[at.H_N + i] + rx
        work[at.SLOPE + i] = (h_rs - h_ts) / d
        work[at.Z_R + i] = h_rs - c * d * d
        rise = 0.001 * (h_rs - h_ts)
        work[at.SPREAD + i] = DB_PER_LOG2 * log2(d * d + rise * rise)


@compiled
def free_space(work: Floats, n: int, link: MedianLink) -> None:
    """L_bfs of n cells, eq. (8), from their SPREAD."""
    for i in range(whole(n)):
        work[at.L_BFS + i] = link.free_space + work[at.SPREAD + i]


@compiled
def least_loss(work: Floats, n: int, h_ts: float, rx: float, link: MedianLink) -> None:
    """A loss that none of n cells undercuts, from the point that the transmitter sees highest.

    With u the slope to that point above the direct line and w that from the receiver, both from one
    edge, ν² = (0.002 d / λ) u w is at most that of Bullington's point, and for ν ≥ 1 eq. (12) is at
    least 12.0 + 20 log ν and eq. (21) adds at least 8.65 dB. A duct takes off at most the share
    1 - F_k of diffraction (eq. (61) with L_minbap ≥ L_b0p), and none where it loses more itself;
    scatter takes off at most 1.51 dB, and 0.03 dB where it is 10 dB weaker (eq. (63)).
    """
    c, factor = link.curvature, link.edge
    scatter, duct, attenuation = link.scatter, link.duct, link.attenuation
    for i in range(whole(n)):
        d, s_tr = work[at.D + i], work[at.SLOPE + i]
        h_rs = work[at.H_N + i] + rx
        x, g = work[at.TOP + at.X_T + i], work[at.TOP + at.G_T + i]
        far = d - x
        u = (g - h_ts) / x + c * far - s_tr
        w = (g - h_rs) / far + c * x + s_tr
        square = factor * d * max(u, 0.0) * max(w, 0.0)
        l_d = 20.65 + DB_PER_LOG2 * log2(square) if square >= 1.0 else 0.0
        x, g = work[at.BARE + at.X_T + i], work[at.BARE + at.G_T + i]
        far = d - x
        s_t = (g - h_ts) / x - c * x
        s_r = (g - h_rs) / far - c * far
        l_ba = duct + coupling(work[at.OMEGA + i]) + 2.0 * DB_PER_LOG2 * log2(x)
        l_ba += attenuation * (2.0 * c * d + min(s_t, 0.0) + min(s_r, 0.0))
        f_k = 1.0 / (1.0 + exp2(0.21640425613334451 * (d - 20.0)))
        l_bfs = work[at.L_BFS + i]
        l_bda = l_bfs + max(f_k * l_d, min(l_d, l_ba - l_bfs))
        l_bs = scatter + 2.0 * DB_PER_LOG2 * log2(d) - 0.1
        low, high = min(l_bs, l_bda), max(l_bs, l_bda)
        joined = low - (0.03 if high - low > 10.0 else 1.51)
        work[at.LEAST + i] = max(joined, l_bfs)


@compiled
def edges(work: Floats, n: int, h_ts: float, rx: float, link: MedianLink) -> None:
    """L_bulla of n cells: eqs. (13) to (21)."""
    c, factor = link.curvature, link.edge
    for i in range(whole(n)):
        d, s_tr = work[at.D + i], work[at.SLOPE + i]
        h_rs = work[at.H_N + i] + rx
        x, g = work[at.TOP + at.X_T + i], work[at.TOP + at.G_T + i]
        u = (g - h_ts) / x + c * (d - x) - s_tr
        x, g = work[at.TOP + at.X_R + i], work[at.TOP + at.G_R + i]
        far = d - x
        w = (g - h_rs) / far + c * x + s_tr
        # On an open path w is the clearance over far, and ν² = factor d clearance² / (x far).
        is_open = work[at.TOP + at.OPEN + i] > 0.5
        square = factor * d * (w * w * far / x if is_open else max(u, 0.0) * max(w, 0.0))
        nu = np.sqrt(square)
        work[at.L_D + i] = bullington_of_nu(-nu if is_open else nu, d)


@compiled
def smooth_heights(work: Floats, n: int, h_0: float, h_ts: float, rx: float, c: float) -> None:
    """Antennas above the smooth surface, eqs. (83) to (89d), and how far both clear the sphere.

    CLEARED is the square, a km of path, of what the lower antenna has over Earth's whole bulge.
    """
    for i in range(whole(n)):
        d, h_n = work[at.D + i], work[at.H_N + i]
        h_rs = h_n + rx
        x_k, h_k = work[at.X_K + i], work[at.H_K + i]
        step = d - x_k
        v_1 = work[at.V_1 + i] + step * (h_n + h_k)
        v_2 = work[at.V_2 + i] + step * (h_n * (2.0 * d + x_k) + h_k * (d + 2.0 * x_k))
        over = 1.0 / (d * d)
        h_st = (2.0 * v_1 * d - v_2) * over
        h_sr = (v_2 - v_1 * d) * over
        slope = work[at.SLOPE + i]
        h_obs = work[at.H_O + i] - h_ts - slope * work[at.X_O + i]
        x_a, x_b = work[at.X_A + i], work[at.X_B + i]
        # a_obt / (a_obt + a_obr), both multiplied by the two distances
        a_obt = (work[at.H_A + i] - h_ts - slope * x_a) * (d - x_b)
        a_obr = (work[at.H_B + i] - h_ts - slope * x_b) * x_a
        share = a_obt / (a_obt + a_obr)
        obstructed = h_obs > 0.0
        lift_t = h_obs * share if obstructed else 0.0
        lift_r = h_obs * (1.0 - share) if obstructed else 0.0
        h_te = h_ts - min(h_st - lift_t, h_0)
        h_re = h_rs - min(h_sr - lift_r, h_n)
        work[at.H_TE + i] = h_te
        work[at.H_RE + i] = h_re
        clear = min(h_te, h_re) - 0.25 * c * d * d
        work[at.CLEARED + i] = clear * clear / d if clear > 0.0 else 0.0


@compiled
def horizons(work: Floats, n: int, h_ts: float, rx: float, c: float) -> None:
    """Elevation of both horizons over bare ground, mrad: eqs. (78) and (80)."""
    for i in range(whole(n)):
        d, s_tr = work[at.D + i], work[at.SLOPE + i]
        h_rs = work[at.H_N + i] + rx
        x_t, x_r = work[at.BARE + at.X_T + i], work[at.BARE + at.X_R + i]
        far = d - x_r
        is_open = work[at.BARE + at.OPEN + i] > 0.5
        s_t = s_tr - c * d if is_open else (work[at.BARE + at.G_T + i] - h_ts) / x_t - c * x_t
        s_r = -s_tr - c * d if is_open else (work[at.BARE + at.G_R + i] - h_rs) / far - c * far
        work[at.THETA_T + i] = 1000.0 * arc_tangent(0.001 * s_t)
        work[at.THETA_R + i] = 1000.0 * arc_tangent(0.001 * s_r)


@compiled
def scatter_and_duct_bound(work: Floats, n: int, link: MedianLink) -> None:
    """L_bs, eq. (44), L_b without ducts, and a loss that no duct undercuts, eqs. (46) to (56).

    The bound takes the least that the time variability, the sea and the horizons of an open path
    can add; site shielding counts where there are horizons.
    """
    c, f = link.curvature, link.f
    scatter, duct, attenuation = link.scatter, link.duct, link.attenuation
    creeping = 0.264 * link.cube_root_f
    for i in range(whole(n)):
        d = work[at.D + i]
        x_t, far = work[at.BARE + at.X_T + i], d - work[at.BARE + at.X_R + i]
        is_open = work[at.BARE + at.OPEN + i] > 0.5
        theta_t, theta_r = work[at.THETA_T + i], work[at.THETA_R + i]
        bend = 2.0 * c * d  # 1000 d / a_e
        theta = bend + theta_t + theta_r
        l_bs = scatter + 2.0 * DB_PER_LOG2 * log2(d) + 0.573 * theta
        work[at.L_BS + i] = l_bs
        # An open path's point of greatest ν isn't known here: d_lt and d_lr may be anything.
        d_lt = 0.5 * d if is_open else x_t
        d_lr = 0.5 * d if is_open else far
        excess_t = 0.0 if is_open else max(theta_t - 0.1 * d_lt, 0.0)
        excess_r = 0.0 if is_open else max(theta_r - 0.1 * d_lr, 0.0)
        edges = 1.0 + 0.361 * excess_t * np.sqrt(f * d_lt)
        edges = edges * (1.0 + 0.361 * excess_r * np.sqrt(f * d_lr)) * (d_lt + d_lr)
        bound = duct + coupling(work[at.OMEGA + i]) + 2.0 * DB_PER_LOG2 * log2(edges)
        bound += creeping * (excess_t + excess_r)
        turn_t = min(theta_t, 0.0 if is_open else 0.1 * d_lt)
        turn_r = min(theta_r, 0.0 if is_open else 0.1 * d_lr)
        work[at.L_DUCT + i] = bound + attenuation * (bend + turn_t + turn_r)
        l_bfs = work[at.L_BFS + i]
        l_bd = l_bfs + work[at.L_D + i]
        low, high = min(l_bs, l_bd), max(l_bs, l_bd)
        gain = 0.5 * DB_PER_LOG2 * log2(1.0 + exp2(-0.66438561897747244 * (high - low)))
        work[at.LOSS + i] = max(low - gain, l_bfs)
