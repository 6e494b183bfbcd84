"""The normal distribution function at the speed of memory: one table, read by every kernel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import special

from qn_coverage.propagation._compile import compiled, inlined

if TYPE_CHECKING:
    import numpy.typing as npt

LIMIT: Final = 8.0
"""Beyond it the function is 0 or 1 to 1e-15."""

STEPS_PER_UNIT: Final = 256
"""Linear interpolation at this step is within 5e-7 of the function."""


def cdf_table() -> npt.NDArray[np.float32]:
    """Φ at -LIMIT, …, LIMIT in steps of 1 / STEPS_PER_UNIT, float32."""
    count = round(2.0 * LIMIT * STEPS_PER_UNIT) + 1
    return np.asarray(special.ndtr(np.linspace(-LIMIT, LIMIT, count)), dtype=np.float32)


@inlined
def interpolated_cdf(x: float, table: npt.NDArray[np.float32]) -> float:
    """Φ(x) from `cdf_table`; never falls as x rises. NaN gives 1, so callers keep it out."""
    if x <= -LIMIT:
        return 0.0
    if not x < LIMIT:
        return 1.0
    place = (x + LIMIT) * STEPS_PER_UNIT
    step = int(place)
    low = np.float64(table[step])
    return low + (place - step) * (np.float64(table[step + 1]) - low)


@compiled
def answer(excess_db: float, inverse_spread: float, table: npt.NDArray[np.float32]) -> float:
    """Share of a cell that is covered when its median exceeds what is required by `excess_db`.

    `inverse_spread` is 1 / dB, or 0 where the cell counts wholly or not at all (``>=`` covers).
    """
    if inverse_spread == 0.0:
        return 1.0 if excess_db >= 0.0 else 0.0
    return interpolated_cdf(excess_db * inverse_spread, table)


@compiled
def answers(
    margin_db: npt.NDArray[np.float32],
    required_db: float,
    inverse_spread: float,
    table: npt.NDArray[np.float32],
    out: npt.NDArray[np.float32],
) -> None:
    """`answer` for each margin; all arrays flat, NaN stays NaN."""
    for cell in range(margin_db.shape[0]):
        margin = margin_db[cell]
        if np.isnan(margin):
            out[cell] = np.nan
        else:
            out[cell] = answer(margin - required_db, inverse_spread, table)
