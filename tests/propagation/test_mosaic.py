from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qn_coverage.core.errors import (
    CancelledError,
    CoverageError,
    InvalidDataError,
    ModelRangeError,
    UnknownNameError,
)
from qn_coverage.data.antennas import read_antenna
from qn_coverage.propagation.emitters import NO_SERVER, Emitters, Mosaic, Surface
from qn_coverage.propagation.free_space import free_space
from qn_coverage.propagation.models import resolve
from qn_coverage.propagation.mosaic import best_servers
from tests.propagation.antennas import look_db, with_tables

ROWS, COLS, CELL_M = 70, 90, 200.0
RX_M = 1.5
ARRAYS = ("level_dbm", "second_dbm", "server", "count")


def surface(environment=None, shape=(ROWS, COLS)):
    flat = np.zeros(shape, dtype=np.float32)
    if environment is None:
        environment = np.random.default_rng(7).integers(0, 3, shape)
    return Surface(
        west_m=400_000.0,
        north_m=2_350_000.0,
        cell_m=CELL_M,
        ground_m=flat,
        clutter_m=flat,
        zone=np.full(shape, 4, dtype=np.uint8),
        environment=np.asarray(environment, dtype=np.uint8),
    )


def network(seed, count=12, layers=3, reach_m=8000.0, *, tables=False):
    """Random emitters in and around the grid, some omnidirectional; some tabulated, if wished."""
    random = np.random.default_rng(seed)
    omni = random.random(count) < 0.3
    azimuth = np.where(omni, np.nan, random.uniform(0.0, 360.0, count))
    emitters = Emitters(
        x_m=400_000.0 + random.uniform(-4000.0, COLS * CELL_M + 4000.0, count),
        y_m=2_350_000.0 - random.uniform(-4000.0, ROWS * CELL_M + 4000.0, count),
        height_agl_m=random.choice([12.0, 30.0, 45.0], count),
        frequency_mhz=random.choice([925.0, 1815.0, 2120.0, 3500.0], count),
        reference_eirp_dbm=random.choice([20.0, 29.0, 57.0], count),
        azimuth_deg=azimuth,
        downtilt_deg=random.uniform(-2.0, 10.0, count),
        beamwidth_h_deg=np.where(omni, np.nan, 65.0),
        beamwidth_v_deg=random.uniform(5.0, 15.0, count),
        max_distance_m=random.uniform(500.0, reach_m, count),
        layer=random.integers(0, layers, count).astype(np.int32),
        required_dbm=np.linspace(-80.0, -105.0, layers),
    )
    return with_tables(emitters, seed) if tables else emitters


def take(emitters, rows):
    return replace(emitters, number=emitters.numbers()).take(rows)


def run(emitters, ground=None, model="okumura_hata", **options):
    return best_servers(model, emitters, ground or surface(), rx_height_agl_m=RX_M, **options)


def one(**columns):
    """A single omnidirectional emitter at the centre of cell (35, 45), or as told."""
    base = {
        "x_m": 400_000.0 + 45.5 * CELL_M,
        "y_m": 2_350_000.0 - 35.5 * CELL_M,
        "height_agl_m": 30.0,
        "frequency_mhz": 925.0,
        "reference_eirp_dbm": 50.0,
        "azimuth_deg": np.nan,
        "downtilt_deg": 0.0,
        "beamwidth_h_deg": np.nan,
        "beamwidth_v_deg": 90.0,
        "max_distance_m": 5000.0,
        "layer": 0,
    } | columns
    size = max(np.size(value) for value in base.values())
    arrays = {name: np.broadcast_to(value, size).astype(float) for name, value in base.items()}
    arrays["layer"] = arrays["layer"].astype(np.int32)
    return Emitters(**arrays, required_dbm=np.array([-95.0]))


def same_bytes(left, right):
    return all(getattr(left, a).tobytes() == getattr(right, a).tobytes() for a in ARRAYS)


