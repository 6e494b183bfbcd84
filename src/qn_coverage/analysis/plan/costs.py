"""What each candidate costs, and of what the sum is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import pandas as pd
from scipy import ndimage, signal

from qn_coverage.analysis.plan.scene import cells_of
from qn_coverage.core.text import with_comma

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from qn_coverage.analysis.plan.limits import Sited
    from qn_coverage.analysis.plan.scene import Candidate, Scene
    from qn_coverage.core.plan_costs import Costs, Figure

    Parts = Iterator[tuple[str, str, float]]

End = Literal["value", "low", "high"]
_ENDS: Final[tuple[End, ...]] = ("value", "low", "high")

ORDINARY, REMOTE, ISLAND = "ordinary", "remote", "island"

_SETTINGS: Final = {
    ORDINARY: ("bình thường", "ordinary"),
    REMOTE: ("vùng sâu", "remote"),
    ISLAND: ("đảo", "island"),
}


def priced(found: Sited, scene: Scene, costs: Costs) -> pd.DataFrame:
    """Price of each candidate.

    Returns
    -------
    ``setting`` (``ordinary``, ``remote``, ``island``), ``cost_vnd``, ``cost_low_vnd``,
    ``cost_high_vnd`` (every figure at its low or high end at once) and ``cost_vi``, ``cost_en``
    (the parts in words), one row a candidate.
    """
    settings = settings_of(found.candidates, scene, costs)
    # With both layers the way to road and power is reckoned, and distance is not counted twice.
    reckoned = bool(np.isfinite(found.road_km).any() and np.isfinite(found.power_km).any())
    rows = []
    for number, candidate in enumerate(found.candidates):
        road, power = float(found.road_km[number]), float(found.power_km[number])
        setting = ORDINARY if reckoned and settings[number] == REMOTE else settings[number]

        ends = {end: list(_parts(candidate, setting, road, power, costs, end)) for end in _ENDS}
        parts = ends["value"]
        rows.append(
            {
                "setting": settings[number],
                "cost_vnd": _sum(ends["value"]),
                "cost_low_vnd": _sum(ends["low"]),
                "cost_high_vnd": _sum(ends["high"]),
                "cost_vi": "; ".join(f"{vi} {_vi(amount / 1e9)} tỷ" for vi, _, amount in parts),
                "cost_en": "; ".join(f"{en} {amount / 1e9:.2f} bn" for _, en, amount in parts),
            }
        )
    columns = ["setting", "cost_vnd", "cost_low_vnd", "cost_high_vnd", "cost_vi", "cost_en"]
    return pd.DataFrame(rows, columns=columns)


def settings_of(candidates: tuple[Candidate, ...], scene: Scene, costs: Costs) -> list[str]:
    """Ordinary, remote or island, for each candidate.

    An island is a land mass of the grid smaller than `Costs.bridged_km2`; remote is where fewer
    than `Costs.remote_people` live within `Costs.remote_radius_km`.
    """
    cells = cells_of(scene, [c.x_m for c in candidates], [c.y_m for c in candidates])
    labels, count = ndimage.label(scene.land > 0.0, structure=np.ones((3, 3)))
    areas = ndimage.sum_labels(scene.land, labels, np.arange(count + 1))
    small = np.asarray(areas) * scene.grid.cell_area_m2 / 1e6 < costs.bridged_km2.value
    small[0] = False
    island = small[labels[cells[:, 0], cells[:, 1]]]
    around = people_within(scene, costs.remote_radius_km.value)[cells[:, 0], cells[:, 1]]
    remote = around < costs.remote_people.value
    return [ISLAND if i else REMOTE if r else ORDINARY for i, r in zip(island, remote, strict=True)]


def people_within(scene: Scene, radius_km: float) -> npt.NDArray[np.float64]:
    """People within a radius of each cell, shape (rows, cols)."""
    half = max(1, round(1000.0 * radius_km / scene.grid.cell_m))
    steps = np.arange(-half, half + 1)
    disc = (steps[:, np.newaxis] ** 2 + steps[np.newaxis, :] ** 2 <= half**2).astype(np.float64)
    summed = signal.fftconvolve(scene.people.astype(np.float64), disc, mode="same")
    return np.maximum(summed, 0.0)


def _vi(value: float) -> str:
    """Number with a decimal comma."""
    return with_comma(f"{value:.2f}")


def _sum(parts: list[tuple[str, str, float]]) -> float:
    return sum(amount for _, _, amount in parts)


def _parts(
    candidate: Candidate, setting: str, road: float, power: float, costs: Costs, end: End
) -> Parts:
    """Vietnamese and English name and VND of each part of the price."""

    def at(figure: Figure) -> float:
        return float(getattr(figure, end))

    whole = at(costs.new_site)
    factors = {ORDINARY: 1.0, REMOTE: at(costs.remote_factor), ISLAND: at(costs.island_factor)}
    factor, (vi, en) = factors[setting], _SETTINGS[setting]
    radios = len(candidate.technologies)
    if candidate.new_mast:
        yield f"trạm mới ({vi})", f"new site ({en})", whole * factor
        yield from _radio_parts(candidate, whole, costs, end)
        yield from _site_parts(candidate, road, power, costs, end)
    elif candidate.kind == "add_technology":
        # A radio costs the same anywhere, as in `_radio_parts`; what is far and dear is the rest.
        yield "thêm công nghệ", "more technology", whole * at(costs.add_technology) * radios
    elif candidate.kind == "share":
        yield f"dùng chung cột ({vi})", f"shared mast ({en})", whole * at(costs.share_mast) * factor
        yield from _radio_parts(candidate, whole, costs, end)
    elif candidate.kind == "raise":
        metres = candidate.height_agl_m - candidate.was_height_m
        amount = at(costs.raise_fixed) + at(costs.raise_per_m) * metres
        yield f"nâng cột ({vi})", f"higher mast ({en})", amount * factor
    else:
        yield f"xoay anten ({vi})", f"turned antenna ({en})", whole * at(costs.repoint) * factor


def _radio_parts(candidate: Candidate, whole: float, costs: Costs, end: End) -> Parts:
    more = len(candidate.technologies) - 1
    if more:
        amount = whole * float(getattr(costs.add_technology, end)) * more
        yield f"{more} công nghệ nữa", f"{more} more technologies", amount
    guests = len(candidate.operators) - 1
    if guests:
        amount = whole * float(getattr(costs.more_operator, end)) * guests
        yield f"{guests} nhà mạng nữa", f"{guests} more operators", amount


def _site_parts(candidate: Candidate, road: float, power: float, costs: Costs, end: End) -> Parts:
    taller = candidate.height_agl_m - costs.reference_mast_m.value
    if taller > 0.0:
        yield "cột cao thêm", "taller mast", float(getattr(costs.mast_per_m, end)) * taller
    far = road - costs.road_near_km.value
    if far > 0.0:
        yield "đường vào", "access road", float(getattr(costs.road_per_km, end)) * far
    far = power - costs.power_near_km.value
    if far > 0.0:
        line = float(getattr(costs.power_per_km, end)) * far
        yield "điện", "power", min(line, float(getattr(costs.own_power, end)))
