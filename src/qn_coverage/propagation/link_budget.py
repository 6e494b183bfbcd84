"""From the power of a carrier to the level of the signal that a telephone measures.

Thresholds are set on reference signals: RSRP (4G) and SS-RSRP (5G) per resource element, RSCP (3G)
of the common pilot channel, RxLev (2G) of the broadcast carrier. Sector tables give the EIRP of the
whole carrier; `reference_eirp_dbm` brings both together.
"""

from __future__ import annotations

from statistics import NormalDist
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np

from qn_coverage.core.errors import ModelRangeError, UnknownNameError
from qn_coverage.propagation._arrays import floats

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

SUBCARRIERS_PER_BLOCK: Final = 12
"""N_sc^RB of TS 36.211 and TS 38.211."""

CPICH_SHARE_DB: Final = -10.0
"""Pilot of a 3G carrier: the usual 10 % of the carrier's power (TS 25.104, test model 1)."""

SPACING_BREAK_MHZ: Final = 1000.0
"""5G carriers above it use 30 kHz subcarriers, at or below it 15 kHz."""

LTE_BLOCKS: Final[Mapping[float, int]] = MappingProxyType(
    {1.4: 6, 3.0: 15, 5.0: 25, 10.0: 50, 15.0: 75, 20.0: 100}
)
"""N_RB by channel bandwidth in MHz: TS 36.101, Table 5.6-1."""

NR_BLOCKS_15_KHZ: Final[Mapping[float, int]] = MappingProxyType(
    {
        5.0: 25,
        10.0: 52,
        15.0: 79,
        20.0: 106,
        25.0: 133,
        30.0: 160,
        40.0: 216,
        50.0: 270,
    }
)
"""N_RB by channel bandwidth in MHz, FR1, 15 kHz: TS 38.101-1, Table 5.3.2-1."""

NR_BLOCKS_30_KHZ: Final[Mapping[float, int]] = MappingProxyType(
    {
        5.0: 11,
        10.0: 24,
        15.0: 38,
        20.0: 51,
        25.0: 65,
        30.0: 78,
        40.0: 106,
        50.0: 133,
        60.0: 162,
        70.0: 189,
        80.0: 217,
        90.0: 245,
        100.0: 273,
    }
)
"""N_RB by channel bandwidth in MHz, FR1, 30 kHz: TS 38.101-1, Table 5.3.2-1."""


def resource_blocks(technology: str, bandwidth_mhz: float, frequency_mhz: float) -> int:
    """Resource blocks of a 4G or 5G carrier.

    Parameters
    ----------
    technology
        ``"4G"`` or ``"5G"``.
    bandwidth_mhz
        Channel bandwidth of the standard's table.
    frequency_mhz
        Carrier frequency; decides on the subcarrier spacing of 5G.

    Raises
    ------
    ModelRangeError
        The standard has no such channel bandwidth.
    UnknownNameError
        The technology has no resource blocks.
    """
    table = _block_table(technology, frequency_mhz)
    if bandwidth_mhz not in table:
        known = ", ".join(f"{bandwidth:g}" for bandwidth in table)
        raise ModelRangeError(
            f"{technology} at {frequency_mhz:g} MHz has no channel of {bandwidth_mhz:g} MHz; "
            f"the standard knows {known}"
        )
    return table[bandwidth_mhz]


def reference_share_db(technology: str, bandwidth_mhz: float, frequency_mhz: float) -> float:
    """Reference signal over whole carrier, dB, ≤ 0; raises as `resource_blocks`."""
    if technology == "2G":
        return 0.0
    if technology == "3G":
        return CPICH_SHARE_DB
    blocks = resource_blocks(technology, bandwidth_mhz, frequency_mhz)
    return -10.0 * float(np.log10(SUBCARRIERS_PER_BLOCK * blocks))


