from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qn_coverage.core.errors import ModelRangeError, UnknownNameError
from qn_coverage.propagation import link_budget


@pytest.mark.parametrize(
    ("technology", "bandwidth", "frequency", "blocks"),
    [
        ("4G", 1.4, 1800.0, 6),
        ("4G", 10.0, 1800.0, 50),
        ("4G", 20.0, 900.0, 100),
        ("5G", 100.0, 3500.0, 273),  # 30 kHz above 1 GHz
        ("5G", 20.0, 2600.0, 51),
        ("5G", 20.0, 700.0, 106),  # 15 kHz below
        ("5G", 10.0, 700.0, 52),
    ],
)
def test_resource_blocks_are_those_of_the_standards(technology, bandwidth, frequency, blocks):
    assert link_budget.resource_blocks(technology, bandwidth, frequency) == blocks


@pytest.mark.parametrize("table", [link_budget.NR_BLOCKS_15_KHZ, link_budget.NR_BLOCKS_30_KHZ])
def test_resource_blocks_of_5g_fill_their_channel_but_never_burst_it(table):
    spacing_mhz = 0.015 if table is link_budget.NR_BLOCKS_15_KHZ else 0.030
    for bandwidth, blocks in table.items():
        assert 0.7 * bandwidth < 12 * blocks * spacing_mhz < bandwidth


def test_resource_blocks_of_4g_take_nine_tenths_of_their_channel():
    # TS 36.101: 0.18 MHz a block; 1.4 MHz is the one narrow exception
    for bandwidth, blocks in link_budget.LTE_BLOCKS.items():
        if bandwidth > 1.4:
            assert blocks * 0.18 == pytest.approx(0.9 * bandwidth)


def test_reference_eirp_of_each_technology():
    # 20 MHz LTE: 10 log 1200 = 30.79; 100 MHz NR at 30 kHz: 10 log 3276 = 35.15
    reference = link_budget.reference_eirp_dbm(
        ["2G", "3G", "4G", "5G"],
        eirp_dbm=60.0,
        bandwidth_mhz=[0.2, 5.0, 20.0, 100.0],
        frequency_mhz=[925.0, 2120.0, 1815.0, 3500.0],
    )
    assert reference == pytest.approx([60.0, 50.0, 29.208, 24.847], abs=1e-3)


def test_a_table_column_is_accepted():
    reference = link_budget.reference_eirp_dbm(
        pd.Series(["4G", "3G"], dtype="string"),
        eirp_dbm=np.array([60.0, 58.0]),
        bandwidth_mhz=np.array([10.0, 5.0]),
        frequency_mhz=np.array([1815.0, 2120.0]),
    )
    assert reference == pytest.approx([60.0 - 10.0 * math.log10(600.0), 48.0])


@given(st.sampled_from(sorted(link_budget.LTE_BLOCKS)), st.floats(0.0, 80.0))
def test_all_resource_elements_together_make_up_the_carrier(bandwidth, eirp):
    reference = link_budget.reference_eirp_dbm(
        "4G", eirp_dbm=eirp, bandwidth_mhz=bandwidth, frequency_mhz=1800.0
    )
    elements = 12 * link_budget.LTE_BLOCKS[bandwidth]
    assert 10.0 ** (reference / 10.0) * elements == pytest.approx(10.0 ** (eirp / 10.0))


def test_unknown_channel_and_technology_are_refused():
    with pytest.raises(ModelRangeError, match="7 MHz"):
        link_budget.resource_blocks("4G", 7.0, 1800.0)
    with pytest.raises(UnknownNameError, match="6G"):
        link_budget.reference_share_db("6G", 20.0, 1800.0)
    with pytest.raises(UnknownNameError, match="3G"):
        link_budget.resource_blocks("3G", 5.0, 2100.0)


def test_budget_adds_up():
    # 43 dBm + 18 dBi - 3 dB; LTE 20 MHz; 130 dB of loss, 3 dB off the beam, 8 dB of body and car
    eirp = link_budget.eirp_dbm(43.0, gain_dbi=18.0, losses_db=3.0)
    assert eirp == 58.0
    level = link_budget.received_dbm(27.2, path_loss_db=130.0, pattern_db=-3.0, rx_losses_db=8.0)
    assert level == pytest.approx(-113.8)


@pytest.mark.parametrize(
    ("probability", "z"), [(0.5, 0.0), (0.9, 1.281552), (0.95, 1.644854), (0.99, 2.326348)]
)
def test_location_margin_is_the_normal_quantile_times_the_deviation(probability, z):
    assert link_budget.location_margin_db(probability, 5.5) == pytest.approx(5.5 * z, abs=1e-5)


@given(st.floats(0.01, 0.99), st.floats(0.0, 15.0))
def test_location_margin_is_odd_about_one_half(probability, sigma):
    above = link_budget.location_margin_db(probability, sigma)
    below = link_budget.location_margin_db(1.0 - probability, sigma)
    assert above == pytest.approx(-below, abs=1e-9)


def test_required_median_lies_a_margin_above_the_threshold():
    required = link_budget.required_median_dbm([-110.0, -95.0], probability=0.9, sigma_db=5.5)
    assert required == pytest.approx([-102.9515, -87.9515], abs=1e-4)


@pytest.mark.parametrize(("probability", "sigma"), [(0.0, 5.0), (1.0, 5.0), (0.9, -1.0)])
def test_impossible_probabilities_are_refused(probability, sigma):
    with pytest.raises(ModelRangeError):
        link_budget.location_margin_db(probability, sigma)
