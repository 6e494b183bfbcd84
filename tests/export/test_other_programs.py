"""GDAL's own tools, another version than ours, read what was exported: rows, accents, place."""

import json
import shutil
import subprocess

import pytest

from qn_coverage.export.registry import resolve

pytestmark = pytest.mark.skipif(shutil.which("ogr2ogr") is None, reason="gdal-bin is not installed")
FORMATS = ("gpkg", "mapinfo-tab", "mapinfo-mif", "shapefile", "kmz")
ENDINGS = {"mapinfo-tab": "tab", "mapinfo-mif": "mif", "shapefile": "shp"}


@pytest.fixture(scope="module")
def written(results, tmp_path_factory):
    folder = tmp_path_factory.mktemp("programs")
    for name in FORMATS:
        exporter = resolve(name)
        exporter.write(results, folder / exporter.target)
    return folder


def features(source, target, *layer):
    """Rows of a layer as ogr2ogr tells them, in EPSG:4326."""
    subprocess.run(
        ["ogr2ogr", "-f", "GeoJSON", "-t_srs", "EPSG:4326", str(target), str(source), *layer],
        check=True, capture_output=True,
    )  # fmt: skip
    return json.loads(target.read_text(encoding="utf-8"))["features"]


def source_of(written, name):
    target = written / resolve(name).target
    return target / f"communes.{ENDINGS[name]}" if name in ENDINGS else target


@pytest.mark.parametrize("name", ["gpkg", *ENDINGS])
def test_communes_keep_names_codes_and_place(written, results, tmp_path, name):
    layer = ["communes"] if name == "gpkg" else []
    rows = features(source_of(written, name), tmp_path / "a.geojson", *layer)
    assert [row["properties"]["name_vi"] for row in rows] == ["Xã Tây", "Xã Đông"]
    assert [str(row["properties"]["code"]) for row in rows] == ["90001", "90002"]
    west = min(
        lon
        for row in rows
        for ring in (row["geometry"]["coordinates"][0],)
        for lon, *_ in (ring if isinstance(ring[0][0], float) else ring[0])
    )
    assert west == pytest.approx(results.layers["communes"].total_bounds[0], abs=1e-5)  # 1 m


def test_the_kmz_shows_its_folders(written):
    listed = subprocess.run(
        ["ogrinfo", "-q", str(written / "coverage.kmz")],
        check=True, capture_output=True, encoding="utf-8",
    ).stdout  # fmt: skip
    assert "Xã, phường, đặc khu / Communes (2)" in listed
    assert "Thôn, bản" in listed
