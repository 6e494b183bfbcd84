"""From losses to the mosaic: what a sector makes of each cell, and which losses could matter."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from qn_coverage.propagation._compile import compiled
from qn_coverage.propagation.antenna import bearing_deg, pattern_db
from qn_coverage.propagation.emitters import MANY_SITES, NO_SITE

if TYPE_CHECKING:
    import numpy.typing as npt

    from qn_coverage.propagation.sweep_kernel import Mast, Window

SLACK_DB: Final = 0.01
"""Far more than the rounding of a level or a bound."""

_MOST: Final = 65535  # of a uint16


class Sectors(NamedTuple):
    """Faces of one mast that share a sweep, one entry each."""

    strength_dbm: npt.NDArray[np.float64]  # EIRP and the receiver's gain
    azimuth_deg: npt.NDArray[np.float64]
    downtilt_deg: npt.NDArray[np.float64]
    beamwidth_h_deg: npt.NDArray[np.float64]
    beamwidth_v_deg: npt.NDArray[np.float64]
    layer: npt.NDArray[np.int64]
    number: npt.NDArray[np.int64]  # in `Mosaic.server`
    site: npt.NDArray[np.int32]  # in `Mosaic.only`
    required_dbm: npt.NDArray[np.float32]  # of the sector's layer
    floor_dbm: npt.NDArray[np.float32]


class Answer(NamedTuple):
    """Arrays of a `Mosaic`, (layers, rows, cols) but the last, changed in place."""

    level_dbm: npt.NDArray[np.float32]
    second_dbm: npt.NDArray[np.float32]
    server: npt.NDArray[np.int32]
    reached: npt.NDArray[np.uint16]
    only: npt.NDArray[np.int32]  # (rows, cols)


@compiled
def ask(
    loss: npt.NDArray[np.float32],
    window: Window,
    mast: Mast,
    sectors: Sectors,
    second_dbm: npt.NDArray[np.float32],
    ground_m: npt.NDArray[np.float32],
    cell_m: float,
    mast_m: float,
    free_space_db: float,
    prune: bool,
) -> int:
    """Write the greatest loss that could matter into each cell of a window, 0 where none could.

    A level matters if it reaches the floor and either the required level or the second strongest
    one. Other threads may raise the second level meanwhile: then more is computed than needed.

    Parameters
    ----------
    loss
        Shape (rows, cols) of the window.
    window, mast, sectors
        Cells, positions and faces.
    second_dbm
        Of the mosaic.
    ground_m
        Terrain, shape (rows, cols) of the grid.
    cell_m, mast_m
        Side of a cell; transmitting antenna, m amsl.
    free_space_db
        Free-space loss at 1 km: losses are never less.
    prune
        False asks for every cell of the ring.

    Returns
    -------
    int
        How many cells are asked for.
    """
    asked = 0
    near_2, far_2 = window.nearest * window.nearest, window.farthest * window.farthest
    for i in range(window.rows):
        row = window.row_0 + i
        down = row - mast.row
        for j in range(window.cols):
            across = window.col_0 + j - mast.col
            square = down * down + across * across
            loss[i, j] = 0.0
            if square < near_2 or square > far_2:
                continue
            if not prune:
                loss[i, j] = np.inf
                asked += 1
                continue
            h_rs = np.float64(ground_m[row, window.col_0 + j]) + mast.rx_height_agl_m
            distance = math.sqrt(square) * cell_m
            bearing = bearing_deg(across, -down)
            depression = math.degrees(math.atan2(mast_m - h_rs, distance))
            most = -np.inf
            for s in range(len(sectors.layer)):
                least = sectors.required_dbm[s]
                least = min(least, second_dbm[sectors.layer[s], row, window.col_0 + j])
                least = max(least, sectors.floor_dbm[s])
                direct = _strength(sectors, s, bearing, depression)
                most = max(most, direct - least)
            most += SLACK_DB
            slant_2 = 1e-6 * (distance * distance + (mast_m - h_rs) ** 2)
            if free_space_db + 10.0 * math.log10(max(slant_2, 1e-6)) <= most:
                loss[i, j] = most
                asked += 1
    return asked


@compiled
def tell(
    loss: npt.NDArray[np.float32],
    window: Window,
    first: int,
    end: int,
    mast: Mast,
    sectors: Sectors,
    answer: Answer,
    ground_m: npt.NDArray[np.float32],
    cell_m: float,
    mast_m: float,
) -> None:
    """Let the sectors' levels into rows `first` to `end` - 1 of the window; see `ask`."""
    for i in range(first, end):
        row = window.row_0 + i
        down = row - mast.row
        for j in range(window.cols):
            if not loss[i, j] > 0.0:
                continue
            col = window.col_0 + j
            across = col - mast.col
            h_rs = np.float64(ground_m[row, col]) + mast.rx_height_agl_m
            distance = math.sqrt(down * down + across * across) * cell_m
            bearing = bearing_deg(across, -down)
            depression = math.degrees(math.atan2(mast_m - h_rs, distance))
            for s in range(len(sectors.layer)):
                direct = _strength(sectors, s, bearing, depression)
                level = np.float32(direct - loss[i, j])
                if level >= sectors.floor_dbm[s]:
                    _admit(level, sectors, s, answer, row, col)


@compiled
def _strength(sectors: Sectors, s: int, bearing: float, depression: float) -> float:
    """Level that sector s would give without any loss: EIRP and pattern."""
    return sectors.strength_dbm[s] + pattern_db(
        bearing,
        depression,
        sectors.azimuth_deg[s],
        sectors.downtilt_deg[s],
        sectors.beamwidth_h_deg[s],
        sectors.beamwidth_v_deg[s],
    )


@compiled
def _admit(level: np.float32, sectors: Sectors, s: int, answer: Answer, row: int, col: int) -> None:
    """Update a cell; equal levels go to the lower index."""
    layer, number = sectors.layer[s], sectors.number[s]
    if level >= sectors.required_dbm[s]:
        if answer.reached[layer, row, col] < _MOST:
            answer.reached[layer, row, col] += 1
        if answer.only[row, col] == NO_SITE:
            answer.only[row, col] = sectors.site[s]
        elif answer.only[row, col] != sectors.site[s]:
            answer.only[row, col] = MANY_SITES
    best = answer.level_dbm[layer, row, col]
    if level > best or (level == best and number < answer.server[layer, row, col]):
        answer.second_dbm[layer, row, col] = best
        answer.level_dbm[layer, row, col] = level
        answer.server[layer, row, col] = number
    elif level > answer.second_dbm[layer, row, col]:
        answer.second_dbm[layer, row, col] = level
