"""What a candidate is equipped with, and its antennas as rows of a sector table.

The equipment is the network's own: the commonest carrier of the operator's technology with the
middle of its other figures. Rows have the columns of `core.schema.SECTORS`, so the chosen ones can
be added to the study's sectors and computed like any others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from qn_coverage.core.errors import UnknownNameError
from qn_coverage.core.schema import SECTORS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

REGULAR_AZIMUTHS_DEG: Final = (0.0, 120.0, 240.0)

PROGRAMME: Final = "plan"
"""Programme of sectors that a plan adds."""


@dataclass(frozen=True, slots=True)
class Kit:
    """Radio of one technology; units as in `core.schema.SECTORS`."""

    technology: str
    frequency_mhz: float
    bandwidth_mhz: float
    eirp_dbm: float
    downtilt_deg: float
    beamwidth_h_deg: float
    beamwidth_v_deg: float


def kit_of(sectors: pd.DataFrame, technology: str, operator: str | None = None) -> Kit:
    """Usual radio of a technology in a network.

    Parameters
    ----------
    sectors
        Rows as in `core.schema.SECTORS`.
    technology
        Which one.
    operator
        Whose; where that operator has none, and for None, all operators' rows count.

    Raises
    ------
    UnknownNameError
        Nobody has the technology, so its equipment cannot be told from the network.
    """
    rows = sectors[sectors["technology"] == technology]
    own = rows[rows["operator"] == operator]
    rows = own if len(own) else rows
    if rows.empty:
        raise UnknownNameError("technology of the network", technology, sectors["technology"])
    carriers = rows.groupby(["frequency_mhz", "bandwidth_mhz"]).size()
    frequency, bandwidth = carriers[carriers == carriers.max()].index[0]
    same = rows[(rows["frequency_mhz"] == frequency) & (rows["bandwidth_mhz"] == bandwidth)]
    middle = same[["eirp_dbm", "downtilt_deg", "beamwidth_h_deg", "beamwidth_v_deg"]].median()
    return Kit(
        technology=technology,
        frequency_mhz=float(frequency),
        bandwidth_mhz=float(bandwidth),
        eirp_dbm=float(middle["eirp_dbm"]),
        downtilt_deg=float(middle["downtilt_deg"]),
        beamwidth_h_deg=float(middle["beamwidth_h_deg"]),
        beamwidth_v_deg=float(middle["beamwidth_v_deg"]),
    )


def main_operator(sectors: pd.DataFrame) -> str:
    """Operator with most sites, the first by name where several have as many."""
    sites = sectors.groupby("operator")["site_id"].nunique()
    return str(sites[sites == sites.max()].index[0])


def new_rows(
    candidate: Any, kits: Sequence[Kit], operators: Iterable[str], on_air: date
) -> list[dict[str, Any]]:
    """Sectors of a new mast, or of new radio on a mast: three regular faces, or given ones.

    Parameters
    ----------
    candidate
        Row of the candidate table (`candidates.Candidate` fields).
    kits
        Technologies.
    operators
        Whose radio; several at a neutral host.
    on_air
        First day.
    """
    faces = candidate.azimuths_deg or REGULAR_AZIMUTHS_DEG
    return [
        _row(
            candidate,
            operator,
            on_air,
            sector_id=f"{candidate.candidate_id}:{operator}:{kit.technology}:{face:g}",
            technology=kit.technology,
            frequency_mhz=kit.frequency_mhz,
            bandwidth_mhz=kit.bandwidth_mhz,
            azimuth_deg=face,
            downtilt_deg=kit.downtilt_deg,
            beamwidth_h_deg=kit.beamwidth_h_deg,
            beamwidth_v_deg=kit.beamwidth_v_deg,
            eirp_dbm=kit.eirp_dbm,
        )
        for operator in operators
        for kit in kits
        for face in faces
    ]


def changed_rows(
    candidate: Any, existing: pd.DataFrame, on_air: date, **changes: float
) -> list[dict[str, Any]]:
    """Existing sectors of a site as they would be with, e.g., another height or azimuth.

    Parameters
    ----------
    candidate
        Row of the candidate table.
    existing
        Rows of the site that change.
    on_air
        First day of the change.
    changes
        New values by column.
    """
    kept = [column.name for column in SECTORS]
    rows = []
    for record in existing.to_dict("records"):
        row = {name: record.get(name) for name in kept} | changes
        row["sector_id"] = f"{candidate.candidate_id}:{record['sector_id']}"
        row |= {
            "on_air": pd.Timestamp(on_air),
            "off_air": pd.NaT,
            "programme": PROGRAMME,
            "origin": "modelled",
            "source": f"plan candidate {candidate.candidate_id}",
            "x_m": candidate.x_m,
            "y_m": candidate.y_m,
            "candidate_id": candidate.candidate_id,
        }
        rows.append(row)
    return rows


def sector_frame(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Rows as a table with the columns of `core.schema.SECTORS`, position and candidate."""
    columns = [*(column.name for column in SECTORS), "x_m", "y_m", "candidate_id"]
    table = pd.DataFrame(rows, columns=columns)
    for column in SECTORS:
        if column.kind == "number":
            table[column.name] = table[column.name].astype(np.float64)
    return table


def _row(candidate: Any, operator: str, on_air: date, **radio: Any) -> dict[str, Any]:
    return {
        "site_id": candidate.site_id or candidate.candidate_id,
        "name": candidate.name,
        "operator": operator,
        "height_agl_m": candidate.height_agl_m,
        "on_air": pd.Timestamp(on_air),
        "off_air": pd.NaT,
        "programme": PROGRAMME,
        "origin": "modelled",
        "uncertainty_m": candidate.uncertainty_m,
        "source": f"plan candidate {candidate.candidate_id}",
        "x_m": candidate.x_m,
        "y_m": candidate.y_m,
        "candidate_id": candidate.candidate_id,
        **radio,
    }
