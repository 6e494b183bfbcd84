"""The catalog names every shipped file, and notices one that changed."""

import dataclasses

import pytest

from qn_coverage.core.errors import InvalidDataError, UnknownNameError
from qn_coverage.core.files import sha256_of
from qn_coverage.core.scenario import SHIPPED, Inputs
from qn_coverage.data import catalog


@pytest.fixture
def folder(tmp_path):
    """A small geodata folder with one sound layer."""
    (tmp_path / "a.csv").write_text("x\n1\n", encoding="utf-8")
    write_catalog(tmp_path, sha256=sha256_of(tmp_path / "a.csv"))
    return tmp_path


def write_catalog(folder, *, without=(), **changes):
    entry = {field.name: "words" for field in dataclasses.fields(catalog.Layer)}
    entry |= {"name": "a", "file": "a.csv"} | changes
    lines = [f'{key} = "{value}"' for key, value in entry.items() if key not in without]
    text = "\n".join(["[[layer]]", *lines, ""])
    (folder / catalog.CATALOG_FILE).write_text(text, encoding="utf-8")


def test_every_shipped_file_is_in_the_catalog_and_matches_its_hash():
    shipped = {path.name for path in catalog.geodata_folder().iterdir() if path.is_file()}
    listed = {layer.file for layer in catalog.load_catalog()}
    assert shipped == listed | {catalog.CATALOG_FILE}
    catalog.check_catalog()


def test_every_input_of_a_scenario_has_a_shipped_layer():
    needed = {name for name, field in Inputs.model_fields.items() if field.default == SHIPPED}
    assert len(needed) == 10
    assert needed <= {layer.name for layer in catalog.load_catalog()}


def test_every_layer_says_where_it_comes_from_and_what_to_beware_of():
    for layer in catalog.load_catalog():
        for field in dataclasses.fields(layer):
            assert getattr(layer, field.name) or field.name == "crs", (layer.name, field.name)
        assert " / " in layer.what, "Vietnamese / English"
        assert " / " in layer.cautions, "Vietnamese / English"
        assert layer.crs in {"EPSG:4326", ""}


def test_all_layers_together_stay_small():
    sizes = [catalog.layer_path(layer.name).stat().st_size for layer in catalog.load_catalog()]
    assert sum(sizes) < 3_000_000


def test_a_layer_is_found_by_its_name():
    assert catalog.layer_path("communes").name == "communes.parquet"
    assert catalog.layer_path("communes").is_file()


def test_the_shipped_scenario_is_found():
    assert (catalog.scenarios_folder() / "default.toml").is_file()


def test_an_unknown_layer_lists_the_known_ones():
    with pytest.raises(UnknownNameError, match=r"known: .*communes"):
        catalog.layer_path("commune")


def test_a_sound_folder_passes(folder):
    catalog.check_catalog(folder)
    assert [layer.name for layer in catalog.load_catalog(folder)] == ["a"]


def test_a_changed_file_is_noticed(folder):
    (folder / "a.csv").write_text("x\n2\n", encoding="utf-8")
    with pytest.raises(InvalidDataError, match=r"changed-file.*a\.csv"):
        catalog.check_catalog(folder)


def test_a_lost_file_is_noticed(folder):
    (folder / "a.csv").unlink()
    with pytest.raises(InvalidDataError, match=r"missing-file.*a\.csv"):
        catalog.check_catalog(folder)


def test_a_catalog_entry_must_have_exactly_the_known_keys(folder):
    write_catalog(folder, without=("licence",), colour="red")
    with pytest.raises(InvalidDataError, match=r"missing keys \['licence'\].*'colour'"):
        catalog.load_catalog(folder)


@pytest.mark.parametrize("text", [None, "layer = ["])
def test_a_catalog_that_cannot_be_read_is_an_error_that_can_be_mended(tmp_path, text):
    if text is not None:
        (tmp_path / catalog.CATALOG_FILE).write_text(text, encoding="utf-8")
    with pytest.raises(InvalidDataError, match="bad-catalog"):
        catalog.load_catalog(tmp_path)
