"""The value of a measurement agrees with plain kriging and obeys its laws."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from qn_coverage.analysis.discs import P_HIGH, P_LOW, disc_weights
from qn_coverage.analysis.error_model import Component, ErrorModel
from qn_coverage.analysis.information import (
    VillagePoints,
    measurement_places,
    measurement_value,
    people_or_mean,
    rank_measurements,
    village_points,
)
from qn_coverage.analysis.probability import Criterion

ERROR = ErrorModel((Component(6.0, 600.0), Component(7.0, 5000.0)))
NOISE_DB = 3.0


def single_points(x_m, excess_db, y_m=None):
    """Villages of known position."""
    x_m = np.asarray(x_m, dtype=np.float64).reshape(-1, 1)
    y = np.zeros_like(x_m) if y_m is None else np.asarray(y_m, dtype=np.float64).reshape(-1, 1)
    excess = np.asarray(excess_db, dtype=np.float64).reshape(-1, 1)
    return VillagePoints(x_m, y, excess, np.ones_like(x_m))


def random_points(random, villages, points=3, side_m=4000.0):
    shape = (villages, points)
    return VillagePoints(
        random.uniform(0.0, side_m, (villages, 1)) + random.uniform(-300.0, 300.0, shape),
        random.uniform(0.0, side_m, (villages, 1)) + random.uniform(-300.0, 300.0, shape),
        random.normal(0.0, 20.0, (villages, 1)) + random.normal(0.0, 6.0, shape),
        random.dirichlet(np.ones(points), villages),
    )


def kriged(points, village, places, error, noise_db):
    """Expected error at a village's points, per unit of the whitened readings, by solving."""
    x = np.append(points.x_m[village], places[:, 0])
    y = np.append(points.y_m[village], places[:, 1])
    apart = np.hypot(x[:, np.newaxis] - x, y[:, np.newaxis] - y)
    full = error.covariance_db2(apart)
    count = points.x_m.shape[1]
    readings = full[count:, count:] + noise_db**2 * np.eye(len(places))
    across = full[:count, count:]
    gone = np.einsum("ij,ji->i", across, np.linalg.solve(readings, across.T))
    return full[np.arange(count), np.arange(count)], gone


def twin_settled(points, village, places, error, *, spread_db=0.0, noise_db=NOISE_DB):
    """P(decided after measuring), by integrating the indicator over what may be read."""
    variance, gone = kriged(points, village, places, error, noise_db)
    z = np.linspace(-8.0, 8.0, 40_001)
    left = np.sqrt(variance - gone + spread_db**2)
    excess = points.excess_db[village]
    p = points.weight[village] @ special.ndtr(
        (excess[:, np.newaxis] + np.sqrt(gone)[:, np.newaxis] * z) / left[:, np.newaxis]
    )
    density = np.exp(-0.5 * z**2)
    return float(density @ ((p <= P_LOW) | (p > P_HIGH)) / density.sum())


def prior(points, error, spread_db=0.0):
    tau = np.hypot(error.sigma_db, spread_db)
    return np.einsum("ni,ni->n", points.weight, special.ndtr(points.excess_db / tau))


@pytest.mark.parametrize("spread_db", [0.0, 5.5])
def test_values_agree_with_plain_kriging(spread_db):
    random = np.random.default_rng(1)
    points = random_points(random, 14)
    places = random.uniform(0.0, 4000.0, (6, 2))
    people = random.uniform(10.0, 500.0, 14)
    found = measurement_value(
        points, places, error=ERROR, spread_db=spread_db, importance=people,
        measurement_sigma_db=NOISE_DB,
    )  # fmt: skip
    p = prior(points, ERROR, spread_db)
    undecided = (p > P_LOW) & (p < P_HIGH)
    assert 3 <= undecided.sum() <= 13
    for place in range(6):
        after = np.array(
            [
                twin_settled(points, village, places[[place]], ERROR, spread_db=spread_db)
                for village in range(14)
            ]
        )
        assert found["villages_settled"][place] == pytest.approx(after[undecided].sum(), abs=5e-3)
        assert found["importance_settled"][place] == pytest.approx(
            (after * people)[undecided].sum(), abs=1.0
        )
        assert found["villages_reopened"][place] == pytest.approx(
            (1.0 - after)[~undecided].sum(), abs=5e-3
        )


