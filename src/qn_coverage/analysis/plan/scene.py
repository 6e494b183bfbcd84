"""What candidates are looked for in: terrain, people, network, villages and who is unserved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from qn_coverage.analysis.plan.demand import sums
from qn_coverage.analysis.plan.peaks import seen_points

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    import pandas as pd

    from qn_coverage.analysis.plan.demand import Demand
    from qn_coverage.core.grid import Grid
    from qn_coverage.core.plan_request import Candidates


@dataclass(frozen=True, slots=True)
class Candidate:
    """One thing that could be built or changed.

    Attributes
    ----------
    candidate_id
        Stable between runs: made of the kind and the place.
    kind
        ``hilltop``, ``village``, ``village_edge``, ``user``, ``moved`` (new masts) or
        ``add_technology``, ``raise``, ``repoint``, ``share`` (at existing ones).
    place
        Variants of one place exclude each other.
    name
        For the reader.
    operators
        Who transmits; several at a neutral host.
    technologies
        What is transmitted.
    x_m, y_m
        Position in the CRS of the grid.
    height_agl_m
        Antennas above ground.
    uncertainty_m
        Radius that holds the true position.
    origin
        As in `core.schema.ORIGINS`.
    site_id
        Existing site, or None for a new mast.
    azimuths_deg
        Faces; empty for three regular ones.
    replaces
        Sectors that end where this one begins.
    village_id
        Village that the place belongs to, or None.
    prominence_m
        Of a hill top, else NaN.
    was_height_m
        Antennas above ground before a mast is raised, else NaN.
    """

    candidate_id: str
    kind: str
    place: str
    name: str
    operators: tuple[str, ...]
    technologies: tuple[str, ...]
    x_m: float
    y_m: float
    height_agl_m: float
    uncertainty_m: float
    origin: str
    site_id: str | None = None
    azimuths_deg: tuple[float, ...] = ()
    replaces: tuple[str, ...] = ()
    village_id: str | None = None
    prominence_m: float = float("nan")
    was_height_m: float = float("nan")

    @property
    def new_mast(self) -> bool:
        """Whether a mast has to be built."""
        return self.site_id is None


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """What candidates are looked for in.

    Attributes
    ----------
    grid
        The cells.
    ground_m, land, people
        Height above mean sea level, share of land, people per cell, shape (rows, cols).
    sectors
        Sectors on air, columns of `core.schema.SECTORS` with ``x_m`` and ``y_m``.
    villages
        Columns of `core.schema.VILLAGES` with ``x_m`` and ``y_m``.
    demand
        From `demand.gathered`.
    measure
        What is maximised.
    wishes
        What the request says about candidates.
    operators
        Who would transmit from a new mast: one, or several at a neutral host, one entry a variant.
    """

    grid: Grid
    ground_m: npt.NDArray[np.floating]
    land: npt.NDArray[np.floating]
    people: npt.NDArray[np.floating]
    sectors: pd.DataFrame
    villages: pd.DataFrame
    demand: Demand
    measure: str
    wishes: Candidates
    operators: tuple[tuple[str, ...], ...]

    def points(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
        """Row and column of the middle of each demand point, (n, 2), and its weight, (n,)."""
        demand = self.demand
        rows, cols = np.divmod(demand.cell, self.grid.cols)
        middle = [sums(demand.point, demand.average * part, demand.points) for part in (rows, cols)]
        return np.rint(np.column_stack(middle)).astype(np.int64), demand.per_point(self.measure)


def cells_of(scene: Scene, x_m: npt.ArrayLike, y_m: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """Row and column of positions, held inside the grid, shape (n, 2)."""
    rows, cols = scene.grid.rows_cols(np.atleast_1d(x_m), np.atleast_1d(y_m))
    return np.column_stack(
        [np.clip(rows, 0, scene.grid.rows - 1), np.clip(cols, 0, scene.grid.cols - 1)]
    )


def seen_from(
    scene: Scene, cells: npt.NDArray[np.int64], height_m: npt.NDArray[np.float64]
) -> list[npt.NDArray[np.int64]]:
    """Demand points that masts at these cells see within reach, one array a mast."""
    points, _ = scene.points()
    return seen_points(
        scene.ground_m,
        scene.grid.cell_m,
        cells,
        height_m,
        points,
        reach_m=1000.0 * scene.wishes.reach_km,
    )


def most_useful(
    seen: Sequence[npt.NDArray[np.int64]], weight: npt.NDArray[np.float64], most: int
) -> npt.NDArray[np.int64]:
    """Places worth computing: every point keeps its best seers before any gets one more.

    Parameters
    ----------
    seen
        Points that each place sees.
    weight
        Of the points.
    most
        How many places to keep; ranked by the weight they see, ties by their order.

    Returns
    -------
    Indices of places, sorted.
    """
    value = np.array([weight[points].sum() for points in seen])
    order = np.argsort(-value, kind="stable")
    order = order[value[order] > 0.0]
    turns = np.zeros(len(weight), dtype=np.int64)
    turn = np.zeros(len(seen), dtype=np.int64)
    for place in order:  # the round in which some point asks for the place
        turn[place] = turns[seen[place]].min()
        turns[seen[place]] += 1
    ranked = order[np.lexsort((np.arange(len(order)), turn[order]))]
    return np.sort(ranked[:most])
