"""'fetch' says on what terms the data come, what is wrong, and never a token."""

import gzip
import json

import pytest
from click.testing import CliRunner

from qn_coverage.cli import main
from tests.data.test_fetch_open import ANSWER, BODY, RASTER

SOURCES = ("terrain", "population", "boundaries", "places", "cells")


def call(*arguments, **environment):
    return CliRunner().invoke(
        main, ["fetch", *map(str, arguments)], catch_exceptions=False, env=environment
    )


@pytest.fixture
def mirror(tmp_path):
    folder = tmp_path / "gương"
    folder.mkdir()
    (folder / RASTER).write_bytes(BODY)
    (folder / "osm-places.json").write_text(json.dumps(ANSWER), encoding="utf-8")
    (folder / "452.csv.gz").write_bytes(gzip.compress(b"radio,mcc"))
    return folder


@pytest.mark.parametrize("source", [(), *((name,) for name in SOURCES)])
def test_help_has_examples(source):
    result = call(*source, "--help")
    assert result.exit_code == 0
    assert "Example" in result.output
    assert "qn-coverage fetch" in result.output


def test_the_licence_is_printed_and_recorded(mirror, tmp_path):
    out = tmp_path / "ra"
    result = call("population", "--mirror", mirror, "--out", out)
    assert result.exit_code == 0
    assert "CC BY 4.0" in result.output
    assert "gdalwarp" in result.output
    record = json.loads((out / f"{RASTER}.source.json").read_text(encoding="utf-8"))
    assert "CC BY 4.0" in record["licence"]
    again = call("population", "--mirror", mirror, "--out", out)
    assert "was there already" in again.output


def test_places_are_handed_over_as_geojson(mirror, tmp_path):
    result = call("places", "--mirror", mirror, "--out", tmp_path / "ra")
    assert "ODbL" in result.output
    assert (tmp_path / "ra" / "osm-places.geojson").exists()


def test_a_wrong_hash_exits_with_two_and_leaves_nothing(mirror, tmp_path):
    out = tmp_path / "ra"
    result = call("population", "--mirror", mirror, "--out", out, "--sha256", "0" * 64)
    assert result.exit_code == 2
    assert "wrong-hash" in result.output
    assert not list(out.iterdir())


def test_an_unknown_year_is_answered_with_the_known_ones(tmp_path):
    result = call("population", "--year", 1999, "--out", tmp_path)
    assert result.exit_code == 2
    assert "2000-2020" in result.output


def test_cells_without_a_token_name_the_variable(tmp_path):
    result = call("cells", "--out", tmp_path, QN_OPENCELLID_TOKEN="")
    assert result.exit_code == 2
    assert "QN_OPENCELLID_TOKEN" in result.output


def test_the_token_is_not_printed(mirror, tmp_path):
    result = call(
        "cells", "--mirror", mirror, "--out", tmp_path / "ra", QN_OPENCELLID_TOKEN="pk.0123"
    )
    assert result.exit_code == 0
    assert "CC BY-SA" in result.output
    assert "pk.0123" not in result.output
