"""From a study to a plan: candidates with reasons and prices, edits by the user, and the answer."""

import geopandas as gpd
import numpy as np
import pytest
from shapely.geometry import box

from qn_coverage.analysis import network
from qn_coverage.analysis.plan.answering import answered
from qn_coverage.analysis.plan.choosing import model_of, planned
from qn_coverage.analysis.plan.limits import Constraints
from qn_coverage.analysis.plan.model import PlanError
from qn_coverage.analysis.plan.preparing import prepared
from qn_coverage.core.errors import InvalidDataError
from qn_coverage.core.plan_costs import load_costs
from qn_coverage.core.plan_request import PlanRequest, with_edits, with_goal
from tests.analysis.plan import provinces

BASE = {"goal": {"sites": 2}, "candidates": {"reach_km": 10.0, "min_prominence_m": 5.0}}


def ready_for(present, constraints=None, **wishes):
    request = PlanRequest.model_validate({**BASE, **wishes})
    chosen = constraints or Constraints()
    return prepared(present, request, load_costs(), chosen, provinces.engine())


@pytest.fixture(scope="module")
def present():
    return provinces.present()


@pytest.fixture(scope="module")
def ready(present):
    return ready_for(present)


@pytest.fixture(scope="module")
def told(ready):
    return answered(ready, planned(ready))


def test_candidates_of_every_kind_say_why_in_both_languages_and_what_they_cost(ready):
    table = ready.table
    assert {"hilltop", "village", "village_edge", "add_technology", "raise"} <= set(table["kind"])
    assert table["candidate_id"].is_unique
    assert table["why_vi"].str.contains("tỷ đồng").all()
    assert table["why_en"].str.contains("billion VND").all()
    assert (table["cost_vnd"] > 0).all()
    assert (table["cost_low_vnd"] <= table["cost_vnd"]).all()
    assert (table["cost_vnd"] <= table["cost_high_vnd"]).all()


def test_an_upgrade_is_cheaper_than_a_mast_and_an_islet_dearer_than_the_mainland(ready):
    cost = ready.table.set_index("candidate_id")["cost_vnd"]
    setting = ready.table.set_index("candidate_id")["setting"]
    assert cost["add-technology-V1-4G"] < cost["raise-W1-51m"] < cost["village-v2-42m"]
    assert setting["add-technology-V1-4G"] == "remote"
    assert cost["add-technology-V1-4G"] == pytest.approx(0.25 * 2.27e9)  # a radio, wherever it is
    assert setting["village-v4-42m"] == "island"
    assert cost["village-v4-42m"] == pytest.approx(3.0 * 2.27e9)


def test_a_village_known_to_five_kilometres_gives_no_place_to_build(ready):
    assert not ready.table["candidate_id"].str.contains("v3").any()


def test_the_plan_goes_to_the_unserved_and_its_numbers_add_up(ready, told):
    assert told.plan.status in {"optimal", "within_gap"}
    people = ready.cells.weights["people"].sum()
    assert 0.0 < told.sites["people_added"].sum() <= people
    now, total = ready.cells.now["people"], ready.cells.totals["people"]
    assert told.share_now == pytest.approx(now / total)
    added = told.sites["people_added"].sum()
    assert told.share_plan == pytest.approx((now + added) / total)
    # v1 and v2 lie where the study says more likely than not: they are not what is planned for.
    assert set(told.villages["village_id"]) == {"v3", "v4"}
    assert (told.villages["probability_plan"] > told.villages["probability_now"]).all()
    assert told.gaps["gap_id"].tolist()[0] == "gap-0001"
    assert told.curve["value"].iloc[2] <= told.plan.bound + 1e-6


def test_the_cells_say_at_least_what_the_points_promised(told):
    assert told.sites["people_added"].sum() >= told.plan.score.value - 1e-3


def test_the_plans_antennas_give_the_study_what_the_plan_promised(present, ready, told):
    """Built into the network and computed again, the coverage rises by what was promised."""
    layers = network.layers_of(told.sectors, provinces.SCENARIO)
    emitters = network.emitters_of(
        told.sectors, layers, crs=provinces.GRID.crs, max_distance_km=10.0
    )
    case, margin_db = ready.engine.cases[0], 7.0486
    mosaic = provinces.best(emitters, present.surface)
    bare = emitters.required_dbm[:, np.newaxis, np.newaxis] - margin_db
    new = case.chance((mosaic.level_dbm - bare).max(axis=0).ravel()[ready.cells.cell])
    rise = np.maximum(new - case.chance(ready.cells.margin_db), 0.0)
    expected = ready.cells.weights["people"] @ rise
    assert told.sites["people_added"].sum() == pytest.approx(expected, rel=1e-3)


