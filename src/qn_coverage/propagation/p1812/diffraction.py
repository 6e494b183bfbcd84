"""Delta-Bullington diffraction: knife edge, spherical Earth, and how they combine.

Source: Recommendation ITU-R P.1812-8, Annex 1, section 4.3; symbols as there. What a profile must
be searched for (greatest slopes, greatest ν) comes in as numbers: `profile` finds them point by
point, the sweep as a ray grows, and both then share these formulas.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

from qn_coverage.propagation._compile import compiled

WAVELENGTH_M_GHZ: Final = 0.2998
"""λ = 0.2998 / f, f in GHz."""

LAND: Final = (22.0, 0.003)
SEA: Final = (80.0, 5.0)
"""Relative permittivity and conductivity (S/m), section 4.3.3."""

NU_NONE: Final = -0.78
"""No knife-edge loss at or below it, eq. (12)."""


class Extremes(NamedTuple):
    """What Bullington's construction finds on a profile, at one effective Earth radius."""

    s_tim: float  # highest slope from the transmitter, m/km, eq. (13)
    s_rim: float  # highest slope from the receiver, m/km, eq. (17)
    nu_max: float  # highest diffraction parameter of a line-of-sight path, eq. (15)


class DeltaBullington(NamedTuple):
    """Diffraction loss with its parts, dB."""

    l_bulla: float
    l_bulls: float
    l_dsph: float
    l_d: float


@compiled
def knife_edge_loss(nu: float) -> float:
    """J(ν), eq. (12)."""
    if nu <= NU_NONE:
        return 0.0
    shifted = nu - 0.1
    return 6.9 + 20.0 * math.log10(math.sqrt(shifted * shifted + 1.0) + shifted)


@compiled
def bullington_loss(f: float, d: float, h_t: float, h_r: float, found: Extremes) -> float:
    """L_bull, eqs. (14) to (21).

    Parameters
    ----------
    f, d
        GHz, km.
    h_t, h_r
        Antennas, m amsl (actual path) or above the smooth surface.
    found
        Extremes of the profile seen from those antennas.
    """
    s_tr = (h_r - h_t) / d
    if found.s_tim < s_tr:
        l_uc = knife_edge_loss(found.nu_max)
    else:
        d_bp = (h_r - h_t + found.s_rim * d) / (found.s_tim + found.s_rim)
        above = h_t + found.s_tim * d_bp - (h_t * (d - d_bp) + h_r * d_bp) / d
        wavelength = WAVELENGTH_M_GHZ / f
        l_uc = knife_edge_loss(above * math.sqrt(0.002 * d / (wavelength * d_bp * (d - d_bp))))
    return l_uc + (1.0 - math.exp(-l_uc / 6.0)) * (10.0 + 0.02 * d)


@compiled
def first_term_loss(
    f: float, d: float, h_te: float, h_re: float, a_dft: float, omega: float, vertical: bool
) -> float:
    """L_dft, eq. (28): f in GHz, d and a_dft in km, heights in m, ω the share over sea."""
    over_land = _first_term(f, d, h_te, h_re, a_dft, LAND[0], LAND[1], vertical)
    if omega == 0.0:
        return over_land
    over_sea = _first_term(f, d, h_te, h_re, a_dft, SEA[0], SEA[1], vertical)
    return omega * over_sea + (1.0 - omega) * over_land


@compiled
def admittance(f: float, a_dft: float, epsilon_r: float, sigma: float, vertical: bool) -> float:
    """K, eqs. (29a) and (29b)."""
    loss_term = (18.0 * sigma / f) ** 2
    k: float = 0.036 * (a_dft * f) ** (-1.0 / 3.0) * ((epsilon_r - 1.0) ** 2 + loss_term) ** -0.25
    if vertical:
        k *= math.sqrt(epsilon_r * epsilon_r + loss_term)
    return k


@compiled
def ground_parameter(k: float) -> float:
    """β_dft, eq. (30)."""
    k_2 = k * k
    k_4 = k_2 * k_2
    return (1.0 + 1.6 * k_2 + 0.67 * k_4) / (1.0 + 4.5 * k_2 + 1.53 * k_4)


