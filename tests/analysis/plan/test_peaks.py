"""Hill tops and sight lines on terrains whose answers are known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qn_coverage.analysis.plan.peaks import prominence_m, seen_points, slope_deg


def test_prominence_is_the_descent_to_the_saddle():
    profile = np.array([[0, 100, 40, 80, 10, 60, 0]], dtype=np.float32)
    assert prominence_m(profile)[0].tolist() == [0, 100, 0, 40, 0, 50, 0]


def test_a_plateau_has_one_peak():
    ground = np.zeros((5, 6), dtype=np.float32)
    ground[1:4, 1:5] = 30.0
    assert np.count_nonzero(prominence_m(ground)) == 1


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_prominence_agrees_with_flooding_by_hand(seed):
    random = np.random.default_rng(seed)
    ground = random.permutation(42).reshape(6, 7).astype(np.float32)
    found = prominence_m(ground)
    for row, col in np.ndindex(*ground.shape):
        assert found[row, col] == pytest.approx(_by_hand(ground, row, col))


def _by_hand(ground, row, col):
    """Lower the water until the cell's island holds higher ground."""
    from scipy import ndimage

    top = ground[row, col]
    if top == ground.max():
        return top - ground.min()
    for level in np.sort(ground[ground <= top])[::-1]:
        labels, _ = ndimage.label(ground >= level, structure=np.ones((3, 3)))
        if ground[labels == labels[row, col]].max() > top:
            return top - level
    raise AssertionError


def test_a_ridge_hides_what_lies_behind_it_and_a_mast_looks_over():
    ground = np.zeros((3, 21), dtype=np.float32)
    ground[:, 10] = 60.0
    points = np.array([[1, 5], [1, 15], [1, 20]])

    def seen(height):
        return seen_points(
            ground, 100.0, np.array([[1, 0]]), np.array([height]), points, reach_m=5000.0
        )[0].tolist()

    assert seen(20.0) == [0]
    assert seen(250.0) == [0, 1, 2]


def test_nothing_is_seen_beyond_reach_or_below_the_horizon():
    flat = np.zeros((1, 600), dtype=np.float32)
    points = np.array([[0, 100], [0, 200], [0, 590]])
    tops, height = np.array([[0, 0]]), np.array([30.0])
    near = seen_points(flat, 100.0, tops, height, points, reach_m=15_000.0)[0]
    far = seen_points(flat, 100.0, tops, height, points, reach_m=100_000.0)[0]
    assert near.tolist() == [0]
    assert far.tolist() == [0, 1]  # 30 m sees 22.6 km, a telephone at 1.5 m adds 5 km


def test_slope_is_the_angle_of_a_plane():
    ground = np.repeat(np.arange(10.0)[np.newaxis, :] * 100.0, 10, axis=0)
    assert slope_deg(ground, 100.0) == pytest.approx(np.full((10, 10), 45.0))
