"""A study run end to end on files: sums agree, the programme makes the difference."""

import numpy as np
import pandas as pd
import pytest

from qn_coverage.core.errors import CoverageError, InvalidDataError
from qn_coverage.study import run_study
from tests import tiny


def test_before_and_after_differ_by_the_programme(tiny_study):
    villages = tiny_study.villages.set_index("village_id")
    assert villages.loc["v1", "verdict_before"] == "covered"
    assert villages.loc["v2", "verdict_before"] == "not_covered"
    assert villages.loc["v2", "verdict_after"] == "covered"
    assert villages.loc["v2", "site_after"] == "E1"
    province = tiny_study.summary["province"]
    assert province["population_share_before"] < province["population_share_after"]


def test_nothing_is_lost_when_the_network_grows(tiny_study):
    assert (tiny_study.after.covered() | ~tiny_study.before.covered()).all()


def test_every_level_has_the_same_people_land_and_villages(tiny_study):
    levels = (tiny_study.communes, tiny_study.former_communes, tiny_study.districts)
    for column in ("population_grid", "land_km2", "villages", "uncovered_population_after"):
        sums = [table[column].sum() for table in levels]
        assert sums == pytest.approx([sums[0]] * 3, rel=1e-9)


def test_people_are_conserved_from_the_source_grid(tiny_study, tiny_scenario):
    import rasterio

    with rasterio.open(tiny_scenario.with_name("population.tif")) as source:
        total = source.read(1).sum(dtype=np.float64)
    assert tiny_study.communes["population_grid"].sum() == pytest.approx(total, rel=1e-6)


def test_layers_agree_with_the_headline(tiny_study):
    table = tiny_study.layer_statistics
    row = table.query(
        "level == 'province' and operator == 'any' and technology == 'any' and state == 'after'"
    )
    headline = tiny_study.summary["province"]["population_share_after"]
    assert row["population_share"].item() == pytest.approx(headline, abs=1e-6)


def test_gaps_are_the_uncovered_land(tiny_study):
    listed = tiny_study.gaps["area_km2"].sum()
    uncovered = tiny_study.communes["uncovered_land_km2_after"].sum()
    assert 0.0 < listed <= uncovered + 1e-9


def test_what_is_modelled_is_said(tiny_study):
    keys = {caveat["key"] for caveat in tiny_study.summary["caveats"]}
    assert {"modelled_network", "modelled_villages", "assumed_thresholds"} <= keys


def test_threads_do_not_change_the_answer(tiny_scenario, tiny_study):
    single = run_study(tiny_scenario, threads=1)
    assert single.after.mosaic.level_dbm.tobytes() == tiny_study.after.mosaic.level_dbm.tobytes()
    assert single.after.mosaic.server.tobytes() == tiny_study.after.mosaic.server.tobytes()


def test_a_broken_input_names_its_file_before_anything_is_computed(tmp_path):
    scenario = tiny.write_province(tmp_path)
    sectors = pd.read_csv(tmp_path / "sectors.csv")
    sectors.loc[0, "technology"] = "6G"
    sectors.to_csv(tmp_path / "sectors.csv", index=False)
    with pytest.raises(InvalidDataError, match=r"sectors\.csv.*technology"):
        run_study(scenario)


def test_a_run_can_be_cancelled(tiny_scenario):
    with pytest.raises(CoverageError):
        run_study(tiny_scenario, cancelled=lambda: True)


def test_each_unit_has_intervals_in_order(tiny_study):
    for table in (tiny_study.communes, tiny_study.former_communes, tiny_study.districts):
        for what in ("land_share", "population_share"):
            for state in ("before", "after"):
                low, high = table[f"{what}_{state}_low"], table[f"{what}_{state}_high"]
                assert ((low >= 0.0) & (low <= high) & (high <= 1.0)).all()


def test_each_village_has_a_probability_and_one_class(tiny_study):
    villages = tiny_study.villages.set_index("village_id")
    classes = {"covered", "weak", "no_signal", "cannot_tell"}
    for state in ("before", "after"):
        assert villages[f"probability_{state}"].between(0.0, 1.0).all()
        assert set(villages[f"class_{state}"]) <= classes
        shares = villages[[f"share_{name}_{state}" for name in sorted(classes - {"cannot_tell"})]]
        assert shares.sum(axis=1).to_numpy() == pytest.approx(1.0)
    assert villages.loc["v1", "class_after"] == "covered"
    assert villages.loc["v2", "probability_before"] < villages.loc["v2", "probability_after"]


