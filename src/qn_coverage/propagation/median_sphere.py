"""The spherical-Earth part of delta-Bullington at p = 50 %, for the cells that need it.

Source: Recommendation ITU-R P.1812-8, Annex 1, sections 4.3.2 to 4.3.4; the formulas are those of
`p1812.diffraction`, in loops that LLVM vectorises.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from qn_coverage.propagation import median_fields as at
from qn_coverage.propagation._compile import compiled
from qn_coverage.propagation.fastmath import DB_PER_LOG2, exp2, flat, log2, third_of_angle
from qn_coverage.propagation.median_physics import bullington_of_nu, whole

if TYPE_CHECKING:
    import numpy.typing as npt

    from qn_coverage.propagation.median_fields import MedianLink

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

_TWENTY_LOG = 2.0 * DB_PER_LOG2


class Spacing(NamedTuple):
    """Where the samples of a ray lie: sample i at its level's stretch · (i + shift).

    Levels end at samples `end_3` < `end_2` < `end_1`; stretches in km a sample.
    """

    shift: float
    end_3: float
    end_2: float
    end_1: float
    stretch_3: float
    stretch_2: float
    stretch_1: float
    stretch_0: float


@compiled
def add_spherical(
    work: Floats,
    n: int,
    picked: Ints,
    cells: Ints,
    spacing: Spacing,
    link: MedianLink,
) -> None:
    """Add max(L_dsph - L_bulls, 0) to L_d, eq. (39).

    Parameters
    ----------
    work, n
        Fields of n cells.
    picked
        Room for n indices.
    cells
        First sample at or beyond each cell: samples before it lie on its path.
    spacing
        Of the samples.
    """
    m, sea = _gather(work, n, picked, cells, link.wavelength)
    if m == 0:
        return
    _clearance(work, m, link.a_e, link.curvature, link.wavelength)
    _first_term(work, m, link.land_k, link.distance, link.height)
    for j in range(whole(m)):
        work[at.S_LAND + j] = work[at.S_NU + j]
    if sea:
        _first_term(work, m, link.sea_k, link.distance, link.height)
        for j in range(whole(m)):
            omega = work[at.S_OMEGA + j]
            work[at.S_LAND + j] = omega * work[at.S_NU + j] + (1.0 - omega) * work[at.S_LAND + j]
    m = _keep_positive(work, m, picked)
    _smooth_nu(work, m, spacing, link.curvature, link.edge)
    for j in range(whole(m)):
        smooth = bullington_of_nu(work[at.S_NU + j], work[at.S_D + j])
        work[at.S_LOSS + j] = max(work[at.S_LOSS + j] - smooth, 0.0)
    for j in range(m):
        work[at.L_D + picked[j]] += work[at.S_LOSS + j]


@flat
def _gather(work: Floats, n: int, picked: Ints, cells: Ints, wavelength: float) -> tuple[int, bool]:
    """Cells where the sphere may count.

    It can not where even the lower antenna clears Earth's whole bulge by the most that eq. (25)
    can ask for, 17.456 √(λ d) / 2.
    """
    most = 8.728 * 8.728 * wavelength
    m = 0
    for i in range(n):
        picked[m] = i
        m += 1 if work[at.CLEARED + i] <= most else 0
    wettest = 0.0
    for j in range(m):
        i = picked[j]
        work[at.S_D + j] = work[at.D + i]
        work[at.S_TE + j] = work[at.H_TE + i]
        work[at.S_RE + j] = work[at.H_RE + i]
        work[at.S_OMEGA + j] = work[at.OMEGA + i]
        work[at.S_LAST + j] = cells[i] - 1.0
        wettest = max(wettest, work[at.OMEGA + i])
    return m, wettest > 0.0


@flat
def _clearance(work: Floats, m: int, a_p: float, c: float, wavelength: float) -> None:
    """Eqs. (22) to (26): how much of the first term counts, and at which Earth radius.

    With s and c the sine and cosine of the angle of which eq. (24d) takes a third, b of eq. (24c)
    is an odd polynomial of s / (1 + c) over √(k / (1 + k)), and that root cancels.
    """
    horizon_2 = 0.002 * a_p
    per_km_2 = 250.0 / a_p
    for j in range(whole(m)):
        d, h_te, h_re = work[at.S_D + j], work[at.S_TE + j], work[at.S_RE + j]
        # Square of √h_te + √h_re
        roots_2 = h_te + h_re + 2.0 * np.sqrt(h_te * h_re)
        both = 1.0 / (h_te + h_re)
        t = (h_te - h_re) * both
        k = per_km_2 * d * d * both
        down = 1.0 / (k + 1.0)
        cube = down * down * down
        twice = 2.0 * k - 1.0
        rest = twice * twice * (k + 4.0) + 108.0 * k * (h_te * both) * (h_re * both)
        half = 1.0 / (1.0 + np.sqrt(0.25 * rest * cube))
        b = 3.0 * t * down * half * third_of_angle(6.75 * k * t * t * cube * half * half)
        d_1 = 0.5 * d * (1.0 + b)
        d_2 = d - d_1
        clear = (h_te - c * d_1 * d_1) * d_2 + (h_re - c * d_2 * d_2) * d_1
        needed = 17.456 * np.sqrt(max(d_1 * d_2, 1e-12) * wavelength * d)
        beyond = d * d >= horizon_2 * roots_2
        work[at.S_SHARE + j] = 1.0 if beyond else max(1.0 - clear / needed, 0.0)
        log_a = log2(a_p if beyond else 500.0 * d * d / roots_2)
        work[at.S_LOG + j] = log_a
        work[at.S_ROOT + j] = exp2(log_a * (-1.0 / 3.0))
        work[at.S_LOSS + j] = 1.0 if beyond else 0.0


@flat
def _gain(b: float, floor: float) -> float:
    """G_Y with its lower limit, eq. (34)."""
    high = b > 2.0
    reduced = max(b - 1.1, 0.9)
    level = log2(reduced if high else b + 0.1 * b * b * b)
    beyond = 17.6 * np.sqrt(reduced) - 0.5 * DB_PER_LOG2 * level - 8.0
    return max(beyond if high else _TWENTY_LOG * level, floor)


@flat
def _first_term(work: Floats, m: int, k_0: float, distance: float, height: float) -> None:
    """Eqs. (29) to (36) over one kind of ground, into S_NU."""
    log_k_0 = math.log2(k_0)
    for j in range(whole(m)):
        d, root = work[at.S_D + j], work[at.S_ROOT + j]
        k = k_0 * root
        k_2 = k * k
        k_4 = k_2 * k_2
        beta = (1.0 + 1.6 * k_2 + 0.67 * k_4) / (1.0 + 4.5 * k_2 + 1.53 * k_4)
        x = distance * beta * root * root * d
        log_x = log2(x)
        inside = -_TWENTY_LOG * log_x - 5.6488 * exp2(1.425 * log_x)
        f_x = 11.0 + DB_PER_LOG2 * log_x - 17.6 * x if x >= 1.6 else inside
        per_metre = height * beta * beta * root
        floor = 2.0 + _TWENTY_LOG * (log_k_0 - work[at.S_LOG + j] * (1.0 / 3.0))
        gain = _gain(per_metre * work[at.S_TE + j], floor)
        gain += _gain(per_metre * work[at.S_RE + j], floor)
        work[at.S_NU + j] = -f_x - gain


@flat
def _keep_positive(work: Floats, m: int, picked: Ints) -> int:
    """Drop the cells whose spherical loss is nothing; the others close up."""
    for j in range(whole(m)):
        first_term = work[at.S_LAND + j]
        within = max(first_term, 0.0) * work[at.S_SHARE + j]
        work[at.S_LOSS + j] = first_term if work[at.S_LOSS + j] > 0.5 else within
    kept = 0
    for j in range(m):
        picked[kept] = picked[j]
        for field in (at.S_LOSS, at.S_D, at.S_TE, at.S_RE, at.S_LAST):
            work[field + kept] = work[field + j]
        kept += 1 if work[at.S_LOSS + j] > 0.0 else 0
    return kept


@flat
def _x(i: float, last: float, at_: Spacing) -> float:
    """Distance of sample i, or of the first or last one."""
    i = min(max(i, 1.0), last)
    outer = at_.stretch_0 if i > at_.end_1 else at_.stretch_1
    inner = at_.stretch_2 if i > at_.end_3 else at_.stretch_3
    return (outer if i > at_.end_2 else inner) * (i + at_.shift)


@flat
def _four_around(
    place: float, per_km: float, last: float, spacing: Spacing
) -> tuple[float, float, float, float]:
    """Two samples on either side of a place, give or take one."""
    i = np.floor(place * per_km - spacing.shift) - 1.0
    return (
        _x(i, last, spacing),
        _x(i + 1.0, last, spacing),
        _x(i + 2.0, last, spacing),
        _x(i + 3.0, last, spacing),
    )


@flat
def _smooth_nu(work: Floats, m: int, spacing: Spacing, bulge: float, factor: float) -> None:
    """ν of Bullington's construction over the smooth surface, into S_NU.

    As `ray_geometry.smooth_extremes`: slopes and ν have one peak along the path, and the best
    sample is next to where the continuous function is greatest. Two samples on either side of that
    place are tried: reckoned with the last level's stretch, it is right to within half a sample.
    """
    over, per_km = 1.0 / bulge, 1.0 / spacing.stretch_0
    for j in range(whole(m)):
        d, h_te, last = work[at.S_D + j], work[at.S_TE + j], work[at.S_LAST + j]
        square = h_te * over
        x_0, x_1, x_2, x_3 = _four_around(np.sqrt(square), per_km, last, spacing)
        x = _lowest(x_0, x_1, x_2, x_3, square)
        work[at.S_LOG + j] = bulge * (d - x) - h_te / x
    for j in range(whole(m)):
        d, h_re, last = work[at.S_D + j], work[at.S_RE + j], work[at.S_LAST + j]
        square = h_re * over
        x_0, x_1, x_2, x_3 = _four_around(d - np.sqrt(square), per_km, last, spacing)
        far = _lowest(d - x_3, d - x_2, d - x_1, d - x_0, square)
        work[at.S_ROOT + j] = bulge * (d - far) - h_re / far
    for j in range(whole(m)):
        d, last = work[at.S_D + j], work[at.S_LAST + j]
        h_te, h_re = work[at.S_TE + j], work[at.S_RE + j]
        s_tr = (h_re - h_te) / d
        peak = _open_peak(d, h_te, h_re, bulge)
        x_0, x_1, x_2, x_3 = _four_around(peak, per_km, last, spacing)
        nearest = _nearest(x_0, x_1, x_2, x_3, d, h_te, s_tr, bulge)
        s_tim, s_rim = work[at.S_LOG + j], work[at.S_ROOT + j]
        above = max(s_tim - s_tr, 0.0) * max(s_rim + s_tr, 0.0)
        is_open = s_tim < s_tr
        nu = np.sqrt(factor * d * (nearest if is_open else above))
        work[at.S_NU + j] = -nu if is_open else nu


@flat
def _lowest(x_0: float, x_1: float, x_2: float, x_3: float, square: float) -> float:
    """Of four rising places the one where x + square / x is least: of a < b it is b if ab is less.

    Products of neighbours rise, so the last that is less decides.
    """
    x = x_1 if x_0 * x_1 < square else x_0
    x = x_2 if x_1 * x_2 < square else x
    return x_3 if x_2 * x_3 < square else x


@flat
def _nearest(
    x_0: float, x_1: float, x_2: float, x_3: float, d: float, h_te: float, s_tr: float, bulge: float
) -> float:
    """Least square of clearance over x (d - x), which is ν² but for a factor, at four places."""
    c_0, r_0 = _clearance_at(x_0, d, h_te, s_tr, bulge)
    c_1, r_1 = _clearance_at(x_1, d, h_te, s_tr, bulge)
    c_2, r_2 = _clearance_at(x_2, d, h_te, s_tr, bulge)
    c_3, r_3 = _clearance_at(x_3, d, h_te, s_tr, bulge)
    better = c_1 * r_0 < c_0 * r_1
    c_0, r_0 = c_1 if better else c_0, r_1 if better else r_0
    better = c_3 * r_2 < c_2 * r_3
    c_2, r_2 = c_3 if better else c_2, r_3 if better else r_2
    better = c_2 * r_0 < c_0 * r_2
    return (c_2 if better else c_0) / (r_2 if better else r_0)


@flat
def _clearance_at(
    x: float, d: float, h_te: float, s_tr: float, bulge: float
) -> tuple[float, float]:
    """Square of the clearance, and x (d - x)."""
    room = x * (d - x)
    clearance = h_te + s_tr * x - bulge * room
    return clearance * clearance, room


@flat
def _open_peak(d: float, h_te: float, h_re: float, bulge: float) -> float:
    """Where ν of an open path over the smooth surface is greatest.

    It is x = d y / (1 + y), where y solves
    h_re y - h_te - K y (1 - y) / (1 + y)² = 0 with K = 500 C d²; Newton's method from h_te / h_re.
    """
    curved = bulge * d * d
    y = h_te / h_re
    y = _newton(y, curved, h_te, h_re)
    y = _newton(y, curved, h_te, h_re)
    y = _newton(y, curved, h_te, h_re)
    y = _newton(y, curved, h_te, h_re)
    return d * y / (1.0 + y)


@flat
def _newton(y: float, curved: float, h_te: float, h_re: float) -> float:
    """A step, both sides of the quotient multiplied by (1 + y)³."""
    up = 1.0 + y
    cube = up * up * up
    value = (h_re * y - h_te) * cube - curved * y * (1.0 - y) * up
    rise = h_re * cube - curved * (1.0 - 3.0 * y)
    return max(y - value / rise, 0.1 * y)
