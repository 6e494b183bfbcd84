"""Where the rows of a layer are: CRS, geometries, and whether they lie in the province.

Every layer ends in EPSG:4326. Transformations that PROJ can only guess ("ballpark") are refused:
WGS 84 and VN-2000 lie 224 m apart here, and a guess would leave that out without a word.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Final, Literal

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import ProjError
from pyproj.transformer import AreaOfInterest

from qn_coverage.core.crs import COMPUTED, PROVINCE_BOUNDS, STORED
from qn_coverage.data.checks import typed
from qn_coverage.data.formats import read_layer
from qn_coverage.data.problems import problem, rows_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import numpy.typing as npt

    from qn_coverage.core.errors import Problem
    from qn_coverage.core.schema import Column

    Shapes = npt.NDArray[np.object_]

Shape = Literal["point", "polygon"]

_KINDS: Final = {"point": ("Point",), "polygon": ("Polygon", "MultiPolygon")}
_TYPE_IDS: Final = {"point": (0,), "polygon": (3, 6)}
_DEGREES: Final = 360.0
_MILLIONTHS: Final = 1e6


def read_places(
    path: Path,
    shape: Shape,
    columns: Sequence[Column],
    *,
    layer: str,
    prepare: Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame] | None = None,
) -> tuple[gpd.GeoDataFrame, list[Problem]]:
    """Read a layer, bring it to EPSG:4326 and give its columns the schema's types.

    Parameters
    ----------
    path
        File.
    shape
        What the places are; a multipoint of one point counts as a point, heights are left out.
    columns
        Schema of the attributes.
    layer
        Name of the layer, for files with several.
    prepare
        Applied to the attributes as read, e.g. to fill in defaults.

    Returns
    -------
    The layer as indexed by `formats.read_layer`, and all its problems by position, of geometry and
    attributes together: a reader adds its own and hands both to `problems.accepted`. Rows with
    problems hold what could be made of them.

    Raises
    ------
    InvalidDataError
        The file as a whole cannot be read.
    """
    frame, problems = read_layer(path, layer=layer)
    placed, misplaced = placed_in_province(frame, shape, path)
    told = {one.row for one in problems if one.column in {"lon", "lat", "geometry"}}
    unplaced = "missing-columns" in {one.code for one in problems}
    problems += [
        one for one in misplaced if not unplaced and (one.row is None or one.row not in told)
    ]
    if len(frame) == 0:
        problems.append(_no_rows(path))
    table, wrong = typed(
        prepare(placed) if prepare else placed, columns, path, of_file=list(frame.columns)
    )
    return table, [*problems, *wrong]


def placed_in_province(
    frame: gpd.GeoDataFrame, shape: Shape, path: Path
) -> tuple[gpd.GeoDataFrame, list[Problem]]:
    """The frame in EPSG:4326, and what is wrong with its CRS and with each geometry.

    Returns
    -------
    The frame (in its own numbers if they cannot be transformed) and problems ``missing-crs``,
    ``unknown-datum``, ``wrong-crs``, ``empty-geometry``, ``wrong-geometry``, ``broken-geometry``,
    ``swapped-coordinates``, ``outside-province``.
    """
    given = _plain(frame.geometry.to_numpy())
    crs = frame.crs
    if crs is None:
        return _with(frame, given), [_no_crs(path)]
    if found := datum_problem(crs, path):
        return _with(frame, given), [found]
    unfit = _unfit(given, crs)
    present = ~(shapely.is_missing(given) | shapely.is_empty(given))
    if unfit.any() and unfit[present].all():
        return _with(frame, given), [_wrong_crs(given, crs, path)]
    stored = transformed(given, crs, STORED)
    problems = [
        _geometry_problem(stored[row], given[row], bool(unfit[row]), shape, crs, path, row)
        for row in rows_of(unfit | ~_sound(stored, shape))
    ]
    return _with(frame, stored), problems


def datum_problem(crs: Any, path: Path) -> Problem | None:
    """What is wrong with a CRS that cannot be brought to WGS 84 without guessing its datum."""
    try:
        transformer(crs, STORED)
    except ProjError:
        return problem(
            "unknown-datum",
            path,
            f"the CRS '{CRS.from_user_input(crs).name}', whose shift to WGS 84 is not known",
            "a CRS with a known datum, e.g. EPSG:4326 or VN-2000 / TM-3 107°45′ (EPSG:5899)",
            "assign the CRS from the EPSG list: a guess would be wrong by up to hundreds of metres",
        )
    return None


def transformed(shapes: Shapes, source: Any, target: Any) -> Shapes:
    """Geometries in another CRS, never by a ballpark transformation."""
    way = transformer(source, target)

    def move(xy: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.column_stack(way.transform(xy[:, 0], xy[:, 1]))

    return shapely.transform(shapes, move)


@functools.lru_cache(maxsize=16)
def transformer(source: Any, target: Any) -> Transformer:
    """Transformer of (x, y) between two CRS, the best for the province and no ballpark.

    PROJ looks through its database for 15 ms: each is looked for once.

    Raises
    ------
    pyproj.exceptions.ProjError
        No transformation is known.
    """
    return Transformer.from_crs(
        source,
        target,
        always_xy=True,
        allow_ballpark=False,
        area_of_interest=AreaOfInterest(*PROVINCE_BOUNDS),
    )


def _plain(shapes: Shapes) -> Shapes:
    """Geometries without heights, multipoints of one point as points."""
    flat: Shapes = shapely.force_2d(shapes)
    single = (shapely.get_type_id(flat) == shapely.GeometryType.MULTIPOINT) & (
        shapely.get_num_geometries(flat) == 1
    )
    flat[single] = shapely.get_geometry(flat[single], 0)
    return flat


def _with(frame: gpd.GeoDataFrame, shapes: Shapes) -> gpd.GeoDataFrame:
    """The frame's attributes with other geometries, called EPSG:4326."""
    attributes = frame.drop(columns="geometry")
    return gpd.GeoDataFrame(attributes, geometry=shapes, crs=STORED)


