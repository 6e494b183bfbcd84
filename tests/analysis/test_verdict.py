"""A village known only to a radius is judged over its disc, by people, on land."""

import numpy as np
import pytest

from qn_coverage.analysis import verdict
from tests.analysis.conftest import coverage_of


@pytest.fixture
def half_covered(grid):
    covered = np.zeros(grid.shape, dtype=bool)
    covered[:, :12] = True
    return coverage_of(grid, covered)


def judge(grid, coverage, col, radius_m, *, weight=None, land=None):
    ones = np.ones(grid.shape)
    return verdict.village_verdicts(
        np.array([grid.centres_x_m()[col]]),
        np.array([grid.centres_y_m()[6]]),
        np.array([radius_m]),
        coverage=coverage,
        weight=ones if weight is None else weight,
        land=ones if land is None else land,
    ).iloc[0]


def test_a_sure_place_with_signal_is_covered(grid, half_covered):
    found = judge(grid, half_covered, 3, 0.0)
    assert found["verdict"] == verdict.COVERED
    assert found["margin_db"] == pytest.approx(10.0)
    assert found["server"] == 0


def test_a_sure_place_without_signal_is_not(grid, half_covered):
    found = judge(grid, half_covered, 20, 0.0)
    assert found["verdict"] == verdict.NOT_COVERED
    assert found["margin_db"] == -np.inf
    assert found["server"] == -1


def test_a_disc_across_the_edge_cannot_be_told(grid, half_covered):
    found = judge(grid, half_covered, 12, 400.0)
    assert found["verdict"] == verdict.CANNOT_TELL
    assert 0.3 < found["disc_share"] < 0.7


def test_the_disc_is_weighed_by_people(grid, half_covered):
    weight = np.zeros(grid.shape)
    weight[:, 10] = 5.0
    assert judge(grid, half_covered, 12, 400.0, weight=weight)["verdict"] == verdict.COVERED


def test_without_people_the_disc_is_weighed_by_land(grid, half_covered):
    nobody = np.zeros(grid.shape)
    share = judge(grid, half_covered, 12, 400.0, weight=nobody)["disc_share"]
    assert share == judge(grid, half_covered, 12, 400.0)["disc_share"]


def test_the_sea_in_the_disc_is_left_out(grid, half_covered):
    land = np.ones(grid.shape)
    land[:, 12:] = 0.0
    assert judge(grid, half_covered, 12, 400.0, land=land)["verdict"] == verdict.COVERED


def test_a_disc_without_land_cannot_be_told(grid, half_covered):
    found = judge(grid, half_covered, 12, 400.0, land=np.zeros(grid.shape))
    assert found["verdict"] == verdict.CANNOT_TELL
    assert np.isnan(found["disc_share"])


def test_a_disc_beyond_the_grid_is_judged_by_what_lies_inside(grid, half_covered):
    assert judge(grid, half_covered, 0, 150.0)["verdict"] == verdict.COVERED
