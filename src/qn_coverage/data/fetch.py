"""Terrain from its public homes: resumable, checked, with its licence beside it.

Pooch keeps the cache and checks hashes; its downloaders start anew after each cut, so the one
here goes on where the last attempt stopped.
"""

from __future__ import annotations

import errno
import math
import time
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from qn_coverage.core.crs import PROVINCE_BOUNDS
from qn_coverage.core.errors import CoverageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import BinaryIO

    import requests

    Advance = Callable[[str, int, int], None]

_CHUNK_BYTES: Final = 1 << 18
_TIMEOUT_S: Final = 30.0
_TRANSIENT: Final = frozenset({429, 500, 502, 503, 504})


class FetchError(CoverageError):
    """A download that did not succeed; what arrived is kept, so that the next try goes on."""


@dataclass(frozen=True, slots=True)
class Source:
    """A public terrain model.

    Attributes
    ----------
    title
        Name, producer and resolution.
    base_url
        Where its tiles are; a mirror or a local folder may take its place.
    tile
        Path of a tile below it, by the latitude and longitude of the south-west corner.
    licence
        Terms and the credit to give.
    vertical_datum
        What its heights refer to.
    """

    title: str
    base_url: str
    tile: Callable[[int, int], str]
    licence: str
    vertical_datum: str


def _glo30_tile(lat: int, lon: int) -> str:
    name = f"Copernicus_DSM_COG_10_N{lat:02d}_00_E{lon:03d}_00_DEM"
    return f"{name}/{name}.tif"


def _srtm_tile(lat: int, lon: int) -> str:
    return f"N{lat:02d}/N{lat:02d}E{lon:03d}.hgt.gz"


SOURCES: Final[Mapping[str, Source]] = MappingProxyType(
    {
        "glo30": Source(
            title="Copernicus DEM GLO-30, ESA / Airbus, 1″ (about 30 m)",
            base_url="https://copernicus-dem-30m.s3.amazonaws.com",
            tile=_glo30_tile,
            licence=(
                "© DLR e.V. 2010-2014 and © Airbus Defence and Space GmbH 2014-2018 provided "
                "under COPERNICUS by the European Union and ESA; all rights reserved. Free of "
                "charge under the Copernicus DEM licence for GLO-30. A surface model: trees and "
                "roofs are in it."
            ),
            vertical_datum="EGM2008",
        ),
        "srtm": Source(
            title="SRTM 1″ (about 30 m), NASA / USGS, as gzipped HGT tiles",
            base_url="https://elevation-tiles-prod.s3.amazonaws.com/skadi",
            tile=_srtm_tile,
            licence=(
                "SRTM: public domain, courtesy of the U.S. Geological Survey. The tiles are those "
                "of the Terrain Tiles data set (Mapzen, AWS Open Data), which asks for credit to "
                "its sources. A surface model: trees and roofs are in it."
            ),
            vertical_datum="EGM96",
        ),
    }
)


def tiles_over(
    source: Source, bounds: tuple[float, float, float, float] = PROVINCE_BOUNDS
) -> tuple[str, ...]:
    """Paths of the one-degree tiles over (west, south, east, north), degrees."""
    west, south, east, north = bounds
    return tuple(
        source.tile(lat, lon)
        for lat in range(math.floor(south), math.ceil(north))
        for lon in range(math.floor(west), math.ceil(east))
    )


def fetch_terrain(
    source: Source,
    folder: Path,
    *,
    mirror: str | None = None,
    bounds: tuple[float, float, float, float] = PROVINCE_BOUNDS,
    hashes: Mapping[str, str] | None = None,
    attempts: int = 5,
    pause_s: float = 2.0,
    advance: Advance | None = None,
) -> list[Path]:
    """Tiles over an area, downloaded into a folder unless they are there already.

    Parameters
    ----------
    source
        One of `SOURCES`.
    folder
        Made if need be. ``LICENCE.txt`` and ``sha256.txt`` are written beside the tiles.
    mirror
        Base address of another server, or a local folder, with the same paths.
    bounds
        (west, south, east, north), degrees.
    hashes
        Known sha256 by tile path; neither home publishes any, so a repeated fetch is checked
        against what ``sha256.txt`` recorded.
    attempts, pause_s
        How often a tile is tried, and the pause after the first failure, doubled each time.
    advance
        Told the tile and how many of how many bytes have come.

    Returns
    -------
    Paths of the tiles, gzip unpacked. A tile that the source does not have is left out: such tiles
    are all sea.

    Raises
    ------
    FetchError
        No tile is there, one cannot be had or does not match its hash, or the disk is full.
    """
    folder.mkdir(parents=True, exist_ok=True)
    known = {**_recorded(folder), **(hashes or {})}
    home = (mirror or source.base_url).rstrip("/")
    found = []
    tiles = tiles_over(source, bounds)
    for tile in tiles:
        known_hash = known.get(Path(tile).name)
        try:
            path = _fetch_tile(home, tile, folder, known_hash, attempts, pause_s, advance)
        except _NoTileError:
            continue
        found.append(path)
        _record(folder, source)
    if not found:
        raise FetchError(
            f"{home}: none of {len(tiles)} tiles is there, e.g. {tiles[0]}. "
            "Mend: check the address or folder given as --mirror."
        )
    return found