def levels_of_each(emitters, ground, model="okumura_hata", rx_gain_db=0.0):
    """The dumb twin: exact level of every emitter in every cell, no table, no tile."""
    rows, cols = ground.shape
    x = ground.west_m + (np.arange(cols) + 0.5) * ground.cell_m
    y = ground.north_m - (np.arange(rows) + 0.5) * ground.cell_m
    function = resolve(model).function
    out = np.full((len(emitters), rows, cols), -np.inf)
    for e in range(len(emitters)):
        dx, dy = np.meshgrid(x - emitters.x_m[e], y - emitters.y_m[e])
        distance = np.hypot(dx, dy)
        loss = function(
            np.maximum(distance, 1.0) / 1000.0,
            frequency_mhz=emitters.frequency_mhz[e],
            tx_height_m=emitters.height_agl_m[e],
            rx_height_m=RX_M,
            environment=ground.environment,
        )
        pattern = look_db(
            emitters,
            e,
            np.degrees(np.arctan2(dx, dy)),
            np.degrees(np.arctan2(emitters.height_agl_m[e] - RX_M, distance)),
        )
        level = emitters.reference_eirp_dbm[e] - loss + pattern + rx_gain_db
        inside = (distance <= emitters.max_distance_m[e]) & (level >= -140.0)
        out[e] = np.where(inside, level, -np.inf)
    return out


# The depression comes from a table of distances; rough cuts turn its last digits into decibels.
@pytest.mark.parametrize(("tables", "near"), [(False, 0.002), (True, 0.05)])
@pytest.mark.parametrize("model", ["okumura_hata", "free_space"])
@pytest.mark.parametrize("seed", range(5))
def test_mosaic_agrees_with_every_level_computed_one_by_one(seed, model, tables, near):
    ground = surface()
    emitters = network(seed, tables=tables)
    mosaic = run(emitters, ground, model, rx_gain_db=-3.0)
    each = levels_of_each(emitters, ground, model, rx_gain_db=-3.0)
    for layer in range(3):
        mine = each[emitters.layer == layer]
        indices = np.flatnonzero(emitters.layer == layer)
        ranked = np.sort(np.concatenate([mine, np.full((2, ROWS, COLS), -np.inf)]), axis=0)
        close(mosaic.level_dbm[layer], ranked[-1], near)
        close(mosaic.second_dbm[layer], ranked[-2], near)
        clear = ranked[-1] > ranked[-2] + 5.0 * near
        expected = indices[mine.argmax(axis=0)] if len(indices) else np.full((ROWS, COLS), -1)
        assert (mosaic.server[layer][clear] == expected[clear]).all()
        required = emitters.required_dbm[layer]
        enough = (mine >= required).sum(axis=0)
        doubtful = (np.abs(mine - required) < 5.0 * near).any(axis=0)
        assert (mosaic.count[layer][~doubtful] == enough[~doubtful]).all()


def close(value, expected, near):
    # The rim of a disc and the floor cut sharply, so a cell at their edge may differ by rounding.
    assert (np.isfinite(value) == np.isfinite(expected)).all()
    inside = np.isfinite(expected)
    assert np.abs(value[inside] - expected[inside]).max(initial=0.0) < near


@given(seed=st.integers(0, 10_000), count=st.integers(0, 30), tables=st.booleans())
@settings(max_examples=35)
def test_pruning_changes_no_byte(seed, count, tables):
    emitters = network(seed, count, tables=tables)
    assert same_bytes(run(emitters), run(emitters, prune=False))


@given(seed=st.integers(0, 10_000))
@settings(max_examples=25)
def test_pruning_changes_no_byte_where_levels_are_equal(seed):
    emitters = take(network(seed, 8), np.random.default_rng(seed).integers(0, 8, 24))
    emitters = replace(emitters, number=np.arange(24))
    pruned = run(emitters)
    assert same_bytes(pruned, run(emitters, prune=False))
    begun = run(take(emitters, slice(12, None)))
    assert same_bytes(pruned, run(take(emitters, slice(12)), start=begun))


@given(seed=st.integers(0, 10_000), threads=st.integers(1, 5), tables=st.booleans())
@settings(max_examples=20)
def test_threads_change_no_byte(seed, threads, tables):
    emitters = network(seed, 25, tables=tables)
    assert same_bytes(run(emitters, threads=1), run(emitters, threads=threads))


@given(seed=st.integers(0, 10_000), tables=st.booleans())
@settings(max_examples=25)
def test_order_of_emitters_changes_no_byte(seed, tables):
    emitters = network(seed, 20, tables=tables)
    order = np.random.default_rng(seed).permutation(20)
    assert same_bytes(run(emitters), run(take(emitters, order)))


