"""Which cells each ray answers: those that are asked for, sorted by the wedge that holds them.

All cells of a face are found first, line by line, and sorted by counting; a ray then reads its own
side by side, from near to far. Asked-for cells are few where much is pruned, so this costs less
than looking for them from every ray.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from qn_coverage.propagation import median_fields as at
from qn_coverage.propagation import rays
from qn_coverage.propagation._compile import compiled, inlined
from qn_coverage.propagation.fastmath import arc_tangent, flat
from qn_coverage.propagation.median_physics import whole

if TYPE_CHECKING:
    import numpy.typing as npt

    from qn_coverage.propagation.median_ray import Desk
    from qn_coverage.propagation.ray_state import Terrain
    from qn_coverage.propagation.rays import Face, Fan
    from qn_coverage.propagation.sweep_kernel import Window

    Ints = npt.NDArray[np.int64]
    Flags = npt.NDArray[np.bool_]
    Losses = npt.NDArray[np.float32]

GROUP: Final = 1 << (rays.LEVELS - 1)
"""Leaves below one node of the highest level."""
NODES: Final = 2 * GROUP - 1
"""Nodes of such a group."""

_LOW_BITS: Final = (1 << 32) - 1


class Sorted(NamedTuple):
    """Asked-for cells of one face: buffers, and where the nodes' cells lie in them."""

    found: Ints  # (cells,): sample · 2^32 + minor index, line by line
    node: npt.NDArray[np.int32]  # (cells,): of each, as `place_of_node` counts
    cells: Ints  # (cells,): the same as `found`, sorted by node
    ends: npt.NDArray[np.int32]  # (LEVELS · leaves,): last sample of each node, by level
    first: Ints  # (nodes + 2,): first cell of each node in `cells`


