"""From a study to a plan of what to build next: candidates, choice, answer, and the state with it.

A candidate's reach comes through the same door as the study's own sites: the scenario's model in
the registry, the same grid, receiver and error model.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np

from qn_coverage.analysis import network, zonal
from qn_coverage.analysis.coverage import Coverage
from qn_coverage.analysis.path import path_between
from qn_coverage.analysis.plan.answering import answered
from qn_coverage.analysis.plan.cases import standard_cases
from qn_coverage.analysis.plan.choosing import model_of, planned
from qn_coverage.analysis.plan.feasible import most_gain
from qn_coverage.analysis.plan.limits import Constraints, check_exclusions
from qn_coverage.analysis.plan.model import PlanError
from qn_coverage.analysis.plan.preparing import prepared
from qn_coverage.analysis.plan.present import (
    Engine,
    Present,
    chance_today,
    margin_of,
    parts_of,
    planes_of,
)
from qn_coverage.analysis.probability import Criterion
from qn_coverage.core.errors import InvalidDataError
from qn_coverage.core.plan_costs import load_costs
from qn_coverage.core.plan_request import PlanRequest
from qn_coverage.core.progress import SILENT
from qn_coverage.data.formats import read_layer
from qn_coverage.data.problems import at_rows
from qn_coverage.inputs import ground_of
from qn_coverage.propagation.models import resolve
from qn_coverage.propagation.mosaic import best_servers

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy.typing as npt

    from qn_coverage.analysis.path import Path as GroundPath
    from qn_coverage.analysis.plan.answering import Answer
    from qn_coverage.analysis.plan.preparing import Prepared
    from qn_coverage.core.plan_costs import Costs
    from qn_coverage.core.progress import Progress
    from qn_coverage.study import Study

PICTURED: Final = 3
"""Villages of each site whose profile is kept."""


@dataclass(frozen=True, slots=True, eq=False)
class Expansion:
    """A plan of what to build next, with all that is told of it.

    Attributes
    ----------
    study
        What it starts from.
    request, costs
        What was asked, and the prices.
    ready
        Candidates and what each would add.
    answer
        The choice and what it gives.
    chance_now, chance_plan
        Probability of coverage of each cell without and with the plan, 0-1, shape (rows, cols).
    paths
        Ground between a chosen site and villages that it gives signal or that are near, by
        (site, village).
    """

    study: Study
    request: PlanRequest
    costs: Costs
    ready: Prepared
    answer: Answer
    chance_now: npt.NDArray[np.float64]
    chance_plan: npt.NDArray[np.float64]
    paths: Mapping[tuple[str, str], GroundPath]


def plan_study(
    study: Study,
    request: PlanRequest | None = None,
    *,
    sensitivity: bool = True,
    threads: int | None = None,
    progress: Progress = SILENT,
    stop_search: Callable[[], bool] = lambda: False,
) -> Expansion:
    """Choose what to build next and say what it gives.

    Parameters
    ----------
    study
        From `study.run_study`.
    request
        What is asked; None for the ten best sites.
    sensitivity
        Whether to solve again under other beliefs and budgets.
    threads
        Threads of the engine; None for one a core.
    progress
        Told about each stage.
    stop_search
        Asked during the search; when it says so, the best plan so far is the plan.

    Raises
    ------
    PlanError
        The request cannot be met; the message says what would make it possible.
    """
    wish = request or PlanRequest()
    ready = prepare(study, wish, threads=threads, progress=progress)
    return expand(study, ready, sensitivity=sensitivity, progress=progress, stop_search=stop_search)


def prepare(
    study: Study,
    request: PlanRequest,
    *,
    threads: int | None = None,
    progress: Progress = SILENT,
) -> Prepared:
    """Candidates and what each would add; enough to solve many goals, pins and bans.

    Parameters and errors as in `plan_study`.
    """
    return prepared(
        present_of(study, state=request.demand.state),
        request,
        load_costs(request.costs),
        constraints_of(request),
        engine_of(study, threads=threads),
        progress=progress,
    )


def expand(
    study: Study,
    ready: Prepared,
    request: PlanRequest | None = None,
    *,
    start: Sequence[str] = (),
    sensitivity: bool = True,
    progress: Progress = SILENT,
    stop_search: Callable[[], bool] = lambda: False,
) -> Expansion:
    """Choose among prepared candidates and say what the choice gives.

    Parameters
    ----------
    study, ready
        The study and `prepare` of it.
    request
        With another goal, other pins or bans than it was prepared for.
    start
        Picks of an earlier plan to begin from.
    sensitivity, progress, stop_search
        As in `plan_study`.
    """
    wish = request or ready.request
    _check_target(ready, wish)
    plan = planned(ready, wish, start=start, cancelled=stop_search, progress=progress)
    answer = answered(
        ready, plan, wish, sensitivity=sensitivity, cancelled=stop_search, progress=progress
    )
    progress.stage("draw the state with the plan")
    now, then = _chances(ready, answer)
    return Expansion(
        study=study,
        request=wish,
        costs=load_costs(wish.costs),
        ready=ready,
        answer=answer,
        chance_now=now,
        chance_plan=then,
        paths=_paths(ready, answer, study.scenario.receiver.height_agl_m),
    )


def present_of(study: Study, *, state: str = "after") -> Present:
    """What a plan starts from: the network of one of the study's two days."""
    coverage = study.before if state == "before" else study.after
    gaps = study.gaps
    return Present(
        scenario=study.scenario,
        coverage=coverage,
        sectors=study.sectors,
        on_air=network.on_air(study.sectors, coverage.on),
        surface=ground_of(
            study.scenario,
            terrain=study.terrain,
            land=study.land,
            population=study.population,
            points=(study.villages, study.places),
        ),
        land=study.land.values,
        people=study.population.values,
        commune=zonal.unit_of_cells(study.communes, study.grid),
        commune_codes=[str(code) for code in study.communes["code"]],
        villages=study.villages,
        gap=zonal.unit_of_cells(gaps, study.grid)
        if len(gaps)
        else np.full(study.grid.shape, -1, dtype=np.int64),
        gap_ids=[str(name) for name in gaps["gap_id"]],
    )


