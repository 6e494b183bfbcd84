"""When: the network's state at labelled days, and what changed from one to the next.

Which sectors stand on a day comes from their ``on_air`` and ``off_air``; a technology that is
switched off is left out layer by layer, so that nothing has to be computed again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from qn_coverage.analysis.coverage import Coverage
from qn_coverage.analysis.network import on_air
from qn_coverage.propagation.emitters import Mosaic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    import numpy.typing as npt

    from qn_coverage.analysis.coverage import Layer
    from qn_coverage.analysis.steps import Step
    from qn_coverage.analysis.zonal import Zones
    from qn_coverage.core.grid import Grid

    Compute = Callable[[npt.NDArray[np.int64], Mosaic | None], Mosaic]


NEVER: Final = -1
"""Value of `first_step` where no step covers."""


def each_state(
    steps: Iterable[Step],
    sectors: pd.DataFrame,
    *,
    grid: Grid,
    layers: tuple[Layer, ...],
    compute: Compute,
) -> Iterator[tuple[Step, Coverage]]:
    """State of the network at each step, one at a time, so that memory holds one mosaic.

    Each is built upon the one before where the network only grew. It is good until the next one is
    asked for: `first_layers` gives one to keep.

    Parameters
    ----------
    steps
        In the order of their days.
    sectors
        The table whose rows ``compute`` is called with.
    grid, layers
        What the mosaics are about.
    compute
        Called with rows of the sector table and the mosaic of the state before (or None): gives
        the mosaic with the rows added, whose servers are rows of the table. It may go on with the
        very mosaic that it is given.
    """
    mosaic: Mosaic | None = None
    rows = np.empty(0, dtype=np.int64)
    for step in steps:
        now = on_air(sectors, step.day)
        if not now[rows].all():
            mosaic, rows = None, rows[:0]
        fresh = np.setdiff1d(np.flatnonzero(now), rows)
        if mosaic is None or len(fresh):
            mosaic = compute(fresh, mosaic)
        rows = np.concatenate([rows, fresh])
        yield step, Coverage(step.day, grid, layers, mosaic)


def first_layers(coverage: Coverage, count: int) -> Coverage:
    """A copy of the state with its first layers, on a day on which the others are silent."""
    mosaic = coverage.mosaic
    kept = Mosaic(
        mosaic.level_dbm[:count],
        mosaic.second_dbm[:count],
        mosaic.server[:count],
        mosaic.count[:count],
        mosaic.only,
    ).copy()
    return Coverage(coverage.on, coverage.grid, coverage.layers[:count], kept)


def covered_at(coverage: Coverage, step: Step) -> npt.NDArray[np.bool_]:
    """Cells where any layer that is not switched off reaches its level, shape (rows, cols)."""
    out = np.zeros(coverage.grid.shape, dtype=np.bool_)
    for level, layer in zip(coverage.mosaic.level_dbm, coverage.layers, strict=True):
        if layer.technology not in step.technologies_off:
            out |= level >= np.float32(layer.required_dbm)
    return out


def shares_of_steps(
    steps: Sequence[Step], covered: Iterable[npt.NDArray[np.bool_]], zones: Zones
) -> pd.DataFrame:
    """What each unit has at each step, and what it won and lost since the step before.

    Parameters
    ----------
    steps, covered
        Steps and, for each, its covered cells, shape (rows, cols); may be a generator.
    zones
        Units of one level.

    Returns
    -------
    One row a step and unit: ``step``, ``day``, ``level``, ``code``, ``land_km2``, ``land_share``,
    ``population``, ``population_share``, ``population_gained``, ``population_lost``. At the first
    step nothing is gained or lost.
    """
    tables = []
    previous: npt.NDArray[np.bool_] | None = None
    for step, now in zip(steps, covered, strict=True):
        then = now if previous is None else previous
        tables.append(unit_rows(step, now, then, zones))
        previous = now
    return pd.concat(tables, ignore_index=True)


def note_first(first: npt.NDArray[np.int16], now: npt.NDArray[np.bool_], step: int) -> None:
    """Put a step into the cells that are covered at it and were not before."""
    first[now & (first == NEVER)] = step


def first_step(covered: Iterable[npt.NDArray[np.bool_]]) -> npt.NDArray[np.int16]:
    """Index of the first step at which each cell (or village) is covered, `NEVER` for none."""
    out: npt.NDArray[np.int16] | None = None
    for index, now in enumerate(covered):
        if out is None:
            out = np.full(now.shape, NEVER, dtype=np.int16)
        note_first(out, now, index)
    if out is None:
        raise ValueError("there is no step")
    return out


def unit_rows(
    step: Step,
    now: npt.NDArray[np.bool_],
    then: npt.NDArray[np.bool_],
    zones: Zones,
    villages: npt.NDArray[np.bool_] | None = None,
) -> pd.DataFrame:
    """Rows of one step, see `shares_of_steps`.

    Parameters
    ----------
    step, zones
        The step and the units.
    now, then
        Covered cells at this step and the one before, shape (rows, cols).
    villages
        Whether each village is covered, shape (villages,): adds ``villages`` and
        ``villages_covered``.
    """
    everywhere = np.ones_like(now)
    land, people = zones.land_km2(now), zones.population(now)
    counts = {} if villages is None else _village_counts(villages, zones)
    return pd.DataFrame(
        {
            "step": step.code,
            "day": step.day,
            "level": zones.level,
            "code": zones.codes,
            "land_km2": land,
            "land_share": _share(land, zones.land_km2(everywhere)),
            "population": people,
            "population_share": _share(people, zones.population(everywhere)),
            "population_gained": zones.population(now & ~then),
            "population_lost": zones.population(then & ~now),
            **counts,
        }
    )


def _village_counts(
    covered: npt.NDArray[np.bool_], zones: Zones
) -> dict[str, npt.NDArray[np.int64]]:
    return {
        "villages": zones.village_count(np.ones_like(covered)),
        "villages_covered": zones.village_count(covered),
    }


def _share(
    part: npt.NDArray[np.float64], whole: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Part of a whole, NaN where there is no whole."""
    return np.divide(part, whole, out=np.full_like(part, np.nan), where=whole > 0.0)
