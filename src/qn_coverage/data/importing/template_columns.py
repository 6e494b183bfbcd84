"""Columns of the templates: what a department is asked for, with an example and a note each."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from qn_coverage.core.operators import OPERATORS
from qn_coverage.core.schema import ORIGINS, TECHNOLOGIES

if TYPE_CHECKING:
    from collections.abc import Mapping

EXAMPLE: Final = "VÍ DỤ / EXAMPLE"
"""How a cell of the example row begins; rows with such a cell are never imported."""

COMMUNES: Final = ("<communes>",)
"""Stands for the names of the communes since July 2025, read when a template is written."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One column of a template.

    Attributes
    ----------
    field
        Field of the import.
    header
        Name of the column, one of the field's aliases.
    example
        Cell of the example row.
    vi, en
        What to write.
    needed
        Whether every row must have it.
    choices
        Words of the drop-down list.
    only
        Whether other words are stopped; otherwise Excel asks.
    limits
        Least and greatest number, outside of which Excel asks.
    """

    field: str
    header: str
    example: str | float | None
    vi: str
    en: str
    needed: bool = False
    choices: tuple[str, ...] = ()
    only: bool = False
    limits: tuple[float, float] | None = None


_LON: Final = Asked(
    "lon", "Kinh độ", 107.765432, "độ thập phân WGS 84, từ 106 đến 109; hoặc mét VN-2000",
    "decimal degrees WGS 84, 106 to 109; or VN-2000 metres", limits=(106.0, 109.0),
)  # fmt: skip
_LAT: Final = Asked(
    "lat", "Vĩ độ", 20.998765, "độ thập phân WGS 84, từ 20 đến 22",
    "decimal degrees WGS 84, 20 to 22", limits=(20.0, 22.0),
)  # fmt: skip
_UNCERTAINTY: Final = Asked(
    "uncertainty_m", "Sai số vị trí (m)", 20.0, "bán kính chắc chắn chứa vị trí thật",
    "radius that surely holds the true place", limits=(0.0, 50_000.0),
)  # fmt: skip
_ORIGIN: Final = Asked(
    "origin", "Nguồn gốc số liệu", "measured",
    "measured = đo, published = đã công bố, gazetteer = địa danh, estimated = ước lượng, "
    "modelled = mô phỏng; để trống là estimated",
    "where the row comes from; empty is estimated", choices=ORIGINS, only=True,
)  # fmt: skip
_SOURCE: Final = Asked(
    "source", "Nguồn", "Công văn số … ngày …", "văn bản hoặc danh sách gốc", "document or list"
)
_COMMUNE: Final = Asked(
    "commune", "Xã phường đặc khu", "Đặc khu Cô Tô", "đơn vị từ 01/7/2025, chọn trong danh sách",
    "unit since July 2025, from the list", choices=COMMUNES,
)  # fmt: skip

SITES: Final = (
    Asked("site_id", "Mã trạm", f"{EXAMPLE} – xoá dòng này / delete this row",
          "mã của cột hoặc vị trí; mỗi công nghệ hoặc hướng một dòng, cùng mã trạm",
          "code of the mast; a row for each technology or direction, with the same code",
          needed=True),
    Asked("name", "Tên trạm", "Trạm mẫu", "tên trạm", "name of the site"),
    Asked("operator", "Nhà mạng", "Viettel", "chọn trong danh sách", "from the list",
          needed=True, choices=OPERATORS),
    Asked("technology", "Công nghệ", "4G", "một công nghệ, hoặc nhiều với dấu /: 2G/3G/4G",
          "one technology, or several with /: 2G/3G/4G", needed=True, choices=TECHNOLOGIES),
    _LON,
    _LAT,
    _COMMUNE,
    Asked("height_agl_m", "Độ cao anten (m)", 42.0, "tâm anten so với mặt đất",
          "antenna centre above ground", limits=(1.0, 300.0)),
    Asked("azimuth_deg", "Góc phương vị (°)", "0/120/240",
          "từ hướng bắc theo chiều kim đồng hồ; nhiều hướng: 0/120/240; vô hướng: omni",
          "clockwise from north; several: 0/120/240; all around: omni"),
    Asked("downtilt_deg", "Góc cụp (°)", 4.0, "tổng cơ và điện, xuống là dương",
          "mechanical and electrical together, down is positive", limits=(-20.0, 45.0)),
    Asked("tilt_mechanical", "Tilt cơ", None,
          "phần cơ của góc cụp, nếu biết riêng; để trống nếu không",
          "mechanical part of the tilt if it is known apart; else empty", limits=(-20.0, 45.0)),
    Asked("antenna", "Loại anten", None,
          "tên tệp MSI/PLN của anten (để tệp cạnh danh sách này), hoặc tr38901 cho tấm anten 5G; "
          "để trống: theo độ rộng búp",
          "name of the antenna's MSI/PLN file (put it beside this list), or tr38901 for a 5G "
          "panel; empty: from the beamwidths"),
    Asked("beamwidth_h_deg", "Độ rộng búp ngang (°)", 65.0, "nửa công suất", "half power",
          limits=(1.0, 360.0)),
    Asked("frequency_mhz", "Băng tần (MHz)", 1800, "tần số hoặc tên băng tần",
          "frequency or name of the band", limits=(30.0, 6000.0)),
    Asked("bandwidth_mhz", "Băng thông (MHz)", 20.0, "độ rộng kênh", "width of the carrier",
          limits=(0.1, 400.0)),
    Asked("eirp_dbm", "EIRP (dBm)", 61.0,
          "tổng công suất bức xạ của sóng mang; để trống nếu ghi công suất phát và độ lợi",
          "radiated power of the whole carrier; empty if power and gain are given",
          limits=(-10.0, 100.0)),
    Asked("power_dbm", "Công suất phát tính bằng dBm", None,
          "công suất phát của cả sóng mang; 20 W là 43 dBm",
          "transmitter power over the carrier; 20 W is 43 dBm", limits=(-10.0, 80.0)),
    Asked("gain_dbi", "Độ lợi dBi", None,
          "độ lợi anten; dBd cộng 2,15; để trống: theo tệp anten",
          "antenna gain; add 2.15 to dBd; empty: that of the antenna's file",
          limits=(-20.0, 50.0)),
    Asked("losses_db", "Suy hao feeder", None, "từ máy phát đến anten, dB; để trống là 0",
          "from transmitter to antenna, dB; empty is 0", limits=(0.0, 40.0)),
    Asked("on_air", "Ngày phát sóng", "31/01/2024", "ngày/tháng/năm", "day/month/year"),
    Asked("off_air", "Ngày ngừng phát", None, "ngày/tháng/năm; để trống nếu còn phát",
          "day/month/year; empty while on air"),
    Asked("programme", "Chương trình", None, "105-villages nếu dựng cho 105 thôn, bản",
          "105-villages if built for the 105 villages"),
    _UNCERTAINTY,
    _ORIGIN,
    _SOURCE,
)  # fmt: skip
"""Template of stations."""

VILLAGES: Final = (
    Asked("name_vi", "Tên thôn bản khu", f"{EXAMPLE} – xoá dòng này / delete this row",
          "tên đầy đủ", "full name", needed=True),
    _COMMUNE,
    Asked("former_commune", "Xã phường cũ", "Xã Đồng Tiến", "đơn vị trước 01/7/2025",
          "unit before July 2025"),
    Asked("district", "Huyện cũ", "Huyện Cô Tô", "huyện, thị xã, thành phố trước 01/7/2025",
          "district before July 2025"),
    _LON,
    _LAT,
    Asked("population", "Dân số", 320, "số người", "people", limits=(0.0, 100_000.0)),
    Asked("households", "Số hộ", 80, "số hộ", "households", limits=(0.0, 30_000.0)),
    Asked("in_programme", "Thuộc 105 thôn bản", "có", "có hoặc không", "có (yes) or không (no)",
          needed=True, choices=("có", "không"), only=True),
    Asked("served_from", "Ngày có sóng", "31/12/2023", "ngày/tháng/năm; để trống nếu chưa",
          "day/month/year; empty if not yet"),
    Asked("village_id", "Mã thôn", None, "nếu có", "if there is one"),
    _UNCERTAINTY,
    _ORIGIN,
    _SOURCE,
    Asked("note", "Ghi chú", None, "điều người đọc cần biết", "what a reader must know"),
)  # fmt: skip
"""Template of villages; those without coordinates are placed by their commune."""

TEMPLATES: Final[Mapping[str, tuple[Asked, ...]]] = MappingProxyType(
    {"sites": SITES, "villages": VILLAGES}
)
