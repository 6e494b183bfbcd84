"""The compiled loop of the value of information: what a measurement would settle, by place."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from qn_coverage.analysis.normal import LIMIT, interpolated_cdf
from qn_coverage.propagation._compile import compiled

if TYPE_CHECKING:
    import numpy.typing as npt

_STEPS = 40
_CLOSE = 1e-5  # of a village's probability
_MARGIN = 1e-3  # deviations, against rounding
_LEAST_SHIFT = 1e-9
_LEAST_VARIANCE = 1e-6


@compiled
def _chance(
    z: float,
    excess: npt.NDArray[np.float64],
    shift: npt.NDArray[np.float64],
    weight: npt.NDArray[np.float64],
    table: npt.NDArray[np.float32],
) -> float:
    """Probability that the village is covered once the measurement has turned out as z."""
    total = 0.0
    for point in range(excess.shape[0]):
        if weight[point] > 0.0:
            total += weight[point] * interpolated_cdf(excess[point] + shift[point] * z, table)
    return total


@compiled
def _below(
    level: float,
    level_z: float,
    excess: npt.NDArray[np.float64],
    shift: npt.NDArray[np.float64],
    weight: npt.NDArray[np.float64],
    table: npt.NDArray[np.float32],
) -> float:
    """P(the village's probability will be at most `level`): it never falls as z rises.

    Each point crosses the level at a z of its own; the village crosses between the first and the
    last of them, found there by regula falsi with Illinois' halving.
    """
    low, high = LIMIT, -LIMIT
    for point in range(excess.shape[0]):
        if weight[point] > 0.0:
            crossing = (level_z - excess[point]) / max(shift[point], _LEAST_SHIFT)
            low, high = min(low, crossing), max(high, crossing)
    low, high = max(low - _MARGIN, -LIMIT), min(high + _MARGIN, LIMIT)
    if low >= high:
        return interpolated_cdf(low, table)
    under = _chance(low, excess, shift, weight, table) - level
    over = _chance(high, excess, shift, weight, table) - level
    if over <= 0.0 or under > 0.0:
        return interpolated_cdf(high if over <= 0.0 else low, table)
    for _ in range(_STEPS):
        middle = high - over * (high - low) / (over - under)
        found = _chance(middle, excess, shift, weight, table) - level
        if abs(found) < _CLOSE:
            return interpolated_cdf(middle, table)
        if found > 0.0:
            high, over, under = middle, found, 0.5 * under
        else:
            low, under, over = middle, found, 0.5 * over
    return interpolated_cdf(0.5 * (low + high), table)


@compiled
def covariance(
    distance_m: float, sigma2: npt.NDArray[np.float64], reach: npt.NDArray[np.float64]
) -> float:
    """Sum of sigma2 · exp(-distance · reach), with reach = 1 / range."""
    total = 0.0
    for part in range(sigma2.shape[0]):
        total += sigma2[part] * math.exp(-distance_m * reach[part])
    return total


@compiled
def learnt_db(
    x_m: float,
    y_m: float,
    known: npt.NDArray[np.float64],
    points_x_m: npt.NDArray[np.float64],
    points_y_m: npt.NDArray[np.float64],
    points_known: npt.NDArray[np.float64],
    sigma2: npt.NDArray[np.float64],
    reach: npt.NDArray[np.float64],
    noise2: float,
    out: npt.NDArray[np.float64],
) -> None:
    """Deviation by which a measurement at (x, y) moves what is expected at each point.

    The simple-kriging weight times the deviation of the measurement, given earlier ones: `known`,
    (earlier,), and `points_known`, (points, earlier), are their own learnt deviations here and at
    the points.
    """
    spread = noise2
    for part in range(sigma2.shape[0]):
        spread += sigma2[part]
    for earlier in range(known.shape[0]):
        spread -= known[earlier] * known[earlier]
    for point in range(points_x_m.shape[0]):
        apart = math.hypot(points_x_m[point] - x_m, points_y_m[point] - y_m)
        shared = covariance(apart, sigma2, reach)
        for earlier in range(known.shape[0]):
            shared -= known[earlier] * points_known[point, earlier]
        out[point] = shared / math.sqrt(max(spread, _LEAST_VARIANCE))


@compiled
def settle(
    places_m: npt.NDArray[np.float64],
    places_known: npt.NDArray[np.float64],
    points_x_m: npt.NDArray[np.float64],
    points_y_m: npt.NDArray[np.float64],
    excess_db: npt.NDArray[np.float64],
    weight: npt.NDArray[np.float64],
    points_known: npt.NDArray[np.float64],
    sigma2: npt.NDArray[np.float64],
    reach: npt.NDArray[np.float64],
    noise2: float,
    spread2: float,
    levels: tuple[float, float, float, float],
    importance: npt.NDArray[np.float64],
    table: npt.NDArray[np.float32],
    out: npt.NDArray[np.float64],
) -> None:
    """Importance of the villages expected to be decided after one more measurement, by place.

    Parameters
    ----------
    places_m, places_known
        Where one could measure, (places, 2), and what earlier measurements tell there,
        (places, earlier).
    points_x_m, points_y_m, excess_db, weight, points_known
        Points of the villages, (villages, points), the last with a third axis of earlier
        measurements.
    sigma2, reach
        Variances and inverse ranges of the error.
    noise2, spread2
        Variance of the measurement, and inside a cell.
    levels
        Probabilities between which a village is undecided, then their normal quantiles.
    importance, table, out
        (villages, k); `normal.cdf_table`; (places, k).
    """
    count = excess_db.shape[1]
    moved = np.empty(count)
    excess = np.empty(count)
    shift = np.empty(count)
    variance = spread2 + sigma2.sum()
    for place in range(places_m.shape[0]):
        out[place] = 0.0
        for village in range(excess_db.shape[0]):
            learnt_db(
                places_m[place, 0],
                places_m[place, 1],
                places_known[place],
                points_x_m[village],
                points_y_m[village],
                points_known[village],
                sigma2,
                reach,
                noise2,
                moved,
            )
            for point in range(count):
                gone = moved[point] * moved[point]
                for earlier in range(points_known.shape[2]):
                    gone += points_known[village, point, earlier] ** 2
                left = math.sqrt(max(variance - gone, _LEAST_VARIANCE))
                excess[point] = excess_db[village, point] / left
                shift[point] = math.sqrt(gone) / left
            decided = 1.0 - _below(levels[1], levels[3], excess, shift, weight[village], table)
            decided += _below(levels[0], levels[2], excess, shift, weight[village], table)
            for column in range(importance.shape[1]):
                out[place, column] += decided * importance[village, column]
