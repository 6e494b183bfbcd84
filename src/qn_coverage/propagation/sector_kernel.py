"""From losses to the mosaic: what a sector makes of each cell, and which losses could matter."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from numba import types
from numba.extending import overload

from qn_coverage.propagation._compile import borrowed, compiled, inlined
from qn_coverage.propagation.antenna import bearing_deg, pattern_db
from qn_coverage.propagation.antenna_table import towards_db
from qn_coverage.propagation.emitters import MANY_SITES, NO_SITE
from qn_coverage.propagation.fastmath import DB_PER_LOG2, arc_tangent, flat, log2

if TYPE_CHECKING:
    import numpy.typing as npt

    from qn_coverage.propagation.sweep_kernel import Mast, Window

SLACK_DB: Final = 0.01
"""Far more than the rounding of a level or a bound."""

DEGREES: Final = 180.0 / math.pi


MOST_COUNTED: Final = 4
"""`Mosaic.count` goes no further: from there on a cell asks only for what its two best need."""


class SectorTables(NamedTuple):
    """What `antenna_table.towards_db` asks of the faces of one mast besides."""

    mechanical_deg: npt.NDArray[np.float64]
    pattern: npt.NDArray[np.int64]  # row of the tables, or -1
    cuts_db: npt.NDArray[np.float64]  # (tables, 2, entries)
    weakest_db: npt.NDArray[np.float64]  # (tables,)


class Sectors(NamedTuple):
    """Faces of one mast that share a sweep, one entry each, by band and then by layer."""

    strength_dbm: npt.NDArray[np.float64]  # EIRP and the receiver's gain
    azimuth_deg: npt.NDArray[np.float64]
    downtilt_deg: npt.NDArray[np.float64]
    beamwidth_h_deg: npt.NDArray[np.float64]
    beamwidth_v_deg: npt.NDArray[np.float64]
    band: npt.NDArray[np.int64]  # index of the frequency
    layer: npt.NDArray[np.int64]
    number: npt.NDArray[np.int64]  # in `Mosaic.server`
    site: npt.NDArray[np.int32]  # in `Mosaic.only`
    required_dbm: npt.NDArray[np.float32]  # of the sector's layer
    floor_dbm: npt.NDArray[np.float32]
    tables: SectorTables | None  # None where all are TR 36.814 without mechanical tilt


class Answer(NamedTuple):
    """Arrays of a `Mosaic`, (layers, rows, cols) but the last, changed in place."""

    level_dbm: npt.NDArray[np.float32]
    second_dbm: npt.NDArray[np.float32]
    server: npt.NDArray[np.int32]
    reached: npt.NDArray[np.uint16]
    only: npt.NDArray[np.int32]  # (rows, cols)


@compiled
def ask(
    losses: npt.NDArray[np.float32],
    window: Window,
    mast: Mast,
    sectors: Sectors,
    answer: Answer,
    ground_m: npt.NDArray[np.float32],
    cell_m: float,
    mast_m: float,
    free_space_db: npt.NDArray[np.float64],
    wanted: npt.NDArray[np.bool_],
    prune: bool,
) -> int:
    """Write the greatest loss that could matter into each cell of a window, 0 where none could.

    A level matters if it reaches the floor and either the second strongest one or, while fewer than
    `MOST_COUNTED` sectors or two sites do, the required level. Other threads may raise the second
    level meanwhile: then more is computed than needed.

    Parameters
    ----------
    losses
        Shape (frequencies, rows, cols) of the window.
    window, mast, sectors
        Cells, positions and faces.
    answer
        The mosaic so far.
    ground_m
        Terrain, shape (rows, cols) of the grid.
    cell_m, mast_m
        Side of a cell; transmitting antenna, m amsl.
    free_space_db
        Free-space loss at 1 km by frequency: losses are never less.
    wanted
        Cells that are computed at all, shape (rows, cols) of the grid.
    prune
        False asks for every wanted cell of the ring.

    Returns
    -------
    int
        How many losses are asked for.
    """
    sectors, answer = borrowed(sectors), borrowed(answer)
    near_2, far_2 = window.nearest * window.nearest, window.farthest * window.farthest
    rx_amsl = mast.rx_height_agl_m - mast_m
    cells = np.empty(window.cols, dtype=np.int64)
    metres, falls, spread = np.empty(window.cols), np.empty(window.cols), np.empty(window.cols)
    enough, widest = np.empty(window.cols), np.empty(window.cols)
    bearings, depressions = np.empty(window.cols), np.empty(window.cols)
    most = np.empty((len(losses), window.cols))
    asked = 0
    for i in range(window.rows):
        row = window.row_0 + i
        down = row - mast.row
        losses[:, i] = 0.0
        first, end = _chord(window, mast.col, far_2 - down * down)
        n = 0
        for j in range(first, end):
            across = window.col_0 + j - mast.col
            square = across * across + down * down
            cells[n], metres[n] = j, square
            n += 1 if wanted[row, window.col_0 + j] & (near_2 <= square <= far_2) else 0
        if not prune:
            for k in range(n):
                losses[:, i, cells[k]] = np.inf
            asked += n * len(losses)
            continue
        for k in range(n):
            metres[k] = cell_m * np.sqrt(metres[k])
            falls[k] = np.float64(ground_m[row, window.col_0 + cells[k]]) + rx_amsl
            slant_2 = 1e-6 * (metres[k] * metres[k] + falls[k] * falls[k])
            spread[k] = DB_PER_LOG2 * log2(max(slant_2, 1e-6))
            widest[k] = -np.inf
        # First as if every face looked at every cell, then with their patterns.
        most[:, :n] = -np.inf
        for s in range(len(sectors.band)):
            if _opens(sectors, s):
                _enough(enough, cells, n, sectors, s, answer, window, row)
                strongest, allowed = _strongest(sectors, s), most[sectors.band[s]]
                for k in range(n):
                    allowed[k] = max(allowed[k], strongest - enough[k])
        for band in range(len(losses)):
            allowed, fixed = most[band], free_space_db[band] - SLACK_DB
            for k in range(n):
                widest[k] = max(widest[k], allowed[k] - fixed)
        m = 0
        for k in range(n):
            counts = spread[k] <= widest[k]
            cells[m], falls[m], metres[m], spread[m] = cells[k], falls[k], metres[k], spread[k]
            m += 1 if counts else 0
        for k in range(m):
            depressions[k] = _depression_deg(-falls[k], metres[k])
            bearings[k] = bearing_deg(window.col_0 + cells[k] - mast.col, -down)
        most[:, :m] = -np.inf
        for s in range(len(sectors.band)):
            if _opens(sectors, s):
                _enough(enough, cells, m, sectors, s, answer, window, row)
            allowed = most[sectors.band[s]]
            for k in range(m):
                direct = _strength(sectors, s, bearings[k], depressions[k])
                allowed[k] = max(allowed[k], direct - enough[k])
        for band in range(len(losses)):
            allowed, out, fixed = most[band], losses[band, i], free_space_db[band]
            for k in range(m):
                greatest = allowed[k] + SLACK_DB
                counts = fixed + spread[k] <= greatest
                out[cells[k]] = greatest if counts else 0.0
                asked += 1 if counts else 0
    return asked


@flat
def _opens(sectors: Sectors, s: int) -> bool:
    """Whether sector s is the first of those of its band and layer."""
    alike = s > 0 and sectors.band[s] == sectors.band[s - 1]
    return not (alike and sectors.layer[s] == sectors.layer[s - 1])


@flat
def _strongest(sectors: Sectors, s: int) -> float:
    """Greatest strength in any direction of the sectors that s opens."""
    greatest = sectors.strength_dbm[s]
    for other in range(s + 1, len(sectors.band)):
        if _opens(sectors, other):
            break
        greatest = max(greatest, sectors.strength_dbm[other])
    return greatest


@inlined
def _enough(
    enough: npt.NDArray[np.float64],
    places: npt.NDArray[np.int64],
    n: int,
    sectors: Sectors,
    s: int,
    answer: Answer,
    window: Window,
    row: int,
) -> None:
    """Least level of sector s that matters in n cells of a row."""
    second_row = answer.second_dbm[sectors.layer[s], row]
    reached_row, only_row = answer.reached[sectors.layer[s], row], answer.only[row]
    required, floor = sectors.required_dbm[s], sectors.floor_dbm[s]
    for k in range(n):
        col = window.col_0 + places[k]
        level = second_row[col]
        if reached_row[col] < MOST_COUNTED or only_row[col] != MANY_SITES:
            level = min(level, required)
        enough[k] = max(level, floor)


@compiled
def tell(
    losses: npt.NDArray[np.float32],
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
    sectors, answer = borrowed(sectors), borrowed(answer)
    places, levels = np.empty(window.cols, dtype=np.int64), np.empty(window.cols)
    bearings, depressions = np.empty(window.cols), np.empty(window.cols)
    rx_amsl = mast.rx_height_agl_m - mast_m
    for i in range(first, end):
        row = window.row_0 + i
        down = row - mast.row
        n = 0
        for j in range(window.cols):
            places[n] = j
            told = losses[0, i, j] > 0.0
            for band in range(1, len(losses)):
                told |= losses[band, i, j] > 0.0
            n += 1 if told else 0
        for k in range(n):
            across = window.col_0 + places[k] - mast.col
            metres = cell_m * np.sqrt(across * across + down * down)
            fall = np.float64(ground_m[row, window.col_0 + places[k]]) + rx_amsl
            bearings[k] = bearing_deg(across, -down)
            depressions[k] = _depression_deg(-fall, metres)
        for s in range(len(sectors.band)):
            loss = losses[sectors.band[s], i]
            layer, number = sectors.layer[s], sectors.number[s]
            required, floor = sectors.required_dbm[s], sectors.floor_dbm[s]
            level_row, second_row = answer.level_dbm[layer, row], answer.second_dbm[layer, row]
            server_row, reached_row = answer.server[layer, row], answer.reached[layer, row]
            only_row, site = answer.only[row], sectors.site[s]
            for k in range(n):
                levels[k] = _strength(sectors, s, bearings[k], depressions[k])
            for k in range(n):
                lost = loss[places[k]]
                level = np.float32(levels[k] - lost)
                if lost <= 0.0 or level < floor:
                    continue
                col = window.col_0 + places[k]
                if level >= required:
                    reached_row[col] = min(reached_row[col] + 1, MOST_COUNTED)
                    if only_row[col] == NO_SITE:
                        only_row[col] = site
                    elif only_row[col] != site:
                        only_row[col] = MANY_SITES
                best = level_row[col]
                # Equal levels go to the lower index.
                if level > best or (level == best and number < server_row[col]):
                    second_row[col], level_row[col], server_row[col] = best, level, number
                elif level > second_row[col]:
                    second_row[col] = level


@compiled
def _chord(window: Window, col: float, half_2: float) -> tuple[int, int]:
    """First and last + 1 column of the window within √half_2 of a column, or a little beyond."""
    if half_2 < 0.0:
        return 0, 0
    half = math.sqrt(half_2)
    first = math.floor(col - half) - window.col_0
    end = math.ceil(col + half) + 1 - window.col_0
    return min(max(first, 0), window.cols), min(max(end, 0), window.cols)


@flat
def _depression_deg(drop_m: float, metres: float) -> float:
    return DEGREES * arc_tangent(drop_m / max(metres, 0.001))


def _strength(sectors: Sectors, s: int, bearing: float, depression: float) -> float:
    """Level that sector s would give without any loss: EIRP and pattern."""
    chosen = _plain_strength if sectors.tables is None else _any_strength
    value: float = chosen(sectors, s, bearing, depression)
    return value


@overload(_strength, jit_options={"nogil": True, "error_model": "numpy", "forceinline": True})
def _strength_of_type(sectors: Any, s: Any, bearing: Any, depression: Any) -> Any:  # noqa: ARG001
    """Choose by the type of the sectors, so before the loops are compiled.

    A branch in them would cost masts without tables a tenth of their time.
    """
    tables = sectors.types[sectors.fields.index("tables")]
    return _plain_strength if isinstance(tables, types.NoneType) else _any_strength


def _plain_strength(sectors: Any, s: Any, bearing: Any, depression: Any) -> Any:
    return sectors.strength_dbm[s] + pattern_db(
        bearing,
        depression,
        sectors.azimuth_deg[s],
        sectors.downtilt_deg[s],
        sectors.beamwidth_h_deg[s],
        sectors.beamwidth_v_deg[s],
    )


def _any_strength(sectors: Any, s: Any, bearing: Any, depression: Any) -> Any:
    tables = sectors.tables
    return sectors.strength_dbm[s] + towards_db(
        bearing,
        depression,
        sectors.azimuth_deg[s],
        sectors.downtilt_deg[s],
        tables.mechanical_deg[s],
        sectors.beamwidth_h_deg[s],
        sectors.beamwidth_v_deg[s],
        tables.pattern[s],
        tables.cuts_db,
        tables.weakest_db,
    )
