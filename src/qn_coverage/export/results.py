"""Read a run back from its output folder, checked against its manifest: no recomputation."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import pandas as pd

from qn_coverage.core.errors import ManifestError
from qn_coverage.core.foreign_text import as_it_was
from qn_coverage.export import manifest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

GEOPACKAGE: Final = "gaps.gpkg"
RASTER: Final = "coverage.tif"
SUMMARY: Final = "summary.json"

_LAYERS: Final = (
    "communes", "former_communes", "districts", "villages", "sites", "sectors", "places", "gaps",
)  # fmt: skip
_LAYERS_IF_THERE: Final = ("measurements",)
_TABLES_IF_THERE: Final = ("layers", "reasons", "claims", "losses", "timeline", "village_layers")
_SITE_TABLE: Final = "sites"


@dataclass(frozen=True, slots=True, eq=False)
class Results:
    """What a run left in its folder.

    Attributes
    ----------
    folder
        Where it was read from.
    layers
        Tables with geometry in EPSG:4326 by name, as `export.geopackage` wrote them; the sites
        with whom they serve, from ``sites.csv``.
    tables
        Tables without geometry by name (keys of `dictionary.TABLE_TITLES`), those that the run
        has.
    summary
        Headline numbers, as in ``summary.json``.
    manifest
        The manifest that the folder was checked against.
    """

    folder: Path
    layers: Mapping[str, gpd.GeoDataFrame]
    tables: Mapping[str, pd.DataFrame]
    summary: Mapping[str, Any]
    manifest: Mapping[str, Any]

    @property
    def geopackage(self) -> Path:
        """GeoPackage of the run."""
        return self.folder / GEOPACKAGE

    @property
    def raster(self) -> Path:
        """Coverage raster of the run (see `export.raster.write_coverage`)."""
        return self.folder / RASTER

    @property
    def created(self) -> datetime:
        """Time of the run; files made from it carry this time, so they repeat byte for byte."""
        return datetime.fromisoformat(str(self.manifest["created"])).astimezone(UTC)


def read_results(folder: Path) -> Results:
    """Read the output folder of a run.

    Parameters
    ----------
    folder
        Folder that ``qn-coverage run`` or `export.folder.write_study` wrote.

    Raises
    ------
    ManifestError
        There is no manifest, a file is missing or was changed since the run, or the run lacks a
        file or layer that exports need.
    """
    document = manifest.read_manifest(folder)
    _check(folder, document)
    layers = _read_layers(folder / GEOPACKAGE)
    if f"{_SITE_TABLE}.csv" in document["outputs"]:
        layers["sites"] = _with_service(layers["sites"], _read_table(folder / f"{_SITE_TABLE}.csv"))
    return Results(
        folder=folder,
        layers=MappingProxyType(layers),
        tables=MappingProxyType(
            {
                name: _read_table(folder / f"{name}.csv")
                for name in _TABLES_IF_THERE
                if f"{name}.csv" in document["outputs"]
            }
        ),
        summary=MappingProxyType(json.loads((folder / SUMMARY).read_text(encoding="utf-8"))),
        manifest=MappingProxyType(document),
    )


def _check(folder: Path, document: Mapping[str, Any]) -> None:
    absent = {GEOPACKAGE, RASTER, SUMMARY} - set(document["outputs"])
    if absent:
        raise ManifestError(
            f"{folder}: kết quả thiếu tệp / the run wrote no {', '.join(sorted(absent))}; expected "
            "a folder that 'qn-coverage run' wrote. Mend: run the study again."
        )
    found = manifest.changed_outputs(folder, document)
    if found:
        raise ManifestError(
            f"{folder}: không còn như khi ghi / no longer what the run wrote: {'; '.join(found)}. "
            "Mend: run the study again, then export."
        )


def _read_layers(path: Path) -> dict[str, gpd.GeoDataFrame]:
    import pyogrio  # noqa: PLC0415 (loads GDAL: only when asked for)

    present = {str(name) for name, _ in pyogrio.list_layers(path)}
    absent = set(_LAYERS) - present
    if absent:
        raise ManifestError(
            f"{path}: thiếu lớp / has no layer {', '.join(sorted(absent))}. "
            "Mend: run the study again."
        )
    wanted = (*_LAYERS, *(name for name in _LAYERS_IF_THERE if name in present))
    return {name: gpd.read_file(path, layer=name) for name in wanted}


def _with_service(sites: gpd.GeoDataFrame, table: pd.DataFrame) -> gpd.GeoDataFrame:
    """Sites with whom they serve; those that the table lacks (off air) stay empty there."""
    fresh = table.columns.difference([*sites.columns, "lon", "lat"], sort=False)
    return sites.merge(table[["site_id", *fresh]], on="site_id", how="left", validate="m:1")


def _read_table(path: Path) -> pd.DataFrame:
    # A code of digits is no number, and a name "NA" is a name.
    codes = dict.fromkeys(("code", "place_id", "site_id", "village_id"), "string")
    table = pd.read_csv(path, dtype=codes, keep_default_na=False, na_values=[""])
    for column in table.select_dtypes(["object", "string"]).columns:
        table[column] = table[column].map(as_it_was, na_action="ignore")
    return table.rename(columns=as_it_was)
