"""CSV tables: UTF-8, NFC, fixed number of digits, one row a unit or village."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

import pandas as pd

from qn_coverage.core.foreign_text import defused

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

Table = TypeVar("Table", bound=pd.DataFrame)

_DIGITS: Final = {"share": 6, "_km2": 4, "_km": 3, "_db": 2, "population": 1, "people": 1}


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table without its geometry; text that a spreadsheet would run is defused.

    Parameters
    ----------
    table
        Any table; a ``geometry`` column is left out.
    path
        File to write.
    """
    plain = pd.DataFrame(table.drop(columns="geometry", errors="ignore"))
    plain = _rounded(plain)
    for column in plain.columns:
        if plain[column].dtype == object or isinstance(plain[column].dtype, pd.StringDtype):
            plain[column] = plain[column].map(defused, na_action="ignore")
    plain.columns = pd.Index([defused(column) for column in plain.columns])
    plain.to_csv(path, index=False, encoding="utf-8", lineterminator="\n", date_format="%Y-%m-%d")


def computed(table: Table) -> Table:
    """The table with a last column ``result_origin`` that tells results from what was read.

    Columns such as ``origin`` and ``population_origin`` speak of a row's place or of one figure;
    whatever a run adds to them comes out of a propagation model.
    """
    return table.assign(result_origin="modelled")


def with_lon_lat(points: gpd.GeoDataFrame) -> pd.DataFrame:
    """Table of points with ``lon`` and ``lat`` (degrees, six digits) in place of the geometry."""
    table = pd.DataFrame(points.drop(columns="geometry"))
    table["lon"] = points.geometry.x.round(6)
    table["lat"] = points.geometry.y.round(6)
    return table


def _rounded(table: pd.DataFrame) -> pd.DataFrame:
    table = table.copy()
    for column in table.columns:
        if not pd.api.types.is_float_dtype(table[column]):
            continue
        for mark, digits in _DIGITS.items():
            if mark in str(column):
                table[column] = table[column].round(digits)
                break
    return table