def new_sorted(radius_cells: float, leaves: int) -> Sorted:
    """Room for the cells of any face of a disc."""
    # A face holds lines of up to 2 · offset + 1 cells; between the diagonals, in a quarter circle.
    room = (math.ceil(radius_cells) + 3) ** 2
    return Sorted(
        np.zeros(room, dtype=np.int64),
        np.zeros(room, dtype=np.int32),
        np.zeros(room, dtype=np.int64),
        np.zeros(rays.LEVELS * leaves, dtype=np.int32),
        np.zeros(leaves // GROUP * NODES + 2, dtype=np.int64),
    )


@compiled
def asked_for(losses: Losses) -> Flags:
    """Cells of a window for which any band is asked; `losses` has shape (bands, cells)."""
    asked = losses[0] > 0.0
    for band in range(1, len(losses)):
        loss = losses[band]
        for k in range(asked.size):
            asked[k] |= loss[k] > 0.0
    return asked


@flat
def place_of_node(leaf: int, level: int) -> int:
    """Place of the node of `level` above a leaf, parents before children, groups in turn."""
    below = leaf & (GROUP - 1) & ~((1 << level) - 1)
    turns = (below >> 2 & 1) * 7 + (below >> 1 & 1) * 3 + (below & 1)
    return (leaf >> (rays.LEVELS - 1)) * NODES + (rays.LEVELS - 1 - level) + turns


@compiled
def sort_cells(
    asked: Flags,
    window: Window,
    face: Face,
    fan: Fan,
    kept: Sorted,
    work: npt.NDArray[np.float64],
) -> int:
    """Fill `kept` with the cells of a face; returns how many there are. `work` is scribbled on."""
    n = _find(asked, window, face, kept.found)
    if n == 0:
        return 0
    found, node, cells, ends, first = kept
    for level in range(rays.LEVELS):
        for k in range(fan.leaves >> level):
            ends[level * fan.leaves + k] = rays.samples_of_level(face, fan, level, k)
    _choose(face, fan.tangents, fan.leaves, found, node, ends, work, n)
    first[:] = 0
    for c in range(n):
        first[node[c] + 2] += 1
    for k in range(2, len(first)):
        first[k] += first[k - 1]
    for c in range(n):
        place = first[node[c] + 1]
        cells[place] = found[c]
        first[node[c] + 1] = place + 1
    return n


@compiled
def _find(asked: Flags, window: Window, face: Face, found: Ints) -> int:
    """List the cells of a face that are asked for, line by line from the mast on."""
    across_rows = face.major_stride == 1
    loss_major, loss_minor = (1, window.cols) if across_rows else (window.cols, 1)
    major_low, majors = (window.col_0, window.cols) if across_rows else (window.row_0, window.rows)
    minor_low, minors = (window.row_0, window.rows) if across_rows else (window.col_0, window.cols)
    start = abs(face.first - face.major_0)
    near_2, far_2 = window.nearest * window.nearest, window.farthest * window.farthest
    n = 0
    for i in range(1, rays.samples_inside(face) + 1):
        offset = start + (i - 1)
        square = offset * offset
        if square > far_2:
            break
        line = face.first + face.step * (i - 1) - major_low
        if 2.0 * square < near_2 or not 0 <= line < majors:
            continue
        half = min(offset, math.sqrt(far_2 - square) + 1.0)
        low, end = math.ceil(face.minor_0 - half), math.floor(face.minor_0 + half) + 1
        if half == offset and not face.closed:
            low, end = math.floor(face.minor_0 - half) + 1, math.ceil(face.minor_0 + half)
        low, end = max(low, minor_low), min(end, minor_low + minors)
        corner = line * loss_major - minor_low * loss_minor
        for minor in range(low, end):
            across = minor - face.minor_0
            distance_2 = square + across * across
            counts = (near_2 <= distance_2) & (distance_2 <= far_2)
            found[n] = (i << 32) + minor
            n += counts & asked[corner + minor * loss_minor]
    return n


@compiled
def _choose(
    face: Face,
    tangents: npt.NDArray[np.float64],
    leaves: int,
    found: Ints,
    node: npt.NDArray[np.int32],
    ends: npt.NDArray[np.int32],
    work: npt.NDArray[np.float64],
    n: int,
) -> None:
    """Node of each cell: the last leaf whose lower bound the cell doesn't fall below, as `wedge`.

    The angle tells the leaf but for rounding, so a look at the neighbours makes it exact.
    """
    start = abs(face.first - face.major_0) - 1.0
    per_radian = leaves / (0.5 * math.pi)
    for begin in range(0, n, at.CHUNK):
        held = min(at.CHUNK, n - begin)
        for c in range(held):
            listed = found[begin + c]
            work[at.D + c] = start + (listed >> 32)
            work[at.H_N + c] = listed & _LOW_BITS
        for c in range(whole(held)):
            angle = arc_tangent((work[at.H_N + c] - face.minor_0) / work[at.D + c])
            work[at.X_K + c] = (angle + 0.25 * math.pi) * per_radian
        for c in range(held):
            offset, minor = work[at.D + c], work[at.H_N + c]
            leaf = min(max(int(work[at.X_K + c]), 0), leaves - 1)
            if leaf > 0 and minor < face.minor_0 + tangents[2 * leaf] * offset:
                leaf -= 1
            elif leaf + 1 < leaves and minor >= face.minor_0 + tangents[2 * leaf + 2] * offset:
                leaf += 1
            i = found[begin + c] >> 32
            level = 0
            for higher in range(1, rays.LEVELS):
                level = higher if i <= ends[higher * leaves + (leaf >> higher)] else level
            node[begin + c] = place_of_node(leaf, level)


@inlined
def take_cells(
    window: Window, terrain: Terrain, face: Face, desk: Desk, first: int, end: int
) -> int:
    """Take cells `first` to `end` - 1 of the sorted ones in hand; returns how many."""
    n = end - first
    work, cells, ground, places = desk.work, desk.cells, desk.ground, desk.loss
    listed = desk.sorted.cells
    start = abs(face.first - face.major_0) - 1.0
    loss_major = 1 if face.major_stride == 1 else window.cols
    loss_minor = window.cols if face.major_stride == 1 else 1
    corner = window.row_0 * window.cols + window.col_0
    for j in range(n):
        i, minor = listed[first + j] >> 32, listed[first + j] & _LOW_BITS
        offset, across = start + i, minor - face.minor_0
        major = face.first + face.step * (i - 1)
        cells[j] = i
        ground[j] = major * face.major_stride + minor * face.minor_stride
        places[j] = major * loss_major + minor * loss_minor - corner
        work[at.D + j] = offset * offset + across * across
    for j in range(whole(n)):
        work[at.D + j] = np.sqrt(work[at.D + j]) * terrain.cell_km
    for j in range(n):
        work[at.H_N + j] = terrain.ground[ground[j]]
    return n


@compiled
def beside(cells: Ints, n: int) -> int:
    """How many of the cells in hand lie beside the first sample, with none before them."""
    count = 0
    while count < n and cells[count] == 1:
        count += 1
    return count
