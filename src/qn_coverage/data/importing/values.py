"""Columns of a draft → typed values in the schema's ranges; what is out of them is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from qn_coverage.core.operators import known_operator, nearest_operator, spelled
from qn_coverage.data.importing import cells
from qn_coverage.data.importing.cells import THOUSANDS_BELOW, Unclear, once

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from qn_coverage.core.schema import Column
    from qn_coverage.data.importing.draft import Draft

UNITS: Final[Mapping[str, Mapping[str, float]]] = {
    "bandwidth_mhz": {"": 1.0, "mhz": 1.0, "khz": 0.001},
    "height_agl_m": {"": 1.0, "m": 1.0, "met": 1.0, "mét": 1.0},
    "downtilt_deg": {"": 1.0, "°": 1.0, "deg": 1.0, "do": 1.0, "độ": 1.0},
    "tilt_mechanical": {"": 1.0, "°": 1.0, "deg": 1.0, "do": 1.0, "độ": 1.0},
    "tilt_electrical": {"": 1.0, "°": 1.0, "deg": 1.0, "do": 1.0, "độ": 1.0},
    "beamwidth_h_deg": {"": 1.0, "°": 1.0, "deg": 1.0, "do": 1.0, "độ": 1.0},
    "beamwidth_v_deg": {"": 1.0, "°": 1.0, "deg": 1.0, "do": 1.0, "độ": 1.0},
    "eirp_dbm": {"": 1.0, "dbm": 1.0},
    "power_dbm": {"": 1.0, "dbm": 1.0},
    "gain_dbi": {"": 1.0, "dbi": 1.0},
    "losses_db": {"": 1.0, "db": 1.0},
    "level_dbm": {"": 1.0, "dbm": 1.0},
    "uncertainty_m": {"": 1.0, "m": 1.0, "km": 1000.0, "met": 1.0, "mét": 1.0},
    "population": {"": 1.0, "nguoi": 1.0, "người": 1.0, THOUSANDS_BELOW: 1000.0, "khẩu": 1.0},
    "households": {"": 1.0, "ho": 1.0, "hộ": 1.0, THOUSANDS_BELOW: 1000.0},
}
"""Units that a number may carry, with the factor to the schema's unit."""

_NOTHING: Final = frozenset(("", "-", "--", "n/a", "na", "null", "none", "không có", "không", "?"))


def is_empty(cell: str) -> bool:
    """Whether a cell says that there is nothing to say."""
    return cell.casefold() in _NOTHING


def numbers(draft: Draft, name: str, schema: Column | None = None) -> npt.NDArray[np.float64]:
    """Numbers of a field, NaN where empty or refused."""
    if name not in draft.cells:
        return np.full(len(draft.cells), np.nan)
    column = draft.column(name)
    factors = UNITS[name]
    read = once(
        lambda cell: (np.nan, False) if is_empty(cell) else cells.number(cell, factors), column
    )
    out = np.full(len(column), np.nan)
    read_into: dict[str, list[int]] = {}
    for row, cell in enumerate(column):
        answer = read[cell]
        if isinstance(answer, Unclear):
            draft.refuse(row, name, "not-a-number", cell, str(answer), "write a plain number")
            continue
        out[row] = answer[0]
        if answer[1]:
            read_into.setdefault(cell, []).append(row)
    for cell, rows in read_into.items():
        value = f"{out[rows[0]]:g}"
        draft.note_same(rows, name, "number", cell, value, value)
    if schema is not None:
        refuse_out_of_range(draft, name, out, schema)
    return out


def refuse_out_of_range(
    draft: Draft, name: str, values: npt.NDArray[np.float64], schema: Column
) -> None:
    """Refuse rows whose number the schema does not allow."""
    low = -np.inf if schema.minimum is None else schema.minimum
    high = np.inf if schema.maximum is None else schema.maximum
    for row in np.flatnonzero((values < low) | (values > high)).tolist():
        draft.refuse(
            row, name, "out-of-range", f"{values[row]:g}", f"{low:g} to {high:g}",
            "check the number and its unit",
        )  # fmt: skip


def days(draft: Draft, name: str) -> list[str]:
    """Days of a field as ISO texts, ``""`` where empty or refused."""
    if name not in draft.cells:
        return [""] * len(draft.cells)
    column = ["" if is_empty(cell) else cell for cell in draft.column(name)]
    month_first = cells.days_are_month_first(column)
    out: list[str] = []
    ways: dict[str, list[int]] = {}
    read = once(lambda cell: cells.day(cell, day_first=not month_first) if cell else None, column)
    words = {
        "day-first": ("ngày/tháng/năm", "day/month/year"),
        "month-first": ("tháng/ngày/năm", "month/day/year"),
        "serial": ("số ngày của Excel", "Excel's count of days"),
        "month": ("ngày cuối tháng", "the last day of the month"),
        "year": ("ngày cuối năm", "the last day of the year"),
    }
    for row, cell in enumerate(column):
        answer = read[cell]
        mixed = month_first is None and isinstance(answer, tuple) and answer[1].endswith("first")
        if isinstance(answer, Unclear) or mixed:
            expected = "one order of day and month in the column" if mixed else str(answer)
            draft.refuse(row, name, "not-a-date", cell, expected, "write it as 2024-01-31")
            out.append("")
        elif answer is None:
            out.append("")
        else:
            out.append(answer[0].isoformat())
            if answer[1]:
                ways.setdefault(answer[1], []).append(row)
    for way, rows in ways.items():
        vi, en = (f"{out[rows[0]]} ({word})" for word in words[way])
        draft.note_same(rows, name, "date", column[rows[0]], vi, en)
    return out


def required_texts(draft: Draft, name: str, mend: str) -> list[str]:
    """Texts of a field; a row without one is refused."""
    column = ["" if is_empty(cell) else cell for cell in draft.column(name)]
    for row, cell in enumerate(column):
        if not cell:
            draft.refuse(row, name, "empty-cell", "", "a value", mend)
    return column


def operators(draft: Draft, mend: str) -> list[str]:
    """Operators by their common names; a row without one is refused.

    One that is not known stays as it stands and is noted, with the known one that it may be a slip
    of the pen for.
    """
    column = required_texts(draft, "operator", mend)
    rows: dict[str, list[int]] = {}
    for row, cell in enumerate(column):
        rows.setdefault(cell, []).append(row)
    for cell, same in rows.items():
        common = known_operator(cell)
        if common is not None and common != cell:
            draft.note_same(same, "operator", "operator", cell, common, common)
        elif cell and common is None:
            near = nearest_operator(cell)
            vi = "một mạng riêng" + (f", không phải {near}" if near else "")
            en = "a network of its own" + (f", not {near}" if near else "")
            draft.note_same(same, "operator", "unknown-operator", cell, vi, en)
    return [spelled(cell) for cell in column]


def uncertainties(
    given: npt.NDArray[np.float64], rounding_m: npt.NDArray[np.float64], default: float
) -> npt.NDArray[np.float64]:
    """Radius that holds each place: as given, or assumed; never less than the rounding."""
    assumed = np.where(np.isnan(given), default, given)
    return np.asarray(np.maximum(assumed, np.ceil(rounding_m)), dtype=np.float64)
