"""Who has no signal: uncovered cells with their people and villages, gathered into points.

A village known to a radius is spread over the cells of its disc, so that people, villages,
households, need and land are all weights of cells, and what a plan gives is one sum.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from qn_coverage.core.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt
    from scipy import sparse

    from qn_coverage.analysis.plan.cases import Case
    from qn_coverage.core.grid import Grid

MEASURES: Final = ("people", "villages", "households", "need", "land")
"""What can be counted; land is in km²."""

MOST_POINTS: Final = 20_000

ANY_OPERATOR: Final = "any"
"""Name of the one plane in which a place counts once, whoever covers it."""


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """What is counted on the grid, arrays in row-major order of cells.

    Attributes
    ----------
    grid
        The cells.
    weights
        Each of `MEASURES`, float64 (cells,).
    commune
        Index of the commune of each cell, -1 for none, int64 (cells,).
    communes
        How many communes there are.
    """

    grid: Grid
    weights: Mapping[str, npt.NDArray[np.float64]]
    commune: npt.NDArray[np.int64]
    communes: int


@dataclass(frozen=True, slots=True, eq=False)
class Demand:
    """Unserved cells and the points they are gathered into; arrays of shape (n,).

    A plane is one operator's customers (or everybody, `ANY_OPERATOR`); the same cell stands once
    in each plane in which it is unserved.

    Attributes
    ----------
    grid, planes
        Where, and for whom.
    cell, plane, part
        Row-major index of the cell; index of the plane and its part of the customers, 0-1.
    point
        Number of the point that the cell belongs to.
    average
        Share of the cell in its point's gain; sums to 1 in each point.
    margin_db
        Best margin over the bare threshold today, float32.
    weights
        Each of `MEASURES`, per cell and plane.
    commune
        Index of the commune.
    totals, now
        Each measure over the whole province, and the part expected to have signal today.
    commune_people, commune_now
        People of each commune, and the part expected to have signal today, shape (communes,).
    """

    grid: Grid
    planes: tuple[str, ...]
    cell: npt.NDArray[np.int64]
    plane: npt.NDArray[np.int64]
    part: npt.NDArray[np.float64]
    point: npt.NDArray[np.int64]
    average: npt.NDArray[np.float64]
    margin_db: npt.NDArray[np.float32]
    weights: Mapping[str, npt.NDArray[np.float64]]
    commune: npt.NDArray[np.int64]
    totals: Mapping[str, float]
    now: Mapping[str, float]
    commune_people: npt.NDArray[np.float64]
    commune_now: npt.NDArray[np.float64]

    @property
    def points(self) -> int:
        """Number of points."""
        return int(self.point.max(initial=-1)) + 1

    def per_point(self, measure: str) -> npt.NDArray[np.float64]:
        """Sum of a measure over the cells of each point, shape (points,)."""
        return sums(self.point, self.weights[measure], self.points)

    def xy_m(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Centres of the cells."""
        rows, cols = np.divmod(self.cell, self.grid.cols)
        return self.grid.centres_x_m()[cols], self.grid.centres_y_m()[rows]


def ground_of(
    grid: Grid,
    *,
    people: npt.NDArray[np.floating],
    land: npt.NDArray[np.floating],
    commune: npt.NDArray[np.int64],
    need: npt.NDArray[np.floating],
    villages: sparse.csr_array,
    households: npt.NDArray[np.floating],
) -> Ground:
    """Weights of the cells.

    Parameters
    ----------
    grid
        The cells.
    people, land
        People per cell and share of land, shape (rows, cols).
    commune
        Index of the commune of each cell, -1 for none, shape (rows, cols).
    need
        Factor of each commune's people in the measure ``need``, shape (communes,).
    villages
        How likely each cell holds each village, `discs.disc_weights`, CSR (villages, cells).
    households
        Households of each village, NaN where not known (they are left out), shape (villages,).
    """
    per_cell = people.ravel().astype(np.float64)
    known = np.nan_to_num(np.asarray(households, dtype=np.float64), nan=0.0)
    where = commune.ravel()
    factor = np.append(np.asarray(need, dtype=np.float64), 1.0)[where]
    weights = {
        "people": per_cell,
        "villages": np.asarray(villages.T @ np.ones(villages.shape[0])),
        "households": np.asarray(villages.T @ known),
        "need": per_cell * factor,
        "land": land.ravel().astype(np.float64) * grid.cell_area_m2 / 1e6,
    }
    return Ground(grid, weights, where.astype(np.int64), len(need))


