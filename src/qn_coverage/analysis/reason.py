"""Why a place has no signal: the best candidate of each operator, what is missing, and what blocks.

Reasons are computed path by path with ITU-R P.1812 over the study's terrain, whatever model made
the coverage: the question is what stands on the ground.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from scipy import ndimage

from qn_coverage.analysis.path import Edge, Path, path_between, worst_edge
from qn_coverage.core.errors import CancelledError
from qn_coverage.propagation.antenna_table import emitted_db
from qn_coverage.propagation.emitters import NO_SERVER
from qn_coverage.propagation.free_space import basic_transmission_loss as free_space_loss

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    from qn_coverage.analysis.coverage import Coverage
    from qn_coverage.core.grid import Grid
    from qn_coverage.propagation.emitters import Emitters, Surface

NONE: Final = "none"
DISTANCE: Final = "distance"
ANTENNA: Final = "antenna"
CLUTTER: Final = "clutter"
RIDGE: Final = "ridge"
BLAMES: Final = {
    NONE: ("đủ sóng theo đường truyền này", "enough signal over this path"),
    DISTANCE: ("quá xa trạm", "too far from the site"),
    ANTENNA: ("ngoài hướng anten", "outside the antenna's main direction"),
    CLUTTER: ("nhà cửa, cây cối che", "buildings or trees in the way"),
    RIDGE: ("địa hình che khuất", "terrain in the way"),
}
"""What is to blame, in Vietnamese and English."""

HIGHEST_RAISE_M: Final = 60.0
HIGHEST_PLACE_M: Final = 30.0
"""Mast and telephone are raised up to these heights in search of what would do."""

_RESOLUTION_M: Final = 1.0


@dataclass(frozen=True, slots=True)
class Receiver:
    """The telephone: height above ground and gain less losses."""

    height_agl_m: float
    gain_db: float


@dataclass(frozen=True, slots=True, eq=False)
class Reason:
    """Why one operator does not reach one place.

    Attributes
    ----------
    emitter
        Row of the candidate in the sector table.
    path
        From its mast to the place.
    level_dbm, required_dbm
        Median level by P.1812 and the level that would cover.
    blame
        Key of `BLAMES`.
    edge
        The sample that obstructs the path most, if any.
    extra_mast_m
        Least raise of the mast that would cover, whole metres up to `HIGHEST_RAISE_M`; NaN if none.
    place_height_m
        Least height of the telephone above ground that would, up to `HIGHEST_PLACE_M`; NaN if none.
    """

    emitter: int
    path: Path
    level_dbm: float
    required_dbm: float
    blame: str
    edge: Edge | None
    extra_mast_m: float
    place_height_m: float

    @property
    def missing_db(self) -> float:
        """What the level lacks; 0 where it suffices."""
        return max(0.0, self.required_dbm - self.level_dbm)


def reasons_for(
    places_xy_m: npt.NDArray[np.float64],
    *,
    coverage: Coverage,
    emitters: Emitters,
    present: npt.NDArray[np.bool_],
    surface: Surface,
    receiver: Receiver,
    advance: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> list[dict[str, Reason]]:
    """Reasons of each place, by operator, the operator that lacks least first.

    Parameters
    ----------
    places_xy_m
        Positions in the CRS of the grid, shape (n, 2).
    coverage
        State of the network; its best server at the place is the candidate, and where nothing
        arrives the emitter with the strongest free-space level.
    emitters
        One a row of the sector table.
    present
        Whether each emitter is on air, shape (emitters,).
    surface, receiver
        Ground and telephone.
    advance, cancelled
        Progress, and a wish to stop.
    """
    operators = sorted({layer.operator for layer in coverage.layers})
    found = []
    for index, (x_m, y_m) in enumerate(places_xy_m):
        if cancelled is not None and cancelled():
            raise CancelledError("stopped while looking for reasons")
        reasons = {
            operator: reason
            for operator in operators
            if (
                reason := _reason(
                    (float(x_m), float(y_m)),
                    operator,
                    coverage,
                    emitters,
                    present,
                    surface,
                    receiver,
                )
            )
        }
        found.append(dict(sorted(reasons.items(), key=lambda item: item[1].missing_db)))
        if advance is not None:
            advance(index + 1, len(places_xy_m))
    return found


COLUMNS: Final = (
    "place_id",
    "order",
    "operator",
    "technology",
    "site_id",
    "distance_km",
    "level_dbm",
    "required_dbm",
    "missing_db",
    "blame",
    "blame_vi",
    "blame_en",
    "edge_km",
    "edge_top_m",
    "edge_above_line_m",
    "edge_x_m",
    "edge_y_m",
    "extra_mast_m",
    "place_height_m",
)
"""Of `reason_table`, also where every place has signal and no row is left."""


def reason_table(
    ids: Sequence[str],
    reasons: Sequence[dict[str, Reason]],
    sectors: pd.DataFrame,
    *,
    nearest: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Long table: one row a place and operator, ``order`` 1 for the operator that lacks least.

    Columns ``place_id``, ``order``, ``operator``, ``technology``, ``site_id``, ``distance_km``,
    ``level_dbm``, ``required_dbm``, ``missing_db``, ``blame``, ``blame_vi``, ``blame_en``,
    ``edge_km`` (from the site), ``edge_top_m`` (above mean sea level), ``edge_above_line_m``,
    ``edge_x_m``, ``edge_y_m``, ``extra_mast_m``, ``place_height_m``; and the columns of
    `nearest`, if given.
    """
    rows: list[dict[str, Any]] = []
    for place, (name, by_operator) in enumerate(zip(ids, reasons, strict=True)):
        for order, (operator, reason) in enumerate(by_operator.items(), start=1):
            sector = sectors.iloc[reason.emitter]
            edge = reason.edge
            rows.append(
                {
                    "place_id": name,
                    "order": order,
                    "operator": operator,
                    "technology": sector["technology"],
                    "site_id": sector["site_id"],
                    "distance_km": reason.path.length_km,
                    "level_dbm": reason.level_dbm,
                    "required_dbm": reason.required_dbm,
                    "missing_db": reason.missing_db,
                    "blame": reason.blame,
                    "blame_vi": BLAMES[reason.blame][0],
                    "blame_en": BLAMES[reason.blame][1],
                    "edge_km": edge.distance_km if edge else np.nan,
                    "edge_top_m": edge.top_m if edge else np.nan,
                    "edge_above_line_m": edge.above_line_m if edge else np.nan,
                    "edge_x_m": edge.x_m if edge else np.nan,
                    "edge_y_m": edge.y_m if edge else np.nan,
                    "extra_mast_m": reason.extra_mast_m,
                    "place_height_m": reason.place_height_m,
                    **_plain(nearest, place),
                }
            )
    further = [] if nearest is None else [str(column) for column in nearest.columns]
    return pd.DataFrame(rows, columns=[*COLUMNS, *further])


