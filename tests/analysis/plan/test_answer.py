"""The answer adds up: order, unique, added and total gains, gaps, villages, curve, survival."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qn_coverage.analysis.plan import answer
from qn_coverage.analysis.plan.curve import curve_of, knee_of
from qn_coverage.analysis.plan.demand import Demand
from qn_coverage.analysis.plan.matrices import csr
from qn_coverage.analysis.plan.sensitivity import Variation, sensitivity_of
from qn_coverage.analysis.plan.solve import solve
from qn_coverage.core.grid import Grid
from tests.analysis.plan.choices import brute_force, simple

GRID = Grid("EPSG:5899", 0.0, 100.0, 100.0, 1, 6)


def cells(people):
    people = np.asarray(people, dtype=np.float64)
    size = len(people)
    land = np.ones(size)
    return Demand(
        grid=GRID, planes=("any",), cell=np.arange(size), plane=np.zeros(size, dtype=np.int64),
        part=np.ones(size), point=np.arange(size), average=np.ones(size),
        margin_db=np.full(size, -20, dtype=np.float32), weights={"people": people, "land": land},
        commune=np.zeros(size, dtype=np.int64), totals={"people": people.sum(), "land": size},
        now={"people": 0.0, "land": 0.0}, commune_people=np.array([people.sum()]),
        commune_now=np.zeros(1),
    )  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_what_sites_add_one_by_one_sums_to_what_they_give_together(seed):
    random = np.random.default_rng(seed)
    gain = random.uniform(0, 1, (4, 6)) * (random.uniform(size=(4, 6)) < 0.6)
    demand = cells(random.uniform(0, 10, 6))
    none = {"people": np.zeros(4), "land": np.zeros(4)}
    table = answer.site_table(list("abcd"), csr(gain), demand, np.arange(1.0, 5.0), none)
    people = demand.weights["people"]
    together = people @ gain.max(axis=0)
    assert table["people_added"].sum() == pytest.approx(together)
    for site in range(4):
        without = people @ np.delete(gain, site, axis=0).max(axis=0)
        assert table["people_unique"][site] == pytest.approx(together - without)
        assert table["people_total"][site] == pytest.approx(people @ gain[site])
    assert (table["people_unique"] <= table["people_added"] + 1e-9).all()
    assert (table["people_added"] <= table["people_total"] + 1e-9).all()
    assert table["cost_total_vnd"].tolist() == [1.0, 3.0, 6.0, 10.0]


def test_losses_are_taken_off_and_a_site_without_people_has_no_price_a_person():
    demand = cells([10, 0, 0, 0, 0, 0])
    gain = csr(np.array([[0.5, 0, 0, 0, 0, 0], [0, 0.9, 0, 0, 0, 0]]))
    lost = {"people": np.array([2.0, 0.0]), "land": np.zeros(2)}
    table = answer.site_table(["a", "b"], gain, demand, np.array([6.0, 6.0]), lost)
    assert table["people_added"].tolist() == [3.0, 0.0]
    assert table["cost_per_person_vnd"][0] == pytest.approx(2.0)
    assert np.isnan(table["cost_per_person_vnd"][1])


def test_the_order_of_building_takes_what_adds_most_for_its_price():
    gain = csr(np.array([[1, 1, 1, 0, 0, 0], [1, 1, 0, 0, 0, 0], [0, 0, 0, 1, 0, 0]]))
    weight, none = np.ones(6), np.zeros(3)
    assert answer.building_order(gain, weight, none, np.ones(3)).tolist() == [0, 2, 1]
    assert answer.building_order(gain, weight, none, np.array([9.0, 1, 1])).tolist() == [1, 2, 0]


def test_a_gap_names_the_sites_that_close_it():
    demand = cells([5, 5, 5, 5, 5, 5])
    gain = csr(np.array([[0.9, 0.8, 0, 0, 0, 0], [0, 0.2, 0.1, 0, 0, 0]]))
    gap = np.array([[0, 0, 1, 1, -1, -1]])
    table = answer.gap_table(["a", "b"], gain, demand, gap, ["gap-0001", "gap-0002"])
    rows = table.set_index(["gap_id", "candidate_id"])
    assert rows.loc[("gap-0001", "a"), "land_share"] == pytest.approx(0.85)
    assert rows.loc[("gap-0001", "a"), "people_gained"] == pytest.approx(8.5)
    assert rows["closed"].to_dict() == {("gap-0001", "a"): True, ("gap-0002", "b"): False}


def test_a_village_names_the_site_that_serves_it_and_how_far_it_is():
    demand = cells(np.ones(6))
    gain = csr(np.array([[0.6, 0.4, 0, 0, 0, 0], [0, 0, 0, 0, 0.004, 0]]))
    discs = csr(np.array([[0.5, 0.5, 0, 0, 0, 0], [0, 0, 0, 0, 1.0, 0]]))
    villages = pd.DataFrame(
        {"village_id": ["v", "w"], "name_vi": ["Bản V", "Bản W"], "commune_code": "06994",
         "x_m": [100.0, 450.0], "y_m": [50.0, 50.0]}
    )  # fmt: skip
    table = answer.village_table(
        villages, discs, ["a", "b"], np.array([[100.0, 3050.0], [0.0, 0.0]]), gain, demand,
        np.full((1, 6), 0.1),
    )  # fmt: skip
    assert table["village_id"].tolist() == ["v"]
    assert table["probability_now"][0] == pytest.approx(0.1)
    assert table["probability_plan"][0] == pytest.approx(0.6)
    assert (table["candidate_id"][0], table["distance_km"][0]) == ("a", pytest.approx(3.0))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_the_curve_rises_flattens_and_stays_under_its_bound(seed):
    random = np.random.default_rng(seed)
    gain = random.uniform(0, 1, (6, 10)) * (random.uniform(size=(6, 10)) < 0.5)
    model = simple(gain, random.uniform(1, 9, 10), np.ones(6), sites=1)
    curve = curve_of(model, most=6)
    value, upper = curve["value"].to_numpy(), curve["upper_bound"].to_numpy()
    steps = np.diff(value)
    assert (steps > 0.0).all()
    assert (np.diff(steps) <= 1e-9).all()
    assert (upper >= value - 1e-9).all()
    for k in range(1, len(curve)):
        exact = brute_force(simple(gain, model.weight, np.ones(6), sites=k))
        assert value[k] - 1e-9 <= exact <= upper[k] + 1e-6


def test_the_knee_is_where_the_curve_bends():
    assert knee_of([0, 10, 19, 20, 21, 22]) == 2
    assert knee_of([0, 1, 2, 3]) == -1
    assert knee_of([0, 0]) == -1


def test_picks_survive_if_they_or_a_neighbour_are_chosen_again():
    gain, weight = np.eye(4), [10.0, 9.0, 8.0, 1.0]
    plan = solve(simple(gain, weight, np.ones(4), sites=2), gap=0.0)

    def otherwise(new):
        return lambda: simple(gain, new, np.ones(4), sites=2)

    variations = [
        Variation("same", "như cũ", "same", otherwise(weight)),
        Variation("near", "gần", "near", otherwise([10.0, 0.0, 8.0, 1.0])),
        Variation("far", "xa", "far", otherwise([10.0, 0.0, 0.0, 9.0])),
        Variation("none", "không", "none", otherwise([0.0, 0.0, 0.0, 0.0])),
    ]
    where = {"a": (0.0, 0.0), "b": (5000.0, 0.0), "c": (6000.0, 0.0), "d": (30_000.0, 0.0)}
    found = sensitivity_of(plan, variations, where)
    fate = found.survival.set_index("candidate_id")
    assert fate.loc["a", ["same", "near", "far"]].tolist() == ["kept"] * 3
    assert fate.loc["b", ["same", "near", "far"]].tolist() == ["kept", "near", "dropped"]
    assert set(found.runs["status"]) <= {"optimal", "within_gap"}
    assert found.runs["kept"].tolist() == [2, 1, 1, 0]
