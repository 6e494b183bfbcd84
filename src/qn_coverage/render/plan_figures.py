"""Drawings of a plan as SVG: the curve with its knee, and the ground from a mast to a village."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from qn_coverage.render.profiles import EARTH_KM, thinned
from qn_coverage.render.written import escaped, number

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    import pandas as pd

    from qn_coverage.analysis.path import Path

_WIDTH, _HEIGHT = 720.0, 300.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 62.0, 14.0, 14.0, 44.0
_INK, _SOFT, _ACCENT, _BOUND = "#1f2a33", "#55626c", "#0b5c7a", "#b8a9c9"
_GROUND, _CLUTTER, _SIGHT, _BLOCKED = "#c9b391", "#9dbb86", "#1f2a33", "#c0392b"
_FEWEST: Final = 2


def curve_svg(curve: pd.DataFrame, *, sites: int, gained: float, unit: tuple[str, str]) -> str:
    """Gain against number of sites, with the proven limit, the knee and the plan.

    Parameters
    ----------
    curve
        From `analysis.plan.curve.curve_of`.
    sites
        Number of sites of the plan.
    gained
        What the plan gives; under a budget its sites are not the curve's.
    unit
        Vietnamese and English name of what is gained.
    """
    if len(curve) < _FEWEST:
        return ""
    count = curve["sites"].to_numpy(dtype=np.float64)
    value = curve["value"].to_numpy(dtype=np.float64)
    upper = curve["upper_bound"].to_numpy(dtype=np.float64)
    high = float(max(upper.max(), 1e-9))

    def at(k: float, gain: float) -> tuple[float, float]:
        across = _LEFT + (_WIDTH - _LEFT - _RIGHT) * k / float(count[-1])
        return across, _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * gain / high

    marks = [
        _line([at(k, v) for k, v in zip(count, upper, strict=True)], _BOUND, 2.0, dash="5 4"),
        _line([at(k, v) for k, v in zip(count, value, strict=True)], _ACCENT, 2.6),
    ]
    knee = _knee(curve)
    if knee:
        marks.append(_mark(at(count[knee], value[knee]), _ACCENT, f"điểm gãy / knee ({knee})"))
    if 0 < sites <= count[-1]:
        marks.append(_mark(at(sites, gained), _BLOCKED, f"phương án / plan ({sites})"))
    return (
        f'<svg class="curve" viewBox="0 0 {_WIDTH:g} {_HEIGHT:g}" role="img">'
        f"<title>{escaped(unit[0])} / {escaped(unit[1])}</title>"
        f"{_axes(float(count[-1]), high, at, unit)}{''.join(marks)}</svg>"
    )


def profile_svg(path: Path, *, title: str) -> str:
    """Ground, clutter and the line of sight over the curved Earth; red where something is in it."""
    kept = thinned(path.distance_km, path.ground_m + path.clutter_m)
    x, ground = path.distance_km[kept], path.ground_m[kept]
    top = ground + path.clutter_m[kept]
    line = sight_line_m(path)[kept]
    low = float(min(ground.min(), 0.0))
    high = float(max(top.max(), line.max())) + 5.0
    width, height, left, bottom = 320.0, 150.0, 36.0, 24.0

    def points(heights: npt.NDArray[np.float64]) -> list[tuple[float, float]]:
        across = left + (width - left - 8.0) * x / x[-1]
        up = height - bottom - (height - bottom - 22.0) * (heights - low) / (high - low)
        return list(zip(across, up, strict=True))

    inner = slice(1, -1)
    blocked = bool((top[inner] > line[inner]).any())
    base = height - bottom
    return (
        f'<svg class="profile" viewBox="0 0 {width:g} {height:g}" role="img">'
        f"<title>{escaped(title)}</title>"
        f"{_area(points(top), base, _CLUTTER)}{_area(points(ground), base, _GROUND)}"
        f"{_line(points(line), _BLOCKED if blocked else _SIGHT, 1.4, dash='4 3')}"
        f"{_mast(points(ground)[0], points(line)[0])}"
        f"{_text(2, 10, f'{number(high)} m')}{_text(2, base, f'{number(low)} m')}"
        f"{_text(left, height - 8, '0')}"
        f"{_text(width - 8, height - 8, f'{number(float(x[-1]), 1)} km', anchor='end')}</svg>"
    )


def sight_line_m(path: Path) -> npt.NDArray[np.float64]:
    """Height of the straight line between the antennas above sea level, shape (n,).

    Over an Earth of the median effective radius it sags by d₁ d₂ / 2a at d₁, d₂ from the ends.
    """
    d = path.distance_km
    share = d / d[-1]
    sag_m = 1000.0 * d * (d[-1] - d) / (2.0 * EARTH_KM)
    return np.asarray(path.tx_amsl_m + (path.rx_amsl_m - path.tx_amsl_m) * share - sag_m)


def sees(path: Path) -> bool:
    """Whether nothing between the ends stands above the line between the antennas."""
    top_m = path.ground_m + path.clutter_m
    return bool((top_m[1:-1] <= sight_line_m(path)[1:-1]).all())


def _mark(at: tuple[float, float], colour: str, name: str) -> str:
    x, y = at
    dot = f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" fill="{colour}"/>'
    return dot + _text(x + 8, y + 16, name)


def _knee(curve: pd.DataFrame) -> int:
    found = np.flatnonzero(curve["knee"].to_numpy(dtype=bool))
    return int(found[0]) if len(found) else 0


def _axes(most: float, high: float, at: Any, unit: tuple[str, str]) -> str:
    marks = []
    for gain in np.linspace(0.0, high, 5):
        _, y = at(0.0, gain)
        marks.append(
            f'<path d="M{_LEFT:g} {y:.1f}H{_WIDTH - _RIGHT:g}" stroke="#e4e0d8"/>'
            + _text(_LEFT - 6, y + 4, number(gain, 0 if high > 20 else 1), anchor="end")
        )
    for k in np.unique(np.rint(np.linspace(0.0, most, 7))):
        x, y = at(k, 0.0)
        marks.append(_text(x, y + 17, number(k), anchor="middle"))
    middle = (_LEFT + _WIDTH - _RIGHT) / 2
    marks.append(_text(middle, _HEIGHT - 6, "số trạm / number of sites", anchor="middle"))
    marks.append(_text(_LEFT + 4, _TOP + 10, f"thêm {unit[0]} / more {unit[1]}"))
    return "".join(marks)


def _line(points: Sequence[tuple[float, float]], colour: str, width: float, dash: str = "") -> str:
    drawn = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<polyline points="{drawn}" fill="none" stroke="{colour}" stroke-width="{width:g}"'
        f"{dashes}/>"
    )


def _area(points: Sequence[tuple[float, float]], base: float, colour: str) -> str:
    ring = [(points[0][0], base), *points, (points[-1][0], base)]
    return f'<polygon points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in ring)}" fill="{colour}"/>'


def _mast(foot: tuple[float, float], head: tuple[float, float]) -> str:
    return (
        f'<path d="M{foot[0]:.1f} {foot[1]:.1f}V{head[1]:.1f}" stroke="{_INK}" stroke-width="2.2"/>'
    )


def _text(x: float, y: float, words: str, anchor: str = "start") -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="11" '
        f'fill="{_SOFT}">{escaped(words)}</text>'
    )
