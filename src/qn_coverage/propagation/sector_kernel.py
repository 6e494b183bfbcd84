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
    alike: npt.NDArray[np.int64]  # first entry with the same antenna in the same direction
    band: npt.NDArray[np.int64]  # index of the frequency
    layer: npt.NDArray[np.int64]
    number: npt.NDArray[np.int32]  # in `Mosaic.server`
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
    cols, bands = window.cols, len(losses)
    cells = np.empty(cols, dtype=np.int64)
    metres, falls, spread = np.empty(cols), np.empty(cols), np.empty(cols)
    bearings, depressions = np.empty(cols), np.empty(cols)
    least, widest = np.empty(cols, dtype=np.float32), np.empty(cols, dtype=np.float32)
    # Rows of `cols` entries, from unsigned starts on: see `median_sample`.
    enough = np.empty(len(sectors.band) * cols, dtype=np.float32)
    gains, most = np.empty(len(sectors.band) * cols), np.empty(bands * cols)
    km_2 = 1e-6 * cell_m * cell_m
    asked = 0
    for i in range(window.rows):
        row = window.row_0 + i
        down = row - mast.row
        losses[:, i] = 0.0
        first, end = _chord(window, mast.col, far_2 - down * down)
        # First every cell of the row as if every face looked at it over flat ground.
        held = end - first
        widest[:] = -np.inf if prune else np.inf
        for s in range(len(sectors.band)):
            if prune and _opens(sectors, s):
                base = np.uint32(s * cols)
                corner = np.uint32(window.col_0 + first)
                _enough(enough, base, held, sectors, s, answer, row, corner)
                strongest = _strongest(sectors, s) - free_space_db[sectors.band[s]] + SLACK_DB
                for k in range(held):
                    widest[k] = max(widest[k], np.float32(strongest) - enough[base + k])
        left = window.col_0 + first - mast.col
        for k in range(held):
            across = left + k
            square = across * across + down * down
            metres[k], least[k] = square, spread_at_least(np.float32(km_2 * square))
        n = 0
        wanted_row = wanted[row, window.col_0 + first : window.col_0 + end]
        for k in range(held):
            square = metres[k]
            cells[n], metres[n] = k, square
            counts = wanted_row[k] & (near_2 <= square) & (square <= far_2)
            n += 1 if counts & (least[k] <= widest[k]) else 0
        if not prune:
            for k in range(n):
                losses[:, i, first + cells[k]] = np.inf
            asked += n * bands
            continue
        # Then those that are left, with patterns and slant distances.
        for k in range(n):
            col = window.col_0 + first + cells[k]
            falls[k] = np.float64(ground_m[row, col]) + rx_amsl
            bearings[k] = left + cells[k]
        for k in range(n):
            metres[k] = cell_m * np.sqrt(metres[k])
            slant_2 = 1e-6 * (metres[k] * metres[k] + falls[k] * falls[k])
            spread[k] = DB_PER_LOG2 * log2(max(slant_2, 1e-6))
            depressions[k] = _depression_deg(-falls[k], metres[k])
            bearings[k] = bearing_deg(bearings[k], -down)
        most[:] = -np.inf
        base = np.uint32(0)
        for s in range(len(sectors.band)):
            if _opens(sectors, s):
                base = np.uint32(s * cols)
                for k in range(n):
                    enough[base + k] = enough[base + cells[k]]
            own, strength = np.uint32(sectors.alike[s] * cols), sectors.strength_dbm[s]
            if sectors.alike[s] == s:
                for k in range(n):
                    gains[own + k] = _gain(sectors, s, bearings[k], depressions[k])
            allowed = np.uint32(sectors.band[s] * cols)
            for k in range(n):
                direct = strength + gains[own + k] - enough[base + k]
                most[allowed + k] = max(most[allowed + k], direct)
        for band in range(bands):
            fixed, allowed = free_space_db[band], np.uint32(band * cols)
            loss = losses[band, i, first:end]
            for k in range(n):
                greatest = most[allowed + k] + SLACK_DB
                counts = fixed + spread[k] <= greatest
                loss[cells[k]] = greatest if counts else 0.0
                asked += 1 if counts else 0
    return asked


@flat
def spread_at_least(km_2: np.float32) -> np.float32:
    """Free-space loss but for the frequency, dB, or up to 0.26 less: the logarithm by its chords.

    The bits of a number, taken as an integer, rise with it like that, from power to power of two.
    """
    raised = np.float32(max(km_2, np.float32(1e-6))).view(np.int32)
    return np.float32(DB_PER_LOG2) * (np.float32(raised) * np.float32(2.0**-23) - np.float32(127.0))


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
    enough: npt.NDArray[np.float32],
    base: np.uint32,
    n: int,
    sectors: Sectors,
    s: int,
    answer: Answer,
    row: int,
    corner: np.uint32,
) -> None:
    """Least level of sector s that matters in n cells from a corner on, from `base` on."""
    second_row = answer.second_dbm[sectors.layer[s], row]
    reached_row, only_row = answer.reached[sectors.layer[s], row], answer.only[row]
    required, floor = sectors.required_dbm[s], sectors.floor_dbm[s]
    for k in range(n):
        level = second_row[corner + k]
        wanting = (reached_row[corner + k] < MOST_COUNTED) | (only_row[corner + k] != MANY_SITES)
        enough[base + k] = max(min(level, required) if wanting else level, floor)


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
    gains = np.empty(len(sectors.band) * window.cols)
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
            own, strength = np.uint32(sectors.alike[s] * window.cols), sectors.strength_dbm[s]
            if sectors.alike[s] == s:
                for k in range(n):
                    gains[own + k] = _gain(sectors, s, bearings[k], depressions[k])
            for k in range(n):
                levels[k] = strength + gains[own + k]
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


def _gain(sectors: Sectors, s: int, bearing: float, depression: float) -> float:
    """Pattern of sector s in one direction, dB."""
    chosen = _plain_gain if sectors.tables is None else _any_gain
    value: float = chosen(sectors, s, bearing, depression)
    return value


@overload(_gain, jit_options={"nogil": True, "error_model": "numpy", "forceinline": True})
def _gain_of_type(sectors: Any, s: Any, bearing: Any, depression: Any) -> Any:  # noqa: ARG001
    """Choose by the type of the sectors, so before the loops are compiled.

    A branch in them would cost masts without tables a tenth of their time.
    """
    tables = sectors.types[sectors.fields.index("tables")]
    return _plain_gain if isinstance(tables, types.NoneType) else _any_gain


def _plain_gain(sectors: Any, s: Any, bearing: Any, depression: Any) -> Any:
    return pattern_db(
        bearing,
        depression,
        sectors.azimuth_deg[s],
        sectors.downtilt_deg[s],
        sectors.beamwidth_h_deg[s],
        sectors.beamwidth_v_deg[s],
    )


def _any_gain(sectors: Any, s: Any, bearing: Any, depression: Any) -> Any:
    tables = sectors.tables
    return towards_db(
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
