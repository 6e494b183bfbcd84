"""How sure the answers are: intervals for units, probabilities and classes for villages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from qn_coverage.analysis import discs as disc_maths
from qn_coverage.analysis import information, interval
from qn_coverage.analysis.error_model import TERRAIN_FREE_RMSE_DB, TERRAIN_RMSE_DB, prior_error
from qn_coverage.analysis.levels import PROVINCE_CODE
from qn_coverage.analysis.probability import (
    Criterion,
    covered_probability,
    threshold_margin_db,
)
from qn_coverage.analysis.statistics import ANY, combinations
from qn_coverage.core.crs import STORED
from qn_coverage.core.rules import CLASS_CODES, class_of_shares, classify

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt
    from scipy import sparse

    from qn_coverage.analysis.coverage import Coverage
    from qn_coverage.analysis.error_model import ErrorModel
    from qn_coverage.analysis.zonal import Zones
    from qn_coverage.core.progress import Progress
    from qn_coverage.core.rules import Rule
    from qn_coverage.core.scenario import Scenario
    from qn_coverage.inputs import Inputs

WORTH_VILLAGES: Final = 0.01
"""A measurement that is expected to settle less of a village than this is not worth the way."""

MEASUREMENTS: Final = 20
"""Places in the list of where to measure."""

POSITION, MODEL = "position", "model"
"""What a village that cannot be told waits for: better coordinates, or a measurement."""


@dataclass(frozen=True, slots=True, eq=False)
class Assurance:
    """How sure a study's answers are.

    Attributes
    ----------
    units
        Interval columns by level, each with ``code``: ``{land,population}_share_STATE_{low,high}``
        (5-95 %).
    villages
        One row a village: ``probability_STATE``, ``class_STATE`` (code of `core.rules`),
        ``share_covered_STATE``, ``share_weak_STATE``, ``share_no_signal_STATE`` of its disc, and
        ``waits_for_STATE``: what would settle a village that cannot be told.
    measurements
        Where one field measurement would settle most, best first, as far as worth the way (none
        may be): ``rank``, ``villages_settled``,
        ``importance_settled`` (people), points in EPSG:4326.
    """

    units: Mapping[str, pd.DataFrame]
    villages: pd.DataFrame
    measurements: gpd.GeoDataFrame


def how_sure(
    scenario: Scenario,
    rule: Rule,
    inputs: Inputs,
    states: Mapping[str, Coverage],
    levels: Sequence[Zones],
    villages_xy_m: npt.NDArray[np.float64],
    error: ErrorModel,
    *,
    threads: int,
    progress: Progress,
) -> Assurance:
    """Intervals, probabilities and where to measure.

    Parameters
    ----------
    scenario, rule
        Service, seed and number of draws; limits of the classes.
    inputs
        Land, people and villages.
    states
        Coverage by the name of the state; the last one is the present.
    levels
        Communes, former communes and districts with former communes as their parts, province.
    villages_xy_m
        Nominal positions, shape (n, 2).
    error
        What the model may err by.
    threads, progress
        As in `study.run_study`.
    """
    service = scenario.service
    margin_db = np.stack([threshold_margin_db(state, service) for state in states.values()])
    discs = village_discs(inputs, villages_xy_m)
    return Assurance(
        units=_units(scenario, inputs, states, levels, margin_db, error, discs, threads, progress),
        villages=_villages(
            rule, inputs, states, margin_db, error, discs, service.location_sigma_db
        ),
        measurements=_measurements(inputs, margin_db[-1], error, discs, service.location_sigma_db),
    )


def village_layers(
    scenario: Scenario,
    rule: Rule,
    inputs: Inputs,
    states: Mapping[str, Coverage],
    villages_xy_m: npt.NDArray[np.float64],
    error: ErrorModel,
) -> pd.DataFrame:
    """Class of each village by operator and technology, in long form.

    Parameters
    ----------
    scenario, rule, inputs, states, villages_xy_m, error
        As in `how_sure`.

    Returns
    -------
    Columns ``village_id``, ``operator``, ``technology`` (``any`` for all of them), ``state``,
    ``probability``, ``class``.
    """
    service = scenario.service
    criterion = Criterion.of_places(service.location_sigma_db)
    discs = village_discs(inputs, villages_xy_m)
    cells = np.unique(discs.indices)
    discs = discs[:, cells]
    parts = []
    for state, coverage in states.items():
        for operator, technology in combinations(coverage):
            margin_db = threshold_margin_db(
                coverage, service, operator=operator, technology=technology, cells=cells
            )
            chance = covered_probability(margin_db, criterion, error).astype(np.float64)
            shares = disc_maths.class_shares(discs, classify(chance, rule))
            parts.append(
                pd.DataFrame(
                    {
                        "village_id": inputs.villages["village_id"].to_numpy(),
                        "operator": operator or ANY,
                        "technology": technology or ANY,
                        "state": state,
                        "probability": np.where(np.isnan(shares[:, 0]), np.nan, discs @ chance),
                        "class": [CLASS_CODES[code] for code in class_of_shares(shares, rule)],
                    }
                )
            )
    return pd.concat(parts, ignore_index=True)


def prior_of(scenario: Scenario, *, sees_terrain: bool) -> ErrorModel:
    """What a model may err by before anything is measured (see `analysis.error_model`).

    A model that sees the terrain errs less.
    """
    return prior_error(
        scenario.service.location_sigma_db,
        untuned_rmse_db=TERRAIN_RMSE_DB if sees_terrain else TERRAIN_FREE_RMSE_DB,
    )


def village_discs(inputs: Inputs, villages_xy_m: npt.NDArray[np.float64]) -> sparse.csr_array:
    """Cells that may hold each village, by people (see `analysis.discs.disc_weights`)."""
    return disc_maths.disc_weights(
        inputs.grid,
        villages_xy_m[:, 0],
        villages_xy_m[:, 1],
        inputs.villages["uncertainty_m"].to_numpy(dtype=np.float64),
        weight=inputs.population.values,
        land=inputs.land.values,
    )


def _units(
    scenario: Scenario,
    inputs: Inputs,
    states: Mapping[str, Coverage],
    levels: Sequence[Zones],
    margin_db: npt.NDArray[np.float32],
    error: ErrorModel,
    discs: sparse.csr_array,
    threads: int,
    progress: Progress,
) -> dict[str, pd.DataFrame]:
    service = scenario.service
    communes, former = interval.draw_coverage(
        levels[:2],
        margin_db,
        grid=inputs.grid,
        criterion=Criterion.of_cells(service.location_probability, service.location_sigma_db),
        error=error,
        discs=discs,
        realisations=scenario.uncertainty.realisations,
        seed=scenario.uncertainty.seed,
        threads=threads,
        advance=progress.advance,
    )
    districts = interval.merged_draws(
        "district", former, inputs.former_communes["district_code"].tolist()
    )
    province = interval.merged_draws("province", communes, [PROVINCE_CODE] * len(communes.codes))
    return {
        draws.level: _interval_columns(draws, list(states))
        for draws in (communes, former, districts, province)
    }


def _interval_columns(draws: interval.Draws, states: list[str]) -> pd.DataFrame:
    columns: dict[str, object] = {"code": draws.codes}
    for index, state in enumerate(states):
        table = interval.interval_table(draws, index)
        for what in ("land_share", "population_share"):
            for end in ("low", "high"):
                columns[f"{what}_{state}_{end}"] = table[f"{what}_{end}"].to_numpy()
    return pd.DataFrame(columns)


def _villages(
    rule: Rule,
    inputs: Inputs,
    states: Mapping[str, Coverage],
    margin_db: npt.NDArray[np.float32],
    error: ErrorModel,
    discs: sparse.csr_array,
    location_sigma_db: float,
) -> pd.DataFrame:
    criterion = Criterion.of_places(location_sigma_db)
    columns: dict[str, object] = {}
    for index, state in enumerate(states):
        probability = covered_probability(margin_db[index], criterion, error)
        known = disc_maths.disc_table(
            discs,
            margin_db[index],
            probability,
            grid=inputs.grid,
            criterion=criterion,
            error=error,
        )
        cells = classify(probability.ravel(), rule)
        shares = disc_maths.class_shares(discs, cells)
        found = class_of_shares(shares, rule)
        columns[f"probability_{state}"] = known["probability"].to_numpy()
        columns[f"class_{state}"] = [CLASS_CODES[code] for code in found]
        for code, name in enumerate(CLASS_CODES):
            if name != "cannot_tell":
                columns[f"share_{name}_{state}"] = shares[:, code]
        columns[f"waits_for_{state}"] = np.select(
            [found != CLASS_CODES.index("cannot_tell"), known["doubt_from_position"] >= 0.5],
            ["", POSITION],
            MODEL,
        )
    return pd.DataFrame(columns)


def _measurements(
    inputs: Inputs,
    margin_db: npt.NDArray[np.float32],
    error: ErrorModel,
    discs: sparse.csr_array,
    location_sigma_db: float,
) -> gpd.GeoDataFrame:
    grid = inputs.grid
    criterion = Criterion.of_places(location_sigma_db)
    places_m = information.measurement_places(discs, grid)
    rows, cols = grid.rows_cols(places_m[:, 0], places_m[:, 1])
    # Where nothing is received there is nothing to read.
    places_m = places_m[np.isfinite(margin_db[rows, cols])]
    ranked = information.rank_measurements(
        information.village_points(discs, margin_db, grid=grid, criterion=criterion, error=error),
        places_m,
        error=error,
        spread_db=criterion.spread_db,
        importance=information.people_or_mean(
            inputs.villages["population"].to_numpy(dtype=np.float64, na_value=np.nan)
        ),
        count=min(MEASUREMENTS, len(places_m)),
    )
    ranked = ranked[ranked["villages_settled"] >= WORTH_VILLAGES]
    points = gpd.points_from_xy(ranked["x_m"], ranked["y_m"], crs=grid.crs)
    table = gpd.GeoDataFrame(ranked.drop(columns=["x_m", "y_m"]), geometry=points)
    return table.to_crs(STORED)
