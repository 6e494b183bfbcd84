"""Placemarks of KML and KMZ files as a grid: names, folders, data and the tables in balloons."""

from __future__ import annotations

import re
import zipfile
from html import unescape
from typing import TYPE_CHECKING, Final

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from qn_coverage.data.importing.grid import PLACE_X, PLACE_Y, Grid
from qn_coverage.data.importing.notes import Note
from qn_coverage.data.importing.safety import (
    MAX_COLUMNS,
    MAX_ROWS,
    check_xml,
    checked_members,
    refused,
    too_many_rows,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from xml.etree.ElementTree import Element

_BALLOON_ROW: Final = re.compile(
    r"<tr[^>]{0,200}>\s*<t[dh][^>]{0,200}>([^<]{1,80})</t[dh]>\s*<t[dh][^>]{0,200}>([^<]{0,500})</t[dh]>",
    re.IGNORECASE,
)
_COORDINATES: Final = 2
_MAX_DEPTH: Final = 100


def read_kmz(path: Path) -> Grid:
    """Read the first KML of a KMZ; links to other files are not followed.

    Raises
    ------
    InvalidDataError
        As `safety.checked_members` and `read_kml`.
    """
    names = [name for name in checked_members(path) if name.lower().endswith(".kml")]
    if not names:
        raise refused("unreadable", path, "no .kml inside", "a KMZ file", "save it again")
    with zipfile.ZipFile(path) as archive:
        return read_kml(path, archive.read(min(names, key=lambda name: name.count("/"))))


def read_kml(path: Path, data: bytes) -> Grid:
    """Read every placemark with a point; others are counted in a note.

    Columns are ``name``, ``description``, ``folder``, the place, and each name of extended data
    or of a two-column table in the balloon.

    Raises
    ------
    InvalidDataError
        ``unsafe-xml``, ``unreadable``, ``empty-sheet``, ``too-many-rows``.
    """
    check_xml(data, path)
    try:
        root = ElementTree.fromstring(data, forbid_dtd=True)
    except (ElementTree.ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise refused("unreadable", path, str(error), "a KML file", "save it again") from error
    records, others = [], 0
    for placemark, folder in _placemarks(root):
        record = _record(placemark, folder)
        if PLACE_X in record:
            records.append(record)
        else:
            others += 1
        if len(records) > MAX_ROWS:
            raise too_many_rows(path)
    if not records:
        raise refused("empty-sheet", path, "no placemark with a point", "points", "add them")
    columns = list(dict.fromkeys(name for record in records for name in record))[:MAX_COLUMNS]
    lines = [columns, *([record.get(name, "") for name in columns] for record in records)]
    return Grid(path.name, lines, notes=tuple(_left_out(path, others)), titled=True)


def _left_out(path: Path, others: int) -> Iterator[Note]:
    if others:
        found = f"{others} đường, vùng / lines, areas"
        yield Note("not-a-point", path.name, found, "bỏ qua", "nothing: left out")


def _tag(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _placemarks(root: Element) -> Iterator[tuple[Element, str]]:
    """Every placemark with the names of its folders; a stack, since strangers nest at will."""
    stack: list[tuple[Element, tuple[str, ...]]] = [(root, ())]
    while stack:
        element, folders = stack.pop()
        if _tag(element) == "Placemark":
            yield element, "/".join(folders)
            continue
        if _tag(element) == "Folder" and len(folders) < _MAX_DEPTH:
            folders = (*folders, _child_text(element, "name"))
        stack += [(child, folders) for child in reversed(element)]


def _child_text(element: Element, tag: str) -> str:
    return next(((child.text or "").strip() for child in element if _tag(child) == tag), "")


def _record(placemark: Element, folder: str) -> dict[str, str]:
    description = _child_text(placemark, "description")
    rows = _BALLOON_ROW.findall(description)
    record = {
        "name": _child_text(placemark, "name"),
        "description": "" if rows else description,
        "folder": folder,
    }
    record |= {unescape(key).strip(): unescape(value).strip() for key, value in rows}
    for element in placemark.iter():
        if _tag(element) == "Data":
            record[element.get("name", "")] = _child_text(element, "value")
        elif _tag(element) == "SimpleData":
            record[element.get("name", "")] = (element.text or "").strip()
        elif _tag(element) == "Point":
            pieces = _child_text(element, "coordinates").split(",")
            if len(pieces) >= _COORDINATES:
                record[PLACE_X], record[PLACE_Y] = pieces[0].strip(), pieces[1].strip()
    return record