def engine_of(study: Study, *, threads: int | None = None) -> Engine:
    """The study's model and receiver, and how far its levels are believed."""
    scenario = study.scenario
    model = resolve(scenario.model.name)
    service = scenario.service
    return Engine(
        best=partial(
            best_servers,
            model,
            rx_height_agl_m=scenario.receiver.height_agl_m,
            rx_gain_db=scenario.receiver.gain_dbi - scenario.receiver.losses_db,
            threads=threads or os.cpu_count() or 1,
        ),
        cases=standard_cases(
            Criterion.of_cells(service.location_probability, service.location_sigma_db),
            study.error,
        ),
        radii=model.radii,
        patterns=study.patterns,
    )


def constraints_of(request: PlanRequest) -> Constraints:
    """Layers of the request, read and checked.

    Raises
    ------
    InvalidDataError
        A layer cannot be read; every problem is listed.
    """
    problems, found = [], {}
    for name, path in request.layers.model_dump().items():
        if path is not None:
            layer, told = read_layer(Path(path), layer=name)
            problems += at_rows(told, layer, Path(path))
            found[name] = layer.reset_index(drop=True)
    if problems:
        raise InvalidDataError(problems)
    check_exclusions(found.get("exclusions"))
    return Constraints(**found)


def most_share(ready: Prepared, request: PlanRequest | None = None) -> float:
    """Expected share of the measure that all candidates together would give, 0-1."""
    wish = request or ready.request
    goal = wish.goal.model_copy(
        update={"sites": 0, "budget_vnd": None, "target": None, "least_part": 0.0}
    )
    model = model_of(ready, wish.model_copy(update={"goal": goal}))
    measure = wish.goal.measure
    total = ready.cells.totals[measure]
    gain = float(model.weight @ most_gain(model))
    return (ready.cells.now[measure] + gain) / total if total > 0.0 else float("nan")


def _check_target(ready: Prepared, request: PlanRequest) -> None:
    """Tell a target that nothing reaches in the words in which it was asked: a share."""
    target = request.goal.target
    if target is None:
        return
    most = most_share(ready, request)
    if target > most + 1e-9:
        raise PlanError(
            f"the target is {target:.2%} of {request.goal.measure}, but the network and all "
            f"{len(ready.proposal.ids)} candidates together are expected to reach {most:.2%} "
            f"(today {_share_now(ready, request):.2%}); lower the target to that or less, or allow "
            "more candidates: more kinds, a larger candidates.most or reach, higher masts, points "
            "of your own under [[add]]"
        )


