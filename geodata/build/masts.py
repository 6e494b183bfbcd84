"""Where the operators of the stand-in network stand: dart throwing with spacing by settlement.

Nobody publishes the operators' lists. What is known: how many stations there are
(`facts/bts_counts.csv`), the usual distance between sites in towns and in the countryside
(`facts/tower_params.csv`) and where people live. One operator after the other, candidate cells are
drawn in a seeded order that prefers crowded ones; a cell gets a site if the operator has none
nearer than the spacing of its settlement. In hills the site moves to the highest cell around.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np
from ground import CELL_M, NO_UNIT
from scipy.spatial import cKDTree

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt
    from ground import Ground

    Cells = npt.NDArray[np.int64]
    Points = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Settlement:
    """How a network is laid where people live at least this densely.

    Attributes
    ----------
    name
        Kind of settlement.
    least_density
        People per km² from which it applies.
    spacing_m
        Distance between two sites of the densest network.
    """

    name: str
    least_density: float
    spacing_m: float


SETTLEMENTS: Final = (
    Settlement("town centre", 3000.0, 500.0),
    Settlement("town", 1500.0, 750.0),
    Settlement("suburb", 300.0, 1450.0),
    Settlement("countryside", 40.0, 2600.0),
)
"""Published: 200-500 m in towns, 1.5-3 km in the countryside (MobiFone, region 3). The lower
ends would give three times the stations that the counts support, so the upper ones are used."""

THINNEST_M: Final = SETTLEMENTS[-1].spacing_m

SPACING_FACTOR: Final[Mapping[str, float]] = MappingProxyType(
    {"Viettel": 1.0, "VinaPhone": 1.15, "MobiFone": 1.3}
)
"""Relative spacing of the networks: sets the total, and that the shares differ (an assumption)."""

HILLY_M: Final = 80.0
"""Relief from which a place counts as hilly."""

HILLTOP_REACH_M: Final = 750.0
"""How far a site in the hills moves to stand higher."""

SHARED_WITHIN: Final = 0.4
SHARED_CHANCE: Final = 0.5
"""Another operator's mast within this share of the spacing is used with this chance."""

REMOTE_LEAST_DENSITY: Final = 600.0
REMOTE_SPACING_M: Final = 11_000.0
"""In remote communes only the centres of former communes and small towns had a
site before the programme, this far apart (an assumption: it decides how large the holes were)."""

CENTRES_OF: Final = ("Viettel",)
"""Operators with a site at the most crowded cell of every former commune, whatever the density."""


@dataclass(frozen=True, slots=True, eq=False)
class Sites:
    """Sites of all operators, in building order within each; arrays of shape (n,).

    Attributes
    ----------
    operator
        Name of the operator.
    order
        0 for the operator's first site, and so on.
    x_m, y_m
        Position in the ground's CRS.
    density, relief_m, spacing_m
        People per km², relief and spacing where the site was wanted.
    """

    operator: npt.NDArray[np.object_]
    order: npt.NDArray[np.int64]
    x_m: Points
    y_m: Points
    density: Points
    relief_m: Points
    spacing_m: Points


def lay_sites(
    ground: Ground,
    former_unit: npt.NDArray[np.int64],
    closed: npt.NDArray[np.bool_],
    rng: np.random.Generator,
) -> Sites:
    """Sites of every operator.

    Parameters
    ----------
    ground
        Land, people and heights.
    former_unit
        Former commune drawn at each cell, `NO_UNIT` for none.
    closed
        Cells that must carry no site.
    rng
        Seeded generator.
    """
    open_cells = ground.buildable & ~closed & (ground.land >= 0.5)
    spacing = _spacing_m(ground)
    centres = _centres(ground, former_unit, open_cells)
    wanted = np.flatnonzero((open_cells & np.isfinite(spacing)).ravel())
    spacing = np.where(ground.remote, REMOTE_SPACING_M, np.nan_to_num(spacing, nan=THINNEST_M))
    masts = np.empty((0, 2))
    found: list[Sites] = []
    for operator, factor in SPACING_FACTOR.items():
        # Exponential race: crowded cells tend to come first.
        race = rng.exponential(size=len(wanted)) / ground.density.ravel()[wanted]
        order = wanted[np.argsort(race, kind="stable")]
        if operator in CENTRES_OF:
            order = np.concatenate([centres, order])
        own_spacing = factor * spacing.ravel()
        cells = _thrown(order, ground, own_spacing)
        points = _stands(cells, ground, open_cells, rng)
        points = _shared(points, own_spacing[cells], masts, rng)
        found.append(_sites(operator, cells, points, ground, own_spacing))
        masts = np.concatenate([masts, points])
    return _joined(found)


