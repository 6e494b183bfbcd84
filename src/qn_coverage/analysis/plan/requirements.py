"""Floors of communes and servers of villages, as rows of the model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from qn_coverage.analysis.plan.feasible import best_gains, most_servers
from qn_coverage.analysis.plan.matrices import block, csr, entries, zeros
from qn_coverage.analysis.plan.model import Floors, PlanError, Servers
from qn_coverage.core.plan_request import ALL_COMMUNES

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    from scipy import sparse

    from qn_coverage.analysis.plan.demand import Demand
    from qn_coverage.core.plan_request import Floor


def floors_of(
    demand: Demand,
    gain: sparse.csr_array,
    lost_people: sparse.csr_array,
    wanted: Sequence[Floor],
    *,
    codes: Sequence[str],
) -> Floors:
    """Least expected shares of the communes' people as gains still needed.

    Parameters
    ----------
    demand
        From `demand.gathered`, made with floors.
    gain
        Gains of the candidates, CSR (candidates, points).
    lost_people
        People of each commune that a candidate takes signal from, CSR (candidates, communes).
    wanted
        Floors of the request; of several for a commune the one that names it counts.
    codes
        Code of each commune.

    Raises
    ------
    PlanError
        A floor names no commune.
    """
    shares = _shares(wanted, codes)
    people = demand.per_point("people")
    point_commune = np.full(demand.points, -1, dtype=np.int64)
    point_commune[demand.point] = demand.commune
    need = np.array(
        [
            shares[k].share * demand.commune_people[k] - demand.commune_now[k]
            if k in shares
            else -np.inf
            for k in range(len(codes))
        ]
    )
    # Re-pointing may break a floor that holds today: such a floor stays in the model.
    harmed = np.asarray(lost_people.sum(axis=0)).ravel() > 0.0
    asked = [k for k in sorted(shares) if need[k] > 0.0 or harmed[k]]
    row_of = {k: row for row, k in enumerate(asked)}
    inside = np.isin(point_commune, asked) & (people > 0.0)
    rows = np.array([row_of[k] for k in point_commune[inside]], dtype=np.int64)
    matrix = entries(people[inside], rows, np.flatnonzero(inside), (len(asked), demand.points))
    loss = block(csr(lost_people.T), asked) if asked else zeros(0, gain.shape[0])
    floors = Floors(tuple(codes[k] for k in asked), matrix, need[asked], loss)
    leave = np.array([shares[k].unreachable == "leave" for k in asked], dtype=np.bool_)
    return _without(floors, leave & (np.asarray(matrix @ best_gains(gain)) < floors.need))


def servers_of(
    names: Sequence[str],
    existing: npt.NDArray[np.int64],
    serves: sparse.csr_array,
    served_before: sparse.csr_array,
    *,
    wanted: int,
    leave: bool,
    group: npt.NDArray[np.int64],
) -> Servers:
    """Servers still missing at each village, and what each candidate adds.

    Parameters
    ----------
    names
        Identifier of each village.
    existing
        Sites that serve each village today, shape (villages,).
    serves
        1 where the site of a candidate serves a village once the candidate is built, CSR
        (candidates, villages).
    served_before
        The same for the candidate's site today; empty rows for new masts.
    wanted
        Servers that each village must have.
    leave
        Whether villages that cannot get them ask for what they can get instead.
    group
        Place of each candidate; only one of a place can be chosen.
    """
    change = csr(csr(serves) - csr(served_before)).T
    need = np.maximum(wanted - np.asarray(existing, dtype=np.float64), 0.0)
    if leave:
        need = np.minimum(need, most_servers(csr(change), group))
    return Servers(tuple(names), csr(change), need)


def serving(probability: sparse.csr_array, least: float) -> sparse.csr_array:
    """1 where a probability reaches `least`, same shape."""
    coo = csr(probability).tocoo()
    high = np.flatnonzero(coo.data >= least)
    rows, columns = coo.coords
    shape = (int(probability.shape[0]), int(probability.shape[1]))
    return entries(np.ones(len(high)), rows[high], columns[high], shape)


def _without(floors: Floors, gone: npt.NDArray[np.bool_]) -> Floors:
    """The floors that are not gone."""
    kept = np.flatnonzero(~gone)
    return Floors(
        tuple(floors.names[row] for row in kept),
        block(floors.matrix, kept),
        floors.need[kept],
        block(floors.loss, kept),
    )


def _shares(wanted: Sequence[Floor], codes: Sequence[str]) -> dict[int, Floor]:
    number = {code: k for k, code in enumerate(codes)}
    unknown = [f.commune for f in wanted if f.commune not in number and f.commune != ALL_COMMUNES]
    if unknown:
        raise PlanError(
            f"no commune has the code {', '.join(repr(code) for code in unknown)} of a floor; give "
            f"a five-digit code of the study, or '{ALL_COMMUNES}'"
        )
    shares: dict[int, Floor] = {}
    for floor in wanted:
        if floor.commune == ALL_COMMUNES:
            shares |= dict.fromkeys(range(len(codes)), floor)
    return shares | {number[f.commune]: f for f in wanted if f.commune in number}
