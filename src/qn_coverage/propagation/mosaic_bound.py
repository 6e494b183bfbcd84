"""What an emitter cannot exceed anywhere in a rectangle: the exact ground for leaving work out.

A pattern falls with both of its offsets and `Tables.least_loss_db` grows with distance, so
the least offsets and the least distance over the rectangle bound every level inside it. Slacks far
above all rounding keep the bound above the levels as they are computed.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from qn_coverage.propagation._compile import compiled
from qn_coverage.propagation.antenna import (
    FRONT_TO_BACK_DB,
    SIDE_LOBE_DB,
    bearing_deg,
    combined_db,
    horizontal_db,
    vertical_db,
)
from qn_coverage.propagation.distance_table import interpolate, knot_before

if TYPE_CHECKING:
    import numpy.typing as npt

    from qn_coverage.propagation.distance_table import Tables

Box = tuple[float, float, float, float]
"""West, south, east and north of the cell centres of a rectangle, m."""

_SLACK_DB: Final = 0.001
_SLACK_DEG: Final = 0.01


class Columns(NamedTuple):
    """Emitters as the kernels want them, one entry each."""

    x_m: npt.NDArray[np.float64]
    y_m: npt.NDArray[np.float64]
    eirp_dbm: npt.NDArray[np.float64]  # receiver's gain included
    azimuth_deg: npt.NDArray[np.float64]
    downtilt_deg: npt.NDArray[np.float64]
    beamwidth_h_deg: npt.NDArray[np.float64]
    beamwidth_v_deg: npt.NDArray[np.float64]
    reach_m: npt.NDArray[np.float64]
    layer: npt.NDArray[np.int32]
    number: npt.NDArray[np.int32]
    site: npt.NDArray[np.int32]
    table: npt.NDArray[np.int64]
    plain: npt.NDArray[np.bool_]  # TR 36.814 without mechanical tilt
    mechanical_deg: npt.NDArray[np.float64]
    pattern: npt.NDArray[np.int64]  # row of the antenna tables, or -1
    cuts_db: npt.NDArray[np.float64]  # (antenna tables, 2, entries)
    weakest_db: npt.NDArray[np.float64]  # (antenna tables,)


def nearest_squared_m2(
    x_m: npt.NDArray[np.float64], y_m: npt.NDArray[np.float64], box: Box
) -> npt.NDArray[np.float64]:
    """Squared distance from each position to the nearest point of a box, shape (n,)."""
    west, south, east, north = box
    dx = x_m - np.clip(x_m, west, east)
    dy = y_m - np.clip(y_m, south, north)
    return np.asarray(dx * dx + dy * dy)


@compiled
def strength_bound_dbm(
    e: int, box: Box, columns: Columns, tables: Tables, out: npt.NDArray[np.float32]
) -> bool:
    """Write what emitter `e` cannot exceed in a box, antenna aside, by environment into `out`.

    Returns False, leaving `out` as it is, where the box is beyond its reach.
    """
    west, south, east, north = box
    dx = columns.x_m[e] - min(max(columns.x_m[e], west), east)
    dy = columns.y_m[e] - min(max(columns.y_m[e], south), north)
    squared = dx * dx + dy * dy
    if squared > columns.reach_m[e] * columns.reach_m[e]:
        return False
    knot = knot_before(squared)
    least = tables.least_loss_db[columns.table[e]]
    for kind in range(len(out)):
        out[kind] = np.float32(columns.eirp_dbm[e] - least[kind, knot] + _SLACK_DB)
    return True


@compiled
def pattern_bound_db(e: int, box: Box, columns: Columns, tables: Tables) -> float:
    """What the pattern of emitter `e` cannot exceed in a box: 0 for one that is tabulated."""
    if not columns.plain[e]:
        return 0.0
    west, south, east, north = box
    dx = (west + east) / 2.0 - columns.x_m[e]
    dy = (south + north) / 2.0 - columns.y_m[e]
    radius = math.hypot(east - west, north - south) / 2.0
    distance = math.hypot(dx, dy)
    azimuth, width = columns.azimuth_deg[e], columns.beamwidth_h_deg[e]
    if distance <= radius:
        return 0.0
    sine = radius / distance
    # asin x ≤ x + (π/2 - 1) x³ on [0, 1]: half the angle at which the box is seen
    half = math.degrees(sine * (1.0 + (math.pi / 2.0 - 1.0) * sine * sine)) + _SLACK_DEG
    offset = bearing_deg(dx, dy) - azimuth
    offset = abs(offset - 360.0 * np.floor(offset / 360.0 + 0.5))
    aside = max(offset - half, 0.0)
    horizontal = 0.0
    if not math.isnan(azimuth):
        horizontal = horizontal_db(aside, 0.0, width, FRONT_TO_BACK_DB)
    seen = tables.depression_deg[columns.table[e]]
    farthest = min(distance + radius, columns.reach_m[e])
    near = interpolate((distance - radius) * (distance - radius), seen)
    far = interpolate(farthest * farthest, seen)
    tilt = columns.downtilt_deg[e]
    least = max(min(near, far) - tilt, tilt - max(near, far), 0.0)
    least = max(least - _SLACK_DEG, 0.0)
    vertical = vertical_db(least, 0.0, columns.beamwidth_v_deg[e], SIDE_LOBE_DB)
    return combined_db(horizontal, vertical, FRONT_TO_BACK_DB) + _SLACK_DB
