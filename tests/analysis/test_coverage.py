"""Coverage combines layers."""

from datetime import date

import numpy as np

from qn_coverage.analysis.coverage import Coverage, Layer
from qn_coverage.propagation.emitters import Mosaic

LAYERS = (
    Layer("MobiFone", "4G", -100.0),
    Layer("Viettel", "2G", -90.0),
    Layer("Viettel", "4G", -100.0),
)


def coverage(grid):
    mosaic = Mosaic.empty(3, grid.shape)
    mosaic.level_dbm[0][0, 0] = -99.0
    mosaic.level_dbm[1][0, :2] = -95.0
    mosaic.level_dbm[2][0, 1:3] = -100.0
    return Coverage(date(2024, 1, 4), grid, LAYERS, mosaic)


def test_a_cell_is_covered_when_any_chosen_layer_covers_it(grid):
    state = coverage(grid)
    assert state.covered()[0, :4].tolist() == [True, True, True, False]
    assert state.covered(technology="2G").sum() == 0
    assert state.covered(operator="Viettel")[0, :4].tolist() == [False, True, True, False]


def test_the_required_level_itself_covers(grid):
    assert coverage(grid).covered(operator="Viettel", technology="4G")[0, 1]


def test_margin_is_the_best_over_layers_and_agrees_with_covered(grid):
    state = coverage(grid)
    assert state.margin_db()[0, 0] == 1.0
    np.testing.assert_array_equal(state.margin_db() >= 0, state.covered())
