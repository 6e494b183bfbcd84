"""One path over the surface: its profile, its loss, and the edge that stands in its way."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from qn_coverage.propagation import p1812
from qn_coverage.propagation.free_space import basic_transmission_loss as free_space_loss

if TYPE_CHECKING:
    import numpy.typing as npt

    from qn_coverage.propagation.emitters import Surface

_KM: Final = 1000.0
_SPEED_OF_LIGHT_M_PER_US: Final = 299.8  # as P.1812-8 rounds it
_SHORTEST_KM: Final = 0.25
_LEAST_STEPS: Final = 8


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """Ground between an antenna and a telephone, sampled about once a cell; arrays of shape (n,).

    Attributes
    ----------
    x_m, y_m
        Positions of the samples, transmitter first.
    distance_km
        From the transmitter.
    ground_m, clutter_m
        Ground above mean sea level, clutter above ground.
    zone
        Radio-climatic zone of ITU-R P.1812.
    tx_height_agl_m, rx_height_agl_m
        Antenna and telephone above ground.
    frequency_mhz
        Carrier.
    """

    x_m: npt.NDArray[np.float64]
    y_m: npt.NDArray[np.float64]
    distance_km: npt.NDArray[np.float64]
    ground_m: npt.NDArray[np.float64]
    clutter_m: npt.NDArray[np.float64]
    zone: npt.NDArray[np.uint8]
    tx_height_agl_m: float
    rx_height_agl_m: float
    frequency_mhz: float

    @property
    def length_km(self) -> float:
        """Length of the path."""
        return float(self.distance_km[-1])

    @property
    def tx_amsl_m(self) -> float:
        """Antenna above mean sea level."""
        return float(self.ground_m[0]) + self.tx_height_agl_m

    @property
    def rx_amsl_m(self) -> float:
        """Telephone above mean sea level."""
        return float(self.ground_m[-1]) + self.rx_height_agl_m

    def raised(self, *, tx_m: float = 0.0, rx_m: float = 0.0) -> Path:
        """The same path with higher antennas."""
        return replace(
            self,
            tx_height_agl_m=self.tx_height_agl_m + tx_m,
            rx_height_agl_m=self.rx_height_agl_m + rx_m,
        )

    def without_clutter(self) -> Path:
        """The same path over bare ground."""
        return replace(self, clutter_m=np.zeros_like(self.clutter_m))

    def loss_db(self) -> float:
        """Median basic transmission loss by ITU-R P.1812-8; free space below 0.25 km."""
        if self.length_km < _SHORTEST_KM:
            return self.free_space_db()
        return p1812.basic_transmission_loss(
            self.distance_km,
            self.ground_m,
            self.clutter_m,
            self.zone,
            tx_height_agl_m=self.tx_height_agl_m,
            rx_height_agl_m=self.rx_height_agl_m,
            frequency_ghz=self.frequency_mhz / _KM,
        )

    def free_space_db(self) -> float:
        """Loss if nothing stood in the way, ITU-R P.525-4."""
        slope_km = math.hypot(self.length_km, (self.tx_amsl_m - self.rx_amsl_m) / _KM)
        return float(free_space_loss(slope_km, frequency_mhz=self.frequency_mhz))


@dataclass(frozen=True, slots=True)
class Edge:
    """The sample that obstructs a path most.

    Attributes
    ----------
    x_m, y_m
        Where it is.
    distance_km
        From the transmitter.
    top_m
        Its height above mean sea level, clutter included.
    above_line_m
        How far it stands above the straight line between the antennas (negative: below it), the
        curvature of the Earth included.
    nu
        Knife-edge parameter ν of ITU-R P.526-15, eq. (26); -0.78 and below hinders nothing.
    """

    x_m: float
    y_m: float
    distance_km: float
    top_m: float
    above_line_m: float
    nu: float


def path_between(
    surface: Surface,
    tx_xy_m: tuple[float, float],
    rx_xy_m: tuple[float, float],
    *,
    tx_height_agl_m: float,
    rx_height_agl_m: float,
    frequency_mhz: float,
) -> Path:
    """Path from a mast to a place; positions off the surface take its nearest cell.

    Ground is bilinear between cell centres, clutter and zone are those of the cell.
    """
    length_m = math.hypot(rx_xy_m[0] - tx_xy_m[0], rx_xy_m[1] - tx_xy_m[1])
    steps = max(_LEAST_STEPS, math.ceil(length_m / surface.cell_m))
    share = np.linspace(0.0, 1.0, steps + 1)
    x_m = tx_xy_m[0] + share * (rx_xy_m[0] - tx_xy_m[0])
    y_m = tx_xy_m[1] + share * (rx_xy_m[1] - tx_xy_m[1])
    rows, cols = surface.shape
    col = np.clip((x_m - surface.west_m) / surface.cell_m - 0.5, 0.0, cols - 1.0)
    row = np.clip((surface.north_m - y_m) / surface.cell_m - 0.5, 0.0, rows - 1.0)
    near = np.rint(row).astype(np.int64), np.rint(col).astype(np.int64)
    return Path(
        x_m=x_m,
        y_m=y_m,
        distance_km=share * length_m / _KM,
        ground_m=_bilinear(surface.ground_m, row, col),
        clutter_m=surface.clutter_m[near].astype(np.float64),
        zone=surface.zone[near],
        tx_height_agl_m=tx_height_agl_m,
        rx_height_agl_m=rx_height_agl_m,
        frequency_mhz=frequency_mhz,
    )


def worst_edge(path: Path) -> Edge | None:
    """The sample between the ends with the greatest ν; None if the path has no samples between."""
    if path.length_km <= 0.0:
        return None
    inner = slice(1, -1)
    d1 = path.distance_km[inner]
    d2 = path.length_km - d1
    top_m = path.ground_m[inner] + path.clutter_m[inner]
    # Height of the line between the antennas over the curved Earth: bulge 500 d1 d2 / a_e.
    bulge_m = 500.0 * d1 * d2 / _median_radius_km()
    line_m = (path.tx_amsl_m * d2 + path.rx_amsl_m * d1) / path.length_km - bulge_m
    above_m = top_m - line_m
    wavelength_m = _SPEED_OF_LIGHT_M_PER_US / path.frequency_mhz
    nu = above_m * np.sqrt(2e-3 * path.length_km / (wavelength_m * d1 * d2))
    worst = int(np.argmax(nu))
    return Edge(
        x_m=float(path.x_m[inner][worst]),
        y_m=float(path.y_m[inner][worst]),
        distance_km=float(d1[worst]),
        top_m=float(top_m[worst]),
        above_line_m=float(above_m[worst]),
        nu=float(nu[worst]),
    )


def _median_radius_km() -> float:
    """a_e, ITU-R P.1812-8, eqs. (6) and (7a)."""
    return 157.0 / (157.0 - p1812.DELTA_N) * 6371.0


def _bilinear(
    values: npt.NDArray[np.float32], row: npt.NDArray[np.float64], col: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    top = np.minimum(row.astype(np.int64), values.shape[0] - 2)
    left = np.minimum(col.astype(np.int64), values.shape[1] - 2)
    down, right = row - top, col - left
    upper = values[top, left] * (1 - right) + values[top, left + 1] * right
    lower = values[top + 1, left] * (1 - right) + values[top + 1, left + 1] * right
    return np.asarray(upper * (1 - down) + lower * down, dtype=np.float64)
