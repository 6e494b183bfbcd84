"""Location variability, and loss on the way into a building.

Source: Recommendation ITU-R P.1812-8, Annex 1, sections 4.7 to 4.10, and Recommendation ITU-R
P.2109-2 for the entry loss; symbols as there.
"""

from __future__ import annotations

import math
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal

from qn_coverage.core.errors import ModelRangeError, UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Mapping
from qn_coverage.propagation.p1812.normal import inverse_normal

Building = Literal["traditional", "thermally_efficient"]

_BUILDINGS: Final[Mapping[str, tuple[float, ...]]] = MappingProxyType(
    {
        "traditional": (12.64, 3.72, 0.96, 9.6, 2.0, 9.1, -3.0, 4.5, -2.0),
        "thermally_efficient": (28.19, -3.0, 8.48, 13.5, 3.8, 27.8, -2.9, 9.4, -2.1),
    }
)
"""r to z of P.2109-2, Table 1."""

_C_DB: Final = -3.0


def location_deviation_db(
    frequency_ghz: float, *, resolution_m: float, height_m: float, clutter_m: float
) -> float:
    """σ_L u(h): deviation of the median inside an area, section 4.8.

    σ_L = (0.52 + 0.024 f) w_a^0.28; u falls from 1 at the clutter's height to 0 ten metres above.

    Parameters
    ----------
    frequency_ghz
        f.
    resolution_m
        w_a: side of the square over which the place varies, > 0.
    height_m, clutter_m
        Receiver above ground and representative clutter around it.

    Raises
    ------
    ModelRangeError
        The resolution is not positive.
    """
    if not resolution_m > 0.0:
        raise ModelRangeError(f"p1812: resolution_m = {resolution_m:g} is not positive")
    sigma: float = (0.52 + 0.024 * frequency_ghz) * resolution_m**0.28
    return sigma * min(max(1.0 - (height_m - clutter_m) / 10.0, 0.0), 1.0)


def location_loss_db(
    location_percent: float, sigma_db: float, *, entry_db: float, entry_sigma_db: float
) -> float:
    """L_loc: loss beyond the outdoor median at `location_percent` of the places, eqs. (67a, b).

    Indoors the median entry loss is added and both deviations are joined.
    """
    sigma = math.hypot(sigma_db, entry_sigma_db)
    return entry_db - inverse_normal(location_percent / 100.0) * sigma


def building_entry_loss_db(
    frequency_ghz: float,
    *,
    probability: float = 0.5,
    building: Building = "traditional",
    elevation_deg: float = 0.0,
) -> float:
    """L_BEL: loss not exceeded with a probability, Recommendation ITU-R P.2109-2, eqs. (1) to (10).

    Parameters
    ----------
    frequency_ghz
        0.08 to 100.
    probability
        Above 0 and below 1.
    building
        ``"traditional"`` or ``"thermally_efficient"``.
    elevation_deg
        Of the path at the façade, -90 to 90.

    Raises
    ------
    ModelRangeError
        A value is out of range.
    UnknownNameError
        There is no such building.
    """
    if building not in _BUILDINGS:
        raise UnknownNameError("building", building, _BUILDINGS)
    if not (0.08 <= frequency_ghz <= 100.0 and 0.0 < probability < 1.0):
        raise ModelRangeError(
            f"building entry: frequency_ghz = {frequency_ghz:g} must be 0.08 to 100 and "
            f"probability = {probability:g} between 0 and 1"
        )
    r, s, t, u, v, w, x, y, z = _BUILDINGS[building]
    log_f = math.log10(frequency_ghz)
    normal = -inverse_normal(probability)
    mu_1 = r + s * log_f + t * log_f * log_f + 0.212 * abs(elevation_deg)
    a = normal * (u + v * log_f) + mu_1
    b = normal * (y + z * log_f) + w + x * log_f
    return 10.0 * math.log10(sum(10.0 ** (0.1 * value) for value in (a, b, _C_DB)))
