"""Fetch open data."""

from __future__ import annotations

import json
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from qn_coverage.data.fetch_file import Kept
    from qn_coverage.data.fetch_open import Way

    Advance = Callable[[str, int, int], None]


@click.group(
    epilog="""\b
Examples:
  qn-coverage fetch terrain --source glo30 --out terrain
  qn-coverage fetch population --out fetched
  qn-coverage fetch places --out fetched
"""
)
def fetch() -> None:
    """Tải dữ liệu mở / Fetch open data that the toolkit does not ship.

    What is there already is checked and not fetched again; a cut download goes on where it
    stopped. Source, licence, hash and date are recorded beside each file.
    """


@fetch.command(
    epilog="""\b
Examples:
  qn-coverage fetch terrain --out terrain
  qn-coverage fetch terrain --source srtm --mirror http://mirror.local/skadi --out terrain
  qn-coverage fetch terrain --mirror /media/usb/glo30 --out terrain
"""
)
@click.option(
    "--source",
    "name",
    default="glo30",
    show_default=True,
    type=click.Choice(["glo30", "srtm"]),
    help="Copernicus GLO-30 or SRTM 1″.",
)
@click.option(
    "--out",
    default="terrain",
    show_default=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for the tiles; what is there already is checked, not fetched again.",
)
@click.option("--mirror", help="Base address or local folder with the same paths.")
def terrain(name: str, out: Path, mirror: str | None) -> None:
    """Fetch terrain of 30 m for the province; a cut download goes on where it stopped."""
    from qn_coverage.data.fetch import fetch_terrain
    from qn_coverage.data.terrain_sources import SOURCES

    source = SOURCES[name]
    click.echo(f"{source.title}\n{source.licence}")
    with _watched() as advance:
        tiles = fetch_terrain(source, out, mirror=mirror, advance=advance)
    listed = ", ".join(f'"{path.as_posix()}"' for path in tiles)
    click.echo(f"→ {len(tiles)} tiles in {out}. In the scenario:\n[inputs]\nterrain = [{listed}]")


_HOW = (
    click.option(
        "--out",
        default="fetched",
        show_default=True,
        type=click.Path(path_type=Path, file_okay=False),
        help="Folder for the file and its record.",
    ),
    click.option("--mirror", help="Base address or local folder with a file of the same name."),
    click.option("--again", is_flag=True, help="Fetch although it is there."),
)
_SHA256 = click.option("--sha256", metavar="HEX", help="Hash that the file must have.")


def _how(function: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(_HOW):
        function = option(function)
    return function


@fetch.command(
    epilog="""\b
Examples:
  qn-coverage fetch population --out fetched
  qn-coverage fetch population --year 2015 --mirror /media/usb
"""
)
@click.option("--year", default=2020, show_default=True, help="2000 to 2020.")
@_SHA256
@_how
def population(year: int, sha256: str | None, out: Path, mirror: str | None, again: bool) -> None:
    """Fetch WorldPop's people per cell of 100 m, all of Việt Nam."""
    from qn_coverage.data.fetch_open import fetch_population

    with _watched() as advance:
        kept = fetch_population(out, year=year, way=_way(mirror, again, advance, sha256))
    _tell(kept)
    click.echo(
        "A study takes the province only, e.g. with GDAL:\n"
        f"gdalwarp -cutline communes.gpkg -crop_to_cutline {kept.file.as_posix()} population.tif"
    )


@fetch.command(
    epilog="""\b
Example:
  qn-coverage fetch boundaries --level ADM2 --out fetched
"""
)
@click.option(
    "--level",
    default="ADM2",
    show_default=True,
    type=click.Choice(["ADM0", "ADM1", "ADM2"]),
    help="Country, provinces or districts, as they were before the reform of 2025.",
)
@_SHA256
@_how
def boundaries(level: str, sha256: str | None, out: Path, mirror: str | None, again: bool) -> None:
    """Fetch boundaries of Việt Nam as geoBoundaries has them."""
    from qn_coverage.data.fetch_open import fetch_boundaries

    with _watched() as advance:
        kept = fetch_boundaries(out, level=level, way=_way(mirror, again, advance, sha256))
    _tell(kept)


@fetch.command(
    epilog="""\b
Example:
  qn-coverage fetch places --out fetched
"""
)
@_how
def places(out: Path, mirror: str | None, again: bool) -> None:
    """Fetch the province's villages, hamlets and islets from OpenStreetMap (Overpass)."""
    from qn_coverage.data.fetch_open import fetch_places

    with _watched() as advance:
        kept, points = fetch_places(out, way=_way(mirror, again, advance))
    _tell(kept)
    click.echo(f"→ {points}")


@fetch.command(
    epilog="""\b
Examples:
  QN_OPENCELLID_TOKEN=… qn-coverage fetch cells --out fetched
  qn-coverage import sites fetched/452.csv.gz --out sites.gpkg
"""
)
@_how
def cells(out: Path, mirror: str | None, again: bool) -> None:
    """Fetch OpenCelliD's cells of Việt Nam with one's own token.

    The token is read from the environment variable QN_OPENCELLID_TOKEN. It is shown, logged and
    recorded nowhere, and no mirror gets to see it.
    """
    from qn_coverage.data.fetch_open import fetch_cells

    with _watched() as advance:
        kept = fetch_cells(out, way=_way(mirror, again, advance))
    _tell(kept)


@contextmanager
def _watched() -> Iterator[Advance]:
    """Listener that shows a bar for each file, if somebody watches."""
    from qn_coverage.terminal import watching

    shown: list[str] = []
    with watching() as progress:

        def advance(name: str, done: int, total: int) -> None:
            if shown[-1:] != [name]:
                progress.stage(name)
                shown.append(name)
            progress.advance(done, total)

        yield advance


def _way(mirror: str | None, again: bool, advance: Advance, sha256: str | None = None) -> Way:
    from qn_coverage.data.fetch_open import Way

    return Way(mirror=mirror, again=again, sha256=sha256, advance=advance)


def _tell(kept: Kept) -> None:
    """Say what came, on what terms, and where it was recorded."""
    told = json.loads(kept.record.read_text(encoding="utf-8"))
    click.echo(f"{told['title']}\n{told['licence']}")
    click.echo(f"sha256 {told['sha256']}, {told['bytes']:,} bytes, fetched {told['fetched']}")
    click.echo(f"→ {kept.file}{'' if kept.fetched else ' (was there already)'}\n→ {kept.record}")
