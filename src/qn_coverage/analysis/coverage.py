"""Where there is signal: best servers per operator and technology, on one day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from datetime import date

    import numpy.typing as npt

    from qn_coverage.core.grid import Grid
    from qn_coverage.propagation.emitters import Mosaic


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
