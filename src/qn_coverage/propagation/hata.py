"""Hata's formulas: median loss over quasi-smooth ground, fitted to Okumura's curves.

`okumura_hata` and `cost231_hata` are the published formulas within their published ranges.
`extended_hata` joins them into one model over all distances, frequencies and heights of a mobile
network by the rules of Report ITU-R SM.2028. None falls below free space.

"Urban" is Hata's small or medium-sized city (COST 231: C_m = 0 dB), which is what the towns of the
province are; the corrections for metropolitan centres are left out.

References
----------
.. [1] M. Hata, "Empirical formula for propagation loss in land mobile radio services", IEEE Trans.
   Veh. Technol. VT-29 (3), 1980, pp. 317-325.
.. [2] COST 231, "Digital mobile radio towards future generation systems", final report,
   EUR 18957, 1999, ch. 4.4, eqs. 4.4.1-4.4.3.
.. [3] Recommendation ITU-R P.529-3 (10/1999, withdrawn), Annex 1: distances beyond 20 km.
.. [4] Report ITU-R SM.2028-2 (06/2017), §6.1, "extended Hata": short distances, low masts,
   frequencies above 2 GHz.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from qn_coverage.core.errors import ModelRangeError
from qn_coverage.propagation._arrays import check_range, floats
from qn_coverage.propagation.free_space import free_space

if TYPE_CHECKING:
    import numpy.typing as npt

OPEN: Final = 0
SUBURBAN: Final = 1
URBAN: Final = 2

OKUMURA_FREQUENCY_MHZ: Final = (150.0, 1500.0)
COST231_FREQUENCY_MHZ: Final = (1500.0, 2000.0)
EXTENDED_FREQUENCY_MHZ: Final = (150.0, 4000.0)
DISTANCE_KM: Final = (1.0, 100.0)
EXTENDED_DISTANCE_KM: Final = (0.0, 100.0)
TX_HEIGHT_M: Final = (30.0, 200.0)
EXTENDED_TX_HEIGHT_M: Final = (1.0, 200.0)
RX_HEIGHT_M: Final = (1.0, 10.0)
EXTENDED_RX_HEIGHT_M: Final = (0.5, 50.0)

# [1], summary; [2] eq. 4.4.1
_OKUMURA_DB: Final = 69.55
_OKUMURA_FREQUENCY: Final = 26.16
# [2] eq. 4.4.3
_COST231_DB: Final = 46.3
_COST231_FREQUENCY: Final = 33.9
# common to both
_HEIGHT: Final = 13.82
_SLOPE: Final = 44.9
_SLOPE_HEIGHT: Final = 6.55
_FAR_KM: Final = 20.0
# [4]: the interpolation near the mast, the least height of the formula, the frequency rule
_NEAR_KM: Final = 0.04
_BEGIN_KM: Final = 0.1
_LOW_MAST_M: Final = 30.0
_HIGH_MOBILE_M: Final = 10.0
_CORRECTION_FREQUENCY_MHZ: Final = (150.0, 2000.0)


def okumura_hata(
    distance_km: npt.ArrayLike,
    *,
    frequency_mhz: npt.ArrayLike,
    tx_height_m: npt.ArrayLike,
    rx_height_m: npt.ArrayLike,
    environment: npt.ArrayLike,
) -> npt.NDArray[np.float64]:
    """Okumura-Hata [1]_; arguments broadcast.

    L = 69.55 + 26.16 log f - 13.82 log h_b - a(h_m) + (44.9 - 6.55 log h_b) (log d)^b

    with b = 1 up to 20 km and [3]_ beyond.

    Parameters
    ----------
    distance_km
        d, 1 to 100 km; Hata's own range ends at 20 km.
    frequency_mhz
        f, 150 to 1500 MHz.
    tx_height_m
        h_b, 30 to 200 m.
    rx_height_m
        h_m, 1 to 10 m.
    environment
        0 open, 1 suburban, 2 urban.

    Returns
    -------
    ndarray
        Median basic transmission loss, dB, not below free space.

    Raises
    ------
    ModelRangeError
        An argument is out of range.
    """
    values = floats(distance_km, frequency_mhz, tx_height_m, rx_height_m)
    _check("okumura_hata", values, OKUMURA_FREQUENCY_MHZ)
    frequency_term = _OKUMURA_DB + _OKUMURA_FREQUENCY * np.log10(values[1])
    return _published(frequency_term, *values, environment=environment)


def cost231_hata(
    distance_km: npt.ArrayLike,
    *,
    frequency_mhz: npt.ArrayLike,
    tx_height_m: npt.ArrayLike,
    rx_height_m: npt.ArrayLike,
    environment: npt.ArrayLike,
) -> npt.NDArray[np.float64]:
    """COST-231-Hata [2]_, eq. 4.4.3 with C_m = 0 dB; arguments broadcast.

    L = 46.3 + 33.9 log f - 13.82 log h_b - a(h_m) + (44.9 - 6.55 log h_b) (log d)^b

    with b as in `okumura_hata`. The report knows towns only; suburban and open ground take Hata's
    corrections, as [4]_ does.

    Parameters
    ----------
    distance_km, tx_height_m, rx_height_m, environment
        As in `okumura_hata`.
    frequency_mhz
        f, 1500 to 2000 MHz.

    Returns
    -------
    ndarray
        Median basic transmission loss, dB, not below free space.

    Raises
    ------
    ModelRangeError
        An argument is out of range.
    """
    values = floats(distance_km, frequency_mhz, tx_height_m, rx_height_m)
    _check("cost231_hata", values, COST231_FREQUENCY_MHZ)
    frequency_term = _COST231_DB + _COST231_FREQUENCY * np.log10(values[1])
    return _published(frequency_term, *values, environment=environment)


def extended_hata(
    distance_km: npt.ArrayLike,
    *,
    frequency_mhz: npt.ArrayLike,
    tx_height_m: npt.ArrayLike,
    rx_height_m: npt.ArrayLike,
    environment: npt.ArrayLike,
) -> npt.NDArray[np.float64]:
    """Hata for every distance, band and mast of a mobile network; arguments broadcast.

    `okumura_hata` up to 1500 MHz, `cost231_hata` up to 2000 MHz, and outside their ranges the
    rules of [4]_:

    - above 2000 MHz: the loss at 2000 MHz plus 10 log(f / 2000). The report stops at 3000 MHz; the
      rule is followed to 4000 MHz here, for the 5G band at 3.5 GHz;
    - masts below 30 m: the formula at 30 m less b(h_b) = min(0, 20 log(h_b / 30));
    - receivers above 10 m: a(10 m) plus 20 log(h_m / 10);
    - 0.04 to 0.1 km: straight in log d between both ends; nearer: free space.

    Parameters
    ----------
    distance_km
        0 to 100 km.
    frequency_mhz
        150 to 4000 MHz.
    tx_height_m
        1 to 200 m.
    rx_height_m
        0.5 to 50 m.
    environment
        0 open, 1 suburban, 2 urban.

    Returns
    -------
    ndarray
        Median basic transmission loss, dB, not below free space.

    Raises
    ------
    ModelRangeError
        An argument is out of range.
    """
    distance, frequency, tx, rx = floats(distance_km, frequency_mhz, tx_height_m, rx_height_m)
    _check_extended(distance, frequency, tx, rx)
    far = _extended_formula(np.maximum(distance, _BEGIN_KM), frequency, tx, rx, environment)
    near = _free_space(np.minimum(distance, _NEAR_KM), frequency, tx, rx)
    share = np.log(np.maximum(distance, _NEAR_KM) / _NEAR_KM) / np.log(_BEGIN_KM / _NEAR_KM)
    loss = near + (far - near) * np.minimum(share, 1.0)
    return np.asarray(np.maximum(loss, _free_space(distance, frequency, tx, rx)))


def distance_exponent(
    distance_km: npt.ArrayLike, *, frequency_mhz: npt.ArrayLike, tx_height_m: npt.ArrayLike
) -> npt.NDArray[np.float64]:
    """Exponent b of [3]_: 1 up to 20 km, 1 + (0.14 + 0.000187 f + 0.00107 h') (log(d / 20))^0.8.

    h' = h_b / √(1 + 0.000007 h_b²).
    """
    distance, frequency, tx = floats(distance_km, frequency_mhz, tx_height_m)
    height = tx / np.sqrt(1.0 + 0.000007 * tx**2)
    beyond = np.log10(np.maximum(distance, _FAR_KM) / _FAR_KM) ** 0.8
    return np.asarray(1.0 + (0.14 + 0.000187 * frequency + 0.00107 * height) * beyond)


def _published(
    frequency_term: npt.NDArray[np.float64],
    *values: npt.NDArray[np.float64],
    environment: npt.ArrayLike,
) -> npt.NDArray[np.float64]:
    distance, frequency, tx, rx = values
    loss = (
        frequency_term
        + _height_and_distance(distance, frequency, tx)
        - _mobile_height_gain(frequency, rx)
        - _environment_gain(frequency, environment)
    )
    return np.maximum(loss, _free_space(distance, frequency, tx, rx))


def _extended_formula(
    distance: npt.NDArray[np.float64],
    frequency: npt.NDArray[np.float64],
    tx: npt.NDArray[np.float64],
    rx: npt.NDArray[np.float64],
    environment: npt.ArrayLike,
) -> npt.NDArray[np.float64]:
    """[4], distances of 0.1 km and more."""
    mobile_gain = _mobile_height_gain(frequency, np.minimum(rx, _HIGH_MOBILE_M))
    mobile_gain += 20.0 * np.log10(np.maximum(rx, _HIGH_MOBILE_M) / _HIGH_MOBILE_M)
    mast_gain = 20.0 * np.log10(np.minimum(tx, _LOW_MAST_M) / _LOW_MAST_M)
    return np.asarray(
        _extended_frequency_term(frequency)
        + _height_and_distance(distance, frequency, np.maximum(tx, _LOW_MAST_M))
        - mobile_gain
        - mast_gain
        - _environment_gain(frequency, environment)
    )


def _extended_frequency_term(frequency: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    low = _OKUMURA_DB + _OKUMURA_FREQUENCY * np.log10(frequency)
    top = COST231_FREQUENCY_MHZ[1]
    high = _COST231_DB + _COST231_FREQUENCY * np.log10(np.minimum(frequency, top))
    above = 10.0 * np.log10(np.maximum(frequency, top) / top)
    return np.where(frequency <= OKUMURA_FREQUENCY_MHZ[1], low, high + above)


def _height_and_distance(
    distance: npt.NDArray[np.float64],
    frequency: npt.NDArray[np.float64],
    tx: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:
    """-13.82 log h_b + (44.9 - 6.55 log h_b) (log d)^b."""
    log_distance = np.log10(distance)
    exponent = distance_exponent(distance, frequency_mhz=frequency, tx_height_m=tx)
    power = np.where(
        exponent > 1.0, np.maximum(log_distance, 0.0) ** exponent, log_distance
    )  # (log d)^1 is negative below 1 km
    slope = _SLOPE - _SLOPE_HEIGHT * np.log10(tx)
    return np.asarray(-_HEIGHT * np.log10(tx) + slope * power)


def _mobile_height_gain(
    frequency: npt.NDArray[np.float64], rx: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """a(h_m) of a small or medium-sized city, [1] and [2] eq. 4.4.2."""
    log_frequency = np.log10(frequency)
    return np.asarray((1.1 * log_frequency - 0.7) * rx - (1.56 * log_frequency - 0.8))


def _environment_gain(
    frequency: npt.NDArray[np.float64], environment: npt.ArrayLike
) -> npt.NDArray[np.float64]:
    """How much less than in a town is lost: [1], suburban and open area; f as [4] limits it."""
    codes = np.asarray(environment)
    if not np.all(np.isin(codes, (OPEN, SUBURBAN, URBAN))):
        raise ModelRangeError("environment must be 0 (open), 1 (suburban) or 2 (urban)")
    limited = np.clip(frequency, *_CORRECTION_FREQUENCY_MHZ)
    log_frequency = np.log10(limited)
    suburban = 2.0 * np.log10(limited / 28.0) ** 2 + 5.4
    open_ground = 4.78 * log_frequency**2 - 18.33 * log_frequency + 40.94
    return np.where(codes == OPEN, open_ground, np.where(codes == SUBURBAN, suburban, 0.0))


def _free_space(
    distance: npt.NDArray[np.float64],
    frequency: npt.NDArray[np.float64],
    tx: npt.NDArray[np.float64],
    rx: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:
    return free_space(distance, frequency_mhz=frequency, tx_height_m=tx, rx_height_m=rx)


def _check(
    model: str, values: tuple[npt.NDArray[np.float64], ...], frequency_mhz: tuple[float, float]
) -> None:
    distance, frequency, tx, rx = values
    check_range(distance, DISTANCE_KM, what="distance_km", model=model)
    check_range(frequency, frequency_mhz, what="frequency_mhz", model=model)
    check_range(tx, TX_HEIGHT_M, what="tx_height_m", model=model)
    check_range(rx, RX_HEIGHT_M, what="rx_height_m", model=model)


def _check_extended(*values: npt.NDArray[np.float64]) -> None:
    distance, frequency, tx, rx = values
    check_range(distance, EXTENDED_DISTANCE_KM, what="distance_km", model="okumura_hata (extended)")
    check_range(
        frequency, EXTENDED_FREQUENCY_MHZ, what="frequency_mhz", model="okumura_hata (extended)"
    )
    check_range(tx, EXTENDED_TX_HEIGHT_M, what="tx_height_m", model="okumura_hata (extended)")
    check_range(rx, EXTENDED_RX_HEIGHT_M, what="rx_height_m", model="okumura_hata (extended)")
