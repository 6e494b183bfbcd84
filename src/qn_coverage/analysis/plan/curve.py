"""Coverage against number of sites, what could be reached at most, and where more stops paying."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from qn_coverage.analysis.plan.bound import bounded, most_value
from qn_coverage.analysis.plan.core_model import reduced
from qn_coverage.analysis.plan.greedy import filled
from qn_coverage.analysis.plan.model import Floors, Servers
from qn_coverage.analysis.plan.standing import stand

if TYPE_CHECKING:
    import numpy.typing as npt

    from qn_coverage.analysis.plan.model import Model


def curve_of(model: Model, *, most: int) -> pd.DataFrame:
    """What the first k sites give, each site the one that then adds most.

    The sites are nested (greedy), so one can stop anywhere; for every k the bound says what the
    best plan of k sites could give at most. Goal, floors, villages, pins and bans of the model are
    left aside but for bans.

    Parameters
    ----------
    model
        The choice.
    most
        Length of the curve; it ends earlier where nothing is gained any more.

    Returns
    -------
    ``sites``, ``candidate_id`` (the site added), ``value`` (gain in units of weight),
    ``upper_bound``, ``cost_vnd`` and ``knee`` (true in one row, if the curve has one).
    """
    count, size = len(model.ids), len(model.points)
    free = replace(
        model,
        use=np.ones(count),
        limit=float(most),
        target=None,
        floors=Floors.none(size, count),
        servers=Servers.none(count),
        pinned=np.zeros(count, dtype=np.bool_),
    )
    core = reduced(free)
    plan = filled(core, stand(core, []), by_use=True)
    steps = [stand(core, plan.picks[:k]) for k in range(len(plan.picks) + 1)]
    value = np.array([step.value for step in steps])
    bound = bounded(core, plan, iterations=300) if core.size else None
    upper = [
        max(step.value, step.value if bound is None else most_value(core, bound, float(k)))
        for k, step in enumerate(steps)
    ]
    ids = [None, *(model.ids[core.index[pick]] for pick in plan.picks)]
    table = pd.DataFrame(
        {
            "sites": np.arange(len(steps)),
            "candidate_id": ids,
            "value": value,
            "upper_bound": upper,
            "cost_vnd": [step.cost for step in steps],
        }
    )
    table["knee"] = table["sites"] == knee_of(value)
    return table


def knee_of(value: npt.ArrayLike) -> int:
    """Index at which a rising, flattening curve bends most; -1 where it does not bend.

    The point farthest above the chord from first to last, both axes scaled to 1 (Satopää et al.,
    Finding a "kneedle" in a haystack, ICDCS workshops 2011).
    """
    heights = np.asarray(value, dtype=np.float64)
    if len(heights) < 3 or heights[-1] <= heights[0]:
        return -1
    above = (heights - heights[0]) / (heights[-1] - heights[0])
    above -= np.arange(len(heights)) / (len(heights) - 1)
    best = int(np.argmax(above))
    return best if above[best] > 1e-9 else -1
