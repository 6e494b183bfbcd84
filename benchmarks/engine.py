"""How fast P.1812 is over terrain: one site, many sites, and what the machine itself allows.

    python benchmarks/engine.py one    [--radius-km 20] [--cell-m 30]
    python benchmarks/engine.py many   [--sites 300] [--radius-km 20] [--cell-m 100] [--no-prune]
    python benchmarks/engine.py grow   [--cell-m 100] [--plot growth.png]
                                       sites 10 to 3,000, three radii, with and without pruning
    python benchmarks/engine.py cold   first answer of a process without compiled code

The ground is made up: hills of 0 to 1,400 m, seeded. "Cells" are those inside the discs and on the
grid, counted once for every site, whether bounds leave them out or not; times are of the processor
(one), of the wall clock (many, grow, cold). One machine's figures mean little: compare rows of one
run.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from scipy import ndimage

from qn_coverage.propagation.emitters import Emitters, Surface
from qn_coverage.propagation.sweep import best_servers_terrain, mast_loss

RX_M = 1.5
SIDE_M = 108_000.0
OCTAVES = ((8000.0, 1.0), (2500.0, 0.45), (800.0, 0.18), (250.0, 0.06))
BANDS = ((947.5, 49.0, -88.0), (2140.0, 47.0, -96.0), (1842.5, 30.2, -103.0))


def hills(rows: int, cell_m: float, seed: int = 3) -> np.ndarray:
    """Heights of 0 to 1,400 m with structure from 250 m to 8 km."""
    random = np.random.default_rng(seed)
    z = np.zeros((rows, rows))
    for scale_m, share in OCTAVES:
        field = ndimage.gaussian_filter(random.normal(size=z.shape), scale_m / cell_m, mode="wrap")
        z += share * field / field.std()
    z -= z.min()
    return (1400.0 * z / z.max()).astype(np.float32)


def ground(side_m: float, cell_m: float) -> Surface:
    rows = int(side_m / cell_m) + 1
    height_m = hills(rows, cell_m)
    shape = height_m.shape
    return Surface(
        west_m=0.0,
        north_m=rows * cell_m,
        cell_m=cell_m,
        ground_m=height_m,
        clutter_m=np.zeros(shape, dtype=np.float32),
        zone=np.full(shape, 4, dtype=np.uint8),
        environment=np.zeros(shape, dtype=np.uint8),
    )


def network(sites: int, radius_m: float, surface: Surface) -> Emitters:
    """Three faces in each of three bands on every mast, one layer a band."""
    random = np.random.default_rng(7)
    faces = len(BANDS) * 3
    count = sites * faces
    side = surface.shape[0] * surface.cell_m
    band = np.tile(np.repeat(np.arange(len(BANDS)), 3), sites)
    column = np.array(BANDS)
    return Emitters(
        x_m=np.repeat(random.uniform(0.0, side, sites), faces),
        y_m=np.repeat(random.uniform(0.0, side, sites), faces),
        height_agl_m=np.repeat(random.integers(20, 45, sites).astype(float), faces),
        frequency_mhz=column[band, 0],
        reference_eirp_dbm=column[band, 1],
        azimuth_deg=np.tile([0.0, 120.0, 240.0], sites * len(BANDS)),
        downtilt_deg=np.full(count, 4.0),
        beamwidth_h_deg=np.full(count, 65.0),
        beamwidth_v_deg=np.full(count, 8.0),
        max_distance_m=np.full(count, radius_m),
        layer=band.astype(np.int32),
        required_dbm=column[:, 2],
    )


def one(radius_km: float, cell_m: float) -> float:
    """Million cells a second and core of one whole disc, the best of five."""
    surface = ground(2000.0 * radius_km + 40.0 * cell_m, cell_m)
    middle = 0.5 * surface.shape[0] * surface.cell_m
    best = 0.0
    for _ in range(6):  # the first compiles or loads
        begin = time.thread_time()
        loss = mast_loss(
            surface,
            x_m=middle,
            y_m=middle,
            tx_height_agl_m=40.0,
            rx_height_agl_m=RX_M,
            frequency_mhz=900.0,
            max_distance_m=1000.0 * radius_km,
        )
        best = max(best, np.isfinite(loss).sum() / (time.thread_time() - begin) / 1e6)
    return best


def many(sites: int, radius_km: float, cell_m: float, *, prune: bool) -> tuple[float, float]:
    """Wall clock in seconds, and million (site, band, cell) answers a second and core."""
    surface = ground(SIDE_M, cell_m)
    emitters = network(sites, 1000.0 * radius_km, surface)
    warm = network(1, 2000.0, surface)
    best_servers_terrain(warm, surface, rx_height_agl_m=RX_M, prune=prune)
    begin, busy = time.perf_counter(), time.process_time()
    best_servers_terrain(emitters, surface, rx_height_agl_m=RX_M, prune=prune)
    wall, busy = time.perf_counter() - begin, time.process_time() - busy
    return wall, len(BANDS) * cells_in_discs(emitters, surface) / busy / 1e6


def grow(cell_m: float) -> list[tuple[int, float, bool, float]]:
    """Masts, radius in km, whether pruned, and wall clock in seconds; printed as it goes."""
    print("masts  radius_km  pruned  wall_s  million answers/s/core")
    rows = []
    for radius_km in (5.0, 10.0, 20.0):
        for sites in (10, 30, 100, 300, 1000, 3000):
            for prune in (True, False):
                wall, speed = many(sites, radius_km, cell_m, prune=prune)
                rows.append((sites, radius_km, prune, wall))
                print(f"{sites:5d}  {radius_km:9.0f}  {prune!s:6}  {wall:6.2f}  {speed:6.1f}")
    return rows


def plot(rows: list[tuple[int, float, bool, float]], cell_m: float, file: Path) -> None:
    """Wall clock against the number of masts, both logarithmic."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(7.5, 4.5), layout="constrained")
    for radius_km, colour in ((5.0, "tab:blue"), (10.0, "tab:orange"), (20.0, "tab:green")):
        for prune, style in ((True, "-o"), (False, ":s")):
            mine = [(n, wall) for n, radius, p, wall in rows if (radius, p) == (radius_km, prune)]
            label = f"{radius_km:.0f} km, {'pruned' if prune else 'not pruned'}"
            axes.loglog(*zip(*mine, strict=True), style, color=colour, label=label, markersize=4)
    axes.set_xlabel("masts (three bands each)")
    axes.set_ylabel("wall clock, s")
    axes.set_title(f"Best servers by P.1812 over hills, {cell_m:.0f} m cells, 108 km × 108 km")
    axes.grid(visible=True, which="major", alpha=0.4)
    axes.legend()
    figure.savefig(file, dpi=110, metadata={"Software": None})


