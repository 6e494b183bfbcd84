"""The page of the shipped study: small enough to send, quick to open, whole."""

from __future__ import annotations

import pytest

from qn_coverage.render.map import render_map
from tests.render.browsing import DESKTOP, PHONE, opened, picture

pytestmark = [
    pytest.mark.slow,
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

MAX_BYTES = 4_000_000


@pytest.fixture(scope="module")
def shipped_page(tmp_path_factory):
    from qn_coverage.study import run_study

    path = tmp_path_factory.mktemp("shipped") / "map.html"
    path.write_text(render_map(run_study()), encoding="utf-8", newline="\n")
    return path


def test_the_page_is_under_four_megabytes(shipped_page):
    assert shipped_page.stat().st_size < MAX_BYTES


@pytest.mark.parametrize("device", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_the_whole_province_opens_without_a_request_or_an_error(
    browser, shipped_page, tmp_path, device
):
    with opened(browser, shipped_page, device) as found:
        page = found.page
        assert page.evaluate("QN.drawn().fills.length") == 54
        assert page.locator(".qn-village").count() == 106
        assert page.locator("#qn-places button").count() >= 3
        _, colours = picture(page, tmp_path, "open")
        page.evaluate("QN.set({theme: 'level'})")
        page.evaluate("QN.set({layers: {...QN.shown(), sites: true}})")
        assert page.evaluate("QN.drawn().sites") > 1000
        for query, name in (("van don", "Đặc khu Vân Đồn"), ("co to", "Đặc khu Cô Tô")):
            assert page.evaluate("(query) => QN.find(query)", query)[0] == name
    assert found.requests == []
    assert found.errors == []
    assert colours > 2000


def test_every_named_site_is_reachable_and_says_its_radius(browser, shipped_page):
    with opened(browser, shipped_page, DESKTOP) as found:
        page = found.page
        for index, name in enumerate(("Đảo Trần", "Mã Cháu", "Thanh Lân")):
            page.locator("#qn-places button").nth(index).click()
            text = page.locator(".leaflet-popup-content").inner_text()
            assert name in text
            assert "Sai số vị trí" in text
    assert found.errors == []
