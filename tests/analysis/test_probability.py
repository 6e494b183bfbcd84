"""Probabilities obey their laws and agree with plain integration."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats

from qn_coverage.analysis.coverage import Coverage, Layer
from qn_coverage.analysis.error_model import (
    TUNED_RMSE_DB,
    Component,
    ErrorModel,
    prior_error,
)
from qn_coverage.analysis.normal import LIMIT, cdf_table, interpolated_cdf
from qn_coverage.analysis.probability import (
    Criterion,
    covered_probability,
    covered_share,
    location_sigma_db,
    probability_bounds,
    probability_of_any,
    threshold_margin_db,
)
from qn_coverage.core.errors import ModelRangeError
from qn_coverage.core.scenario import Service
from qn_coverage.propagation.emitters import Mosaic

margins = st.floats(-60.0, 60.0, width=32)
sigmas = st.floats(0.5, 20.0)


def error_of(sigma_db, bias_db=0.0):
    return ErrorModel((Component(sigma_db, 1000.0),), bias_db)


def test_the_table_is_the_normal_distribution_function():
    x = np.linspace(-9.0, 9.0, 20_011)
    table = cdf_table()
    found = np.array([interpolated_cdf(value, table) for value in x])
    assert np.abs(found - special.ndtr(x)).max() < 6e-7
    assert (np.diff(found) >= 0.0).all()
    assert interpolated_cdf(-LIMIT, table) == 0.0
    assert interpolated_cdf(np.inf, table) == 1.0


def test_location_variability_has_the_values_of_the_recommendation():
    # (0.52 + 0.024 f) w_a^0.28 by hand: 100^0.28 = 3.63078, 500^0.28 = 5.69786.
    assert location_sigma_db(1800.0, 100.0) == pytest.approx(0.5632 * 3.63078, rel=1e-5)
    assert location_sigma_db(900.0, 500.0) == pytest.approx(0.5416 * 5.69786, rel=1e-5)


def test_location_variability_fades_out_above_the_clutter():
    full = location_sigma_db(900.0, 100.0, height_agl_m=1.5, clutter_m=20.0)
    assert location_sigma_db(900.0, 100.0, height_agl_m=25.0, clutter_m=20.0) == full / 2.0
    assert location_sigma_db(900.0, 100.0, height_agl_m=31.0, clutter_m=20.0) == 0.0


@pytest.mark.parametrize(("frequency", "resolution"), [(10.0, 100.0), (7000.0, 100.0), (900, 0)])
def test_location_variability_is_refused_outside_its_range(frequency, resolution):
    with pytest.raises(ModelRangeError):
        location_sigma_db(frequency, resolution)


@settings(deadline=None)
@given(margins, margins, sigmas)
def test_probability_never_falls_when_the_margin_rises(one, other, sigma):
    low, high = sorted([one, other])
    for criterion in (Criterion.of_cells(0.9, 5.5), Criterion.of_places(5.5)):
        p = covered_probability([low, high], criterion, error_of(sigma))
        assert p[0] <= p[1]


@settings(deadline=None)
@given(margins, sigmas, sigmas)
def test_a_larger_error_never_makes_one_surer(margin, one, other):
    low, high = sorted([one, other])
    criterion = Criterion.of_cells(0.9, 5.5)
    sure = covered_probability([margin], criterion, error_of(low))
    doubtful = covered_probability([margin], criterion, error_of(high))
    assert abs(doubtful - 0.5) <= abs(sure - 0.5) + 1e-6


@settings(deadline=None)
@given(margins, margins)
def test_a_cell_meets_the_rule_when_enough_of_its_places_do(margin, error):
    share = covered_share([margin], Criterion.of_places(5.5), error_db=error)
    meets = covered_share([margin], Criterion.of_cells(0.9, 5.5), error_db=error)
    assert meets[0] == (share[0] >= 0.9) or share[0] == pytest.approx(0.9, abs=1e-5)


@settings(deadline=None)
@given(st.floats(-25.0, 25.0), st.floats(1.0, 12.0), st.floats(0.5, 8.0), st.floats(-5.0, 5.0))
def test_the_probability_is_the_mean_over_the_error(margin, sigma, spread, bias):
    errors = bias + sigma * np.linspace(-7.0, 7.0, 2001)
    weights = np.exp(-0.5 * ((errors - bias) / sigma) ** 2)
    weights /= weights.sum()
    criterion = Criterion.of_places(spread)
    expected = weights @ special.ndtr((margin + errors) / spread)
    assert covered_probability([margin], criterion, error_of(sigma, bias))[0] == pytest.approx(
        expected, abs=2e-6
    )


def test_without_signal_there_is_no_chance_and_no_data_stays_no_data():
    p = covered_probability([-np.inf, np.nan, np.inf], Criterion.of_places(5.5), error_of(10.0))
    assert p[0] == 0.0
    assert np.isnan(p[1])
    assert p[2] == 1.0


def test_without_error_and_variability_a_level_that_just_suffices_covers():
    p = covered_probability([-0.01, 0.0, 0.01], Criterion.of_places(0.0), error_of(0.0))
    np.testing.assert_array_equal(p, [0.0, 1.0, 1.0])


def coverage_of_layers(grid, levels):
    mosaic = Mosaic.empty(len(levels), grid.shape)
    for index, level in enumerate(levels):
        mosaic.level_dbm[index] = level
    layers = (Layer("Viettel", "4G", -102.95), Layer("VNPT", "4G", -95.0))
    return Coverage(date(2024, 1, 4), grid, layers, mosaic)


def test_the_criterion_of_cells_repeats_the_tables_when_the_model_is_right(grid):
    random = np.random.default_rng(3)
    coverage = coverage_of_layers(grid, random.uniform(-120.0, -80.0, (2, *grid.shape)))
    coverage.mosaic.level_dbm[0, :3] = np.float32(-102.95)  # ties
    service = Service()
    criterion = Criterion.of_cells(service.location_probability, service.location_sigma_db)
    for chosen in ({}, {"operator": "VNPT"}):
        margin = threshold_margin_db(coverage, service, **chosen)
        np.testing.assert_array_equal(
            covered_share(margin, criterion) == 1.0, coverage.covered(**chosen)
        )


def test_the_margin_is_over_the_bare_threshold(grid):
    service = Service(location_probability=0.9, location_sigma_db=5.5)
    bare = -110.0 - 5.5 * special.ndtri(0.9) + 7.0486
    coverage = coverage_of_layers(grid, [bare, -np.inf])
    required = coverage.layers[0].required_dbm
    threshold = required - 5.5 * special.ndtri(0.9)
    margin = threshold_margin_db(coverage, service)
    assert margin[0, 0] == pytest.approx(bare - threshold, abs=1e-4)


layer_margins = st.lists(st.floats(-30.0, 30.0, width=32), min_size=2, max_size=5)


@settings(deadline=None)
@given(layer_margins, st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_more_in_common_never_helps(values, one, other):
    layers = np.array(values, dtype=np.float32)[:, np.newaxis]
    criterion, error = Criterion.of_places(4.0), error_of(8.0)
    low, high = probability_bounds(layers, criterion, error)
    less, more = sorted([one, other])
    p_less = probability_of_any(layers, criterion, error, shared=less)
    p_more = probability_of_any(layers, criterion, error, shared=more)
    assert low <= p_more + 1e-5
    assert p_more <= p_less + 1e-5
    assert p_less <= high + 1e-5


@pytest.mark.parametrize("shared", [0.2, 0.5, 0.9, 0.97])
def test_the_common_factor_agrees_with_the_multivariate_normal(shared):
    values = np.array([3.0, -2.0, -6.0])
    tau = np.hypot(8.0, 4.0)
    correlation = np.full((3, 3), shared)
    np.fill_diagonal(correlation, 1.0)
    none = stats.multivariate_normal(cov=correlation).cdf(-values / tau)
    p = probability_of_any(
        values[:, np.newaxis], Criterion.of_places(4.0), error_of(8.0), shared=shared
    )
    assert p[0] == pytest.approx(1.0 - none, abs=1e-4)


@settings(deadline=None)
@given(layer_margins)
def test_the_bounds_are_the_strongest_and_the_product(values):
    layers = np.array(values, dtype=np.float32)[:, np.newaxis]
    criterion, error = Criterion.of_cells(0.9, 5.5), error_of(8.0)
    low, high = probability_bounds(layers, criterion, error)
    each = special.ndtr((layers - criterion.required_db) / 8.0)
    assert low[0] == pytest.approx(each.max(), abs=1e-6)
    assert high[0] == pytest.approx(1.0 - np.prod(1.0 - each), abs=5e-6)


def test_shared_variance_is_a_share():
    with pytest.raises(ModelRangeError):
        probability_of_any(np.zeros((2, 1)), Criterion(0.0, 0.0), error_of(1.0), shared=1.5)


@settings(deadline=None)
@given(st.floats(0.0, TUNED_RMSE_DB), st.floats(TUNED_RMSE_DB, 20.0))
def test_the_parts_of_the_prior_make_up_the_published_error(location, untuned):
    error = prior_error(location, untuned_rmse_db=untuned)
    assert error.sigma_db**2 + location**2 == pytest.approx(untuned**2)
    tuned = error.components[1].sigma_db ** 2 + location**2
    assert tuned == pytest.approx(TUNED_RMSE_DB**2)
    assert error.covariance_db2(0.0) == pytest.approx(error.sigma_db**2)


def test_a_prior_whose_parts_exceed_the_whole_is_refused():
    with pytest.raises(ModelRangeError):
        prior_error(9.0)
    with pytest.raises(ModelRangeError):
        prior_error(5.5, untuned_rmse_db=8.0)


@pytest.mark.parametrize("part", [(-1.0, 100.0), (np.nan, 100.0), (1.0, 0.0), (1.0, np.nan)])
def test_an_impossible_component_is_refused(part):
    with pytest.raises(ModelRangeError):
        Component(*part)
