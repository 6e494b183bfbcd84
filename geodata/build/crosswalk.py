"""Old unit → new unit: which share of its people and land went where.

A unit that went whole has share 1 by the published list. For the split ones the law's lists give
no shares, so they are estimated: people of the adjusted grid (`exactextract`, cells weighted by the
share inside) within former polygon ∩ new polygon, for the listed new units only.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from exactextract import exact_extract
from former import shared_area_km2

from qn_coverage.core.crs import STORED
from qn_coverage.core.text import fold

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import numpy.typing as npt
    from sources import Sources

OVERLAY: Final = "people of the 30″ grid in former polygon ∩ new polygon, listed units only"
LISTED: Final = "merger list of 2025: the whole unit went into one"
DRAWN: Final = "no list names it: polygon overlay, units with ≥ 10 % of its land"


def build_crosswalk(
    sources: Sources, former: gpd.GeoDataFrame, communes: gpd.GeoDataFrame, population: Path
) -> pd.DataFrame:
    """Rows old → new for two vintages: ``2019`` (186 units) and ``2025-06`` (171 units)."""
    shares = Shares(former, communes, population)
    rows = [row for unit in former.itertuples() for row in _rows_2019(unit, shares)]
    by_code = former[former["gso_code"].notna()].groupby("gso_code").groups
    code_of = dict(zip(communes["name_vi"].map(fold), communes["code"], strict=True))
    for unit in sources.facts("admin_communes_pre2025").to_dict("records"):
        new = [code_of[fold(name)] for name in unit["new_unit_2025"].split(" | ")]
        rows += _rows_2025(unit, new, list(by_code.get(unit["gso_code"], [])), shares)
    return _named(pd.DataFrame(rows), communes)


class Shares:
    """People and land of each former commune in each new unit."""

    def __init__(
        self, former: gpd.GeoDataFrame, communes: gpd.GeoDataFrame, population: Path
    ) -> None:
        self.codes = communes["code"].tolist()
        self.land_km2 = shared_area_km2(former.geometry, communes.geometry)
        self.people = _people(former, communes, population)

    def of(self, rows: list[int], new: list[str]) -> tuple[list[float], list[float]]:
        """Shares of people and of land in the listed new units, for former communes together."""
        columns = [self.codes.index(code) for code in new]
        people = self.people[np.ix_(rows, columns)].sum(axis=0)
        land = self.land_km2[np.ix_(rows, columns)].sum(axis=0)
        return _shares(people), _shares(land)


def _people(
    former: gpd.GeoDataFrame, communes: gpd.GeoDataFrame, population: Path
) -> npt.NDArray[np.float64]:
    """People in each pair of former and new unit, shape (former, new)."""
    a, b = former.geometry.to_numpy(), communes.geometry.to_numpy()
    row, col = shapely.STRtree(b).query(a, predicate="intersects")
    pieces = gpd.GeoDataFrame(geometry=shapely.intersection(a[row], b[col]), crs=STORED)
    polygonal = shapely.area(pieces.geometry.to_numpy()) > 0.0
    found = exact_extract(str(population), pieces[polygonal], "sum", output="pandas")
    out = np.zeros((len(a), len(b)))
    out[row[polygonal], col[polygonal]] = found["sum"].to_numpy()
    return out


def _shares(amounts: npt.NDArray[np.float64]) -> list[float]:
    """Shares that sum to 1 at four digits."""
    total = amounts.sum()
    if total <= 0.0:
        return [math.nan] * len(amounts)
    shares = (amounts / total).round(4)
    shares[np.argmax(shares)] += 1.0 - shares.sum()
    return [round(float(share), 4) for share in shares]


def _rows_2019(unit: Any, shares: Shares) -> list[dict[str, Any]]:
    new = unit.successors.split("; ")
    old = {
        "vintage": "2019",
        "old_code": unit.code,
        "old_name_vi": unit.name_vi,
        "old_district": unit.district_2019,
    }
    drawn = unit.successors_origin == "estimated"
    return _rows(old, new, [unit.Index], shares, method=DRAWN if drawn else LISTED)


def _rows_2025(
    unit: Mapping[Any, Any], new: list[str], former_rows: list[int], shares: Shares
) -> list[dict[str, Any]]:
    old = {
        "vintage": "2025-06",
        "old_code": unit["gso_code"],
        "old_name_vi": unit["name"],
        "old_district": unit["district_before_2025_07"],
    }
    return _rows(old, new, former_rows, shares, method=LISTED)


def _rows(
    old: dict[str, Any], new: list[str], former_rows: list[int], shares: Shares, *, method: str
) -> list[dict[str, Any]]:
    if len(new) == 1:
        estimated = method == DRAWN
        return [_row(old, new[0], 1.0, 1.0, method, estimated=estimated)]
    people, land = shares.of(former_rows, new)
    method = DRAWN if method == DRAWN else OVERLAY
    return [
        _row(old, code, share, land_share, method, estimated=True)
        for code, share, land_share in zip(new, people, land, strict=True)
    ]


def _row(
    old: dict[str, Any], code: str, people: float, land: float, method: str, *, estimated: bool
) -> dict[str, Any]:
    return {
        **old,
        "new_code": code,
        "population_share": people,
        "land_share": land,
        "origin": "estimated" if estimated else "published",
        "method": method,
    }


def _named(rows: pd.DataFrame, communes: gpd.GeoDataFrame) -> pd.DataFrame:
    names = communes.set_index("code")["name_vi"]
    rows.insert(5, "new_name_vi", names.loc[rows["new_code"]].to_numpy())
    return rows.sort_values(["vintage", "old_code", "new_code"], ignore_index=True)
