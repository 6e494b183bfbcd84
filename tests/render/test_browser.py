"""The page as a planner meets it: no network, a screen or a phone, two languages."""

from __future__ import annotations

import pytest

from qn_coverage.core.text import fold
from qn_coverage.render import written
from qn_coverage.render.map import render_map, write_map
from tests.render.browsing import DESKTOP, PHONE, opened, picture

pytestmark = [
    pytest.mark.browser,
    # Playwright leaves its event loop's sockets to the garbage collector.
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

OPEN_ALL = "document.querySelectorAll('details').forEach((part) => { part.open = true; })"
COMMUNES_ON_SCREEN = """() => {
  const map = Object.values(window).find((value) => value instanceof L.Map);
  const { left, top } = map.getContainer().getBoundingClientRect();
  const { at, name } = JSON.parse(document.getElementById('qn-data').textContent).units.commune;
  return at.map(([x, y], i) => {
    const point = map.latLngToContainerPoint([y, x]);
    return [name[i], point.x + left, point.y + top];
  });
}"""
SMALL_TEXT = """
[...document.querySelectorAll('body *')]
  .filter((node) => !['SCRIPT', 'NOSCRIPT'].includes(node.tagName) && !node.closest('svg'))
  .filter((node) => [...node.childNodes].some((c) => c.nodeType === 3 && c.data.trim()))
  .filter((node) => parseFloat(getComputedStyle(node).fontSize) < 12)
  .map((node) => node.outerHTML.slice(0, 80))
"""


@pytest.fixture(scope="module")
def map_file(study, tmp_path_factory):
    path = tmp_path_factory.mktemp("map") / "map.html"
    write_map(study, str(path))
    return path


@pytest.fixture
def desktop(browser, map_file):
    with opened(browser, map_file, DESKTOP) as found:
        yield found
    assert found.requests == []
    assert found.errors == []


@pytest.fixture
def phone(browser, map_file):
    with opened(browser, map_file, PHONE) as found:
        yield found
    assert found.requests == []
    assert found.errors == []


def fill_colours(page) -> list[str]:
    """Fill of each commune, as the map draws it."""
    return page.evaluate("QN.drawn().fills")


@pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_page_opens_without_a_network_request_or_error(browser, map_file, tmp_path, device):
    with opened(browser, map_file, device) as found:
        assert found.page.locator(".leaflet-container canvas").count() >= 1
        _, colours = picture(found.page, tmp_path, "open")
    assert found.requests == []
    assert found.errors == []
    assert colours > 500


def test_layers_legend_scale_and_attribution_are_there(desktop):
    page = desktop.page
    assert page.evaluate("QN.drawn().fills.length") == 3
    assert page.locator(".qn-village").count() == 6
    assert page.locator(".qn-place").count() == 2
    assert page.locator(".leaflet-image-layer").count() == 2
    legend = page.locator("#qn-legend").inner_text()
    assert "Dân số có sóng (%)" in legend
    assert "Số liệu mô phỏng" in legend
    assert "Modelled, not surveyed" in legend
    assert "04/01/2024" in legend
    assert page.locator(".leaflet-control-scale-line").inner_text().endswith(("km", "m"))
    attribution = page.locator(".leaflet-control-attribution")
    assert "sapnhap.bando.com.vn" in attribution.inner_text()
    assert attribution.locator("svg").count() == 0


def test_the_headline_is_in_vietnamese_numbers_then_in_english_ones(desktop):
    page = desktop.page
    shown = page.locator("#qn-headline").inner_text()
    assert "88,4\u00a0%" in shown
    assert "97,6\u00a0%" in shown
    assert "1.776" in shown
    page.check("input[value=en]")
    shown = page.locator("#qn-headline").inner_text()
    assert "97.6%" in shown
    assert "1,776" in shown


def test_the_switch_changes_every_word_that_is_seen(desktop):
    page = desktop.page
    page.check("[data-layer=sites]")
    page.locator("#qn-places button").first.click()
    page.evaluate(OPEN_ALL)
    page.check("input[value=en]")
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.title() == "Mobile coverage of Quảng Ninh province"
    seen = page.evaluate(
        "[...document.querySelectorAll('[data-t]')].filter((n) => n.offsetParent)"
        ".map((n) => [n.dataset.t, n.textContent])"
    )
    labels = page.evaluate("JSON.parse(document.getElementById('qn-data').textContent).labels")
    assert len(seen) > 20
    assert [text for _, text in seen] == [labels[key][1] for key, _ in seen]
    assert "Position within" in page.locator(".leaflet-popup").inner_text()
    assert "Legend" in page.locator("#qn-legend").inner_text()
    assert page.get_attribute("#qn-q", "placeholder").startswith("Find")
    assert "2024-01-04" in page.locator("#qn-dates").inner_text()
    assert page.get_attribute(".leaflet-control-zoom-in", "title") == "Zoom in"
    page.check("input[value=vi]")
    assert "Sai số vị trí" in page.locator(".leaflet-popup").inner_text()


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("van don", "Đặc khu Vân Đồn"),
        ("co to", "Đặc khu Cô Tô"),
        ("VÂN ĐỒN", "Đặc khu Vân Đồn"),
        ("na hac", "thôn Nà Hắc"),
        ("dong xa", "Xã Đông Xá"),
        ("dao tran", "Đảo Trần"),
        ("tran dao", "Đảo Trần"),
    ],
)
def test_search_needs_neither_case_nor_accents(desktop, query, name):
    assert desktop.page.evaluate("(query) => QN.find(query)", query)[0] == name


