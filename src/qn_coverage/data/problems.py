"""Small helpers of the readers: a problem in one line, and one error for all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from qn_coverage.core.errors import InvalidDataError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import numpy.typing as npt


def problem(
    code: str,
    path: Path,
    found: str,
    expected: str,
    mend: str,
    *,
    row: int | None = None,
    column: str | None = None,
) -> Problem:
    """One problem of a file.

    Parameters
    ----------
    row
        Position of the row from 0, as pandas counts; the problem shows it from 1.
    """
    return Problem(
        code=code,
        file=str(path),
        found=found,
        expected=expected,
        mend=mend,
        row=None if row is None else int(row) + 1,
        column=column,
    )


def rows_of(wrong: npt.ArrayLike) -> list[int]:
    """Positions from 0 at which a column of truths holds."""
    return [int(row) for row in np.flatnonzero(np.asarray(wrong, dtype=np.bool_))]


def refuse(problems: Iterable[Problem]) -> None:
    """Raise one error with all problems, those of the whole file first, then row by row.

    Raises
    ------
    InvalidDataError
        If there is any.
    """
    found = sorted(problems, key=lambda one: (one.row or 0, one.column or ""))
    if found:
        raise InvalidDataError(found)
