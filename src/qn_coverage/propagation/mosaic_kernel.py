"""The compiled loop of the terrain-free mosaic: one rectangle of cells, many emitters.

Every cell is the same function of the emitters whatever the order and the rectangle, so tiles,
threads and pruning change nothing but the time.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numba import njit

from qn_coverage.propagation.antenna import (
    FRONT_TO_BACK_DB,
    SIDE_LOBE_DB,
    combined_db,
    horizontal_db,
    vertical_db,
)
from qn_coverage.propagation.distance_table import interpolate

if TYPE_CHECKING:
    import numpy.typing as npt

_MOST = 65535  # of a uint16


@njit(cache=True, nogil=True)
def fill_tile(  # noqa: C901, PLR0912, PLR0915, PLR0917 - one compiled loop nest
    window: tuple[int, int, int, int],
    frame: tuple[float, float, float],
    candidates: npt.NDArray[np.int64],
    best_possible_dbm: npt.NDArray[np.float32],
    x_m: npt.NDArray[np.float64],
    y_m: npt.NDArray[np.float64],
    eirp_dbm: npt.NDArray[np.float64],
    azimuth_deg: npt.NDArray[np.float64],
    downtilt_deg: npt.NDArray[np.float64],
    beamwidth_h_deg: npt.NDArray[np.float64],
    beamwidth_v_deg: npt.NDArray[np.float64],
    max_distance_m: npt.NDArray[np.float64],
    layers: npt.NDArray[np.int32],
    table_of: npt.NDArray[np.int64],
    loss_db: npt.NDArray[np.float32],
    depression_deg: npt.NDArray[np.float32],
    environment: npt.NDArray[np.uint8],
    required_dbm: npt.NDArray[np.float32],
    floor_dbm: npt.NDArray[np.float32],
    directional: bool,
    prune: bool,
    first_index: int,
    level_dbm: npt.NDArray[np.float32],
    second_dbm: npt.NDArray[np.float32],
    server: npt.NDArray[np.int32],
    count: npt.NDArray[np.uint16],
) -> None:
    """Update the cells of `window` with the candidate emitters.

    Parameters
    ----------
    window
        First row, last row + 1, first column, last column + 1.
    frame
        West edge, north edge, side of a cell.
    candidates, best_possible_dbm
        Emitters, layer by layer, the strongest of a layer first, and the level that each cannot
        exceed anywhere in the window.
    x_m ... table_of
        Columns of the emitters; `eirp_dbm` includes the receiver's gain.
    loss_db, depression_deg
        As in `DistanceTables`.
    environment
        Shape (rows, cols).
    required_dbm, floor_dbm
        Per layer: what counts, and what is too weak to be kept.
    directional
        Whether antenna patterns apply.
    prune
        Whether to leave out work that cannot change the answer.
    first_index
        Index of emitter 0 in `server`.
    level_dbm, second_dbm, server, count
        Arrays of a `Mosaic`, changed in place.
    """
    row_0, row_1, col_0, col_1 = window
    west, north, cell = frame
    worst_layer = -1
    worst_second = np.float32(-np.inf)
    for k in range(len(candidates)):
        e = candidates[k]
        layer = layers[e]
        required = required_dbm[layer]
        floor = floor_dbm[layer]
        if prune and best_possible_dbm[k] < required:
            if worst_layer != layer:
                worst_second = _least(second_dbm[layer, row_0:row_1, col_0:col_1])
                worst_layer = layer
            if best_possible_dbm[k] < worst_second:
                continue
        worst_layer = -1
        table = table_of[e]
        reach_2 = max_distance_m[e] * max_distance_m[e]
        index = first_index + e
        for row in range(row_0, row_1):
            dy = north - (row + 0.5) * cell - y_m[e]
            chord_2 = reach_2 - dy * dy
            if chord_2 < 0.0:
                continue
            chord = math.sqrt(chord_2)
            left = math.floor((x_m[e] - chord - west) / cell) - 1
            right = math.floor((x_m[e] + chord - west) / cell) + 2
            for col in range(max(left, col_0), min(right, col_1)):
                dx = west + (col + 0.5) * cell - x_m[e]
                squared = dx * dx + dy * dy
                if squared > reach_2:
                    continue
                level_64 = eirp_dbm[e] - interpolate(squared, loss_db[table, environment[row, col]])
                if directional:
                    vertical = vertical_db(
                        interpolate(squared, depression_deg[table]),
                        downtilt_deg[e],
                        beamwidth_v_deg[e],
                        SIDE_LOBE_DB,
                    )
                    if prune:
                        bound = np.float32(level_64 + vertical)
                        if bound < floor or (
                            bound < required and bound < second_dbm[layer, row, col]
                        ):
                            continue
                    horizontal = horizontal_db(
                        math.degrees(math.atan2(dx, dy)),
                        azimuth_deg[e],
                        beamwidth_h_deg[e],
                        FRONT_TO_BACK_DB,
                    )
                    level_64 += combined_db(horizontal, vertical, FRONT_TO_BACK_DB)
                level = np.float32(level_64)
                if level < floor:
                    continue
                if level >= required and count[layer, row, col] < _MOST:
                    count[layer, row, col] += 1
                best = level_dbm[layer, row, col]
                if level > best or (level == best and index < server[layer, row, col]):
                    second_dbm[layer, row, col] = best
                    level_dbm[layer, row, col] = level
                    server[layer, row, col] = index
                elif level > second_dbm[layer, row, col]:
                    second_dbm[layer, row, col] = level


@njit(cache=True, nogil=True)
def _least(values: npt.NDArray[np.float32]) -> np.float32:
    least = np.float32(np.inf)
    for row in range(values.shape[0]):
        for col in range(values.shape[1]):
            least = min(least, values[row, col])
    return least
