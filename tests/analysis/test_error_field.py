"""The drawn fields have the covariance they promise."""

import numpy as np
import pytest
from scipy import fft

from qn_coverage.analysis import error_field
from qn_coverage.analysis.error_field import draw_pair, lattice_of, stencil_of
from qn_coverage.analysis.error_model import Component
from qn_coverage.core.grid import Grid

GRID = Grid("EPSG:5899", 0.0, 0.0, 100.0, 60, 90)
CELLS = np.arange(GRID.rows * GRID.cols)


def implied_covariance(component, pairs):
    """Covariance of pairs of cells, straight from the spectrum and the stencils."""
    lattice = lattice_of(component, GRID)
    power = lattice.amplitude_db.astype(np.float64) ** 2
    period = power.shape
    wave = fft.fft2(power).real
    first, weight = stencil_of(lattice, GRID, CELLS)
    row, col = np.divmod(first.astype(np.int64), lattice.shape[1])
    corner_row = row[:, np.newaxis] + [0, 0, 1, 1]
    corner_col = col[:, np.newaxis] + [0, 1, 0, 1]
    a, b = pairs.T
    down = corner_row[a][:, :, np.newaxis] - corner_row[b][:, np.newaxis, :]
    across = corner_col[a][:, :, np.newaxis] - corner_col[b][:, np.newaxis, :]
    between = wave[down % period[0], across % period[1]]
    return np.einsum("ni,nij,nj->n", weight[a], between, weight[b])


def distance_m(pairs):
    rows, cols = np.divmod(pairs, GRID.cols)
    return 100.0 * np.hypot(np.diff(rows, axis=1), np.diff(cols, axis=1))[:, 0]


RANGES_M = [50.0, 150.0, 500.0, 1500.0, 6000.0, 50_000.0]


@pytest.fixture(params=["fine", "coarse"])
def lattice_kind(request, monkeypatch):
    """The lattice that a small grid can afford, and the one a large grid must do with."""
    if request.param == "coarse":
        monkeypatch.setattr(error_field, "PERIOD_NODES", 1)
    return request.param


@pytest.mark.parametrize("range_m", RANGES_M)
def test_every_cell_has_the_full_variance(range_m, lattice_kind):
    pairs = np.column_stack([CELLS, CELLS])
    variance = implied_covariance(Component(7.0, range_m), pairs)
    np.testing.assert_allclose(variance, 49.0, rtol=0.001)


@pytest.mark.parametrize("range_m", RANGES_M)
def test_correlation_falls_as_the_model_says(range_m, lattice_kind):
    pairs = np.random.default_rng(5).choice(CELLS, (4000, 2))
    near = np.column_stack([CELLS[:-1], CELLS[1:]])[::7]
    pairs = np.vstack([pairs, near])
    found = implied_covariance(Component(1.0, range_m), pairs)
    expected = np.exp(-distance_m(pairs) / range_m)
    # Bilinear values between coarse nodes are smoother than the field itself.
    assert np.abs(found - expected).max() < (0.04 if lattice_kind == "fine" else 0.18)


@pytest.mark.parametrize("range_m", [300.0, 500.0])
def test_averages_over_many_ranges_vary_as_they_should(range_m, lattice_kind):
    component = Component(1.0, range_m)
    lattice = lattice_of(component, GRID)
    first, weight = stencil_of(lattice, GRID, CELLS)
    share = np.zeros(lattice.amplitude_db.shape)
    for corner, (down, across) in enumerate([(0, 0), (0, 1), (1, 0), (1, 1)]):
        row, col = np.divmod(first, lattice.shape[1])
        np.add.at(share, (row + down, col + across), weight[:, corner] / len(CELLS))
    drawn = (np.abs(fft.fft2(share)) ** 2 * lattice.amplitude_db.astype(np.float64) ** 2).sum()
    rows, cols = np.arange(GRID.rows), np.arange(GRID.cols)
    many = np.outer(*(np.where(n == 0, len(n), 2 * (len(n) - n)) for n in (rows, cols)))
    correlation = np.exp(-100.0 * np.hypot(rows[:, np.newaxis], cols) / range_m)
    exact = (many * correlation).sum() / len(CELLS) ** 2
    assert drawn == pytest.approx(exact, rel=0.05)


def test_both_parts_of_a_draw_are_fields_of_that_deviation_and_independent():
    lattice = lattice_of(Component(3.0, 300.0), GRID)
    random = np.random.default_rng(8)
    fields = np.stack([draw_pair(lattice, random) for _ in range(200)])
    assert fields.real.std() == pytest.approx(3.0, rel=0.03)
    assert fields.imag.std() == pytest.approx(3.0, rel=0.03)
    assert abs(np.mean(fields.real * fields.imag)) < 0.2


def test_an_error_of_infinite_range_is_the_same_everywhere():
    lattice = lattice_of(Component(4.0, np.inf), GRID)
    random = np.random.default_rng(8)
    fields = np.stack([draw_pair(lattice, random) for _ in range(4000)])
    assert (fields == fields[:, :1, :1]).all()
    assert fields[:, 0, 0].real.std() == pytest.approx(4.0, rel=0.05)
    _, weight = stencil_of(lattice, GRID, CELLS)
    assert (weight.sum(axis=1) == 1.0).all()


def test_a_range_below_the_cell_gives_one_node_a_cell():
    lattice = lattice_of(Component(4.0, 10.0), GRID)
    assert lattice.spacing_m == GRID.cell_m
    first, weight = stencil_of(lattice, GRID, CELLS)
    assert len(np.unique(first)) == len(CELLS)
    np.testing.assert_array_equal(weight[:, 0], 1.0)