def test_antennas_of_a_plan_are_rows_of_the_sector_table(told):
    from qn_coverage.core.schema import SECTORS

    assert {column.name for column in SECTORS} <= set(told.sectors)
    assert set(told.sectors["origin"]) == {"modelled"}
    assert set(told.sectors["programme"]) == {"plan"}
    assert told.sectors.crs == "EPSG:4326"
    assert told.sectors["sector_id"].is_unique


def test_every_other_belief_and_budget_is_tried(told):
    assert set(told.sensitivity.runs["code"]) == {
        "threshold_up", "threshold_down", "model_low", "model_high", "budget_less", "budget_more",
    }  # fmt: skip
    assert told.sensitivity.survival["survives"].between(0, 1).all()


def test_pins_and_bans_change_the_plan_without_new_physics(ready):
    free = planned(ready)
    edited = with_edits(ready.request, pin=("village-v4-42m",), ban=(free.picks[0],))
    plan = planned(ready, edited)
    assert "village-v4-42m" in plan.picks
    assert free.picks[0] not in plan.picks
    assert plan.score.value <= free.score.value + 1e-9


def test_the_last_money_is_not_spent_on_next_to_nothing(ready):
    def goal(part):
        wish = {"goal": {"budget_vnd": 60e9, "least_part": part}}
        return PlanRequest.model_validate({**BASE, **wish})

    loose, sober = planned(ready, goal(0.0)), planned(ready, goal(0.3))
    alone = ready.table.set_index("candidate_id")["people_alone"]
    least = 0.3 * alone.max()
    assert alone[list(loose.picks)].min() < least <= alone[list(sober.picks)].min()
    assert 0.0 <= loose.score.value - sober.score.value < least * len(loose.picks)
    assert with_goal(goal(0.3), sites=1).goal.least_part == 0.3
    pinned = planned(ready, with_edits(goal(0.3), pin=("village-v1-42m",)))
    assert "village-v1-42m" in pinned.picks


def test_another_goal_needs_no_new_physics_but_another_measure_does(ready):
    cheap = planned(ready, with_goal(ready.request, budget_vnd=1.5e9))
    assert cheap.score.cost <= 1.5e9
    villages = PlanRequest.model_validate({**BASE, "goal": {"sites": 2, "measure": "villages"}})
    with pytest.raises(PlanError, match="measure"):
        model_of(ready, villages)


def test_a_target_in_reach_is_met_and_one_out_of_reach_is_refused(ready, told):
    middle = 0.5 * (told.share_now + told.share_plan)
    plan = planned(ready, with_goal(ready.request, target=middle))
    assert (
        plan.score.value >= middle * ready.cells.totals["people"] - ready.cells.now["people"] - 1e-3
    )
    with pytest.raises(PlanError, match="lower the target"):
        planned(ready, with_goal(ready.request, target=1.0))


def test_names_that_do_not_exist_are_refused_with_near_ones(present):
    with pytest.raises(PlanError, match="village-v2-42m"):
        ready_for(present, pin=["village-v2-41m"])


def test_a_moved_candidate_stands_elsewhere_and_upgrades_cannot_move(present):
    here = {"lon": 107.66, "lat": 21.31}
    moved = ready_for(present, move=[{"id": "village-v2-42m", **here}])
    ids = set(moved.table["candidate_id"])
    assert "village-v2-42m" not in ids
    assert {"village-v2-42m-moved"} <= ids | set(moved.proposal.refused["candidate_id"])
    with pytest.raises(PlanError, match="cannot be moved"):
        ready_for(present, move=[{"id": "raise-W1-51m", **here}])


def test_a_point_of_the_user_becomes_a_candidate(present):
    spot = gpd.GeoSeries.from_xy(*zip(provinces.place(16.0, 3.0)), crs=provinces.GRID.crs)
    spot = spot.to_crs("EPSG:4326")
    added = ready_for(
        present, add=[{"name": "Đồi Chùa", "lon": spot.x[0], "lat": spot.y[0], "height_agl_m": 30}]
    )
    row = added.table.set_index("candidate_id").loc["user-doi-chua-30m"]
    assert row["height_agl_m"] == 30
    assert row["x_m"] == pytest.approx(provinces.place(16.0, 3.0)[0], abs=1.0)


