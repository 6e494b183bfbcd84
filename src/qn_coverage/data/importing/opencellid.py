"""OpenCelliD's cells of Vietnam → sites, with a radius that is honest about what a cell is.

A position there is no survey: it is where telephones that heard the cell were, on average.
https://wiki.opencellid.org/wiki/Menu_map_view#database (columns), licence CC BY-SA 4.0.
"""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import IO, TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from qn_coverage.core.crs import PROVINCE_BOUNDS
from qn_coverage.data.importing.draft import Draft
from qn_coverage.data.importing.grid import Grid
from qn_coverage.data.importing.headers import Header
from qn_coverage.data.importing.keeping import keep_files
from qn_coverage.data.importing.notes import Note
from qn_coverage.data.importing.outcome import finish
from qn_coverage.data.importing.safety import MAX_ROWS, check_file, refused, too_many_rows
from qn_coverage.data.importing.writing import placed
from qn_coverage.data.sites import read_sectors

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import geopandas as gpd

    from qn_coverage.data.importing.report import Report

MCC: Final = "452"
"""Vietnam (ITU-T E.212)."""

OPERATOR_BY_MNC: Final[Mapping[int, str]] = MappingProxyType(
    {1: "MobiFone", 2: "VinaPhone", 4: "Viettel", 5: "Vietnamobile", 6: "Viettel", 8: "Viettel"}
)
"""Operator by MNC (ITU Operational Bulletin, list of E.212 codes): 452-06 and 452-08 were EVN
Telecom's, whose network Viettel took over in 2012. Others, such as Gmobile (07), are left out."""

TECHNOLOGY_BY_RADIO: Final[Mapping[str, str]] = MappingProxyType(
    {"GSM": "2G", "UMTS": "3G", "LTE": "4G", "NR": "5G"}
)

_RADIOS: Final = frozenset((*TECHNOLOGY_BY_RADIO, "CDMA"))

COLUMNS: Final = (
    "radio", "mcc", "net", "area", "cell", "unit", "lon", "lat", "range", "samples",
    "changeable", "created", "updated", "averageSignal",
)  # fmt: skip

LEAST_RADIUS_M: Final = 500.0
"""No radius is smaller: telephones hear a cell from one side of its mast."""

FEW_SAMPLES: Final = 5
FEW_RADIUS_M: Final = 2_000.0
"""A cell heard fewer than 5 times has no range to speak of; this radius is an assumption."""

_MAX_LINES: Final = 20_000_000
_CELL_EARTH: Final = 6_371_000.0


def is_opencellid(path: Path | str) -> bool:
    """Whether a file is a table of OpenCelliD: its header, or a line of its 14 columns."""
    path = Path(path)
    if not path.name.lower().endswith((".csv", ".csv.gz")) or not path.is_file():
        return False
    try:
        with _opened(path) as text:
            first = text.readline(1_000).strip().split(",")
    except (OSError, EOFError, zlib.error):
        return False  # whoever reads it says what is wrong
    if tuple(first[:5]) == COLUMNS[:5]:
        return True
    return len(first) == len(COLUMNS) and first[0] in _RADIOS and first[1].isdigit()


def import_opencellid(path: Path | str, out: Path | None, *, dry_run: bool = False) -> Report:
    """Import the province's cells from a file of OpenCelliD (``.csv`` or ``.csv.gz``).

    The file is streamed: only cells of MCC 452 inside the province are kept. Cells of one operator
    and base station (LTE: the cell number without its last 8 bits, 3GPP TS 36.413 section 9.2.1.37;
    UMTS and GSM: area and cell number without its last digit, a custom of vendors and no rule)
    become one site, unless they lie farther apart than their radii allow. Its radius is the least
    *distance of a cell + range of that cell* over its cells: if OpenCelliD's ranges hold, it holds
    the mast.

    Raises
    ------
    InvalidDataError
        ``unreadable``, ``broken-archive``, ``too-many-rows``, ``empty-sheet`` (no cell of the
        province).
    """
    path = Path(path)
    keep_files([path], out)
    check_file(path)
    table, refusals = _cells(path)
    if table.empty:
        raise refused(
            "empty-sheet", path, "no cell of MCC 452 in the province", "OpenCelliD's columns "
            + ",".join(COLUMNS), "take the file of MCC 452",
        )  # fmt: skip
    frame = sites_of(table)
    draft = _draft(path, table, refusals)
    return finish(
        "sites", draft, frame, range(len(table)), out, read_sectors,
        dry_run=dry_run, skip_refused=True,
    )  # fmt: skip


def sites_of(cells: pd.DataFrame) -> gpd.GeoDataFrame:
    """Sites of cells: one omnidirectional sector a site and technology, columns of `SECTORS`.

    Parameters
    ----------
    cells
        ``operator``, ``technology``, ``mnc``, ``area``, ``cell``, ``lon``, ``lat`` (degrees),
        ``range_m``, ``samples``, ``created``, ``updated`` (seconds since 1970).
    """
    cells = cells.assign(site_id=_base_stations(cells))
    rows = []
    for site_id, group in cells.groupby("site_id", sort=True):
        for number, part in enumerate(_together(group)):
            rows.append(_site(str(site_id) + (f"-{number + 1}" if number else ""), part))
    table = pd.DataFrame(rows)
    lon, lat = table.pop("lon").to_numpy(), table.pop("lat").to_numpy()
    return placed({name: table[name].to_numpy() for name in table.columns}, lon, lat)


