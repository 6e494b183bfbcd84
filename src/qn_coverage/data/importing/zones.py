"""VN-2000 metres: in which of the provincial zones a list is, if only one can be meant."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from pyproj import CRS, Transformer

from qn_coverage.core.crs import PROVINCE_BOUNDS, STORED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    OnLand = Callable[[Floats, Floats], npt.NDArray[np.bool_]]

ZONES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "103-00": "EPSG:9205", "104-00": "EPSG:9206", "104-30": "EPSG:9207", "104-45": "EPSG:9208",
        "105-00": "EPSG:5897", "105-30": "EPSG:9209", "105-45": "EPSG:9210", "106-00": "EPSG:9211",
        "106-15": "EPSG:9212", "106-30": "EPSG:9213", "107-00": "EPSG:9214", "107-15": "EPSG:9215",
        "107-30": "EPSG:9216", "107-45": "EPSG:5899", "108-00": "EPSG:5898", "108-15": "EPSG:9217",
        "108-30": "EPSG:9218", "UTM-48N": "EPSG:3405", "UTM-49N": "EPSG:3406",
    }
)  # fmt: skip
"""VN-2000 zones by central meridian (degrees-minutes); the province's own is 107-45."""

OTHERS: Final[Mapping[str, str]] = MappingProxyType(
    {"WGS84-UTM-48N": "EPSG:32648", "WGS84-UTM-49N": "EPSG:32649"}
)
"""Zones that differ from VN-2000's by some 200 m, and cannot be told from them by numbers."""

OWN: Final = "107-45"
SURE: Final = 0.98
"""Share of a list's places that must lie on the province's land in the zone that is taken …"""

UNSURE: Final = 0.80
"""… while no other zone puts more than this share there."""

ENOUGH: Final = 10
"""Fewer places than this tell no zone from another."""


def zone_crs(name: str) -> str:
    """CRS of a zone given as ``107-45``, ``107°45'``, ``UTM-48N`` or an EPSG code.

    Raises
    ------
    KeyError
        No zone has that name.
    """
    bare = name.strip().upper().replace("°", "-").replace("'", "").replace("′", "")
    if bare.startswith("EPSG:"):
        return CRS(bare).to_string()
    return {**ZONES, **OTHERS}[bare]


def to_degrees(x: Floats, y: Floats, crs: str) -> tuple[Floats, Floats]:
    """Longitude and latitude (WGS 84) of coordinates (easting, northing) in a CRS."""
    lon, lat = Transformer.from_crs(crs, STORED, always_xy=True).transform(x, y)
    return np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The zone that a list's numbers tell, or ``""``, and the zones that remain possible."""

    told: str
    possible: tuple[str, ...]


def likely_zones(x: Floats, y: Floats, on_land: OnLand, expected: OnLand | None = None) -> Verdict:
    """Zone of a list of places, if the numbers tell one.

    Told is the only zone with at least `SURE` of the places where they should be, if every other
    has at most `UNSURE` there, and there are `ENOUGH` places or the rows name their communes.

    Parameters
    ----------
    x, y
        Eastings and northings, metres, shape (n,).
    on_land
        Whether each longitude and latitude lies on the province's land.
    expected
        Whether each lies in (or near) the commune that its row names, where rows name one.
    """
    test = expected or on_land
    shares = {}
    for name, crs in ZONES.items():
        lon, lat = to_degrees(x, y, crs)
        shares[name] = float(np.mean(test(lon, lat) & in_province(lon, lat)))
    possible = tuple(name for name, share in shares.items() if share > 0 and share >= UNSURE)
    fits = [name for name, share in shares.items() if share >= SURE]
    alone = len(fits) == 1 and all(s <= UNSURE for name, s in shares.items() if name != fits[0])
    enough = expected is not None or len(x) >= ENOUGH
    return Verdict(fits[0] if alone and enough else "", possible)


def in_province(lon: Floats, lat: Floats) -> npt.NDArray[np.bool_]:
    """Whether each place lies in the province's box."""
    west, south, east, north = PROVINCE_BOUNDS
    return (west <= lon) & (lon <= east) & (south <= lat) & (lat <= north)


def zone_like(crs: Any) -> str | None:
    """VN-2000 zone of a file that states its projection but another datum, else None.

    MapInfo tables of VN-2000 often lose the datum: Transverse Mercator with scale 0.9999 and false
    easting 500 km is used by no other system here.
    """
    crs = CRS(crs)
    if not crs.is_projected or crs.coordinate_operation is None:
        return None
    geodetic = crs.geodetic_crs
    values = {p.name: p.value for p in crs.coordinate_operation.params}
    if values.get("Scale factor at natural origin") != 0.9999:
        return None
    if geodetic is not None and "VN-2000" in geodetic.name:
        return None
    meridian = values.get("Longitude of natural origin")
    for name, code in ZONES.items():
        degrees, _, minutes = name.partition("-")
        if not degrees.isdigit() or meridian is None:
            continue
        if abs(int(degrees) + int(minutes) / 60 - float(meridian)) < 1e-6:
            return code
    return None
