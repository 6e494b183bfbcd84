"""Lists of villages, with coordinates or names alone → what `data.villages.read_villages` takes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from qn_coverage.core.schema import ORIGINS, VILLAGES
from qn_coverage.core.text import fold
from qn_coverage.data.importing.communes import Unit, find_unit
from qn_coverage.data.importing.draft import load
from qn_coverage.data.importing.keeping import keep_files
from qn_coverage.data.importing.land import communes
from qn_coverage.data.importing.outcome import finish, kept_rows
from qn_coverage.data.importing.places import place_rows
from qn_coverage.data.importing.placing import disc_of
from qn_coverage.data.importing.values import days, is_empty, numbers, required_texts, uncertainties
from qn_coverage.data.importing.writing import placed
from qn_coverage.data.villages import read_villages

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import geopandas as gpd

    from qn_coverage.data.importing.coordinates import Places
    from qn_coverage.data.importing.draft import Draft
    from qn_coverage.data.importing.report import Report

GIVEN_M: Final = 500.0
"""Radius of a village whose list gives coordinates and no error: a village is about that large."""

_SCHEMA: Final = {column.name: column for column in VILLAGES}
_YES: Final = frozenset(("true", "1", "yes", "co", "x", "y", "dung", "thuoc"))
_NO: Final = frozenset(("false", "0", "no", "khong", "n", "sai", "khong thuoc"))
_MEND_PROGRAMME: Final = "write có or không, or say --set in_programme=true for the whole list"


def import_villages(
    files: Sequence[Path],
    out: Path | None,
    mapping: Mapping[str, str] | None = None,
    *,
    dry_run: bool = False,
    skip_refused: bool = False,
    fixed: Mapping[str, str] | None = None,
    zone: str | None = None,
    encoding: str | None = None,
) -> Report:
    """Import lists of villages into one file.

    A row needs a name and either coordinates or a commune, old or new. A village without
    coordinates stands in the middle of its commune, with the radius that holds the commune. A
    village whose coordinates lie outside the commune that it names is refused.

    Parameters
    ----------
    files, out, mapping, dry_run, skip_refused, fixed, zone, encoding
        As in `sites.import_sites`.

    Raises
    ------
    InvalidDataError, UnknownNameError
        As `sites.import_sites`.
    """
    keep_files(files, out)
    draft = load(files, "villages", mapping=mapping, fixed=fixed, encoding=encoding)
    places = place_rows(draft, zone=zone, empty_allowed=True)
    columns = _columns(draft, places)
    kept = kept_rows(draft)
    frame = _villages(columns, kept)
    return finish(
        "villages", draft, frame, kept, out, read_villages,
        dry_run=dry_run, skip_refused=skip_refused,
    )  # fmt: skip


def _columns(draft: Draft, places: Places) -> dict[str, Any]:
    columns: dict[str, Any] = {"name_vi": required_texts(draft, "name_vi", "fill it in")}
    given = numbers(draft, "uncertainty_m", _SCHEMA["uncertainty_m"])
    columns["lon"], columns["lat"] = places.lon.copy(), places.lat.copy()
    columns["uncertainty_m"] = uncertainties(given, places.rounding_m, GIVEN_M)
    columns["origin"] = _origins(draft)
    units = _units(draft, places)
    for row, unit in enumerate(units):
        if unit is not None and np.isnan(places.lon[row]):
            _by_name(draft, columns, row, unit)
    columns["commune_code"] = [u.code if u else "" for u in units]
    columns["former_commune"] = [
        (u.former if u and u.former else given)
        for u, given in zip(units, draft.column("former_commune"), strict=True)
    ]
    for name in ("population", "households"):
        columns[name] = _counts(draft, name)
    columns["served_from"] = days(draft, "served_from")
    columns["in_programme"] = _programme(draft)
    for name in ("source", "note"):
        columns[name] = ["" if is_empty(c) else c for c in draft.column(name)]
    columns["village_id"] = _ids(draft, columns)
    return columns


def _by_name(draft: Draft, columns: dict[str, Any], row: int, unit: Unit) -> None:
    disc = disc_of(unit)
    columns["lon"][row], columns["lat"][row] = disc.lon, disc.lat
    columns["uncertainty_m"][row] = disc.radius_m
    columns["origin"][row] = "estimated"
    shown = unit.former or unit.name
    draft.note(
        row, "name_vi", "placed-by-commune", columns["name_vi"][row],
        f"giữa {shown}, bán kính {disc.radius_m:,.0f} m",
        f"the middle of {shown}, within {disc.radius_m:,.0f} m",
    )  # fmt: skip


def _units(draft: Draft, places: Places) -> list[Unit | None]:
    """Unit of each row: as it names it, or as its place says."""
    fields = ("commune", "former_commune", "district", "commune_code")
    cells = list(zip(*(draft.column(name) for name in fields), strict=True))
    around = _around(places)
    out: list[Unit | None] = []
    for row, (name, former, district, code) in enumerate(cells):
        units = find_unit(name, former=former, district=district, code=code)
        out.append(_chosen(draft, row, units, around[row], (name, former, district, code)))
    return out


def _chosen(
    draft: Draft, row: int, units: tuple[Unit, ...], around: frozenset[str], cell: tuple[str, ...]
) -> Unit | None:
    said = " | ".join(part for part in cell if part)
    column = "commune" if cell[0] else "former_commune" if cell[1] else "commune_code"
    if around and units and not any(unit.code in around for unit in units):
        draft.refuse(
            row, column, "wrong-commune", said,
            "the commune in which the coordinates lie: " + ", ".join(sorted(around)),
            "correct one of the two",
        )  # fmt: skip
        return None
    fits = [unit for unit in units if not around or unit.code in around]
    if not said and len(around) == 1:
        (code,) = around
        (unit,) = find_unit("", code=code)
        draft.note(row, "commune", "commune-by-place", "", unit.name, f"{unit.name}, by its place")
        return unit
    if len(fits) != 1:
        code = "ambiguous-commune" if fits else ("unknown-commune" if said else "empty-cell")
        names = ", ".join(f"{u.name} ({u.code})" for u in fits[:6])
        draft.refuse(
            row, column, code, said, names or "a commune of the province, old or new",
            "give the code of the commune, or its district before July 2025",
        )  # fmt: skip
        return None
    unit = fits[0]
    known = {fold(unit.name), fold(unit.former)} | {unit.code}
    if not unit.exact or (fold(said) not in known and unit.former):
        text = f"{unit.name}" + (f" ({unit.former} trước 7/2025)" if unit.former else "")
        draft.note(row, column, "commune", said, text, f"{unit.name} ({unit.code})")
    return unit


def _around(places: Places) -> list[frozenset[str]]:
    """Codes of the communes within 1 km of each place; empty where there is no place."""
    shapes = communes().geometry.to_numpy()
    codes = communes()["code"].astype(str).to_numpy()
    points: Any = shapely.points(places.lon, places.lat)
    points[np.isnan(places.lon)] = None
    rows, found = shapely.STRtree(shapes).query(points, predicate="dwithin", distance=0.01)
    near: list[set[str]] = [set() for _ in points]
    for row, unit in zip(rows.tolist(), found.tolist(), strict=True):
        near[row].add(codes[unit])
    return [frozenset(codes) for codes in near]


def _counts(draft: Draft, name: str) -> Any:
    values = numbers(draft, name, _SCHEMA[name])
    for row in np.flatnonzero(np.nan_to_num(values) % 1 != 0).tolist():
        draft.refuse(row, name, "not-a-number", f"{values[row]:g}", "a whole number", "count again")
    return values


def _programme(draft: Draft) -> list[bool | None]:
    out: list[bool | None] = []
    for row, cell in enumerate(draft.column("in_programme")):
        word = fold(cell)
        if word not in _YES | _NO:
            code = "not-a-boolean" if word else "empty-cell"
            draft.refuse(row, "in_programme", code, cell, "có or không", _MEND_PROGRAMME)
        out.append(True if word in _YES else False if word in _NO else None)
    return out


def _origins(draft: Draft) -> list[str]:
    column = ["" if is_empty(c) else c for c in draft.column("origin")]
    for row, cell in enumerate(column):
        if cell and cell not in ORIGINS:
            draft.refuse(
                row, "origin", "unknown-value", cell, ", ".join(ORIGINS), "use one of them"
            )
    return [cell or "estimated" for cell in column]


def _ids(draft: Draft, columns: dict[str, Any]) -> list[str]:
    """Ids as given, else commune and name, numbered where two are alike."""
    given = ["" if is_empty(c) else c for c in draft.column("village_id")]
    seen: dict[str, int] = {}
    taken = {code for code in given if code}
    out = []
    said = set()
    for row, cell in enumerate(given):
        code = cell
        if code and code in said:
            draft.refuse(row, "village_id", "duplicate-id", code, "a value of its own", "change it")
        said.add(code)
        if not code:
            slug = re.sub(r"[^a-z0-9]+", "-", fold(columns["name_vi"][row])).strip("-")
            base = f"{columns['commune_code'][row]}-{slug}"
            code = base
            while code in taken:
                seen[base] = seen.get(base, 1) + 1
                code = f"{base}-{seen[base]}"
            taken.add(code)
        out.append(code)
    return out


def _villages(columns: Mapping[str, Any], kept: Sequence[int]) -> gpd.GeoDataFrame:
    take = np.array(kept, dtype=np.int64)
    order = [column.name for column in VILLAGES]
    table = {
        name: values[take] if isinstance(values := columns[name], np.ndarray)
        else np.array(values, dtype=object)[take]
        for name in order
    }  # fmt: skip
    for name in ("population", "households"):
        table[name] = np.array(
            [None if np.isnan(v) else int(v) for v in table[name].tolist()], dtype=object
        )
    if kept:
        table["in_programme"] = table["in_programme"].astype(bool)
    return placed(table, columns["lon"][take], columns["lat"][take])
