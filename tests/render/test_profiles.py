"""A terrain profile stays true in a few whole numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qn_coverage.analysis.path import worst_edge
from qn_coverage.render import profiles
from tests.render.conftest import ridge_path


@given(st.integers(2, 400), st.integers(0, 2**32 - 1), st.data())
def test_thinning_keeps_both_ends_the_edge_and_the_order(count, seed, data):
    heights = np.random.default_rng(seed).normal(size=count).cumsum()
    edge = data.draw(st.integers(0, count - 1))
    kept = profiles.thinned(np.arange(count, dtype=float), heights, edge)
    assert len(kept) <= profiles.MOST_POINTS
    assert kept[0] == 0
    assert kept[-1] == count - 1
    assert edge in kept
    assert (np.diff(kept) > 0).all()


def test_a_short_line_keeps_every_point():
    assert profiles.thinned(np.arange(9.0), np.zeros(9)).tolist() == list(range(9))


def test_a_lone_peak_survives_thinning_without_being_named():
    heights = np.zeros(500)
    heights[317] = 80.0
    assert 317 in profiles.thinned(np.arange(500.0), heights)


@pytest.mark.parametrize("samples", [30, 60, 61, 200])
def test_the_picture_carries_the_edge_where_the_path_has_it(samples):
    path = ridge_path(samples)
    edge = worst_edge(path)
    made = profiles.profile_of(path, edge.distance_km)
    x, ground = np.cumsum(made["x"]), np.cumsum(made["g"])
    assert len(x) == len(ground) == len(made["c"]) <= profiles.MOST_POINTS
    assert abs(x[made["e"]] - 1000.0 * edge.distance_km) <= 0.5
    assert abs(ground[made["e"]] + made["c"][made["e"]] - edge.top_m) <= 1.0
    assert x[0] == 0
    assert abs(x[-1] - 1000.0 * path.length_km) <= 0.5


def test_the_drawn_line_of_sight_clears_the_edge_by_what_the_table_says():
    """The page lets the line sag by m (far − m) / (2000 a): the same rule as the table's."""
    path = ridge_path()
    edge = worst_edge(path)
    m, far = 1000.0 * edge.distance_km, 1000.0 * path.length_km
    line = path.tx_amsl_m + (path.rx_amsl_m - path.tx_amsl_m) * m / far
    line -= m * (far - m) / (2000.0 * profiles.EARTH_KM)
    assert edge.top_m - line == pytest.approx(edge.above_line_m, abs=0.05)


def test_a_path_without_an_edge_marks_none_and_one_without_length_is_left_out():
    assert profiles.profile_of(ridge_path(), float("nan"))["e"] is None
    assert profiles.profiles_of({"a": ridge_path(length_km=0.0), "b": ridge_path()}, {}).keys() == {
        "b"
    }
