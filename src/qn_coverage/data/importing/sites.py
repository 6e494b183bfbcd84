"""Operators' lists of stations → sectors that `data.sites.read_sectors` accepts."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from qn_coverage.core.schema import ORIGINS, SECTORS
from qn_coverage.data.importing import cells
from qn_coverage.data.importing.antenna_refs import fill_from_patterns
from qn_coverage.data.importing.cells import Unclear, once
from qn_coverage.data.importing.draft import load
from qn_coverage.data.importing.duplicates import propose
from qn_coverage.data.importing.keeping import keep_files
from qn_coverage.data.importing.outcome import finish, kept_rows
from qn_coverage.data.importing.places import place_rows
from qn_coverage.data.importing.values import (
    days,
    is_empty,
    numbers,
    operators,
    uncertainties,
)
from qn_coverage.data.importing.writing import placed
from qn_coverage.data.sector_completion import COMMON_DEFAULTS
from qn_coverage.data.sites import read_sectors

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import geopandas as gpd

    from qn_coverage.data.importing.coordinates import Places
    from qn_coverage.data.importing.draft import Draft
    from qn_coverage.data.importing.report import Report

_SCHEMA: Final = {column.name: column for column in SECTORS}
_NUMBERS: Final = (
    "bandwidth_mhz",
    "height_agl_m",
    "beamwidth_h_deg",
    "beamwidth_v_deg",
    "eirp_dbm",
    "power_dbm",
    "gain_dbi",
    "losses_db",
    "uncertainty_m",
)
_SAME_MAST_M: Final = 50.0
_MEND_OPERATOR: Final = "fill it in, or say --set operator=Viettel if the list is one operator's"
_MEND_TECHNOLOGY: Final = "fill it in, or say --set technology=4G if all rows are of one"


def import_sites(
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
    """Import lists of stations or sectors into one file of sectors.

    A row with several technologies, bands or directions becomes as many sectors. What a list
    leaves out stays empty and is assumed, and said, by the strict reader. The same mast under two
    names is proposed, never merged. Pattern files (MSI, PLN) beside a list give the beamwidths and
    gains of the antennas that it names; the names stay in the column ``antenna``.

    Parameters
    ----------
    files
        Files of `open_files.ENDINGS`.
    out
        Result, of `writing.OUTPUTS`; the report stands beside it as ``…-report.xlsx``. None for a
        dry run.
    mapping
        Field by column name.
    dry_run
        Report only, write nothing.
    skip_refused
        Leave refused rows out and write the others; otherwise one refused row stops the import.
    fixed
        Value by field where the files have none.
    zone
        Zone of metres: ``107-45``, ``UTM-48N`` or an EPSG code.
    encoding
        Encoding of text files.

    Raises
    ------
    InvalidDataError
        Files that cannot be read; refused rows, see ``skip_refused``.
    UnknownNameError
        A field or zone that does not exist.
    """
    keep_files(files, out)
    draft = load(files, "sites", mapping=mapping, fixed=fixed, encoding=encoding)
    columns, places = _columns(draft, zone)
    fill_from_patterns(draft, columns, files)
    kept = kept_rows(draft)
    frame = _sectors(columns, places, kept)
    return finish(
        "sites", draft, frame, kept, out, read_sectors,
        dry_run=dry_run, skip_refused=skip_refused, extra=propose(draft, columns, places, kept),
    )  # fmt: skip


def _columns(draft: Draft, zone: str | None) -> tuple[dict[str, Any], Places]:
    """Every field as typed values, a row each; technologies and directions as lists."""
    places = place_rows(draft, zone=zone)
    columns: dict[str, Any] = {name: numbers(draft, name, _SCHEMA[name]) for name in _NUMBERS}
    columns["downtilt_deg"], columns["mechanical_tilt_deg"] = _tilts(draft)
    columns["antenna"] = [""] * len(draft.cells)
    columns["operator"] = operators(draft, _MEND_OPERATOR)
    columns["carriers"] = _carriers(draft)
    columns["azimuths"] = _azimuths(draft)
    columns["name"] = draft.column("name")
    columns["site_id"] = _site_ids(draft, columns)
    for name in ("on_air", "off_air"):
        columns[name] = days(draft, name)
    for name in ("sector_id", "programme", "source"):
        columns[name] = ["" if is_empty(c) else c for c in draft.column(name)]
    columns["origin"] = _origins(draft)
    return columns, places


def _tilts(draft: Draft) -> tuple[Any, Any]:
    """Total tilt, and its mechanical part.

    A mechanical tilt alone is no total: the reader adds what it assumes the electrical one to be.
    """
    total = numbers(draft, "downtilt_deg", _SCHEMA["downtilt_deg"])
    mechanical = numbers(draft, "tilt_mechanical", _SCHEMA["mechanical_tilt_deg"])
    electrical = numbers(draft, "tilt_electrical")
    added = np.nan_to_num(mechanical) + electrical
    return np.where(np.isnan(total), added, total), mechanical


def _carriers(draft: Draft) -> list[list[tuple[str, float | None]]]:
    """Technology and frequency (or None) of each carrier in each row."""
    techs = ["" if is_empty(c) else c for c in draft.column("technology")]
    bands = ["" if is_empty(c) else c for c in draft.column("frequency_mhz")]
    read_techs, read_bands = once(cells.technologies, techs), once(cells.frequencies, bands)
    out: list[list[tuple[str, float | None]]] = []
    for row, (tech, band) in enumerate(zip(techs, bands, strict=True)):
        out.append(_row_carriers(draft, row, (tech, read_techs[tech]), (band, read_bands[band])))
    return out


def _row_carriers(
    draft: Draft,
    row: int,
    technology: tuple[str, list[tuple[str, float | None]] | Unclear],
    frequency: tuple[str, list[tuple[float, bool]] | Unclear],
) -> list[tuple[str, float | None]]:
    (tech, techs), (band, bands) = technology, frequency
    if isinstance(techs, Unclear):
        code = "unknown-value" if tech else "empty-cell"
        draft.refuse(row, "technology", code, tech, str(techs), _MEND_TECHNOLOGY)
        return []
    if band and isinstance(bands, Unclear):
        draft.refuse(row, "frequency_mhz", "not-a-number", band, str(bands), "write it in MHz")
        return []
    given = [] if isinstance(bands, Unclear) else bands
    carriers = _paired(techs, given)
    if carriers is None:
        draft.refuse(
            row, "frequency_mhz", "ambiguous-carriers", f"{tech} | {band}",
            "as many bands as technologies, in the same order", "give each carrier a row",
        )  # fmt: skip
        return []
    limits = _SCHEMA["frequency_mhz"]
    for _, mhz in carriers:
        if mhz is not None and not (limits.minimum or 0) <= mhz <= (limits.maximum or np.inf):
            draft.refuse(
                row, "frequency_mhz", "out-of-range", band, "30 to 6000", "write it in MHz"
            )
            return []
    shown = ", ".join(f"{t} {f:g} MHz" if f else t for t, f in carriers)
    if tech not in {t for t, _ in carriers} or any(middle for _, middle in given):
        found = f"{tech} | {band}".strip(" |")
        draft.note(row, "technology", "carrier", found, shown, shown)
    return carriers


def _paired(
    techs: list[tuple[str, float | None]], bands: list[tuple[float, bool]]
) -> list[tuple[str, float | None]] | None:
    if not bands:
        return techs
    frequencies = [mhz for mhz, _ in bands]
    if len(techs) == len(frequencies):
        return [(t, f) for (t, _), f in zip(techs, frequencies, strict=True)]
    if len(techs) == 1:
        return [(techs[0][0], f) for f in frequencies]
    return None


def _azimuths(draft: Draft) -> list[list[float | None]]:
    column = ["" if is_empty(c) else c for c in draft.column("azimuth_deg")]
    read = once(lambda cell: cells.azimuths(cell) if cell else [None], column)
    out: list[list[float | None]] = []
    for row, cell in enumerate(column):
        found: Any = read[cell]
        if isinstance(found, Unclear) or any(a is not None and not 0 <= a <= 360 for a in found):
            expected = str(found) if isinstance(found, Unclear) else "0 to 360"
            draft.refuse(row, "azimuth_deg", "not-a-number", cell, expected, "write 0-360, or omni")
            found = []
        elif len(found) > 1:
            shown = ", ".join(f"{a:g}°" for a in found if a is not None)
            vi, en = f"{len(found)} hướng {shown}", f"{len(found)} sectors at {shown}"
            draft.note(row, "azimuth_deg", "azimuths", cell, vi, en)
        out.append(found)
    return out


def _site_ids(draft: Draft, columns: Mapping[str, Any]) -> list[str]:
    """Code of the mast; its name where there is no code. One mast has one operator and height."""
    ids = ["" if is_empty(c) else c for c in draft.column("site_id")]
    for row, code in enumerate(ids):
        if not code and columns["name"][row]:
            ids[row] = columns["name"][row]
        elif not code:
            draft.refuse(row, "site_id", "empty-cell", "", "a code or a name", "fill one in")
    heights = ["" if np.isnan(h) else f"{h:g}" for h in columns["height_agl_m"]]
    table = pd.DataFrame({"id": ids, "operator": columns["operator"], "height": heights})
    apart = table.groupby("id")[["operator", "height"]].transform("nunique")
    for row in np.flatnonzero((apart["operator"] > 1) | (apart["height"] > 1)).tolist():
        if not ids[row]:
            continue
        if apart["operator"].iloc[row] > 1:
            ids[row] += f"-{columns['operator'][row]}"
        if apart["height"].iloc[row] > 1:
            ids[row] += f"-{heights[row] or 'x'}m"
        vi = f"trạm '{ids[row]}', vì nhà mạng hoặc độ cao khác nhau"
        en = f"site '{ids[row]}', since operators or heights differ"
        draft.note(row, "site_id", "site-split", table["id"].iloc[row], vi, en)
    return ids


def _origins(draft: Draft) -> list[str]:
    column = ["" if is_empty(c) else c for c in draft.column("origin")]
    for row, cell in enumerate(column):
        if cell and cell not in ORIGINS:
            draft.refuse(
                row, "origin", "unknown-value", cell, ", ".join(ORIGINS), "use one of them"
            )
    return column


def _sectors(columns: Mapping[str, Any], places: Places, kept: Sequence[int]) -> gpd.GeoDataFrame:
    rounded = np.asarray(places.rounding_m)
    soft = uncertainties(columns["uncertainty_m"], rounded, COMMON_DEFAULTS["uncertainty_m"])
    radius = np.where(np.isnan(columns["uncertainty_m"]) & (rounded == 0), np.nan, soft)
    index, technologies, frequencies, azimuths = [], [], [], []
    for row in kept:
        for (tech, mhz), azimuth in product(columns["carriers"][row], columns["azimuths"][row]):
            index.append(row)
            technologies.append(tech)
            frequencies.append(mhz)
            azimuths.append(azimuth)
    take = np.array(index, dtype=np.int64)
    lon, lat = _mast_places(columns["site_id"], places, take)
    table: dict[str, Any] = {
        "site_id": np.array(columns["site_id"], dtype=object)[take],
        "name": np.array(columns["name"], dtype=object)[take],
        "operator": np.array(columns["operator"], dtype=object)[take],
        "technology": np.array(technologies, dtype=object),
        "frequency_mhz": np.array(frequencies, dtype=np.float64),
        "azimuth_deg": np.array(azimuths, dtype=np.float64),
        "uncertainty_m": radius[take],
    }
    for name in ("bandwidth_mhz", "height_agl_m", "downtilt_deg", "mechanical_tilt_deg",
                 "beamwidth_h_deg", "beamwidth_v_deg", "eirp_dbm", "power_dbm", "gain_dbi",
                 "losses_db"):  # fmt: skip
        table[name] = columns[name][take]
    for name in ("antenna", "on_air", "off_air", "programme", "source", "origin"):
        table[name] = np.array(columns[name], dtype=object)[take]
    # The strict reader takes an empty height for a mistake unless the row says that it is assumed.
    table["assumed"] = np.where(np.isnan(table["height_agl_m"]), "height_agl_m", "").astype(object)
    table["sector_id"] = _sector_ids(table, np.array(columns["sector_id"], dtype=object)[take])
    return placed(table, lon, lat)


def _mast_places(ids: Sequence[str], places: Places, take: Any) -> tuple[Any, Any]:
    """Position of each sector: that of the first row of its mast if within 50 m of it."""
    frame = pd.DataFrame(
        {"id": np.array(ids, dtype=object)[take], "lon": places.lon[take], "lat": places.lat[take]}
    )
    first = frame.groupby("id")[["lon", "lat"]].transform("first")
    near = np.hypot(
        (frame["lon"] - first["lon"]) * 104_000, (frame["lat"] - first["lat"]) * 110_700
    )
    same = np.asarray(near) <= _SAME_MAST_M
    lon = np.where(same, first["lon"], frame["lon"])
    lat = np.where(same, first["lat"], frame["lat"])
    return lon, lat


def _sector_ids(table: Mapping[str, Any], given: Any) -> Any:
    """Ids as given where they are unique, else mast, technology and a number."""
    keys = (
        pd.Series(table["site_id"]).astype(str) + "-" + pd.Series(table["technology"]).astype(str)
    )
    numbered = (keys + "-" + (keys.groupby(keys).cumcount() + 1).astype(str)).to_numpy(dtype=object)
    codes = pd.Series(given, dtype=object)
    unique = (codes != "") & ~codes.duplicated(keep=False)
    return np.where(unique.to_numpy(), given, numbered)
