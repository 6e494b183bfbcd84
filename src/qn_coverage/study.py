"""The only place where files meet physics: scenario in, answers out."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from qn_coverage.analysis import gaps as gaps_of
from qn_coverage.analysis import network, service, statistics, timeline, verdict, zonal
from qn_coverage.analysis.levels import zones_of_levels
from qn_coverage.analysis.steps import Step, steps_of_study
from qn_coverage.analysis.summary import summarise
from qn_coverage.assurance import how_sure, village_discs, village_layers
from qn_coverage.core.errors import InvalidDataError, Problem
from qn_coverage.core.progress import SILENT
from qn_coverage.core.rules import with_rule
from qn_coverage.core.scenario import Scenario, load_scenario
from qn_coverage.first_run import announced
from qn_coverage.history import Recorder, timeline_summary
from qn_coverage.inputs import ground_of, read_inputs
from qn_coverage.measured import error_of
from qn_coverage.propagation.antenna_table import Patterns
from qn_coverage.propagation.models import resolve
from qn_coverage.propagation.mosaic import best_servers
from qn_coverage.why import computed_from, judged, why_not, with_reasons

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    import geopandas as gpd
    import numpy.typing as npt
    import pandas as pd

    from qn_coverage.analysis.coverage import Coverage, Layer
    from qn_coverage.analysis.error_model import ErrorModel
    from qn_coverage.analysis.path import Path as GroundPath
    from qn_coverage.analysis.zonal import Zones
    from qn_coverage.core.grid import Grid, Raster
    from qn_coverage.core.progress import Progress
    from qn_coverage.core.rules import Rule
    from qn_coverage.history import History
    from qn_coverage.inputs import Inputs
    from qn_coverage.propagation.emitters import Emitters, Mosaic


@dataclass(frozen=True, slots=True, eq=False)
class Study:
    """All answers of one scenario. Tables are in EPSG:4326, rasters in the grid's CRS.

    Attributes
    ----------
    scenario, grid
        What was asked, and on which grid it was computed.
    rule
        Verdict rule: thresholds, classes and what they rest on.
    inputs
        Files that were read, by the scenario's name of the input.
    terrain, population
        Ground height (m) and people per cell on the grid.
    land
        1 where a cell belongs to the province's land, else 0 (share of the cell, float32).
    before, after
        Coverage on the two days of the scenario.
    error
        What the model may err by, from published studies or calibrated on measurements.
    history
        What units and villages have at each step of the timeline.
    communes, former_communes, districts
        Units with their statistics (see `analysis.zonal`): ``land_share_before``,
        ``land_share_after``, ``population_share_before``, ``population_share_after``,
        ``villages``, ``villages_covered_before``, ``villages_covered_after``,
        ``population_grid``, ``uncovered_population_after``, ``uncovered_land_km2_after``.
    sectors
        One row a sector; `Coverage.mosaic.server` indexes it.
    villages
        Input columns with ``verdict_before``, ``verdict_after`` (``covered``, ``not_covered``,
        ``cannot_tell``), ``disc_share_before``, ``disc_share_after``, ``margin_before_db``,
        ``margin_after_db``, ``operator_after``, ``technology_after``, ``site_after``.
    village_layers
        Class of each village by operator and technology, long form (see
        `assurance.village_layers`).
    places
        The three named sites and other named points with their radius.
    sites
        What each site on air after the programme serves, and what it serves alone (see
        `analysis.service.site_table`).
    losses
        People of each commune who lose service when a site fails: ``site_id``, ``level``,
        ``code``, ``people_lost``.
    gaps
        Uncovered land after the programme as polygons, ranked: ``gap_id``, ``rank``,
        ``commune_code``, ``commune``, ``area_km2``, ``population``, ``villages``,
        ``distance_to_site_km``, ``worst_margin_db``.
    reasons
        Why villages that are not covered and gaps have no signal, one row a place and operator
        (see `analysis.reason.reason_table`).
    paths
        Ground from the nearest candidate to each of these places, by village or gap id.
    measurements
        Where a field measurement would settle most (see `assurance.Assurance`).
    layer_statistics
        Long table: ``level``, ``code``, ``operator``, ``technology``, ``state``, ``land_km2``,
        ``land_share``, ``population``, ``population_share``, ``villages``, ``villages_share``.
    indicators, claims
        Figures and sentences of the founding text with what they are compared with.
    judgements
        Verdict on each claim with the evidence (see `analysis.claims.claims_table`).
    summary
        Headline numbers, as written to ``summary.json``.
    patterns
        Antennas that the sectors name.
    """

    scenario: Scenario
    rule: Rule
    inputs: Mapping[str, Path]
    grid: Grid
    terrain: Raster
    population: Raster
    land: Raster
    before: Coverage
    after: Coverage
    error: ErrorModel
    history: History
    communes: gpd.GeoDataFrame
    former_communes: gpd.GeoDataFrame
    districts: gpd.GeoDataFrame
    sectors: gpd.GeoDataFrame
    villages: gpd.GeoDataFrame
    village_layers: pd.DataFrame
    places: gpd.GeoDataFrame
    sites: gpd.GeoDataFrame
    losses: pd.DataFrame
    gaps: gpd.GeoDataFrame
    reasons: pd.DataFrame
    paths: Mapping[str, GroundPath]
    measurements: gpd.GeoDataFrame
    layer_statistics: pd.DataFrame
    indicators: pd.DataFrame
    claims: pd.DataFrame
    judgements: pd.DataFrame
    summary: Mapping[str, Any]
    patterns: Patterns = field(default_factory=Patterns)


def run_study(
    scenario: Scenario | Path | str | None = None,
    *,
    threads: int | None = None,
    progress: Progress = SILENT,
    cancelled: Callable[[], bool] | None = None,
) -> Study:
    """Read the inputs, compute coverage before and after, and answer for every place.

    Parameters
    ----------
    scenario
        Scenario, path of a scenario file, or None for the default study on the shipped data.
    threads
        Threads of the engine; None for one a core. The answer does not depend on it.
    progress
        Told about each stage.
    cancelled
        Asked now and then; when it says so, the run stops with a `CoverageError`.

    Raises
    ------
    CoverageError
        An input or a setting that the user can mend.
    """
    if scenario is None:
        scenario = Scenario()
    elif not isinstance(scenario, Scenario):
        scenario = load_scenario(scenario)
    resolve(scenario.model.name)  # a wrong name must not cost the time of reading
    scenario, rule = with_rule(scenario)
    progress.stage("read and check inputs")
    inputs = read_inputs(scenario)
    places = _places_of(inputs)
    steps = steps_of_study(inputs.sectors, before=scenario.study.before, after=scenario.study.after)
    error, told = error_of(scenario, inputs, threads=threads)
    recorder = _recorder(scenario, rule, inputs, places, error)
    sectors, before, after = compute_coverage(
        scenario,
        inputs,
        steps=steps,
        seen=recorder,
        threads=threads,
        progress=announced(progress, resolve(scenario.model.name)),
        cancelled=cancelled,
    )
    progress.stage("count land, people and villages")
    return _answers(
        _Run(scenario, rule, error, told, threads or os.cpu_count() or 1, progress, cancelled),
        inputs,
        places,
        sectors,
        before,
        after,
        recorder.history(),
    )


def compute_coverage(
    scenario: Scenario,
    inputs: Inputs,
    *,
    steps: Sequence[Step] = (),
    seen: Callable[[Step, Coverage], None] | None = None,
    threads: int | None = None,
    progress: Progress = SILENT,
    cancelled: Callable[[], bool] | None = None,
) -> tuple[gpd.GeoDataFrame, Coverage, Coverage]:
    """Coverage on the scenario's two days, with the sectors that are on air on either.

    Parameters
    ----------
    scenario
        Days, model, receiver and service.
    inputs
        `read_inputs` of this scenario, or of one that differs in the model only.
    steps, seen
        Further days, and who is shown the state at each of them, in their order; nothing of these
        states is kept.
    threads, progress, cancelled
        As in `run_study`.

    Returns
    -------
    The sectors (their rows are what `Mosaic.server` names) and the coverage before and after.
    """
    model = resolve(scenario.model.name)
    days = (scenario.study.before, scenario.study.after)
    sectors, own = _ever_on_air(inputs.sectors, scenario, days, steps)
    own_layers = network.layers_of(sectors[:own], scenario)
    if not own_layers:
        raise InvalidDataError([_silent(inputs.sectors, scenario)])
    further = [each for each in network.layers_of(sectors, scenario) if each not in own_layers]
    layers = (*own_layers, *further)
    emitters = _emitters(sectors, layers, scenario, inputs)
    surface = ground_of(
        scenario,
        terrain=inputs.terrain.raster,
        land=inputs.land,
        population=inputs.population,
        points=(inputs.villages, inputs.places),
    )

    def compute(rows: npt.NDArray[np.int64], start: Mosaic | None) -> Mosaic:
        return best_servers(
            model,
            emitters.take(rows),
            surface,
            rx_height_agl_m=scenario.receiver.height_agl_m,
            rx_gain_db=scenario.receiver.gain_dbi - scenario.receiver.losses_db,
            start=start,
            in_place=True,
            threads=threads,
            progress=progress.advance,
            cancelled=cancelled,
        )

    kept: dict[date, Coverage] = {}
    for step, state in timeline.each_state(
        sorted([*map(_plain_step, days), *steps], key=lambda step: step.day),
        sectors,
        grid=inputs.grid,
        layers=layers,
        compute=compute,
    ):
        if step.day in days and step.day not in kept:
            kept[step.day] = timeline.first_layers(state, len(own_layers))
        if seen is not None and step.code:
            seen(step, state)
        del state  # or it would be held while the next one is computed
    return sectors[:own], kept[days[0]], kept[days[1]]


def _plain_step(day: date) -> Step:
    """One of the scenario's two days, nameless: nobody is shown its state."""
    return Step("", day, "", "", "", "")


