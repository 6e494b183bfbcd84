"""Sections of the report about when and about single sites."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from qn_coverage.analysis.evidence import records
from qn_coverage.render.written import (
    NOTHING,
    both,
    date_of,
    escaped,
    label,
    number,
    percent,
    section,
    table,
)

if TYPE_CHECKING:
    from qn_coverage.study import Study

SITES: Final = 10


def timeline(study: Study) -> str:
    """The province at each step, and what it won and lost since the step before."""
    province = {row["step"]: row for row in records(study.history.of_level("province"))}
    rows = [
        (
            escaped(date_of(step.day)[0]),
            both((step.title_vi, step.title_en)),
            label(f"origin.{step.basis}"),
            percent(province[step.code]["population_share"]),
            _moved("+", province[step.code]["population_gained"]),
            _moved("\u2212", province[step.code]["population_lost"]),
        )
        for step in study.history.steps
    ]
    head = [
        label("when.title"),
        both(("Bước", "Step")),
        both(("Ngày theo", "Day from")),
        label("metric.population"),
        both(("Thêm (người)", "Won (people)")),
        both(("Mất (người)", "Lost (people)")),
    ]
    return section(("Theo thời gian", "Over time"), table(head, rows, kind="steps", numeric=3))


def sites(study: Study, count: int = SITES) -> str:
    """Sites whose failure would leave most people without signal."""
    lonely = study.sites[study.sites["people_alone"] > 0.0].head(count)
    rows = [
        (
            escaped(row["site_id"]),
            escaped(row["operator"]),
            label(f"origin.{row['origin']}"),
            number(row["people_served"]),
            f"<b>{number(row['people_alone'])}</b>",
            number(row["land_km2_alone"], 1),
            number(row["villages_alone"]),
        )
        for row in records(lonely)
    ]
    head = [
        both(("Trạm", "Site")),
        label("site.operator"),
        both(("Dữ liệu", "Data")),
        both(("Phục vụ (người)", "Serves (people)")),
        both(("Chỉ trạm này (người)", "It alone (people)")),
        both(("Đất, chỉ trạm này (km²)", "Land, it alone (km²)")),
        both(("Thôn mất sóng nếu hỏng", "Villages lost if it fails")),
    ]
    note = both(
        (
            "Chỉ trạm này: không trạm nào khác, của bất kỳ nhà mạng nào, đủ sóng ở đó.",
            "It alone: no other site, of any operator, has enough signal there.",
        )
    )
    return section(
        ("Trạm mà nhiều người phụ thuộc nhất", "Sites that most people depend on"),
        table(head, rows, kind="lonely", numeric=3) if rows else f"<p>{NOTHING}</p>",
        f'<p class="note">{note}</p>',
    )


def _moved(sign: str, people: Any) -> str:
    shown = number(people)
    return NOTHING if shown in {NOTHING, "0"} else sign + shown
