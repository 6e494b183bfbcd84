"""Free space with multipath and focusing.

Source: Recommendation ITU-R P.1812-8, Annex 1, section 4.2; symbols as there.
"""

from __future__ import annotations

import math

from qn_coverage.propagation._compile import compiled


@compiled
def free_space_loss(f: float, d: float, h_ts: float, h_rs: float) -> float:
    """L_bfs, eqs. (8) and (8a): f in GHz, d in km, antenna heights in m amsl."""
    rise_km = (h_ts - h_rs) / 1000.0
    return 92.4 + 20.0 * math.log10(f) + 10.0 * math.log10(d * d + rise_km * rise_km)


@compiled
def multipath_correction(p: float, d_lt: float, d_lr: float) -> float:
    """E_sp or E_sβ, eqs. (9a) and (9b): for p % of the time, horizon distances in km."""
    return 2.6 * (1.0 - math.exp(-0.1 * (d_lt + d_lr))) * math.log10(p / 50.0)
