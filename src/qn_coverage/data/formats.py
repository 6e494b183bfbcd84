"""Any table or vector file → a frame with clean NFC text, as the file has it."""

from __future__ import annotations

import re
import warnings
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from qn_coverage.core.crs import STORED
from qn_coverage.core.errors import InvalidDataError, Problem
from qn_coverage.core.text import fold, nfc
from qn_coverage.data.problems import problem, rows_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Frame = TypeVar("Frame", bound=pd.DataFrame)

_GDAL: Final = (".gpkg", ".geojson", ".json", ".shp", ".fgb")
_PARQUET: Final = (".parquet", ".geoparquet")
FORMATS: Final = (".csv", *_PARQUET, *_GDAL)
"""Endings that the readers know."""

_SHOWN: Final = 60
_MADE_AGAIN: Final = "open it in the program that made it and save it again"


def read_table(path: Path | str) -> pd.DataFrame:
    """Read a table without places: CSV, Parquet, or the attributes of a vector file.

    Rows that are empty throughout are dropped; the index counts all rows of the file from 0.

    Raises
    ------
    InvalidDataError
        ``missing-file``, ``unknown-format``, ``unreadable``, ``not-utf8``, ``broken-row``,
        ``duplicate-columns``, ``wrong-delimiter``, ``several-layers``.
    """
    path = Path(path)
    suffix = _known_suffix(path)
    table: pd.DataFrame
    if suffix == ".csv":
        table = _csv(path)
    elif suffix in _PARQUET:
        table = _attempt(path, lambda: pd.read_parquet(path))
    else:
        table = _attempt(path, lambda: pyogrio.read_dataframe(path, read_geometry=False))
    return _clean(table, path)


def read_layer(path: Path | str, *, layer: str) -> tuple[gpd.GeoDataFrame, list[Problem]]:
    """Read places from GeoPackage, GeoParquet, GeoJSON, Shapefile, FlatGeobuf or CSV.

    A CSV holds points in ``lon`` and ``lat`` (decimal degrees, WGS 84) or geometries as WKT in
    ``geometry``. Rows that are empty throughout are dropped.

    Parameters
    ----------
    path
        File.
    layer
        Which layer to take from a file with several; a file with one may call it as it likes.

    Returns
    -------
    The frame in the CRS of the file (None if it has none), whose index counts the rows of the file
    from 0, and what is wrong with coordinates that could not even be read, by position in the
    frame.

    Raises
    ------
    InvalidDataError
        As `read_table`: a file of which nothing can be read.
    """
    path = Path(path)
    suffix = _known_suffix(path)
    if suffix == ".csv":
        return _places_of_csv(_clean(_csv(path), path), path)
    if suffix in _PARQUET:
        frame = _attempt(path, lambda: gpd.read_parquet(path))
    else:
        frame = _attempt(path, lambda: gpd.read_file(path, layer=_layer_of(path, layer)))
    if not isinstance(frame, gpd.GeoDataFrame):
        raise InvalidDataError([_no_geometry(path)])
    frame = frame.rename_geometry("geometry") if frame.geometry.name != "geometry" else frame
    return _clean(frame, path), []


def _known_suffix(path: Path) -> str:
    suffix = path.suffix.lower()
    if suffix not in FORMATS:
        raise InvalidDataError(
            [
                problem(
                    "unknown-format",
                    path,
                    f"the ending '{suffix}'",
                    "one of " + ", ".join(FORMATS),
                    "save the layer in one of these formats",
                )
            ]
        )
    if not path.is_file():
        raise InvalidDataError(
            [
                problem(
                    "missing-file",
                    path,
                    "no such file",
                    "a file",
                    "check the path in the scenario; it is relative to the scenario file",
                )
            ]
        )
    return suffix