def exclusion(applies_to):
    x, y = provinces.place(14.0, 3.0)
    return gpd.GeoDataFrame(
        {"name": ["Vùng thử"], "reason_vi": ["thử"], "reason_en": ["a test"],
         "applies_to": [applies_to], "source": ["tests"]},
        geometry=[box(x - 2500, y - 2500, x + 2500, y + 2500)], crs=provinces.GRID.crs,
    ).to_crs("EPSG:4326")  # fmt: skip


def test_nothing_is_built_inside_an_excluded_area_and_the_reason_is_told(present):
    ready = ready_for(present, Constraints(exclusions=exclusion("new")))
    refused = ready.proposal.refused.set_index("candidate_id")
    assert "village-v2-42m" in refused.index
    assert "Vùng thử" in refused.loc["village-v2-42m", "reason_vi"]
    assert "a test" in refused.loc["village-v2-42m", "reason_en"]
    x, y = provinces.place(14.0, 3.0)
    new = ready.table[ready.table["site_id"].isna()]
    assert not ((abs(new["x_m"] - x) < 2500) & (abs(new["y_m"] - y) < 2500)).any()
    with pytest.raises(PlanError, match="may not be built"):
        ready_for(present, Constraints(exclusions=exclusion("new")), pin=["village-v2-42m"])


def test_a_layer_of_exclusions_with_faults_names_them_all(present):
    broken = exclusion("everywhere").drop(columns="source").set_crs(None, allow_override=True)
    with pytest.raises(InvalidDataError) as caught:
        ready_for(present, Constraints(exclusions=broken))
    assert caught.value.codes == {"missing-column", "missing-crs", "bad-value"}


def test_the_way_to_road_and_power_is_priced_and_limited(present):
    x, y = provinces.place(0.0, 0.0)
    line = gpd.GeoDataFrame(
        geometry=[box(x, y - 10_000, x + 10, y).exterior], crs=provinces.GRID.crs
    )
    near = ready_for(present, Constraints(roads=line, power=line))
    row = near.table.set_index("candidate_id").loc["village-v2-42m"]
    assert row["road_km"] == pytest.approx(13.99, abs=0.02)
    assert row["cost_vnd"] == pytest.approx(2.27e9 + 1e9 * (row["road_km"] - 0.3) + 0.6e9, rel=1e-6)
    limits = {"candidates": {**BASE["candidates"], "max_road_km": 5.0}}
    far = ready_for(present, Constraints(roads=line), **limits)
    assert "village-v2-42m" in set(far.proposal.refused["candidate_id"])


def test_each_operators_customers_need_their_own_operator(present):
    separate = ready_for(present, demand={"operators": "separate"})
    assert separate.cells.planes == ("Viettel", "VinaPhone")
    assert {"share", "village"} <= set(separate.table["kind"])
    host = ready_for(present, demand={"operators": "neutral_host"})
    both = host.table.set_index("candidate_id").loc["village-v2-42m"]
    assert both["operators"] == "Viettel; VinaPhone"
    own = separate.table.set_index("candidate_id").loc["village-v2-42m-Viettel"]
    assert own["cost_vnd"] < both["cost_vnd"] < 2 * own["cost_vnd"]
    assert both["people_alone"] == pytest.approx(
        separate.table.set_index("candidate_id").loc[
            ["village-v2-42m-Viettel", "village-v2-42m-VinaPhone"], "people_alone"
        ].sum(),
        rel=0.01,
    )  # fmt: skip


def test_floors_and_village_servers_hold(present):
    ready = ready_for(
        present,
        goal={"sites": 4},
        villages={"servers": 1, "unreachable": "leave"},
        floor=[{"commune": "90002", "share": 0.5}],
    )
    plan = planned(ready)
    model = model_of(ready)
    assert (plan.score.servers >= model.servers.need - 1e-9).all()
    assert (plan.score.floors >= model.floors.need * (1 - 1e-6)).all()
    with pytest.raises(PlanError, match="90009"):
        planned(ready_for(present, floor=[{"commune": "90009", "share": 0.5}]))


def test_the_same_request_gives_the_same_answer(present, told):
    again = ready_for(present)
    second = answered(again, planned(again), sensitivity=False)
    assert second.plan.picks == told.plan.picks
    assert second.sites.equals(told.sites)
