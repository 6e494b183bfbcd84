"""How far a commune's covered share may lie from the model's: seeded draws of a correlated error.

Errors of neighbouring cells are alike, so they do not average out over a commune. Each draw adds
one random error field to the predicted levels and counts land, people and villages anew; the
spread of the counts is the honest interval. Draws are streamed in pairs: nothing of the size
draws × cells is held, and draw k depends on the seed and k alone, not on threads or on how many
draws are asked for.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy import sparse

from qn_coverage.analysis.draw_kernel import answer_pair, pick_cells, sum_rows
from qn_coverage.analysis.error_field import Lattice, draw_pair, lattice_of, stencil_of
from qn_coverage.analysis.normal import cdf_table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    from qn_coverage.analysis.error_model import ErrorModel
    from qn_coverage.analysis.probability import Criterion
    from qn_coverage.analysis.zonal import Zones
    from qn_coverage.core.grid import Grid

REALISATIONS: Final = 200
"""Enough for a 90 % interval whose ends are themselves known to about ± 1.5 % of probability."""

SEED: Final = 20240104
"""The date of the founding text; any other number is as good."""


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """What the units of one level had in each draw; all states saw the same errors.

    Attributes
    ----------
    level, codes
        As in `Zones`.
    land_km2, people
        Covered, shape (states, draws, units).
    villages
        Covered, each at a place drawn from its disc, shape (states, draws, units).
    land_total_km2, people_total, villages_total
        In all, shape (units,).
    """

    level: str
    codes: tuple[str, ...]
    land_km2: npt.NDArray[np.float64]
    people: npt.NDArray[np.float64]
    villages: npt.NDArray[np.float64]
    land_total_km2: npt.NDArray[np.float64]
    people_total: npt.NDArray[np.float64]
    villages_total: npt.NDArray[np.float64]


def draw_coverage(
    zones: Sequence[Zones],
    margin_db: npt.NDArray[np.float32],
    *,
    grid: Grid,
    criterion: Criterion,
    error: ErrorModel,
    discs: sparse.csr_array | None = None,
    realisations: int = REALISATIONS,
    seed: int = SEED,
    threads: int = 1,
    advance: Callable[[int, int], None] | None = None,
) -> tuple[Draws, ...]:
    """Covered land, people and villages of each unit under random model errors.

    Parameters
    ----------
    zones
        At least one level; coarser ones follow from finer by `merged_draws` at no cost.
    margin_db
        Best median level less threshold, shape (states, rows, cols), e.g. before and after: they
        share the errors, so that their difference has its own honest interval.
    grid
        The cells.
    criterion
        What is asked of a cell: `Criterion.of_cells` for the shares of the tables,
        `Criterion.of_places` for the shares of places with signal.
    error
        What the model may err by.
    discs
        Where the villages of the zones may lie, from `discs.disc_weights`; without, villages
        count as never covered.
    realisations
        Number of draws, > 0.
    seed
        Same seed, same draws, bit by bit.
    threads
        The draws do not depend on it.
    advance
        Told now and then how many draws are done, of how many.
    """
    village_count = zones[0].villages.shape[1]
    if discs is None:
        discs = sparse.csr_array((village_count, grid.rows * grid.cols))
    plan = _plan(zones, margin_db, grid=grid, criterion=criterion, error=error, discs=discs)
    counts = np.empty((realisations, len(margin_db), plan.sums.rows))
    covered = np.empty((realisations, len(margin_db), village_count))

    def one(pair: int) -> None:
        draws = slice(2 * pair, min(2 * pair + 2, realisations))
        size = draws.stop - draws.start
        sums, places = _draw_pair(plan, seed, pair)
        counts[draws], covered[draws] = sums[:size], places[:size]
        if advance is not None:
            advance(draws.stop, realisations)

    pairs = range((realisations + 1) // 2)
    if threads > 1:
        with ThreadPoolExecutor(threads) as pool:
            for _ in pool.map(one, pairs):
                pass
    else:
        for pair in pairs:
            one(pair)
    return _split(zones, counts.swapaxes(0, 1), covered.swapaxes(0, 1))


def merged_draws(level: str, draws: Draws, parents: Sequence[str]) -> Draws:
    """Draws of a coarser level, given the parent's code of each unit."""
    codes = tuple(sorted(set(parents)))
    row_of = {code: row for row, code in enumerate(codes)}
    lift = np.zeros((len(parents), len(codes)))
    lift[np.arange(len(parents)), [row_of[parent] for parent in parents]] = 1.0
    return Draws(
        level,
        codes,
        draws.land_km2 @ lift,
        draws.people @ lift,
        draws.villages @ lift,
        draws.land_total_km2 @ lift,
        draws.people_total @ lift,
        draws.villages_total @ lift,
    )


