"""The study that a plan starts from, and who has what signal in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from qn_coverage.analysis import discs as disc_maths
from qn_coverage.analysis.plan import demand
from qn_coverage.analysis.plan.model import PlanError
from qn_coverage.analysis.probability import threshold_margin_db
from qn_coverage.propagation.link_budget import location_margin_db

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import geopandas as gpd
    import numpy.typing as npt
    from scipy import sparse

    from qn_coverage.analysis.coverage import Coverage
    from qn_coverage.analysis.plan.cases import Case
    from qn_coverage.analysis.plan.demand import Demand, Ground
    from qn_coverage.analysis.plan.reach import Best
    from qn_coverage.core.plan_request import PlanRequest
    from qn_coverage.core.scenario import Scenario
    from qn_coverage.propagation.antenna_table import Patterns
    from qn_coverage.propagation.buffer import Radius
    from qn_coverage.propagation.emitters import Surface


@dataclass(frozen=True, slots=True, eq=False)
class Present:
    """The study that a plan starts from.

    Attributes
    ----------
    scenario
        Service, receiver and how far sites are followed.
    coverage
        State of the network on the day (`Mosaic.server` indexes `sectors`).
    sectors
        All sectors of the study, EPSG:4326, columns of `core.schema.SECTORS`.
    on_air
        Which of them are on air in that state, shape (sectors,).
    surface
        Ground on the grid of the coverage.
    land, people
        Share of land and people of each cell, shape (rows, cols).
    commune
        Index of the commune of each cell, -1 for none, shape (rows, cols).
    commune_codes
        What the indices mean.
    villages
        EPSG:4326, columns of `core.schema.VILLAGES`.
    gap
        Index of the gap of each cell, -1 for none, shape (rows, cols).
    gap_ids
        What the indices mean.
    """

    scenario: Scenario
    coverage: Coverage
    sectors: gpd.GeoDataFrame
    on_air: npt.NDArray[np.bool_]
    surface: Surface
    land: npt.NDArray[np.floating]
    people: npt.NDArray[np.floating]
    commune: npt.NDArray[np.int64]
    commune_codes: Sequence[str]
    villages: gpd.GeoDataFrame
    gap: npt.NDArray[np.int64]
    gap_ids: Sequence[str]


@dataclass(frozen=True, slots=True, eq=False)
class Engine:
    """How levels are computed and believed.

    Attributes
    ----------
    best
        Best servers of some emitters on some surface; see `reach.reach_of`.
    cases
        Beliefs, the base case first (`cases.standard_cases`).
    radii
        Radius by technology of a buffer model, else None.
    patterns
        Antennas that the sectors name, or None.
    """

    best: Best
    cases: tuple[Case, ...]
    radii: Mapping[str, Radius] | None = None
    patterns: Patterns | None = None


def planes_of(present: Present, request: PlanRequest) -> dict[str, str | None]:
    """Name of each plane and the operator that counts in it, None for any."""
    if request.demand.operators == "any":
        return {demand.ANY_OPERATOR: None}
    names = sorted({layer.operator for layer in present.coverage.layers})
    return {name: name for name in names}


def parts_of(planes: Iterable[str], request: PlanRequest) -> dict[str, float]:
    """Part of the customers of each plane: the request's shares, or equal ones (assumed)."""
    return demand.parts_of(tuple(planes), request.demand.operator_share or None)


def layers_of_plane(present: Present, request: PlanRequest, operator: str | None) -> list[int]:
    """Layers that count for an operator's customers."""
    wanted = request.demand.technologies
    return [
        index
        for index in present.coverage.select(operator=operator)
        if not wanted or present.coverage.layers[index].technology in wanted
    ]


def margin_of(
    present: Present, request: PlanRequest, operator: str | None
) -> npt.NDArray[np.float32]:
    """Best margin over the bare threshold among the layers that count, shape (rows, cols)."""
    service, coverage = present.scenario.service, present.coverage
    if not request.demand.technologies:
        return threshold_margin_db(coverage, service, operator=operator)
    out = np.full(coverage.grid.shape, -np.inf, dtype=np.float32)
    for technology in request.demand.technologies:
        one = threshold_margin_db(coverage, service, operator=operator, technology=technology)
        np.maximum(out, one, out=out)
    return out


def location_margin(present: Present) -> float:
    """Part of a layer's required level that is the location margin, dB."""
    service = present.scenario.service
    return float(location_margin_db(service.location_probability, service.location_sigma_db))


def villages_of(present: Present) -> tuple[pd.DataFrame, sparse.csr_array]:
    """Villages with their positions on the grid, and the cells that may hold them."""
    grid = present.coverage.grid
    points = present.villages.geometry.to_crs(grid.crs)
    table = pd.DataFrame(present.villages.drop(columns="geometry")).reset_index(drop=True)
    table["x_m"], table["y_m"] = points.x.to_numpy(), points.y.to_numpy()
    discs = disc_maths.disc_weights(
        grid,
        table["x_m"].to_numpy(dtype=np.float64),
        table["y_m"].to_numpy(dtype=np.float64),
        table["uncertainty_m"].to_numpy(dtype=np.float64),
        weight=present.people,
        land=present.land,
    )
    return table, discs


def ground_under(
    present: Present, request: PlanRequest, villages: pd.DataFrame, discs: sparse.csr_array
) -> Ground:
    """What is counted on the grid.

    Raises
    ------
    PlanError
        The request weighs a commune that does not exist.
    """
    unknown = sorted(set(request.demand.need) - set(present.commune_codes))
    if unknown:
        raise PlanError(f"demand.need names {', '.join(unknown)}: no codes of communes")
    need = [request.demand.need.get(code, 1.0) for code in present.commune_codes]
    households = np.full(len(villages), np.nan)
    if "households" in villages:
        households = villages["households"].to_numpy(dtype=np.float64, na_value=np.nan)
    return demand.ground_of(
        present.coverage.grid,
        people=present.people,
        land=present.land,
        commune=present.commune,
        need=np.array(need),
        villages=discs,
        households=households,
    )


def unserved_under(present: Present, request: PlanRequest, ground: Ground, case: Case) -> Demand:
    """Unserved cells and what is served today, under one case."""
    planes = planes_of(present, request)
    return demand.unserved(
        ground,
        {name: margin_of(present, request, operator) for name, operator in planes.items()},
        case=case,
        uncovered_below=request.demand.uncovered_below,
        shares=parts_of(planes, request),
    )


def chance_today(present: Present, request: PlanRequest, case: Case) -> npt.NDArray[np.float64]:
    """Probability of coverage of each cell over all planes, shape (rows, cols)."""
    planes = planes_of(present, request)
    parts = parts_of(planes, request)
    chances = [
        parts[name] * case.chance(margin_of(present, request, operator)).astype(np.float64)
        for name, operator in planes.items()
    ]
    return np.asarray(np.sum(chances, axis=0))
