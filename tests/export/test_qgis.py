"""Styles are sound XML, the project moves with its folder, and QGIS itself draws it."""

import json
import shutil
import subprocess
import xml.etree.ElementTree as ET
import zipfile
from functools import cache
from pathlib import Path

import geopandas as gpd
import pyogrio
import pytest
from PIL import Image

from qn_coverage.export import symbols
from qn_coverage.export.layer_styles import STYLES
from qn_coverage.export.qgis_project import PROJECT, write_qgis
from qn_coverage.export.qgis_style import qml
from qn_coverage.export.sld import sld

SLD = "{http://www.opengis.net/sld}"
RENDER = Path(__file__).with_name("render_in_qgis.py")


@pytest.fixture(scope="module")
def folder(results, tmp_path_factory):
    folder = tmp_path_factory.mktemp("qgis") / "bản đồ"
    write_qgis(results, folder)
    return folder


@pytest.fixture(scope="module")
def project(folder):
    with zipfile.ZipFile(folder / PROJECT) as archive:
        (name,) = archive.namelist()
        assert name.endswith(".qgs")
        return ET.fromstring(archive.read(name))


@cache
def python_with_qgis():
    """Interpreter that has QGIS's library: a distribution puts it beside its own Python."""
    for name in ("/usr/bin/python3", "python3"):
        if (
            shutil.which(name)
            and not subprocess.run(
                [name, "-c", "import qgis.core"], capture_output=True, check=False
            ).returncode
        ):
            return name
    return None


@pytest.mark.parametrize("layer", sorted(STYLES))
def test_each_symbol_that_a_style_names_is_there(layer):
    root = ET.fromstring(qml(layer, ["name_vi"]))
    symbols_there = {symbol.get("name") for symbol in root.iter("symbol")}
    entries = [*root.iter("range"), *root.iter("category")]
    assert {entry.get("symbol") for entry in entries} <= symbols_there
    assert len(symbols_there) == len(STYLES[layer].categories)


def test_a_label_with_markup_survives_as_text():
    labels = [item.get("label") for item in ET.fromstring(qml("communes", [])).iter("range")]
    assert "< 50 %" in labels
    assert "&lt; 50 %" in qml("communes", [])
    assert "< 50 %" in [title.text for title in ET.fromstring(sld("communes")).iter(f"{SLD}Title")]


def test_ranges_touch_and_leave_no_share_out():
    ranges = list(ET.fromstring(qml("communes", [])).iter("range"))
    lows = [float(item.get("lower")) for item in ranges]
    highs = [float(item.get("upper")) for item in ranges]
    assert lows[:-1] == highs[1:]
    assert lows[-1] < 0
    assert highs[0] > 1


def test_the_geopackage_of_a_run_carries_its_styles(run_folder, folder):
    for path in (run_folder / "gaps.gpkg", folder / "gaps.gpkg"):
        styles = pyogrio.read_dataframe(path, layer="layer_styles")
        assert set(styles["f_table_name"]) == set(STYLES)
        assert styles["useAsDefault"].all()
        for text in (*styles["styleQML"], *styles["styleSLD"]):
            ET.fromstring(text)


def test_styles_point_at_columns_that_the_layers_have(results):
    for layer, style in STYLES.items():
        columns = set(results.layers[layer].columns)
        assert {style.column, style.label} - {""} <= columns, layer


def test_sources_are_relative_and_stand_beside_the_project(project, folder):
    for source in project.iter("datasource"):
        name = source.text.split("|")[0]
        assert name.startswith("./")
        assert (folder / name).exists()
    assert project.find("properties/Paths/Absolute").text == "false"


def test_a_geopackage_of_an_older_run_gets_its_styles(results, folder, tmp_path):
    import dataclasses

    older = tmp_path / "older"
    older.mkdir()
    shutil.copy(results.raster, older / "coverage.tif")
    for name, table in results.layers.items():
        pyogrio.write_dataframe(
            table, older / "gaps.gpkg", layer=name, append=(older / "gaps.gpkg").exists()
        )
    write_qgis(dataclasses.replace(results, folder=older), tmp_path / "out")
    layers = {name for name, _ in pyogrio.list_layers(tmp_path / "out" / "gaps.gpkg")}
    assert "layer_styles" in layers
    names = gpd.read_file(tmp_path / "out" / "gaps.gpkg", layer="villages")["name_vi"]
    assert names.tolist() == results.layers["villages"]["name_vi"].tolist()


def test_the_same_run_gives_the_same_bytes(folder, results, tmp_path):
    write_qgis(results, tmp_path / "again")
    for path in folder.iterdir():
        assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes(), path.name


@pytest.fixture(scope="module")
def seen(folder, tmp_path_factory):
    """What QGIS says of the project, and its pictures, after the folder was moved."""
    python = python_with_qgis()
    if python is None:
        pytest.skip("QGIS's Python library is not installed")
    place = tmp_path_factory.mktemp("moved")
    moved = shutil.copytree(folder, place / "nơi khác")
    done = subprocess.run(
        [python, str(RENDER), str(moved / PROJECT), str(place)],
        check=True,
        capture_output=True,
        timeout=180,
    )
    return json.loads(done.stdout.decode().splitlines()[-1]), place


def test_qgis_opens_the_project_with_every_layer_valid(seen):
    said, _ = seen
    assert said["read"]
    assert said["crs"] == "EPSG:5899"
    assert len(said["layers"]) == len(STYLES) + 2
    assert all(said["layers"].values())


def test_qgis_takes_the_style_of_the_geopackage_by_itself(seen):
    said, _ = seen
    assert said["styles"]["villages"] == [c.label for c in STYLES["villages"].categories]
    assert said["styles"]["communes"] == [c.label for c in STYLES["communes"].categories]


def test_qgis_draws_signal_where_the_raster_has_it(seen):
    _, place = seen
    image = Image.open(place / "raster.png").convert("RGB")
    colours = {colour for _, colour in image.getcolors(1_000_000)}
    # Three quarters of the class's colour over white.
    best = tuple(round(0.75 * part + 0.25 * 255) for part in symbols.rgb(symbols.MARGIN_COLOURS[0]))
    near = [max(abs(a - b) for a, b in zip(best, colour, strict=True)) for colour in colours]
    assert min(near) <= 2


def test_qgis_draws_communes_in_the_colours_of_their_shares(seen, results):
    _, place = seen
    image = Image.open(place / "map.png").convert("RGB")
    counted = {colour: count for count, colour in image.getcolors(1_000_000)}
    share = results.layers["communes"]["population_share_after"]
    for value in share:
        number = sum(value < low for low in symbols.SHARE_BREAKS)
        colour = symbols.rgb(symbols.SHARE_COLOURS[number])
        drawn = tuple(round(0.75 * part + 0.25 * 255) for part in colour)
        near = sum(
            count
            for seen_colour, count in counted.items()
            if max(abs(a - b) for a, b in zip(drawn, seen_colour, strict=True)) <= 2
        )
        assert near > 0.05 * image.width * image.height