def _plain(table: pd.DataFrame | None, row: int) -> dict[str, Any]:
    if table is None:
        return {}
    return {str(column): table[column].iloc[row] for column in table.columns}


def nearest_signal(
    places_xy_m: npt.NDArray[np.float64], covered: npt.NDArray[np.bool_], grid: Grid
) -> pd.DataFrame:
    """Nearest covered cell of each place.

    Returns
    -------
    ``nearest_signal_km`` (NaN where nothing is covered) and ``nearest_signal_bearing_deg``
    (clockwise from north; NaN where the place itself is covered), one row a place.
    """
    if not covered.any():
        nothing = np.full(len(places_xy_m), np.nan)
        return pd.DataFrame({"nearest_signal_km": nothing, "nearest_signal_bearing_deg": nothing})
    at = ndimage.distance_transform_edt(~covered, return_distances=False, return_indices=True)
    rows, cols = grid.rows_cols(places_xy_m[:, 0], places_xy_m[:, 1])
    rows, cols = np.clip(rows, 0, grid.rows - 1), np.clip(cols, 0, grid.cols - 1)
    row, col = at[:, rows, cols]
    east = (col - cols) * grid.cell_m
    north = (rows - row) * grid.cell_m
    bearing = np.degrees(np.arctan2(east, north)) % 360.0
    distance_km = np.hypot(east, north) / 1000.0
    return pd.DataFrame(
        {
            "nearest_signal_km": distance_km,
            "nearest_signal_bearing_deg": np.where(distance_km > 0.0, bearing, np.nan),
        }
    )


def _reason(
    place_xy_m: tuple[float, float],
    operator: str,
    coverage: Coverage,
    emitters: Emitters,
    present: npt.NDArray[np.bool_],
    surface: Surface,
    receiver: Receiver,
) -> Reason | None:
    emitter = _candidate(place_xy_m, operator, coverage, emitters, present)
    if emitter is None:
        return None
    path = path_between(
        surface,
        (float(emitters.x_m[emitter]), float(emitters.y_m[emitter])),
        place_xy_m,
        tx_height_agl_m=float(emitters.height_agl_m[emitter]),
        rx_height_agl_m=receiver.height_agl_m,
        frequency_mhz=float(emitters.frequency_mhz[emitter]),
    )
    required_dbm = float(emitters.required_dbm[emitters.layer[emitter]])
    budget = _Budget(emitters, emitter, receiver.gain_db, required_dbm)
    level_dbm = budget.level_dbm(path)
    return Reason(
        emitter=emitter,
        path=path,
        level_dbm=level_dbm,
        required_dbm=required_dbm,
        blame=_blame(path, budget),
        edge=worst_edge(path),
        extra_mast_m=_least(lambda m: budget.suffices(path.raised(tx_m=m)), HIGHEST_RAISE_M),
        place_height_m=receiver.height_agl_m
        + _least(lambda m: budget.suffices(path.raised(rx_m=m)), HIGHEST_PLACE_M),
    )


