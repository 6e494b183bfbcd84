"""Random fields with a given covariance: circulant embedding on a coarse lattice.

An exponentially correlated field is drawn exactly on a periodic lattice by one Fourier transform
(C. R. Dietrich, G. N. Newsam, SIAM Journal on Scientific Computing 18(4), 1997); real and
imaginary part are two independent fields. The meshes of the lattice are a third of the range or
less, and cells between its nodes take bilinear values, scaled so that the variance is the same
everywhere.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import fft

if TYPE_CHECKING:
    import numpy.typing as npt

    from qn_coverage.analysis.error_model import Component
    from qn_coverage.core.grid import Grid

NODES_PER_RANGE: Final = (3.0, 24.0)
"""Lattice nodes within one range: at least the first, and up to the second while the period stays
within `PERIOD_NODES`."""

PERIOD_NODES: Final = 750_000
"""What a period may hold for the sake of a finer lattice: 20 ms a pair of draws."""

PADDING_RANGES: Final = 5.0
"""Where the period ends the correlation has fallen to exp(-5) = 0.7 %."""


@dataclass(frozen=True, slots=True, eq=False)
class Lattice:
    """One component of the error, ready to be drawn.

    Attributes
    ----------
    spacing_m
        Distance of the nodes; node (0, 0) is the centre of cell (0, 0).
    shape
        Nodes that cover the grid, (rows, cols).
    amplitude_db
        Square root of the spectrum on the period, float32 (rows, cols) of the period; one value
        for an error that is the same everywhere.
    correlation
        Correlation of neighbours: along a side and across the diagonal of a mesh.
    """

    spacing_m: float
    shape: tuple[int, int]
    amplitude_db: npt.NDArray[np.float32]
    correlation: tuple[float, float]


def lattice_of(component: Component, grid: Grid) -> Lattice:
    """Lattice of a component over a grid.

    Never finer than the cells: an error of shorter range is averaged out inside a cell.
    """
    if math.isinf(component.range_m):
        everywhere = np.full((1, 1), component.sigma_db, dtype=np.float32)
        return Lattice(math.inf, (2, 2), everywhere, (1.0, 1.0))
    spacing = _spacing_m(component.range_m, grid)
    rows, cols = (int((n - 1) * grid.cell_m / spacing) + 2 for n in grid.shape)
    padding = math.ceil(PADDING_RANGES * component.range_m / spacing)
    period = (fft.next_fast_len(rows + padding), fft.next_fast_len(cols + padding))
    drawn_range = _drawn_range_m(component.range_m, spacing, grid)
    amplitude = _amplitude(period, spacing / drawn_range) * component.sigma_db
    neighbours = _neighbours(spacing / drawn_range)
    return Lattice(spacing, (rows, cols), amplitude.astype(np.float32), neighbours)


def draw_pair(lattice: Lattice, random: np.random.Generator) -> npt.NDArray[np.complex64]:
    """Two independent fields on the nodes, as real and imaginary part, complex64 `shape`."""
    rows, cols = lattice.amplitude_db.shape
    noise = random.standard_normal((rows, 2 * cols), dtype=np.float32).view(np.complex64)
    noise *= lattice.amplitude_db
    if math.isinf(lattice.spacing_m):
        return np.broadcast_to(noise, lattice.shape).copy()
    field = fft.fft2(noise, overwrite_x=True, workers=1)
    return np.ascontiguousarray(field[: lattice.shape[0], : lattice.shape[1]])


def stencil_of(
    lattice: Lattice, grid: Grid, cells: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]:
    """How cells are interpolated between nodes.

    Parameters
    ----------
    lattice
        Of `lattice_of` on the same grid.
    grid
        The cells.
    cells
        Row-major indices, shape (n,).

    Returns
    -------
    Index of the first node among the row-major nodes, (n,), and the weights of the nodes at
    (0, 0), (0, 1), (1, 0), (1, 1) from it, (n, 4). The squared weights with the correlation of
    the nodes give 1.
    """
    if math.isinf(lattice.spacing_m):
        weights = np.zeros((len(cells), 4), dtype=np.float32)
        weights[:, 0] = 1.0
        return np.zeros(len(cells), dtype=np.int32), weights
    row, y = _split(cells // grid.cols, grid.cell_m / lattice.spacing_m, lattice.shape[0])
    col, x = _split(cells % grid.cols, grid.cell_m / lattice.spacing_m, lattice.shape[1])
    bare = _bilinear(y, x)
    deviation = _deviation(bare, lattice.correlation)
    first = (row * lattice.shape[1] + col).astype(np.int32)
    return first, (bare / deviation[:, np.newaxis]).astype(np.float32)


def _spacing_m(range_m: float, grid: Grid) -> float:
    """Finest spacing that the node budget allows, within `NODES_PER_RANGE`, from a cell up."""
    coarsest, finest = (range_m / nodes for nodes in NODES_PER_RANGE)
    padding_m = PADDING_RANGES * range_m
    area_m2 = (grid.rows * grid.cell_m + padding_m) * (grid.cols * grid.cell_m + padding_m)
    affordable = math.sqrt(area_m2 / PERIOD_NODES)
    return max(grid.cell_m, min(coarsest, max(finest, affordable)))


def _split(
    index: npt.NDArray[np.int64], scale: float, nodes: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Node before a cell and the part of a mesh beyond it."""
    place = index * scale
    node: npt.NDArray[np.int64] = np.minimum(place.astype(np.int64), nodes - 2)
    return node, np.asarray(place - node)


