"""Any file that planners exchange → grids of text cells, by its ending and its first bytes."""

from __future__ import annotations

import gzip
import tempfile
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import Final

from qn_coverage.data.importing.grid import Grid
from qn_coverage.data.importing.kml import read_kml, read_kmz
from qn_coverage.data.importing.safety import (
    MAX_UNPACKED_BYTES,
    check_file,
    checked_members,
    refused,
)
from qn_coverage.data.importing.spreadsheets import read_csv, read_workbook
from qn_coverage.data.importing.text import decode
from qn_coverage.data.importing.vectors import read_geojson, read_layers

TEXTS: Final = (".csv", ".txt", ".tsv")
WORKBOOKS: Final = (".xlsx", ".xlsm", ".xls", ".ods")
LAYERS: Final = (".gpkg", ".shp", ".tab", ".mif")
JSONS: Final = (".geojson", ".json")
ENDINGS: Final = (*TEXTS, *WORKBOOKS, *LAYERS, *JSONS, ".kml", ".kmz", ".zip", ".csv.gz")
"""Endings of the files that can be imported."""

_PARTS: Final = frozenset(
    (".shp", ".shx", ".dbf", ".prj", ".cpg", ".tab", ".dat", ".map", ".id", ".ind", ".mif", ".mid")
)


def open_file(  # noqa: PLR0911 (a table of endings)
    path: Path | str, encoding: str | None = None
) -> list[Grid]:
    """Sheets or layers of a file.

    Parameters
    ----------
    path
        File of one of `ENDINGS`; a ``.zip`` may hold a Shapefile or a MapInfo table.
    encoding
        One of `text.ENCODINGS` if the user says so, else None.

    Raises
    ------
    InvalidDataError
        ``unknown-format`` and whatever the readers of the format raise.
    """
    path = Path(path)
    check_file(path)
    ending = path.suffix.lower()
    if path.name.lower().endswith(".csv.gz"):
        return [read_csv(path, _gunzipped(path), encoding)]
    if ending in TEXTS:
        return [read_csv(path, path.read_bytes(), encoding)]
    if ending in WORKBOOKS:
        return read_workbook(path)
    if ending in LAYERS:
        return read_layers(path, encoding if ending == ".shp" and encoding != "tcvn3" else None)
    if ending in JSONS:
        return read_geojson(path, decode(path.read_bytes(), path, encoding).text)
    if ending == ".kml":
        return [read_kml(path, path.read_bytes())]
    if ending == ".kmz":
        return [read_kmz(path)]
    if ending == ".zip":
        return _zipped(path, encoding)
    raise refused(
        "unknown-format",
        path,
        f"the ending '{ending}'",
        "one of " + ", ".join(ENDINGS),
        "save the table in one of these formats",
    )


def _gunzipped(path: Path) -> bytes:
    try:
        with gzip.open(path) as file:
            data = file.read(MAX_UNPACKED_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise refused("broken-archive", path, str(error), "a .gz file", "send it again") from error
    if len(data) > MAX_UNPACKED_BYTES:
        raise refused(
            "zip-bomb",
            path,
            "a file that grows beyond the limit",
            f"at most {MAX_UNPACKED_BYTES:,} bytes unpacked",
            "cut the table to the province",
        )
    return data


def _zipped(path: Path, encoding: str | None) -> list[Grid]:
    """Layers of a zip: its parts are unpacked flat, under their own names, into a new folder."""
    names = [n for n in checked_members(path) if Path(n).suffix.lower() in _PARTS]
    heads = [n for n in names if Path(n).suffix.lower() in LAYERS]
    if not heads:
        raise refused("unreadable", path, "no .shp, .tab or .mif inside", "a map layer", "unzip it")
    grids: list[Grid] = []
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(path) as archive:
        for number, head in enumerate(heads):
            stem = PurePosixPath(head).with_suffix("")
            here = Path(folder) / str(number)
            here.mkdir()
            for name in names:
                if PurePosixPath(name).with_suffix("") == stem:
                    (here / ("layer" + Path(name).suffix.lower())).write_bytes(archive.read(name))
            layer = here / ("layer" + Path(head).suffix.lower())
            found = read_layers(layer, encoding if encoding != "tcvn3" else None)
            grids += [Grid(path.name, g.lines, stem.name, g.notes, g.titled) for g in found]
    return grids
