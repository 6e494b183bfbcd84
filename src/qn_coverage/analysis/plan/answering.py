"""What a plan gives, put together: sites, gaps, villages, curve, sensitivity, antennas."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from qn_coverage.analysis.plan import answer
from qn_coverage.analysis.plan.choosing import model_of
from qn_coverage.analysis.plan.curve import curve_of
from qn_coverage.analysis.plan.matrices import block
from qn_coverage.analysis.plan.offers import offer_of
from qn_coverage.analysis.plan.present import chance_today, location_margin
from qn_coverage.analysis.plan.reach import reach_of
from qn_coverage.analysis.plan.sensitivity import BUDGET_STEP, Variation, sensitivity_of
from qn_coverage.core.crs import STORED
from qn_coverage.core.progress import SILENT

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt
    from scipy import sparse

    from qn_coverage.analysis.plan.model import Model
    from qn_coverage.analysis.plan.preparing import Prepared
    from qn_coverage.analysis.plan.sensitivity import Sensitivity
    from qn_coverage.analysis.plan.solve import Plan
    from qn_coverage.core.plan_request import PlanRequest
    from qn_coverage.core.progress import Progress

_CURVE: Final = 60


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What a plan gives; tables as in `answer`, `curve` and `sensitivity`.

    Attributes
    ----------
    plan
        The choice with its gap.
    sites
        `answer.site_table` with the columns of `Prepared.table`, in the order of building.
    gaps, villages, curve
        Which gaps close, which villages gain, coverage against number of sites.
    sensitivity
        None if not asked for.
    share_now, share_plan
        Expected share of the measure with signal in the whole province, before and after.
    sectors
        Antennas of the plan, EPSG:4326, columns of `core.schema.SECTORS`.
    replaced
        Sectors that end with the plan.
    """

    plan: Plan
    sites: pd.DataFrame
    gaps: pd.DataFrame
    villages: pd.DataFrame
    curve: pd.DataFrame
    sensitivity: Sensitivity | None
    share_now: float
    share_plan: float
    sectors: gpd.GeoDataFrame
    replaced: tuple[str, ...]


def answered(
    ready: Prepared,
    plan: Plan,
    request: PlanRequest | None = None,
    *,
    sensitivity: bool = True,
    cancelled: Callable[[], bool] = lambda: False,
    progress: Progress = SILENT,
) -> Answer:
    """Say what a plan gives, at the cells.

    Parameters
    ----------
    ready, plan, request
        As in `planned`.
    sensitivity
        Whether to solve again under every other case and budget; not done once cancelled, since
        unfinished searches tell nothing of each other.
    cancelled, progress
        As in `planned`.
    """
    progress.stage("say what the plan gives")
    wish = request or ready.request
    number = {name: j for j, name in enumerate(ready.proposal.ids)}
    rows = np.array([number[name] for name in plan.picks], dtype=np.int64)
    gain = _fine_gain(ready, rows)
    measure = wish.goal.measure
    weight = ready.cells.weights[measure]
    cost = ready.table["cost_vnd"].to_numpy(dtype=np.float64)[rows]
    price = np.ones(len(rows)) if wish.goal.sites is not None else cost
    order = answer.building_order(gain, weight, ready.lost[measure][rows], price)
    rows, gain = rows[order], block(gain, order)
    ids = [ready.proposal.ids[j] for j in rows]
    sites = answer.site_table(
        ids,
        gain,
        ready.cells,
        cost[order],
        {name: values[rows] for name, values in ready.lost.items()},
    )
    details = ready.table.iloc[rows].drop(columns=["candidate_id", "cost_vnd"])
    xy = ready.table[["x_m", "y_m"]].to_numpy(dtype=np.float64)
    total = ready.cells.totals[measure]
    now = ready.cells.now[measure]
    added = float(sites[f"{measure}_added"].sum())
    chosen = ready.proposal.sectors["candidate_id"].isin(ids)
    chance = chance_today(ready.present, ready.request, ready.engine.cases[0])
    return Answer(
        plan=plan,
        sites=pd.concat([sites, details.reset_index(drop=True)], axis=1),
        gaps=answer.gap_table(ids, gain, ready.cells, ready.present.gap, ready.present.gap_ids),
        villages=answer.village_table(
            ready.scene.villages, ready.discs, ids, xy[rows], gain, ready.cells, chance
        ),
        curve=curve_of(model_of(ready, wish), most=max(_CURVE, 2 * len(ids))),
        sensitivity=_sensitivity(ready, plan, wish, xy, cancelled)
        if sensitivity and not cancelled()
        else None,
        share_now=now / total if total > 0.0 else float("nan"),
        share_plan=(now + added) / total if total > 0.0 else float("nan"),
        sectors=_stored(ready.proposal.sectors[chosen], ready.present.coverage.grid.crs),
        replaced=tuple(sorted({s for j in rows for s in ready.proposal.candidates[j].replaces})),
    )


def _fine_gain(ready: Prepared, rows: npt.NDArray[np.int64]) -> sparse.csr_array:
    """Gains of the chosen at every unserved cell, CSR (chosen, cells)."""
    chosen = tuple(ready.proposal.candidates[j] for j in rows)
    names = [candidate.candidate_id for candidate in chosen]
    kept = ready.proposal.sectors["candidate_id"].isin(names)
    few = replace(
        ready.proposal, candidates=chosen, sectors=ready.proposal.sectors[kept], table=ready.table
    )
    found = reach_of(
        offer_of(few, ready.present, ready.request, ready.engine),
        ready.cells,
        ready.present.surface,
        best=ready.engine.best,
        cases=ready.engine.cases[:1],
        location_margin_db=location_margin(ready.present),
        least_gain=0.0,
    )
    return found.gain[0]


def _sensitivity(
    ready: Prepared,
    plan: Plan,
    wish: PlanRequest,
    xy_m: npt.NDArray[np.float64],
    cancelled: Callable[[], bool],
) -> Sensitivity:
    def under(case: int, scale: float) -> Callable[[], Model]:
        return lambda: model_of(ready, wish, case=case, scale=scale)

    variations = [
        Variation(case.code, case.title_vi, case.title_en, under(number, 1.0))
        for number, case in enumerate(ready.engine.cases)
        if number > 0
    ]
    if wish.goal.target is None:
        percent = f"{100 * BUDGET_STEP:g} %"
        variations += [
            Variation("budget_less", f"Ngân sách ít hơn {percent}", f"Budget {percent} less",
                      under(0, 1.0 - BUDGET_STEP)),
            Variation("budget_more", f"Ngân sách nhiều hơn {percent}", f"Budget {percent} more",
                      under(0, 1.0 + BUDGET_STEP)),
        ]  # fmt: skip
    positions = {
        name: (float(x), float(y)) for name, (x, y) in zip(ready.proposal.ids, xy_m, strict=True)
    }
    return sensitivity_of(
        plan,
        variations,
        positions,
        time_limit_s=min(30.0, wish.solver.time_limit_s),
        gap=max(wish.solver.gap, 0.005),
        cancelled=cancelled,
    )


def _stored(sectors: pd.DataFrame, crs: str) -> gpd.GeoDataFrame:
    """Sectors as a point table in EPSG:4326."""
    points = gpd.points_from_xy(sectors["x_m"], sectors["y_m"])
    table = sectors.drop(columns=["x_m", "y_m"]).reset_index(drop=True)
    return gpd.GeoDataFrame(table, geometry=points, crs=crs).to_crs(STORED)
