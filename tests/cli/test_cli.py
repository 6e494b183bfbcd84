"""The command line answers fast, says what is wrong, and never shows a traceback to a planner."""

import subprocess
import sys

import pytest
from click.testing import CliRunner

from qn_coverage.cli import main

HEAVY = ("numpy", "pandas", "geopandas", "numba", "rasterio", "folium", "pydantic", "rich")


def call(*arguments):
    return CliRunner().invoke(main, arguments, catch_exceptions=False)


@pytest.mark.parametrize("command", [(), ("run",), ("verify",), ("data",), ("models",), ("rules",)])
def test_help_has_examples(command):
    result = call(*command, "--help")
    assert result.exit_code == 0
    assert "Example" in result.output
    assert "qn-coverage" in result.output


def test_help_loads_nothing_heavy():
    code = (
        "import sys; from qn_coverage.cli import main\n"
        "try: main(['run', '--help'])\n"
        "except SystemExit: pass\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, encoding="utf-8"
    )
    assert done.stderr.strip() == "[]"


def test_a_cp1252_console_shows_vietnamese_without_failing():
    done = subprocess.run(
        [sys.executable, "-m", "qn_coverage", "models", "p1812"],
        capture_output=True,
        check=True,
        env={"PYTHONIOENCODING": "cp1252", "PATH": ""},
    )
    assert b"ITU-R P.1812" in done.stdout


def test_an_unknown_model_is_answered_with_the_known_ones():
    result = call("models", "magic")
    assert result.exit_code == 2
    assert "okumura_hata" in result.output
    assert "Traceback" not in result.output


def test_a_broken_scenario_exits_with_two_and_writes_nothing(tmp_path):
    scenario = tmp_path / "s.toml"
    scenario.write_text("[study]\ncell = 3\n", encoding="utf-8")
    result = call("run", str(scenario), "--out", str(tmp_path / "out"))
    assert result.exit_code == 2
    assert "unknown-key" in result.output
    assert not (tmp_path / "out").exists()


def test_verifying_a_folder_without_a_manifest_says_so(tmp_path):
    result = call("verify", str(tmp_path))
    assert result.exit_code == 2
    assert "no manifest" in result.output


def test_data_lists_every_layer_with_origin_and_licence():
    result = call("data")
    assert result.exit_code == 0
    for name in ("communes", "population", "terrain", "sectors", "villages"):
        assert name in result.output
    assert "modelled" in result.output
    assert "licence" in result.output


def test_claims_name_the_report_that_contradicts():
    result = call("claims")
    assert result.exit_code == 0
    assert "contradicted" in result.output
    assert "Khu 10" in result.output
    assert "not testable" in result.output


def test_rules_are_listed_with_their_status_and_source():
    from qn_coverage.core.rules import shipped_rules

    output = call("rules").output
    for rule in shipped_rules():
        assert rule.id in output
        assert rule.source in output
        assert rule.title_vi in output
    assert output.count("(mặc định / default)") == 1


def test_a_rule_is_explained_part_by_part_with_status_and_source():
    from qn_coverage.core.rules import load_rule

    rule, output = load_rule("fcc-bdc"), call("rules", "fcc-bdc").output
    parts = (rule, rule.location_probability, rule.threshold, *rule.services, rule.classes)
    for part in parts:
        assert f"{part.status}; {part.source}" in output
    for code in ("covered", "weak", "no_signal", "cannot_tell"):
        assert getattr(rule.classes, code).label_vi in output
    assert "not computed" in output  # a speed is asked for, a level is judged


def test_an_unknown_rule_lists_the_known_ones():
    result = call("rules", "no-such-rule")
    assert result.exit_code == 2
    assert "quang-ninh-working" in result.output


@pytest.mark.parametrize(
    "command", [("run", "--out"), ("plan", "--sites", "3", "--out"), ("template", "sites", "--out")]
)
def test_a_place_that_cannot_be_written_is_told_before_any_work(command, tmp_path, monkeypatch):
    def computed(*_arguments, **_options):
        raise AssertionError("computed before the folder was looked at")

    monkeypatch.setattr("qn_coverage.study.run_study", computed)
    (tmp_path / "file").write_text("a file")
    result = call(*command, str(tmp_path / "file" / "out.xlsx"))
    assert result.exit_code == 2
    assert "Mend:" in result.output
    assert "Traceback" not in result.output