def reference_eirp_dbm(
    technology: npt.ArrayLike,
    *,
    eirp_dbm: npt.ArrayLike,
    bandwidth_mhz: npt.ArrayLike,
    frequency_mhz: npt.ArrayLike,
) -> npt.NDArray[np.float64]:
    """EIRP of the signal whose level is asked for; arguments broadcast.

    Parameters
    ----------
    technology
        ``"2G"``, ``"3G"``, ``"4G"`` or ``"5G"``.
    eirp_dbm
        Total over the carrier.
    bandwidth_mhz, frequency_mhz
        Of the carrier; the bandwidth matters for 4G and 5G only.

    Returns
    -------
    ndarray
        dBm: the whole carrier (2G), a tenth of it (3G), one resource element (4G, 5G; all
        subcarriers equally strong).

    Raises
    ------
    ModelRangeError
        A 4G or 5G bandwidth is not in the standard.
    UnknownNameError
        A technology is not one of the four.
    """
    eirp, bandwidth, frequency = floats(eirp_dbm, bandwidth_mhz, frequency_mhz)
    names = np.asarray(technology, dtype=np.str_)
    names, bandwidth, frequency = np.broadcast_arrays(names, bandwidth, frequency)
    carriers = zip(names.flat, bandwidth.flat, frequency.flat, strict=True)
    shares = [reference_share_db(str(name), float(b), float(f)) for name, b, f in carriers]
    return np.asarray(eirp + np.reshape(shares, names.shape))


def eirp_dbm(
    power_dbm: npt.ArrayLike, *, gain_dbi: npt.ArrayLike, losses_db: npt.ArrayLike
) -> npt.NDArray[np.float64]:
    """EIRP from transmitter power, antenna gain and losses between them; arguments broadcast."""
    power, gain, losses = floats(power_dbm, gain_dbi, losses_db)
    return np.asarray(power + gain - losses)


def received_dbm(
    reference_eirp_dbm: npt.ArrayLike,
    *,
    path_loss_db: npt.ArrayLike,
    pattern_db: npt.ArrayLike = 0.0,
    rx_gain_dbi: npt.ArrayLike = 0.0,
    rx_losses_db: npt.ArrayLike = 0.0,
) -> npt.NDArray[np.float64]:
    """Median level at the receiver (RSRP, SS-RSRP, RSCP or RxLev); arguments broadcast.

    Parameters
    ----------
    reference_eirp_dbm
        In the main direction, from the function of that name.
    path_loss_db
        Basic transmission loss, ≥ 0.
    pattern_db
        Transmitting antenna in this direction, ≤ 0.
    rx_gain_dbi, rx_losses_db
        Receiving antenna; body, vehicle or building.
    """
    eirp, loss, pattern = floats(reference_eirp_dbm, path_loss_db, pattern_db)
    gain, losses = floats(rx_gain_dbi, rx_losses_db)
    return np.asarray(eirp + pattern - loss + gain - losses)


def location_margin_db(probability: float, sigma_db: float) -> float:
    """How far the median must exceed the threshold: z(p) · σ, log-normal shadowing.

    Source: Recommendation ITU-R P.1546-6, Annex 5, §12; z is the inverse of the normal
    distribution.

    Parameters
    ----------
    probability
        Share of the places in a cell that must reach the threshold, 0 < p < 1.
    sigma_db
        Standard deviation of the location variability, ≥ 0.

    Raises
    ------
    ModelRangeError
        Probability or deviation is out of range.
    """
    if not 0.0 < probability < 1.0:
        raise ModelRangeError(f"location probability {probability:g} is not between 0 and 1")
    if not sigma_db >= 0.0:
        raise ModelRangeError(f"location deviation {sigma_db:g} dB is negative")
    return NormalDist().inv_cdf(probability) * sigma_db


def required_median_dbm(
    threshold_dbm: npt.ArrayLike, *, probability: float, sigma_db: float
) -> npt.NDArray[np.float64]:
    """Median level at which `threshold_dbm` is reached at `probability` of the places."""
    (threshold,) = floats(threshold_dbm)
    return np.asarray(threshold + location_margin_db(probability, sigma_db))


def _block_table(technology: str, frequency_mhz: float) -> Mapping[float, int]:
    if technology == "4G":
        return LTE_BLOCKS
    if technology == "5G":
        return NR_BLOCKS_30_KHZ if frequency_mhz > SPACING_BREAK_MHZ else NR_BLOCKS_15_KHZ
    raise UnknownNameError("technology", technology, ("2G", "3G", "4G", "5G"))