def cells_in_discs(emitters: Emitters, surface: Surface) -> float:
    """Cells within reach of each mast and on the grid, one mast after the other."""
    centres = (np.arange(surface.shape[0]) + 0.5) * surface.cell_m
    total = 0.0
    for k in range(0, len(emitters), 3 * len(BANDS)):
        reach = emitters.max_distance_m[k]
        across = np.abs(centres - emitters.y_m[k])
        half = np.sqrt(np.maximum(reach**2 - across[across <= reach] ** 2, 0.0))
        left = np.maximum(emitters.x_m[k] - half, 0.0)
        right = np.minimum(emitters.x_m[k] + half, centres[-1])
        total += float(np.maximum(right - left, 0.0).sum()) / surface.cell_m
    return total


def cold() -> float:
    """Wall clock of a process that must compile the sweep first."""
    with tempfile.TemporaryDirectory() as folder:
        begin = time.perf_counter()
        subprocess.run(
            [sys.executable, __file__, "one", "--radius-km", "1"],
            check=True,
            capture_output=True,
            env={**os.environ, "NUMBA_CACHE_DIR": str(Path(folder))},
        )
        return time.perf_counter() - begin


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["one", "many", "grow", "cold"])
    parser.add_argument("--sites", type=int, default=300)
    parser.add_argument("--radius-km", type=float, default=20.0)
    parser.add_argument("--cell-m", type=float)
    parser.add_argument("--no-prune", action="store_true")
    parser.add_argument("--plot", type=Path)
    options = parser.parse_args()
    if options.what == "one":
        speed = one(options.radius_km, options.cell_m or 30.0)
        print(f"P.1812 median loss: {speed:.1f} million cells a second and core")
    elif options.what == "many":
        wall, speed = many(
            options.sites, options.radius_km, options.cell_m or 100.0, prune=not options.no_prune
        )
        print(f"{options.sites} masts x 3 bands: {wall:.1f} s, {speed:.1f} million answers/s/core")
    elif options.what == "grow":
        rows = grow(options.cell_m or 100.0)
        if options.plot:
            plot(rows, options.cell_m or 100.0, options.plot)
    else:
        print(f"first answer without compiled code: {cold():.1f} s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0
    print(f"peak memory {peak:.0f} MB, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
