"""All candidates of a request: proposed, edited by the user, sited, priced, with their antennas."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from pyproj import Transformer

from qn_coverage.analysis.plan.costs import priced
from qn_coverage.analysis.plan.kits import changed_rows, kit_of, new_rows, sector_frame
from qn_coverage.analysis.plan.limits import sited
from qn_coverage.analysis.plan.model import PlanError
from qn_coverage.analysis.plan.new_masts import Place, new_masts, variants
from qn_coverage.analysis.plan.upgrades import upgrades
from qn_coverage.core.crs import STORED
from qn_coverage.core.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from qn_coverage.analysis.plan.limits import Constraints
    from qn_coverage.analysis.plan.scene import Candidate, Scene
    from qn_coverage.core.plan_costs import Costs
    from qn_coverage.core.plan_request import Move, PlanRequest, UserPoint


@dataclass(frozen=True, slots=True, eq=False)
class Proposal:
    """Candidates of a request.

    Attributes
    ----------
    candidates
        Sorted by identifier.
    table
        One row a candidate, in the same order: the fields of `Candidate`, ``slope_deg``,
        ``road_km``, ``power_km``, ``setting``, ``cost_vnd``, ``cost_low_vnd``, ``cost_high_vnd``,
        ``cost_vi``, ``cost_en``.
    sectors
        Their antennas, as in `kits.sector_frame`.
    refused
        What may not be built, with reasons.
    """

    candidates: tuple[Candidate, ...]
    table: pd.DataFrame
    sectors: pd.DataFrame
    refused: pd.DataFrame

    @property
    def ids(self) -> tuple[str, ...]:
        """Identifier of each candidate."""
        return tuple(candidate.candidate_id for candidate in self.candidates)

    @property
    def groups(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        """Number of each candidate's place; candidates of one place exclude each other."""
        _, number = np.unique([c.place for c in self.candidates], return_inverse=True)
        return number.reshape(-1).astype(np.int64)


def propose(
    scene: Scene, request: PlanRequest, costs: Costs, constraints: Constraints, *, on_air: date
) -> Proposal:
    """Candidates that a request allows, with prices and antennas.

    Parameters
    ----------
    scene
        Where to look.
    request
        Kinds, user's points, moves, pins and bans.
    costs
        Prices.
    constraints
        Where one may not build.
    on_air
        First day of what is built.

    Raises
    ------
    PlanError
        A name in pin, ban or move that is no candidate, a move of what cannot be moved, or a pin
        that may not be built; every one is told.
    """
    found = [*new_masts(scene), *upgrades(scene), *_user_points(scene, request.add)]
    found = _moved(scene, found, request.move)
    found.sort(key=lambda candidate: candidate.candidate_id)
    kept = sited(found, scene, constraints)
    _check_names(request, [candidate.candidate_id for candidate in found], kept.refused)
    table = pd.DataFrame([_record(candidate) for candidate in kept.candidates])
    table = pd.concat(
        [
            table,
            pd.DataFrame(
                {"slope_deg": kept.slope_deg, "road_km": kept.road_km, "power_km": kept.power_km}
            ),
            priced(kept, scene, costs),
        ],
        axis=1,
    )
    sectors = antennas(kept.candidates, scene.sectors, on_air=on_air)
    return Proposal(kept.candidates, table, sectors, kept.refused)


def antennas(
    candidates: Iterable[Candidate], network: pd.DataFrame, *, on_air: date
) -> pd.DataFrame:
    """Sectors of candidates, with the radio that the network uses.

    Parameters
    ----------
    candidates
        New masts and upgrades.
    network
        Existing sectors, columns of `core.schema.SECTORS`.
    on_air
        First day.
    """
    kits: dict[tuple[str, str], Any] = {}
    rows: list[dict[str, Any]] = []
    by_site = {str(site): part for site, part in network.groupby("site_id", sort=False)}
    for candidate in candidates:
        if candidate.replaces and candidate.site_id is not None:
            site = by_site[candidate.site_id]
            changed = site[site["sector_id"].isin(candidate.replaces)]
            rows += changed_rows(candidate, changed, on_air, **_changes(candidate))
            continue
        for operator in candidate.operators:
            for technology in candidate.technologies:
                if (operator, technology) not in kits:
                    kits[operator, technology] = kit_of(network, technology, operator)
            used = [kits[operator, technology] for technology in candidate.technologies]
            rows += new_rows(candidate, used, (operator,), on_air)
    return sector_frame(rows)


def _changes(candidate: Candidate) -> dict[str, float]:
    if candidate.kind == "raise":
        return {"height_agl_m": candidate.height_agl_m}
    return {"azimuth_deg": candidate.azimuths_deg[0]}


def _user_points(scene: Scene, points: tuple[UserPoint, ...]) -> list[Candidate]:
    to_grid = Transformer.from_crs(STORED, scene.grid.crs, always_xy=True)
    found: list[Candidate] = []
    for point in points:
        x, y = to_grid.transform(point.lon, point.lat)
        place = Place(
            key=f"user-{'-'.join(fold(point.name).split())}",
            kind="user",
            name=point.name,
            x_m=float(x),
            y_m=float(y),
            uncertainty_m=0.0,
            origin="estimated",
            height_agl_m=point.height_agl_m,
        )
        found += variants(scene, place)
    return found


def _moved(scene: Scene, found: list[Candidate], moves: tuple[Move, ...]) -> list[Candidate]:
    """Candidates with the moved ones at their new places, under the name ``ID-moved``."""
    to_grid = Transformer.from_crs(STORED, scene.grid.crs, always_xy=True)
    by_id = {candidate.candidate_id: candidate for candidate in found}
    problems = []
    for move in moves:
        candidate = by_id.get(move.id)
        if candidate is None:
            problems.append(_unknown("move", move.id, by_id))
        elif not candidate.new_mast:
            problems.append(f"'{move.id}' is a change of an existing site and cannot be moved")
        else:
            x, y = to_grid.transform(move.lon, move.lat)
            del by_id[move.id]
            by_id[f"{move.id}-moved"] = replace(
                candidate,
                candidate_id=f"{move.id}-moved",
                kind="moved",
                place=f"{move.id}-moved",
                x_m=float(x),
                y_m=float(y),
                uncertainty_m=0.0,
                origin="estimated",
            )
    if problems:
        raise PlanError("\n".join(problems))
    return list(by_id.values())


def _check_names(request: PlanRequest, ids: list[str], refused: pd.DataFrame) -> None:
    known = set(ids)
    problems = [
        _unknown(key, name, known)
        for key, names in (("pin", request.pin), ("ban", request.ban))
        for name in names
        if name not in known
    ]
    reasons = dict(zip(refused["candidate_id"], refused["reason_en"], strict=True))
    problems += [
        f"'{name}' is pinned but may not be built: {reasons[name]}"
        for name in request.pin
        if name in reasons
    ]
    if problems:
        raise PlanError("\n".join(problems))


def _unknown(key: str, name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, list(known), n=3, cutoff=0.5)
    hint = f"; near it: {', '.join(near)}" if near else ""
    return f"'{name}' in {key} is no candidate of this request{hint}"


def _record(candidate: Candidate) -> dict[str, Any]:
    fields = {name: getattr(candidate, name) for name in candidate.__slots__}
    return {
        **fields,
        "operators": "; ".join(candidate.operators),
        "technologies": "; ".join(candidate.technologies),
        "azimuths_deg": "; ".join(f"{face:g}" for face in candidate.azimuths_deg),
        "replaces": "; ".join(candidate.replaces),
    }
