"""Each step is a day with a reason, and every person won or lost between two steps is counted."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from qn_coverage.analysis import timeline
from qn_coverage.analysis.coverage import Layer
from qn_coverage.analysis.steps import MILESTONES, Step, TimelineError, steps_of
from qn_coverage.analysis.zonal import Zones
from qn_coverage.propagation.emitters import Mosaic

BEFORE = date(2020, 7, 13)


def sector(site, on_air, *, off_air=None, technology="4G", programme=None, origin="published"):
    return {
        "site_id": site,
        "name": f"Trạm {site} (giả định)",
        "operator": "Viettel",
        "technology": technology,
        "on_air": on_air,
        "off_air": off_air,
        "programme": programme,
        "origin": origin,
    }


@pytest.fixture
def sectors():
    mine = {"programme": "105-villages", "origin": "modelled"}
    return pd.DataFrame(
        [
            sector("old", "2015-01-01"),
            sector("old2", "2016-01-01", technology="2G"),
            sector("p1", "2021-03-01", **mine),
            sector("p2", "2021-08-09", **mine),
            sector("p3", "2023-05-02", **mine),
            sector("tran", "2022-06-01", programme="islands"),
            sector("chau", "2023-11-30", programme="islands", origin="estimated"),
        ]
    )


def codes(steps):
    return [step.code for step in steps]


# Steps


def test_steps_follow_the_programme_year_by_year_between_the_published_days(sectors):
    found = steps_of(sectors, before=BEFORE)
    assert codes(found) == [
        "before-programme",
        "programme-2021",
        "named-stations",
        "programme-2023",
        "founding-text",
        "khu-10",
        "2g-off",
    ]
    assert found[1].day == date(2021, 12, 31)
    assert "+2 trạm" in found[1].title_vi
    assert [step.day for step in found] == sorted(step.day for step in found)


@pytest.mark.parametrize(
    ("every", "days"),
    [
        ("quarter", [date(2021, 3, 31), date(2021, 9, 30), date(2023, 6, 30)]),
        ("batch", [date(2021, 3, 1), date(2021, 8, 9), date(2023, 5, 2)]),
    ],
)
def test_the_programme_can_be_followed_more_finely(sectors, every, days):
    found = steps_of(sectors, before=BEFORE, every=every)
    assert [step.day for step in found if step.code.startswith("programme-")] == days


def test_the_named_stations_make_a_step_when_the_last_of_them_is_on_air(sectors):
    found = {s.code: s for s in steps_of(sectors, before=BEFORE)}
    named = found["named-stations"]
    assert named.day == date(2023, 11, 30)
    assert named.title_vi == "sau các trạm Trạm tran, Trạm chau"
    assert named.basis == "estimated"


def test_a_step_says_when_its_day_is_only_modelled(sectors):
    basis = {step.code: step.basis for step in steps_of(sectors, before=BEFORE)}
    assert basis["programme-2021"] == "modelled"
    assert basis["founding-text"] == "published"


def test_a_network_without_programme_or_named_stations_has_only_the_published_steps(sectors):
    bare = sectors.drop(columns=["programme", "off_air"])
    assert codes(steps_of(bare, before=BEFORE)) == [
        "before-programme",
        "founding-text",
        "khu-10",
        "2g-off",
    ]


def test_published_days_are_those_of_the_sources():
    days = {step.code: step.day for step in MILESTONES}
    assert days["founding-text"] == date(2024, 1, 4)
    assert days["khu-10"] == date(2025, 1, 24)
    assert days["2g-off"] == date(2026, 9, 16)
    assert all(step.source for step in MILESTONES)


def test_2g_stays_off_in_every_later_step(sectors):
    early = [replace(s, day=date(2022, 1, 1)) if s.code == "2g-off" else s for s in MILESTONES]
    found = steps_of(sectors, before=BEFORE, milestones=early)
    off = {step.code: step.technologies_off for step in found}
    assert off["programme-2021"] == ()
    assert off["2g-off"] == off["programme-2023"] == off["khu-10"] == ("2G",)


def test_days_in_the_wrong_order_are_all_named(sectors):
    sectors.loc[2, "off_air"] = "2021-02-01"
    sectors.loc[3, "off_air"] = "2021-08-09"
    sectors.loc[4, "on_air"] = None
    with pytest.raises(TimelineError) as caught:
        steps_of(sectors, before=BEFORE)
    assert [(p.code, p.row, p.column) for p in caught.value.problems] == [
        ("missing-date", 5, "on_air"),
        ("dates-in-wrong-order", 3, "off_air"),
        ("dates-in-wrong-order", 4, "off_air"),
    ]


def test_nothing_may_come_before_the_day_before_the_programme(sectors):
    with pytest.raises(TimelineError) as caught:
        steps_of(sectors, before=date(2022, 1, 1))
    assert [p.column for p in caught.value.problems] == ["programme-2021"]


# States


LAYERS = (Layer("Viettel", "2G", -95.0), Layer("Viettel", "4G", -110.0))


def painter(grid, sectors, calls):
    """An engine in which row i reaches just column i of its layer."""
    layer_of = (sectors["technology"] == "4G").to_numpy().astype(int)

    def compute(rows, start):
        calls.append(rows.tolist())
        mosaic = Mosaic.empty(len(LAYERS), grid.shape) if start is None else start.copy()
        for row in rows:
            mosaic.level_dbm[layer_of[row], :, row] = -80.0
            mosaic.server[layer_of[row], :, row] = row
        return mosaic

    return compute


@pytest.fixture
def walked(grid, sectors):
    steps = steps_of(sectors, before=BEFORE)
    calls = []
    each = timeline.each_state(
        steps, sectors, grid=grid, layers=LAYERS, compute=painter(grid, sectors, calls)
    )
    return steps, [state for _, state in each], calls


def test_each_state_equals_the_state_computed_for_that_day_alone(grid, sectors, walked):
    steps, found, _ = walked
    compute = painter(grid, sectors, [])
    for step, state in zip(steps, found, strict=True):
        each = timeline.each_state([step], sectors, grid=grid, layers=LAYERS, compute=compute)
        ((_, alone),) = each
        np.testing.assert_array_equal(state.mosaic.level_dbm, alone.mosaic.level_dbm)
        np.testing.assert_array_equal(state.mosaic.server, alone.mosaic.server)


def test_a_state_that_is_kept_stays_as_it_was_while_the_engine_goes_on_in_place(
    grid, sectors, walked
):
    steps, found, _ = walked
    paint = painter(grid, sectors, [])

    def in_place(rows, start):
        painted = paint(rows, start)
        if start is None:
            return painted
        start.level_dbm[:], start.server[:] = painted.level_dbm, painted.server
        return start

    each = timeline.each_state(steps, sectors, grid=grid, layers=LAYERS, compute=in_place)
    kept = [timeline.first_layers(state, 1) for _, state in each]
    for mine, state in zip(kept, found, strict=True):
        assert mine.layers == LAYERS[:1]
        np.testing.assert_array_equal(mine.mosaic.level_dbm, state.mosaic.level_dbm[:1])
        np.testing.assert_array_equal(mine.mosaic.server, state.mosaic.server[:1])


def test_only_what_is_new_is_computed(walked):
    _, _, calls = walked
    assert calls == [[0, 1], [2, 3], [4, 5, 6]]


def test_a_site_that_goes_off_air_takes_its_signal_with_it(grid, sectors):
    sectors.loc[0, "off_air"] = "2022-01-01"
    steps = steps_of(sectors, before=BEFORE)
    each = timeline.each_state(
        steps, sectors, grid=grid, layers=LAYERS, compute=painter(grid, sectors, [])
    )
    by_code = {step.code: timeline.covered_at(state, step)[0] for step, state in each}
    assert by_code["programme-2021"][0]
    assert not by_code["programme-2023"][0]
    assert by_code["programme-2023"][4]


def test_switching_2g_off_uncovers_what_only_2g_reached(walked):
    steps, found, _ = walked
    covered = {s.code: timeline.covered_at(c, s)[0] for s, c in zip(steps, found, strict=True)}
    lost = covered["khu-10"] & ~covered["2g-off"]
    assert np.flatnonzero(lost).tolist() == [1]


def test_without_anything_off_covered_is_that_of_the_coverage(walked):
    steps, found, _ = walked
    np.testing.assert_array_equal(timeline.covered_at(found[0], steps[0]), found[0].covered())


# Shares


def zones_over(grid, rng):
    cells = grid.rows * grid.cols
    split = rng.uniform(size=cells)
    people = rng.uniform(0, 40, size=cells)
    return Zones(
        level="commune",
        codes=("1", "2"),
        land=sparse.csr_array(np.stack([split, 1.0 - split])),
        people=sparse.csr_array(np.stack([split * people, (1.0 - split) * people])),
        villages=sparse.csr_array(np.zeros((2, 1), dtype=np.int64)),
        cell_km2=0.01,
    )


def test_gains_less_losses_are_the_difference_between_two_steps(grid):
    rng = np.random.default_rng(3)
    zones = zones_over(grid, rng)
    steps = [Step(str(i), date(2020 + i, 1, 1), "", "", "published", "") for i in range(4)]
    covered = [rng.uniform(size=grid.shape) < 0.5 for _ in steps]
    table = timeline.shares_of_steps(steps, iter(covered), zones)
    assert len(table) == len(steps) * 2
    for _, rows in table.groupby("code"):
        change = np.diff(rows["population"])
        moved = (rows["population_gained"] - rows["population_lost"]).to_numpy()
        np.testing.assert_allclose(change, moved[1:])
        assert moved[0] == 0.0
    last = table[table["step"] == "3"]
    assert last["population"].sum() == pytest.approx(zones.people.sum(axis=0) @ covered[3].ravel())
    assert last["population_share"].between(0, 1).all()


def test_a_unit_without_people_has_no_share(grid):
    zones = zones_over(grid, np.random.default_rng(3))
    empty = replace(zones, people=zones.people * 0.0)
    step = Step("a", BEFORE, "", "", "published", "")
    table = timeline.shares_of_steps([step], [np.ones(grid.shape, dtype=bool)], empty)
    assert table["population_share"].isna().all()
    assert (table["land_share"] == 1.0).all()


def test_the_first_step_of_a_cell_is_the_first_in_which_it_is_covered():
    covered = np.array([[0, 0, 1, 0], [0, 1, 0, 0], [0, 1, 1, 0]], dtype=bool)
    assert timeline.first_step(covered).tolist() == [-1, 1, 0, -1]
    with pytest.raises(ValueError, match="no step"):
        timeline.first_step([])
