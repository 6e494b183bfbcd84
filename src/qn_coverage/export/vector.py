"""What the plain vector formats share: text columns they can hold, and a note of what was cut."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from qn_coverage.core.crs import STORED
from qn_coverage.export.dictionary import LAYER_TITLES, field_of, short_names

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import geopandas as gpd

    from qn_coverage.export.results import Results

TEXT_BYTES: Final = 254
"""Longest text that a dBase or MapInfo field holds, in bytes of UTF-8."""

NAMES: Final = "ten-truong_field-names.csv"
CUT: Final = "van-ban-bi-cat_cut-texts.csv"


def write_layers(
    results: Results,
    folder: Path,
    *,
    suffix: str,
    length: int,
    options: Callable[[str], Mapping[str, Any]],
) -> None:
    """Write one file a layer with short field names, and two tables of what changed by it.

    ``ten-truong_field-names.csv`` gives layer, field as written, column, meaning in both
    languages and unit; ``van-ban-bi-cat_cut-texts.csv`` gives each text over `TEXT_BYTES` whole.

    Parameters
    ----------
    results
        What to write; empty layers are left out, since these formats need a kind of geometry.
    folder
        Made here.
    suffix
        File suffix, by which GDAL is told the driver's flavour.
    length
        Longest field name of the format.
    options
        Keyword arguments for `pyogrio.write_dataframe` by layer name.
    """
    import pyogrio  # noqa: PLC0415 (loads GDAL: only when asked for)

    folder.mkdir(parents=True, exist_ok=True)
    names: list[dict[str, str]] = []
    cut: list[dict[str, str]] = []
    for layer, table in results.layers.items():
        if table.empty:
            continue
        columns = [str(name) for name in table.columns.drop("geometry")]
        short = short_names(columns, length=length)
        names += [_named(layer, short[column], column) for column in columns]
        plain, shortened = cut_texts(flat(table), layer, short)
        cut += shortened
        pyogrio.write_dataframe(
            plain.rename(columns=short), folder / f"{layer}{suffix}", layer=layer, **options(layer)
        )
    _write_table(names, folder / NAMES)
    if cut:
        _write_table(cut, folder / CUT)


def flat(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Table in EPSG:4326 whose columns are text, numbers or 0/1; dates are ``YYYY-MM-DD`` text."""
    out = table.to_crs(STORED)
    for column in out.columns.drop("geometry"):
        values = out[column]
        if pd.api.types.is_datetime64_any_dtype(values):
            out[column] = values.dt.strftime("%Y-%m-%d")
        elif pd.api.types.is_bool_dtype(values):
            out[column] = values.astype("int32")
        elif pd.api.types.is_integer_dtype(values):
            out[column] = _narrow(values)
        elif not pd.api.types.is_numeric_dtype(values):
            out[column] = values.astype(object).where(values.notna(), None)
    return out


def _narrow(values: pd.Series[int]) -> pd.Series[Any]:
    """Whole numbers in 32 bits: GDAL 3.6 and QGIS 3.22 refuse a MIF or TAB with ``LargeInt``."""
    fits = values.dropna().between(-(2**31) + 1, 2**31 - 1).all()
    return values.astype("int32" if fits and not values.hasnans else "float64")


def cut_texts(
    table: gpd.GeoDataFrame, layer: str, short: Mapping[str, str]
) -> tuple[gpd.GeoDataFrame, list[dict[str, str]]]:
    """Table without texts over `TEXT_BYTES`, and the whole texts of those that were cut."""
    out = table.copy()
    ids = table.iloc[:, 0].astype(str).tolist()
    found = []
    for column in (name for name in out.columns.drop("geometry") if out[name].dtype == object):
        texts = out[column].tolist()
        long = [at for at, text in enumerate(texts) if _is_long(text)]
        found += [
            {"layer": layer, "id": ids[at], "field": short[str(column)], "text": texts[at]}
            for at in long
        ]
        if long:
            out[column] = [_first_bytes(text) if _is_long(text) else text for text in texts]
    return out, found


def _is_long(text: object) -> bool:
    return isinstance(text, str) and len(text.encode()) > TEXT_BYTES


def _first_bytes(text: str) -> str:
    """Start of a text that fits, ending in an ellipsis and never inside a character."""
    room = TEXT_BYTES - len("…".encode())
    return text.encode()[:room].decode(errors="ignore") + "…"


def _named(layer: str, field: str, column: str) -> dict[str, str]:
    meant = field_of(column)
    title_vi, title_en = LAYER_TITLES[layer]
    return {
        "layer": layer,
        "lop": title_vi,
        "layer_title": title_en,
        "field": field,
        "column": column,
        "y_nghia": meant.vi,
        "meaning": meant.en,
        "unit": meant.unit,
    }


def _write_table(rows: list[dict[str, str]], path: Path) -> None:
    from qn_coverage.export.tables import write_csv  # noqa: PLC0415

    write_csv(pd.DataFrame(rows), path)