@pytest.mark.parametrize("query", ["zzz", "", "   "])
def test_search_finds_nothing_where_nothing_is(desktop, query):
    assert desktop.page.evaluate("(query) => QN.find(query)", query) == []


def test_the_page_folds_names_as_the_package_does(desktop, study):
    names = [
        *study.communes["name_vi"],
        *study.villages["name_vi"],
        *study.former_communes["name_vi"],
        "Ho\u0300a Bi\u0300nh",
        "  Đảo   CÁI   CHIÊN ",
    ]
    folded = desktop.page.evaluate("(names) => names.map(QN.text.fold)", names)
    assert folded == [fold(name) for name in names]


def test_search_works_by_keyboard_alone(desktop):
    page = desktop.page
    page.focus("#qn-q")
    page.keyboard.type("co t")
    assert page.get_attribute("#qn-q", "aria-expanded") == "true"
    assert page.locator("#qn-hits [aria-selected=true]").inner_text().startswith("Đặc khu Cô Tô")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    assert "Đặc khu Cô Tô" in page.locator(".leaflet-popup").inner_text()
    page.focus("#qn-q")
    page.keyboard.press("Escape")
    assert page.locator("#qn-hits").is_hidden()
    assert page.input_value("#qn-q") == ""


def test_the_switches_recolour_the_communes_and_name_it_in_the_legend(desktop):
    page = desktop.page
    after = fill_colours(page)
    assert len(set(after)) == 3
    page.check("#qn-when-0")
    before = fill_colours(page)
    assert before != after
    assert "Trước chương trình, 13/07/2020" in page.locator("#qn-legend").inner_text()
    page.check("input[name=metric][value=land]")
    assert fill_colours(page) != before
    assert "Diện tích đất có sóng (%)" in page.locator("#qn-legend").inner_text()
    page.check("input[name=metric][value=villages]")
    assert fill_colours(page)[0] == "#cfd4d6"
    assert "không có thôn được xét" in page.locator("#qn-legend").inner_text()


def test_before_the_programme_there_are_fewer_covered_villages_and_no_gaps(desktop):
    page = desktop.page
    page.check("#qn-when-0")
    assert page.evaluate("QN.drawn().gaps") == 0
    page.check("#qn-when-1")
    assert page.evaluate("QN.drawn().gaps") == 2


@pytest.mark.parametrize(("theme", "unit"), [("level", "dBm"), ("margin", "dB")])
def test_the_signal_is_drawn_as_an_image_with_its_unit_in_the_legend(desktop, theme, unit):
    page = desktop.page
    page.check(f"input[name=theme][value={theme}]")
    assert page.locator(".qn-cells").count() == 1
    assert unit in page.locator("#qn-legend h3").first.inner_text()
    first = page.get_attribute(".qn-cells", "src")
    page.check("#qn-when-0")
    assert page.locator(".qn-cells").count() == 1
    assert page.get_attribute(".qn-cells", "src") != first
    page.check("input[name=theme][value=share]")
    assert page.locator(".qn-cells").count() == 0


