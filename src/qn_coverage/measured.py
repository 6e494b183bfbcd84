"""What the model may err by in this study: as published, or as measured."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from qn_coverage.analysis import network
from qn_coverage.analysis.calibration import calibrated, differences
from qn_coverage.analysis.surface import surface_of
from qn_coverage.assurance import prior_of
from qn_coverage.propagation.models import resolve
from qn_coverage.propagation.mosaic import best_servers

if TYPE_CHECKING:
    import geopandas as gpd

    from qn_coverage.analysis.calibration import Differences
    from qn_coverage.analysis.error_model import ErrorModel
    from qn_coverage.core.scenario import Scenario
    from qn_coverage.inputs import Inputs


def error_of(
    scenario: Scenario, inputs: Inputs, *, threads: int | None = None
) -> tuple[ErrorModel, dict[str, Any]]:
    """What the model may err by, and how that is known.

    With measurements, levels are predicted in the measured cells alone and compared; where too few
    can be compared, what published studies say stays.

    Parameters
    ----------
    scenario, inputs
        As read; measurements are compared with the network of the study's second day.
    threads
        Threads of the engine; None for one a core.

    Returns
    -------
    The error model, and its entry in the summary.
    """
    error = prior_of(scenario, sees_terrain=resolve(scenario.model.name).kind == "terrain")
    told: dict[str, Any] = {}
    if inputs.measurements is not None:
        found = _measured_less_predicted(scenario, inputs, inputs.measurements, threads)
        error = calibrated(error, found, location_sigma_db=scenario.service.location_sigma_db)
        told = {
            "measured_cells": len(found.error_db),
            "readings": int(found.readings.sum()),
            "readings_left_out": found.left_out,
        }
    return error, {
        "status": error.status,
        "bias_db": round(error.bias_db, 3),
        "sigma_db": round(error.sigma_db, 3),
        "components": [
            {"sigma_db": round(part.sigma_db, 3), "range_m": part.range_m}
            for part in error.components
        ],
        "source": error.source,
        **told,
    }


def _measured_less_predicted(
    scenario: Scenario, inputs: Inputs, measurements: gpd.GeoDataFrame, threads: int | None
) -> Differences:
    model, grid = resolve(scenario.model.name), inputs.grid
    counted = inputs.sectors["technology"].isin(scenario.service.threshold_dbm)
    sectors = inputs.sectors[counted & network.on_air(inputs.sectors, scenario.study.after)]
    sectors = sectors.reset_index(drop=True)
    layers = network.layers_of(sectors, scenario)
    points = measurements.geometry.to_crs(grid.crs)
    rows, cols = grid.rows_cols(points.x, points.y)
    inside = (rows >= 0) & (rows < grid.rows) & (cols >= 0) & (cols < grid.cols)
    wanted = np.zeros(grid.shape, dtype=np.bool_)
    wanted[rows[inside], cols[inside]] = True
    ground = surface_of(inputs.terrain.raster, inputs.land, inputs.population)
    mosaic = best_servers(
        model,
        network.emitters_of(
            sectors,
            layers,
            crs=grid.crs,
            max_distance_km=scenario.model.max_distance_km,
            radii=model.radii,
            patterns=inputs.patterns,
        ),
        replace(ground, wanted=wanted),
        rx_height_agl_m=scenario.receiver.height_agl_m,
        rx_gain_db=scenario.receiver.gain_dbi - scenario.receiver.losses_db,
        threads=threads,
    )
    modelled = (sectors["origin"] == "modelled").to_numpy()
    return differences(measurements, mosaic, layers, grid=grid, modelled=modelled)
