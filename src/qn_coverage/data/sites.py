"""Sectors of the networks, one row each; what a bare list leaves out is assumed, and said."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pandas as pd

from qn_coverage.core.schema import SECTORS
from qn_coverage.core.text import parts_of
from qn_coverage.data import sector_antennas
from qn_coverage.data.antenna_files import list_antennas, named_antennas
from qn_coverage.data.positions import read_places
from qn_coverage.data.problems import accepted, at_rows, problem, rows_of
from qn_coverage.data.sector_completion import completed

if TYPE_CHECKING:
    import geopandas as gpd

    from qn_coverage.core.errors import Problem
    from qn_coverage.data.antenna_files import NamedAntennas

_SAME_PLACE_DIGITS: Final = 5


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """A sector table with the antennas that it names.

    Attributes
    ----------
    sectors
        As `read_sectors` gives them; ``antenna`` holds the names that `antennas` uses.
    antennas
        Patterns, and the files they were read from.
    warnings
        Figures that disagree (see `sector_antennas.conflicts`); none stops a study.
    """

    sectors: gpd.GeoDataFrame
    antennas: NamedAntennas
    warnings: tuple[Problem, ...]


def read_sectors(path: Path | str) -> gpd.GeoDataFrame:
    """Sectors: columns of `core.schema.SECTORS`, points in EPSG:4326.

    A bare list needs ``operator``, ``technology``, a position, and ``site_id`` or ``name``; it
    should have ``height_agl_m``. What is missing is completed, and ``assumed`` names the completed
    columns of each row, "; " between:

    - a column that is missing, or an empty cell, takes `sector_completion`'s `DEFAULTS` (by
      technology) and `COMMON_DEFAULTS`, ``on_air`` takes `ALWAYS`, ``origin``
      "estimated". A height is assumed only if the whole column is missing or ``assumed`` of the
      row itself names it: any other empty cell in it is a problem.
    - a row without azimuth is one antenna that sends all around. If the file has no azimuths at
      all, the row stands for the faces of its site: an assumed EIRP is `UNKNOWN_AZIMUTH_DB` lower,
      a given one is taken as it is.
    - a row with azimuth and without width is a face of `BEAMWIDTH_H_DEG`.
    - sites without ``site_id`` are told apart by operator, name and position.
    - an EIRP that is not given is power + gain - losses, where power and gain are.

    Raises
    ------
    InvalidDataError
        With every problem, as `positions.read_places` and `checks.typed`, and ``nan-height``,
        ``missing-azimuth``, ``inconsistent-site`` and ``dates-out-of-order``.
    """
    return read_network(path).sectors


def read_network(path: Path | str, antennas: Path | str | None = None) -> Network:
    """As `read_sectors`, with the pattern files that the column ``antenna`` names.

    A file gives what its rows leave out: the gain (for an EIRP from power), the beamwidths, and a
    total tilt of its own tilt and the mechanical one.

    Parameters
    ----------
    path
        Sector table.
    antennas
        Folder or zip of MSI and PLN files; None for none: then names are kept and not looked up.

    Raises
    ------
    InvalidDataError
        As `read_sectors`, and ``unknown-antenna``, ``ambiguous-antenna``, and whatever is wrong
        with a file that is named; ``missing-file`` or ``no-antennas`` for the folder.
    """
    path = Path(path)
    files = None if antennas is None else list_antennas(antennas)
    found: list[NamedAntennas] = []

    def prepare(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        found.append(named_antennas(frame.get("antenna"), files, path))
        return completed(frame, found[0])

    sectors, problems = read_places(path, "point", SECTORS, layer="sectors", prepare=prepare)
    named = found[0]
    problems = [*(_named(one) for one in problems), *named.problems]
    problems += _without_azimuth(sectors, path)
    problems += _inconsistent(sectors, path)
    problems += _out_of_order(sectors, path)
    warnings = at_rows(sector_antennas.conflicts(sectors, named, path), sectors, path)
    return Network(accepted(sectors, problems, path), named, tuple(warnings))


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
    return sectors["assumed"].map(lambda told: "azimuth_deg" in parts_of(told)).astype(bool)


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
