"""Output folders: found out before the work whether they can be written, filled all or nothing."""

from __future__ import annotations

import pytest

from qn_coverage.core.errors import ManifestError, OutputError
from qn_coverage.export.outputs import aside, check_folder, put_in_place

NAMES = ["a.csv", "tables/b.csv"]


def written(place):
    (place / "tables").mkdir()
    for name in NAMES:
        (place / name).write_text("new")


def test_a_folder_that_can_be_made_is_left_unmade(tmp_path):
    check_folder(tmp_path / "one" / "two")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_files_keeps_them(tmp_path):
    (tmp_path / "kept.txt").write_text("kept")
    check_folder(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["kept.txt"]


def test_a_folder_below_a_file_is_refused(tmp_path):
    (tmp_path / "file").write_text("a file")
    with pytest.raises(OutputError, match=r"nothing can be written there .*--out"):
        check_folder(tmp_path / "file" / "out")
    assert (tmp_path / "file").read_text() == "a file"


def test_files_are_put_in_place_and_nothing_else_stays(tmp_path):
    with aside(tmp_path) as place:
        written(place)
        put_in_place(place, tmp_path, NAMES, earlier=[], maker="run")
    found = sorted(path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*"))
    assert found == ["a.csv", "tables", "tables/b.csv"]


def test_what_nobody_of_that_kind_wrote_is_not_replaced(tmp_path):
    (tmp_path / "a.csv").write_text("somebody's")
    with aside(tmp_path) as place:
        written(place)
        with pytest.raises(ManifestError, match=r"holds a\.csv that no earlier plan wrote"):
            put_in_place(place, tmp_path, NAMES, earlier=["tables/b.csv"], maker="plan")
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]
    assert (tmp_path / "a.csv").read_text() == "somebody's"


def test_one_file_out_of_reach_keeps_all_as_they_were(tmp_path):
    (tmp_path / "a.csv").write_text("old")
    (tmp_path / "tables" / "b.csv").mkdir(parents=True)  # can be opened by nobody
    with aside(tmp_path) as place:
        written(place)
        with pytest.raises(OutputError, match=r"tables/b\.csv cannot be replaced"):
            put_in_place(place, tmp_path, NAMES, earlier=NAMES, maker="run")
    assert (tmp_path / "a.csv").read_text() == "old"
