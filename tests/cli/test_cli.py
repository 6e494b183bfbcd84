"""The command line answers fast, says what is wrong, and never shows a traceback to a planner."""

import subprocess
import sys

import pytest
from click.testing import CliRunner

from qn_coverage.cli import main

HEAVY = ("numpy", "pandas", "geopandas", "numba", "rasterio", "folium", "pydantic", "rich")


def call(*arguments):
    return CliRunner().invoke(main, arguments, catch_exceptions=False)


@pytest.mark.parametrize("command", [(), ("run",), ("verify",), ("data",), ("models",)])
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
