"""Candidates, and existing sites, as antennas for the propagation model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np

from qn_coverage.analysis import network
from qn_coverage.analysis.plan.present import planes_of
from qn_coverage.analysis.plan.reach import Offer

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    import pandas as pd

    from qn_coverage.analysis.coverage import Layer
    from qn_coverage.analysis.plan.candidates import Proposal
    from qn_coverage.analysis.plan.present import Engine, Present
    from qn_coverage.core.plan_request import PlanRequest


def offer_of(
    proposal: Proposal,
    present: Present,
    request: PlanRequest,
    engine: Engine,
) -> Offer:
    """Antennas of the candidates whose technologies count."""
    planes = planes_of(present, request)
    wanted = request.demand.technologies
    rows = proposal.sectors
    rows = rows[rows["technology"].isin(wanted)] if wanted else rows
    serves = np.array(
        [[name is None or name in c.operators for name in planes.values()]
         for c in proposal.candidates],
        dtype=np.bool_,
    )  # fmt: skip
    return antennas_of(rows, proposal.ids, "candidate_id", present, request, engine, serves)


def antennas_of(
    rows: pd.DataFrame,
    ids: Sequence[str],
    column: str,
    present: Present,
    request: PlanRequest,
    engine: Engine,
    serves: npt.NDArray[np.bool_],
) -> Offer:
    """Rows of a sector table as the antennas of the candidates, or sites, that a column names."""
    grid, scenario = present.coverage.grid, present.scenario
    sectors = gpd.GeoDataFrame(
        rows, geometry=gpd.points_from_xy(rows["x_m"], rows["y_m"]), crs=grid.crs
    )
    layers: tuple[Layer, ...] = network.layers_of(sectors, scenario) if len(sectors) else ()
    emitters = network.emitters_of(
        sectors,
        layers,
        crs=grid.crs,
        max_distance_km=min(scenario.model.max_distance_km, request.candidates.reach_km),
        radii=engine.radii,
        patterns=engine.patterns,
    )
    number = {name: j for j, name in enumerate(ids)}
    owner = np.array([number[name] for name in rows[column]], dtype=np.int64)
    return Offer(tuple(ids), emitters, owner, serves)