@given(
    seed=st.integers(0, 10_000), first=st.integers(0, 20), prune=st.booleans(), tables=st.booleans()
)
@settings(max_examples=25)
def test_going_on_from_a_mosaic_equals_one_pass(seed, first, prune, tables):
    emitters = network(seed, 20, tables=tables)
    begun = run(take(emitters, slice(None, first)))
    kept = begun.copy()
    rest = run(take(emitters, slice(first, None)), start=begun, prune=prune)
    assert same_bytes(rest, run(emitters))
    assert same_bytes(begun, kept)
    going_on = {"start": begun, "in_place": True, "prune": prune}
    assert run(take(emitters, slice(first, None)), **going_on) is begun
    assert same_bytes(begun, rest)


@given(seed=st.integers(0, 10_000))
@settings(max_examples=25)
def test_second_never_beats_the_best_and_count_agrees_with_the_levels(seed):
    emitters = network(seed, 30)
    mosaic = run(emitters)
    required = emitters.required_dbm.astype(np.float32)[:, None, None]
    assert (mosaic.second_dbm <= mosaic.level_dbm).all()
    assert ((mosaic.count >= 1) == (mosaic.level_dbm >= required)).all()
    assert ((mosaic.count >= 2) == (mosaic.second_dbm >= required)).all()
    assert ((mosaic.server == NO_SERVER) == (mosaic.level_dbm == -np.inf)).all()


@given(seed=st.integers(0, 10_000))
@settings(max_examples=15)
def test_no_level_beats_free_space(seed):
    emitters = network(seed, 10, layers=1)
    bound = run(emitters, model="free_space")
    assert (run(emitters).level_dbm <= bound.level_dbm + np.float32(1e-3)).all()


@given(seed=st.integers(0, 10_000))
@settings(max_examples=15)
def test_one_more_emitter_never_weakens_a_cell(seed):
    emitters = network(seed, 10)
    fewer, more = run(take(emitters, slice(9))), run(emitters)
    assert (more.level_dbm >= fewer.level_dbm).all()
    assert (more.second_dbm >= fewer.second_dbm).all()
    assert (more.count >= fewer.count).all()


def test_equal_levels_go_to_the_lower_index():
    twins = one(x_m=[409_100.0, 409_100.0, 409_100.0])
    mosaic = run(twins)
    served = mosaic.server != NO_SERVER
    assert served.any()
    assert (mosaic.server[served] == 0).all()
    assert (mosaic.second_dbm[served] == mosaic.level_dbm[served]).all()
    single = take(twins, slice(0, 1))
    later = run(replace(single, number=np.array([7])), start=mosaic)
    assert (later.server[served] == 0).all()
    begun = run(replace(twins, number=5 + np.arange(len(twins))))
    earlier = run(replace(single, number=np.array([2])), start=begun)
    assert (earlier.server[served] == 2).all()


def test_disc_holds_the_cell_centres_within_its_radius_and_no_other():
    mosaic = run(one(max_distance_m=1000.0), model="free_space")
    rows, cols = np.nonzero(mosaic.level_dbm[0] > -np.inf)
    assert len(rows) == 81  # lattice points within 5 cells: Gauss's circle problem, N(5) = 81
    assert np.hypot(rows - 35, cols - 45).max() == 5.0


def test_azimuth_turns_clockwise_from_north():
    for azimuth, step in ((0.0, (-5, 0)), (90.0, (0, 5)), (180.0, (5, 0)), (270.0, (0, -5))):
        face = one(azimuth_deg=azimuth, beamwidth_h_deg=65.0)
        level = run(face, model="free_space").level_dbm[0]
        front = level[35 + step[0], 45 + step[1]]
        back = level[35 - step[0], 45 - step[1]]
        side = level[35 + step[1], 45 + step[0]]
        assert front - back == pytest.approx(25.0, abs=0.01)  # the front is not quite level
        assert front - side == pytest.approx(12.0 * (90.0 / 65.0) ** 2, abs=0.01)


