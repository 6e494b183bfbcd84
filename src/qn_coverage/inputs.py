"""Everything a study reads, on one grid."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from qn_coverage.analysis import zonal
from qn_coverage.analysis.surface import surface_of, wanted_cells
from qn_coverage.core.crs import COMPUTED
from qn_coverage.core.grid import Grid, Raster
from qn_coverage.core.scenario import NONE, SHIPPED, Scenario
from qn_coverage.data.boundaries import read_communes, read_units
from qn_coverage.data.catalog import layer_path
from qn_coverage.data.facts import read_claims, read_indicators, read_places
from qn_coverage.data.importing.measurements import read_measurements
from qn_coverage.data.rasters import read_population, read_terrain
from qn_coverage.data.sites import read_network
from qn_coverage.data.villages import read_villages
from qn_coverage.propagation.antenna_table import patterns_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    import pandas as pd
    from scipy import sparse

    from qn_coverage.core.errors import Problem
    from qn_coverage.data.antenna_files import NamedAntennas
    from qn_coverage.data.rasters import Terrain
    from qn_coverage.propagation.antenna_table import Patterns
    from qn_coverage.propagation.emitters import Surface


@dataclass(frozen=True, slots=True, eq=False)
class Inputs:
    """Everything a study reads, checked, with the rasters on the study's grid.

    Attributes
    ----------
    files
        Files that were read, by the scenario's name of the input.
    grid
        Cells over the communes.
    communes, former_communes, districts, sectors, villages, places, indicators, claims
        Tables as their readers give them.
    measurements
        Levels measured in the field, or None.
    terrain
        Ground with its grade and the way it was resampled.
    commune_land
        Share of each cell inside each commune, CSR (communes, cells).
    land
        Share of each cell inside any commune.
    population
        People per cell.
    patterns
        Antennas that the sectors name, as the engine takes them.
    antennas_unread
        How many sectors name antennas although the scenario gives no files.
    warnings
        What disagrees in the sector table and stops nothing.
    """

    files: Mapping[str, Path]
    grid: Grid
    communes: gpd.GeoDataFrame
    former_communes: gpd.GeoDataFrame
    districts: gpd.GeoDataFrame
    sectors: gpd.GeoDataFrame
    villages: gpd.GeoDataFrame
    places: gpd.GeoDataFrame
    indicators: pd.DataFrame
    claims: pd.DataFrame
    measurements: gpd.GeoDataFrame | None
    terrain: Terrain
    commune_land: sparse.csr_array
    land: Raster
    population: Raster
    patterns: Patterns
    antennas_unread: int
    warnings: tuple[Problem, ...]


def read_inputs(scenario: Scenario) -> Inputs:
    """Read and check every input of a scenario.

    Raises
    ------
    InvalidDataError
        A file that cannot be used; every problem of it is listed.
    """
    files = _files(scenario)
    network = read_network(files["sectors"], _antennas(scenario))
    files |= _numbered("antennas", network.antennas.files)
    communes = read_communes(files["communes"])
    west, south, east, north = communes.to_crs(COMPUTED).total_bounds
    grid = Grid.covering((west, south, east, north), scenario.study.cell_m, crs=COMPUTED)
    commune_land = zonal.land_shares(communes, grid)
    land = zonal.land_raster(commune_land, grid)
    return Inputs(
        files=files,
        grid=grid,
        communes=communes,
        former_communes=read_units(files["former_communes"]),
        districts=read_units(files["districts"], layer="districts"),
        sectors=network.sectors,
        villages=read_villages(files["villages"], frozenset(communes["code"])),
        places=read_places(files["places"]),
        indicators=read_indicators(files["indicators"]),
        claims=read_claims(files["claims"]),
        measurements=read_measurements(files["measurements"]) if "measurements" in files else None,
        terrain=read_terrain(
            [path for key, path in files.items() if key.split("#")[0] == "terrain"],
            grid,
            missing="sea",
        ),
        commune_land=commune_land,
        land=land,
        population=read_population(files["population"], grid, land),
        patterns=_patterns(network.antennas),
        antennas_unread=len(network.antennas.unread),
        warnings=network.warnings,
    )


def read_evidence(
    scenario: Scenario,
) -> tuple[pd.DataFrame, gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Claims, villages and sectors alone: what the claims are judged by.

    Raises
    ------
    InvalidDataError
        As `read_inputs`.
    """
    files = _files(scenario)
    return (
        read_claims(files["claims"]),
        read_villages(files["villages"]),
        read_network(files["sectors"], _antennas(scenario)).sectors,
    )


def _antennas(scenario: Scenario) -> Path | None:
    value = scenario.inputs.antennas
    return None if value == NONE else Path(value)


def _patterns(named: NamedAntennas) -> Patterns:
    cuts = ((each.horizontal_db, each.vertical_db) for each in named.patterns.values())
    return patterns_of(named.patterns, cuts)


def _files(scenario: Scenario) -> dict[str, Path]:
    """Path by input; the second and further tiles of terrain are called ``terrain#2`` and so on.

    Antennas are none of them: only those that the sectors name are read.
    """
    files: dict[str, Path] = {}
    for key, value in scenario.inputs.model_dump(exclude={"antennas"}).items():
        if value == NONE:
            continue
        if value == SHIPPED:
            files[key] = layer_path(key)
        elif isinstance(value, str):
            files[key] = Path(value)
        else:
            files |= _numbered(key, [Path(part) for part in value])
    if scenario.service.rule_file is not None:
        files["rule"] = scenario.service.rule_file
    return files


def _numbered(key: str, paths: Sequence[Path]) -> dict[str, Path]:
    names = (key, *(f"{key}#{number}" for number in range(2, len(paths) + 1)))
    return dict(zip(names, paths, strict=False))


def ground_of(
    scenario: Scenario,
    *,
    terrain: Raster,
    land: Raster,
    population: Raster,
    points: Sequence[gpd.GeoDataFrame],
) -> Surface:
    """Ground for the engine, with the cells that the scenario wants answered.

    Parameters
    ----------
    scenario
        Says how far offshore cells are answered.
    terrain, land, population
        Height (m), land share and people on one grid.
    points
        Villages and places with ``uncertainty_m``: cells around them are answered too.
    """
    grid = land.grid
    projected = [table.geometry.to_crs(grid.crs) for table in points]
    wanted = wanted_cells(
        land,
        np.concatenate([np.column_stack([at.x, at.y]) for at in projected]),
        np.concatenate([table["uncertainty_m"].to_numpy(dtype=np.float64) for table in points]),
        offshore_m=1000.0 * scenario.model.offshore_km,
    )
    return replace(surface_of(terrain, land, population), wanted=wanted)
