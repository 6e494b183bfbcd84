from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qn_coverage.core.errors import ModelRangeError
from qn_coverage.propagation import distance_table
from qn_coverage.propagation.models import resolve

RX_M = 1.5


def steep(distance_km, *, frequency_mhz, tx_height_m, rx_height_m, environment):
    """45 dB a decade, 10 dB more in each environment."""
    return 120.0 + 45.0 * np.log10(distance_km) + 10.0 * np.asarray(environment)


def tables(model=steep, height=30.0, reach=100_000.0):
    return distance_table.tabulate(
        resolve(model),
        frequency_mhz=np.array([900.0]),
        height_m=np.array([height]),
        rx_height_m=RX_M,
        max_distance_m=reach,
    )


@given(st.floats(1.0, 100_000.0), st.integers(0, 2))
def test_a_loss_of_45_db_a_decade_is_met_within_a_ten_thousandth(distance_m, environment):
    value = distance_table.interpolate(distance_m**2, tables().loss_db[0, environment])
    expected = steep(
        distance_m / 1000.0,
        frequency_mhz=900.0,
        tx_height_m=30.0,
        rx_height_m=RX_M,
        environment=environment,
    )
    assert value == pytest.approx(expected, abs=1.2e-4)


@given(st.floats(1.0, 50_000.0), st.sampled_from([1.5, 30.0, 200.0]))
def test_depression_is_the_angle_down_to_the_receiver(distance_m, height):
    seen = distance_table.interpolate(distance_m**2, tables(height=height).depression_deg[0])
    expected = math.degrees(math.atan2(height - RX_M, distance_m))
    assert seen == pytest.approx(expected, abs=1e-3)


@given(st.lists(st.floats(0.0, 1e10), min_size=1, max_size=20))
def test_array_passes_agree_with_the_scalar_kernels(squares):
    squared = np.array(squares)
    table = tables()
    knot = np.empty(len(squared), dtype=np.int32)
    share = np.empty(len(squared), dtype=np.float32)
    out = np.empty(len(squared), dtype=np.float32)
    distance_table.locate(squared, knot, share)
    assert (knot == distance_table.knots_before(squared)).all()
    assert knot.tolist() == [distance_table.knot_before(value) for value in squares]
    distance_table.look_up(knot, share, table.loss_db[0, 1], out)
    expected = [distance_table.interpolate(value, table.loss_db[0, 1]) for value in squares]
    assert out == pytest.approx(expected, abs=1e-4)
    by_kind = np.empty_like(out)
    kinds = np.full(len(squared), 1, dtype=np.uint8)
    distance_table.look_up_by_kind(kinds, knot, share, table.loss_db[0], by_kind)
    assert (by_kind == out).all()


@given(st.floats(0.0, 1e10), st.floats(0.0, 1e10))
def test_least_loss_bounds_every_loss_at_and_beyond_a_place(near, far):
    near, far = sorted((near, far))
    table = tables("okumura_hata")
    knot = distance_table.knot_before(near)
    for environment in range(distance_table.ENVIRONMENTS):
        loss = distance_table.interpolate(far, table.loss_db[0, environment])
        assert table.least_loss_db[0, environment, knot] <= loss + 1e-4


def test_cells_nearer_than_the_model_allows_take_the_loss_at_its_least_distance():
    table = tables("hata_1980", reach=20_000.0)
    at_foot = distance_table.interpolate(100.0, table.loss_db[0, 2])
    at_1_km = distance_table.interpolate(1e6, table.loss_db[0, 2])
    assert at_foot == pytest.approx(at_1_km, abs=0.01)


def test_no_signal_is_finite_but_hopeless():
    def wall(distance_km, **_):
        return np.where(np.asarray(distance_km) <= 1.0, 100.0, np.inf)

    loss = tables(wall).loss_db
    assert np.isfinite(loss).all()
    assert loss.max() == np.float32(distance_table.NO_SIGNAL_DB)


def test_models_that_return_nan_and_terrain_models_are_refused():
    def broken(distance_km, **_):
        return np.asarray(distance_km) * np.nan

    with pytest.raises(ModelRangeError, match="NaN"):
        tables(broken)
    with pytest.raises(ModelRangeError, match="terrain"):
        tables("p1812")
