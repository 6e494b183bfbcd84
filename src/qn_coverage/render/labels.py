"""Every word of the page, Vietnamese first, English beside it.

``{name}`` stands for a value that the page puts in.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from qn_coverage.render.labels_answers import ANSWERS

if TYPE_CHECKING:
    from collections.abc import Mapping

_FRAME: Final = {
    "panel.label": ("Bảng điều khiển bản đồ", "Map controls"),
    "menu": ("Tùy chọn", "Options"),
    "modelled.both": (
        "Số liệu mô phỏng, không phải đo kiểm · Modelled, not surveyed",
        "Modelled, not surveyed · Số liệu mô phỏng, không phải đo kiểm",
    ),
    "header.dates": (
        "Hiện trạng ngày {after}, so với ngày {before}",
        "State of {after}, compared with {before}",
    ),
    "attribution": (
        "Ranh giới: sapnhap.bando.com.vn · Địa hình: SRTM, Viewfinder Panoramas · Leaflet",
        "Boundaries: sapnhap.bando.com.vn · Terrain: SRTM, Viewfinder Panoramas · Leaflet",
    ),
    "attribution.short": (
        "Nguồn dữ liệu: xem Tùy chọn · Leaflet",
        "Data sources: see Options · Leaflet",
    ),
    "zoom.in": ("Phóng to", "Zoom in"),
    "zoom.out": ("Thu nhỏ", "Zoom out"),
    "zoom.home": ("Toàn tỉnh", "Whole province"),
}

_SEARCH: Final = {
    "search.placeholder": ("Tìm xã, thôn, địa điểm…", "Find a commune, village, place…"),
    "search.label": ("Tìm kiếm, không cần gõ dấu", "Search, accents not needed"),
    "search.none": ("Không tìm thấy", "Nothing found"),
    "kind.commune": ("Xã, phường, đặc khu", "Commune"),
    "kind.former": ("Xã trước 07/2025", "Commune before 2025-07"),
    "kind.district": ("Huyện trước 07/2025", "District before 2025-07"),
    "kind.village": ("Thôn, bản, khu", "Village"),
    "kind.place": ("Địa điểm", "Place"),
}

_HEADLINE: Final = {
    "headline.title": ("Kết quả chính của tỉnh", "Headline figures of the province"),
    "headline.villages": (
        "Thôn, bản, khu có sóng (trong {n} điểm xét)",
        "Villages with signal (of {n} examined)",
    ),
    "headline.offPopulation": (
        "khoảng {n} người còn ở ngoài vùng phủ",
        "about {n} people still outside coverage",
    ),
    "headline.offLand": (
        "{n} km² đất còn ở ngoài vùng phủ",
        "{n} km² of land still outside coverage",
    ),
    "headline.cannotTell": (
        "{n} điểm chưa đủ căn cứ (vị trí chưa chắc chắn)",
        "{n} cannot be told (position too uncertain)",
    ),
    "method.title": ("Cách tính và hạn chế", "Method and limits"),
    "method.model": ("Mô hình truyền sóng:", "Propagation model:"),
    "method.terrain": (
        (
            "Xét sườn núi, mặt biển, khu dân cư và độ cong Trái Đất dọc từng đường truyền; không "
            "xét cây và từng ngôi nhà."
        ),
        (
            "It looks at ridges, sea, towns and the curved Earth along each path, not at trees and "
            "single houses."
        ),
    ),
    "method.screening": (
        (
            "Địa hình mức sàng lọc làm phẳng sống núi nhọn và thung lũng hẹp: vùng lõm thật có thể "
            "nhiều hơn."
        ),
        (
            "Terrain of screening grade flattens sharp ridges and narrow valleys: there may be "
            "more holes than shown."
        ),
    ),
    "method.flat": (
        "Không xét địa hình: núi, đồi không làm thay đổi kết quả.",
        "It does not look at the ground: hills change nothing.",
    ),
    "method.rule": ("Quy tắc:", "Rule:"),
    "method.ruleText": (
        (
            "một ô {cell} m được tính là có sóng khi ít nhất {share} vị trí trong ô đạt ngưỡng của "
            "một nhà mạng ({thresholds}; độ lệch chuẩn theo vị trí {sigma} dB)."
        ),
        (
            "a {cell} m cell counts as covered when at least {share} of the places in it reach the "
            "threshold of one operator ({thresholds}; location standard deviation {sigma} dB)."
        ),
    ),
}

_SWITCHES: Final = {
    "when.title": ("Thời điểm", "Date"),
    "when.before": ("Trước chương trình", "Before the programme"),
    "when.after": ("Sau chương trình", "After the programme"),
    "when.before.short": ("Trước", "Before"),
    "when.after.short": ("Sau", "After"),
    "time.label": ("Bước trên trục thời gian", "Step of the timeline"),
    "time.first": ("Phủ sóng từ bước", "Covered from step"),
    "time.share": ("{share} dân số có sóng", "{share} of the people with signal"),
    "time.gained": ("thêm {n} người", "{n} people won"),
    "time.lost": ("mất {n} người", "{n} people lost"),
    "time.basis": ("ngày: {basis}", "day: {basis}"),
    "time.hintAway": (
        (
            "Mức, dự trữ tín hiệu, vùng trống và số trong cửa sổ chỉ có cho hai ngày trước, sau; "
            "màu xã và ký hiệu thôn theo bước đã chọn. Đất có sóng từ bước nào: xem “Có sóng từ "
            "khi”."
        ),
        (
            "Level, margin, gaps and the figures in popups are for the two days before and after "
            "only; communes and villages show the chosen step. “Covered since” shows the land that "
            "each step covers."
        ),
    ),
    "time.hintService": (
        "Theo nhà mạng, công nghệ: chỉ có hai ngày trước, sau; màu xã và ký hiệu thôn đổi theo.",
        "By operator and technology: the two days only; communes and villages follow the choice.",
    ),
    "service.anyOperator": ("Mọi nhà mạng", "Any operator"),
    "service.anyTechnology": ("Mọi công nghệ", "Any technology"),
    "service.none": (
        "Nhà mạng này không có công nghệ này trong dữ liệu.",
        "The data have no such technology of this operator.",
    ),
    "theme.title": ("Nội dung bản đồ", "Map shows"),
    "theme.share": ("Tỷ lệ phủ sóng", "Covered share"),
    "theme.level": ("Mức tín hiệu", "Signal level"),
    "theme.margin": ("Dự trữ tín hiệu", "Signal margin"),
    "theme.since": ("Có sóng từ khi", "Covered since"),
    "metric.title": ("Tỷ lệ tính theo", "Share of"),
    "metric.population": ("Dân số có sóng", "Population with signal"),
    "metric.land": ("Diện tích đất có sóng", "Land with signal"),
    "metric.villages": ("Thôn, bản có sóng", "Villages with signal"),
    "metric.population.short": ("Dân số", "Population"),
    "metric.land.short": ("Diện tích", "Land"),
    "metric.villages.short": ("Thôn, bản", "Villages"),
    "level.title": ("Đơn vị hành chính", "Administrative units"),
    "level.commune": ("Xã từ 07/2025", "Communes since 2025-07"),
    "level.former": ("Xã trước 07/2025", "Communes before"),
    "level.district": ("Huyện trước 07/2025", "Districts before"),
    "kind.title": ("Màu trạm theo", "Site colour by"),
    "kind.technology": ("Công nghệ", "Technology"),
    "kind.operator": ("Nhà mạng", "Operator"),
    "kind.programme": ("Chương trình", "Programme"),
}

_LAYERS: Final = {
    "layers.title": ("Lớp bản đồ", "Layers"),
    "layer.gaps": ("Vùng trắng, lõm sóng", "Coverage gaps"),
    "layer.villages": ("Thôn, bản, khu được xét", "Villages examined"),
    "layer.places": ("Địa điểm được nêu tên", "Named places"),
    "layer.sites": ("Trạm phát sóng (BTS)", "Base-station sites"),
    "layer.relief": ("Bóng địa hình", "Shaded relief"),
    "layer.names": ("Tên địa danh", "Names"),
    "places.title": ("Địa điểm được nêu tên", "Named places"),
    "gaps.title": ("Vùng trắng, lõm sóng theo thứ hạng", "Coverage gaps, ranked"),
    "gaps.row": ("{n} người · {km2} km²", "{n} people · {km2} km²"),
    "gaps.more": ("Hiện tất cả {n} vùng", "Show all {n}"),
    "gaps.less": ("Thu gọn", "Show fewer"),
    "gaps.none": (
        "Không còn vùng nào lớn hơn diện tích tối thiểu.",
        "No gap is larger than the smallest area listed.",
    ),
    "gaps.hint": (
        "Các vùng được tính cho thời điểm sau chương trình, mọi nhà mạng.",
        "Gaps are computed for the state after the programme, all operators together.",
    ),
    "sources.title": ("Nguồn dữ liệu, giấy phép", "Data sources, licences"),
}

_LEGEND: Final = {
    "legend.title": ("Chú giải", "Legend"),
    "legend.share.population": ("Dân số có sóng (%)", "Population with signal (%)"),
    "legend.share.land": ("Diện tích đất có sóng (%)", "Land with signal (%)"),
    "legend.share.villages": (
        "Thôn, bản được xét có sóng (%)",
        "Examined villages with signal (%)",
    ),
    "legend.noVillages": ("không có thôn được xét", "no village examined"),
    "legend.level": (
        "Mức tín hiệu {technology}, trung vị trong ô (dBm)",
        "{technology} signal level, median in the cell (dBm)",
    ),
    "legend.since": ("Đất có sóng từ bước", "Land covered since"),
    "legend.lost": ("có sóng rồi lại mất", "covered, then lost again"),
    "legend.edge": ("rìa vùng phủ", "edge of coverage"),
    "legend.margin": (
        "Dự trữ so với mức cần có, mọi công nghệ (dB)",
        "Margin over the level needed, any technology (dB)",
    ),
    "legend.justCovered": ("đủ sóng", "covered"),
    "legend.weak": ("lõm sóng", "weak"),
    "legend.none": ("trắng sóng", "no signal"),
    "legend.gaps": ("Vùng trắng, lõm sóng", "Coverage gap"),
    "legend.place.named_site": ("Trạm được nêu tên", "Named site"),
    "legend.place.reported_site": ("Trạm theo báo chí", "Site in the press"),
    "legend.place.control_point": ("Điểm khống chế", "Control point"),
    "legend.cluster": ("Nhóm trạm (số trạm)", "Group of sites (count)"),
}

_POPUPS: Final = {
    "by.title": ("Theo công nghệ và nhà mạng", "By technology and operator"),
    "by.unit": (
        "Theo công nghệ và nhà mạng, sau chương trình",
        "By technology and operator, after the programme",
    ),
    "by.population": ("Dân số", "People"),
    "by.land": ("Đất", "Land"),
    "unit.code": ("mã {code}", "code {code}"),
    "unit.population": ("Dân số", "Population"),
    "unit.land": ("Đất liền, đảo", "Land area"),
    "unit.statutory": ("Diện tích pháp lý", "Area in the law"),
    "unit.offPopulation": ("Dân chưa có sóng", "People without signal"),
    "unit.offLand": ("Đất chưa có sóng", "Land without signal"),
    "unit.gaps": ("Số vùng trống sóng", "Gaps"),
    "unit.predecessors": ("Hợp thành từ", "Formed from"),
    "unit.modelled": ("Tỷ lệ phủ sóng: mô phỏng.", "Covered shares: modelled."),
    "village.programme": ("trong 105 thôn, bản", "among the 105 villages"),
    "village.disc": ("Phần vùng sai số có sóng", "Covered part of its circle"),
    "village.margin": ("Dự trữ tín hiệu", "Signal margin"),
    "village.server": ("Trạm tốt nhất", "Best server"),
    "village.depends": ("Mất sóng nếu hỏng trạm", "Loses service without"),
    "village.people": ("Dân số", "Population"),
    "village.served": ("Có sóng từ (báo chí)", "Signal since (press)"),
    "place.reported": ("Thời điểm theo nguồn", "Date in the source"),
    "place.kind.named_site": ("trạm được nêu tên", "named site"),
    "place.kind.reported_site": ("trạm theo báo chí", "site in the press"),
    "place.kind.control_point": ("điểm khống chế", "control point"),
    "place.uncertainty": ("Sai số vị trí", "Position within"),
    "n.people": ("{n} người", "{n} people"),
    "n.households": ("{n} hộ", "{n} households"),
    "site.operator": ("Nhà mạng", "Operator"),
    "site.technology": ("Công nghệ", "Technology"),
    "site.programme": ("Chương trình", "Programme"),
    "site.height": ("Độ cao ăng-ten", "Antenna height"),
    "site.sectors": ("Số sector", "Sectors"),
    "site.served": ("Phục vụ", "Serves"),
    "site.alone": ("Chỉ trạm này phục vụ", "Serves alone"),
    "n.villages": ("{n} thôn", "{n} villages"),
    "site.onAir": ("Phát sóng từ", "On air since"),
    "site.offAir": ("Ngừng phát", "Off air since"),
    "gap.title": ("Vùng trống sóng số {rank}", "Coverage gap no. {rank}"),
    "gap.area": ("Diện tích đất", "Land area"),
    "gap.population": ("Dân số", "Population"),
    "gap.villages": ("Thôn, bản được xét", "Villages examined"),
    "gap.reason": ("Nguyên nhân", "Reason"),
    "gap.distance": ("Trạm gần nhất", "Nearest site"),
    "gap.best": ("Dự trữ nơi tốt nhất", "Margin at its best"),
    "gap.worst": ("Dự trữ nơi kém nhất", "Margin at its worst"),
    "gap.nosignal": ("không có tín hiệu", "no signal at all"),
    "gap.after": ("Hiện trạng ngày {date}.", "State of {date}."),
}

_CODES: Final = {
    "type.xã": ("xã", "commune"),
    "type.phường": ("phường", "ward"),
    "type.đặc khu": ("đặc khu", "special zone"),
    "type.thị trấn": ("thị trấn", "township"),
    "type.huyện": ("huyện", "rural district"),
    "type.thị xã": ("thị xã", "town"),
    "type.thành phố": ("thành phố", "city"),
    "type.former": ("đơn vị trước 07/2025", "unit before 2025-07"),
    "origin.measured": ("đo kiểm", "measured"),
    "origin.published": ("công bố", "published"),
    "origin.gazetteer": ("danh mục địa danh", "gazetteer"),
    "origin.estimated": ("ước tính", "estimated"),
    "origin.modelled": ("mô phỏng", "modelled"),
    "verdict.covered": ("Có sóng", "Covered"),
    "verdict.not_covered": ("Không có sóng", "Not covered"),
    "verdict.cannot_tell": ("Chưa đủ căn cứ", "Cannot be told"),
    "programme.105-villages": ("Phủ sóng 105 thôn, bản", "105-village programme"),
    "programme.islands": ("Phủ sóng đảo", "Islands"),
    "programme.": ("Mạng lưới sẵn có", "Existing network"),
}

LABELS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    _FRAME | _SEARCH | _HEADLINE | _SWITCHES | _LAYERS | _LEGEND | _POPUPS | _CODES | ANSWERS
)
"""(Vietnamese, English) by key."""


_WORDS: Final = (("probably after", "có lẽ sau"), ("before", "trước ngày"), ("after", "sau ngày"))


def dated(text: str) -> tuple[str, str]:
    """Both languages of a date as the sources give it, such as ``before 2024-01-04``."""
    vietnamese = text
    for english, word in _WORDS:
        vietnamese = vietnamese.replace(english, word)
    return re.sub(r"(\d{4})-(\d{2})-(\d{2})", r"\3/\2/\1", vietnamese), text


def bilingual(text: str) -> tuple[str, str]:
    """Vietnamese and English halves of a text of the data; the whole twice if it has no halves.

    The data write ``tiếng Việt / English``, or with a bilingual heading before the halves
    ``ĐẦU ĐỀ / HEADING: tiếng Việt / English``.
    """
    parts = text.split(" / ")
    if len(parts) == 2:
        return parts[0], parts[1]
    if len(parts) == 3 and ": " in parts[1]:
        heading, _, vietnamese = parts[1].partition(": ")
        return f"{parts[0]}: {vietnamese}", f"{heading}: {parts[2]}"
    return text, text
