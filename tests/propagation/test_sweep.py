"""The sweep against its slow twin, against exact profiles, and at the awkward places."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qn_coverage.core.errors import InvalidDataError, ModelRangeError
from qn_coverage.propagation import ray_state, rays, sweep_kernel
from qn_coverage.propagation.p1812 import DELTA_N, LATITUDE_DEG, N_0
from qn_coverage.propagation.p1812.path_loss import link_of
from qn_coverage.propagation.sweep import SweepOptions, mast_loss
from tests.propagation.sweep_ground import hills, surface
from tests.propagation.sweep_twin import loss_of_cell

RX_M = 1.5


def mast_at(ground, row, col):
    """Easting and northing of a position in cells."""
    x = ground.west_m + (col + 0.5) * ground.cell_m
    return x, ground.north_m - (row + 0.5) * ground.cell_m


def swept(ground, row, col, *, reach_m=6000.0, height_m=35.0, f_mhz=900.0, **options):
    x, y = mast_at(ground, row, col)
    return mast_loss(
        ground,
        x_m=x,
        y_m=y,
        tx_height_agl_m=height_m,
        rx_height_agl_m=RX_M,
        frequency_mhz=f_mhz,
        max_distance_m=reach_m,
        options=SweepOptions(**options),
        dtype=np.float64,
    )


def twin(ground, row, col, cells, *, reach_m=6000.0, height_m=35.0, f_mhz=900.0, p=50.0, pol="v"):
    terrain = ray_state.terrain_of(
        ground.ground_m, ground.clutter_m, ground.zone, cell_km=ground.cell_m / 1000.0
    )
    mast = sweep_kernel.Mast(rays.snapped(row), rays.snapped(col), height_m, RX_M)
    nan = math.nan
    link = link_of(f_mhz / 1000.0, p, pol == "v", DELTA_N, N_0, LATITUDE_DEG, nan, nan)
    radius = reach_m / ground.cell_m
    return np.array([loss_of_cell(terrain, mast, radius, link, r, c) for r, c in cells])


def some_cells(loss, count, seed=0):
    rows, cols = np.nonzero(np.isfinite(loss))
    chosen = np.random.default_rng(seed).choice(len(rows), min(count, len(rows)), replace=False)
    return list(zip(rows[chosen].tolist(), cols[chosen].tolist(), strict=True))


def worst_difference(loss, ground, row, col, count=250, **options):
    cells = some_cells(loss, count)
    return np.abs(
        np.array([loss[cell] for cell in cells]) - twin(ground, row, col, cells, **options)
    )


@pytest.mark.parametrize("sea", [0.0, 0.3, 0.9, 1.0])
@pytest.mark.parametrize("towns", [False, True])
def test_median_equals_the_twin_that_walks_whole_profiles(sea, towns):
    ground = surface(seed=1, sea=min(sea, 0.99), towns=towns)
    if sea == 1.0:
        flat = np.zeros(ground.shape, dtype=np.float32)
        ground = surface(ground=flat, towns=False)
    loss = swept(ground, 44.3, 51.7)
    assert worst_difference(loss, ground, 44.3, 51.7).max() < 1e-9


@given(
    seed=st.integers(0, 1000),
    row=st.floats(10.0, 80.0),
    col=st.floats(10.0, 100.0),
    f_mhz=st.floats(30.0, 6000.0),
    height_m=st.floats(1.0, 300.0),
    sea=st.floats(0.0, 0.95),
)
@example(seed=1, row=39.609375, col=30.25, f_mhz=30.0, height_m=1.0, sea=0.0)  # under the mast
@settings(max_examples=15)
def test_median_equals_the_twin_wherever_the_mast_and_whatever_the_frequency(
    seed, row, col, f_mhz, height_m, sea
):
    ground = surface(seed=seed, sea=sea)
    link = {"f_mhz": f_mhz, "height_m": height_m}
    loss = swept(ground, row, col, **link)
    assert worst_difference(loss, ground, row, col, 60, **link).max() < 1e-9


@pytest.mark.parametrize("p", [1.0, 10.0, 49.0])
def test_any_time_percentage_equals_the_twin(p):
    ground = surface(seed=2)
    loss = swept(ground, 44.3, 51.7, time_percent=p)
    assert worst_difference(loss, ground, 44.3, 51.7, p=p).max() < 1e-9


def test_horizontal_polarisation_equals_the_twin():
    ground = surface(seed=3, sea=0.6)
    loss = swept(ground, 44.3, 51.7, f_mhz=100.0, polarisation="horizontal")
    assert worst_difference(loss, ground, 44.3, 51.7, f_mhz=100.0, pol="h").max() < 1e-9


def test_ducts_count_where_they_can_over_long_sea_paths():
    # 60 km of sea at 5 GHz: the terminals shield each other and the duct carries.
    ground = surface(ground=np.zeros((40, 160), dtype=np.float32), cell_m=500.0, towns=False)
    link = {"reach_m": 60_000.0, "f_mhz": 5000.0, "height_m": 15.0}
    loss = swept(ground, 20.2, 20.4, **link)
    assert worst_difference(loss, ground, 20.2, 20.4, **link).max() < 1e-9
    x = np.array([20.0, 30.0, 40.0, 50.0, 60.0])
    without = 92.4 + 20 * np.log10(5.0) + 20 * np.log10(x)
    assert (loss[20, [60, 80, 100, 120, 140]] > without).all()


def test_a_high_cliff_before_the_receiver_equals_the_twin():
    heights = np.zeros((80, 80), dtype=np.float32)
    heights[:, 60:] = 900.0
    heights[30, :] = 1400.0
    ground = surface(ground=heights, towns=False, cell_m=30.0)
    loss = swept(ground, 40.1, 40.2, reach_m=1200.0)
    assert worst_difference(loss, ground, 40.1, 40.2, reach_m=1200.0).max() < 1e-9


@pytest.mark.parametrize(
    "position", [(44.0, 51.0), (44.5, 51.5), (44.5, 51.0), (0.0, 0.0), (-0.5, 109.5)]
)
def test_every_cell_of_the_disc_on_the_grid_is_answered_once_and_no_other(position):
    ground = surface(seed=4)
    loss = swept(ground, *position, reach_m=4000.0)
    rows, cols = np.indices(ground.shape)
    distance = np.hypot(rows - position[0], cols - position[1]) * ground.cell_m
    assert (np.isfinite(loss) == (distance <= 4000.0)).all()


@given(radius=st.floats(1.0, 40.0), row=st.floats(0.0, 1.0), col=st.floats(0.0, 1.0))
@settings(max_examples=30)
def test_wedges_of_the_four_faces_part_the_cells_between_them(radius, row, col):
    row, col = 40.0 + rays.snapped(row), 40.0 + rays.snapped(col)
    fan = rays.fan_of(radius)
    seen = np.zeros((82, 82), dtype=int)
    for which in range(rays.FACES):
        face = rays.face_of(which, row, col, 82, 82)
        for leaf in range(fan.leaves):
            for i in range(1, rays.samples_inside(face) + 1):
                major = face.first + face.step * (i - 1)
                first, end = rays.wedge(face, fan, 0, leaf, abs(major - face.major_0))
                for minor in range(max(first, 0), min(end, 82)):
                    seen[(minor, major) if face.closed else (major, minor)] += 1
    own = int(np.floor(row + 0.5)), int(np.floor(col + 0.5))
    inner = abs(own[0] - row) < 0.5 and abs(own[1] - col) < 0.5
    seen[own] += inner
    assert (seen == 1).all()


def test_rays_are_at_most_one_cell_apart_at_the_rim():
    for radius in (5.0, 100.0, 667.0):
        fan = rays.fan_of(radius)
        angles = np.diff(np.arctan(fan.tangents[::2]))
        assert radius * angles.max() <= 1.0
        assert np.allclose(angles, angles[0])


def test_cells_next_to_the_mast_get_free_space():
    ground = surface(seed=5)
    loss = swept(ground, 44.0, 51.0)
    h = ground.ground_m
    for row, col in ((44, 52), (43, 51), (45, 50), (44, 51)):
        apart_km = max(math.hypot(row - 44, col - 51) * 0.15, 0.001)
        rise_km = (float(h[44, 51]) + 35.0 - float(h[row, col]) - RX_M) / 1000.0
        slant = math.hypot(apart_km, rise_km)
        assert loss[row, col] == pytest.approx(92.4 + 20 * math.log10(0.9 * slant), abs=1e-9)


def test_cells_nearer_than_the_range_of_the_recommendation_follow_its_formulas():
    ground = surface(seed=6, cell_m=30.0)
    loss = swept(ground, 44.3, 51.7, reach_m=240.0)
    assert np.isfinite(loss).sum() > 150
    assert worst_difference(loss, ground, 44.3, 51.7, reach_m=240.0).max() < 1e-9


def test_loss_is_never_below_free_space():
    ground = surface(seed=7)
    loss = swept(ground, 44.3, 51.7)
    rows, cols = np.nonzero(np.isfinite(loss))
    apart_km = np.hypot(rows - 44.3, cols - 51.7) * 0.15
    assert (
        loss[rows, cols] >= 92.4 + 20 * np.log10(0.9 * np.maximum(apart_km, 0.001)) - 1e-6
    ).all()


def test_mirrored_ground_gives_mirrored_losses():
    ground = surface(seed=8)
    mirrored = {
        name: np.ascontiguousarray(getattr(ground, name)[:, ::-1])
        for name in ("ground_m", "clutter_m", "zone")
    }
    loss = swept(ground, 44.25, 51.75)
    other = swept(replace(ground, **mirrored), 44.25, 109.0 - 51.75)
    assert np.nanmax(np.abs(loss - other[:, ::-1])) < 1e-9


def test_transposed_ground_gives_transposed_losses_off_the_diagonals():
    ground = surface((100, 100), seed=9)
    turned = {
        name: np.ascontiguousarray(getattr(ground, name).T)
        for name in ("ground_m", "clutter_m", "zone")
    }
    loss, other = swept(ground, 44.25, 51.75), swept(replace(ground, **turned), 51.75, 44.25)
    rows, cols = np.indices((100, 100))
    inside = np.abs(rows - 44.25) != np.abs(cols - 51.75)
    assert np.nanmax(np.abs(loss - other.T)[inside]) < 1e-9


def test_sub_cell_moves_of_the_mast_change_little_over_open_sea():
    ground = surface(ground=np.zeros((60, 60), dtype=np.float32), towns=False)
    here, there = (
        swept(ground, 30.0, 30.0, reach_m=4000.0),
        swept(ground, 30.1, 30.1, reach_m=4000.0),
    )
    assert np.nanmax(np.abs(here - there)[20:25, 20:25]) < 1.0


def test_float32_answers_are_the_float64_ones_rounded():
    ground = surface(seed=10)
    x, y = mast_at(ground, 44.3, 51.7)
    link = {
        "x_m": x,
        "y_m": y,
        "tx_height_agl_m": 35.0,
        "rx_height_agl_m": RX_M,
        "frequency_mhz": 900.0,
        "max_distance_m": 6000.0,
    }
    single = mast_loss(ground, **link)
    double = mast_loss(ground, **link, dtype=np.float64)
    assert np.nanmax(np.abs(single - double)) < 1e-5


def test_holes_in_the_ground_are_refused_with_their_place():
    heights = hills((40, 40), 150.0, seed=1)
    heights[7, 9] = np.nan
    with pytest.raises(InvalidDataError, match=r"missing-ground.*row 7, column 9"):
        swept(surface(ground=heights), 20.0, 20.0)


def test_masts_off_the_grid_are_refused():
    with pytest.raises(InvalidDataError, match="mast-off-terrain"):
        swept(surface(), -5.0, 20.0)


def test_ground_of_a_single_row_is_refused():
    with pytest.raises(InvalidDataError, match="grid-too-small"):
        swept(surface(ground=np.zeros((1, 40), dtype=np.float32)), 0.0, 20.0)


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"f_mhz": 20.0}, "frequency_mhz"),
        ({"f_mhz": 6100.0}, "frequency_mhz"),
        ({"height_m": -2.0}, "height_agl_m"),
        ({"height_m": 3100.0}, "height_agl_m"),
        ({"reach_m": 0.0}, "max_distance_m"),
        ({"time_percent": 60.0}, "time_percent"),
        ({"delta_n": 157.0}, "delta_n"),
        ({"latitude_deg": 95.0}, "latitude_deg"),
        ({"polarisation": "slant"}, "polarisation"),
    ],
)
def test_values_out_of_range_are_refused_by_name(options, match):
    with pytest.raises(ModelRangeError, match=match):
        swept(surface(), 44.3, 51.7, **options)
