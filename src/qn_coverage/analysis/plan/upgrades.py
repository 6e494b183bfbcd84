"""What existing sites could do more: another technology, a higher mast, a turned face, a guest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from qn_coverage.analysis.plan.demand import ANY_OPERATOR
from qn_coverage.analysis.plan.scene import Candidate, cells_of, most_useful, seen_from

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from qn_coverage.analysis.plan.scene import Scene

TURN_DEG: Final = 25.0
"""A face within this of the wanted direction already looks there."""

_HALF_BEAM_DEG: Final = 30.0


def upgrades(scene: Scene) -> list[Candidate]:
    """Upgrades of the existing sites that see unserved demand, the most useful sites only."""
    sites = _useful_sites(scene)
    makers = {
        "add_technology": _with_technology,
        "raise": _raised,
        "repoint": _turned,
        "share": _shared,
    }
    return [
        candidate
        for kind, make in makers.items()
        if kind in scene.wishes.kinds
        for site in sites
        for candidate in make(scene, site)
    ]


def _useful_sites(scene: Scene) -> list[pd.DataFrame]:
    """Sectors of each site worth looking at, sites by identifier."""
    if scene.sectors.empty or not scene.demand.points:
        return []
    heads = scene.sectors.groupby("site_id", sort=True).first().reset_index()
    cells = cells_of(scene, heads["x_m"], heads["y_m"])
    height = heads["height_agl_m"].to_numpy(dtype=np.float64) + scene.wishes.raise_m
    _, weight = scene.points()
    kept = most_useful(seen_from(scene, cells, height), weight, scene.wishes.most)
    names = set(heads["site_id"].iloc[kept])
    groups = scene.sectors[scene.sectors["site_id"].isin(names)].groupby("site_id", sort=True)
    return [site for _, site in groups]


def _with_technology(scene: Scene, site: pd.DataFrame) -> Iterator[Candidate]:
    """The technologies asked for that the site lacks, at its own height and faces."""
    for technology in scene.wishes.technologies:
        if technology not in set(site["technology"]):
            yield _at_site(
                site,
                kind="add_technology",
                suffix=technology,
                technologies=(technology,),
                azimuths_deg=_faces(site),
            )


def _raised(scene: Scene, site: pd.DataFrame) -> Iterator[Candidate]:
    """All antennas of the site as much higher as is asked for, if a mast may be that high."""
    height = float(site["height_agl_m"].max()) + scene.wishes.raise_m
    if height <= scene.wishes.max_mast_m:
        yield _at_site(
            site,
            kind="raise",
            suffix=f"{height:g}m",
            technologies=tuple(sorted(set(site["technology"]))),
            height_agl_m=height,
            replaces=tuple(sorted(site["sector_id"])),
        )


def _turned(scene: Scene, site: pd.DataFrame) -> Iterator[Candidate]:
    """The face that looks farthest away from the unserved, turned towards them."""
    faces = np.array(_faces(site))
    wanted = _direction_of_demand(scene, site)
    if len(faces) < 2 or wanted is None:
        return
    apart = np.abs((faces - wanted + 180.0) % 360.0 - 180.0)
    if apart.min() <= TURN_DEG:
        return
    face = faces[int(np.argmax(apart))]
    turned = site[site["azimuth_deg"] == face]
    yield _at_site(
        site,
        kind="repoint",
        suffix=f"{face:g}-{wanted:g}",
        technologies=tuple(sorted(set(turned["technology"]))),
        azimuths_deg=(float(wanted),),
        replaces=tuple(sorted(turned["sector_id"])),
    )


def _shared(scene: Scene, site: pd.DataFrame) -> Iterator[Candidate]:
    """Radio of another operator on the site's mast, where operators count separately."""
    if scene.demand.planes == (ANY_OPERATOR,):
        return
    own = str(site["operator"].iloc[0])
    for operators in scene.operators:
        if len(operators) == 1 and operators[0] != own:
            yield _at_site(
                site,
                kind="share",
                suffix=operators[0],
                technologies=scene.wishes.technologies,
                operators=operators,
            )


def _at_site(
    site: pd.DataFrame,
    *,
    kind: str,
    suffix: str,
    technologies: tuple[str, ...],
    operators: tuple[str, ...] | None = None,
    height_agl_m: float | None = None,
    azimuths_deg: tuple[float, ...] = (),
    replaces: tuple[str, ...] = (),
) -> Candidate:
    head = site.iloc[0]
    site_id = str(head["site_id"])
    name = head.get("name")
    return Candidate(
        candidate_id=f"{kind.replace('_', '-')}-{site_id}-{suffix}",
        kind=kind,
        # A mast is raised or one of its faces is turned, not both: each assumes the other away.
        place=f"change-{site_id}" if replaces else f"{kind}-{site_id}-{suffix}",
        name=site_id if pd.isna(name) else str(name),
        operators=operators or (str(head["operator"]),),
        technologies=technologies,
        x_m=float(head["x_m"]),
        y_m=float(head["y_m"]),
        height_agl_m=float(head["height_agl_m"]) if height_agl_m is None else height_agl_m,
        uncertainty_m=float(head["uncertainty_m"]),
        origin=str(head["origin"]),
        site_id=site_id,
        azimuths_deg=azimuths_deg,
        replaces=replaces,
        was_height_m=float(head["height_agl_m"]) if kind == "raise" else float("nan"),
    )


def _faces(site: pd.DataFrame) -> tuple[float, ...]:
    """Distinct azimuths, sorted; none for omnidirectional antennas."""
    return tuple(sorted({float(face) for face in site["azimuth_deg"].dropna()}))


def _direction_of_demand(scene: Scene, site: pd.DataFrame) -> float | None:
    """Azimuth, in steps of 10°, whose beam holds most unserved weight within reach."""
    points, weight = scene.points()
    x = scene.grid.centres_x_m()[points[:, 1]] - float(site["x_m"].iloc[0])
    y = scene.grid.centres_y_m()[points[:, 0]] - float(site["y_m"].iloc[0])
    near = (np.hypot(x, y) <= 1000.0 * scene.wishes.reach_km) & (weight > 0.0)
    if not near.any():
        return None
    bearing = np.degrees(np.arctan2(x[near], y[near])) % 360.0
    azimuths: npt.NDArray[np.float64] = np.arange(0.0, 360.0, 10.0)
    apart = np.abs((bearing[np.newaxis, :] - azimuths[:, np.newaxis] + 180.0) % 360.0 - 180.0)
    held = (apart <= _HALF_BEAM_DEG) @ weight[near]
    return float(azimuths[int(np.argmax(held))])