def unserved(
    ground: Ground,
    margin_db: Mapping[str, npt.NDArray[np.float32]],
    *,
    case: Case,
    uncovered_below: float,
    shares: Mapping[str, float] | None = None,
) -> Demand:
    """Cells that count as unserved, each a point of its own.

    Parameters
    ----------
    ground
        What is counted.
    margin_db
        Best margin over the bare threshold by plane, shape (rows, cols) each; see
        `probability.threshold_margin_db`.
    case
        How margins become probabilities.
    uncovered_below
        Probability of coverage below which a cell counts.
    shares
        Part of each measure that belongs to each plane; None for equal parts.
    """
    planes = tuple(margin_db)
    parts = parts_of(planes, shares)
    chances = {name: case.chance(margin_db[name]).ravel().astype(np.float64) for name in planes}
    counted = np.logical_or.reduce([weight > 0.0 for weight in ground.weights.values()])
    found = [np.flatnonzero(counted & (chances[name] < uncovered_below)) for name in planes]
    sizes = [len(cells) for cells in found]
    cell = np.concatenate(found)
    part = np.repeat([parts[name] for name in planes], sizes)
    inside = ground.commune >= 0
    people, where = ground.weights["people"], ground.commune[inside]
    chance = np.sum([parts[name] * chances[name] for name in planes], axis=0)
    return Demand(
        grid=ground.grid,
        planes=planes,
        cell=cell,
        plane=np.repeat(np.arange(len(planes)), sizes),
        part=part,
        point=np.arange(len(cell)),
        average=np.ones(len(cell)),
        margin_db=np.concatenate(
            [margin_db[name].ravel()[cells] for name, cells in zip(planes, found, strict=True)]
        ).astype(np.float32),
        weights={name: part * weight[cell] for name, weight in ground.weights.items()},
        commune=ground.commune[cell],
        totals={name: float(weight.sum()) for name, weight in ground.weights.items()},
        now={name: float(weight @ chance) for name, weight in ground.weights.items()},
        commune_people=sums(where, people[inside], ground.communes),
        commune_now=sums(where, (people * chance)[inside], ground.communes),
    )


def gathered(
    demand: Demand, measure: str, *, floors: bool = False, most: int = MOST_POINTS
) -> Demand:
    """The same demand in at most `most` points: square blocks of cells of one commune and plane.

    The gain of a point is the mean over its cells, by what they weigh, so a single candidate's
    value is exact; of several, the best mean is at most the mean of the best, so a plan's value
    is never overstated. Cells that weigh nothing are left out.

    Parameters
    ----------
    demand
        From `unserved`.
    measure
        What is maximised.
    floors
        Whether people count too, because floors are asked for.
    most
        Blocks grow, from one cell, until there are no more points than this.
    """
    if measure not in demand.weights:
        raise UnknownNameError("measure", measure, demand.weights)
    weight = _normed(demand.weights[measure])
    if floors:
        weight = weight + _normed(demand.weights["people"])
    kept = weight > 0.0
    fewer, weight = _kept(demand, kept), weight[kept]
    side, point = 1, _blocks(fewer, 1)
    while int(point.max(initial=-1)) + 1 > most:
        side += 1
        point = _blocks(fewer, side)
    whole = sums(point, weight, int(point.max(initial=-1)) + 1)
    return replace(fewer, point=point, average=weight / whole[point])


def sums(
    number: npt.NDArray[np.int64], values: npt.NDArray[np.float64], size: int
) -> npt.NDArray[np.float64]:
    """Sum of the values of each number from 0 to size - 1, shape (size,)."""
    return np.asarray(np.bincount(number, values, minlength=size), dtype=np.float64)


def parts_of(planes: tuple[str, ...], shares: Mapping[str, float] | None) -> dict[str, float]:
    """Part of the customers of each plane; equal parts where no shares are given.

    Raises
    ------
    UnknownNameError
        A plane has no share.
    """
    if not shares:
        return dict.fromkeys(planes, 1.0 / max(1, len(planes)))
    missing = [name for name in planes if name not in shares]
    if missing:
        raise UnknownNameError("operator in demand.operator_share", missing[0], shares)
    return {name: shares[name] for name in planes}


def _normed(weight: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    total = weight.sum()
    return weight / total if total > 0.0 else weight


def _kept(demand: Demand, kept: npt.NDArray[np.bool_]) -> Demand:
    return replace(
        demand,
        cell=demand.cell[kept],
        plane=demand.plane[kept],
        part=demand.part[kept],
        point=np.arange(int(kept.sum())),
        average=demand.average[kept],
        margin_db=demand.margin_db[kept],
        weights={name: weight[kept] for name, weight in demand.weights.items()},
        commune=demand.commune[kept],
    )


def _blocks(demand: Demand, side: int) -> npt.NDArray[np.int64]:
    """Number of each cell's block, in order of plane, commune, row and column."""
    rows, cols = np.divmod(demand.cell, demand.grid.cols)
    keys = np.column_stack([demand.plane, demand.commune, rows // side, cols // side])
    _, number = np.unique(keys, axis=0, return_inverse=True)
    return number.reshape(-1).astype(np.int64)