@dataclass(frozen=True, slots=True)
class _Budget:
    """Link budget of one emitter."""

    emitters: Emitters
    emitter: int
    rx_gain_db: float
    required_dbm: float

    def level_dbm(self, path: Path) -> float:
        """Median level at the end of a path."""
        return self._best_dbm() + self.pattern_db(path) - path.loss_db()

    def suffices(self, path: Path) -> bool:
        """Whether the place at the end of the path would be covered."""
        return self.level_dbm(path) >= self.required_dbm

    def suffices_with(self, *, pattern_db: float, loss_db: float) -> bool:
        """Whether that pattern and loss would cover."""
        return self._best_dbm() + pattern_db - loss_db >= self.required_dbm

    def pattern_db(self, path: Path) -> float:
        """Antenna pattern towards the end of a path, ≤ 0."""
        east, north = path.x_m[-1] - path.x_m[0], path.y_m[-1] - path.y_m[0]
        fall_m = path.tx_amsl_m - path.rx_amsl_m
        return emitted_db(
            self.emitters,
            self.emitter,
            math.degrees(math.atan2(east, north)),
            math.degrees(math.atan2(fall_m, path.length_km * 1000.0)),
        )

    def _best_dbm(self) -> float:
        return float(self.emitters.reference_eirp_dbm[self.emitter]) + self.rx_gain_db


def _blame(path: Path, budget: _Budget) -> str:
    """The first of: distance, antenna, clutter, terrain whose removal alone would cover.

    Distance is blamed where even free space in the main direction would not do; terrain is what
    remains, unless the path is clear.
    """
    pattern_db, loss_db = budget.pattern_db(path), path.loss_db()
    if budget.suffices_with(pattern_db=pattern_db, loss_db=loss_db):
        return NONE
    if not budget.suffices_with(pattern_db=0.0, loss_db=path.free_space_db()):
        return DISTANCE
    if budget.suffices_with(pattern_db=0.0, loss_db=loss_db):
        return ANTENNA
    if budget.suffices(path.without_clutter()):
        return CLUTTER
    edge = worst_edge(path)
    return RIDGE if edge is not None and edge.nu > -0.78 else DISTANCE


def _candidate(
    place_xy_m: tuple[float, float],
    operator: str,
    coverage: Coverage,
    emitters: Emitters,
    present: npt.NDArray[np.bool_],
) -> int | None:
    """The operator's emitter that comes nearest to covering the place; None if it has none."""
    grid = coverage.grid
    row, col = grid.rows_cols(*place_xy_m)
    layers = coverage.select(operator=operator)
    if 0 <= row < grid.rows and 0 <= col < grid.cols:
        required = np.array([coverage.layers[layer].required_dbm for layer in layers])
        margins = coverage.mosaic.level_dbm[layers, row, col] - required
        server = int(coverage.mosaic.server[layers, row, col][int(np.argmax(margins))])
        if server != NO_SERVER:
            return server
    mine = np.flatnonzero(present & np.isin(emitters.layer, layers))
    if mine.size == 0:
        return None
    distance_km = np.hypot(emitters.x_m[mine] - place_xy_m[0], emitters.y_m[mine] - place_xy_m[1])
    loss_db = free_space_loss(
        np.maximum(distance_km / 1000.0, 0.01), frequency_mhz=emitters.frequency_mhz[mine]
    )
    spare_db = (
        emitters.reference_eirp_dbm[mine] - loss_db - emitters.required_dbm[emitters.layer[mine]]
    )
    return int(mine[int(np.argmax(spare_db))])


def _least(suffices: Callable[[float], bool], highest_m: float) -> float:
    """Least whole number of metres that suffices, NaN if not even the highest does.

    Levels need not rise with each metre, so the bisection finds a height that suffices with one
    just below that does not.
    """
    if suffices(0.0):
        return 0.0
    if not suffices(highest_m):
        return math.nan
    low, high = 0.0, highest_m
    while high - low > _RESOLUTION_M:
        middle = math.floor((low + high) / 2.0)
        if suffices(middle):
            high = middle
        else:
            low = middle
    return high
