"""'export' hands a run on in the formats asked, all of it or nothing, and says what is wrong."""

import hashlib
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from qn_coverage.cli import main
from qn_coverage.export import command
from qn_coverage.export.folder import write_study
from qn_coverage.export.registry import EXPORTERS, GROUPS


def call(*arguments):
    return CliRunner().invoke(main, ["export", *map(str, arguments)], catch_exceptions=False)


@pytest.fixture(scope="module")
def run_folder(tiny_study, tmp_path_factory):
    folder = tmp_path_factory.mktemp("run") / "kết quả"
    write_study(tiny_study, folder, map_html="<!doctype html>", report_html="<!doctype html>")
    return folder


def names_in(folder):
    return {path.name for path in folder.iterdir()}


def test_help_lists_every_format_group_and_an_example():
    result = call("--help")
    assert result.exit_code == 0
    listed = set(result.output.replace(",", " ").split())
    assert set(EXPORTERS) <= listed
    assert set(GROUPS) <= listed
    assert "qn-coverage export results --all" in result.output


def test_formats_may_be_listed_and_repeated(run_folder, tmp_path):
    out = tmp_path / "gửi huyện"
    result = call(run_folder, "--format", "gpkg, KMZ", "--format", "xlsx,gpkg", "--out", out)
    assert result.exit_code == 0
    assert names_in(out) == {"coverage.gpkg", "coverage.kmz", "coverage.xlsx", "exports.json"}
    assert result.output.splitlines() == [
        f"→ {out / name}"
        for name in ("coverage.gpkg", "coverage.kmz", "coverage.xlsx", "exports.json")
    ]


def test_a_group_is_all_its_formats(run_folder, tmp_path):
    assert call(run_folder, "--format", "mapinfo", "--out", tmp_path).exit_code == 0
    assert names_in(tmp_path) == {"mapinfo-tab", "mapinfo-mif", "exports.json"}


def test_all_writes_every_format_and_the_record_holds_their_hashes(run_folder, tmp_path):
    assert call(run_folder, "--all", "--out", tmp_path).exit_code == 0
    assert names_in(tmp_path) == {e.target for e in EXPORTERS.values()} | {command.NAME}
    record = json.loads((tmp_path / command.NAME).read_text(encoding="utf-8"))
    assert set(record["files"]) == set(EXPORTERS)
    recorded = {file: sha for files in record["files"].values() for file, sha in files.items()}
    written = {
        path.relative_to(tmp_path).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in tmp_path.rglob("*")
        if path.is_file() and path.name != command.NAME
    }
    assert recorded == written
    run = hashlib.sha256((run_folder / "manifest.json").read_bytes()).hexdigest()
    assert record["run"]["manifest_sha256"] == run


def test_gpkg_and_cog_are_those_of_the_run(run_folder, tmp_path):
    assert call(run_folder, "--format", "gpkg,cog", "--out", tmp_path).exit_code == 0
    for ours, runs in (("coverage.gpkg", "gaps.gpkg"), ("coverage.tif", "coverage.tif")):
        assert (tmp_path / ours).read_bytes() == (run_folder / runs).read_bytes()


def test_an_unknown_format_is_answered_with_the_known_ones(run_folder, tmp_path):
    result = call(run_folder, "--format", "kmz,dwg", "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert "unknown format 'dwg'" in result.output
    assert "mapinfo-tab" in result.output
    assert not (tmp_path / "out").exists()


def test_a_folder_without_a_manifest_says_so(tmp_path):
    result = call(tmp_path, "--all")
    assert result.exit_code == 2
    assert "no manifest" in result.output
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there_says_so(tmp_path):
    result = call(tmp_path / "không có", "--all")
    assert result.exit_code == 2
    assert "no manifest" in result.output


@pytest.mark.parametrize("asked", [(), ("--all", "--format", "kmz"), ("--format", " , ")])
def test_what_to_write_must_be_said_once(run_folder, asked):
    result = call(run_folder, *asked)
    assert result.exit_code == 2
    assert "either --format" in result.output


def test_a_broken_record_of_exports_is_named(run_folder, tmp_path):
    (tmp_path / command.NAME).write_text('{"files": {"kmz": ["coverage.kmz"]}}', encoding="utf-8")
    result = call(run_folder, "--format", "kmz", "--out", tmp_path)
    assert result.exit_code == 2
    assert "not a record of exports" in result.output
    assert names_in(tmp_path) == {command.NAME}


def test_the_page_on_exchange_names_every_format_and_group():
    page = (Path(__file__).parents[2] / "docs" / "exchange.md").read_text(encoding="utf-8")
    assert [name for name in (*EXPORTERS, *GROUPS) if f"`{name}`" not in page] == []