def _fetch_tile(
    home: str,
    tile: str,
    folder: Path,
    sha256: str | None,
    attempts: int,
    pause_s: float,
    advance: Advance | None,
) -> Path:
    import pooch  # noqa: PLC0415 (0.2 s: only for downloads)

    pooch.get_logger().setLevel("WARNING")  # progress is told by `advance`
    name = Path(tile).name
    if not home.startswith(("http://", "https://")):
        local = Path(home) / tile
        if not local.is_file():
            raise _NoTileError
        home = local.parent.resolve().as_uri()
        url = f"{home}/{name}"
        downloader = None
    else:
        url = f"{home}/{tile}"
        downloader = _resumable(attempts, pause_s, advance)
    processor = pooch.Decompress(name=name.removesuffix(".gz")) if name.endswith(".gz") else None
    try:
        return Path(
            pooch.retrieve(
                url,
                known_hash=sha256 and f"sha256:{sha256}",
                fname=name,
                path=folder,
                downloader=downloader or _copied,
                processor=processor,
            )
        )
    except ValueError as error:
        raise FetchError(
            f"{url}: what arrived does not match its sha256; it was thrown away. "
            "Mend: fetch again, or remove its line from sha256.txt if the source was renewed."
        ) from error


def _copied(url: str, output_file: BinaryIO | str, _: object) -> None:
    """Copy of a local tile, as a pooch downloader."""
    from shutil import copyfile  # noqa: PLC0415
    from urllib.parse import unquote, urlparse  # noqa: PLC0415
    from urllib.request import url2pathname  # noqa: PLC0415

    copyfile(url2pathname(unquote(urlparse(url).path)), str(output_file))


def _resumable(
    attempts: int, pause_s: float, advance: Advance | None
) -> Callable[[str, str, object], None]:
    """A pooch downloader that goes on where the last attempt stopped."""

    def download(url: str, output_file: str, caller: object) -> None:
        name = url.rsplit("/", 1)[-1]
        folder = Path(str(getattr(caller, "path", Path(output_file).parent)))
        part = folder / f"{name}.part"
        for attempt in range(1, attempts + 1):
            try:
                _continue(url, part, advance)
                break
            except _TryAgainError as error:
                if attempt == attempts:
                    raise FetchError(
                        f"{url}: {error} ({attempts} attempts). What arrived is kept in {part}. "
                        "Mend: try again later, or name a mirror with --mirror."
                    ) from error
                time.sleep(pause_s * 2 ** (attempt - 1))
        part.replace(output_file)

    return download


class _TryAgainError(Exception):
    """A failure that may pass."""


class _NoTileError(Exception):
    """The source has no such tile."""


def _continue(url: str, part: Path, advance: Advance | None) -> None:
    import requests  # noqa: PLC0415 (0.1 s: only for downloads)

    have = part.stat().st_size if part.exists() else 0
    headers = {"Range": f"bytes={have}-"} if have else {}
    try:
        with requests.get(url, headers=headers, stream=True, timeout=_TIMEOUT_S) as answer:
            if answer.status_code == 416:  # all of it is here already
                return
            _must_be_served(answer, url)
            resumed = answer.status_code == 206
            total = int(answer.headers.get("Content-Length", 0)) + (have if resumed else 0)
            with part.open("ab" if resumed else "wb") as file:
                done = have if resumed else 0
                for chunk in answer.iter_content(_CHUNK_BYTES):
                    file.write(chunk)
                    done += len(chunk)
                    if advance is not None:
                        advance(part.stem, done, total)
            if done < total:
                raise _TryAgainError(f"the connection was cut after {done} of {total} bytes")
    except (
        requests.ConnectionError,
        requests.Timeout,
        requests.exceptions.ChunkedEncodingError,
    ) as e:
        raise _TryAgainError(f"no connection ({type(e).__name__})") from e
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise FetchError(
                f"{part}: the disk is full. Mend: free some space and fetch again; what arrived "
                "is kept."
            ) from error
        raise


def _must_be_served(answer: requests.Response, url: str) -> None:
    if answer.status_code in _TRANSIENT:
        raise _TryAgainError(f"the server answered {answer.status_code}")
    if answer.status_code == 404:
        raise _NoTileError
    if not answer.ok:
        raise FetchError(
            f"{url}: the server answered {answer.status_code}. Mend: check the address."
        )


def _record(folder: Path, source: Source) -> None:
    """Licence and hashes beside the tiles."""
    from pooch import file_hash  # noqa: PLC0415

    (folder / "LICENCE.txt").write_text(
        f"{source.title}\n\n{source.licence}\nVertical datum: {source.vertical_datum}\n",
        encoding="utf-8",
        newline="\n",
    )
    lines = [
        f"{file_hash(str(path))}  {path.name}\n"
        for path in sorted(folder.iterdir())
        if path.suffix in {".tif", ".gz"}
    ]
    (folder / "sha256.txt").write_text("".join(lines), encoding="utf-8", newline="\n")


def _recorded(folder: Path) -> dict[str, str]:
    path = folder / "sha256.txt"
    if not path.exists():
        return {}
    pairs = (line.split() for line in path.read_text(encoding="utf-8").splitlines() if line)
    return {name: sha256 for sha256, name in pairs}
