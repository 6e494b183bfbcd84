"""Where the rows of a list are: coordinates resolved, each assumption noted, the rest refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from qn_coverage.core.crs import PROVINCE_BOUNDS
from qn_coverage.core.errors import UnknownNameError
from qn_coverage.data.importing.communes import find_unit
from qn_coverage.data.importing.coordinates import TAKEN, Places, halves, resolve
from qn_coverage.data.importing.land import communes, on_land
from qn_coverage.data.importing.zones import ZONES, zone_crs

if TYPE_CHECKING:
    import numpy.typing as npt

    from qn_coverage.data.importing.draft import Draft
    from qn_coverage.data.importing.zones import OnLand

_NEAR_DEG: Final = 0.02
_EXPECTED: Final = {
    "outside-province": "a place within {}-{} and {}-{}".format(
        *PROVINCE_BOUNDS[::2], *PROVINCE_BOUNDS[1::2]
    ),
    "ambiguous-coordinates": "coordinates with one sense",
    "ambiguous-zone": "a zone that the numbers tell",
    "empty-geometry": "coordinates",
}
_MENDS: Final = {
    "outside-province": "correct the coordinates or leave the row out",
    "ambiguous-coordinates": "write decimal degrees, e.g. 107.123456 and 20.951234",
    "ambiguous-zone": "say the zone, e.g. --zone 107-45, or name the commune of each row",
    "empty-geometry": "fill them in or leave the row out",
}


def place_rows(draft: Draft, *, zone: str | None = None, empty_allowed: bool = False) -> Places:
    """Places of a draft; notes and problems go to the draft.

    Parameters
    ----------
    draft
        With ``lon`` and ``lat``, or both in ``position``.
    zone
        Zone or CRS of the numbers if the user says so (`zones.zone_crs`).
    empty_allowed
        Whether a row without coordinates is let pass (a village placed by its commune).

    Raises
    ------
    UnknownNameError
        No zone has that name.
    """
    crs = _crs(zone)
    xs, ys, single = _columns(draft)
    places = resolve(xs, ys, crs=crs, on_land=on_land)
    if "ambiguous-zone" in places.refused:
        places = _by_commune(draft, places, xs, ys)
    first, second = ("position", "position") if single.all() else ("lon", "lat")
    for row, code in enumerate(places.refused):
        if code == "empty-geometry" and empty_allowed:
            continue
        if code:
            zones = f"; possible: {', '.join(places.zones)}" if code == "ambiguous-zone" else ""
            found = f"{xs[row]} | {ys[row]}" if xs[row] or ys[row] else ""
            draft.refuse(row, first, code, found, _EXPECTED[code] + zones, _MENDS[code])
        elif places.how[row]:
            vi, en = _words(places, row)
            draft.note(row, second, places.how[row], f"{xs[row]} | {ys[row]}", vi, en)
    _note_rounding(draft, places, xs, ys, first)
    return places


def _crs(zone: str | None) -> str | None:
    if zone is None:
        return None
    try:
        return zone_crs(zone)
    except Exception as error:  # pyproj has its own kind for codes that do not exist
        raise UnknownNameError("zone", zone, ZONES) from error


def _columns(draft: Draft) -> tuple[list[str], list[str], npt.NDArray[np.bool_]]:
    xs, ys = draft.column("lon"), draft.column("lat")
    single = np.zeros(len(xs), dtype=np.bool_)
    for row, cell in enumerate(draft.column("position")):
        if cell and not xs[row] and not ys[row]:
            single[row] = True
            xs[row], ys[row] = halves(cell) or (cell, "")
    return xs, ys, single


def _words(places: Places, row: int) -> tuple[str, str]:
    kinds = [TAKEN[code] for code in places.how[row].split("+")]
    where = f" → {places.lon[row]:.6f}, {places.lat[row]:.6f}"
    zone = f" {places.zone}" if "metres" in places.how[row] or "vn2000" in places.how[row] else ""
    vi, en = (" + ".join(words) + zone + where for words in zip(*kinds, strict=True))
    return vi, en


def _by_commune(draft: Draft, places: Places, xs: list[str], ys: list[str]) -> Places:
    """The zone in which the rows that name a commune lie there, if it is one."""
    shapes = {
        str(c): g for c, g in zip(communes()["code"], communes().geometry.to_numpy(), strict=True)
    }
    names, codes = draft.column("commune"), draft.column("commune_code")
    rows, targets = [], []
    for row, code in enumerate(places.refused):
        units = find_unit(names[row], code=codes[row]) if code == "ambiguous-zone" else ()
        if len(units) == 1:
            rows.append(row)
            targets.append(shapely.buffer(shapes[units[0].code], _NEAR_DEG))
    if not rows:
        return places
    areas = np.array(targets, dtype=object)

    def expected(
        lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]
    ) -> npt.NDArray[np.bool_]:
        return np.asarray(shapely.contains_xy(areas, lon, lat), dtype=np.bool_)

    zone = _zone_of([xs[r] for r in rows], [ys[r] for r in rows], expected)
    if zone is None:
        return places
    return _with_zone(places, xs, ys, zone)


def _zone_of(xs: list[str], ys: list[str], expected: OnLand) -> str | None:
    places = resolve(xs, ys, on_land=on_land, expected=expected)
    return places.zone or None


def _with_zone(places: Places, xs: list[str], ys: list[str], zone: str) -> Places:
    rows = [row for row, code in enumerate(places.refused) if code == "ambiguous-zone"]
    told = resolve([xs[r] for r in rows], [ys[r] for r in rows], crs=ZONES[zone], on_land=on_land)
    lon, lat = places.lon.copy(), places.lat.copy()
    how, refused = list(places.how), list(places.refused)
    for i, row in enumerate(rows):
        lon[row], lat[row], refused[row] = told.lon[i], told.lat[i], told.refused[i]
        how[row] = told.how[i].replace("metres", "vn2000")
    return Places(lon, lat, tuple(how), tuple(refused), places.rounding_m, zone)


def _note_rounding(draft: Draft, places: Places, xs: list[str], ys: list[str], column: str) -> None:
    for row in np.flatnonzero(places.rounding_m > 0).tolist():
        if places.refused[row]:
            continue
        metres = f"{places.rounding_m[row]:,.0f} m"
        draft.note(
            row, column, "rounded", f"{xs[row]} | {ys[row]}",
            f"toạ độ làm tròn, sai số ít nhất {metres}", f"rounded, off by {metres} or more",
        )  # fmt: skip
