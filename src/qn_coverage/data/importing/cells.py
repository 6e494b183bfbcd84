"""What planners write into a cell (``35 m``, ``31/01/2024``, ``L1800``) → what the schema takes."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypeVar

from qn_coverage.core.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

T = TypeVar("T")

BANDS_MHZ: Final[Mapping[int, float]] = MappingProxyType(
    {700: 780.5, 800: 806.0, 850: 881.5, 900: 942.5, 1800: 1842.5, 2100: 2140.0, 2300: 2350.0,
     2600: 2593.0, 3500: 3550.0, 3700: 3750.0, 3800: 3750.0}
)  # fmt: skip
"""Middle of the downlink of each band by the name that planners use: 3GPP TS 36.101 Table 5.5-1
(bands 28, 20, 5, 8, 3, 1, 40, 41) and TS 38.101-1 Table 5.2-1 (n78: 3,300-3,800 MHz; the upper
names stand for its upper part). Operators' blocks are not public; the middle is an assumption."""

_THREEGPP: Final = {"28": 700, "20": 800, "5": 850, "8": 900, "3": 1800, "1": 2100, "40": 2300,
                    "41": 2600, "78": 3500}  # fmt: skip
_GENERATION: Final = re.compile(r"\b([2345])\s*g\b|\b(gsm|dcs|gprs|edge|umts|wcdma|hspa|lte|nr)\b")
_FAMILY: Final = {"gsm": "2G", "dcs": "2G", "gprs": "2G", "edge": "2G", "umts": "3G",
                  "wcdma": "3G", "hspa": "3G", "lte": "4G", "nr": "5G"}  # fmt: skip
_LETTER: Final = {"g": "2G", "u": "3G", "l": "4G", "n": "5G"}
_NUMBER: Final = re.compile(r"([+-]?\d+(?:[.,]\d+)?)\s*([^\d\s.,]*\.?)")
_DAY: Final = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})(?:[ T].*)?")
_ISO: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T].*)?")
_MONTH: Final = re.compile(r"(?:thang\s*)?(\d{1,2})[/.\-](\d{4})")
_YEAR: Final = re.compile(r"(?:nam\s*)?(19[89]\d|20\d\d)")
_SERIAL: Final = re.compile(r"[345]\d{4}(?:\.\d+)?")
_EXCEL_ZERO: Final = date(1899, 12, 30)
_OMNI: Final = frozenset(("omni", "vohuong", "danghuong", "360", "omnidirectional", "dahuong"))


THOUSANDS_BELOW: Final = "thousands below"
"""Key beside the units: below this number three decimals are thousands, as Vietnam writes them."""


class Unclear(ValueError):  # noqa: N818 (an answer, not a failure)
    """The cell has no sense, or several; the message says what was expected."""


def number(cell: str, factors: Mapping[str, float]) -> tuple[float, bool]:
    """Number of a cell, and whether it had to be read into it (unit, decimal comma).

    Raises
    ------
    Unclear
        It is no number, or has a unit that is not among ``factors``.
    """
    text = cell.strip().replace(" ", "")
    grouped = re.match(r"\d{1,3}[.,]\d{3}(?!\d)", text)
    match = _NUMBER.fullmatch(text)
    if match is None:
        raise Unclear("a number")
    unit = match[2].casefold().rstrip(".")
    if unit and (unit not in factors or unit == THOUSANDS_BELOW):
        raise Unclear(
            "a number in " + ", ".join(key for key in factors if key and key != THOUSANDS_BELOW)
        )
    value = float(match[1].replace(",", "."))
    if grouped and value < factors.get(THOUSANDS_BELOW, 0.0):
        value = round(value * 1000)  # 1.800 MHz is 1800 MHz written the Vietnamese way
    scaled = value * factors.get(unit, 1.0)
    return scaled, bool(unit) or "," in match[1] or scaled != value or bool(grouped)


def technologies(cell: str) -> list[tuple[str, float | None]]:
    """Technologies in a cell, each with the middle of its band if the cell names it.

    ``2G/3G/4G``, ``LTE 1800``, ``L1800+L2100``, ``GSM900``, ``5G NR``.

    Raises
    ------
    Unclear
        A piece names no technology.
    """
    found: list[tuple[str, float | None]] = []
    for piece in re.split(r"[/,;+&|]|\bva\b|\band\b|\s-\s", fold(cell)):
        bare = piece.strip()
        if not bare:
            continue
        spaced = re.sub(r"(?<=[a-z])(?=\d{3})", " ", bare)
        names = {f"{m[1]}G" if m[1] else _FAMILY[m[2]] for m in _GENERATION.finditer(spaced)}
        short = re.fullmatch(r"([guln])\s?(\d{3,4})", bare)
        if short:
            names.add(_LETTER[short[1]])
        if len(names) != 1:
            raise Unclear("one of 2G, 3G, 4G, 5G, or several with '/' between")
        band = re.search(r"(?<!\d)(\d{3,4})(?!\d)", spaced)
        entry = (names.pop(), BANDS_MHZ.get(int(band[1])) if band else None)
        if entry not in found:
            found.append(entry)
    if not found:
        raise Unclear("one of 2G, 3G, 4G, 5G")
    return found


