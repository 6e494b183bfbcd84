"""Why places have no signal, and what the reports say of the claims."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from pyproj import Transformer

from qn_coverage.analysis import network, reason
from qn_coverage.analysis.claims import claims_table, evidence_of, judge_claims
from qn_coverage.analysis.discs import class_shares, disc_weights
from qn_coverage.analysis.evidence import computed_places, firm_rows
from qn_coverage.analysis.probability import Criterion, covered_probability, threshold_margin_db
from qn_coverage.analysis.statements import claims_of
from qn_coverage.analysis.surface import surface_of
from qn_coverage.core.crs import STORED
from qn_coverage.core.rules import CLASS_CODES, class_of_shares, classify

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import geopandas as gpd
    import numpy.typing as npt

    from qn_coverage.analysis.coverage import Coverage
    from qn_coverage.analysis.error_model import ErrorModel
    from qn_coverage.analysis.evidence import Evidence
    from qn_coverage.analysis.path import Path
    from qn_coverage.analysis.statements import Claim
    from qn_coverage.core.rules import Rule
    from qn_coverage.core.scenario import Scenario
    from qn_coverage.inputs import Inputs
    from qn_coverage.propagation.emitters import Emitters

SHOWN = (
    "operator",
    "technology",
    "site_id",
    "distance_km",
    "missing_db",
    "blame",
    "edge_km",
    "edge_top_m",
    "edge_above_line_m",
    "extra_mast_m",
    "place_height_m",
    "nearest_signal_km",
    "nearest_signal_bearing_deg",
)
"""Columns of the best candidate that the tables of villages and gaps carry, as ``reason_…``."""


@dataclass(frozen=True, slots=True, eq=False)
class Why:
    """Reasons as a table, and the ground from the best candidate to each place."""

    table: pd.DataFrame
    paths: Mapping[str, Path]


def why_not(
    villages: gpd.GeoDataFrame,
    gaps: gpd.GeoDataFrame,
    *,
    coverage: Coverage,
    sectors: gpd.GeoDataFrame,
    emitters: Emitters,
    inputs: Inputs,
    scenario: Scenario,
    advance: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Why:
    """Reasons of the given villages, and of each gap at its middle.

    Parameters
    ----------
    villages, gaps
        Places to explain, in EPSG:4326.
    coverage, sectors, emitters
        State of the network; rows of both tables agree.
    inputs, scenario
        Ground and telephone.
    advance, cancelled
        Progress, and a wish to stop.
    """
    grid = inputs.grid
    ids = [*villages["village_id"], *gaps["gap_id"]]
    points = pd.concat(
        [
            villages.geometry.to_crs(grid.crs),
            gaps.geometry.to_crs(grid.crs).representative_point(),
        ]
    )
    places_xy_m = np.column_stack([points.x, points.y]).astype(np.float64)
    found = reason.reasons_for(
        places_xy_m,
        coverage=coverage,
        emitters=emitters,
        present=network.on_air(sectors, coverage.on),
        surface=surface_of(inputs.terrain.raster, inputs.land, inputs.population),
        receiver=reason.Receiver(
            scenario.receiver.height_agl_m,
            scenario.receiver.gain_dbi - scenario.receiver.losses_db,
        ),
        advance=advance,
        cancelled=cancelled,
    )
    nearest = reason.nearest_signal(places_xy_m, coverage.covered(), grid)
    table = _with_positions(
        reason.reason_table(ids, found, sectors, nearest=nearest), grid_crs=grid.crs
    )
    paths = {
        name: next(iter(by_operator.values())).path
        for name, by_operator in zip(ids, found, strict=True)
        if by_operator
    }
    return Why(table, paths)


def with_reasons(places: gpd.GeoDataFrame, table: pd.DataFrame, key: str) -> gpd.GeoDataFrame:
    """The places with the columns `SHOWN` of their best candidate, empty where there is none."""
    if table.empty:
        return places.assign(**{f"reason_{name}": None for name in SHOWN})
    best = table[table["order"] == 1].set_index("place_id")
    joined = places.copy()
    for name in SHOWN:
        joined[f"reason_{name}"] = joined[key].map(best[name])
    return joined


def judged(
    claims: pd.DataFrame,
    villages: pd.DataFrame,
    sectors: pd.DataFrame,
    computed: Callable[[Claim], tuple[Evidence, ...]] = lambda _: (),
) -> pd.DataFrame:
    """Verdict on each claim by published reports; nothing modelled is evidence.

    Parameters
    ----------
    claims, villages, sectors
        As they were read.
    computed
        Further evidence on a claim, see `computed_from`.
    """
    found = claims_of(claims)
    evidence = {
        claim.claim_id: evidence_of(claim, claims=claims, villages=villages, sectors=sectors)
        + computed(claim)
        for claim in found
    }
    return claims_table(judge_claims(found, evidence))


def computed_from(
    scenario: Scenario,
    rule: Rule,
    inputs: Inputs,
    coverage: Coverage,
    villages_xy_m: npt.NDArray[np.float64],
    error: ErrorModel,
) -> Callable[[Claim], tuple[Evidence, ...]]:
    """What a real and whole network says of claims about the day of `coverage`.

    Nothing at all, unless the scenario says that the network is complete and every sector on air is
    measured or published: see `evidence.computed_places`. A village's disc is weighed by land,
    because the population grid is itself a model.
    """
    standing = inputs.sectors[network.on_air(inputs.sectors, coverage.on)]
    if not (scenario.evidence.network_complete and len(standing) and firm_rows(standing).all()):
        return lambda _: ()
    discs = disc_weights(
        inputs.grid,
        villages_xy_m[:, 0],
        villages_xy_m[:, 1],
        inputs.villages["uncertainty_m"].to_numpy(dtype=np.float64),
        weight=inputs.land.values,
        land=inputs.land.values,
    )
    chance = covered_probability(
        threshold_margin_db(coverage, scenario.service),
        Criterion.of_places(scenario.service.location_sigma_db),
        error,
    )
    classes = class_of_shares(class_shares(discs, classify(chance.ravel(), rule)), rule)
    verdicts = pd.Series([CLASS_CODES[number] for number in classes], dtype=object)

    def about(claim: Claim) -> tuple[Evidence, ...]:
        if claim.reading.subject is None or claim.day != coverage.on:
            return ()
        return computed_places(
            inputs.villages,
            verdicts,
            standing,
            subject=claim.reading.subject,
            day=coverage.on,
            rule=f"{rule.id} {rule.version}",
            complete=scenario.evidence.network_complete,
        )

    return about


def _with_positions(table: pd.DataFrame, *, grid_crs: str) -> pd.DataFrame:
    """The table with the edge's longitude and latitude in place of its metres."""
    if table.empty:
        return table
    to_degrees = Transformer.from_crs(grid_crs, STORED, always_xy=True)
    lon, lat = to_degrees.transform(table["edge_x_m"], table["edge_y_m"])
    table = table.drop(columns=["edge_x_m", "edge_y_m"])
    return table.assign(edge_lon=np.round(lon, 6), edge_lat=np.round(lat, 6))
