"""What each candidate would add at each demand point, by the propagation model of the study."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import sparse

from qn_coverage.analysis.plan.matrices import csr, zeros
from qn_coverage.core.errors import CancelledError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy.typing as npt

    from qn_coverage.analysis.plan.cases import Case
    from qn_coverage.analysis.plan.demand import Demand
    from qn_coverage.propagation.emitters import Emitters, Mosaic, Surface

    Best = Callable[[Emitters, Surface], Mosaic]

LEAST_GAIN: Final = 0.01
"""Smaller gains of probability are left out, which understates a plan a little."""

DEPTH_DB: Final = 40.0
"""Levels are asked for down to so far below what counts as covered."""

_AT_ONCE: Final = 12_000_000
"""Levels (layers times cells) of one batch: 14 bytes each in the mosaic."""


@dataclass(frozen=True, slots=True, eq=False)
class Offer:
    """Antennas of the candidates.

    Attributes
    ----------
    ids
        Identifier of each candidate.
    emitters
        Antenna faces of all of them.
    owner
        Index of the candidate of each emitter, shape (emitters,).
    planes
        Whether each candidate serves each plane of the demand, shape (candidates, planes).
    """

    ids: tuple[str, ...]
    emitters: Emitters
    owner: npt.NDArray[np.int64]
    planes: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """Gains of the candidates.

    Attributes
    ----------
    ids
        Identifier of each candidate.
    cases
        Beliefs that the gains are computed under, the base case first.
    gain
        One CSR (candidates, points) a case: by how much the probability of coverage rises if just
        this candidate is built; for a point of several cells their mean.
    """

    ids: tuple[str, ...]
    cases: tuple[Case, ...]
    gain: tuple[sparse.csr_array, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Batch:
    """Candidates that are computed together, on a window of rows and columns."""

    members: list[int]
    rows: slice
    cols: slice


def reach_of(
    offer: Offer,
    demand: Demand,
    surface: Surface,
    *,
    best: Best,
    cases: tuple[Case, ...],
    location_margin_db: float,
    least_gain: float = LEAST_GAIN,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Reach:
    """Gains of every candidate at every point.

    The strongest of what is there and what is new decides (their errors are one), so the gain is
    (p(candidate) - p(today))+ at each cell. Candidates are computed in batches of neighbours on
    the window that they reach; memory grows with the arcs found, not with candidates times cells.

    Parameters
    ----------
    offer
        Antennas; `Emitters.required_dbm` as in `network.emitters_of`.
    demand
        Points; `margin_db` of a cell is what it has today (-inf for nothing).
    surface
        The whole grid of the demand.
    best
        Best servers of some emitters on some surface, e.g. `mosaic.best_servers` with its settings
        bound. It must give an emitter the same levels on a window as on the whole grid.
    cases
        Beliefs, the base case first.
    location_margin_db
        Part of `required_dbm` that is the location margin; probabilities ask for it themselves.
    least_gain
        Gains below are left out.
    progress
        Called with (candidates done, all).
    cancelled
        Asked after each batch.

    Raises
    ------
    CancelledError
        `cancelled` said so.
    """
    today = [case.chance(demand.margin_db).astype(np.float64) for case in cases]
    parts: list[list[_Arcs]] = [[] for _ in cases]
    done = 0
    for batch in _batches(offer, surface):
        for number, arcs in _batch_arcs(
            batch, offer, demand, surface, best, cases, today, location_margin_db, least_gain
        ):
            parts[number].append(arcs)
        done += len(batch.members)
        if progress is not None:
            progress(done, len(offer.ids))
        if cancelled is not None and cancelled():
            raise CancelledError("the computation of what candidates reach was cancelled")
    shape = (len(offer.ids), demand.points)
    return Reach(offer.ids, cases, tuple(_joined(part, shape) for part in parts))


def served_villages(
    offer: Offer,
    villages: sparse.csr_array,
    demand: Demand,
    surface: Surface,
    *,
    best: Best,
    case: Case,
    location_margin_db: float,
    cancelled: Callable[[], bool] | None = None,
) -> sparse.csr_array:
    """Probability that each candidate alone covers each village, CSR (candidates, villages).

    Parameters
    ----------
    offer
        Candidates, or existing sites.
    villages
        How likely each cell holds each village, `discs.disc_weights`, CSR (villages, cells).
    demand
        Tells the grid only.
    surface, best, case, location_margin_db, cancelled
        As in `reach_of`.
    """
    chance = csr(villages)
    village = np.repeat(np.arange(chance.shape[0]), np.diff(chance.indptr))
    cells = chance.indices.astype(np.int64)
    places = replace(
        demand,
        planes=("any",),
        cell=cells,
        plane=np.zeros(len(cells), dtype=np.int64),
        part=np.ones(len(cells)),
        point=village.astype(np.int64),
        average=chance.data.astype(np.float64),
        margin_db=np.full(len(cells), -np.inf, dtype=np.float32),
        weights={},
        commune=np.zeros(len(cells), dtype=np.int64),
    )
    everyone = replace(offer, planes=np.ones((len(offer.ids), 1), dtype=np.bool_))
    found = reach_of(
        everyone,
        places,
        surface,
        best=best,
        cases=(case,),
        location_margin_db=location_margin_db,
        cancelled=cancelled,
    )
    # Villages without land at the end of the list are no points: give them their columns back.
    missing = zeros(len(offer.ids), chance.shape[0] - found.gain[0].shape[1])
    return csr(sparse.hstack([found.gain[0], missing]))


_Arcs = tuple["npt.NDArray[np.int64]", "npt.NDArray[np.int64]", "npt.NDArray[np.float32]"]


def _batch_arcs(
    batch: _Batch,
    offer: Offer,
    demand: Demand,
    surface: Surface,
    best: Best,
    cases: tuple[Case, ...],
    today: list[npt.NDArray[np.float64]],
    location_margin_db: float,
    least_gain: float,
) -> Iterator[tuple[int, _Arcs]]:
    """Arcs of a batch's candidates: the number of the case, then candidate, point and gain."""
    rows, cols = np.divmod(demand.cell, demand.grid.cols)
    here = np.flatnonzero(
        (rows >= batch.rows.start)
        & (rows < batch.rows.stop)
        & (cols >= batch.cols.start)
        & (cols < batch.cols.stop)
    )
    if not len(here):
        return
    emitters, candidate_of_layer = _with_own_layers(offer, batch)
    mosaic = best(_asked_deeper(emitters), surface.cut(batch.rows, batch.cols))
    at = (rows[here] - batch.rows.start, cols[here] - batch.cols.start)
    for candidate in batch.members:
        layers = np.flatnonzero(candidate_of_layer == candidate)
        margin = _margin(mosaic, layers, at, emitters.required_dbm, location_margin_db)
        near = np.isfinite(margin) & offer.planes[candidate][demand.plane[here]]
        cells = here[near]
        for number, case in enumerate(cases):
            gain = case.chance(margin[near]).astype(np.float64) - today[number][cells]
            arcs = _gathered_gain(demand, cells, gain, candidate, least_gain)
            yield number, arcs


