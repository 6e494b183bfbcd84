"""Which cells a network covers: the product's own engine on the coarse ground of the build."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from qn_coverage.analysis import network
from qn_coverage.analysis.surface import surface_of
from qn_coverage.core.grid import Raster
from qn_coverage.core.scenario import Scenario
from qn_coverage.propagation.mosaic import best_servers

if TYPE_CHECKING:
    from datetime import date

    import geopandas as gpd
    import numpy.typing as npt
    from ground import Ground


def covered_cells(
    sectors: gpd.GeoDataFrame, day: date, ground: Ground, *, model: str
) -> npt.NDArray[np.bool_]:
    """Whether any operator's technology covers a cell by the default scenario's thresholds.

    Parameters
    ----------
    sectors
        Network, as `qn_coverage.core.schema.SECTORS`.
    day
        State of this day.
    ground
        Land, people and heights.
    model
        Name in `qn_coverage.propagation.models.MODELS`.
    """
    scenario = Scenario()
    present = sectors[network.on_air(sectors, day)].reset_index(drop=True)
    layers = network.layers_of(present, scenario)
    emitters = network.emitters_of(
        present,
        layers,
        crs=ground.grid.crs,
        max_distance_km=scenario.model.max_distance_km,
    )
    surface = surface_of(
        Raster(ground.height_m, ground.grid),
        Raster(ground.land, ground.grid),
        Raster(ground.people, ground.grid),
    )
    mosaic = best_servers(model, emitters, surface, rx_height_agl_m=scenario.receiver.height_agl_m)
    required = np.array([layer.required_dbm for layer in layers], dtype=np.float32)
    return np.asarray((mosaic.level_dbm >= required[:, np.newaxis, np.newaxis]).any(axis=0))