def _bilinear(y: npt.NDArray[np.float64], x: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Weights of the four nodes of a mesh, (n, 4)."""
    return np.stack([(1 - y) * (1 - x), (1 - y) * x, y * (1 - x), y * x], axis=1)


def _neighbours(step: float) -> tuple[float, float]:
    """Correlation along a side and across the diagonal of a mesh of `step` ranges."""
    return math.exp(-step), math.exp(-math.sqrt(2.0) * step)


def _deviation(
    bilinear: npt.NDArray[np.float64], correlation: tuple[float, float]
) -> npt.NDArray[np.float64]:
    """Standard deviation of bilinear values of a unit field, (n,)."""
    side, diagonal = correlation
    corners = np.array(
        [
            [1.0, side, side, diagonal],
            [side, 1.0, diagonal, side],
            [side, diagonal, 1.0, side],
            [diagonal, side, side, 1.0],
        ]
    )
    return np.asarray(np.sqrt(((bilinear @ corners) * bilinear).sum(axis=1)))


def _drawn_range_m(range_m: float, spacing_m: float, grid: Grid) -> float:
    """Range to draw with, so that averages over many meshes vary as they should.

    Restoring the variance between the nodes multiplies averages by the mean m of 1 / deviation;
    their variance goes with the square of the range, so the range is divided by m.
    """
    y, x = (np.arange(min(n, 64)) * grid.cell_m / spacing_m % 1.0 for n in grid.shape)
    bilinear = _bilinear(np.repeat(y, len(x)), np.tile(x, len(y)))
    drawn = range_m
    for _ in range(8):
        deviation = _deviation(bilinear, _neighbours(spacing_m / drawn))
        drawn = range_m / float(np.mean(1.0 / deviation))
    return drawn


def _amplitude(period: tuple[int, int], step: float) -> npt.NDArray[np.float64]:
    """Amplitude of each wave of a unit field with correlation exp(-step · distance in nodes)."""
    down, across = (np.minimum(np.arange(n), n - np.arange(n)) for n in period)
    correlation = np.exp(-step * np.hypot(down[:, np.newaxis], across[np.newaxis, :]))
    # The kink at half the period makes a few waves slightly negative: they are dropped and the
    # variance is restored.
    spectrum = np.maximum(fft.fft2(correlation, workers=1).real, 0.0)
    return np.asarray(np.sqrt(spectrum / spectrum.sum()))
