"""Candidates of a request and what each would add: all that does not depend on the goal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from qn_coverage.analysis.plan import demand, losing, why
from qn_coverage.analysis.plan.candidates import propose
from qn_coverage.analysis.plan.kits import main_operator
from qn_coverage.analysis.plan.matrices import csr, entries, zeros
from qn_coverage.analysis.plan.model import PlanError
from qn_coverage.analysis.plan.offers import offer_of
from qn_coverage.analysis.plan.present import (
    ground_under,
    layers_of_plane,
    location_margin,
    parts_of,
    planes_of,
    unserved_under,
    villages_of,
)
from qn_coverage.analysis.plan.reach import reach_of
from qn_coverage.analysis.plan.scene import Scene
from qn_coverage.analysis.plan.village_servers import servers_of_villages
from qn_coverage.core.progress import SILENT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy.typing as npt
    from scipy import sparse

    from qn_coverage.analysis.plan.candidates import Proposal
    from qn_coverage.analysis.plan.cases import Case
    from qn_coverage.analysis.plan.demand import Demand, Ground
    from qn_coverage.analysis.plan.limits import Constraints
    from qn_coverage.analysis.plan.model import Servers
    from qn_coverage.analysis.plan.present import Engine, Present
    from qn_coverage.analysis.plan.reach import Reach
    from qn_coverage.core.plan_costs import Costs
    from qn_coverage.core.plan_request import PlanRequest
    from qn_coverage.core.progress import Progress


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """Everything that the choice needs and that does not depend on goal, pins and bans.

    Attributes
    ----------
    present, engine, request
        What it was made from.
    scene, proposal, reach
        Candidates and what they would add.
    table
        `Proposal.table` with ``why_vi``, ``why_en`` and, for each measure, ``MEASURE_alone``.
    cells
        Unserved cells (`demand.unserved`).
    ground
        What is counted on the grid.
    lost
        What each candidate takes signal from, by measure, shape (candidates,).
    lost_people
        The same for the people of each commune, CSR (candidates, communes).
    discs
        How likely each cell holds each village, CSR (villages, cells of the grid).
    servers
        Requirement on villages, or None.
    """

    present: Present
    engine: Engine
    request: PlanRequest
    scene: Scene
    proposal: Proposal
    reach: Reach
    table: pd.DataFrame
    cells: Demand
    ground: Ground
    lost: Mapping[str, npt.NDArray[np.float64]]
    lost_people: sparse.csr_array
    discs: sparse.csr_array
    servers: Servers | None


def prepared(
    present: Present,
    request: PlanRequest,
    costs: Costs,
    constraints: Constraints,
    engine: Engine,
    *,
    progress: Progress = SILENT,
    cancelled: Callable[[], bool] | None = None,
) -> Prepared:
    """Propose candidates and compute what each would add.

    Parameters
    ----------
    present, engine
        The study.
    request, costs, constraints
        What is asked, what it costs, where one may not build.
    progress, cancelled
        As in `study.run_study`.

    Raises
    ------
    PlanError
        The request names what does not exist, or leaves no candidate.
    """
    progress.stage("find who has no signal")
    case = engine.cases[0]
    villages, discs = villages_of(present)
    ground = ground_under(present, request, villages, discs)
    cells = unserved_under(present, request, ground, case)
    points = demand.gathered(cells, request.goal.measure, floors=bool(request.floor))
    progress.stage("propose candidates")
    scene = _scene(present, request, villages, points)
    proposal = propose(scene, request, costs, constraints, on_air=present.coverage.on)
    if not proposal.candidates:
        raise PlanError(
            "the request leaves no candidate: nothing is unserved within reach, or every place is "
            "refused; allow more kinds, a larger reach or a gentler limit"
        )
    progress.stage("compute what each candidate would add")
    offer = offer_of(proposal, present, request, engine)
    reach = reach_of(
        offer,
        points,
        present.surface,
        best=engine.best,
        cases=engine.cases,
        location_margin_db=location_margin(present),
        progress=progress.advance,
        cancelled=cancelled,
    )
    lost, lost_people = _losses(proposal, present, request, ground, case)
    servers = None
    if request.villages.servers:
        progress.stage("count the servers of villages")
        servers = servers_of_villages(
            present, request, proposal, offer, scene, discs, engine, cancelled=cancelled
        )
    return Prepared(
        present=present,
        engine=engine,
        request=request,
        scene=scene,
        proposal=proposal,
        reach=reach,
        table=_explained(proposal, reach, points, lost["people"]),
        cells=cells,
        ground=ground,
        lost=lost,
        lost_people=lost_people,
        discs=discs,
        servers=servers,
    )


def _scene(present: Present, request: PlanRequest, villages: pd.DataFrame, points: Demand) -> Scene:
    grid = present.coverage.grid
    now = present.sectors[present.on_air]
    places = now.geometry.to_crs(grid.crs)
    sectors = pd.DataFrame(now.drop(columns="geometry")).reset_index(drop=True)
    sectors["x_m"], sectors["y_m"] = places.x.to_numpy(), places.y.to_numpy()
    return Scene(
        grid=grid,
        ground_m=present.surface.ground_m,
        land=present.land,
        people=present.people,
        sectors=sectors,
        villages=villages,
        demand=points,
        measure=request.goal.measure,
        wishes=request.candidates,
        operators=_builders(request, sectors),
    )


def _builders(request: PlanRequest, sectors: pd.DataFrame) -> tuple[tuple[str, ...], ...]:
    """Who transmits from a new mast, one entry a variant."""
    wanted, mode = request.candidates.operator, request.demand.operators
    everyone = tuple(sorted(set(sectors["operator"])))
    if wanted is not None and wanted not in everyone:
        raise PlanError(
            f"candidates.operator is '{wanted}', but the network has {', '.join(everyone)}"
        )
    if mode == "neutral_host":
        return (everyone,)
    if mode == "separate" and wanted is None:
        return tuple((name,) for name in everyone)
    return ((wanted or main_operator(sectors),),)


def _losses(
    proposal: Proposal, present: Present, request: PlanRequest, ground: Ground, case: Case
) -> tuple[dict[str, npt.NDArray[np.float64]], sparse.csr_array]:
    """What turned antennas take signal from: by measure, and people by commune."""
    count = len(proposal.candidates)
    turned = [j for j, c in enumerate(proposal.candidates) if c.kind == "repoint"]
    if not turned:
        none = {name: np.zeros(count) for name in ground.weights}
        return none, zeros(count, ground.communes)
    changed = np.full(len(present.sectors), -1, dtype=np.int64)
    row_of = {name: row for row, name in enumerate(present.sectors["sector_id"])}
    for j in turned:
        changed[[row_of[name] for name in proposal.candidates[j].replaces]] = j
    planes = planes_of(present, request)
    lost = losing.lost_probability(
        present.coverage.mosaic,
        np.array([la.required_dbm - location_margin(present) for la in present.coverage.layers]),
        changed,
        losing.twins(changed, _layer_of_sectors(present)),
        planes={name: layers_of_plane(present, request, who) for name, who in planes.items()},
        parts=parts_of(planes, request),
        case=case,
        count=count,
    )
    by_measure = {name: np.asarray(lost @ weight) for name, weight in ground.weights.items()}
    people = ground.weights["people"]
    inside = np.flatnonzero(ground.commune >= 0)
    communes = entries(
        people[inside], inside, ground.commune[inside], (len(people), ground.communes)
    )
    return by_measure, csr(lost @ communes)


def _layer_of_sectors(present: Present) -> npt.NDArray[np.int64]:
    """Index of each sector's layer, -1 for none."""
    layers = present.coverage.layers
    number = {(layer.operator, layer.technology): i for i, layer in enumerate(layers)}
    pairs = zip(present.sectors["operator"], present.sectors["technology"], strict=True)
    return np.array([number.get(pair, -1) for pair in pairs], dtype=np.int64)


def _explained(
    proposal: Proposal, reach: Reach, points: Demand, lost_people: npt.NDArray[np.float64]
) -> pd.DataFrame:
    """The proposal's table with what each candidate adds alone, and why it is worth a thought."""
    alone = why.standalone(reach, points)
    texts = why.explained(proposal, alone, lost_people)
    sums = alone.add_suffix("_alone").reset_index(drop=True)
    return pd.concat([proposal.table, texts, sums], axis=1)
