"""Places, claims and indicators are read by the same rules."""

import pandas as pd
import pytest

from qn_coverage.core.schema import CLAIMS, INDICATORS
from qn_coverage.data.facts import read_claims, read_indicators, read_places
from tests.data.reading import only, places_of, problems_of, written

INDICATOR = {
    "indicator_id": "dti",
    "name_vi": "Chỉ số",
    "name_en": "Index",
    "value": "0.7024",
    "unit": "",
    "date": "",
    "origin": "published",
    "source": "report",
}
CLAIM = {
    "statement_id": "s1",
    "claim_id": "c1",
    "stance": "claims",
    "text_vi": "Hoa\u0300",
    "text_en": "text",
    "date": "2024-01",
    "source": "paper",
}
PLACE = {
    "place_id": "p1",
    "name_vi": "Trần",
    "kind": "named_site",
    "commune_code": "",
    "origin": "gazetteer",
    "uncertainty_m": "700",
    "lon": "107.96522",
    "lat": "21.23834",
}


def csv(tmp_path, *rows):
    return written(pd.DataFrame(rows), tmp_path / "t.csv")


def test_indicators_are_numbers_with_their_comparison(tmp_path):
    found = read_indicators(csv(tmp_path, {**INDICATOR, "unit": "share"}))
    assert found["value"].tolist() == [0.7024]
    assert found["comparison"].isna().all()
    assert [column.name for column in INDICATORS if column.name not in found] == []


def test_an_indicator_without_a_unit_is_named(tmp_path):
    assert places_of(problems_of(read_indicators, csv(tmp_path, INDICATOR))) == [
        ("empty-cell", 1, "unit")
    ]


def test_claims_are_composed_text(tmp_path):
    found = read_claims(csv(tmp_path, CLAIM))
    assert found["text_vi"].tolist() == ["Hoà"]
    assert [column.name for column in CLAIMS if column.name not in found] == []


def test_an_unknown_stance_is_named(tmp_path):
    problem = only(problems_of(read_claims, csv(tmp_path, {**CLAIM, "stance": "doubts"})))
    assert problem.code == "unknown-value"
    assert problem.expected == "one of claims, contradicts, supports"


def test_a_place_at_sea_has_no_commune(tmp_path):
    found = read_places(csv(tmp_path, PLACE))
    assert found["commune_code"].isna().all()
    assert found["uncertainty_m"].tolist() == [700.0]


@pytest.mark.parametrize(("column", "cell"), [("uncertainty_m", "-1"), ("kind", "mast")])
def test_wrong_places_are_named(tmp_path, column, cell):
    problem = only(problems_of(read_places, csv(tmp_path, {**PLACE, column: cell})))
    assert (problem.row, problem.column) == (1, column)


def test_a_report_may_say_of_which_days_it_speaks_and_what_it_rests_on(tmp_path):
    row = {**CLAIM, "since": "2024", "until": "2024-05-27", "whole": "true", "origin": "measured"}
    found = read_claims(csv(tmp_path, row, {**CLAIM, "statement_id": "s2"}))
    assert found["since"].iloc[0] == "2024"
    assert found["whole"].tolist()[0] is True
    assert found["origin"].iloc[0] == "measured"
    assert found[["since", "until", "whole", "origin"]].iloc[1].isna().all()


def test_days_that_are_none_or_exclude_each_other_are_all_named(tmp_path):
    rows = [
        {**CLAIM, "statement_id": "s1", "since": "hôm qua"},
        {**CLAIM, "statement_id": "s2", "since": "2024-06", "until": "2024-05-27"},
        {**CLAIM, "statement_id": "s3", "until": "2024-13"},
    ]
    assert places_of(problems_of(read_claims, csv(tmp_path, *rows))) == [
        ("not-a-date", 1, "since"),
        ("dates-out-of-order", 2, "until"),
        ("not-a-date", 3, "until"),
    ]


def test_an_invented_origin_of_a_report_is_refused(tmp_path):
    found = problems_of(read_claims, csv(tmp_path, {**CLAIM, "origin": "hearsay"}))
    assert places_of(found) == [("unknown-value", 1, "origin")]
