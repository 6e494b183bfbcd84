"""The page as a text: whole, the same twice, and safe whatever its names say."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from qn_coverage.render.map import render_map, write_map


@pytest.fixture(scope="module")
def text(study) -> str:
    return render_map(study)


def data_of(text: str) -> dict:
    return json.loads(re.search(r'id="qn-data">(.*?)</script>', text, re.DOTALL)[1])


def test_two_renderings_are_the_same_bytes(study, text):
    assert render_map(study) == text
    assert not re.search(r"_[0-9a-f]{32}\b", text)


def test_the_page_loads_nothing(text):
    assert not re.search(r"<script[^>]*\ssrc|<link|<img|<iframe|@import", text)
    assert not re.search(r"url\((?!['\"]?(?:data:|#))", re.sub(r"`[^`]*`", "", text))


def test_the_page_pulls_in_none_of_folium_s_unused_libraries(text):
    for name in ("jquery", "bootstrap", "awesome", "glyphicon"):
        assert name not in text.lower()


def test_the_page_carries_the_licences_of_what_it_carries(text):
    assert "BSD 2-Clause License" in text
    assert "MIT" in text


def test_the_page_names_no_path_of_a_machine(text):
    assert str(Path(__file__).resolve().parents[2]) not in text


def test_names_stay_inside_the_data(hostile_study):
    text = render_map(hostile_study)
    assert "<script>window.hacked" not in text
    assert "<img" not in text
    script = text[text.index('id="qn-data"') :]
    assert "\u2028" not in script
    assert "\u2029" not in script
    plain = r"</script><script>window.hacked=1</script>"
    assert plain not in text
    assert plain in data_of(text)["units"]["commune"]["name"]["of"][0]


def test_the_number_of_scripts_does_not_depend_on_the_names(text, hostile_study):
    assert render_map(hostile_study).count("<script") == text.count("<script")


def test_a_written_map_is_utf_8_with_unix_line_ends(study, tmp_path, text):
    write_map(study, tmp_path / "map.html")
    content = (tmp_path / "map.html").read_bytes()
    assert content.decode("utf-8") == text
    assert b"\r\n" not in content


def test_an_empty_list_of_gaps_or_villages_still_makes_a_map(study):
    from dataclasses import replace

    bare = replace(study, gaps=study.gaps.iloc[:0], former_communes=study.former_communes.iloc[:0])
    made = data_of(render_map(bare))
    assert made["gaps"]["rank"] == []
    assert list(made["units"]) == ["commune"]


def test_a_run_on_a_user_s_own_files_makes_a_page_that_credits_them(tiny_study):
    made = data_of(render_map(tiny_study))
    assert len(made["units"]["commune"]["shape"]) == 2
    credited = {what["what"][1]: what["who"][1] for what in made["sources"]}
    assert "communes.geojson" in credited["Commune boundaries:"]
    assert "jaanga" not in credited["Terrain:"]
    assert made["by"]["province"][1]["technology"]
