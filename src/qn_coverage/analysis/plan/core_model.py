"""The model made small: pins settled, bans and useless candidates gone, equal points merged.

Nothing that an optimal plan could use is lost, so a bound for the small model holds for the whole.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy import sparse

from qn_coverage.analysis.plan.matrices import block, column_sums, csr, entries, highest, row_sums
from qn_coverage.analysis.plan.model import FREE, USE_TOLERANCE, score

if TYPE_CHECKING:
    import numpy.typing as npt

    from qn_coverage.analysis.plan.model import Model

_TINY: Final = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class Core:
    """A model without pins and bans; arrays as in `Model`, J candidates, n points.

    Attributes
    ----------
    index
        Row of each candidate in the model, shape (J,).
    start, point, gain
        Arcs, candidate by candidate (see `kernels`).
    weight, loss, cost, use, group
        As in `Model`.
    limit, target
        What the pinned candidates leave.
    floor_matrix, floor_need, floor_loss
        Floors that the pinned candidates do not meet: CSR (rows, n), (rows,), dense (rows, J).
    server_matrix, server_need
        Villages likewise: CSR (villages, J), (villages,).
    scale
        What counts as one whole shortfall of each floor, shape (rows,).
    target_scale
        The same for the target.
    """

    index: npt.NDArray[np.int64]
    start: npt.NDArray[np.int64]
    point: npt.NDArray[np.int32]
    gain: npt.NDArray[np.float64]
    weight: npt.NDArray[np.float64]
    loss: npt.NDArray[np.float64]
    cost: npt.NDArray[np.float64]
    use: npt.NDArray[np.float64]
    group: npt.NDArray[np.int64]
    limit: float
    target: float | None
    floor_matrix: sparse.csr_array
    floor_need: npt.NDArray[np.float64]
    floor_loss: npt.NDArray[np.float64]
    server_matrix: sparse.csr_array
    server_need: npt.NDArray[np.float64]
    scale: npt.NDArray[np.float64]
    target_scale: float

    @property
    def size(self) -> int:
        """J, candidates."""
        return len(self.index)

    @property
    def points(self) -> int:
        """n, points."""
        return len(self.weight)

    @property
    def arcs(self) -> int:
        """Pairs of candidate and point."""
        return len(self.gain)

    @property
    def matrix(self) -> sparse.csr_array:
        """Arcs as CSR (J, n)."""
        return sparse.csr_array((self.gain, self.point, self.start), shape=(self.size, self.points))


def reduced(model: Model) -> Core:
    """Core of a model; the score of its pinned candidates is the base of every plan."""
    pins = np.flatnonzero(model.pinned)
    base = score(model, pins)
    left = model.limit - base.use
    arcs = _arcs_beyond(model.gain, highest(model.gain, pins))
    helps = (np.diff(arcs.indptr) > 0) | (column_sums(model.servers.matrix.maximum(0.0)) > 0.0)
    index = np.flatnonzero(_usable(model, left) & helps)
    floor_need, server_need = model.floors.need - base.floors, model.servers.need - base.servers
    # What the pins meet already is kept where a candidate could break it again.
    floors = np.flatnonzero((floor_need > 0.0) | (row_sums(model.floors.loss) > 0.0))
    harm = row_sums(model.servers.matrix.minimum(0.0)) < 0.0
    places = np.flatnonzero((server_need > 0.0) | harm)
    floor_matrix = block(model.floors.matrix, floors)
    target = None if model.target is None else model.target - base.value
    whole = Core(
        index=index,
        **_arcs_of(block(arcs, index)),
        weight=model.weight,
        loss=model.loss[index],
        cost=model.cost[index],
        use=model.use[index],
        group=model.group[index],
        limit=left,
        target=target,
        floor_matrix=floor_matrix,
        floor_need=floor_need[floors],
        floor_loss=block(model.floors.loss, floors, index).toarray(),
        server_matrix=block(model.servers.matrix, places, index),
        server_need=server_need[places],
        # A thousandth of all that a row could get, so that a tiny need is not a huge shortfall.
        scale=np.maximum(floor_need[floors], np.maximum(0.001 * row_sums(floor_matrix), _TINY)),
        target_scale=max(abs(target or 0.0), _TINY),
    )
    return _merged(whole)


def taken(core: Core, rows: npt.NDArray[np.int64]) -> Core:
    """The core with only the given candidates, in that order; points are merged again."""
    fewer = replace(
        core,
        index=core.index[rows],
        **_arcs_of(block(core.matrix, rows)),
        loss=core.loss[rows],
        cost=core.cost[rows],
        use=core.use[rows],
        group=core.group[rows],
        floor_loss=core.floor_loss[:, rows],
        server_matrix=block(core.server_matrix, np.arange(len(core.server_need)), rows),
    )
    return _merged(fewer)


def _arcs_of(arcs: sparse.csr_array) -> dict[str, Any]:
    return {
        "start": arcs.indptr.astype(np.int64),
        "point": arcs.indices.astype(np.int32),
        "gain": arcs.data.astype(np.float64),
    }


def _usable(model: Model, left: float) -> npt.NDArray[np.bool_]:
    taken_groups = np.unique(model.group[model.pinned & (model.group != FREE)])
    fits = model.use <= left + USE_TOLERANCE * max(1.0, abs(model.limit))
    if not np.isfinite(model.limit):
        fits = np.ones(len(model.ids), dtype=np.bool_)
    return ~model.pinned & ~model.banned & fits & ~np.isin(model.group, taken_groups)


def _arcs_beyond(gain: sparse.csr_array, has: npt.NDArray[np.float64]) -> sparse.csr_array:
    """Arcs less what each point has anyway; useless ones are gone."""
    data = gain.data.astype(np.float64) - has[gain.indices]
    candidate = np.repeat(np.arange(gain.shape[0]), np.diff(gain.indptr))
    useful = data > _TINY
    return entries(data[useful], candidate[useful], gain.indices[useful], gain.shape)


def _merged(core: Core) -> Core:
    """Points with the same arcs as one; points that nobody reaches or asks for are gone."""
    asked = (core.weight > 0.0) | (column_sums(core.floor_matrix) > 0.0)
    by_point = csr(core.matrix.T)
    wanted = np.flatnonzero(asked & (np.diff(by_point.indptr) > 0))
    by_point = block(by_point, wanted)
    new = _equal_rows(by_point)
    size = int(new.max()) + 1 if len(new) else 0
    lift = entries(np.ones(len(wanted)), new, wanted, (size, core.points))
    _, first = np.unique(new, return_index=True)
    return replace(
        core,
        **_arcs_of(csr(block(by_point, first).T)),
        weight=np.asarray(lift @ core.weight),
        floor_matrix=csr(core.floor_matrix @ lift.T),
    )


def _equal_rows(matrix: sparse.csr_array) -> npt.NDArray[np.int64]:
    """Number of each row's class of equal rows, in order of first appearance."""
    classes: dict[tuple[bytes, bytes], int] = {}
    ends = matrix.indptr
    out = np.empty(matrix.shape[0], dtype=np.int64)
    for row in range(matrix.shape[0]):
        arcs = slice(ends[row], ends[row + 1])
        key = (matrix.indices[arcs].tobytes(), matrix.data[arcs].tobytes())
        out[row] = classes.setdefault(key, len(classes))
    return out
