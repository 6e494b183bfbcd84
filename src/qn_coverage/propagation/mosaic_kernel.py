"""The compiled loop of the terrain-free mosaic: one rectangle of cells, many emitters.

Every cell is the same function of the emitters whatever the order and the rectangle, so tiles,
threads and pruning change nothing but the time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from qn_coverage.propagation._compile import compiled
from qn_coverage.propagation.antenna import bearing_deg, pattern_db
from qn_coverage.propagation.antenna_table import towards_db
from qn_coverage.propagation.distance_table import ENVIRONMENTS, locate, look_up, look_up_by_kind
from qn_coverage.propagation.emitters import MANY_SITES, NO_SITE
from qn_coverage.propagation.mosaic_bound import pattern_bound_db, strength_bound_dbm

if TYPE_CHECKING:
    import numpy.typing as npt

    from qn_coverage.propagation.distance_table import Tables
    from qn_coverage.propagation.mosaic_bound import Box, Columns

Window = tuple[int, int, int, int]
"""First row, last row + 1, first column, last column + 1."""

_BLOCK_CELLS: Final = 16
_MOST: Final = 65535  # of a uint16


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


class Answer(NamedTuple):
    """Arrays of a `Mosaic`, (layers, rows, cols) but the last, changed in place."""

    level_dbm: npt.NDArray[np.float32]
    second_dbm: npt.NDArray[np.float32]
    server: npt.NDArray[np.int32]
    reached: npt.NDArray[np.uint16]
    only: npt.NDArray[np.int32]  # (rows, cols)


class _Scratch(NamedTuple):
    """One entry for each cell of a block, row by row; every pass is a loop over whole arrays.

    Passes without branches compile to vector instructions: three times the speed of one loop that
    does everything.
    """

    environment: npt.NDArray[np.uint8]
    east_m: npt.NDArray[np.float64]
    north_m: npt.NDArray[np.float64]
    squared_m2: npt.NDArray[np.float64]
    knot: npt.NDArray[np.int32]
    share: npt.NDArray[np.float32]
    loss_db: npt.NDArray[np.float32]
    depression_deg: npt.NDArray[np.float32]
    level_dbm: npt.NDArray[np.float32]


@compiled
def fill_tile(
    window: Window,
    candidates: npt.NDArray[np.int64],
    columns: Columns,
    tables: Tables,
    ground: Ground,
    rules: Rules,
    answer: Answer,
) -> None:
    """Update the cells of `window` with the candidate emitters.

    Parameters
    ----------
    window
        Cells to update; they are taken in blocks, so that bounds are tight.
    candidates
        Emitters that may reach the window, layer by layer, the strongest of a layer first.
    columns, tables, ground, rules, answer
        See there; columns hold all emitters.
    """
    row_0, row_1, col_0, col_1 = window
    for row in range(row_0, row_1, _BLOCK_CELLS):
        for col in range(col_0, col_1, _BLOCK_CELLS):
            block = (
                row,
                min(row + _BLOCK_CELLS, row_1),
                col,
                min(col + _BLOCK_CELLS, col_1),
            )
            _fill_block(block, candidates, columns, tables, ground, rules, answer)


@compiled
def box_of(window: Window, west_m: float, north_m: float, cell_m: float) -> Box:
    """West, south, east and north of the cell centres of a window."""
    row_0, row_1, col_0, col_1 = window
    return (
        west_m + (col_0 + 0.5) * cell_m,
        north_m - (row_1 - 0.5) * cell_m,
        west_m + (col_1 - 0.5) * cell_m,
        north_m - (row_0 + 0.5) * cell_m,
    )


@compiled
def _fill_block(
    block: Window,
    candidates: npt.NDArray[np.int64],
    columns: Columns,
    tables: Tables,
    ground: Ground,
    rules: Rules,
    answer: Answer,
) -> None:
    box = box_of(block, ground.west_m, ground.north_m, ground.cell_m)
    scratch = _scratch(block, ground.environment)
    bounds = np.empty(ENVIRONMENTS, dtype=np.float32)
    for emitter in candidates:
        if not strength_bound_dbm(emitter, box, columns, tables, bounds):
            continue
        if rules.prune:
            if _idle(bounds, columns.layer[emitter], block, scratch.environment, rules, answer):
                continue
            if rules.directional:
                bounds += np.float32(pattern_bound_db(emitter, box, columns, tables))
                if _idle(bounds, columns.layer[emitter], block, scratch.environment, rules, answer):
                    continue
        _find_levels(emitter, block, columns, tables, ground, rules.directional, scratch)
        _update(emitter, block, columns, rules, scratch.level_dbm, answer)


@compiled
def _scratch(block: Window, environment: npt.NDArray[np.uint8]) -> _Scratch:
    row_0, row_1, col_0, col_1 = block
    size = (row_1 - row_0) * (col_1 - col_0)
    return _Scratch(
        environment[row_0:row_1, col_0:col_1].copy().reshape(size),
        np.empty(size, dtype=np.float64),
        np.empty(size, dtype=np.float64),
        np.empty(size, dtype=np.float64),
        np.empty(size, dtype=np.int32),
        np.empty(size, dtype=np.float32),
        np.empty(size, dtype=np.float32),
        np.empty(size, dtype=np.float32),
        np.empty(size, dtype=np.float32),
    )


@compiled
def _idle(
    bounds: npt.NDArray[np.float32],
    layer: int,
    block: Window,
    environment: npt.NDArray[np.uint8],
    rules: Rules,
    answer: Answer,
) -> bool:
    """Whether levels that do not exceed `bounds` leave every cell of a block as it is.

    A level that equals the best may still win by its lower index, so it has to be weaker than the
    second.
    """
    row_0, row_1, col_0, col_1 = block
    strongest = bounds.max()
    if strongest < rules.floor_dbm[layer]:
        return True
    if strongest >= rules.required_dbm[layer]:
        return False
    cell = 0
    for row in range(row_0, row_1):
        for col in range(col_0, col_1):
            if answer.second_dbm[layer, row, col] <= bounds[environment[cell]]:
                return False
            cell += 1
    return True


@compiled
def _find_levels(
    e: int,
    block: Window,
    columns: Columns,
    tables: Tables,
    ground: Ground,
    directional: bool,
    scratch: _Scratch,
) -> None:
    """Level of emitter `e` in the cells of a block; -inf beyond its reach."""
    losses = tables.loss_db[columns.table[e]]
    _find_offsets(columns.x_m[e], columns.y_m[e], block, ground, scratch)
    locate(scratch.squared_m2, scratch.knot, scratch.share)
    look_up_by_kind(scratch.environment, scratch.knot, scratch.share, losses, scratch.loss_db)
    _start_levels(columns.eirp_dbm[e], columns.reach_m[e], scratch)
    if directional:
        depressions = tables.depression_deg[columns.table[e]]
        look_up(scratch.knot, scratch.share, depressions, scratch.depression_deg)
        if columns.plain[e]:
            _add_pattern(e, columns, scratch)
        else:
            _add_tabulated(e, columns, scratch)


@compiled
def _find_offsets(x_m: float, y_m: float, block: Window, ground: Ground, scratch: _Scratch) -> None:
    row_0, row_1, col_0, col_1 = block
    cols = col_1 - col_0
    for row in range(row_0, row_1):
        north = ground.north_m - (row + 0.5) * ground.cell_m - y_m
        first = (row - row_0) * cols
        easts = scratch.east_m[first : first + cols]
        norths = scratch.north_m[first : first + cols]
        squares = scratch.squared_m2[first : first + cols]
        for i in range(cols):
            east = ground.west_m + (col_0 + i + 0.5) * ground.cell_m - x_m
            easts[i] = east
            norths[i] = north
            squares[i] = east * east + north * north


@compiled
def _start_levels(eirp_dbm: float, reach_m: float, scratch: _Scratch) -> None:
    reach_2 = reach_m * reach_m
    for i in range(len(scratch.level_dbm)):
        level = np.float32(eirp_dbm - scratch.loss_db[i])
        scratch.level_dbm[i] = level if scratch.squared_m2[i] <= reach_2 else np.float32(-np.inf)


@compiled
def _add_pattern(e: int, columns: Columns, scratch: _Scratch) -> None:
    azimuth, width_h = columns.azimuth_deg[e], columns.beamwidth_h_deg[e]
    tilt, width_v = columns.downtilt_deg[e], columns.beamwidth_v_deg[e]
    for i in range(len(scratch.level_dbm)):
        bearing = bearing_deg(scratch.east_m[i], scratch.north_m[i])
        depression = float(scratch.depression_deg[i])
        pattern = pattern_db(bearing, depression, azimuth, tilt, width_h, width_v)
        scratch.level_dbm[i] = np.float32(scratch.level_dbm[i] + pattern)


@compiled
def _add_tabulated(e: int, columns: Columns, scratch: _Scratch) -> None:
    azimuth, width_h = columns.azimuth_deg[e], columns.beamwidth_h_deg[e]
    tilt, width_v = columns.downtilt_deg[e], columns.beamwidth_v_deg[e]
    tipped, pattern = columns.mechanical_deg[e], columns.pattern[e]
    for i in range(len(scratch.level_dbm)):
        if scratch.level_dbm[i] == -np.inf:
            continue
        bearing = bearing_deg(scratch.east_m[i], scratch.north_m[i])
        depression = float(scratch.depression_deg[i])
        look = towards_db(
            bearing,
            depression,
            azimuth,
            tilt,
            tipped,
            width_h,
            width_v,
            pattern,
            columns.cuts_db,
            columns.weakest_db,
        )
        scratch.level_dbm[i] = np.float32(scratch.level_dbm[i] + look)


@compiled
def _update(
    e: int,
    block: Window,
    columns: Columns,
    rules: Rules,
    levels: npt.NDArray[np.float32],
    answer: Answer,
) -> None:
    row_0, row_1, col_0, col_1 = block
    layer = columns.layer[e]
    required, floor = rules.required_dbm[layer], rules.floor_dbm[layer]
    number, site = columns.number[e], columns.site[e]
    cell = -1
    for row in range(row_0, row_1):
        bests = answer.level_dbm[layer, row]
        seconds = answer.second_dbm[layer, row]
        servers = answer.server[layer, row]
        reached = answer.reached[layer, row]
        only = answer.only[row]
        for col in range(col_0, col_1):
            cell += 1
            level = levels[cell]
            if level < floor:
                continue
            if level >= required:
                if reached[col] < _MOST:
                    reached[col] += 1
                if only[col] == NO_SITE:
                    only[col] = site
                elif only[col] != site:
                    only[col] = MANY_SITES
            if level > bests[col] or (level == bests[col] and number < servers[col]):
                seconds[col] = bests[col]
                bests[col] = level
                servers[col] = number
            elif level > seconds[col]:
                seconds[col] = level
