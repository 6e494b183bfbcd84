"""`plan` writes all that it promises, explains what cannot be, and keeps what it has when stopped."""

import html
import json
import os
import shutil
import signal
import zipfile
from datetime import UTC, datetime
from types import SimpleNamespace

import geopandas as gpd
import pandas as pd
import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from qn_coverage.cli import main
from qn_coverage.commands.plan import _first_interrupt_stops_the_search
from qn_coverage.core.plan_request import load_plan_request, with_goal
from qn_coverage.export import manifest
from qn_coverage.export.archive import write_zip
from qn_coverage.export.plan_compare import read_plan_summaries
from qn_coverage.plan_tables import summary
from qn_coverage.planning import plan_study


def call(*arguments):
    return CliRunner().invoke(main, [str(each) for each in arguments], catch_exceptions=False)


@pytest.fixture(scope="module")
def request_file(tmp_path_factory):
    """Candidates of the tiny province, whose hills are low."""
    path = tmp_path_factory.mktemp("request") / "request.toml"
    path.write_text(
        "[candidates]\nmin_prominence_m = 5\nreach_km = 8\n[solver]\ntime_limit_s = 20\n",
        encoding="utf-8",
    )
    return path


@pytest.fixture(scope="module")
def planned(tiny_scenario, request_file, tmp_path_factory):
    out = tmp_path_factory.mktemp("plans") / "two"
    result = call(
        "plan", tiny_scenario, "--request", request_file, "--sites", 2, "--threads", 1,
        "--out", out,
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    return SimpleNamespace(out=out, output=result.output)


def test_everything_that_is_promised_is_written_and_hashed(planned):
    names = {path.name for path in planned.out.iterdir()}
    assert {
        "plan.html", "report.html", "sites.csv", "plan.gpkg", "plan.kmz", "plan.xlsx",
        "summary.json", "manifest.json", "curve.csv", "sensitivity.csv", "survival.csv",
        "candidates.csv", "refused.csv", "costs.csv", "gaps.csv", "villages.csv",
    } == names  # fmt: skip
    assert call("verify", planned.out).exit_code == 0
    document = manifest.read_manifest(planned.out)["plan"]
    assert document["request"]["goal"]["sites"] == 2
    assert document["files"]["costs"]["file"] == "shipped"
    assert set(document["files"]) == {"costs", "request"}


def test_verifying_a_plan_notices_another_request(planned, request_file):
    text = request_file.read_text(encoding="utf-8")
    try:
        request_file.write_text(text + "\n# another", encoding="utf-8")
        result = call("verify", planned.out)
        assert result.exit_code == 2
        assert "input 'request'" in result.output
    finally:
        request_file.write_text(text, encoding="utf-8")


def test_the_files_tell_the_same_plan(planned):
    told = json.loads((planned.out / "summary.json").read_text(encoding="utf-8"))
    sites = pd.read_csv(planned.out / "sites.csv")
    assert 1 <= len(sites) <= 2
    assert sites["candidate_id"].tolist() == told["picks"]
    assert sites["people_added"].sum() == pytest.approx(told["people_added"], abs=0.2)
    layer = gpd.read_file(planned.out / "plan.gpkg", layer="sites")
    assert layer["candidate_id"].tolist() == told["picks"]
    assert layer.crs == "EPSG:4326"
    book = load_workbook(planned.out / "plan.xlsx", read_only=True)
    rows = list(book["Trạm chọn"].iter_rows(values_only=True))
    assert rows[0][1] == "Mã phương án"
    assert [row[1] for row in rows[2:]] == told["picks"]
    with zipfile.ZipFile(planned.out / "plan.kmz") as archive:
        text = html.unescape(archive.read("doc.kml").decode())
    assert all(f"{row.rank}. {row.name}" in text for row in sites.itertuples(index=False))
    assert all(pick in planned.output for pick in told["picks"])


def test_the_share_rises_by_what_the_sites_add(planned):
    told = json.loads((planned.out / "summary.json").read_text(encoding="utf-8"))
    assert told["share_plan"] > told["share_now"]
    assert 0.0 <= told["gap"] <= 0.02
    assert told["costs"]["assumptions"]


def test_a_ban_and_a_pin_are_obeyed_and_plans_are_compared(
    planned, tiny_scenario, request_file, tmp_path
):
    told = json.loads((planned.out / "summary.json").read_text(encoding="utf-8"))
    every = pd.read_csv(planned.out / "candidates.csv")["candidate_id"]
    banned = told["picks"][0]
    pinned = next(name for name in every if name not in told["picks"] and name != banned)
    out, table = tmp_path / "edited", tmp_path / "compared.csv"
    result = call(
        "plan", tiny_scenario, "--request", request_file, "--sites", 2, "--ban", banned,
        "--pin", pinned, "--no-sensitivity", "--threads", 1, "--out", out,
        "--compare", planned.out,
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    edited = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert pinned in edited["picks"]
    assert banned not in edited["picks"]
    assert f"Site {banned}" in result.output
    assert call("plan-compare", planned.out, out, "--csv", table).exit_code == 0
    ranks = pd.read_csv(table).set_index("what_en").loc[f"Site {banned}"]
    assert ranks["two"] == "#1"
    assert ranks["edited"] == "–"


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (("--target", "0.999999"), "lower the target"),
        (("--budget", "1000"), "cheapest candidate"),
        (("--sites", "3", "--budget", "5e9"), "exactly one"),
        (("--target", "1.5"), "less than or equal to 1"),
        (("--sites", "1", "--pin", "village-nowhere-42m"), "no candidate"),
        (("--sites", "1", "--time-limit", "-1"), "greater than 0"),
    ],
)
def test_what_cannot_be_is_explained_and_nothing_is_written(
    tiny_scenario, request_file, tmp_path, asked, told
):
    out = tmp_path / "out"
    result = call("plan", tiny_scenario, "--request", request_file, *asked, "--out", out)
    assert result.exit_code == 2
    assert told in result.output
    assert "Traceback" not in result.output
    assert not out.exists()


