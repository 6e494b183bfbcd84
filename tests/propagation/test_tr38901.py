from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qn_coverage.core.errors import ModelRangeError
from qn_coverage.propagation import tr38901
from qn_coverage.propagation.free_space import free_space

# From the propagation test suite of ns-3 (three-gpp-propagation-loss-model, 2019), tolerance
# 0.05 dB, at 5 GHz, receiver at 1.5 m, mast of 35 m (RMa) or 25 m (UMa).
NS3 = [
    (tr38901.rma_los, 35.0, 10.0, 77.3784),
    (tr38901.rma_los, 35.0, 100.0, 87.2965),
    (tr38901.rma_los, 35.0, 1000.0, 108.5577),
    (tr38901.rma_los, 35.0, 10_000.0, 140.3896),
    (tr38901.rma_nlos, 35.0, 10.0, 77.3784),
    (tr38901.rma_nlos, 35.0, 100.0, 95.7718),
    (tr38901.rma_nlos, 35.0, 1000.0, 133.5223),
    (tr38901.rma_nlos, 35.0, 5000.0, 160.5169),
    (tr38901.uma_los, 25.0, 10.0, 72.9380),
    (tr38901.uma_los, 25.0, 100.0, 86.2362),
    (tr38901.uma_los, 25.0, 1000.0, 109.7252),
    (tr38901.uma_los, 25.0, 5000.0, 137.6794),
    (tr38901.uma_nlos, 25.0, 10.0, 82.5131),
    (tr38901.uma_nlos, 25.0, 100.0, 106.1356),
    (tr38901.uma_nlos, 25.0, 1000.0, 144.7641),
    (tr38901.uma_nlos, 25.0, 5000.0, 172.0753),
]
PAIRS = [(tr38901.rma_los, tr38901.rma_nlos), (tr38901.uma_los, tr38901.uma_nlos)]


def link(frequency=3500.0, tx=25.0, rx=1.5):
    return {"frequency_mhz": frequency, "tx_height_m": tx, "rx_height_m": rx}


@pytest.mark.parametrize(("function", "mast_m", "distance_m", "published_db"), NS3)
def test_values_agree_with_the_reference_values_of_ns3(function, mast_m, distance_m, published_db):
    loss = function(distance_m / 1000.0, **link(5000.0, mast_m))
    assert loss == pytest.approx(published_db, abs=0.05)


def test_breakpoints_are_where_the_notes_to_the_table_put_them():
    # 2π · 35 · 1.5 · 5e9 / 3e8 and 4 · 24 · 0.5 · 5e9 / 3e8
    assert tr38901.rma_breakpoint_m(**link(5000.0, 35.0)) == pytest.approx(5497.787, abs=1e-3)
    assert tr38901.uma_breakpoint_m(**link(5000.0, 25.0)) == pytest.approx(800.0)


def test_line_of_sight_loss_is_continuous_at_the_breakpoint():
    for function, turn_m in (
        (tr38901.rma_los, tr38901.rma_breakpoint_m(**link())),
        (tr38901.uma_los, tr38901.uma_breakpoint_m(**link())),
    ):
        sides = turn_m / 1000.0 * np.array([1.0 - 1e-9, 1.0 + 1e-9])
        near, far = function(sides, **link())
        assert near == pytest.approx(far, abs=1e-3)


@pytest.mark.parametrize(("los", "nlos"), PAIRS)
@given(st.floats(0.01, 5.0), st.floats(500.0, 6000.0), st.floats(10.0, 60.0))
def test_an_obstacle_never_strengthens_the_signal(los, nlos, distance, frequency, tx):
    arguments = link(frequency, tx)
    assert nlos(distance, **arguments) >= los(distance, **arguments)


@pytest.mark.parametrize("function", [f for pair in PAIRS for f in pair])
@given(st.floats(0.01, 4.9), st.floats(500.0, 6000.0), st.floats(10.0, 60.0))
def test_loss_grows_with_distance(function, distance, frequency, tx):
    near, far = function(np.array([distance, distance * 1.01]), **link(frequency, tx))
    assert far >= near


@given(st.floats(0.01, 5.0), st.floats(500.0, 6000.0))
def test_line_of_sight_starts_at_free_space_within_the_rounding_of_its_constants(d, frequency):
    # UMa: 28 + 22 log d3D lies 4.4 - 2 log d3D below free space, 1.6 dB at the foot of the mast.
    bound = free_space(d, **link(frequency))
    assert tr38901.rma_los(d, **link(frequency)) >= bound - 0.1
    assert tr38901.uma_los(d, **link(frequency)) >= bound - 1.65


@pytest.mark.parametrize(
    ("function", "distance", "arguments", "named"),
    [
        (tr38901.rma_los, 10.1, link(), "distance_km"),
        (tr38901.rma_los, 0.009, link(), "distance_km"),
        (tr38901.rma_nlos, 5.1, link(), "distance_km"),
        (tr38901.rma_los, 1.0, link(frequency=450.0), "frequency_mhz"),
        (tr38901.rma_los, 1.0, link(tx=151.0), "tx_height_m"),
        (tr38901.rma_los, 1.0, link(rx=11.0), "rx_height_m"),
        (tr38901.uma_los, 5.1, link(), "distance_km"),
        (tr38901.uma_nlos, 1.0, link(rx=13.5), "rx_height_m"),
    ],
)
def test_out_of_range_is_refused_by_name(function, distance, arguments, named):
    with pytest.raises(ModelRangeError, match=named):
        function(distance, **arguments)
