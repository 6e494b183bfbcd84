"""Coverage by unit: one headline row a unit, one long table by operator and technology."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    from qn_coverage.analysis.coverage import Coverage
    from qn_coverage.analysis.zonal import Zones

ANY = "any"
"""Code of 'any operator' and 'any technology' in the long table."""


def unit_table(
    zones: Zones,
    *,
    before: npt.NDArray[np.bool_],
    after: npt.NDArray[np.bool_],
    villages_before: npt.NDArray[np.bool_],
    villages_after: npt.NDArray[np.bool_],
) -> pd.DataFrame:
    """Headline statistics, one row a unit in the order of ``zones.codes``.

    Parameters
    ----------
    zones
        Units of one level.
    before, after
        Covered cells on the two days, shape (rows, cols).
    villages_before, villages_after
        Whether each village is covered, shape (villages,).
    """
    everywhere = np.ones_like(before)
    every_village = np.ones_like(villages_before)
    land, people = zones.land_km2(everywhere), zones.population(everywhere)
    land_after, people_after = zones.land_km2(after), zones.population(after)
    return pd.DataFrame(
        {
            "code": zones.codes,
            "land_km2": land,
            "population_grid": people,
            "land_share_before": _share(zones.land_km2(before), land),
            "land_share_after": _share(land_after, land),
            "population_share_before": _share(zones.population(before), people),
            "population_share_after": _share(people_after, people),
            "villages": zones.village_count(every_village),
            "villages_covered_before": zones.village_count(villages_before),
            "villages_covered_after": zones.village_count(villages_after),
            "uncovered_land_km2_after": land - land_after,
            "uncovered_population_after": people - people_after,
        }
    )


def layer_table(
    levels: Sequence[Zones],
    states: dict[str, Coverage],
    village_cells: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]],
) -> pd.DataFrame:
    """Long table of coverage by level, unit, operator, technology and state.

    A village counts as covered here when the cell of its nominal position is; the verdict that
    weighs its uncertainty is in the table of villages.

    Parameters
    ----------
    levels
        Zones of each level.
    states
        Coverage by the name of the state.
    village_cells
        Rows and columns of the villages' cells.
    """
    everywhere = np.ones(next(iter(states.values())).grid.shape, dtype=np.bool_)
    every_village = np.ones(len(village_cells[0]), dtype=np.bool_)
    totals = [
        (
            zones.land_km2(everywhere),
            zones.population(everywhere),
            zones.village_count(every_village),
        )
        for zones in levels
    ]
    parts: list[list[pd.DataFrame]] = [[] for _ in levels]
    for state, coverage in states.items():
        for operator, technology in combinations(coverage):
            covered = coverage.covered(operator=operator, technology=technology)
            for zones, (all_land, all_people, villages), own in zip(
                levels, totals, parts, strict=True
            ):
                land, people = zones.land_km2(covered), zones.population(covered)
                reached = zones.village_count(covered[village_cells])
                own.append(
                    pd.DataFrame(
                        {
                            "level": zones.level,
                            "code": zones.codes,
                            "operator": operator or ANY,
                            "technology": technology or ANY,
                            "state": state,
                            "land_km2": land,
                            "land_share": _share(land, all_land),
                            "population": people,
                            "population_share": _share(people, all_people),
                            "villages": reached,
                            "villages_share": _share(reached, villages),
                        }
                    )
                )
    return pd.concat([part for own in parts for part in own], ignore_index=True)


def combinations(coverage: Coverage) -> Iterator[tuple[str | None, str | None]]:
    """Every operator with every technology that it has, and any (None) of both."""
    operators = sorted({layer.operator for layer in coverage.layers})
    technologies = sorted({layer.technology for layer in coverage.layers})
    for operator in (None, *operators):
        for technology in (None, *technologies):
            if coverage.select(operator=operator, technology=technology):
                yield operator, technology


def _share(
    part: npt.NDArray[np.float64] | npt.NDArray[np.int64],
    whole: npt.NDArray[np.float64] | npt.NDArray[np.int64],
) -> npt.NDArray[np.float64]:
    """Part of the whole, 0-1; NaN where there is no whole. Rounding noise above 1 is cut."""
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.asarray(part, dtype=np.float64) / np.asarray(whole, dtype=np.float64)
    return np.where(whole > 0, np.minimum(share, 1.0), np.nan)
