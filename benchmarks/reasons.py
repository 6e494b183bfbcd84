"""What "why not" costs: the best candidate of each operator for many places, over real ground.

    python benchmarks/reasons.py [--villages 2000] [--sites 3000] [--cell-m 100]

Ground and land are the shipped ones. Sites stand at random on land, in three operators and three
technologies; the mosaic is empty, so that every candidate is sought among all emitters, which is
the dearest case, and every place is explained. One thread.
"""

from __future__ import annotations

import argparse
import resource
import time
from datetime import date

import numpy as np

from qn_coverage.analysis import reason
from qn_coverage.analysis.coverage import Coverage, Layer
from qn_coverage.analysis.surface import surface_of
from qn_coverage.core.scenario import Scenario
from qn_coverage.inputs import read_inputs
from qn_coverage.propagation.emitters import Emitters, Mosaic

LIMIT_S = 60.0
OPERATORS = ("MobiFone", "Viettel", "VinaPhone")
CARRIERS = {"2G": (947.5, 35.0, -88.0), "3G": (2125.0, 30.0, -96.0), "4G": (1842.5, 15.0, -103.0)}


def network(random, grid, land, sites):
    """Three technologies of three sectors on each site."""
    layers = tuple(
        Layer(operator, technology, CARRIERS[technology][2])
        for operator in OPERATORS
        for technology in CARRIERS
    )
    x, y = spots(random, grid, land, sites)
    owner = random.integers(0, len(OPERATORS), sites)
    site, technology, face = (
        part.ravel() for part in np.meshgrid(range(sites), range(3), range(3), indexing="ij")
    )
    carriers = np.array(list(CARRIERS.values()))
    count = len(site)
    return layers, Emitters(
        x_m=x[site],
        y_m=y[site],
        height_agl_m=np.full(count, 36.0),
        frequency_mhz=carriers[technology, 0],
        reference_eirp_dbm=carriers[technology, 1],
        azimuth_deg=120.0 * face,
        downtilt_deg=np.full(count, 4.0),
        beamwidth_h_deg=np.full(count, 65.0),
        beamwidth_v_deg=np.full(count, 8.0),
        max_distance_m=np.full(count, 35_000.0),
        layer=(owner[site] * 3 + technology).astype(np.int32),
        required_dbm=np.array([layer.required_dbm for layer in layers]),
        site=site.astype(np.int32),
    )


def spots(random, grid, land, count):
    rows, cols = np.nonzero(land > 0.5)
    chosen = random.choice(len(rows), count, replace=False)
    return grid.centres_x_m()[cols[chosen]], grid.centres_y_m()[rows[chosen]]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--villages", type=int, default=2000)
    parser.add_argument("--sites", type=int, default=3000)
    parser.add_argument("--cell-m", type=float, default=100.0)
    asked = parser.parse_args()
    random = np.random.default_rng(1)
    scenario = Scenario()
    study = scenario.study.model_copy(update={"cell_m": asked.cell_m})
    inputs = read_inputs(scenario.model_copy(update={"study": study}))
    grid, land = inputs.grid, inputs.land.values
    layers, emitters = network(random, grid, land, asked.sites)
    coverage = Coverage(date(2024, 1, 4), grid, layers, Mosaic.empty(len(layers), grid.shape))
    places = np.column_stack(spots(random, grid, land, asked.villages))
    surface = surface_of(inputs.terrain.raster, inputs.land, inputs.population)
    receiver = reason.Receiver(1.5, 0.0)

    def explain(some):
        return reason.reasons_for(
            some,
            coverage=coverage,
            emitters=emitters,
            present=np.ones(len(emitters), dtype=bool),
            surface=surface,
            receiver=receiver,
        )

    explain(places[:1])  # compiles
    began = time.perf_counter()
    found = explain(places)
    took = time.perf_counter() - began
    blames = [one.blame for by_operator in found for one in by_operator.values()]
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{len(places)} places, {asked.sites} sites, {len(emitters)} emitters: {took:.1f} s")
    print(f"{len(blames)} paths, {1000 * took / len(blames):.2f} ms each; peak {peak_mb:,.0f} MB")
    print({blame: blames.count(blame) for blame in sorted(set(blames))})
    if took > LIMIT_S:
        raise SystemExit(f"slower than {LIMIT_S:.0f} s")


if __name__ == "__main__":
    main()
