"""Where the study's data come from, as the page credits them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from qn_coverage.core.scenario import SHIPPED
from qn_coverage.data.catalog import load_catalog
from qn_coverage.render.labels import bilingual
from qn_coverage.render.vendored import vendored

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qn_coverage.data.catalog import Layer
    from qn_coverage.study import Study

_WHAT: Final = {
    "communes": ("Ranh giới xã, phường, đặc khu:", "Commune boundaries:"),
    "former_communes": ("Đơn vị trước 07/2025:", "Units before 2025-07:"),
    "population": ("Dân số:", "Population:"),
    "terrain": ("Địa hình:", "Terrain:"),
    "sectors": ("Mạng lưới trạm:", "Network:"),
    "villages": ("Thôn, bản, khu:", "Villages:"),
    "places": ("Địa điểm được nêu tên:", "Named places:"),
}

Pair = tuple[str, str]


def sources_of(study: Study) -> list[dict[str, Any]]:
    """Credits in the order of the page: ``what``, ``who`` and ``note``, each in both languages."""
    inputs = study.scenario.inputs.model_dump()
    catalog = {layer.name: layer for layer in load_catalog()}
    data = [_credit(key, what, inputs[key], catalog) for key, what in _WHAT.items()]
    return [*data, {"what": ("Phần mềm bản đồ:", "Map software:"), "who": _software()}]


def _credit(key: str, what: Pair, value: str, catalog: Mapping[str, Layer]) -> dict[str, Any]:
    if value != SHIPPED:
        # The name alone: the folder is the reader's own business.
        name = Path(value).name
        return {"what": what, "who": (f"tệp của người dùng, {name}", f"user's file, {name}")}
    layer = catalog[key]
    who = f"{layer.citation}. {layer.licence}."
    return {"what": what, "who": (who, who), "note": bilingual(layer.cautions)}


def _software() -> Pair:
    packages = {f"{a.package} {a.version} ({a.licence})" for a in vendored().values()}
    text = ", ".join(sorted(packages)) + ", folium (MIT)."
    return text, text
