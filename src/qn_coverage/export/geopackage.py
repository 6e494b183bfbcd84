"""GeoPackage: communes, villages, sites and gaps in one file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import geopandas as gpd
import pandas as pd

from qn_coverage.export.qgis_style import add_styles
from qn_coverage.export.tables import computed

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from qn_coverage.study import Study


_IF_EMPTY: Final = {"gaps": "MultiPolygon", "measurements": "Point"}
"""What layers that may have no row would hold: QGIS styles no layer of unknown geometry."""


def write_geopackage(study: Study, path: Path, *, timestamp: datetime) -> None:
    """Write the layers ``communes``, ``former_communes``, ``districts``, ``villages``, ``sites``,
    ``sectors``, ``places``, ``gaps`` and ``measurements`` in EPSG:4326, and the table
    ``layer_styles`` with which QGIS draws them.

    Parameters
    ----------
    study
        What to write.
    path
        File to write; it must not exist.
    timestamp
        Recorded as the time of last change, so that the same study gives the same bytes.
    """  # noqa: D205
    import pyogrio  # noqa: PLC0415 (loads GDAL: only when asked for)

    layers = _layers(study)
    pyogrio.set_gdal_config_options(
        {"OGR_CURRENT_DATE": timestamp.strftime("%Y-%m-%dT%H:%M:%S.000Z")}
    )
    try:
        for name, table in layers.items():
            # SPATIAL_INDEX stays on: QGIS draws large layers through it.
            pyogrio.write_dataframe(
                _plain(table),
                path,
                layer=name,
                driver="GPKG",
                append=path.exists(),
                geometry_type=_IF_EMPTY.get(name) if table.empty else None,
                VERSION="1.2",
            )
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})
    columns = {
        name: [str(column) for column in table.columns.drop("geometry")]
        for name, table in layers.items()
    }
    add_styles(path, columns, timestamp=timestamp)


def sites_of(sectors: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """One row a site: its position and what its sectors offer.

    Parameters
    ----------
    sectors
        Rows as in `core.schema.SECTORS`.
    """
    groups = sectors.groupby("site_id", sort=True)
    first = groups[
        ["name", "operator", "height_agl_m", "programme", "origin", "uncertainty_m", "source",
         "geometry"]
    ].first()  # fmt: skip
    first.insert(2, "technologies", groups["technology"].agg(lambda t: "+".join(sorted(set(t)))))
    first.insert(3, "sectors", groups.size())
    first.insert(4, "on_air", groups["on_air"].min())
    return gpd.GeoDataFrame(first.reset_index(), geometry="geometry", crs=sectors.crs)


def _layers(study: Study) -> dict[str, gpd.GeoDataFrame]:
    return {
        "communes": computed(study.communes),
        "former_communes": computed(study.former_communes),
        "districts": computed(study.districts),
        "villages": computed(study.villages),
        "sites": sites_of(study.sectors),
        "sectors": study.sectors,
        "places": study.places,
        "gaps": computed(study.gaps),
        "measurements": computed(study.measurements),
    }


def _plain(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The table with column types that a GeoPackage has."""
    out = table.copy()
    for column in out.columns.drop("geometry"):
        if isinstance(out[column].dtype, pd.CategoricalDtype):
            out[column] = out[column].astype(object)
    return out
