"""Where one may not build, with the reason: polygons, slope, roads, power, water, mast height."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from qn_coverage.analysis.plan.peaks import slope_deg
from qn_coverage.analysis.plan.scene import cells_of
from qn_coverage.core.errors import InvalidDataError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt

    from qn_coverage.analysis.plan.scene import Candidate, Scene

EXCLUSION_COLUMNS = ("name", "reason_vi", "reason_en", "applies_to", "source")
"""Columns that a layer of exclusions must have; costs/EXCLUSIONS_TEMPLATE.geojson says what for."""

_REFUSED = ("candidate_id", "kind", "name", "x_m", "y_m", "reason_vi", "reason_en")


@dataclass(frozen=True, slots=True, eq=False)
class Constraints:
    """Layers that the user gives, in any CRS; None where there is none.

    Attributes
    ----------
    exclusions
        Polygons with `EXCLUSION_COLUMNS`.
    roads, power
        Lines or points.
    """

    exclusions: gpd.GeoDataFrame | None = None
    roads: gpd.GeoDataFrame | None = None
    power: gpd.GeoDataFrame | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Sited:
    """Candidates that may be built, and what is known of their places, and those that may not.

    Attributes
    ----------
    candidates
        Those that may be.
    slope_deg, road_km, power_km
        Of each; NaN without a layer.
    refused
        One row a refused candidate, with ``reason_vi`` and ``reason_en``.
    """

    candidates: tuple[Candidate, ...]
    slope_deg: npt.NDArray[np.float64]
    road_km: npt.NDArray[np.float64]
    power_km: npt.NDArray[np.float64]
    refused: pd.DataFrame


def sited(candidates: Sequence[Candidate], scene: Scene, constraints: Constraints) -> Sited:
    """Part what may be built from what may not.

    Raises
    ------
    InvalidDataError
        The layer of exclusions lacks a column or a CRS.
    """
    check_exclusions(constraints.exclusions)
    x = np.array([candidate.x_m for candidate in candidates], dtype=np.float64)
    y = np.array([candidate.y_m for candidate in candidates], dtype=np.float64)
    cells = cells_of(scene, x, y)
    slope = slope_deg(scene.ground_m, scene.grid.cell_m)[cells[:, 0], cells[:, 1]]
    road = distance_km(constraints.roads, x, y, scene.grid.crs)
    power = distance_km(constraints.power, x, y, scene.grid.crs)
    dry = scene.land[cells[:, 0], cells[:, 1]] > 0.0
    inside = _excluded(constraints.exclusions, x, y, scene.grid.crs)
    kept, refused = [], []
    for number, candidate in enumerate(candidates):
        reasons = [
            *_place_reasons(
                candidate, scene, dry[number], slope[number], road[number], power[number]
            ),
            *_area_reasons(candidate, constraints.exclusions, inside[number]),
        ]
        if reasons:
            vi, en = ("; ".join(text) for text in zip(*reasons, strict=True))
            refused.append((*_head(candidate), vi, en))
        else:
            kept.append(number)
    chosen = np.array(kept, dtype=np.int64)
    return Sited(
        candidates=tuple(candidates[number] for number in kept),
        slope_deg=slope[chosen].astype(np.float64),
        road_km=road[chosen],
        power_km=power[chosen],
        refused=pd.DataFrame(refused, columns=list(_REFUSED)),
    )


def check_exclusions(exclusions: gpd.GeoDataFrame | None) -> None:
    """Refuse a layer of exclusions that cannot be read as one.

    Raises
    ------
    InvalidDataError
        Every problem, gathered.
    """
    if exclusions is None:
        return
    problems = [
        _problem("missing-column", column, "no such column", "a column as in the template")
        for column in EXCLUSION_COLUMNS
        if column not in exclusions
    ]
    if exclusions.crs is None:
        problems.append(_problem("missing-crs", None, "no CRS", "a CRS, best EPSG:4326"))
    if "applies_to" in exclusions:
        wrong = sorted(set(exclusions["applies_to"].astype(str)) - {"new", "all"})
        problems += [
            _problem("bad-value", "applies_to", f"'{value}'", "'new' or 'all'") for value in wrong
        ]
    if problems:
        raise InvalidDataError(problems)


def distance_km(
    layer: gpd.GeoDataFrame | None,
    x_m: npt.NDArray[np.float64],
    y_m: npt.NDArray[np.float64],
    crs: str,
) -> npt.NDArray[np.float64]:
    """Distance to the nearest feature of a layer, NaN without a layer, shape of `x_m`."""
    if layer is None or layer.empty:
        return np.full(len(x_m), np.nan)
    features = layer.geometry.to_crs(crs)
    points = gpd.GeoSeries(gpd.points_from_xy(x_m, y_m), crs=crs)
    which, distance = features.sindex.nearest(points, return_all=False, return_distance=True)
    out = np.full(len(x_m), np.nan)
    out[which[0]] = distance / 1000.0
    return out


def _excluded(
    exclusions: gpd.GeoDataFrame | None,
    x_m: npt.NDArray[np.float64],
    y_m: npt.NDArray[np.float64],
    crs: str,
) -> list[list[int]]:
    """Polygons that hold each candidate."""
    found: list[list[int]] = [[] for _ in x_m]
    if exclusions is None or exclusions.empty:
        return found
    areas = exclusions.geometry.to_crs(crs)
    points = gpd.GeoSeries(gpd.points_from_xy(x_m, y_m), crs=crs)
    for point, area in zip(*areas.sindex.query(points, predicate="intersects"), strict=True):
        found[int(point)].append(int(area))
    return [sorted(areas) for areas in found]


def _place_reasons(
    candidate: Candidate, scene: Scene, dry: bool, slope: float, road: float, power: float
) -> Iterator[tuple[str, str]]:
    wishes = scene.wishes
    if candidate.height_agl_m > wishes.max_mast_m and (
        candidate.new_mast or candidate.kind == "raise"
    ):
        high, most = candidate.height_agl_m, wishes.max_mast_m
        yield f"cột {high:g} m cao hơn {most:g} m", f"mast of {high:g} m above {most:g} m"
    if not candidate.new_mast:
        return
    if not dry:
        yield "không nằm trên đất liền hay đảo", "not on land"
    if slope > wishes.max_slope_deg:
        most = wishes.max_slope_deg
        yield f"dốc {slope:.0f}°, hơn {most:g}°", f"slope {slope:.0f}°, above {most:g}°"
    for distance, limit, vi, en in (
        (road, wishes.max_road_km, "đường", "a road"),
        (power, wishes.max_power_km, "lưới điện", "grid power"),
    ):
        if limit is not None and distance > limit:
            yield (
                f"cách {vi} {distance:.1f} km, hơn {limit:g} km",
                f"{distance:.1f} km from {en}, above {limit:g} km",
            )


def _area_reasons(
    candidate: Candidate, exclusions: gpd.GeoDataFrame | None, inside: list[int]
) -> Iterator[tuple[str, str]]:
    if exclusions is None:
        return
    for row in exclusions.iloc[inside].to_dict("records"):
        if candidate.new_mast or row["applies_to"] == "all":
            yield (
                f"trong vùng loại trừ “{row['name']}”: {row['reason_vi']}",
                f"inside the excluded area '{row['name']}': {row['reason_en']}",
            )


def _head(candidate: Candidate) -> tuple[object, ...]:
    return tuple(getattr(candidate, name) for name in _REFUSED[:5])


def _problem(code: str, column: str | None, found: str, expected: str) -> Problem:
    return Problem(
        code=code,
        file="exclusions",
        column=column,
        found=found,
        expected=expected,
        mend="start from costs/EXCLUSIONS_TEMPLATE.geojson",
    )