def test_the_right_hand_of_a_file_stays_on_the_right_when_it_turns(tmp_path):
    around = (np.arange(360) + 180) % 360 - 180
    notched = np.where(np.abs(around - 90) <= 5, 20.0, 0.0)  # 90° clockwise of the front
    lines = ["NAME notch", "FREQUENCY 925", "GAIN 15"]
    for key, cut in (("HORIZONTAL", notched), ("VERTICAL", np.zeros(360))):
        lines += [f"{key} 360", *(f"{angle} {loss}" for angle, loss in enumerate(cut))]
    (tmp_path / "notch.msi").write_text("\n".join(lines), encoding="utf-8")
    found = read_antenna(tmp_path / "notch.msi")
    cuts = np.stack([found.horizontal_db, found.vertical_db])[None]
    for azimuth, step in ((0.0, (0, 5)), (90.0, (5, 0)), (180.0, (0, -5)), (270.0, (-5, 0))):
        face = one(azimuth_deg=azimuth, beamwidth_h_deg=65.0)
        face = replace(face, pattern=np.zeros(1, dtype=np.int32), patterns_db=cuts)
        level = run(face, model="free_space").level_dbm[0]
        right = level[35 + step[0], 45 + step[1]]
        left = level[35 - step[0], 45 - step[1]]
        assert left - right == pytest.approx(20.0, abs=0.01)


def test_a_mechanical_tilt_lifts_the_back_lobe_and_an_electrical_one_lowers_it():
    # 28.5 m above the receiver at 4 km: 0.4° down, so a lobe that is lifted by 6° misses.
    face = {"azimuth_deg": 0.0, "beamwidth_h_deg": 3600.0, "beamwidth_v_deg": 8.0}
    level = {
        form: run(emitters, model="free_space").level_dbm[0, :, 45]
        for form, emitters in {
            "electrical": one(**face, downtilt_deg=6.0),
            "mechanical": replace(one(**face), mechanical_tilt_deg=np.array([6.0])),
        }.items()
    }
    front, back = 15, 55
    assert level["mechanical"][front] == pytest.approx(level["electrical"][front], abs=0.01)
    down, up = ((angle / 8.0) ** 2 * 12.0 for angle in (6.0 - 0.408, 6.0 + 0.408))
    assert level["electrical"][back] - level["mechanical"][back] == pytest.approx(
        up - down, abs=0.1
    )


def test_level_is_the_link_budget_of_the_cell():
    mosaic = run(one(), surface(np.zeros((ROWS, COLS))), model="free_space", rx_gain_db=2.0)
    loss = free_space(2.0, frequency_mhz=925.0, tx_height_m=30.0, rx_height_m=RX_M)
    assert mosaic.level_dbm[0, 35, 55] == pytest.approx(50.0 - loss + 2.0, abs=0.01)


def test_emitters_outside_the_grid_count_into_it():
    outside = one(x_m=400_000.0 - 1000.0)
    mosaic = run(outside)
    assert mosaic.server[0, 35, 0] == 0
    assert run(one(x_m=400_000.0 - 6000.0)).server.max() == NO_SERVER


def test_levels_below_the_floor_count_as_none_but_a_requirement_below_it_holds():
    quiet = one(reference_eirp_dbm=-30.0)
    floored = run(quiet, floor_dbm=-120.0)
    assert floored.level_dbm[np.isfinite(floored.level_dbm)].min() >= -120.0
    everything = run(replace(quiet, required_dbm=np.array([-300.0])), floor_dbm=-120.0)
    assert np.isfinite(everything.level_dbm).sum() > np.isfinite(floored.level_dbm).sum()


def test_buffer_covers_its_disc_whatever_the_antenna():
    face = one(azimuth_deg=10.0, beamwidth_h_deg=30.0, reference_eirp_dbm=-20.0)
    mosaic = run(face, model="buffer")
    rows, cols = np.indices((ROWS, COLS))
    inside = np.hypot(rows - 35, cols - 45) * CELL_M <= 5000.0
    assert ((mosaic.count[0] == 1) == inside).all()


def test_nearest_of_equal_buffers_serves():
    mosaic = run(one(x_m=[405_000.0, 412_000.0]), model="buffer")
    row = mosaic.server[0, 35]
    assert row[25] == 0
    assert row[59] == 1
    assert (np.diff(row[row >= 0]) >= 0).all()


def test_any_function_of_the_common_signature_is_a_model():
    def wall(distance_km, *, frequency_mhz, tx_height_m, rx_height_m, environment):
        return np.where(np.asarray(distance_km) <= 1.0, 100.0, np.inf) + 0.0 * environment

    level = run(one(), model=wall).level_dbm[0]
    assert level[35, 46] == pytest.approx(-50.0, abs=0.1)
    assert level[35, 52] == -np.inf


