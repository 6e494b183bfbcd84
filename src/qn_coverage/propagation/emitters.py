"""What the mosaic computes from and into: emitters as arrays, best servers as stacked rasters."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

NO_SERVER = -1
"""Value of `Mosaic.server` where no emitter reaches the cell."""

NO_SITE = -1
"""Value of `Mosaic.only` where no site suffices."""

MANY_SITES = -2
"""Value of `Mosaic.only` where more than one site suffices."""


SHARED: Final = frozenset({"required_dbm", "patterns_db"})
"""Fields of `Emitters` that are not one entry an emitter."""


@dataclass(frozen=True, slots=True, eq=False)
class Emitters:
    """Antenna faces with their carrier, one entry each; arrays have shape (n,) unless it is said.

    Attributes
    ----------
    x_m, y_m
        Easting and northing in the CRS of the grid.
    height_agl_m
        Antenna centre above ground.
    frequency_mhz
        Carrier centre frequency.
    reference_eirp_dbm
        EIRP in the main direction of the signal whose level is asked for: per resource element
        (4G RSRP, 5G SS-RSRP), of the pilot channel (3G RSCP) or of the broadcast carrier (2G).
    azimuth_deg
        Main direction clockwise from north; NaN for an omnidirectional antenna.
    downtilt_deg, beamwidth_h_deg, beamwidth_v_deg
        Tilt that is the same all around and half-power widths (`beamwidth_h_deg` is NaN for
        omnidirectional).
    max_distance_m
        Beyond it the emitter is not followed.
    layer
        Index of the layer (an operator's technology) that the emitter belongs to.
    required_dbm
        Level that counts as covered, per layer, shape (layers,).
    number
        What `Mosaic.server` calls each emitter, int32; None for 0, 1, …
    site
        Number of the site that each emitter stands on, int32; None where each is its own, by the
        emitter's number.
    mechanical_tilt_deg
        Tilt of the whole antenna, on top of `downtilt_deg`: down ahead, up behind; None for none.
    pattern
        Row of `patterns_db` that describes the antenna, int32; -1 for TR 36.814 from the widths;
        None where all are so. A tilt that lies in the table is not part of `downtilt_deg`.
    patterns_db
        Tabulated cuts, ≤ 0 dB, shape (patterns, 2, entries); see `antenna_table.Patterns`.
    """

    x_m: npt.NDArray[np.float64]
    y_m: npt.NDArray[np.float64]
    height_agl_m: npt.NDArray[np.float64]
    frequency_mhz: npt.NDArray[np.float64]
    reference_eirp_dbm: npt.NDArray[np.float64]
    azimuth_deg: npt.NDArray[np.float64]
    downtilt_deg: npt.NDArray[np.float64]
    beamwidth_h_deg: npt.NDArray[np.float64]
    beamwidth_v_deg: npt.NDArray[np.float64]
    max_distance_m: npt.NDArray[np.float64]
    layer: npt.NDArray[np.int32]
    required_dbm: npt.NDArray[np.float64]
    number: npt.NDArray[np.int32] | None = None
    site: npt.NDArray[np.int32] | None = None
    mechanical_tilt_deg: npt.NDArray[np.float64] | None = None
    pattern: npt.NDArray[np.int32] | None = None
    patterns_db: npt.NDArray[np.float64] | None = None

    def __len__(self) -> int:
        return len(self.x_m)

    def take(self, rows: npt.NDArray[np.int64]) -> Emitters:
        """The emitters with the given indices, in that order, in the same layers."""
        chosen = {
            field.name: getattr(self, field.name)[rows]
            for field in fields(self)
            if field.name not in SHARED and getattr(self, field.name) is not None
        }
        return replace(self, **chosen)

    def numbers(self) -> npt.NDArray[np.int32]:
        """What `Mosaic.server` calls each emitter."""
        if self.number is None:
            return np.arange(len(self), dtype=np.int32)
        return np.ascontiguousarray(self.number, dtype=np.int32)

    def sites(self) -> npt.NDArray[np.int32]:
        """Site of each emitter."""
        if self.site is None:
            return self.numbers()
        return np.ascontiguousarray(self.site, dtype=np.int32)

    def mechanical_tilts(self) -> npt.NDArray[np.float64]:
        """Mechanical tilt of each emitter, degrees."""
        if self.mechanical_tilt_deg is None:
            return np.zeros(len(self))
        return np.ascontiguousarray(self.mechanical_tilt_deg, dtype=np.float64)

    def table_indices(self) -> npt.NDArray[np.int64]:
        """Row of `tables` of each emitter, -1 for none."""
        if self.pattern is None:
            return np.full(len(self), -1, dtype=np.int64)
        return np.ascontiguousarray(self.pattern, dtype=np.int64)

    def tables(self) -> npt.NDArray[np.float64]:
        """`patterns_db`, of shape (0, 2, 1) where there are none."""
        if self.patterns_db is None:
            return np.zeros((0, 2, 1))
        return np.ascontiguousarray(self.patterns_db, dtype=np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """The ground that signals cross, on the grid of the answer; arrays have shape (rows, cols).

    Attributes
    ----------
    west_m, north_m, cell_m
        Outer corner of cell (0, 0) and side of a cell; row 0 is north.
    ground_m
        Height above mean sea level, float32; sea is 0.
    clutter_m
        Representative clutter height, float32, 0 where open.
    zone
        Radio-climatic zone of ITU-R P.1812: 1 sea, 3 coastal land, 4 inland (uint8).
    environment
        0 open or water, 1 suburban, 2 urban (uint8): what the terrain-free models ask for.
    wanted
        Cells that are answered; None for all. Far more of them are sea than anything else.
    """

    west_m: float
    north_m: float
    cell_m: float
    ground_m: npt.NDArray[np.float32]
    clutter_m: npt.NDArray[np.float32]
    zone: npt.NDArray[np.uint8]
    environment: npt.NDArray[np.uint8]
    wanted: npt.NDArray[np.bool_] | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """(rows, cols)."""
        rows, cols = self.ground_m.shape
        return rows, cols

    def cut(self, rows: slice, cols: slice) -> Surface:
        """A copy of some rows and columns, of which all cells are answered."""
        return Surface(
            west_m=self.west_m + cols.start * self.cell_m,
            north_m=self.north_m - rows.start * self.cell_m,
            cell_m=self.cell_m,
            ground_m=np.ascontiguousarray(self.ground_m[rows, cols]),
            clutter_m=np.ascontiguousarray(self.clutter_m[rows, cols]),
            zone=np.ascontiguousarray(self.zone[rows, cols]),
            environment=np.ascontiguousarray(self.environment[rows, cols]),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Mosaic:
    """Best servers, arrays of shape (layers, rows, cols) but the last.

    Attributes
    ----------
    level_dbm
        Median level of the strongest emitter, float32; -inf where none reaches the cell.
    second_dbm
        Median level of the second strongest emitter, float32; -inf where there is none.
    server
        Number of the strongest emitter, int32; `NO_SERVER` where there is none. Equal levels go to
        the lower number, so that the answer does not depend on the order of work.
    count
        How many emitters reach `Emitters.required_dbm`, uint16; terrain models count up to
        `sector_kernel.MOST_COUNTED`.
    only
        Site of the only emitters that do, in any layer; `NO_SITE` where there are none,
        `MANY_SITES` where they stand on several sites. int32 (rows, cols).
    """

    level_dbm: npt.NDArray[np.float32]
    second_dbm: npt.NDArray[np.float32]
    server: npt.NDArray[np.int32]
    count: npt.NDArray[np.uint16]
    only: npt.NDArray[np.int32]

    @classmethod
    def empty(cls, layers: int, shape: tuple[int, int]) -> Mosaic:
        """Mosaic that no emitter has reached yet."""
        full = (layers, *shape)
        return cls(
            level_dbm=np.full(full, -np.inf, dtype=np.float32),
            second_dbm=np.full(full, -np.inf, dtype=np.float32),
            server=np.full(full, NO_SERVER, dtype=np.int32),
            count=np.zeros(full, dtype=np.uint16),
            only=np.full(shape, NO_SITE, dtype=np.int32),
        )

    def copy(self) -> Mosaic:
        """Independent copy, e.g. to go on from the state before a programme."""
        return Mosaic(
            self.level_dbm.copy(),
            self.second_dbm.copy(),
            self.server.copy(),
            self.count.copy(),
            self.only.copy(),
        )


def continued(
    start: Mosaic | None, layers: int, shape: tuple[int, int], *, in_place: bool
) -> Mosaic:
    """What an engine writes into: an empty mosaic, a copy of the start, or the start itself."""
    if start is None:
        return Mosaic.empty(layers, shape)
    return start if in_place else start.copy()
