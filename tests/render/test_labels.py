"""Every word on the page exists in both languages."""

from __future__ import annotations

import re

import pytest

from qn_coverage.core.rules import CLASS_CODES
from qn_coverage.core.schema import ORIGINS
from qn_coverage.render import vendored
from qn_coverage.render.labels import LABELS, bilingual, dated

CODE = "\n".join(vendored.own_text(name) for name in vendored.OWN_JS)
MARKUP = vendored.own_text("qn_map.html")


def _keys_used() -> set[str]:
    called = set(re.findall(r"\bt\(\s*'([a-zA-Z.\-]+)'", CODE))
    paired = set(re.findall(r", '((?:zoom)\.[a-z]+)'\]", CODE))
    marked = set(re.findall(r'data-t="([^"]+)"', MARKUP))
    attributes = {
        pair.split("=")[1]
        for group in re.findall(r'data-t-attr="([^"]+)"', MARKUP)
        for pair in group.split()
    }
    whole = {key for key in called if not key.endswith(".")}
    return whole | paired | marked | attributes


def test_every_label_that_the_page_asks_for_exists():
    used = _keys_used()
    assert len(used) > 80
    assert used <= set(LABELS)


@pytest.mark.parametrize(
    ("prefix", "codes"),
    [
        ("origin.", ORIGINS),
        ("verdict.", ("covered", "not_covered", "cannot_tell")),
        ("classes.", CLASS_CODES),
        ("waits.", ("position", "model")),
        ("compass.", tuple("01234567")),
        ("legend.share.", ("population", "land", "villages")),
        (
            "type.",
            ("xã", "phường", "đặc khu", "thị trấn", "huyện", "thị xã", "thành phố", "former"),
        ),
        ("place.kind.", ("named_site", "reported_site", "control_point")),
        ("legend.place.", ("named_site", "reported_site", "control_point")),
        ("programme.", ("", "105-villages", "islands")),
        ("kind.", ("commune", "former", "district", "village", "place")),
        ("method.", ("terrain", "screening", "flat")),
    ],
)
def test_every_code_of_the_tables_has_a_label(prefix, codes):
    assert {prefix + code for code in codes} <= set(LABELS)


@pytest.mark.parametrize("key", LABELS)
def test_both_languages_say_something_with_the_same_values(key):
    vietnamese, english = LABELS[key]
    assert vietnamese.strip()
    assert english.strip()
    assert set(re.findall(r"\{\w+\}", vietnamese)) == set(re.findall(r"\{\w+\}", english))


def test_what_is_modelled_is_said_in_both_languages_at_once():
    for text in LABELS["modelled.both"]:
        assert "mô phỏng" in text
        assert "Modelled, not surveyed" in text


def test_no_text_of_the_page_is_smaller_than_12_px():
    css = vendored.own_text("qn_map.css")
    sizes = [float(size) for size in re.findall(r"font(?:-size)?:[^;}]*?(\d+(?:\.\d+)?)px", css)]
    assert len(sizes) > 20
    assert min(sizes) >= 12.0


@pytest.mark.parametrize(
    ("text", "halves"),
    [
        ("chưa công bố / not published; x", ("chưa công bố", "not published; x")),
        ("CHỈ / ONLY: bước / steps", ("CHỈ: bước", "ONLY: steps")),
        ("https://a.vn/b ; 20/30", ("https://a.vn/b ; 20/30", "https://a.vn/b ; 20/30")),
        ("a / b / c", ("a / b / c", "a / b / c")),
    ],
)
def test_a_text_of_the_data_is_split_into_its_languages_and_never_cut(text, halves):
    assert bilingual(text) == halves


def test_a_date_of_the_sources_is_said_in_both_languages():
    assert dated("before 2024-01-04 (probably after Tết 2021)") == (
        "trước ngày 04/01/2024 (có lẽ sau Tết 2021)",
        "before 2024-01-04 (probably after Tết 2021)",
    )
    assert dated("1961") == ("1961", "1961")
