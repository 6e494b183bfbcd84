"""Loss against distance as a table, so that a mosaic needs no logarithm a cell.

The knots lie evenly in each octave of the squared distance: the exponent and the first bits of the
mantissa of a float32 *are* the index, its other bits the share between two knots. No root, no
logarithm, no division; a loss of 45 dB a decade is met within 1e-4 dB.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from qn_coverage.core.errors import ModelRangeError
from qn_coverage.propagation._compile import compiled

if TYPE_CHECKING:
    import numpy.typing as npt

    from qn_coverage.propagation.models import Model

ENVIRONMENTS: Final = 3

NO_SIGNAL_DB: Final = 1e9
"""Stands for an infinite loss: between two infinities nothing can be interpolated."""

_KNOT_BITS: Final = 7
_SHIFT: Final = 23 - _KNOT_BITS
_LOW_MASK: Final = (1 << _SHIFT) - 1
_SHARE: Final = 1.0 / (1 << _SHIFT)
_FIRST: Final = 127 << _KNOT_BITS  # squared distance 1 m²: nearer counts as 1 m


class Tables(NamedTuple):
    """Loss and depression at the knots, one table for each pair of frequency and mast height.

    Attributes
    ----------
    loss_db
        Shape (tables, environments, knots), float32; `NO_SIGNAL_DB` where the model says inf.
    depression_deg
        Shape (tables, knots), float32: angle below the horizon at which the receiver is seen.
    least_loss_db
        Shape (tables, environments, knots), float32: least loss at this knot or beyond.
    """

    loss_db: npt.NDArray[np.float32]
    depression_deg: npt.NDArray[np.float32]
    least_loss_db: npt.NDArray[np.float32]


def tabulate(
    model: Model,
    *,
    frequency_mhz: npt.NDArray[np.float64],
    height_m: npt.NDArray[np.float64],
    rx_height_m: float,
    max_distance_m: float,
) -> Tables:
    """Tables of a terrain-free model.

    Parameters
    ----------
    model
        With a `function`. Cells nearer than its least distance take the loss at that distance.
    frequency_mhz, height_m
        One table each, shape (tables,).
    rx_height_m
        Receiver above ground.
    max_distance_m
        Farthest distance asked for.

    Raises
    ------
    ModelRangeError
        The model refuses a frequency or a height, or returns NaN.
    """
    distance_m = _knots_m(max_distance_m)
    asked_km = np.clip(distance_m / 1000.0, *model.distance_km)
    loss = np.stack(
        [
            _losses(model, asked_km, float(frequency), float(height), rx_height_m)
            for frequency, height in zip(frequency_mhz, height_m, strict=True)
        ]
    )
    drop_m = (height_m - rx_height_m)[:, np.newaxis]
    least = np.minimum.accumulate(loss[..., ::-1], axis=-1)
    return Tables(
        loss_db=np.ascontiguousarray(loss),  # one layout, so that kernels are compiled once
        depression_deg=np.ascontiguousarray(
            np.degrees(np.arctan2(drop_m, distance_m)), dtype=np.float32
        ),
        least_loss_db=np.ascontiguousarray(least[..., ::-1]),
    )


def knots_before(squared_m2: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Index of the last knot at or before each squared distance, shape (n,)."""
    at_least = np.maximum(squared_m2, 1.0).astype(np.float32)
    return (at_least.view(np.int32) >> _SHIFT).astype(np.int64) - _FIRST


@compiled
def knot_before(squared_m2: float) -> int:
    """Index of the last knot at or before a squared distance."""
    bits = np.float32(max(squared_m2, 1.0)).view(np.int32)
    return int(bits >> _SHIFT) - _FIRST


@compiled
def interpolate(squared_m2: float, table: npt.NDArray[np.float32]) -> float:
    """Value of a row of a table at a squared distance, linear between its knots."""
    bits = np.float32(max(squared_m2, 1.0)).view(np.uint32)
    index = np.uint64(bits >> np.uint32(_SHIFT)) - np.uint64(_FIRST)  # unsigned: never from the end
    share = np.float64(bits & np.uint32(_LOW_MASK)) * _SHARE
    low = float(table[index])
    return low + (float(table[index + np.uint64(1)]) - low) * share


@compiled
def locate(
    squared_m2: npt.NDArray[np.float64],
    knot: npt.NDArray[np.int32],
    share: npt.NDArray[np.float32],
) -> None:
    """Write the knot before each squared distance and the share of the way to the next."""
    for i in range(len(squared_m2)):
        bits = np.float32(max(squared_m2[i], 1.0)).view(np.int32)
        knot[i] = (bits >> _SHIFT) - _FIRST
        share[i] = np.float32(bits & _LOW_MASK) * np.float32(_SHARE)


@compiled
def look_up(
    knot: npt.NDArray[np.int32],
    share: npt.NDArray[np.float32],
    table: npt.NDArray[np.float32],
    out: npt.NDArray[np.float32],
) -> None:
    """Write the interpolated values of a row of a table, at places that `locate` found."""
    for i in range(len(knot)):
        index = np.uint64(knot[i])  # unsigned, so no index counts from the end
        low = table[index]
        out[i] = low + (table[index + np.uint64(1)] - low) * share[i]


@compiled
def look_up_by_kind(
    kind: npt.NDArray[np.uint8],
    knot: npt.NDArray[np.int32],
    share: npt.NDArray[np.float32],
    tables: npt.NDArray[np.float32],
    out: npt.NDArray[np.float32],
) -> None:
    """As `look_up`, each place in the row `kind` of `tables`."""
    for i in range(len(knot)):
        row, index = np.uint64(kind[i]), np.uint64(knot[i])
        low = tables[row, index]
        out[i] = low + (tables[row, index + np.uint64(1)] - low) * share[i]


def _knots_m(max_distance_m: float) -> npt.NDArray[np.float64]:
    last = int(knots_before(np.array([max_distance_m**2]))[0]) + 2
    bits = (np.arange(last + 1, dtype=np.int32) + _FIRST) << _SHIFT
    return np.sqrt(bits.astype(np.int32).view(np.float32).astype(np.float64))


def _losses(
    model: Model, distance_km: npt.NDArray[np.float64], frequency: float, height: float, rx: float
) -> npt.NDArray[np.float32]:
    if model.function is None:
        raise ModelRangeError(f"{model.name}: needs terrain, so it has no table against distance")
    loss = model.function(
        distance_km,
        frequency_mhz=frequency,
        tx_height_m=height,
        rx_height_m=rx,
        environment=np.arange(ENVIRONMENTS)[:, np.newaxis],
    )
    if np.isnan(loss).any():
        raise ModelRangeError(f"{model.name}: returned NaN at {frequency:g} MHz")
    finite = np.minimum(loss, NO_SIGNAL_DB)
    return np.broadcast_to(finite, (ENVIRONMENTS, len(distance_km))).astype(np.float32)
