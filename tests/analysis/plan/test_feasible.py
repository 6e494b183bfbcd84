"""Impossible requests are refused with the reason and with what would make them possible."""

import numpy as np
import pytest

from qn_coverage.analysis.plan.model import Floors, PlanError, Servers
from qn_coverage.analysis.plan.solve import solve
from qn_coverage.core.errors import InvalidDataError
from tests.analysis.plan.choices import dense, simple

GAIN, WEIGHT = [[0.5, 0.0], [0.0, 0.8]], [100.0, 10.0]


def refusal(**wishes):
    with pytest.raises(PlanError) as caught:
        solve(simple(GAIN, WEIGHT, wishes.pop("cost", [2e9, 3e9]), **wishes))
    return str(caught.value)


def test_a_budget_below_the_cheapest_site_names_that_site_and_its_price():
    text = refusal(budget=1e9)
    assert "'a'" in text
    assert "2.00 billion" in text


def test_a_target_above_what_all_reach_says_how_much_they_reach():
    text = refusal(target=70.0)
    assert "58" in text
    assert "lower the target" in text


def test_pins_dearer_than_the_budget_say_what_they_take():
    assert "5.00 billion" in refusal(budget=4e9, pinned=["a", "b"])


def test_pinned_variants_of_one_place_are_named():
    assert "'a', 'b'" in refusal(budget=9e9, pinned=["a", "b"], group=[0, 0])


def test_a_floor_that_nobody_reaches_is_named_with_what_is_reached():
    floors = Floors(("06994",), dense([[0.0, 10.0]]), np.array([9.0]), dense([[0, 0]]))
    text = refusal(budget=9e9, floors=floors)
    assert "06994" in text
    assert "8.0" in text


def test_floors_that_do_not_fit_the_budget_say_which_budget_fits():
    floors = Floors(
        ("x", "y"), dense([[100, 0], [0, 10]]), np.array([40.0, 5.0]), dense([[0, 0], [0, 0]])
    )
    assert "raise the limit to 5.00 billion" in refusal(budget=4e9, floors=floors)


def test_villages_without_candidates_are_listed():
    servers = Servers(("bản xa", "bản gần"), dense([[0, 0], [1, 1]]), np.array([1.0, 2.0]))
    text = refusal(budget=9e9, servers=servers)
    assert "'bản xa'" in text
    assert "bản gần" not in text


def test_nothing_to_gain_is_said():
    assert "nothing is uncovered" in refusal(budget=9e9, banned=["a", "b"])


def test_requirements_that_contradict_each_other_are_told_apart_from_dear_ones():
    servers = Servers(("v", "w"), dense([[1, 0], [0, 1]]), np.array([1.0, 1.0]))
    text = refusal(budget=9e9, servers=servers, group=[0, 0])
    assert "no set of candidates meets" in text


def test_arrays_that_do_not_fit_are_all_named():
    with pytest.raises(InvalidDataError) as caught:
        simple(GAIN, [1.0], [1.0, -1.0], sites=1, budget=2.0, pinned=["z"])
    assert {p.column for p in caught.value.problems} >= {"goal", "gain", "cost", "pinned or banned"}


@pytest.mark.parametrize("gain", [GAIN, [[0.0, 0.0], [0.0, 0.0]]])
def test_a_target_that_is_reached_already_builds_nothing(gain):
    plan = solve(simple(gain, WEIGHT, [2e9, 3e9], target=0.0))
    assert plan.picks == ()
    assert plan.score.cost == 0.0
    assert plan.status == "optimal"
