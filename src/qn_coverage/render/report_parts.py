"""Sections of the report, from the study's tables; nothing is computed here but ranks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from qn_coverage.analysis.evidence import records
from qn_coverage.render import answers, document
from qn_coverage.render.labels import LABELS
from qn_coverage.render.report_reasons import reason_cells
from qn_coverage.render.sources import sources_of
from qn_coverage.render.written import (
    both,
    date_of,
    escaped,
    figure,
    interval,
    known,
    label,
    number,
    percent,
    section,
    table,
)

if TYPE_CHECKING:
    import pandas as pd

    from qn_coverage.render.written import Said
    from qn_coverage.study import Study

WORST: Final = 10
GAPS: Final = 10
_STATES: Final = ("before", "after")


def worst_communes(study: Study, count: int = WORST) -> pd.DataFrame:
    """Communes with the least covered share of people after the programme, the worst first.

    Where shares are equal, the one whose interval reaches lower comes first.
    """
    order = ["population_share_after", "population_share_after_low", "code"]
    ranked = study.communes.sort_values(order, kind="stable")
    return ranked[ranked["population_share_after"].notna()].head(count)


def headline(study: Study) -> str:
    """Before and after, with intervals."""
    province = study.summary["province"]
    rows = [
        _shares(province, "population", "metric.population", _people_off(province)),
        _shares(province, "land", "metric.land", _land_off(province)),
    ]
    villages = study.summary["villages"]
    rows.append(
        (
            label("headline.villages", n=figure(number(villages["total"]))),
            *(number(villages[f"{state}_covered"]) for state in _STATES),
            "–",
            _cannot_tell(villages),
        )
    )
    head = [
        "",
        f"{label('when.before.short')}{_on(study.before.on)}",
        f"{label('when.after.short')}{_on(study.after.on)}",
        both(("Sau: khoảng 5–95\u00a0%", "After: 5–95% interval")),
        both(("Còn lại", "What is left")),
    ]
    return section(
        ("Kết quả chính", "Headline"),
        table(head, rows, kind="headline"),
        f'<p class="note">{label("sure.shareHint")} {label("sure.intervalNote")}</p>',
    )


def villages(study: Study) -> str:
    """Villages by class of the rule, before and after."""
    labels, counts = answers.class_labels(study.rule), answers.class_counts(study)
    limits: dict[str, Said] = {
        "covered": _share_limit(study.rule.classes.covered.probability[0]),
        "weak": _share_limit(study.rule.classes.weak.probability[0]),
        "sure": _share_limit(study.rule.classes.sure_share),
    }
    rows = [
        (
            both(labels[code]),
            label(f"classes.{code}", **limits),
            number(counts["before"][code]),
            number(counts["after"][code]),
        )
        for code in labels
    ]
    head = [
        label("sure.class"),
        both(("Xác suất có sóng", "Probability of signal")),
        label("when.before.short"),
        label("when.after.short"),
    ]
    return section(
        ("Thôn, bản, khu theo kết luận", "Villages by verdict"),
        table(head, rows, numeric=2),
        f'<p class="note">{label("sure.villages")} {_rule(study)}</p>',
        _doubtful(study),
    )


def communes(worst: pd.DataFrame) -> str:
    """The communes with the least coverage."""
    head = [
        "",
        label("kind.commune"),
        label("unit.population"),
        both(("Dân số có sóng: trước → sau", "Population with signal: before → after")),
        both(
            (
                "5–95\u00a0% (sau), chỉ gồm sai số mô hình",
                "5–95% (after), model error only",
            )
        ),
        label("unit.offPopulation"),
        both(("Đất có sóng (sau)", "Land with signal (after)")),
    ]
    rows = [
        (
            f"<b>{rank}</b>",
            escaped(row["name_vi"]),
            number(row["population"]),
            (
                f"{percent(row['population_share_before'])} → "
                f"<b>{percent(row['population_share_after'])}</b>"
            ),
            interval(row["population_share_after_low"], row["population_share_after_high"]),
            "≈ " + number(row["uncovered_population_after"]),
            percent(row["land_share_after"]),
        )
        for rank, row in enumerate(records(worst), start=1)
    ]
    return section(
        (
            f"{len(rows)} xã, phường, đặc khu kém nhất",
            f"The {len(rows)} communes with the least coverage",
        ),
        f'<p class="note">{label("report.ties")}</p>',
        table(head, rows, numeric=2, kind="communes"),
    )


def gaps(study: Study) -> str:
    """The largest gaps, with the reason of each."""
    if study.gaps.empty:
        return section(_GAPS, f"<p>{label('gaps.none')}</p>")
    ranked = study.gaps.sort_values("rank", kind="stable")
    rows = [
        (
            f"<b>{row['rank']}</b>",
            escaped(row["commune"]),
            number(row["area_km2"], 1),
            "≈ " + number(row["population"]),
            *reason_cells(row),
        )
        for row in records(ranked.head(GAPS))
    ]
    head = [
        "",
        label("kind.commune"),
        "km²",
        both(("Người", "People")),
        label("why.candidate"),
        label("why.blame"),
        label("why.remedy"),
        label("why.nearest"),
    ]
    more = len(ranked) - len(rows)
    note = label("why.methodGap")
    if more:
        note += " " + both(
            (f"Còn {more} vùng khác trong gaps.csv.", f"{more} further gaps are in gaps.csv.")
        )
    return section(
        _GAPS, f'<p class="note">{note}</p>', table(head, rows, kind="gaps"), kind="wide"
    )


_GAPS: Final = ("Vùng trắng, lõm sóng đông dân nhất", "Gaps with the most people")


def measurements(study: Study) -> str:
    """Where one field measurement would settle most."""
    made = answers.measurement_columns(study)
    title = LABELS["layer.measurements"]
    if not made["rank"]:
        return section(title, f"<p>{label('layer.measurementsNone')}</p>")
    rows = [
        (
            f"<b>{rank}</b>",
            f"{number(lat, 4)}; {number(lon, 4)}",
            number(settled, 2),
            number(in_all, 2),
        )
        for rank, lat, lon, settled, in_all in zip(
            made["rank"][:WORST],
            made["y"],
            made["x"],
            made["settled"],
            made["inAll"],
            strict=False,
        )
    ]
    head = [
        "",
        both(("Vĩ độ; kinh độ (WGS 84)", "Latitude; longitude (WGS 84)")),
        label("measure.settled"),
        label("measure.inAll"),
    ]
    return section(
        title,
        table(head, rows, numeric=2, kind="measure"),
        f'<p class="note">{label("measure.note")}</p>',
    )


def claims(study: Study) -> str:
    """Claims with their verdict."""
    rows = [
        (
            both(row["text"]) + _line("claims.place", row["place"]) + _day(row["day"]),
            f'<b class="v {row["verdict"]}">{both(row["label"])}</b>',
            _because(row),
        )
        for row in answers.claim_rows(study)
    ]
    if not rows:
        return section(_CLAIMS, f"<p>{label('claims.none')}</p>")
    head = [
        both(("Phát biểu", "Claim")),
        label("sure.class"),
        both(("Căn cứ", "Grounds")),
    ]
    return section(
        _CLAIMS, f'<p class="note">{label("claims.hint")}</p>', table(head, rows, kind="claims")
    )


_CLAIMS: Final = ("Kiểm chứng các phát biểu", "The claims tested")


def indicators(study: Study) -> str:
    """The other figures beside what they are compared with."""
    rows = [
        (
            both(row["name"]),
            f"<b>{both(row['told'])}</b>",
            both(row["note"]) if isinstance(row["note"], list) else escaped(row["note"] or ""),
            both((row["source"] or "", "")),
        )
        for row in answers.indicator_rows(study)
    ]
    if not rows:
        return ""
    head = [
        both(("Chỉ số", "Indicator")),
        both(("Giá trị, so sánh", "Value, comparison")),
        both(("Ghi chú", "Note")),
        both(("Nguồn", "Source")),
    ]
    return section(("Chỉ số khác", "Other indicators"), table(head, rows, kind="indicators"))


def method(study: Study) -> str:
    """Model, rule, caveats."""
    service = study.scenario.service
    rule_text = label(
        "method.ruleText",
        thresholds="; ".join(
            f"{name} ≥ {number(dbm)} dBm" for name, dbm in sorted(service.threshold_dbm.items())
        ),
        share=_share_limit(service.location_probability),
        sigma=figure(number(service.location_sigma_db, 1)),
        cell=number(study.grid.cell_m),
    )
    caveats = "".join(
        f"<li>{both((caveat['vi'], caveat['en']))}</li>" for caveat in study.summary["caveats"]
    )
    remarks = "".join(f"<p>{label(key)}</p>" for key in document.model_remarks(study))
    return section(
        ("Cách tính và hạn chế", "Method and limits"),
        f"<p><b>{label('method.model')}</b> {both(document.model_title(study))}</p>{remarks}",
        f"<p><b>{label('method.rule')}</b> {rule_text}</p><p>{_rule(study)}</p>",
        f"<ul>{caveats}<li>{label('sure.intervalNote')}</li></ul>",
    )


def sources(study: Study) -> str:
    """Data and their licences."""
    rows = "".join(
        f"<li><b>{both(credit['what'])}</b> {both(credit['who'])}"
        + (f" {both(credit['note'])}" if credit.get("note") else "")
        + "</li>"
        for credit in sources_of(study)
    )
    return section(
        ("Nguồn dữ liệu, giấy phép", "Data sources, licences"), f'<ul class="sources">{rows}</ul>'
    )


def _shares(province: Any, what: str, key: str, left: str) -> tuple[str, ...]:
    ends = (province.get(f"{what}_share_after_{end}") for end in ("low", "high"))
    values = [province[f"{what}_share_{state}"] for state in _STATES]
    digits = 2 if percent(values[0]) == percent(values[1]) else 1
    return (label(key), *(percent(value, digits) for value in values), interval(*ends), left)


def _people_off(province: Any) -> str:
    return label("headline.offPopulation", n=figure(number(province["uncovered_population_after"])))


def _land_off(province: Any) -> str:
    return label("headline.offLand", n=figure(number(province["uncovered_land_km2_after"])))


def _cannot_tell(counts: Any) -> str:
    found = counts["after_cannot_tell"]
    return label("headline.cannotTell", n=figure(number(found))) if found else ""


def _share_limit(share: float) -> tuple[str, str]:
    text = percent(share, 0)
    return text, text.replace("\u00a0", "")


def _on(day: Any) -> str:
    return f'<span class="on">{date_of(day)[0]}</span>'


def _rule(study: Study) -> str:
    rule = study.rule
    return both(
        (
            f"Quy tắc: {rule.title_vi}, bản {rule.version}.",
            f"Rule: {rule.title_en}, version {rule.version}.",
        )
    )


def _doubtful(study: Study) -> str:
    """Villages that are not covered beyond doubt, by name; at most twenty."""
    frame = study.villages[study.villages["class_after"] != "covered"]
    labels = answers.class_labels(study.rule)
    rows = []
    for row in records(frame.head(20)):
        waits = row["waits_for_after"]
        rows.append(
            (
                escaped(row["name_vi"]),
                both(labels[row["class_after"]]),
                percent(row["probability_after"], 0),
                f"± {number(row['uncertainty_m'] / 1000.0, 1)} km",
                label(f"waits.{waits}") if known(waits) and waits else "–",
            )
        )
    head = [
        label("kind.village"),
        label("sure.class"),
        label("sure.probability"),
        label("place.uncertainty"),
        label("sure.waits"),
    ]
    return table(head, rows) if rows else ""


def _because(row: dict[str, Any]) -> str:
    parts = [
        f"<p><b>{label(f'claims.{key}')}</b> {both(row[key])}</p>"
        for key in ("by", "needs")
        if row[key]
    ]
    return "".join(parts) + _line("claims.source", row["source"])


def _line(key: str, value: str | None) -> str:
    return f'<p class="soft">{label(key)} {both((value, ""))}</p>' if value else ""


def _day(day: str | None) -> str:
    return f'<p class="soft">{label("claims.day", day=date_of(day))}</p>' if day else ""