def _unfit(shapes: Shapes, crs: Any) -> npt.NDArray[np.bool_]:
    """Rows whose numbers the CRS cannot mean: metres under degrees, degrees under metres."""
    largest = np.abs(shapely.bounds(shapes)).max(axis=1, initial=0.0)
    with np.errstate(invalid="ignore"):
        if crs.is_geographic:
            return np.asarray(np.isfinite(largest) & (largest > _DEGREES))
        return np.asarray(np.isfinite(largest) & crs.is_projected & (largest <= _DEGREES / 2))


def _sound(shapes: Shapes, shape: Shape) -> npt.NDArray[np.bool_]:
    """Rows of the right kind, valid, and in the province; empty ones have no finite bounds."""
    west, south, east, north = PROVINCE_BOUNDS
    left, low, right, high = shapely.bounds(shapes).T
    inside = (west <= left) & (south <= low) & (right <= east) & (high <= north)
    kind = np.isin(shapely.get_type_id(shapes), _TYPE_IDS[shape])
    return np.asarray(inside & kind & shapely.is_valid(shapes), dtype=np.bool_)


def _geometry_problem(
    place: Any, given: Any, unfit: bool, shape: Shape, crs: Any, path: Path, row: int
) -> Problem:
    """What is wrong with a geometry that is not sound, the plainest fault first."""
    if place is None or place.is_empty:
        return _row_problem("empty-geometry", path, row, "no geometry", f"a {shape}", "draw it")
    if place.geom_type not in _KINDS[shape]:
        return _row_problem(
            "wrong-geometry", path, row, f"a {place.geom_type}", f"a {shape}", "choose the layer"
        )
    if unfit:
        return _row_problem(
            "wrong-crs", path, row, _numbers(given, crs), _expected(crs), _declare(crs)
        )
    if not np.isfinite(place.bounds).all():
        found = f"coordinates that are no place: {given.bounds[0]:g}, {given.bounds[1]:g}"
        return _row_problem("empty-geometry", path, row, found, f"a {shape}", "fill them in")
    if not place.is_valid:
        reason = shapely.is_valid_reason(place)
        mend = "repair it, e.g. with 'Fix geometries' of QGIS"
        return _row_problem("broken-geometry", path, row, reason, "a valid geometry", mend)
    return _misplaced(place, given, crs, path, row)


