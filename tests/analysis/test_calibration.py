"""Calibration finds the error that was put into made-up readings, and leaves out what proves nothing."""

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qn_coverage.analysis.calibration import LEAST_CELLS, Differences, calibrated, differences
from qn_coverage.analysis.coverage import Layer
from qn_coverage.analysis.error_model import Component, ErrorModel, prior_error
from qn_coverage.core.grid import Grid
from qn_coverage.propagation.emitters import Mosaic

GRID = Grid("EPSG:5899", 500_000.0, 2_330_000.0, 100.0, 200, 300)
LAYERS = (Layer("A", "4G", -103.0), Layer("B", "2G", -88.0))
PRIOR = prior_error(5.5)


def drawn(truth, cells, seed, side_m=60_000.0, location_db=5.5):
    """Errors of cells in a square, with one reading each and its place inside the cell."""
    random = np.random.default_rng(seed)
    x, y = random.uniform(0.0, side_m, (2, cells))
    apart = np.hypot(x[:, None] - x, y[:, None] - y)
    chol = np.linalg.cholesky(truth.covariance_db2(apart) + 1e-6 * np.eye(cells))
    error = (
        truth.bias_db + chol @ random.normal(size=cells) + random.normal(0.0, location_db, cells)
    )
    return Differences(x, y, error, np.ones(cells, dtype=np.int64), {})


@pytest.mark.parametrize("bias_db", [-9.0, 0.0, 6.0])
def test_bias_and_deviation_of_synthetic_truth_are_found(bias_db):
    truth = ErrorModel((Component(4.0, 20_000.0), Component(6.0, 500.0)), bias_db=bias_db)
    found = [calibrated(PRIOR, drawn(truth, 600, k), location_sigma_db=5.5) for k in range(12)]
    assert {error.status for error in found} == {"calibrated"}
    # A field of 20 km range in a square of 60 km leaves the mean itself uncertain by some 2 dB.
    assert np.mean([error.bias_db for error in found]) == pytest.approx(bias_db, abs=2.0)
    assert np.mean([error.sigma_db for error in found]) == pytest.approx(truth.sigma_db, rel=0.15)
    assert np.mean([error.components[1].sigma_db for error in found]) == pytest.approx(6.0, rel=0.2)


def test_what_varies_inside_cells_is_not_the_models_error():
    truth = ErrorModel((Component(1.0, 20_000.0), Component(1.0, 500.0)))
    found = calibrated(PRIOR, drawn(truth, 1500, 3, location_db=5.5), location_sigma_db=5.5)
    assert found.sigma_db < 3.5 < prior_error(5.5).sigma_db


@given(cells=st.integers(0, LEAST_CELLS - 1))
@settings(max_examples=10)
def test_few_cells_leave_the_prior(cells):
    few = Differences(*np.zeros((3, cells)), np.ones(cells, dtype=np.int64), {})
    assert calibrated(PRIOR, few, location_sigma_db=5.5) is PRIOR


@given(shift=st.floats(-20.0, 20.0), seed=st.integers(0, 99))
@settings(max_examples=15)
def test_a_constant_moves_the_bias_and_nothing_else(shift, seed):
    truth = ErrorModel((Component(5.0, 20_000.0), Component(5.0, 500.0)))
    plain = drawn(truth, 120, seed)
    moved = Differences(plain.x_m, plain.y_m, plain.error_db + shift, plain.readings, {})
    one, other = (calibrated(PRIOR, found, location_sigma_db=5.5) for found in (plain, moved))
    assert other.bias_db == pytest.approx(one.bias_db + shift, abs=1e-9)
    assert other.sigma_db == pytest.approx(one.sigma_db, abs=1e-6)


def readings(**changed):
    """Six readings in the cell of row 10, column 20; the mosaic predicts -90 dBm there for A."""
    columns = {
        "operator": ["A"] * 6,
        "technology": ["4G"] * 6,
        "quantity": ["RSRP"] * 6,
        "level_dbm": [-80.0, -82.0, -84.0, -84.0, -84.0, -100.0],
        "indoor": [None] * 6,
        "uncertainty_m": [20.0] * 6,
    }
    x, y = [502_050.0] * 6, [2_328_950.0] * 6
    for name, (row, value) in changed.items():
        if name == "x":
            x[row] = value
        else:
            columns[name][row] = value
    return gpd.GeoDataFrame(columns, geometry=gpd.points_from_xy(x, y), crs="EPSG:5899")


def mosaic():
    out = Mosaic.empty(2, GRID.shape)
    out.level_dbm[0, 10, 20], out.server[0, 10, 20] = -90.0, 3
    return out


def compared(table, modelled=False):
    flags = np.zeros(5, dtype=np.bool_)
    flags[3] = modelled
    return differences(table, mosaic(), LAYERS, grid=GRID, modelled=flags)


def test_a_cell_is_compared_by_the_median_of_its_readings():
    found = compared(readings())
    assert found.error_db.tolist() == [6.0]
    assert found.readings.tolist() == [6]
    assert (found.x_m.item(), found.y_m.item()) == (502_050.0, 2_328_950.0)
    assert sum(found.left_out.values()) == 0


@pytest.mark.parametrize(
    ("reason", "changed"),
    [
        ("indoor", {"indoor": (5, True)}),
        ("other_quantity", {"quantity": (5, "unknown")}),
        ("vague_position", {"uncertainty_m": (5, 500.0)}),
        ("off_the_grid", {"x": (5, 499_000.0)}),
        ("no_such_layer", {"operator": (5, "C")}),
        ("nothing_predicted", {"x": (5, 503_050.0)}),
    ],
)
def test_what_cannot_be_compared_is_left_out_and_counted(reason, changed):
    found = compared(readings(**changed))
    assert found.left_out[reason] == 1
    assert sum(found.left_out.values()) == 1
    assert found.readings.tolist() == [5]


def test_a_modelled_server_calibrates_nothing():
    found = compared(readings(), modelled=True)
    assert len(found.error_db) == 0
    assert found.left_out["modelled_server"] == 6
