"""The surface's classes follow the published definitions."""

import numpy as np
import pytest

from qn_coverage.analysis.surface import COASTAL_LAND, INLAND, SEA, surface_of, wanted_cells
from qn_coverage.core.grid import Grid, Raster


def surface(ground, land, people, cell_m=1000.0):
    grid = Grid("EPSG:5899", 0.0, ground.shape[0] * cell_m, cell_m, *ground.shape)
    return surface_of(Raster(ground, grid), Raster(land, grid), Raster(people, grid))


def test_coastal_land_is_low_and_within_fifty_kilometres_of_the_sea():
    ground = np.full((1, 60), 20.0)
    ground[0, 0] = 0.0
    ground[0, 5] = 150.0
    land = np.ones((1, 60))
    land[0, 0] = 0.0
    zone = surface(ground, land, np.zeros((1, 60))).zone[0]
    assert zone[0] == SEA
    assert zone[5] == INLAND
    assert (zone[1:5] == COASTAL_LAND).all()
    assert (zone[51:] == INLAND).all()
    assert (zone[6:51] == COASTAL_LAND).all()


def test_low_land_of_the_province_is_never_sea():
    zone = surface(np.zeros((2, 2)), np.ones((2, 2)), np.zeros((2, 2))).zone
    assert (zone != SEA).all()


def test_environment_follows_the_degree_of_urbanisation():
    people = np.array([[299.0, 300.0, 1499.0, 1500.0]])
    found = surface(np.ones((1, 4)), np.ones((1, 4)), people)
    assert found.environment[0].tolist() == [0, 1, 1, 2]
    assert found.clutter_m[0].tolist() == [0.0, 10.0, 10.0, 15.0]


def test_without_sea_everything_is_inland():
    assert (surface(np.ones((3, 3)), np.ones((3, 3)), np.zeros((3, 3))).zone == INLAND).all()


@pytest.fixture
def islet():
    """Land in the middle of 41 x 41 cells of 100 m."""
    land = np.zeros((41, 41), dtype=np.float32)
    land[20, 20] = 0.3
    return Raster(land, Grid("EPSG:5899", 0.0, 4100.0, 100.0, 41, 41))


def test_cells_on_land_and_as_far_offshore_as_asked_are_wanted(islet):
    none = np.empty((0, 2)), np.empty(0)
    assert wanted_cells(islet, *none, offshore_m=0.0).sum() == 1
    wanted = wanted_cells(islet, *none, offshore_m=500.0)
    rows, cols = np.mgrid[:41, :41]
    assert (wanted == (np.hypot(rows - 20, cols - 20) <= 5.0)).all()


def test_a_floating_village_is_answered_within_its_radius_and_off_the_grid_is_no_error(islet):
    points = np.array([[350.0, 3650.0], [-90_000.0, 0.0]])
    wanted = wanted_cells(islet, points, np.array([300.0, 100.0]), offshore_m=0.0)
    rows, cols = np.mgrid[:41, :41]
    cells = np.hypot(rows - 4, cols - 3)
    assert wanted[cells <= 3.5].all()
    assert wanted[20, 20]
    assert not wanted[(cells > 5.0) & (rows < 19)].any()
