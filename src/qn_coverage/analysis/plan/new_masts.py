"""Where a mast could be built: hill tops that see much, villages and their edges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy import ndimage

from qn_coverage.analysis.plan.peaks import prominence_m
from qn_coverage.analysis.plan.scene import Candidate, cells_of, most_useful, seen_from

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt
    import pandas as pd

    from qn_coverage.analysis.plan.scene import Scene

EDGE_M: Final = (300.0, 1200.0)
"""Ring around a village in which the highest ground is its edge."""

_NEIGHBOURS_M: Final = 400.0
"""Of peaks nearer to each other than this, only the highest is looked at."""


VAGUE_M: Final = 2000.0
"""A village whose position is known worse than this gives no place to build."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a new mast could stand; fields as in `Candidate`."""

    key: str
    kind: str
    name: str
    x_m: float
    y_m: float
    uncertainty_m: float
    origin: str
    village_id: str | None = None
    prominence_m: float = float("nan")
    height_agl_m: float | None = None


def new_masts(scene: Scene) -> list[Candidate]:
    """Hill tops, villages and village edges within reach of demand, the most useful ones."""
    makers = {"hilltop": _hilltops, "village": _villages, "village_edge": _edges}
    places = [
        place
        for kind, make in makers.items()
        if kind in scene.wishes.kinds
        for place in make(scene)
    ]
    if not places:
        return []
    # The highest ground beside a village may be a hill top that is in the list already.
    places = list({(place.x_m, place.y_m): place for place in reversed(places)}.values())[::-1]
    cells = cells_of(scene, [place.x_m for place in places], [place.y_m for place in places])
    height = np.full(len(places), max(scene.wishes.heights_m))
    _, weight = scene.points()
    kept = most_useful(seen_from(scene, cells, height), weight, scene.wishes.most)
    return [variant for place in kept for variant in variants(scene, places[place])]


def variants(scene: Scene, place: Place) -> Iterator[Candidate]:
    """A place with each mast height and each operator that may build there."""
    heights = scene.wishes.heights_m if place.height_agl_m is None else (place.height_agl_m,)
    for operators in scene.operators:
        suffix = f"-{operators[0]}" if len(scene.operators) > 1 else ""
        for metres in heights:
            yield Candidate(
                candidate_id=f"{place.key}-{metres:g}m{suffix}",
                kind=place.kind,
                place=f"{place.key}{suffix}",
                name=place.name,
                operators=operators,
                technologies=scene.wishes.technologies,
                x_m=place.x_m,
                y_m=place.y_m,
                height_agl_m=metres,
                uncertainty_m=place.uncertainty_m,
                origin=place.origin,
                village_id=place.village_id,
                prominence_m=place.prominence_m,
            )


def _hilltops(scene: Scene) -> list[Place]:
    """Peaks of enough prominence on land, the highest of each neighbourhood."""
    peaks = prominence_m(scene.ground_m)
    side = 2 * round(_NEIGHBOURS_M / scene.grid.cell_m) + 1
    highest = ndimage.maximum_filter(np.where(peaks > 0.0, scene.ground_m, -np.inf), side)
    # A maximum on the border of the grid may belong to a higher hill outside it.
    inner = np.zeros(scene.grid.shape, dtype=np.bool_)
    inner[1:-1, 1:-1] = True
    found = (peaks >= max(scene.wishes.min_prominence_m, 1e-6)) & (scene.ground_m >= highest)
    rows, cols = np.nonzero(found & inner & (scene.land > 0.0))
    near = _near_demand(scene, rows, cols)
    xs, ys = scene.grid.centres_x_m(), scene.grid.centres_y_m()
    return [
        Place(
            key=f"hill-{xs[col]:.0f}-{ys[row]:.0f}",
            kind="hilltop",
            name=f"Đỉnh {scene.ground_m[row, col]:.0f} m",
            x_m=float(xs[col]),
            y_m=float(ys[row]),
            uncertainty_m=scene.grid.cell_m / 2.0,
            origin="modelled",
            prominence_m=float(peaks[row, col]),
        )
        for row, col in zip(rows[near], cols[near], strict=True)
    ]


def _villages(scene: Scene) -> list[Place]:
    return [
        Place(
            key=f"village-{village['village_id']}",
            kind="village",
            name=str(village["name_vi"]),
            x_m=float(village["x_m"]),
            y_m=float(village["y_m"]),
            uncertainty_m=float(village["uncertainty_m"]),
            origin=str(village["origin"]),
            village_id=str(village["village_id"]),
        )
        for village in _villages_near(scene).to_dict("records")
    ]


def _edges(scene: Scene) -> list[Place]:
    """Highest land in a ring around each village."""
    found = []
    for village in _villages_near(scene).to_dict("records"):
        cell = _highest_in_ring(scene, float(village["x_m"]), float(village["y_m"]))
        if cell is None:
            continue
        found.append(
            Place(
                key=f"edge-{village['village_id']}",
                kind="village_edge",
                name=f"Rìa {village['name_vi']}",
                x_m=float(scene.grid.centres_x_m()[cell[1]]),
                y_m=float(scene.grid.centres_y_m()[cell[0]]),
                uncertainty_m=float(village["uncertainty_m"]),
                origin="modelled",
                village_id=str(village["village_id"]),
            )
        )
    return found


def _villages_near(scene: Scene) -> pd.DataFrame:
    cells = cells_of(scene, scene.villages["x_m"], scene.villages["y_m"])
    known = scene.villages["uncertainty_m"].to_numpy(dtype=np.float64) <= VAGUE_M
    return scene.villages[known & _near_demand(scene, cells[:, 0], cells[:, 1])]


def _near_demand(
    scene: Scene, rows: npt.NDArray[np.int64], cols: npt.NDArray[np.int64]
) -> npt.NDArray[np.bool_]:
    """Whether each cell lies within reach of a demand point that weighs something."""
    points, weight = scene.points()
    empty = np.ones(scene.grid.shape, dtype=np.bool_)
    wanted = points[weight > 0.0]
    if not len(wanted):
        return np.zeros(len(rows), dtype=np.bool_)
    empty[wanted[:, 0], wanted[:, 1]] = False
    distance_m = ndimage.distance_transform_edt(empty, sampling=scene.grid.cell_m)
    return np.asarray(distance_m[rows, cols] <= 1000.0 * scene.wishes.reach_km)


def _highest_in_ring(scene: Scene, x_m: float, y_m: float) -> tuple[int, int] | None:
    """Cell of the highest land in the ring, the first in row-major order; None without land."""
    grid = scene.grid
    (row, col), reach = cells_of(scene, x_m, y_m)[0], int(EDGE_M[1] / grid.cell_m) + 1
    rows = slice(max(row - reach, 0), row + reach + 1)
    cols = slice(max(col - reach, 0), col + reach + 1)
    dx = grid.centres_x_m()[cols] - x_m
    dy = grid.centres_y_m()[rows] - y_m
    distance = np.hypot(dx[np.newaxis, :], dy[:, np.newaxis])
    ring = (distance >= EDGE_M[0]) & (distance <= EDGE_M[1]) & (scene.land[rows, cols] > 0.0)
    if not ring.any():
        return None
    height = np.where(ring, scene.ground_m[rows, cols], -np.inf)
    best = np.unravel_index(int(np.argmax(height)), height.shape)
    return rows.start + int(best[0]), cols.start + int(best[1])
