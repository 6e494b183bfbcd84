"""Emitters → masts: faces and bands that share a sweep, in the order of the work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from qn_coverage.propagation import antenna_table, sector_kernel
from qn_coverage.propagation.site_sweep import Site

if TYPE_CHECKING:
    import numpy.typing as npt

    from qn_coverage.propagation.emitters import Emitters

_SCATTER: Final = 1812


@dataclass(frozen=True, slots=True, eq=False)
class MastFaces:
    """Faces that share a sweep, and their bands, the lowest first."""

    site: Site
    frequencies_mhz: tuple[float, ...]
    sectors: sector_kernel.Sectors


def masts_of(emitters: Emitters, *, rx_gain_db: float, floor_dbm: float) -> list[MastFaces]:
    """Emitters at one place, height and reach as one mast each, scattered over the map.

    Wherever a cell lies, masts near and far then come in no order, so that few of them find their
    level the highest so far; from west to east nearly every one would.
    """
    keys = np.column_stack(
        [emitters.x_m, emitters.y_m, emitters.height_agl_m, emitters.max_distance_m]
    )
    distinct, group = np.unique(keys, axis=0, return_inverse=True)
    order = np.argsort(group.reshape(-1), kind="stable")
    bounds = np.searchsorted(group.reshape(-1)[order], np.arange(len(distinct) + 1))
    antennas = _antennas(emitters)
    found = []
    for k in np.random.default_rng(_SCATTER).permutation(len(distinct)):
        rows = order[bounds[k] : bounds[k + 1]]
        rows = rows[np.lexsort((emitters.layer[rows], emitters.frequency_mhz[rows]))]
        frequencies, band = np.unique(emitters.frequency_mhz[rows], return_inverse=True)
        sectors = _sectors(emitters, rows, band, antennas[rows], rx_gain_db, floor_dbm)
        site = Site(*(float(value) for value in distinct[k]))
        found.append(MastFaces(site, tuple(frequencies.tolist()), sectors))
    return found


def _sectors(
    emitters: Emitters,
    rows: npt.NDArray[np.int64],
    band: npt.NDArray[np.int64],
    antennas: npt.NDArray[np.int64],
    rx_gain_db: float,
    floor_dbm: float,
) -> sector_kernel.Sectors:
    layer = emitters.layer[rows].astype(np.int64)
    required = emitters.required_dbm[layer]
    return sector_kernel.Sectors(
        strength_dbm=emitters.reference_eirp_dbm[rows] + rx_gain_db,
        azimuth_deg=emitters.azimuth_deg[rows],
        downtilt_deg=emitters.downtilt_deg[rows],
        beamwidth_h_deg=emitters.beamwidth_h_deg[rows],
        beamwidth_v_deg=emitters.beamwidth_v_deg[rows],
        alike=_alike(antennas),
        band=band,
        layer=layer,
        number=emitters.numbers()[rows],
        site=emitters.sites()[rows],
        required_dbm=required.astype(np.float32),
        floor_dbm=np.minimum(floor_dbm, required).astype(np.float32),
        tables=_tables(emitters, rows),
    )


def _antennas(emitters: Emitters) -> npt.NDArray[np.int64]:
    """The same number for the same antenna in the same direction, one an emitter."""
    antennas = np.column_stack(
        [
            emitters.azimuth_deg,
            emitters.downtilt_deg,
            emitters.beamwidth_h_deg,
            emitters.beamwidth_v_deg,
            emitters.mechanical_tilts(),
            emitters.table_indices(),
        ]
    )
    _, which = np.unique(antennas, axis=0, return_inverse=True)
    return which.reshape(-1)


def _alike(antennas: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Of each face, the first one with the same antenna."""
    _, first, which = np.unique(antennas, return_index=True, return_inverse=True)
    return first[which]


def _tables(emitters: Emitters, rows: npt.NDArray[np.int64]) -> sector_kernel.SectorTables | None:
    """Tables and mechanical tilts of some emitters; None where none has either."""
    own = emitters.take(rows)
    if antenna_table.plain_form(own).all():
        return None
    cuts_db = own.tables()
    return sector_kernel.SectorTables(
        mechanical_deg=own.mechanical_tilts(),
        pattern=own.table_indices(),
        cuts_db=cuts_db,
        weakest_db=antenna_table.weakest_db(cuts_db),
    )
