"""A small province: two communes side by side on a 1 km × 2 km land, cells of 100 m."""

from datetime import date

import geopandas as gpd
import numpy as np
import pytest
from shapely.geometry import box

from qn_coverage.analysis.coverage import Coverage, Layer
from qn_coverage.core.grid import Grid, Raster
from qn_coverage.propagation.emitters import Mosaic

CRS = "EPSG:5899"
WEST, NORTH = 500_000.0, 2_300_000.0


@pytest.fixture
def grid():
    return Grid(CRS, WEST, NORTH, 100.0, 12, 24)


@pytest.fixture
def communes(grid):
    # The border runs through the middle of a cell, so that cells are really shared.
    west = box(WEST + 200, NORTH - 1100, WEST + 1150, NORTH - 100)
    east = box(WEST + 1150, NORTH - 1100, WEST + 2200, NORTH - 100)
    return gpd.GeoDataFrame(
        {"code": ["00001", "00002"], "name_vi": ["Xã Tây", "Xã Đông"]},
        geometry=[west, east],
        crs=CRS,
    )


@pytest.fixture
def population(grid):
    return Raster(np.random.default_rng(7).uniform(0, 50, grid.shape), grid)


def coverage_of(grid, covered, *, level_dbm=-90.0, required_dbm=-100.0):
    """Coverage of one layer that reaches just the given cells."""
    mosaic = Mosaic.empty(1, grid.shape)
    mosaic.level_dbm[0][covered] = level_dbm
    mosaic.server[0][covered] = 0
    layer = Layer("Viettel", "4G", required_dbm)
    return Coverage(date(2024, 1, 4), grid, (layer,), mosaic)
