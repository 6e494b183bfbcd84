"""What a sweep is told besides ground and antennas, and whether it is in range."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from qn_coverage.core.errors import InvalidDataError, ModelRangeError, Problem
from qn_coverage.propagation._arrays import check_range
from qn_coverage.propagation.p1812 import DELTA_N, LATITUDE_DEG, N_0
from qn_coverage.propagation.p1812.model import (
    DISTANCE_KM,
    FREQUENCY_GHZ,
    HEIGHT_AGL_M,
    TIME_PERCENT,
    Polarisation,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from qn_coverage.propagation.emitters import Surface


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepOptions:
    """What P.1812 wants to know besides the ground and the antennas.

    Attributes
    ----------
    time_percent
        p, 1 to 50 %. At 50 the fast kernels serve; otherwise ten times slower ones.
    polarisation
        ``"vertical"`` or ``"horizontal"``.
    delta_n, n_0, latitude_deg
        Radio climate; the defaults are estimates for the province, see `p1812`.
    """

    time_percent: float = 50.0
    polarisation: Polarisation = "vertical"
    delta_n: float = DELTA_N
    n_0: float = N_0
    latitude_deg: float = LATITUDE_DEG


def check_ranges(
    options: SweepOptions, rx_height_agl_m: float, **columns: npt.NDArray[np.float64]
) -> None:
    """Ranges of Table 1 of the Recommendation."""
    check_range(np.array([options.time_percent]), TIME_PERCENT, what="time_percent", model="p1812")
    check_range(np.array([options.delta_n]), (0.0, 156.0), what="delta_n", model="p1812")
    check_range(np.array([options.n_0]), (0.0, 1000.0), what="n_0", model="p1812")
    check_range(np.array([options.latitude_deg]), (-90.0, 90.0), what="latitude_deg", model="p1812")
    if options.polarisation not in {"horizontal", "vertical"}:
        raise ModelRangeError(
            f"p1812: polarisation '{options.polarisation}' is not horizontal or vertical"
        )
    check_range(np.array([rx_height_agl_m]), HEIGHT_AGL_M, what="rx_height_agl_m", model="p1812")
    limits = {
        "frequency_mhz": (FREQUENCY_GHZ[0] * 1000.0, FREQUENCY_GHZ[1] * 1000.0),
        "height_agl_m": HEIGHT_AGL_M,
        "max_distance_m": (1.0, DISTANCE_KM[1] * 1000.0),
    }
    for name, values in columns.items():
        check_range(values, limits[name], what=name, model="p1812")


def check_ground(
    surface: Surface, x_m: npt.NDArray[np.float64], y_m: npt.NDArray[np.float64]
) -> None:
    """Ground everywhere, and every mast on it; all problems are listed."""
    problems = [*_ground_problems(surface), *_mast_problems(surface, x_m, y_m)]
    if problems:
        raise InvalidDataError(problems)


def _ground_problems(surface: Surface) -> Iterator[Problem]:
    if min(surface.shape) < 2:
        yield Problem(
            code="grid-too-small",
            file="terrain",
            found=f"a grid of {surface.shape[0]} rows and {surface.shape[1]} columns",
            expected="at least two of each: rays interpolate between cells",
            mend="take a finer or larger grid",
        )
    holes = np.isnan(surface.ground_m)
    if holes.any():
        row, col = (int(index[0]) for index in np.nonzero(holes))
        yield Problem(
            code="missing-ground",
            file="terrain",
            found=f"no height in {int(holes.sum())} cells, the first in row {row}, column {col}",
            expected="a height in every cell",
            mend="add the missing tile, or let the scenario say that missing ground is sea",
        )


def _mast_problems(
    surface: Surface, x_m: npt.NDArray[np.float64], y_m: npt.NDArray[np.float64]
) -> Iterator[Problem]:
    rows, cols = surface.shape
    east, north = x_m - surface.west_m, surface.north_m - y_m
    inside = (east >= 0.0) & (east <= cols * surface.cell_m)
    inside &= (north >= 0.0) & (north <= rows * surface.cell_m)
    for row in np.flatnonzero(~inside):
        yield Problem(
            code="mast-off-terrain",
            file="emitters",
            row=int(row) + 1,
            found=f"a mast at ({x_m[row]:.0f}, {y_m[row]:.0f}) m",
            expected="a place on the terrain: without its ground no path can be drawn",
            mend="enlarge the terrain, or leave the mast out",
        )
