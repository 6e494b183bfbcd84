"""Drive tests and field measurements → one table of levels at places."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from qn_coverage.core.operators import spelled
from qn_coverage.core.schema import TECHNOLOGIES, Column
from qn_coverage.data.checks import checked
from qn_coverage.data.formats import by_value
from qn_coverage.data.importing import cells
from qn_coverage.data.importing.cells import Unclear, once
from qn_coverage.data.importing.draft import load
from qn_coverage.data.importing.keeping import keep_files
from qn_coverage.data.importing.outcome import finish, kept_rows
from qn_coverage.data.importing.places import place_rows
from qn_coverage.data.importing.values import is_empty, numbers, operators, uncertainties
from qn_coverage.data.importing.writing import placed
from qn_coverage.data.tables import read_vector

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    import geopandas as gpd

    from qn_coverage.data.importing.draft import Draft
    from qn_coverage.data.importing.report import Report

MEASUREMENTS: Final = (
    Column("measurement_id", "text", "identifier", unique=True),
    Column("time", "date", "when it was measured", required=False, nullable=True),
    Column("operator", "text", "network operator"),
    Column("technology", "text", "radio technology", choices=TECHNOLOGIES),
    Column("level_dbm", "number", "level received", minimum=-160.0, maximum=0.0),
    Column("quantity", "text", "what the level is", choices=("RSRP", "RSCP", "RxLev", "unknown")),
    Column(
        "frequency_mhz",
        "number",
        "downlink frequency",
        required=False,
        nullable=True,
        minimum=30.0,
        maximum=6000.0,
    ),
    Column("cell_id", "text", "serving cell", required=False, nullable=True),
    Column("indoor", "boolean", "measured inside a building", required=False, nullable=True),
    Column("origin", "text", "where the row comes from", choices=("measured",)),
    Column("uncertainty_m", "number", "radius that holds the true position", minimum=0.0),
    Column("source", "text", "citation", required=False, nullable=True),
)
"""Columns of a table of measurements."""

GPS_M: Final = 20.0
"""Radius of a measurement whose list gives none: a telephone's receiver in the open, an
assumption."""

_SCHEMA: Final = {column.name: column for column in MEASUREMENTS}
_QUANTITIES: Final = (("rsrp", "RSRP"), ("rscp", "RSCP"), ("rxlev", "RxLev"))
_BY_QUANTITY: Final = {"RSCP": "3G", "RxLev": "2G"}
_ISO: Final = re.compile(r"\d{4}-\d")
_CLOCK: Final = re.compile(r"[ T](\d{1,2}):(\d{2})(?::(\d{2}))?")
_MEND_OPERATOR: Final = "fill it in, or say --set operator=Viettel"
_MEND: Final = "fill it in, or say --set technology=4G if all rows are of one"


def read_measurements(path: Path | str) -> gpd.GeoDataFrame:
    """Measurements: columns of `MEASUREMENTS`, points in EPSG:4326, operators by common names.

    Raises
    ------
    InvalidDataError
        With every problem, as `tables.read_vector` and `checks.checked`.
    """
    path = Path(path)
    table = checked(read_vector(path, "point"), MEASUREMENTS, path)
    return table.assign(operator=by_value(table["operator"], spelled))


def import_measurements(
    files: Sequence[Path],
    out: Path | None,
    mapping: Mapping[str, str] | None = None,
    *,
    dry_run: bool = False,
    skip_refused: bool = False,
    fixed: Mapping[str, str] | None = None,
    zone: str | None = None,
    encoding: str | None = None,
) -> Report:
    """Import drive tests into one file.

    What the level is (RSRP, RSCP, RxLev) is told by the name of its column; ``unknown`` is kept
    as such, since the three differ by tens of dB.

    Parameters
    ----------
    files, out, mapping, dry_run, skip_refused, fixed, zone, encoding
        As in `sites.import_sites`.

    Raises
    ------
    InvalidDataError, UnknownNameError
        As `sites.import_sites`.
    """
    keep_files(files, out)
    draft = load(files, "measurements", mapping=mapping, fixed=fixed, encoding=encoding)
    places = place_rows(draft, zone=zone)
    given = numbers(draft, "uncertainty_m", _SCHEMA["uncertainty_m"])
    columns: dict[str, Any] = {
        "level_dbm": _levels(draft),
        "operator": operators(draft, _MEND_OPERATOR),
        "quantity": [_quantity(draft, row) for row in range(len(draft.row))],
        "time": _times(draft),
        "frequency_mhz": _frequencies(draft),
        "origin": ["measured"] * len(draft.row),
        "uncertainty_m": uncertainties(given, places.rounding_m, GPS_M),
        "measurement_id": _ids(draft),
    }
    columns["technology"] = _technologies(draft, columns["quantity"])
    for name in ("cell_id", "source", "indoor"):
        columns[name] = ["" if is_empty(c) else c for c in draft.column(name)]
    kept = kept_rows(draft)
    take = np.array(kept, dtype=np.int64)
    table = {
        column.name: np.array(columns[column.name], dtype=object)[take] for column in MEASUREMENTS
    }
    for name in ("level_dbm", "frequency_mhz", "uncertainty_m"):
        table[name] = table[name].astype(np.float64)
    frame = placed(table, places.lon[take], places.lat[take])
    return finish(
        "measurements", draft, frame, kept, out, read_measurements,
        dry_run=dry_run, skip_refused=skip_refused,
    )  # fmt: skip


def _levels(draft: Draft) -> Any:
    values = numbers(draft, "level_dbm", _SCHEMA["level_dbm"])
    bad = draft.refused_rows()
    for row in np.flatnonzero(np.isnan(values)).tolist():
        if (draft.grids[draft.part[row]].name, draft.row[row]) not in bad:
            draft.refuse(row, "level_dbm", "empty-cell", "", "a level in dBm", "leave the row out")
    return values


def _quantity(draft: Draft, row: int) -> str:
    name = re.sub(r"[^a-z]", "", draft.column_name(row, "level_dbm").casefold())
    return next((quantity for mark, quantity in _QUANTITIES if mark in name), "unknown")


def _technologies(draft: Draft, quantities: list[str]) -> list[str]:
    column = ["" if is_empty(c) else c for c in draft.column("technology")]
    read = once(lambda cell: cells.technologies(cell) if cell else [], column)
    out = []
    for row, cell in enumerate(column):
        found = read[cell]
        names = set() if isinstance(found, Unclear) else {tech for tech, _ in found}
        if not cell and quantities[row] in _BY_QUANTITY:
            names = {_BY_QUANTITY[quantities[row]]}
        if len(names) != 1:
            code = "unknown-value" if cell else "empty-cell"
            draft.refuse(row, "technology", code, cell, "one of 2G, 3G, 4G, 5G", _MEND)
        out.append(next(iter(names), ""))
    return out


def _frequencies(draft: Draft) -> Any:
    column = ["" if is_empty(c) else c for c in draft.column("frequency_mhz")]
    read = once(lambda cell: cells.frequencies(cell) if cell else [], column)
    out = np.full(len(column), np.nan)
    for row, cell in enumerate(column):
        found = read[cell]
        if isinstance(found, Unclear) or len(found) > 1:
            draft.refuse(row, "frequency_mhz", "not-a-number", cell, "one frequency", "in MHz")
        elif found:
            out[row] = found[0][0]
    return out


def _times(draft: Draft) -> list[str]:
    """Times as ISO texts, UTC where a cell says its zone; a bare day stays a day."""
    column = ["" if is_empty(c) else c for c in draft.column("time")]
    month_first = cells.days_are_month_first(column)
    out = _iso_times(column)
    ways: dict[str, list[int]] = {}
    for row, cell in enumerate(column):
        if out[row] or not cell:
            continue
        answer = _day(cell, month_first=month_first)
        if isinstance(answer, Unclear):
            draft.refuse(row, "time", "not-a-date", cell, str(answer), "write 2024-01-31T08:00:00")
            continue
        day, how = answer
        clock = _CLOCK.search(cell)
        time = f"T{int(clock[1]):02}:{clock[2]}:{clock[3] or '00'}" if clock else ""
        out[row] = f"{day.isoformat()}{time}"
        ways.setdefault(how, []).append(row)
    for rows in ways.values():
        shown = out[rows[0]]
        draft.note_same(rows, "time", "date", column[rows[0]], shown, shown)
    return out


def _day(cell: str, *, month_first: bool | None) -> tuple[date, str] | Unclear:
    try:
        day, how = cells.day(cell, day_first=not month_first)
    except Unclear as error:
        return error
    if month_first is None and how.endswith("first"):
        return Unclear("one order of day and month in the column")
    return day, how


def _iso_times(column: list[str]) -> list[str]:
    """Cells that begin with a year and read as ISO 8601; ``""`` for all others."""
    dated = [cell if _ISO.match(cell) else None for cell in column]
    read = pd.to_datetime(
        pd.Series(dated, dtype="object"), errors="coerce", format="ISO8601", utc=True
    )
    return ["" if pd.isna(time) else time.tz_localize(None).isoformat() for time in read.tolist()]


def _ids(draft: Draft) -> list[str]:
    given = draft.column("measurement_id")
    firm = pd.Series(given)
    if (firm != "").all() and not firm.duplicated().any():
        return given
    return [f"M{number:06}" for number in range(1, len(given) + 1)]
