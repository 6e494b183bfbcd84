"""The choice as a mixed-integer programme for HiGHS, through scipy.

The formulation is that of `model`, one column y_ij an arc and one x_j a candidate. All but small
programmes run in a process of their own, because HiGHS cannot be interrupted from Python: when the
user ends the search, the process is ended.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy import sparse

from qn_coverage.analysis.plan import highs_worker
from qn_coverage.analysis.plan.matrices import block, csr, entries, zeros
from qn_coverage.analysis.plan.model import FREE

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from qn_coverage.analysis.plan.core_model import Core

_POLL_S: Final = 0.05

_GRACE_S: Final = 5.0
"""HiGHS looks at its clock between steps only; after so many seconds more it is ended."""

_SMALL_ARCS: Final = 2000
"""Up to so many arcs the start of a process takes longer than the solution."""


@dataclass(frozen=True, slots=True, eq=False)
class Programme:
    """Arrays as `scipy.optimize.milp` takes them; columns are the arcs, then the candidates."""

    objective: npt.NDArray[np.float64]
    matrix: sparse.csr_array
    lower: npt.NDArray[np.float64]
    upper: npt.NDArray[np.float64]
    least: npt.NDArray[np.float64]
    arcs: int
    cheapest: bool


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What HiGHS found.

    Attributes
    ----------
    picks
        Candidates of the best plan, or None if none was found.
    bound
        No plan gains more (without a target) or costs less (with one); NaN if not known.
    infeasible
        Whether it is proven that no plan meets the requirements.
    """

    picks: npt.NDArray[np.int64] | None
    bound: float
    infeasible: bool


def programme(
    core: Core, *, inside: npt.NDArray[np.bool_] | None = None, cheapest: bool = False
) -> Programme:
    """The programme of a core.

    Parameters
    ----------
    core
        The choice.
    inside
        Candidates that every plan worth having holds, shape (J,).
    cheapest
        Ask for the least use that meets the requirements, whatever it gains and takes.
    """
    arcs, size = core.arcs, core.size
    candidate = np.repeat(np.arange(size), np.diff(core.start))
    gains = core.weight[core.point] * core.gain
    if cheapest or core.target is not None:
        objective = np.concatenate([np.zeros(arcs), core.use])
    else:
        objective = np.concatenate([-gains, core.loss])
    blocks = [
        *_assignment_rows(core, candidate),
        *_requirement_rows(core, gains),
        *_group_rows(core),
    ]
    if np.isfinite(core.limit) and not cheapest:
        use = np.concatenate([np.zeros(arcs), core.use])
        blocks.append((csr(use[np.newaxis, :]), -np.inf, core.limit))
    least = np.zeros(arcs + size)
    if inside is not None:
        least[arcs:] = inside
    counts = [matrix.shape[0] for matrix, _, _ in blocks]
    return Programme(
        objective=objective,
        matrix=csr(sparse.vstack([matrix for matrix, _, _ in blocks])),
        lower=np.concatenate(
            [np.broadcast_to(b[1], n) for b, n in zip(blocks, counts, strict=True)]
        ),
        upper=np.concatenate(
            [np.broadcast_to(b[2], n) for b, n in zip(blocks, counts, strict=True)]
        ),
        least=least,
        arcs=arcs,
        cheapest=cheapest,
    )


def solved(
    core: Core,
    job: Programme,
    *,
    time_limit_s: float,
    gap: float,
    stopped: Callable[[], bool] = lambda: False,
) -> Answer:
    """Solve with HiGHS.

    Parameters
    ----------
    core
        The choice that the programme was made from.
    job
        `programme` of it.
    time_limit_s, gap
        When HiGHS may stop: seconds, and relative distance of its best plan to its bound.
    stopped
        Asked several times a second; True ends the solve without an answer.
    """
    arrays = _arrays(job, max(time_limit_s, 0.1), gap)
    if job.arcs <= _SMALL_ARCS:
        return _answer(core, job, highs_worker.solved_arrays(arrays))
    found = _in_process(arrays, time_limit_s + _GRACE_S, stopped)
    if found is None:
        return Answer(None, float("nan"), infeasible=False)
    return _answer(core, job, found)


