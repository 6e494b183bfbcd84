"""Stand-ins for the 105 villages, and the sites that serve them.

The official list is not public. The rule: small populated cells of the 30″ grid, in remote
communes, whose whole cell the network of 2020-07-13 leaves without signal; drawn in a seeded order
that prefers more people, a set distance apart, at most so many a commune.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio
from equipment import MOUNTINGS, sector_rows
from masts import highest_around
from named import VILLAGES_PROGRAMME
from network import PREFIX, SOURCE, as_sectors
from pyproj import Transformer

from qn_coverage.core.crs import COMPUTED, STORED

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt
    from ground import Ground

IN_PROGRAMME: Final = 105
"""Villages of the programme (founding text)."""

PEOPLE: Final = (5.0, 150.0)
"""Least and greatest people of a cell that may stand for a village."""

RADIUS_M: Final = 640.0
"""Half the diagonal of a 30″ cell at 21° north: the village may be anywhere in its cell."""

COVERED_SHARE: Final = 0.05
"""Greatest share of the disc's land with signal before the programme."""

APART_M: Final = 1000.0
"""Least distance between two stand-ins."""

PER_COMMUNE: Final = 18
"""Most stand-ins in one commune."""

KEEP_CLEAR_M: Final = 7000.0
"""Radius of Khu 10, Mông Dương: its hole lasted until 2025, so the programme keeps out."""

SERVES_M: Final = 2200.0
"""A programme site serves the stand-ins within this distance."""

CARRIERS: Final = ("2G900", "3G900", "4G1800")
OPERATOR_SHARES: Final = {"Viettel": 0.5, "VinaPhone": 0.35, "MobiFone": 0.15}
BUILT: Final = (date(2020, 8, 1), date(2023, 12, 31))
"""After the plan of 2020-07-13 and before the founding text of 2024-01-04."""


def stand_in_villages(
    ground: Ground,
    population: Path,
    covered: npt.NDArray[np.bool_],
    closed: npt.NDArray[np.bool_],
    former_names: npt.NDArray[np.object_],
    *,
    count: int,
    rng: np.random.Generator,
) -> gpd.GeoDataFrame:
    """Modelled villages as `qn_coverage.core.schema.VILLAGES`, numbered by commune and north-south.

    Parameters
    ----------
    ground
        Land, people and heights.
    population
        The 30″ grid.
    covered
        Cells with signal before the programme.
    closed
        Cells that must hold no stand-in.
    former_names
        Name of the former commune drawn at each cell.
    count
        How many.
    rng
        Seeded generator.

    Raises
    ------
    ValueError
        The rule finds fewer cells.
    """
    cells = _candidates(ground, population, covered, closed)
    chosen = _drawn(cells, count, rng)
    if len(chosen) < count:
        raise ValueError(f"the rule finds {len(chosen)} stand-in villages, not {count}")
    chosen = chosen.sort_values(["commune_code", "y_m", "x_m"], ascending=[True, False, True])
    return _as_villages(chosen.reset_index(drop=True), ground, former_names)


def programme_sectors(
    villages: gpd.GeoDataFrame,
    ground: Ground,
    open_cells: npt.NDArray[np.bool_],
    rng: np.random.Generator,
) -> gpd.GeoDataFrame:
    """Sectors of the sites that serve the villages, on the highest ground nearby.

    Villages are taken in their order; one within `SERVES_M` of a site built before shares it.
    """
    metric = villages.geometry.to_crs(COMPUTED)
    sites: list[dict[str, Any]] = []
    rows: list[dict[str, Any]] = []
    for village, x, y in zip(villages.itertuples(), metric.x, metric.y, strict=True):
        near = [np.hypot(site["x_m"] - x, site["y_m"] - y) <= SERVES_M for site in sites]
        if village.origin == "modelled" and any(near):
            continue
        site = _site(village, (x, y), ground, open_cells, number=len(sites) + 1, rng=rng)
        sites.append(site)
        first, last = BUILT
        day = date.fromordinal(int(rng.integers(first.toordinal(), last.toordinal() + 1)))
        rows += sector_rows(
            site,
            dict.fromkeys(CARRIERS, day),
            azimuth_deg=float(rng.integers(0, 12) * 10),
            downtilt_deg=MOUNTINGS["hilltop"].downtilt_deg,
        )
    return as_sectors(rows)


def _candidates(
    ground: Ground,
    population: Path,
    covered: npt.NDArray[np.bool_],
    closed: npt.NDArray[np.bool_],
) -> pd.DataFrame:
    """Cells of the 30″ grid that may stand for a village, in EPSG:5899."""
    with rasterio.open(population) as file:
        people, transform = file.read(1), file.transform
    row, col = np.nonzero((people >= PEOPLE[0]) & (people <= PEOPLE[1]))
    lon, lat = transform @ np.array([col + 0.5, row + 0.5])
    to_metric = Transformer.from_crs(STORED, COMPUTED, always_xy=True)
    x_m, y_m = to_metric.transform(lon, lat)
    cells = pd.DataFrame({"people": people[row, col].astype(float), "x_m": x_m, "y_m": y_m})
    at_row, at_col = ground.grid.rows_cols(x_m, y_m)
    inside = (
        (at_row >= 0) & (at_row < ground.grid.rows) & (at_col >= 0) & (at_col < ground.grid.cols)
    )
    cells, at = cells[inside], (at_row[inside], at_col[inside])
    usable = ground.remote[at] & ground.buildable[at] & ~closed[at] & ~covered[at]
    cells = cells[usable].reset_index(drop=True)
    units = ground.unit[at][usable]
    cells["commune_code"] = ground.communes["code"].to_numpy()[units]
    without = [
        _disc_share(x, y, ground, covered) <= COVERED_SHARE
        for x, y in zip(cells["x_m"], cells["y_m"], strict=True)
    ]
    return cells[without].reset_index(drop=True)


