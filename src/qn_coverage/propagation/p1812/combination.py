"""How the mechanisms of propagation combine into one loss.

Source: Recommendation ITU-R P.1812-8, Annex 1, sections 4.3.5 and 4.6; symbols as there.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

from qn_coverage.propagation._compile import compiled
from qn_coverage.propagation.p1812.normal import inverse_normal

_THETA: Final = 0.3  # mrad
_XI: Final = 0.8
_D_SW: Final = 20.0  # km
_KAPPA: Final = 0.5
_ETA: Final = 2.5


class Mechanisms(NamedTuple):
    """Losses of the single mechanisms, dB, with the factors that weigh them."""

    l_bfs: float
    l_b0p: float
    l_b0beta: float
    l_d50: float
    l_dbeta: float
    l_ba: float
    l_bs: float
    f_i: float
    f_j: float
    f_k: float
    omega: float


class Combined(NamedTuple):
    """Steps of the combination, dB."""

    l_dp: float
    l_bd50: float
    l_bd: float
    l_minb0p: float
    l_minbap: float
    l_bda: float
    l_bam: float
    l_bc: float


@compiled
def diffraction_weight(p: float, beta_0: float) -> float:
    """F_i, eqs. (40) and (40a)."""
    if p > beta_0:
        return inverse_normal(p / 100.0) / inverse_normal(beta_0 / 100.0)
    return 1.0


@compiled
def angular_weight(theta: float) -> float:
    """F_j, eq. (57); θ in mrad."""
    return 1.0 - 0.5 * (1.0 + math.tanh(3.0 * _XI * (theta - _THETA) / _THETA))


@compiled
def distance_weight(d: float) -> float:
    """F_k, eq. (58); d in km."""
    return 1.0 - 0.5 * (1.0 + math.tanh(3.0 * _KAPPA * (d - _D_SW) / _D_SW))


@compiled
def soft_maximum(l_ba: float, l_b0p: float) -> float:
    """L_minbap, eq. (60), without overflow."""
    high, low = max(l_ba, l_b0p), min(l_ba, l_b0p)
    return high + _ETA * math.log1p(math.exp((low - high) / _ETA))


@compiled
def power_sum(l_bs: float, l_bam: float) -> float:
    """L_bc, eq. (63), without underflow."""
    low, high = min(l_bs, l_bam), max(l_bs, l_bam)
    return low - 5.0 * math.log10(1.0 + 10.0 ** (-0.2 * (high - low)))


@compiled
def combine(p: float, beta_0: float, parts: Mechanisms) -> Combined:
    """From single mechanisms to L_bc: eqs. (41) to (43) and (59) to (63).

    At p = 50 % diffraction is the median exactly (section 4.3.5), so F_i counts as 0 and not as
    the 1e-9 that the approximation of Attachment 2 leaves.
    """
    f_i = 0.0 if p == 50.0 else parts.f_i
    l_dp = parts.l_d50 + f_i * (parts.l_dbeta - parts.l_d50)
    l_bd50 = parts.l_bfs + parts.l_d50
    l_bd = parts.l_b0p + l_dp
    if p < beta_0:
        l_minb0p = parts.l_b0p + (1.0 - parts.omega) * l_dp
    else:
        l_minb0p = l_bd50 + (parts.l_b0beta + (1.0 - parts.omega) * l_dp - l_bd50) * f_i
    l_minbap = soft_maximum(parts.l_ba, parts.l_b0p)
    l_bda = l_bd
    if l_minbap <= l_bd:
        l_bda = l_minbap + (l_bd - l_minbap) * parts.f_k
    l_bam = l_bda + (l_minb0p - l_bda) * parts.f_j
    l_bc = power_sum(parts.l_bs, l_bam)
    return Combined(l_dp, l_bd50, l_bd, l_minb0p, l_minbap, l_bda, l_bam, l_bc)