def manifest_of_a_study(planned, folder):
    document = manifest.read_manifest(planned.out)
    del document["plan"]
    document["outputs"] = {"map.html": {"sha256": 64 * "0"}}
    (folder / "manifest.json").write_text(json.dumps(document), encoding="utf-8")


def test_the_folder_of_a_study_is_left_alone(planned, tmp_path):
    manifest_of_a_study(planned, tmp_path)
    (tmp_path / "map.html").write_text("a map")
    result = call("plan", "--sites", 1, "--out", tmp_path)
    assert result.exit_code == 2
    assert "another folder" in result.output
    assert (tmp_path / "map.html").read_text() == "a map"


def test_a_study_is_no_plan_to_compare(planned, tmp_path):
    manifest_of_a_study(planned, tmp_path)
    result = call("plan-compare", tmp_path)
    assert result.exit_code == 2
    assert "not a plan" in result.output


def test_a_plan_changed_by_hand_is_not_compared(planned, tmp_path):
    for name in ("manifest.json", "summary.json"):
        (tmp_path / name).write_bytes((planned.out / name).read_bytes())
    with (tmp_path / "summary.json").open("a") as file:
        file.write(" ")
    assert "changed" in call("plan-compare", tmp_path).output


def test_the_first_interrupt_stops_the_search_and_the_second_everything():
    with _first_interrupt_stops_the_search() as stopped:
        assert not stopped()
        os.kill(os.getpid(), signal.SIGINT)
        assert stopped()
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_search_that_is_stopped_at_once_still_gives_a_whole_plan(tiny_study, request_file):
    request = with_goal(load_plan_request(request_file), sites=2)
    made = plan_study(tiny_study, request, threads=1, stop_search=lambda: True)
    told = summary(made)
    assert told["status"] == "interrupted"
    assert told["sites"] >= 1
    assert 0.0 <= told["gap"] <= 1.0
    assert made.answer.sensitivity is None
    assert any("interrupted" in caveat["en"] for caveat in told["caveats"])


def test_a_run_leaves_the_folder_of_a_plan_alone(planned, tiny_scenario, tmp_path, monkeypatch):
    def computed(*_arguments, **_options):
        raise AssertionError("computed before the folder was looked at")

    monkeypatch.setattr("qn_coverage.study.run_study", computed)
    folder = tmp_path / "plan"
    shutil.copytree(planned.out, folder)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    result = call("run", tiny_scenario, "--out", folder)
    assert result.exit_code == 2
    assert "holds a plan" in result.output
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_an_earlier_plan_that_is_not_there_is_told_before_the_work(
    tiny_scenario, tmp_path, monkeypatch
):
    def computed(*_arguments, **_options):
        raise AssertionError("computed before the earlier plan was looked for")

    monkeypatch.setattr("qn_coverage.study.run_study", computed)
    result = call(
        "plan", tiny_scenario, "--sites", 1, "--out", tmp_path / "p", "--compare", tmp_path
    )
    assert result.exit_code == 2
    assert "no manifest" in result.output
    assert list(tmp_path.iterdir()) == []


def test_plans_in_folders_that_are_called_alike_keep_a_column_each(planned, tmp_path):
    twin = tmp_path / "other" / planned.out.name
    shutil.copytree(planned.out, twin)
    told = read_plan_summaries([planned.out, twin, planned.out])
    assert list(told) == [str(planned.out), str(twin)]
    assert list(read_plan_summaries([planned.out])) == [planned.out.name]


def test_a_build_time_that_a_zip_cannot_hold_is_the_earliest_it_can(tmp_path):
    write_zip(tmp_path / "a.zip", {"a": b"1"}, created=datetime(1970, 1, 1, tzinfo=UTC))
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert archive.infolist()[0].date_time == (1980, 1, 1, 0, 0, 0)
