"""How fast the terrain-free mosaic is: cells a second, with and without pruning.

    python benchmarks/mosaic.py [--emitters 6000] [--radius-km 20] [--cell-m 100] [--threads 2]

A made-up network of three-sector sites over 130 × 130 km, twelve layers. "Pairs" are the (emitter,
cell) pairs inside the discs and on the grid, counted exactly, whether pruning looks at them or not.
"""

from __future__ import annotations

import argparse
import resource
import time

import numpy as np
from scipy import ndimage

from qn_coverage.propagation.emitters import Emitters, Surface
from qn_coverage.propagation.mosaic import best_servers

SIDE_M = 130_000.0
LAYERS = 12
BANDS_MHZ = np.array([925.0, 2120.0, 1815.0, 3500.0])


def network(count: int, radius_m: float) -> Emitters:
    random = np.random.default_rng(1)
    sites = -(-count // 3)
    x = np.repeat(random.uniform(0.0, SIDE_M, sites), 3)[:count]
    y = np.repeat(random.uniform(0.0, SIDE_M, sites), 3)[:count]
    layer = np.repeat(random.integers(0, LAYERS, sites), 3)[:count].astype(np.int32)
    height = np.repeat(random.integers(15, 60, sites).astype(np.float64), 3)[:count]
    azimuth = (np.repeat(random.uniform(0.0, 360.0, sites), 3)[:count]) % 360.0
    azimuth = (azimuth + 120.0 * (np.arange(count) % 3)) % 360.0
    full = np.full(count, 1.0)
    return Emitters(
        x_m=x,
        y_m=y,
        height_agl_m=height,
        frequency_mhz=BANDS_MHZ[layer % 4],
        reference_eirp_dbm=np.array([57.0, 50.0, 29.0, 36.0])[layer % 4],
        azimuth_deg=azimuth,
        downtilt_deg=4.0 * full,
        beamwidth_h_deg=65.0 * full,
        beamwidth_v_deg=8.0 * full,
        max_distance_m=radius_m * full,
        layer=layer,
        required_dbm=np.array([-88.0, -96.0, -103.0, -103.0])[np.arange(LAYERS) % 4],
    )


def ground(cell_m: float) -> Surface:
    side = int(SIDE_M / cell_m)
    flat = np.zeros((side, side), dtype=np.float32)
    rough = np.random.default_rng(2).normal(size=(side, side))
    smooth = ndimage.gaussian_filter(rough, 2000.0 / cell_m, mode="wrap")
    towns = np.quantile(smooth, [0.85, 0.96])
    environment = np.digitize(smooth, towns)
    return Surface(
        west_m=0.0,
        north_m=SIDE_M,
        cell_m=cell_m,
        ground_m=flat,
        clutter_m=flat,
        zone=np.full((side, side), 4, dtype=np.uint8),
        environment=environment.astype(np.uint8),
    )


def pairs(emitters: Emitters, surface: Surface) -> int:
    centres_x = surface.west_m + (np.arange(surface.shape[1]) + 0.5) * surface.cell_m
    centres_y = surface.north_m - (np.arange(surface.shape[0]) + 0.5) * surface.cell_m
    total = 0
    for x, y, reach in zip(emitters.x_m, emitters.y_m, emitters.max_distance_m, strict=True):
        dy = centres_y[np.abs(centres_y - y) <= reach] - y
        half = np.sqrt(reach**2 - dy**2)
        first = np.searchsorted(centres_x, x - half)
        last = np.searchsorted(centres_x, x + half, side="right")
        total += int((last - first).sum())
    return total


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--emitters", type=int, default=6000)
    parser.add_argument("--radius-km", type=float, default=20.0)
    parser.add_argument("--cell-m", type=float, default=100.0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeat", type=int, default=2)
    parser.add_argument("--model", default="okumura_hata")
    arguments = parser.parse_args()
    emitters = network(arguments.emitters, 1000.0 * arguments.radius_km)
    surface = ground(arguments.cell_m)
    began = time.perf_counter()
    best_servers(arguments.model, network(3, 100.0), ground(1000.0), rx_height_agl_m=1.5)
    print(f"first call (compile or load): {time.perf_counter() - began:.2f} s")
    total = pairs(emitters, surface)
    print(f"{len(emitters)} emitters, {surface.shape} cells, {total / 1e6:.0f} million pairs")
    wall = {True: np.inf, False: np.inf}
    busy = dict(wall)
    for prune in [False, True] * arguments.repeat:
        began, began_busy = time.perf_counter(), time.process_time()
        best_servers(
            arguments.model,
            emitters,
            surface,
            rx_height_agl_m=1.5,
            threads=arguments.threads,
            prune=prune,
        )
        wall[prune] = min(wall[prune], time.perf_counter() - began)
        busy[prune] = min(busy[prune], time.process_time() - began_busy)
    for prune, seconds in wall.items():
        print(
            f"prune={prune!s:5}: {seconds:6.2f} s, {total / seconds / 1e6:6.1f} million pairs a "
            f"second; {busy[prune]:6.2f} s of processor, {total / busy[prune] / 1e6:6.1f} million "
            "pairs a second and core"
        )
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0
    print(f"peak memory {memory:.0f} MB")


if __name__ == "__main__":
    main()
