"""A run's folder with hostile names in it, and what was read back from it."""

import dataclasses
import shutil

import pytest

from qn_coverage.export.folder import write_study
from qn_coverage.export.results import read_results

HOSTILE = {
    "v1": "Thôn <script>alert('x')</script>",
    "v2": "=cmd|'/c calc'!A1",
    "v3": 'Bản "Nậm" & <b>Đắk</b> ]]> \x0b',
}


@pytest.fixture(scope="session")
def hostile_study(tiny_study):
    """The tiny study whose villages and sites have names that attack, each with accents kept."""
    villages = tiny_study.villages.copy()
    villages["name_vi"] = villages["village_id"].map(HOSTILE)
    villages["note"] = "ghi chú dài " * 40
    sectors = tiny_study.sectors.copy()
    sectors.loc[sectors["site_id"] == "W1", "name"] = "@SUM(1;2) & <Trạm Tây>"
    return dataclasses.replace(tiny_study, villages=villages, sectors=sectors)


@pytest.fixture(scope="session")
def run_folder(hostile_study, tmp_path_factory):
    """Output folder of a run; tests read it and never write to it."""
    folder = tmp_path_factory.mktemp("run") / "kết quả"
    write_study(hostile_study, folder, map_html="<!doctype html>", report_html="<!doctype html>")
    return folder


@pytest.fixture(scope="session")
def results(run_folder):
    """What an exporter is given."""
    return read_results(run_folder)


@pytest.fixture
def own_run(run_folder, tmp_path):
    """A copy of the run's folder that a test may spoil."""
    return shutil.copytree(run_folder, tmp_path / "own")
