"""Communes, former communes and districts: polygons that share borders and never overlap."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from qn_coverage.core.crs import COMPUTED, STORED
from qn_coverage.core.schema import COMMUNES, UNITS
from qn_coverage.data.checks import code_problems
from qn_coverage.data.positions import read_places, transformed
from qn_coverage.data.problems import accepted, problem

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy.typing as npt

    from qn_coverage.core.errors import Problem

OVERLAP_TOLERANCE_M2: Final = 1000.0
"""Two communes that share more ground than this overlap: a sliver of 1 m along 1 km is let pass."""

GENERALISED_OVERLAP: Final = 0.01
"""Two former units, whose outlines may be generalised, overlap when they share more than this part
of the smaller one as well."""


def read_communes(path: Path | str) -> gpd.GeoDataFrame:
    """Units since July 2025: columns of `core.schema.COMMUNES`, polygons in EPSG:4326.

    Raises
    ------
    InvalidDataError
        With every problem, as `positions.read_places` and `checks.typed`, and ``bad-code`` and
        ``overlapping-units``.
    """
    path = Path(path)
    communes, problems = read_places(path, "polygon", COMMUNES, layer="communes")
    problems += code_problems(communes["code"], path)
    problems += _overlaps(communes, path, tolerated_share=0.0)
    return accepted(communes, problems, path)


def read_units(path: Path | str, *, layer: str = "former_communes") -> gpd.GeoDataFrame:
    """Former communes or districts: columns of `core.schema.UNITS`, polygons in EPSG:4326.

    Parameters
    ----------
    path
        File.
    layer
        Layer to take from a file with several.

    Raises
    ------
    InvalidDataError
        As `read_communes`, but for ``bad-code``: former codes have other lengths.
    """
    path = Path(path)
    units, problems = read_places(path, "polygon", UNITS, layer=layer)
    problems += _overlaps(units, path, tolerated_share=GENERALISED_OVERLAP)
    return accepted(units, problems, path)


def _overlaps(frame: gpd.GeoDataFrame, path: Path, *, tolerated_share: float) -> list[Problem]:
    """Pairs of sound units that share ground; unsound ones are told of elsewhere."""
    rows = np.flatnonzero(_sound(frame))
    shapes = transformed(frame.geometry.to_numpy()[rows], STORED, COMPUTED)
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    first, second = first[first < second], second[first < second]
    shared_m2 = shapely.area(shapely.intersection(shapes[first], shapes[second]))
    smaller_m2 = np.minimum(shapely.area(shapes[first]), shapely.area(shapes[second]))
    limit_m2 = np.maximum(OVERLAP_TOLERANCE_M2, tolerated_share * smaller_m2)
    names = frame["name_vi"].fillna("")
    return [
        problem(
            "overlapping-units",
            path,
            f"{shared_m2[i]:,.0f} m² shared with row {frame.index[rows[first[i]]] + 1} "
            f"({names.iloc[rows[first[i]]]})",
            f"at most {limit_m2[i]:,.0f} m²",
            "snap the two borders to each other",
            row=rows[second[i]],
            column="geometry",
        )
        for i in np.flatnonzero(shared_m2 > limit_m2)
    ]


def _sound(frame: gpd.GeoDataFrame) -> npt.NDArray[np.bool_]:
    """Polygons in degrees that GEOS can intersect."""
    shapes = frame.geometry.to_numpy()
    bounds = shapely.bounds(shapes)
    in_degrees = np.isfinite(bounds).all(axis=1) & (np.abs(bounds) <= 360.0).all(axis=1)
    polygons = np.isin(shapely.get_type_id(shapes), (3, 6))
    return np.asarray(in_degrees & polygons & shapely.is_valid(shapes), dtype=np.bool_)
