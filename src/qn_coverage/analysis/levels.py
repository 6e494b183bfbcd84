"""The four levels that answers are given for: commune, former commune, district, province."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from qn_coverage.analysis import zonal

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy.typing as npt
    import pandas as pd
    from scipy import sparse

    from qn_coverage.analysis.zonal import Zones
    from qn_coverage.core.grid import Raster

PROVINCE_CODE: Final = "22"
"""Code of Quảng Ninh (General Statistics Office)."""


def zones_of_levels(
    communes: gpd.GeoDataFrame,
    former_communes: gpd.GeoDataFrame,
    commune_land: sparse.csr_array,
    *,
    population: Raster,
    village_communes: pd.Series[str],
    villages_xy_m: npt.NDArray[np.float64],
) -> tuple[Zones, Zones, Zones, Zones]:
    """Zones of each level, all over the same land, people and villages, so that sums agree.

    Parameters
    ----------
    communes
        Units since July 2025, with ``code``.
    former_communes
        Generalised units of the 2019 census with ``code``, ``district_code`` and ``successors``
        (codes of the communes that took their land, "; " between).
    commune_land
        `zonal.land_shares` of the communes.
    population
        People per cell.
    village_communes
        Commune code of each village.
    villages_xy_m
        Nominal positions, shape (n, 2), in the CRS of the grid.
    """
    grid = population.grid
    row_of = {code: row for row, code in enumerate(communes["code"])}
    commune_zones = zonal.zones_of(
        "commune",
        communes["code"].tolist(),
        commune_land,
        population=population,
        village_units=np.array([row_of.get(code, -1) for code in village_communes]),
    )
    former_land = zonal.reallocated(
        commune_land,
        zonal.unit_of_cells(former_communes, grid),
        parents_allowed=[
            frozenset(row_of[code] for code in codes.split("; "))
            for codes in former_communes["successors"]
        ],
        grid=grid,
    )
    former_zones = zonal.zones_of(
        "former_commune",
        former_communes["code"].tolist(),
        former_land,
        population=population,
        village_units=zonal.unit_of_points(
            former_land, grid, villages_xy_m[:, 0], villages_xy_m[:, 1]
        ),
    )
    district_zones = zonal.merged(
        "district", former_zones, former_communes["district_code"].tolist()
    )
    province = [PROVINCE_CODE] * len(commune_zones.codes)
    return (
        commune_zones,
        former_zones,
        district_zones,
        zonal.merged("province", commune_zones, province),
    )
