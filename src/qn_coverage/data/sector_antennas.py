"""What named antennas and power give a sector table that it leaves out, and where they disagree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from qn_coverage.data.antennas import half_power_width
from qn_coverage.data.problems import problem, rows_of
from qn_coverage.propagation.antenna import PANEL_BEAMWIDTH_DEG
from qn_coverage.propagation.antenna_table import TR38901, tilt_of
from qn_coverage.propagation.link_budget import eirp_dbm

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import numpy.typing as npt

    from qn_coverage.core.errors import Problem
    from qn_coverage.data.antenna_files import NamedAntennas
    from qn_coverage.data.antennas import AntennaPattern

    Floats = npt.NDArray[np.float64]

TOLERATED_DB: Final = 0.5
"""Difference of an EIRP or a gain from what the rest of the row says that is not told."""

TOLERATED_DEG: Final = 0.5
"""The same of a tilt: pattern files come in steps of a degree."""


def named_column(frame: pd.DataFrame, named: NamedAntennas) -> pd.Series[Any]:
    """The column ``antenna`` with each name as tables have it."""
    column = frame["antenna"].astype("object").copy()
    for row, name in named.names.items():
        column.iloc[row] = name
    return column


def file_values(
    frame: pd.DataFrame, named: NamedAntennas, value: Callable[[AntennaPattern], float]
) -> Floats:
    """A value of each row's pattern file, NaN where it has none, shape (n,)."""
    known = {name: value(pattern) for name, pattern in named.patterns.items()}
    out = np.full(len(frame), np.nan)
    for row, name in named.names.items():
        out[row] = known.get(name, np.nan)
    return out


def gains_dbi(frame: pd.DataFrame, named: NamedAntennas) -> Floats:
    """Gain of each row: as given, else its file's."""
    given = numbers_of(frame, "gain_dbi")
    return np.where(np.isnan(given), file_values(frame, named, lambda p: p.gain_dbi), given)


def tilts_deg(frame: pd.DataFrame, named: NamedAntennas) -> Floats:
    """Tilt that lies in each row's pattern file: where its vertical cut is strongest."""
    return file_values(frame, named, lambda p: tilt_of(p.vertical_db))


def widths_deg(frame: pd.DataFrame, named: NamedAntennas) -> tuple[Floats, Floats]:
    """Horizontal and vertical half-power widths of each row's pattern."""
    panel = np.zeros(len(frame), dtype=np.bool_)
    panel[[row for row, name in named.names.items() if name == TR38901]] = True
    across, down = (
        np.where(panel, PANEL_BEAMWIDTH_DEG, file_values(frame, named, width))
        for width in (
            lambda p: half_power_width(p.horizontal_db),
            lambda p: min(half_power_width(p.vertical_db), 90.0),  # the schema's widest
        )
    )
    return across, down


def powered_eirp_dbm(frame: pd.DataFrame, named: NamedAntennas) -> Floats:
    """EIRP from power, gain and losses, NaN where power or gain is not known."""
    losses = np.nan_to_num(numbers_of(frame, "losses_db"))
    gains = gains_dbi(frame, named)
    return eirp_dbm(numbers_of(frame, "power_dbm"), gain_dbi=gains, losses_db=losses)


def conflicts(sectors: pd.DataFrame, named: NamedAntennas, path: Path) -> tuple[Problem, ...]:
    """Rows whose figures disagree; none of them stops a study: what the table says counts.

    Parameters
    ----------
    sectors
        Read and completed.
    named
        Antennas of its rows.
    path
        File, for messages.
    """
    given = numbers_of(sectors, "eirp_dbm")
    own = tilts_deg(sectors, named)
    total = np.where(_assumed(sectors, "downtilt_deg"), np.nan, numbers_of(sectors, "downtilt_deg"))
    told = [
        ("eirp-conflict", "eirp_dbm", given, powered_eirp_dbm(sectors, named), "dBm",
         "power + gain - losses", TOLERATED_DB),
        ("gain-conflict", "gain_dbi", numbers_of(sectors, "gain_dbi"),
         file_values(sectors, named, lambda p: p.gain_dbi), "dBi", "the pattern file",
         TOLERATED_DB),
        ("tilt-conflict", "downtilt_deg", total, own + numbers_of(sectors, "mechanical_tilt_deg"),
         "°", "mechanical tilt + that of the pattern file", TOLERATED_DEG),
    ]  # fmt: skip
    return tuple(
        problem(
            code,
            path,
            f"{values[row]:g} {unit}",
            f"{others[row]:g} {unit} by {whence}",
            "correct one of them",
            row=row,
            column=column,
        )
        for code, column, values, others, unit, whence, tolerated in told
        for row in rows_of(np.abs(values - others) > tolerated + 1e-9)
    )


def numbers_of(frame: pd.DataFrame, column: str) -> Floats:
    """Numbers of a column, NaN for what is none or not there."""
    if column not in frame:
        return np.full(len(frame), np.nan)
    return pd.to_numeric(frame[column], errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)


def _assumed(sectors: pd.DataFrame, column: str) -> npt.NDArray[np.bool_]:
    told = sectors["assumed"].fillna("").str.split("; ")
    return np.array([column in names for names in told], dtype=np.bool_)
