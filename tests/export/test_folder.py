"""Outputs come together or not at all, are the same bytes each time, and open elsewhere."""

import json
import re
import shutil
from dataclasses import replace
from datetime import UTC, datetime

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import rasterio

from qn_coverage.core.errors import ManifestError, OutputError
from qn_coverage.core.rules import rules_folder
from qn_coverage.export import manifest
from qn_coverage.export.folder import write_study
from qn_coverage.export.geopackage import write_geopackage
from qn_coverage.export.tables import write_csv
from qn_coverage.render.map import render_map
from qn_coverage.render.report import render_report
from qn_coverage.study import run_study
from tests.tiny import read_json, write_province

PAGE = "<!doctype html><title>bản đồ</title>"


@pytest.fixture
def written(tiny_study, tmp_path):
    folder = tmp_path / "out"
    write_study(tiny_study, folder, map_html=PAGE, report_html=PAGE)
    return folder


def snapshot(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def changed(folder, document):
    return [
        *manifest.changed_outputs(folder, document),
        *manifest.changed_inputs(folder, document),
    ]


def test_two_runs_give_the_same_bytes(tiny_study, written, tmp_path):
    again = tmp_path / "again"
    write_study(tiny_study, again, map_html=PAGE, report_html=PAGE)
    first, second = snapshot(written), snapshot(again)
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []


def test_the_manifest_names_every_input_and_output(tiny_study, written):
    document = manifest.read_manifest(written)
    assert set(document["inputs"]) == set(tiny_study.inputs)
    assert {*document["outputs"], manifest.NAME} == set(snapshot(written))
    assert document["inputs"]["indicators"]["file"] == "shipped"


def test_the_epoch_of_the_build_is_recorded(tiny_study, tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1704326400")
    write_study(tiny_study, tmp_path / "o", map_html=PAGE, report_html=PAGE)
    assert manifest.read_manifest(tmp_path / "o")["created"] == "2024-01-04T00:00:00+00:00"


def test_an_untouched_folder_verifies_and_a_touched_one_does_not(written):
    document = manifest.read_manifest(written)
    assert changed(written, document) == []
    (written / "communes.csv").write_text("x", encoding="utf-8")
    (written / "gaps.gpkg").unlink()
    document["inputs"]["sectors"]["sha256"] = 64 * "0"
    found = changed(written, document)
    assert [line.split(":")[0] for line in found] == [
        "output communes.csv",
        "output gaps.gpkg",
        "input 'sectors' (../../tiny0/sectors.csv)",
    ]


def test_a_rule_of_ones_own_is_an_input_and_no_path_of_the_machine_is_written(tmp_path):
    home = tmp_path / "here"
    home.mkdir()
    scenario = write_province(home)
    rule = home / "own.toml"
    shutil.copy(rules_folder() / "voice.toml", rule)
    with scenario.open("a", encoding="utf-8") as file:
        file.write('[service]\nrule = "own.toml"\n')
    study, folder = run_study(scenario), home / "out"
    write_study(study, folder, map_html=render_map(study), report_html=render_report(study))
    told = [path.name for path in folder.iterdir() if str(tmp_path).encode() in path.read_bytes()]
    assert told == []
    document = manifest.read_manifest(folder)
    assert document["scenario"]["service"]["rule"] == "../own.toml"
    assert changed(folder, document) == []
    rule.write_text(rule.read_text(encoding="utf-8") + "\n# edited", encoding="utf-8")
    assert changed(folder, document) == [
        "input 'rule' (../own.toml): changed since the run (sha256 differs)"
    ]


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda document: document["outputs"].update({"communes.csv": "x"}), "communes.csv"),
        (lambda document: document["outputs"]["gaps.csv"].pop("sha256"), "outputs.gaps.csv.sha256"),
        (lambda document: document["inputs"]["sectors"].pop("file"), "inputs.sectors.file"),
        (lambda document: document.update(inputs=[]), "inputs"),
        (lambda document: document.update(created="hôm qua"), "created"),
        (lambda document: document.pop("versions"), "versions"),
        (lambda document: document["outputs"].update({"../x": {"sha256": 64 * "0"}}), "../x"),
    ],
)
def test_a_manifest_of_another_shape_is_refused_with_the_place(written, spoil, told):
    document = read_json(written / manifest.NAME)
    spoil(document)
    (written / manifest.NAME).write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(ManifestError, match=rf"not a manifest of this toolkit .*{re.escape(told)}"):
        manifest.read_manifest(written)


def test_all_problems_of_a_manifest_are_told_at_once(written):
    (written / manifest.NAME).write_text('{"inputs": 1, "outputs": 2}', encoding="utf-8")
    with pytest.raises(ManifestError) as told:
        manifest.read_manifest(written)
    assert [key for key in ("created", "scenario", "versions", "inputs", "outputs")
            if f"{key}: " not in str(told.value)] == []  # fmt: skip


def test_a_second_run_replaces_the_first_and_leaves_strangers_alone(tiny_study, written):
    (written / "ghi-chú.txt").write_text("của tôi", encoding="utf-8")
    write_study(tiny_study, written, map_html=PAGE + "2", report_html=PAGE)
    assert (written / "map.html").read_text(encoding="utf-8").endswith("2")
    assert (written / "ghi-chú.txt").exists()


def test_a_file_that_no_run_wrote_is_never_overwritten(tiny_study, tmp_path):
    (tmp_path / "communes.csv").write_text("quý", encoding="utf-8")
    with pytest.raises(ManifestError, match=r"communes\.csv"):
        write_study(tiny_study, tmp_path, map_html=PAGE, report_html=PAGE)
    assert snapshot(tmp_path) == {"communes.csv": "quý".encode()}


