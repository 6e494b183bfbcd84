"""When: what every unit and village has at each step of the network, walked through once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from qn_coverage.analysis import timeline
from qn_coverage.analysis.discs import class_shares
from qn_coverage.analysis.evidence import records
from qn_coverage.analysis.probability import Criterion, covered_probability, threshold_margin_db
from qn_coverage.analysis.verdict import COVERED, verdict_of
from qn_coverage.core.rules import CLASS_CODES, class_of_shares, classify

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    from scipy import sparse

    from qn_coverage.analysis.coverage import Coverage
    from qn_coverage.analysis.error_model import ErrorModel
    from qn_coverage.analysis.steps import Step
    from qn_coverage.analysis.zonal import Zones
    from qn_coverage.core.rules import Rule
    from qn_coverage.core.scenario import Service

VILLAGE_LEVEL = "village"
"""Value of ``level`` in the rows of villages."""


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """States of the network at labelled days.

    Attributes
    ----------
    steps
        In the order of their days.
    table
        One row a step and unit or village: ``step``, ``day``, ``level``, ``code``; of units
        ``land_km2``, ``land_share``, ``population``, ``population_share``,
        ``population_gained``, ``population_lost`` (since the step before), ``villages``,
        ``villages_covered``; of villages ``verdict``, ``class``, ``probability``.
    first_step
        Index of the first step at which each cell is covered, -1 for never; int16 (rows, cols).
    lost
        Cells that were covered at some step and are not at the last, shape (rows, cols).
    """

    steps: tuple[Step, ...]
    table: pd.DataFrame
    first_step: npt.NDArray[np.int16]
    lost: npt.NDArray[np.bool_]

    def of_level(self, level: str) -> pd.DataFrame:
        """Rows of one level."""
        return self.table[self.table["level"] == level]


class Recorder:
    """Takes down each state as it passes, so that no state has to be kept.

    Parameters
    ----------
    service, rule
        Threshold and classes.
    levels
        Units to count for.
    village_ids, discs
        Villages and the cells that may hold each (`analysis.discs.disc_weights`).
    error
        What the model may err by.
    """

    def __init__(
        self,
        service: Service,
        rule: Rule,
        levels: Sequence[Zones],
        village_ids: Sequence[str],
        discs: sparse.csr_array,
        error: ErrorModel,
    ) -> None:
        self._service, self._rule, self._levels, self._error = service, rule, levels, error
        self._village_ids = list(village_ids)
        self._cells = np.unique(discs.indices)
        self._discs = discs[:, self._cells]
        self._steps: list[Step] = []
        self._parts: list[pd.DataFrame] = []
        self._previous: npt.NDArray[np.bool_] | None = None
        self._first: npt.NDArray[np.int16] | None = None

    def __call__(self, step: Step, coverage: Coverage) -> None:
        """Take down the state at the next step."""
        now = timeline.covered_at(coverage, step)
        then = now if self._previous is None else self._previous
        villages = self._villages(step, coverage, now)
        covered = villages["verdict"].to_numpy() == COVERED
        units = [timeline.unit_rows(step, now, then, zones, covered) for zones in self._levels]
        if self._first is None:
            self._first = np.full(now.shape, timeline.NEVER, dtype=np.int16)
        timeline.note_first(self._first, now, len(self._steps))
        self._steps.append(step)
        self._parts += [*units, villages]
        self._previous = now

    def history(self) -> History:
        """Everything taken down so far.

        Raises
        ------
        ValueError
            Nothing was.
        """
        if self._first is None or self._previous is None:
            raise ValueError("there is no step")
        # Units have no verdict and villages no shares: empty, not false.
        rows = [row for part in self._parts for row in records(part)]
        return History(
            tuple(self._steps),
            pd.DataFrame(rows).convert_dtypes(),
            self._first,
            (self._first != timeline.NEVER) & ~self._previous,
        )

    def _villages(
        self, step: Step, coverage: Coverage, covered: npt.NDArray[np.bool_]
    ) -> pd.DataFrame:
        margin_db = threshold_margin_db(
            coverage, self._service, leaving_out=step.technologies_off, cells=self._cells
        )
        criterion = Criterion.of_places(self._service.location_sigma_db)
        chance = covered_probability(margin_db, criterion, self._error).astype(np.float64)
        shares = class_shares(self._discs, classify(chance, self._rule))
        empty = np.diff(self._discs.indptr) == 0
        known = covered.ravel()[self._cells].astype(np.float64)
        return pd.DataFrame(
            {
                "step": step.code,
                "day": step.day,
                "level": VILLAGE_LEVEL,
                "code": self._village_ids,
                "verdict": verdict_of(np.where(empty, np.nan, self._discs @ known)),
                "class": [CLASS_CODES[code] for code in class_of_shares(shares, self._rule)],
                "probability": np.where(empty, np.nan, np.clip(self._discs @ chance, 0.0, 1.0)),
            }
        )


def timeline_summary(history: History) -> list[dict[str, Any]]:
    """The province at each step as plain values, ready for JSON."""
    province = {row["step"]: row for row in records(history.of_level("province"))}
    villages = history.of_level(VILLAGE_LEVEL)
    return [
        _told(step, province[step.code], villages[villages["step"] == step.code])
        for step in history.steps
    ]


def _told(step: Step, province: dict[str, Any], villages: pd.DataFrame) -> dict[str, Any]:
    return {
        "step": step.code,
        "day": step.day.isoformat(),
        "title_vi": step.title_vi,
        "title_en": step.title_en,
        "basis": step.basis,
        "source": step.source,
        "technologies_off": list(step.technologies_off),
        "population_share": round(float(province["population_share"]), 6),
        "land_share": round(float(province["land_share"]), 6),
        "population_gained": round(float(province["population_gained"])),
        "population_lost": round(float(province["population_lost"])),
        "villages": int(province["villages"]),
        "villages_covered": int(province["villages_covered"]),
        "villages_by_class": {code: int((villages["class"] == code).sum()) for code in CLASS_CODES},
    }
