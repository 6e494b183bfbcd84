"""Measured levels against predicted ones → an error model of one's own.

What is known from other countries (`error_model.prior_error`) gives way to what was measured here:
the mean error, how much it varies, and how far it reaches.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy import optimize, spatial

from qn_coverage.analysis.error_model import Component, ErrorModel

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy.typing as npt

    from qn_coverage.analysis.coverage import Layer
    from qn_coverage.core.grid import Grid
    from qn_coverage.propagation.emitters import Mosaic

LEAST_CELLS: Final = 30
"""Cells with measurements below which the prior stays: the deviation of 30 independent errors is
itself known to ± 13 % only."""

LEAST_SIGMA_DB: Final = 1.0
"""Deviation of each component at least: no sample proves an error of nothing."""

QUANTITY: Final = {"2G": "RxLev", "3G": "RSCP", "4G": "RSRP", "5G": "RSRP"}
"""What a technology's threshold is about; other quantities differ by tens of dB."""

_MOST_PAIRS_OF: Final = 2000
_BINS: Final = 24


@dataclass(frozen=True, slots=True)
class Differences:
    """Measured less predicted median level, one entry a cell and layer.

    Attributes
    ----------
    x_m, y_m
        Centres of the cells, shape (n,).
    error_db
        Median of what was measured there less the predicted median, shape (n,).
    readings
        How many readings each rests on, shape (n,).
    left_out
        Rows that could not be compared, by reason.
    """

    x_m: npt.NDArray[np.float64]
    y_m: npt.NDArray[np.float64]
    error_db: npt.NDArray[np.float64]
    readings: npt.NDArray[np.int64]
    left_out: dict[str, int]


def differences(
    measurements: gpd.GeoDataFrame,
    mosaic: Mosaic,
    layers: tuple[Layer, ...],
    *,
    grid: Grid,
    modelled: npt.NDArray[np.bool_],
) -> Differences:
    """Compare each measured cell with the strongest predicted level of its operator's technology.

    Left out are rows measured indoors, of another quantity than the technology's threshold, whose
    radius exceeds a cell, off the grid, of an operator or technology without layer, where nothing
    is predicted, or where the serving sector is itself modelled: a made-up network calibrates
    nothing.

    Parameters
    ----------
    measurements
        Columns of `importing.measurements.MEASUREMENTS`, points in any CRS.
    mosaic, layers
        Prediction, and what its layers are.
    grid
        Of the mosaic.
    modelled
        Of each emitter that `Mosaic.server` names, shape (n,).
    """
    points = measurements.geometry.to_crs(grid.crs)
    row, col = grid.rows_cols(points.x, points.y)
    index_of = {(layer.operator, layer.technology): i for i, layer in enumerate(layers)}
    pairs = zip(measurements["operator"], measurements["technology"], strict=True)
    layer = np.array([index_of.get(pair, -1) for pair in pairs], dtype=np.int64)
    quantity = measurements["technology"].map(QUANTITY).to_numpy()
    indoor = np.zeros(len(measurements), dtype=np.bool_)
    if "indoor" in measurements:
        indoor = (
            measurements["indoor"].astype("boolean").fillna(value=False).to_numpy(dtype=np.bool_)
        )
    inside = (row >= 0) & (row < grid.rows) & (col >= 0) & (col < grid.cols)
    held_row, held_col = np.where(inside, row, 0), np.where(inside, col, 0)
    server = np.where(layer >= 0, mosaic.server[np.maximum(layer, 0), held_row, held_col], -1)
    reasons = {
        "indoor": indoor,
        "other_quantity": measurements["quantity"].to_numpy() != quantity,
        "vague_position": measurements["uncertainty_m"].to_numpy() > grid.cell_m,
        "off_the_grid": ~inside,
        "no_such_layer": layer < 0,
        "nothing_predicted": server < 0,
        "modelled_server": modelled[np.maximum(server, 0)] & (server >= 0),
    }
    kept = np.ones(len(measurements), dtype=np.bool_)
    left_out = {}
    for name, bad in reasons.items():
        left_out[name] = int((kept & bad).sum())
        kept &= ~bad
    found = pd.DataFrame(
        {
            "layer": layer[kept],
            "row": row[kept],
            "col": col[kept],
            "level": measurements["level_dbm"].to_numpy(dtype=np.float64)[kept],
        }
    )
    cells = found.groupby(["layer", "row", "col"])["level"].agg(["median", "size"]).reset_index()
    at = (cells["layer"].to_numpy(), cells["row"].to_numpy(), cells["col"].to_numpy())
    return Differences(
        x_m=grid.west_m + (at[2] + 0.5) * grid.cell_m,
        y_m=grid.north_m - (at[1] + 0.5) * grid.cell_m,
        error_db=cells["median"].to_numpy() - mosaic.level_dbm[at].astype(np.float64),
        readings=cells["size"].to_numpy(dtype=np.int64),
        left_out=left_out,
    )


