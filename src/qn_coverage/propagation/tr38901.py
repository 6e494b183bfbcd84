"""3GPP TR 38.901 V16.1.0, Table 7.4.1-1: rural and urban macro-cell path loss.

Distances in the formulas are metres, frequencies gigahertz, heights metres; the breakpoint takes
the frequency in hertz and c = 3 · 10⁸ m/s (notes to the table). All logarithms are decimal.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from qn_coverage.propagation._arrays import check_range, floats

if TYPE_CHECKING:
    import numpy.typing as npt

RMA_DISTANCE_KM: Final = (0.01, 10.0)
RMA_NLOS_DISTANCE_KM: Final = (0.01, 5.0)
UMA_DISTANCE_KM: Final = (0.01, 5.0)
RMA_FREQUENCY_MHZ: Final = (500.0, 30_000.0)
UMA_FREQUENCY_MHZ: Final = (500.0, 100_000.0)
RMA_TX_HEIGHT_M: Final = (10.0, 150.0)
RMA_RX_HEIGHT_M: Final = (1.0, 10.0)
UMA_TX_HEIGHT_M: Final = (10.0, 150.0)
UMA_RX_HEIGHT_M: Final = (1.5, 13.0)

STREET_WIDTH_M: Final = 20.0
"""W, default of the table for RMa (5 to 50 m)."""

BUILDING_HEIGHT_M: Final = 5.0
"""h, default of the table for RMa (5 to 50 m)."""

_LIGHT_M_S: Final = 3e8
_EFFECTIVE_ENVIRONMENT_M: Final = 1.0  # h_E where h_UT < 13 m (note 1)


def rma_los(
    distance_km: npt.ArrayLike,
    *,
    frequency_mhz: npt.ArrayLike,
    tx_height_m: npt.ArrayLike,
    rx_height_m: npt.ArrayLike,
    environment: npt.ArrayLike = 0,  # noqa: ARG001 - part of the common signature
) -> npt.NDArray[np.float64]:
    """Rural macro cell with line of sight; arguments broadcast; σ = 4 dB, beyond d_BP 6 dB.

    PL1 = 20 log(40π d3D f / 3) + min(0.03 h^1.72, 10) log d3D - min(0.044 h^1.72, 14.77)
    + 0.002 log(h) d3D up to d_BP = 2π h_BS h_UT f / c; beyond, PL1(d_BP) + 40 log(d3D / d_BP).

    Parameters
    ----------
    distance_km
        d2D, 0.01 to 10 km.
    frequency_mhz
        500 to 30,000 MHz.
    tx_height_m
        h_BS, 10 to 150 m.
    rx_height_m
        h_UT, 1 to 10 m.
    environment
        Has no effect: the model is its environment.

    Returns
    -------
    ndarray
        dB.

    Raises
    ------
    ModelRangeError
        An argument is out of range.
    """
    values = floats(distance_km, frequency_mhz, tx_height_m, rx_height_m)
    _check_rma("rma_los", values, RMA_DISTANCE_KM)
    return _rma_los(*values)


def rma_nlos(
    distance_km: npt.ArrayLike,
    *,
    frequency_mhz: npt.ArrayLike,
    tx_height_m: npt.ArrayLike,
    rx_height_m: npt.ArrayLike,
    environment: npt.ArrayLike = 0,  # noqa: ARG001 - part of the common signature
) -> npt.NDArray[np.float64]:
    """Rural macro cell without line of sight; arguments broadcast; σ = 8 dB.

    max(PL_LOS, 161.04 - 7.1 log W + 7.5 log h - (24.37 - 3.7 (h / h_BS)²) log h_BS
    + (43.42 - 3.1 log h_BS)(log d3D - 3) + 20 log f - (3.2 log²(11.75 h_UT) - 4.97)).

    Parameters
    ----------
    distance_km
        d2D, 0.01 to 5 km.
    frequency_mhz, tx_height_m, rx_height_m, environment
        As in `rma_los`.

    Returns
    -------
    ndarray
        dB.

    Raises
    ------
    ModelRangeError
        An argument is out of range.
    """
    values = floats(distance_km, frequency_mhz, tx_height_m, rx_height_m)
    _check_rma("rma_nlos", values, RMA_NLOS_DISTANCE_KM)
    distance, frequency, tx, rx = values
    log_tx = np.log10(tx)
    loss = (
        161.04
        - 7.1 * math.log10(STREET_WIDTH_M)
        + 7.5 * math.log10(BUILDING_HEIGHT_M)
        - (24.37 - 3.7 * (BUILDING_HEIGHT_M / tx) ** 2) * log_tx
        + (43.42 - 3.1 * log_tx) * (np.log10(_slant_m(distance, tx, rx)) - 3.0)
        + 20.0 * np.log10(frequency / 1000.0)
        - (3.2 * np.log10(11.75 * rx) ** 2 - 4.97)
    )
    return np.maximum(_rma_los(*values), loss)


def uma_los(
    distance_km: npt.ArrayLike,
    *,
    frequency_mhz: npt.ArrayLike,
    tx_height_m: npt.ArrayLike,
    rx_height_m: npt.ArrayLike,
    environment: npt.ArrayLike = 0,  # noqa: ARG001 - part of the common signature
) -> npt.NDArray[np.float64]:
    """Urban macro cell with line of sight; arguments broadcast; σ = 4 dB.

    PL1 = 28 + 22 log d3D + 20 log f up to d'_BP = 4 h'_BS h'_UT f / c, beyond,
    PL2 = 28 + 40 log d3D + 20 log f - 9 log(d'_BP² + (h_BS - h_UT)²), with h' = h - h_E and
    h_E = 1 m, which note 1 gives receivers below 13 m.

    Parameters
    ----------
    distance_km
        d2D, 0.01 to 5 km.
    frequency_mhz
        500 to 100,000 MHz.
    tx_height_m
        h_BS; the table was fitted for 25 m, 10 to 150 m are taken.
    rx_height_m
        h_UT, 1.5 to 13 m; above, h_E is random and the model is refused.
    environment
        Has no effect: the model is its environment.

    Returns
    -------
    ndarray
        dB.

    Raises
    ------
    ModelRangeError
        An argument is out of range.
    """
    values = floats(distance_km, frequency_mhz, tx_height_m, rx_height_m)
    _check_uma("uma_los", values)
    return _uma_los(*values)


def uma_nlos(
    distance_km: npt.ArrayLike,
    *,
    frequency_mhz: npt.ArrayLike,
    tx_height_m: npt.ArrayLike,
    rx_height_m: npt.ArrayLike,
    environment: npt.ArrayLike = 0,  # noqa: ARG001 - part of the common signature
) -> npt.NDArray[np.float64]:
    """Urban macro cell without line of sight; arguments broadcast; σ = 6 dB.

    max(PL_LOS, 13.54 + 39.08 log d3D + 20 log f - 0.6 (h_UT - 1.5)).

    Parameters
    ----------
    distance_km, frequency_mhz, tx_height_m, rx_height_m, environment
        As in `uma_los`.

    Returns
    -------
    ndarray
        dB.

    Raises
    ------
    ModelRangeError
        An argument is out of range.
    """
    values = floats(distance_km, frequency_mhz, tx_height_m, rx_height_m)
    _check_uma("uma_nlos", values)
    distance, frequency, tx, rx = values
    log_slant = np.log10(_slant_m(distance, tx, rx))
    loss = 13.54 + 39.08 * log_slant + 20.0 * np.log10(frequency / 1000.0) - 0.6 * (rx - 1.5)
    return np.maximum(_uma_los(*values), loss)


def rma_breakpoint_m(
    *, frequency_mhz: npt.ArrayLike, tx_height_m: npt.ArrayLike, rx_height_m: npt.ArrayLike
) -> npt.NDArray[np.float64]:
    """d_BP = 2π h_BS h_UT f_c / c (note 5)."""
    frequency, tx, rx = floats(frequency_mhz, tx_height_m, rx_height_m)
    return np.asarray(2.0 * math.pi * tx * rx * frequency * 1e6 / _LIGHT_M_S)


def uma_breakpoint_m(
    *, frequency_mhz: npt.ArrayLike, tx_height_m: npt.ArrayLike, rx_height_m: npt.ArrayLike
) -> npt.NDArray[np.float64]:
    """d'_BP = 4 h'_BS h'_UT f_c / c with h' = h - 1 m (note 1)."""
    frequency, tx, rx = floats(frequency_mhz, tx_height_m, rx_height_m)
    tx_effective = tx - _EFFECTIVE_ENVIRONMENT_M
    rx_effective = rx - _EFFECTIVE_ENVIRONMENT_M
    return np.asarray(4.0 * tx_effective * rx_effective * frequency * 1e6 / _LIGHT_M_S)


def _rma_los(
    distance: npt.NDArray[np.float64],
    frequency: npt.NDArray[np.float64],
    tx: npt.NDArray[np.float64],
    rx: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:
    breakpoint_m = rma_breakpoint_m(frequency_mhz=frequency, tx_height_m=tx, rx_height_m=rx)
    slant = _slant_m(distance, tx, rx)
    turning = _slant_m(breakpoint_m / 1000.0, tx, rx)
    beyond = _rma_pl1(turning, frequency) + 40.0 * np.log10(slant / turning)
    return np.where(distance * 1000.0 <= breakpoint_m, _rma_pl1(slant, frequency), beyond)


def _rma_pl1(
    slant: npt.NDArray[np.float64], frequency: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    power = BUILDING_HEIGHT_M**1.72
    return np.asarray(
        20.0 * np.log10(40.0 * math.pi * slant * (frequency / 1000.0) / 3.0)
        + min(0.03 * power, 10.0) * np.log10(slant)
        - min(0.044 * power, 14.77)
        + 0.002 * math.log10(BUILDING_HEIGHT_M) * slant
    )


def _uma_los(
    distance: npt.NDArray[np.float64],
    frequency: npt.NDArray[np.float64],
    tx: npt.NDArray[np.float64],
    rx: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:
    breakpoint_m = uma_breakpoint_m(frequency_mhz=frequency, tx_height_m=tx, rx_height_m=rx)
    log_slant = np.log10(_slant_m(distance, tx, rx))
    log_frequency = np.log10(frequency / 1000.0)
    near = 28.0 + 22.0 * log_slant + 20.0 * log_frequency
    far = 28.0 + 40.0 * log_slant + 20.0 * log_frequency
    far = far - 9.0 * np.log10(breakpoint_m**2 + (tx - rx) ** 2)
    return np.where(distance * 1000.0 <= breakpoint_m, near, far)


def _slant_m(
    distance: npt.NDArray[np.float64],
    tx: npt.NDArray[np.float64],
    rx: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:
    """d3D of figure 7.4.1-1."""
    return np.asarray(np.hypot(distance * 1000.0, tx - rx))


def _check_rma(
    model: str, values: tuple[npt.NDArray[np.float64], ...], distance_km: tuple[float, float]
) -> None:
    distance, frequency, tx, rx = values
    check_range(distance, distance_km, what="distance_km", model=model)
    check_range(frequency, RMA_FREQUENCY_MHZ, what="frequency_mhz", model=model)
    check_range(tx, RMA_TX_HEIGHT_M, what="tx_height_m", model=model)
    check_range(rx, RMA_RX_HEIGHT_M, what="rx_height_m", model=model)


def _check_uma(model: str, values: tuple[npt.NDArray[np.float64], ...]) -> None:
    distance, frequency, tx, rx = values
    check_range(distance, UMA_DISTANCE_KM, what="distance_km", model=model)
    check_range(frequency, UMA_FREQUENCY_MHZ, what="frequency_mhz", model=model)
    check_range(tx, UMA_TX_HEIGHT_M, what="tx_height_m", model=model)
    check_range(rx, UMA_RX_HEIGHT_M, what="rx_height_m", model=model)
