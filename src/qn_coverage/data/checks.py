"""Columns of a file against `core.schema`: every problem of the file, named and placed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

import pandas as pd

from qn_coverage.core.errors import InvalidDataError, Problem
from qn_coverage.data.tables import missing_columns

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    import pandera.pandas as pa

    from qn_coverage.core.schema import Column

Table = TypeVar("Table", bound=pd.DataFrame)

_TRUE: Final = {"true", "1", "yes", "có", "co", "x"}
_FALSE: Final = {"false", "0", "no", "không", "khong"}
_MENDS: Final = {
    "empty-cell": "fill the cell in",
    "duplicate-id": "give each row its own value",
    "unknown-value": "use one of the values that the toolkit knows",
    "out-of-range": "check the number and its unit",
    "not-a-number": "write a plain number with a decimal point, without unit",
    "not-a-date": "write the date as 2024-01-31",
    "not-a-boolean": "write true or false",
}


def checked(
    table: Table,
    columns: Sequence[Column],
    path: Path,
    *,
    more: Iterable[Problem] = (),
) -> Table:
    """The table with the schema's types; optional columns that it lacks are added empty.

    Parameters
    ----------
    table
        As read; a ``geometry`` column and columns that the schema doesn't know are kept.
    columns
        The schema.
    path
        File, for messages.
    more
        Problems found elsewhere in the same file, reported together with these.

    Raises
    ------
    InvalidDataError
        With every problem: ``missing-columns``, ``empty-cell``, ``duplicate-id``,
        ``unknown-value``, ``out-of-range``, ``not-a-number``, ``not-a-date``, ``not-a-boolean``.
    """
    problems = list(more)
    missing = [c.name for c in columns if c.required and c.name not in table]
    if missing:
        found = [str(name) for name in table.columns if name != "geometry"]
        problems.append(missing_columns(path, missing, found))
    table = table.copy()
    for column in columns:
        if column.name not in table:
            table[column.name] = pd.Series(pd.NA, index=table.index, dtype="object")
        table[column.name], wrong = _typed(table[column.name], column, path)
        problems += wrong
    present = [c for c in columns if c.name not in missing]
    typed_badly = {(p.row, p.column) for p in problems}
    problems += [
        problem
        for problem in _schema_problems(table, present, path)
        if (problem.row, problem.column) not in typed_badly
    ]
    if problems:
        raise InvalidDataError(sorted(problems, key=_place))
    return table


def _place(problem: Problem) -> tuple[int, str]:
    return problem.row or 0, problem.column or ""


def _typed(
    cells: pd.Series[Any], column: Column, path: Path
) -> tuple[pd.Series[Any], list[Problem]]:
    """The cells with the column's type, and those that cannot have it."""
    typed: pd.Series[Any]
    given = cells.notna()
    if column.kind in ("number", "integer"):
        typed = pd.to_numeric(cells, errors="coerce").astype("float64")
        wrong = given & typed.isna()
        if column.kind == "integer":
            wrong |= typed.notna() & (typed % 1 != 0)
            typed = typed.where(~wrong).astype("Int64")
        code = "not-a-number"
    elif column.kind == "date":
        typed = pd.to_datetime(cells, errors="coerce", format="ISO8601").astype("datetime64[ns]")
        wrong, code = given & typed.isna(), "not-a-date"
    elif column.kind == "boolean":
        typed = cells.map(_boolean).astype("boolean")
        wrong, code = given & typed.isna(), "not-a-boolean"
    else:
        typed = cells.map(str, na_action="ignore").astype("str")
        wrong, code = cells.isna() & given, ""
    expected = {"number": "a number", "integer": "a whole number", "date": "a date"}
    problems = [
        _problem(
            code, path, column.name, row, cells.iloc[row], expected.get(column.kind, "a truth")
        )
        for row in wrong.to_numpy(dtype=bool).nonzero()[0].tolist()
    ]
    return typed, problems


def _boolean(cell: object) -> object:
    if isinstance(cell, bool):
        return cell
    word = str(cell).casefold()
    return True if word in _TRUE else False if word in _FALSE else pd.NA


def _schema_problems(table: pd.DataFrame, columns: Sequence[Column], path: Path) -> list[Problem]:
    import pandera.errors  # noqa: PLC0415 (0.5 s: only when a file is checked)

    plain = pd.DataFrame({c.name: table[c.name] for c in columns}).reset_index(drop=True)
    try:
        _schema(columns).validate(plain, lazy=True)
    except pandera.errors.SchemaErrors as error:
        cases = error.failure_cases.dropna(subset=["index"])
        by_name = {column.name: column for column in columns}
        return [
            _from_case(
                case.column, str(case.check), int(case.index), case.failure_case, by_name, path
            )
            for case in cases.itertuples()
        ]
    return []


def _schema(columns: Sequence[Column]) -> pa.DataFrameSchema:
    import pandera.pandas as pa  # noqa: PLC0415 (0.5 s: only when a file is checked)

    def checks(column: Column) -> list[pa.Check]:
        found = []
        if column.choices:
            found.append(pa.Check.isin(column.choices, error="unknown-value"))
        if column.minimum is not None:
            found.append(pa.Check.ge(column.minimum, error="out-of-range"))
        if column.maximum is not None:
            found.append(pa.Check.le(column.maximum, error="out-of-range"))
        return found

    return pa.DataFrameSchema(
        {
            column.name: pa.Column(
                None,
                checks(column),
                nullable=column.nullable or not column.required,
                unique=column.unique,
                report_duplicates="exclude_first",
            )
            for column in columns
        }
    )


def _from_case(
    name: str, check: str, row: int, found: object, by_name: dict[str, Column], path: Path
) -> Problem:
    code = {"not_nullable": "empty-cell", "field_uniqueness": "duplicate-id"}.get(check, check)
    column = by_name[name]
    expected = {
        "empty-cell": "a value",
        "duplicate-id": "a value that no other row has",
        "unknown-value": "one of " + ", ".join(column.choices),
    }.get(code, f"{_bound(column.minimum, '≥')} {_bound(column.maximum, '≤')}".strip())
    return _problem(code, path, name, row, found, expected)


def _bound(limit: float | None, sign: str) -> str:
    return "" if limit is None else f"{sign} {limit:g}"


def _problem(code: str, path: Path, column: str, row: int, found: object, expected: str) -> Problem:
    return Problem(
        code=code,
        file=str(path),
        row=int(row) + 1,
        column=column,
        found="an empty cell" if pd.isna(found) else f"'{found}'",  # type: ignore[call-overload]
        expected=expected,
        mend=_MENDS[code],
    )
