"""Sectors of the networks, one row each; what a bare list leaves out is assumed, and said."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from qn_coverage.core.schema import OPERATORS, SECTORS
from qn_coverage.core.text import fold
from qn_coverage.data.formats import by_value
from qn_coverage.data.positions import read_places
from qn_coverage.data.problems import problem, refuse, rows_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

    from qn_coverage.core.errors import Problem

DEFAULTS: Final[Mapping[str, Mapping[str, float]]] = MappingProxyType(
    {
        # 10 W a carrier, 6 dB of combiner and feeder, 15 dBi
        "2G": {"frequency_mhz": 947.5, "bandwidth_mhz": 0.2, "eirp_dbm": 49.0},
        # 20 W, 3 dB, 17 dBi
        "3G": {"frequency_mhz": 2140.0, "bandwidth_mhz": 5.0, "eirp_dbm": 57.0},
        # 2 × 20 W, 2 dB, 17 dBi
        "4G": {"frequency_mhz": 1842.5, "bandwidth_mhz": 20.0, "eirp_dbm": 61.0},
        # 200 W, 24 dBi
        "5G": {"frequency_mhz": 3750.0, "bandwidth_mhz": 100.0, "eirp_dbm": 77.0},
    }
)
"""What a missing cell is taken for, by technology: the carriers of the shipped stand-in network.
An assumption: no power, gain or EIRP of a Vietnamese site is public."""

COMMON_DEFAULTS: Final[Mapping[str, float]] = MappingProxyType(
    {"height_agl_m": 30.0, "downtilt_deg": 3.0, "beamwidth_v_deg": 8.0, "uncertainty_m": 100.0}
)
"""What a missing cell is taken for, whatever the technology: an assumption."""

BEAMWIDTH_H_DEG: Final = 65.0
"""Horizontal half-power width of a face whose azimuth is given and whose width is not."""

UNKNOWN_AZIMUTH_DB: Final = 3.4
"""How much an assumed EIRP is lowered where the azimuths are not known and a row stands for all
faces: the mean over the compass of 12 (φ/65°)² dB for three faces, 12 · 60²/(3 · 65²)."""

ALWAYS: Final = "1990-01-01"
"""Day on which a sector without ``on_air`` is taken to have started: before every study."""

_BY_TECHNOLOGY: Final = ("frequency_mhz", "bandwidth_mhz", "eirp_dbm")
_SAME_PLACE_DIGITS: Final = 5


def read_sectors(path: Path | str) -> gpd.GeoDataFrame:
    """Sectors: columns of `core.schema.SECTORS`, points in EPSG:4326.

    A bare list needs ``operator``, ``technology``, a position, and ``site_id`` or ``name``; it
    should have ``height_agl_m``. What is missing is completed, and ``assumed`` names the completed
    columns of each row, "; " between:

    - a column that is missing, or an empty cell, takes `DEFAULTS` (by technology) and
      `COMMON_DEFAULTS`, ``on_air`` takes `ALWAYS`, ``origin`` "estimated". A height is assumed
      only if the whole column is missing or ``assumed`` of the row itself names it: any other
      empty cell in it is a problem.
    - a row without azimuth is one antenna that sends all around. If the file has no azimuths at
      all, the row stands for the faces of its site: an assumed EIRP is `UNKNOWN_AZIMUTH_DB` lower,
      a given one is taken as it is.
    - a row with azimuth and without width is a face of `BEAMWIDTH_H_DEG`.
    - sites without ``site_id`` are told apart by operator, name and position.

    Raises
    ------
    InvalidDataError
        With every problem, as `positions.read_places` and `checks.typed`, and ``nan-height``,
        ``missing-azimuth``, ``inconsistent-site`` and ``dates-out-of-order``.
    """
    path = Path(path)
    sectors, problems = read_places(path, "point", SECTORS, layer="sectors", prepare=_completed)
    problems = [_named(one) for one in problems]
    problems += _without_azimuth(sectors, path)
    problems += _inconsistent(sectors, path)
    problems += _out_of_order(sectors, path)
    refuse(problems)
    return sectors


# --- what a bare list leaves out -----------------------------------------------------------------


class _Completion:
    """A frame that is being completed, with the columns that were assumed for each row."""

    def __init__(self, frame: gpd.GeoDataFrame) -> None:
        self.frame = frame.copy()
        self.assumed: list[list[str]] = [[] for _ in range(len(frame))]

    def fill(self, column: str, values: object, where: pd.Series[bool] | None = None) -> None:
        """Fill the empty cells of a column, among the rows of `where`."""
        if column not in self.frame:
            self.frame[column] = pd.Series(None, index=self.frame.index, dtype="object")
        new = pd.Series(values, index=self.frame.index, dtype="object")
        empty = self.frame[column].isna() & new.notna()
        if where is not None:
            empty &= where
        self.frame[column] = self.frame[column].astype("object").mask(empty, new)
        self.note(column, empty)

    def admitted(self, column: str) -> pd.Series[bool]:
        """Rows whose own ``assumed`` names the column."""
        told = self.frame.get("assumed", pd.Series(None, index=self.frame.index, dtype="object"))
        return told.map(lambda names: column in _names(names)).astype(bool)

    def note(self, column: str, rows: pd.Series[bool]) -> None:
        for row in rows_of(rows):
            self.assumed[row].append(column)

    def done(self) -> gpd.GeoDataFrame:
        """The completed frame; what the file itself says of ``assumed`` comes first."""
        told = self.frame.get("assumed", pd.Series(None, index=self.frame.index, dtype="object"))
        self.frame["assumed"] = [
            "; ".join(dict.fromkeys([*_names(before), *names]))
            for before, names in zip(told, self.assumed, strict=True)
        ]
        return self.frame


def _names(told: object) -> list[str]:
    return told.split("; ") if isinstance(told, str) else []


def _completed(given: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    work = _Completion(given)
    no_azimuths = "azimuth_deg" not in given
    if "operator" in given:
        spelling = {fold(name): name for name in OPERATORS}
        work.frame["operator"] = by_value(
            given["operator"], lambda name: spelling.get(fold(str(name)), name)
        )
    if "technology" in given:
        technology = by_value(given["technology"], lambda name: str(name).upper())
        for column in _BY_TECHNOLOGY:
            values = technology.map({name: row[column] for name, row in DEFAULTS.items()})
            lower = UNKNOWN_AZIMUTH_DB if no_azimuths and column == "eirp_dbm" else 0.0
            work.fill(column, values - lower)
    for column, value in COMMON_DEFAULTS.items():
        where = work.admitted(column) if column == "height_agl_m" and column in given else None
        work.fill(column, value, where=where)
    if no_azimuths:
        work.fill("azimuth_deg", None)
        work.fill("beamwidth_h_deg", None)
        work.note("azimuth_deg", work.frame["azimuth_deg"].isna())
    else:
        work.fill("beamwidth_h_deg", BEAMWIDTH_H_DEG, where=given["azimuth_deg"].notna())
    work.fill("on_air", ALWAYS)
    work.fill("origin", "estimated")
    return _with_ids(work.done())


def _with_ids(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    if "site_id" not in frame and {"name", "operator"} <= set(frame.columns):
        frame["site_id"] = _site_ids(frame)
    if "sector_id" not in frame and {"site_id", "technology"} <= set(frame.columns):
        keys = [
            f"{site}-{kind}"
            for site, kind in zip(frame["site_id"], frame["technology"], strict=True)
        ]
        number = pd.Series(keys, index=frame.index).groupby(keys).cumcount() + 1
        frame["sector_id"] = [f"{key}-{n}" for key, n in zip(keys, number, strict=True)]
    return frame


def _site_ids(frame: gpd.GeoDataFrame) -> pd.Series[Any]:
    """Operator and name; places that share both are numbered in the order of the file."""
    keys = [
        f"{operator}-{fold(str(name)).replace(' ', '-')}"
        for operator, name in zip(frame["operator"], frame["name"], strict=True)
    ]
    places = frame.geometry.to_wkt(rounding_precision=_SAME_PLACE_DIGITS)
    known: dict[str, list[object]] = {}
    ids = []
    for key, place in zip(keys, places, strict=True):
        at = known.setdefault(key, [])
        if place not in at:
            at.append(place)
        ids.append(key if at[0] == place else f"{key}-{at.index(place) + 1}")
    return pd.Series(ids, index=frame.index, dtype="object").where(frame["name"].notna(), None)


# --- what is wrong with a list -------------------------------------------------------------------


def _named(found: Problem) -> Problem:
    """Missing heights have a name of their own: no default may stand in for a known mast."""
    nothing = found.code == "empty-cell" or found.found.casefold() == "'nan'"
    if found.column != "height_agl_m" or not nothing:
        return found
    return replace(
        found,
        code="nan-height",
        expected="metres above ground",
        mend="measure or ask for it, or name height_agl_m in the row's column 'assumed'",
    )


def _without_azimuth(sectors: gpd.GeoDataFrame, path: Path) -> list[Problem]:
    width = sectors["beamwidth_h_deg"]
    wrong = sectors["azimuth_deg"].isna() & (width < 360.0) & ~_all_assumed(sectors)
    return [
        problem(
            "missing-azimuth",
            path,
            f"a width of {width.iloc[row]:g}° without azimuth",
            "both, or neither for an antenna that sends all around",
            "fill in the azimuth, or leave beamwidth_h_deg empty",
            row=row,
            column="azimuth_deg",
        )
        for row in rows_of(wrong)
    ]


def _all_assumed(sectors: gpd.GeoDataFrame) -> pd.Series[bool]:
    return sectors["assumed"].map(lambda told: "azimuth_deg" in _names(told)).astype(bool)


def _inconsistent(sectors: gpd.GeoDataFrame, path: Path) -> list[Problem]:
    """Rows that disagree with the first row of their site."""
    facts = pd.DataFrame(
        {
            "geometry": sectors.geometry.to_wkt(rounding_precision=_SAME_PLACE_DIGITS),
            "operator": sectors["operator"],
            "height_agl_m": sectors["height_agl_m"],
        }
    )
    site = sectors["site_id"].fillna("")
    firsts = facts.groupby(site).transform("first")
    differ = (facts != firsts) & facts.notna() & firsts.notna()
    differ = differ.mul(site != "", axis=0)
    return [
        problem(
            "inconsistent-site",
            path,
            f"{facts[column].iloc[row]} for site {sectors['site_id'].iloc[row]}",
            f"{firsts[column].iloc[row]} as in the first row of the site",
            "correct it, or give another mast another site_id",
            row=row,
            column=column,
        )
        for column in facts.columns
        for row in rows_of(differ[column])
    ]


def _out_of_order(sectors: gpd.GeoDataFrame, path: Path) -> list[Problem]:
    wrong = sectors["off_air"].notna() & (sectors["off_air"] <= sectors["on_air"])
    return [
        problem(
            "dates-out-of-order",
            path,
            f"{sectors['off_air'].iloc[row]:%Y-%m-%d}",
            f"a day after on_air, {sectors['on_air'].iloc[row]:%Y-%m-%d}",
            "correct one of the two, or leave off_air empty",
            row=row,
            column="off_air",
        )
        for row in rows_of(wrong)
    ]