def frequencies(cell: str) -> list[tuple[float, bool]]:
    """Frequencies in a cell in MHz, each with whether it stands for the middle of a band.

    Raises
    ------
    Unclear
        A piece is neither a frequency nor a band.
    """
    found = []
    for piece in re.split(r"[/;+&|]|,\s", cell.strip()):
        name = re.fullmatch(r"(?:band\s*|b|n)(\d{1,2})", fold(piece).strip())
        if name and name[1] in _THREEGPP:
            found.append((BANDS_MHZ[_THREEGPP[name[1]]], True))
            continue
        bare = re.sub(r"(?i)^\s*(gsm|dcs|umts|wcdma|lte|nr|[glun])\s*-?(?=\d{3})", "", piece)
        value, _ = number(bare, {"": 1.0, "mhz": 1.0, "ghz": 1000.0, THOUSANDS_BELOW: 10.0})
        middle = BANDS_MHZ.get(int(value)) if value.is_integer() else None
        found.append((value if middle is None else middle, middle is not None))
    if not found:
        raise Unclear("a frequency in MHz")
    return found


def azimuths(cell: str) -> list[float | None]:
    """Directions in a cell: ``0/120/240`` are three, ``omni`` is one without direction.

    Raises
    ------
    Unclear
        A piece is no number.
    """
    if re.sub(r"[^a-z0-9]", "", fold(cell)) in _OMNI:
        return [None]
    pieces = [p for p in re.split(r"[/;|]|,\s*|\s-\s|\s+", cell.strip()) if p]
    if re.fullmatch(r"\d+,\d{1,2}", cell.strip()) and not re.fullmatch(r"\d+,\d0", cell.strip()):
        pieces = [cell.strip()]
    if not pieces:
        raise Unclear("degrees from north")
    return [number(p, {"": 1.0, "°": 1.0, "deg": 1.0, "do": 1.0, "độ": 1.0})[0] for p in pieces]


def day(cell: str, *, day_first: bool = True) -> tuple[date, str]:
    """Day of a cell and how it was read: ``""``, ``day-first``, ``serial``, ``month`` or ``year``.

    A month or a year stands for its last day: by then what it speaks of had happened.

    Raises
    ------
    Unclear
        It is no day.
    """
    text = fold(cell)
    try:
        if match := _ISO.fullmatch(text):
            return date(int(match[1]), int(match[2]), int(match[3])), ""
        if match := _DAY.fullmatch(text):
            first, second, year = int(match[1]), int(match[2]), int(match[3])
            dd, mm = (first, second) if day_first else (second, first)
            return date(year, mm, dd), "day-first" if day_first else "month-first"
        if match := _MONTH.fullmatch(text):
            year, month = int(match[2]), int(match[1])
            return date(year, month, monthrange(year, month)[1]), "month"
        if match := _YEAR.fullmatch(text):
            return date(int(match[1]), 12, 31), "year"
        if _SERIAL.fullmatch(text):
            return _EXCEL_ZERO + timedelta(days=int(float(text))), "serial"
    except ValueError as error:
        raise Unclear("a day that exists") from error
    raise Unclear("a day such as 31/01/2024 or 2024-01-31")


def days_are_month_first(cells: Sequence[str]) -> bool | None:
    """Whether a column writes the month first; None if it does both, which no list should."""
    pairs = [(int(m[1]), int(m[2])) for cell in cells if (m := _DAY.fullmatch(cell.strip()))]
    day_first, month_first = any(a > 12 for a, _ in pairs), any(b > 12 for _, b in pairs)
    return None if day_first and month_first else month_first


def once(read: Callable[[str], T], cells: Sequence[str]) -> dict[str, T | Unclear]:
    """What each different cell reads as; a list repeats few values many times."""
    found: dict[str, T | Unclear] = {}
    for cell in dict.fromkeys(cells):
        try:
            found[cell] = read(cell)
        except Unclear as error:
            found[cell] = error
    return found
