"""Network and villages together: the villages are where the network of 2020 leaves holes."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd
from ground import NO_UNIT, read_ground
from masts import lay_sites
from named import VILLAGES_PROGRAMME, named_sectors, named_villages
from network import build_network
from programme import IN_PROGRAMME, KEEP_CLEAR_M, programme_sectors, stand_in_villages
from reach import covered_cells

from qn_coverage.analysis import zonal
from qn_coverage.core.crs import COMPUTED, STORED

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt
    from ground import Ground
    from sources import Sources

SEED: Final = 20200713
BEFORE: Final = date(2020, 7, 13)
"""Day of the Department's plan to cover the holes."""

NO_MODELLED_MAST: Final = ("dao_tran", "ma_chau")
"""Named places without any signal before their own station, as far as the press tells."""


def build_stand_ins(
    sources: Sources, geodata: Path, *, model: str
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Sector table and village table; `model` says where there is signal before the programme."""
    ground = read_ground(geodata)
    former = gpd.read_parquet(geodata / "former_communes.parquet")
    former_unit = zonal.unit_of_cells(former, ground.grid)
    islets = _around(sources, ground)
    # One generator a part, so that a change of one rule leaves the other draws as they were.
    siting, equipping, drawing, serving = np.random.default_rng(SEED).spawn(4)
    network = build_network(lay_sites(ground, former_unit, islets, siting), ground, equipping)
    named = named_sectors(sources)
    villages = named_villages(sources, ground.communes)
    covered = covered_cells(network, BEFORE, ground, model=model)
    stand_ins = stand_in_villages(
        ground,
        geodata / "population.tif",
        covered,
        islets | _near_khu_10(villages, ground),
        _names(former, former_unit),
        count=IN_PROGRAMME - int(villages["in_programme"].sum()),
        rng=drawing,
    )
    villages = gpd.GeoDataFrame(pd.concat([villages, stand_ins], ignore_index=True))
    served = programme_sectors(
        villages[villages["in_programme"]], ground, ground.buildable & ~islets, serving
    )
    sectors = pd.concat([named, network, served], ignore_index=True)
    return gpd.GeoDataFrame(sectors), villages


def report(sectors: gpd.GeoDataFrame, villages: gpd.GeoDataFrame) -> None:
    """Print the counts that the facts are compared with."""
    stations = sectors.drop_duplicates(["site_id", "technology"])
    for day, kinds in (
        ("2016-12-15", ("2G", "3G")),
        ("2020-07-13", ("2G", "3G", "4G", "5G")),
        ("2024-01-04", ("2G", "3G", "4G", "5G")),
        ("2026-01-05", ("2G", "3G", "4G", "5G")),
        ("2026-01-05", ("5G",)),
    ):
        on = stations[(stations["on_air"] <= day) & stations["technology"].isin(kinds)]
        print(f"  {day} {'+'.join(kinds)}: {len(on)} stations at {on['site_id'].nunique()} sites")
    programme = sectors[sectors["programme"] == VILLAGES_PROGRAMME]
    print(
        f"  {programme['site_id'].nunique()} programme sites, {len(villages)} villages in "
        f"{villages['commune_code'].nunique()} communes, {len(sectors)} sectors"
    )


def _around(sources: Sources, ground: Ground) -> npt.NDArray[np.bool_]:
    """Cells of the islets that the press calls without signal before their own station."""
    named = sources.facts("sites_named").set_index("site_id").loc[list(NO_MODELLED_MAST)]
    points = gpd.GeoSeries.from_xy(
        named["lon"].astype(float), named["lat"].astype(float), crs=STORED
    )
    return _discs(points, named["coord_uncertainty_m"].astype(float).tolist(), ground)


def _near_khu_10(villages: gpd.GeoDataFrame, ground: Ground) -> npt.NDArray[np.bool_]:
    outside = villages.geometry[~villages["in_programme"]]
    return _discs(gpd.GeoSeries(outside), [KEEP_CLEAR_M] * len(outside), ground)


def _names(former: gpd.GeoDataFrame, former_unit: npt.NDArray[np.int64]) -> npt.NDArray[np.object_]:
    """Name of the former commune drawn at each cell, None for none."""
    names = np.array([*former["name_vi"], None], dtype=object)
    return names[np.where(former_unit == NO_UNIT, len(former), former_unit)]


def _discs(points: gpd.GeoSeries, radii_m: list[float], ground: Ground) -> npt.NDArray[np.bool_]:
    """Cells within the radius of any point."""
    metric = points.to_crs(COMPUTED)
    x, y = ground.grid.centres_x_m(), ground.grid.centres_y_m()
    out = np.zeros(ground.grid.shape, dtype=np.bool_)
    for east, north, radius in zip(metric.x, metric.y, radii_m, strict=True):
        out |= (x - east)[np.newaxis, :] ** 2 + (y - north)[:, np.newaxis] ** 2 <= radius**2
    return out