def test_places_without_signal_have_reasons_and_ground(tiny_study):
    unsure = tiny_study.villages.query("verdict_after != 'covered'")["village_id"]
    explained = set(tiny_study.reasons["place_id"])
    assert explained == {*unsure, *tiny_study.gaps["gap_id"]}
    assert set(tiny_study.paths) == explained
    best = tiny_study.reasons.query("order == 1")
    assert (best["missing_db"] >= 0.0).all()
    assert best["place_id"].is_unique
    assert tiny_study.gaps["reason_blame"].notna().all()


def test_where_to_measure_is_ranked(tiny_study):
    ranked = tiny_study.measurements
    assert ranked["rank"].tolist() == list(range(1, len(ranked) + 1))
    assert ranked.crs == "EPSG:4326"


def test_places_where_measuring_settles_next_to_nothing_are_in_no_output(
    tiny_study, tmp_path, monkeypatch
):
    monkeypatch.setattr("qn_coverage.assurance.WORTH_VILLAGES", -1.0)
    every = run_study(tiny.write_province(tmp_path)).measurements["villages_settled"]
    assert (every < 0.01).any()
    assert tiny_study.measurements["villages_settled"].tolist() == every[every >= 0.01].tolist()


def test_claims_are_judged_by_reports_alone(tiny_study):
    verdicts = tiny_study.judgements.set_index("claim_id")["verdict"]
    # Here the villages are the test province's own, so that only the claims' reports can speak.
    assert set(verdicts) <= {"supported", "contradicted", "not_testable"}


def test_terrain_may_come_in_tiles(tmp_path):
    import rasterio
    from rasterio.windows import Window

    scenario = tiny.write_province(tmp_path)
    whole = run_study(scenario)
    with rasterio.open(tmp_path / "terrain.tif") as source:
        for name, window in (("a", Window(0, 0, 80, 140)), ("b", Window(80, 0, 80, 140))):
            profile = source.profile | {
                "width": 80,
                "transform": source.window_transform(window),
            }
            with rasterio.open(tmp_path / f"{name}.tif", "w", **profile) as tile:
                tile.write(source.read(1, window=window), 1)
    text = scenario.read_text(encoding="utf-8")
    scenario.write_text(text.replace('"terrain.tif"', '["a.tif", "b.tif"]'), encoding="utf-8")
    tiled = run_study(scenario)
    assert set(tiled.inputs) == {*whole.inputs, "terrain#2"}
    np.testing.assert_array_equal(tiled.terrain.values, whole.terrain.values)


def test_a_rule_with_one_technology_leaves_the_others_out(tmp_path):
    scenario = tiny.write_province(tmp_path)
    sectors = pd.read_csv(tmp_path / "sectors.csv")
    older = sectors.assign(
        technology="2G",
        frequency_mhz=947.5,
        bandwidth_mhz=0.2,
        sector_id=sectors["sector_id"].str.replace("4G", "2G"),
    )
    pd.concat([sectors, older]).to_csv(tmp_path / "sectors.csv", index=False)
    text = scenario.read_text(encoding="utf-8") + '[service]\nrule = "ofcom-data"\n'
    scenario.write_text(text, encoding="utf-8")
    study = run_study(scenario)
    assert {layer.technology for layer in study.after.layers} == {"4G"}
    assert study.scenario.service.location_probability == 0.95


# When


def test_the_timeline_agrees_with_the_study_on_its_two_days(tiny_study):
    table = tiny_study.history.table
    for step, state in (("before-programme", "before"), ("founding-text", "after")):
        rows = table[table["step"] == step]
        units = rows.query("level == 'commune'").set_index("code")
        study = tiny_study.communes.set_index("code")
        for what in ("population_share", "land_share"):
            expected = study[f"{what}_{state}"].to_numpy()
            assert units.loc[study.index, what].to_numpy() == pytest.approx(expected)
        expected = study[f"villages_covered_{state}"].tolist()
        assert units.loc[study.index, "villages_covered"].tolist() == expected
        villages = rows.query("level == 'village'").set_index("code")
        study = tiny_study.villages.set_index("village_id")
        for column in ("verdict", "class"):
            assert villages[column].to_dict() == study[f"{column}_{state}"].to_dict()
        expected = study[f"probability_{state}"].to_numpy()
        assert villages.loc[study.index, "probability"].to_numpy() == pytest.approx(expected)