def test_sites_are_counted_by_kind_and_by_date(desktop):
    page = desktop.page
    page.check("[data-layer=sites]")
    assert page.evaluate("QN.drawn().sites") == 4
    page.check("input[value=operator]")
    chips = page.locator("#qn-chips").inner_text()
    assert "Viettel" in chips
    assert "VinaPhone" in chips
    page.check("input[value=programme]")
    assert "Phủ sóng 105 thôn, bản" in page.locator("#qn-chips").inner_text()
    page.locator("#qn-chips input").first.uncheck()
    assert page.evaluate("QN.drawn().sites") == 2
    page.check("input[value=technology]")
    page.check("#qn-when-0")
    assert page.evaluate("QN.drawn().sites") == 2


def test_popups_say_what_is_known_and_how_well(desktop):
    page = desktop.page
    popup = page.locator(".leaflet-popup-content")
    page.evaluate("QN.goUnit('commune', 0)")
    text = popup.inner_text()
    assert "Phường Bãi Cháy" in text
    assert "54.418" in text
    assert "công bố" in text
    assert "100,0\u00a0%" in text
    page.evaluate("QN.goUnit('commune', 2)")
    text = popup.inner_text()
    assert "80,2\u00a0%" in text
    assert "Vùng trống sóng số 1" in text
    page.locator(".qn-by summary").click()
    assert "75,0\u00a0%" in popup.inner_text()
    page.evaluate("QN.goVillage(0)")
    text = popup.inner_text()
    assert "Không có sóng" in text
    assert "Viettel · 4G · s0" in text
    assert "±\u00a04,0\u00a0km" in text
    assert "ước tính" in text
    page.evaluate("QN.goGap(0)")
    text = popup.inner_text()
    assert "3,2\u00a0km" in text or "3,3\u00a0km" in text
    assert "không có tín hiệu" in text


def test_a_village_without_signal_says_how_sure_and_why(desktop):
    page = desktop.page
    popup = page.locator(".leaflet-popup-content")
    page.evaluate("QN.goVillage(3)")
    text = popup.inner_text()
    for words in ("Trắng sóng", "Viettel · 4G · s1 · 9,0\u00a0km", "22,4\u00a0dB",
                  "Địa hình che khuất", "cao hơn đường ngắm 302\u00a0m",
                  "nâng cột thêm 60\u00a0m vẫn không đủ", "máy ở độ cao 12,0\u00a0m",
                  "1,4\u00a0km, đông bắc"):  # fmt: skip
        assert words in text
    page.check("input[value=en]")
    text = popup.inner_text()
    for words in ("No signal", "Terrain in the way", "north-east", "302\u00a0m above the line"):
        assert words in text
    popup.locator(".qn-why summary").click()
    assert "37.0\u00a0dB: Too far from the site" in popup.inner_text()


def test_the_profile_picture_marks_the_edge_above_the_line_of_sight(desktop):
    page = desktop.page
    page.evaluate("QN.goVillage(3)")
    picture = page.locator(".leaflet-popup svg.qn-profile")
    assert picture.count() == 1
    assert picture.locator("polygon").count() == 2
    assert picture.locator(".qn-edge").get_attribute("fill") == "#c0392b"
    seen = picture.evaluate("(node) => node.textContent")
    assert "khoảng cách từ trạm (km)" in seen
    assert "độ cao (m)" in seen
    # All boxes in one look: the map may still pan to make room for the popup.
    outside = picture.evaluate(
        """node => {
            const box = node.getBoundingClientRect();
            return [...node.querySelectorAll("polygon, .qn-edge, circle")].filter(part => {
                const inner = part.getBoundingClientRect();
                return inner.left < box.left - 0.5 || inner.right > box.right + 0.5
                    || inner.top < box.top - 0.5 || inner.bottom > box.bottom + 0.5;
            }).map(part => part.outerHTML);
        }"""
    )
    assert outside == []
    page.evaluate("QN.goGap(0)")
    assert picture.locator(".qn-edge").get_attribute("fill") != "#c0392b"


