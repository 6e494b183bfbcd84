"""What the chosen sites give: in which order to build them, for whom, at what price, which gaps.

Computed at the cells, not at the gathered points, so the numbers hold for the plan as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from qn_coverage.analysis.plan.demand import sums
from qn_coverage.analysis.plan.kernels import additions, tops
from qn_coverage.analysis.plan.matrices import csr, entries

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt
    from scipy import sparse

    from qn_coverage.analysis.plan.demand import Demand


def building_order(
    gain: sparse.csr_array,
    weight: npt.NDArray[np.float64],
    lost: npt.NDArray[np.float64],
    price: npt.NDArray[np.float64],
) -> npt.NDArray[np.int64]:
    """Order in which each next site adds most for its price, ties by their order.

    Parameters
    ----------
    gain
        Gains of the chosen, CSR (chosen, cells).
    weight
        Of the cells.
    lost
        Weight that each takes signal from.
    price
        What a site takes: its cost, or 1 where sites are counted.
    """
    start, cell, gains = _arcs(gain)
    first = np.zeros(gain.shape[1])
    order: list[int] = []
    left = np.ones(gain.shape[0], dtype=np.bool_)
    for _ in range(gain.shape[0]):
        more = (additions(start, cell, gains, weight, first) - lost) / price
        best = int(np.argmax(np.where(left, more, -np.inf)))
        order.append(best)
        left[best] = False
        own = slice(start[best], start[best + 1])
        first[cell[own]] = np.maximum(first[cell[own]], gains[own])
    return np.array(order, dtype=np.int64)


def site_table(
    ids: Sequence[str],
    gain: sparse.csr_array,
    demand: Demand,
    cost_vnd: npt.NDArray[np.float64],
    lost: Mapping[str, npt.NDArray[np.float64]],
) -> pd.DataFrame:
    """What each chosen site gives, rows in the order of building.

    Parameters
    ----------
    ids
        The chosen, in the order of building.
    gain
        Their gains at the cells, CSR (chosen, cells), same order.
    demand
        From `demand.unserved`: a point is a cell.
    cost_vnd
        Of each.
    lost
        What each takes signal from, by measure.

    Returns
    -------
    ``rank``, ``candidate_id``; for each measure ``MEASURE_total`` (the site alone),
    ``MEASURE_unique`` (what is lost if it is left out of the plan), ``MEASURE_added`` (what it adds
    to the sites before it), losses taken off; ``cost_vnd``, ``cost_total_vnd`` (with the sites
    before it) and ``cost_per_person_vnd`` (cost by people added; NaN where it adds none).
    """
    start, cell, gains = _arcs(gain)
    everyone = np.arange(len(ids), dtype=np.int64)
    first, slot, second = tops(start, cell, gains, everyone, gain.shape[1])
    table: dict[str, object] = {"rank": everyone + 1, "candidate_id": list(ids)}
    for measure, weight in demand.weights.items():
        off = lost[measure]
        table[f"{measure}_total"] = gain @ weight - off
        own = slot >= 0
        table[f"{measure}_unique"] = (
            sums(slot[own], (weight * (first - second))[own], len(ids)) - off
        )
        table[f"{measure}_added"] = _added(start, cell, gains, weight) - off
    found = pd.DataFrame(table)
    found["cost_vnd"] = cost_vnd
    found["cost_total_vnd"] = np.cumsum(cost_vnd)
    people = found["people_added"].to_numpy(dtype=np.float64)
    found["cost_per_person_vnd"] = np.where(
        people > 0.0, cost_vnd / np.where(people > 0.0, people, 1.0), np.nan
    )
    return found


def gap_table(
    ids: Sequence[str],
    gain: sparse.csr_array,
    demand: Demand,
    gap_of_cell: npt.NDArray[np.int64],
    gap_ids: Sequence[str],
    *,
    closed_share: float = 0.5,
) -> pd.DataFrame:
    """Which gap each site closes.

    Parameters
    ----------
    ids, gain, demand
        As in `site_table`.
    gap_of_cell
        Index of the gap of each cell of the grid, -1 for none, shape (rows, cols).
    gap_ids
        What the indices mean.
    closed_share
        A gap counts as closed where so much of its land is expected to have gained signal.

    Returns
    -------
    One row a gap and site that serves some of it best: ``gap_id``, ``candidate_id``,
    ``people_gained``, ``land_km2_gained``, ``land_share`` of the gap, and ``closed`` (of the whole
    plan), gaps in the order of their identifiers, the site that gives most land first.
    """
    gap = gap_of_cell.ravel()[demand.cell]
    start, cell, gains = _arcs(gain)
    first, slot, _ = tops(start, cell, gains, np.arange(len(ids)), gain.shape[1])
    inside = (gap >= 0) & (slot >= 0)
    shape = (len(gap_ids), len(ids))
    land = entries((first * demand.weights["land"])[inside], gap[inside], slot[inside], shape)
    people = entries((first * demand.weights["people"])[inside], gap[inside], slot[inside], shape)
    known = gap >= 0
    area = sums(gap[known], demand.weights["land"][known], len(gap_ids))
    share = np.divide(land.sum(axis=1), area, out=np.zeros(len(area)), where=area > 0.0)
    rows, columns = land.tocoo().coords
    table = pd.DataFrame(
        {
            "gap_id": np.asarray(gap_ids, dtype=object)[rows],
            "candidate_id": np.asarray(ids, dtype=object)[columns],
            "people_gained": people.toarray()[rows, columns],
            "land_km2_gained": land.toarray()[rows, columns],
            "land_share": land.toarray()[rows, columns] / area[rows],
            "closed": share[rows] >= closed_share,
        }
    )
    return table.sort_values(
        ["gap_id", "land_km2_gained", "candidate_id"],
        ascending=[True, False, True],
        ignore_index=True,
    )


def village_table(
    villages: pd.DataFrame,
    discs: sparse.csr_array,
    ids: Sequence[str],
    sites_xy_m: npt.NDArray[np.float64],
    gain: sparse.csr_array,
    demand: Demand,
    chance_now: npt.NDArray[np.floating],
) -> pd.DataFrame:
    """Villages whose chance of signal the plan raises.

    Parameters
    ----------
    villages
        ``village_id``, ``name_vi``, ``commune_code``, ``x_m``, ``y_m``.
    discs
        How likely each cell holds each village, CSR (villages, cells of the grid).
    ids, sites_xy_m
        The chosen and their positions, (chosen, 2).
    gain, demand
        As in `site_table`; several planes are averaged by their parts of the people.
    chance_now
        Probability of coverage today, shape (rows, cols).

    Returns
    -------
    ``village_id``, ``name_vi``, ``commune_code``, ``probability_now``, ``probability_plan``,
    ``candidate_id`` (the site that gives most of it), ``distance_km`` to it; the greatest rise
    first, rises below one in a hundred left out.
    """
    start, cell, gains = _arcs(gain)
    first, slot, _ = tops(start, cell, gains, np.arange(len(ids)), gain.shape[1])
    weight = csr(csr(discs)[:, demand.cell] * demand.part[np.newaxis, :])
    now = csr(discs) @ chance_now.ravel().astype(np.float64)
    served = np.flatnonzero(slot >= 0)
    by_site = entries(first[served], served, slot[served], (len(first), len(ids)))
    shared = csr(weight @ by_site).toarray()
    rise = shared.sum(axis=1)
    best = np.argmax(shared, axis=1) if len(ids) else np.zeros(len(rise), dtype=np.int64)
    raised = np.flatnonzero(rise >= 0.01)
    raised = raised[np.argsort(-rise[raised], kind="stable")]
    own = villages.iloc[raised]
    away = np.hypot(
        own["x_m"].to_numpy() - sites_xy_m[best[raised], 0],
        own["y_m"].to_numpy() - sites_xy_m[best[raised], 1],
    )
    return pd.DataFrame(
        {
            "village_id": own["village_id"].to_numpy(),
            "name_vi": own["name_vi"].to_numpy(),
            "commune_code": own["commune_code"].to_numpy(),
            "probability_now": now[raised],
            "probability_plan": np.minimum(now[raised] + rise[raised], 1.0),
            "candidate_id": [ids[number] for number in best[raised]],
            "distance_km": away / 1000.0,
        }
    )


def _added(
    start: npt.NDArray[np.int64],
    cell: npt.NDArray[np.int32],
    gains: npt.NDArray[np.float64],
    weight: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:
    """What each site adds to those before it."""
    first = np.zeros(len(weight))
    added = np.zeros(len(start) - 1)
    for site in range(len(added)):
        own = slice(start[site], start[site + 1])
        more = np.maximum(gains[own] - first[cell[own]], 0.0)
        added[site] = weight[cell[own]] @ more
        first[cell[own]] += more
    return added


def _arcs(
    gain: sparse.csr_array,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32], npt.NDArray[np.float64]]:
    matrix = csr(gain)
    return (
        matrix.indptr.astype(np.int64),
        matrix.indices.astype(np.int32),
        matrix.data.astype(np.float64),
    )
