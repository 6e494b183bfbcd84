"""The compiled loop of the terrain-free mosaic: one rectangle of cells, many emitters.

Every cell is the same function of the emitters whatever the order and the rectangle, so tiles,
threads and pruning change nothing but the time.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from numba import njit

from qn_coverage.propagation.antenna import (
    FRONT_TO_BACK_DB,
    SIDE_LOBE_DB,
    bearing_deg,
    combined_db,
    horizontal_db,
    vertical_db,
)
from qn_coverage.propagation.distance_table import ENVIRONMENTS, interpolate

if TYPE_CHECKING:
    import numpy.typing as npt

Window = tuple[int, int, int, int]
"""First row, last row + 1, first column, last column + 1."""

_MOST: Final = 65535  # of a uint16


class Columns(NamedTuple):
    """Emitters as the kernel wants them, one entry each."""

    x_m: npt.NDArray[np.float64]
    y_m: npt.NDArray[np.float64]
    eirp_dbm: npt.NDArray[np.float64]  # receiver's gain included
    azimuth_deg: npt.NDArray[np.float64]
    downtilt_deg: npt.NDArray[np.float64]
    beamwidth_h_deg: npt.NDArray[np.float64]
    beamwidth_v_deg: npt.NDArray[np.float64]
    reach_m: npt.NDArray[np.float64]
    layer: npt.NDArray[np.int32]
    table: npt.NDArray[np.int64]


class Ground(NamedTuple):
    """Where the cells are and what stands on them."""

    west_m: float
    north_m: float
    cell_m: float
    environment: npt.NDArray[np.uint8]  # (rows, cols)


class Rules(NamedTuple):
    """What counts, what is kept, what is left out; the arrays have one entry a layer."""

    required_dbm: npt.NDArray[np.float32]
    floor_dbm: npt.NDArray[np.float32]
    directional: bool  # whether antenna patterns apply
    prune: bool
    first_index: int  # of emitter 0 in `server`


class Answer(NamedTuple):
    """Arrays of a `Mosaic`, (layers, rows, cols), changed in place."""

    level_dbm: npt.NDArray[np.float32]
    second_dbm: npt.NDArray[np.float32]
    server: npt.NDArray[np.int32]
    reached: npt.NDArray[np.uint16]


@njit(cache=True, nogil=True)
def fill_tile(  # noqa: PLR0917 - compiled kernels take positional arguments
    window: Window,
    candidates: npt.NDArray[np.int64],
    bounds_dbm: npt.NDArray[np.float32],
    columns: Columns,
    loss_db: npt.NDArray[np.float32],
    depression_deg: npt.NDArray[np.float32],
    ground: Ground,
    rules: Rules,
    answer: Answer,
) -> None:
    """Update the cells of `window` with the candidate emitters.

    Parameters
    ----------
    window
        Cells to update.
    candidates, bounds_dbm
        Emitters, layer by layer, the strongest of a layer first, and the levels, shape (n,
        environments), that each cannot exceed anywhere in the window.
    columns
        All emitters.
    loss_db, depression_deg
        As in `DistanceTables`.
    ground, rules, answer
        See there.
    """
    present = _environments(window, ground.environment)
    worst = np.empty(ENVIRONMENTS, dtype=np.float32)  # weakest second level of each environment
    known = -1  # the layer for which `worst` holds
    for k in range(len(candidates)):
        emitter = candidates[k]
        layer = columns.layer[emitter]
        bounds = bounds_dbm[k]
        if rules.prune and not np.any(present & (bounds >= rules.required_dbm[layer])):
            if known == layer and np.all(bounds < worst):
                continue
            if _beaten(bounds, window, answer.second_dbm[layer], ground.environment, worst):
                known = layer
                continue
        known = -1
        _add_emitter(window, emitter, columns, loss_db, depression_deg, ground, rules, answer)


@njit(cache=True, nogil=True)
def _add_emitter(  # noqa: C901, PLR0917 - one compiled loop nest
    window: Window,
    e: int,
    columns: Columns,
    loss_db: npt.NDArray[np.float32],
    depression_deg: npt.NDArray[np.float32],
    ground: Ground,
    rules: Rules,
    answer: Answer,
) -> None:
    """Update the cells of `window` inside the disc of emitter `e`."""
    row_0, row_1, col_0, col_1 = window
    west, cell = ground.west_m, ground.cell_m
    x, y, eirp = columns.x_m[e], columns.y_m[e], columns.eirp_dbm[e]
    azimuth, width_h = columns.azimuth_deg[e], columns.beamwidth_h_deg[e]
    tilt, width_v = columns.downtilt_deg[e], columns.beamwidth_v_deg[e]
    layer = columns.layer[e]
    required, floor = rules.required_dbm[layer], rules.floor_dbm[layer]
    directional, prune = rules.directional, rules.prune
    index = rules.first_index + e
    losses = loss_db[columns.table[e]]
    depressions = depression_deg[columns.table[e]]
    reach_2 = columns.reach_m[e] * columns.reach_m[e]
    for row in range(row_0, row_1):
        dy = ground.north_m - (row + 0.5) * cell - y
        chord_2 = reach_2 - dy * dy
        if chord_2 < 0.0:
            continue
        chord = math.sqrt(chord_2)
        left = max(col_0, math.floor((x - chord - west) / cell) - 1)
        right = min(col_1, math.floor((x + chord - west) / cell) + 2)
        environment = ground.environment[row]
        best_row = answer.level_dbm[layer, row]
        second_row = answer.second_dbm[layer, row]
        server_row = answer.server[layer, row]
        count_row = answer.reached[layer, row]
        for col in range(left, right):
            dx = west + (col + 0.5) * cell - x
            squared = dx * dx + dy * dy
            if squared > reach_2:
                continue
            strength = eirp - interpolate(squared, losses[environment[col]])
            if prune and _idle(strength, floor, required, second_row[col]):
                continue
            if directional:
                vertical = vertical_db(
                    interpolate(squared, depressions), tilt, width_v, SIDE_LOBE_DB
                )
                if prune and _idle(strength + vertical, floor, required, second_row[col]):
                    continue
                horizontal = horizontal_db(bearing_deg(dx, dy), azimuth, width_h, FRONT_TO_BACK_DB)
                strength += combined_db(horizontal, vertical, FRONT_TO_BACK_DB)
            level = np.float32(strength)
            if level < floor:
                continue
            if level >= required and count_row[col] < _MOST:
                count_row[col] += 1
            best = best_row[col]
            if level > best or (level == best and index < server_row[col]):
                second_row[col] = best
                best_row[col] = level
                server_row[col] = index
            elif level > second_row[col]:
                second_row[col] = level


@njit(cache=True, nogil=True)
def _idle(bound: float, floor: np.float32, required: np.float32, second: np.float32) -> bool:
    """Whether a level that cannot exceed `bound` leaves a cell as it is.

    An equal level may still win by its lower index, so it must be weaker than the second.
    """
    level = np.float32(bound)
    return bool(level < floor or (level < required and level < second))


@njit(cache=True, nogil=True)
def _environments(window: Window, environment: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    """Which environments a window holds, shape (environments,)."""
    row_0, row_1, col_0, col_1 = window
    present = np.zeros(ENVIRONMENTS, dtype=np.bool_)
    for row in range(row_0, row_1):
        for col in range(col_0, col_1):
            present[environment[row, col]] = True
    return present


@njit(cache=True, nogil=True)
def _beaten(
    bounds: npt.NDArray[np.float32],
    window: Window,
    second_dbm: npt.NDArray[np.float32],
    environment: npt.NDArray[np.uint8],
    worst: npt.NDArray[np.float32],
) -> bool:
    """Whether the second level of every cell exceeds the bound of its environment.

    If so, `worst` holds the weakest second level of each environment, inf where it is absent.
    """
    row_0, row_1, col_0, col_1 = window
    worst[:] = np.inf
    for row in range(row_0, row_1):
        for col in range(col_0, col_1):
            kind = environment[row, col]
            second = second_dbm[row, col]
            if second <= bounds[kind]:
                return False
            worst[kind] = min(worst[kind], second)
    return True
