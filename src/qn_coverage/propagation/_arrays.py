"""What every array-facing model does with its arguments: take them as floats, check their range."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from qn_coverage.core.errors import ModelRangeError

if TYPE_CHECKING:
    import numpy.typing as npt


def floats(*values: npt.ArrayLike) -> tuple[npt.NDArray[np.float64], ...]:
    """Each value as a float64 array."""
    return tuple(np.asarray(value, dtype=np.float64) for value in values)


def check_range(
    value: npt.NDArray[np.float64], limits: tuple[float, float], *, what: str, model: str
) -> None:
    """Raise `ModelRangeError` unless all values are within the closed `limits`; NaN is not.

    `what` names the quantity with its unit, e.g. ``"frequency_mhz"``; `model` who asks.
    """
    low, high = limits
    inside = (value >= low) & (value <= high)
    if not np.all(inside):
        worst = np.atleast_1d(value)[~np.atleast_1d(inside)][0]
        raise ModelRangeError(f"{model}: {what} = {worst:g} is outside {low:g} to {high:g}")
