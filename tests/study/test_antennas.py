"""Pattern files from the scenario to the answer: read, applied, listed; a wrong name is named."""

import json

import numpy as np
import pandas as pd
import pytest

from qn_coverage.core.errors import InvalidDataError
from qn_coverage.core.files import sha256_of
from qn_coverage.core.scenario import load_scenario
from qn_coverage.export.folder import write_study
from qn_coverage.inputs import read_inputs
from qn_coverage.planning import engine_of
from qn_coverage.study import compute_coverage, run_study
from tests import tiny
from tests.propagation.antennas import AROUND


def write_pattern(path, horizontal, vertical):
    path.parent.mkdir(exist_ok=True)
    lines = [f"NAME {path.stem}", "FREQUENCY 1842.5", "GAIN 17.5 dBi"]
    for key, cut in (("HORIZONTAL", horizontal), ("VERTICAL", vertical)):
        lines += [f"{key} 360", *(f"{a} {loss:.4f}" for a, loss in enumerate(cut))]
    path.write_text("\n".join(lines), encoding="utf-8")


def tr36814_losses(tilt):
    across = np.minimum(12.0 * (AROUND / 65.0) ** 2, 25.0)
    return across, np.minimum(12.0 * ((AROUND - tilt) / 8.0) ** 2, 20.0)


def province(folder, antenna, model="okumura_hata"):
    """A tiny province whose sectors name an antenna, with its files beside it."""
    scenario = tiny.write_province(folder)
    write_pattern(folder / "anten" / "as-ever.msi", *tr36814_losses(3))
    write_pattern(folder / "anten" / "narrow.msi", np.minimum(np.abs(AROUND) * 0.5, 30.0),
                  np.minimum(np.abs(AROUND - 3), 25.0))  # fmt: skip
    write_pattern(folder / "anten" / "not-used.msi", *tr36814_losses(9))
    sectors = pd.read_csv(folder / "sectors.csv").assign(antenna=antenna)
    sectors.to_csv(folder / "sectors.csv", index=False)
    text = scenario.read_text(encoding="utf-8").replace("[inputs]", '[inputs]\nantennas = "anten"')
    scenario.write_text(text.replace("okumura_hata", model), encoding="utf-8")
    return scenario


def after(scenario):
    loaded = load_scenario(scenario)
    return compute_coverage(loaded, read_inputs(loaded))[2].mosaic.level_dbm


@pytest.mark.parametrize("model", ["okumura_hata", "p1812"])
def test_the_table_of_tr36814_gives_its_study_and_another_antenna_another(tmp_path, model):
    levels = {}
    for antenna in ("", "as-ever", "narrow", "tr38901"):
        folder = tmp_path / (antenna or "none")
        folder.mkdir()
        levels[antenna] = after(province(folder, antenna, model))
    reached = levels[""] > -120.0  # far above the floor, below which levels count as none
    assert reached.sum() > 1000
    apart = np.abs(levels["as-ever"][reached] - levels[""][reached])
    assert apart.max() < 1.1  # a degree apart, where a parabola of 8° meets its floor
    assert np.median(apart) < 0.05
    for antenna in ("narrow", "tr38901"):
        assert np.abs(levels[antenna][reached] - levels[""][reached]).max() > 3.0


@pytest.fixture(scope="module")
def narrow(tmp_path_factory):
    """Scenario and study with a file, and one face that disagrees with it."""
    folder = tmp_path_factory.mktemp("narrow")
    scenario = province(folder, ["narrow"] * 5 + [""])
    sectors = pd.read_csv(folder / "sectors.csv")
    sectors["gain_dbi"] = [15.0, *[None] * 5]
    sectors.to_csv(folder / "sectors.csv", index=False)
    return run_study(scenario)


def test_the_manifest_lists_the_files_that_sectors_name_and_no_other(narrow, tmp_path):
    write_study(narrow, tmp_path / "out", map_html="", report_html="")
    inputs = json.loads((tmp_path / "out" / "manifest.json").read_text(encoding="utf-8"))["inputs"]
    (listed,) = (entry for key, entry in inputs.items() if key.startswith("antennas"))
    assert listed["file"].endswith("anten/narrow.msi")
    assert listed["sha256"] == sha256_of(narrow.inputs["antennas"])


def test_figures_that_disagree_are_told_with_their_row(narrow):
    (told,) = (c for c in narrow.summary["caveats"] if c["key"] == "sectors_disagree")
    assert "dòng 1 (gain_dbi: 15 dBi ≠ 17.5 dBi" in told["vi"]
    assert "rows 1 (gain_dbi" in told["en"]


def test_a_plan_takes_the_antennas_of_its_study(narrow):
    assert engine_of(narrow).patterns.names == ("narrow", "tr38901")


def test_names_without_files_are_told_and_change_nothing(tiny_study, tmp_path):
    scenario = province(tmp_path, ["narrow"] * 6)
    text = scenario.read_text(encoding="utf-8").replace('antennas = "anten"\n', "")
    scenario.write_text(text, encoding="utf-8")
    study = run_study(scenario)
    (told,) = (c for c in study.summary["caveats"] if c["key"] == "antennas_not_given")
    assert told["en"].startswith("6 sectors")
    assert study.after.mosaic.level_dbm.tobytes() == tiny_study.after.mosaic.level_dbm.tobytes()


def test_a_wrong_name_stops_the_study_with_its_row(tmp_path):
    scenario = province(tmp_path, ["narrow"] * 4 + ["narow", ""])
    with pytest.raises(InvalidDataError, match=r"\[unknown-antenna\].*row 5.*'narow'.*narrow"):
        read_inputs(load_scenario(scenario))
