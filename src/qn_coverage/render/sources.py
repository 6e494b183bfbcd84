"""Where the study's data come from, as the page credits them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from qn_coverage.core.scenario import SHIPPED
from qn_coverage.render.vendored import vendored

if TYPE_CHECKING:
    from qn_coverage.study import Study

_WHAT: Final = {
    "communes": ("Ranh giới xã, phường, đặc khu", "Commune boundaries"),
    "former_communes": ("Đơn vị cấp xã trước 07/2025", "Communes before 2025-07"),
    "population": ("Dân số", "Population"),
    "terrain": ("Địa hình", "Terrain"),
    "sectors": ("Mạng lưới trạm", "Network"),
    "villages": ("Thôn, bản, khu", "Villages"),
    "places": ("Địa điểm được nêu tên", "Named places"),
}

_SHIPPED: Final = {
    "communes": (
        "sapnhap.bando.com.vn, qua thanglequoc/vietnamese-provinces-database (MIT).",
        "sapnhap.bando.com.vn, through thanglequoc/vietnamese-provinces-database (MIT).",
    ),
    "former_communes": (
        "choisy/censusVN2009 (MIT), ranh giới khái quát; Tổng điều tra 2019, Tổng cục Thống kê.",
        "choisy/censusVN2009 (MIT), generalised; 2019 census, General Statistics Office.",
    ),
    "population": (
        "WorldPop 2020 (CC BY 4.0, doi 10.5258/SOTON/WP00671), hiệu chỉnh theo Tổng điều tra 2019.",
        "WorldPop 2020 (CC BY 4.0, doi 10.5258/SOTON/WP00671), adjusted to the 2019 census.",
    ),
    "terrain": (
        "NASA SRTM, biên tập bởi J. de Ferranti, Viewfinder Panoramas; 15″, chỉ để sàng lọc.",
        "NASA SRTM as compiled by J. de Ferranti, Viewfinder Panoramas; 15″, screening grade.",
    ),
    "sectors": (
        "mô phỏng theo quy tắc được mô tả trong bộ dữ liệu; ba trạm được nêu tên theo báo chí.",
        "modelled by a rule documented with the data; the three named sites from the press.",
    ),
    "villages": (
        "bốn thôn, khu theo báo chí; các thôn còn lại là mô phỏng.",
        "four villages from the press; the others are modelled stand-ins.",
    ),
    "places": (
        "báo chí và danh mục địa danh, có bán kính sai số.",
        "press and gazetteers, each with its radius of uncertainty.",
    ),
}


def sources_of(study: Study) -> list[dict[str, Any]]:
    """Credits in the order of the page: ``what`` and ``who`` as (Vietnamese, English)."""
    inputs = study.scenario.inputs.model_dump()
    data = [{"what": what, "who": _who(key, inputs[key])} for key, what in _WHAT.items()]
    return [*data, {"what": ("Phần mềm bản đồ", "Map software"), "who": _software()}]


def _who(key: str, value: str) -> tuple[str, str]:
    if value == SHIPPED:
        return _SHIPPED[key]
    # The name alone: the folder is the reader's own business.
    name = Path(value).name
    return f"tệp của người dùng: {name}", f"user's file: {name}"


def _software() -> tuple[str, str]:
    packages = {f"{a.package} {a.version} ({a.licence})" for a in vendored().values()}
    text = ", ".join(sorted(packages)) + "; folium."
    return text, text