def test_a_village_that_cannot_be_told_says_what_it_waits_for(desktop):
    page = desktop.page
    page.evaluate("QN.goVillage(4)")
    text = page.locator(".leaflet-popup-content").inner_text()
    for words in ("Không kết luận được", "45\u00a0% phủ sóng", "30\u00a0% lõm sóng",
                  "25\u00a0% trắng sóng", "vị trí chính xác hơn", "đo kiểm tại chỗ"):  # fmt: skip
        assert words in text


def test_where_path_and_map_disagree_the_popup_says_so(desktop):
    desktop.page.evaluate("QN.goGap(0)")
    text = desktop.page.locator(".leaflet-popup-content").inner_text()
    assert "đủ sóng" in text
    assert "Còn thiếu" not in text


def test_villages_are_filtered_by_class(desktop):
    page = desktop.page
    assert page.evaluate("QN.drawn().villages") == 6
    page.uncheck("#qn-classes [data-class=covered]")
    assert page.evaluate("QN.drawn().villages") == 3
    assert page.locator(".qn-village").count() == 3
    assert "xác suất từ 90" not in page.locator("#qn-legend").inner_text()
    page.check("#qn-when-0")
    assert page.evaluate("QN.drawn().villages") == 5
    page.check("#qn-classes [data-class=covered]")
    assert page.evaluate("QN.drawn().villages") == 6


def slide(page, step: int) -> None:
    page.locator("#qn-step").fill(str(step))


def test_the_time_slider_recolours_communes_and_villages_step_by_step(desktop):
    page = desktop.page
    assert page.input_value("#qn-step") == "2"  # the study's second day
    after = fill_colours(page)
    slide(page, 0)
    before = fill_colours(page)
    assert page.is_checked("#qn-when-0")
    assert before != after
    slide(page, 1)
    between = fill_colours(page)
    assert between not in (before, after)
    assert not page.is_checked("#qn-when-0")
    assert not page.is_checked("#qn-when-1")
    assert "chỉ có cho hai ngày" in page.locator("#qn-step-hint").inner_text()
    assert "Chương trình đến 31/12/2022 (+2 trạm)" in page.locator("#qn-legend").inner_text()
    assert page.evaluate("QN.drawn().gaps") == 0
    page.check("#qn-when-1")
    assert fill_colours(page) == after
    assert page.input_value("#qn-step") == "2"
    assert page.locator("#qn-step-hint").is_hidden()


def test_one_image_shows_since_when_land_is_covered_with_a_legend_of_its_steps(desktop):
    page = desktop.page
    page.check("input[name=theme][value=since]")
    assert page.locator(".qn-cells").count() == 1
    shown = page.locator("#qn-legend").inner_text()
    assert "13/07/2020: trước chương trình" in shown
    assert "chương trình đến 31/12/2022 (+2 trạm)" in shown
    assert "ngày của bài viết nền" not in shown  # it covers nothing new
    assert "có sóng rồi lại mất" in shown
    page.check("input[value=en]")
    assert "covered, then lost again" in page.locator("#qn-legend").inner_text()
    page.check("input[name=theme][value=share]")
    assert page.locator(".qn-cells").count() == 0


def test_each_step_says_its_day_its_change_and_what_it_rests_on_in_both_languages(desktop):
    page = desktop.page
    slide(page, 3)
    shown = page.locator("#qn-step-now").inner_text()
    for words in ("16/09/2026", "tắt sóng 2G", "mất 612 người", "công bố"):
        assert words in shown
    page.check("input[value=en]")
    shown = page.locator("#qn-step-now").inner_text()
    for words in ("2026-09-16", "2G switched off", "612 people lost", "published"):
        assert words in shown


def test_a_step_counts_the_villages_of_its_own_day(desktop):
    page = desktop.page
    covered = "#qn-classes label:has([data-class=covered]) small"
    assert page.locator(covered).inner_text() == "3"
    slide(page, 3)
    assert page.locator(covered).inner_text() == "1"


def test_popups_say_who_depends_on_a_site_and_since_when_a_village_is_covered(desktop):
    page = desktop.page
    popup = page.locator(".leaflet-popup-content")
    page.evaluate("QN.goVillage(0)")
    text = popup.inner_text()
    assert "Mất sóng nếu hỏng trạm" in text
    assert "chương trình đến 31/12/2022 (+2 trạm)" in text
    assert "31/12/2022: chương trình" not in text
    page.evaluate("QN.goVillage(3)")
    assert "Mất sóng nếu hỏng trạm" not in popup.inner_text()
    served = page.evaluate(
        "QN.popups.site(JSON.parse(document.getElementById('qn-data').textContent), 0).textContent"
    )
    assert "1.100 người, 4,5\u00a0km², 1 thôn" in served


