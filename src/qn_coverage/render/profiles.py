"""The ground between a mast and a place → a few whole numbers for a small picture."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from qn_coverage.propagation import p1812

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from qn_coverage.analysis.path import Path

MOST_POINTS: Final = 60
"""Points of a picture at most."""

EARTH_KM: Final = round(157.0 / (157.0 - p1812.DELTA_N) * 6371.0)
"""Median effective radius of the Earth, ITU-R P.1812-8, eqs. (6) and (7a), as for the edges."""


def profile_of(path: Path, edge_km: float | None) -> dict[str, Any]:
    """Picture of one path.

    Parameters
    ----------
    path
        From mast to place.
    edge_km
        Where the blocking edge stands, from the mast; None or NaN for none.

    Returns
    -------
    ``x`` and ``g``: distance and ground above sea level, whole metres, each as steps from the one
    before; ``c``: height of clutter, whole metres; ``t`` and ``r``: antenna and telephone above
    ground, m; ``e``: number of the edge's point or None.
    """
    edge = _nearest(path.distance_km, edge_km)
    kept = thinned(path.distance_km, path.ground_m + path.clutter_m, edge)
    return {
        "x": _steps(path.distance_km[kept] * 1000.0),
        "g": _steps(path.ground_m[kept]),
        "c": [round(float(height)) for height in path.clutter_m[kept]],
        "t": round(path.tx_height_agl_m, 1),
        "r": round(path.rx_height_agl_m, 1),
        "e": None if edge is None else int(np.flatnonzero(kept == edge)[0]),
    }


def profiles_of(
    paths: Mapping[str, Path], edges_km: Mapping[str, float]
) -> dict[str, dict[str, Any]]:
    """Pictures by the id of the place."""
    return {
        str(place): profile_of(path, edges_km.get(place))
        for place, path in paths.items()
        if path.length_km > 0.0
    }


def thinned(
    x: npt.NDArray[np.float64],
    y: npt.NDArray[np.float64],
    keep: int | None = None,
    most: int = MOST_POINTS,
) -> npt.NDArray[np.int64]:
    """Indices of at most `most` points that look like the whole line, ends and `keep` included.

    From each bucket the point that spans the largest triangle with the last one kept and the next
    bucket's mean is taken: Steinarsson, *Downsampling Time Series for Visual Representation*, MSc
    thesis, University of Iceland, 2013 (largest triangle, three buckets).
    """
    count = len(x)
    if count <= most:
        return np.arange(count)
    limits = np.linspace(1, count - 1, most - 1).astype(np.int64)
    chosen = [0]
    for start, end in pairwise(limits.tolist()):
        if keep is not None and start <= keep < end:
            chosen.append(keep)
            continue
        after = slice(end, max(end + 1, min(count, 2 * end - start)))
        next_x, next_y = x[after].mean(), y[after].mean()
        last_x, last_y = x[chosen[-1]], y[chosen[-1]]
        bucket = slice(start, end)
        area = np.abs(
            (last_x - next_x) * (y[bucket] - last_y) - (last_x - x[bucket]) * (next_y - last_y)
        )
        chosen.append(int(start + np.argmax(area)))
    return np.array([*chosen, count - 1])


def _nearest(distance_km: npt.NDArray[np.float64], edge_km: float | None) -> int | None:
    if edge_km is None or not np.isfinite(edge_km):
        return None
    return int(np.argmin(np.abs(distance_km - edge_km)))


def _steps(values: npt.NDArray[np.float64]) -> list[int]:
    whole = np.round(values).astype(np.int64)
    return [int(step) for step in np.diff(whole, prepend=0)]
