"""Tables become compact columns without losing or inventing a value."""

from __future__ import annotations

from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Point

from qn_coverage.render import document, layers, legend
from qn_coverage.render.page import json_for_script


def expanded(column):
    """A column as the page's script reads it."""
    return column if isinstance(column, list) else [column["of"][i] for i in column["i"]]


def _sectors(rows: list[dict]) -> gpd.GeoDataFrame:
    base = {"operator": "Viettel", "technology": "4G", "height_agl_m": 30.0, "off_air": None}
    frame = pd.DataFrame([base | {"on_air": date(2018, 1, 1)} | row for row in rows])
    return gpd.GeoDataFrame(frame, geometry=[Point(107, 21)] * len(rows), crs="EPSG:4326")


def test_a_mast_is_one_marker_whatever_hangs_on_it():
    made = layers.site_columns(
        _sectors(
            [
                {"site_id": "b", "technology": "2G", "on_air": date(2015, 1, 1)},
                {"site_id": "a"},
                {"site_id": "b", "technology": "5G", "height_agl_m": 36.0},
                {"site_id": "b", "technology": "4G"},
            ]
        )
    )
    assert made["id"] == ["a", "b"]
    assert made["tech"] == ["4G", "2G 4G 5G"]
    assert made["best"] == ["4G", "5G"]
    assert made["on"] == ["2018-01-01", "2015-01-01"]
    assert made["h"] == [30.0, 36.0]
    assert made["n"] == [1, 3]


def test_a_mast_is_off_air_only_when_all_of_it_is():
    gone = date(2021, 1, 1)
    made = layers.site_columns(
        _sectors(
            [
                {"site_id": "a", "off_air": gone},
                {"site_id": "a"},
                {"site_id": "b", "off_air": gone},
                {"site_id": "b", "off_air": date(2022, 1, 1)},
            ]
        )
    )
    assert made["off"] == [None, "2022-01-01"]


@pytest.mark.parametrize("empty", [None, np.nan, pd.NA, pd.NaT])
def test_an_empty_cell_is_null_in_every_kind_of_column(empty):
    assert layers.text(empty) is None
    assert layers.day(empty) is None
    assert layers.whole(empty) is None
    assert layers.number(1)(empty) is None
    assert layers.yes(empty) == 0


def test_an_infinite_margin_is_null_not_a_number():
    assert layers.number(1)(-np.inf) is None


def test_text_is_stored_in_one_spelling():
    assert layers.text("Ho\u0300a   Bi\u0300nh ") == "Hòa Bình"


@given(st.lists(st.none() | st.sampled_from(["a", "b"]) | st.text(max_size=3), max_size=30))
def test_a_repeating_column_is_stored_short_and_reads_the_same(values):
    made = layers.compact({"x": values, "y": [["vi", "en"]] * len(values)})
    assert expanded(made["x"]) == values
    assert expanded(made["y"]) == [["vi", "en"]] * len(values)


def test_a_thousand_equal_sources_are_stored_once():
    made = layers.compact({"source": ["rule"] * 1000, "r": [500] * 1000})
    assert made["source"]["of"] == ["rule"]
    assert made["r"] == [500] * 1000


def test_the_breakdown_follows_the_order_of_the_page(study):
    made = layers.breakdown(
        study.layer_statistics, "commune", ["00003", "00001", "00002"], state="after"
    )
    assert made["technology"]["4G"] == {"p": [0.75, 0.95, None], "l": [0.5, 0.9, None]}
    assert list(made["operator"]) == ["Viettel"]


def test_columns_that_a_table_lacks_are_left_out():
    assert layers.columns(pd.DataFrame({"name": ["a"]}), {"n": ("name", str), "x": ("y", str)}) == {
        "n": ["a"]
    }


def test_the_document_holds_every_row(study):
    made = document.page_document(study)
    for table in (*made["units"].values(), *(made[k] for k in ("villages", "gaps", "sites"))):
        table.update({key: expanded(column) for key, column in table.items()})
    assert made["units"]["commune"]["name"] == study.communes["name_vi"].tolist()
    assert len(made["units"]["commune"]["shape"][2]) == 2
    assert made["villages"]["s1"] == study.villages["verdict_after"].tolist()
    assert made["gaps"]["rank"] == [1, 2]
    assert made["sites"]["id"] == ["s0", "s1", "s2", "s3"]
    assert made["units"]["former"]["name"] == ["Xã Đông Xá", "Xã Thanh Lân"]
    assert "district" not in made["units"]
    json_for_script(made)


def test_the_headline_is_the_summary_and_nothing_else(study):
    made = document.headline(study.summary)
    assert made["population"] == [0.884, 0.976]
    assert made["villages"]["after"] == {"covered": 4, "not_covered": 1, "cannot_tell": 1}
    assert made["offPopulation"] == 1776


def test_the_classes_of_level_follow_the_rule_of_the_study(study):
    breaks = document.level_breaks_dbm(study, "4G")
    assert breaks == (-73.0, -83.0, -93.0, -103.0, -110.0)
    assert len(breaks) == len(legend.LEVEL_COLOURS)


def test_a_user_s_file_is_credited_by_name_without_its_folder(study):
    inputs = study.scenario.inputs.model_copy(update={"communes": "/home/me/secret/my.gpkg"})
    changed = study.scenario.model_copy(update={"inputs": inputs})
    from dataclasses import replace

    text = json_for_script(document.page_document(replace(study, scenario=changed)))
    assert "my.gpkg" in text
    assert "secret" not in text
