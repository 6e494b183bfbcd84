"""Build geodata/ from a folder of sources: ``python geodata/build/build.py SOURCES``.

The same sources and the same locked environment give the same bytes.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import geopandas as gpd
from cataloguing import write_catalog
from communes import build_communes
from crosswalk import build_crosswalk
from former import build_districts, build_former_communes
from places import build_places
from population import build_population
from sources import Sources
from standins import build_stand_ins, report
from statements import build_claims, build_indicators
from terrain import build_terrain
from writing import write_layer, write_table

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Step = Callable[["Job"], None]

GEODATA: Final = Path(__file__).resolve().parents[1]
MODEL: Final = "p1812"
"""Decides which cells count as holes before the programme."""


@dataclass(frozen=True, slots=True)
class Job:
    """What a step needs: sources, folder to write, model of the holes."""

    sources: Sources
    out: Path
    model: str


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the steps in order, then write the catalog over what is there."""
    options = _options(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    for name, step in STEPS.items():
        if options.only and name not in options.only:
            continue
        print(f"{name} …", flush=True)
        step(Job(Sources(options.sources), options.out, options.model))
    write_catalog(options.out)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sources", type=Path, help="folder with boundaries, population, terrain …")
    parser.add_argument("--only", nargs="+", choices=STEPS, help="run these steps only")
    parser.add_argument("--model", default=MODEL, help="decides on the holes [%(default)s]")
    parser.add_argument("--out", type=Path, default=GEODATA, help="folder to write")
    return parser.parse_args(arguments)


def _communes(job: Job) -> None:
    write_layer(build_communes(job.sources), job.out / "communes.parquet")


def _former(job: Job) -> None:
    communes = gpd.read_parquet(job.out / "communes.parquet")
    former = build_former_communes(job.sources, communes)
    write_layer(former, job.out / "former_communes.parquet")
    write_layer(build_districts(former), job.out / "districts.parquet")


def _population(job: Job) -> None:
    build_population(job.sources, job.out / "population.tif")


def _terrain(job: Job) -> None:
    build_terrain(job.sources, job.out / "terrain.tif")


def _crosswalk(job: Job) -> None:
    communes = gpd.read_parquet(job.out / "communes.parquet")
    former = gpd.read_parquet(job.out / "former_communes.parquet")
    table = build_crosswalk(job.sources, former, communes, job.out / "population.tif")
    write_table(table, job.out / "crosswalk.csv")


def _stand_ins(job: Job) -> None:
    sectors, villages = build_stand_ins(job.sources, job.out, model=job.model)
    report(sectors, villages)
    write_layer(sectors, job.out / "sectors.parquet")
    write_layer(villages, job.out / "villages.parquet")


def _places(job: Job) -> None:
    communes = gpd.read_parquet(job.out / "communes.parquet")
    write_layer(build_places(job.sources, communes), job.out / "places.parquet")


def _statements(job: Job) -> None:
    write_table(build_indicators(job.sources), job.out / "indicators.csv")
    write_table(build_claims(job.sources), job.out / "claims.csv")


STEPS: Final[Mapping[str, Step]] = {
    "communes": _communes,
    "former": _former,
    "population": _population,
    "terrain": _terrain,
    "crosswalk": _crosswalk,
    "stand-ins": _stand_ins,
    "places": _places,
    "statements": _statements,
}


if __name__ == "__main__":
    main()
