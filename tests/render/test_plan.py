"""The page of a plan opens offline in a browser, its swipe parts two states, its numbers agree."""

import re

import numpy as np
import pytest

from qn_coverage.core.plan_request import PlanRequest
from qn_coverage.planning import plan_study
from qn_coverage.render.overlay import TRANSPARENT
from qn_coverage.render.plan_figures import curve_svg, profile_svg, sees, sight_line_m
from qn_coverage.render.plan_map import CHANCE_BREAKS, chance_classes, map_document
from qn_coverage.render.plan_page import render_plan
from qn_coverage.render.plan_report import render_plan_report
from tests.render.browsing import DESKTOP, PHONE, opened, picture


@pytest.fixture(scope="module")
def plan(tiny_study):
    request = PlanRequest.model_validate(
        {"goal": {"sites": 2}, "candidates": {"min_prominence_m": 5.0, "reach_km": 8.0}}
    )
    return plan_study(tiny_study, request, threads=1)


@pytest.fixture(scope="module")
def page_file(plan, tmp_path_factory):
    path = tmp_path_factory.mktemp("plan") / "plan.html"
    path.write_text(render_plan(plan), encoding="utf-8")
    return path


def test_the_same_plan_gives_the_same_page(plan, page_file):
    assert render_plan(plan) == page_file.read_text(encoding="utf-8")


def test_hostile_names_stay_text(plan, page_file):
    names = plan.study.villages["name_vi"]
    assert names.str.contains("<b>", regex=False).any()
    for text in (page_file.read_text(encoding="utf-8"), render_plan_report(plan)):
        assert "<b>Lạ</b>" not in text


@pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_it_opens_offline_without_a_request_or_a_complaint(
    browser, page_file, device, tmp_path, plan
):
    with opened(browser, page_file, device) as found:
        assert found.requests == []
        assert found.errors == []
        assert found.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert found.page.locator(".qn-pin").count() == len(plan.answer.sites)
        _, colours = picture(found.page, tmp_path, "plan")
        assert colours > 200


def test_the_swipe_moves_the_border_between_the_two_states(browser, page_file):
    def clips(page, value):
        page.locator("#qn-swipe").evaluate(
            "(node, value) => { node.value = value; node.dispatchEvent(new Event('input')); }",
            value,
        )
        return [
            page.locator(f".leaflet-qn-{name}-pane").evaluate("node => node.style.clip")
            for name in ("now", "plan")
        ]

    with opened(browser, page_file, DESKTOP) as found:
        width = found.page.locator("#qn-map").evaluate("node => node.clientWidth")
        now, then = (
            [float(px) for px in re.findall(r"-?[\d.]+(?=px)", clip)]
            for clip in clips(found.page, 25)
        )
        # rect(top, right, bottom, left): today ends where the plan begins, at a quarter.
        assert now[1] == then[3]
        assert now[1] - now[3] == pytest.approx(0.25 * width, abs=1)
        assert then[1] - then[3] == pytest.approx(0.75 * width, abs=1)


def test_what_is_gained_can_be_hidden_and_a_site_tells_why(browser, page_file, plan):
    with opened(browser, page_file, DESKTOP) as found:
        pane = found.page.locator(".leaflet-qn-gain-pane")
        assert pane.evaluate("node => node.style.display") == ""
        found.page.locator("#qn-gain").uncheck()
        assert pane.evaluate("node => node.style.display") == "none"
        found.page.locator(".qn-pin").first.click()
        told = found.page.locator(".leaflet-popup-content").inner_text()
        assert plan.answer.sites["why_vi"].iloc[0] in told
        assert plan.answer.sites["why_en"].iloc[0] in told


def test_the_plan_adds_signal_and_takes_none_where_nothing_is_turned(plan):
    assert (plan.chance_plan >= plan.chance_now - 1e-6).all() == (not plan.answer.replaced)
    people = plan.ready.ground.weights["people"].reshape(plan.chance_now.shape)
    # Places that count as served gain too, so the map shows at least what the tables promise.
    rise = float((people * (plan.chance_plan - plan.chance_now)).sum())
    assert rise >= plan.answer.sites["people_added"].sum() - 1e-3


def test_classes_of_probability_begin_at_their_breaks_and_leave_out_the_sea():
    chance = np.array([[1.0, *CHANCE_BREAKS, 0.0, 1.0]])
    land = np.array([[1.0] * 6 + [0.0]])
    assert chance_classes(chance, land).tolist() == [[0, 0, 1, 2, 3, 4, TRANSPARENT]]


def test_the_report_runs_nothing_and_shows_both_maps(plan):
    text = render_plan_report(plan)
    assert "<script" not in text
    assert text.count('class="map plan-map"') == 2
    assert all(f'id="site-{rank}"' in text for rank in plan.answer.sites["rank"])


def test_the_line_of_sight_joins_the_antennas_and_sags_between(plan):
    path = next(iter(plan.paths.values()))
    line = sight_line_m(path)
    assert line[0] == pytest.approx(path.tx_amsl_m)
    assert line[-1] == pytest.approx(path.rx_amsl_m)
    straight = np.linspace(line[0], line[-1], len(line))
    assert (line[1:-1] < straight[1:-1] + 1e-9).all()
    assert sees(path.raised(tx_m=2000.0, rx_m=2000.0))
    assert not sees(path.raised(tx_m=-200.0, rx_m=-200.0))
    assert "#c0392b" in profile_svg(path.raised(tx_m=-200.0, rx_m=-200.0), title="x")


def test_the_curve_marks_the_knee(plan):
    drawn = curve_svg(plan.answer.curve, sites=1, gained=0.5, unit=("người", "people"))
    assert drawn.count("<polyline") == 2
    assert ("knee (" in drawn) == bool(plan.answer.curve["knee"].any())


def test_the_map_tells_sites_in_their_order(plan):
    document = map_document(plan)
    assert [site["rank"] for site in document["sites"]] == plan.answer.sites["rank"].tolist()
    (south, west), (north, east) = document["bounds"]
    assert all(south <= s["at"][0] <= north and west <= s["at"][1] <= east
               for s in document["sites"])  # fmt: skip
