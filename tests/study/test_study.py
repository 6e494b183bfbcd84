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