def _emitters(
    sectors: gpd.GeoDataFrame, layers: tuple[Layer, ...], scenario: Scenario, inputs: Inputs
) -> Emitters:
    return network.emitters_of(
        sectors,
        layers,
        crs=inputs.grid.crs,
        max_distance_km=scenario.model.max_distance_km,
        radii=resolve(scenario.model.name).radii,
        patterns=inputs.patterns,
    )


def _silent(sectors: gpd.GeoDataFrame, scenario: Scenario) -> Problem:
    """No sector is on air on either day: nothing could be said of it but that."""
    technologies = ", ".join(scenario.service.threshold_dbm)
    counted = sectors["technology"].isin(scenario.service.threshold_dbm)
    days = sectors.loc[counted, "on_air"].dropna()
    return Problem(
        code="silent-network",
        file=scenario.inputs.sectors,
        found="no sector on air on either day of the study"
        + (f"; the first comes on {days.min():%Y-%m-%d}" if len(days) else ""),
        expected=f"sectors of {technologies} on air on {scenario.study.before} "
        f"or {scenario.study.after}",
        mend="correct on_air and off_air, or the scenario's study.before and study.after",
    )


def _ever_on_air(
    sectors: gpd.GeoDataFrame,
    scenario: Scenario,
    days: tuple[date, ...],
    steps: Sequence[Step],
) -> tuple[gpd.GeoDataFrame, int]:
    """Sectors of the rule's technologies on air on any day or step.

    The number is how many are on air on one of the days; these come first.
    """
    sectors = sectors[sectors["technology"].isin(scenario.service.threshold_dbm)]
    own = _on_air_on_any(sectors, days)
    later = _on_air_on_any(sectors, [step.day for step in steps]) & ~own
    ordered = np.concatenate([np.flatnonzero(own), np.flatnonzero(later)])
    return sectors.iloc[ordered].reset_index(drop=True), int(own.sum())


