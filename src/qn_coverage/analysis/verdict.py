"""Covered or not: a village known only to a radius is judged over the whole of its disc."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy.typing as npt

    from qn_coverage.analysis.coverage import Coverage
    from qn_coverage.core.grid import Grid

COVERED: Final = "covered"
NOT_COVERED: Final = "not_covered"
CANNOT_TELL: Final = "cannot_tell"

SURE_SHARE: Final = 0.95
"""Share of the disc's people that must agree before a verdict is given (an assumption)."""


def village_verdicts(
    x_m: npt.NDArray[np.float64],
    y_m: npt.NDArray[np.float64],
    uncertainty_m: npt.NDArray[np.float64],
    *,
    coverage: Coverage,
    weight: npt.NDArray[np.floating],
    land: npt.NDArray[np.floating],
) -> pd.DataFrame:
    """Verdict and evidence for each village.

    Parameters
    ----------
    x_m, y_m, uncertainty_m
        Nominal positions and radii, shape (n,), in the CRS of the grid.
    coverage
        State of the network.
    weight
        People per cell, shape (rows, cols). A disc without people is weighed by land.
    land
        Share of land per cell, shape (rows, cols); the sea inside a disc is left out.

    Returns
    -------
    Columns ``verdict``, ``disc_share`` (share of the disc's people in covered cells, 0-1; NaN
    where the disc holds no land), ``margin_db`` (best level less required level at the nominal
    position), ``layer`` (index of the layer that gives it) and ``server`` (its emitter, -1 none).
    """
    grid = coverage.grid
    covered = coverage.covered()
    disc_share = np.array(
        [
            _disc_share(grid, (x, y, radius), covered=covered, weight=weight, land=land)
            for x, y, radius in zip(x_m, y_m, uncertainty_m, strict=True)
        ],
        dtype=np.float64,
    )
    rows, cols = village_cells(grid, x_m, y_m)
    required = np.array([layer.required_dbm for layer in coverage.layers], dtype=np.float32)
    margins = coverage.mosaic.level_dbm[:, rows, cols] - required[:, np.newaxis]
    best: npt.NDArray[np.int64] = np.argmax(margins, axis=0).astype(np.int64)
    each = np.arange(len(x_m))
    return pd.DataFrame(
        {
            "verdict": verdict_of(disc_share),
            "disc_share": disc_share,
            "margin_db": margins[best, each],
            "layer": best,
            "server": coverage.mosaic.server[best, rows, cols],
        }
    )


def judge_villages(
    villages: gpd.GeoDataFrame,
    villages_xy_m: npt.NDArray[np.float64],
    sectors: pd.DataFrame,
    states: dict[str, Coverage],
    *,
    weight: npt.NDArray[np.floating],
    land: npt.NDArray[np.floating],
) -> gpd.GeoDataFrame:
    """The villages with, for each state, their verdict and what it rests on.

    Adds ``verdict_STATE``, ``disc_share_STATE``, ``margin_STATE_db`` and the server of the best
    level: ``operator_STATE``, ``technology_STATE``, ``site_STATE`` (None where there is none).
    """
    judged = villages.copy()
    for state, coverage in states.items():
        found = village_verdicts(
            villages_xy_m[:, 0],
            villages_xy_m[:, 1],
            villages["uncertainty_m"].to_numpy(dtype=np.float64),
            coverage=coverage,
            weight=weight,
            land=land,
        )
        server = found["server"].to_numpy()
        judged[f"verdict_{state}"] = found["verdict"].to_numpy()
        judged[f"disc_share_{state}"] = found["disc_share"].to_numpy()
        judged[f"margin_{state}_db"] = found["margin_db"].to_numpy()
        for column in ("operator", "technology", "site_id"):
            names = sectors[column].to_numpy(dtype=object)[server]
            names[server < 0] = None
            judged[f"{column.removesuffix('_id')}_{state}"] = names
    return judged


def verdict_of(disc_share: npt.NDArray[np.float64]) -> npt.NDArray[np.object_]:
    """Verdict from the share of the disc that is covered; NaN cannot be told."""
    out = np.full(disc_share.shape, CANNOT_TELL, dtype=object)
    out[disc_share >= SURE_SHARE] = COVERED
    out[disc_share <= 1.0 - SURE_SHARE] = NOT_COVERED
    return out


def village_cells(
    grid: Grid, x_m: npt.NDArray[np.float64], y_m: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Row and column of each village's cell, held inside the grid."""
    rows, cols = grid.rows_cols(x_m, y_m)
    return np.clip(rows, 0, grid.rows - 1), np.clip(cols, 0, grid.cols - 1)


def _disc_share(
    grid: Grid,
    disc: tuple[float, float, float],
    *,
    covered: npt.NDArray[np.bool_],
    weight: npt.NDArray[np.floating],
    land: npt.NDArray[np.floating],
) -> float:
    x, y, radius = disc
    # Half a cell's diagonal always catches the cell of the nominal position.
    radius = max(radius, grid.cell_m * np.sqrt(0.5))
    (top, bottom), (left, right) = grid.rows_cols(
        [x - radius, x + radius], [y + radius, y - radius]
    )
    rows = slice(max(top, 0), min(bottom + 1, grid.rows))
    cols = slice(max(left, 0), min(right + 1, grid.cols))
    dx = grid.centres_x_m()[cols] - x
    dy = grid.centres_y_m()[rows] - y
    inside = dx[np.newaxis, :] ** 2 + dy[:, np.newaxis] ** 2 <= radius**2
    inside &= land[rows, cols] > 0.0
    weights = weight[rows, cols][inside].astype(np.float64)
    if weights.sum() <= 0.0:
        weights = land[rows, cols][inside].astype(np.float64)
    if weights.sum() <= 0.0:
        return float("nan")
    return float(weights @ covered[rows, cols][inside] / weights.sum())
