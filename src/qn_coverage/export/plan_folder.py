"""The output folder of a plan: written aside, renamed into place, nothing lost on failure."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd

from qn_coverage import plan_tables
from qn_coverage.core.scenario import SHIPPED
from qn_coverage.export import manifest, outputs
from qn_coverage.export.plan_kmz import write_plan_kmz
from qn_coverage.export.plan_workbook import write_plan_workbook
from qn_coverage.export.tables import write_csv

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from qn_coverage.planning import Expansion


def write_plan(
    plan: Expansion,
    folder: Path,
    *,
    pages: Mapping[str, str],
    request_file: Path | None = None,
) -> list[str]:
    """Write everything a plan gives into a folder, all of it or nothing.

    Parameters
    ----------
    plan
        What to write.
    folder
        Made if need be. Files of an earlier plan are replaced, other files are left alone.
    pages
        Rendered pages by file name.
    request_file
        File the request came from, whose hash is recorded.

    Returns
    -------
    Names of the files written, the manifest last.

    Raises
    ------
    ManifestError, OutputError
        As `outputs.earlier_outputs` and `outputs.put_in_place`.
    """
    folder = Path(folder)
    earlier = outputs.earlier_outputs(folder, "plan")
    with outputs.aside(folder) as place:
        names = _write_all(plan, place, pages, home=folder, request_file=request_file)
        outputs.put_in_place(place, folder, names, earlier=earlier, maker="plan")
    for stale in earlier - set(names):
        (folder / stale).unlink(missing_ok=True)
    return names


def _write_all(
    plan: Expansion,
    folder: Path,
    pages: Mapping[str, str],
    *,
    home: Path,
    request_file: Path | None,
) -> list[str]:
    stamp = manifest.timestamp_of(plan.study.scenario)
    writers: dict[str, Callable[[Path], object]] = {
        name: partial(outputs.write_text, text) for name, text in pages.items()
    }
    for name, table in plan_tables.tables(plan).items():
        writers[f"{name}.csv"] = partial(write_csv, table)
    writers["plan.gpkg"] = lambda path: _write_geopackage(plan, path, stamp)
    writers["plan.kmz"] = lambda path: write_plan_kmz(plan, path, timestamp=stamp)
    writers["plan.xlsx"] = lambda path: write_plan_workbook(plan, path, timestamp=stamp)
    writers["summary.json"] = lambda path: outputs.write_json(plan_tables.summary(plan), path)
    for name, write in writers.items():
        write(folder / name)
    manifest.write_manifest(
        folder,
        home=home,
        scenario=plan.study.scenario,
        inputs=plan.study.inputs,
        outputs=writers,
        plan=_asked(plan, request_file),
    )
    return [*writers, manifest.NAME]


def _write_geopackage(plan: Expansion, path: Path, stamp: datetime) -> None:
    import pyogrio  # noqa: PLC0415 (loads GDAL: only when asked for)

    layers = {
        "sites": plan_tables.sites(plan),
        "sectors": plan.answer.sectors,
        "candidates": plan_tables.candidates(plan),
        "villages": _placed(plan, "villages", "village_id"),
        "gaps": _placed(plan, "gaps", "gap_id"),
    }
    options = {"OGR_CURRENT_DATE": stamp.strftime("%Y-%m-%dT%H:%M:%S.000Z")}
    pyogrio.set_gdal_config_options(options)
    try:
        for name, table in layers.items():
            pyogrio.write_dataframe(
                table, path, layer=name, driver="GPKG", append=path.exists(), VERSION="1.2"
            )
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def _placed(plan: Expansion, name: str, key: str) -> gpd.GeoDataFrame:
    """Table of the answer with the geometry that the study has for its places."""
    table, places = getattr(plan.answer, name), getattr(plan.study, name)
    shapes = places.set_index(key).geometry.reindex(table[key]).to_numpy()
    return gpd.GeoDataFrame(table.reset_index(drop=True), geometry=shapes, crs=places.crs)


def _asked(
    plan: Expansion, request_file: Path | None
) -> tuple[dict[str, Any], dict[str, Path | None]]:
    """What was asked, and the files that only a plan reads; None for a shipped one."""
    wish = plan.request
    files: dict[str, Path | None] = {"costs": None if wish.costs == SHIPPED else Path(wish.costs)}
    files |= {name: Path(file) for name, file in wish.layers.model_dump().items() if file}
    if request_file is not None:
        files["request"] = request_file
    return wish.model_dump(mode="json", exclude={"layers", "costs"}, exclude_none=True), files
