"""The spherical-Earth part of delta-Bullington at p = 50 %, for the cells that need it.

Source: Recommendation ITU-R P.1812-8, Annex 1, sections 4.3.2 to 4.3.4; the formulas are those of
`p1812.diffraction`, in loops that LLVM vectorises.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from qn_coverage.propagation import median_fields as at
from qn_coverage.propagation._compile import compiled
from qn_coverage.propagation.fastmath import DB_PER_LOG2, exp2, flat, log2, sine_of_third
from qn_coverage.propagation.median_physics import bullington_of_nu

if TYPE_CHECKING:
    import numpy.typing as npt

    from qn_coverage.propagation.median_fields import MedianLink

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]

_TWENTY_LOG = 2.0 * DB_PER_LOG2
_NEWTON_STEPS = 40


@compiled
def add_spherical(
    work: Floats, n: int, picked: Ints, cells: Ints, x: Floats, link: MedianLink
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
    x
        Distances of the samples, km.
    """
    m, sea = _gather(work, n, picked)
    if m == 0:
        return
    _clearance(work, m, link)
    _first_term(work, m, link.land_k, link, blend=False)
    if sea:
        _first_term(work, m, link.sea_k, link, blend=True)
    m = _keep_positive(work, m, picked)
    for j in range(m):
        last = cells[picked[j]] - 1
        work[at.S_NU + j] = smooth_nu(
            x, last, work[at.S_D + j], work[at.S_TE + j], work[at.S_RE + j], link
        )
    for j in range(m):
        smooth = bullington_of_nu(work[at.S_NU + j], work[at.S_D + j])
        work[at.S_LOSS + j] = max(work[at.S_LOSS + j] - smooth, 0.0)
    for j in range(m):
        work[at.L_D + picked[j]] += work[at.S_LOSS + j]


@compiled
def _gather(work: Floats, n: int, picked: Ints) -> tuple[int, bool]:
    m = 0
    sea = False
    for i in range(n):
        if work[at.SPHERE + i] > 0.5:
            picked[m] = i
            work[at.S_D + m] = work[at.D + i]
            work[at.S_TE + m] = work[at.H_TE + i]
            work[at.S_RE + m] = work[at.H_RE + i]
            work[at.S_OMEGA + m] = work[at.OMEGA + i]
            sea = sea or work[at.OMEGA + i] > 0.0
            m += 1
    return m, sea


@compiled
def _clearance(work: Floats, m: int, link: MedianLink) -> None:
    """Eqs. (22) to (26): how much of the first term counts, and at which Earth radius."""
    a_p, c = link.a_e, link.curvature
    horizon = math.sqrt(0.002 * a_p)
    for j in range(m):
        d, h_te, h_re = work[at.S_D + j], work[at.S_TE + j], work[at.S_RE + j]
        roots = np.sqrt(h_te) + np.sqrt(h_re)
        both = h_te + h_re
        t = (h_te - h_re) / both
        k = 250.0 * d * d / (a_p * both)
        cube = (k + 1.0) * (k + 1.0) * (k + 1.0)
        q = 1.5 * t * np.sqrt(3.0 * k / cube)
        twice = 2.0 * k - 1.0
        rest = twice * twice * (k + 4.0) + 108.0 * k * (h_te / both) * (h_re / both)
        arc = sine_of_third(q, np.sqrt(rest / (4.0 * cube)))
        b = 2.0 * np.sqrt((k + 1.0) / (3.0 * k)) * arc
        d_1 = 0.5 * d * (1.0 + b)
        d_2 = d - d_1
        clear = ((h_te - c * d_1 * d_1) * d_2 + (h_re - c * d_2 * d_2) * d_1) / d
        needed = 17.456 * np.sqrt(max(d_1 * d_2, 1e-12) * link.wavelength / d)
        beyond = d >= horizon * roots
        share = 1.0 if beyond else 1.0 - clear / needed
        work[at.S_SHARE + j] = max(share, 0.0)
        marginal = 500.0 * d * d / (roots * roots)
        log_a = log2(a_p if beyond else marginal)
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