def test_each_step_of_the_timeline_counts_every_unit_and_village_once(tiny_study):
    history = tiny_study.history
    assert [step.code for step in history.steps] == [
        "before-programme",
        "programme-2022",
        "founding-text",
        "khu-10",
        "2g-off",
    ]
    keys = history.table[["step", "level", "code"]]
    assert not keys.duplicated().any()
    assert len(keys) == len(history.steps) * (2 + 2 + 1 + 1 + 3)
    people = history.table.groupby(["step", "level"])["population"].sum()
    for step in history.steps:
        province = people[step.code, "province"]
        for level in ("commune", "former_commune", "district"):
            assert people[step.code, level] == pytest.approx(province, rel=1e-9)


def test_the_summary_tells_the_timeline_of_the_province(tiny_study):
    told = tiny_study.summary["timeline"]
    assert [entry["step"] for entry in told] == [step.code for step in tiny_study.history.steps]
    shares = {entry["step"]: entry["population_share"] for entry in told}
    province = tiny_study.summary["province"]
    assert shares["founding-text"] == pytest.approx(province["population_share_after"], abs=1e-6)
    assert all(sum(entry["villages_by_class"].values()) == 3 for entry in told)


def test_the_first_step_of_each_cell_agrees_with_the_states_of_the_study(tiny_study):
    history = tiny_study.history
    codes = [step.code for step in history.steps]
    np.testing.assert_array_equal(history.first_step == 0, tiny_study.before.covered())
    until = codes.index("founding-text")
    served = (history.first_step >= 0) & (history.first_step <= until)
    np.testing.assert_array_equal(served, tiny_study.after.covered())
    assert not history.lost.any()


def test_a_site_that_comes_after_the_study_is_in_the_timeline_alone(tmp_path, tiny_study):
    scenario = tiny.write_province(tmp_path)
    sectors = pd.read_csv(tmp_path / "sectors.csv", dtype={"programme": str}, keep_default_na=False)
    lon, lat = tiny.place(11.5, 7.5)
    late = sectors.tail(3).assign(
        site_id="L1",
        sector_id=["L1-a", "L1-b", "L1-c"],
        operator="MobiFone",
        on_air="2025-01-24",
        programme="",
        lon=lon,
        lat=lat,
    )
    pd.concat([late, sectors]).to_csv(tmp_path / "sectors.csv", index=False)
    study = run_study(scenario)
    assert set(study.sectors["site_id"]) == {"W1", "E1"}
    assert study.after.layers == tiny_study.after.layers
    np.testing.assert_array_equal(study.after.mosaic.server, tiny_study.after.mosaic.server)
    gained = study.history.of_level("province").set_index("step")["population_gained"]
    assert gained["khu-10"] > 0.0
    assert gained["2g-off"] == 0.0


def test_switching_2g_off_takes_what_only_2g_reached(tmp_path):
    scenario = tiny.write_province(tmp_path)
    sectors = pd.read_csv(tmp_path / "sectors.csv")
    west = sectors["site_id"] == "W1"
    sectors.loc[west, ["technology", "frequency_mhz", "bandwidth_mhz"]] = ["2G", 947.5, 0.2]
    sectors.to_csv(tmp_path / "sectors.csv", index=False)
    study = run_study(scenario)
    villages = study.history.of_level("village").set_index(["step", "code"])
    assert villages.loc[("khu-10", "v1"), "verdict"] == "covered"
    assert villages.loc[("2g-off", "v1"), "verdict"] == "not_covered"
    province = study.history.of_level("province").set_index("step")
    assert province.loc["2g-off", "population_lost"] > 0.0
    assert study.history.lost.any()