def _share_now(ready: Prepared, request: PlanRequest) -> float:
    measure = request.goal.measure
    total = ready.cells.totals[measure]
    return ready.cells.now[measure] / total if total > 0.0 else float("nan")


def _chances(
    ready: Prepared, answer: Answer
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Probability of coverage without and with the plan."""
    present, request, engine = ready.present, ready.request, ready.engine
    case = engine.cases[0]
    now = chance_today(present, request, case)
    if answer.sectors.empty:
        return now, now
    new = _state_of(present, answer.sectors, ready, reach_km=request.candidates.reach_km)
    kept = _without(ready, answer.replaced)
    planes = planes_of(present, request)
    parts = parts_of(planes, request)
    then = np.zeros_like(now)
    for name, operator in planes.items():
        best = np.maximum(margin_of(kept, request, operator), margin_of(new, request, operator))
        then += parts[name] * case.chance(best).astype(np.float64)
    return now, then


def _without(ready: Prepared, replaced: Sequence[str]) -> Present:
    """The state without the sectors that end with the plan."""
    present = ready.present
    if not replaced:
        return present
    stays = present.on_air & ~present.sectors["sector_id"].isin(replaced).to_numpy()
    rest = present.sectors[stays]
    return _state_of(present, rest, ready, reach_km=present.scenario.model.max_distance_km)


def _state_of(
    present: Present, sectors: gpd.GeoDataFrame, ready: Prepared, *, reach_km: float
) -> Present:
    """The study's state if just these sectors were on air."""
    layers = network.layers_of(sectors, present.scenario)
    grid = present.coverage.grid
    emitters = network.emitters_of(
        gpd.GeoDataFrame(sectors),
        layers,
        crs=grid.crs,
        max_distance_km=min(reach_km, present.scenario.model.max_distance_km),
        radii=ready.engine.radii,
        patterns=ready.engine.patterns,
    )
    mosaic = ready.engine.best(emitters, present.surface)
    return replace(present, coverage=Coverage(present.coverage.on, grid, layers, mosaic))


def _paths(
    ready: Prepared, answer: Answer, rx_height_agl_m: float
) -> dict[tuple[str, str], GroundPath]:
    """Ground from each site to the villages that it gives most, then to the nearest in reach."""
    xy_m = ready.scene.villages[["x_m", "y_m"]].to_numpy(dtype=np.float64)
    places = dict(zip(ready.scene.villages["village_id"], xy_m, strict=True))
    lowest = ready.proposal.sectors.groupby("candidate_id")["frequency_mhz"].min()
    carriers = {str(key): float(value) for key, value in lowest.items()}
    found: dict[tuple[str, str], GroundPath] = {}
    for site in answer.sites.to_dict("records"):
        name, here = str(site["candidate_id"]), (float(site["x_m"]), float(site["y_m"]))
        for village in _pictured(ready, answer, name, here, xy_m):
            path = path_between(
                ready.present.surface,
                here,
                (float(places[village][0]), float(places[village][1])),
                tx_height_agl_m=float(site["height_agl_m"]),
                rx_height_agl_m=rx_height_agl_m,
                frequency_mhz=carriers[name],
            )
            if path.length_km > 0.0:
                found[name, village] = path
    return found


def _pictured(
    ready: Prepared,
    answer: Answer,
    site: str,
    here_m: tuple[float, float],
    xy_m: npt.NDArray[np.float64],
) -> list[str]:
    """Villages to picture from a site: those it gives most first, the nearest ones after them."""
    told = answer.villages
    rise = (told["probability_plan"] - told["probability_now"]).to_numpy(dtype=np.float64)
    gains = told["village_id"].to_numpy()[np.argsort(-rise, kind="stable")]
    mine = set(told.loc[told["candidate_id"] == site, "village_id"])
    away = np.hypot(*(xy_m - np.array(here_m)).T)
    near = np.argsort(away, kind="stable")[: int((away <= _reach_m(ready)).sum())]
    ids = ready.scene.villages["village_id"].to_numpy()
    wanted = [*(name for name in gains if name in mine), *ids[near]]
    return [str(name) for name in dict.fromkeys(wanted)][:PICTURED]


def _reach_m(ready: Prepared) -> float:
    return 1000.0 * min(
        ready.request.candidates.reach_km, ready.present.scenario.model.max_distance_km
    )
