"""The data dictionary: Vietnamese and English headers, units, short names, words for codes.

A column that is not listed (a planner's own) keeps its name, so nothing is dropped in export.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from qn_coverage.core import schema
from qn_coverage.export.dictionary_rows import BY_STATE, OF_TABLES, PLAIN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SHORT_LENGTH: Final = 10
"""Characters that a dBase field name has, and so a Shapefile's."""

UNITS: Final[Mapping[str, str]] = MappingProxyType(
    {"share": "0-1", "km2": "km²", "km": "km", "m": "m", "db": "dB", "dbm": "dBm", "deg": "°",
     "mhz": "MHz"}
)  # fmt: skip
"""Unit by kind of column; other kinds have none."""


@dataclass(frozen=True, slots=True)
class Field:
    """One column as people read it.

    Attributes
    ----------
    name
        Name in the toolkit's files.
    short
        At most `SHORT_LENGTH` characters of ASCII, for formats that cut names.
    kind
        Unit or sort of value: a key of `UNITS`, ``text``, ``count``, ``number``, ``date``,
        ``yes`` or ``code`` (a text from a fixed list, see `WORDS`).
    vi, en
        Header in Vietnamese and English, without the unit.
    """

    name: str
    short: str
    kind: str
    vi: str
    en: str

    @property
    def unit(self) -> str:
        """Unit, empty where there is none."""
        return UNITS.get(self.kind, "")


_STATES: Final = (("before", "b", "trước"), ("after", "a", "sau"))

_ENDS: Final = (("low", "lo", "cận dưới", "low"), ("high", "hi", "cận trên", "high"))


def _by_state() -> Iterable[Field]:
    for base, short, kind, vi, en in BY_STATE:
        for state, mark, word in _STATES:
            name = f"{base}_{state}_db" if kind == "db" else f"{base}_{state}"
            yield Field(name, f"{short}_{mark}", kind, f"{vi}, {word}", f"{en}, {state}")
            if base in {"land_share", "population_share"}:
                for end, cut, end_vi, end_en in _ENDS:
                    yield Field(
                        f"{name}_{end}",
                        f"{short}_{mark}_{cut}",
                        kind,
                        f"{vi}, {word}, {end_vi}",
                        f"{en}, {state}, {end_en}",
                    )


FIELDS: Final[Mapping[str, Field]] = MappingProxyType(
    {field.name: field for field in (*(Field(*row) for row in (*PLAIN, *OF_TABLES)), *_by_state())}
)
"""Every column that a run writes, by name."""

WORDS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "covered": ("có sóng", "covered"),
        "not_covered": ("không có sóng", "not covered"),
        "cannot_tell": ("chưa đủ căn cứ", "cannot be told"),
        "weak": ("lõm sóng", "weak signal"),
        "no_signal": ("trắng sóng", "no signal"),
        "measured": ("đo kiểm", "measured"),
        "published": ("công bố", "published"),
        "gazetteer": ("danh mục địa danh", "gazetteer"),
        "estimated": ("ước tính", "estimated"),
        "modelled": ("mô phỏng", "modelled"),
        "position": ("vị trí chính xác", "an exact position"),
        "model": ("đo kiểm tại chỗ", "a measurement there"),
        "named_site": ("trạm được nêu tên", "named site"),
        "reported_site": ("trạm theo báo chí", "site in the press"),
        "control_point": ("điểm khống chế", "control point"),
        "105-villages": ("phủ sóng 105 thôn, bản", "105-village programme"),
        "islands": ("phủ sóng đảo", "islands programme"),
        "none": ("đủ sóng theo đường truyền này", "enough signal over this path"),
        "distance": ("quá xa trạm", "too far from the site"),
        "antenna": ("ngoài hướng anten", "outside the antenna's main direction"),
        "clutter": ("nhà cửa, cây cối che", "buildings or trees in the way"),
        "ridge": ("địa hình che khuất", "terrain in the way"),
    }
)
"""Vietnamese and English for the codes in columns of kind ``code``."""

LAYER_TITLES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "communes": ("Xã, phường, đặc khu", "Communes"),
        "former_communes": ("Xã trước 07/2025", "Communes before 2025-07"),
        "districts": ("Huyện trước 07/2025", "Districts before 2025-07"),
        "villages": ("Thôn, bản, khu", "Villages"),
        "sites": ("Trạm phát sóng (BTS)", "Base-station sites"),
        "sectors": ("Sector", "Sectors"),
        "places": ("Địa điểm được nêu tên", "Named places"),
        "gaps": ("Vùng trắng, lõm sóng", "Coverage gaps"),
        "measurements": ("Điểm nên đo kiểm", "Points worth measuring"),
    }
)
"""Vietnamese and English title of each layer."""


_OTHER: Final = {("claims", "place"): "claim_place"}
"""Columns that mean something else in one table, and the row of the dictionary that holds."""

TABLE_TITLES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "layers": ("Thống kê theo nhà mạng, công nghệ", "Statistics by operator and technology"),
        "reasons": ("Nguyên nhân không có sóng", "Reasons for missing signal"),
        "claims": ("Đối chiếu phát biểu", "Claims judged"),
        "losses": ("Mất sóng nếu hỏng trạm", "Losses if a site fails"),
        "timeline": ("Diễn biến theo thời gian", "Timeline"),
        "village_layers": (
            "Thôn, bản theo nhà mạng, công nghệ",
            "Villages by operator, technology",
        ),
    }
)
"""Vietnamese and English title of each table without geometry."""


def field_of(column: str, *, table: str = "") -> Field:
    """Field of a column of a layer or table; an unlisted column is text under its own name."""
    column = _OTHER.get((table, column), column)
    return FIELDS.get(column) or Field(column, _cut(column), "text", column, column)


def words(code: object) -> tuple[str, str]:
    """Vietnamese and English for a code; any other value is returned as it is, twice."""
    return WORDS.get(str(code), (str(code), str(code)))


def meaning(column: str, *, table: str = "") -> str:
    """What the schema says of a column; its English header where the schema does not know it."""
    return _MEANINGS.get(column) or field_of(column, table=table).en


def short_names(columns: Iterable[str], *, length: int = SHORT_LENGTH) -> dict[str, str]:
    """Distinct names of at most `length` characters, by column.

    Parameters
    ----------
    columns
        Names of one table.
    length
        Longest name that the format keeps; names that fit are kept if `length` is above
        `SHORT_LENGTH`.
    """
    found: dict[str, str] = {}
    taken: set[str] = set()
    for column in columns:
        keep = length > SHORT_LENGTH and len(column) <= length
        found[column] = _free(column if keep else field_of(column).short, taken, length)
        taken.add(found[column].lower())
    return found


def _free(name: str, taken: set[str], length: int) -> str:
    """The name, numbered if another column (case aside) has it."""
    candidate, number = name[:length], 1
    while candidate.lower() in taken:
        number += 1
        candidate = name[: length - len(f"_{number}")] + f"_{number}"
    return candidate


def _cut(name: str) -> str:
    plain = "".join(c if c.isascii() and c.isalnum() else "_" for c in name)
    return plain[:SHORT_LENGTH]


_MEANINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        column.name: column.meaning
        for table in (
            schema.CLAIMS, schema.PLACES, schema.VILLAGES, schema.UNITS, schema.SECTORS,
            schema.COMMUNES,
        )
        for column in table
        if column.name not in {name for _, name in _OTHER}
    }
)  # fmt: skip
