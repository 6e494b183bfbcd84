"""Columns of a table against `core.schema`: every problem of the table, named and placed."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any, Final, TypeVar

import numpy as np
import pandas as pd

from qn_coverage.core.text import fold
from qn_coverage.data.formats import by_value, missing_columns
from qn_coverage.data.problems import accepted, problem, rows_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from pathlib import Path

    import pandera.pandas as pa

    from qn_coverage.core.errors import Problem
    from qn_coverage.core.schema import Column

Table = TypeVar("Table", bound=pd.DataFrame)

_TRUE: Final = {"true", "1", "yes", "co", "x"}
_FALSE: Final = {"false", "0", "no", "khong"}
_ALREADY_NUMBERS: Final = frozenset(("floating", "integer", "mixed-integer-float"))
_ISO_DAY: Final = re.compile(r"(\d{4}-\d{2}-\d{2})([T ].*)?")
_YEARS: Final = range(1900, 2200)
_UNIT_CODE: Final = re.compile(r"[0-9]{5}")
_SHOWN: Final = 80
_MENDS: Final = {
    "empty-cell": "fill the cell in",
    "duplicate-id": "give each row its own value",
    "unknown-value": "use one of the values that the toolkit knows",
    "out-of-range": "check the number and its unit",
    "not-a-number": "write a plain number with a decimal point, without unit",
    "not-a-date": "write the date as 2024-01-31, or leave an optional one empty",
    "not-a-boolean": "write true or false",
}
_EXPECTED: Final = {
    "number": "a number",
    "integer": "a whole number",
    "date": "a date as 2024-01-31",
    "boolean": "true or false",
}
_WRONG: Final = {
    "number": "not-a-number",
    "integer": "not-a-number",
    "date": "not-a-date",
    "boolean": "not-a-boolean",
}


def typed(
    table: Table,
    columns: Sequence[Column],
    path: Path,
    *,
    of_file: Sequence[str] | None = None,
) -> tuple[Table, list[Problem]]:
    """The table with the schema's types, and every cell that breaks the schema.

    Optional columns that the table lacks are added empty; a ``geometry`` and columns that the
    schema doesn't know are kept. Texts with a list of choices match without case and accents and
    take the spelling of the schema.

    Parameters
    ----------
    table
        As read; its index is kept.
    columns
        The schema.
    path
        File, for messages.
    of_file
        Columns that the file has, for messages; None if the table has no others.

    Returns
    -------
    Text as str, numbers as float64, whole numbers as Int64, dates as datetime64[ns], truths as
    boolean; and problems, by position in the table: ``missing-columns``, ``empty-cell``,
    ``duplicate-id``, ``unknown-value``, ``out-of-range``, ``not-a-number``, ``not-a-date``,
    ``not-a-boolean``.
    """
    problems: list[Problem] = []
    missing = [column.name for column in columns if column.required and column.name not in table]
    if missing:
        found = [str(n) for n in (of_file or table.columns) if n != "geometry"]
        problems.append(missing_columns(path, _asked_for(missing, columns, table), found))
    table = table.copy()
    for column in columns:
        if column.name not in table:
            table[column.name] = pd.Series(None, index=table.index, dtype="object")
        given = table[column.name].astype("object")
        table[column.name] = _TYPES[column.kind](given, column)
        problems += _untypable(given, table[column.name], column, path)
    told = {(one.row, one.column) for one in problems}
    present = [column for column in columns if column.name not in missing]
    problems += [
        one for one in _schema_problems(table, present, path) if (one.row, one.column) not in told
    ]
    return table, problems


def checked(table: Table, columns: Sequence[Column], path: Path) -> Table:
    """As `typed` with a fresh index, raising one error with every problem.

    Raises
    ------
    InvalidDataError
        If there is any problem.
    """
    found, problems = typed(table, columns, path)
    return accepted(found, problems, path)


def code_problems(
    codes: pd.Series[str], path: Path, known: Collection[str] | None = None
) -> list[Problem]:
    """Codes of units that are not five digits, or none of the known ones; empty cells pass.

    Spreadsheets drop zeros at the front.
    """
    wrong = codes.map(lambda code: not _UNIT_CODE.fullmatch(code), na_action="ignore").eq(True)  # noqa: FBT003
    malformed = [
        problem(
            "bad-code",
            path,
            f"'{codes.iloc[row]}'",
            "five digits, e.g. 06652",
            "write the code as text, with its zeros at the front",
            row=row,
            column=str(codes.name),
        )
        for row in rows_of(wrong)
    ]
    if known is None:
        return malformed
    return malformed + [
        problem(
            "unknown-commune",
            path,
            f"'{codes.iloc[row]}'",
            f"the code of one of the {len(known)} communes of the boundaries",
            "write the code since July 2025, leave the row out, or give boundaries that have it",
            row=row,
            column=str(codes.name),
        )
        for row in rows_of(codes.notna() & ~wrong & ~codes.isin(known))
    ]


def _asked_for(missing: Sequence[str], columns: Sequence[Column], table: pd.DataFrame) -> list[str]:
    """What to ask for in place of missing columns: for one that follows from others, those."""
    follows = {column.name: column.follows for column in columns}
    asked: dict[str, None] = {}
    waiting = [*reversed(missing)]
    while waiting:
        name = waiting.pop()
        sources = [source for source in follows.get(name, ()) if source not in table]
        if sources:
            waiting += reversed(sources)
        else:
            asked[name] = None
    return list(asked)


# --- types ---------------------------------------------------------------------------------------


def _numbers(cells: pd.Series[Any], _column: Column) -> pd.Series[Any]:
    if pd.api.types.infer_dtype(cells, skipna=True) not in _ALREADY_NUMBERS:
        cells = cells.map(_plain_number)
    numbers = pd.to_numeric(cells, errors="coerce").astype("float64")
    return numbers.where(np.isfinite(numbers))


def _plain_number(cell: object) -> object:
    """Numbers as Python writes them, but no ``1_000`` and no truth."""
    return None if isinstance(cell, bool) or "_" in str(cell) else cell


def _whole(cells: pd.Series[Any], column: Column) -> pd.Series[Any]:
    numbers = _numbers(cells, column)
    return numbers.where((numbers % 1 == 0) & (numbers.abs() < 2**53)).astype("Int64")


def _days(cells: pd.Series[Any], _column: Column) -> pd.Series[Any]:
    return by_value(cells, _day).astype("datetime64[ns]")


def _day(cell: object) -> object:
    """The day as it is written, without time of day and time zone."""
    if isinstance(cell, date):  # so are datetime, Timestamp and NaT
        known = not pd.isna(cell) and cell.year in _YEARS
        return pd.Timestamp(cell.year, cell.month, cell.day) if known else pd.NaT
    found = _ISO_DAY.fullmatch(cell) if isinstance(cell, str) else None
    if not found:
        return pd.NaT
    try:
        return _day(date.fromisoformat(found.group(1)))
    except ValueError:
        return pd.NaT


def _truths(cells: pd.Series[Any], _column: Column) -> pd.Series[Any]:
    return pd.Series([_truth(cell) for cell in cells], index=cells.index, dtype="boolean")


def _truth(cell: object) -> object:
    word = fold(str(cell)).removesuffix(".0")
    return True if word in _TRUE else False if word in _FALSE else pd.NA


def _texts(cells: pd.Series[Any], column: Column) -> pd.Series[Any]:
    texts = by_value(cells, _text)
    if column.choices:
        spelling = {fold(choice): choice for choice in column.choices}
        texts = by_value(texts, lambda text: spelling.get(fold(text), text))
    return texts.astype("str")


def _text(cell: object) -> str:
    """Text of a cell; codes that came as numbers lose the ``.0`` of a column with empty cells."""
    return f"{cell:.0f}" if isinstance(cell, float) and cell.is_integer() else str(cell)


_TYPES: Final[dict[str, Callable[[pd.Series[Any], Column], pd.Series[Any]]]] = {
    "number": _numbers,
    "integer": _whole,
    "date": _days,
    "boolean": _truths,
    "text": _texts,
}


def _untypable(
    given: pd.Series[Any], typed_cells: pd.Series[Any], column: Column, path: Path
) -> Iterator[Problem]:
    for row in rows_of(given.notna() & typed_cells.isna()):
        yield _cell_problem(
            _WRONG[column.kind], path, column.name, row, given.iloc[row], _EXPECTED[column.kind]
        )


# --- values --------------------------------------------------------------------------------------


def _schema_problems(table: pd.DataFrame, columns: Sequence[Column], path: Path) -> list[Problem]:
    import pandera.errors  # noqa: PLC0415 (0.5 s: only when a file is checked)

    plain = pd.DataFrame({column.name: table[column.name].array for column in columns})
    try:
        schema_of(columns).validate(plain, lazy=True)
    except pandera.errors.SchemaErrors as error:
        cases = error.failure_cases.dropna(subset=["index"])
        by_name = {column.name: column for column in columns}
        return [
            found
            for case in cases.itertuples()
            if (found := _from_case(case, by_name[case.column], path)) is not None
        ]
    return []


def schema_of(columns: Sequence[Column]) -> pa.DataFrameSchema:
    """Pandera schema of a table whose columns have their types.

    Parameters
    ----------
    columns
        E.g. `core.schema.SECTORS`.
    """
    import pandera.pandas as pa  # noqa: PLC0415 (0.5 s: only when a file is checked)

    return pa.DataFrameSchema(
        {
            column.name: pa.Column(
                None,
                _checks(column),
                nullable=column.nullable or not column.required,
                unique=column.unique,
                report_duplicates="exclude_first",
            )
            for column in columns
        }
    )


def _checks(column: Column) -> list[pa.Check]:
    import pandera.pandas as pa  # noqa: PLC0415

    checks = []
    if column.choices:
        checks.append(pa.Check.isin(column.choices, error="unknown-value"))
    if column.minimum is not None:
        checks.append(pa.Check.ge(column.minimum, error="out-of-range"))
    if column.maximum is not None:
        checks.append(pa.Check.le(column.maximum, error="out-of-range"))
    return checks


def _from_case(case: Any, column: Column, path: Path) -> Problem | None:
    check = str(case.check)
    code = {"not_nullable": "empty-cell", "field_uniqueness": "duplicate-id"}.get(check, check)
    empty = bool(pd.isna(case.failure_case))
    if empty and code != "empty-cell":
        return None
    expected = {
        "empty-cell": "a value",
        "duplicate-id": "a value that no other row has",
        "unknown-value": "one of " + ", ".join(column.choices),
    }.get(code, range_text(column))
    return _cell_problem(
        code, path, column.name, int(case.index), None if empty else case.failure_case, expected
    )


def range_text(column: Column) -> str:
    """The range of a number in words, empty if there is none."""
    low, high = column.minimum, column.maximum
    if low is not None and high is not None:
        return f"{low:g} to {high:g}"
    if low is not None:
        return f"{low:g} or more"
    return f"{high:g} or less" if high is not None else ""


def _cell_problem(
    code: str, path: Path, column: str, row: int, found: object, expected: str
) -> Problem:
    text = str(found)
    shown = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
    return problem(
        code,
        path,
        "an empty cell" if found is None else f"'{shown}'",
        expected,
        _MENDS[code],
        row=row,
        column=column,
    )
