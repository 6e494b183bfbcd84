"""Ducting and reflection from elevated layers.

Source: Recommendation ITU-R P.1812-8, Annex 1, section 4.5; symbols as there.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

from qn_coverage.propagation._compile import compiled
from qn_coverage.propagation.p1812.radio_climate import inland_factor

_COUPLING_KM: Final = 5.0
_COUPLING_SEA: Final = 0.75
_STEEPEST: Final = -3.4
_EPSILON: Final = 3.5


class DuctPath(NamedTuple):
    """What the ducting model asks of a path; km, mrad, m."""

    d: float
    d_lt: float
    d_lr: float
    theta_t: float
    theta_r: float
    d_ct: float  # over land from the transmitter to the coast
    d_cr: float
    d_lm: float  # longest inland section
    omega: float  # share of the path over sea
    h_ts: float  # amsl
    h_rs: float
    h_te: float  # effective, eqs. (92a) and (92b)
    h_re: float
    h_m: float  # terrain roughness, eq. (93)


@compiled
def anomalous_loss(f: float, path: DuctPath, a_e: float, beta_0: float, p: float) -> float:
    """L_ba, eq. (46): f in GHz, a_e in km, β0 and p in % of time."""
    fixed = fixed_coupling_loss(f, path)
    angular = specific_attenuation(f, a_e) * angular_distance(path, a_e)
    beta = beta_0 * path_geometry_factor(path, a_e) * roughness_factor(path)
    return fixed + angular + time_variability(p, beta, path.d)


@compiled
def fixed_coupling_loss(f: float, path: DuctPath) -> float:
    """A_f, eq. (47)."""
    spreading = 102.45 + 20.0 * math.log10(f) + 20.0 * math.log10(path.d_lt + path.d_lr)
    shielding = site_shielding(f, path.theta_t, path.d_lt)
    shielding += site_shielding(f, path.theta_r, path.d_lr)
    coupling = sea_coupling(path.d_ct, path.d_lt, path.h_ts, path.omega)
    coupling += sea_coupling(path.d_cr, path.d_lr, path.h_rs, path.omega)
    return spreading + long_wave_loss(f) + shielding + coupling


@compiled
def long_wave_loss(f: float) -> float:
    """A_lf, eq. (47a)."""
    if f < 0.5:
        return 45.375 - 137.0 * f + 92.5 * f * f
    return 0.0


@compiled
def site_shielding(f: float, theta: float, d_l: float) -> float:
    """A_st or A_sr, eqs. (48) and (48a): horizon angle in mrad, horizon distance in km."""
    excess = theta - 0.1 * d_l
    if excess <= 0.0:
        return 0.0
    edge = 20.0 * math.log10(1.0 + 0.361 * excess * math.sqrt(f * d_l))
    creeping: float = 0.264 * excess * f ** (1.0 / 3.0)
    return edge + creeping


@compiled
def sea_coupling(d_c: float, d_l: float, h_s: float, omega: float) -> float:
    """A_ct or A_cr, eqs. (49) and (49a): coast and horizon distance in km, antenna in m amsl."""
    if omega >= _COUPLING_SEA and d_c <= d_l and d_c <= _COUPLING_KM:
        return -3.0 * math.exp(-0.25 * d_c * d_c) * (1.0 + math.tanh(0.07 * (50.0 - h_s)))
    return 0.0


@compiled
def specific_attenuation(f: float, a_e: float) -> float:
    """γ_d, dB/mrad, eq. (51)."""
    gamma: float = 5e-5 * a_e * f ** (1.0 / 3.0)
    return gamma


@compiled
def angular_distance(path: DuctPath, a_e: float) -> float:
    """θ', mrad, eqs. (52) and (52a)."""
    theta_t = min(path.theta_t, 0.1 * path.d_lt)
    theta_r = min(path.theta_r, 0.1 * path.d_lr)
    return 1000.0 * path.d / a_e + theta_t + theta_r


@compiled
def path_geometry_factor(path: DuctPath, a_e: float) -> float:
    """μ2, eqs. (55) and (55a)."""
    slope: float = -0.6 - _EPSILON * 1e-9 * path.d**3.1 * inland_factor(path.d_lm)
    alpha = max(slope, _STEEPEST)
    reach = math.sqrt(path.h_te) + math.sqrt(path.h_re)
    base: float = 500.0 / a_e * path.d * path.d / (reach * reach)
    factor: float = base**alpha
    return min(factor, 1.0)


@compiled
def roughness_factor(path: DuctPath) -> float:
    """μ3, eqs. (56) and (56a)."""
    if path.h_m <= 10.0:
        return 1.0
    d_i = min(path.d - path.d_lt - path.d_lr, 40.0)
    return math.exp(-4.6e-5 * (path.h_m - 10.0) * (43.0 + 6.0 * d_i))


@compiled
def time_variability(p: float, beta: float, d: float) -> float:
    """A(p), eqs. (53) and (53a): p and β in % of time, d in km."""
    log_beta = math.log10(beta)
    exponent = 9.51 - 4.8 * log_beta + 0.198 * log_beta * log_beta
    gamma = 1.076 / (2.0058 - log_beta) ** 1.012 * math.exp(-exponent * 1e-6 * d**1.13)
    ratio: float = p / beta
    rise: float = 12.0 * ratio**gamma
    return -12.0 + (1.2 + 3.7e-3 * d) * math.log10(ratio) + rise
