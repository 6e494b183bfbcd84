"""What is lost where an antenna is turned away, taken off the plan's gain.

Only the strongest and the second strongest emitter of a layer are known, so the loss is judged on
the safe side: it is never less than what the model would lose, and candidates that could make up
for it are not counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from qn_coverage.analysis.plan.matrices import entries

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt
    from scipy import sparse

    from qn_coverage.analysis.plan.cases import Case
    from qn_coverage.propagation.emitters import Mosaic


def lost_probability(
    mosaic: Mosaic,
    bare_dbm: npt.NDArray[np.float64],
    changed: npt.NDArray[np.int64],
    twin: npt.NDArray[np.bool_],
    *,
    planes: Mapping[str, Sequence[int]],
    parts: Mapping[str, float],
    case: Case,
    count: int,
) -> sparse.csr_array:
    """Probability of coverage that each change takes from each cell, CSR (changes, cells).

    Parameters
    ----------
    mosaic
        Best servers today; `Mosaic.server` indexes sectors.
    bare_dbm
        Bare threshold of each layer, shape (layers,).
    changed
        Change that takes each sector away, -1 for none, shape (sectors,).
    twin
        Whether the change takes another sector of the same layer too, so that the second strongest
        may be gone with the strongest, shape (sectors,).
    planes
        Layers that count together, by name of the plane.
    parts
        Part of the customers of each plane.
    case
        How margins become probabilities.
    count
        Number of changes.
    """
    cells = mosaic.level_dbm[0].size
    found = [
        _of_plane(mosaic, bare_dbm, changed, twin, np.asarray(layers), case)
        for layers in planes.values()
    ]
    rows = np.concatenate([np.zeros(0, dtype=np.int64), *(part[0] for part in found)])
    columns = np.concatenate([np.zeros(0, dtype=np.int64), *(part[1] for part in found)])
    lost = [parts[name] * part[2] for name, part in zip(planes, found, strict=True)]
    return entries(np.concatenate([np.zeros(0), *lost]), rows, columns, (count, cells))


def twins(changed: npt.NDArray[np.int64], layer: npt.NDArray[np.integer]) -> npt.NDArray[np.bool_]:
    """Whether another sector of the same layer belongs to the same change, shape (sectors,)."""
    pairs = np.column_stack([changed, layer])
    _, which, times = np.unique(pairs, axis=0, return_inverse=True, return_counts=True)
    return (times[which.reshape(-1)] > 1) & (changed >= 0)


def _of_plane(
    mosaic: Mosaic,
    bare_dbm: npt.NDArray[np.float64],
    changed: npt.NDArray[np.int64],
    twin: npt.NDArray[np.bool_],
    layers: npt.NDArray[np.int64],
    case: Case,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Change, cell and lost probability where the best server of the plane is taken away."""
    bare = bare_dbm[layers].astype(np.float32)[:, np.newaxis]
    margin = mosaic.level_dbm[layers].reshape(len(layers), -1) - bare
    server = mosaic.server[layers].reshape(len(layers), -1)
    best = np.argmax(margin, axis=0)
    each = np.arange(margin.shape[1])
    change = np.append(changed, -1)[server[best, each]]
    cell = np.flatnonzero(change >= 0)
    change, best = change[cell], best[cell]
    left = np.full(len(cell), -np.inf, dtype=np.float32)
    for row, layer in enumerate(layers):
        own = server[row, cell]
        gone = np.append(changed, -1)[own] == change
        second = mosaic.second_dbm[layer].ravel()[cell] - bare[row]
        second = np.where(np.append(twin, False)[own], np.float32(-np.inf), second)
        np.maximum(left, np.where(gone, second, margin[row, cell]), out=left)
    lost = case.chance(margin[best, cell]).astype(np.float64) - case.chance(left)
    return change, cell, np.maximum(lost, 0.0)
