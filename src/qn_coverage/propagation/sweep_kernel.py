"""The compiled sweep of one site: along all rays, the loss of every cell that is asked for."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from qn_coverage.propagation import ray_state, rays
from qn_coverage.propagation._compile import compiled
from qn_coverage.propagation.p1812.line_of_sight import free_space_loss
from qn_coverage.propagation.p1812.path_loss import Ends
from qn_coverage.propagation.ray_geometry import receiver_loss

if TYPE_CHECKING:
    import numpy.typing as npt

    from qn_coverage.propagation.p1812.path_loss import Link
    from qn_coverage.propagation.ray_state import Ray, Terrain
    from qn_coverage.propagation.rays import Face, Fan


class Mast(NamedTuple):
    """Where a sweep starts; row and column in cells, cell (0, 0) has its centre at (0, 0)."""

    row: float
    col: float
    height_agl_m: float
    rx_height_agl_m: float


class Window(NamedTuple):
    """Cells to answer: a rectangle of the grid with the mast in or near it."""

    row_0: int
    col_0: int
    rows: int
    cols: int
    nearest: float  # cells; only those at least so far
    farthest: float  # and at most so far


@compiled
def sweep_site(
    loss: npt.NDArray[np.float32],
    window: Window,
    mast: Mast,
    terrain: Terrain,
    fan: Fan,
    link: Link,
    ray: Ray,
) -> int:
    """Write the loss of each cell of `window` that is asked for.

    Parameters
    ----------
    loss
        Shape (rows, cols) of the window. On entry above 0 where an answer is wanted; on return dB
        there, and what it was elsewhere.

    Returns
    -------
    int
        How many cells were answered.
    """
    ray_state.start(ray, terrain, mast.row, mast.col)
    done = own_cell(loss, window, mast, terrain, ray, link.f)
    for which in range(rays.FACES):
        face = rays.face_of(which, mast.row, mast.col, terrain.rows, terrain.cols)
        limit = rays.samples_inside(face)
        for leaf in range(fan.leaves):
            for level in range(rays.LEVELS - 1, -1, -1):
                if leaf & ((1 << level) - 1) == 0:
                    done += _sweep_node(
                        loss,
                        window,
                        mast,
                        terrain,
                        face,
                        fan,
                        link,
                        ray,
                        level,
                        leaf >> level,
                        limit,
                    )
    return done


@compiled
def _sweep_node(
    loss: npt.NDArray[np.float32],
    window: Window,
    mast: Mast,
    terrain: Terrain,
    face: Face,
    fan: Fan,
    link: Link,
    ray: Ray,
    level: int,
    node: int,
    limit: int,
) -> int:
    """Answer the cells in the wedge of a node, samples beyond its parent's."""
    first = 1
    if level < rays.LEVELS - 1:
        first = rays.samples_of_level(face, fan, level + 1, node >> 1) + 1
    last = min(limit, rays.samples_of_level(face, fan, level, node) + (1 if level == 0 else 0))
    slope = fan.tangents[(2 * node + 1) << level]
    ray_state.rewind(ray, first - 1)
    done = 0
    for i in range(first, last + 1):
        major = face.first + face.step * (i - 1)
        offset = abs(major - face.major_0)
        low, end = rays.wedge(face, fan, level, node, offset)
        for minor in range(max(low, 0), min(end, face.minors)):
            across = minor - face.minor_0
            distance = math.sqrt(offset * offset + across * across)
            if distance < window.nearest or distance > window.farthest:
                continue
            at = major * face.major_stride + minor * face.minor_stride
            row = at // terrain.cols - window.row_0
            col = at % terrain.cols - window.col_0
            if row < 0 or row >= window.rows or col < 0 or col >= window.cols:
                continue
            if loss[row, col] <= 0.0:
                continue
            d = distance * terrain.cell_km
            ends = _ends(ray, terrain, mast, at)
            if i == 1:
                loss[row, col] = free_space_loss(link.f, d, ends.h_ts, ends.h_rs)
            else:
                loss[row, col] = receiver_loss(ray, i - 1, d, terrain.zone[at], ends, link)
            done += 1
        ray_state.sample(ray, terrain, face, slope, i, i)
    return done


@compiled
def own_cell(
    loss: npt.NDArray[np.float32],
    window: Window,
    mast: Mast,
    terrain: Terrain,
    ray: Ray,
    f: float,
) -> int:
    """The cell under the mast, unless its centre is as far off as a face's first sample."""
    row, col = int(math.floor(mast.row + 0.5)), int(math.floor(mast.col + 0.5))
    down, across = row - mast.row, col - mast.col
    if abs(down) >= 0.5 or abs(across) >= 0.5 or window.nearest > 0.0:
        return 0
    if not (0 <= row < terrain.rows and 0 <= col < terrain.cols):
        return 0
    i, j = row - window.row_0, col - window.col_0
    if i < 0 or i >= window.rows or j < 0 or j >= window.cols or loss[i, j] <= 0.0:
        return 0
    ends = _ends(ray, terrain, mast, row * terrain.cols + col)
    d = math.sqrt(down * down + across * across) * terrain.cell_km
    loss[i, j] = free_space_loss(f, max(d, 0.001), ends.h_ts, ends.h_rs)
    return 1


@compiled
def _ends(ray: Ray, terrain: Terrain, mast: Mast, at: int) -> Ends:
    h_0, h_n = ray.ground[0], np.float64(terrain.ground[at])
    return Ends(h_0, h_n, h_0 + mast.height_agl_m, h_n + mast.rx_height_agl_m)