def _arrays(job: Programme, time_limit_s: float, gap: float) -> dict[str, Any]:
    integrality = np.ones(len(job.objective))
    integrality[: job.arcs] = 0.0
    return {
        "objective": job.objective,
        "integrality": integrality,
        "least": job.least,
        "data": job.matrix.data,
        "indices": job.matrix.indices,
        "indptr": job.matrix.indptr,
        "lower": job.lower,
        "upper": job.upper,
        "time_limit_s": time_limit_s,
        "gap": gap,
    }


def _in_process(
    arrays: dict[str, Any], patience_s: float, stopped: Callable[[], bool]
) -> dict[str, Any] | None:
    """What the worker answers, or None if it was ended or failed."""
    with tempfile.TemporaryDirectory(prefix="qn-plan-") as folder:
        programme, answer = Path(folder, "programme.npz"), Path(folder, "answer.npz")
        np.savez(programme, **arrays)
        worker = subprocess.Popen(  # noqa: S603 (our own file, no shell)
            [sys.executable, highs_worker.__file__, str(programme), str(answer)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # HiGHS prints notes of its own
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # an interrupt from the keyboard is ours to handle
        )
        try:
            _awaited(worker, patience_s, stopped)
        finally:
            worker.kill()
            worker.wait()
        if worker.returncode != 0 or not answer.is_file():
            return None
        with np.load(answer) as found:
            return dict(found)


def _awaited(
    worker: subprocess.Popen[bytes], patience_s: float, stopped: Callable[[], bool]
) -> None:
    """Wait for the worker's end, for the end of patience, or for the user's."""
    for _ in range(int(patience_s / _POLL_S) + 1):
        try:
            worker.wait(_POLL_S)
        except subprocess.TimeoutExpired:
            if stopped():
                return
        else:
            return


def _answer(core: Core, job: Programme, found: dict[str, Any]) -> Answer:
    x = found["x"]
    picks = np.flatnonzero(x[job.arcs :] > 0.5) if len(x) else None
    sign = 1.0 if core.target is not None or job.cheapest else -1.0
    return Answer(picks, sign * float(found["bound"]), infeasible=int(found["status"]) == 2)


def _assignment_rows(
    core: Core, candidate: npt.NDArray[np.int64]
) -> list[tuple[sparse.csr_array, Any, Any]]:
    """Σ_j y_ij ≤ 1 where more than one candidate reaches the point, and y_ij ≤ x_j."""
    arcs, width = core.arcs, core.arcs + core.size
    each = np.arange(arcs)
    shared = np.flatnonzero(np.bincount(core.point, minlength=core.points) > 1)
    once = entries(np.ones(arcs), core.point, each, (core.points, width))
    signs = np.concatenate([np.ones(arcs), -np.ones(arcs)])
    columns = np.concatenate([each, arcs + candidate])
    link = entries(signs, np.concatenate([each, each]), columns, (arcs, width))
    return [(block(once, shared), -np.inf, 1.0), (link, -np.inf, 0.0)]


def _requirement_rows(
    core: Core, gains: npt.NDArray[np.float64]
) -> list[tuple[sparse.csr_array, Any, Any]]:
    """Floors, villages and the target, each row scaled to what it needs."""
    arcs = core.arcs
    served = entries(core.gain, core.point, np.arange(arcs), (core.points, arcs))
    rows: list[tuple[sparse.csr_array, Any, Any]] = []
    if len(core.floor_need):
        both = sparse.hstack([core.floor_matrix @ served, csr(-core.floor_loss)])
        scaled = sparse.diags_array(1.0 / core.scale) @ both
        rows.append((csr(scaled), core.floor_need / core.scale, np.inf))
    if len(core.server_need):
        both = sparse.hstack([zeros(len(core.server_need), arcs), core.server_matrix])
        rows.append((csr(both), core.server_need, np.inf))
    if core.target is not None:
        row = np.concatenate([gains, -core.loss]) / core.target_scale
        rows.append((csr(row[np.newaxis, :]), core.target / core.target_scale, np.inf))
    return rows


def _group_rows(core: Core) -> list[tuple[sparse.csr_array, Any, Any]]:
    members = np.flatnonzero(core.group != FREE)
    if not len(members):
        return []
    _, row = np.unique(core.group[members], return_inverse=True)
    shape = (int(row.max()) + 1, core.arcs + core.size)
    return [(entries(np.ones(len(members)), row, core.arcs + members, shape), -np.inf, 1.0)]