def _on_air_on_any(sectors: gpd.GeoDataFrame, days: Iterable[date]) -> npt.NDArray[np.bool_]:
    found = np.zeros(len(sectors), dtype=np.bool_)
    for day in days:
        found |= network.on_air(sectors, day)
    return found


@dataclass(frozen=True, slots=True)
class _Run:
    """What a run was asked, and who listens."""

    scenario: Scenario
    rule: Rule
    error: ErrorModel
    told: Mapping[str, Any]
    threads: int
    progress: Progress
    cancelled: Callable[[], bool] | None


@dataclass(frozen=True, slots=True, eq=False)
class _Places:
    """What is counted: villages by their position in metres, units by level."""

    villages_xy_m: npt.NDArray[np.float64]
    levels: tuple[Zones, ...]


def _places_of(inputs: Inputs) -> _Places:
    points = inputs.villages.geometry.to_crs(inputs.grid.crs)
    villages_xy_m = np.column_stack([points.x, points.y])
    levels = zones_of_levels(
        inputs.communes,
        inputs.former_communes,
        inputs.commune_land,
        population=inputs.population,
        village_communes=inputs.villages["commune_code"],
        villages_xy_m=villages_xy_m,
    )
    return _Places(villages_xy_m, levels)


def _recorder(
    scenario: Scenario, rule: Rule, inputs: Inputs, places: _Places, error: ErrorModel
) -> Recorder:
    return Recorder(
        scenario.service,
        rule,
        places.levels,
        inputs.villages["village_id"].tolist(),
        village_discs(inputs, places.villages_xy_m),
        error,
    )


