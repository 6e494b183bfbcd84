"""How far an answer along the nearest ray is from one along the straight line to the cell.

    python benchmarks/ray_geometry.py [--masts 12] [--cells 300] [--cell-m 100]

The sweep answers each cell by the ray whose wedge holds it: its profile runs at most half a cell
beside the straight line, and is sampled where it crosses rows or columns. Here the same formulas
get the straight line itself, sampled once a cell length by bilinear interpolation, over the shipped
terrain. What differs is the geometry alone; the arithmetic is compared by the tests.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

from qn_coverage.core.scenario import Scenario
from qn_coverage.inputs import ground_of, read_inputs
from qn_coverage.propagation.p1812 import DELTA_N, LATITUDE_DEG, N_0
from qn_coverage.propagation.p1812.path_loss import Ends, link_of, median_place_loss
from qn_coverage.propagation.sweep import mast_loss

if TYPE_CHECKING:
    from qn_coverage.propagation.emitters import Surface

MAST_M, RX_M, FREQUENCY_MHZ, REACH_M = 36.0, 1.5, 947.5, 20_000.0


def surface(cell_m: float) -> Surface:
    shipped = Scenario()
    scenario = shipped.model_copy(
        update={"study": shipped.study.model_copy(update={"cell_m": cell_m})}
    )
    inputs = read_inputs(scenario)
    return ground_of(
        scenario,
        terrain=inputs.terrain.raster,
        land=inputs.land,
        population=inputs.population,
        points=(inputs.villages, inputs.places),
    )


def straight(ground: Surface, mast: tuple[float, float], cell: tuple[int, int]) -> float:
    """Loss along the straight line from a mast, in cells, to the centre of a cell."""
    apart = np.hypot(cell[0] - mast[0], cell[1] - mast[1])
    steps = max(2, int(np.ceil(apart)))
    rows, cols = (np.linspace(mast[k], cell[k], steps + 1) for k in range(2))
    heights = ndimage.map_coordinates(ground.ground_m.astype(float), [rows, cols], order=1)
    cover = ndimage.map_coordinates(ground.clutter_m.astype(float), [rows, cols], order=1)
    cover[[0, -1]] = 0.0
    zones = ground.zone[np.rint(rows).astype(int), np.rint(cols).astype(int)]
    x_km = np.linspace(0.0, apart * ground.cell_m / 1000.0, steps + 1)
    ends = Ends(heights[0], heights[-1], heights[0] + MAST_M, heights[-1] + RX_M)
    nan = float("nan")
    vertical = True
    link = link_of(FREQUENCY_MHZ / 1000.0, 50.0, vertical, DELTA_N, N_0, LATITUDE_DEG, nan, nan)
    return median_place_loss(x_km, heights, heights + cover, zones, ends, link)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--masts", type=int, default=12)
    parser.add_argument("--cells", type=int, default=300)
    parser.add_argument("--cell-m", type=float, default=100.0)
    options = parser.parse_args()
    ground = surface(options.cell_m)
    random = np.random.default_rng(1812)
    land = np.argwhere(ground.wanted & (ground.ground_m > 0.0))
    differences, distances = [], []
    for row, col in land[random.choice(len(land), options.masts, replace=False)]:
        mast = (row + random.uniform(-0.5, 0.5), col + random.uniform(-0.5, 0.5))
        loss = mast_loss(
            ground,
            x_m=ground.west_m + (mast[1] + 0.5) * ground.cell_m,
            y_m=ground.north_m - (mast[0] + 0.5) * ground.cell_m,
            tx_height_agl_m=MAST_M,
            rx_height_agl_m=RX_M,
            frequency_mhz=FREQUENCY_MHZ,
            max_distance_m=REACH_M,
        )
        cells = np.argwhere(np.isfinite(loss) & ground.wanted)
        for cell in cells[random.choice(len(cells), options.cells, replace=False)]:
            differences.append(float(loss[tuple(cell)]) - straight(ground, mast, tuple(cell)))
            distances.append(np.hypot(cell[0] - mast[0], cell[1] - mast[1]) * ground.cell_m)
    apart_m, off_db = np.array(distances), np.array(differences)
    print("distance_km   cells  rmse_db  p99_db  max_db  mean_db")
    for low, high in ((0.0, 2.0), (2.0, 5.0), (5.0, 20.0), (0.0, 20.0)):
        chosen = off_db[(apart_m > 1000.0 * low) & (apart_m <= 1000.0 * high)]
        size = np.abs(chosen)
        print(
            f"{low:4.0f} to {high:3.0f}  {len(chosen):6d}  {np.sqrt((chosen**2).mean()):7.2f}"
            f"  {np.quantile(size, 0.99):6.2f}  {size.max():6.2f}  {chosen.mean():7.2f}"
        )


if __name__ == "__main__":
    main()
