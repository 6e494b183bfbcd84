"""Requests that no plan can meet, told with what would make them possible."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from qn_coverage.analysis.plan.matrices import block, csr, entries, highest
from qn_coverage.analysis.plan.model import (
    FREE,
    NEED_TOLERANCE,
    USE_TOLERANCE,
    PlanError,
    score,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt
    from scipy import sparse

    from qn_coverage.analysis.plan.model import Model

_SHOWN = 8


def check_possible(model: Model) -> None:
    """Refuse what cannot be met whatever is chosen.

    Raises
    ------
    PlanError
        Every reason, each with a remedy. Requirements that are possible one by one may still not
        fit together under the limit: that is found by the search.
    """
    reasons = [
        *_pins(model),
        *_limit(model),
        *_target(model),
        *_floors(model),
        *_servers(model),
    ]
    if reasons:
        raise PlanError("\n".join(reasons))


def most_gain(model: Model) -> npt.NDArray[np.float64]:
    """Gain of each point if every candidate that is not banned were chosen, shape (points,)."""
    return highest(model.gain, np.flatnonzero(~model.banned))


def best_gains(gain: sparse.csr_array) -> npt.NDArray[np.float64]:
    """Gain of each point if every candidate were chosen, shape (points,)."""
    return highest(gain, np.arange(gain.shape[0]))


def most_servers(matrix: sparse.csr_array, group: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Servers that each village could get at most, one candidate of a group, shape (villages,)."""
    adds = csr(matrix).tocoo()
    village, candidate = adds.coords
    own = np.where(group == FREE, len(group) + np.arange(len(group)), group)[candidate]
    pairs, which = np.unique(np.column_stack([village, own]), axis=0, return_inverse=True)
    best = np.zeros(len(pairs))
    np.maximum.at(best, which.reshape(-1), adds.data)
    shape = (int(matrix.shape[0]), 1)
    column = entries(best, pairs[:, 0], np.zeros(len(pairs), dtype=np.int64), shape)
    return np.asarray(column.toarray(), dtype=np.float64).ravel()


def too_dear(model: Model, least: float, *, proven: bool) -> PlanError:
    """What to say when the requirements take more than the limit.

    Parameters
    ----------
    model
        The request.
    least
        What the cheapest known plan takes that meets them, pins included.
    proven
        Whether no plan takes less.
    """
    amount = _amount(model, least)
    how = f"need {amount}" if proven else f"are met by no plan found below {amount}"
    return PlanError(
        f"the floors, villages and pins of the request {how}, but the limit is "
        f"{_amount(model, model.limit)}; raise the limit to {amount}, or lower the floors or the "
        "number of servers per village"
    )


def contradictory(model: Model, *, proven: bool) -> PlanError:
    """What to say when no set of candidates meets the requirements at any price."""
    how = "no set of candidates meets" if proven else "the search found no candidates that meet"
    goal = "" if model.target is None else "the target, "
    return PlanError(
        f"each requirement can be met, but {how} {goal}the floors and the villages of the request "
        "together: variants of one place exclude each other, and re-pointed antennas take signal "
        "away; lower a floor or the target, ask for fewer servers, unpin, or add candidates"
    )


def _amount(model: Model, use: float) -> str:
    if _counts_sites(model):
        return f"{int(np.ceil(use - USE_TOLERANCE))} sites"
    return f"{use / 1e9:.2f} billion VND"


def _counts_sites(model: Model) -> bool:
    return bool(np.isfinite(model.limit)) and bool(np.all(model.use == 1.0))


def _pins(model: Model) -> Iterator[str]:
    pins = np.flatnonzero(model.pinned)
    groups = model.group[pins]
    for group in np.unique(groups[groups != FREE]):
        names = [model.ids[j] for j in pins[groups == group]]
        if len(names) > 1:
            yield (
                f"pinned candidates {_list(names)} are variants of one place and exclude each "
                "other; pin one of them"
            )
    use = float(model.use[pins].sum())
    if use > model.limit * (1.0 + USE_TOLERANCE):
        yield (
            f"the {len(pins)} pinned candidates take {_amount(model, use)}, but the limit is "
            f"{_amount(model, model.limit)}; raise the limit or unpin some"
        )


def _limit(model: Model) -> Iterator[str]:
    able = ~model.banned & (np.diff(model.gain.indptr) > 0)
    if model.target is not None and model.target <= 0.0:
        return  # reached without building anything
    if not able.any():
        yield (
            "no candidate that may be chosen adds coverage anywhere; nothing is uncovered, or the "
            "candidates are too far away or all banned: allow more kinds of candidates or masts"
        )
    elif not model.pinned.any() and np.isfinite(model.limit):
        cheapest = float(model.use[able].min())
        if cheapest > model.limit * (1.0 + USE_TOLERANCE):
            name = model.ids[int(np.flatnonzero(able)[np.argmin(model.use[able])])]
            yield (
                f"the limit is {_amount(model, model.limit)}, but the cheapest candidate, "
                f"'{name}', takes {_amount(model, cheapest)}; raise the limit to that at least"
            )


def _target(model: Model) -> Iterator[str]:
    if model.target is None:
        return
    most = float(model.weight @ most_gain(model))
    if most < model.target * (1.0 - NEED_TOLERANCE):
        yield (
            f"the target asks for a gain of {model.target:,.0f}, but all "
            f"{int((~model.banned).sum())} candidates together give {most:,.0f}; lower the target "
            f"by {model.target - most:,.0f} or more, or allow more candidates or higher masts"
        )


def _floors(model: Model) -> Iterator[str]:
    most = np.asarray(model.floors.matrix @ most_gain(model))
    slack = NEED_TOLERANCE * np.maximum(1.0, np.abs(model.floors.need))
    for k in np.flatnonzero(most < model.floors.need - slack):
        yield (
            f"the floor of {model.floors.names[k]} asks for a gain of {model.floors.need[k]:,.1f} "
            f"people, but all candidates together give {most[k]:,.1f}; lower that floor or add a "
            "candidate there"
        )


def _servers(model: Model) -> Iterator[str]:
    able = np.flatnonzero(~model.banned)
    every = np.arange(len(model.servers.names))
    most = most_servers(block(model.servers.matrix, every, able), model.group[able])
    short = np.flatnonzero(most < model.servers.need - 0.5)
    if len(short):
        names = [model.servers.names[v] for v in short]
        yield (
            f"{len(names)} villages cannot get the servers asked for from any candidates: "
            f"{_list(names)}; add candidates there, ask for fewer servers, or let the request "
            'leave such villages out (villages.unreachable = "leave")'
        )


def _list(names: list[str]) -> str:
    shown = ", ".join(f"'{name}'" for name in names[:_SHOWN])
    return shown if len(names) <= _SHOWN else f"{shown} and {len(names) - _SHOWN} more"


def meets_all(model: Model, chosen: npt.NDArray[np.int64]) -> bool:
    """Whether a set of candidates keeps the limit, the target and every requirement."""
    got = score(model, chosen)
    slack = NEED_TOLERANCE * np.maximum(1.0, np.abs(model.floors.need))
    reached = model.target is None or got.value >= model.target - NEED_TOLERANCE * max(
        1.0, abs(model.target)
    )
    return bool(
        got.use <= model.limit + USE_TOLERANCE * max(1.0, abs(model.limit))
        and reached
        and np.all(got.floors >= model.floors.need - slack)
        and np.all(got.servers >= model.servers.need - 0.5)
    )
