"""Terrain of a planning grade, fetched by whoever has a network: Copernicus GLO-30 or SRTM.

Nothing here is called by a study: it puts tiles into a folder, and the scenario names them.
"""

from __future__ import annotations

import gzip
import json
import logging
import math
import shutil
import time
import zlib
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pooch

from qn_coverage.core.crs import PROVINCE_BOUNDS
from qn_coverage.core.errors import UnknownNameError
from qn_coverage.data.download import (
    AbsentError,
    Download,
    FetchError,
    download,
    magic_of,
    not_written,
    plain_error,
)
from qn_coverage.data.terrain_sources import SOURCES, TerrainSource

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    Advance = Callable[[str, int, int], None]

MOST_TILES: Final = 100
"""More tiles than this are taken for a slip of the pen in the bounds."""

_HGT_BYTES: Final = frozenset({2 * 3601**2, 2 * 1201**2})


@dataclass(frozen=True, slots=True)
class FetchedTerrain:
    """Tiles in a folder; iterating and counting go over `files`.

    Attributes
    ----------
    files
        Rasters for `terrain.read_terrain`, by name.
    absent
        Tiles that the source doesn't have: open sea.
    record
        File with address, size and sha256 of each tile.
    licence
        File with terms and credit.
    """

    files: tuple[Path, ...]
    absent: tuple[str, ...]
    record: Path
    licence: Path

    def __iter__(self) -> Iterator[Path]:
        return iter(self.files)

    def __len__(self) -> int:
        return len(self.files)


@dataclass(frozen=True, slots=True)
class _Entry:
    url: str
    bytes: int
    sha256: str
    last_modified: str


def fetch_terrain(
    source: TerrainSource | str,
    folder: Path | str,
    *,
    bounds: tuple[float, float, float, float] = PROVINCE_BOUNDS,
    mirror: str | Path | None = None,
    hashes: Mapping[str, str] | None = None,
    advance: Advance | None = None,
    wait: Callable[[float], None] = time.sleep,
) -> FetchedTerrain:
    """Fetch the tiles that cover an area, those only that are not there yet.

    A cut download goes on where it was. Tiles that are there are checked against their recorded
    sha256 and fetched again if they differ.

    Parameters
    ----------
    source
        ``"glo30"``, ``"srtm"``, or a source of one's own.
    folder
        Where tiles, record and licence go.
    bounds
        West, south, east, north in degrees.
    mirror
        Address or local folder instead of the source's own, with the same paths or with the tiles
        side by side.
    hashes
        Published sha256 by file name of the tile as it is downloaded; they win over the record.
    advance
        Told the tile, and how many of how many of its bytes have come.
    wait
        Sleeps between two tries.

    Returns
    -------
    The tiles, and which of them do not exist.

    Raises
    ------
    FetchError
        As `download.download`, and ``wrong-hash``, ``not-terrain`` (a page instead of a tile),
        ``no-tiles``, ``bad-bounds``.
    UnknownNameError
        No source has that name.
    """
    chosen, folder = _source(source), Path(folder)
    corners = _corners(bounds)
    _prepare(folder, chosen)
    record = _read_record(_record_file(folder, chosen))
    files: list[Path] = []
    absent: list[str] = []
    for lon, lat in corners:
        path = _tile_path(chosen, lon, lat)
        try:
            known = {**{n: entry.sha256 for n, entry in record.items()}, **(hashes or {})}
            tile = _Fetch(chosen, folder, _address(chosen, mirror, path), known, advance, wait)
            file, entry = tile.run()
        except AbsentError:
            absent.append(Path(path).name)
            continue
        files.append(_unpacked(file, anew=entry is not None))
        record[file.name] = entry or record[file.name]
        _write_record(_record_file(folder, chosen), chosen, record)
    if not files:
        raise _no_tiles(mirror or chosen.base_url, absent)
    return FetchedTerrain(
        files=tuple(sorted(files)),
        absent=tuple(absent),
        record=_record_file(folder, chosen),
        licence=_licence_file(folder, chosen),
    )


# --- which tiles ---------------------------------------------------------------------------------


def _source(source: TerrainSource | str) -> TerrainSource:
    if isinstance(source, TerrainSource):
        return source
    if source not in SOURCES:
        raise UnknownNameError("terrain source", source, SOURCES)
    return SOURCES[source]


def _corners(bounds: tuple[float, float, float, float]) -> list[tuple[int, int]]:
    """South-west corners (longitude, latitude) of the tiles of one degree under an area."""
    west, south, east, north = bounds
    sound = -180.0 <= west < east <= 180.0 and -90.0 <= south < north <= 90.0
    lons = range(math.floor(west), math.ceil(east)) if sound else range(0)
    lats = range(math.floor(south), math.ceil(north)) if sound else range(0)
    if not sound or len(lons) * len(lats) > MOST_TILES:
        raise FetchError(
            "bad-bounds",
            "bounds",
            f"{west:g}, {south:g}, {east:g}, {north:g}",
            f"west < east and south < north in degrees, at most {MOST_TILES} tiles",
            "give west, south, east, north, e.g. 106.35, 20.55, 108.35, 21.85",
        )
    return [(lon, lat) for lat in lats for lon in lons]


def _tile_path(source: TerrainSource, lon: int, lat: int) -> str:
    ns, ew = "NS"[lat < 0], "EW"[lon < 0]
    return source.tile.format(ns=ns, lat=abs(lat), ew=ew, lon=abs(lon))


