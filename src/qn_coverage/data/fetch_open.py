"""Open data by name: population, boundaries, places and cells. No study calls this."""

from __future__ import annotations

import json
import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from qn_coverage.core.crs import PROVINCE_BOUNDS
from qn_coverage.core.errors import CoverageError
from qn_coverage.data.download import FetchError, plain_error
from qn_coverage.data.fetch_file import Kept, OpenFile, fetch_file
from qn_coverage.data.overpass import ENDPOINT, geojson_of, places_query, write_places

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from qn_coverage.data.fetch_file import Advance

TOKEN_VARIABLE: Final = "QN_OPENCELLID_TOKEN"  # noqa: S105 (the variable's name, no token)
"""Environment variable with the user's own token of OpenCelliD."""

POPULATION_YEARS: Final = range(2000, 2021)
_TIFF: Final = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_MOBILE_COUNTRY_CODE: Final = 452  # Việt Nam, ITU-T E.212
_GEOBOUNDARIES: Final = "https://www.geoboundaries.org/api/current/gbOpen"


@dataclass(frozen=True, slots=True)
class Way:
    """How to fetch, the same for all sources.

    Attributes
    ----------
    mirror
        Address or local folder that holds the files under their own names.
    again
        Fetch although it is there.
    sha256
        Hash that the file must have, if its publisher or one's own office gives one.
    advance
        Told file, bytes so far, bytes in all.
    wait
        Sleeps between two tries.
    """

    mirror: str | Path | None = None
    again: bool = False
    sha256: str | None = None
    advance: Advance | None = None
    wait: Callable[[float], None] = time.sleep

    def fetch(self, wanted: OpenFile, folder: Path) -> Kept:
        """Fetch a file in this way."""
        return fetch_file(
            wanted,
            folder,
            mirror=self.mirror,
            again=self.again,
            advance=self.advance,
            wait=self.wait,
        )


def population(year: int = 2020, *, sha256: str | None = None) -> OpenFile:
    """WorldPop's people per cell of 3″ in Việt Nam, adjusted to the UN's national totals.

    Parameters
    ----------
    year
        2000-2020.
    sha256
        Hash that the file must have; WorldPop publishes none.

    Raises
    ------
    CoverageError
        There is no such year.
    """
    if year not in POPULATION_YEARS:
        raise CoverageError(
            f"WorldPop's series has no year {year}; it has {POPULATION_YEARS[0]}-"
            f"{POPULATION_YEARS[-1]}. Mend: choose one of these with --year."
        )
    name = f"vnm_ppp_{year}_UNadj.tif"
    return OpenFile(
        name=name,
        title=f"WorldPop, people per cell of 3″, Việt Nam {year}, adjusted to UN totals (modelled)",
        url=f"https://data.worldpop.org/GIS/Population/Global_2000_2020/{year}/VNM/{name}",
        licence=(
            "CC BY 4.0. Credit: WorldPop (www.worldpop.org), School of Geography and "
            "Environmental Science, University of Southampton; doi 10.5258/SOTON/WP00660"
        ),
        starts=_TIFF,
        sha256=sha256,
    )


def places(bounds: tuple[float, float, float, float] = PROVINCE_BOUNDS) -> OpenFile:
    """OpenStreetMap's villages, hamlets, islets and quarters inside an area, through Overpass."""
    return OpenFile(
        name="osm-places.json",
        title="OpenStreetMap, named places (positions by volunteers)",
        url=f"{ENDPOINT}?data={quote(places_query(bounds), safe='')}",
        licence=(
            "ODbL 1.0, https://opendatacommons.org/licenses/odbl/1-0/. Credit: © OpenStreetMap "
            "contributors. What is made of it and passed on must be under the same licence"
        ),
        starts=(b"{",),
    )


def cells(token: str | None = None) -> OpenFile:
    """OpenCelliD's cells of Việt Nam (MCC 452), fetched with the user's own token.

    Parameters
    ----------
    token
        Token; None for that of the environment (`TOKEN_VARIABLE`).
    """
    token = os.environ.get(TOKEN_VARIABLE, "") if token is None else token
    return OpenFile(
        name=f"{_MOBILE_COUNTRY_CODE}.csv.gz",
        title="OpenCelliD, cells of Việt Nam as phones heard them (positions estimated)",
        url=f"https://opencellid.org/ocid/downloads?type=mcc&file={_MOBILE_COUNTRY_CODE}.csv.gz",
        licence=(
            "CC BY-SA 4.0. Credit: OpenCelliD Project, https://opencellid.org. What is made of it "
            "and passed on must be under the same licence"
        ),
        starts=(b"\x1f\x8b",),
        secret=f"&token={quote(token.strip(), safe='')}" if token.strip() else "",
    )


