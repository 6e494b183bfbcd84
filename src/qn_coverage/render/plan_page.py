"""The page of a plan: a map with a swipe between today and the plan, and every table below."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Final

from qn_coverage.render import page, plan_map, plan_parts, vendored
from qn_coverage.render.written import both, section

if TYPE_CHECKING:
    from qn_coverage.planning import Expansion

DATA: Final = "@@plan-data@@"
_SCRIPT: Final = "qn_plan.js"


def render_plan(plan: Expansion) -> str:
    """Page of a plan, the same text for the same plan; it loads nothing from anywhere.

    Parameters
    ----------
    plan
        From `planning.plan_study`.

    Raises
    ------
    AssetError
        The page would load something that is not vendored, or a vendored file was changed.
    """
    styles = vendored.own_text("qn_report.css") + vendored.own_text("qn_plan.css")
    leaflet_css = vendored.address_of("leaflet/leaflet.css")
    leaflet_js = vendored.address_of("leaflet/leaflet.js")
    own = vendored.OWN + _SCRIPT
    text = (
        '<!DOCTYPE html>\n<html lang="vi">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html.escape(plan.request.name_vi)}</title>\n"
        f'<link rel="stylesheet" href="{leaflet_css}"/>\n<style>\n{styles}</style>\n</head>\n'
        f'<body class="plan">\n<main>\n@@body@@\n</main>\n'
        f'<script type="application/json" id="qn-data">{DATA}</script>\n'
        f'<script src="{leaflet_js}"></script>\n<script src="{own}"></script>\n</body>\n</html>\n'
    )
    assets = vendored.page_assets() | {own: vendored.own_text(_SCRIPT).encode("utf-8")}
    text = page.with_policy(page.self_contained(text, assets))
    # Names come last, so that nothing above can mistake them for markup of ours.
    data = page.json_for_script(plan_map.map_document(plan))
    return text.replace(DATA, data, 1).replace("@@body@@", _body(plan), 1)


def _body(plan: Expansion) -> str:
    return "".join(
        (
            plan_parts.title(plan),
            plan_parts.headline(plan),
            _map(),
            plan_parts.site_list(plan),
            plan_parts.curve(plan),
            plan_parts.site_cards(plan),
            plan_parts.villages(plan),
            plan_parts.sensitivity(plan),
            plan_parts.caveats(plan),
            plan_parts.costs(plan),
        )
    )


def _map() -> str:
    swipe = ("Kéo để so sánh", "Drag to compare")
    return section(
        ("Trước và sau", "Before and after"),
        '<div id="qn-map" role="application" aria-label="Bản đồ / Map"></div>'
        f'<div class="swipe"><span>{both(("Hiện tại", "Today"))}</span>'
        '<input id="qn-swipe" type="range" min="0" max="100" value="50" step="0.5" '
        f'aria-label="{swipe[0]} / {swipe[1]}"/>'
        f"<span>{both(('Theo phương án', 'With the plan'))}</span></div>"
        '<label class="only"><input id="qn-gain" type="checkbox" checked/> '
        f"<span>{both(('Tô đậm chỗ có thêm sóng', 'Highlight where signal is gained'))}</span>"
        "</label>",
        plan_map.map_key(),
    )