def _what_sites_add(
    inputs: Inputs,
    villages: gpd.GeoDataFrame,
    villages_xy_m: npt.NDArray[np.float64],
    sectors: gpd.GeoDataFrame,
    after: Coverage,
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """The villages with the sites that they depend on, and the sites."""
    dependent = service.dependencies(
        after.mosaic.only,
        village_discs(inputs, villages_xy_m),
        covered_share=villages["disc_share_after"].to_numpy(dtype=np.float64),
        verdicts=villages["verdict_after"].to_numpy(dtype=object),
        site_ids=service.site_names(sectors),
    )
    sites = service.site_table(
        sectors,
        after,
        network.on_air(sectors, after.on),
        land_km2=inputs.land.values.ravel() * inputs.grid.cell_m**2 / 1e6,
        people=inputs.population.values.ravel().astype(np.float64),
        dependent=dependent,
    )
    return villages.assign(depends_on=["; ".join(names) for names in dependent]), sites


def _answers(
    run: _Run,
    inputs: Inputs,
    places: _Places,
    sectors: gpd.GeoDataFrame,
    before: Coverage,
    after: Coverage,
    history: History,
) -> Study:
    scenario, grid = run.scenario, inputs.grid
    villages_xy_m, levels = places.villages_xy_m, places.levels
    villages = verdict.judge_villages(
        inputs.villages,
        villages_xy_m,
        sectors,
        {"before": before, "after": after},
        weight=inputs.population.values,
        land=inputs.land.values,
    )
    states = {"before": before, "after": after}
    covered = {state: coverage.covered() for state, coverage in states.items()}
    run.progress.stage("draw model errors")
    assurance = how_sure(
        scenario,
        run.rule,
        inputs,
        states,
        levels,
        villages_xy_m,
        run.error,
        threads=run.threads,
        progress=run.progress,
    )
    villages = villages.join(assurance.villages)
    by_layer = village_layers(
        scenario,
        run.rule,
        inputs,
        states,
        villages_xy_m,
        run.error,
    )
    tables = {
        zones.level: statistics.unit_table(
            zones,
            before=covered["before"],
            after=covered["after"],
            villages_before=villages["verdict_before"].to_numpy() == verdict.COVERED,
            villages_after=villages["verdict_after"].to_numpy() == verdict.COVERED,
        ).merge(assurance.units[zones.level], on="code", validate="1:1")
        for zones in levels
    }
    layer_statistics = statistics.layer_table(
        levels,
        states,
        verdict.village_cells(grid, villages_xy_m[:, 0], villages_xy_m[:, 1]),
    )
    site_ids = service.site_names(sectors)
    villages, sites = _what_sites_add(inputs, villages, villages_xy_m, sectors, after)
    site_points = sites.geometry.to_crs(grid.crs)
    gaps = gaps_of.find_gaps(
        after,
        land=inputs.land.values,
        population=inputs.population.values,
        commune=zonal.unit_of_cells(inputs.communes, grid),
        commune_codes=inputs.communes["code"],
        commune_names=inputs.communes["name_vi"],
        villages_xy_m=villages_xy_m,
        sites_xy_m=np.column_stack([site_points.x, site_points.y]),
        min_area_km2=scenario.gaps.min_area_km2,
    )
    run.progress.stage("look for reasons")
    why = why_not(
        villages[villages["verdict_after"] != verdict.COVERED],
        gaps,
        coverage=after,
        sectors=sectors,
        emitters=_emitters(sectors, after.layers, scenario, inputs),
        inputs=inputs,
        scenario=scenario,
        advance=run.progress.advance,
        cancelled=run.cancelled,
    )
    summary = summarise(
        scenario=scenario,
        province=tables["province"],
        layers=layer_statistics,
        sectors=sectors,
        villages=villages,
        gaps=gaps,
        terrain_grade=inputs.terrain.grade,
        antennas_unread=inputs.antennas_unread,
        warnings=inputs.warnings,
    )
    return Study(
        scenario=scenario,
        rule=run.rule,
        inputs=inputs.files,
        grid=grid,
        terrain=inputs.terrain.raster,
        population=inputs.population,
        land=inputs.land,
        before=before,
        after=after,
        error=run.error,
        history=history,
        communes=inputs.communes.merge(tables["commune"], on="code", validate="1:1"),
        former_communes=inputs.former_communes.merge(
            tables["former_commune"], on="code", validate="1:1"
        ),
        districts=inputs.districts.merge(tables["district"], on="code", validate="1:1"),
        sectors=sectors,
        villages=with_reasons(villages, why.table, "village_id"),
        village_layers=by_layer,
        places=inputs.places,
        sites=sites,
        losses=service.losses_by_unit(after.mosaic.only, levels[0], site_ids),
        gaps=with_reasons(gaps, why.table, "gap_id"),
        reasons=why.table,
        paths=why.paths,
        measurements=assurance.measurements,
        layer_statistics=layer_statistics,
        indicators=inputs.indicators,
        claims=inputs.claims,
        judgements=judged(
            inputs.claims,
            inputs.villages,
            inputs.sectors,
            computed_from(
                scenario,
                run.rule,
                inputs,
                after,
                villages_xy_m,
                run.error,
            ),
        ),
        patterns=inputs.patterns,
        summary=summary | {"timeline": timeline_summary(history), "model_error": run.told},
    )