def test_masts_of_many_heights_take_the_same_answer_in_batches():
    emitters = network(3, 600, reach_m=1500.0)
    heights = np.random.default_rng(0).uniform(10.0, 60.0, 600)
    emitters = replace(emitters, height_agl_m=heights)
    assert same_bytes(run(emitters), run(emitters, prune=False))
    half = take(emitters, slice(300))
    rest = take(emitters, slice(300, None))
    assert same_bytes(run(rest, start=run(half)), run(emitters))


def test_no_emitter_leaves_the_mosaic_empty():
    mosaic = run(take(network(1), slice(0)))
    assert same_bytes(mosaic, Mosaic.empty(3, (ROWS, COLS)))


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
    assert issubclass(CancelledError, CoverageError)


def test_all_problems_of_the_emitters_are_listed():
    emitters = network(1)
    emitters.x_m[2] = np.nan
    emitters.layer[4] = 9
    emitters.max_distance_m[5] = 0.0
    numbered = replace(emitters, number=np.arange(len(emitters)) - 1)
    with pytest.raises(InvalidDataError) as caught:
        run(numbered)
    assert [(p.row, p.column) for p in caught.value.problems] == [
        (3, "x_m"),
        (5, "layer"),
        (1, "number"),
        (6, "max_distance_m"),
    ]


def test_tables_that_no_bound_holds_for_are_refused():
    emitters = network(1, tables=True)
    emitters.patterns_db[1, 0, 7] = 0.5
    emitters.pattern[2] = 3
    with pytest.raises(InvalidDataError, match="0 dB and less") as caught:
        run(emitters)
    assert [(p.row, p.column) for p in caught.value.problems] == [
        (None, "patterns_db"),
        (3, "pattern"),
    ]


def test_a_start_of_another_shape_is_refused():
    with pytest.raises(InvalidDataError, match="wrong-shape"):
        run(network(1), start=Mosaic.empty(3, (5, 5)))


def test_out_of_range_arguments_are_refused():
    with pytest.raises(UnknownNameError, match="okumura_hata"):
        run(network(1), model="longley")
    with pytest.raises(ModelRangeError, match="environment"):
        run(network(1), surface(np.full((ROWS, COLS), 3)))
    with pytest.raises(ModelRangeError, match="floor"):
        run(network(1), floor_dbm=-np.inf)
    with pytest.raises(ModelRangeError, match="tx_height_m"):
        run(replace(network(1), height_agl_m=np.full(12, 500.0)))


def test_terrain_models_are_handed_to_the_sweep(monkeypatch):
    import sys
    import types

    seen = {}

    def best_servers_terrain(emitters, ground, **options):
        seen.update(options)
        return Mosaic.empty(3, ground.shape)

    fake = types.ModuleType("qn_coverage.propagation.sweep")
    fake.best_servers_terrain = best_servers_terrain
    monkeypatch.setitem(sys.modules, "qn_coverage.propagation.sweep", fake)
    run(network(1), model="p1812", in_place=True, options="o")
    assert seen["in_place"]
    assert seen["options"] == "o"
    assert seen["rx_height_agl_m"] == RX_M


def test_all_that_a_model_has_no_answer_for_is_told_at_once_with_the_models_that_have():
    emitters = network(1, count=6)
    frequency, height = np.full(6, 900.0), np.full(6, 35.0)
    frequency[[1, 4]], height[2] = (2100.0, 2600.0), 22.0
    emitters = replace(
        emitters,
        x_m=400_000.0 + np.linspace(1000.0, 17_000.0, 6),
        y_m=np.full(6, 2_343_000.0),
        frequency_mhz=frequency,
        height_agl_m=height,
    )
    with pytest.raises(ModelRangeError) as caught:
        run(emitters, model="hata_1980")
    message = str(caught.value)
    assert "frequency_mhz: 2100, 2600; expected 150 to 1500 (2 of 6 emitters)" in message
    assert "tx_height_m: 22; expected 30 to 200 (1 of 6 emitters)" in message
    offered = message.rpartition("Take one of: ")[2].rstrip(".").split(", ")
    assert "hata_1980" not in offered
    assert "cost231_hata" not in offered
    assert "p1812" in offered
    for name in offered:
        assert np.isfinite(run(emitters, model=name).level_dbm).any()