def _margin(
    mosaic: Mosaic,
    layers: npt.NDArray[np.int64],
    at: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]],
    required_dbm: npt.NDArray[np.float64],
    location_margin_db: float,
) -> npt.NDArray[np.float32]:
    """Best margin over the bare threshold of one candidate's layers, at the given cells."""
    out = np.full(len(at[0]), -np.inf, dtype=np.float32)
    for layer in layers:
        bare = np.float32(required_dbm[layer] - location_margin_db)
        np.maximum(out, mosaic.level_dbm[layer][at] - bare, out=out)
    return out


def _gathered_gain(
    demand: Demand,
    cells: npt.NDArray[np.int64],
    gain: npt.NDArray[np.float64],
    candidate: int,
    least_gain: float,
) -> _Arcs:
    """Mean gain of each point that one candidate reaches."""
    better = gain > 0.0
    inside, shares = demand.point[cells[better]], demand.average[cells[better]] * gain[better]
    points, which = np.unique(inside, return_inverse=True)
    mean = np.bincount(which, shares, minlength=len(points)).astype(np.float32)
    kept = mean >= least_gain
    return np.full(int(kept.sum()), candidate, dtype=np.int64), points[kept], mean[kept]


def _joined(parts: list[_Arcs], shape: tuple[int, int]) -> sparse.csr_array:
    candidate = np.concatenate([np.zeros(0, dtype=np.int64), *(part[0] for part in parts)])
    point = np.concatenate([np.zeros(0, dtype=np.int64), *(part[1] for part in parts)])
    gain = np.concatenate([np.zeros(0, dtype=np.float32), *(part[2] for part in parts)])
    return csr(
        sparse.coo_array((np.minimum(gain, np.float32(1.0)), (candidate, point)), shape=shape)
    )


