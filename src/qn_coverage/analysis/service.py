"""What each site serves, what it serves alone, and who loses service when it fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from qn_coverage.analysis.assumptions import assumed_of_sites
from qn_coverage.analysis.network import site_numbers
from qn_coverage.analysis.overlap import alone, loss_table, losses
from qn_coverage.analysis.service_kernel import add_served
from qn_coverage.analysis.verdict import COVERED, SURE_SHARE

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    import numpy.typing as npt
    from scipy import sparse

    from qn_coverage.analysis.coverage import Coverage
    from qn_coverage.analysis.zonal import Zones

_ABOUT: Final = ("name", "operator", "on_air", "programme", "origin", "uncertainty_m")


def site_table(
    sectors: gpd.GeoDataFrame,
    coverage: Coverage,
    present: npt.NDArray[np.bool_],
    *,
    land_km2: npt.NDArray[np.float64],
    people: npt.NDArray[np.float64],
    dependent: Sequence[Sequence[str]],
) -> gpd.GeoDataFrame:
    """What each site on air covers.

    Parameters
    ----------
    sectors
        The table that ``coverage`` numbers its servers by; sites are those of
        `network.site_numbers`.
    coverage
        State of the network.
    present
        Whether each sector is on air then, shape (sectors,).
    land_km2, people
        Of each cell, shape (cells,).
    dependent
        Sites that each village depends on, see `dependencies`.

    Returns
    -------
    One row a site on air, the site whose failure hurts most people first: ``site_id`` and what the
    sector table says of it, ``technologies``; ``land_km2_served`` and ``people_served``, where it
    is the best server of any operator's technology and covers; ``land_km2_alone`` and
    ``people_alone``, where no other site covers; ``villages_alone``, which would no longer be
    covered without it. ``assumed``, if a site that is not modelled has any, names the values that
    its sectors were not given.
    """
    numbers = site_numbers(sectors)
    count = int(numbers.max(initial=-1)) + 1
    weights = np.stack([land_km2, people])
    served = served_by(coverage, numbers, weights)
    own = alone(coverage.mosaic.only, sites=count, weights=weights)
    villages = pd.Series([name for names in dependent for name in names], dtype=object)
    first = sectors[present].drop_duplicates("site_id")
    technologies = (
        sectors[present]
        .groupby("site_id")["technology"]
        .agg(lambda names: " ".join(sorted(set(names))))
    )
    at = numbers[first.index.to_numpy()]
    table = first[["site_id", *(name for name in _ABOUT if name in first), "geometry"]].assign(
        technologies=first["site_id"].map(technologies).to_numpy(),
        land_km2_served=served[0][at],
        people_served=served[1][at],
        land_km2_alone=own[0][at],
        people_alone=own[1][at],
        villages_alone=first["site_id"].map(villages.value_counts()).fillna(0).astype(int),
    )
    assumed = first["site_id"].map(assumed_of_sites(sectors[present]))
    if assumed.ne("").any():
        table = table.assign(assumed=assumed.to_numpy())
    return table.sort_values(
        ["people_alone", "land_km2_alone", "site_id"],
        ascending=[False, False, True],
        ignore_index=True,
    )


def served_by(
    coverage: Coverage, numbers: npt.NDArray[np.int32], weights: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Sum of each weight over the cells where a site is the best server of a layer and covers.

    A cell counts once for a site, however many layers it serves there; it counts for each site that
    serves one of its layers.

    Parameters
    ----------
    coverage
        State of the network.
    numbers
        Site of each emitter, shape (emitters,).
    weights
        Shape (weights, cells).

    Returns
    -------
    Shape (weights, sites).
    """
    sites = int(numbers.max(initial=-1)) + 1
    out = np.zeros((len(weights), sites))
    layers = len(coverage.layers)
    add_served(
        coverage.mosaic.level_dbm.reshape(layers, -1),
        coverage.mosaic.server.reshape(layers, -1),
        np.array([layer.required_dbm for layer in coverage.layers], dtype=np.float32),
        np.ascontiguousarray(numbers, dtype=np.int32),
        np.ascontiguousarray(weights),
        out,
    )
    return out


def dependencies(
    only: npt.NDArray[np.int32],
    discs: sparse.csr_array,
    *,
    covered_share: npt.NDArray[np.float64],
    verdicts: npt.NDArray[np.object_],
    site_ids: Sequence[str],
) -> list[list[str]]:
    """Sites each of which a covered village cannot do without, the heaviest loss first.

    A village depends on a site if its verdict would no longer be *covered* were that site alone to
    fail.

    Parameters
    ----------
    only
        `Mosaic.only`, shape (rows, cols).
    discs
        Cells that may hold each village, CSR (n, cells), rows summing to 1.
    covered_share
        Covered share of each disc, shape (n,).
    verdicts
        Verdict on each village, shape (n,).
    site_ids
        Identifier by number.
    """
    lost = losses(only, discs, sites=len(site_ids))
    found: list[list[str]] = []
    for row, verdict in enumerate(verdicts):
        here = slice(lost.indptr[row], lost.indptr[row + 1])
        shares, sites = lost.data[here], lost.indices[here]
        # The share that is left is rounded as the share itself was.
        needed = covered_share[row] - shares < SURE_SHARE - 1e-9
        order = np.lexsort((sites, -shares))
        kept = [site_ids[sites[i]] for i in order if needed[i]]
        found.append(kept if verdict == COVERED else [])
    return found


def losses_by_unit(
    only: npt.NDArray[np.int32], zones: Zones, site_ids: Sequence[str]
) -> pd.DataFrame:
    """People of each unit who lose service when a site fails, the greatest loss first.

    Columns ``site_id``, ``level``, ``code``, ``people_lost``.
    """
    table = loss_table(
        losses(only, zones.people, sites=len(site_ids)), site_ids=site_ids, codes=zones.codes
    )
    table.insert(1, "level", zones.level)
    return table


def site_names(sectors: pd.DataFrame) -> list[Any]:
    """Identifier of each site by its number."""
    return pd.unique(sectors["site_id"]).tolist()
