"""A grid is north-up, its corners are multiples of the cell, and it finds its own centres."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qn_coverage.core.grid import Grid, Raster

METRES = st.floats(-1e6, 1e6)
ROUNDING_M = 1e-6


@given(METRES, METRES, st.floats(1.0, 1e4), st.floats(1.0, 1e4), st.sampled_from([10.0, 30, 100]))
def test_a_covering_grid_covers_with_less_than_a_cell_to_spare(west, south, width, height, cell):
    bounds = (west, south, west + width, south + height)
    grid = Grid.covering(bounds, cell, crs="EPSG:5899")
    w, s, e, n = grid.bounds_m
    spare = np.array([bounds[0] - w, bounds[1] - s, e - bounds[2], n - bounds[3]])
    assert (spare >= -ROUNDING_M).all()
    assert (spare <= cell + ROUNDING_M).all()


def test_centres_fall_into_their_own_cells():
    grid = Grid("EPSG:5899", 300.0, 900.0, 30.0, 4, 5)
    rows, cols = grid.rows_cols(*np.meshgrid(grid.centres_x_m(), grid.centres_y_m()))
    np.testing.assert_array_equal(rows, np.repeat(np.arange(4)[:, None], 5, axis=1))
    np.testing.assert_array_equal(cols, np.repeat(np.arange(5)[None, :], 4, axis=0))


def test_row_zero_is_north():
    grid = Grid("EPSG:5899", 0.0, 100.0, 10.0, 10, 10)
    assert grid.centres_y_m()[0] == 95.0


def test_sampling_off_the_grid_is_nan():
    grid = Grid("EPSG:5899", 0.0, 20.0, 10.0, 2, 2)
    raster = Raster(np.array([[1.0, 2.0], [3.0, 4.0]]), grid)
    np.testing.assert_array_equal(raster.sample([5.0, 25.0], [15.0, 5.0]), [1.0, np.nan])


def test_values_must_fit_the_grid():
    with pytest.raises(ValueError, match="shape"):
        Raster(np.zeros((2, 3)), Grid("EPSG:5899", 0.0, 20.0, 10.0, 2, 2))