def test_a_failed_run_leaves_the_folder_as_it_was(tiny_study, written, monkeypatch):
    before = snapshot(written)

    def fail(*_, **__):
        raise OSError("no space left on device")

    monkeypatch.setattr("qn_coverage.export.folder.write_coverage", fail)
    with pytest.raises(OSError, match="no space"):
        write_study(tiny_study, written, map_html="other", report_html=PAGE)
    assert snapshot(written) == before


@pytest.mark.parametrize("name", ["../precious.txt", "..", "a/../../precious.txt", "C:\\x"])
def test_a_manifest_that_somebody_edited_cannot_reach_other_folders(
    tiny_study, written, tmp_path, name
):
    outside = tmp_path / "precious.txt"
    outside.write_text("x", encoding="utf-8")
    document = read_json(written / manifest.NAME)
    document["outputs"][name] = {"sha256": 64 * "0"}
    (written / manifest.NAME).write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(ManifestError, match="not a manifest of this toolkit"):
        write_study(tiny_study, written, map_html=PAGE, report_html=PAGE)
    assert outside.exists()


@pytest.mark.parametrize(
    ("writer", "error"),
    [
        ("pyogrio.write_dataframe", pyogrio.errors.DataSourceError("Failed to commit")),
        ("pyogrio.write_dataframe", pyogrio.errors.FeatureError("disk is full")),
        ("rasterio.open", rasterio.errors.RasterioIOError("write failed")),
        ("rasterio.open", rasterio._err.CPLE_FileIOError(1, 3, "no space")),
    ],
)
def test_what_gdal_cannot_write_is_told_and_changes_nothing(
    tiny_study, written, monkeypatch, writer, error
):
    before = snapshot(written)

    def fail(*_, **__):
        raise error

    monkeypatch.setattr(writer, fail)
    with pytest.raises(OutputError, match="không ghi được"):
        write_study(tiny_study, written, map_html="other", report_html=PAGE)
    assert snapshot(written) == before


def test_the_geopackage_keeps_accents_and_geometry(tiny_study, written):
    layers = {name for name, _ in pyogrio.list_layers(written / "gaps.gpkg")}
    assert layers == {
        "communes", "former_communes", "districts", "villages", "sites", "sectors", "places",
        "gaps", "measurements", "layer_styles",
    }  # fmt: skip
    communes = gpd.read_file(written / "gaps.gpkg", layer="communes")
    assert communes["name_vi"].tolist() == ["Xã Tây", "Xã Đông"]
    assert communes.crs == "EPSG:4326"
    sites = gpd.read_file(written / "gaps.gpkg", layer="sites")
    assert sites["sectors"].tolist() == [3, 3]
    assert sites["origin"].tolist() == ["modelled", "modelled"]


def test_the_raster_is_a_tiled_tiff_with_named_bands(tiny_study, written):
    with rasterio.open(written / "coverage.tif") as source:
        assert source.profile["tiled"]
        assert source.descriptions == ("margin_after_db", "margin_before_db", "level_4G_after_dbm")
        assert source.crs == "EPSG:5899"
        assert source.tags()["model"] == "okumura_hata"
        margin = source.read(1, masked=True)
    expected = tiny_study.after.margin_db()
    np.testing.assert_array_equal(margin.mask, ~np.isfinite(expected))
    assert abs(margin - expected).max() <= 0.051


def test_tables_say_the_same_as_the_study(tiny_study, written):
    communes = pd.read_csv(written / "communes.csv", dtype={"code": str})
    np.testing.assert_allclose(
        communes["population_share_after"],
        tiny_study.communes["population_share_after"],
        atol=1e-6,
    )
    villages = pd.read_csv(written / "villages.csv")
    assert {"lon", "lat", "uncertainty_m", "origin", "verdict_after"} <= set(villages.columns)
    assert read_json(written / "summary.json")["province"] == tiny_study.summary["province"]


def test_whatever_a_model_computed_says_so_in_every_row_of_tables_and_layers(written):
    tables = {path.name: pd.read_csv(path) for path in written.glob("*.csv")}
    assert "result_origin" not in tables.pop("claims.csv")  # judged by reports alone
    layers = ("communes", "former_communes", "districts", "villages", "gaps", "measurements")
    tables |= {name: gpd.read_file(written / "gaps.gpkg", layer=name) for name in layers}
    assert len(tables) == 18
    for name, table in tables.items():
        assert (table["result_origin"] == "modelled").all(), name


def test_text_that_a_spreadsheet_would_run_is_defused(tmp_path):
    path = tmp_path / "t.csv"
    write_csv(
        pd.DataFrame({"name": ["=cmd|'/c calc'!A1", "@x", "bình thường"], "v": [-1, 2, 3]}), path
    )
    names = pd.read_csv(path)["name"].tolist()
    assert names == ["'=cmd|'/c calc'!A1", "'@x", "bình thường"]
    assert pd.read_csv(path)["v"].tolist() == [-1, 2, 3]


def test_layers_without_rows_keep_their_kind_of_geometry(tiny_study, tmp_path):
    bare = replace(
        tiny_study, gaps=tiny_study.gaps.iloc[:0], measurements=tiny_study.measurements.iloc[:0]
    )
    write_geopackage(bare, tmp_path / "gaps.gpkg", timestamp=datetime(2024, 1, 4, tzinfo=UTC))
    kinds = dict(pyogrio.list_layers(tmp_path / "gaps.gpkg").tolist())
    assert kinds["gaps"] == "MultiPolygon"
    assert kinds["measurements"] == "Point"
