"""Antennas as tables: a table of a formula gives the formula, tilts go where they should."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qn_coverage.core.errors import ModelRangeError
from qn_coverage.propagation import antenna, antenna_table
from tests.propagation.antennas import AROUND, TURN

BEARING = st.floats(-540.0, 540.0)
DEPRESSION = st.floats(-90.0, 90.0)


def tr36814_table(width_h, width_v, entries=3600, tilt=0.0):
    turn = np.arange(entries) * 360.0 / entries
    around = (turn + 180.0) % 360.0 - 180.0
    face = {"azimuth_deg": 0.0, "beamwidth_h_deg": width_h, "beamwidth_v_deg": width_v}
    ahead = antenna.tr36814(turn, 0.0, downtilt_deg=0.0, **face)
    down = antenna.tr36814(0.0, around, downtilt_deg=tilt, **face)
    return np.stack([ahead, down])[None]


def look(cuts, bearing, depression, *, azimuth=0.0, downtilt=0.0, mechanical=0.0, pattern=0):
    weakest = antenna_table.weakest_db(cuts)
    return antenna_table.towards_db(
        bearing, depression, azimuth, downtilt, mechanical, 65.0, 8.0, pattern, cuts, weakest
    )


@given(BEARING, DEPRESSION, st.floats(0.0, 360.0), st.floats(40.0, 120.0), st.floats(5.0, 40.0))
def test_a_fine_table_of_tr36814_gives_the_formula(bearing, depression, azimuth, width_h, width_v):
    cuts = tr36814_table(width_h, width_v)
    # Linear between entries 0.1° apart: steepest where a parabola of 5° meets its floor.
    expected = antenna.pattern_db(bearing, depression, azimuth, 0.0, width_h, width_v)
    assert look(cuts, bearing, depression, azimuth=azimuth) == pytest.approx(expected, abs=0.4)
    core = abs(expected) < 15.0
    if core:
        assert look(cuts, bearing, depression, azimuth=azimuth) == pytest.approx(expected, abs=0.01)


@given(BEARING, DEPRESSION, st.floats(-5.0, 15.0))
def test_a_tilt_in_the_table_is_the_tilt_of_the_formula(bearing, depression, tilt):
    cuts = tr36814_table(65.0, 30.0, tilt=tilt)
    expected = antenna.pattern_db(bearing, depression, 0.0, tilt, 65.0, 30.0)
    assert look(cuts, bearing, depression) == pytest.approx(expected, abs=0.1)


@given(BEARING, DEPRESSION)
def test_the_table_of_the_panel_is_tr38901(bearing, depression):
    cuts = antenna_table.panel_cuts_db()[None]
    expected = float(antenna.tr38901(bearing, depression, azimuth_deg=0.0))
    assert look(cuts, bearing, depression) == pytest.approx(expected, abs=0.35)


@given(BEARING, st.floats(0.0, 360.0), st.floats(-40.0, 40.0))
def test_a_table_turns_with_its_azimuth(bearing, azimuth, depression):
    random = np.random.default_rng(1)
    cuts = -random.uniform(0.0, 2.0, (1, 2, 360))
    turned = look(cuts, bearing + azimuth, depression, azimuth=azimuth)
    assert turned == pytest.approx(look(cuts, bearing, depression), abs=1e-6)


@given(BEARING, DEPRESSION, st.floats(-10.0, 20.0), st.sampled_from([-1, 0]))
def test_no_direction_of_any_antenna_is_above_0_db(bearing, depression, mechanical, pattern):
    cuts = tr36814_table(65.0, 8.0, entries=360)
    assert look(cuts, bearing, depression, mechanical=mechanical, pattern=pattern) <= 0.0


def test_a_mechanical_tilt_lowers_the_front_lifts_the_back_and_leaves_the_sides():
    cuts = tr36814_table(360.0, 8.0)  # as strong behind as ahead: the vertical cut alone
    for pattern in (0, antenna_table.PARAMETRIC):
        levels = {
            (bearing, depression): antenna_table.towards_db(
                bearing, depression, 0.0, 0.0, 6.0, 720.0, 8.0, pattern, cuts,
                antenna_table.weakest_db(cuts),
            )
            for bearing in (0.0, 90.0, 180.0)
            for depression in (-6.0, 0.0, 6.0)
        }  # fmt: skip
        strongest = {
            bearing: max((-6.0, 0.0, 6.0), key=lambda d: levels[bearing, d])
            for bearing in (0.0, 90.0, 180.0)
        }
        assert strongest == {0.0: 6.0, 90.0: 0.0, 180.0: -6.0}


@given(BEARING, DEPRESSION, st.floats(-10.0, 10.0))
def test_a_tilt_is_only_told_from_a_mechanical_one_off_the_azimuth(bearing, depression, tilt):
    cuts = tr36814_table(90.0, 20.0)
    ahead = look(cuts, 0.0, depression, mechanical=tilt)
    assert ahead == pytest.approx(look(cuts, 0.0, depression, downtilt=tilt), abs=1e-6)
    side = look(cuts, 90.0, depression, mechanical=tilt)
    assert side == pytest.approx(look(cuts, 90.0, depression), abs=1e-5)
    omni = look(cuts, bearing, depression, azimuth=math.nan, mechanical=tilt)
    assert omni == look(cuts, 0.0, depression, azimuth=math.nan)


@given(st.floats(-10.0, 10.0), st.floats(0.0, 8.0), st.floats(-180.0, 180.0))
def test_the_tilt_of_the_first_order_is_near_that_of_itu_r_f1336(elevation, tilt, bearing):
    high, beta, phi = (math.radians(angle) for angle in (-elevation, tilt, bearing))
    exact = math.asin(
        math.sin(high) * math.cos(beta) + math.cos(high) * math.cos(phi) * math.sin(beta)
    )
    first = -elevation + tilt * antenna_table.cosine(bearing)
    assert first == pytest.approx(math.degrees(exact), abs=0.25)


@given(st.floats(-2000.0, 2000.0))
def test_the_cosine_is_one(angle):
    assert antenna_table.cosine(angle) == pytest.approx(math.cos(math.radians(angle)), abs=1e-7)


@pytest.mark.parametrize("tilt", [0, 4, -3, 12])
def test_the_tilt_of_a_cut_is_where_it_is_strongest_ahead(tilt):
    cut = np.maximum(-12.0 * ((AROUND - tilt) / 7.0) ** 2, -30.0)
    assert antenna_table.tilt_of(cut) == pytest.approx(tilt)
    behind = cut.copy()
    behind[180] = 0.0
    assert antenna_table.tilt_of(behind) == pytest.approx(tilt)
    assert antenna_table.tilt_of(np.zeros(360)) == 0.0


def test_names_lead_to_tables_and_the_panel_is_always_there():
    cut = np.minimum(-np.abs(AROUND) / 10.0, 0.0)
    found = antenna_table.patterns_of(["a"], [(cut, cut)])
    assert found.names == ("a", "tr38901")
    assert found.indices(["tr38901", "tr36814", None, "", "a"]).tolist() == [1, -1, -1, -1, 0]
    assert found.cuts_db.shape == (2, 2, len(TURN))
    with pytest.raises(ModelRangeError, match="above 0 dB"):
        antenna_table.patterns_of(["a"], [(cut, cut + 1.0)])
