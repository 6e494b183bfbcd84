from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qn_coverage.core.errors import ModelRangeError
from qn_coverage.propagation.free_space import basic_transmission_loss, free_space


@given(st.floats(0.01, 1000.0), st.floats(30.0, 6000.0))
def test_practical_formula_agrees_with_the_exact_one(distance_km, frequency_mhz):
    # P.525-4: L_bf = 20 log(4πd/λ); the practical constant 32.4 is 32.45 rounded.
    wavelength_m = 299.792458 / frequency_mhz
    exact = 20.0 * math.log10(4.0 * math.pi * distance_km * 1000.0 / wavelength_m)
    if exact > 0.0:
        loss = basic_transmission_loss(distance_km, frequency_mhz=frequency_mhz)
        assert loss == pytest.approx(exact, abs=0.05)


def test_known_values():
    # 1 MHz and 1 km give the constant; a geostationary satellite at 12 GHz about 205.5 dB.
    assert basic_transmission_loss(1.0, frequency_mhz=1.0) == pytest.approx(32.4)
    assert basic_transmission_loss(35_786.0, frequency_mhz=12e3) == pytest.approx(205.1, abs=0.1)


@given(st.floats(0.1, 500.0), st.floats(30.0, 3000.0))
def test_doubling_distance_or_frequency_costs_6_db(distance, frequency):
    here = basic_transmission_loss(distance, frequency_mhz=frequency)
    farther = basic_transmission_loss(2.0 * distance, frequency_mhz=frequency)
    higher = basic_transmission_loss(distance, frequency_mhz=2.0 * frequency)
    assert farther - here == pytest.approx(20.0 * math.log10(2.0))
    assert higher == pytest.approx(farther)


def test_loss_is_never_negative_and_zero_distance_is_allowed():
    assert basic_transmission_loss(0.0, frequency_mhz=900.0) == 0.0
    same_place = free_space(0.0, frequency_mhz=900.0, tx_height_m=1.5, rx_height_m=1.5)
    assert same_place == 0.0


def test_heights_lengthen_the_path():
    # 3-4-5: 4 km along the ground, 3 km of height
    slant = free_space(4.0, frequency_mhz=900.0, tx_height_m=3001.5, rx_height_m=1.5)
    assert slant == pytest.approx(basic_transmission_loss(5.0, frequency_mhz=900.0))


def test_arguments_broadcast():
    loss = free_space(
        np.ones((4, 1)), frequency_mhz=np.array([700.0, 900.0]), tx_height_m=30.0, rx_height_m=1.5
    )
    assert loss.shape == (4, 2)


@pytest.mark.parametrize(("distance", "frequency"), [(-1.0, 900.0), (1.0, 0.0), (math.nan, 900.0)])
def test_out_of_range_is_refused(distance, frequency):
    with pytest.raises(ModelRangeError, match="free_space"):
        free_space(distance, frequency_mhz=frequency, tx_height_m=30.0, rx_height_m=1.5)
