"""MapInfo, Shapefile, GeoPackage and GeoJSON layers as grids of attributes and places."""

from __future__ import annotations

import json
import warnings
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from pyproj import CRS

from qn_coverage.core.crs import COMPUTED, STORED
from qn_coverage.core.errors import InvalidDataError
from qn_coverage.data.importing.grid import PLACE_RADIUS, PLACE_X, PLACE_Y, Grid, lines_of
from qn_coverage.data.importing.notes import Note
from qn_coverage.data.importing.safety import MAX_COLUMNS, MAX_ROWS, refused, too_many_rows
from qn_coverage.data.importing.zones import zone_like
from qn_coverage.data.positions import datum_problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MARKS: Final = {
    ".gpkg": (b"SQLite format 3\x00",),
    ".shp": (b"\x00\x00\x27\x0a",),
    ".tab": (b"!table", b"!Table", b"!TABLE"),
    ".mif": (b"Version", b"VERSION", b"version"),
}
"""How files begin; GDAL would open others under the same ending, and follow what they refer to."""

_POINTS: Final = {"Point", "MultiPoint"}
_AREAS: Final = {"Polygon", "MultiPolygon"}


def read_layers(path: Path, encoding: str | None = None) -> list[Grid]:
    """Read the layers of a vector file that hold points or areas.

    An area becomes a point in it with the radius that holds all of it.

    Parameters
    ----------
    path
        A ``.gpkg``, ``.shp``, ``.tab`` or ``.mif`` file.
    encoding
        Character set of a Shapefile, if it does not say.

    Raises
    ------
    InvalidDataError
        ``unreadable``, ``unsafe-file``, ``empty-sheet``, ``too-many-rows``.
    """
    _check_start(path)
    options: dict[str, Any] = {"encoding": encoding} if encoding else {}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            layers = pyogrio.list_layers(path)
            named = [str(name) for name, kind in layers if kind is not None]
            frames = [
                (name, gpd.read_file(path, layer=name, max_features=MAX_ROWS + 1, **options))
                for name in named
                if name != "layer_styles"
            ]
    except Exception as error:  # GDAL and Arrow raise their own kinds
        raise refused(
            "unreadable",
            path,
            " ".join(str(error).split())[:300] or type(error).__name__,
            f"a {path.suffix[1:]} file with all its parts beside it",
            "open it in the program that made it and save it again",
        ) from error
    return _grids(path, frames)


def read_geojson(path: Path, text: str) -> list[Grid]:
    """Read a GeoJSON feature collection.

    Raises
    ------
    InvalidDataError
        As `read_layers`.
    """
    try:
        document = json.loads(text)
        features = document["features"][: MAX_ROWS + 1]
        records = [feature.get("properties") or {} for feature in features]
        shapes = [_shape(feature.get("geometry")) for feature in features]
        crs = document.get("crs", {}).get("properties", {}).get("name", STORED)
        frame = gpd.GeoDataFrame(pd.DataFrame.from_records(records), geometry=shapes, crs=crs)
    except (
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        RecursionError,
        shapely.errors.ShapelyError,
        OverflowError,
    ) as error:
        raise refused(
            "unreadable",
            path,
            " ".join(str(error).split())[:300] or type(error).__name__,
            "a GeoJSON feature collection",
            "save it again",
        ) from error
    except Exception as error:
        if type(error).__module__.startswith("pyproj"):
            raise refused(
                "unreadable", path, "an unknown 'crs'", "EPSG:4326", "save it in WGS 84"
            ) from error
        raise
    return _grids(path, [("", frame)])


def _shape(geometry: Any) -> Any:
    return None if geometry is None else shapely.geometry.shape(geometry)


def _check_start(path: Path) -> None:
    with path.open("rb") as file:
        start = file.read(4096)
    if not start.lstrip().startswith(MARKS[path.suffix.lower()]):
        raise refused(
            "unreadable",
            path,
            f"a file that begins with {start[:12]!r}",
            f"a {path.suffix[1:]} file",
            "save it again in the program that made it",
        )
    words = start.lower()
    if path.suffix.lower() == ".tab" and any(
        mark in words
        for mark in (b"linked", b"seamless", b"odbc", b"access", b"../", b"..\\", b":\\")
    ):
        raise refused(
            "unsafe-file",
            path,
            "a table that refers to other files",
            "a native MapInfo table",
            "save a copy of the table in MapInfo and send that",
        )


