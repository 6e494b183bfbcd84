"""Where one field measurement would settle most.

A measured level tells the model's error at its place, and through the correlation of the error
something about every place around (simple kriging). Before measuring one does not know what will
be read, but how much any reading can move each village's probability: by a normal variate Z times
a known deviation. A village is undecided while its probability lies between `P_LOW` and `P_HIGH`;
the value of a place is the expected number of undecided villages (or of their people) that the
reading there decides.

The error belongs to the place, not to the server: see `analysis.error_model`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy import special

from qn_coverage.analysis.discs import P_HIGH, P_LOW, disc_points
from qn_coverage.analysis.information_kernel import learnt_db, settle
from qn_coverage.analysis.normal import cdf_table

if TYPE_CHECKING:
    import numpy.typing as npt
    from scipy import sparse

    from qn_coverage.analysis.error_model import ErrorModel
    from qn_coverage.analysis.probability import Criterion
    from qn_coverage.core.grid import Grid

MEASUREMENT_SIGMA_DB: Final = 3.0
"""Deviation of a level measured with a telephone and averaged over a cell. Assumption, of the
order of the ± 6 dB that 3GPP TS 36.133, §9.1.2, grants an RSRP reading, taken as two deviations."""

_POINTS: Final = 8
_BATCH: Final = 64
_FARTHEST_DB: Final = 200.0


@dataclass(frozen=True, slots=True, eq=False)
class VillagePoints:
    """Villages as a few places each, arrays of shape (villages, points).

    Attributes
    ----------
    x_m, y_m
        Positions in the CRS of the grid.
    excess_db
        Expected level less what the criterion requires, -200 dB and up.
    weight
        Probability that the village is there, sums to 1; all 0 for a village without land.
    """

    x_m: npt.NDArray[np.float64]
    y_m: npt.NDArray[np.float64]
    excess_db: npt.NDArray[np.float64]
    weight: npt.NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.excess_db)

    def take(self, rows: npt.NDArray[np.int64]) -> VillagePoints:
        """The villages of the given rows."""
        return VillagePoints(
            self.x_m[rows], self.y_m[rows], self.excess_db[rows], self.weight[rows]
        )

    def probability(self, error: ErrorModel, spread_db: float) -> npt.NDArray[np.float64]:
        """Probability that each village is covered, by its points; NaN without land."""
        tau = math.hypot(error.sigma_db, spread_db)
        chance = special.ndtr(self.excess_db / max(tau, 1e-3))
        found = np.einsum("ni,ni->n", self.weight, chance)
        return np.where(self.weight.sum(axis=1) > 0.0, found, np.nan)


def village_points(
    discs: sparse.csr_array,
    margin_db: npt.NDArray[np.float32],
    *,
    grid: Grid,
    criterion: Criterion,
    error: ErrorModel,
    count: int = _POINTS,
) -> VillagePoints:
    """Points that stand for each village's disc; arguments as in `discs.disc_table`."""
    cells, weight = disc_points(discs, count)
    rows, cols = np.divmod(cells, grid.cols)
    excess = margin_db.ravel()[cells].astype(np.float64) + error.bias_db - criterion.required_db
    return VillagePoints(
        x_m=grid.centres_x_m()[cols],
        y_m=grid.centres_y_m()[rows],
        excess_db=np.clip(excess, -_FARTHEST_DB, _FARTHEST_DB),
        weight=weight,
    )


