"""The engine beside other programs, on the same made-up hills in the same run.

    python benchmarks/peers.py [--radius-km 20]

SPLAT! (``apt install splat``) walks every path with the Longley-Rice / ITM model; it gets the
ground as an SDF tile of 3 arc seconds, SPLAT! HD one of 1 arc second, and answers the cells within
the radius. What isn't installed is named and skipped; for Signal-Server and crc-covlib nobody has
written the call yet. Speeds are cells a second and core: ours without compiling, theirs the whole
program with start, reading and picture.
"""

from __future__ import annotations

import argparse
import math
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from engine import hills, one

SPLATS = (("splat", 1201, ".sdf"), ("splat-hd", 3601, "-hd.sdf"))
"""Program, points along a tile of one degree, ending of its name."""
LATITUDE_DEG, LONGITUDE_WEST_DEG = 21, 252
KM_PER_DEGREE = 111.195
MILES_PER_KM = 1.0 / 1.609344


def splat(name: str, points: int, ending: str, radius_km: float) -> float | None:
    """Cells a second of SPLAT!, or None where it isn't installed."""
    program = shutil.which(name)
    if program is None:
        return None
    cell_m = 1000.0 * KM_PER_DEGREE / (points - 1)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        _write_tile(folder, points, ending, cell_m)
        (folder / "mast.qth").write_text(
            f"mast\n{LATITUDE_DEG + 0.5}\n{LONGITUDE_WEST_DEG + 0.5}\n131.2\n", encoding="ascii"
        )
        begin = time.perf_counter()
        done = subprocess.run(
            [program, "-t", "mast.qth", "-L", "4.9", "-R", f"{radius_km * MILES_PER_KM:.3f}",
             "-d", made, "-o", "map.ppm", "-N"],
            cwd=folder, capture_output=True, text=True, check=False,
        )  # fmt: skip
        taken = time.perf_counter() - begin
        if done.returncode or not (folder / "map.ppm").exists():
            raise SystemExit(f"splat failed: {done.stdout[-400:]} {done.stderr[-400:]}")
    return _cells(radius_km, cell_m) / taken


def _write_tile(folder: Path, points: int, ending: str, cell_m: float) -> None:
    """SDF: west, south, east, north, then rows from south to north, each from east to west."""
    heights = hills(points - 1, cell_m).round().astype(int)
    west, south = LONGITUDE_WEST_DEG, LATITUDE_DEG
    lines = [str(west + 1), str(south), str(west), str(south + 1)]
    lines += map(str, heights.reshape(-1).tolist())
    tile = folder / f"{south}:{south + 1}:{west}:{west + 1}{ending}"
    tile.write_text("\n".join(lines) + "\n", encoding="ascii")


def _cells(radius_km: float, cell_m: float) -> float:
    """Cells of a disc: narrower from west to east by the cosine."""
    area_m2 = math.pi * (1000.0 * radius_km) ** 2
    return area_m2 / (cell_m**2 * math.cos(math.radians(LATITUDE_DEG + 0.5)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--radius-km", type=float, default=20.0)
    radius_km = parser.parse_args().radius_km
    for name, points, ending in SPLATS:
        cell_m = 1000.0 * KM_PER_DEGREE / (points - 1)
        theirs = splat(name, points, ending, radius_km)
        if theirs is None:
            print(f"{name} is not installed (apt install splat): skipped")
            continue
        ours = 1e6 * one(radius_km, cell_m)
        print(f"cells of {cell_m:.0f} m, {radius_km:g} km around one mast:")
        print(f"  qn_coverage, P.1812 median {ours:12,.0f} cells/s/core")
        print(f"  {name + ', ITM':26} {theirs:12,.0f} cells/s/core: ours is {ours / theirs:,.0f} x")
    for command in ("Signal-Server", "crc-covlib"):
        print(f"{command}: not measured here")


if __name__ == "__main__":
    main()
