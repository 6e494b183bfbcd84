"""A request is complete by default and every mistake is named; costs carry their origin."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from qn_coverage.core.plan_costs import CostsError, costs_folder, load_costs
from qn_coverage.core.plan_request import (
    PlanRequest,
    PlanRequestError,
    load_plan_request,
    with_edits,
    with_goal,
    with_time_limit,
)


def written(folder, text):
    path = folder / "plan.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_an_empty_file_asks_for_ten_sites(tmp_path):
    request = load_plan_request(written(tmp_path, ""))
    assert request == PlanRequest()
    assert request.goal.sites == 10


def test_every_mistake_of_a_file_is_named_at_once(tmp_path):
    text = (
        'pin = ["a", "b", "b"]\nban = ["a"]\nwrong = 1\n'
        "[goal]\nsites = 3\ntarget = 0.9\n"
        "[candidates]\nheights_m = [42.0, 80.0]\nmax_mast_m = 60.0\nmax_slope_deg = 200.0\n"
        "[demand.operator_share]\nViettel = 0.5\nVinaPhone = 0.3\n"
        '[[add]]\nname = "x"\nlon = 10.0\nlat = 21.0\n'
    )
    with pytest.raises(PlanRequestError) as caught:
        load_plan_request(written(tmp_path, text))
    columns = {(problem.code, problem.column) for problem in caught.value.problems}
    assert columns == {
        ("unknown-key", "wrong"),
        ("bad-value", "goal"),
        ("bad-value", "candidates.max_slope_deg"),
        ("bad-value", "add.0.lon"),
        ("repeated-name", "pin"),
        ("pinned-and-banned", "pin"),
        ("mast-too-high", "candidates.heights_m"),
        ("shares-do-not-sum", "demand.operator_share"),
    }


@pytest.mark.parametrize(("text", "code"), [("[goal", "not-toml"), (None, "missing-file")])
def test_a_file_that_cannot_be_read_is_named(tmp_path, text, code):
    path = tmp_path / "none.toml" if text is None else written(tmp_path, text)
    with pytest.raises(PlanRequestError) as caught:
        load_plan_request(path)
    assert caught.value.codes == {code}


def test_paths_are_taken_from_the_folder_of_the_file(tmp_path):
    text = 'costs = "prices.toml"\n[layers]\nexclusions = "core.gpkg"\n'
    request = load_plan_request(written(tmp_path, text))
    assert request.costs == str(tmp_path / "prices.toml")
    assert request.layers.exclusions == str(tmp_path / "core.gpkg")
    assert request.layers.roads is None


def test_the_command_line_replaces_the_goal_and_keeps_the_measure():
    request = PlanRequest.model_validate({"goal": {"sites": 4, "measure": "villages"}})
    changed = with_goal(request, budget_vnd=5e9)
    assert (changed.goal.sites, changed.goal.budget_vnd) == (None, 5e9)
    assert changed.goal.measure == "villages"
    assert with_goal(request) == request
    with pytest.raises(PlanRequestError):
        with_goal(request, sites=3, target=0.9)


def test_a_later_pin_lifts_an_earlier_ban():
    request = PlanRequest(ban=("a", "b"))
    changed = with_edits(request, pin=("a",), ban=("c",))
    assert (changed.pin, changed.ban) == (("a",), ("b", "c"))
    with pytest.raises(PlanRequestError):
        with_edits(request, pin=("d",), ban=("d",))


def test_every_shipped_figure_has_origin_source_and_range():
    costs = load_costs()
    for figure in costs.figures.values():
        assert figure.source
        assert figure.low <= figure.value <= figure.high
    assert costs.remote_factor.origin == "published"
    assert (costs.remote_factor.low, costs.remote_factor.high) == (1.5, 3.0)
    assert costs.new_site.value * costs.remote_factor.value == pytest.approx(5.1e9, rel=0.01)
    assert "new_site" not in costs.assumptions
    assert "road_per_km" in costs.assumptions


def test_a_cost_file_without_origin_is_refused(tmp_path):
    text = (costs_folder() / "default.toml").read_text(encoding="utf-8")
    document = tomllib.loads(text)
    assert document["own_power"]["origin"] == "assumption"
    start = text.index("[own_power]")
    broken = text[:start] + text[start:].replace('origin = "assumption"\n', "", 1)
    path = tmp_path / "costs.toml"
    path.write_text(broken.replace("[repoint]", "[turning]"), encoding="utf-8")
    with pytest.raises(CostsError) as caught:
        load_costs(path)
    found = {(problem.code, problem.column) for problem in caught.value.problems}
    assert found == {
        ("missing-key", "own_power.origin"),
        ("missing-key", "repoint"),
        ("unknown-key", "turning"),
    }


def test_the_template_of_exclusions_holds_no_area():
    template = json.loads((costs_folder() / "EXCLUSIONS_TEMPLATE.geojson").read_text("utf-8"))
    assert template["features"] == []


def test_the_example_of_the_documentation_can_be_asked(tmp_path):
    text = (Path(__file__).parents[2] / "docs" / "planner.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", text, flags=re.DOTALL)
    request = load_plan_request(written(tmp_path, example))
    assert request.goal.budget_vnd == 50e9
    assert request.floor[0].unreachable == "leave"
    # Each of its tables shows every key that the planner knows.
    shown = tomllib.loads(re.sub(r"^# ", "", example, flags=re.MULTILINE))
    for name in ("demand", "villages", "layers", "solver"):
        known = set(type(getattr(request, name)).model_fields)
        assert set(shown[name]) | {"need", "operator_share"} >= known, name


def test_another_time_changes_nothing_else():
    request = with_time_limit(PlanRequest(), 5.0)
    assert request.solver.time_limit_s == 5.0
    assert request.model_copy(update={"solver": PlanRequest().solver}) == PlanRequest()
    with pytest.raises(PlanRequestError, match="time_limit_s"):
        with_time_limit(PlanRequest(), 0.0)
