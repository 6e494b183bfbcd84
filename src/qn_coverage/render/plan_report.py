"""The report of a plan: one page that prints to A4, without any script."""

from __future__ import annotations

from math import cos, radians
from typing import TYPE_CHECKING, Final

from qn_coverage.render import plan_map, plan_parts, vendored
from qn_coverage.render.written import both, escaped, section

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from qn_coverage.planning import Expansion

_POLICY: Final = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'"
_WIDTH: Final = 1000.0


def render_plan_report(plan: Expansion) -> str:
    """Report of a plan, the same text for the same plan; it loads nothing and runs nothing.

    Parameters
    ----------
    plan
        From `planning.plan_study`.
    """
    styles = vendored.own_text("qn_report.css") + vendored.own_text("qn_plan.css")
    body = "".join(
        (
            plan_parts.title(plan),
            plan_parts.headline(plan),
            plan_parts.site_list(plan),
            _maps(plan),
            plan_parts.curve(plan),
            plan_parts.site_cards(plan),
            plan_parts.villages(plan),
            plan_parts.sensitivity(plan),
            plan_parts.caveats(plan),
            plan_parts.costs(plan),
        )
    )
    return (
        '<!DOCTYPE html>\n<html lang="vi">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escaped(plan.request.name_vi)}</title>\n<style>\n{styles}</style>\n</head>\n"
        f'<body class="plan">\n<main>\n{body}\n</main>\n</body>\n</html>\n'
    )


def _maps(plan: Expansion) -> str:
    document = plan_map.map_document(plan)
    drawn = "".join(
        f"<h3>{both(name)}</h3>{_drawing(document, images)}"
        for name, images in (
            (("Hiện tại", "Today"), ("now",)),
            (("Theo phương án", "With the plan"), ("plan", "gain")),
        )
    )
    return section(("Trước và sau", "Before and after"), drawn, plan_map.map_key())


def _drawing(document: dict[str, Any], images: Sequence[str]) -> str:
    """Static picture; images are in Web Mercator, which over one province is straight enough."""
    (south, west), (north, east) = document["bounds"]
    scale = _WIDTH / (east - west)
    # The grid of degrees is stretched northwards as Web Mercator has it at the middle.
    stretch = scale / cos(radians((south + north) / 2))

    def at(lat: float, lon: float) -> tuple[float, float]:
        return (lon - west) * scale, (north - lat) * stretch

    layers = "".join(_image(document["images"][name], at) for name in images)
    outlines = "".join(
        f'<path d="{_path(ring, at)}" fill="none" stroke="#6d6455" stroke-width=".8"/>'
        for ring in document["outlines"]
    )
    marks = "".join(_mark(site, at(*site["at"])) for site in document["sites"])
    height = (north - south) * stretch
    return (
        f'<svg class="map plan-map" viewBox="0 0 {_WIDTH:g} {height:.0f}" role="img">'
        f"{layers}{outlines}{marks if 'plan' in images else ''}</svg>"
    )


def _image(image: dict[str, Any], at: Any) -> str:
    (south, west), (north, east) = image["bounds"]
    (left, top), (right, bottom) = at(north, west), at(south, east)
    return (
        f'<image href="{image["uri"]}" x="{left:.1f}" y="{top:.1f}" width="{right - left:.1f}" '
        f'height="{bottom - top:.1f}" preserveAspectRatio="none"/>'
    )


def _path(ring: Sequence[Sequence[float]], at: Any) -> str:
    points = (at(lat, lon) for lat, lon in ring)
    return "M" + " ".join(f"{x:.1f},{y:.1f}" for x, y in points) + "Z"


def _mark(site: dict[str, Any], at: tuple[float, float]) -> str:
    x, y = at
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="10" fill="#b3261e" stroke="#fff" stroke-width="2"/>'
        f'<text x="{x:.1f}" y="{y + 4:.1f}" text-anchor="middle" style="fill:#fff;font-size:12px;'
        f'font-weight:700">{site["rank"]}</text>'
    )
