"""Fetch open data."""

from __future__ import annotations

from pathlib import Path

import click


@click.group(
    epilog="""\b
Example:
  qn-coverage fetch terrain --source glo30 --out terrain
"""
)
def fetch() -> None:
    """Fetch open data that the toolkit does not ship."""


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
    from qn_coverage.data.fetch import SOURCES, fetch_terrain
    from qn_coverage.terminal import watching

    source = SOURCES[name]
    click.echo(f"{source.title}\n{source.licence}")
    with watching() as progress:

        def advance(tile: str, done: int, total: int) -> None:
            if done == 0 or tile != advance.__dict__.get("tile"):
                progress.stage(tile)
                advance.__dict__["tile"] = tile
            progress.advance(done, total)

        tiles = fetch_terrain(source, out, mirror=mirror, advance=advance)
    listed = ", ".join(f'"{path.as_posix()}"' for path in tiles)
    click.echo(f"→ {len(tiles)} tiles in {out}. In the scenario:\n[inputs]\nterrain = [{listed}]")
