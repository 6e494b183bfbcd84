"""Strangers' files: size, rows, archives and XML are checked before anything is parsed."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections import Counter
from pathlib import PurePosixPath
from typing import IO, TYPE_CHECKING, Final

from qn_coverage.core.errors import InvalidDataError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MAX_FILE_BYTES: Final = 256 << 20
"""Largest file that is opened."""

MAX_UNPACKED_BYTES: Final = 512 << 20
"""Most that an archive may hold, counted while unpacking: sizes stated in it are not believed."""

MAX_RATIO: Final = 200
"""Most that a member of an archive may grow; real workbooks grow about 10 times."""

MAX_MEMBERS: Final = 2_000
"""Most files in an archive."""

MAX_ROWS: Final = 500_000
"""Most rows in a table; all operators together have some 15,000 sectors in the province."""

MAX_COLUMNS: Final = 500
"""Most columns in a table."""

MAX_CELLS: Final = 20_000_000
"""Most cells in a sheet: readers lay a sheet out densely, from A1 to its farthest cell."""

MAX_TEXT: Final = 32_767
"""Longest text in a cell, as in Excel."""

_BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    OSError,
    NotImplementedError,
    ValueError,  # a name that is no UTF-8
    IndexError,  # a name of no length
)
_SMALL: Final = 1 << 20
_CHUNK: Final = 1 << 18
_LOCAL_HEADER: Final = struct.Struct("<4s22xHH")
_CELL: Final = re.compile(rb"""<(?:\w+:)?c\s[^>]*?\br\s*=\s*["']([A-Za-z]{1,7})(\d{1,9})["']""")
_ROW: Final = re.compile(rb"""<(?:\w+:)?row\s[^>]*?\br\s*=\s*["'](\d{1,19})["']""")
_OVERLAP: Final = 512
_ENTITY_MARKS: Final = tuple(
    mark.encode(code) for mark in ("<!DOCTYPE", "<!ENTITY") for code in ("ascii", "utf-16-le")
)


def refused(code: str, path: Path, found: str, expected: str, mend: str) -> InvalidDataError:
    """Error for a file that is refused as a whole."""
    return InvalidDataError(
        [Problem(code=code, file=path.name, found=found, expected=expected, mend=mend)]
    )


def check_file(path: Path) -> None:
    """Refuse a file that is missing, empty or too large.

    Raises
    ------
    InvalidDataError
        ``missing-file``, ``empty-file``, ``too-large``.
    """
    if not path.is_file():
        raise refused("missing-file", path, "no such file", "a file", "check the path")
    size = path.stat().st_size
    if size == 0:
        raise refused("empty-file", path, "0 bytes", "a table", "send the file again")
    if size > MAX_FILE_BYTES:
        raise refused(
            "too-large",
            path,
            f"{size:,} bytes",
            f"at most {MAX_FILE_BYTES:,} bytes",
            "split the file, or leave sheets and pictures out",
        )


def too_many_rows(path: Path, rows: int | None = None) -> InvalidDataError:
    """Error for a table with more than `MAX_ROWS` rows."""
    return refused(
        "too-many-rows",
        path,
        f"{rows:,} rows" if rows else f"more than {MAX_ROWS:,} rows",
        f"at most {MAX_ROWS:,} rows",
        "cut the table to the province, or split it into several files",
    )


def checked_members(path: Path) -> tuple[str, ...]:
    """Names in an archive, after it was unpacked once into nothing.

    Every member is inflated and counted, whatever size the archive states for it. XML members
    with a document type or entities are refused: no office program writes them.

    Raises
    ------
    InvalidDataError
        ``broken-archive``, ``zip-bomb``, ``unsafe-archive`` (a path that leads out of the archive,
        a link, an encrypted member, the same name twice), ``unsafe-xml``, ``too-many-rows``,
        ``too-many-cells``.
    """
    try:
        with zipfile.ZipFile(path) as archive, path.open("rb") as file:
            members = [member for member in archive.infolist() if not member.is_dir()]
            _check_names(members, path)
            left = MAX_UNPACKED_BYTES
            for member in members:
                left -= _check_member(file, member, left, path)
                archive.open(member).close()  # its own header must say what the directory says
    except _BROKEN as error:
        raise refused(
            "broken-archive",
            path,
            str(error) or type(error).__name__,
            "an archive that is whole",
            "send the file again",
        ) from error
    return tuple(member.filename for member in members)


def check_xml(text: bytes, path: Path) -> None:
    """Refuse XML with a document type or entities.

    Raises
    ------
    InvalidDataError
        ``unsafe-xml``.
    """
    if any(mark in text for mark in _ENTITY_MARKS):
        raise refused(
            "unsafe-xml",
            path,
            "a document type or entities in XML",
            "plain XML",
            "open the file in the program that made it and save it again",
        )


def _check_names(members: list[zipfile.ZipInfo], path: Path) -> None:
    names = [member.filename for member in members]
    bad = [member.filename for member in members if _leads_out(member)]
    bad += [member.filename for member in members if member.flag_bits & 1]
    if len(set(names)) < len(names):
        bad += [name for name, count in Counter(names).items() if count > 1][:3]
    if bad:
        raise refused(
            "unsafe-archive",
            path,
            f"the member '{bad[0][:80]}'",
            "plain files inside the archive, each once, without a password",
            "do not open it; ask whoever made it for a new one",
        )
    if len(names) > MAX_MEMBERS:
        raise refused(
            "zip-bomb",
            path,
            f"{len(names):,} files",
            f"at most {MAX_MEMBERS:,} files in an archive",
            "send the table alone",
        )


def _leads_out(member: zipfile.ZipInfo) -> bool:
    name = member.filename.replace("\\", "/")
    is_link = (member.external_attr >> 16) & 0o170000 == 0o120000
    pieces = PurePosixPath(name).parts
    drive = len(name) > 1 and name[1] == ":"
    return is_link or drive or name.startswith("/") or ".." in pieces or "\x00" in name


def _check_member(file: IO[bytes], member: zipfile.ZipInfo, left: int, path: Path) -> int:
    """Bytes in the member, inflated and looked at piece by piece."""
    most = min(left, max(_SMALL, MAX_RATIO * member.compress_size))
    is_xml = member.filename.lower().endswith((".xml", ".rels", ".kml", ".vml"))
    is_sheet = "worksheets/" in member.filename.replace("\\", "/").lower()
    size, checksum, tail = 0, 0, b""
    for piece in _inflated(file, member):
        size += len(piece)
        checksum = zlib.crc32(piece, checksum)
        if size > most:
            raise _bomb(member, most, path)
        if is_xml:
            window = tail + piece
            check_xml(window, path)
            if is_sheet:
                _check_extent(window, path)
            tail = window[-_OVERLAP:]
    if size != member.file_size or checksum != member.CRC:
        raise refused(
            "broken-archive",
            path,
            f"'{member.filename[:80]}' with {size:,} bytes that are not those which it states",
            "an archive whose sizes and check sums are true",
            "send the file again",
        )
    return size


def _inflated(file: IO[bytes], member: zipfile.ZipInfo) -> Iterator[bytes]:
    file.seek(member.header_offset)
    mark, name, extra = _LOCAL_HEADER.unpack(file.read(_LOCAL_HEADER.size))
    if mark != b"PK\x03\x04":
        raise zipfile.BadZipFile("no local header where the directory points")
    file.seek(name + extra, 1)
    left = member.compress_size
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise NotImplementedError(f"compression method {member.compress_type}")
    stored = member.compress_type == zipfile.ZIP_STORED
    inflater = zlib.decompressobj(-15)
    while left > 0 and (packed := file.read(min(_CHUNK, left))):
        left -= len(packed)
        if stored:
            yield packed
            continue
        while packed and not inflater.eof:
            yield inflater.decompress(packed, _CHUNK)
            packed = inflater.unconsumed_tail
    if left > 0:
        raise zipfile.BadZipFile("the archive ends too early")
    if not stored:
        yield inflater.flush(_CHUNK)


def _bomb(member: zipfile.ZipInfo, most: int, path: Path) -> InvalidDataError:
    return refused(
        "zip-bomb",
        path,
        f"'{member.filename[:80]}' unpacks to more than {most:,} bytes",
        f"at most {MAX_UNPACKED_BYTES:,} bytes in all and {MAX_RATIO} times the packed size",
        "do not open it; ask whoever made it for a plain table",
    )


def _check_extent(sheet: bytes, path: Path) -> None:
    """Refuse a sheet whose farthest cell would make a reader lay out too many cells."""
    rows = [int(row) for row in _ROW.findall(sheet)]
    cells = set(_CELL.findall(sheet))
    rows += [int(row) for _, row in cells]
    columns = max((_column_number(letters) for letters in {c for c, _ in cells}), default=0)
    # An empty formatted row at the foot of a sheet is common, and laid out only if it has cells.
    farthest = max((int(row) for _, row in cells), default=0)
    if farthest > MAX_ROWS:
        raise too_many_rows(path, farthest)
    if columns > MAX_COLUMNS or farthest * columns > MAX_CELLS:
        raise refused(
            "too-many-cells",
            path,
            f"a sheet of {farthest:,} rows and {columns:,} columns",
            f"at most {MAX_COLUMNS} columns and {MAX_CELLS:,} cells",
            "delete what stands far right of or below the table",
        )


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = 26 * number + letter - 64
    return number
