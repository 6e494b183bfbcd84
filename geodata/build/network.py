"""The stand-in network: sites in building order → sectors with carriers and dates.

The counts are read as technology-sites: one technology of one operator at one place is one "BTS".
Neither source of 2025 defines its unit (5,200 or 6,359), but 1,918 in 2016 were "2G + 3G", which
fits about 960 places with both.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
from equipment import MOUNTINGS, sector_rows
from masts import SETTLEMENTS

from qn_coverage.core.crs import COMPUTED, STORED
from qn_coverage.core.schema import SECTORS

if TYPE_CHECKING:
    from ground import Ground
    from masts import Sites

PREFIX: Final = {"Viettel": "VTL", "VinaPhone": "VNP", "MobiFone": "MBF"}
SOURCE: Final = (
    "mạng mô phỏng theo quy tắc, không phải dữ liệu nhà mạng / stand-in network by rule "
    "(docs/geodata.md), not operators' data"
)


@dataclass(frozen=True, slots=True)
class Wave:
    """Sites built in one period.

    Attributes
    ----------
    share
        Share of each operator's sites, in building order.
    carriers
        First and last day of each kind of carrier; ``3G`` stands for 2100 or 900 MHz.
    """

    share: float
    carriers: dict[str, tuple[date, date]]


WAVES: Final = (
    # 2016: 1,918 stations, 2G and 3G; 4G licences from 2016-10-14
    Wave(
        0.60,
        {
            "2G900": (date(2007, 1, 1), date(2013, 12, 31)),
            "3G": (date(2010, 1, 1), date(2016, 12, 15)),
            "4G1800": (date(2017, 1, 1), date(2019, 12, 31)),
        },
    ),
    # 200 new stations planned for 2017
    Wave(
        0.065,
        {
            "2G900": (date(2017, 1, 15), date(2017, 12, 15)),
            "3G": (date(2017, 1, 15), date(2017, 12, 15)),
            "4G1800": (date(2017, 6, 1), date(2019, 12, 31)),
        },
    ),
    # infill without 2G
    Wave(
        0.335,
        {
            "3G": (date(2018, 1, 1), date(2020, 7, 1)),
            "4G1800": (date(2018, 1, 1), date(2020, 7, 1)),
        },
    ),
)
"""Building periods before the programme; the shares make the counts of the facts."""

FIVE_G: Final = {
    "Viettel": (100, "5G2600", (date(2024, 10, 15), date(2025, 12, 15))),
    "VinaPhone": (48, "5G3700", (date(2024, 12, 20), date(2025, 12, 15))),
}
"""Sites with 5G by the end of 2025: 148, "nearly 150"; the most crowded places first."""


def build_network(sites: Sites, ground: Ground, rng: np.random.Generator) -> gpd.GeoDataFrame:
    """Sector table of the network without the programme; see `qn_coverage.core.schema.SECTORS`."""
    rows: list[dict[str, Any]] = []
    counts = {name: int((sites.operator == name).sum()) for name in PREFIX}
    five_g = _crowded(sites)
    for index in range(len(sites.x_m)):
        operator = str(sites.operator[index])
        place, remote = _place(sites, index, ground)
        carriers = _carriers(
            sites.order[index] / counts[operator],
            hilly=bool(remote or sites.relief_m[index] >= 80.0),
            remote=remote,
            rng=rng,
        )
        if index in five_g:
            _, name, period = FIVE_G[operator]
            carriers[name] = _day(period, rng)
        mounting = MOUNTINGS[place]
        rows += sector_rows(
            _site(sites, index, ground, height_m=_height(mounting.height_m, rng)),
            carriers,
            azimuth_deg=float(rng.integers(0, 12) * 10),
            downtilt_deg=mounting.downtilt_deg,
        )
    return as_sectors(rows)


def as_sectors(rows: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    """Rows with ``x_m`` and ``y_m`` in the ground's CRS → sector table in EPSG:4326."""
    table = pd.DataFrame(rows)
    points = gpd.points_from_xy(table["x_m"], table["y_m"], crs=COMPUTED)
    table["on_air"] = pd.to_datetime(table["on_air"])
    table["off_air"] = pd.Series(pd.NaT, index=table.index, dtype="datetime64[ns]")
    columns = [column.name for column in SECTORS]
    table = table.reindex(columns=columns).astype({"assumed": object})
    return gpd.GeoDataFrame(table, geometry=points).to_crs(STORED)


def _place(sites: Sites, index: int, ground: Ground) -> tuple[str, bool]:
    """Kind of place, and whether it is in a remote commune."""
    rows, cols = ground.grid.rows_cols(sites.x_m[index], sites.y_m[index])
    remote = bool(ground.remote[rows, cols])
    for settlement in SETTLEMENTS:
        if sites.density[index] >= settlement.least_density:
            thin = remote and settlement.name == "countryside"
            return ("remote" if thin else settlement.name), remote
    return "remote", remote


def _carriers(
    progress: float, *, hilly: bool, remote: bool, rng: np.random.Generator
) -> dict[str, date]:
    """Carriers of a site that was built at this share of its operator's sites."""
    wave = WAVES[int(np.searchsorted(np.cumsum([w.share for w in WAVES])[:-1], progress, "right"))]
    if remote:
        wave = WAVES[0]  # the centre of a remote commune was built for voice
    return {
        ("3G900" if hilly else "3G2100") if name == "3G" else name: _day(period, rng)
        for name, period in wave.carriers.items()
    }


def _crowded(sites: Sites) -> frozenset[int]:
    """Sites that carry 5G."""
    chosen: list[int] = []
    for operator, (count, _, _) in FIVE_G.items():
        rows = np.flatnonzero(sites.operator == operator)
        chosen += rows[np.argsort(-sites.density[rows], kind="stable")[:count]].tolist()
    return frozenset(chosen)


def _site(sites: Sites, index: int, ground: Ground, *, height_m: float) -> dict[str, Any]:
    operator = str(sites.operator[index])
    number = int(sites.order[index]) + 1
    unit = ground.communes["name_vi"].iloc[
        int(ground.unit[ground.grid.rows_cols(sites.x_m[index], sites.y_m[index])])
    ]
    return {
        "site_id": f"{PREFIX[operator]}-{number:04d}",
        "name": f"Trạm giả định {number:04d} ({unit})",
        "operator": operator,
        "height_agl_m": height_m,
        "programme": None,
        "origin": "modelled",
        "uncertainty_m": float(round(sites.spacing_m[index])),
        "source": SOURCE,
        "x_m": sites.x_m[index],
        "y_m": sites.y_m[index],
    }


def _height(limits: tuple[float, float], rng: np.random.Generator) -> float:
    return float(rng.integers(int(limits[0] / 2), int(limits[1] / 2) + 1) * 2)


def _day(period: tuple[date, date], rng: np.random.Generator) -> date:
    first, last = period
    return first + timedelta(days=int(rng.integers(0, (last - first).days + 1)))
