"""Where a set of candidates of a core stands: value, use, and how far requirements are from met."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from qn_coverage.analysis.plan import kernels
from qn_coverage.analysis.plan.model import FREE, NEED_TOLERANCE, USE_TOLERANCE

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from qn_coverage.analysis.plan.core_model import Core

_TIE: Final = 1e-10


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """State of a set of candidates.

    Attributes
    ----------
    picks
        Indices into the core, in the order they were chosen.
    first, slot, second
        Best gain of each point, the slot of `picks` that gives it, the second best.
    value, use, cost
        Gain in units of weight less losses; sums over the picks.
    floor_short, server_short, target_short
        What is missing to each requirement, ≥ 0.
    shortfall
        Sum of what is missing, each requirement in its own scale; 0 when all hold.
    """

    picks: npt.NDArray[np.int64]
    first: npt.NDArray[np.float64]
    slot: npt.NDArray[np.int64]
    second: npt.NDArray[np.float64]
    value: float
    use: float
    cost: float
    floor_short: npt.NDArray[np.float64]
    server_short: npt.NDArray[np.float64]
    target_short: float
    shortfall: float

    @property
    def complete(self) -> bool:
        """Whether every requirement holds."""
        return self.shortfall == 0.0


def stand(core: Core, picks: Sequence[int] | npt.NDArray[np.int64]) -> Standing:
    """Standing of a set of candidates, from scratch."""
    chosen = np.asarray(picks, dtype=np.int64)
    first, slot, second = kernels.tops(core.start, core.point, core.gain, chosen, core.points)
    value = float(core.weight @ first - core.loss[chosen].sum())
    floor_have = core.floor_matrix @ first - core.floor_loss[:, chosen].sum(axis=1)
    server_have = np.asarray(core.server_matrix[:, chosen].sum(axis=1)).ravel()
    floor_short = _short(core.floor_need - floor_have, NEED_TOLERANCE * core.scale)
    server_short = _short(core.server_need - server_have, 0.5)
    target_short = 0.0
    if core.target is not None and core.target - value > NEED_TOLERANCE * core.target_scale:
        target_short = core.target - value
    return Standing(
        picks=chosen,
        first=first,
        slot=slot,
        second=second,
        value=value,
        use=float(core.use[chosen].sum()),
        cost=float(core.cost[chosen].sum()),
        floor_short=floor_short,
        server_short=server_short,
        target_short=target_short,
        shortfall=float(
            (floor_short / core.scale).sum() + server_short.sum() + target_short / core.target_scale
        ),
    )


def better(core: Core, new: Standing, old: Standing) -> bool:
    """Whether `new` is the better plan: requirements first, then the goal, then the price."""
    if abs(new.shortfall - old.shortfall) > _TIE:
        return new.shortfall < old.shortfall
    if core.target is None:
        slack = _TIE * max(1.0, abs(old.value))
        if abs(new.value - old.value) > slack:
            return new.value > old.value
    return new.cost < old.cost * (1.0 - _TIE)


def fits(core: Core, use: npt.ArrayLike, limit: float | None = None) -> npt.NDArray[np.bool_]:
    """Whether each use keeps to the limit: the core's, or the one given."""
    most = core.limit if limit is None else limit
    slack = USE_TOLERANCE * max(1.0, abs(most)) if np.isfinite(most) else 0.0
    return np.asarray(np.asarray(use, dtype=np.float64) <= most + slack)


def open_to(core: Core, picks: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Candidates that are not chosen and that no chosen one excludes, shape (J,)."""
    free = np.ones(core.size, dtype=np.bool_)
    free[picks] = False
    groups = core.group[picks]
    return free & ~np.isin(core.group, groups[groups != FREE])


def pressing_weight(core: Core, now: Standing) -> npt.NDArray[np.float64]:
    """What a gain at each point is worth for the requirements that are still short."""
    weight = core.floor_matrix.T @ np.where(now.floor_short > 0.0, 1.0 / core.scale, 0.0)
    if now.target_short > 0.0:
        weight = weight + core.weight / core.target_scale
    return np.ascontiguousarray(weight, dtype=np.float64)


def pressing_extra(core: Core, now: Standing) -> npt.NDArray[np.float64]:
    """What choosing each candidate brings to requirements beside gains, shape (J,)."""
    floors = np.where(now.floor_short > 0.0, 1.0 / core.scale, 0.0)
    extra = core.server_matrix.T @ (now.server_short > 0.0).astype(np.float64)
    extra = extra - core.floor_loss.T @ floors
    if now.target_short > 0.0:
        extra = extra - core.loss / core.target_scale
    return np.asarray(extra, dtype=np.float64)


def _short(
    missing: npt.NDArray[np.float64], slack: npt.NDArray[np.float64] | float
) -> npt.NDArray[np.float64]:
    return np.where(missing > slack, missing, 0.0)
