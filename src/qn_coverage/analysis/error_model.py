"""How wrong a predicted median level may be, and how far an error reaches.

The error is Gaussian in dB, the same for all servers of a place, and a sum of components, each
with a deviation and a range: exp(-d / range), the correlation that Gudmundson found for shadowing
(M. Gudmundson, Correlation model for shadow fading in mobile radio systems, Electronics Letters
27(23), 1991).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from qn_coverage.core.errors import ModelRangeError

if TYPE_CHECKING:
    import numpy.typing as npt

TERRAIN_RMSE_DB: Final = 12.0
"""Error of a terrain model without local tuning, all causes together, at single places.

C. Phillips, D. Sicker, D. Grunwald, Bounding the practical error of path loss models,
International Journal of Antennas and Propagation 2012, 754158: the best of 30 models err by
12-15 dB RMSE at 900 MHz, 2.4 and 5.8 GHz in rural and urban networks when not tuned. The same
12 dB is the best that the authors reached in rural New Zealand (PAM 2011, LNCS 6579, 42-51).
That terrain models deserve the lower end is an assumption."""

TERRAIN_FREE_RMSE_DB: Final = 15.0
"""The same for a model that sees no terrain: the upper end of Phillips et al. (assumption)."""

TUNED_RMSE_DB: Final = 8.5
"""What stays after tuning with local measurements: the middle of Phillips' 8-9 dB."""

AREA_RANGE_M: Final = 20_000.0
"""Range of the error that local tuning removes. Assumption: Phillips' networks are each of one
town or valley, and tuning one does not tune the next."""

LOCAL_RANGE_M: Final = 500.0
"""Range of the error that stays after tuning. Assumption, of the order of the correlation that
Gudmundson (1991) reports for suburban shadowing. 3GPP TR 38.901, Table 7.5-6, has 37-120 m for
macro cells: at those distances the error is part of the variability inside a cell."""


@dataclass(frozen=True, slots=True)
class Component:
    """One cause of error.

    Attributes
    ----------
    sigma_db
        Standard deviation, ≥ 0.
    range_m
        Distance at which the correlation has fallen to 1/e, > 0; infinite for an error that is
        the same everywhere.
    """

    sigma_db: float
    range_m: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.sigma_db) and self.sigma_db >= 0.0):
            raise ModelRangeError(f"deviation {self.sigma_db:g} dB is not a number from 0 up")
        if not self.range_m > 0.0:
            raise ModelRangeError(f"range {self.range_m:g} m is not above 0")


@dataclass(frozen=True, slots=True)
class ErrorModel:
    """True median level less predicted median level, as a random field.

    Attributes
    ----------
    components
        Independent causes.
    bias_db
        Mean of the error.
    status
        ``"prior"`` from published studies or ``"calibrated"`` on measurements.
    source
        Where the numbers come from.
    """

    components: tuple[Component, ...]
    bias_db: float = 0.0
    status: str = "prior"
    source: str = ""

    @property
    def sigma_db(self) -> float:
        """Standard deviation at one place."""
        return math.sqrt(sum(component.sigma_db**2 for component in self.components))

    def covariance_db2(self, distance_m: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Covariance of the errors at two places that far apart, dB²."""
        distance = np.asarray(distance_m, dtype=np.float64)
        out = np.zeros(distance.shape, dtype=np.float64)
        for component in self.components:
            out += component.sigma_db**2 * np.exp(-distance / component.range_m)
        return out


def prior_error(
    location_sigma_db: float, *, untuned_rmse_db: float = TERRAIN_RMSE_DB
) -> ErrorModel:
    """Error of an uncalibrated model, from published comparisons with measurements.

    The published figures hold for single places, so the variability inside a cell is in them and
    is taken out here: untuned² = area² + local² + location², tuned² = local² + location².

    Parameters
    ----------
    location_sigma_db
        Variability inside a cell that the study reckons with, 0 to `TUNED_RMSE_DB`.
    untuned_rmse_db
        Error at single places without tuning, from `TUNED_RMSE_DB` up: `TERRAIN_RMSE_DB` for
        models that see the terrain, `TERRAIN_FREE_RMSE_DB` for others.

    Raises
    ------
    ModelRangeError
        The parts do not fit into the whole.
    """
    if not 0.0 <= location_sigma_db <= TUNED_RMSE_DB:
        raise ModelRangeError(
            f"location deviation {location_sigma_db:g} dB is not between 0 and "
            f"{TUNED_RMSE_DB:g} dB, all that a tuned model errs by"
        )
    if not untuned_rmse_db >= TUNED_RMSE_DB:
        raise ModelRangeError(
            f"an untuned error of {untuned_rmse_db:g} dB is below the tuned {TUNED_RMSE_DB:g} dB"
        )
    area_db = math.sqrt(untuned_rmse_db**2 - TUNED_RMSE_DB**2)
    local_db = math.sqrt(TUNED_RMSE_DB**2 - location_sigma_db**2)
    return ErrorModel(
        (Component(area_db, AREA_RANGE_M), Component(local_db, LOCAL_RANGE_M)),
        source="Phillips, Sicker, Grunwald 2012, doi 10.1155/2012/754158; ranges assumed",
    )