def _batches(offer: Offer, surface: Surface) -> Iterator[_Batch]:
    """Neighbouring candidates, as many as fit into memory together."""
    boxes = _boxes(offer, surface)
    layers = _layer_counts(offer)
    side = max(1, int(np.median(boxes[:, 1] - boxes[:, 0]))) if len(boxes) else 1
    middle_row, middle_col = boxes[:, :2].mean(axis=1), boxes[:, 2:].mean(axis=1)
    block = np.column_stack([middle_row // side, middle_col // side]).astype(np.int64)
    members: list[int] = []
    for candidate in np.lexsort((middle_col, block[:, 1], block[:, 0])):
        if boxes[candidate, 0] >= boxes[candidate, 1] or boxes[candidate, 2] >= boxes[candidate, 3]:
            continue
        trial = [*members, int(candidate)]
        if members and _size(boxes[trial], layers[trial]) > _AT_ONCE:
            yield _batch(members, boxes)
            trial = [int(candidate)]
        members = trial
    if members:
        yield _batch(members, boxes)


def _size(boxes: npt.NDArray[np.int64], layers: npt.NDArray[np.int64]) -> int:
    height = int(boxes[:, 1].max() - boxes[:, 0].min())
    width = int(boxes[:, 3].max() - boxes[:, 2].min())
    return height * width * int(layers.sum())


def _batch(members: list[int], boxes: npt.NDArray[np.int64]) -> _Batch:
    own = boxes[members]
    return _Batch(
        members,
        slice(int(own[:, 0].min()), int(own[:, 1].max())),
        slice(int(own[:, 2].min()), int(own[:, 3].max())),
    )


def _boxes(offer: Offer, surface: Surface) -> npt.NDArray[np.int64]:
    """Rows and columns within reach of each candidate, ends excluded, shape (candidates, 4)."""
    emitters, count = offer.emitters, len(offer.ids)
    reach, cell = emitters.max_distance_m, surface.cell_m
    edges = (
        np.floor((surface.north_m - emitters.y_m - reach) / cell),
        np.floor((surface.north_m - emitters.y_m + reach) / cell) + 1,
        np.floor((emitters.x_m - reach - surface.west_m) / cell),
        np.floor((emitters.x_m + reach - surface.west_m) / cell) + 1,
    )
    boxes = np.zeros((count, 4))
    for column, (edge, join, first) in enumerate(
        zip(edges, (np.minimum, np.maximum) * 2, (np.inf, -np.inf) * 2, strict=True)
    ):
        boxes[:, column] = first
        join.at(boxes[:, column], offer.owner, edge)
    rows, cols = surface.shape
    boxes[~np.isfinite(boxes).all(axis=1)] = 0.0  # a candidate without antennas
    boxes[:, :2] = np.clip(boxes[:, :2], 0, rows)
    boxes[:, 2:] = np.clip(boxes[:, 2:], 0, cols)
    return boxes.astype(np.int64)


def _layer_counts(offer: Offer) -> npt.NDArray[np.int64]:
    pairs = np.unique(np.column_stack([offer.owner, offer.emitters.layer]), axis=0)
    return np.bincount(pairs[:, 0], minlength=len(offer.ids)).astype(np.int64)


def _with_own_layers(offer: Offer, batch: _Batch) -> tuple[Emitters, npt.NDArray[np.int64]]:
    """Emitters of a batch, one layer for each candidate's technology, and whose layer it is."""
    chosen = np.flatnonzero(np.isin(offer.owner, batch.members))
    emitters = offer.emitters.take(chosen)
    pairs, layer = np.unique(
        np.column_stack([offer.owner[chosen], emitters.layer]), axis=0, return_inverse=True
    )
    required = emitters.required_dbm[pairs[:, 1]]
    own = replace(emitters, layer=layer.reshape(-1).astype(np.int32), required_dbm=required)
    return own, pairs[:, 0]


def _asked_deeper(emitters: Emitters) -> Emitters:
    """The same emitters with thresholds so low that weak levels are kept too."""
    return replace(emitters, required_dbm=emitters.required_dbm - DEPTH_DB)
