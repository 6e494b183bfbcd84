"""What a mosaic is made from, checked at the door: every problem, in the words of its owner."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

import numpy as np

from qn_coverage.core.errors import InvalidDataError, ModelRangeError, Problem
from qn_coverage.propagation.antenna_table import PARAMETRIC
from qn_coverage.propagation.distance_table import ENVIRONMENTS
from qn_coverage.propagation.emitters import SHARED, Emitters

if TYPE_CHECKING:
    from collections.abc import Iterator

    from qn_coverage.propagation.emitters import Mosaic, Surface


def check_inputs(emitters: Emitters, surface: Surface, start: Mosaic | None) -> None:
    """Refuse emitters, ground and starting state that do not make sense.

    Raises
    ------
    InvalidDataError
        Emitters with values that are missing or out of range, or a start of another shape; every
        problem is listed.
    ModelRangeError
        An unknown environment.
    """
    problems = [*_emitter_problems(emitters)]
    layers = len(emitters.required_dbm)
    if start is not None and start.level_dbm.shape != (layers, *surface.shape):
        problems.append(
            Problem(
                code="wrong-shape",
                file="start",
                found=f"arrays of shape {start.level_dbm.shape}",
                expected=f"{(layers, *surface.shape)}, the layers on the grid of the surface",
                mend="go on only from a mosaic of the same layers and grid",
            )
        )
    if problems:
        raise InvalidDataError(problems)
    if int(surface.environment.max(initial=0)) >= ENVIRONMENTS:
        raise ModelRangeError("surface.environment must be 0 (open), 1 (suburban) or 2 (urban)")


def _emitter_problems(emitters: Emitters) -> Iterator[Problem]:
    may_be_nan = {"azimuth_deg", "beamwidth_h_deg"}
    for field in fields(Emitters):
        values = np.asarray(getattr(emitters, field.name))
        if field.name in SHARED or getattr(emitters, field.name) is None:
            continue
        if values.shape != (len(emitters),):
            yield _problem(field.name, None, f"shape {values.shape}", f"shape ({len(emitters)},)")
        elif field.name not in may_be_nan:
            for row in np.flatnonzero(~np.isfinite(values)):
                yield _problem(field.name, int(row), f"{values[row]}", "a finite number")
    layers = len(emitters.required_dbm)
    for row in np.flatnonzero((emitters.layer < 0) | (emitters.layer >= layers)):
        yield _problem("layer", int(row), f"{emitters.layer[row]}", f"0 to {layers - 1}")
    for row in np.flatnonzero(emitters.numbers() < 0):
        yield _problem("number", int(row), f"{emitters.numbers()[row]}", "0 or more")
    yield from _table_problems(emitters)
    for name in ("max_distance_m", "beamwidth_v_deg", "beamwidth_h_deg"):
        for row in np.flatnonzero(getattr(emitters, name) <= 0.0):
            yield _problem(name, int(row), f"{getattr(emitters, name)[row]}", "more than 0")


def _table_problems(emitters: Emitters) -> Iterator[Problem]:
    """Tables above 0 dB would break every bound."""
    tables = emitters.tables()
    if tables.ndim != 3 or tables.shape[1] != 2:
        yield _problem("patterns_db", None, f"shape {tables.shape}", "shape (n, 2, entries)")
    elif not (np.isfinite(tables) & (tables <= 0.0)).all():
        yield _problem("patterns_db", None, "values above 0 or not finite", "0 dB and less")
    indices = emitters.table_indices()
    for row in np.flatnonzero((indices < PARAMETRIC) | (indices >= len(tables))):
        yield _problem("pattern", int(row), f"{indices[row]}", f"-1 to {len(tables) - 1}")


def _problem(column: str, row: int | None, found: str, expected: str) -> Problem:
    return Problem(
        code="bad-emitter",
        file="emitters",
        row=None if row is None else row + 1,
        column=column,
        found=found,
        expected=expected,
        mend="check the sector table",
    )
