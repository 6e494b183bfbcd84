"""Laws and limits of P.1812 over one profile."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qn_coverage.core.errors import ModelRangeError, UnknownNameError
from qn_coverage.propagation import p1812
from qn_coverage.propagation.p1812 import diffraction, normal, profile, radio_climate

DISTANCE = np.linspace(0.0, 20.0, 201)
FLAT = np.zeros(201)
INLAND = np.full(201, 4)
LINK = {"tx_height_agl_m": 40.0, "rx_height_agl_m": 10.0, "frequency_ghz": 0.9}


def loss(distance=DISTANCE, ground=FLAT, clutter=FLAT, zone=INLAND, **options):
    return p1812.basic_transmission_loss(distance, ground, clutter, zone, **(LINK | options))


def details(**options):
    return loss(intermediates=True, **options)


def hill(height_m, at_km=8.0):
    return height_m * np.exp(-(((DISTANCE - at_km) / 0.8) ** 2))


@given(low=st.floats(0.0, 800.0), more=st.floats(0.0, 300.0), at=st.floats(2.0, 18.0))
def test_diffraction_never_decreases_when_a_ridge_rises(low, more, at):
    ridge = np.where(np.abs(DISTANCE - at) < 0.06, 1.0, 0.0)
    lower = details(ground=low * ridge).l_bulla_50
    higher = details(ground=(low + more) * ridge).l_bulla_50
    assert higher >= lower - 1e-9


@given(height=st.floats(0.0, 900.0), f=st.floats(0.03, 6.0), rx=st.floats(1.0, 60.0))
def test_loss_is_never_below_free_space_at_the_median(height, f, rx):
    found = details(ground=hill(height), frequency_ghz=f, rx_height_agl_m=rx)
    assert found.l_b >= found.l_bfs - 1e-9


@given(height=st.floats(0.0, 600.0), at=st.floats(3.0, 17.0), f=st.floats(0.1, 6.0))
def test_actual_path_is_reciprocal(height, at, f):
    ground = hill(height, at)
    there = details(ground=ground, frequency_ghz=f)
    back = details(
        distance=DISTANCE[-1] - DISTANCE[::-1],
        ground=ground[::-1],
        frequency_ghz=f,
        tx_height_agl_m=10.0,
        rx_height_agl_m=40.0,
    )
    assert there.l_d50 == pytest.approx(back.l_d50, abs=1e-6)
    assert there.l_b == pytest.approx(back.l_b, abs=1e-6)


@given(height=st.floats(0.0, 700.0), percents=st.tuples(st.floats(1.0, 50.0), st.floats(1.0, 50.0)))
def test_loss_not_exceeded_for_more_time_is_greater(height, percents):
    rare, often = sorted(percents)
    ground = hill(height)
    assert loss(ground=ground, time_percent=often) >= loss(ground=ground, time_percent=rare) - 1e-9


def test_open_path_high_above_ground_is_free_space():
    found = details(tx_height_agl_m=1000.0, rx_height_agl_m=1000.0)
    assert found.l_d50 == 0.0
    assert found.l_b == pytest.approx(92.4 + 20 * math.log10(0.9) + 20 * math.log10(20.0), abs=1e-3)


def test_single_edge_is_the_knife_edge_of_the_recommendation():
    # One 100 m edge half-way between antennas at 0.9 GHz: ν and J(ν) by eq. (12), by hand.
    edge = np.where(np.arange(201) == 100, 200.0, 0.0)
    found = details(ground=edge, tx_height_agl_m=60.0, rx_height_agl_m=60.0)
    bulge = 500.0 / found.a_e * 10.0 * 10.0
    nu = (200.0 + bulge - 60.0) * math.sqrt(0.002 * 20.0 / (0.2998 / 0.9 * 100.0))
    j = 6.9 + 20.0 * math.log10(math.sqrt((nu - 0.1) ** 2 + 1.0) + nu - 0.1)
    assert found.l_bulla_50 == pytest.approx(j + (1.0 - math.exp(-j / 6.0)) * 10.4, abs=1e-9)


def test_clutter_at_the_terminals_is_not_used():
    clutter = np.where((np.arange(201) == 0) | (np.arange(201) == 200), 25.0, 0.0)
    assert loss(clutter=clutter) == loss()


def test_clutter_between_the_terminals_counts_as_ground_for_bullington_only():
    clutter = np.where(np.arange(201) == 190, 40.0, 0.0)
    found, bare = details(clutter=clutter), details()
    assert found.l_bulla_50 > bare.l_bulla_50 + 6.0
    assert found.theta == bare.theta
    assert found.h_srd == bare.h_srd


def test_zones_split_half_way_between_points():
    zone = np.array([4, 4, 1, 1, 3, 4], dtype=np.uint8)
    found = profile.zone_lengths(np.array([0.0, 2.0, 4.0, 8.0, 10.0, 14.0]), zone)
    assert found.omega == pytest.approx((1.0 + 4.0 + 1.0) / 14.0)
    assert found.d_tm == pytest.approx(5.0)
    assert found.d_lm == pytest.approx(3.0)
    assert found.d_ct == pytest.approx(3.0)
    assert found.d_cr == pytest.approx(5.0)


def test_terminals_at_sea_have_their_coast_at_hand():
    zone = np.where(np.arange(201) < 100, 1, 4)
    found = details(zone=zone, tx_coast_km=77.0, rx_coast_km=55.0)
    assert (found.d_ct, found.d_cr) == (0.0, 55.0)
    assert details(zone=zone).d_cr == pytest.approx(20.0 - 9.95)
    assert details().d_ct == 500.0


def test_sea_makes_ducts_likelier():
    assert details(zone=np.full(201, 1)).beta_0 > details().beta_0


def test_location_variability_widens_with_sigma_and_stops_at_sea():
    sigma, z = 5.5, NormalDist().inv_cdf(0.9)
    wanted = loss(ground=hill(300.0)) + z * sigma
    found = loss(ground=hill(300.0), location_percent=90.0, location_sigma_db=sigma)
    assert found == pytest.approx(wanted, abs=0.01)  # Attachment 2's inverse is good to 4.5e-4
    at_sea = np.where(np.arange(201) > 150, 1, 4)
    assert loss(zone=at_sea, location_percent=90.0, location_sigma_db=sigma) == pytest.approx(
        loss(zone=at_sea), abs=1e-8
    )


def test_entering_a_building_adds_the_median_entry_loss():
    entry = p1812.building_entry_loss_db(0.9)
    ground = hill(300.0)
    assert loss(ground=ground, building_entry_db=entry) == pytest.approx(
        loss(ground=ground) + entry
    )
    assert loss(ground=ground, building_entry_db=0.0) == loss(ground=ground)


def test_entry_loss_is_that_of_p2109():
    # P.2109, Fig. 1 and its formula at 1 GHz, where log f = 0: medians 12.64 and 28.19 dB join 9.1,
    # 27.8 and -3 dB.
    for building, (a, b) in {
        "traditional": (12.64, 9.1),
        "thermally_efficient": (28.19, 27.8),
    }.items():
        wanted = 10 * math.log10(10 ** (a / 10) + 10 ** (b / 10) + 10**-0.3)
        assert p1812.building_entry_loss_db(1.0, building=building) == pytest.approx(wanted)
    assert p1812.building_entry_loss_db(2.0, probability=0.9) > p1812.building_entry_loss_db(2.0)


def test_location_deviation_falls_to_nothing_ten_metres_above_the_clutter():
    at = {"resolution_m": 100.0, "clutter_m": 10.0}
    low = p1812.location_deviation_db(2.0, height_m=1.5, **at)
    assert low == pytest.approx((0.52 + 0.048) * 100.0**0.28)
    assert p1812.location_deviation_db(2.0, height_m=15.0, **at) == pytest.approx(low / 2)
    assert p1812.location_deviation_db(2.0, height_m=20.0, **at) == 0.0


def test_inverse_normal_is_close_and_odd():
    for x in (0.01, 0.1, 0.3, 0.5):
        assert normal.inverse_normal(x) == pytest.approx(NormalDist().inv_cdf(1.0 - x), abs=4.6e-4)
        assert normal.inverse_normal(1.0 - x) == pytest.approx(-normal.inverse_normal(x), abs=1e-8)


def test_clearance_point_solves_its_cubic():
    # Eqs. (24a)-(24e) are the closed form of m b³ - (m + 1) b + c = 0.
    for h_te, h_re, d in ((40.0, 1.5, 10.0), (300.0, 20.0, 30.0), (10.0, 10.0, 3.0)):
        m = 250.0 * d * d / (8930.0 * (h_te + h_re))
        d_1, _ = diffraction.least_clearance(d, h_te, h_re, 8930.0)
        b = 2.0 * d_1 / d - 1.0
        assert m * b**3 - (m + 1.0) * b + (h_te - h_re) / (h_te + h_re) == pytest.approx(
            0.0, abs=1e-9
        )


def test_ducting_incidence_has_its_published_limits():
    # Over sea μ1 = μ4 = 1 within 0.1 %; above 70° the base is 4.17 %.
    assert radio_climate.ducting_incidence(20.0, 0.0, 0.0) == pytest.approx(10**1.37, rel=2e-3)
    assert radio_climate.ducting_incidence(75.0, 0.0, 0.0) == pytest.approx(4.17, rel=2e-3)


def test_centre_of_a_path_along_a_meridian_is_half_way():
    assert p1812.path_centre_latitude_deg((107.0, 20.0), (107.0, 22.0), 222.39) == pytest.approx(
        21.0, abs=1e-4
    )


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"frequency_ghz": 0.029}, "frequency_ghz"),
        ({"frequency_ghz": 6.1}, "frequency_ghz"),
        ({"time_percent": 0.9}, "time_percent"),
        ({"time_percent": 51.0}, "time_percent"),
        ({"location_percent": 0.5}, "location_percent"),
        ({"location_percent": 99.5}, "location_percent"),
        ({"tx_height_agl_m": 0.5}, "tx_height_agl_m"),
        ({"tx_height_agl_m": -3.0}, "tx_height_agl_m"),
        ({"rx_height_agl_m": 3001.0}, "rx_height_agl_m"),
        ({"rx_height_agl_m": math.nan}, "rx_height_agl_m"),
        ({"distance": DISTANCE / 100.0}, "distance"),
        ({"distance": DISTANCE * 151.0}, "distance"),
        ({"distance": DISTANCE * 0.0}, "rise"),
        ({"distance": DISTANCE[::-1]}, "start at 0"),
        ({"distance": DISTANCE + 1.0}, "start at 0"),
        ({"ground": np.where(np.arange(201) == 7, np.nan, 0.0)}, r"ground_m\[7\]"),
        ({"clutter": FLAT - 1.0}, "clutter_m"),
        ({"zone": np.full(201, 2)}, "zone"),
        ({"ground": np.zeros(200)}, "shapes"),
        ({"delta_n": 157.0}, "delta_n"),
        ({"latitude_deg": 91.0}, "latitude_deg"),
        ({"polarisation": "circular"}, "polarisation"),
        ({"location_sigma_db": -1.0}, "location_sigma_db"),
        ({"tx_coast_km": -1.0}, "tx_coast_km"),
    ],
)
def test_values_out_of_range_are_refused_by_name(options, match):
    with pytest.raises(ModelRangeError, match=match):
        loss(**options)


def test_a_profile_of_four_points_is_refused():
    four = np.zeros(4)
    with pytest.raises(ModelRangeError, match="4 points"):
        loss(np.arange(4.0), four, four, np.full(4, 4))


def test_buildings_and_resolutions_that_do_not_exist_are_refused():
    with pytest.raises(UnknownNameError, match="thermally_efficient"):
        p1812.building_entry_loss_db(1.0, building="tent")
    with pytest.raises(ModelRangeError, match=r"0\.08"):
        p1812.building_entry_loss_db(0.01)
    with pytest.raises(ModelRangeError, match="resolution"):
        p1812.location_deviation_db(1.0, resolution_m=0.0, height_m=1.5, clutter_m=0.0)


def test_zero_length_path_is_refused():
    with pytest.raises(ModelRangeError):
        loss(np.zeros(5), np.zeros(5), np.zeros(5), np.full(5, 4))
