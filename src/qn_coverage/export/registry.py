"""The formats that a run can be exported to: a new one is a module and a line here."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from qn_coverage.core.errors import UnknownNameError
from qn_coverage.export import (
    atlas,
    copies,
    geoparquet,
    kmz,
    mapinfo,
    qgis_project,
    shapefile,
    spreadsheet_csv,
    workbook,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from qn_coverage.export.results import Results


@dataclass(frozen=True, slots=True)
class Exporter:
    """One format.

    Attributes
    ----------
    name
        What the command line calls it.
    title_vi, title_en
        What it is for.
    stem, suffix
        Name of what is written; an empty suffix means a folder.
    write
        Writes the results to a path that does not exist yet.
    """

    name: str
    title_vi: str
    title_en: str
    stem: str
    suffix: str
    write: Callable[[Results, Path], None]

    @property
    def target(self) -> str:
        """Name of the file or folder inside the output folder."""
        return self.stem + self.suffix


_PAPERS: Final[tuple[atlas.Paper, ...]] = ("A4", "A3")

_ALL: Final = (
    Exporter("gpkg", "GeoPackage có sẵn kiểu hiển thị", "GeoPackage with its styles",
             "coverage", ".gpkg", copies.copy_geopackage),
    Exporter("cog", "Raster GeoTIFF (COG)", "Cloud-optimised GeoTIFF", "coverage", ".tif",
             copies.copy_raster),
    Exporter("qgis", "Dự án QGIS (GeoPackage, raster, kiểu hiển thị)",
             "QGIS project (GeoPackage, raster, styles)", "qgis", "", qgis_project.write_qgis),
    Exporter("kmz", "KMZ cho Google Earth", "KMZ for Google Earth", "coverage", ".kmz",
             kmz.write_kmz),
    Exporter("xlsx", "Sổ tính Excel để in", "Excel workbook for print", "coverage", ".xlsx",
             workbook.write_workbook),
    Exporter("mapinfo-tab", "MapInfo TAB", "MapInfo TAB", "mapinfo-tab", "", mapinfo.write_tab),
    Exporter("mapinfo-mif", "MapInfo MIF", "MapInfo MIF", "mapinfo-mif", "", mapinfo.write_mif),
    Exporter("shapefile", "Shapefile", "Shapefile", "shapefile", "", shapefile.write_shapefile),
    Exporter(
        "csv-excel",
        "CSV mở bằng Excel tiếng Việt (; và dấu phẩy thập phân)",
        "CSV for a Vietnamese Excel (; and decimal comma)",
        "csv-excel",
        "",
        spreadsheet_csv.write_spreadsheet_csv,
    ),
    Exporter(
        "geoparquet", "GeoParquet cho phân tích dữ liệu", "GeoParquet for analysts",
        "geoparquet", "", geoparquet.write_geoparquet,
    ),
    *(
        Exporter(
            f"map-pdf-{paper.lower()}", f"Bản đồ in PDF khổ {paper}",
            f"Maps for print, PDF {paper}", f"maps-{paper.lower()}", ".pdf",
            partial(atlas.write_pdf, paper=paper),
        )
        for paper in _PAPERS
    ),
    *(
        Exporter(
            f"map-png-{paper.lower()}", f"Bản đồ ảnh PNG khổ {paper}",
            f"Maps as pictures, PNG {paper}", f"maps-png-{paper.lower()}", "",
            partial(atlas.write_png, paper=paper),
        )
        for paper in _PAPERS
    ),
)  # fmt: skip

EXPORTERS: Final[Mapping[str, Exporter]] = MappingProxyType(
    {exporter.name: exporter for exporter in _ALL}
)
"""Exporters by name, in the order in which they are listed."""


GROUPS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "mapinfo": ("mapinfo-tab", "mapinfo-mif"),
        "maps": tuple(name for name in EXPORTERS if name.startswith("map-")),
        "pdf": tuple(name for name in EXPORTERS if name.startswith("map-pdf-")),
        "png": tuple(name for name in EXPORTERS if name.startswith("map-png-")),
    }
)
"""Short names that stand for several formats."""


def resolve(name: str) -> Exporter:
    """Exporter of a name.

    Raises
    ------
    UnknownNameError
        There is none of that name; the message lists those that are.
    """
    if name not in EXPORTERS:
        raise UnknownNameError("format", name, (*EXPORTERS, *GROUPS))
    return EXPORTERS[name]


def expand(names: Iterable[str]) -> tuple[str, ...]:
    """Formats that a list of names means: groups opened, repeats dropped, in the order given.

    Raises
    ------
    UnknownNameError
        A name is neither a format nor a group.
    """
    opened = [one for name in names for one in GROUPS.get(name, (name,))]
    return tuple(resolve(name).name for name in dict.fromkeys(opened))
