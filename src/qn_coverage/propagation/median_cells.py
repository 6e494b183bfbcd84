"""Which cells a ray answers: those of its wedge that are asked for."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from qn_coverage.propagation import median_fields as at
from qn_coverage.propagation._compile import compiled, inlined
from qn_coverage.propagation.median_physics import whole
from qn_coverage.propagation.rays import stretch

if TYPE_CHECKING:
    import numpy.typing as npt

    from qn_coverage.propagation.median_ray import Desk
    from qn_coverage.propagation.ray_state import Terrain
    from qn_coverage.propagation.rays import Face, Fan
    from qn_coverage.propagation.sweep_kernel import Window

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]
    Flags = npt.NDArray[np.bool_]
    Losses = npt.NDArray[np.float32]


@compiled
def asked_for(losses: Losses) -> Flags:
    """Cells of a window for which any band is asked; `losses` has shape (bands, cells)."""
    asked = losses[0] > 0.0
    for band in range(1, len(losses)):
        loss = losses[band]
        for k in range(asked.size):
            asked[k] |= loss[k] > 0.0
    return asked


@inlined
def within(
    window: Window, face: Face, fan: Fan, level: int, node: int, first: int, last: int
) -> tuple[int, int]:
    """Those of samples `first` to `last` beside which the wedge of a node may hold asked cells."""
    low, high = fan.tangents[(2 * node) << level], fan.tangents[(2 * node + 2) << level]
    gentle = 0.0 if low * high < 0.0 else min(abs(low), abs(high))
    start = abs(face.first - face.major_0) - 1.0
    least = window.nearest / stretch(max(abs(low), abs(high))) - start
    most = window.farthest / stretch(gentle) - start
    return max(first, math.floor(least) - 1), min(last, math.ceil(most) + 1)


@inlined
def list_cells(
    asked: Flags,
    window: Window,
    terrain: Terrain,
    face: Face,
    fan: Fan,
    level: int,
    node: int,
    desk: Desk,
    i: int,
    last: int,
) -> tuple[int, int]:
    """List the cells that are asked for from sample i on; returns the next sample, how many."""
    low, high = (2 * node) << level, (2 * node + 2) << level
    count = min(last - i + 1, at.CHUNK // 2)
    n = _list(
        asked,
        window,
        face,
        fan.tangents[low],
        fan.tangents[high],
        low == 0 and not face.closed,
        high == 2 * fan.leaves and face.closed,
        desk.work,
        desk.cells,
        desk.ground,
        desk.loss,
        i,
        count,
    )
    work, ground = desk.work, desk.ground
    for j in range(whole(n)):
        work[at.D + j] = np.sqrt(work[at.D + j]) * terrain.cell_km
    for j in range(n):
        work[at.H_N + j] = terrain.ground[ground[j]]
    return i + count, n


@compiled
def _list(
    asked: Flags,
    window: Window,
    face: Face,
    low_slope: float,
    high_slope: float,
    open_edge: bool,
    closed_edge: bool,
    work: Floats,
    cells: Ints,
    ground: Ints,
    places: Ints,
    i: int,
    count: int,
) -> int:
    """Samples, places and squared distances in cells of what `count` samples from i on hold.

    A wedge is at most 1.42 cells wide across its face, so it holds at most two at each sample.
    Both are written and kept only if they count: a jump that nothing foretells costs more.
    """
    start = abs(face.first - face.major_0)
    minor_0, minors = face.minor_0, face.minors
    major_stride, minor_stride = face.major_stride, face.minor_stride
    loss_major = 1 if major_stride == 1 else window.cols
    loss_minor = window.cols if major_stride == 1 else 1
    corner = window.row_0 * window.cols + window.col_0
    near_2, far_2 = window.nearest * window.nearest, window.farthest * window.farthest
    for k in range(count):
        offset = start + (i + k - 1)
        low: float = math.ceil(minor_0 + low_slope * offset)
        end: float = math.ceil(minor_0 + high_slope * offset)
        if open_edge:
            low = math.floor(minor_0 - offset) + 1.0
        if closed_edge:
            end = math.floor(minor_0 + offset) + 1.0
        work[at.C_LOW + k] = low
        work[at.C_COUNT + k] = end - low
    n = 0
    for k in range(count):
        offset = start + (i + k - 1)
        major = face.first + face.step * (i + k - 1)
        first = int(work[at.C_LOW + k])
        held = int(work[at.C_COUNT + k])
        for minor in range(first, first + 2):
            across = minor - minor_0
            square = offset * offset + across * across
            counts = (minor >= 0) & (minor < minors) & (minor < first + held)
            counts &= (square >= near_2) & (square <= far_2)
            # where it doesn't count the cell may lie off the window: look at one that doesn't
            place = major * loss_major + minor * loss_minor - corner if counts else 0
            cells[n] = i + k
            ground[n] = major * major_stride + minor * minor_stride
            places[n] = place
            work[at.D + n] = square
            n += counts & asked[place]
    return n
