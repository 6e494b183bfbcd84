"""The KMZ is sound, shows every layer, and carries no stranger's markup into Google Earth."""

import io
import xml.etree.ElementTree as ET
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
from PIL import Image

from qn_coverage.export import symbols
from qn_coverage.export.kml import NAMESPACE, add_geometry, element
from qn_coverage.export.kmz import write_kmz
from tests.export.conftest import HOSTILE

K = f"{{{NAMESPACE}}}"


@pytest.fixture(scope="module")
def kmz(results, tmp_path_factory):
    path = tmp_path_factory.mktemp("kmz") / "a.kmz"
    write_kmz(results, path)
    return path


@pytest.fixture(scope="module")
def document(kmz):
    with zipfile.ZipFile(kmz) as archive:
        assert archive.testzip() is None
        return ET.fromstring(archive.read("doc.kml"))


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = set()

    def handle_starttag(self, tag, attrs):  # noqa: ARG002
        self.found.add(tag)


def test_doc_kml_is_the_first_entry_as_google_earth_wants_it(kmz):
    with zipfile.ZipFile(kmz) as archive:
        assert archive.namelist()[0] == "doc.kml"


def test_every_village_and_site_has_its_placemark(document, results):
    names = [mark.findtext(f"{K}name") for mark in document.iter(f"{K}Placemark")]
    villages = [name.replace("\x0b", "�") for name in HOSTILE.values()]
    assert set(villages) <= set(names)
    assert set(results.layers["sites"]["site_id"]) <= set(names)


def test_descriptions_hold_no_markup_but_our_own(document):
    for mark in document.iter(f"{K}description"):
        tags = Tags()
        tags.feed(mark.text)
        assert tags.found <= {"table", "tr", "td", "br", "i", "b"}


def test_every_style_that_is_used_is_defined(document):
    defined = {style.get("id") for style in document.iter(f"{K}Style")}
    used = {url.text.removeprefix("#") for url in document.iter(f"{K}styleUrl")}
    assert used
    assert used <= defined


def test_placemark_children_come_in_the_order_of_the_schema(document):
    order = ["name", "visibility", "description", "styleUrl"]
    for mark in document.iter(f"{K}Placemark"):
        tags = [child.tag.removeprefix(K) for child in mark]
        assert tags[:4] == order
        assert tags[4] in {"Point", "Polygon", "MultiGeometry"}


def test_points_come_back_in_place_through_gdal(kmz, results, tmp_path):
    with zipfile.ZipFile(kmz) as archive:
        archive.extract("doc.kml", tmp_path)
    points = []
    for name in gpd.list_layers(tmp_path / "doc.kml")["name"]:
        layer = gpd.read_file(tmp_path / "doc.kml", layer=name)
        points.append(layer.geometry[layer.geom_type == "Point"])
    back = np.array([(p.x, p.y) for group in points for p in group])
    for village in results.layers["villages"].geometry:
        assert np.hypot(*(back - (village.x, village.y)).T).min() < 2e-6


def test_accents_come_back_through_gdal(kmz, results, tmp_path):
    with zipfile.ZipFile(kmz) as archive:
        archive.extract("doc.kml", tmp_path)
    layers = gpd.list_layers(tmp_path / "doc.kml")["name"]
    names = {
        name
        for layer in layers
        for name in gpd.read_file(tmp_path / "doc.kml", layer=layer)["Name"]
    }
    assert set(results.layers["communes"]["name_vi"]) <= names
    assert 'Bản "Nậm" & <b>Đắk</b> ]]> �' in names


def test_nothing_is_asked_of_the_network(kmz, document):
    with zipfile.ZipFile(kmz) as archive:
        inside = set(archive.namelist())
        for name in inside - {"doc.kml"}:
            Image.open(io.BytesIO(archive.read(name))).verify()
    wanted = {link.text for link in document.iter(f"{K}href")}
    assert wanted == inside - {"doc.kml"}


def test_icons_take_the_colour_of_their_style(kmz):
    with zipfile.ZipFile(kmz) as archive:
        for name in ("files/circle.png", "files/triangle.png"):
            icon = Image.open(io.BytesIO(archive.read(name))).convert("RGBA")
            assert icon.getpixel((icon.width // 2, icon.height // 2)) == (255, 255, 255, 255)
            assert icon.getpixel((0, 0))[3] == 0


def test_the_document_obeys_the_schema_of_the_standard(kmz):
    etree = pytest.importorskip("lxml.etree", reason="lxml is not installed")
    pykml = pytest.importorskip("pykml", reason="pykml, which carries the schema, is not installed")
    schemas = Path(pykml.__file__).parent / "schemas"

    class Offline(etree.Resolver):
        """The schema names xAL by its web address; a copy lies beside it."""

        def resolve(self, url, _name, context):
            return self.resolve_filename(str(schemas / url.rsplit("/", 1)[-1]), context)

    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(Offline())
    schema = etree.XMLSchema(etree.parse(str(schemas / "ogckml22.xsd"), parser))
    with zipfile.ZipFile(kmz) as archive:
        document = etree.fromstring(archive.read("doc.kml"))
    schema.assertValid(document)
    document[0].append(etree.SubElement(document, f"{K}Tower"))
    assert not schema.validate(document)


def test_the_image_shows_the_classes_where_the_raster_has_them(kmz, document, tiny_study):
    with zipfile.ZipFile(kmz) as archive:
        image = Image.open(io.BytesIO(archive.read("files/margin-after.png"))).convert("RGBA")
    box = document.find(f".//{K}LatLonBox")
    west, south, east, north = (
        float(box.findtext(f"{K}{edge}")) for edge in ("west", "south", "east", "north")
    )
    site = tiny_study.sectors.geometry.iloc[0]
    column = int((site.x - west) / (east - west) * image.width)
    row = int((north - site.y) / (north - south) * image.height)
    # Beside a mast the margin is in the best class.
    assert image.getpixel((column, row)) == (*symbols.rgb(symbols.MARGIN_COLOURS[0]), 255)


def test_holes_of_polygons_are_kept():
    ring = gpd.GeoSeries.from_wkt(["POLYGON((0 0,9 0,9 9,0 9,0 0),(1 1,2 1,2 2,1 2,1 1))"]).iloc[0]
    parent = element("Placemark")
    add_geometry(parent, ring)
    assert len(parent.findall(f".//{K}innerBoundaryIs")) == 1


def test_the_same_run_gives_the_same_bytes(kmz, results, tmp_path):
    write_kmz(results, tmp_path / "b.kmz")
    assert kmz.read_bytes() == (tmp_path / "b.kmz").read_bytes()


def test_colours_and_classes_are_those_of_the_web_map():
    from qn_coverage.render import legend

    assert symbols.SHARE_BREAKS == legend.SHARE_BREAKS
    assert symbols.SHARE_COLOURS == legend.SHARE_COLOURS
    assert symbols.MARGIN_BREAKS_DB == legend.MARGIN_BREAKS_DB
    assert symbols.MARGIN_COLOURS == legend.MARGIN_COLOURS
    assert symbols.GAP_COLOUR == legend.GAP_COLOUR
    assert symbols.MEASUREMENT_COLOUR == legend.MEASUREMENT_COLOUR
    assert legend.CLASS_COLOURS.items() <= symbols.VILLAGE_COLOURS.items()
    assert legend.VERDICT_COLOURS.items() <= symbols.VILLAGE_COLOURS.items()
