"""Sectors of the networks, one row each; what a bare list leaves out is assumed, and said."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from qn_coverage.core.errors import InvalidDataError, Problem
from qn_coverage.core.schema import SECTORS
from qn_coverage.data.checks import checked
from qn_coverage.data.tables import read_vector

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

DEFAULTS: Final[Mapping[str, Mapping[str, float]]] = MappingProxyType(
    {
        "2G": {"frequency_mhz": 947.5, "bandwidth_mhz": 0.2, "eirp_dbm": 58.0},
        "3G": {"frequency_mhz": 2140.0, "bandwidth_mhz": 5.0, "eirp_dbm": 58.0},
        "4G": {"frequency_mhz": 1842.5, "bandwidth_mhz": 20.0, "eirp_dbm": 62.0},
        "5G": {"frequency_mhz": 3750.0, "bandwidth_mhz": 100.0, "eirp_dbm": 74.0},
    }
)
"""What a missing cell is taken for, by technology: 43 dBm a carrier (2 × 43 dBm for 4G, 53 dBm with
a 64-element array for 5G), 15 to 21 dBi, 0 to 2 dB of feeder. An assumption: no EIRP of a
Vietnamese site is public."""

COMMON_DEFAULTS: Final[Mapping[str, float]] = MappingProxyType(
    {"height_agl_m": 30.0, "downtilt_deg": 3.0, "beamwidth_v_deg": 8.0, "uncertainty_m": 100.0}
)
"""What a missing cell is taken for, whatever the technology: an assumption."""

ALWAYS: Final = "1990-01-01"
"""Day on which a sector without ``on_air`` is taken to have started."""


def read_sectors(path: Path | str) -> gpd.GeoDataFrame:
    """Sectors: columns of `core.schema.SECTORS` and ``assumed``, points in EPSG:4326.

    A bare list needs ``site_id``, ``operator``, ``technology`` and a position. A row without
    azimuth is one omnidirectional antenna. Other cells that are missing or empty take `DEFAULTS`
    and `COMMON_DEFAULTS`; ``assumed`` names them, "; " between.

    Raises
    ------
    InvalidDataError
        With every problem, as `tables.read_vector` and `checks.checked`, and
        ``inconsistent-site`` and ``dates-out-of-order``.
    """
    path = Path(path)
    frame = _filled(read_vector(path, "point"))
    sectors = checked(frame, SECTORS, path)
    problems = [*_inconsistent(sectors, path), *_out_of_order(sectors, path)]
    if problems:
        raise InvalidDataError(problems)
    return sectors


def _filled(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    frame = frame.copy()
    assumed: list[list[str]] = [[] for _ in range(len(frame))]
    for column in ("azimuth_deg", "beamwidth_h_deg"):
        if column not in frame:
            frame[column] = pd.NA
    if "technology" in frame:
        for column in ("frequency_mhz", "bandwidth_mhz", "eirp_dbm"):
            _fill(frame, column, frame["technology"].map(_default(column)), assumed)
    for column, value in COMMON_DEFAULTS.items():
        _fill(frame, column, pd.Series(value, index=frame.index), assumed)
    _fill(frame, "on_air", pd.Series(ALWAYS, index=frame.index), assumed)
    _fill(frame, "origin", pd.Series("estimated", index=frame.index), assumed)
    if "sector_id" not in frame and {"site_id", "technology"} <= set(frame.columns):
        frame["sector_id"] = _sector_ids(frame)
    frame["assumed"] = ["; ".join(names) for names in assumed]
    return frame


def _default(column: str) -> dict[str, float]:
    return {technology: values[column] for technology, values in DEFAULTS.items()}


def _fill(
    frame: gpd.GeoDataFrame, column: str, values: pd.Series[Any], assumed: list[list[str]]
) -> None:
    """Fill empty cells, and note the column for each row that had one."""
    if column not in frame:
        frame[column] = pd.Series(pd.NA, index=frame.index, dtype="object")
    empty = frame[column].isna()
    if not empty.any():
        return
    frame[column] = frame[column].astype("object").where(~empty, values)
    for row in empty.to_numpy().nonzero()[0]:
        assumed[row].append(column)


def _sector_ids(frame: gpd.GeoDataFrame) -> pd.Series[str]:
    keys = frame["site_id"].astype(str) + "-" + frame["technology"].astype(str)
    return keys + "-" + (frame.groupby(keys).cumcount() + 1).astype(str)


def _inconsistent(sectors: gpd.GeoDataFrame, path: Path) -> list[Problem]:
    """Rows that disagree with the first row of their site."""
    facts = pd.DataFrame(
        {
            "geometry": sectors.geometry.to_wkt(rounding_precision=6),
            "operator": sectors["operator"],
            "height_agl_m": sectors["height_agl_m"],
        }
    )
    firsts = facts.groupby(sectors["site_id"]).transform("first")
    return [
        Problem(
            code="inconsistent-site",
            file=str(path),
            row=int(row) + 1,
            column=column,
            found=f"{facts[column].iloc[row]} for site {sectors['site_id'].iloc[row]}",
            expected=f"{firsts[column].iloc[row]} as in the first row of the site",
            mend="correct it, or give another mast another site_id",
        )
        for column in facts.columns
        for row in (facts[column] != firsts[column]).to_numpy().nonzero()[0]
    ]


def _out_of_order(sectors: gpd.GeoDataFrame, path: Path) -> list[Problem]:
    wrong = sectors["off_air"].notna() & (sectors["off_air"] <= sectors["on_air"])
    return [
        Problem(
            code="dates-out-of-order",
            file=str(path),
            row=int(row) + 1,
            column="off_air",
            found=f"{sectors['off_air'].iloc[row]:%Y-%m-%d}",
            expected=f"a day after on_air, {sectors['on_air'].iloc[row]:%Y-%m-%d}",
            mend="correct one of the two, or leave off_air empty",
        )
        for row in wrong.to_numpy().nonzero()[0]
    ]
