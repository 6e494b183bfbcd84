"""Villages known only to a radius: what their discs say, and whose fault the doubt is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy import sparse, special

if TYPE_CHECKING:
    import numpy.typing as npt

    from qn_coverage.analysis.error_model import ErrorModel
    from qn_coverage.analysis.probability import Criterion
    from qn_coverage.core.grid import Grid

P_HIGH: Final = 0.9
"""A cell or village at least this likely covered counts as covered (an assumption)."""

P_LOW: Final = 0.1
"""A cell or village at most this likely covered counts as not covered (an assumption)."""

POINTS: Final = 16
"""Cells that stand for a disc where pairs of cells are needed."""

_CLIP: Final = 9.0
_CHUNK: Final = 64
_ANGLES, _ANGLE_WEIGHTS = np.polynomial.legendre.leggauss(24)


def disc_weights(
    grid: Grid,
    x_m: npt.NDArray[np.float64],
    y_m: npt.NDArray[np.float64],
    uncertainty_m: npt.NDArray[np.float64],
    *,
    weight: npt.NDArray[np.floating],
    land: npt.NDArray[np.floating],
) -> sparse.csr_array:
    """How likely each cell holds each village: land cells of its disc, weighed by people.

    Parameters
    ----------
    grid
        The cells.
    x_m, y_m, uncertainty_m
        Nominal positions and radii, shape (n,), in the CRS of the grid.
    weight
        People per cell, shape (rows, cols). A disc without people is weighed by land.
    land
        Share of land per cell, shape (rows, cols); cells without are left out.

    Returns
    -------
    CSR (n, cells), cells in row-major order; rows sum to 1, or hold nothing where the disc has
    no land.
    """
    found = [
        _disc(grid, (x, y, radius), weight=weight, land=land)
        for x, y, radius in zip(x_m, y_m, uncertainty_m, strict=True)
    ]
    starts = np.cumsum([0, *(len(cells) for cells, _ in found)])
    cells = np.concatenate([np.empty(0, dtype=np.int64), *(cells for cells, _ in found)])
    values = np.concatenate([np.empty(0), *(values for _, values in found)])
    return sparse.csr_array((values, cells, starts), shape=(len(found), grid.rows * grid.cols))


def disc_points(
    discs: sparse.csr_array, count: int = POINTS
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """A few cells that stand for each disc: all of a small one, a systematic sample of a large.

    Returns
    -------
    Cells, (n, count), and their weights, (n, count), which sum to 1; a disc without land has
    weights of 0.
    """
    cells = np.zeros((discs.shape[0], count), dtype=np.int64)
    weights = np.zeros((discs.shape[0], count))
    steps = (np.arange(count) + 0.5) / count
    for row, (begin, end) in enumerate(zip(discs.indptr, discs.indptr[1:], strict=False)):
        size = end - begin
        if size > count:
            cumulative = np.cumsum(discs.data[begin:end])
            at = np.searchsorted(cumulative, steps * cumulative[-1], side="right")
            cells[row] = discs.indices[begin + np.minimum(at, size - 1)]
            weights[row] = 1.0 / count
        else:
            cells[row, :size] = discs.indices[begin:end]
            weights[row, :size] = discs.data[begin:end]
    return cells, weights


def disc_table(
    discs: sparse.csr_array,
    margin_db: npt.NDArray[np.float32],
    probability: npt.NDArray[np.float32],
    *,
    grid: Grid,
    criterion: Criterion,
    error: ErrorModel,
    p_low: float = P_LOW,
    p_high: float = P_HIGH,
) -> pd.DataFrame:
    """What is known of each village.

    Parameters
    ----------
    discs
        From `disc_weights`.
    margin_db, probability
        Margin over the threshold and its `probability.covered_probability`, shape (rows, cols).
    grid, criterion, error
        What they rest on.
    p_low, p_high
        Cells at most and at least so likely covered belong to the outer classes; cells at neither
        side are between.

    Returns
    -------
    One row a village:

    - ``probability``: that the village, wherever in its disc it lies, is covered;
    - ``share_high``, ``share_between``, ``share_low``: of the disc, by class; they sum to 1;
    - ``doubt_from_position``: part of the doubt, 0-1, that stays if the model's error becomes
      known: near 1 a better position is wanted, near 0 a measurement. It rests on `POINTS` cells
      of the disc and their joint probabilities under the correlated error. NaN without doubt.

    All NaN where the disc has no land.
    """
    chance = probability.ravel().astype(np.float64)
    empty = np.diff(discs.indptr) == 0
    high, low = chance >= p_high, chance <= p_low
    table = pd.DataFrame(
        {
            "probability": np.clip(discs @ chance, 0.0, 1.0),
            "share_high": discs @ high.astype(np.float64),
            "share_between": discs @ (~high & ~low).astype(np.float64),
            "share_low": discs @ low.astype(np.float64),
            "doubt_from_position": _doubt_from_position(discs, margin_db, grid, criterion, error),
        }
    )
    table.loc[empty] = np.nan
    return table


def class_shares(
    discs: sparse.csr_array, classes: npt.NDArray[np.uint8], count: int = 4
) -> npt.NDArray[np.float64]:
    """Share of each disc in cells of each class.

    Parameters
    ----------
    discs
        From `disc_weights`, or some of its columns.
    classes
        Class of each of these cells, 0 to `count` - 1, shape (cells,).

    Returns
    -------
    Shape (n, count); rows sum to 1, NaN where the disc has no land.
    """
    shares = np.column_stack(
        [discs @ (classes == code).astype(np.float64) for code in range(count)]
    )
    shares[np.diff(discs.indptr) == 0] = np.nan
    return shares


def both_probability(
    first: npt.ArrayLike, second: npt.ArrayLike, correlation: npt.ArrayLike
) -> npt.NDArray[np.float64]:
    """P(X ≤ first and Y ≤ second) of two standard normals; arguments broadcast.

    Source: Z. Drezner, G. O. Wesolowsky, Journal of Statistical Computation and Simulation 35,
    1990: Φ₂ = Φ(h) Φ(k) + ∫ exp(-(h² - 2 h k sin θ + k²) / (2 cos² θ)) dθ / 2π from 0 to
    arcsin ρ, here by 24 Gauss-Legendre nodes: within 1e-4 everywhere, 1e-7 up to ρ = 0.9.

    Parameters
    ----------
    first, second
        h and k, infinite allowed.
    correlation
        ρ, 0-1.
    """
    h = np.clip(np.asarray(first, dtype=np.float64), -_CLIP, _CLIP)[..., np.newaxis]
    k = np.clip(np.asarray(second, dtype=np.float64), -_CLIP, _CLIP)[..., np.newaxis]
    end = np.arcsin(np.clip(np.asarray(correlation, dtype=np.float64), 0.0, 1.0))[..., np.newaxis]
    theta = 0.5 * end * (_ANGLES + 1.0)
    sine = np.sin(theta)
    inside = np.exp(-(h * h - 2.0 * h * k * sine + k * k) / (2.0 * (1.0 - sine * sine)))
    integral = 0.5 * end[..., 0] * (inside @ _ANGLE_WEIGHTS) / (2.0 * np.pi)
    apart = special.ndtr(h[..., 0]) * special.ndtr(k[..., 0])
    return np.asarray(np.minimum(apart + integral, special.ndtr(np.minimum(h, k)[..., 0])))


def _doubt_from_position(
    discs: sparse.csr_array,
    margin_db: npt.NDArray[np.float32],
    grid: Grid,
    criterion: Criterion,
    error: ErrorModel,
) -> npt.NDArray[np.float64]:
    """Share of Var[covered] that is expected to stay once the error is known.

    With q the share of the disc that a given error covers, the variance p (1 - p) splits into
    E[q (1 - q)], the position's part, and Var[q], the model's.
    """
    cells, weights = disc_points(discs)
    variance = error.sigma_db**2 + criterion.spread_db**2
    if variance == 0.0:
        return np.ones(discs.shape[0])
    excess = margin_db.ravel()[cells] + error.bias_db - criterion.required_db
    standard = excess / np.sqrt(variance)
    rows, cols = np.divmod(cells, grid.cols)
    squared = np.empty(len(cells))
    for begin in range(0, len(cells), _CHUNK):
        at = slice(begin, begin + _CHUNK)
        apart_m = grid.cell_m * np.hypot(_pairs(rows[at]), _pairs(cols[at]))
        both = both_probability(
            standard[at, :, np.newaxis],
            standard[at, np.newaxis, :],
            error.covariance_db2(apart_m) / variance,
        )
        squared[at] = np.einsum("ni,nij,nj->n", weights[at], both, weights[at])
    mean = np.einsum("ni,ni->n", weights, special.ndtr(standard))
    doubt = mean * (1.0 - mean)
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.clip((mean - squared) / doubt, 0.0, 1.0)
    return np.where(doubt > 1e-6, part, np.nan)


def _pairs(index: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Difference of every two, (n, k) → (n, k, k)."""
    return index[:, :, np.newaxis] - index[:, np.newaxis, :]


