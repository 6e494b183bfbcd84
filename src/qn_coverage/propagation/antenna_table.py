"""Antennas as tables: manufacturers' cuts, other published forms, and mechanical tilt.

An electrical tilt is the same in every direction of the compass and lies in a table already. A
mechanical tilt tips the whole antenna: full ahead, none to the sides, upwards behind. The angle at
which the vertical cut is read is therefore

    depression - tilt - mechanical tilt · cos(bearing - azimuth),

the turn of Recommendation ITU-R F.1336-5 for mechanically tilted sector antennas,
sin θ = sin θ_h cos β + cos θ_h cos φ_h sin β, to first order in θ_h and β; the horizontal cut is
read at the bearing itself. At a depression of 10° and a tilt of 8° that is exact to 0.25° in every
direction.

Both cuts are added and clipped at the weakest value of either, as 3GPP TR 36.814, Table
A.2.1.1-2, combines its own with A_m: a file has no other measured floor.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from qn_coverage.core.errors import ModelRangeError
from qn_coverage.propagation._compile import compiled
from qn_coverage.propagation.antenna import combined_db, cut_db, pattern_db, tr38901

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    from qn_coverage.propagation.emitters import Emitters

    Floats = npt.NDArray[np.float64]

PARAMETRIC: Final = -1
"""Index of an antenna that no table describes: TR 36.814 from its widths."""

DIRECTIONS: Final = 360
"""Entries of a cut, a degree apart."""

TR38901: Final = "tr38901"
"""Name of the element of a 5G panel, TR 38.901, Table 7.3-1."""

_PEAK_DB: Final = 0.05
_NO_CUTS: Final = (0, 2, DIRECTIONS)


def _no_cuts() -> Floats:
    return np.zeros(_NO_CUTS)


@dataclass(frozen=True, slots=True, eq=False)
class Patterns:
    """Named antenna tables.

    Attributes
    ----------
    names
        As the column ``antenna`` of sectors names them.
    cuts_db
        Shape (names, 2, 360), ≤ 0: the horizontal cut, entry i at i° clockwise of the azimuth; the
        vertical one, entry i at i° below the horizon ahead.
    """

    names: tuple[str, ...] = ()
    cuts_db: Floats = field(default_factory=_no_cuts)

    def indices(self, names: Iterable[object]) -> npt.NDArray[np.int32]:
        """Index of each name, int32; `PARAMETRIC` where there is no table of it."""
        known = {name: i for i, name in enumerate(self.names)}
        return np.array([known.get(str(name), PARAMETRIC) for name in names], dtype=np.int32)

    def tilts_deg(self) -> Floats:
        """Tilt that lies in each table, shape (names,); see `tilt_of`."""
        return np.array([tilt_of(cuts[1]) for cuts in self.cuts_db])


def patterns_of(names: Iterable[str], cuts_db: Iterable[tuple[Floats, Floats]]) -> Patterns:
    """Tables of files, and that of the 5G panel's element after them.

    Parameters
    ----------
    names
        One a file.
    cuts_db
        Horizontal and vertical cut of each, shape (360,) each, ≤ 0.

    Raises
    ------
    ModelRangeError
        A cut is above 0 dB or not finite.
    """
    stacked = [np.stack(pair) for pair in cuts_db]
    cuts = np.stack([*stacked, panel_cuts_db()])
    check_cuts(cuts)
    return Patterns((*names, TR38901), cuts)


def check_cuts(cuts_db: Floats) -> None:
    """Refuse cuts that bounds do not hold for.

    Raises
    ------
    ModelRangeError
        Another shape, or a value above 0 dB or not finite.
    """
    if cuts_db.ndim != 3 or cuts_db.shape[1] != 2 or not cuts_db.shape[2]:
        raise ModelRangeError(f"antenna tables of shape {cuts_db.shape}; expected (n, 2, entries)")
    if not (np.isfinite(cuts_db) & (cuts_db <= 0.0)).all():
        raise ModelRangeError("antenna tables must be finite and nowhere above 0 dB")


def panel_cuts_db() -> Floats:
    """Cuts of the element of TR 38.901, Table 7.3-1, shape (2, 360)."""
    turn = np.arange(DIRECTIONS, dtype=np.float64)
    around = (turn + 180.0) % 360.0 - 180.0
    return np.stack(
        [tr38901(turn, 0.0, azimuth_deg=0.0), tr38901(0.0, around, azimuth_deg=0.0)]
    )  # fmt: skip


def tilt_of(vertical_db: Floats) -> float:
    """Where a vertical cut is strongest ahead, degrees below the horizon, -90 to 90.

    The middle of the directions within 0.05 dB of the strongest, so that a flat peak counts as one.
    """
    count = len(vertical_db)
    angle = (np.arange(count) * 360.0 / count + 180.0) % 360.0 - 180.0
    ahead = np.abs(angle) <= 90.0
    strongest = vertical_db >= vertical_db[ahead].max() - _PEAK_DB
    return float(angle[ahead & strongest].mean())


def weakest_db(cuts_db: Floats) -> Floats:
    """Weakest value of either cut as a positive number, shape (tables,)."""
    return np.asarray(-cuts_db.min(axis=(1, 2)) if len(cuts_db) else np.zeros(0))


@compiled
def cosine(angle_deg: float) -> float:
    """Cosine of an angle in any turn, within 1e-7.

    A series and not a library's, whose vector form may round in another way: then a level would
    depend on its place in a row.
    """
    turns = angle_deg / 360.0
    x = 2.0 * math.pi * (0.25 - abs(turns - np.floor(turns + 0.5)))
    square = x * x
    series = 1.0
    for n in (11.0, 9.0, 7.0, 5.0, 3.0):
        series = 1.0 - square * series / (n * (n - 1.0))
    return x * series


@compiled
def towards_db(
    bearing_deg: float,
    depression_deg: float,
    azimuth_deg: float,
    downtilt_deg: float,
    mechanical_deg: float,
    beamwidth_h_deg: float,
    beamwidth_v_deg: float,
    pattern: int,
    cuts_db: npt.NDArray[np.float64],
    weakest_db: npt.NDArray[np.float64],
) -> float:
    """Any antenna in one direction: a table or TR 36.814, with mechanical tilt.

    Parameters
    ----------
    bearing_deg, depression_deg, azimuth_deg, downtilt_deg, beamwidth_h_deg, beamwidth_v_deg
        As in `antenna.pattern_db`; the tilt is the same all around, and comes on top of what lies
        in a table. Without azimuth there is neither a horizontal cut nor a mechanical tilt.
    mechanical_deg
        Tilt of the whole antenna, positive downwards.
    pattern
        Index of the table, or `PARAMETRIC`.
    cuts_db
        As in `Patterns`.
    weakest_db
        As from the function of that name.

    Returns
    -------
    float
        ≤ 0 dB.
    """
    seen = depression_deg
    aimed = not np.isnan(azimuth_deg)
    if aimed:
        seen -= mechanical_deg * cosine(bearing_deg - azimuth_deg)
    if pattern < 0:
        return pattern_db(
            bearing_deg, seen, azimuth_deg, downtilt_deg, beamwidth_h_deg, beamwidth_v_deg
        )
    horizontal = cut_db(bearing_deg - azimuth_deg, cuts_db[pattern, 0]) if aimed else 0.0
    vertical = cut_db(seen - downtilt_deg, cuts_db[pattern, 1])
    return combined_db(horizontal, vertical, weakest_db[pattern])


def emitted_db(emitters: Emitters, row: int, bearing_deg: float, depression_deg: float) -> float:
    """Pattern of one emitter in one direction, ≤ 0 dB, as the mosaics have it."""
    e, cuts = emitters, emitters.tables()
    return towards_db(
        bearing_deg,
        depression_deg,
        float(e.azimuth_deg[row]),
        float(e.downtilt_deg[row]),
        float(e.mechanical_tilts()[row]),
        float(e.beamwidth_h_deg[row]),
        float(e.beamwidth_v_deg[row]),
        int(e.table_indices()[row]),
        cuts,
        weakest_db(cuts),
    )


def plain_form(emitters: Emitters) -> npt.NDArray[np.bool_]:
    """Which emitters are TR 36.814 without mechanical tilt: the kernels' short way, shape (n,)."""
    return np.asarray((emitters.table_indices() < 0) & (emitters.mechanical_tilts() == 0.0))