def test_verdicts_are_filtered_by_operator_and_technology(desktop):
    page = desktop.page
    everything = fill_colours(page)
    covered = "#qn-classes label:has([data-class=covered]) small"
    page.select_option("#qn-operator", "Viettel")
    page.select_option("#qn-technology", "4G")
    assert fill_colours(page) != everything
    assert page.locator(covered).inner_text() == "3"
    assert page.is_disabled("#qn-step")
    assert "Viettel · 4G" in page.locator("#qn-legend").inner_text()
    assert "null" not in page.locator("#qn-side").inner_text()
    assert page.evaluate("QN.drawn().gaps") == 0
    page.select_option("#qn-operator", "VinaPhone")
    assert page.locator(covered).inner_text() == "0"
    page.select_option("#qn-operator", "")
    page.select_option("#qn-technology", "")
    assert fill_colours(page) == everything
    assert page.is_enabled("#qn-step")
    assert page.evaluate("QN.drawn().gaps") == 2


def test_shares_come_with_their_interval_and_what_it_does_not_hold(desktop, study):
    page = desktop.page
    shown = page.locator("#qn-headline").inner_text()
    province, commune = study.summary["province"], study.communes.iloc[2]
    ends = [f"population_share_after_{end}" for end in ("low", "high")]
    # as the report and the command write them
    assert written.interval(*(province[end] for end in ends)) in shown
    assert "Không gồm trạm thiếu" in shown
    page.evaluate("QN.goUnit('commune', 2)")
    text = page.locator(".leaflet-popup-content").inner_text()
    assert written.interval(*commune[ends]) in text
    assert "sai số của mô hình" in text
    page.check("input[value=en]")
    text = page.locator(".leaflet-popup-content").inner_text()
    low, high = (f"{100 * share:.1f}%" for share in commune[ends])
    assert f"5–95%: {low} – {high}" in text
    page.evaluate("QN.goUnit('former', 0)")
    assert "5–95" not in page.locator(".leaflet-popup-content").inner_text()


def test_where_to_measure_is_a_layer_of_its_own(desktop):
    page = desktop.page
    assert page.locator(".qn-measure").count() == 0
    page.check("[data-layer=measurements]")
    assert page.locator(".qn-measure").count() == 2
    assert "Nơi nên đo" in page.locator("#qn-legend").inner_text()


def test_the_claims_say_their_verdict_and_link_the_report_that_decides(desktop):
    page = desktop.page
    page.evaluate(OPEN_ALL)
    text = page.locator("#qn-claims").inner_text()
    assert "Mâu thuẫn với bằng chứng" in text
    assert "Cần để kiểm chứng:" in text
    link = page.locator("#qn-claims a").first
    assert link.get_attribute("href") == "https://vjs.vietnam.vn/khu-10"
    assert "79\u00a0%" in page.locator("#qn-indicators").inner_text()


def test_a_vague_position_shows_its_circle_only_while_selected(desktop):
    page = desktop.page
    halo = ".leaflet-qn-halo-pane path"
    assert page.locator(halo).count() == 0
    page.evaluate("QN.goPlace(0)")
    assert page.locator(halo).count() == 1
    page.keyboard.press("Escape")
    page.locator(".leaflet-popup-close-button").click()
    assert page.locator(halo).count() == 0


def test_the_named_places_are_one_click_away(desktop, study):
    page = desktop.page
    button = page.locator("#qn-places button").first
    assert "Đảo Trần" in button.inner_text()
    before = page.evaluate("QN.drawn().view")
    button.click()
    view = page.evaluate("QN.drawn().view")
    tran = study.places.geometry.iloc[0]
    assert view != before
    assert view[0] < tran.x < view[2]
    assert view[1] < tran.y < view[3]
    assert "Đảo Trần" in page.locator(".leaflet-popup-content").inner_text()


def test_the_default_view_holds_the_whole_province(desktop, study):
    west, south, east, north = study.communes.total_bounds
    view = desktop.page.evaluate("QN.drawn().view")
    assert view[0] <= west
    assert view[1] <= south
    assert view[2] >= east
    assert view[3] >= north


