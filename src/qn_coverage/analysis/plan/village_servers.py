"""How many sites serve each village, and which candidates would be one more."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from qn_coverage.analysis.plan import requirements
from qn_coverage.analysis.plan.matrices import csr, entries
from qn_coverage.analysis.plan.offers import antennas_of
from qn_coverage.analysis.plan.present import location_margin
from qn_coverage.analysis.plan.reach import served_villages

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt
    from scipy import sparse

    from qn_coverage.analysis.plan.candidates import Proposal
    from qn_coverage.analysis.plan.model import Servers
    from qn_coverage.analysis.plan.present import Engine, Present
    from qn_coverage.analysis.plan.reach import Offer
    from qn_coverage.analysis.plan.scene import Scene
    from qn_coverage.core.plan_request import PlanRequest


def servers_of_villages(
    present: Present,
    request: PlanRequest,
    proposal: Proposal,
    offer: Offer,
    scene: Scene,
    discs: sparse.csr_array,
    engine: Engine,
    *,
    cancelled: Callable[[], bool] | None = None,
) -> Servers:
    """Requirement that each village be served by so many sites, existing ones counted.

    Parameters
    ----------
    present, request, engine
        The study and what is asked.
    proposal, offer
        Candidates and their antennas.
    scene
        Network and villages.
    discs
        How likely each cell holds each village, CSR (villages, cells).
    cancelled
        As in `reach.reach_of`.
    """
    least = request.villages.probability
    sectors = scene.sectors[_near_villages(scene)]
    ids = sorted(set(sectors["site_id"]))
    everyone = np.ones((len(ids), 1), dtype=np.bool_)
    sites = antennas_of(sectors, ids, "site_id", present, request, engine, everyone)
    found = [
        requirements.serving(
            served_villages(
                one,
                discs,
                scene.demand,
                present.surface,
                best=engine.best,
                case=engine.cases[0],
                location_margin_db=location_margin(present),
                cancelled=cancelled,
            ),
            least,
        )
        for one in (sites, offer)
    ]
    number = {name: row for row, name in enumerate(ids)}
    own = [number.get(c.site_id or "", -1) for c in proposal.candidates]
    at_site = np.array(own, dtype=np.int64)
    before = csr(
        entries(
            np.ones(int((at_site >= 0).sum())),
            np.flatnonzero(at_site >= 0),
            at_site[at_site >= 0],
            (len(own), len(ids)),
        )
        @ found[0]
    )
    # Only a turned face can lose a village; the site's other antennas are not looked at again.
    keeps = np.array([c.kind != "repoint" for c in proposal.candidates], dtype=np.float64)
    serves = csr(found[1].maximum(csr(before * keeps[:, np.newaxis])))
    return requirements.servers_of(
        [str(name) for name in scene.villages["village_id"]],
        np.asarray(found[0].sum(axis=0)).ravel().astype(np.int64),
        serves,
        before,
        wanted=request.villages.servers,
        leave=request.villages.unreachable == "leave",
        group=proposal.groups,
    )


def _near_villages(scene: Scene) -> npt.NDArray[np.bool_]:
    """Sectors that stand within reach of a village."""
    x = scene.sectors["x_m"].to_numpy(dtype=np.float64)
    y = scene.sectors["y_m"].to_numpy(dtype=np.float64)
    near = np.zeros(len(x), dtype=np.bool_)
    for village in scene.villages.itertuples():
        reach = 1000.0 * scene.wishes.reach_km + float(str(village.uncertainty_m))
        near |= np.hypot(x - float(str(village.x_m)), y - float(str(village.y_m))) <= reach
    return near
