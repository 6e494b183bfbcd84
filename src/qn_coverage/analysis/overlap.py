"""Which site serves a cell alone: what each site adds, and who loses service when it fails.

The best servers cannot say this: where two emitters of a layer suffice, they name only the
strongest, and the second may stand on the same mast. What settles it is one number a cell: no
site, one site (which), or several. The engine keeps it as it goes (`Mosaic.only`). `overlap_of`
finds it from the cells that each site reaches, for any choice of sites; `joined` finds it from the
same number kept by layer, in whatever order it was filled in.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy import sparse

from qn_coverage.propagation.emitters import MANY_SITES, NO_SITE, Surface

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    import numpy.typing as npt

    from qn_coverage.propagation.emitters import Emitters, Mosaic

    Reached = tuple[int, npt.NDArray[np.int64]]

_MOST: Final = 255


@dataclass(frozen=True, slots=True, eq=False)
class Overlap:
    """Sites by cell and, in the same pass, what each site covers.

    Attributes
    ----------
    only
        The site where it is the only one, else `NO_SITE` or `MANY_SITES`; int32 (cells,).
    count
        Distinct sites that reach the cell, uint8 (cells,); 255 stands for 255 or more.
    totals
        Sum of each weight over the cells that each site reaches, float64 (weights, sites); NaN for
        a site that was not asked about.
    """

    only: npt.NDArray[np.int32]
    count: npt.NDArray[np.uint8]
    totals: npt.NDArray[np.float64]


def overlap_of(
    reached: Iterable[Reached], *, sites: int, weights: npt.NDArray[np.float64]
) -> Overlap:
    """One pass over the sites; memory is five bytes a cell besides the weights.

    Parameters
    ----------
    reached
        Each site at most once, with the cells it reaches: flat indices, strictly increasing.
    sites
        How many sites there are; they are numbered from 0.
    weights
        What a cell is worth, e.g. its land and its people, shape (weights, cells).

    Raises
    ------
    ValueError
        A site comes twice, or its cells are not strictly increasing: it would be counted twice.
    """
    cells = weights.shape[1]
    only = np.full(cells, NO_SITE, dtype=np.int32)
    count = np.zeros(cells, dtype=np.uint8)
    totals = np.full((len(weights), sites), np.nan)
    seen = np.zeros(sites, dtype=np.bool_)
    for site, here in reached:
        if seen[site]:
            raise ValueError(f"site {site} comes twice")
        if np.any(np.diff(here) <= 0):
            raise ValueError(f"the cells of site {site} are not strictly increasing")
        seen[site] = True
        only[here] = np.where(only[here] == NO_SITE, site, MANY_SITES)
        count[here] += count[here] < _MOST
        totals[:, site] = weights[:, here].sum(axis=1)
    return Overlap(only, count, totals)


def joined(only: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """Overlap of several layers from that of each.

    "None", "just this site" and "several" are joined cell by cell; the order of layers does not
    matter and the same site in two layers stays one site. So an engine that keeps one such number
    a layer can answer for any choice of operators and technologies.

    Parameters
    ----------
    only
        `NO_SITE`, a site or `MANY_SITES`, shape (layers, ...).

    Returns
    -------
    The same by cell, shape (...).
    """
    out = np.full(only.shape[1:], NO_SITE, dtype=np.int32)
    for layer in only:
        differ = (out != layer) & (layer != NO_SITE)
        out = np.where(differ, np.where(out == NO_SITE, layer, MANY_SITES), out).astype(np.int32)
    return out


def alone(
    only: npt.NDArray[np.int32], *, sites: int, weights: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Sum of each weight over the cells that each site serves alone, shape (weights, sites)."""
    cells = np.flatnonzero(only.ravel() >= 0)
    site = only.ravel()[cells]
    return np.stack([np.bincount(site, weights=w[cells], minlength=sites) for w in weights])


def contributions(
    overlap: Overlap,
    site_ids: Sequence[str],
    *,
    land_km2: npt.NDArray[np.float64],
    people: npt.NDArray[np.float64],
) -> pd.DataFrame:
    """What each site covers, and what would be without signal if it were not there.

    Parameters
    ----------
    overlap
        Made with the weights ``np.stack([land_km2, people])``.
    site_ids
        Identifier of each site, in the order of their numbers.
    land_km2, people
        Land and people of each cell, shape (cells,).

    Returns
    -------
    ``site_id``, ``land_km2``, ``people`` (in total), ``land_km2_alone``, ``people_alone``
    (uniquely: no other site of the choice reaches them), one row a site.
    """
    sites = len(site_ids)
    own = alone(overlap.only, sites=sites, weights=np.stack([land_km2, people]))
    return pd.DataFrame(
        {
            "site_id": list(site_ids),
            "land_km2": overlap.totals[0],
            "people": overlap.totals[1],
            "land_km2_alone": own[0],
            "people_alone": own[1],
        }
    )


