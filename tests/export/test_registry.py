"""An export is checked, complete or absent, repeatable, and never touches a stranger's file."""

import json

import pytest

from qn_coverage.core.errors import ManifestError, UnknownNameError
from qn_coverage.export import command, registry
from qn_coverage.export.command import export_results
from qn_coverage.export.dictionary import FIELDS, TABLE_TITLES, field_of
from qn_coverage.export.results import _read_table, read_results

SOME = ["geoparquet", "csv-excel"]


def snapshot(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_every_exporter_has_its_own_name_and_target():
    exporters = registry.EXPORTERS
    assert list(exporters) == [exporter.name for exporter in exporters.values()]
    assert len({exporter.target for exporter in exporters.values()}) == len(exporters)
    assert all(e.title_vi and e.title_en for e in exporters.values())
    with pytest.raises(TypeError):
        exporters["x"] = None


def test_results_are_the_study_read_back(hostile_study, results):
    assert dict(results.summary) == dict(hostile_study.summary)
    assert results.layers["villages"]["name_vi"].tolist() == (
        hostile_study.villages["name_vi"].tolist()
    )
    assert set(results.tables) == set(TABLE_TITLES)
    sites = hostile_study.sites.set_index("site_id")["people_alone"]
    read = results.layers["sites"].set_index("site_id")["people_alone"]
    assert read.round(1).to_dict() == sites.round(1).to_dict()


def test_every_column_of_a_run_is_in_the_dictionary(results):
    for name, table in (*results.layers.items(), *results.tables.items()):
        unknown = [c for c in table.columns.drop("geometry", errors="ignore") if c not in FIELDS]
        assert unknown == [], name
    assert field_of("place", table="claims").kind == "text"
    assert results.raster.exists()


def test_a_changed_run_is_not_exported(own_run):
    (own_run / "communes.csv").write_text("x", encoding="utf-8")
    with pytest.raises(ManifestError, match=r"communes\.csv: changed"):
        read_results(own_run)


def test_a_folder_without_a_run_is_refused(tmp_path):
    with pytest.raises(ManifestError, match="no manifest"):
        export_results(tmp_path, SOME, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_run_that_lacks_the_raster_is_refused(own_run):
    document = json.loads((own_run / "manifest.json").read_text(encoding="utf-8"))
    del document["outputs"]["coverage.tif"]
    (own_run / "manifest.json").write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(ManifestError, match=r"coverage\.tif"):
        read_results(own_run)


def test_an_unknown_format_names_the_known_ones_and_writes_nothing(run_folder, tmp_path):
    with pytest.raises(UnknownNameError, match="geoparquet"):
        export_results(run_folder, ["geoparquet", "dwg"], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_paths_are_returned_in_the_order_asked(run_folder, tmp_path):
    paths = export_results(run_folder, SOME, tmp_path / "out")
    assert [path.name for path in paths] == SOME
    assert all(any(path.iterdir()) for path in paths)


def test_without_a_folder_the_export_lies_inside_the_run_which_still_verifies(own_run):
    (path,) = export_results(own_run, ["geoparquet"])
    assert path == own_run / "export" / "geoparquet"
    read_results(own_run)


def test_two_exports_give_the_same_bytes(run_folder, tmp_path):
    for name in ("a", "b"):
        export_results(run_folder, out=tmp_path / name)
    first, second = snapshot(tmp_path / "a"), snapshot(tmp_path / "b")
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []


def test_a_second_export_replaces_its_own_and_leaves_the_rest(run_folder, tmp_path, monkeypatch):
    export_results(run_folder, SOME, tmp_path)
    (tmp_path / "geoparquet" / "ghi chú.txt").write_text("của tôi", encoding="utf-8")

    def fewer(_, path):
        path.mkdir()
        (path / "one.parquet").write_bytes(b"1")

    monkeypatch.setattr(registry.geoparquet, "write_geoparquet", fewer)
    only = registry.Exporter("geoparquet", "x", "x", "geoparquet", "", fewer)
    monkeypatch.setattr(command, "resolve", lambda _: only)
    export_results(run_folder, ["geoparquet"], tmp_path)
    left = {path.name for path in (tmp_path / "geoparquet").iterdir()}
    assert left == {"one.parquet", "ghi chú.txt"}
    assert (tmp_path / "csv-excel" / "communes.csv").exists()
    files = json.loads((tmp_path / command.NAME).read_text(encoding="utf-8"))["files"]
    assert set(files) == set(SOME)


def test_a_strangers_file_is_never_overwritten(run_folder, tmp_path):
    precious = tmp_path / "geoparquet" / "communes.parquet"
    precious.parent.mkdir()
    precious.write_text("quý", encoding="utf-8")
    with pytest.raises(ManifestError, match=r"geoparquet/communes\.parquet"):
        export_results(run_folder, SOME, tmp_path)
    assert snapshot(tmp_path) == {"geoparquet/communes.parquet": "quý".encode()}


def test_a_failing_format_leaves_the_folder_as_it_was(run_folder, tmp_path, monkeypatch):
    export_results(run_folder, SOME, tmp_path)
    before = snapshot(tmp_path)

    def fail(*_):
        raise OSError("no space left on device")

    broken = registry.Exporter("geoparquet", "x", "x", "geoparquet", "", fail)
    monkeypatch.setattr(command, "resolve", lambda _: broken)
    with pytest.raises(OSError, match="no space"):
        export_results(run_folder, ["geoparquet"], tmp_path)
    assert snapshot(tmp_path) == before


def test_a_record_that_somebody_edited_cannot_reach_other_folders(run_folder, tmp_path):
    outside = tmp_path / "precious.txt"
    outside.write_text("x", encoding="utf-8")
    out = tmp_path / "out"
    export_results(run_folder, ["geoparquet"], out)
    document = json.loads((out / command.NAME).read_text(encoding="utf-8"))
    for way in ("../precious.txt", "geoparquet/../../precious.txt"):
        document["files"]["geoparquet"][way] = "0"
    (out / command.NAME).write_text(json.dumps(document), encoding="utf-8")
    export_results(run_folder, ["geoparquet"], out)
    assert outside.exists()


def test_codes_of_digits_and_names_like_nothing_stay_text(tmp_path):
    path = tmp_path / "village_layers.csv"
    path.write_text("village_id,name_vi,probability\n001,NA,\n002,None,0.5\n", encoding="utf-8")
    table = _read_table(path)
    assert table["village_id"].tolist() == ["001", "002"]
    assert table["name_vi"].tolist() == ["NA", "None"]
    assert table["probability"].isna().tolist() == [True, False]