def _misplaced(place: Any, given: Any, crs: Any, path: Path, row: int) -> Problem:
    west, south, east, north = PROVINCE_BOUNDS
    found = f"longitude {place.bounds[0]:.5f}, latitude {place.bounds[1]:.5f}"
    if _inside(_moved(_swapped(given), crs)):
        found = f"x {given.bounds[0]:.10g}, y {given.bounds[1]:.10g}, which fit when exchanged"
        expected = "longitude about 107, latitude about 21" if crs.is_geographic else "x is east"
        return _row_problem("swapped-coordinates", path, row, found, expected, "exchange the two")
    if crs.is_projected and _inside(_moved(given, COMPUTED)):
        found = f"{found}; the numbers fit VN-2000 / TM-3 107°45′ (EPSG:5899)"
        expected = f"coordinates in the declared CRS, {crs.name}"
        return _row_problem("wrong-crs", path, row, found, expected, _declare(crs))
    expected = f"within longitude {west} to {east} and latitude {south} to {north}"
    mend = "correct the coordinates or leave the row out"
    return _row_problem("outside-province", path, row, found, expected, mend)


def _moved(place: Any, crs: Any) -> Any:
    return transformed(np.array([place], dtype=object), crs, STORED)[0]


def _swapped(place: Any) -> Any:
    return shapely.transform(place, lambda xy: xy[:, ::-1])


def _inside(place: Any) -> bool:
    west, south, east, north = PROVINCE_BOUNDS
    left, low, right, high = place.bounds
    return bool(west <= left and south <= low and right <= east and high <= north)


def _numbers(given: Any, crs: Any) -> str:
    """The numbers of a geometry, and what they look like."""
    x, y = given.bounds[:2]
    found = f"{x:.10g}, {y:.10g} under {crs.name}"
    if crs.is_projected:
        return f"{found}: degrees, not metres"
    if _inside(shapely.transform(given, lambda xy: xy / _MILLIONTHS)):
        return f"{found}: degrees × 1,000,000"
    if _inside(_moved(given, COMPUTED)):
        return f"{found}: metres of VN-2000 / TM-3 107°45′ (EPSG:5899)"
    return f"{found}: metres, not degrees"


def _expected(crs: Any) -> str:
    return "metres" if crs.is_projected else "degrees"


def _declare(crs: Any) -> str:
    return f"declare the CRS in which the coordinates really are, instead of {crs.name}"


def _no_crs(path: Path) -> Problem:
    return problem(
        "missing-crs",
        path,
        "no coordinate reference system",
        "one, e.g. EPSG:4326 or VN-2000 / TM-3 107°45′ (EPSG:5899)",
        "set it in QGIS with 'Define layer projection', not by guessing",
    )


def _wrong_crs(shapes: Shapes, crs: Any, path: Path) -> Problem:
    first = next(one for one in shapes if one is not None and not one.is_empty)
    return problem("wrong-crs", path, _numbers(first, crs), _expected(crs), _declare(crs))


def _no_rows(path: Path) -> Problem:
    return problem("no-rows", path, "a layer without rows", "at least one row", "fill it in")


def _row_problem(code: str, path: Path, row: int, found: str, expected: str, mend: str) -> Problem:
    return problem(code, path, found, expected, mend, row=row, column="geometry")
