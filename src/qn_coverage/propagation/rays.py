"""Where the rays of a site run, and which cells each of them answers.

A site sends rays over four faces (east, west, south, north), each a quarter of the circle. A ray is
sampled where it crosses the lines of cell centres at right angles to its face (columns for east and
west, rows for south and north), so a height is interpolated between two neighbouring centres alone:
there that is what bilinear interpolation gives.

Rays are as far apart as a cell is wide at the rim. Nearer the site so many are not needed: within
half the radius two neighbours share a ray, within a quarter four, within an eighth eight. Each cell
is answered once, by the ray whose wedge holds its centre.

Positions are in cells: cell (row, col) has its centre at (row, col).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from qn_coverage.propagation._compile import compiled

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

LEVELS: Final = 4
"""Leaves, pairs, fours and eights."""

FACES: Final = 4
EAST, WEST, SOUTH, NORTH = range(FACES)

_GRAIN: Final = float(1 << 20)


class Fan(NamedTuple):
    """Rays of one face; all faces and all sites of one radius share it.

    Entry 2k of `tangents` bounds leaves k-1 and k, entry 2k + 1 is the direction of leaf k:
    tangents of angles that rise evenly from -45 to 45 degrees.
    """

    tangents: Floats  # (2 leaves + 1,)
    leaves: int
    radius: float  # cells


class Face(NamedTuple):
    """A site as one face sees it: `major` counts along the face's direction, `minor` across."""

    major_0: float  # position of the site
    minor_0: float
    first: int  # major index of sample 1
    step: int  # +1 or -1
    majors: int  # cells of the grid along and across
    minors: int
    major_stride: int  # of the flat arrays
    minor_stride: int
    closed: bool  # whether the diagonals belong to this face


def fan_of(radius_cells: float) -> Fan:
    """Rays at most one cell apart at the rim of a disc, > 0 cells."""
    group = 1 << (LEVELS - 1)
    leaves = group * max(1, math.ceil(0.5 * math.pi * radius_cells / group))
    tangents = np.tan(np.linspace(-0.25 * math.pi, 0.25 * math.pi, 2 * leaves + 1))
    tangents[0], tangents[leaves], tangents[-1] = -1.0, 0.0, 1.0
    return Fan(tangents, leaves, radius_cells)


def snapped(position: float) -> float:
    """Position in cells on a lattice of 2^-20 cells, so that sums of positions are exact."""
    return round(position * _GRAIN) / _GRAIN


@compiled
def face_of(face: int, row: float, col: float, rows: int, cols: int) -> Face:
    """Face of a site at (row, col), whose first sample is at least half a cell away."""
    if face == EAST:
        return Face(col, row, math.ceil(col + 0.5), 1, cols, rows, 1, cols, True)  # noqa: FBT003
    if face == WEST:
        return Face(col, row, math.floor(col - 0.5), -1, cols, rows, 1, cols, True)  # noqa: FBT003
    if face == SOUTH:
        return Face(row, col, math.ceil(row + 0.5), 1, rows, cols, cols, 1, False)  # noqa: FBT003
    return Face(row, col, math.floor(row - 0.5), -1, rows, cols, cols, 1, False)  # noqa: FBT003


@compiled
def samples_inside(face: Face) -> int:
    """How many samples lie on the grid."""
    if face.step > 0:
        return max(0, face.majors - face.first)
    return max(0, face.first + 1)


@compiled
def samples_of_level(face: Face, fan: Fan, level: int, node: int) -> int:
    """Samples of a node of `level` and of all above it: beyond its radius its children go on."""
    slope = fan.tangents[(2 * node + 1) << level]
    reach = fan.radius / (1 << level) / math.sqrt(1.0 + slope * slope)
    start = abs(face.first - face.major_0)
    return max(0, math.floor(reach - start) + 1)


@compiled
def wedge(face: Face, fan: Fan, level: int, node: int, offset: float) -> tuple[int, int]:
    """First and last + 1 minor index of the cells of a node, `offset` cells along the face."""
    low, high = (2 * node) << level, (2 * node + 2) << level
    first = math.ceil(face.minor_0 + fan.tangents[low] * offset)
    end = math.ceil(face.minor_0 + fan.tangents[high] * offset)
    if low == 0 and not face.closed:
        first = math.floor(face.minor_0 - offset) + 1
    if high == 2 * fan.leaves and face.closed:
        end = math.floor(face.minor_0 + offset) + 1
    return first, end


@compiled
def stretch(slope: float) -> float:
    """Length of a step along a ray that runs aside by `slope` at each step."""
    return math.sqrt(1.0 + slope * slope)
