"""Build geodata/ from a folder of sources: ``python geodata/build/build.py SOURCES``.

The same sources and the same locked environment give the same bytes.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Final

import geopandas as gpd
from cataloguing import write_catalog
from communes import build_communes
from crosswalk import build_crosswalk
from former import build_districts, build_former_communes
from population import build_population
from sources import Sources
from terrain import build_terrain
from writing import write_layer, write_table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Step = Callable[[Sources, Path], None]

GEODATA: Final = Path(__file__).resolve().parents[1]


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the steps in order, then write the catalog over what is there."""
    options = _options(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    for name, step in STEPS.items():
        if options.only and name not in options.only:
            continue
        print(f"{name} …", flush=True)
        step(Sources(options.sources), options.out)
    write_catalog(options.out)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sources", type=Path, help="folder with boundaries, population, terrain …")
    parser.add_argument("--only", nargs="+", choices=STEPS, help="run these steps only")
    parser.add_argument("--out", type=Path, default=GEODATA, help="folder to write")
    return parser.parse_args(arguments)


def _communes(sources: Sources, out: Path) -> None:
    write_layer(build_communes(sources), out / "communes.parquet")


def _former(sources: Sources, out: Path) -> None:
    communes = gpd.read_parquet(out / "communes.parquet")
    former = build_former_communes(sources, communes)
    write_layer(former, out / "former_communes.parquet")
    write_layer(build_districts(former), out / "districts.parquet")


def _population(sources: Sources, out: Path) -> None:
    build_population(sources, out / "population.tif")


def _terrain(sources: Sources, out: Path) -> None:
    build_terrain(sources, out / "terrain.tif")


def _crosswalk(sources: Sources, out: Path) -> None:
    communes = gpd.read_parquet(out / "communes.parquet")
    former = gpd.read_parquet(out / "former_communes.parquet")
    table = build_crosswalk(sources, former, communes, out / "population.tif")
    write_table(table, out / "crosswalk.csv")


STEPS: Final[Mapping[str, Step]] = {
    "communes": _communes,
    "former": _former,
    "population": _population,
    "terrain": _terrain,
    "crosswalk": _crosswalk,
}


if __name__ == "__main__":
    main()
