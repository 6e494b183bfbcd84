"""CSV that a Vietnamese Excel opens by double click: BOM, semicolons, decimal commas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from qn_coverage.core.foreign_text import defused
from qn_coverage.export.dictionary import field_of
from qn_coverage.export.tables import with_lon_lat

if TYPE_CHECKING:
    from pathlib import Path

    from qn_coverage.export.results import Results

_DIGITS = {"share": 4, "km2": 2, "km": 3, "db": 1, "dbm": 1, "m": 1, "number": 3, "lonlat": 6,
           "count": 0}  # fmt: skip


def write_spreadsheet_csv(results: Results, path: Path) -> None:
    """Write one CSV a table into a folder, with bilingual headers.

    UTF-8 with BOM, ``;`` between cells, decimal comma, dates as ``dd/mm/yyyy``. Text that a
    spreadsheet would run as a formula gets a leading apostrophe.

    Parameters
    ----------
    results
        What to write: every layer (points with longitude and latitude) and every table.
    path
        Folder, made here.
    """
    path.mkdir(parents=True, exist_ok=True)
    for name, layer in results.layers.items():
        points = len(layer) and (layer.geom_type == "Point").all()
        _write(with_lon_lat(layer) if points else layer, path / f"{name}.csv")
    for name, table in results.tables.items():
        file = "statistics" if name == "layers" else name
        _write(table, path / f"{file}.csv", table_name=name)


def header(column: str, *, table: str = "") -> str:
    """``Tiếng Việt / English [unit]`` for a column; its own name if it is not in the dictionary."""
    field = field_of(column, table=table)
    title = field.vi if field.vi == field.en else f"{field.vi} / {field.en}"
    return f"{title} [{field.unit}]" if field.unit else title


def _write(table: pd.DataFrame, path: Path, *, table_name: str = "") -> None:
    out = pd.DataFrame(table.drop(columns="geometry", errors="ignore"))
    for column in out.columns:
        out[column] = _cells(out[column], field_of(str(column), table=table_name).kind)
    # A user's own column may be named like a formula too.
    titles = [header(str(column), table=table_name) for column in out.columns]
    out.columns = pd.Index([_one_line(title) for title in titles])
    out.to_csv(
        path,
        index=False,
        sep=";",
        decimal=",",
        encoding="utf-8-sig",
        lineterminator="\r\n",
        date_format="%d/%m/%Y",
    )


def _cells(values: pd.Series, kind: str) -> pd.Series:
    if pd.api.types.is_bool_dtype(values):
        return values.map({True: "có", False: "không"})
    if pd.api.types.is_float_dtype(values):
        digits = _DIGITS.get(kind, 6)
        rounded = values.astype("float64").round(digits)
        return rounded.astype("Int64") if digits == 0 else rounded
    if pd.api.types.is_numeric_dtype(values) or pd.api.types.is_datetime64_any_dtype(values):
        return values
    return values.map(_one_line, na_action="ignore")


def _one_line(value: object) -> object:
    """A line break inside a cell splits the row where Excel opens the file by double click."""
    return defused(" ".join(value.splitlines())) if isinstance(value, str) else value