def _grids(path: Path, frames: list[tuple[str, pd.DataFrame]]) -> list[Grid]:
    grids = [
        _grid(path, name if len(frames) > 1 else "", frame)
        for name, frame in frames
        if isinstance(frame, gpd.GeoDataFrame) and len(frame)
    ]
    if not grids:
        raise refused("empty-sheet", path, "no places", "points or areas", "send the file again")
    return grids


def _grid(path: Path, part: str, frame: gpd.GeoDataFrame) -> Grid:
    if len(frame) > MAX_ROWS:
        raise too_many_rows(path)
    file = f"{path.name} [{part}]" if part else path.name
    places, radius, notes = _placed(frame, path, file)
    table = pd.DataFrame(frame.drop(columns=frame.geometry.name)).iloc[:, :MAX_COLUMNS]
    header = [*map(str, table.columns), PLACE_X, PLACE_Y, PLACE_RADIUS]
    x, y = (shapely.get_coordinates(places) if len(places) else np.empty((0, 2))).T
    empty = shapely.is_missing(places) | shapely.is_empty(places)
    xs, ys = np.full(len(places), np.nan), np.full(len(places), np.nan)
    xs[~empty], ys[~empty] = x, y
    columns = [table[column].where(table[column].notna(), None) for column in table.columns]
    values = [*columns, xs.tolist(), ys.tolist(), radius.tolist()]
    if np.isnan(radius).all():
        header.pop()
        values.pop()
    rows = zip(*values, strict=True)
    return Grid(path.name, [header, *lines_of(rows)], part=part, notes=tuple(notes), titled=True)


def _placed(frame: gpd.GeoDataFrame, path: Path, file: str) -> tuple[Any, Any, list[Note]]:
    """Points in degrees where the CRS is known, else in the file's numbers; radius of areas.

    Raises
    ------
    InvalidDataError
        ``unknown-datum``, as the strict readers do.
    """
    notes = list(_crs_notes(frame, file))
    crs = frame.crs
    if crs is not None and (zone := zone_like(crs)) is not None:
        frame, crs = frame.set_crs(zone, allow_override=True), CRS(zone)
    bounds = np.abs(frame.total_bounds)
    sound = np.isfinite(bounds).all()
    wrong = sound and crs is not None and crs.is_geographic and bounds.max() > 360
    wrong = wrong or (sound and crs is not None and crs.is_projected and bounds.max() <= 180)
    shapes = frame.geometry
    kinds = shapes.geom_type
    radius = np.full(len(frame), np.nan)
    if crs is None or wrong:
        places = shapes.where(kinds.isin(_POINTS))
        return shapely.centroid(places.to_numpy()), radius, notes
    if guessed := datum_problem(crs, path):
        raise InvalidDataError([guessed])
    area = kinds.isin(_AREAS).to_numpy()
    metres = shapes.to_crs(COMPUTED)
    centres = metres.where(kinds.isin(_POINTS | _AREAS)).to_numpy().copy()
    centres[area] = shapely.point_on_surface(centres[area])
    single = ~area & (shapely.get_num_geometries(centres) == 1)
    radius[area] = shapely.hausdorff_distance(metres.to_numpy()[area], centres[area])
    centres[~(area | single)] = None
    centres[single] = shapely.centroid(centres[single])
    degrees: Any = gpd.GeoSeries(centres, crs=COMPUTED).to_crs(STORED).to_numpy().copy()
    if crs == CRS(STORED):  # untouched, so that a number is not changed by two transformations
        degrees[single] = shapely.centroid(shapes.to_numpy()[single])
    if area.any():
        found = f"{int(area.sum())} vùng / areas"
        vi = "điểm trong vùng, kèm bán kính bao trùm"
        notes.append(
            Note("area", file, found, vi, "a point in each, with the radius that holds it")
        )
    return degrees, radius, notes


def _crs_notes(frame: gpd.GeoDataFrame, file: str) -> Iterator[Note]:
    if frame.crs is None:
        vi, en = "số chưa rõ hệ toạ độ", "numbers in a CRS not known"
        yield Note("no-crs", file, "không có hệ toạ độ / no CRS", vi, en)
    elif (zone := zone_like(frame.crs)) is not None:
        yield Note("datum", file, frame.crs.name, f"VN-2000 ({zone})", f"VN-2000 ({zone})")
    elif frame.crs != CRS(STORED):
        yield Note("crs", file, frame.crs.name, "WGS 84 (đã chuyển)", "WGS 84 after conversion")
