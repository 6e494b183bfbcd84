"""Coverage against number of sites, what could be reached at most, and where more stops paying."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from qn_coverage.analysis.plan.bound import bounded, most_value
from qn_coverage.analysis.plan.core_model import reduced
from qn_coverage.analysis.plan.greedy import filled
from qn_coverage.analysis.plan.kernels import additions
from qn_coverage.analysis.plan.model import Floors, Servers
from qn_coverage.analysis.plan.standing import stand

if TYPE_CHECKING:
    import numpy.typing as npt

    from qn_coverage.analysis.plan.core_model import Core
    from qn_coverage.analysis.plan.model import Model
    from qn_coverage.analysis.plan.standing import Standing


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
    upper = np.maximum(_upper(core, plan, len(steps)), value)
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


def _upper(core: Core, plan: Standing, length: int) -> npt.NDArray[np.float64]:
    """No k sites give more, for k from 0 to length - 1.

    Prices fitted for one number of sites prove something for every other: the least of what
    several sets of prices prove counts, and of what the k best sites would give if they did not
    overlap.
    """
    counts = np.arange(length)
    alone = np.sort(_alone(core))[::-1]
    best = np.concatenate([[0.0], np.cumsum(np.maximum(alone, 0.0))])
    upper = best[np.minimum(counts, len(best) - 1)]
    for k in sorted({round(length * part) for part in (0.06, 0.15, 0.3, 0.5, 0.75, 1.0)} - {0}):
        fitted = replace(core, limit=float(k))
        bound = bounded(fitted, stand(fitted, plan.picks[:k]), iterations=150)
        proven = [most_value(fitted, bound, float(count)) for count in counts]
        upper = np.minimum(upper, proven)
    return upper


def _alone(core: Core) -> npt.NDArray[np.float64]:
    gains = additions(core.start, core.point, core.gain, core.weight, np.zeros(core.points))
    return np.asarray(gains - core.loss)


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
