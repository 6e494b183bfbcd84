from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qn_coverage.core.errors import ModelRangeError
from qn_coverage.propagation import hata
from qn_coverage.propagation.free_space import free_space

OPEN, SUBURBAN, URBAN = hata.OPEN, hata.SUBURBAN, hata.URBAN
ENVIRONMENT = st.sampled_from([OPEN, SUBURBAN, URBAN])


def link(frequency=900.0, tx=30.0, rx=1.5, environment=URBAN):
    return {
        "frequency_mhz": frequency,
        "tx_height_m": tx,
        "rx_height_m": rx,
        "environment": environment,
    }


@pytest.mark.parametrize(
    ("environment", "published_db"), [(URBAN, 137.88), (SUBURBAN, 128.03), (OPEN, 109.66)]
)
def test_okumura_hata_matches_the_reference_values_of_ns3(environment, published_db):
    # ns-3, src/propagation/test/okumura-hata-test-suite.cc (2011): 869 MHz, 30 m, 1 m, 2 km,
    # tolerance 0.1 dB; its suburban and open cases take the large city's a(h_m), 0.05 dB less gain.
    loss = hata.okumura_hata(2.0, **link(869.0, 30.0, 1.0, environment))
    assert loss == pytest.approx(published_db, abs=0.1 if environment == URBAN else 0.15)


@pytest.mark.parametrize("frequency", [150.0, 450.0, 900.0, 1500.0])
@pytest.mark.parametrize("tx", [30.0, 70.0, 200.0])
@pytest.mark.parametrize("distance", [1.0, 5.0, 20.0, 50.0, 100.0])
def test_okumura_hata_is_the_field_strength_formula_of_p529(frequency, tx, distance):
    # P.529-3, Annex 1, 1 kW e.r.p.: E = 69.82 - 6.16 log f + 13.82 log H1 + a(H2)
    # - (44.9 - 6.55 log H1)(log d)^b; P.1546-6, Annex 5, §17: L = 139.3 - E + 20 log f.
    # Both recommendations round their constants: 139.3 - 69.82 = 69.48 against Hata's 69.55.
    log_f = math.log10(frequency)
    height = tx / math.sqrt(1.0 + 7e-6 * tx**2)
    b = 1.0
    if distance > 20.0:
        b += (0.14 + 1.87e-4 * frequency + 1.07e-3 * height) * math.log10(distance / 20.0) ** 0.8
    field = 69.82 - 6.16 * log_f + 13.82 * math.log10(tx)
    field += (1.1 * log_f - 0.7) * 1.5 - (1.56 * log_f - 0.8)
    field -= (44.9 - 6.55 * math.log10(tx)) * math.log10(distance) ** b
    loss = hata.okumura_hata(distance, **link(frequency, tx))
    assert loss == pytest.approx(139.3 - field + 20.0 * log_f, abs=0.08)


@pytest.mark.parametrize("distance", [1.0, 2.0, 5.0, 10.0, 20.0])
def test_cost231_hata_matches_the_rule_of_thumb_for_umts(distance):
    # Holma and Toskala, WCDMA for UMTS, ch. 8: 137.4 + 35.2 log R at 1950 MHz, 30 m, 1.5 m.
    loss = hata.cost231_hata(distance, **link(1950.0))
    assert loss == pytest.approx(137.4 + 35.2 * math.log10(distance), abs=0.08)


@pytest.mark.parametrize("distance", [1.0, 2.0, 5.0])
def test_cost231_hata_matches_the_suburban_macro_cell_of_the_3gpp_channel_model(distance):
    # TR 25.996, §5.2: PL = 31.5 + 35 log(d / m) is its COST 231 Hata formula at 1.9 GHz, 32 m,
    # 1.5 m with C = 0 dB, both figures rounded to half a decibel.
    loss = hata.cost231_hata(distance, **link(1900.0, 32.0))
    assert loss == pytest.approx(31.5 + 35.0 * math.log10(1000.0 * distance), abs=0.2)


def test_cost231_hata_matches_a_value_worked_by_hand():
    # 46.3 + 33.9 · 3.25527 - 13.82 · 1.47712 - 0.0430 = 136.197 (1800 MHz, 30 m, 1.5 m, 1 km)
    assert hata.cost231_hata(1.0, **link(1800.0)) == pytest.approx(136.197, abs=1e-3)


@pytest.mark.parametrize(
    ("environment", "correction_db"),
    # 900 MHz: 2 log²(900/28) + 5.4 = 9.943; 4.78 log² 900 - 18.33 log 900 + 40.94 = 28.506
    [(URBAN, 0.0), (SUBURBAN, 9.943), (OPEN, 28.506)],
)
def test_corrections_for_suburban_and_open_ground(environment, correction_db):
    town = hata.okumura_hata(5.0, **link())
    other = hata.okumura_hata(5.0, **link(environment=environment))
    assert town - other == pytest.approx(correction_db, abs=1e-3)


