"""Sector table → which pattern each antenna has, and how it is tilted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from qn_coverage.propagation.antenna_table import PARAMETRIC, Patterns, patterns_of

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    Floats = npt.NDArray[np.float64]


def antennas_of(sectors: pd.DataFrame, patterns: Patterns | None = None) -> dict[str, Any]:
    """Fields of `propagation.emitters.Emitters` that say where the antennas look.

    Without a table the tilt is the same all around, but for the part that the row calls mechanical.
    With one the electrical tilt lies in the table; what the row's total exceeds it by is
    mechanical, unless the row says what is. Where no azimuth is known, nothing can tip: all of the
    tilt that is not in the table is the same all around.

    Parameters
    ----------
    sectors
        Rows as in `core.schema.SECTORS`.
    patterns
        Tables by name; None for those that need no file.
    """
    tables = patterns or patterns_of((), ())
    index = _indices(sectors, tables)
    total, told = _numbers(sectors, "downtilt_deg"), _numbers(sectors, "mechanical_tilt_deg")
    tabulated, aimed = index != PARAMETRIC, ~np.isnan(_numbers(sectors, "azimuth_deg"))
    own = np.append(tables.tilts_deg(), 0.0)[index]  # the last for those without table
    rest = np.where(tabulated, total - own, 0.0)
    mechanical = np.where(aimed, np.where(np.isnan(told), rest, told), 0.0)
    around = np.where(aimed, np.where(tabulated, 0.0, total - mechanical), total - own)
    return {
        "downtilt_deg": around,
        "mechanical_tilt_deg": mechanical,
        "pattern": index,
        "patterns_db": tables.cuts_db,
    }


def _indices(sectors: pd.DataFrame, tables: Patterns) -> npt.NDArray[np.int32]:
    if "antenna" not in sectors:
        return np.full(len(sectors), PARAMETRIC, dtype=np.int32)
    return tables.indices(sectors["antenna"])


def _numbers(sectors: pd.DataFrame, column: str) -> Floats:
    if column not in sectors:
        return np.full(len(sectors), np.nan)
    return sectors[column].to_numpy(dtype=np.float64, na_value=np.nan)
