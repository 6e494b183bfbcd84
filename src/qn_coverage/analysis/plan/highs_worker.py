"""One mixed-integer programme solved by HiGHS in a process of its own, which can be ended any time.

Run by `milp.solved` as ``python highs_worker.py PROGRAMME.npz ANSWER.npz``; needs SciPy only.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp


def solved_arrays(job: dict[str, Any]) -> dict[str, Any]:
    """Solution ``x`` (empty if none), ``bound`` (NaN if not known) and ``status`` of SciPy.

    Parameters
    ----------
    job
        ``objective``, ``integrality``, ``least``, CSR parts ``data``, ``indices``, ``indptr``,
        row limits ``lower`` and ``upper``, ``time_limit_s`` and ``gap``; columns go up to 1.
    """
    columns = len(job["objective"])
    rows = len(job["indptr"]) - 1
    matrix = sparse.csr_array((job["data"], job["indices"], job["indptr"]), shape=(rows, columns))
    result = milp(
        job["objective"],
        integrality=job["integrality"],
        bounds=Bounds(job["least"], np.ones(columns)),
        constraints=LinearConstraint(matrix, job["lower"], job["upper"]),
        options={"time_limit": float(job["time_limit_s"]), "mip_rel_gap": float(job["gap"])},
    )
    bound = result.mip_dual_bound
    return {
        "x": np.zeros(0) if result.x is None else result.x,
        "bound": np.float64(np.nan if bound is None else bound),
        "status": np.int64(result.status),
    }


def _main(programme: str, answer: str) -> None:
    with np.load(programme) as job:
        np.savez(answer, **solved_arrays(dict(job)))


if __name__ == "__main__":
    _main(*sys.argv[1:])
