"""How likely a cell is covered, given what the model may err by and how levels vary inside it.

Two kinds of variation are kept apart. Inside a cell the level varies from place to place: that is
a *share* of places, known in size, and it averages out. The model's error is one number for a
whole neighbourhood: that is a *doubt*, and it does not average out inside a commune (see
`analysis.interval`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from qn_coverage.analysis.normal import answers, cdf_table, interpolated_cdf
from qn_coverage.core.errors import ModelRangeError
from qn_coverage.propagation._compile import compiled
from qn_coverage.propagation.link_budget import location_margin_db

if TYPE_CHECKING:
    from collections.abc import Container

    import numpy.typing as npt

    from qn_coverage.analysis.coverage import Coverage
    from qn_coverage.analysis.error_model import ErrorModel
    from qn_coverage.core.scenario import Service

_FREQUENCY_GHZ: Final = (0.03, 6.0)
_AS_ONE: Final = 0.9999


def location_sigma_db(
    frequency_mhz: npt.ArrayLike,
    resolution_m: npt.ArrayLike,
    *,
    height_agl_m: npt.ArrayLike = 1.5,
    clutter_m: npt.ArrayLike = 10.0,
) -> npt.NDArray[np.float64]:
    """Standard deviation of the level inside a square of land, outdoors; arguments broadcast.

    Source: Recommendation ITU-R P.1812, Annex 1, §4.8: σ_L = (0.52 + 0.024 f) w_a^0.28 and the
    height factor u(h). It grows with the square: 2.0 dB at 100 m and 1.8 GHz, 3.2 dB at 500 m.
    The 5.5 dB of ITU-R P.1546-6, Annex 5, §12, for wideband signals is the older, larger value.

    Parameters
    ----------
    frequency_mhz
        f (MHz; GHz in the formula), 30 to 6000.
    resolution_m
        w_a, side of the square, > 0.
    height_agl_m, clutter_m
        h, of the telephone, and R, of the clutter around it: full variation below the clutter,
        none from 10 m above it.

    Raises
    ------
    ModelRangeError
        Frequency or resolution out of range.
    """
    f = np.asarray(frequency_mhz, dtype=np.float64) / 1000.0
    w_a = np.asarray(resolution_m, dtype=np.float64)
    if not np.all((f >= _FREQUENCY_GHZ[0]) & (f <= _FREQUENCY_GHZ[1])):
        raise ModelRangeError("location variability is defined from 30 to 6000 MHz")
    if not np.all(w_a > 0.0):
        raise ModelRangeError("the resolution must be above 0 m")
    above = np.asarray(height_agl_m, dtype=np.float64) - np.asarray(clutter_m, dtype=np.float64)
    u = np.clip(1.0 - above / 10.0, 0.0, 1.0)
    return np.asarray((0.52 + 0.024 * f) * w_a**0.28 * u)


@dataclass(frozen=True, slots=True)
class Criterion:
    """What is asked of a cell whose median margin over the threshold is known.

    Attributes
    ----------
    required_db
        Margin at which the answer is one half (`spread_db` > 0) or turns to yes (`spread_db` = 0).
    spread_db
        Standard deviation of the levels inside the cell over which the answer is a share; 0 where
        the cell counts wholly or not at all.
    """

    required_db: float
    spread_db: float

    @classmethod
    def of_cells(cls, location_probability: float, location_sigma_db: float) -> Criterion:
        """The rule of the tables: enough places of the cell reach the threshold, yes or no."""
        required = location_margin_db(location_probability, location_sigma_db)
        # A float32 number, as the margins are: a level that just suffices still does.
        return cls(float(np.float32(required)), 0.0)

    @classmethod
    def of_places(cls, location_sigma_db: float) -> Criterion:
        """The share of the cell's places that reach the threshold."""
        if not location_sigma_db >= 0.0:
            raise ModelRangeError(f"location deviation {location_sigma_db:g} dB is negative")
        return cls(0.0, location_sigma_db)


def threshold_margin_db(
    coverage: Coverage,
    service: Service,
    *,
    operator: str | None = None,
    technology: str | None = None,
    leaving_out: Container[str] = (),
    cells: npt.NDArray[np.integer] | None = None,
) -> npt.NDArray[np.float32]:
    """Best median level less the bare threshold over the chosen layers, shape (rows, cols).

    With `cells` (flat indices) only for these, shape (cells,).

    Layers of technologies that are left out do not count. The location margin that
    `Layer.required_dbm` holds is given back, so that a `Criterion` may ask its own question. -inf
    where nothing is received.
    """
    given_back = np.float32(
        location_margin_db(service.location_probability, service.location_sigma_db)
    )
    shape = coverage.grid.shape if cells is None else cells.shape
    out = np.full(shape, -np.inf, dtype=np.float32)
    for index in coverage.select(operator=operator, technology=technology):
        layer = coverage.layers[index]
        if layer.technology not in leaving_out:
            needed = np.float32(layer.required_dbm)
            level_dbm = coverage.mosaic.level_dbm[index]
            here = level_dbm if cells is None else level_dbm.ravel()[cells]
            np.maximum(out, here - needed, out=out)
    out += given_back
    return out


