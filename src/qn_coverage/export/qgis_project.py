"""A QGIS project beside the GeoPackage and the raster: open it and the map is there."""

from __future__ import annotations

import shutil
import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING, Final

from pyproj import CRS

from qn_coverage.core.crs import COMPUTED, STORED
from qn_coverage.export.archive import write_zip
from qn_coverage.export.dictionary import LAYER_TITLES
from qn_coverage.export.qgis_style import (
    QGIS_VERSION,
    add_styles,
    margin_elements,
    style_elements,
)
from qn_coverage.export.results import GEOPACKAGE, RASTER

if TYPE_CHECKING:
    from pathlib import Path

    from qn_coverage.export.results import Results

PROJECT: Final = "vung-phu-song.qgz"

_TOP_DOWN: Final = (
    ("places", True), ("measurements", True), ("villages", True), ("gaps", True),
    ("sites", False), ("sectors", False), ("communes", True), ("former_communes", False),
    ("districts", True),
)  # fmt: skip
_GEOMETRY: Final = {"communes": "Polygon", "former_communes": "Polygon", "districts": "Polygon",
                    "gaps": "Polygon"}  # fmt: skip
_RASTERS: Final = (
    ("margin_after_db", "Dự trữ tín hiệu, sau (dB) / Signal margin, after"),
    ("margin_before_db", "Dự trữ tín hiệu, trước (dB) / Signal margin, before"),
)


def write_qgis(results: Results, path: Path) -> None:
    """Write a folder with the GeoPackage (styles inside), the raster and a project of both.

    The project (``.qgz``) names its files relative to itself, so the folder can be moved. It draws
    in VN-2000 / TM-3 107°45′ and asks nothing of the network.

    Parameters
    ----------
    results
        What to write.
    path
        Folder, made here.
    """
    import pyogrio  # noqa: PLC0415 (loads GDAL: only when asked for)

    path.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(results.geopackage, path / GEOPACKAGE)
    shutil.copyfile(results.raster, path / RASTER)
    if "layer_styles" not in {name for name, _ in pyogrio.list_layers(path / GEOPACKAGE)}:
        columns = {
            name: [str(column) for column in table.columns.drop("geometry")]
            for name, table in results.layers.items()
        }
        add_styles(path / GEOPACKAGE, columns, timestamp=results.created)
    project = '<!DOCTYPE qgis PUBLIC "http://mrcc.com/qgis.dtd" "SYSTEM">\n'
    project += ET.tostring(_project(results), encoding="unicode")
    name = PROJECT.replace(".qgz", ".qgs")
    write_zip(path / PROJECT, {name: project.encode()}, created=results.created)


def _project(results: Results) -> ET.Element:
    title = f"{results.summary['name_vi']} / {results.summary['name_en']}"
    root = ET.Element("qgis", version=QGIS_VERSION, projectname=title)
    ET.SubElement(root, "homePath", path="")
    ET.SubElement(root, "title").text = title
    _add_crs(root, "projectCrs", COMPUTED)
    tree = ET.SubElement(root, "layer-tree-group")
    layers = ET.SubElement(root, "projectlayers")
    for name, visible in _TOP_DOWN:
        if name in results.layers:
            layers.append(_vector(name, results))
            _add_to_tree(tree, name, " / ".join(LAYER_TITLES[name]), visible=visible)
    for number, (name, words) in enumerate(_RASTERS, start=1):
        layers.append(_raster(name, words, band=number))
        _add_to_tree(tree, name, words, visible=False)
    _add_canvas(root, results)
    properties = ET.SubElement(root, "properties")
    absolute = ET.SubElement(ET.SubElement(properties, "Paths"), "Absolute", type="bool")
    absolute.text = "false"
    # Without this QGIS leaves the project's CRS unset.
    systems = ET.SubElement(properties, "SpatialRefSys")
    ET.SubElement(systems, "ProjectionsEnabled", type="int").text = "1"
    return root


def _vector(name: str, results: Results) -> ET.Element:
    table = results.layers[name]
    layer = ET.Element(
        "maplayer", type="vector", geometry=_GEOMETRY.get(name, "Point"), labelsEnabled="1",
        simplifyDrawingHints="1", simplifyMaxScale="1", readOnly="0",
    )  # fmt: skip
    _describe(layer, name, f"./{GEOPACKAGE}|layername={name}", " / ".join(LAYER_TITLES[name]))
    _add_crs(layer, "srs", STORED)
    ET.SubElement(layer, "provider", encoding="UTF-8").text = "ogr"
    layer.extend(style_elements(name, [str(column) for column in table.columns.drop("geometry")]))
    return layer


def _raster(name: str, words: str, *, band: int) -> ET.Element:
    layer = ET.Element("maplayer", type="raster")
    _describe(layer, name, f"./{RASTER}", words)
    _add_crs(layer, "srs", COMPUTED)
    ET.SubElement(layer, "provider").text = "gdal"
    layer.extend(margin_elements(band=band))
    return layer


def _describe(layer: ET.Element, name: str, source: str, words: str) -> None:
    for tag, text in (("id", _id(name)), ("datasource", source), ("layername", words)):
        ET.SubElement(layer, tag).text = text


def _id(name: str) -> str:
    """Identifier of a layer; QGIS replaces those of fewer than eleven characters."""
    return f"qn_coverage_{name}"


def _add_to_tree(tree: ET.Element, name: str, words: str, *, visible: bool) -> None:
    state = "Qt::Checked" if visible else "Qt::Unchecked"
    ET.SubElement(
        tree,
        "layer-tree-layer",
        id=_id(name),
        name=words,
        checked=state,
        expanded=str(int(visible)),
    )


def _add_crs(parent: ET.Element, tag: str, authority: str) -> None:
    system = ET.SubElement(ET.SubElement(parent, tag), "spatialrefsys")
    crs = CRS(authority)
    # With the name alone QGIS knows the system by name but does not transform to it.
    for name, text in (
        ("wkt", crs.to_wkt("WKT2_2019")),
        ("srid", str(crs.to_epsg())),
        ("authid", authority),
        ("description", crs.name),
        ("geographicflag", str(crs.is_geographic).lower()),
    ):
        ET.SubElement(system, name).text = text


def _add_canvas(root: ET.Element, results: Results) -> None:
    bounds = results.layers["communes"].to_crs(COMPUTED).total_bounds
    canvas = ET.SubElement(root, "mapcanvas", name="theMapCanvas")
    ET.SubElement(canvas, "units").text = "meters"
    extent = ET.SubElement(canvas, "extent")
    for tag, value in zip(("xmin", "ymin", "xmax", "ymax"), bounds, strict=True):
        ET.SubElement(extent, tag).text = f"{value:.1f}"
    _add_crs(canvas, "destinationsrs", COMPUTED)