def _disc_share(x_m: float, y_m: float, ground: Ground, covered: npt.NDArray[np.bool_]) -> float:
    """Share of the land within `RADIUS_M` that has signal."""
    dx = ground.grid.centres_x_m() - x_m
    dy = ground.grid.centres_y_m() - y_m
    cols, rows = np.flatnonzero(abs(dx) <= RADIUS_M), np.flatnonzero(abs(dy) <= RADIUS_M)
    disc = dx[cols][np.newaxis, :] ** 2 + dy[rows][:, np.newaxis] ** 2 <= RADIUS_M**2
    land = ground.land[np.ix_(rows, cols)] * disc
    return float((land * covered[np.ix_(rows, cols)]).sum() / land.sum())


def _drawn(cells: pd.DataFrame, count: int, rng: np.random.Generator) -> pd.DataFrame:
    """Rows in an exponential race by people, kept apart and spread over the communes."""
    race = rng.exponential(size=len(cells)) / cells["people"].to_numpy()
    taken: list[int] = []
    used: dict[str, int] = {}
    x, y = cells["x_m"].to_numpy(), cells["y_m"].to_numpy()
    for row in np.argsort(race, kind="stable"):
        code = cells["commune_code"].iloc[row]
        apart = np.hypot(x[taken] - x[row], y[taken] - y[row])
        if used.get(code, 0) >= PER_COMMUNE or (apart < APART_M).any():
            continue
        taken.append(int(row))
        used[code] = used.get(code, 0) + 1
        if len(taken) == count:
            break
    return cells.iloc[sorted(taken)]


def _as_villages(
    cells: pd.DataFrame, ground: Ground, former_names: npt.NDArray[np.object_]
) -> gpd.GeoDataFrame:
    bare = {
        code: name.split(" ", 2 if name.startswith("Đặc khu") else 1)[-1]
        for code, name in zip(ground.communes["code"], ground.communes["name_vi"], strict=True)
    }
    numbers = np.arange(1, len(cells) + 1)
    at = ground.grid.rows_cols(cells["x_m"], cells["y_m"])
    rows = pd.DataFrame(
        {
            "village_id": [f"STANDIN-{number:03d}" for number in numbers],
            "name_vi": [
                f"Thôn giả định {number:03d} ({bare[code]})"
                for number, code in zip(numbers, cells["commune_code"], strict=True)
            ],
            "commune_code": cells["commune_code"],
            "former_commune": former_names[at],
            "population": cells["people"].round().astype("Int64"),
            "households": pd.array([pd.NA] * len(cells), dtype="Int64"),
            "in_programme": True,
            "served_from": pd.Series(pd.NaT, index=cells.index, dtype="datetime64[ns]"),
            "origin": "modelled",
            "uncertainty_m": RADIUS_M,
            "source": "thôn giả định theo quy tắc / stand-in by rule (docs/geodata.md)",
            "note": "không phải thôn có thật; dân số là của ô lưới 30″ / not a real village; "
            "population is that of its 30″ cell",
        }
    )
    points = gpd.points_from_xy(cells["x_m"], cells["y_m"], crs=COMPUTED)
    return gpd.GeoDataFrame(rows, geometry=points).to_crs(STORED)


def _site(
    village: Any,
    at: tuple[float, float],
    ground: Ground,
    open_cells: npt.NDArray[np.bool_],
    *,
    number: int,
    rng: np.random.Generator,
) -> dict[str, Any]:
    operator = str(rng.choice(list(OPERATOR_SHARES), p=list(OPERATOR_SHARES.values())))
    rows, cols = ground.grid.rows_cols(*at)
    cell = highest_around(int(rows) * ground.grid.cols + int(cols), ground, open_cells)
    row, col = divmod(cell, ground.grid.cols)
    low, high = MOUNTINGS["hilltop"].height_m
    return {
        "site_id": f"{PREFIX[operator]}-P{number:03d}",
        "name": f"Trạm giả định của chương trình {number:03d} ({village.name_vi})",
        "operator": operator,
        "height_agl_m": float(rng.integers(int(low / 2), int(high / 2) + 1) * 2),
        "programme": VILLAGES_PROGRAMME,
        "origin": "modelled",
        "uncertainty_m": float(village.uncertainty_m) + RADIUS_M,
        "source": SOURCE,
        "x_m": float(ground.grid.centres_x_m()[col]),
        "y_m": float(ground.grid.centres_y_m()[row]),
    }
