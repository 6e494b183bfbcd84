"""Radio climate of a path: effective Earth radius and incidence of ducting.

Source: Recommendation ITU-R P.1812-8, Annex 1, sections 3.5 to 3.7; symbols as there.
"""

from __future__ import annotations

import math
from typing import Final

from qn_coverage.propagation._compile import compiled

EARTH_RADIUS_KM: Final = 6371.0
K_BETA: Final = 3.0
"""Effective-Earth factor exceeded for β0 % of the time, eq. (7b)."""

SEA: Final = 1
COASTAL_LAND: Final = 3
INLAND: Final = 4


@compiled
def median_radius_km(delta_n: float) -> float:
    """a_e: median effective Earth radius, eqs. (6) and (7a); ΔN in N-units/km, < 157."""
    return EARTH_RADIUS_KM * 157.0 / (157.0 - delta_n)


@compiled
def beta0_radius_km() -> float:
    """a_β: effective Earth radius exceeded for β0 % of the time, eq. (7b)."""
    return EARTH_RADIUS_KM * K_BETA


@compiled
def inland_factor(d_lm: float) -> float:
    """τ, eq. (3); `d_lm` is the longest unbroken inland section in km."""
    return 1.0 - math.exp(-4.12e-4 * d_lm**2.41)


@compiled
def ducting_incidence(phi: float, d_tm: float, d_lm: float) -> float:
    """β0, % of time, eqs. (2) to (5).

    Parameters
    ----------
    phi
        Latitude of the centre of the path, degrees.
    d_tm, d_lm
        Longest unbroken land (inland and coastal) and inland section, km.
    """
    tau = inland_factor(d_lm)
    near = 10.0 ** (-d_tm / (16.0 - 6.6 * tau))
    far = 10.0 ** -(2.48 + 1.77 * tau)
    mu_1 = min((near + far) ** 0.2, 1.0)
    latitude = abs(phi)
    if latitude <= 70.0:
        mu_4 = mu_1 ** (-0.935 + 0.0176 * latitude)
        base = 10.0 ** (-0.015 * latitude + 1.67)
    else:
        mu_4 = mu_1**0.3
        base = 4.17
    beta_0: float = base * mu_1 * mu_4
    return beta_0