def test_the_twin_agrees_with_a_simulation_of_readings():
    """Draw truths and readings, update, and count how often the village is decided."""
    random = np.random.default_rng(2)
    points = single_points([0.0], [1.0])
    place = np.array([[400.0, 0.0]])
    shared = float(ERROR.covariance_db2(400.0))
    variance = ERROR.sigma_db**2
    root = np.linalg.cholesky([[variance, shared], [shared, variance]])
    errors = root @ random.standard_normal((2, 200_000))
    read = errors[1] + NOISE_DB * random.standard_normal(200_000)
    weight = shared / (variance + NOISE_DB**2)
    left = np.sqrt(variance - weight * shared)
    p = special.ndtr((1.0 + weight * read) / left)
    simulated = np.mean((p <= P_LOW) | (p >= P_HIGH))
    assert twin_settled(points, 0, place, ERROR) == pytest.approx(simulated, abs=0.005)


undecided_excess = st.floats(-0.95, 0.95).map(lambda part: part * 1.2815 * ERROR.sigma_db)


@settings(deadline=None)
@given(undecided_excess, st.floats(0.0, 9000.0), st.floats(0.0, 9000.0))
def test_a_nearer_measurement_never_settles_less(excess, one, other):
    near, far = sorted([one, other])
    found = measurement_value(
        single_points([0.0], [excess]),
        np.array([[near, 0.0], [0.0, far]]),
        error=ERROR,
        spread_db=0.0,
    )["villages_settled"]
    assert found[0] >= found[1] - 1e-6
    assert 0.0 <= found[1] <= found[0] <= 1.0


@settings(deadline=None)
@given(undecided_excess, st.floats(0.0, 20.0), st.floats(0.0, 20.0))
def test_a_better_instrument_never_settles_less(excess, one, other):
    fine, coarse = sorted([one, other])
    points, place = single_points([0.0], [excess]), np.array([[200.0, 0.0]])
    settled = [
        measurement_value(points, place, error=ERROR, spread_db=0.0, measurement_sigma_db=noise)[
            "villages_settled"
        ][0]
        for noise in (fine, coarse)
    ]
    assert settled[0] >= settled[1] - 1e-6


def test_a_perfect_reading_at_the_village_settles_it():
    found = measurement_value(
        single_points([0.0], [2.0]),
        np.array([[0.0, 0.0]]),
        error=ERROR,
        spread_db=0.0,
        measurement_sigma_db=0.0,
    )
    assert found["villages_settled"][0] == pytest.approx(1.0, abs=1e-3)


def test_far_away_nothing_is_settled():
    found = measurement_value(
        single_points([0.0], [2.0]), np.array([[90_000.0, 0.0]]), error=ERROR, spread_db=0.0
    )
    assert found["villages_settled"][0] == pytest.approx(0.0, abs=1e-9)


def test_an_error_that_is_the_same_everywhere_is_learnt_anywhere():
    error = ErrorModel((Component(8.0, np.inf),))
    found = measurement_value(
        single_points([0.0], [2.0]), np.array([[90_000.0, 0.0], [0.0, 0.0]]),
        error=error, spread_db=0.0,
    )["villages_settled"]  # fmt: skip
    assert found[0] == pytest.approx(found[1])
    assert found[0] > 0.5


def test_doubt_about_the_position_is_not_settled_by_measuring():
    """Half the disc is sure and half is hopeless whatever is read."""
    points = VillagePoints(
        np.array([[0.0, 300.0]]), np.zeros((1, 2)), np.array([[80.0, -80.0]]), np.full((1, 2), 0.5)
    )
    found = measurement_value(points, np.array([[0.0, 0.0]]), error=ERROR, spread_db=0.0)
    assert found["villages_settled"][0] == pytest.approx(0.0, abs=1e-6)


def test_a_village_without_land_counts_nowhere():
    points = single_points([0.0, 0.0], [1.0, 1.0])
    points.weight[1] = 0.0
    found = measurement_value(points, np.zeros((1, 2)), error=ERROR, spread_db=0.0)
    alone = measurement_value(
        points.take(np.array([0])), np.zeros((1, 2)), error=ERROR, spread_db=0.0
    )
    np.testing.assert_allclose(found, alone)


