"""The only place where files meet physics: scenario in, answers out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    import pandas as pd

    from qn_coverage.analysis.coverage import Coverage
    from qn_coverage.core.grid import Grid, Raster
    from qn_coverage.core.scenario import Scenario


@dataclass(frozen=True, slots=True, eq=False)
class Study:
    """All answers of one scenario. Tables are in EPSG:4326, rasters in the grid's CRS.

    Attributes
    ----------
    scenario, grid
        What was asked, and on which grid it was computed.
    terrain, population
        Ground height (m) and people per cell on the grid.
    land
        1 where a cell belongs to the province's land, else 0 (share of the cell, float32).
    before, after
        Coverage on the two days of the scenario.
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
    places
        The three named sites and other named points with their radius.
    gaps
        Uncovered land after the programme as polygons, ranked: ``gap_id``, ``rank``,
        ``commune_code``, ``commune``, ``area_km2``, ``population``, ``villages``,
        ``distance_to_site_km``, ``worst_margin_db``.
    layer_statistics
        Long table: ``level``, ``code``, ``operator``, ``technology``, ``state``, ``land_km2``,
        ``land_share``, ``population``, ``population_share``, ``villages``, ``villages_share``.
    indicators, claims
        Figures and sentences of the founding text with what they are compared with.
    summary
        Headline numbers, as written to ``summary.json``.
    """

    scenario: Scenario
    grid: Grid
    terrain: Raster
    population: Raster
    land: Raster
    before: Coverage
    after: Coverage
    communes: gpd.GeoDataFrame
    former_communes: gpd.GeoDataFrame
    districts: gpd.GeoDataFrame
    sectors: gpd.GeoDataFrame
    villages: gpd.GeoDataFrame
    places: gpd.GeoDataFrame
    gaps: gpd.GeoDataFrame
    layer_statistics: pd.DataFrame
    indicators: pd.DataFrame
    claims: pd.DataFrame
    summary: Mapping[str, Any]
