"""The map of a plan: probability of coverage before and after as images, places as plain values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import shapely

from qn_coverage.core.crs import STORED
from qn_coverage.plan_tables import sites
from qn_coverage.render import overlay
from qn_coverage.render.written import both

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy.typing as npt

    from qn_coverage.planning import Expansion

CHANCE_BREAKS: Final = (0.95, 0.8, 0.5, 0.2)
"""Lower ends of the classes of probability."""

CHANCE_COLOURS: Final = ("#08589e", "#4eb3d3", "#c7eae5", "#f6d7a7", "#d98c4a")
"""Cool is signal, warm is lack of it; the fourth and fifth lie below one half."""

GAIN_BREAKS: Final = (0.5, 0.25, 0.1)
GAIN_COLOURS: Final = ("#7a0177", "#c51b8a", "#f768a1")
"""RdPu of ColorBrewer: what the plan adds to the probability."""

_OUTLINE_M: Final = 150.0


def map_document(plan: Expansion) -> dict[str, Any]:
    """Everything the map shows, as plain values."""
    west, south, east, north = (float(end) for end in plan.study.communes.total_bounds)
    now, then = (_image(chance, plan) for chance in (plan.chance_now, plan.chance_plan))
    gain = _gain_image(plan)
    relief = overlay.relief_overlay(plan.study.terrain, plan.study.land.values)
    return {
        "bounds": [[south, west], [north, east]],
        "images": {
            name: {"uri": image.uri, "bounds": image.bounds}
            for name, image in (("now", now), ("plan", then), ("gain", gain), ("relief", relief))
        },
        "outlines": _rings(plan.study.communes, plan.study.grid.crs),
        "gaps": _rings(plan.study.gaps, plan.study.grid.crs),
        "sites": _sites(plan),
        "villages": _villages(plan),
    }


def chance_classes(
    chance: npt.NDArray[np.floating], land: npt.NDArray[np.floating]
) -> npt.NDArray[np.uint8]:
    """Class of each land cell's probability; the sea is not drawn."""
    classes = overlay.classified(np.asarray(chance, dtype=np.float64), CHANCE_BREAKS)
    classes[land <= 0.0] = overlay.TRANSPARENT
    return classes


def map_key() -> str:
    """Legend of the map as markup."""
    ends = [1.0, *CHANCE_BREAKS, 0.0]
    ramp = "".join(
        f'<li><i style="background:{colour}"></i>{100 * low:.0f}–{100 * high:.0f}\u00a0%</li>'
        for colour, high, low in zip(CHANCE_COLOURS, ends[:-1], ends[1:], strict=True)
    )
    steps = "".join(
        f'<li><i style="background:{colour}"></i>+{100 * low:.0f}\u00a0%</li>'
        for colour, low in zip(GAIN_COLOURS, GAIN_BREAKS, strict=True)
    )
    return (
        f'<div class="key"><div><b>{both(("Xác suất có sóng", "Probability of signal"))}</b>'
        f"<ul>{ramp}</ul></div><div><b>{both(('Tăng thêm ít nhất', 'Rise of at least'))}</b>"
        f"<ul>{steps}</ul></div><div><ul>"
        f"<li><b class=no>1</b><span>{both(('trạm được chọn', 'chosen site'))}</span></li>"
        f"<li><i class=gap></i><span>{both(('vùng lõm hiện nay', 'gap today'))}</span></li>"
        f"<li><i class=dot></i><span>{both(('thôn có thêm sóng', 'village gains'))}</span></li>"
        "</ul></div></div>"
    )


def _image(chance: npt.NDArray[np.float64], plan: Expansion) -> overlay.Overlay:
    classes = chance_classes(chance, plan.study.land.values)
    return overlay.class_overlay(classes, plan.study.grid, CHANCE_COLOURS)


def _gain_image(plan: Expansion) -> overlay.Overlay:
    rise = plan.chance_plan - plan.chance_now
    classes = overlay.classified(rise, GAIN_BREAKS)
    classes[(classes == len(GAIN_BREAKS)) | (plan.study.land.values <= 0.0)] = overlay.TRANSPARENT
    return overlay.class_overlay(classes, plan.study.grid, GAIN_COLOURS)


def _rings(frame: gpd.GeoDataFrame, crs: str) -> list[list[list[float]]]:
    """Outer rings as [lat, lon] pairs, thinned."""
    if frame.empty:
        return []
    shapes = frame.geometry.to_crs(crs).simplify(_OUTLINE_M).to_crs(STORED)
    parts = shapely.get_parts(shapes.to_numpy())
    return [
        [[round(float(y), 5), round(float(x), 5)] for x, y in part.exterior.coords]
        for part in parts
        if part.geom_type == "Polygon" and not part.is_empty
    ]


def _sites(plan: Expansion) -> list[dict[str, Any]]:
    return [
        {
            "rank": int(row["rank"]),
            "name": str(row["name"]),
            "at": [round(float(row["geometry"].y), 5), round(float(row["geometry"].x), 5)],
            "why": [str(row["why_vi"]), str(row["why_en"])],
            "people": round(float(row["people_added"])),
        }
        for row in sites(plan).to_dict("records")
    ]


def _villages(plan: Expansion) -> list[dict[str, Any]]:
    points = plan.study.villages.set_index("village_id").geometry
    return [
        {
            "name": str(row["name_vi"]),
            "at": [
                round(float(points[row["village_id"]].y), 5),
                round(float(points[row["village_id"]].x), 5),
            ],
            "now": round(float(row["probability_now"]), 3),
            "plan": round(float(row["probability_plan"]), 3),
        }
        for row in plan.answer.villages.to_dict("records")
    ]
