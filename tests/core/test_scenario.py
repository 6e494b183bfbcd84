"""A scenario is data: complete by default, and every mistake is named."""

from pathlib import Path

import pytest

from qn_coverage.core.errors import ScenarioError
from qn_coverage.core.scenario import Scenario, load_scenario

DEFAULT = Path(__file__).parents[2] / "scenarios" / "default.toml"


def write(tmp_path, text):
    path = tmp_path / "study.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_default_file_says_what_the_defaults_are():
    assert load_scenario(DEFAULT) == Scenario()


def test_an_empty_file_is_the_default_study(tmp_path):
    assert load_scenario(write(tmp_path, "")) == Scenario()


def test_a_byte_order_mark_of_a_windows_editor_is_read_over(tmp_path):
    path = tmp_path / "bom.toml"
    path.write_bytes(b"\xef\xbb\xbf[study]\ncell_m = 200.0\n")
    assert load_scenario(path).study.cell_m == 200.0


def test_every_problem_is_listed_at_once(tmp_path):
    path = write(tmp_path, "[study]\ncell = 3\n[model]\nmax_distance_km = -3\n[wrong]\n")
    with pytest.raises(ScenarioError) as caught:
        load_scenario(path)
    assert {p.column for p in caught.value.problems} == {
        "study.cell",
        "model.max_distance_km",
        "wrong",
    }
    assert caught.value.codes == {"unknown-key", "bad-value"}
    assert "cell_m" in str(caught.value)


def test_days_in_the_wrong_order_are_refused(tmp_path):
    path = write(tmp_path, "[study]\nbefore = 2024-01-05\nafter = 2024-01-04\n")
    with pytest.raises(ScenarioError, match="must not be later"):
        load_scenario(path)


def test_an_unknown_technology_is_refused(tmp_path):
    path = write(tmp_path, '[service.threshold_dbm]\n"6G" = -100.0\n')
    with pytest.raises(ScenarioError, match="6G"):
        load_scenario(path)


def test_a_file_that_is_not_toml_is_named(tmp_path):
    with pytest.raises(ScenarioError) as caught:
        load_scenario(write(tmp_path, "[study\n"))
    assert caught.value.codes == {"not-toml"}


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ScenarioError) as caught:
        load_scenario(tmp_path / "none.toml")
    assert caught.value.codes == {"missing-file"}


def test_inputs_are_found_beside_the_scenario(tmp_path):
    path = write(tmp_path, '[inputs]\nsectors = "mine/sites.csv"\n')
    inputs = load_scenario(path).inputs
    assert Path(inputs.sectors) == (tmp_path / "mine" / "sites.csv").resolve()
    assert inputs.communes == "shipped"


def test_thresholds_left_out_of_a_file_keep_their_default(tmp_path):
    path = write(tmp_path, '[service.threshold_dbm]\n"4G" = -115.0\n')
    thresholds = load_scenario(path).service.threshold_dbm
    assert thresholds["4G"] == -115.0
    assert thresholds["2G"] == Scenario().service.threshold_dbm["2G"]
