"""A village's disc: weights, classes, and whose fault the doubt is."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats

from qn_coverage.analysis import verdict
from qn_coverage.analysis.discs import (
    POINTS,
    both_probability,
    disc_points,
    disc_table,
    disc_weights,
)
from qn_coverage.analysis.error_model import Component, ErrorModel
from qn_coverage.analysis.probability import Criterion, covered_probability
from tests.analysis.conftest import coverage_of

CRITERION = Criterion(0.0, 0.0)
ERROR = ErrorModel((Component(6.0, 400.0), Component(5.0, 5000.0)))


@pytest.fixture
def land(grid):
    """Land with a bay in it."""
    land = np.ones(grid.shape)
    land[:4, :8] = 0.0
    return land


@pytest.fixture
def people(grid):
    return np.random.default_rng(2).gamma(0.4, 10.0, grid.shape)


def weights_of(grid, land, people, *discs):
    x, y, radius = np.array(discs, dtype=np.float64).T
    rows_y = grid.centres_y_m()[y.astype(int)]
    cols_x = grid.centres_x_m()[x.astype(int)]
    return disc_weights(grid, cols_x, rows_y, radius, weight=people, land=land)


def table_of(grid, discs, margin, *, error=ERROR, criterion=CRITERION, **classes):
    p = covered_probability(margin, criterion, error)
    return disc_table(discs, margin, p, grid=grid, criterion=criterion, error=error, **classes)


def test_weights_are_a_distribution_over_land(grid, land, people):
    discs = weights_of(grid, land, people, (9, 5, 450.0), (0, 0, 100.0), (20, 8, 0.0))
    np.testing.assert_allclose(discs.sum(axis=1), [1.0, 0.0, 1.0])
    assert (discs @ (land.ravel() <= 0.0) == 0.0).all()
    assert discs[[2]].nnz == 1


def test_the_disc_is_that_of_the_verdicts(grid, land, people):
    random = np.random.default_rng(6)
    x = random.uniform(grid.west_m, grid.west_m + 2400.0, 40)
    y = random.uniform(grid.north_m - 1200.0, grid.north_m, 40)
    radius = random.uniform(0.0, 900.0, 40)
    covered = random.random(grid.shape) < 0.4
    found = verdict.village_verdicts(
        x, y, radius, coverage=coverage_of(grid, covered), weight=people, land=land
    )
    discs = disc_weights(grid, x, y, radius, weight=people, land=land)
    share = discs @ covered.ravel().astype(np.float64)
    expected = found["disc_share"].to_numpy()
    np.testing.assert_allclose(share[~np.isnan(expected)], expected[~np.isnan(expected)])
    assert (np.diff(discs.indptr)[np.isnan(expected)] == 0).all()


def test_a_disc_without_people_is_weighed_by_land(grid, land):
    discs = weights_of(grid, land, np.zeros(grid.shape), (14, 6, 300.0))
    assert np.ptp(discs.data) == pytest.approx(0.0)


def test_the_table_agrees_with_a_loop_over_cells(grid, land, people):
    random = np.random.default_rng(3)
    margin = random.normal(0.0, 12.0, grid.shape).astype(np.float32)
    discs = weights_of(grid, land, people, (9, 5, 450.0), (15, 7, 350.0))
    table = table_of(grid, discs, margin, p_low=0.2, p_high=0.7)
    for village, (col, row, radius) in enumerate([(9, 5, 450.0), (15, 7, 350.0)]):
        total = chance = high = low = 0.0
        for i in range(grid.rows):
            for j in range(grid.cols):
                if np.hypot(i - row, j - col) * 100.0 <= radius and land[i, j] > 0:
                    p = special.ndtr(margin[i, j] / ERROR.sigma_db)
                    total += people[i, j]
                    chance += people[i, j] * p
                    high += people[i, j] * (p >= 0.7)
                    low += people[i, j] * (p <= 0.2)
        assert table["probability"][village] == pytest.approx(chance / total, abs=1e-5)
        assert table["share_high"][village] == pytest.approx(high / total)
        assert table["share_low"][village] == pytest.approx(low / total)
        assert table["share_between"][village] == pytest.approx((total - high - low) / total)


@settings(deadline=None)
@given(st.integers(0, 2**31), st.floats(0.0, 800.0), st.floats(0.1, 20.0))
def test_shares_sum_to_one_and_the_mixture_lies_among_its_cells(seed, radius, sigma):
    from qn_coverage.core.grid import Grid

    grid = Grid("EPSG:5899", 0.0, 1200.0, 100.0, 12, 12)
    random = np.random.default_rng(seed)
    margin = random.normal(0.0, 15.0, grid.shape).astype(np.float32)
    land = (random.random(grid.shape) < 0.8).astype(np.float64)
    error = ErrorModel((Component(sigma, 500.0),))
    discs = disc_weights(
        grid, np.array([610.0]), np.array([550.0]), np.array([radius]),
        weight=random.gamma(0.3, 3.0, grid.shape), land=land,
    )  # fmt: skip
    row = table_of(grid, discs, margin, error=error).iloc[0]
    if discs.nnz == 0:
        assert row.isna().all()
        return
    assert row["share_high"] + row["share_between"] + row["share_low"] == pytest.approx(1.0)
    p = covered_probability(margin, CRITERION, error).ravel()[discs.indices]
    assert p.min() - 1e-6 <= row["probability"] <= p.max() + 1e-6


@settings(deadline=None)
@given(st.floats(-4.0, 4.0), st.floats(-4.0, 4.0), st.floats(0.0, 1.0))
def test_joint_probabilities_lie_between_independence_and_identity(h, k, correlation):
    both = both_probability(h, k, correlation)
    apart, same = special.ndtr(h) * special.ndtr(k), special.ndtr(min(h, k))
    assert apart - 1e-9 <= both <= same + 1e-9


@pytest.mark.parametrize("correlation", [0.0, 0.3, 0.7, 0.9, 0.99, 0.999])
def test_joint_probabilities_agree_with_scipy(correlation):
    joint = stats.multivariate_normal(cov=[[1.0, correlation], [correlation, 1.0]])
    for h, k in [(0.0, 0.0), (1.0, -0.5), (-2.0, 1.5), (0.7, 0.72), (-1.3, -1.3)]:
        assert both_probability(h, k, correlation) == pytest.approx(joint.cdf([h, k]), abs=1e-4)
    assert both_probability(-np.inf, 0.0, correlation) == pytest.approx(0.0, abs=1e-12)


def test_at_a_known_place_all_doubt_is_the_models(grid, land, people):
    discs = weights_of(grid, land, people, (15, 7, 0.0))
    table = table_of(grid, discs, np.full(grid.shape, 2.0, dtype=np.float32))
    assert table["doubt_from_position"][0] == pytest.approx(0.0, abs=0.01)


def test_between_a_sure_and_a_hopeless_half_all_doubt_is_the_positions(grid, people):
    margin = np.full(grid.shape, -60.0, dtype=np.float32)
    margin[:, 12:] = 60.0
    discs = weights_of(grid, np.ones(grid.shape), people, (12, 6, 400.0))
    table = table_of(grid, discs, margin)
    assert 0.1 < table["probability"][0] < 0.9
    assert table["doubt_from_position"][0] == pytest.approx(1.0, abs=0.01)
    assert table["share_between"][0] == 0.0


def test_without_doubt_nothing_is_to_blame(grid, people):
    discs = weights_of(grid, np.ones(grid.shape), people, (12, 6, 400.0))
    table = table_of(grid, discs, np.full(grid.shape, 90.0, dtype=np.float32))
    assert np.isnan(table["doubt_from_position"][0])
    assert table["share_high"][0] == pytest.approx(1.0)


def test_the_split_of_the_doubt_agrees_with_a_simulation(grid, people):
    """Twin: draw the error over the disc's cells, see how much disagreement each draw leaves."""
    random = np.random.default_rng(12)
    margin = random.normal(0.0, 6.0, grid.shape).astype(np.float32)
    discs = weights_of(grid, np.ones(grid.shape), people, (12, 6, 210.0))
    assert discs.nnz <= POINTS
    rows, cols = np.divmod(discs.indices, grid.cols)
    apart = 100.0 * np.hypot(rows[:, np.newaxis] - rows, cols[:, np.newaxis] - cols)
    root = np.linalg.cholesky(ERROR.covariance_db2(apart) + 1e-9 * np.eye(len(rows)))
    errors = root @ random.standard_normal((len(rows), 40_000))
    q = discs.data @ (margin[rows, cols][:, np.newaxis] + errors >= 0.0)
    expected = np.mean(q * (1.0 - q)) / (q.mean() * (1.0 - q.mean()))
    table = table_of(grid, discs, margin)
    assert table["doubt_from_position"][0] == pytest.approx(expected, abs=0.01)
    assert table["probability"][0] == pytest.approx(q.mean(), abs=0.01)


def test_few_cells_stand_for_a_large_disc(grid, people):
    margin = np.random.default_rng(5).normal(0.0, 10.0, grid.shape).astype(np.float32)
    discs = weights_of(grid, np.ones(grid.shape), people, (12, 6, 500.0), (3, 3, 100.0))
    cells, weights = disc_points(discs, 12)
    np.testing.assert_allclose(weights.sum(axis=1), 1.0)
    kept = weights[1] > 0.0
    np.testing.assert_array_equal(cells[1][kept], discs[[1]].indices)
    p = covered_probability(margin, CRITERION, ERROR).ravel()
    assert weights[0] @ p[cells[0]] == pytest.approx((discs @ p)[0], abs=0.12)
    assert set(cells[0]) <= set(discs[[0]].indices)
