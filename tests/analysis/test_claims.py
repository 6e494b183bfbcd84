"""A sentence is judged by what speaks of its day, and never by anything modelled."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qn_coverage.analysis import claims, evidence, indicators, statements
from qn_coverage.analysis.claim_texts import READINGS
from qn_coverage.analysis.evidence import Evidence, ModelledEvidenceError, admissible
from qn_coverage.core.schema import ORIGINS
from qn_coverage.core.spans import span_of

GEODATA = Path(__file__).parents[2] / "geodata"
TEXT = "ictvietnam.vn, Ngọc Diệp, 2024-01-04"
DAY = date(2024, 1, 4)


def statement(claim_id, stance, text, *, on="2024-01-04", place=None, source=TEXT, **more):
    row = {"claim_id": claim_id, "stance": stance, "text_vi": text, "text_en": text, "date": on}
    return row | {"place": place, "source": source} | more


def village(name, served_from, *, origin="estimated", in_programme=False, **more):
    row = {"name_vi": name, "served_from": served_from, "origin": origin, "source": "press"}
    return row | {"in_programme": in_programme, "households": 180} | more


VILLAGE_COLUMNS = list(village("", None))
SECTOR_COLUMNS = ["site_id", "name", "on_air", "origin", "source"]
CLAIMS = [
    statement("no_hole", "claims", "no hole is left"),
    statement("villages_105", "claims", "stations for 105 villages"),
    statement("island_stations", "claims", "stations on air", place="Đảo Trần, Mã Cháu"),
]


def judged(rows=(), villages=(), sectors=(), extra=None):
    """Verdict and judgement by claim."""
    table = pd.DataFrame([*CLAIMS, *rows])
    places = pd.DataFrame(list(villages), columns=VILLAGE_COLUMNS)
    network = pd.DataFrame(list(sectors), columns=SECTOR_COLUMNS)
    made = statements.claims_of(table)
    found = {
        claim.claim_id: claims.evidence_of(claim, claims=table, villages=places, sectors=network)
        + tuple((extra or {}).get(claim.claim_id, ()))
        for claim in made
    }
    return {j.claim.claim_id: j for j in claims.judge_claims(made, found)}


def verdicts(*arguments, **named):
    return {key: j.verdict for key, j in judged(*arguments, **named).items()}


def report(stance, *, since=DAY, until=DAY, source="press", **more):
    return Evidence(
        stance=stance,
        kind="report",
        origin=more.pop("origin", "published"),
        place="",
        says_vi="",
        says_en="",
        since=since,
        until=until,
        source=source,
        **more,
    )


# The shipped data


@pytest.fixture(scope="module")
def shipped():
    table = pd.read_csv(GEODATA / "claims.csv", dtype=str)
    villages = gpd.read_parquet(GEODATA / "villages.parquet").drop(columns="geometry")
    sectors = gpd.read_parquet(GEODATA / "sectors.parquet").drop(columns="geometry")
    return table, villages, sectors


def table_of(table, villages, sectors):
    made = statements.claims_of(table)
    found = {
        claim.claim_id: claims.evidence_of(claim, claims=table, villages=villages, sectors=sectors)
        for claim in made
    }
    return claims.claims_table(claims.judge_claims(made, found)).set_index("claim_id")


def test_the_founding_text_is_judged_by_the_published_reports(shipped):
    found = table_of(*shipped)
    assert found["verdict"].to_dict() == {
        "no_hole": "contradicted",
        "population_covered": "contradicted",
        "villages_105": "not_testable",
        "island_stations/dao_tran": "not_testable",
        "island_stations/ma_chau": "not_testable",
        "island_stations/thanh_lan": "not_testable",
        "stations_2025": "not_testable",
        "communes_online": "not_testable",
    }
    assert "Khu 10" in found.loc["no_hole", "by_vi"]
    assert "Hạ Long" not in found.loc["no_hole", "by_vi"]
    assert "speaks of a later day" in found.loc["no_hole", "besides_en"]
    assert "Khu 10" in found.loc["population_covered", "by_en"]
    assert "part only" in found.loc["villages_105", "besides_en"]


def test_every_shipped_claim_has_a_reading_and_what_is_open_says_what_it_needs(shipped):
    table, _, _ = shipped
    assert set(table["claim_id"]) == set(READINGS)
    found = table_of(*shipped)
    still_open = found["verdict"] == "not_testable"
    assert (found.loc[still_open, "needs_vi"].str.contains(r"\.csv|danh sách")).all()
    assert (found.loc[~still_open, "needs_vi"] == "").all()
    assert (found["reading_vi"] != "").all()


def test_each_named_station_is_judged_by_itself(shipped):
    found = table_of(*shipped)
    stations = found[found.index.str.startswith("island_stations/")]
    assert len(stations) == 3
    told = stations["besides_en"].str.contains("tag page")
    assert stations.index[told].tolist() == ["island_stations/dao_tran"]
    assert stations.loc["island_stations/dao_tran", "verdict"] == "not_testable"


MODELLED_NAMES = ["Khu 10", "Đảo Trần", "Mã Cháu", "Thanh Lân", "Thôn giả định"]
days = st.dates(date(2015, 1, 1), date(2026, 1, 1))
soft = st.sampled_from(["modelled", "", "guessed", None])


@settings(max_examples=25, deadline=None)
@given(
    more=st.lists(
        st.tuples(st.sampled_from(MODELLED_NAMES), days, st.booleans(), soft), max_size=6
    ),
    shift=st.none() | days,
    keep=st.booleans(),
)
def test_modelled_rows_added_altered_or_removed_change_nothing(shipped, more, shift, keep):
    table, villages, sectors = shipped
    expected = table_of(table, villages, sectors)
    small = sectors.drop_duplicates("site_id")
    assert set(small["origin"]) == {"modelled"}
    assert (villages["origin"] == "modelled").sum() == 102
    places, network = villages.copy(), small.copy()
    modelled = places["origin"] == "modelled"
    if shift is not None:
        places.loc[modelled, "served_from"] = pd.Timestamp(shift)
        places.loc[modelled, "name_vi"] = "Khu 10"
        network["on_air"] = pd.Timestamp(shift)
        network["name"] = "Đảo Trần, Mã Cháu, Thanh Lân"
    if not keep:
        places, network = places[~modelled], network.iloc[:0]
    added = [
        village(name, pd.Timestamp(day), origin=origin, in_programme=mine)
        for name, day, mine, origin in more
    ]
    masts = [
        {"site_id": f"M{i}", "name": name, "on_air": pd.Timestamp(day), "origin": origin}
        for i, (name, day, _, origin) in enumerate(more)
    ]
    places = pd.DataFrame([*evidence.records(places), *added])
    network = pd.DataFrame([*evidence.records(network), *masts], columns=network.columns)
    pd.testing.assert_frame_equal(table_of(table, places, network), expected)


def test_reports_marked_as_modelled_are_refused_too():
    against = {"no_hole": [report("contradicts", origin="modelled")]}
    assert verdicts(extra=against) == verdicts()
    found = judged(extra=against)["no_hole"]
    assert (found.by, found.besides) == ((), ())


@pytest.mark.parametrize("origin", ORIGINS)
def test_only_modelled_origins_are_inadmissible(origin):
    assert admissible(origin) is (origin != "modelled")


@pytest.mark.parametrize("origin", [None, "", float("nan"), "invented", "Published"])
def test_an_unknown_origin_is_inadmissible(origin):
    assert not admissible(origin)


# Days


def test_a_village_first_served_after_the_day_contradicts_that_no_hole_was_left():
    found = judged(villages=[village("Khu 10", "2025-01-24")])["no_hole"]
    assert found.verdict == "contradicted"
    assert found.by[0].until == date(2025, 1, 23)


def test_a_village_served_on_the_very_day_does_not():
    assert verdicts(villages=[village("Khu 10", "2024-01-04")])["no_hole"] == "not_testable"
    assert verdicts(villages=[village("Khu 10", "2024-01-05")])["no_hole"] == "contradicted"


@pytest.mark.parametrize(
    ("on", "bearing"),
    [
        ("2024-05-27", "later"),
        ("2025-07", "later"),
        ("2025", "later"),
        ("2023-12-31", "earlier"),
        ("2024", "day-unknown"),
        ("2023", "day-unknown"),
        (None, "day-unknown"),
        ("spring", "day-unknown"),
    ],
)
def test_a_report_of_another_day_does_not_decide(on, bearing):
    row = statement("no_hole", "contradicts", "a hole in the bay", on=on, source="press")
    found = judged([row])["no_hole"]
    assert found.verdict == "not_testable"
    assert [why for _, why in found.besides] == [bearing]


def test_a_report_of_the_day_itself_decides():
    row = statement("no_hole", "contradicts", "a hole", source="press")
    assert verdicts([row])["no_hole"] == "contradicted"


def test_a_row_may_say_of_which_days_it_speaks():
    row = statement("no_hole", "contradicts", "no signal until then", on="2025", source="press")
    assert verdicts([row | {"until": "2025-01-23"}])["no_hole"] == "contradicted"
    assert verdicts([row | {"until": "2024-01-03"}])["no_hole"] == "not_testable"
    assert verdicts([row | {"since": "2024-02"}])["no_hole"] == "not_testable"


def test_an_imprecise_bound_counts_from_its_safe_side():
    row = statement("no_hole", "contradicts", "a hole", on="2025", source="press")
    # "since 2024" may mean since December, "until 2024" may mean until January.
    assert verdicts([row | {"since": "2024"}])["no_hole"] == "not_testable"
    assert verdicts([row | {"until": "2024"}])["no_hole"] == "not_testable"
    assert verdicts([row | {"since": "2023"}])["no_hole"] == "contradicted"


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("2024", (date(2024, 1, 1), date(2024, 12, 31))),
        ("2024-02", (date(2024, 2, 1), date(2024, 2, 29))),
        ("2024-05-27", (date(2024, 5, 27), date(2024, 5, 27))),
        ("2024-13", None),
        ("2024-02-30", None),
        ("", None),
        ("about 2024", None),
    ],
)
def test_dates_may_be_days_months_or_years(text, span):
    assert span_of(text) == span


# Verdicts


def test_a_sentence_cannot_confirm_itself():
    row = statement("no_hole", "supports", "indeed none", whole="true")
    found = judged([row])["no_hole"]
    assert found.verdict == "not_testable"
    assert found.besides[0][1] == "own-source"


def test_support_of_a_part_does_not_support_every():
    row = statement("no_hole", "supports", "three villages have signal", source="press")
    assert judged([row])["no_hole"].besides[0][1] == "part"
    assert verdicts([row | {"whole": "true"}])["no_hole"] == "supported"


def test_one_place_outweighs_a_sweeping_report():
    row = statement("no_hole", "supports", "all have", source="press", whole="true")
    assert verdicts([row], [village("Khu 10", "2025-01-24")])["no_hole"] == "contradicted"


def test_reports_that_disagree_on_one_station_leave_it_open():
    both = {"island_stations/dao_tran": [report("supports"), report("contradicts", source="b")]}
    found = judged(extra=both)["island_stations/dao_tran"]
    assert found.verdict == "not_testable"
    assert len(found.besides) == 2


def test_a_real_list_of_stations_settles_a_station():
    row = ["T1", "BTS đảo Trần", "2021-05-01", "published", "operator"]
    found = verdicts(sectors=[row])
    assert found["island_stations/dao_tran"] == "supported"
    assert found["island_stations/ma_chau"] == "not_testable"
    late = [*row[:2], "2024-03-01", *row[3:]]
    assert verdicts(sectors=[late])["island_stations/dao_tran"] == "contradicted"
    assert verdicts(sectors=[late, row])["island_stations/dao_tran"] == "supported"
    assert verdicts(sectors=[[*row[:3], "estimated", "x"]]) == verdicts()


def programme(count, served_from="2023-06-01"):
    return [village(f"Thôn {i}", served_from, in_programme=True) for i in range(count)]


def test_the_list_of_the_105_would_settle_the_105():
    assert verdicts(villages=programme(104))["villages_105"] == "not_testable"
    assert verdicts(villages=programme(105))["villages_105"] == "supported"
    late = [*programme(104), *programme(1, "2024-02-01")]
    assert verdicts(villages=late)["villages_105"] == "contradicted"


def test_a_village_outside_the_programme_says_nothing_of_the_105():
    assert verdicts(villages=[village("Khu 10", "2025-01-24")])["villages_105"] == "not_testable"


def test_a_claim_that_nobody_reads_is_not_testable():
    rows = [
        statement("moon", "claims", "signal on the moon"),
        statement("moon", "contradicts", "none", source="press"),
    ]
    found = judged(rows)["moon"]
    assert found.verdict == "not_testable"
    assert "No test is defined" in found.claim.reading.reading_en


def test_a_report_that_decides_is_told_once():
    row = statement("no_hole", "contradicts", "first station", on="2025-01-24", source="press")
    found = judged([row], [village("Khu 10", "2025-01-24")])["no_hole"]
    assert len(found.by) == 1
    assert found.besides == ()


# Places computed from a real network


def computed(
    sector_origins, village_verdicts, *, complete=True, subject="holes", origin="measured"
):
    places = pd.DataFrame(
        [
            village(f"Thôn {i}", None, origin=origin, in_programme=True)
            for i in range(len(village_verdicts))
        ],
        columns=VILLAGE_COLUMNS,
    )
    return evidence.computed_places(
        places,
        pd.Series(village_verdicts, dtype=object),
        pd.DataFrame({"origin": sector_origins}),
        subject=subject,
        day=DAY,
        rule="quang-ninh-working 1.0.0",
        complete=complete,
    )


def test_a_place_computed_from_a_real_and_complete_network_is_evidence():
    found = computed(["published", "measured"], ["covered", "no_signal", "cannot_tell", "weak"])
    assert [item.place for item in found] == ["Thôn 1"]
    assert "quang-ninh-working" in found[0].says_en
    assert verdicts(extra={"no_hole": found})["no_hole"] == "contradicted"


@pytest.mark.parametrize("origin", ["modelled", "estimated", "gazetteer", "unheard of"])
def test_coverage_computed_with_anything_but_real_sectors_is_refused(origin):
    with pytest.raises(ModelledEvidenceError, match=origin):
        computed(["published", origin], ["no_signal"])


def test_part_of_a_network_cannot_prove_a_hole():
    assert computed(["published"], ["no_signal"], complete=False) == ()
    assert computed([], ["no_signal"]) == ()


def test_a_stand_in_village_is_no_place():
    assert computed(["published"], ["no_signal"], origin="modelled") == ()


def test_taking_the_firm_sectors_first_makes_modelled_ones_irrelevant():
    sectors = pd.DataFrame({"origin": ["published", "modelled", "measured", None, "estimated"]})
    assert evidence.firm_rows(sectors).tolist() == [True, False, True, False, False]


def test_the_105_computed_as_covered_support_the_sentence():
    found = computed(["measured"], ["covered"] * 105, subject="villages")
    assert verdicts(extra={"villages_105": found})["villages_105"] == "supported"
    assert computed(["measured"], ["covered"] * 104, subject="villages") == ()
    assert computed(["measured"], ["covered"] * 105 + ["weak"], subject="villages") == ()


# Indicators


def figures(**changed):
    row = {
        "indicator_id": "households_fixed_broadband",
        "value": 0.93,
        "unit": "share",
        "comparison": 0.79,
        "comparison_vi": "cả nước",
        "comparison_en": "country",
    }
    return indicators.compared(pd.DataFrame([row | changed])).iloc[0]


def test_a_share_is_compared_in_percentage_points():
    found = figures()
    assert found["difference"] == pytest.approx(0.14)
    assert found["told_en"] == "93 % against 79 % (country), +14 percentage points"
    assert found["told_vi"] == "93 % so với 79 % (cả nước), +14 điểm phần trăm"


def test_a_number_is_compared_as_it_is_with_a_vietnamese_comma():
    found = figures(value=1.3, comparison=1.23, unit="per person")
    assert found["told_vi"] == "1,3 so với 1,23 (cả nước), +0,07"
    assert found["ratio"] == pytest.approx(1.3 / 1.23)


def test_a_figure_without_comparison_stands_alone():
    found = figures(value=6359.0, comparison=None, unit="stations")
    assert (found["told_vi"], found["told_en"]) == ("6.359", "6,359")


def test_a_table_without_comparisons_is_told_too():
    bare = pd.DataFrame([{"indicator_id": "a", "value": 0.94, "unit": "share"}])
    assert indicators.compared(bare)["told_vi"].tolist() == ["94 %"]


def test_a_figure_that_is_also_a_claim_carries_its_verdict(shipped):
    table, villages, sectors = shipped
    made = statements.claims_of(table)
    found = {
        c.claim_id: claims.evidence_of(c, claims=table, villages=villages, sectors=sectors)
        for c in made
    }
    judgements = claims.judge_claims(made, found)
    rows = pd.read_csv(GEODATA / "indicators.csv")
    told = indicators.compared(rows, judgements).set_index("indicator_id")
    assert told.loc["population_covered", "verdict"] == "contradicted"
    assert told.loc["population_covered", "told_vi"] == "100 % [mâu thuẫn với bằng chứng]"
    assert told.loc["dti", "told_vi"] == "0,7024"
    assert (told["verdict"] == "").sum() == len(told) - 1


def test_judging_the_same_evidence_twice_gives_the_same(shipped):
    pd.testing.assert_frame_equal(table_of(*shipped), table_of(*shipped))
    claim = statements.claims_of(shipped[0])[0]
    assert replace(claim) == claim
