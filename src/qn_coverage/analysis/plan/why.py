"""Why a candidate is worth a thought, in words of both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import numpy.typing as npt

    from qn_coverage.analysis.plan.candidates import Proposal
    from qn_coverage.analysis.plan.demand import Demand
    from qn_coverage.analysis.plan.reach import Reach
    from qn_coverage.analysis.plan.scene import Candidate

_KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "hilltop": (
        "Đỉnh đồi, nhô {prominence:.0f} m trên xung quanh",
        "Hill top, {prominence:.0f} m above its surroundings",
    ),
    "village": ("Tại {name}", "In {name}"),
    "village_edge": ("Chỗ cao nhất ở {name}", "Highest ground: {name}"),
    "user": ("Điểm do người dùng đề xuất: {name}", "Point proposed by the user: {name}"),
    "moved": ("Điểm người dùng đã dời", "Point moved by the user"),
    "add_technology": (
        "Trạm có sẵn {name}, thêm {technologies}",
        "Existing site {name}, adding {technologies}",
    ),
    "raise": (
        "Trạm có sẵn {name}, nâng cột từ {was:.0f} lên {height:.0f} m",
        "Existing site {name}, mast raised from {was:.0f} to {height:.0f} m",
    ),
    "repoint": (
        "Trạm có sẵn {name}, xoay một anten về {azimuth:.0f}°",
        "Existing site {name}, one face turned to {azimuth:.0f}°",
    ),
    "share": (
        "Dùng chung cột của trạm {name} cho {operators}",
        "Mast of site {name} shared by {operators}",
    ),
}

_SEPARATORS: Final = str.maketrans(",.", ".,")


def standalone(reach: Reach, demand: Demand) -> pd.DataFrame:
    """What each candidate adds if it alone is built: each measure, one row a candidate.

    People and villages are expected numbers: sums of probability gained.
    """
    gain = reach.gain[0].astype("float64")
    columns = {name: gain @ demand.per_point(name) for name in demand.weights}
    return pd.DataFrame(columns, index=pd.Index(reach.ids, name="candidate_id"))


def explained(
    proposal: Proposal, alone: pd.DataFrame, lost_people: npt.NDArray[np.float64]
) -> pd.DataFrame:
    """Columns ``why_vi`` and ``why_en`` of each candidate, in the order of the proposal.

    Parameters
    ----------
    proposal
        The candidates.
    alone
        From `standalone`.
    lost_people
        People that a turned antenna leaves, 0 for others, shape (candidates,).
    """
    texts = [
        _texts(candidate, people, villages, cost / 1e9, lost)
        for candidate, people, villages, cost, lost in zip(
            proposal.candidates,
            alone["people"].reindex(list(proposal.ids)),
            alone["villages"].reindex(list(proposal.ids)),
            proposal.table["cost_vnd"],
            lost_people,
            strict=True,
        )
    ]
    return pd.DataFrame(texts, columns=["why_vi", "why_en"])


def _texts(
    candidate: Candidate, people: float, villages: float, cost: float, lost: float
) -> tuple[str, str]:
    vi, en = (text.format(**_words(candidate)) for text in _KINDS[candidate.kind])
    vi += (
        f"; một mình phủ thêm khoảng {_vi(people, 0)} người và {_vi(villages, 1)} thôn (kỳ vọng); "
        f"khoảng {_vi(cost, 2)} tỷ đồng"
    )
    en += (
        f"; alone covers about {people:,.0f} more people and {villages:.1f} villages (expected); "
        f"about {cost:.2f} billion VND"
    )
    if lost >= 0.5:
        vi += f"; có thể mất sóng của {_vi(lost, 0)} người"
        en += f"; may take signal from {lost:,.0f} people"
    return vi, en


def _words(candidate: Candidate) -> dict[str, object]:
    return {
        "name": candidate.name,
        "prominence": candidate.prominence_m,
        "height": candidate.height_agl_m,
        "was": candidate.was_height_m,
        "technologies": ", ".join(candidate.technologies),
        "operators": ", ".join(candidate.operators),
        "azimuth": candidate.azimuths_deg[0] if candidate.azimuths_deg else float("nan"),
    }


def _vi(value: float, digits: int) -> str:
    """Number with Vietnamese separators."""
    return f"{value:,.{digits}f}".translate(_SEPARATORS)
