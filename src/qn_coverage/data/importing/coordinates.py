"""Every way in which planners write a place → longitude and latitude, or a refusal.

A cell is read in every sense that it can have; a pair is taken if exactly one combination lies in
the province. Longitudes (106°–109°) and latitudes (20°–22°) never meet there, so that exchanged
columns and lost decimal points show themselves.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from qn_coverage.core.crs import PROVINCE_BOUNDS
from qn_coverage.data.importing.text import cleaned
from qn_coverage.data.importing.zones import (
    ZONES,
    Verdict,
    in_province,
    likely_zones,
    to_degrees,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from qn_coverage.data.importing.zones import OnLand

    Floats = npt.NDArray[np.float64]

TAKEN: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "decimal": ("độ thập phân", "decimal degrees"),
        "decimal-comma": ("độ thập phân, dấu phẩy", "decimal degrees with a comma"),
        "dms": ("độ phút giây", "degrees, minutes, seconds"),
        "scaled": ("độ thiếu dấu thập phân", "degrees whose decimal point was lost"),
        "packed-dms": ("độ phút giây viết liền", "degrees, minutes, seconds without signs"),
        "swapped": ("kinh độ và vĩ độ đổi chỗ", "longitude and latitude exchanged"),
        "vn2000": ("mét VN-2000", "VN-2000 metres"),
        "metres": ("mét", "metres"),
    }
)
"""What a reading is called, Vietnamese and English."""

_WEST, _SOUTH, _EAST, _NORTH = PROVINCE_BOUNDS
_METRES_X: Final = (10_000.0, 1_100_000.0)
_METRES_Y: Final = (2_260_000.0, 2_430_000.0)
_LETTERS: Final = "BĐTNSEWDbđtnsewd"
_WORDS: Final = (
    (re.compile(r"(?i)\b(vĩ độ|kinh độ|vi do|kinh do|lat(itude)?|long?(itude)?|lng|kđ|vđ)\b"), " "),
    (re.compile(r"(?i)\bbắc\b|\bbac\b|\bnorth\b"), "B"),
    (re.compile(r"(?i)\bđông\b|\bdong\b|\beast\b"), "Đ"),
    (re.compile(r"(?i)\bnam\b|\bsouth\b"), "S"),
    (re.compile(r"(?i)\btây\b|\btay\b|\bwest\b"), "W"),
    (re.compile(r"(?i)(?<=\d)\s*(deg|degrees|độ|do|º|˚|o|⁰)(?![a-z])"), "°"),
    (re.compile(r"(?i)(?<=\d)\s*(phút|phut|min|ph)(?![a-z])"), "'"),
    (re.compile(r"(?i)(?<=\d)\s*(giây|giay|sec)(?![a-z])"), '"'),
    (re.compile(r"''|’’|′′|´´|``"), '"'),
    (re.compile(r"[″”“˝]"), '"'),
    (re.compile(r"[’‘′´`]"), "'"),
)
_NUMBER: Final = r"\d{1,3}(?:[.,]\d{1,12})?"
_DMS: Final = re.compile(
    r"(?P<d>\d{1,3}(?:[.,]\d{1,15})?)\s*[°dD:\s-]\s*"
    r"(?:(?P<m>\d{1,2}(?:[.,]\d{1,12})?)\s*(?:['mM:\s-]\s*|$)"
    r"(?:(?P<s>\d{1,2}(?:[.,]\d{1,12})?)\s*(?:[\"sS'](?![\w]))?\s*)?)?"
)
_DOTTED: Final = re.compile(r"(\d{2,3})\.(\d{1,2})\.(\d{1,2}(?:[.,]\d+)?)")
_THOUSANDS: Final = re.compile(r"\d{1,3}(?:([., ])\d{3})(?:\1\d{3})*(?:[.,]\d+)?")
_PLAIN: Final = re.compile(r"\d{1,15}(?:[.,]\d{1,15})?")
_DEGREES: Final = re.compile(r"\d{2,3}(?:[.,](\d+))?")
_ROUGH: Final = 4
_ROUGH_LENGTH: Final = 8
_SCALES: Final = (4, 5, 6, 7, 8, 9)
_NORTHERN, _EASTERN, _OTHER = frozenset("BbNn"), frozenset("ĐđEeDd"), frozenset("SsWwTt")


@dataclass(frozen=True, slots=True)
class Reading:
    """One sense of a cell: its number, and how it was read."""

    value: float
    how: str


@dataclass(frozen=True, slots=True)
class Places:
    """Places of a list, one entry a row.

    Attributes
    ----------
    lon, lat
        Degrees, WGS 84; NaN where the row is refused or has no place.
    how
        Reading of each row, codes of `TAKEN` joined by "+"; ``""`` for plain decimal degrees.
    refused
        Code of the problem of each row, or ``""``.
    rounding_m
        Half of the last digit written, as metres on the ground; 0 where it is finer than 5 m.
    zone
        Zone or CRS that metres were taken for, or ``""``.
    zones
        Zones that remain possible if none was taken.
    """

    lon: Floats
    lat: Floats
    how: tuple[str, ...]
    refused: tuple[str, ...]
    rounding_m: Floats
    zone: str = ""
    zones: tuple[str, ...] = ()


@lru_cache(maxsize=4096)
def readings(cell: str) -> tuple[Reading, ...]:
    """Every sense of a cell with one coordinate: degrees that fit the province, and metres.

    >>> [round(reading.value, 6) for reading in readings("20d57m04s")]
    [20.951111]
    """
    text = cleaned(cell)
    for pattern, sign in _WORDS:
        text = pattern.sub(sign, text)
    text = text.strip(" :;,=\t")
    letters = ""
    if (
        text
        and text[-1] in _LETTERS
        and not (text[-1] in "sSdD" and re.search(r"[mM'dD]\s*[\d.,]+[sS]$", text))
    ):
        letters, text = text[-1], text[:-1].rstrip(" .")
    elif text and text[0] in _LETTERS:
        letters, text = text[0], text[1:].lstrip(" .:")
    if (letters and letters in _OTHER) or text.startswith("-"):
        return ()
    found = [r for r in _senses(text.strip()) if _fits(r.value)]
    if letters in _NORTHERN and letters:
        found = [r for r in found if _SOUTH <= r.value <= _NORTH]
    if letters in _EASTERN and letters:
        found = [r for r in found if _WEST <= r.value <= _EAST]
    return tuple({round(r.value, 9): r for r in reversed(found)}.values())


def resolve(
    xs: Sequence[str],
    ys: Sequence[str],
    *,
    crs: str | None = None,
    on_land: OnLand,
    expected: OnLand | None = None,
) -> Places:
    """Places of a list from its two columns.

    Parameters
    ----------
    xs, ys
        Cells of longitude (or easting) and latitude (or northing).
    crs
        CRS of the numbers if the user says so.
    on_land, expected
        As in `zones.likely_zones`; ``expected`` looks only at rows with metres.
    """
    count = len(xs)
    lon, lat = np.full(count, np.nan), np.full(count, np.nan)
    how, refused = np.full(count, "", dtype=object), np.full(count, "", dtype=object)
    x = pd.to_numeric(pd.Series(xs, dtype=object), errors="coerce").to_numpy(dtype=np.float64)
    y = pd.to_numeric(pd.Series(ys, dtype=object), errors="coerce").to_numpy(dtype=np.float64)
    plain = in_province(x, y) if crs is None else np.zeros(count, dtype=np.bool_)
    lon[plain], lat[plain] = x[plain], y[plain]
    metres = np.zeros(count, dtype=np.bool_)
    for row in np.flatnonzero(~plain).tolist():
        _resolve_row(
            row, (xs[row], ys[row]), (lon, lat), how, refused, metres, given=crs is not None
        )
    zone = ""
    zones: tuple[str, ...] = ()
    if metres.any():
        zone, zones = _from_metres(metres, (lon, lat), how, refused, crs, on_land, expected)
    fine = _rounding_m(xs, ys, how)
    lon[refused != ""], lat[refused != ""] = np.nan, np.nan
    return Places(lon, lat, tuple(how), tuple(refused), fine, zone, zones)


def halves(cell: str) -> tuple[str, str] | None:
    """Cell with both coordinates, split where both halves make sense; None if that is unclear."""
    text = cleaned(cell)
    found = {}
    for cut in re.finditer(r"[;/|]|,\s|\s[-–]\s|\s|,|(?<=[BNĐE])(?=\d)", text):
        first, second = text[: cut.start()].strip(" ,"), text[cut.end() :].strip(" ,")
        pairs = _pairs(first, second)
        if len(pairs) == 1:
            found[round(pairs[0][0], 7), round(pairs[0][1], 7)] = (first, second)
    return next(iter(found.values())) if len(found) == 1 else None


def _senses(text: str) -> list[Reading]:
    found = []
    if _PLAIN.fullmatch(text):
        value = float(text.replace(",", "."))
        found.append(Reading(value, "decimal-comma" if "," in text else "decimal"))
        if value.is_integer() and value >= 1e5:
            found += _without_point(int(value))
    elif text.endswith("°") and _PLAIN.fullmatch(text[:-1].strip()):
        found.append(Reading(float(text[:-1].replace(",", ".")), "decimal"))
    if _THOUSANDS.fullmatch(text) and (many := _thousands(text)) is not None:
        found.append(Reading(many, "decimal"))
        if many.is_integer():
            found += _without_point(int(many))
    match = _DMS.fullmatch(text) or _DOTTED.fullmatch(text)
    if match:
        degrees, minutes, seconds = (float((p or "0").replace(",", ".")) for p in match.groups())
        whole = degrees.is_integer() or match.group(2) is None
        whole = whole and (minutes.is_integer() or match.group(3) is None)
        if minutes < 60 and seconds < 60 and whole and match.group(2) is not None:
            found.append(Reading(degrees + minutes / 60 + seconds / 3600, "dms"))
    return found


def _thousands(text: str) -> float | None:
    """Number with marks between thousands, ``2.345.678,12``; None if it has but one such mark."""
    mark = next(c for c in text if not c.isdigit())
    if text.count(mark) < 2 and mark != " ":
        return None
    bare = text.replace(mark, "").replace(",", ".")
    return float(bare) if bare.count(".") <= 1 else None


def _without_point(value: int) -> list[Reading]:
    found = [
        Reading(value / 10**scale, "scaled") for scale in _SCALES if _is_degree(value / 10**scale)
    ]
    degrees, minutes, seconds = value // 10_000, value // 100 % 100, value % 100
    packed = degrees + minutes / 60 + seconds / 3600
    if minutes < 60 and seconds < 60 and _is_degree(packed):
        found.append(Reading(packed, "packed-dms"))
    return found


def _is_degree(value: float) -> bool:
    return _WEST <= value <= _EAST or _SOUTH <= value <= _NORTH


def _fits(value: float) -> bool:
    return (
        _is_degree(value)
        or _METRES_X[0] <= value <= _METRES_X[1]
        or _METRES_Y[0] <= value <= _METRES_Y[1]
    )


def _pairs(first: str, second: str) -> list[tuple[float, float, str]]:
    """Every (x, y, how) that a pair of cells can mean."""
    found = {}
    for a, b in product(readings(first), readings(second)):
        for x, y, how in ((a, b, ""), (b, a, "swapped")):
            degrees = _WEST <= x.value <= _EAST and _SOUTH <= y.value <= _NORTH
            metric = (
                _METRES_X[0] <= x.value <= _METRES_X[1] and _METRES_Y[0] <= y.value <= _METRES_Y[1]
            )
            if degrees or (metric and {x.how, y.how} <= {"decimal", "decimal-comma"}):
                hows = {how, *((x.how, y.how) if degrees else ("metres",))} - {"", "decimal"}
                found[round(x.value, 8), round(y.value, 8)] = (
                    x.value,
                    y.value,
                    "+".join(sorted(hows)),
                )
    return list(found.values())


def _resolve_row(
    row: int,
    cells: tuple[str, str],
    out: tuple[Floats, Floats],
    how: npt.NDArray[np.object_],
    refused: npt.NDArray[np.object_],
    metres: npt.NDArray[np.bool_],
    *,
    given: bool,
) -> None:
    if not cells[0].strip() and not cells[1].strip():
        refused[row] = "empty-geometry"
        return
    pairs = _pairs(*cells)
    if given and not pairs:
        pairs = [(r.value, s.value, "") for r in readings(cells[0]) for s in readings(cells[1])]
    if len(pairs) != 1:
        refused[row] = "ambiguous-coordinates" if pairs else "outside-province"
        return
    out[0][row], out[1][row], how[row] = pairs[0]
    metres[row] = given or "metres" in pairs[0][2]


def _from_metres(
    rows: npt.NDArray[np.bool_],
    out: tuple[Floats, Floats],
    how: npt.NDArray[np.object_],
    refused: npt.NDArray[np.object_],
    crs: str | None,
    on_land: OnLand,
    expected: OnLand | None,
) -> tuple[str, tuple[str, ...]]:
    x, y = out[0][rows], out[1][rows]
    verdict = Verdict(crs, ()) if crs else likely_zones(x, y, on_land, expected)
    if not verdict.told:
        refused[rows] = "ambiguous-zone" if verdict.possible else "outside-province"
        return "", verdict.possible
    lon, lat = to_degrees(x, y, crs or ZONES[verdict.told])
    out[0][rows], out[1][rows] = lon, lat
    lost = rows.copy()
    lost[rows] = ~in_province(lon, lat)
    refused[lost] = "outside-province"
    how[rows] = [text.replace("metres", "vn2000") if not crs else text for text in how[rows]]
    return verdict.told, ()


def _rounding_m(xs: Sequence[str], ys: Sequence[str], how: npt.NDArray[np.object_]) -> Floats:
    """Half of the last decimal of degrees that are written with four decimals or fewer."""
    most = np.maximum(_decimals(xs), _decimals(ys))
    rough = 111_320.0 * 0.5 * np.sqrt(2.0) * 10.0 ** -most.astype(np.float64)
    dms = np.array(["dms" in text for text in how], dtype=np.bool_)
    return np.where((most <= _ROUGH) & ~dms, rough, 0.0)


def _decimals(cells: Sequence[str]) -> npt.NDArray[np.int64]:
    """Decimals of each cell that holds plain degrees; more than `_ROUGH` for any other."""
    out = np.full(len(cells), _ROUGH + 1)
    for row, cell in enumerate(cells):
        if len(cell) <= _ROUGH_LENGTH and (match := _DEGREES.fullmatch(cell)):
            out[row] = len(match[1] or "")
    return out