def calibrated(prior: ErrorModel, found: Differences, *, location_sigma_db: float) -> ErrorModel:
    """Error model from differences; the prior itself where they are fewer than `LEAST_CELLS`.

    The mean is the bias. The components keep the prior's ranges; their variances are the least
    squares fit, none negative, of the products of errors of pairs of cells against distance, each
    distance class weighing by its pairs. Variability inside a cell, which the study reckons with
    apart, is taken out of a cell's own variance for the readings that its median rests on; it does
    not enter the products of different cells.

    Parameters
    ----------
    prior
        What is believed without measurements.
    found
        See `differences`.
    location_sigma_db
        Deviation inside a cell.

    Returns
    -------
    ErrorModel
        Status ``"calibrated"``, or the prior.
    """
    if len(found.error_db) < LEAST_CELLS:
        return prior
    bias_db = float(found.error_db.mean())
    error_db = found.error_db - bias_db
    # The variance of a median of n normal readings is about π/2 of that of their mean.
    inside_db2 = location_sigma_db**2 * np.where(
        found.readings > 1, 0.5 * math.pi / found.readings, 1.0
    )
    total_db2 = max(float((error_db**2 - inside_db2).mean()), 0.0)
    distance_m, product_db2, pairs = _by_distance(found.x_m, found.y_m, error_db)
    ranges_m = np.array([component.range_m for component in prior.components])
    shape = np.exp(-np.append(distance_m, 0.0)[:, np.newaxis] / ranges_m)
    weight = np.sqrt(np.append(pairs, len(error_db)).astype(np.float64))
    variance_db2, _ = optimize.nnls(
        shape * weight[:, np.newaxis], np.append(product_db2, total_db2) * weight
    )
    return ErrorModel(
        tuple(
            Component(max(math.sqrt(variance), LEAST_SIGMA_DB), float(range_m))
            for variance, range_m in zip(variance_db2, ranges_m, strict=True)
        ),
        bias_db=bias_db,
        status="calibrated",
        source=f"measurements in {len(error_db)} cells of the study; ranges as in the prior",
    )


def _by_distance(
    x_m: npt.NDArray[np.float64], y_m: npt.NDArray[np.float64], error_db: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    """Mean distance and mean product of errors of pairs of cells, by classes of distance."""
    chosen = np.arange(len(x_m))
    if len(chosen) > _MOST_PAIRS_OF:
        chosen = np.random.default_rng(0).choice(chosen, _MOST_PAIRS_OF, replace=False)
    apart_m = spatial.distance.pdist(np.column_stack([x_m, y_m])[chosen])
    one, other = np.triu_indices(len(chosen), 1)
    product = error_db[chosen][one] * error_db[chosen][other]
    edges = np.quantile(apart_m, np.linspace(0.0, 1.0, _BINS + 1))
    bins = np.clip(np.searchsorted(edges, apart_m, side="right") - 1, 0, _BINS - 1)
    pairs = np.bincount(bins, minlength=_BINS)
    held = pairs > 0
    means = (np.bincount(bins, weights, minlength=_BINS)[held] for weights in (apart_m, product))
    distance_m, product_db2 = (values / pairs[held] for values in means)
    return distance_m, product_db2, pairs[held]
