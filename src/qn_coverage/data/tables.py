"""Any table or vector file → a frame with stripped NFC text, points or polygons in EPSG:4326."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from qn_coverage.core.crs import PROVINCE_BOUNDS, STORED
from qn_coverage.core.errors import InvalidDataError, Problem
from qn_coverage.core.text import nfc

if TYPE_CHECKING:
    import numpy.typing as npt

Shape = Literal["point", "polygon"]
Frame = TypeVar("Frame", bound=pd.DataFrame)

_VECTOR: Final = (".gpkg", ".geojson", ".json", ".shp", ".fgb")
_PARQUET: Final = (".parquet", ".geoparquet")
_KINDS: Final = {
    "point": ("Point",),
    "polygon": ("Polygon", "MultiPolygon"),
}
_FULL_CIRCLE_DEG: Final = 180.0


def read_table(path: Path | str) -> pd.DataFrame:
    """Read a CSV file as text cells: UTF-8 with or without a byte-order mark, NFC.

    Raises
    ------
    InvalidDataError
        The file is missing or cannot be read.
    """
    path = Path(path)
    _must_exist(path)
    try:
        table = pd.read_csv(path, dtype=str, encoding="utf-8-sig", keep_default_na=False)
    except (UnicodeDecodeError, ValueError, OSError) as error:
        raise InvalidDataError([_unreadable(path, error, "CSV in UTF-8")]) from error
    return _normalised(table.replace("", pd.NA))


def read_vector(path: Path | str, shape: Shape) -> gpd.GeoDataFrame:
    """Read places from GeoPackage, GeoParquet, GeoJSON, Shapefile, FlatGeobuf or CSV.

    A CSV holds points in ``lon`` and ``lat`` (degrees, WGS 84) or geometries as WKT in
    ``geometry``.

    Parameters
    ----------
    path
        File; the first layer of a GeoPackage is read.
    shape
        What the places are.

    Returns
    -------
    Frame in EPSG:4326 with a fresh index.

    Raises
    ------
    InvalidDataError
        With every problem of the file: ``missing-file``, ``unknown-format``, ``unreadable``,
        ``missing-columns``, ``missing-crs``, ``wrong-crs``, ``empty-geometry``,
        ``broken-geometry``, ``wrong-geometry``, ``swapped-coordinates``, ``outside-province``.
    """
    path = Path(path)
    _must_exist(path)
    frame = _read(path)
    if frame.crs is None:
        raise InvalidDataError([_no_crs(path)])
    if problem := _wrong_crs(frame, path):
        raise InvalidDataError([problem])
    frame = _normalised(frame.to_crs(STORED)).reset_index(drop=True)
    problems = geometry_problems(frame.geometry, shape, path)
    if problems:
        raise InvalidDataError(problems)
    return frame


def geometry_problems(places: gpd.GeoSeries, shape: Shape, path: Path) -> list[Problem]:
    """What is wrong with each geometry of a layer in EPSG:4326, in row order."""
    problems = []
    for row, place in enumerate(places, start=1):
        if place is None or place.is_empty:
            problems.append(
                _row_problem("empty-geometry", path, row, "no geometry", f"a {shape}", "draw it")
            )
        elif place.geom_type not in _KINDS[shape]:
            problems.append(
                _row_problem(
                    "wrong-geometry", path, row, place.geom_type, f"a {shape}", "choose the layer"
                )
            )
        elif not np.isfinite(place.bounds).all():
            problems.append(
                _row_problem(
                    "empty-geometry", path, row, "no coordinates", f"a {shape}", "fill them in"
                )
            )
        elif not place.is_valid:
            problems.append(
                _row_problem(
                    "broken-geometry",
                    path,
                    row,
                    shapely.is_valid_reason(place),
                    "a valid geometry",
                    "repair it, e.g. with 'Fix geometries' of QGIS",
                )
            )
        elif problem := _misplaced(place.bounds, path, row):
            problems.append(problem)
    return problems


def _read(path: Path) -> gpd.GeoDataFrame:
    suffix = path.suffix.lower()
    try:
        if suffix == ".csv":
            return _from_csv(path)
        if suffix in _PARQUET:
            return gpd.read_parquet(path)
        if suffix in _VECTOR:
            return gpd.read_file(path)
    except InvalidDataError:
        raise
    except Exception as error:  # GDAL, Arrow and GEOS raise their own kinds
        raise InvalidDataError([_unreadable(path, error, f"a {suffix[1:]} file")]) from error
    raise InvalidDataError(
        [
            Problem(
                code="unknown-format",
                file=str(path),
                found=f"the ending '{suffix}'",
                expected="one of " + ", ".join((".csv", *_PARQUET, *_VECTOR)),
                mend="save the layer in one of these formats",
            )
        ]
    )


def _from_csv(path: Path) -> gpd.GeoDataFrame:
    table = read_table(path)
    if "geometry" in table:
        shapes = gpd.GeoSeries.from_wkt(table.pop("geometry").fillna(""), on_invalid="ignore")
        return gpd.GeoDataFrame(table, geometry=shapes, crs=STORED)
    missing = [name for name in ("lon", "lat") if name not in table]
    if missing:
        raise InvalidDataError([missing_columns(path, missing, list(table.columns))])
    lon, lat = (pd.to_numeric(table.pop(name), errors="coerce") for name in ("lon", "lat"))
    points = gpd.points_from_xy(lon, lat, crs=STORED)
    return gpd.GeoDataFrame(table, geometry=points)


def missing_columns(path: Path, missing: list[str], found: list[str]) -> Problem:
    """Problem of a file that lacks columns."""
    return Problem(
        code="missing-columns",
        file=str(path),
        column=", ".join(missing),
        found="the columns " + ", ".join(map(str, found)),
        expected="the columns " + ", ".join(missing) + " too",
        mend="add or rename columns; docs/data.md is the data dictionary",
    )


def _normalised(frame: Frame) -> Frame:
    frame = frame.rename(columns=lambda name: nfc(str(name)))
    for column in frame.columns:
        if column != "geometry" and not pd.api.types.is_numeric_dtype(frame[column]):
            frame[column] = frame[column].map(_clean, na_action="ignore")
    return frame


def _clean(value: Any) -> Any:
    return nfc(value) if isinstance(value, str) else value


def _must_exist(path: Path) -> None:
    if not path.is_file():
        raise InvalidDataError(
            [
                Problem(
                    code="missing-file",
                    file=str(path),
                    found="no such file",
                    expected="a file",
                    mend="check the path in the scenario; it is relative to the scenario file",
                )
            ]
        )


def _unreadable(path: Path, error: Exception, expected: str) -> Problem:
    return Problem(
        code="unreadable",
        file=str(path),
        found=" ".join(str(error).split()) or type(error).__name__,
        expected=expected,
        mend="open it in the program that made it and save it again",
    )


def _no_crs(path: Path) -> Problem:
    return Problem(
        code="missing-crs",
        file=str(path),
        found="no coordinate reference system",
        expected="one, e.g. EPSG:4326 or VN-2000 (EPSG:5899)",
        mend="set it in QGIS with 'Define layer projection', not by guessing",
    )


def _wrong_crs(frame: gpd.GeoDataFrame, path: Path) -> Problem | None:
    """Numbers that the declared CRS cannot mean: metres under degrees, degrees under metres."""
    numbers = np.abs(frame.total_bounds)
    if frame.crs is None or not np.isfinite(numbers).all():
        return None
    metres, degrees = numbers.max() > 2 * _FULL_CIRCLE_DEG, numbers.max() <= _FULL_CIRCLE_DEG
    if not ((frame.crs.is_geographic and metres) or (frame.crs.is_projected and degrees)):
        return None
    kind = "degrees" if frame.crs.is_geographic else "metres"
    return Problem(
        code="wrong-crs",
        file=str(path),
        found=f"coordinates up to {numbers.max():g} under {frame.crs.to_string()[:40]}",
        expected=f"{kind}",
        mend="declare the CRS in which the coordinates really are",
    )


def _misplaced(bounds: tuple[float, float, float, float], path: Path, row: int) -> Problem | None:
    if _inside(np.array(bounds)):
        return None
    west, south, east, north = bounds
    where = f"{west:.5f}, {south:.5f}"
    if _inside(np.array([south, west, north, east])):
        return _row_problem(
            "swapped-coordinates",
            path,
            row,
            f"longitude, latitude {where}",
            "longitude about 107, latitude about 21",
            "exchange the two",
        )
    west, south, east, north = PROVINCE_BOUNDS
    return _row_problem(
        "outside-province",
        path,
        row,
        f"longitude, latitude {where}",
        f"within {west}-{east} and {south}-{north}",
        "correct the coordinates or leave the row out",
    )


def _inside(bounds: npt.NDArray[np.float64]) -> bool:
    west, south, east, north = PROVINCE_BOUNDS
    return bool(
        west <= bounds[0] and south <= bounds[1] and bounds[2] <= east and bounds[3] <= north
    )


def _row_problem(code: str, path: Path, row: int, found: str, expected: str, mend: str) -> Problem:
    return Problem(
        code=code,
        file=str(path),
        row=row,
        column="geometry",
        found=found,
        expected=expected,
        mend=mend,
    )
