"""Antenna patterns: how much weaker a direction is than the main one, in dB, never above 0.

Two published parametric forms. 3GPP TR 36.814 (Table A.2.1.1-2) is what the mosaics use: its widths
and its tilt come from the sector table. 3GPP TR 38.901 (Table 7.3-1) is the element of a 5G panel.
Both add a horizontal and a vertical cut and clip the sum, so cuts read from a manufacturer's file
enter the same way: interpolate each with `cut_db` and hand them to `combined_db`.

Angles are degrees. A bearing is clockwise from north; a depression is positive below the horizon,
as is a downtilt.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from qn_coverage.propagation._arrays import floats
from qn_coverage.propagation._compile import compiled

if TYPE_CHECKING:
    import numpy.typing as npt

FRONT_TO_BACK_DB: Final = 25.0
"""A_m of TR 36.814, Table A.2.1.1-2: no direction is weaker than this."""

SIDE_LOBE_DB: Final = 20.0
"""SLA_v of TR 36.814, Table A.2.1.1-2: the vertical cut alone is never weaker than this."""

PANEL_FRONT_TO_BACK_DB: Final = 30.0
"""A_max of TR 38.901, Table 7.3-1."""

PANEL_SIDE_LOBE_DB: Final = 30.0
"""SLA_V of TR 38.901, Table 7.3-1."""

PANEL_BEAMWIDTH_DEG: Final = 65.0
"""θ_3dB and φ_3dB of TR 38.901, Table 7.3-1."""

_QUARTER_TURN: Final = math.pi / 2.0
_ARC_TANGENT: Final = (
    -0.3333314528,
    0.1999355085,
    -0.1420889944,
    0.1065626393,
    -0.0752896400,
    0.0429096138,
    -0.0161657367,
    0.0028662257,
)

_PARABOLA: Final = 12.0  # 12 · (1/2)² = 3 dB at half the half-power width


@compiled
def bearing_deg(east_m: float, north_m: float) -> float:
    """Bearing of a direction, -180 to 180°, within 2e-6°; 0 where both components are 0.

    A polynomial instead of a library call lets loops become vector instructions. Source: Abramowitz
    and Stegun, Handbook of Mathematical Functions, 4.4.49.
    """
    east, north = abs(east_m), abs(north_m)
    low, high = min(east, north), max(east, north)
    if high == 0.0:
        return 0.0
    ratio = low / high
    square = ratio * ratio
    series = _ARC_TANGENT[-1]
    for coefficient in _ARC_TANGENT[-2::-1]:
        series = coefficient + square * series
    angle = ratio * (1.0 + square * series)
    if east > north:
        angle = _QUARTER_TURN - angle
    if north_m < 0.0:
        angle = 2.0 * _QUARTER_TURN - angle
    return math.degrees(math.copysign(angle, east_m))


@compiled
def horizontal_db(
    bearing_deg: float, azimuth_deg: float, beamwidth_deg: float, floor_db: float
) -> float:
    """Horizontal cut of one direction; 0 for an omnidirectional antenna (azimuth or width NaN)."""
    if np.isnan(azimuth_deg) or np.isnan(beamwidth_deg):
        return 0.0
    offset = bearing_deg - azimuth_deg
    turns: float = np.floor(offset / 360.0 + 0.5)
    ratio = (offset - 360.0 * turns) / beamwidth_deg
    return -min(_PARABOLA * ratio * ratio, floor_db)


@compiled
def vertical_db(
    depression_deg: float, downtilt_deg: float, beamwidth_deg: float, floor_db: float
) -> float:
    """Vertical cut of one direction."""
    ratio = (depression_deg - downtilt_deg) / beamwidth_deg
    return -min(_PARABOLA * ratio * ratio, floor_db)


@compiled
def combined_db(horizontal_cut_db: float, vertical_cut_db: float, floor_db: float) -> float:
    """Both cuts together: their sum, clipped at the front-to-back ratio."""
    return -min(-(horizontal_cut_db + vertical_cut_db), floor_db)


@compiled
def pattern_db(
    bearing_deg: float,
    depression_deg: float,
    azimuth_deg: float,
    downtilt_deg: float,
    beamwidth_h_deg: float,
    beamwidth_v_deg: float,
) -> float:
    """TR 36.814 pattern in one direction: the scalar kernel that every mosaic calls.

    Parameters
    ----------
    bearing_deg, depression_deg
        Direction of the receiver from the antenna; the bearing may lie in any turn.
    azimuth_deg, downtilt_deg
        Main direction; azimuth NaN for an omnidirectional antenna.
    beamwidth_h_deg, beamwidth_v_deg
        Half-power widths, > 0.

    Returns
    -------
    float
        Between -25 and 0 dB.
    """
    horizontal = horizontal_db(bearing_deg, azimuth_deg, beamwidth_h_deg, FRONT_TO_BACK_DB)
    vertical = vertical_db(depression_deg, downtilt_deg, beamwidth_v_deg, SIDE_LOBE_DB)
    return combined_db(horizontal, vertical, FRONT_TO_BACK_DB)


@compiled
def cut_db(angle_deg: float, table_db: npt.NDArray[np.float64]) -> float:
    """Value of a tabulated cut, linear between the entries of a full turn.

    Parameters
    ----------
    angle_deg
        Angle from the direction of entry 0, in any turn.
    table_db
        Shape (n,), dB, entry i at i · 360 / n degrees; ≤ 0.
    """
    count = len(table_db)
    place = angle_deg / 360.0
    place = (place - np.floor(place)) * count
    low = int(place)
    share = place - low
    low = low if low < count else 0  # a place just below 1 may round to it
    high = low + 1 if low + 1 < count else 0
    value: float = table_db[low] * (1.0 - share) + table_db[high] * share
    return value


def tr36814(
    bearing_deg: npt.ArrayLike,
    depression_deg: npt.ArrayLike,
    *,
    azimuth_deg: npt.ArrayLike,
    downtilt_deg: npt.ArrayLike,
    beamwidth_h_deg: npt.ArrayLike,
    beamwidth_v_deg: npt.ArrayLike,
) -> npt.NDArray[np.float64]:
    """Macro-cell sector antenna of 3GPP TR 36.814 V9.2.0, Table A.2.1.1-2; arguments broadcast.

    A_H(φ) = -min(12 (φ/φ_3dB)², 25), A_V(θ) = -min(12 ((θ - θ_tilt)/θ_3dB)², 20),
    A = -min(-(A_H + A_V), 25). The table's own widths are φ_3dB = 70° and θ_3dB = 10°.

    Parameters
    ----------
    bearing_deg, depression_deg
        Direction of the receiver from the antenna.
    azimuth_deg
        Main direction; NaN for an omnidirectional antenna, which keeps its vertical cut.
    downtilt_deg
        θ_tilt, as an electrical tilt: the same in every direction of the compass.
    beamwidth_h_deg, beamwidth_v_deg
        φ_3dB and θ_3dB, > 0.

    Returns
    -------
    ndarray
        dB, between -25 and 0.
    """
    horizontal = _horizontal_cut(bearing_deg, azimuth_deg, beamwidth_h_deg, FRONT_TO_BACK_DB)
    vertical = _vertical_cut(depression_deg, downtilt_deg, beamwidth_v_deg, SIDE_LOBE_DB)
    return np.maximum(horizontal + vertical, -FRONT_TO_BACK_DB)


def tr38901(
    bearing_deg: npt.ArrayLike,
    depression_deg: npt.ArrayLike,
    *,
    azimuth_deg: npt.ArrayLike,
    downtilt_deg: npt.ArrayLike = 0.0,
    beamwidth_deg: npt.ArrayLike = PANEL_BEAMWIDTH_DEG,
) -> npt.NDArray[np.float64]:
    """Antenna element of 3GPP TR 38.901 V16.1.0, Table 7.3-1; arguments broadcast.

    A_V(θ) = -min(12 ((θ - 90°)/θ_3dB)², 30), A_H(φ) = -min(12 (φ/φ_3dB)², 30),
    A = -min(-(A_V + A_H), 30), with θ the zenith angle, so θ - 90° is the depression less the tilt.

    Parameters
    ----------
    bearing_deg, depression_deg, azimuth_deg, downtilt_deg
        As in `tr36814`.
    beamwidth_deg
        θ_3dB and φ_3dB, 65° in the table, > 0.

    Returns
    -------
    ndarray
        dB, between -30 and 0; the element's gain of 8 dBi is not part of it.
    """
    horizontal = _horizontal_cut(bearing_deg, azimuth_deg, beamwidth_deg, PANEL_FRONT_TO_BACK_DB)
    vertical = _vertical_cut(depression_deg, downtilt_deg, beamwidth_deg, PANEL_SIDE_LOBE_DB)
    return np.maximum(horizontal + vertical, -PANEL_FRONT_TO_BACK_DB)


def _horizontal_cut(
    bearing_deg: npt.ArrayLike,
    azimuth_deg: npt.ArrayLike,
    beamwidth_deg: npt.ArrayLike,
    floor_db: float,
) -> npt.NDArray[np.float64]:
    bearing, azimuth, beamwidth = floats(bearing_deg, azimuth_deg, beamwidth_deg)
    offset = bearing - azimuth
    offset = offset - 360.0 * np.floor(offset / 360.0 + 0.5)
    cut = -np.minimum(_PARABOLA * (offset / beamwidth) ** 2, floor_db)
    return np.where(np.isnan(cut), 0.0, cut)


def _vertical_cut(
    depression_deg: npt.ArrayLike,
    downtilt_deg: npt.ArrayLike,
    beamwidth_deg: npt.ArrayLike,
    floor_db: float,
) -> npt.NDArray[np.float64]:
    depression, downtilt, beamwidth = floats(depression_deg, downtilt_deg, beamwidth_deg)
    return np.asarray(-np.minimum(_PARABOLA * ((depression - downtilt) / beamwidth) ** 2, floor_db))