def covered_share(
    margin_db: npt.ArrayLike, criterion: Criterion, *, error_db: float = 0.0
) -> npt.NDArray[np.float32]:
    """Answer of the criterion if the model errs by just `error_db`, 0-1, float32.

    Parameters
    ----------
    margin_db
        Predicted median level less threshold, any shape, dB; NaN stays NaN.
    criterion
        What is asked.
    error_db
        True less predicted level.
    """
    return _answers(margin_db, criterion.required_db - error_db, criterion.spread_db)


def covered_probability(
    margin_db: npt.ArrayLike, criterion: Criterion, error: ErrorModel
) -> npt.NDArray[np.float32]:
    """Expected answer of the criterion over all that the model may err by, 0-1, float32.

    For `Criterion.of_cells` the probability that the cell meets the rule, for
    `Criterion.of_places` the probability that a place drawn from it has signal. Both are
    Φ((margin + bias - required) / √(σ² + spread²)).

    Given several layers' strongest margin this treats their errors as one: see
    `probability_of_any`.
    """
    tau = math.hypot(error.sigma_db, criterion.spread_db)
    return _answers(margin_db, criterion.required_db - error.bias_db, tau)


def probability_of_any(
    margin_db: npt.ArrayLike, criterion: Criterion, error: ErrorModel, *, shared: float
) -> npt.NDArray[np.float32]:
    """Probability that at least one of several layers or servers covers, float32.

    Errors of different layers at one place are correlated: same terrain, same clutter, often the
    same mast. With ``shared`` = 1 they are one error and the strongest margin decides, which is
    what `covered_probability` of the strongest margin says; with 0 they are independent. By
    Slepian's inequality the first is the lowest and the second the highest value that equally
    and not negatively correlated errors can give. Between, one common factor carries `shared` of
    the variance: E_f[1 - Π_l Φ(-(m_l + √shared τ f) / (√(1 - shared) τ))].

    Parameters
    ----------
    margin_db
        Margins over the threshold, layers first, shape (layers, …).
    criterion, error
        As in `covered_probability`.
    shared
        Share of the variance that the layers have in common, 0-1. Measured correlations between
        two sites run from none, with the telephone between them, to high, with both in one
        direction (K. Zayana, B. Guisnet, Measurements and modelisation of shadowing
        cross-correlations between two base-stations); for antennas of one mast 1 is honest.
        Above 0.9999 it is taken as 1.

    Raises
    ------
    ModelRangeError
        `shared` is not between 0 and 1.
    """
    if not 0.0 <= shared <= 1.0:
        raise ModelRangeError(f"shared variance {shared:g} is not between 0 and 1")
    margins = np.asarray(margin_db, dtype=np.float32)
    tau = math.hypot(error.sigma_db, criterion.spread_db)
    if shared > _AS_ONE or tau == 0.0:
        return covered_probability(margins.max(axis=0), criterion, error)
    factor, weight = _factor_nodes(shared)
    flat = np.ascontiguousarray(margins.reshape(len(margins), -1))
    out = np.empty(flat.shape[1], dtype=np.float32)
    _any_covers(
        flat,
        criterion.required_db - error.bias_db,
        factor * math.sqrt(shared) * tau,
        weight,
        1.0 / (math.sqrt(1.0 - shared) * tau),
        cdf_table(),
        out,
    )
    return out.reshape(margins.shape[1:])


def probability_bounds(
    margin_db: npt.ArrayLike, criterion: Criterion, error: ErrorModel
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Lowest and highest probability that any layer covers: one error for all, or one for each."""
    low = probability_of_any(margin_db, criterion, error, shared=1.0)
    return low, probability_of_any(margin_db, criterion, error, shared=0.0)


def _answers(
    margin_db: npt.ArrayLike, required_db: float, spread_db: float
) -> npt.NDArray[np.float32]:
    margin = np.asarray(margin_db, dtype=np.float32, order="C")
    out = np.empty(margin.shape, dtype=np.float32)
    inverse = 1.0 / spread_db if spread_db > 0.0 else 0.0
    answers(margin.reshape(-1), required_db, inverse, cdf_table(), out.reshape(-1))
    return out


def _factor_nodes(
    shared: float,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Nodes and weights of the common factor: trapezia finer than the steepest integrand."""
    if shared == 0.0:
        return np.zeros(1), np.ones(1)
    step = min(0.5, 0.75 * math.sqrt((1.0 - shared) / shared))
    count = math.ceil(5.5 / step)
    nodes = np.linspace(-5.5, 5.5, 2 * count + 1)
    weights = np.exp(-0.5 * nodes**2)
    return nodes, weights / weights.sum()


@compiled
def _any_covers(
    margin_db: npt.NDArray[np.float32],
    required_db: float,
    shift_db: npt.NDArray[np.float64],
    weight: npt.NDArray[np.float64],
    inverse_tau: float,
    table: npt.NDArray[np.float32],
    out: npt.NDArray[np.float32],
) -> None:
    layers, cells = margin_db.shape
    for cell in range(cells):
        total = 0.0
        for node in range(shift_db.shape[0]):
            none = 1.0
            for layer in range(layers):
                excess = margin_db[layer, cell] + shift_db[node] - required_db
                none *= interpolated_cdf(-excess * inverse_tau, table)
            total += weight[node] * (1.0 - none)
        out[cell] = total