def _spacing_m(ground: Ground) -> npt.NDArray[np.float64]:
    """Spacing by settlement; NaN where too few people live."""
    kinds = sorted(SETTLEMENTS, key=lambda kind: kind.least_density)
    steps = np.array([np.nan, *(kind.spacing_m for kind in kinds)])
    spacing = steps[np.digitize(ground.density, [kind.least_density for kind in kinds])]
    thin = ground.remote & (ground.density < REMOTE_LEAST_DENSITY)
    return np.asarray(np.where(thin, np.nan, spacing))


def _centres(
    ground: Ground, former_unit: npt.NDArray[np.int64], open_cells: npt.NDArray[np.bool_]
) -> Cells:
    """Most crowded open cell of each former commune, the most crowded first."""
    density = np.where(open_cells & (former_unit != NO_UNIT), ground.density, -1.0).ravel()
    order = np.argsort(-density, kind="stable")
    order = order[density[order] > 0.0]
    _, first = np.unique(former_unit.ravel()[order], return_index=True)
    return order[np.sort(first)]


def _thrown(order: Cells, ground: Ground, spacing_m: Points) -> Cells:
    """Cells that keep their spacing from all cells taken before them."""
    rows, cols = np.divmod(order, ground.grid.cols)
    free = np.ones(len(order), dtype=np.bool_)
    taken: list[int] = []
    for index in range(len(order)):
        if not free[index]:
            continue
        taken.append(index)
        squared = (rows - rows[index]) ** 2 + (cols - cols[index]) ** 2
        free &= squared * CELL_M**2 >= spacing_m[order] ** 2
    return order[taken]


def _stands(
    cells: Cells, ground: Ground, open_cells: npt.NDArray[np.bool_], rng: np.random.Generator
) -> Points:
    """Positions within the cells, or on the highest cell around, shape (n, 2)."""
    shifts = rng.uniform(-0.4, 0.4, size=(len(cells), 2)) * CELL_M
    remote = ground.remote.ravel()
    # In remote communes the old masts stand at the commune's office, in the valley.
    stands = [
        int(cell) if remote[cell] else highest_around(int(cell), ground, open_cells)
        for cell in cells
    ]
    return np.array([_point(cell, ground) for cell in stands]).reshape(-1, 2) + shifts


def _shared(points: Points, spacing_m: Points, masts: Points, rng: np.random.Generator) -> Points:
    """The positions, some of them moved to another operator's mast nearby."""
    chances = rng.random(len(points))
    if not len(masts):
        return points
    distance_m, nearest = cKDTree(masts).query(points)
    moved = (chances < SHARED_CHANCE) & (distance_m <= SHARED_WITHIN * spacing_m)
    return np.where(moved[:, np.newaxis], masts[nearest], points)


def highest_around(
    cell: int, ground: Ground, open_cells: npt.NDArray[np.bool_], reach_m: float = HILLTOP_REACH_M
) -> int:
    """The cell itself on flat ground, else the highest open cell within reach."""
    row, col = divmod(cell, ground.grid.cols)
    if ground.relief_m[row, col] < HILLY_M:
        return cell
    steps = int(reach_m // CELL_M)
    rows = slice(max(row - steps, 0), row + steps + 1)
    cols = slice(max(col - steps, 0), col + steps + 1)
    height = np.where(open_cells[rows, cols], ground.height_m[rows, cols], -1.0)
    high_row, high_col = np.unravel_index(int(np.argmax(height)), height.shape)
    return int((rows.start + high_row) * ground.grid.cols + cols.start + high_col)


def _point(cell: int, ground: Ground) -> Points:
    row, col = divmod(cell, ground.grid.cols)
    return np.array([ground.grid.centres_x_m()[col], ground.grid.centres_y_m()[row]])


def _sites(operator: str, cells: Cells, points: Points, ground: Ground, spacing_m: Points) -> Sites:
    return Sites(
        operator=np.full(len(cells), operator, dtype=object),
        order=np.arange(len(cells)),
        x_m=points[:, 0],
        y_m=points[:, 1],
        density=ground.density.ravel()[cells],
        relief_m=ground.relief_m.ravel()[cells].astype(np.float64),
        spacing_m=spacing_m[cells],
    )


def _joined(parts: list[Sites]) -> Sites:
    names = Sites.__dataclass_fields__
    return Sites(
        **{name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
    )
