from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from qn_coverage.propagation import antenna

ANGLE = st.floats(-720.0, 720.0)
DIRECTION = st.tuples(ANGLE, st.floats(-90.0, 90.0))
ANTENNA = st.tuples(ANGLE, st.floats(-20.0, 45.0), st.floats(1.0, 360.0), st.floats(1.0, 90.0))
FACE = {"azimuth_deg": 0.0, "downtilt_deg": 0.0, "beamwidth_h_deg": 70.0, "beamwidth_v_deg": 10.0}


@pytest.mark.parametrize(
    ("bearing_deg", "depression_deg", "expected_db"),
    [
        (0.0, 0.0, 0.0),
        (35.0, 0.0, -3.0),  # half of φ_3dB
        (0.0, 5.0, -3.0),  # half of θ_3dB
        (70.0, 0.0, -12.0),
        (35.0, 5.0, -6.0),  # the cuts add
        (180.0, 0.0, -25.0),  # A_m
        (0.0, 90.0, -20.0),  # SLA_v
        (180.0, 90.0, -25.0),  # A_m clips the sum
    ],
)
def test_tr36814_gives_the_values_that_follow_from_its_table(
    bearing_deg, depression_deg, expected_db
):
    assert antenna.tr36814(bearing_deg, depression_deg, **FACE) == pytest.approx(expected_db)


@pytest.mark.parametrize(
    ("bearing_deg", "depression_deg", "expected_db"),
    [(32.5, 0.0, -3.0), (0.0, 32.5, -3.0), (180.0, 0.0, -30.0), (0.0, 110.0, -30.0)],
)
def test_tr38901_gives_the_values_that_follow_from_its_table(
    bearing_deg, depression_deg, expected_db
):
    value = antenna.tr38901(bearing_deg, depression_deg, azimuth_deg=0.0)
    assert value == pytest.approx(expected_db)


@given(DIRECTION, ANTENNA)
def test_kernel_and_array_function_agree(direction, face):
    bearing, depression = direction
    azimuth, tilt, width_h, width_v = face
    expected = antenna.tr36814(
        bearing,
        depression,
        azimuth_deg=azimuth,
        downtilt_deg=tilt,
        beamwidth_h_deg=width_h,
        beamwidth_v_deg=width_v,
    )
    value = antenna.pattern_db(bearing, depression, azimuth, tilt, width_h, width_v)
    assert value == pytest.approx(float(expected), abs=1e-9)


@given(DIRECTION, ANTENNA)
def test_no_direction_beats_the_main_one(direction, face):
    assert -antenna.FRONT_TO_BACK_DB <= antenna.pattern_db(*direction, *face) <= 0.0
    assert antenna.pattern_db(face[0], face[1], *face) == 0.0


@given(st.floats(0.0, 180.0), ANGLE)
def test_pattern_is_symmetric_about_its_azimuth(offset, azimuth):
    left = antenna.pattern_db(azimuth - offset, 0.0, azimuth, 0.0, 65.0, 10.0)
    right = antenna.pattern_db(azimuth + offset, 0.0, azimuth, 0.0, 65.0, 10.0)
    assert left == pytest.approx(right, abs=1e-8)


@given(ANGLE)
def test_pattern_repeats_every_turn(bearing):
    here = antenna.pattern_db(bearing, 0.0, 120.0, 0.0, 65.0, 10.0)
    assert antenna.pattern_db(bearing + 360.0, 0.0, 120.0, 0.0, 65.0, 10.0) == pytest.approx(
        here, abs=1e-8
    )


@given(ANGLE, st.floats(-90.0, 90.0))
def test_omnidirectional_antenna_keeps_only_its_vertical_cut(bearing, depression):
    omni = antenna.pattern_db(bearing, depression, np.nan, 3.0, np.nan, 8.0)
    assert omni == antenna.vertical_db(depression, 3.0, 8.0, antenna.SIDE_LOBE_DB)
    array = antenna.tr36814(
        bearing,
        depression,
        azimuth_deg=np.nan,
        downtilt_deg=3.0,
        beamwidth_h_deg=np.nan,
        beamwidth_v_deg=8.0,
    )
    assert array == pytest.approx(omni, abs=1e-12)


def test_array_function_broadcasts():
    values = antenna.tr36814(np.arange(0.0, 360.0, 30.0)[:, None], np.zeros(5), **FACE)
    assert values.shape == (12, 5)


@given(ANGLE)
def test_tabulated_cut_reproduces_the_cut_it_was_sampled_from(angle):
    turn = np.arange(3600) / 10.0
    table = antenna.tr36814(turn, 0.0, **FACE)
    assert antenna.cut_db(angle, table) == pytest.approx(
        antenna.pattern_db(angle, 0.0, 0.0, 0.0, 70.0, 10.0), abs=0.02
    )


def test_tabulated_cut_is_linear_between_entries_and_closes_the_turn():
    table = np.array([0.0, -4.0, -8.0, -12.0])
    assert antenna.cut_db(45.0, table) == pytest.approx(-2.0)
    assert antenna.cut_db(315.0, table) == pytest.approx(-6.0)
    assert antenna.cut_db(-45.0, table) == pytest.approx(-6.0)


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_bearing_is_the_arc_tangent_within_a_few_millionths_of_a_degree(east, north):
    assume(east != 0.0 or north != 0.0)  # where no direction is
    difference = antenna.bearing_deg(east, north) - math.degrees(math.atan2(east, north))
    assert abs(difference - 360.0 * round(difference / 360.0)) < 2e-6


@pytest.mark.parametrize(
    ("east", "north", "bearing"),
    [(0.0, 1.0, 0.0), (1.0, 0.0, 90.0), (0.0, -1.0, 180.0), (-1.0, 0.0, -90.0), (0.0, 0.0, 0.0)],
)
def test_bearing_turns_clockwise_from_north(east, north, bearing):
    assert antenna.bearing_deg(east, north) == pytest.approx(bearing)