def test_no_panel_covers_another(desktop):
    page = desktop.page
    boxes = {
        name: page.locator(name).bounding_box()
        for name in (
            "#qn-side",
            "#qn-legend",
            ".leaflet-control-zoom",
            ".leaflet-control-scale",
            ".leaflet-control-attribution",
        )
    }
    names = list(boxes)
    for i, first in enumerate(names):
        for second in names[i + 1 :]:
            a, b = boxes[first], boxes[second]
            apart = (
                a["x"] + a["width"] <= b["x"]
                or b["x"] + b["width"] <= a["x"]
                or a["y"] + a["height"] <= b["y"]
                or b["y"] + b["height"] <= a["y"]
            )
            assert apart, (first, second)


def test_on_a_phone_the_panels_wait_until_they_are_asked_for(phone, tmp_path):
    page = phone.page
    assert page.locator("#qn-body").is_hidden()
    assert page.locator("#qn-legend-body").is_hidden()
    assert page.locator("#qn-headline").is_hidden()
    page.tap("#qn-legend-toggle")
    assert page.locator("#qn-legend-body").is_visible()
    page.tap("#qn-menu")
    assert page.locator("#qn-body").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.tap("#qn-menu")
    page.evaluate("QN.goUnit('commune', 1)")
    page.wait_for_timeout(600)  # the map moves until the popup is in view
    box = page.locator(".leaflet-popup").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    assert box["y"] >= page.locator("#qn-side").bounding_box()["height"] - 1


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (1440, 900), (1366, 768), (1024, 700)])
def test_at_first_sight_the_legend_hides_nothing_of_the_province(browser, map_file, width, height):
    with opened(browser, map_file, {"viewport": {"width": width, "height": height}}) as found:
        legend = found.page.locator("#qn-legend").bounding_box()
        points = found.page.evaluate(COMMUNES_ON_SCREEN)
    hidden = [
        name
        for name, x, y in points
        if x < legend["x"] + legend["width"] and y < legend["y"] + legend["height"]
    ]
    assert points
    assert hidden == []


@pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_no_text_is_smaller_than_12_px(browser, map_file, device):
    with opened(browser, map_file, device) as found:
        found.page.evaluate(OPEN_ALL)
        found.page.evaluate("QN.goVillage(0)")
        small = found.page.evaluate(SMALL_TEXT)
    assert small == []


def test_hostile_names_are_shown_as_text_and_never_run(browser, hostile_study, tmp_path):
    path = tmp_path / "hostile.html"
    path.write_text(render_map(hostile_study), encoding="utf-8", newline="\n")
    with opened(browser, path, DESKTOP) as found:
        page = found.page
        page.check("[data-layer=sites]")
        for kind in ("operator", "programme", "technology"):
            page.check(f"input[value={kind}]")
        for language in ("en", "vi"):
            page.check(f"input[value={language}]")
            for call in (
                "Unit('commune', 0)",
                "Unit('former', 0)",
                "Village(0)",
                "Place(0)",
                "Gap(0)",
            ):
                page.evaluate(f"QN.go{call}")
                assert "<img src=x" in page.locator(".leaflet-popup-content").inner_text()
        page.fill("#qn-q", "x")
        assert "<img src=x" in page.locator("#qn-hits").inner_text()
        assert page.locator("#qn img, .leaflet-popup img, .leaflet-qn-names-pane img").count() == 0
        assert page.evaluate("window.hacked") is None
    assert found.requests == []
    assert found.errors == []


def test_a_source_becomes_a_link_only_if_it_is_a_web_address(browser, study_with, tmp_path):
    study = study_with()
    study.places["source"] = ["báo, https://www.a.vn/b?c=1; javascript:alert(1)", "x"]
    path = tmp_path / "map.html"
    write_map(study, path)
    with opened(browser, path, DESKTOP) as found:
        found.page.evaluate("QN.goPlace(0)")
        links = found.page.evaluate(
            "[...document.querySelectorAll('.leaflet-popup a[target]')]"
            ".map((link) => [link.href, link.textContent, link.rel])"
        )
    assert links == [["https://www.a.vn/b?c=1", "a.vn", "noopener noreferrer"]]
    assert found.errors == []
