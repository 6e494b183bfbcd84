"""The fixed radius: what coverage maps did before propagation models, kept as a baseline.

A buffer knows a distance per technology and nothing else. In the mosaic the radius enters as
`Emitters.max_distance_m`, antenna patterns are ignored (`Model.kind` is "buffer"), and within the
radius nothing is lost, so that every threshold is met there and nowhere beyond. Levels of such a
mosaic mean "covered", not a signal strength.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np

from qn_coverage.core.errors import UnknownNameError
from qn_coverage.propagation._arrays import floats

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Radius:
    """Radius of one technology and where it comes from (`origin` as in the tables)."""

    radius_km: float
    origin: str
    source: str


_GSMA: Final = (
    "GSMA / Collins Bartholomew Mobile Coverage Explorer, radius around OpenCelliD cells: 12 km "
    "GSM, 4 km 3G and 4G (FAO, Mobile broadband coverage, "
    "https://data.apps.fao.org/catalog/dataset/mobile-broadband-coverage-global-1km)"
)
_UGANDA: Final = (
    "operators' rural radius, consultation of the Uganda Communications Commission: 15 km 2G, "
    "10 km 3G, 8 km 4G (https://researchictsolutions.com/home/coverage_maps_bad/)"
)
_NO_5G: Final = "assumption: no radius is published for 5G; that of 4G is taken"

GSMA: Final[Mapping[str, Radius]] = MappingProxyType(
    {
        "2G": Radius(12.0, "published", _GSMA),
        "3G": Radius(4.0, "published", _GSMA),
        "4G": Radius(4.0, "published", _GSMA),
        "5G": Radius(4.0, "estimated", _NO_5G),
    }
)
"""Default radii."""

UGANDA_RURAL: Final[Mapping[str, Radius]] = MappingProxyType(
    {
        "2G": Radius(15.0, "published", _UGANDA),
        "3G": Radius(10.0, "published", _UGANDA),
        "4G": Radius(8.0, "published", _UGANDA),
        "5G": Radius(8.0, "estimated", _NO_5G),
    }
)
"""Wider radii, as operators state them for the countryside."""

_NEARER_DB_PER_KM: Final = 0.001


def radius_km(technology: str, *, radii: Mapping[str, Radius] = GSMA) -> float:
    """Radius of a technology.

    Raises
    ------
    UnknownNameError
        The technology has no radius.
    """
    if technology not in radii:
        raise UnknownNameError("technology", technology, radii)
    return radii[technology].radius_km


def no_loss(
    distance_km: npt.ArrayLike,
    *,
    frequency_mhz: npt.ArrayLike,
    tx_height_m: npt.ArrayLike,
    rx_height_m: npt.ArrayLike,
    environment: npt.ArrayLike = 0,
) -> npt.NDArray[np.float64]:
    """Loss inside the radius: 0.001 dB a kilometre, so that of equal emitters the nearest serves.

    Parameters
    ----------
    distance_km
        ≥ 0.
    frequency_mhz, tx_height_m, rx_height_m, environment
        Have no effect but to broadcast.

    Returns
    -------
    ndarray
        dB; a rank, not physics.
    """
    distance, *others = floats(distance_km, frequency_mhz, tx_height_m, rx_height_m, environment)
    shape = np.broadcast_shapes(distance.shape, *(other.shape for other in others))
    return np.broadcast_to(_NEARER_DB_PER_KM * distance, shape).copy()
