"""The result of an import: written aside, read back by the strict reader, then put in place."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import pandas as pd

from qn_coverage.core.crs import STORED
from qn_coverage.core.foreign_text import defused
from qn_coverage.data.importing.safety import refused

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

OUTPUTS: Final = (".gpkg", ".parquet", ".geojson", ".csv")
"""Endings of the files that an import writes."""


def placed(
    columns: dict[str, Any], lon: npt.NDArray[Any], lat: npt.NDArray[Any]
) -> gpd.GeoDataFrame:
    """Frame with points in EPSG:4326; columns that are empty throughout are left out."""
    table = pd.DataFrame(columns)
    for name in table.columns:
        if not pd.api.types.is_numeric_dtype(table[name]):
            table[name] = table[name].where(table[name] != "", None)
    table = table.dropna(axis="columns", how="all")
    return gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(lon, lat, crs=STORED))


def write_checked(
    frame: gpd.GeoDataFrame,
    out: Path | str,
    read: Callable[[Path], object],
    *,
    before: Callable[[Path], None],
) -> None:
    """Write a file that the strict reader accepts, or none.

    Parameters
    ----------
    frame
        Points in EPSG:4326.
    out
        File of one of `OUTPUTS`.
    read
        The strict reader.
    before
        Given the file that was accepted, before it takes its place.

    Raises
    ------
    InvalidDataError
        ``unknown-format``, or whatever the strict reader finds.
    """
    out = Path(out)
    check_ending(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    aside = out.with_name(f".importing-{out.name}")
    try:
        _write(frame, aside)
        read(aside)
        before(aside)
        aside.replace(out)
    finally:
        aside.unlink(missing_ok=True)


def check_ending(out: Path) -> None:
    """Refuse an ending that cannot be written.

    Raises
    ------
    InvalidDataError
        ``unknown-format``.
    """
    if out.suffix.lower() not in OUTPUTS:
        raise refused(
            "unknown-format",
            out,
            f"the ending '{out.suffix}'",
            "one of " + ", ".join(OUTPUTS),
            "name the result so",
        )


def _write(frame: gpd.GeoDataFrame, path: Path) -> None:
    suffix = path.suffix.lower()
    if suffix == ".csv":
        table = pd.DataFrame(frame.drop(columns="geometry"))
        for name in table.columns:
            if not pd.api.types.is_numeric_dtype(table[name]):
                table[name] = table[name].map(defused)
        table["lon"], table["lat"] = frame.geometry.x, frame.geometry.y
        table.to_csv(path, index=False, float_format="%.10g", encoding="utf-8", lineterminator="\n")
    elif suffix == ".parquet":
        frame.to_parquet(path)
    else:
        frame.to_file(path, driver="GPKG" if suffix == ".gpkg" else "GeoJSON", layer="imported")
