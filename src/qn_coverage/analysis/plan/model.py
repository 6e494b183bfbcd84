"""The choice as arrays: what each candidate gives, what it takes, and what must hold.

A demand point gets the best gain among the chosen candidates (not their sum): errors of the
propagation model are shared by all servers of a place, so the strongest decides. With x_j for a
candidate and y_ij for "point i is counted at candidate j",

    maximise  Σ_ij w_i g_ij y_ij - Σ_j l_j x_j          (or: minimise Σ_j c_j x_j, gain ≥ target)
    subject   Σ_j y_ij ≤ 1,  0 ≤ y_ij ≤ x_j,  x_j in {0, 1}
              Σ_j use_j x_j ≤ limit                      budget, or number of sites
              Σ_ij f_ki g_ij y_ij - Σ_j l_kj x_j ≥ need_k   floors
              Σ_j s_vj x_j ≥ need_v                      servers of a village
              Σ_(j in group) x_j ≤ 1                     variants of one place

where g_ij = (p_ij - p_i)+ is what candidate j adds to the probability of coverage that i has now.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy import sparse

from qn_coverage.analysis.plan.matrices import block, csr, highest, zeros
from qn_coverage.core.errors import CoverageError, InvalidDataError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import numpy.typing as npt

FREE: Final = -1
"""Group of a candidate that excludes no other."""

USE_TOLERANCE: Final = 1e-9
NEED_TOLERANCE: Final = 1e-6
"""Relative slack within which a limit, or a requirement, counts as kept."""


class PlanError(CoverageError):
    """A request that no plan can meet, with what would make it possible."""


@dataclass(frozen=True, slots=True, eq=False)
class Floors:
    """Requirements on sums of gains.

    Attributes
    ----------
    names
        One a row, for messages.
    matrix
        What a whole gain of each point counts for, CSR (rows, points), ≥ 0.
    need
        Least sum, shape (rows,).
    loss
        What choosing a candidate takes away, CSR (rows, candidates), ≥ 0.
    """

    names: tuple[str, ...]
    matrix: sparse.csr_array
    need: npt.NDArray[np.float64]
    loss: sparse.csr_array

    @classmethod
    def none(cls, points: int, candidates: int) -> Floors:
        """No requirement."""
        return cls((), zeros(0, points), np.zeros(0), zeros(0, candidates))


@dataclass(frozen=True, slots=True, eq=False)
class Servers:
    """Villages that must be reached by so many of the chosen.

    Attributes
    ----------
    names
        One a village, for messages.
    matrix
        Servers that a candidate adds (negative: takes away), CSR (villages, candidates).
    need
        Servers still missing today, shape (villages,).
    """

    names: tuple[str, ...]
    matrix: sparse.csr_array
    need: npt.NDArray[np.float64]

    @classmethod
    def none(cls, candidates: int) -> Servers:
        """No requirement."""
        return cls((), zeros(0, candidates), np.zeros(0))


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """Everything the solver needs; see the module for the formulation.

    Attributes
    ----------
    ids
        Identifier of each candidate, unique.
    points
        Identifier of each demand point, unique.
    gain
        g_ij, CSR (candidates, points), 0-1; absent where nothing is gained.
    weight
        w_i, ≥ 0, shape (points,): people, villages or need.
    loss
        l_j, ≥ 0, shape (candidates,): weight that loses its server if j is chosen (a re-pointed
        antenna).
    cost
        VND, > 0, shape (candidates,).
    use
        What a candidate takes of `limit`: its cost, or 1, shape (candidates,).
    limit
        Budget or number of sites; infinite when `target` is given.
    target
        Gain in units of weight to be reached at least cost, or None.
    floors, servers
        Requirements.
    group
        Candidates with the same number ≥ 0 exclude each other; `FREE` excludes nobody.
    pinned, banned
        Must and must not be chosen, shape (candidates,).
    """

    ids: tuple[str, ...]
    points: npt.NDArray[np.int64]
    gain: sparse.csr_array
    weight: npt.NDArray[np.float64]
    loss: npt.NDArray[np.float64]
    cost: npt.NDArray[np.float64]
    use: npt.NDArray[np.float64]
    limit: float
    target: float | None
    floors: Floors
    servers: Servers
    group: npt.NDArray[np.int64]
    pinned: npt.NDArray[np.bool_]
    banned: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Score:
    """What a set of candidates gives.

    Attributes
    ----------
    value
        Gain in units of weight, losses taken off.
    cost, use
        Sums over the set.
    floors, servers
        What it brings to each requirement.
    """

    value: float
    cost: float
    use: float
    floors: npt.NDArray[np.float64]
    servers: npt.NDArray[np.float64]


def build(
    ids: Iterable[str],
    points: npt.ArrayLike,
    gain: sparse.csr_array,
    weight: npt.ArrayLike,
    cost: npt.ArrayLike,
    *,
    budget: float | None = None,
    sites: int | None = None,
    target: float | None = None,
    loss: npt.ArrayLike | None = None,
    floors: Floors | None = None,
    servers: Servers | None = None,
    group: npt.ArrayLike | None = None,
    pinned: Iterable[str] = (),
    banned: Iterable[str] = (),
) -> Model:
    """Checked model in canonical order, so that the plan does not depend on the order of input.

    Parameters
    ----------
    ids, points, gain, weight, cost, loss, floors, servers, group
        As in `Model`.
    budget, sites, target
        Exactly one: VND, number of candidates, or gain in units of weight.
    pinned, banned
        Identifiers.

    Raises
    ------
    InvalidDataError
        Arrays that do not fit; every problem is listed.
    """
    names = tuple(ids)
    count, size = len(names), len(np.asarray(points))
    costs = np.asarray(cost, dtype=np.float64)
    pins, bans = frozenset(pinned), frozenset(banned)
    model = Model(
        ids=names,
        points=np.asarray(points, dtype=np.int64),
        gain=csr(gain),
        weight=np.asarray(weight, dtype=np.float64),
        loss=np.zeros(count) if loss is None else np.asarray(loss, dtype=np.float64),
        cost=costs,
        use=np.ones(count) if sites is not None else costs,
        limit=_limit(budget, sites),
        target=target,
        floors=Floors.none(size, count) if floors is None else floors,
        servers=Servers.none(count) if servers is None else servers,
        group=np.full(count, FREE) if group is None else np.asarray(group, dtype=np.int64),
        pinned=np.array([name in pins for name in names], dtype=np.bool_),
        banned=np.array([name in bans for name in names], dtype=np.bool_),
    )
    problems = [*_goal_problems(budget, sites, target), *_problems(model, pins, bans)]
    if problems:
        raise InvalidDataError(problems)
    return canonical(model)


def canonical(model: Model) -> Model:
    """The same model with candidates and points sorted by identifier."""
    cands = np.array(sorted(range(len(model.ids)), key=model.ids.__getitem__), dtype=np.int64)
    order = np.argsort(model.points, kind="stable")
    rows = np.array(sorted(range(len(model.floors.names)), key=model.floors.names.__getitem__))
    places = np.array(sorted(range(len(model.servers.names)), key=model.servers.names.__getitem__))
    return replace(
        model,
        ids=tuple(model.ids[j] for j in cands),
        points=model.points[order],
        gain=block(model.gain, cands, order),
        weight=model.weight[order],
        **{
            name: getattr(model, name)[cands]
            for name in ("loss", "cost", "use", "group", "pinned", "banned")
        },
        floors=_floors_taken(model.floors, rows.astype(np.int64), cands, order),
        servers=_servers_taken(model.servers, places.astype(np.int64), cands),
    )


def score(model: Model, chosen: npt.NDArray[np.int64]) -> Score:
    """What a set of candidates gives, from the definition."""
    best = highest(model.gain, chosen)
    picked = np.zeros(len(model.ids))
    picked[chosen] = 1.0
    return Score(
        value=float(model.weight @ best - model.loss @ picked),
        cost=float(model.cost @ picked),
        use=float(model.use @ picked),
        floors=np.asarray(model.floors.matrix @ best - model.floors.loss @ picked),
        servers=np.asarray(model.servers.matrix @ picked),
    )


def rows_of(model: Model, ids: Iterable[str]) -> npt.NDArray[np.int64]:
    """Index of each identifier, sorted."""
    where = {name: j for j, name in enumerate(model.ids)}
    return np.array(sorted(where[name] for name in ids), dtype=np.int64)


def _limit(budget: float | None, sites: int | None) -> float:
    if sites is not None:
        return float(sites)
    return float("inf") if budget is None else float(budget)


def _floors_taken(
    floors: Floors,
    rows: npt.NDArray[np.int64],
    cands: npt.NDArray[np.int64],
    points: npt.NDArray[np.int64],
) -> Floors:
    return Floors(
        tuple(floors.names[k] for k in rows),
        block(floors.matrix, rows, points),
        floors.need[rows],
        block(floors.loss, rows, cands),
    )


def _servers_taken(
    servers: Servers, rows: npt.NDArray[np.int64], cands: npt.NDArray[np.int64]
) -> Servers:
    names = tuple(servers.names[v] for v in rows)
    return Servers(names, block(servers.matrix, rows, cands), servers.need[rows])


def _goal_problems(
    budget: float | None, sites: int | None, target: float | None
) -> Iterator[Problem]:
    given = [goal for goal in (budget, sites, target) if goal is not None]
    if len(given) != 1:
        yield _problem("goal", f"{len(given)} goals", "exactly one of budget, sites, target")
    elif not (np.isfinite(given[0]) and given[0] >= 0.0):
        yield _problem("goal", f"{given[0]}", "a finite number from 0 up")


def _problems(model: Model, pins: frozenset[str], bans: frozenset[str]) -> Iterator[Problem]:
    count, size = len(model.ids), len(model.points)
    if len(set(model.ids)) != count:
        yield _problem("ids", "repeated identifiers", "one candidate an identifier")
    if len(np.unique(model.points)) != size:
        yield _problem("points", "repeated identifiers", "one point an identifier")
    for name in sorted((pins | bans) - set(model.ids)):
        yield _problem("pinned or banned", f"'{name}'", "an identifier of a candidate")
    for name in sorted(pins & bans):
        yield _problem("pinned and banned", f"'{name}' in both", "one or the other")
    yield from _shape_problems(model, count, size)


def _shape_problems(model: Model, count: int, size: int) -> Iterator[Problem]:
    shapes: dict[str, tuple[Any, tuple[int, ...]]] = {
        "gain": (model.gain, (count, size)),
        "weight": (model.weight, (size,)),
        "loss": (model.loss, (count,)),
        "cost": (model.cost, (count,)),
        "group": (model.group, (count,)),
        "floors.matrix": (model.floors.matrix, (len(model.floors.names), size)),
        "floors.loss": (model.floors.loss, (len(model.floors.names), count)),
        "servers.matrix": (model.servers.matrix, (len(model.servers.names), count)),
    }
    for name, (values, expected) in shapes.items():
        if values.shape != expected:
            yield _problem(name, f"shape {values.shape}", f"shape {expected}")
        data = np.asarray(csr(values).data if sparse.issparse(values) else values)
        low = -np.inf if name in {"servers.matrix", "group"} else 0.0
        if not np.all(np.isfinite(data) & (data >= low)):
            yield _problem(name, "a negative or no number", "finite numbers from 0 up")
    if not np.all(model.cost > 0.0):
        yield _problem("cost", "a cost of 0", "costs above 0")
    if model.gain.nnz and float(model.gain.data.max()) > 1.0 + NEED_TOLERANCE:
        yield _problem("gain", f"{model.gain.data.max():g}", "probabilities up to 1")


def _problem(column: str, found: str, expected: str) -> Problem:
    return Problem(
        code="bad-plan-model",
        file="plan",
        column=column,
        found=found,
        expected=expected,
        mend="check what the model is built from",
    )
