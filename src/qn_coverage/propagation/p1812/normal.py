"""Inverse of the complementary cumulative normal distribution, as the Recommendation wants it.

Source: Recommendation ITU-R P.1812-8, Attachment 2 to Annex 1; symbols as there. The rational
approximation is part of the method: a better inverse would give other losses.
"""

from __future__ import annotations

import math
from typing import Final

from qn_coverage.propagation._compile import compiled

_C: Final = (2.515516698, 0.802853, 0.010328)
_D: Final = (1.432788, 0.189269, 0.001308)
_LEAST: Final = 1e-6


@compiled
def inverse_normal(x: float) -> float:
    """I(x): value that a standard normal variable exceeds with probability x, 1e-6 to 1 - 1e-6.

    Probabilities outside count as those bounds, as the Attachment says.
    """
    x = min(max(x, _LEAST), 1.0 - _LEAST)
    if x <= 0.5:
        return _upper_half(x)
    return -_upper_half(1.0 - x)


@compiled
def _upper_half(z: float) -> float:
    t = math.sqrt(-2.0 * math.log(z))
    numerator = (_C[2] * t + _C[1]) * t + _C[0]
    denominator = ((_D[2] * t + _D[1]) * t + _D[0]) * t + 1.0
    return t - numerator / denominator