def interval_table(
    draws: Draws, state: int, *, low: float = 0.05, high: float = 0.95
) -> pd.DataFrame:
    """Mean and interval of each unit's shares in one state.

    Parameters
    ----------
    draws
        Of `draw_coverage`.
    state
        Index of the state.
    low, high
        Probabilities of the ends.

    Returns
    -------
    ``code``, then ``land_share_mean``, ``land_share_low``, ``land_share_high``, the same for
    ``population_share`` and, as numbers, ``villages_covered``. The ends are the order statistics
    that a further draw falls between with probability ``high - low``; where a rare event pulls
    the mean outside, the interval is widened to hold it. NaN where a unit has no land or people.
    """
    table = pd.DataFrame({"code": draws.codes})
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = {
            "land_share": draws.land_km2[state] / draws.land_total_km2,
            "population_share": draws.people[state] / draws.people_total,
            "villages_covered": draws.villages[state],
        }
    for name, values in parts.items():
        mean, bottom, top = summary_of(values, low=low, high=high)
        table[f"{name}_mean"], table[f"{name}_low"], table[f"{name}_high"] = mean, bottom, top
    return table


def summary_of(
    values: npt.NDArray[np.float64], *, low: float = 0.05, high: float = 0.95
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Mean, lower and upper end over the draws, (draws, units) → (units,) each."""
    mean = values.mean(axis=0)
    # Weibull's plotting position k / (n + 1) is what makes a further draw fall inside with the
    # stated probability, whatever the distribution.
    bottom, top = np.quantile(values, [low, high], axis=0, method="weibull")
    return mean, np.minimum(bottom, mean), np.maximum(top, mean)


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    """A CSR matrix as the kernels take it, cells numbered among the cells in use."""

    starts: npt.NDArray[np.int64]
    cells: npt.NDArray[np.int64]
    values: npt.NDArray[np.float64]

    @property
    def rows(self) -> int:
        return len(self.starts) - 1


@dataclass(frozen=True, slots=True, eq=False)
class _Plan:
    """All that the draws have in common; arrays as in `draw_kernel`."""

    margin_db: npt.NDArray[np.float32]
    first: npt.NDArray[np.int32]
    weight: npt.NDArray[np.float32]
    lattices: tuple[Lattice, ...]
    required_db: float
    inverse_spread: float
    sums: _Rows
    discs: _Rows


def _plan(
    zones: Sequence[Zones],
    margin_db: npt.NDArray[np.float32],
    *,
    grid: Grid,
    criterion: Criterion,
    error: ErrorModel,
    discs: sparse.csr_array,
) -> _Plan:
    matrix = sparse.vstack([part for zone in zones for part in (zone.land, zone.people)], "csr")
    named = np.zeros(grid.rows * grid.cols, dtype=np.bool_)
    named[matrix.indices] = True
    named[discs.indices] = True
    used = np.flatnonzero(named)
    number = np.cumsum(named) - 1
    lattices = tuple(lattice_of(component, grid) for component in error.components)
    stencils = [stencil_of(lattice, grid, used) for lattice in lattices]
    offsets = np.cumsum([0, *(lattice.shape[0] * lattice.shape[1] for lattice in lattices)])
    first = [node + offset for (node, _), offset in zip(stencils, offsets, strict=False)]
    flat = margin_db.reshape(len(margin_db), -1)
    none = np.empty((len(used), 0))
    return _Plan(
        margin_db=np.ascontiguousarray(flat[:, used].T, dtype=np.float32),
        first=np.column_stack([none, *first]).astype(np.int32),
        weight=np.concatenate(
            [none.reshape(len(used), 0, 4), *(w[:, np.newaxis] for _, w in stencils)], axis=1
        ).astype(np.float32),
        lattices=lattices,
        required_db=criterion.required_db - error.bias_db,
        inverse_spread=1.0 / criterion.spread_db if criterion.spread_db > 0.0 else 0.0,
        sums=_rows(matrix, matrix.data, number),
        discs=_rows(discs, _running_sums(discs), number),
    )


def _rows(
    matrix: sparse.csr_array, values: npt.NDArray[np.float64], number: npt.NDArray[np.int64]
) -> _Rows:
    return _Rows(
        matrix.indptr.astype(np.int64),
        number[matrix.indices].astype(np.int64),
        np.asarray(values, dtype=np.float64),
    )


def _running_sums(discs: sparse.csr_array) -> npt.NDArray[np.float64]:
    rows = np.split(discs.data, discs.indptr[1:-1])
    sums = [np.cumsum(row) / max(row.sum(), np.finfo(np.float64).tiny) for row in rows]
    return np.concatenate([np.empty(0), *sums])


def _draw_pair(
    plan: _Plan, seed: int, pair: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Sums of the units' rows, (2, states, rows), and the villages' answers, (2, states, n)."""
    random = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(pair,)))
    nodes = [draw_pair(lattice, random).ravel() for lattice in plan.lattices]
    cells, states = plan.margin_db.shape
    answers = np.empty((cells, 2 * states), dtype=np.float32)
    answer_pair(
        plan.margin_db,
        plan.first,
        plan.weight,
        np.array([lattice.shape[1] for lattice in plan.lattices], dtype=np.int64),
        np.concatenate([np.empty(0, dtype=np.complex64), *nodes]),
        plan.required_db,
        plan.inverse_spread,
        cdf_table(),
        answers,
    )
    sums = np.empty((plan.sums.rows, 2 * states))
    sum_rows(plan.sums.starts, plan.sums.cells, plan.sums.values, answers, sums)
    places = np.zeros((2, states, plan.discs.rows))
    chosen = np.empty(plan.discs.rows, dtype=np.int64)
    for half in range(2):
        uniform = random.random(plan.discs.rows)
        pick_cells(plan.discs.starts, plan.discs.cells, plan.discs.values, uniform, chosen)
        found = answers[chosen, half * states : (half + 1) * states] if cells else 0.0
        places[half] = np.where(chosen >= 0, np.transpose(found), 0.0)
    return sums.T.reshape(2, states, -1), places


def _split(
    zones: Sequence[Zones], counts: npt.NDArray[np.float64], covered: npt.NDArray[np.float64]
) -> tuple[Draws, ...]:
    """Counts (states, draws, rows) and villages (states, draws, n) by level."""
    found: list[Draws] = []
    at = 0
    for zone in zones:
        units = len(zone.codes)
        found.append(
            Draws(
                level=zone.level,
                codes=zone.codes,
                land_km2=counts[:, :, at : at + units] * zone.cell_km2,
                people=counts[:, :, at + units : at + 2 * units],
                villages=covered @ zone.villages.toarray().T.astype(np.float64),
                land_total_km2=np.asarray(zone.land.sum(axis=1), np.float64) * zone.cell_km2,
                people_total=np.asarray(zone.people.sum(axis=1), np.float64),
                villages_total=np.asarray(zone.villages.sum(axis=1), dtype=np.float64),
            )
        )
        at += 2 * units
    return tuple(found)