def fetch_population(folder: Path, *, year: int = 2020, way: Way = Way()) -> Kept:
    """Fetch WorldPop's raster; see `population` and `Way`."""
    return way.fetch(population(year, sha256=way.sha256), folder)


def fetch_places(folder: Path, *, way: Way = Way()) -> tuple[Kept, Path]:
    """Fetch OpenStreetMap's places, and write them as ``osm-places.geojson`` for programs.

    Raises
    ------
    FetchError
        As `fetch_file.fetch_file`; also ``broken-answer`` (not Overpass's) and ``cut-answer``
        (the server ran out of time or memory and says so inside an answer of status 200).
    """
    kept = way.fetch(places(), folder)
    points = geojson_of(kept.file)
    if kept.fetched or not points.exists():
        try:
            write_places(kept.file)
        except FetchError as error:
            if error.codes & {"broken-answer", "cut-answer"}:
                _forget(kept)
            raise
    return kept, points


def fetch_cells(folder: Path, *, way: Way = Way()) -> Kept:
    """Fetch OpenCelliD's cells; ``import sites`` makes sites of them.

    Raises
    ------
    FetchError
        As `fetch_file.fetch_file`; ``no-token`` if the environment holds none.
    """
    wanted = cells()
    if way.mirror is None and not wanted.secret:
        raise FetchError(
            "no-token",
            wanted.url,
            f"no token in the environment variable {TOKEN_VARIABLE}",
            "one's own token of OpenCelliD",
            f"register at https://opencellid.org, then set {TOKEN_VARIABLE}; or name a mirror",
        )
    return way.fetch(wanted, folder)


def fetch_boundaries(folder: Path, *, level: str = "ADM2", way: Way = Way()) -> Kept:
    """Fetch boundaries of Việt Nam as geoBoundaries has them, with their licence as it is told.

    Parameters
    ----------
    folder
        Where file and description go.
    level
        ``ADM0`` (country), ``ADM1`` (provinces) or ``ADM2`` (districts, as they were before 2025).
    way
        How to fetch.

    Raises
    ------
    FetchError
        As `fetch_file.fetch_file`; ``bad-answer`` if the description names no file on the web.
    """
    name = f"geoBoundaries-VNM-{level}"
    described = way.fetch(
        OpenFile(
            name=f"{name}-metaData.json",
            title=f"geoBoundaries, description of {level} of Việt Nam",
            url=f"{_GEOBOUNDARIES}/VNM/{level}/",
            licence="CC BY 4.0 (www.geoboundaries.org)",
            starts=(b"{",),
        ),
        folder,
    )
    try:
        about = _description(described.file, addressed=way.mirror is None)
    except FetchError:
        _forget(described)
        raise
    wanted = OpenFile(
        name=f"{name}.geojson",
        title=f"geoBoundaries gbOpen {level} of Việt Nam, {about['boundaryYearRepresented']}",
        url=about["gjDownloadURL"],
        licence=(
            f"{about['boundaryLicense']}. Source: {about['boundarySource']}. Credit: "
            "geoBoundaries (www.geoboundaries.org), Runfola et al. 2020, "
            "doi 10.1371/journal.pone.0231866"
        ),
        starts=(b"{",),
        sha256=way.sha256,
    )
    return way.fetch(wanted, folder)


def _forget(kept: Kept) -> None:
    """Let the next try fetch an answer anew that came whole but is of no use."""
    kept.file.unlink()
    kept.record.unlink()


def _description(file: Path, *, addressed: bool) -> dict[str, str]:
    """What a description says; its address must be one on the web, not a path of this machine.

    The description that lies beside a published file has no address, and on a mirror none is
    needed.
    """
    keys = ("boundaryLicense", "boundarySource", "boundaryYearRepresented")
    try:
        document: Any = json.loads(file.read_text(encoding="utf-8"))
        found = {key: str(document[key]) for key in keys}
        found["gjDownloadURL"] = str(document["gjDownloadURL"]) if addressed else ""
    except (ValueError, KeyError, TypeError) as error:
        raise _bad_description(file, plain_error(error)) from error
    if addressed and not found["gjDownloadURL"].startswith("https://"):
        raise _bad_description(file, f"the address '{found['gjDownloadURL']}'")
    return found


def _bad_description(file: Path, found: str) -> FetchError:
    return FetchError(
        "bad-answer",
        str(file),
        found,
        "a description by geoBoundaries with an https address, a source and a licence",
        "fetch it again, or name a mirror",
    )
