"""Uncovered land as ranked polygons."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy import ndimage, spatial
from shapely.geometry import shape
from shapely.ops import unary_union

from qn_coverage.core.crs import STORED

if TYPE_CHECKING:
    import numpy.typing as npt
    from shapely.geometry.base import BaseGeometry

    from qn_coverage.analysis.coverage import Coverage
    from qn_coverage.core.grid import Grid

_EIGHT = np.ones((3, 3), dtype=np.int8)


def find_gaps(
    coverage: Coverage,
    *,
    land: npt.NDArray[np.floating],
    population: npt.NDArray[np.floating],
    commune: npt.NDArray[np.int64],
    commune_codes: pd.Series[str],
    commune_names: pd.Series[str],
    villages_xy_m: npt.NDArray[np.float64],
    sites_xy_m: npt.NDArray[np.float64],
    min_area_km2: float,
) -> gpd.GeoDataFrame:
    """Connected pieces of land without signal from anyone, ranked by people, then by area.

    Parameters
    ----------
    coverage
        State of the network.
    land, population
        Share of land and people per cell, shape (rows, cols).
    commune
        Index of the commune of each cell, -1 for none, shape (rows, cols).
    commune_codes, commune_names
        What the indices mean.
    villages_xy_m, sites_xy_m
        Positions in the CRS of the grid, shape (n, 2).
    min_area_km2
        Smaller pieces are left out of the list (never out of the statistics).

    Returns
    -------
    Table in EPSG:4326 with ``gap_id``, ``rank``, ``commune_code`` and ``commune`` (where most of
    its land is), ``communes`` (all), ``area_km2`` (land only), ``population``, ``villages``,
    ``distance_to_site_km`` (from the gap's middle), ``best_margin_db`` and ``worst_margin_db``
    (level less required level, the best and the worst in it), ``geometry``.
    """
    grid = coverage.grid
    uncovered = (land > 0.0) & ~coverage.covered()
    labels, count = ndimage.label(uncovered, structure=_EIGHT)
    ids = np.arange(1, count + 1)
    area_km2 = ndimage.sum_labels(land, labels, ids) * grid.cell_area_m2 / 1e6
    kept = ids[area_km2 >= min_area_km2]
    if kept.size == 0:
        return _empty()
    margin_db = coverage.margin_db()
    people = ndimage.sum_labels(population, labels, kept)
    polygons = _polygons(labels, kept, grid)
    table = pd.DataFrame(
        {
            "area_km2": area_km2[kept - 1],
            "population": people,
            "villages": _villages_inside(labels, kept, grid, villages_xy_m),
            "distance_to_site_km": _distance_to_site_km(polygons, sites_xy_m),
            "best_margin_db": ndimage.maximum(margin_db, labels, kept),
            "worst_margin_db": ndimage.minimum(margin_db, labels, kept),
        }
    )
    # A gap that no signal reaches has no finite margin.
    table = table.replace([-np.inf], np.nan)
    communes = _communes(labels, kept, commune, land)
    table.insert(0, "commune_code", [commune_codes.iloc[c[0]] if c else None for c in communes])
    table.insert(1, "commune", [commune_names.iloc[c[0]] if c else None for c in communes])
    table.insert(2, "communes", ["; ".join(commune_names.iloc[c]) for c in communes])
    gaps = gpd.GeoDataFrame(table, geometry=polygons, crs=grid.crs)
    return _ranked(gaps).to_crs(STORED)


def _ranked(gaps: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    order = np.lexsort(
        (gaps["commune_code"].fillna(""), -gaps["area_km2"], -gaps["population"].round(3))
    )
    gaps = gaps.iloc[order].reset_index(drop=True)
    gaps.insert(0, "rank", np.arange(1, len(gaps) + 1))
    gaps.insert(0, "gap_id", [f"gap-{rank:04d}" for rank in gaps["rank"]])
    return gaps


def _polygons(
    labels: npt.NDArray[np.signedinteger], kept: npt.NDArray[np.int64], grid: Grid
) -> list[BaseGeometry]:
    from rasterio import features  # noqa: PLC0415 (loads GDAL: only when asked for)
    from rasterio.transform import Affine  # noqa: PLC0415

    mask = np.isin(labels, kept)
    pieces: dict[int, list[BaseGeometry]] = {int(label): [] for label in kept}
    for geometry, label in features.shapes(
        labels.astype(np.int32), mask=mask, connectivity=8, transform=Affine(*grid.transform)
    ):
        pieces[int(label)].append(shape(geometry).buffer(0))
    return [unary_union(pieces[int(label)]) for label in kept]


def _villages_inside(
    labels: npt.NDArray[np.signedinteger],
    kept: npt.NDArray[np.int64],
    grid: Grid,
    villages_xy_m: npt.NDArray[np.float64],
) -> npt.NDArray[np.int64]:
    rows, cols = grid.rows_cols(villages_xy_m[:, 0], villages_xy_m[:, 1])
    inside = (rows >= 0) & (rows < grid.rows) & (cols >= 0) & (cols < grid.cols)
    found = labels[rows[inside], cols[inside]]
    return np.bincount(found, minlength=int(kept.max()) + 1)[kept]


def _distance_to_site_km(
    polygons: list[BaseGeometry], sites_xy_m: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    if len(sites_xy_m) == 0:
        return np.full(len(polygons), np.nan)
    middles = gpd.GeoSeries(polygons).representative_point()
    xy_m = np.column_stack([middles.x, middles.y])
    distance_m, _ = spatial.KDTree(sites_xy_m).query(xy_m)
    return np.asarray(distance_m, dtype=np.float64) / 1000.0


def _communes(
    labels: npt.NDArray[np.signedinteger],
    kept: npt.NDArray[np.int64],
    commune: npt.NDArray[np.int64],
    land: npt.NDArray[np.floating],
) -> list[list[int]]:
    """Indices of the communes that each gap lies in, the one with most of its land first."""
    inside = np.isin(labels, kept) & (commune >= 0)
    pairs = pd.DataFrame(
        {"label": labels[inside], "commune": commune[inside], "land": land[inside]}
    )
    sums = pairs.groupby(["label", "commune"])["land"].sum().reset_index()
    sums = sums.sort_values(["label", "land", "commune"], ascending=[True, False, True])
    found = {label: group["commune"].tolist() for label, group in sums.groupby("label")}
    return [found.get(label, []) for label in kept]


def _empty() -> gpd.GeoDataFrame:
    columns = [
        "gap_id", "rank", "commune_code", "commune", "communes", "area_km2", "population",
        "villages", "distance_to_site_km", "best_margin_db", "worst_margin_db",
    ]  # fmt: skip
    return gpd.GeoDataFrame(
        {column: [] for column in columns}, geometry=gpd.GeoSeries([], crs=STORED), crs=STORED
    )
