"""Best servers over terrain: pruning, threads, order and start change no byte."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qn_coverage.core.errors import CancelledError, InvalidDataError
from qn_coverage.propagation.emitters import MANY_SITES, NO_SERVER, NO_SITE, Emitters, Mosaic
from qn_coverage.propagation.mosaic import best_servers
from qn_coverage.propagation.sector_kernel import MOST_COUNTED
from qn_coverage.propagation.sweep import best_servers_terrain, mast_loss
from tests.propagation.antennas import look_db, with_tables
from tests.propagation.sweep_ground import surface

ARRAYS = ("level_dbm", "second_dbm", "server", "count", "only")
RX_M = 1.5
GROUND = surface((60, 70), 200.0, seed=11)


def network(seed, masts=5, layers=3, reach_m=5000.0, *, tables=False):
    """Three-sector and omnidirectional masts on the grid, several layers and bands a mast.

    Some faces are tabulated or tipped, if wished; a mast may then have faces of both kinds.
    """
    random = np.random.default_rng(seed)
    rows, cols = GROUND.shape
    mast = np.repeat(np.arange(masts), 4)
    count = len(mast)
    x = (GROUND.west_m + random.uniform(0.0, cols * 200.0, masts))[mast]
    y = (GROUND.north_m - random.uniform(0.0, rows * 200.0, masts))[mast]
    omni = np.arange(count) % 4 == 3
    emitters = Emitters(
        x_m=x,
        y_m=y,
        height_agl_m=random.choice([15.0, 30.0, 45.0], masts)[mast],
        frequency_mhz=random.choice([925.0, 1815.0, 2120.0], count),
        reference_eirp_dbm=random.choice([15.0, 29.0, 50.0], count),
        azimuth_deg=np.where(omni, np.nan, (np.arange(count) % 4) * 120.0 + 10.0),
        downtilt_deg=random.uniform(0.0, 8.0, count),
        beamwidth_h_deg=np.where(omni, np.nan, 65.0),
        beamwidth_v_deg=random.uniform(6.0, 12.0, count),
        max_distance_m=np.full(count, reach_m),
        layer=random.integers(0, layers, count).astype(np.int32),
        required_dbm=np.linspace(-80.0, -105.0, layers),
    )
    numbered = replace(emitters, number=np.arange(count))
    return with_tables(numbered, seed) if tables else numbered


def run(emitters, **options):
    return best_servers_terrain(emitters, GROUND, rx_height_agl_m=RX_M, **options)


def same_bytes(left, right):
    return all(getattr(left, a).tobytes() == getattr(right, a).tobytes() for a in ARRAYS)


def levels_of_each(emitters, rx_gain_db=0.0):
    """The dumb twin: one sweep and one pattern an emitter, float64."""
    rows, cols = GROUND.shape
    x = GROUND.west_m + (np.arange(cols) + 0.5) * GROUND.cell_m
    y = GROUND.north_m - (np.arange(rows) + 0.5) * GROUND.cell_m
    out = np.full((len(emitters), rows, cols), -np.inf)
    for e in range(len(emitters)):
        dx, dy = np.meshgrid(x - emitters.x_m[e], y - emitters.y_m[e])
        loss = mast_loss(
            GROUND,
            x_m=emitters.x_m[e],
            y_m=emitters.y_m[e],
            tx_height_agl_m=emitters.height_agl_m[e],
            rx_height_agl_m=RX_M,
            frequency_mhz=emitters.frequency_mhz[e],
            max_distance_m=emitters.max_distance_m[e],
            dtype=np.float64,
        )
        row = (GROUND.north_m - emitters.y_m[e]) / 200.0 - 0.5
        col = (emitters.x_m[e] - GROUND.west_m) / 200.0 - 0.5
        top = bilinear(GROUND.ground_m, row, col) + emitters.height_agl_m[e]
        pattern = look_db(
            emitters,
            e,
            np.degrees(np.arctan2(dx, dy)),
            np.degrees(np.arctan2(top - GROUND.ground_m - RX_M, np.hypot(dx, dy))),
        )
        level = emitters.reference_eirp_dbm[e] + pattern - loss + rx_gain_db
        out[e] = np.where(np.isfinite(level) & (level >= -140.0), level, -np.inf)
    return out


def bilinear(values, row, col):
    rows, cols = values.shape
    row, col = min(max(row, 0.0), rows - 1.0), min(max(col, 0.0), cols - 1.0)
    r, c = min(int(row), rows - 2), min(int(col), cols - 2)
    a, b = row - r, col - c
    block = values[r : r + 2, c : c + 2].astype(float)
    return float((np.array([1 - a, a]) @ block) @ np.array([1 - b, b]))


# Depressions are good to some 1e-5 degrees; rough cuts turn that into a little more than levels.
@pytest.mark.parametrize(("tables", "near"), [(False, 2e-4), (True, 5e-3)])
@pytest.mark.parametrize("seed", range(3))
def test_mosaic_agrees_with_every_level_computed_one_by_one(seed, tables, near):
    emitters = network(seed, tables=tables)
    mosaic = run(emitters, rx_gain_db=-3.0)
    each = levels_of_each(emitters, rx_gain_db=-3.0)
    for layer in range(3):
        indices = np.flatnonzero(emitters.layer == layer)
        mine = each[indices]
        ranked = np.sort(np.concatenate([mine, np.full((2, *GROUND.shape), -np.inf)]), axis=0)
        for got, want in ((mosaic.level_dbm, ranked[-1]), (mosaic.second_dbm, ranked[-2])):
            assert (np.isfinite(got[layer]) == np.isfinite(want)).all()
            inside = np.isfinite(want)
            assert np.abs(got[layer][inside] - want[inside]).max(initial=0.0) < near
        clear = ranked[-1] > ranked[-2] + 0.01
        assert (mosaic.server[layer][clear] == indices[mine.argmax(axis=0)][clear]).all()
        required = emitters.required_dbm[layer]
        doubtful = (np.abs(mine - required) < 0.01).any(axis=0)
        enough = np.minimum((mine >= required).sum(axis=0), MOST_COUNTED)
        assert (mosaic.count[layer][~doubtful] == enough[~doubtful]).all()


@pytest.mark.parametrize("prune", [True, False])
def test_the_only_site_is_the_one_that_suffices_in_any_layer(prune):
    emitters = network(7, masts=4)
    emitters = replace(emitters, site=np.repeat([5, 5, 2, 9], 4).astype(np.int32))
    each = levels_of_each(emitters)
    required = emitters.required_dbm[emitters.layer][:, None, None]
    doubtful = (np.abs(each - required) < 0.01).any(axis=0)
    sites = [np.unique(emitters.site[column]) for column in (each >= required).reshape(16, -1).T]
    numbers = {0: lambda _: NO_SITE, 1: lambda found: found[0]}
    want = [numbers.get(len(found), lambda _: MANY_SITES)(found) for found in sites]
    want = np.array(want).reshape(GROUND.shape)
    only = run(emitters, prune=prune).only
    assert {NO_SITE, MANY_SITES, 5, 2, 9} <= set(only.ravel().tolist())
    assert (only[~doubtful] == want[~doubtful]).all()


@given(seed=st.integers(0, 10_000), masts=st.integers(1, 12), tables=st.booleans())
@settings(max_examples=25)
def test_pruning_changes_no_byte(seed, masts, tables):
    emitters = network(seed, masts, tables=tables)
    assert same_bytes(run(emitters), run(emitters, prune=False))


@given(seed=st.integers(0, 10_000), tables=st.booleans())
@settings(max_examples=14)
def test_pruning_changes_no_byte_where_levels_are_equal(seed, tables):
    emitters = network(seed, 3, tables=tables)
    twice = emitters.take(np.random.default_rng(seed).integers(0, len(emitters), 30))
    assert same_bytes(run(twice), run(twice, prune=False))


@given(seed=st.integers(0, 10_000), threads=st.integers(1, 5), tables=st.booleans())
@settings(max_examples=14)
def test_threads_change_no_byte(seed, threads, tables):
    emitters = network(seed, 8, tables=tables)
    assert same_bytes(run(emitters, threads=1), run(emitters, threads=threads))


@given(seed=st.integers(0, 10_000), tables=st.booleans())
@settings(max_examples=14)
def test_order_of_emitters_changes_no_byte(seed, tables):
    emitters = network(seed, tables=tables)
    order = np.random.default_rng(seed).permutation(len(emitters))
    assert same_bytes(run(emitters), run(emitters.take(order)))


@given(
    seed=st.integers(0, 10_000), first=st.integers(0, 20), prune=st.booleans(), tables=st.booleans()
)
@settings(max_examples=14)
def test_going_on_from_a_mosaic_equals_one_pass(seed, first, prune, tables):
    emitters = network(seed, tables=tables)
    begun = run(emitters.take(np.arange(first)))
    kept = begun.copy()
    rest = run(emitters.take(np.arange(first, 20)), start=begun, prune=prune)
    assert same_bytes(rest, run(emitters))
    assert same_bytes(begun, kept)
    going_on = {"start": begun, "in_place": True, "prune": prune}
    assert run(emitters.take(np.arange(first, 20)), **going_on) is begun
    assert same_bytes(begun, rest)


def test_equal_levels_go_to_the_lower_index():
    one = replace(network(1, 1).take(np.array([3, 3, 3])), number=None)
    mosaic = run(one)
    served = mosaic.server != NO_SERVER
    assert served.any()
    assert (mosaic.server[served] == 0).all()
    begun = run(replace(one, number=np.array([7, 5, 6])))
    assert (begun.server[served] == 5).all()
    earlier = run(replace(one.take(np.array([0])), number=np.array([2])), start=begun)
    assert (earlier.server[served] == 2).all()


@given(seed=st.integers(0, 10_000), prune=st.booleans())
@settings(max_examples=10)
def test_only_the_wanted_cells_are_computed_and_they_are_the_same(seed, prune):
    emitters = network(seed)
    wanted = np.random.default_rng(seed).random(GROUND.shape) < 0.4
    some = best_servers_terrain(
        emitters, replace(GROUND, wanted=wanted), rx_height_agl_m=RX_M, prune=prune
    )
    every = run(emitters)
    for name in ARRAYS:
        assert (getattr(some, name)[..., wanted] == getattr(every, name)[..., wanted]).all()
    assert (some.server[:, ~wanted] == NO_SERVER).all()


def test_no_level_beats_free_space():
    emitters = network(2, 6)
    free = best_servers("free_space", emitters, GROUND, rx_height_agl_m=RX_M)
    omni = replace(
        emitters,
        azimuth_deg=np.full(len(emitters), np.nan),
        beamwidth_v_deg=np.full(len(emitters), 1e6),
    )
    bound = best_servers("free_space", omni, GROUND, rx_height_agl_m=RX_M)
    assert (run(emitters).level_dbm <= bound.level_dbm + np.float32(0.2)).all()
    assert np.isfinite(free.level_dbm).any()


def test_the_driver_hands_terrain_models_to_the_sweep():
    emitters = network(4)
    through = best_servers("p1812", emitters, GROUND, rx_height_agl_m=RX_M)
    assert same_bytes(through, run(emitters))


def test_masts_with_different_reach_keep_to_their_own():
    emitters = network(5, 2)
    reach = np.where(np.arange(8) % 2 == 0, 1000.0, 4000.0)
    mosaic = run(replace(emitters, max_distance_m=reach))
    rows, cols = np.nonzero((mosaic.server % 2 == 0).any(axis=0))
    x = GROUND.west_m + (cols + 0.5) * 200.0
    y = GROUND.north_m - (rows + 0.5) * 200.0
    apart = np.hypot(x[:, None] - emitters.x_m, y[:, None] - emitters.y_m).min(axis=1)
    assert apart.max() <= 1000.0


def test_a_face_without_table_is_the_same_on_a_mast_that_has_one():
    plain = network(3)
    rows = np.arange(0, len(plain), 2)
    mixed = replace(
        plain,
        pattern=np.where(np.arange(len(plain)) % 2 == 0, -1, 0).astype(np.int32),
        patterns_db=np.full((1, 2, 360), -200.0),
    )
    assert np.array_equal(run(mixed).level_dbm, run(plain.take(rows)).level_dbm)


def test_no_emitter_leaves_the_mosaic_empty():
    mosaic = run(network(1).take(np.arange(0)))
    assert same_bytes(mosaic, Mosaic.empty(3, GROUND.shape))


def test_progress_ends_with_all_parts_done():
    calls = []
    run(network(1), progress=lambda done, total: calls.append((done, total)))
    assert calls[-1][0] == calls[-1][1] > 0
    assert [done for done, _ in calls] == sorted(done for done, _ in calls)


def test_cancelled_work_raises_and_leaves_the_start_alone():
    start = run(network(1))
    kept = start.copy()
    with pytest.raises(CancelledError):
        run(network(2), start=start, cancelled=lambda: True)
    assert same_bytes(start, kept)


def test_masts_off_the_grid_are_all_listed():
    emitters = network(1)
    x = emitters.x_m.copy()
    x[[2, 5]] += 1e6
    with pytest.raises(InvalidDataError) as caught:
        run(replace(emitters, x_m=x))
    assert [problem.row for problem in caught.value.problems] == [3, 6]