def test_the_list_goes_to_the_next_cluster_instead_of_next_door():
    x = [*np.linspace(0.0, 400.0, 8), *np.linspace(60_000.0, 60_400.0, 5)]
    points = single_points(x, np.zeros(13))
    places = np.column_stack([x, np.zeros(13)])
    ranked = rank_measurements(points, places, error=ERROR, spread_db=0.0, count=3)
    assert ranked["x_m"][0] < 1000.0
    assert ranked["x_m"][1] > 59_000.0
    assert ranked["place"].is_unique


def test_the_first_of_the_list_is_the_best_alone():
    random = np.random.default_rng(7)
    points, places = random_points(random, 60), random.uniform(0.0, 4000.0, (150, 2))
    alone = measurement_value(points, places, error=ERROR, spread_db=0.0)
    ranked = rank_measurements(points, places, error=ERROR, spread_db=0.0, count=1)
    assert ranked["place"][0] == alone["villages_settled"].argmax()
    assert ranked["villages_settled"][0] == pytest.approx(alone["villages_settled"].max())


def test_the_list_agrees_with_an_exhaustive_greedy_twin():
    random = np.random.default_rng(11)
    points = single_points(
        random.uniform(0.0, 6000.0, 12), random.uniform(-8.0, 8.0, 12),
        random.uniform(0.0, 6000.0, 12),
    )  # fmt: skip
    places = random.uniform(0.0, 6000.0, (9, 2))
    ranked = rank_measurements(
        points, places, error=ERROR, spread_db=0.0, measurement_sigma_db=NOISE_DB, count=4
    )
    p = prior(points, ERROR)
    undecided = np.flatnonzero((p > P_LOW) & (p < P_HIGH))
    chosen: list[int] = []
    for step in range(4):
        totals = {
            place: sum(
                twin_settled(points, village, places[[*chosen, place]], ERROR)
                for village in undecided
            )
            for place in range(9)
            if place not in chosen
        }
        best = max(totals, key=totals.get)
        found = totals[ranked["place"][step]]
        assert ranked["villages_settled_in_all"][step] == pytest.approx(found, abs=5e-3)
        assert found >= 0.98 * totals[best]
        chosen.append(int(ranked["place"][step]))


def test_people_may_outweigh_villages():
    points = single_points([0.0, 100.0, 50_000.0], [0.0, 0.0, 0.0])
    places = np.array([[50.0, 0.0], [50_000.0, 0.0]])
    by_villages = rank_measurements(points, places, error=ERROR, spread_db=0.0)
    assert by_villages["place"].tolist() == [0, 1]
    people = np.array([10.0, 10.0, 900.0])
    by_people = rank_measurements(points, places, error=ERROR, spread_db=0.0, importance=people)
    assert by_people["place"].tolist() == [1, 0]
    assert by_people["importance_settled"][0] > 100.0


def test_points_and_places_come_from_the_discs(grid):
    people = np.zeros(grid.shape)
    people[6, 12], people[6, 13] = 9.0, 1.0
    margin = np.full(grid.shape, -np.inf, dtype=np.float32)
    margin[6, 12] = 4.0
    x, y = grid.centres_x_m()[[12, 12]], grid.centres_y_m()[[6, 6]]
    discs = disc_weights(
        grid, x, y, np.array([250.0, 250.0]), weight=people, land=np.ones(grid.shape)
    )
    places = measurement_places(discs, grid)
    np.testing.assert_allclose(places, [[x[0], y[0]]])
    error = ErrorModel(ERROR.components, bias_db=1.0)
    points = village_points(discs, margin, grid=grid, criterion=Criterion(2.0, 0.0), error=error)
    kept = points.weight[0] > 0.0
    np.testing.assert_allclose(points.weight[0][kept], [0.9, 0.1])
    np.testing.assert_allclose(points.excess_db[0][kept], [3.0, -200.0])
    np.testing.assert_allclose(points.x_m[0][kept], x[0] + [0.0, 100.0])
    expected = 0.9 * special.ndtr(3.0 / error.sigma_db)
    np.testing.assert_allclose(points.probability(error, 0.0), expected)


def test_a_village_that_nobody_counted_weighs_as_the_mean_of_the_others():
    nan = np.nan
    weights = people_or_mean(np.array([100.0, nan, 300.0, 0.0, nan]))
    assert weights.tolist() == [100.0, 400.0 / 3.0, 300.0, 1.0, 400.0 / 3.0]
    assert people_or_mean(np.array([nan, nan])).tolist() == [1.0, 1.0]
