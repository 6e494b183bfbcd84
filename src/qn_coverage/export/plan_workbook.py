"""XLSX workbook of a plan: a sheet a table, Vietnamese header over English."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from qn_coverage.export.excel import new_workbook, put_text, save_workbook
from qn_coverage.plan_tables import summary, tables, title_of

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from openpyxl.worksheet.worksheet import Worksheet

    from qn_coverage.planning import Expansion

_SHEETS: Final = {
    "sites": "Trạm chọn", "villages": "Thôn bản", "gaps": "Vùng lõm", "curve": "Đường cong",
    "sensitivity": "Độ nhạy", "survival": "Trạm còn lại", "candidates": "Phương án",
    "refused": "Bị loại", "costs": "Đơn giá",
}  # fmt: skip
_FORMATS: Final = {
    "count": "#,##0", "number": "#,##0.0", "money": "#,##0", "share": "0.0%", "lonlat": "0.000000",
}  # fmt: skip
_HEAD: Final = "1F4E79"
_WIDEST: Final = 46


def write_plan_workbook(plan: Expansion, path: Path, *, timestamp: datetime) -> None:
    """Write all tables of a plan; text is always a text cell, never a formula.

    Parameters
    ----------
    plan
        What to write.
    path
        File to write.
    timestamp
        Recorded as its time, so that the same plan gives the same bytes.
    """
    book = new_workbook(title=plan.request.name_vi, creator="qn-coverage", created=timestamp)
    _fill_summary(book.create_sheet("Tóm tắt"), plan)
    for name, table in tables(plan).items():
        _fill(book.create_sheet(_SHEETS[name]), table)
    save_workbook(book, path, created=timestamp)


def _fill_summary(page: Worksheet, plan: Expansion) -> None:
    told = summary(plan)
    rows: list[tuple[str, str, Any, str]] = [
        ("Phương án", "Plan", told["name_vi"], "text"),
        ("Số trạm", "Sites", told["sites"], "count"),
        ("Chi phí (đồng)", "Cost (VND)", told["cost_vnd"], "money"),
        ("Chi phí thấp (đồng)", "Low cost (VND)", told["cost_low_vnd"], "money"),
        ("Chi phí cao (đồng)", "High cost (VND)", told["cost_high_vnd"], "money"),
        ("Tỷ lệ hiện tại", "Share today", told["share_now"], "share"),
        ("Tỷ lệ theo phương án", "Share with the plan", told["share_plan"], "share"),
        ("Người có thêm sóng (kỳ vọng)", "People who gain (expected)", told["people_added"],
         "number"),
        ("Khoảng cách tối ưu đã chứng minh", "Proven optimality gap", told["gap"], "share"),
        ("Trạng thái lời giải", "Status of the solution", told["status"], "text"),
        ("Mô hình", "Model", told["model"], "text"),
        ("Bảng đơn giá", "Cost model", told["costs"]["title_vi"], "text"),
        *(("Lưu ý", "Caveat", f"{each['vi']} / {each['en']}", "text") for each in told["caveats"]),
    ]  # fmt: skip
    for at, (vi, en, value, kind) in enumerate(rows, start=1):
        for column, cell in enumerate((vi, en), start=1):
            _put(page, at, column, cell, "text")
        _put(page, at, 3, value, kind)
    for letter, width in zip("ABC", (34, 30, 60), strict=True):
        page.column_dimensions[letter].width = width


def _fill(page: Worksheet, table: pd.DataFrame) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill  # noqa: PLC0415
    from openpyxl.utils import get_column_letter  # noqa: PLC0415

    plain = pd.DataFrame(table.drop(columns="geometry", errors="ignore"))
    for column, name in enumerate(plain.columns, start=1):
        vi, en, kind = title_of(str(name))
        for at, text in ((1, vi), (2, en)):
            _put(page, at, column, text, "text")
            head = page.cell(at, column)
            head.font = Font(bold=at == 1, italic=at == 2, color="FFFFFF")
            head.fill = PatternFill("solid", fgColor=_HEAD)
            head.alignment = Alignment(wrap_text=True, vertical="center")
        for at, value in enumerate(plain[name], start=3):
            _put(page, at, column, value, kind)
        longest = max((len(str(value)) for value in plain[name].head(50)), default=0)
        width = min(max(longest + 2 if kind == "text" else 14, 10), _WIDEST)
        page.column_dimensions[get_column_letter(column)].width = width
    page.freeze_panes = "C3"
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", 9


def _put(page: Worksheet, row: int, column: int, value: Any, kind: str) -> None:
    cell = page.cell(row, column)
    if kind == "yes":
        cell.value = "có / yes" if value else "không / no"
    elif value is None or pd.isna(value):
        return
    elif isinstance(value, str):
        put_text(cell, value)
    else:
        cell.value = value.item() if hasattr(value, "item") else value
        cell.number_format = _FORMATS.get(kind, "General")
