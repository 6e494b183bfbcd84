"""Which columns stand on which sheet of the workbook, in the order in which one reads them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from qn_coverage.export.dictionary import (
    LAYER_TITLES,
    TABLE_TITLES,
    WORDS,
    field_of,
    meaning,
    short_names,
    words,
)
from qn_coverage.export.tables import with_lon_lat

if TYPE_CHECKING:
    from qn_coverage.export.results import Results


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """One sheet: a table under two header rows.

    Attributes
    ----------
    title
        Name of the tab, at most 31 characters.
    heading_vi, heading_en
        Title above the table.
    columns
        (Vietnamese header, English header, kind of `dictionary.Field`) of each column.
    rows
        Cells, by row.
    """

    title: str
    heading_vi: str
    heading_en: str
    columns: tuple[tuple[str, str, str], ...]
    rows: tuple[tuple[Any, ...], ...]


_COMMUNES: Final = (
    "code", "name_vi", "name_en", "type", "population", "population_year", "population_origin",
    "statutory_area_km2", "land_km2", "population_share_before", "population_share_after",
    "population_share_after_low", "population_share_after_high", "land_share_before",
    "land_share_after", "villages", "villages_covered_before", "villages_covered_after",
    "uncovered_population_after", "uncovered_land_km2_after",
)  # fmt: skip
_VILLAGES: Final = (
    "village_id", "name_vi", "commune_code", "commune", "former_commune", "households",
    "population", "in_programme", "class_before", "class_after", "probability_after",
    "waits_for_after", "margin_after_db", "operator_after", "technology_after", "reason_blame",
    "served_from", "origin", "uncertainty_m", "lon", "lat",
)  # fmt: skip
_GAPS: Final = (
    "rank", "gap_id", "commune", "area_km2", "population", "villages", "distance_to_site_km",
    "best_margin_db", "worst_margin_db", "reason_operator", "reason_technology", "reason_site_id",
    "reason_distance_km", "reason_missing_db", "reason_blame", "lon", "lat",
)  # fmt: skip
_SITES: Final = (
    "site_id", "name", "operator", "technologies", "sectors", "height_agl_m", "on_air",
    "programme", "people_served", "people_alone", "villages_alone", "origin", "uncertainty_m",
    "lon", "lat",
)  # fmt: skip
_MODELLED: Final = "Số liệu mô phỏng, không phải đo kiểm", "Modelled, not surveyed"


def sheets_of(results: Results) -> list[Sheet]:
    """Sheets of the workbook: summary, communes, villages, gaps, sites, dictionary, provenance."""
    communes = results.layers["communes"]
    names = dict(zip(communes["code"], communes["name_vi"], strict=True))
    villages = with_lon_lat(results.layers["villages"])
    villages["commune"] = villages["commune_code"].map(names)
    gaps = results.layers["gaps"]
    gap_table = with_lon_lat(gaps.set_geometry(gaps.representative_point(), crs=gaps.crs))
    return [
        _summary(results),
        _table("Xã - Communes", "communes", communes, _COMMUNES),
        _table("Thôn bản - Villages", "villages", villages, _VILLAGES),
        _table("Vùng lõm - Gaps", "gaps", gap_table, _GAPS),
        _table("Trạm - Sites", "sites", with_lon_lat(results.layers["sites"]), _SITES),
        _dictionary(results),
        _provenance(results),
    ]


def _table(title: str, layer: str, table: pd.DataFrame, wanted: tuple[str, ...]) -> Sheet:
    chosen = [name for name in wanted if name in table.columns]
    fields = [field_of(name) for name in chosen]
    cells = [_cells(table[field.name], field.kind) for field in fields]
    return Sheet(
        title,
        *LAYER_TITLES[layer],
        columns=tuple((_with_unit(f.vi, f.unit), _with_unit(f.en, f.unit), f.kind) for f in fields),
        rows=tuple(zip(*cells, strict=True)),
    )


def _with_unit(title: str, unit: str) -> str:
    # Shares are shown as percent, so their unit is in the number format.
    return f"{title} ({unit})" if unit and unit != "0-1" else title


def _cells(values: pd.Series[Any], kind: str) -> list[Any]:
    if kind == "yes":
        return ["có" if value else "không" for value in values]
    if kind == "code":
        return [None if pd.isna(value) or value == "" else words(value)[0] for value in values]
    plain = values.astype(object).where(values.notna(), None).tolist()
    if kind == "date":
        return [value.date() if hasattr(value, "date") else value for value in plain]
    return [value.item() if hasattr(value, "item") else value for value in plain]


def _summary(results: Results) -> Sheet:
    summary = results.summary
    province, villages = summary["province"], summary["villages"]
    rows: list[tuple[Any, ...]] = [
        ("Dân số có sóng", "Population with signal", province["population_share_before"],
         province["population_share_after"], "share"),
        ("Diện tích đất có sóng", "Land with signal", province["land_share_before"],
         province["land_share_after"], "share"),
        ("Thôn, bản có sóng", "Villages with signal", villages["before_covered"],
         villages["after_covered"], "count"),
        ("Thôn, bản không có sóng", "Villages without signal", villages["before_not_covered"],
         villages["after_not_covered"], "count"),
        ("Thôn, bản chưa đủ căn cứ", "Villages that cannot be told",
         villages["before_cannot_tell"], villages["after_cannot_tell"], "count"),
        ("Thôn, bản được xét", "Villages examined", villages["total"], villages["total"], "count"),
        ("Dân chưa có sóng", "People without signal", None,
         province["uncovered_population_after"], "count"),
        ("Đất chưa có sóng (km²)", "Land without signal (km²)", None,
         province["uncovered_land_km2_after"], "km2"),
        ("Số vùng trắng, lõm sóng", "Coverage gaps", None, summary["gaps"]["count"], "count"),
        ("Số trạm", "Sites", None, summary["network"]["sites"], "count"),
    ]  # fmt: skip
    rows += [
        (f"Dân số có sóng, {name}", f"Population with signal, {name}",
         found.get("population_share_before"), found.get("population_share_after"), "share")
        for name, found in (summary["by_technology"] | summary["by_operator"]).items()
        if name != "any"
    ]  # fmt: skip
    notes = [_MODELLED, *((note["vi"], note["en"]) for note in summary["caveats"])]
    rows += [("⚠ " + vi, en, None, None, "text") for vi, en in notes]
    return Sheet(
        "Tóm tắt - Summary",
        summary["name_vi"],
        summary["name_en"],
        columns=(
            ("Chỉ tiêu", "Figure", "text"),
            ("Tiếng Anh", "In English", "text"),
            (f"Trước ({_day(summary['before'])})", f"Before ({summary['before']})", "mixed"),
            (f"Sau ({_day(summary['after'])})", f"After ({summary['after']})", "mixed"),
        ),
        rows=tuple(rows),
    )


def _day(iso: str) -> str:
    return "/".join(reversed(iso.split("-")))


def _dictionary(results: Results) -> Sheet:
    rows = []
    titles = {**LAYER_TITLES, **TABLE_TITLES}
    for layer, table in (*results.layers.items(), *results.tables.items()):
        columns = [str(name) for name in table.columns.drop("geometry", errors="ignore")]
        short = short_names(columns) if layer in results.layers else {}
        for name in columns:
            field = field_of(name, table=layer)
            rows.append(
                (titles[layer][0], layer, name, short.get(name, ""), field.vi, field.en, field.unit,
                 meaning(name, table=layer))
            )  # fmt: skip
    rows += [("Mã trị", "codes", code, "", vi, en, "", "") for code, (vi, en) in WORDS.items()]
    headers = (
        ("Lớp", "Layer (Vietnamese)"), ("Tên lớp", "Layer"), ("Trường", "Column"),
        ("Tên ngắn", "Short name"), ("Ý nghĩa", "Meaning (Vietnamese)"),
        ("Tiếng Anh", "Meaning"), ("Đơn vị", "Unit"), ("Định nghĩa", "Definition"),
    )  # fmt: skip
    return Sheet(
        "Từ điển - Dictionary",
        "Từ điển dữ liệu",
        "Data dictionary",
        columns=tuple((vi, en, "text") for vi, en in headers),
        rows=tuple(rows),
    )


def _provenance(results: Results) -> Sheet:
    document = results.manifest
    rows: list[tuple[str, ...]] = [("Lần chạy", "Run", "created", str(document["created"]), "")]
    rows += [
        ("Tệp vào", "Input", key, str(entry["file"]), str(entry["sha256"]))
        for key, entry in document["inputs"].items()
    ]
    rows += [
        ("Tệp ra", "Output", name, "", str(entry["sha256"]))
        for name, entry in document["outputs"].items()
    ]
    rows += [
        ("Phiên bản", "Version", name, str(version), "")
        for name, version in document.get("versions", {}).items()
    ]
    rows += [
        ("Kịch bản", "Scenario", name, json.dumps(value, ensure_ascii=False), "")
        for part, keys in document.get("scenario", {}).items()
        for name, value in ((f"{part}.{key}", value) for key, value in keys.items())
    ]
    headers = (("Mục", "Entry (Vietnamese)"), ("Tiếng Anh", "Entry"), ("Tên", "Name"),
               ("Giá trị", "Value"), ("SHA-256", "SHA-256"))  # fmt: skip
    return Sheet(
        "Nguồn gốc - Provenance",
        "Nguồn gốc số liệu",
        "Provenance",
        columns=tuple((vi, en, "text") for vi, en in headers),
        rows=tuple(rows),
    )
