"""What the page says of doubt, reasons, measurements and claims is what the study says."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from qn_coverage.core.rules import CLASS_CODES
from qn_coverage.render import answers, document, legend
from tests.render.test_layers import expanded


def test_classes_go_by_the_names_of_the_study_s_rule_best_first(study):
    made = answers.class_labels(study.rule)
    assert list(made) == ["covered", "weak", "no_signal", "cannot_tell"]
    assert made["weak"][0] == "Lõm sóng"
    assert set(made) == set(CLASS_CODES) == set(legend.CLASS_COLOURS)


def test_every_village_is_counted_once_in_each_state(study):
    made = answers.class_counts(study)
    assert made["after"] == {"covered": 3, "weak": 1, "no_signal": 1, "cannot_tell": 1}
    assert sum(made["before"].values()) == len(study.villages)


def test_reasons_come_by_place_with_the_operator_that_lacks_least_first(study):
    shuffled = replace(study, reasons=study.reasons.iloc[::-1].reset_index(drop=True))
    for made in (answers.why_columns(study), answers.why_columns(shuffled)):
        assert made["place"] == ["gap-0001", "gap-0002", "v3", "v3"]
        assert made["op"][2:] == ["Viettel", "VinaPhone"]
        assert made["db"][2:] == [22.4, 37.0]
        assert made["mast"] == [0, 14, None, None]


def test_each_profile_is_of_the_best_candidate(study):
    made = answers.why_document(study)
    assert set(made["profiles"]) == set(study.paths)
    assert made["profiles"]["v3"]["e"] is not None
    assert set(expanded(made["rows"]["blame"])) <= set(made["blames"])


def test_a_study_without_reasons_says_nothing_of_them(study):
    bare = replace(study, reasons=pd.DataFrame(), paths={})
    made = answers.why_document(bare)
    assert made["rows"]["place"] == []
    assert made["profiles"] == {}


def test_measurements_come_best_first(study):
    turned = replace(study, measurements=study.measurements.iloc[::-1])
    made = answers.measurement_columns(turned)
    assert made["rank"] == [1, 2]
    assert made["settled"] == [0.84, 0.12]


def test_claims_keep_their_verdict_and_say_what_is_missing_only_while_open(study):
    contradicted, open_claim = answers.claim_rows(study)
    assert contradicted["verdict"] == "contradicted"
    assert contradicted["needs"] is None
    assert "vjs.vietnam.vn" in contradicted["by"][0]
    assert contradicted["day"] == "2024-01-04"
    assert open_claim["by"] is None
    assert open_claim["needs"][1].startswith("villages.csv")


def test_indicators_are_told_beside_what_they_are_compared_with(study):
    covered, broadband = answers.indicator_rows(study)
    assert "79\u00a0%" in broadband["told"][0]
    assert "cả nước" in broadband["told"][0]
    assert "93% against 79%" in broadband["told"][1]
    assert covered["verdict"] == "contradicted"
    assert broadband["verdict"] is None


def test_the_headline_has_an_interval_only_where_the_summary_has_one(study):
    made = document.headline(study.summary)
    assert made["populationRange"] == [[0.61, 0.985], [0.702, 0.998]]
    assert made["landRange"] == [None, None]


@pytest.mark.parametrize("code", CLASS_CODES)
def test_classes_differ_in_shape_as_well_as_in_colour(code):
    from qn_coverage.render import vendored
    from qn_coverage.render.report_map import _CLASS_SIGNS

    assert len(set(_CLASS_SIGNS.values())) == len(CLASS_CODES)
    assert len(set(legend.CLASS_COLOURS.values())) == len(CLASS_CODES)
    assert f"    {code}: " in vendored.own_text("qn_symbols.js")
