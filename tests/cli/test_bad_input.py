"""What a study cannot use is refused in words a planner can act on, and nothing is half-written."""

from __future__ import annotations

import hashlib

import pandas as pd
import pytest
from click.testing import CliRunner

from qn_coverage.cli import main
from qn_coverage.core.rules import rules_folder
from tests import tiny

GOOD_RULE = (rules_folder() / "quang-ninh-working.toml").read_text(encoding="utf-8")


@pytest.fixture
def scenario(tmp_path):
    return tiny.write_province(tmp_path)


def run(scenario):
    out = scenario.with_name("results")
    return CliRunner().invoke(main, ["run", str(scenario), "--out", str(out)]), out


def with_rule(scenario, old, new):
    """The scenario by a rule of its own, one part of which is exchanged."""
    assert old in GOOD_RULE
    scenario.with_name("own.toml").write_text(GOOD_RULE.replace(old, new), encoding="utf-8")
    with scenario.open("a", encoding="utf-8") as file:
        file.write('[service]\nrule = "own.toml"\n')


def with_cell(scenario, table, column, value):
    path = scenario.with_name(table)
    rows = pd.read_csv(path, dtype=object, keep_default_na=False)
    rows[column] = rows.get(column, "")
    rows.loc[0, column] = value
    rows.to_csv(path, index=False)


def class_part(name):
    """The lines of a class in the rule."""
    start = GOOD_RULE.index(f"[classes.{name}]")
    end = GOOD_RULE.find("\n[", start + 1)
    return GOOD_RULE[start : end if end > 0 else len(GOOD_RULE)]


WEAK, NO_SIGNAL = class_part("weak"), class_part("no_signal")


def overlapping(scenario):
    with_rule(scenario, WEAK, WEAK.replace("[0.1,", "[0.05,").replace("[0.10,", "[0.05,"))


def missing_class(scenario):
    with_rule(scenario, NO_SIGNAL, "")


def technology_in_the_rule(scenario):
    with_rule(scenario, '"5G" = -110.0', '"6G" = -110.0')


def technology_in_the_sectors(scenario):
    with_cell(scenario, "sectors.csv", "technology", "6G")


def off_before_on(scenario):
    with_cell(scenario, "sectors.csv", "off_air", "2010-01-01")


def study_turned_round(scenario):
    text = scenario.read_text(encoding="utf-8")
    days = "[study]\nbefore = 2024-01-04\nafter = 2020-07-13\n"
    scenario.write_text(text.replace("[study]\n", days), encoding="utf-8")


def village_without_radius(scenario):
    with_cell(scenario, "villages.csv", "uncertainty_m", "")


def village_of_negative_radius(scenario):
    with_cell(scenario, "villages.csv", "uncertainty_m", "-5")


def claims_turned_round(scenario):
    scenario.with_name("claims.csv").write_text(
        "statement_id,claim_id,stance,text_vi,text_en,date,source,since,until\n"
        "a,no_hole,contradicts,Không,No,2024-01-04,press,2024-06,2024-05\n",
        encoding="utf-8",
    )
    text = scenario.read_text(encoding="utf-8")
    scenario.write_text(text.replace("[inputs]\n", '[inputs]\nclaims = "claims.csv"\n'), "utf-8")


CASES = [
    (overlapping, "own.toml", "classes"),
    (missing_class, "own.toml", "no_signal"),
    (technology_in_the_rule, "own.toml", "6G"),
    (technology_in_the_sectors, "sectors.csv", "6G"),
    (off_before_on, "sectors.csv", "off_air"),
    (study_turned_round, "tiny.toml", "before"),
    (village_without_radius, "villages.csv", "uncertainty_m"),
    (village_of_negative_radius, "villages.csv", "uncertainty_m"),
    (claims_turned_round, "claims.csv", "until"),
]
IDS = [spoil.__name__ for spoil, _, _ in CASES]


@pytest.mark.parametrize(("spoil", "file", "word"), CASES, ids=IDS)
def test_bad_input_names_file_and_place_and_writes_nothing(scenario, spoil, file, word):
    spoil(scenario)
    result, out = run(scenario)
    assert result.exit_code == 2, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert file in result.output
    assert word in result.output
    assert "Traceback" not in result.output
    assert not out.exists()


def test_a_refused_run_leaves_an_earlier_one_as_it_was(scenario):
    result, out = run(scenario)
    assert result.exit_code == 0, result.output

    def digests():
        return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in out.iterdir()}

    earlier = digests()
    assert {"timeline.csv", "sites.csv", "map.html", "manifest.json"} <= set(earlier)
    village_without_radius(scenario)
    again, _ = run(scenario)
    assert again.exit_code == 2
    assert digests() == earlier


def test_a_rule_beside_the_scenario_is_found_from_anywhere(scenario, tmp_path, monkeypatch):
    with_rule(scenario, "Quảng Ninh: giả định làm việc", "Quy tắc của chúng tôi")
    monkeypatch.chdir(tmp_path.parent)
    result, out = run(scenario)
    assert result.exit_code == 0, result.output
    assert "Quy tắc của chúng tôi" in (out / "report.html").read_text(encoding="utf-8")


def test_a_network_that_is_silent_on_both_days_is_told_with_its_first_day(scenario):
    path = scenario.with_name("sectors.csv")
    rows = pd.read_csv(path, dtype=object, keep_default_na=False)
    rows["on_air"], rows["off_air"] = "2025-12-01", ""
    rows.to_csv(path, index=False)
    result, out = run(scenario)
    assert result.exit_code == 2
    assert "[silent-network]" in result.output
    assert "the first comes on 2025-12-01" in result.output
    assert not out.exists()


@pytest.mark.parametrize("name", ["sectors", "communes", "villages"])
def test_an_input_that_a_study_needs_cannot_be_none(scenario, name):
    text = scenario.read_text(encoding="utf-8")
    lines = [
        f'{name} = "none"' if line.startswith(f"{name} =") else line for line in text.split("\n")
    ]
    scenario.write_text("\n".join(lines), encoding="utf-8")
    result, _ = run(scenario)
    assert result.exit_code == 2
    assert f"inputs.{name}" in result.output
    assert "the study cannot do without" in result.output


@pytest.mark.parametrize("epoch", ["x", "", "1e9", "9" * 30])
def test_a_bad_time_of_the_build_is_told_before_the_work(scenario, epoch, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    result, out = run(scenario)
    assert result.exit_code == 2
    assert "SOURCE_DATE_EPOCH" in result.output
    assert not out.exists()