@given(
    st.floats(1.0, 100.0),
    st.floats(150.0, 2000.0),
    st.floats(30.0, 200.0),
    st.floats(1.0, 10.0),
    ENVIRONMENT,
)
def test_extended_hata_equals_the_published_formulas_in_their_ranges(d, f, tx, rx, environment):
    published = hata.okumura_hata if f <= 1500.0 else hata.cost231_hata
    arguments = link(f, tx, rx, environment)
    assert hata.extended_hata(d, **arguments) == pytest.approx(published(d, **arguments), abs=1e-9)


@given(
    st.floats(0.0, 100.0),
    st.floats(150.0, 4000.0),
    st.floats(1.0, 200.0),
    st.floats(0.5, 50.0),
    ENVIRONMENT,
)
def test_extended_hata_never_falls_below_free_space(d, f, tx, rx, environment):
    bound = free_space(d, frequency_mhz=f, tx_height_m=tx, rx_height_m=rx)
    assert hata.extended_hata(d, **link(f, tx, rx, environment)) >= bound


@given(st.floats(0.04, 99.0), st.floats(150.0, 4000.0), st.floats(1.0, 200.0), ENVIRONMENT)
def test_extended_hata_grows_with_distance(d, f, tx, environment):
    near, far = hata.extended_hata(np.array([d, d * 1.01]), **link(f, tx, 1.5, environment))
    assert far >= near - 1e-9


@pytest.mark.parametrize("edge_km", [0.04, 0.1, 20.0])
@pytest.mark.parametrize("environment", [OPEN, SUBURBAN, URBAN])
def test_extended_hata_has_no_step_where_its_rules_meet(edge_km, environment):
    sides = edge_km * np.array([1.0 - 1e-9, 1.0 + 1e-9])
    low, high = hata.extended_hata(sides, **link(environment=environment))
    assert low == pytest.approx(high, abs=1e-3)


@pytest.mark.parametrize(("edge", "which"), [(30.0, "tx"), (10.0, "rx"), (2000.0, "frequency")])
def test_extended_hata_has_no_step_at_the_edges_of_its_height_and_frequency_rules(edge, which):
    low = hata.extended_hata(3.0, **link(**{which: edge * (1.0 - 1e-9)}))
    high = hata.extended_hata(3.0, **link(**{which: edge * (1.0 + 1e-9)}))
    assert low == pytest.approx(high, abs=1e-3)


def test_rules_of_sm2028_above_2_ghz_and_for_low_masts_and_high_receivers():
    at_2_ghz = hata.extended_hata(3.0, **link(2000.0))
    at_4_ghz = hata.extended_hata(3.0, **link(4000.0))
    # a(h_m) goes on with the true frequency: (1.1 · 1.5 - 1.56) · log 2 = 0.0271 dB less loss
    assert at_4_ghz - at_2_ghz == pytest.approx(10.0 * math.log10(2.0) - 0.0271, abs=1e-3)
    low, high = (hata.extended_hata(3.0, **link(tx=tx)) for tx in (15.0, 30.0))
    assert low - high == pytest.approx(20.0 * math.log10(2.0))
    ten, twenty = (hata.extended_hata(3.0, **link(tx=60.0, rx=rx)) for rx in (10.0, 20.0))
    assert ten - twenty == pytest.approx(20.0 * math.log10(2.0))


@pytest.mark.parametrize(
    ("function", "distance", "changed", "named"),
    [
        (hata.okumura_hata, 0.9, {}, "distance_km"),
        (hata.okumura_hata, 101.0, {}, "distance_km"),
        (hata.okumura_hata, 5.0, {"frequency": 1501.0}, "frequency_mhz"),
        (hata.okumura_hata, 5.0, {"tx": 29.0}, "tx_height_m"),
        (hata.okumura_hata, 5.0, {"rx": 11.0}, "rx_height_m"),
        (hata.cost231_hata, 5.0, {"frequency": 1499.0}, "frequency_mhz"),
        (hata.cost231_hata, 5.0, {"frequency": 2001.0}, "frequency_mhz"),
        (hata.extended_hata, 5.0, {"frequency": 4001.0}, "frequency_mhz"),
        (hata.extended_hata, 5.0, {"tx": 201.0}, "tx_height_m"),
        (hata.extended_hata, math.nan, {}, "distance_km"),
        (hata.extended_hata, 5.0, {"environment": 3}, "environment"),
    ],
)
def test_out_of_range_is_refused_by_name(function, distance, changed, named):
    with pytest.raises(ModelRangeError, match=named):
        function(
            distance,
            **(
                link(1800.0 if function is hata.cost231_hata else 900.0)
                | {
                    {"frequency": "frequency_mhz", "tx": "tx_height_m", "rx": "rx_height_m"}.get(
                        k, k
                    ): v
                    for k, v in changed.items()
                }
            ),
        )


def test_arguments_broadcast():
    loss = hata.extended_hata(
        np.linspace(0.0, 30.0, 7),
        frequency_mhz=900.0,
        tx_height_m=30.0,
        rx_height_m=1.5,
        environment=np.arange(3)[:, None],
    )
    assert loss.shape == (3, 7)
    assert (np.diff(loss, axis=0) >= 0.0).all()
