"""Coverage combines layers, and a later day is built upon an earlier one where that is exact."""

from datetime import date

import numpy as np

from qn_coverage.analysis.coverage import Coverage, Layer, states
from qn_coverage.propagation.emitters import NO_SERVER, Mosaic

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


def scripted(grid, calls):
    """An engine whose mosaic remembers the last row it was given."""

    def compute(rows, first_index, start):
        calls.append((rows.tolist(), first_index, start is not None))
        mosaic = Mosaic.empty(1, grid.shape) if start is None else start.copy()
        for local, row in enumerate(rows):
            mosaic.server[0][0, row] = first_index + local
        return mosaic

    return compute


def run_states(grid, *present):
    calls = []
    days = tuple(date(2020 + i, 1, 1) for i in range(len(present)))
    found = states(
        days,
        tuple(np.array(p, dtype=bool) for p in present),
        grid=grid,
        layers=LAYERS[:1],
        compute=scripted(grid, calls),
    )
    return found, calls


def test_a_network_that_only_grew_is_continued(grid):
    found, calls = run_states(grid, [1, 0, 1, 0], [1, 1, 1, 0])
    assert calls == [([0, 2], 0, False), ([1], 2, True)]
    assert found[0].mosaic.server[0][0, :4].tolist() == [0, NO_SERVER, 2, NO_SERVER]
    assert found[1].mosaic.server[0][0, :4].tolist() == [0, 1, 2, NO_SERVER]


def test_a_network_that_lost_a_sector_is_computed_anew(grid):
    found, calls = run_states(grid, [1, 1, 0], [0, 1, 1])
    assert calls == [([0, 1], 0, False), ([1, 2], 0, False)]
    assert found[1].mosaic.server[0][0, :3].tolist() == [NO_SERVER, 1, 2]