@compiled
def _first_term(work: Floats, m: int, k_0: float, link: MedianLink, blend: bool) -> None:
    """Eqs. (28) to (36) over land; with `blend` over sea, joined by the share of the path there.

    S_LOSS says beforehand whether the path ends beyond the horizon.
    """
    log_k_0 = math.log2(k_0)
    for j in range(m):
        d, root = work[at.S_D + j], work[at.S_ROOT + j]
        k = k_0 * root
        k_2 = k * k
        k_4 = k_2 * k_2
        beta = (1.0 + 1.6 * k_2 + 0.67 * k_4) / (1.0 + 4.5 * k_2 + 1.53 * k_4)
        x = link.distance * beta * root * root * d
        log_x = log2(x)
        inside = -_TWENTY_LOG * log_x - 5.6488 * exp2(1.425 * log_x)
        f_x = 11.0 + DB_PER_LOG2 * log_x - 17.6 * x if x >= 1.6 else inside
        per_metre = link.height * beta * beta * root
        floor = 2.0 + _TWENTY_LOG * (log_k_0 - work[at.S_LOG + j] * (1.0 / 3.0))
        gain = _gain(per_metre * work[at.S_TE + j], floor)
        gain += _gain(per_metre * work[at.S_RE + j], floor)
        loss = -f_x - gain
        omega = work[at.S_OMEGA + j]
        land = work[at.S_NU + j]
        work[at.S_NU + j] = omega * loss + (1.0 - omega) * land if blend else loss


@compiled
def _keep_positive(work: Floats, m: int, picked: Ints) -> int:
    """Drop the cells whose spherical loss is nothing; the others close up."""
    kept = 0
    for j in range(m):
        first_term = work[at.S_NU + j]
        if work[at.S_LOSS + j] < 0.5:
            first_term = max(first_term, 0.0) * work[at.S_SHARE + j]
        if first_term > 0.0:
            picked[kept] = picked[j]
            work[at.S_LOSS + kept] = first_term
            work[at.S_D + kept] = work[at.S_D + j]
            work[at.S_TE + kept] = work[at.S_TE + j]
            work[at.S_RE + kept] = work[at.S_RE + j]
            kept += 1
    return kept


@compiled
def smooth_nu(x: Floats, last: int, d: float, h_te: float, h_re: float, link: MedianLink) -> float:
    """ν of Bullington's construction over the smooth surface, samples 1 to `last`.

    As `ray_geometry.smooth_extremes`: the best sample is next to where the continuous function is
    greatest.
    """
    bulge = link.curvature
    s_tr = (h_re - h_te) / d
    i = _before(x, last, math.sqrt(h_te / bulge))
    k = min(i + 1, last)
    s_tim = max(bulge * (d - x[i]) - h_te / x[i], bulge * (d - x[k]) - h_te / x[k])
    if s_tim < s_tr:
        i = _before(x, last, _peak_distance(d, h_te, h_re, bulge))
        k = min(i + 1, last)
        return max(_open_nu(x[i], d, h_te, s_tr, link), _open_nu(x[k], d, h_te, s_tr, link))
    i = _before(x, last, d - math.sqrt(h_re / bulge))
    k = min(i + 1, last)
    s_rim = max(bulge * x[i] - h_re / (d - x[i]), bulge * x[k] - h_re / (d - x[k]))
    return math.sqrt(link.edge * d * (s_tim - s_tr) * max(s_rim + s_tr, 0.0))


@compiled
def _open_nu(x: float, d: float, h_te: float, s_tr: float, link: MedianLink) -> float:
    far = d - x
    clearance = link.curvature * x * far - h_te - s_tr * x
    return clearance * math.sqrt(link.edge * d / (x * far))


@compiled
def _before(x: Floats, last: int, place: float) -> int:
    """Last sample at or before a place, but at least the first: a guess by mean spacing, mended."""
    if place <= x[1]:
        return 1
    if place >= x[last]:
        return last
    i = 1 + int((place - x[1]) / (x[last] - x[1]) * (last - 1))
    i = min(max(i, 1), last - 1)
    while x[i] > place:
        i -= 1
    while x[i + 1] <= place:
        i += 1
    return i


@compiled
def _peak_distance(d: float, h_te: float, h_re: float, bulge: float) -> float:
    """Where ν is greatest over the smooth surface: see `ray_geometry`."""
    k = bulge * d * d
    y = h_te / h_re
    for _ in range(_NEWTON_STEPS):
        q = 1.0 / (1.0 + y)
        value = h_re * y - h_te - k * y * (1.0 - y) * q * q
        rise = h_re - k * (1.0 - 3.0 * y) * q * q * q
        following = y - value / rise
        if not following > 0.0:
            following = 0.5 * y
        if abs(following - y) <= 1e-9 * y:
            y = following
            break
        y = following
    return d * y / (1.0 + y)
