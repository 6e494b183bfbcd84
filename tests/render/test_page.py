"""The post-processing: nothing is loaded, nothing is random, nothing leaves its context."""

from __future__ import annotations

import base64
import hashlib
import json
import re

import folium
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qn_coverage.render import page
from qn_coverage.render.vendored import AssetError

ASSETS = {
    "https://cdn.example/a/dist/a.js": b"let a = 1;\n//# sourceMappingURL=a.js.map",
    "https://cdn.example/a/dist/a.css": b".x{background:url(images/x.png)}.y{behavior:url(#v)}",
    "https://cdn.example/a/dist/images/x.png": b"\x89PNG",
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(JSON)
def test_json_for_script_keeps_the_value_and_leaves_no_way_out(document):
    text = page.json_for_script(document)
    assert json.loads(text) == document
    assert not re.search("[<>&\u2028\u2029]", text)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_json_for_script_refuses_what_json_cannot_say(value):
    with pytest.raises(ValueError, match="not JSON compliant"):
        page.json_for_script([value])


def test_links_are_replaced_by_the_files_themselves():
    text = page.self_contained(
        '<link rel="stylesheet" href="https://cdn.example/a/dist/a.css"/>'
        '<script src="https://cdn.example/a/dist/a.js"></script>',
        ASSETS,
    )
    picture = base64.b64encode(b"\x89PNG").decode()
    assert text == (
        f'<style>.x{{background:url("data:image/png;base64,{picture}")}}.y{{behavior:url(#v)}}'
        "</style><script>let a = 1;\n</script>"
    )


@pytest.mark.parametrize(
    "markup",
    [
        '<script src="https://evil.example/x.js"></script>',
        "<script type='module' src='https://evil.example/x.js'></script>",
        '<link rel="stylesheet" href="https://evil.example/x.css">',
        '<link href="https://evil.example/icon.png" rel="icon"/>',
        '<img src="https://evil.example/x.png">',
        "<iframe src=https://evil.example/></iframe>",
        '<p><object data="https://evil.example/x.swf"></object>',
    ],
)
def test_an_address_that_is_not_vendored_is_an_error_never_left_in(markup):
    with pytest.raises(AssetError, match=r"evil\.example"):
        page.self_contained(markup, ASSETS)


def test_a_stylesheet_that_draws_an_unknown_image_is_an_error():
    assets = {"https://cdn.example/a.css": b".x{background:url('gone.png')}"}
    with pytest.raises(AssetError, match=r"gone\.png"):
        page.self_contained('<link href="https://cdn.example/a.css">', assets)


def test_a_script_that_would_end_its_own_tag_is_an_error():
    with pytest.raises(AssetError, match="</script"):
        page.self_contained('<script src="a.js"></script>', {"a.js": b"'</script>'"})


def test_plain_folium_with_its_own_assets_is_refused():
    with pytest.raises(AssetError, match="bootstrap"):
        page.self_contained(folium.Map(tiles=None).get_root().render(), ASSETS)


def test_two_folium_pages_are_the_same_once_renumbered():
    def rendered() -> str:
        base = folium.Map(tiles=None)
        folium.Marker([21, 107]).add_to(base)
        return base.get_root().render()

    first, second = rendered(), rendered()
    assert first != second
    assert page.renumbered(first) == page.renumbered(second)
    assert not re.search("[0-9a-f]{32}", page.renumbered(first))


def test_renumbering_keeps_names_apart():
    one, two = "map_" + "a" * 32, "map_" + "b" * 32
    assert page.renumbered(f"{one} {two} {one}") == "map_0 map_1 map_0"


def test_the_policy_allows_the_scripts_of_the_page_by_hash_and_no_address():
    text = page.with_policy("<html><head></head><script>let a = 1;</script></html>")
    policy = re.search('Security-Policy" content="([^"]*)"', text)[1]
    digest = base64.b64encode(hashlib.sha256(b"let a = 1;").digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert "http" not in policy
    assert text.index("Security-Policy") < text.index("<script>")


def test_a_title_cannot_be_markup():
    text = page.tidy("<html><head></head></html>", title="<b>&", language="vi")
    assert "<title>&lt;b&gt;&amp;</title>" in text
    assert '<html lang="vi">' in text