def test_a_study_of_later_days_leaves_out_what_came_before(tmp_path):
    scenario = tiny.write_province(tmp_path)
    text = scenario.read_text(encoding="utf-8")
    days = "[study]\nbefore = 2024-06-01\nafter = 2025-06-01\n"
    scenario.write_text(text.replace("[study]\n", days), encoding="utf-8")
    codes = [step.code for step in run_study(scenario).history.steps]
    assert codes == ["before-programme", "khu-10", "after", "2g-off"]


def test_dates_in_the_wrong_order_stop_a_study_before_anything_is_computed(tmp_path):
    scenario = tiny.write_province(tmp_path)
    sectors = pd.read_csv(tmp_path / "sectors.csv")
    sectors["off_air"] = sectors["off_air"].astype(object)
    sectors.loc[0, "off_air"] = "2010-01-01"
    sectors.to_csv(tmp_path / "sectors.csv", index=False)
    with pytest.raises(InvalidDataError, match=r"(?s)sectors\.csv.*off_air"):
        run_study(scenario)


def test_villages_by_operator_and_technology_agree_with_the_class_of_all_and_of_the_only_one(
    tiny_study,
):
    table = tiny_study.village_layers
    assert not table.duplicated(["village_id", "operator", "technology", "state"]).any()
    study = tiny_study.villages.set_index("village_id")
    for state in ("before", "after"):
        of_state = table[table["state"] == state]
        every = of_state.query("operator == 'any' and technology == 'any'").set_index("village_id")
        assert every["class"].to_dict() == study[f"class_{state}"].to_dict()
        expected = study[f"probability_{state}"].to_numpy()
        assert every.loc[study.index, "probability"].to_numpy() == pytest.approx(expected)
    after = table.query("state == 'after' and technology == 'any'").set_index(
        ["village_id", "operator"]
    )["probability"]
    # The west is Viettel's alone, the east VinaPhone's.
    assert after["v1", "Viettel"] > after["v1", "VinaPhone"]
    assert after["v2", "VinaPhone"] == pytest.approx(after["v2", "any"])


# Whose evidence


@pytest.fixture
def real(tmp_path):
    """A scenario whose sectors and villages are published, and who says that none is missing."""
    scenario = tiny.write_province(tmp_path)
    for name in ("sectors.csv", "villages.csv"):
        table = pd.read_csv(tmp_path / name)
        table.assign(origin="published").to_csv(tmp_path / name, index=False)
    with scenario.open("a", encoding="utf-8") as file:
        file.write("[evidence]\nnetwork_complete = true\n")
    return scenario


def _by(study, claim="no_hole"):
    return study.judgements.set_index("claim_id").loc[claim, "by_en"]


def weaker(folder):
    """The same with weak sites: the villages in the east have no signal."""
    sectors = pd.read_csv(folder / "sectors.csv")
    sectors["eirp_dbm"] = sectors["site_id"].map({"W1": 36.0, "E1": 0.0})
    sectors.to_csv(folder / "sectors.csv", index=False)


def test_a_hole_computed_from_a_real_and_whole_network_speaks_against_a_claim(real):
    assert "computed" not in _by(run_study(real))
    weaker(real.parent)
    study = run_study(real)
    assert "computed under rule quang-ninh-working" in _by(study)
    assert "Thôn <b>Lạ</b>: computed" in _by(study)


@pytest.mark.parametrize(
    "what", ["modelled sector", "modelled villages", "incomplete", "other day"]
)
def test_a_computed_hole_is_no_evidence_otherwise(real, what):
    weaker(real.parent)
    text = real.read_text(encoding="utf-8")
    if what == "modelled sector":
        sectors = pd.read_csv(real.with_name("sectors.csv"))
        sectors.loc[0, "origin"] = "modelled"
        sectors.to_csv(real.with_name("sectors.csv"), index=False)
    elif what == "modelled villages":
        villages = pd.read_csv(real.with_name("villages.csv")).assign(origin="modelled")
        villages.to_csv(real.with_name("villages.csv"), index=False)
    elif what == "incomplete":
        text = text.replace("network_complete = true", "network_complete = false")
    else:
        text = text.replace("[study]\n", "[study]\nafter = 2024-02-01\n")
    real.write_text(text, encoding="utf-8")
    study = run_study(real)
    assert not study.judgements["by_en"].str.contains("computed").any()
    assert not study.judgements["besides_en"].str.contains("computed").any()
