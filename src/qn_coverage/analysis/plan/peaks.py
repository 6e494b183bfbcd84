"""Hill tops and what they see: prominence, slope and sight lines on the terrain grid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from numba import njit

if TYPE_CHECKING:
    import numpy.typing as npt

EFFECTIVE_RADIUS_M: Final = 8.5e6
"""4/3 of the earth's radius: rays in an average atmosphere (ITU-R P.834, section 5)."""

RECEIVER_M: Final = 1.5


def prominence_m(ground_m: npt.NDArray[np.floating]) -> npt.NDArray[np.float32]:
    """Topographic prominence of each cell, 0 where it is no peak, shape (rows, cols).

    The least descent on the way to higher ground; the highest peak has its height above the lowest
    cell. Equal heights are parted by row-major order, so a plateau has one peak.

    Parameters
    ----------
    ground_m
        Height above mean sea level, finite, shape (rows, cols).
    """
    heights = np.ascontiguousarray(ground_m, dtype=np.float32)
    order = np.argsort(-heights.ravel(), kind="stable")
    return np.asarray(_flooded(heights, order), dtype=np.float32)


def slope_deg(ground_m: npt.NDArray[np.floating], cell_m: float) -> npt.NDArray[np.float32]:
    """Steepness of each cell over its neighbours, degrees, shape (rows, cols)."""
    down, right = np.gradient(ground_m.astype(np.float32), cell_m)
    return np.asarray(np.degrees(np.arctan(np.hypot(down, right))), dtype=np.float32)


def seen_points(
    ground_m: npt.NDArray[np.floating],
    cell_m: float,
    tops: npt.NDArray[np.int64],
    height_m: npt.NDArray[np.float64],
    points: npt.NDArray[np.int64],
    *,
    reach_m: float,
) -> list[npt.NDArray[np.int64]]:
    """Points that each mast top sees over the terrain, without clutter and diffraction.

    A screening: what a mast covers is computed by the propagation model.

    Parameters
    ----------
    ground_m
        Height above mean sea level, shape (rows, cols).
    cell_m
        Side of a cell.
    tops, points
        Row and column of masts and points, shape (n, 2).
    height_m
        Mast height above ground, shape (masts,).
    reach_m
        Points farther away are not looked at.

    Returns
    -------
    Indices of points, sorted, one array a mast.
    """
    heights = np.ascontiguousarray(ground_m, dtype=np.float32)
    return [
        np.flatnonzero(_visible(heights, cell_m, row, col, top, points, reach_m))
        for (row, col), top in zip(tops, height_m, strict=True)
    ]


@njit(cache=True, nogil=True)
def _root(parent: npt.NDArray[np.int32], cell: int) -> int:
    while parent[cell] != cell:
        parent[cell] = parent[parent[cell]]
        cell = parent[cell]
    return cell


@njit(cache=True, nogil=True)
def _flooded(
    heights: npt.NDArray[np.float32], order: npt.NDArray[np.int64]
) -> npt.NDArray[np.float32]:
    """Let the water fall cell by cell; where two islands meet, the lower peak's is known."""
    rows, cols = heights.shape
    flat = heights.ravel()
    parent = np.full(flat.size, -1, dtype=np.int32)
    # The root of an island is its peak: the first of its cells in the order.
    rank = np.empty(flat.size, dtype=np.int32)
    out = np.zeros(flat.size, dtype=np.float32)
    for position in range(flat.size):
        cell = order[position]
        rank[cell] = position
        parent[cell] = cell
        row, col = cell // cols, cell % cols
        for down in range(-1, 2):
            for right in range(-1, 2):
                r, c = row + down, col + right
                if r < 0 or c < 0 or r >= rows or c >= cols:
                    continue
                other = r * cols + c
                if other == cell or parent[other] < 0:
                    continue
                mine, theirs = _root(parent, cell), _root(parent, other)
                if mine == theirs:
                    continue
                low, high = (mine, theirs) if rank[mine] > rank[theirs] else (theirs, mine)
                out[low] = flat[low] - flat[cell]
                parent[low] = high
    if flat.size:
        out[order[0]] = flat[order[0]] - flat[order[-1]]
    return out.reshape(rows, cols)


@njit(cache=True, nogil=True)
def _visible(
    heights: npt.NDArray[np.float32],
    cell_m: float,
    row: int,
    col: int,
    top_m: float,
    points: npt.NDArray[np.int64],
    reach_m: float,
) -> npt.NDArray[np.bool_]:
    """Whether the straight line over the effective earth clears every cell between."""
    out = np.zeros(len(points), dtype=np.bool_)
    start = heights[row, col] + top_m
    for k in range(len(points)):
        down, right = float(points[k, 0] - row), float(points[k, 1] - col)
        steps = int(max(abs(down), abs(right)))
        distance = cell_m * np.sqrt(down * down + right * right)
        if distance > reach_m:
            continue
        end = heights[points[k, 0], points[k, 1]] + RECEIVER_M
        clear = True
        for step in range(1, steps):
            part = step / steps
            bulge = distance * distance * part * (1.0 - part) / (2.0 * EFFECTIVE_RADIUS_M)
            line = start + (end - start) * part
            ground = heights[int(row + down * part + 0.5), int(col + right * part + 0.5)]
            if ground + bulge > line:
                clear = False
                break
        out[k] = clear
    return out