def losses(
    only: npt.NDArray[np.int32], people: sparse.csr_array, *, sites: int
) -> sparse.csr_array:
    """People of each unit who lose service when a site fails (n-1), CSR (units, sites).

    Parameters
    ----------
    only
        As in `Overlap`.
    people
        People of each cell in each unit, CSR (units, cells), as `zonal.Zones.people`.
    sites
        How many sites there are.
    """
    cells = np.flatnonzero(only.ravel() >= 0)
    served_alone = sparse.csr_array(
        (np.ones(len(cells)), (cells, only.ravel()[cells])), shape=(only.size, sites)
    )
    return sparse.csr_array(people @ served_alone)


def loss_table(
    lost: sparse.csr_array, *, site_ids: Sequence[str], codes: Sequence[str]
) -> pd.DataFrame:
    """`losses` as rows ``site_id``, ``code``, ``people_lost``, the greatest loss first."""
    entries = lost.tocoo()
    units, sites = entries.coords
    table = pd.DataFrame(
        {
            "site_id": np.asarray(site_ids, dtype=object)[sites],
            "code": np.asarray(codes, dtype=object)[units],
            "people_lost": entries.data,
        }
    )
    table = table[table["people_lost"] > 0.0]
    return table.sort_values(
        ["people_lost", "site_id", "code"], ascending=[False, True, True], ignore_index=True
    )


def reached_by_site(
    emitters: Emitters,
    site_of: npt.NDArray[np.int64],
    surface: Surface,
    *,
    best: Callable[[Emitters, Surface], Mosaic],
    sites: Iterable[int] | None = None,
) -> Iterator[Reached]:
    """Cells that each site reaches by itself: the second pass for `overlap_of`.

    A site is computed on the window that its reach allows, in its own layers only, so that memory
    does not grow with the number of sites.

    Parameters
    ----------
    emitters
        Emitters of the layers in question.
    site_of
        Number of the site of each emitter, shape (n,).
    surface
        The whole grid.
    best
        Best servers of some emitters on some surface, e.g. `mosaic.best_servers` with its settings
        bound. It must give an emitter the same levels on a window as on the whole grid.
    sites
        Sites to compute; None for all.
    """
    chosen = np.unique(site_of).tolist() if sites is None else sites
    for site in chosen:
        own = _with_own_layers(emitters.take(np.flatnonzero(site_of == site)))
        (row_0, row_1), (col_0, col_1) = _window(own, surface)
        if row_0 >= row_1 or col_0 >= col_1:
            yield site, np.empty(0, dtype=np.int64)
            continue
        mosaic = best(own, surface.cut(slice(row_0, row_1), slice(col_0, col_1)))
        required = own.required_dbm.astype(np.float32)[:, np.newaxis, np.newaxis]
        rows, cols = np.nonzero((mosaic.level_dbm >= required).any(axis=0))
        yield site, (rows + row_0) * surface.shape[1] + (cols + col_0)


def _with_own_layers(emitters: Emitters) -> Emitters:
    used, layer = np.unique(emitters.layer, return_inverse=True)
    return replace(emitters, layer=layer.astype(np.int32), required_dbm=emitters.required_dbm[used])


def _window(emitters: Emitters, surface: Surface) -> tuple[tuple[int, int], tuple[int, int]]:
    """Rows and columns, end excluded, that hold every cell centre within reach."""
    reach, cell = emitters.max_distance_m, surface.cell_m
    first_row = np.floor((surface.north_m - (emitters.y_m + reach).max()) / cell)
    last_row = np.floor((surface.north_m - (emitters.y_m - reach).min()) / cell)
    first_col = np.floor(((emitters.x_m - reach).min() - surface.west_m) / cell)
    last_col = np.floor(((emitters.x_m + reach).max() - surface.west_m) / cell)
    rows, cols = surface.shape
    return (
        (max(int(first_row), 0), min(int(last_row) + 1, rows)),
        (max(int(first_col), 0), min(int(last_col) + 1, cols)),
    )
