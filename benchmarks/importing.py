"""Seconds to import 100,000 sites of a messy CSV, checks and report included.

Run: python benchmarks/importing.py [ROWS]; budget: 10 s for 100,000 on one core of 2020.
One row in ten is written in another way (DMS, decimal comma, exchanged, point lost), every operator
in a spelling of its own.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from qn_coverage.data.importing.land import on_land
from qn_coverage.data.importing.sites import import_sites
from qn_coverage.data.sites import read_sectors

HEADER = (
    "Mã trạm;Tên trạm;Nhà mạng;Kinh độ;Vĩ độ;Công nghệ;Độ cao cột (m);Góc phương vị;Ngày phát sóng"
)


def written(lon: float, lat: float, how: int) -> tuple[str, str]:
    """A place as a planner writes it."""
    if how == 0:
        return tuple(
            f"{int(v)}°{int(v * 60 % 60)}'{v * 3600 % 60:.1f}\"".replace('60.0"', '59.9"') + letter
            for v, letter in ((lon, "Đ"), (lat, "B"))
        )
    if how == 1:
        return f"{lon:.6f}".replace(".", ","), f"{lat:.6f}".replace(".", ",")
    if how == 2:
        return f"{lat:.6f}", f"{lon:.6f}"
    if how == 3:
        return f"{lon * 1e6:.0f}", f"{lat * 1e6:.0f}"
    return f"{lon:.6f}", f"{lat:.6f}"


def main(rows: int = 100_000) -> None:
    random = np.random.default_rng(20260701)
    lon, lat = random.uniform(106.4, 108.1, 4 * rows), random.uniform(20.75, 21.65, 4 * rows)
    land = np.flatnonzero(on_land(lon, lat))[:rows]
    lines = [HEADER]
    for i, place in enumerate(land.tolist()):
        x, y = written(float(lon[place]), float(lat[place]), i % 40)
        operator = ("viettel", "VNPT", "MBF")[i % 3]
        lines.append(f"QN{i:06};Trạm {i};{operator};{x};{y};4G;{20 + i % 30};{i % 360};31/01/2019")
    with tempfile.TemporaryDirectory() as folder:
        path, out = Path(folder) / "sites.csv", Path(folder) / "sites.parquet"
        path.write_text("\n".join(lines), encoding="utf-8-sig")
        start, cpu = time.perf_counter(), time.process_time()
        report = import_sites([path], out)
        seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
        count = len(read_sectors(out))
    print(
        f"{report.read:,} rows → {count:,} sectors in {seconds:.1f} s "
        f"({cpu:.1f} s of one core); {len(report.notes):,} notes"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
