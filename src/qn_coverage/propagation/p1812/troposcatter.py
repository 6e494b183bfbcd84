"""Tropospheric scatter.

Source: Recommendation ITU-R P.1812-8, Annex 1, section 4.4; symbols as there.
"""

from __future__ import annotations

import math

from qn_coverage.propagation._compile import compiled


@compiled
def frequency_loss(f: float) -> float:
    """L_f, eq. (45): f in GHz."""
    return 25.0 * math.log10(f) - 2.5 * math.log10(f / 2.0) ** 2


@compiled
def scatter_loss(f: float, d: float, theta: float, n_0: float, p: float) -> float:
    """L_bs, eq. (44).

    Parameters
    ----------
    f, d
        GHz, km.
    theta
        Path angular distance, mrad.
    n_0
        Sea-level surface refractivity at the centre of the path, N-units.
    p
        Percentage of time, ≤ 50.
    """
    time_gain: float = 10.125 * math.log10(50.0 / p) ** 0.7
    far = 20.0 * math.log10(d) + 0.573 * theta
    return 190.1 + frequency_loss(f) + far - 0.15 * n_0 - time_gain
