"""Small helpers of the readers: a problem in one line, and one error for all of them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import pandas as pd

from qn_coverage.core.errors import InvalidDataError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    import numpy.typing as npt

Frame = TypeVar("Frame", bound=pd.DataFrame)


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
        Position of the row from 0; the problem shows it from 1. `at_rows` turns positions in a
        frame into rows of its file.
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


def at_rows(problems: Iterable[Problem], frame: pd.DataFrame, path: Path) -> list[Problem]:
    """Problems found at positions in a frame, at the rows that its file has them in.

    Parameters
    ----------
    problems
        Those of another file keep their rows.
    frame
        Its index counts the rows of the file from 0, as `formats` reads it: empty rows are left out
        of the frame, not of the count.
    path
        Its file.
    """
    return [
        one
        if one.row is None or one.file != str(path)
        else replace(one, row=int(frame.index[one.row - 1]) + 1)
        for one in problems
    ]


def accepted(frame: Frame, problems: Iterable[Problem], path: Path) -> Frame:
    """The frame of a reader with a fresh index, or one error with all its problems.

    Raises
    ------
    InvalidDataError
        If there is any, at the rows of the file, see `at_rows`.
    """
    refuse(at_rows(problems, frame, path))
    return frame.reset_index(drop=True)


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
