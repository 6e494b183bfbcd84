"""What the whole profile of a path is searched for, point by point.

Source: Recommendation ITU-R P.1812-8, Annex 1, sections 3.2, 4.3.1 and 4.3.4, and Attachment 1;
symbols as there. Distances in km from the transmitter, heights in m amsl. Points 1 to n-1 lie
between the terminals, which are points 0 and n.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from qn_coverage.propagation._compile import compiled
from qn_coverage.propagation.p1812.diffraction import WAVELENGTH_M_GHZ, Extremes
from qn_coverage.propagation.p1812.radio_climate import INLAND, SEA

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]


class Horizons(NamedTuple):
    """Horizon angles (mrad) and distances (km) with their points, eqs. (76) to (82)."""

    theta_t: float
    theta_r: float
    theta: float
    d_lt: float
    d_lr: float
    i_lt: int
    i_lr: int
    transhorizon: bool


class SmoothEarth(NamedTuple):
    """Smooth-Earth heights, m amsl, eqs. (83) to (89d)."""

    h_st: float  # regression at the transmitter, eq. (85)
    h_sr: float
    h_std: float  # for diffraction, eq. (89)
    h_srd: float


class ZoneLengths(NamedTuple):
    """Kinds of ground along the path; ω a share, the others km."""

    omega: float
    d_tm: float  # longest land section
    d_lm: float  # longest inland section
    d_ct: float  # transmitter to the sea; inf where there is none
    d_cr: float


@compiled
def extremes(
    d: Floats, g: Floats, h_ts: float, h_rs: float, curvature: float, f: float
) -> Extremes:
    """Greatest slopes and greatest ν, eqs. (13), (15) and (17).

    Parameters
    ----------
    d, g
        Distances and heights, clutter included, shape (n + 1,).
    h_ts, h_rs
        Antennas.
    curvature
        C_e = 1 / a_p, 1/km.
    f
        GHz.
    """
    last = len(d) - 1
    d_tot = d[last]
    s_tim, s_rim, nu_max = -np.inf, -np.inf, -np.inf
    scale = 0.002 * d_tot * f / WAVELENGTH_M_GHZ
    for i in range(1, last):
        near, far = d[i], d_tot - d[i]
        height = g[i] + 500.0 * curvature * near * far
        s_tim = max(s_tim, (height - h_ts) / near)
        s_rim = max(s_rim, (height - h_rs) / far)
        line = (h_ts * far + h_rs * near) / d_tot
        nu_max = max(nu_max, (height - line) * math.sqrt(scale / (near * far)))
    return Extremes(s_tim, s_rim, nu_max)


@compiled
def smooth_earth(d: Floats, h: Floats, h_tc: float, h_rc: float) -> SmoothEarth:
    """Smooth-Earth surface and its heights for diffraction, eqs. (83) to (89d).

    Parameters
    ----------
    d, h
        Distances and bare ground, shape (n + 1,).
    h_tc, h_rc
        Antennas.
    """
    last = len(d) - 1
    d_tot = d[last]
    v_1, v_2 = 0.0, 0.0
    for i in range(1, last + 1):
        step = d[i] - d[i - 1]
        v_1 += step * (h[i] + h[i - 1])
        v_2 += step * (h[i] * (2.0 * d[i] + d[i - 1]) + h[i - 1] * (d[i] + 2.0 * d[i - 1]))
    h_obs, a_obt, a_obr = -np.inf, -np.inf, -np.inf
    for i in range(1, last):
        above = h[i] - (h_tc * (d_tot - d[i]) + h_rc * d[i]) / d_tot
        h_obs = max(h_obs, above)
        a_obt = max(a_obt, above / d[i])
        a_obr = max(a_obr, above / (d_tot - d[i]))
    return fitted_heights(v_1, v_2, d_tot, h[0], h[last], h_obs, a_obt, a_obr)


@compiled
def fitted_heights(
    v_1: float,
    v_2: float,
    d_tot: float,
    h_0: float,
    h_n: float,
    h_obs: float,
    a_obt: float,
    a_obr: float,
) -> SmoothEarth:
    """Heights from the sums v_1, v_2 and from what stands above the line, eqs. (85)-(89d)."""
    h_st = (2.0 * v_1 * d_tot - v_2) / (d_tot * d_tot)
    h_sr = (v_2 - v_1 * d_tot) / (d_tot * d_tot)
    h_stp, h_srp = h_st, h_sr
    if h_obs > 0.0:
        share = a_obt / (a_obt + a_obr)
        h_stp -= h_obs * share
        h_srp -= h_obs * (1.0 - share)
    return SmoothEarth(h_st, h_sr, min(h_stp, h_0), min(h_srp, h_n))


@compiled
def horizons(d: Floats, h: Floats, h_ts: float, h_rs: float, a_e: float, f: float) -> Horizons:
    """Horizons over bare ground at the median Earth radius, eqs. (76) to (82).

    On a line-of-sight path both horizons are the point of greatest ν.
    """
    last = len(d) - 1
    d_tot = d[last]
    direct = (h_rs - h_ts) / d_tot - 500.0 * d_tot / a_e
    s_t, s_r, nu_max = -np.inf, -np.inf, -np.inf
    i_t, i_r, i_nu = 1, last - 1, 1
    scale = 0.002 * d_tot * f / WAVELENGTH_M_GHZ
    for i in range(1, last):
        near, far = d[i], d_tot - d[i]
        slope_t = (h[i] - h_ts) / near - 500.0 * near / a_e
        slope_r = (h[i] - h_rs) / far - 500.0 * far / a_e
        if slope_t > s_t:
            s_t, i_t = slope_t, i
        if slope_r >= s_r:
            s_r, i_r = slope_r, i
        line = (h_ts * far + h_rs * near) / d_tot
        clearance = h[i] + 500.0 / a_e * near * far - line
        nu = clearance * math.sqrt(scale / (near * far))
        if nu >= nu_max:
            nu_max, i_nu = nu, i
    if s_t > direct:
        return horizon_angles(
            d_tot, a_e, s_t, s_r, d[i_t], d_tot - d[i_r], i_t, i_r, transhorizon=True
        )
    back = (h_ts - h_rs) / d_tot - 500.0 * d_tot / a_e
    d_nu = d[i_nu]
    return horizon_angles(
        d_tot, a_e, direct, back, d_nu, d_tot - d_nu, i_nu, i_nu, transhorizon=False
    )


@compiled
def horizon_angles(
    d_tot: float,
    a_e: float,
    s_t: float,
    s_r: float,
    d_lt: float,
    d_lr: float,
    i_lt: int,
    i_lr: int,
    transhorizon: bool,
) -> Horizons:
    """Angles from slopes in m/km, eqs. (77), (79) and (82)."""
    theta_t = 1000.0 * math.atan(s_t / 1000.0)
    theta_r = 1000.0 * math.atan(s_r / 1000.0)
    theta = 1000.0 * d_tot / a_e + theta_t + theta_r
    return Horizons(theta_t, theta_r, theta, d_lt, d_lr, i_lt, i_lr, transhorizon)


@compiled
def roughness(d: Floats, h: Floats, i_lt: int, i_lr: int, h_st: float, h_sr: float) -> float:
    """h_m, eqs. (91) and (93): greatest height above the smooth Earth between the horizons.

    `h_st` and `h_sr` are those of eqs. (90a) and (90b), not above the ground at the terminals.
    """
    slope = (h_sr - h_st) / d[len(d) - 1]
    highest = -np.inf
    for i in range(i_lt, i_lr + 1):
        highest = max(highest, h[i] - (h_st + slope * d[i]))
    return highest


@compiled
def zone_lengths(d: Floats, zone: npt.NDArray[np.uint8]) -> ZoneLengths:
    """Sea share and longest sections; a zone ends half-way to the next point of another one."""
    sea, cur_land, cur_inland, d_tm, d_lm = 0.0, 0.0, 0.0, 0.0, 0.0
    d_ct = 0.0 if zone[0] == SEA else np.inf
    last_sea = -np.inf
    for i in range(1, len(d)):
        half = 0.5 * (d[i] - d[i - 1])
        was_sea, is_sea = zone[i - 1] == SEA, zone[i] == SEA
        was_inland, is_inland = zone[i - 1] == INLAND, zone[i] == INLAND
        cur_land += (0.0 if was_sea else half) + (0.0 if is_sea else half)
        cur_inland += (half if was_inland else 0.0) + (half if is_inland else 0.0)
        sea += (half if was_sea else 0.0) + (half if is_sea else 0.0)
        d_tm, d_lm = max(d_tm, cur_land), max(d_lm, cur_inland)
        if is_sea:
            cur_land = 0.0
            d_ct = min(d_ct, d[i] - (0.0 if was_sea else half))
            last_sea = d[i]
        elif was_sea:
            cur_land = half
            last_sea = d[i - 1] + half
        if not is_inland:
            cur_inland = 0.0
        elif not was_inland:
            cur_inland = half
    d_tot = d[len(d) - 1]
    d_cr = 0.0 if zone[len(d) - 1] == SEA else d_tot - last_sea
    return ZoneLengths(sea / d_tot, d_tm, d_lm, d_ct, d_cr)
