"""Free space: the loss that no other model may fall below."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from qn_coverage.propagation._arrays import check_range, floats

if TYPE_CHECKING:
    import numpy.typing as npt

_CONSTANT_DB: Final = 32.4  # P.525-4: MHz and km
_M_PER_KM: Final = 1000.0

FREQUENCY_MHZ: Final = (1.0, 1e6)
DISTANCE_KM: Final = (0.0, 1e5)


def basic_transmission_loss(
    distance_km: npt.ArrayLike, *, frequency_mhz: npt.ArrayLike
) -> npt.NDArray[np.float64]:
    """Free-space basic transmission loss, L_bf = 32.4 + 20 log f + 20 log d; arguments broadcast.

    Source: Recommendation ITU-R P.525-4 (08/2019), §2.2, point-to-point link, f in MHz, d in km.

    Parameters
    ----------
    distance_km
        Length of the path, ≥ 0. So near that the far field has not begun the loss stops at 0 dB.
    frequency_mhz
        Carrier frequency, > 0.

    Returns
    -------
    ndarray
        dB, ≥ 0.
    """
    distance, frequency = floats(distance_km, frequency_mhz)
    with np.errstate(divide="ignore"):
        loss = _CONSTANT_DB + 20.0 * np.log10(frequency) + 20.0 * np.log10(distance)
    return np.maximum(loss, 0.0)


def free_space(
    distance_km: npt.ArrayLike,
    *,
    frequency_mhz: npt.ArrayLike,
    tx_height_m: npt.ArrayLike,
    rx_height_m: npt.ArrayLike,
    environment: npt.ArrayLike = 0,  # noqa: ARG001 - part of the common signature
) -> npt.NDArray[np.float64]:
    """`basic_transmission_loss` between two antennas over flat ground; arguments broadcast.

    Parameters
    ----------
    distance_km
        Along the ground, 0 to 1e5 km.
    frequency_mhz
        1 to 1e6 MHz.
    tx_height_m, rx_height_m
        Above ground; they lengthen the path.
    environment
        Has no effect.

    Returns
    -------
    ndarray
        dB, ≥ 0.

    Raises
    ------
    ModelRangeError
        A distance or frequency is out of range.
    """
    distance, frequency, tx, rx = floats(distance_km, frequency_mhz, tx_height_m, rx_height_m)
    check_range(distance, DISTANCE_KM, what="distance_km", model="free_space")
    check_range(frequency, FREQUENCY_MHZ, what="frequency_mhz", model="free_space")
    slant = np.hypot(distance, (tx - rx) / _M_PER_KM)
    return basic_transmission_loss(slant, frequency_mhz=frequency)