def _disc(
    grid: Grid,
    disc: tuple[float, float, float],
    *,
    weight: npt.NDArray[np.floating],
    land: npt.NDArray[np.floating],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Land cells of a disc and their weights."""
    x, y, radius = disc
    # Half a cell's diagonal always catches the cell of the nominal position.
    radius = max(radius, grid.cell_m * np.sqrt(0.5))
    (top, bottom), (left, right) = grid.rows_cols(
        [x - radius, x + radius], [y + radius, y - radius]
    )
    rows = np.arange(max(top, 0), min(bottom + 1, grid.rows))
    cols = np.arange(max(left, 0), min(right + 1, grid.cols))
    window = np.ix_(rows, cols)
    dx = grid.centres_x_m()[cols] - x
    dy = grid.centres_y_m()[rows] - y
    inside = dx[np.newaxis, :] ** 2 + dy[:, np.newaxis] ** 2 <= radius**2
    inside &= land[window] > 0.0
    cells = (rows[:, np.newaxis] * grid.cols + cols[np.newaxis, :])[inside]
    values = weight[window][inside].astype(np.float64)
    if values.sum() <= 0.0:
        values = land[window][inside].astype(np.float64)
    kept = values > 0.0
    return cells[kept], values[kept] / max(values.sum(), np.finfo(np.float64).tiny)
