"""Sections of a plan, for the page and the report: Vietnamese with English beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from qn_coverage.plan_tables import measure_title, sites, summary
from qn_coverage.render.plan_figures import curve_svg, profile_svg, sees
from qn_coverage.render.written import (
    NOTHING,
    both,
    escaped,
    known,
    number,
    percent,
    section,
    table,
)

if TYPE_CHECKING:
    import pandas as pd

    from qn_coverage.planning import Expansion

_STATUS: Final = {
    "optimal": ("tối ưu, đã chứng minh", "optimal, proven"),
    "within_gap": ("trong khoảng cho phép", "within the gap asked for"),
    "search_ended": ("đã tìm hết cách, chưa chứng minh tối ưu", "search ended, not proven best"),
    "time_limit": ("hết thời gian; tốt nhất đến lúc đó", "time is up; best so far"),
    "interrupted": ("bị dừng; tốt nhất đến lúc đó", "interrupted; best so far"),
}
_FATES: Final = {
    "kept": ("giữ", "kept"),
    "near": ("gần đó", "near"),
    "dropped": ("bỏ", "dropped"),
}
_VILLAGES: Final = 40


def headline(plan: Expansion) -> str:
    """What the plan costs and gives, and how good it is proven to be."""
    told = summary(plan)
    measure = measure_title(told["goal"]["measure"])
    cost = f"{number(told['cost_low_vnd'] / 1e9, 1)} – {number(told['cost_high_vnd'] / 1e9, 1)}"
    facts = [
        (("Số trạm", "Sites"), number(told["sites"]), ""),
        (
            ("Chi phí, tỷ đồng", "Cost, billion VND"),
            number(told["cost_vnd"] / 1e9, 2),
            f"{cost} · {both(('giả định', 'assumed'))}",
        ),
        (
            ("Thêm người có sóng", "More people with signal"),
            number(told["people_added"]),
            both(("kỳ vọng", "expected")),
        ),
        (
            ("Thôn; hộ ở các thôn", "Villages; households in them"),
            f"{number(told['villages_added'], 2)}; {number(told['households_added'], 1)}",
            both(("kỳ vọng", "expected")),
        ),
        (
            (f"Tỷ lệ {measure[0]}", f"Share of {measure[1]}"),
            f"{percent(told['share_now'], 2)} → {percent(told['share_plan'], 2)}",
            both(("cả tỉnh", "whole province")),
        ),
        (
            ("Khoảng cách tối ưu", "Optimality gap"),
            NOTHING if told["gap"] is None else percent(told["gap"], 2),
            both(_STATUS[told["status"]]),
        ),
    ]
    cards = "".join(
        f"<div><h3>{both(title)}</h3><b>{value}</b><p>{note}</p></div>"
        for title, value, note in facts
    )
    return f'<section class="facts">{cards}</section>'


def site_list(plan: Expansion) -> str:
    """Ranked sites with what each gives."""
    chosen = sites(plan)
    if chosen.empty:
        return section(
            ("Trạm được chọn", "Chosen sites"),
            f"<p>{both(('Không chọn trạm nào.', 'Nothing is built.'))}</p>",
        )
    head = [
        "",
        both(("Trạm", "Site")),
        both(("Người: một mình", "People: alone")),
        both(("chỉ trạm này", "only this site")),
        both(("thêm", "added")),
        both(("Thôn", "Villages")),
        both(("Hộ", "Households")),
        both(("Tỷ đồng", "bn VND")),
        both(("Triệu đồng mỗi người", "m VND a person")),
        both(("Còn được chọn", "Still chosen")),
    ]
    rows = [_site_row(row) for row in chosen.to_dict("records")]
    note = both(
        (
            (
                "Người, thôn, hộ là kỳ vọng. “Một mình”: nếu chỉ xây trạm này; “chỉ trạm này”: mất "
                "đi nếu bỏ trạm; “thêm”: so với các trạm xếp trước."
            ),
            (
                "People, villages, households are expected values. Alone: if only this one is "
                "built; only this site: lost if it is left out; added: to the sites before it."
            ),
        )
    )
    return section(
        ("Trạm được chọn, theo thứ tự nên xây", "Chosen sites, in the order to build"),
        f'<div class="wide">{table(head, rows, kind="plan-sites", numeric=2)}</div>',
        f'<p class="note">{note}</p>',
    )


def _site_row(row: dict[Any, Any]) -> list[str]:
    per_person = row["cost_per_person_vnd"]
    return [
        f"<b>{row['rank']}</b>",
        f"{escaped(row['name'])}<br><code>{escaped(row['candidate_id'])}</code>",
        number(row["people_total"]),
        number(row["people_unique"]),
        f"<b>{number(row['people_added'])}</b>",
        number(row["villages_added"], 2),
        number(row["households_added"], 1),
        number(row["cost_vnd"] / 1e9, 2),
        number(per_person / 1e6, 1) if known(per_person) else NOTHING,
        percent(row["survives"], 0) if "survives" in row else NOTHING,
    ]


def site_cards(plan: Expansion) -> str:
    """Why each site was chosen, which gaps it works on, and the ground to the villages."""
    cards = "".join(_card(plan, row) for row in sites(plan).to_dict("records"))
    return section(("Vì sao từng trạm", "Why each site"), cards) if cards else ""


def _card(plan: Expansion, row: dict[Any, Any]) -> str:
    name = str(row["candidate_id"])
    names = plan.study.villages.set_index("village_id")["name_vi"]
    pictures = "".join(
        _picture(path, str(names[village]), plan.answer.villages, village)
        for (site, village), path in plan.paths.items()
        if site == name
    )
    return (
        f'<article class="card" id="site-{row["rank"]}"><h3><b class=no>{row["rank"]}</b> '
        f"{escaped(row['name'])} <code>{escaped(name)}</code></h3>"
        f"<p>{both((row['why_vi'], row['why_en']))}</p>"
        f"<p>{both((row['cost_vi'], row['cost_en']))}</p>{_gap_line(plan, name)}"
        f'<div class="pictures">{pictures}</div></article>'
    )


def _gap_line(plan: Expansion, site: str) -> str:
    gaps = plan.answer.gaps
    mine = gaps[gaps["candidate_id"] == site].sort_values("people_gained", ascending=False).head(3)
    if mine.empty:
        return ""
    ranks = plan.study.gaps.set_index("gap_id")
    told = "; ".join(
        f"{escaped(row['gap_id'])} ({escaped(ranks.loc[row['gap_id'], 'commune'])}): "
        f"{number(row['people_gained'])} {both(('người', 'people'))}, "
        f"{percent(row['land_share'], 0)} {both(('đất', 'of its land'))}"
        + (f", <b>{both(('lấp được', 'closed'))}</b>" if row["closed"] else "")
        for row in mine.to_dict("records")
    )
    return f"<p>{both(('Vùng lõm', 'Gaps'))}: {told}</p>"


def _picture(path: Any, name: str, villages: pd.DataFrame, village: str) -> str:
    rise = villages[villages["village_id"] == village]
    if rise.empty:
        told = both(("sóng gần như không đổi", "hardly changes"))
    else:
        row = rise.iloc[0]
        told = f"{percent(row['probability_now'], 0)} → {percent(row['probability_plan'], 0)}"
    sight = ("nhìn thấy", "in sight") if sees(path) else ("bị che", "behind terrain or clutter")
    return (
        f"<figure>{profile_svg(path, title=name)}<figcaption>{escaped(name)} · {both(sight)} · "
        f"{told}</figcaption></figure>"
    )


def curve(plan: Expansion) -> str:
    """Coverage against number of sites."""
    unit = measure_title(plan.request.goal.measure)
    sites = plan.answer.sites
    picture = curve_svg(
        plan.answer.curve,
        sites=len(sites),
        gained=float(sites[f"{plan.request.goal.measure}_added"].sum()),
        unit=unit,
    )
    note = both(
        (
            (
                "Đường liền: các trạm thêm lần lượt (tham lam). Đường đứt: cận trên đã chứng minh, "
                "không phương án nào cùng số trạm vượt được. Chấm đỏ: phương án này, theo ngân "
                "sách thì không nằm trên đường."
            ),
            (
                "Solid: sites added one by one (greedy). Dashed: proven limit of so many sites. "
                "Red: this plan; under a budget it lies off the curve."
            ),
        )
    )
    title = ("Mỗi trạm thêm được bao nhiêu", "What each further site adds")
    return section(title, picture, f'<p class="note">{note}</p>')


def sensitivity(plan: Expansion) -> str:
    """Which picks survive other beliefs and budgets."""
    found = plan.answer.sensitivity
    if found is None:
        return ""
    rows = [
        [
            both((row["title_vi"], row["title_en"])),
            escaped(row["message"]) if row["status"] == "impossible" else number(row["sites"]),
            number(row["cost_vnd"] / 1e9, 2),
            number(row["value"]),
            number(row["kept"]),
        ]
        for row in found.runs.to_dict("records")
    ]
    head = [
        "",
        both(("Số trạm", "Sites")),
        both(("Tỷ đồng", "bn VND")),
        both(("Tăng thêm", "Gain")),
        both(("Giữ nguyên", "Kept")),
    ]
    codes = [name for name in found.survival if name not in {"candidate_id", "survives"}]
    titles = {row["code"]: (row["title_vi"], row["title_en"]) for _, row in found.runs.iterrows()}
    fates = [
        [
            f"<code>{escaped(row['candidate_id'])}</code>",
            *(f'<span class="{row[code]}">{both(_FATES[row[code]])}</span>' for code in codes),
            percent(row["survives"], 0),
        ]
        for row in _by_rank(found.survival, plan).to_dict("records")
    ]
    fate_head = [
        both(("Trạm", "Site")),
        *(both(titles[code]) for code in codes),
        both(("Còn được chọn", "Still chosen")),
    ]
    note = both(
        (
            "“Gần đó”: chọn một chỗ khác trong vòng 1,5 km.",
            "Near: another place within 1.5 km is chosen.",
        )
    )
    return section(
        ("Phương án có bền không", "How robust is the plan"),
        f'<div class="wide">{table(head, rows, numeric=1)}</div>',
        f'<div class="wide">{table(fate_head, fates)}</div><p class="note">{note}</p>',
    )


def _by_rank(survival: pd.DataFrame, plan: Expansion) -> pd.DataFrame:
    """Rows in the order of building, as in the other tables."""
    rank = {name: at for at, name in enumerate(plan.answer.sites["candidate_id"])}
    return survival.sort_values("candidate_id", key=lambda names: names.map(rank))


def villages(plan: Expansion) -> str:
    """Villages whose chance of signal rises."""
    told = plan.answer.villages
    title = ("Thôn, bản có thêm sóng", "Villages that gain")
    if told.empty:
        return section(title, f"<p>{both(('Không có thôn nào.', 'None.'))}</p>")
    rows = [
        [
            escaped(row["name_vi"]),
            f"<code>{escaped(row['candidate_id'])}</code>",
            percent(row["probability_now"], 0),
            percent(row["probability_plan"], 0),
            number(row["distance_km"], 1),
        ]
        for row in told.head(_VILLAGES).to_dict("records")
    ]
    head = [
        both(("Thôn, bản", "Village")),
        both(("Trạm", "Site")),
        both(("Hiện tại", "Today")),
        both(("Theo phương án", "With the plan")),
        "km",
    ]
    return section(title, f'<div class="wide">{table(head, rows, numeric=2)}</div>')


def costs(plan: Expansion) -> str:
    """The cost model with the origin of every figure."""
    origins = {
        "published": ("công bố", "published"),
        "estimated": ("ước tính", "estimated"),
        "assumption": ("giả định", "assumption"),
    }
    rows = [
        [
            f"<code>{escaped(name)}</code>",
            f"{number(figure.value, 2 if figure.value < 1e4 else 0)} {escaped(figure.unit)}",
            both(origins[figure.origin]),
            escaped(figure.source),
        ]
        for name, figure in plan.costs.figures.items()
    ]
    head = [
        "",
        both(("Giá trị", "Value")),
        both(("Nguồn gốc", "Origin")),
        both(("Nguồn", "Source")),
    ]
    title = ("Đơn giá và nguồn", "Prices and their origin")
    return section(
        title,
        f"<p>{both((plan.costs.title_vi, plan.costs.title_en))}</p>",
        f'<div class="wide">{table(head, rows)}</div>',
    )


def caveats(plan: Expansion) -> str:
    """What the plan rests on."""
    items = "".join(
        f"<li>{both((note['vi'], note['en']))}</li>" for note in summary(plan)["caveats"]
    )
    return section(("Lưu ý", "Mind"), f"<ul>{items}</ul>")


def title(plan: Expansion) -> str:
    """Names of plan and study."""
    wish, asked = plan.request, plan.study.scenario.study
    modelled = ("Số liệu mô phỏng, không phải đo kiểm", "Modelled, not surveyed")
    return (
        f"<header><h1>{both((wish.name_vi, wish.name_en))}</h1>"
        f'<p class="dates">{both((asked.name_vi, asked.name_en))}</p>'
        f'<p class="badge">{both(modelled)}</p></header>'
    )
