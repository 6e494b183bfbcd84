"""Where there is signal: best servers per operator and technology, on one day."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from qn_coverage.propagation.emitters import NO_SERVER, Mosaic

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    import numpy.typing as npt

    from qn_coverage.core.grid import Grid

    Compute = Callable[[npt.NDArray[np.int64], int, Mosaic | None], Mosaic]


@dataclass(frozen=True, slots=True)
class Layer:
    """One operator's technology and the median level that counts as covered."""

    operator: str
    technology: str
    required_dbm: float


@dataclass(frozen=True, slots=True, eq=False)
class Coverage:
    """State of the network on one day.

    Attributes
    ----------
    on
        The day.
    grid
        Where the arrays of `mosaic` are.
    layers
        What the first axis of `mosaic` means.
    mosaic
        Best servers; `Mosaic.server` indexes the rows of the study's sector table.
    """

    on: date
    grid: Grid
    layers: tuple[Layer, ...]
    mosaic: Mosaic

    def select(self, *, operator: str | None = None, technology: str | None = None) -> list[int]:
        """Indices of the layers of an operator and a technology; None stands for any."""
        return [
            index
            for index, layer in enumerate(self.layers)
            if operator in (None, layer.operator) and technology in (None, layer.technology)
        ]

    def covered(
        self, *, operator: str | None = None, technology: str | None = None
    ) -> npt.NDArray[np.bool_]:
        """Whether any of the chosen layers reaches its required level, shape (rows, cols)."""
        out = np.zeros(self.grid.shape, dtype=np.bool_)
        for index in self.select(operator=operator, technology=technology):
            out |= self.mosaic.level_dbm[index] >= np.float32(self.layers[index].required_dbm)
        return out

    def level_dbm(self, *, technology: str, operator: str | None = None) -> npt.NDArray[np.float32]:
        """Strongest median level of one technology, float32 (rows, cols); -inf where none."""
        out = np.full(self.grid.shape, -np.inf, dtype=np.float32)
        for index in self.select(operator=operator, technology=technology):
            np.maximum(out, self.mosaic.level_dbm[index], out=out)
        return out

    def margin_db(self) -> npt.NDArray[np.float32]:
        """Best level less its required level over all layers, float32 (rows, cols)."""
        out = np.full(self.grid.shape, -np.inf, dtype=np.float32)
        for level, layer in zip(self.mosaic.level_dbm, self.layers, strict=True):
            np.maximum(out, level - np.float32(layer.required_dbm), out=out)
        return out


def states(
    days: tuple[date, ...],
    present: tuple[npt.NDArray[np.bool_], ...],
    *,
    grid: Grid,
    layers: tuple[Layer, ...],
    compute: Compute,
) -> tuple[Coverage, ...]:
    """Coverage on several days, each built upon the one before where the network only grew.

    Parameters
    ----------
    days
        The days, in order.
    present
        Whether each sector is on air, one array of shape (sectors,) a day.
    grid, layers
        What the mosaics are about.
    compute
        Called with rows of the sector table, the number of sectors already in the mosaic, and that
        mosaic (or None): returns a new mosaic with the rows added, which it numbers from there on.
    """
    found: list[Coverage] = []
    mosaic: Mosaic | None = None
    rows = np.empty(0, dtype=np.int64)
    for day, now in zip(days, present, strict=True):
        if mosaic is not None and now[rows].all():
            fresh = np.setdiff1d(np.flatnonzero(now), rows)
        else:
            mosaic, rows, fresh = None, rows[:0], np.flatnonzero(now)
        mosaic = compute(fresh, len(rows), mosaic)
        rows = np.concatenate([rows, fresh])
        found.append(Coverage(day, grid, layers, _with_rows(mosaic, rows)))
    return tuple(found)


def _with_rows(mosaic: Mosaic, rows: npt.NDArray[np.int64]) -> Mosaic:
    """The mosaic with its servers named by their row in the sector table."""
    names = np.append(rows, NO_SERVER).astype(np.int32)
    return replace(mosaic, server=names[mosaic.server])