def _attempt(path: Path, read: Any) -> Any:
    """Call a reader; whatever it raises becomes one readable problem.

    GDAL's warnings stay unsaid: what they warn of (a geometry that is left out) is a problem of its
    row later.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            return read()
    except InvalidDataError:
        raise
    except Exception as error:  # GDAL, Arrow and GEOS raise kinds of their own
        kind = path.suffix.lower().removeprefix(".")
        found = " ".join(str(error).split()) or type(error).__name__
        raise InvalidDataError(
            [problem("unreadable", path, found, f"a whole {kind} file", _MADE_AGAIN)]
        ) from error


def _layer_of(path: Path, wanted: str) -> str:
    """Name of the layer to read: the only one with places, or the one that is wanted."""
    layers = [str(name) for name, kind in pyogrio.list_layers(path) if kind is not None]
    if len(layers) == 1:
        return layers[0]
    if wanted in layers:
        return wanted
    raise InvalidDataError(
        [
            problem(
                "several-layers",
                path,
                "the layers " + ", ".join(layers) if layers else "no layer with places",
                f"one layer, or one called '{wanted}'",
                f"rename the layer to '{wanted}' or save it to a file of its own",
            )
        ]
    )


def _no_geometry(path: Path) -> Problem:
    return problem(
        "missing-columns",
        path,
        "a table without places",
        "a column of geometries",
        "save the layer with its geometry",
        column="geometry",
    )


# --- CSV -----------------------------------------------------------------------------------------


def _csv(path: Path) -> pd.DataFrame:
    """Every cell as text, the first row as names; pandas' guesses about columns stay out of it.

    Blank lines are rows, as spreadsheets count them; those above the names are not.
    """
    above = 0
    try:
        above = _blank_lines_above(path)
        cells = pd.read_csv(
            path,
            header=None,
            dtype="object",
            encoding="utf-8-sig",
            keep_default_na=False,
            skip_blank_lines=False,
            skiprows=above,
        )
    except UnicodeDecodeError as error:
        raise InvalidDataError([_not_utf8(path, error)]) from error
    except pd.errors.ParserError as error:
        raise InvalidDataError([_broken_row(path, error, above)]) from error
    except (ValueError, OSError) as error:
        raise InvalidDataError(
            [problem("unreadable", path, str(error), "CSV in UTF-8", _MADE_AGAIN)]
        ) from error
    names = ["" if pd.isna(name) else str(name) for name in cells.iloc[0]]
    if len(names) == 1 and (found := re.search(r"[;\t|]", names[0])):
        raise InvalidDataError([_wrong_delimiter(path, found.group())])
    table = cells.iloc[1:].set_axis(names, axis=1).reset_index(drop=True)
    return table.replace("", None)


def _blank_lines_above(path: Path) -> int:
    """How many lines without any text stand above the names of the columns."""
    with path.open(encoding="utf-8-sig", errors="replace") as lines:
        return sum(1 for _ in takewhile(lambda line: not line.strip(' ,"\t\r\n'), lines))


def _places_of_csv(table: pd.DataFrame, path: Path) -> tuple[gpd.GeoDataFrame, list[Problem]]:
    if "geometry" in table:
        texts = table.pop("geometry")
        shapes = shapely.from_wkt(texts.map(str, na_action="ignore"), on_invalid="ignore")
        problems = [
            _not_wkt(path, row, texts.iloc[row])
            for row in rows_of(texts.notna() & shapely.is_missing(shapes))
        ]
        return gpd.GeoDataFrame(table, geometry=shapes, crs=STORED), problems
    missing = [name for name in ("lon", "lat") if name not in table]
    if missing:
        nowhere = np.full(len(table), None, dtype=object)
        frame = gpd.GeoDataFrame(table, geometry=nowhere, crs=STORED)
        return frame, [missing_columns(path, missing, list(table.columns))]
    cells = {name: table.pop(name) for name in ("lon", "lat")}
    lon, lat = (pd.to_numeric(each, errors="coerce").astype("float64") for each in cells.values())
    problems = [
        _not_degrees(path, name, row, cells[name].iloc[row])
        for name, values in (("lon", lon), ("lat", lat))
        for row in rows_of(~np.isfinite(values))
    ]
    finite = np.isfinite(lon) & np.isfinite(lat)
    points = gpd.GeoSeries(gpd.points_from_xy(lon, lat), index=table.index).where(finite, None)
    return gpd.GeoDataFrame(table, geometry=points.to_numpy(), crs=STORED), problems


def _not_wkt(path: Path, row: int, text: str) -> Problem:
    shown = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
    return problem(
        "broken-geometry",
        path,
        f"'{shown}'",
        "a geometry as WKT, e.g. POINT (107.35012 20.95127)",
        "write the geometry again from the program that made it",
        row=row,
        column="geometry",
    )


def _not_degrees(path: Path, name: str, row: int, cell: object) -> Problem:
    empty = cell is None or bool(pd.isna(cell))  # type: ignore[call-overload]
    return problem(
        "empty-geometry" if empty else "not-a-number",
        path,
        "an empty cell" if empty else f"'{cell}'",
        "decimal degrees, e.g. " + ("107.35012" if name == "lon" else "20.95127"),
        "fill in longitude and latitude in WGS 84 with a decimal point",
        row=row,
        column=name,
    )


def missing_columns(path: Path, missing: Sequence[str], found: Sequence[str]) -> Problem:
    """Problem of a file that lacks columns; names that differ in accents or case are pointed at."""
    alike = {fold(str(name)): str(name) for name in found}
    hints = [f"rename '{alike[fold(name)]}' to '{name}'" for name in missing if fold(name) in alike]
    return problem(
        "missing-columns",
        path,
        "the columns " + ", ".join(map(str, found)) if found else "no columns",
        "the columns " + ", ".join(missing) + " too",
        "; ".join(hints) or "add or rename columns; docs/data.md is the data dictionary",
        column=", ".join(missing),
    )


def _not_utf8(path: Path, error: UnicodeDecodeError) -> Problem:
    return problem(
        "not-utf8",
        path,
        f"the byte 0x{error.object[error.start]:02x} at {error.start}",
        "text in UTF-8",
        "save it as 'CSV UTF-8'",
    )


def _broken_row(path: Path, error: Exception, above: int) -> Problem:
    """Problem of a row of the wrong length; a "line" of pandas is a row, whatever it quotes."""
    text = " ".join(str(error).split())
    line = re.search(r"line (\d+)", text)
    return problem(
        "broken-row",
        path,
        text,
        "as many cells in each row as in the first",
        "put cells that hold a comma between double quotes",
        row=int(line.group(1)) - above - 2 if line else None,
    )


def _wrong_delimiter(path: Path, mark: str) -> Problem:
    name = {";": "semicolons", "\t": "tabs", "|": "bars"}[mark]
    return problem(
        "wrong-delimiter",
        path,
        f"cells separated by {name}",
        "commas, and points in decimal numbers",
        "save it as 'CSV UTF-8' with English (United States) number format; lists of sites, "
        "villages and measurements can be brought in as they are by 'qn-coverage import'",
    )


# --- text ----------------------------------------------------------------------------------------


def _clean(frame: Frame, path: Path) -> Frame:
    """NFC names and cells, blank cells empty, rows that are empty throughout dropped."""
    frame = frame.reset_index(drop=True)
    frame = frame.rename(columns=lambda name: name if name == "geometry" else nfc(str(name)))
    doubled = sorted({str(name) for name in frame.columns[frame.columns.duplicated()]})
    if doubled:
        raise InvalidDataError([_doubled(path, doubled)])
    for name in frame.columns.drop("geometry", errors="ignore"):
        cells = frame[name]
        if not (pd.api.types.is_numeric_dtype(cells) or pd.api.types.is_datetime64_dtype(cells)):
            frame[name] = by_value(cells.astype("object"), _clean_cell)
    return frame.dropna(how="all")


def by_value(cells: pd.Series[Any], change: Callable[[Any], Any]) -> pd.Series[Any]:
    """Apply a function to each cell that is not empty, once for each different text."""
    if pd.api.types.infer_dtype(cells, skipna=True) == "string":
        numbers, different = pd.factorize(cells)
        changed = np.array([*map(change, different), None], dtype="object")
        return pd.Series(changed[numbers], index=cells.index, dtype="object")
    values = [
        None if empty else change(cell) for cell, empty in zip(cells, cells.isna(), strict=True)
    ]
    return pd.Series(values, index=cells.index, dtype="object")


def _clean_cell(cell: object) -> object:
    if not isinstance(cell, str):
        return cell
    return nfc(cell) or None


def _doubled(path: Path, names: list[str]) -> Problem:
    return problem(
        "duplicate-columns",
        path,
        "more than one column " + ", ".join(f"'{name}'" for name in names),
        "each name once",
        "remove or rename the others",
        column=", ".join(names),
    )