@compiled
def _first_term(
    f: float,
    d: float,
    h_te: float,
    h_re: float,
    a_dft: float,
    epsilon_r: float,
    sigma: float,
    vertical: bool,
) -> float:
    """Eq. (36) over one kind of ground."""
    k = admittance(f, a_dft, epsilon_r, sigma, vertical)
    beta = ground_parameter(k)
    x = 21.88 * beta * (f / (a_dft * a_dft)) ** (1.0 / 3.0) * d
    per_metre = 0.9575 * beta * (f * f / a_dft) ** (1.0 / 3.0)
    floor = 2.0 + 20.0 * math.log10(k)
    gain_t = max(_height_gain(beta * per_metre * h_te), floor)
    gain_r = max(_height_gain(beta * per_metre * h_re), floor)
    return -_distance_term(x) - gain_t - gain_r


@compiled
def _distance_term(x: float) -> float:
    """F_X, eq. (33)."""
    if x >= 1.6:
        return 11.0 + 10.0 * math.log10(x) - 17.6 * x
    fall: float = 5.6488 * x**1.425
    return -20.0 * math.log10(x) - fall


@compiled
def _height_gain(b: float) -> float:
    """G_Y, eqs. (34) and (35), before its lower limit."""
    if b > 2.0:
        return 17.6 * math.sqrt(b - 1.1) - 5.0 * math.log10(b - 1.1) - 8.0
    return 20.0 * math.log10(b + 0.1 * b * b * b)


@compiled
def spherical_loss(
    f: float, d: float, h_te: float, h_re: float, a_p: float, omega: float, vertical: bool
) -> float:
    """L_dsph, eqs. (22) to (27): f in GHz, d and a_p in km, heights in m."""
    d_los = math.sqrt(2.0 * a_p) * (math.sqrt(0.001 * h_te) + math.sqrt(0.001 * h_re))
    if d >= d_los:
        return first_term_loss(f, d, h_te, h_re, a_p, omega, vertical)
    d_1, clearance = least_clearance(d, h_te, h_re, a_p)
    needed = 17.456 * math.sqrt(d_1 * (d - d_1) * (WAVELENGTH_M_GHZ / f) / d)
    if clearance > needed:
        return 0.0
    a_em = 500.0 * (d / (math.sqrt(h_te) + math.sqrt(h_re))) ** 2
    l_dft = max(first_term_loss(f, d, h_te, h_re, a_em, omega, vertical), 0.0)
    return (1.0 - clearance / needed) * l_dft


@compiled
def least_clearance(d: float, h_te: float, h_re: float, a_p: float) -> tuple[float, float]:
    """d_se1 (km) and h_se (m): where and how closely the ray passes, eqs. (23) to (24e).

    Eq. (24c), b = 2 √((m+1)/3m) cos(π/3 + arccos(q)/3), is written as the sine of arcsin(q)/3, and
    1 - q² as a sum of positive terms: near q = 1 the arc cosine would lose half of the digits.
    """
    both = h_te + h_re
    c = (h_te - h_re) / both
    m = 250.0 * d * d / (a_p * both)
    cube = (m + 1.0) ** 3
    q = 1.5 * c * math.sqrt(3.0 * m / cube)
    rest = (2.0 * m - 1.0) ** 2 * (m + 4.0) + 108.0 * m * (h_te / both) * (h_re / both)
    arc = math.atan2(q, math.sqrt(rest / (4.0 * cube)))
    b = 2.0 * math.sqrt((m + 1.0) / (3.0 * m)) * math.sin(arc / 3.0)
    d_1 = 0.5 * d * (1.0 + b)
    d_2 = d - d_1
    near = (h_te - 500.0 * d_1 * d_1 / a_p) * d_2
    return d_1, (near + (h_re - 500.0 * d_2 * d_2 / a_p) * d_1) / d


@compiled
def delta_bullington(l_bulla: float, l_bulls: float, l_dsph: float) -> DeltaBullington:
    """L_d with its parts, eq. (39)."""
    return DeltaBullington(l_bulla, l_bulls, l_dsph, l_bulla + max(l_dsph - l_bulls, 0.0))
