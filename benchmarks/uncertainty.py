"""What "how sure" costs on the shipped units: probabilities, intervals, discs, measurements.

    python benchmarks/uncertainty.py [--cell-m 100] [--draws 200] [--threads 1] [--villages 2000]

Levels and people are made up (levels smooth and around the threshold), so that every stage has all
its work to do; the communes are the shipped ones. Times are of the processor, all threads together.
"""

from __future__ import annotations

import argparse
import resource
import time

import geopandas as gpd
import numpy as np
from scipy import ndimage

from qn_coverage.analysis import discs as discs_of
from qn_coverage.analysis import zonal
from qn_coverage.analysis.error_model import prior_error
from qn_coverage.analysis.information import measurement_places, rank_measurements, village_points
from qn_coverage.analysis.interval import draw_coverage, interval_table, merged_draws
from qn_coverage.analysis.probability import Criterion, covered_probability, probability_of_any
from qn_coverage.core.crs import COMPUTED
from qn_coverage.core.grid import Grid, Raster
from qn_coverage.data.catalog import layer_path

LAYERS = 12


class Clock:
    def __init__(self):
        self.began = time.process_time()

    def lap(self, title):
        now = time.process_time()
        peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{title:44} {now - self.began:8.3f} s   peak {peak_mb:6,.0f} MB")
        self.began = time.process_time()


def province(cell_m, villages):
    random = np.random.default_rng(1)
    communes = gpd.read_parquet(layer_path("communes"))
    bounds = tuple(communes.to_crs(COMPUTED).total_bounds)
    grid = Grid.covering(bounds, cell_m, crs=COMPUTED)
    shares = zonal.land_shares(communes, grid)
    land = zonal.land_raster(shares, grid)
    people = random.gamma(0.2, 5.0, grid.shape) * land.values
    population = Raster(people.astype(np.float32), grid)
    rows, cols = np.nonzero(land.values > 0.5)
    chosen = random.choice(len(rows), villages, replace=False)
    x = grid.centres_x_m()[cols[chosen]]
    y = grid.centres_y_m()[rows[chosen]]
    zones = zonal.zones_of(
        "commune",
        tuple(communes["code"]),
        shares,
        population=population,
        village_units=zonal.unit_of_points(shares, grid, x, y),
    )
    rough = ndimage.gaussian_filter(random.standard_normal(grid.shape, dtype=np.float32), 12)
    margin = (12.0 + 15.0 * rough / rough.std()).astype(np.float32)
    discs = discs_of.disc_weights(
        grid, x, y, random.uniform(0, 1500, villages), weight=population.values, land=land.values
    )
    return grid, zones, margin, discs


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cell-m", type=float, default=100.0)
    parser.add_argument("--draws", type=int, default=200)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--villages", type=int, default=2000)
    arguments = parser.parse_args()
    clock = Clock()
    grid, zones, margin, discs = province(arguments.cell_m, arguments.villages)
    clock.lap(f"read the province, {grid.shape} cells")
    criterion, error = Criterion.of_cells(0.9, 5.5), prior_error(5.5)

    few = {"grid": grid, "criterion": criterion, "error": error, "discs": discs}
    states = np.stack([margin - 3.0, margin])
    layers = margin - np.arange(LAYERS, dtype=np.float32)[:, np.newaxis, np.newaxis]
    covered_probability(margin[:2], criterion, error)
    probability_of_any(layers[:, :2], criterion, error, shared=0.5)
    draw_coverage([zones], states, realisations=2, **few)
    clock.lap("first calls (compile or load)")

    probability = covered_probability(margin, criterion, error)
    clock.lap("probability of every cell")
    probability_of_any(layers, criterion, error, shared=0.5)
    clock.lap(f"any of {LAYERS} layers, half the variance shared")
    draws = draw_coverage(
        [zones], margin[np.newaxis], realisations=arguments.draws, threads=arguments.threads, **few
    )
    clock.lap(f"{arguments.draws} draws, one state")
    both = draw_coverage(
        [zones], states, realisations=arguments.draws, threads=arguments.threads, **few
    )
    clock.lap(f"{arguments.draws} draws, two states")
    table = interval_table(draws[0], 0)
    total = merged_draws("province", both[0], ["22"] * len(zones.codes))
    clock.lap("intervals")
    judged = discs_of.disc_table(
        discs, margin, probability, grid=grid, criterion=criterion, error=error
    )
    clock.lap(f"{arguments.villages} village discs")
    points = village_points(discs, margin, grid=grid, criterion=criterion, error=error)
    places = measurement_places(discs, grid)
    rank_measurements(points, places[:2], error=error, spread_db=0.0, count=1)
    clock.lap("points of the discs, first call")
    ranked = rank_measurements(points, places, error=error, spread_db=0.0, count=1)
    clock.lap(f"value of {len(places)} measurements")
    ranked = rank_measurements(points, places, error=error, spread_db=0.0, count=10)
    clock.lap(f"ten of {len(places)} measurements, one after the other")
    width = table["population_share_high"] - table["population_share_low"]
    print(f"\nmedian width of a commune's population interval {width.median():.2f}")
    print(interval_table(total, 1).round(3).to_string(index=False))
    undecided = ((judged["probability"] > 0.1) & (judged["probability"] < 0.9)).sum()
    print(f"{undecided} of {arguments.villages} villages undecided")
    print(ranked.round(2).to_string(index=False))


if __name__ == "__main__":
    main()
