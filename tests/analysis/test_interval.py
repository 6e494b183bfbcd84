"""Intervals are honest: calibrated on synthetic truth, sums agree, the same seed the same bits."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from qn_coverage.analysis.discs import disc_weights
from qn_coverage.analysis.error_model import Component, ErrorModel
from qn_coverage.analysis.interval import (
    draw_coverage,
    interval_table,
    merged_draws,
    summary_of,
)
from qn_coverage.analysis.probability import Criterion, covered_probability, covered_share
from qn_coverage.analysis.zonal import Zones
from qn_coverage.core.grid import Grid

SIDE = 36
GRID = Grid("EPSG:5899", 0.0, 3600.0, 100.0, SIDE, SIDE)
CRITERION = Criterion(0.0, 0.0)
ERROR = ErrorModel((Component(6.0, 500.0), Component(5.0, 2500.0)))


@pytest.fixture(scope="module")
def margin_db():
    """A slope from sure to hopeless, with bumps, shape (1, rows, cols)."""
    random = np.random.default_rng(4)
    slope = np.linspace(14.0, -14.0, SIDE)[np.newaxis, :] + np.zeros((SIDE, 1))
    return (slope + random.normal(0.0, 3.0, slope.shape)).astype(np.float32)[np.newaxis]


@pytest.fixture(scope="module")
def zones():
    """Nine square communes of 12 × 12 cells; a border shares its cells, the sea has none."""
    random = np.random.default_rng(9)
    rows, cols = np.divmod(np.arange(SIDE * SIDE), SIDE)
    unit = (rows // 12) * 3 + cols // 12
    land = np.zeros((9, SIDE * SIDE))
    land[unit, np.arange(SIDE * SIDE)] = 1.0
    border = cols == 11
    land[unit[border], np.flatnonzero(border)] = 0.4
    land[unit[border] + 1, np.flatnonzero(border)] = 0.6
    land[:, (rows < 2) & (cols < 5)] = 0.0
    people = land * random.gamma(0.3, 5.0, SIDE * SIDE)
    villages = np.zeros((9, 4), dtype=np.int64)
    villages[[0, 4, 4, 8], range(4)] = 1
    return Zones(
        "commune",
        tuple(f"{code:05d}" for code in range(9)),
        sparse.csr_array(land),
        sparse.csr_array(people),
        sparse.csr_array(villages),
        GRID.cell_area_m2 / 1e6,
    )


@pytest.fixture(scope="module")
def discs():
    ones = np.ones(GRID.shape)
    places = np.array([600.0, 1700.0, 1900.0, 3300.0]), np.array([3000.0, 1800.0, 1700.0, 300.0])
    return disc_weights(GRID, *places, np.array([0.0, 700.0, 300.0, 500.0]), weight=ones, land=ones)


def draw(zones, margin_db, **changes):
    settings = {"grid": GRID, "criterion": CRITERION, "error": ERROR, "realisations": 40}
    return draw_coverage([zones], margin_db, **(settings | changes))[0]


def test_a_model_that_never_errs_repeats_the_tables(zones, margin_db):
    for error in (ErrorModel(()), ErrorModel((Component(0.0, 500.0),))):
        found = draw(zones, margin_db, error=error, realisations=3)
        covered = margin_db[0] >= 0.0
        for one in range(3):
            np.testing.assert_allclose(found.land_km2[0, one], zones.land_km2(covered))
            np.testing.assert_allclose(found.people[0, one], zones.population(covered))


def test_a_bias_moves_every_level(zones, margin_db):
    found = draw(zones, margin_db, error=ErrorModel((), bias_db=-4.0), realisations=1)
    np.testing.assert_allclose(found.land_km2[0, 0], zones.land_km2(margin_db[0] >= 4.0))


@pytest.mark.parametrize("criterion", [CRITERION, Criterion(7.0, 0.0), Criterion(0.0, 5.5)])
def test_the_mean_of_the_draws_is_the_sum_of_the_probabilities(zones, margin_db, discs, criterion):
    found = draw(zones, margin_db, criterion=criterion, discs=discs, realisations=1000)
    chance = covered_probability(margin_db[0], criterion, ERROR).ravel().astype(np.float64)
    # Four standard errors of the mean.
    slack = 4.0 * found.land_km2[0].std(axis=0) / np.sqrt(1000) + 1e-4
    expected = zones.land @ chance * zones.cell_km2
    assert (np.abs(found.land_km2[0].mean(axis=0) - expected) < slack).all()
    slack = 4.0 * found.people[0].std(axis=0) / np.sqrt(1000) + 1e-3
    assert (np.abs(found.people[0].mean(axis=0) - zones.people @ chance) < slack).all()
    slack = 4.0 * found.villages[0].std(axis=0) / np.sqrt(1000) + 1e-4
    expected = zones.villages @ (discs @ chance)
    assert (np.abs(found.villages[0].mean(axis=0) - expected) < slack).all()


def test_units_sum_to_the_province_in_every_draw(zones, margin_db, discs):
    found = draw(zones, margin_db, discs=discs)
    province = merged_draws("province", found, ["22"] * 9)
    districts = merged_draws("district", found, ["a", "b", "a", "b", "a", "b", "a", "b", "b"])
    again = merged_draws("province", districts, ["22", "22"])
    for name in ("land_km2", "people", "villages"):
        total = getattr(found, name).sum(axis=-1)
        np.testing.assert_allclose(getattr(province, name)[:, :, 0], total, rtol=1e-12)
        np.testing.assert_allclose(getattr(again, name)[:, :, 0], total, rtol=1e-12)
    assert province.people_total[0] == pytest.approx(zones.people.sum())
    assert districts.codes == ("a", "b")


def same_bits(one, other):
    return all(
        np.array_equal(getattr(one, name), getattr(other, name))
        for name in ("land_km2", "people", "villages")
    )


def test_the_same_seed_gives_the_same_bits_for_any_threads(zones, margin_db, discs):
    one = draw(zones, margin_db, discs=discs, threads=1)
    assert same_bits(one, draw(zones, margin_db, discs=discs, threads=3))
    assert not same_bits(one, draw(zones, margin_db, discs=discs, seed=7))


def test_more_draws_begin_with_the_fewer(zones, margin_db):
    few = draw(zones, margin_db, realisations=7)
    many = draw(zones, margin_db, realisations=20)
    np.testing.assert_array_equal(many.people[:, :7], few.people)


def test_states_share_the_errors(zones, margin_db):
    """A better network is never worse in any draw, and equal states are equal."""
    random = np.random.default_rng(1)
    better = margin_db[0] + random.gamma(0.1, 20.0, GRID.shape).astype(np.float32)
    found = draw(zones, np.stack([margin_db[0], better, margin_db[0]]))
    assert (found.people[1] >= found.people[0]).all()
    assert (found.people[1] > found.people[0]).any()
    np.testing.assert_array_equal(found.people[2], found.people[0])


def test_an_error_shared_by_all_is_all_or_nothing(zones):
    level = np.full((1, *GRID.shape), 2.0, dtype=np.float32)
    error = ErrorModel((Component(8.0, np.inf),))
    found = draw(zones, level, error=error, realisations=2000)
    share = (found.land_km2[0] / found.land_total_km2).round(9)
    assert set(np.unique(share)) == {0.0, 1.0}
    assert (share == share[:, :1]).all()
    expected = covered_probability(2.0, CRITERION, error)
    assert share[:, 0].mean() == pytest.approx(float(expected), abs=0.04)


def test_a_village_without_a_disc_counts_as_not_covered(zones, margin_db):
    assert (draw(zones, margin_db + np.float32(99.0)).villages == 0.0).all()


def exact_truths(margin_db, zones, count, seed):
    """Shares of land under fields drawn cell by cell from the full covariance matrix."""
    rows, cols = np.divmod(np.arange(SIDE * SIDE), SIDE)
    apart = 100.0 * np.hypot(rows[:, np.newaxis] - rows, cols[:, np.newaxis] - cols)
    root = np.linalg.cholesky(ERROR.covariance_db2(apart) + 1e-9 * np.eye(SIDE * SIDE))
    noise = np.random.default_rng(seed).standard_normal((SIDE * SIDE, count))
    covered = covered_share(margin_db[0].reshape(-1, 1) + root @ noise, CRITERION)
    return (zones.land @ covered.astype(np.float64)).T


@pytest.fixture(scope="module")
def truths(margin_db, zones):
    return exact_truths(margin_db, zones, 600, seed=77)


def share_inside(draws, truths, zones):
    """How often the truth lies inside the 90 % interval, by unit."""
    table = interval_table(draws, 0)
    truth = truths / zones.land.sum(axis=1)
    inside = truth >= table["land_share_low"].to_numpy() - 1e-9
    inside &= truth <= table["land_share_high"].to_numpy() + 1e-9
    return inside.mean(axis=0)


def ranks_of(draws, truths, zones):
    """Rank of each truth among the draws, 0-1, ties broken at random: uniform if calibrated."""
    ours = (draws.land_km2[0] / zones.cell_km2).round(6)[:, np.newaxis]
    truth = truths.round(6)
    below, ties = (ours < truth).sum(axis=0), (ours == truth).sum(axis=0)
    return (below + np.random.default_rng(3).random(truth.shape) * (ties + 1)) / (len(ours) + 1)


def test_ninety_percent_intervals_hold_ninety_percent_of_synthetic_truths(zones, margin_db, truths):
    draws = draw(zones, margin_db, realisations=600)
    ranks = ranks_of(draws, truths, zones)
    # 600 truths against ends from 600 draws: a unit strays by √2 · 1.2 %; four of that.
    inside = ((ranks > 0.05) & (ranks < 0.95)).mean(axis=0)
    assert (np.abs(inside - 0.9) < 0.07).all()
    assert inside.mean() == pytest.approx(0.9, abs=0.03)
    # The interval is closed, so ties at its ends (a unit wholly covered) only add to it.
    assert (share_inside(draws, truths, zones) >= inside - 0.01).all()


def test_the_province_is_calibrated_too(zones, margin_db, truths):
    draws = merged_draws("province", draw(zones, margin_db, realisations=600), ["22"] * 9)
    table = interval_table(draws, 0)
    truth = truths.sum(axis=1) / zones.land.sum()
    inside = (truth >= table["land_share_low"][0]) & (truth <= table["land_share_high"][0])
    assert inside.mean() == pytest.approx(0.9, abs=0.06)


def test_ignoring_the_correlation_makes_intervals_far_too_narrow(zones, margin_db, truths):
    alone = ErrorModel((Component(ERROR.sigma_db, 1.0),))
    assert alone.sigma_db == ERROR.sigma_db
    draws = draw(zones, margin_db, error=alone, realisations=600)
    assert (share_inside(draws, truths, zones) < 0.4).all()


def test_a_twin_with_exact_fields_has_the_same_spread(zones, margin_db, truths):
    draws = draw(zones, margin_db, realisations=600)
    ours = draws.land_km2[0] / zones.cell_km2
    np.testing.assert_allclose(ours.std(axis=0) / truths.std(axis=0), 1.0, atol=0.13)


draws_of_units = st.lists(
    st.lists(st.floats(0.0, 1.0), min_size=3, max_size=3), min_size=2, max_size=60
)


@settings(deadline=None)
@given(draws_of_units, st.floats(0.01, 0.45))
def test_an_interval_holds_its_mean_and_a_wider_one_holds_it(values, tail):
    values = np.array(values)
    mean, low, high = summary_of(values, low=tail, high=1.0 - tail)
    assert (low <= mean).all()
    assert (mean <= high).all()
    assert (low >= values.min(axis=0) - 1e-12).all()
    assert (high <= values.max(axis=0) + 1e-12).all()
    _, wider_low, wider_high = summary_of(values, low=tail / 2.0, high=1.0 - tail / 2.0)
    assert (wider_low <= low).all()
    assert (wider_high >= high).all()


def test_a_unit_without_people_has_no_share(zones, margin_db):
    empty = Zones(
        "commune",
        ("00001", "00002"),
        zones.land[[1, 2]],
        sparse.csr_array(zones.people[[1, 2]] * np.array([[1.0], [0.0]])),
        zones.villages[[1, 2]],
        zones.cell_km2,
    )
    table = interval_table(draw(empty, margin_db), 0)
    assert np.isnan(table["population_share_mean"][1])
    assert table["population_share_mean"][0] >= 0.0


def test_draws_are_streamed(zones, margin_db):
    """Ten times the draws take no more memory than their small results."""

    def peak_of(realisations):
        tracemalloc.start()
        draw(zones, margin_db, realisations=realisations)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    draw(zones, margin_db, realisations=2)
    few, many = peak_of(20), peak_of(400)
    assert many - few < 0.05 * 380 * SIDE * SIDE * 4 + 380 * 22 * 8 * 2


def test_progress_is_told(zones, margin_db):
    told = []
    draw(zones, margin_db, realisations=5, advance=lambda *done: told.append(done))
    assert told == [(2, 5), (4, 5), (5, 5)]
