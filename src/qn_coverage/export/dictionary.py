"""The data dictionary: Vietnamese and English headers, units, short names, words for codes.

A column that is not listed (a planner's own) keeps its name, so nothing is dropped in export.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from qn_coverage.core import schema

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


_PLAIN: Final = (
    ("code", "code", "text", "Mã đơn vị", "Unit code"),
    ("name_vi", "name_vi", "text", "Tên", "Name"),
    ("name_en", "name_en", "text", "Tên tiếng Anh", "English name"),
    ("name", "name", "text", "Tên trạm", "Site name"),
    ("type", "type", "text", "Loại đơn vị", "Kind of unit"),
    ("statutory_area_km2", "stat_km2", "km2", "Diện tích theo luật", "Area in the law"),
    ("land_area_km2", "poly_km2", "km2", "Diện tích đường bao đất", "Area of the land outline"),
    ("land_km2", "land_km2", "km2", "Diện tích đất trên lưới", "Land on the grid"),
    ("population", "pop", "count", "Dân số", "Population"),
    ("population_year", "pop_year", "year", "Năm của số dân", "Year of the population"),
    ("population_origin", "pop_orig", "code", "Nguồn gốc số dân", "Origin of the population"),
    ("population_urban", "pop_urban", "count", "Dân số thành thị", "Urban population"),
    ("population_grid", "pop_grid", "count", "Dân số trên lưới", "Population on the grid"),
    ("predecessors", "predecess", "text", "Hợp thành từ", "Formed from"),
    ("successors", "success", "text", "Nay thuộc (mã)", "Now part of (codes)"),
    ("successors_origin", "succ_orig", "code", "Nguồn gốc chuyển đổi", "Origin of the crosswalk"),
    ("district", "district", "text", "Huyện trước 07/2025", "District before 2025-07"),
    ("district_code", "dist_code", "text", "Mã huyện", "District code"),
    ("district_2019", "dist_2019", "text", "Huyện năm 2019", "District in 2019"),
    ("former_communes", "formers", "count", "Số xã trước 07/2025", "Communes before 2025-07"),
    ("gso_code", "gso_code", "text", "Mã Tổng cục Thống kê", "General Statistics Office code"),
    ("note", "note", "text", "Ghi chú", "Note"),
    ("villages", "villages", "count", "Số thôn, bản được xét", "Villages examined"),
    ("villages_covered_before", "vill_b", "count", "Thôn, bản có sóng, trước",
     "Villages with signal, before"),
    ("villages_covered_after", "vill_a", "count", "Thôn, bản có sóng, sau",
     "Villages with signal, after"),
    ("uncovered_land_km2_after", "off_km2_a", "km2", "Đất chưa có sóng, sau",
     "Land without signal, after"),
    ("uncovered_population_after", "off_pop_a", "count", "Dân chưa có sóng, sau",
     "People without signal, after"),
    ("village_id", "village_id", "text", "Mã thôn, bản", "Village id"),
    ("commune_code", "comm_code", "text", "Mã xã", "Commune code"),
    ("commune", "commune", "text", "Xã, phường, đặc khu", "Commune"),
    ("communes", "communes", "text", "Các xã liên quan", "Communes touched"),
    ("former_commune", "former", "text", "Xã trước 07/2025", "Commune before 2025-07"),
    ("households", "household", "count", "Số hộ", "Households"),
    ("in_programme", "programme", "yes", "Thuộc 105 thôn, bản", "Among the 105 villages"),
    ("served_from", "served", "date", "Có sóng từ (theo báo chí)", "Signal since (press)"),
    ("origin", "origin", "code", "Nguồn gốc", "Origin"),
    ("uncertainty_m", "uncert_m", "m", "Sai số vị trí", "Position within"),
    ("source", "source", "text", "Nguồn", "Source"),
    ("depends_on", "depends_on", "text", "Mất sóng nếu hỏng trạm", "Loses service without"),
    ("reason_operator", "why_oper", "text", "Nhà mạng gần đủ sóng nhất",
     "Operator that comes nearest"),
    ("reason_technology", "why_tech", "text", "Công nghệ đó", "Its technology"),
    ("reason_site_id", "why_site", "text", "Trạm đó", "Its site"),
    ("reason_distance_km", "why_km", "km", "Cách trạm đó", "Distance to that site"),
    ("reason_missing_db", "why_db", "db", "Còn thiếu", "Missing"),
    ("reason_blame", "why_blame", "code", "Nguyên nhân", "Reason"),
    ("reason_edge_km", "edge_km", "km", "Điểm che khuất cách trạm", "Obstacle, from the site"),
    ("reason_edge_top_m", "edge_m", "m", "Độ cao điểm che khuất", "Top of the obstacle"),
    ("reason_edge_above_line_m", "edge_up_m", "m", "Điểm che cao hơn tia thẳng",
     "Obstacle above the straight line"),
    ("reason_extra_mast_m", "mast_up_m", "m", "Cần nâng cột thêm", "Mast to be raised by"),
    ("reason_place_height_m", "place_m", "m", "Độ cao máy thu", "Receiver height"),
    ("reason_nearest_signal_km", "sig_km", "km", "Nơi có sóng gần nhất", "Nearest signal"),
    ("reason_nearest_signal_bearing_deg", "sig_deg", "deg", "Hướng tới nơi có sóng",
     "Bearing to the nearest signal"),
    ("site_id", "site_id", "text", "Mã trạm", "Site id"),
    ("sector_id", "sector_id", "text", "Mã sector", "Sector id"),
    ("operator", "operator", "text", "Nhà mạng", "Operator"),
    ("technology", "tech", "text", "Công nghệ", "Technology"),
    ("technologies", "techs", "text", "Các công nghệ", "Technologies"),
    ("sectors", "sectors", "count", "Số sector", "Sectors"),
    ("frequency_mhz", "freq_mhz", "mhz", "Tần số", "Frequency"),
    ("bandwidth_mhz", "bw_mhz", "mhz", "Độ rộng kênh", "Bandwidth"),
    ("height_agl_m", "height_m", "m", "Độ cao anten", "Antenna height"),
    ("azimuth_deg", "azimuth", "deg", "Phương vị", "Azimuth"),
    ("downtilt_deg", "downtilt", "deg", "Góc cụp", "Downtilt"),
    ("beamwidth_h_deg", "beam_h", "deg", "Độ rộng búp sóng ngang", "Horizontal beamwidth"),
    ("beamwidth_v_deg", "beam_v", "deg", "Độ rộng búp sóng đứng", "Vertical beamwidth"),
    ("eirp_dbm", "eirp_dbm", "dbm", "EIRP toàn sóng mang", "EIRP over the carrier"),
    ("on_air", "on_air", "date", "Phát sóng từ", "On air since"),
    ("off_air", "off_air", "date", "Ngừng phát từ", "Off air since"),
    ("programme", "programme", "code", "Chương trình", "Programme"),
    ("assumed", "assumed", "text", "Giá trị giả định", "Assumed values"),
    ("place_id", "place_id", "text", "Mã địa điểm", "Place id"),
    ("kind", "kind", "code", "Loại địa điểm", "Kind of place"),
    ("reported", "reported", "text", "Thời điểm theo nguồn", "Date in the source"),
    ("gap_id", "gap_id", "text", "Mã vùng trống sóng", "Gap id"),
    ("rank", "rank", "count", "Thứ hạng", "Rank"),
    ("area_km2", "area_km2", "km2", "Diện tích đất", "Land area"),
    ("distance_to_site_km", "site_km", "km", "Cách trạm gần nhất", "Distance to the nearest site"),
    ("best_margin_db", "best_db", "db", "Dự trữ nơi tốt nhất", "Margin at its best"),
    ("worst_margin_db", "worst_db", "db", "Dự trữ nơi kém nhất", "Margin at its worst"),
    ("place", "place", "count", "Số thứ tự điểm đo", "Number of the point"),
    ("villages_settled", "settled", "number", "Số thôn, bản được kết luận",
     "Villages settled"),
    ("importance_settled", "import", "number", "Tầm quan trọng được kết luận",
     "Importance settled"),
    ("villages_settled_in_all", "settl_all", "number", "Số thôn, bản được kết luận, cộng dồn",
     "Villages settled, in all"),
    ("lon", "lon", "lonlat", "Kinh độ", "Longitude"),
    ("lat", "lat", "lonlat", "Vĩ độ", "Latitude"),
    ("level", "level", "text", "Cấp", "Level"),
    ("state", "state", "text", "Thời điểm", "Date of the state"),
    ("land_share", "land", "share", "Tỷ lệ đất có sóng", "Land with signal"),
    ("population_share", "pop_cov", "share", "Tỷ lệ dân có sóng", "Population with signal"),
    ("villages_share", "vill_cov", "share", "Tỷ lệ thôn, bản có sóng", "Villages with signal"),
)  # fmt: skip

_STATES: Final = (("before", "b", "trước"), ("after", "a", "sau"))

_BY_STATE: Final = (
    ("land_share", "land", "share", "Tỷ lệ đất có sóng", "Land with signal"),
    ("population_share", "pop", "share", "Tỷ lệ dân có sóng", "Population with signal"),
    ("verdict", "verd", "code", "Kết luận theo vòng sai số", "Verdict by the circle"),
    ("disc_share", "disc", "share", "Phần vòng sai số có sóng", "Covered part of the circle"),
    ("margin", "marg", "db", "Dự trữ tín hiệu", "Signal margin"),
    ("operator", "oper", "text", "Nhà mạng tốt nhất", "Best operator"),
    ("technology", "tech", "text", "Công nghệ tốt nhất", "Best technology"),
    ("site", "site", "text", "Trạm tốt nhất", "Best site"),
    ("probability", "prob", "share", "Xác suất có sóng", "Probability of signal"),
    ("class", "class", "code", "Phân loại", "Class"),
    (
        "share_no_signal",
        "no_sig",
        "share",
        "Phần vòng sai số trắng sóng",
        "Part of the circle without signal",
    ),
    (
        "share_weak",
        "weak",
        "share",
        "Phần vòng sai số lõm sóng",
        "Part of the circle with weak signal",
    ),
    (
        "share_covered",
        "cov",
        "share",
        "Phần vòng sai số phủ sóng",
        "Covered part of the circle, by class",
    ),
    ("waits_for", "waits", "code", "Cần gì để kết luận", "What would settle it"),
)

_ENDS: Final = (("low", "lo", "cận dưới", "low"), ("high", "hi", "cận trên", "high"))


def _by_state() -> Iterable[Field]:
    for base, short, kind, vi, en in _BY_STATE:
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
    {field.name: field for field in (*(Field(*row) for row in _PLAIN), *_by_state())}
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


def field_of(column: str) -> Field:
    """Field of a column; an unlisted column is text under its own name."""
    return FIELDS.get(column) or Field(column, _cut(column), "text", column, column)


def words(code: object) -> tuple[str, str]:
    """Vietnamese and English for a code; any other value is returned as it is, twice."""
    return WORDS.get(str(code), (str(code), str(code)))


def meaning(column: str) -> str:
    """What the schema says of a column; its English header where the schema does not know it."""
    return _MEANINGS.get(column) or field_of(column).en


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
    }
)  # fmt: skip
