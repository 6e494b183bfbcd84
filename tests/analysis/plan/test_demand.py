"""Who is unserved: no one is lost in gathering, and gathering never overstates a plan."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qn_coverage.analysis.error_model import Component, ErrorModel
from qn_coverage.analysis.plan.cases import base_case, standard_cases
from qn_coverage.analysis.plan.demand import gathered, ground_of, unserved
from qn_coverage.analysis.plan.matrices import csr
from qn_coverage.analysis.probability import Criterion
from qn_coverage.core.errors import UnknownNameError
from qn_coverage.core.grid import Grid

GRID = Grid("EPSG:5899", 500_000.0, 2_300_000.0, 100.0, 12, 16)
CASE = base_case(Criterion(0.0, 0.0), ErrorModel((Component(8.0, 20_000.0), Component(6.0, 500.0))))


def ground(seed=1):
    random = np.random.default_rng(seed)
    commune = np.repeat([[0] * 8 + [1] * 8], 12, axis=0)
    discs = np.zeros((2, GRID.rows * GRID.cols))
    discs[0, 3:7], discs[1, 100:105] = 0.25, 0.2
    return ground_of(
        GRID,
        people=random.uniform(0, 40, GRID.shape),
        land=np.ones(GRID.shape),
        commune=commune,
        need=np.array([1.0, 3.0]),
        villages=csr(discs),
        households=np.array([30.0, np.nan]),
    )


def margin(seed=2):
    return np.random.default_rng(seed).normal(0, 15, GRID.shape).astype(np.float32)


def test_everyone_is_either_served_in_part_or_asked_for():
    here, level = ground(), margin()
    demand = unserved(here, {"any": level}, case=CASE, uncovered_below=0.5)
    chance = CASE.chance(level).ravel()
    assert set(demand.cell) == set(np.flatnonzero(chance < 0.5))
    assert demand.totals["people"] == pytest.approx(here.weights["people"].sum())
    assert demand.now["people"] == pytest.approx(here.weights["people"] @ chance)
    assert demand.commune_people.sum() == pytest.approx(demand.totals["people"])


def test_a_village_counts_once_however_wide_its_disc_and_unknown_households_not_at_all():
    here = ground()
    assert here.weights["villages"].sum() == pytest.approx(2.0)
    assert here.weights["households"].sum() == pytest.approx(30.0)


def test_need_weighs_the_people_of_a_commune():
    here = ground()
    east = here.commune == 1
    need, people = here.weights["need"], here.weights["people"]
    assert need[east] == pytest.approx(3.0 * people[east])
    assert need[~east] == pytest.approx(people[~east])


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 200), st.sampled_from(["people", "villages", "need"]))
def test_gathering_keeps_every_sum_and_the_limit_of_points(most, measure):
    cells = unserved(ground(), {"any": margin()}, case=CASE, uncovered_below=0.5)
    points = gathered(cells, measure, most=max(most, 2))
    assert points.points <= max(most, 2)
    assert points.per_point(measure).sum() == pytest.approx(cells.weights[measure].sum())
    shares = np.bincount(points.point, points.average)
    assert shares == pytest.approx(np.ones(points.points))


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 40))
def test_gathered_points_never_promise_more_than_their_cells(seed, most):
    random = np.random.default_rng(seed)
    cells = unserved(ground(), {"any": margin()}, case=CASE, uncovered_below=0.5)
    points = gathered(cells, "people", most=most)
    weight = points.weights["people"]
    gains = random.uniform(0, 1, (3, len(points.cell)))
    mean = [np.bincount(points.point, points.average * gain) for gain in gains]
    coarse = points.per_point("people") @ np.max(mean, axis=0)
    assert coarse <= weight @ gains.max(axis=0) + 1e-6
    single = points.per_point("people") @ mean[0]
    assert single == pytest.approx(weight @ gains[0])


def test_points_do_not_straddle_communes_or_operators():
    here, level = ground(), margin()
    cells = unserved(here, {"A": level, "B": level - 5}, case=CASE, uncovered_below=0.5)
    points = gathered(cells, "people", most=20)
    for values in (points.commune, points.plane):
        for point in range(points.points):
            assert len(set(values[points.point == point])) == 1


def test_customers_are_parted_among_operators():
    here, level = ground(), margin()
    both = {"A": level, "B": level}
    equal = unserved(here, both, case=CASE, uncovered_below=0.5)
    one = unserved(here, {"any": level}, case=CASE, uncovered_below=0.5)
    assert equal.weights["people"].sum() == pytest.approx(one.weights["people"].sum())
    assert equal.now["people"] == pytest.approx(one.now["people"])
    with pytest.raises(UnknownNameError, match="B"):
        unserved(here, both, case=CASE, uncovered_below=0.5, shares={"A": 1.0})


def test_a_higher_threshold_and_a_worse_model_never_raise_a_chance():
    levels = np.linspace(-40, 40, 81)
    base, up, down, low, high = standard_cases(CASE.criterion, CASE.error)
    assert (up.chance(levels) <= base.chance(levels)).all()
    assert (down.chance(levels) >= base.chance(levels)).all()
    assert low.shift_db == pytest.approx(-8.0)
    assert low.error.sigma_db == pytest.approx(6.0)
    assert (low.chance(levels) <= high.chance(levels)).all()