def people_or_mean(population: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """People of each village for weighing, at least 1, shape (n,).

    A village whose population is not known (NaN) counts as the mean of those known, and as 1 where
    none is: it must not fall behind because nobody counted it.
    """
    known = np.isfinite(population)
    mean = float(population[known].mean()) if known.any() else 1.0
    return np.asarray(np.maximum(np.where(known, population, mean), 1.0))


def measurement_places(discs: sparse.csr_array, grid: Grid) -> npt.NDArray[np.float64]:
    """Where each village most probably lies, as places to measure, without repetition, (n, 2)."""
    begins, ends = discs.indptr[:-1], discs.indptr[1:]
    best = [
        discs.indices[begin + int(np.argmax(discs.data[begin:end]))]
        for begin, end in zip(begins, ends, strict=True)
        if end > begin
    ]
    rows, cols = np.divmod(np.unique(np.array(best, dtype=np.int64)), grid.cols)
    return np.column_stack([grid.centres_x_m()[cols], grid.centres_y_m()[rows]])


def measurement_value(
    points: VillagePoints,
    places_m: npt.NDArray[np.float64],
    *,
    error: ErrorModel,
    spread_db: float,
    importance: npt.NDArray[np.float64] | None = None,
    measurement_sigma_db: float = MEASUREMENT_SIGMA_DB,
    p_low: float = P_LOW,
    p_high: float = P_HIGH,
) -> pd.DataFrame:
    """What one measurement at each place would do, each on its own.

    Parameters
    ----------
    points
        The villages.
    places_m
        Where one could measure, (places, 2), in the CRS of the grid.
    error
        What the model may err by.
    spread_db
        `Criterion.spread_db`.
    importance
        E.g. people of each village, (villages,); ones if left out.
    measurement_sigma_db
        Error of the measurement as a reading of the cell's median.
    p_low, p_high
        A village whose probability lies strictly between is undecided.

    Returns
    -------
    One row a place: ``villages_settled`` and ``importance_settled``, expected, of the villages
    undecided now; ``villages_reopened``, expected number of those decided now that the reading
    would make undecided.
    """
    search = _Search(
        points,
        places_m,
        error=error,
        spread_db=spread_db,
        measurement_sigma_db=measurement_sigma_db,
        levels=(p_low, p_high),
    )
    worth = np.ones(len(points)) if importance is None else importance
    every = np.arange(len(places_m))
    settled = search.settled(search.undecided, every, worth)
    kept = search.settled(search.decided, every, worth)
    return pd.DataFrame(
        {
            "villages_settled": settled[:, 0],
            "importance_settled": settled[:, 1],
            "villages_reopened": np.maximum(len(search.decided) - kept[:, 0], 0.0),
        }
    )


def rank_measurements(
    points: VillagePoints,
    places_m: npt.NDArray[np.float64],
    *,
    error: ErrorModel,
    spread_db: float,
    importance: npt.NDArray[np.float64] | None = None,
    measurement_sigma_db: float = MEASUREMENT_SIGMA_DB,
    p_low: float = P_LOW,
    p_high: float = P_HIGH,
    count: int = 20,
) -> pd.DataFrame:
    """The places to measure, best first, each given that those above it are measured too.

    So the list does not name ten neighbours of the best place. Each step takes the place that
    adds most importance; a place is looked at again only while what it added last could still be
    the most, which is greedy choice for a gain that shrinks as more is known (the usual case; two
    readings that only help together may come late). With discs of several points, later steps
    take the readings of one village's disc as one variate.

    Parameters are those of `measurement_value`; `count` is the length of the list.

    Returns
    -------
    ``rank`` from 1, ``place`` (row of `places_m`), ``x_m``, ``y_m``, ``villages_settled`` and
    ``importance_settled`` that this place adds, ``villages_settled_in_all`` of it and all above.
    """
    search = _Search(
        points,
        places_m,
        error=error,
        spread_db=spread_db,
        measurement_sigma_db=measurement_sigma_db,
        levels=(p_low, p_high),
    )
    worth = np.ones(len(points)) if importance is None else importance
    chosen: list[int] = []
    reached = np.zeros(2)
    rows: list[tuple[float, ...]] = []
    hoped = np.full(len(places_m), np.inf)
    for rank in range(1, min(count, len(places_m)) + 1):
        hoped[chosen] = -np.inf
        best, after = _next_place(search, worth, hoped, reached)
        gain = after - reached
        rows.append((rank, best, *places_m[best], gain[0], gain[1], after[0]))
        chosen.append(best)
        search.measure(best)
        reached = after
    names = ["rank", "place", "x_m", "y_m", "villages_settled", "importance_settled"]
    table = pd.DataFrame(rows, columns=[*names, "villages_settled_in_all"])
    return table.astype({"rank": np.int64, "place": np.int64})


def _next_place(
    search: _Search,
    worth: npt.NDArray[np.float64],
    hoped: npt.NDArray[np.float64],
    reached: npt.NDArray[np.float64],
) -> tuple[int, npt.NDArray[np.float64]]:
    """Place that adds most, with what is then settled in all; `hoped` learns the fresh gains."""
    order = np.argsort(-hoped, kind="stable")
    best, after, most = -1, reached, -np.inf
    for begin in range(0, len(order), _BATCH):
        batch = order[begin : begin + _BATCH]
        if hoped[batch[0]] <= most:
            break
        settled = search.settled(search.undecided, batch, worth)
        fresh = np.where(np.isneginf(hoped[batch]), -np.inf, settled[:, 1] - reached[1])
        hoped[batch] = fresh
        winner = int(np.argmax(fresh))
        if fresh[winner] > most:
            best, after, most = int(batch[winner]), settled[winner], float(fresh[winner])
    return best, after


class _Search:
    """Villages and places with what the measurements chosen so far tell at each."""

    def __init__(
        self,
        points: VillagePoints,
        places_m: npt.NDArray[np.float64],
        *,
        error: ErrorModel,
        spread_db: float,
        measurement_sigma_db: float,
        levels: tuple[float, float],
    ) -> None:
        self._points = points
        self._places_m = np.ascontiguousarray(places_m, dtype=np.float64)
        self._sigma2 = np.array([part.sigma_db**2 for part in error.components])
        self._reach = np.array([1.0 / part.range_m for part in error.components])
        self._noise2 = measurement_sigma_db**2
        self._spread2 = spread_db**2
        quantiles = (float(special.ndtri(levels[0])), float(special.ndtri(levels[1])))
        self._levels = (*levels, *quantiles)
        self._table = cdf_table()
        self._points_known = np.empty((*points.excess_db.shape, 0))
        self._places_known = np.empty((len(places_m), 0))
        probability = points.probability(error, spread_db)
        between = (probability > levels[0]) & (probability < levels[1])
        self.undecided = np.flatnonzero(between)
        self.decided = np.flatnonzero(~between & np.isfinite(probability))

    def settled(
        self,
        villages: npt.NDArray[np.int64],
        places: npt.NDArray[np.int64],
        worth: npt.NDArray[np.float64],
    ) -> npt.NDArray[np.float64]:
        """Villages and worth expected to be decided after one more measurement, (places, 2)."""
        chosen = self._points.take(villages)
        out = np.zeros((len(places), 2))
        settle(
            self._places_m[places],
            self._places_known[places],
            chosen.x_m,
            chosen.y_m,
            chosen.excess_db,
            chosen.weight,
            self._points_known[villages],
            self._sigma2,
            self._reach,
            self._noise2,
            self._spread2,
            self._levels,
            np.column_stack([np.ones(len(villages)), worth[villages]]),
            self._table,
            out,
        )
        return out

    def measure(self, place: int) -> None:
        """Take a measurement at a place as made."""
        at_points = self._learnt(
            place, self._points.x_m, self._points.y_m, self._points_known
        ).reshape(*self._points.excess_db.shape, 1)
        at_places = self._learnt(
            place, self._places_m[:, 0], self._places_m[:, 1], self._places_known
        ).reshape(-1, 1)
        self._points_known = np.concatenate([self._points_known, at_points], axis=-1)
        self._places_known = np.concatenate([self._places_known, at_places], axis=-1)

    def _learnt(
        self,
        place: int,
        x_m: npt.NDArray[np.float64],
        y_m: npt.NDArray[np.float64],
        known: npt.NDArray[np.float64],
    ) -> npt.NDArray[np.float64]:
        out = np.empty(x_m.size)
        x, y = self._places_m[place]
        learnt_db(
            x,
            y,
            self._places_known[place],
            np.ascontiguousarray(x_m).ravel(),
            np.ascontiguousarray(y_m).ravel(),
            known.reshape(x_m.size, -1),
            self._sigma2,
            self._reach,
            self._noise2,
            out,
        )
        return out
