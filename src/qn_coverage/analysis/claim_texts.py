"""How each sentence of the founding text is read, and what file would settle it.

Keyed by ``claim_id`` of the claims table; a sentence without an entry is listed as not testable.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qn_coverage.analysis.evidence import Subject

Scope = Literal["every", "one", "none"]


@dataclass(frozen=True, slots=True)
class Reading:
    """How a sentence is tested.

    Attributes
    ----------
    scope
        ``"every"``: one place against it is enough, support must be whole. ``"one"``: a single
        report settles it either way. ``"none"``: nothing can settle it as it stands.
    subject
        What village tables can say about it, or None.
    reading_vi, reading_en
        What the sentence is taken to say.
    needs_vi, needs_en
        The file that would make it testable.
    """

    scope: Scope
    subject: Subject | None
    reading_vi: str
    reading_en: str
    needs_vi: str
    needs_en: str


_NETWORK_VI = (
    "sectors.csv: mọi sector phát sóng ngày đó, origin measured hoặc published, khai báo là đầy "
    "đủ; villages.csv: mọi thôn, bản, khu có vị trí"
)
_NETWORK_EN = (
    "sectors.csv: every sector on air that day, origin measured or published, declared complete; "
    "villages.csv: every village with its position"
)

READINGS: Final[Mapping[str, Reading]] = MappingProxyType(
    {
        "no_hole": Reading(
            scope="every",
            subject="holes",
            reading_vi="Đúng theo chữ: ngày 04/01/2024 không còn nơi nào trong tỉnh mất sóng, kể "
            "cả vịnh Hạ Long; một thôn, bản, khu không có sóng ngày đó là đủ để bác bỏ. Báo chí về "
            "vùng lõi vịnh viết sau ngày đó nên không quyết định, và nếu chỉ tính nơi có dân thì "
            "vịnh không được tính.",
            reading_en="To the letter: on 2024-01-04 no place of the province is without signal, "
            "Hạ Long Bay included; one village without signal on that day is enough against it. "
            "The reports on the bay's core zone were written later, so they do not decide, and if "
            "only inhabited places are meant the bay does not count.",
            needs_vi=_NETWORK_VI + "; hoặc số đo thực địa ở từng thôn, bản",
            needs_en=_NETWORK_EN + "; or field measurements in each village",
        ),
        "population_covered": Reading(
            scope="every",
            subject="population",
            reading_vi="Đúng theo chữ: mọi người dân. Nếu chỉ là con số làm tròn đến phần trăm thì "
            "vài trăm hộ không làm nó sai.",
            reading_en="To the letter: every inhabitant. As a figure rounded to a whole percent, a "
            "few hundred households would not make it wrong.",
            needs_vi=_NETWORK_VI + " và số dân đếm được của từng nơi (lưới dân số đi kèm là mô "
            "hình, nên không làm bằng chứng)",
            needs_en=_NETWORK_EN + " and their counted people (the shipped population grid is "
            "modelled, so it is no evidence)",
        ),
        "villages_105": Reading(
            scope="every",
            subject="villages",
            reading_vi="Cả 105 thôn, bản có trạm phủ sóng trước ngày 04/01/2024.",
            reading_en="All 105 villages had a station that covers them by 2024-01-04.",
            needs_vi="villages.csv: danh sách 105 thôn, bản có vị trí và ngày có sóng "
            "(in_programme, served_from), không phải thôn giả định",
            needs_en="villages.csv: the list of the 105 villages with positions and the day of "
            "first signal (in_programme, served_from), no stand-ins",
        ),
        "island_stations": Reading(
            scope="one",
            subject=None,
            reading_vi="Trạm ở nơi này đang phát sóng ngày 04/01/2024.",
            reading_en="The station at this place is on air on 2024-01-04.",
            needs_vi="sectors.csv: trạm này với ngày phát sóng, từ danh sách của nhà mạng hoặc hồ "
            "sơ kiểm định (origin published hoặc measured)",
            needs_en="sectors.csv: this station with its first day on air, from the operator's "
            "list or the inspection record (origin published or measured)",
        ),
        "stations_2025": Reading(
            scope="none",
            subject=None,
            reading_vi="Số trạm của tỉnh; không bên nào nói đếm vị trí hay đếm trạm theo công "
            "nghệ, nên hai con số không so được với nhau.",
            reading_en="Stations of the province; neither report says whether it counts sites or "
            "technologies on sites, so the two figures cannot be held against each other.",
            needs_vi="danh sách trạm kèm định nghĩa đơn vị đếm",
            needs_en="the list of stations with a definition of what is counted",
        ),
        "communes_online": Reading(
            scope="every",
            subject=None,
            reading_vi="Mọi đơn vị cấp xã có cả ba: Internet băng rộng, mạng WAN, hội nghị truyền "
            "hình.",
            reading_en="Every commune has all three: broadband Internet, the WAN, "
            "video-conferencing.",
            needs_vi="communes.csv: tình trạng kết nối của từng đơn vị cấp xã ngày đó",
            needs_en="communes.csv: the connections of each commune on that day",
        ),
    }
)

UNKNOWN: Final = Reading(
    scope="none",
    subject=None,
    reading_vi="Câu này chưa có cách kiểm chứng.",
    reading_en="No test is defined for this sentence.",
    needs_vi="một cách đọc trong analysis/claim_texts.py",
    needs_en="a reading in analysis/claim_texts.py",
)