def _address(source: TerrainSource, mirror: str | Path | None, path: str) -> str:
    """Where a tile is to be had; a folder may hold the tiles side by side."""
    base = source.base_url if mirror is None else str(mirror)
    if base.startswith(("http://", "https://")):
        return f"{base.rstrip('/')}/{path}"
    whole = Path(base) / path
    return str(whole if whole.is_file() else Path(base) / whole.name)


# --- one tile ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Fetch:
    """One tile on its way; pooch keeps the folder and checks the hash."""

    source: TerrainSource
    folder: Path
    url: str
    hashes: Mapping[str, str]
    advance: Advance | None
    wait: Callable[[float], None]

    def run(self) -> tuple[Path, _Entry | None]:
        """The tile, and its entry in the record if it was fetched."""
        name = self.url.replace("\\", "/").rsplit("/", 1)[-1]
        wanted = self.hashes.get(name)
        outcome: list[Download] = []

        def bring(url: str, output_file: str, _pooch: object) -> None:
            part = self.folder / f"{name}.part"
            outcome.append(download(url, part, wait=self.wait, advance=self._told(name)))
            self._check_kind(part)
            part.replace(output_file)

        keeper = pooch.Pooch(
            path=self.folder, base_url="", registry={name: wanted}, urls={name: self.url}
        )
        try:
            with _quiet_pooch():
                file = Path(keeper.fetch(name, downloader=bring))
        except ValueError as error:
            raise self._wrong_hash(name, wanted, error) from error
        if not outcome and wanted is not None:
            return file, None
        return file, self._entry(file, outcome)

    def _told(self, name: str) -> Callable[[int, int], None] | None:
        advance = self.advance
        if advance is None:
            return None
        return lambda done, total: advance(name, done, total)

    def _entry(self, file: Path, outcome: list[Download]) -> _Entry:
        return _Entry(
            url=self.url,
            bytes=file.stat().st_size,
            sha256=pooch.file_hash(str(file)),
            last_modified=outcome[0].last_modified if outcome else "",
        )

    def _check_kind(self, part: Path) -> None:
        """A portal's log-in page comes with status 200: it must not be kept as terrain."""
        if magic_of(part).startswith(self.source.starts):
            return
        found = magic_of(part, 40)
        part.unlink()
        raise FetchError(
            "not-terrain",
            self.url,
            f"a file that starts with {found!r}",
            "a terrain tile",
            "open the address in a browser: a log-in page may stand in between",
        )

    def _wrong_hash(self, name: str, wanted: str | None, error: Exception) -> FetchError:
        return FetchError(
            "wrong-hash",
            self.url,
            plain_error(error),
            f"sha256 {wanted}",
            f"fetch it again; if the publisher changed the tile, remove {name} and its entry in "
            f"{_record_file(self.folder, self.source)}",
        )


@contextmanager
def _quiet_pooch() -> Iterator[None]:
    """Keep pooch's own messages off the screen: progress is told elsewhere."""
    logger = pooch.get_logger()
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)


def _unpacked(file: Path, *, anew: bool) -> Path:
    """The raster itself: HGT tiles come packed."""
    if file.suffix != ".gz":
        return file
    target = file.with_suffix("")
    if not anew and target.is_file() and target.stat().st_size in _HGT_BYTES:
        return target
    aside = target.with_name(f".{target.name}.writing")
    try:
        with gzip.open(file, "rb") as packed, aside.open("wb") as plain:
            shutil.copyfileobj(packed, plain)
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        aside.unlink(missing_ok=True)
        raise _broken_pack(file, plain_error(error)) from error
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise not_written(target, error) from error
    size = aside.stat().st_size
    if size not in _HGT_BYTES:
        aside.unlink()
        raise _broken_pack(file, f"{size:,} bytes unpacked")
    aside.replace(target)
    return target


def _broken_pack(file: Path, found: str) -> FetchError:
    return FetchError(
        "not-terrain",
        str(file),
        found,
        "a packed HGT tile of 3601 × 3601 or 1201 × 1201 heights",
        "remove it and fetch it again",
    )


# --- what stands beside the tiles ----------------------------------------------------------------


def _record_file(folder: Path, source: TerrainSource) -> Path:
    return folder / f"SOURCES-{source.name}.json"


def _licence_file(folder: Path, source: TerrainSource) -> Path:
    return folder / f"LICENCE-{source.name}.txt"


def _prepare(folder: Path, source: TerrainSource) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        text = f"{source.title}\n\n{source.licence}"
        _licence_file(folder, source).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise not_written(folder, error) from error


def _read_record(file: Path) -> dict[str, _Entry]:
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
        return {name: _Entry(**entry) for name, entry in document["tiles"].items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise FetchError(
            "bad-record",
            str(file),
            plain_error(error),
            "the record that an earlier fetch wrote",
            "remove it: tiles that are there are then recorded anew",
        ) from error


def _write_record(file: Path, source: TerrainSource, record: Mapping[str, _Entry]) -> None:
    document = {
        "source": source.title,
        "tiles": {name: asdict(record[name]) for name in sorted(record)},
    }
    text = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    aside = file.with_name(f".{file.name}.writing")
    try:
        aside.write_text(text, encoding="utf-8", newline="\n")
        aside.replace(file)
    except OSError as error:
        raise not_written(file, error) from error


def _no_tiles(base: str | Path, absent: list[str]) -> FetchError:
    return FetchError(
        "no-tiles",
        str(base),
        f"none of {len(absent)} tiles, e.g. {absent[0]}",
        "tiles of the area",
        "check the bounds and the mirror: it must have the same file names",
    )
