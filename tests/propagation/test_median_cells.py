"""Cells are sorted to rays so that each is answered by the ray whose wedge holds it."""

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from qn_coverage.propagation import rays, sector_kernel
from qn_coverage.propagation.median_cells import NODES, new_sorted, place_of_node, sort_cells
from qn_coverage.propagation.median_fields import CHUNK, FIELDS
from qn_coverage.propagation.median_search import seen_highest
from qn_coverage.propagation.sweep_kernel import Window

SIZE = 82


def sorted_cells(which, row, col, fan, window, asked):
    """Cells of a face by node: lists of (sample, minor index)."""
    face = rays.face_of(which, row, col, SIZE, SIZE)
    kept = new_sorted(fan.radius, fan.leaves)
    work = np.zeros(FIELDS * CHUNK)
    n = sort_cells(asked.ravel(), window, face, fan, kept, work)
    if n == 0:
        return face, {}
    assert kept.first[fan.leaves // 8 * NODES] == n
    bounds = kept.first[: fan.leaves // 8 * NODES + 1]
    listed = [
        [(int(cell) >> 32, int(cell) & 0xFFFFFFFF) for cell in kept.cells[first:end]]
        for first, end in itertools.pairwise(bounds)
    ]
    return face, dict(enumerate(listed))


@given(
    radius=st.floats(1.0, 38.0),
    row=st.floats(0.0, 1.0),
    col=st.floats(0.0, 1.0),
    near=st.floats(0.0, 0.9),
    share=st.floats(0.0, 1.0),
    seed=st.integers(0, 99),
)
@settings(max_examples=40, deadline=None)
def test_each_cell_asked_for_comes_once_to_the_node_whose_wedge_holds_it(
    radius, row, col, near, share, seed
):
    row, col = 40.0 + rays.snapped(row), 40.0 + rays.snapped(col)
    fan = rays.fan_of(radius)
    window = Window(1, 2, SIZE - 4, SIZE - 3, near * radius, radius)
    asked = np.random.default_rng(seed).random((window.rows, window.cols)) < share
    seen = np.zeros((SIZE, SIZE), dtype=int)
    for which in range(rays.FACES):
        face, by_node = sorted_cells(which, row, col, fan, window, asked)
        for leaf in range(fan.leaves):
            for level in range(rays.LEVELS):
                cells = by_node.get(place_of_node(leaf, level), [])
                if leaf & ((1 << level) - 1):
                    continue
                node = leaf >> level
                last = rays.samples_of_level(face, fan, level, node)
                before = 0
                if level < rays.LEVELS - 1:
                    before = rays.samples_of_level(face, fan, level + 1, node >> 1)
                assert cells == sorted(cells)
                for i, minor in cells:
                    assert before < i <= last + (level == 0)
                    major = face.first + face.step * (i - 1)
                    first, end = rays.wedge(face, fan, level, node, abs(major - face.major_0))
                    assert first <= minor < end
                    seen[(minor, major) if face.closed else (major, minor)] += 1
    rows, cols = np.indices(seen.shape)
    distance_2 = (rows - row) ** 2 + (cols - col) ** 2
    expected = np.zeros(seen.shape, dtype=bool)
    expected[1 : 1 + window.rows, 2 : 2 + window.cols] = asked
    expected &= (distance_2 >= window.nearest**2) & (distance_2 <= window.farthest**2)
    own = int(np.floor(row + 0.5)), int(np.floor(col + 0.5))
    if max(abs(own[0] - row), abs(own[1] - col)) < 0.5:
        expected[own] = False  # lies under the mast: no ray answers it
    assert (seen == expected).all()


def test_nodes_are_counted_parents_first_and_group_by_group():
    places = [
        place_of_node(leaf, level)
        for leaf in range(24)
        for level in range(rays.LEVELS - 1, -1, -1)
        if leaf & ((1 << level) - 1) == 0
    ]
    assert places == list(range(3 * NODES))


@given(
    heights=st.lists(st.integers(-30, 400), min_size=1, max_size=80),
    first=st.integers(1, 80),
    mast=st.integers(-10, 300),
)
@settings(max_examples=80, deadline=None)
def test_the_point_seen_highest_is_the_first_of_the_steepest(heights, first, mast):
    # index 0 is the mast itself
    z = np.array([0.0, *heights])
    x = 0.1 * np.arange(len(z))
    last = len(heights)
    best = np.zeros(len(z), dtype=np.uint32)
    first = min(first, last)
    seen_highest(best, z, x, float(mast), 1, first)
    if first < last:
        seen_highest(best, z, x, float(mast), first + 1, last)
    steepest = 1
    for i in range(1, last + 1):
        if (z[i] - mast) * x[steepest] > (z[steepest] - mast) * x[i]:
            steepest = i
        assert best[i] == steepest


@given(km_2=st.floats(1e-6, 1e6))
def test_the_quick_logarithm_never_exceeds_the_true_one(km_2):
    km_2 = np.float32(km_2)
    quick = sector_kernel.spread_at_least(km_2)
    true = 10.0 * np.log10(np.float64(km_2))
    assert true - 0.262 <= quick <= true + 1e-4