def _base_stations(cells: pd.DataFrame) -> list[str]:
    out = []
    names = ("technology", "mnc", "area", "cell")
    for technology, mnc, area, cell in zip(*(cells[n].tolist() for n in names), strict=True):
        if technology == "4G":
            key = f"{cell >> 8}"
        elif technology == "5G":
            key = f"{cell >> 12}"
        elif technology == "3G":
            key = f"{area}-{(cell & 0xFFFF) // 10}"
        else:
            key = f"{area}-{cell // 10}"
        out.append(f"OCID-452{mnc:02}-{technology}-{key}")
    return out


def radius_m(range_m: float, samples: float) -> float:
    """Radius of one cell's mast around the cell's position, metres."""
    least = FEW_RADIUS_M if samples < FEW_SAMPLES else LEAST_RADIUS_M
    return max(range_m, least)


def _together(group: pd.DataFrame) -> Iterator[pd.DataFrame]:
    """Cells whose discs meet the first one's; what is too far away is another site."""
    left = group
    while len(left):
        first = left.iloc[0]
        gap = _metres(left["lon"], left["lat"], first.lon, first.lat)
        reach = [radius_m(r, s) for r, s in zip(left["range_m"], left["samples"], strict=True)]
        near = gap <= np.array(reach) + reach[0]
        yield left[near]
        left = left[~near]


def _site(site_id: str, cells: pd.DataFrame) -> dict[str, Any]:
    weights = np.maximum(cells["samples"].to_numpy(dtype=np.float64), 1.0)
    lon, lat = (float(np.average(cells[c], weights=weights)) for c in ("lon", "lat"))
    gap = _metres(cells["lon"], cells["lat"], lon, lat)
    reach = [radius_m(r, s) for r, s in zip(cells["range_m"], cells["samples"], strict=True)]
    radius = float(np.ceil(max(LEAST_RADIUS_M, float((gap + np.array(reach)).min()))))
    seen = (pd.to_datetime(int(cells[c].agg(f)), unit="s").date() for c, f in
            (("created", "min"), ("updated", "max")))  # fmt: skip
    first = cells.iloc[0]
    return {
        "site_id": site_id,
        "sector_id": f"{site_id}-1",
        "name": site_id,
        "operator": first.operator,
        "technology": first.technology,
        "lon": lon,
        "lat": lat,
        "uncertainty_m": radius,
        "origin": "estimated",
        "source": "OpenCelliD (CC BY-SA 4.0), {} cells, heard {} to {}".format(len(cells), *seen),
    }


def _metres(lon: Any, lat: Any, lon0: float, lat0: float) -> Any:
    east = np.radians(np.asarray(lon) - lon0) * np.cos(np.radians(lat0))
    return _CELL_EARTH * np.hypot(east, np.radians(np.asarray(lat) - lat0))


@contextmanager
def _opened(path: Path) -> Iterator[IO[str]]:
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        stream: Any = gzip.GzipFile(fileobj=file) if packed else file
        yield io.TextIOWrapper(stream, encoding="utf-8-sig", errors="replace", newline="")


def _cells(path: Path) -> tuple[pd.DataFrame, int]:
    """The province's cells, and how many of its lines could not be read."""
    rows, broken = [], 0
    try:
        with _opened(path) as text:
            for number, line in enumerate(csv.reader(text)):
                if number > _MAX_LINES:
                    raise too_many_rows(path, number)
                if len(line) < 10 or line[1] != MCC:
                    continue
                row = _parsed(line)
                if row is None:
                    broken += 1
                elif row:
                    rows.append(row)
                if len(rows) > MAX_ROWS:
                    raise too_many_rows(path)
    except (OSError, EOFError, zlib.error) as error:
        raise refused("broken-archive", path, str(error), "a .gz file", "send it again") from error
    except csv.Error as error:
        raise refused(
            "unreadable", path, str(error), "OpenCelliD's CSV", "fetch it anew"
        ) from error
    return pd.DataFrame(rows), broken


def _parsed(line: list[str]) -> dict[str, Any] | None:
    """Cell of a line; empty if it is not the province's, None if it makes no sense."""
    west, south, east, north = PROVINCE_BOUNDS
    try:
        lon, lat, mnc = float(line[6]), float(line[7]), int(line[2])
        if not (west <= lon <= east and south <= lat <= north):
            return {} if np.isfinite([lon, lat]).all() else None
        if mnc not in OPERATOR_BY_MNC or line[0] not in TECHNOLOGY_BY_RADIO:
            return {}
        times = [int(line[i]) if len(line) > i and line[i] else 0 for i in (11, 12)]
        if not all(0 <= t < 4_102_444_800 for t in times):
            return None
        row: dict[str, Any] = {
            "operator": OPERATOR_BY_MNC[mnc], "technology": TECHNOLOGY_BY_RADIO[line[0]],
            "mnc": mnc, "area": int(line[3]), "cell": int(line[4]), "lon": lon, "lat": lat,
            "range_m": float(line[8] or 0), "samples": float(line[9] or 0),
            "created": times[0], "updated": times[1],
        }  # fmt: skip
    except ValueError:
        return None
    sound = np.isfinite([row["range_m"], row["samples"]]).all() and 0 <= row["cell"] < 2**36
    return row if sound else None


def _draft(path: Path, table: pd.DataFrame, broken: int) -> Draft:
    names = tuple(map(str, table.columns))
    grid = Grid(path.name, [list(names), *table.astype(str).to_numpy().tolist()])
    header = Header(1, names, {name: column for column, name in enumerate(names)})
    order = list(range(1, len(table) + 1))
    draft = Draft(table, [0] * len(table), order, order, [grid], [header])
    vi, en = "ô do điện thoại nghe được, không phải khảo sát", "cells as telephones heard them"
    draft.notes.append(Note("opencellid", path.name, f"{len(table)} cells", vi, en))
    if broken:
        draft.notes.append(
            Note("left-out", path.name, f"{broken} lines", "bỏ qua", "nothing: they make no sense")
        )
    return draft
