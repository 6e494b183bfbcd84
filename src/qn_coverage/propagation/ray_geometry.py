"""What P.1812 asks of a profile, read off the hulls of a ray instead of searched point by point."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from qn_coverage.propagation import hull
from qn_coverage.propagation._compile import compiled
from qn_coverage.propagation.p1812.diffraction import WAVELENGTH_M_GHZ, Extremes
from qn_coverage.propagation.p1812.path_loss import Geometry, path_loss
from qn_coverage.propagation.p1812.profile import fitted_heights, horizon_angles
from qn_coverage.propagation.p1812.radio_climate import beta0_radius_km
from qn_coverage.propagation.ray_state import curve, zones_to

if TYPE_CHECKING:
    import numpy.typing as npt

    from qn_coverage.propagation.hull import Hull
    from qn_coverage.propagation.p1812.path_loss import Ends, Link
    from qn_coverage.propagation.p1812.profile import Horizons, SmoothEarth
    from qn_coverage.propagation.ray_state import Ray

    Floats = npt.NDArray[np.float64]


@compiled
def receiver_loss(ray: Ray, last: int, d: float, zone: int, ends: Ends, link: Link) -> float:
    """L_b at the median place for a receiver at `d`, with samples 1 to `last` before it.

    Equals `path_loss.median_place_loss` over the whole profile, at O(log n).
    """
    found = receiver_geometry(ray, last, d, zone, ends, link)
    loss = path_loss(found, ends, link)
    return max(loss.parts.l_b0p, loss.steps.l_bc)


@compiled
def receiver_geometry(ray: Ray, last: int, d: float, zone: int, ends: Ends, link: Link) -> Geometry:
    """Geometry of the path to a receiver."""
    c_e, c_b = 1.0 / link.a_e, 1.0 / beta0_radius_km()
    _grow(ray.median, ray.top, ray.x, c_e, ends.h_ts, last)
    _grow(ray.beta, ray.top, ray.x, c_b, ends.h_ts, last)
    _grow(ray.bare, ray.ground, ray.x, c_e, ends.h_ts, last)
    _grow(ray.straight, ray.ground, ray.x, 0.0, ends.h_ts, last)
    smooth = _smooth_earth(ray, last, d, ends)
    seen = _horizons(ray, d, ends, link)
    h_te, h_re = ends.h_ts - smooth.h_std, ends.h_rs - smooth.h_srd
    return Geometry(
        d,
        _extremes(ray.median, ray.top, ray.x, d, ends, c_e, link.f),
        _extremes(ray.beta, ray.top, ray.x, d, ends, c_b, link.f),
        smooth_extremes(ray.x, last, d, h_te, h_re, c_e, link.f),
        smooth_extremes(ray.x, last, d, h_te, h_re, c_b, link.f),
        smooth,
        seen,
        zones_to(ray, last, d, zone),
        _roughness(ray, d, seen, smooth, ends),
    )


@compiled
def _grow(
    chain: Hull, heights: Floats, x: Floats, curvature: float, h_ts: float, last: int
) -> None:
    curve(chain.z, heights, x, curvature, chain.marks[hull.BUILT] + 1, last)
    hull.advance(chain, x, h_ts, last)
    hull.mend_fingers(chain)


@compiled
def _extremes(
    chain: Hull, heights: Floats, x: Floats, d: float, ends: Ends, curvature: float, f: float
) -> Extremes:
    """Eqs. (13), (15) and (17); what the kind of path does not ask for stays -inf."""
    i = chain.best[chain.marks[hull.BUILT]]
    s_tim = (heights[i] + 500.0 * curvature * x[i] * (d - x[i]) - ends.h_ts) / x[i]
    z_r = ends.h_rs - 500.0 * curvature * d * d
    if s_tim < (ends.h_rs - ends.h_ts) / d:
        i = hull.peak(chain, x, d, ends.h_ts, z_r)
        return Extremes(s_tim, -np.inf, _nu(x[i], heights[i], d, ends, curvature, f))
    i = hull.tangent(chain, x, d, z_r)
    s_rim = (heights[i] + 500.0 * curvature * x[i] * (d - x[i]) - ends.h_rs) / (d - x[i])
    return Extremes(s_tim, s_rim, -np.inf)


@compiled
def _nu(near: float, height: float, d: float, ends: Ends, curvature: float, f: float) -> float:
    far = d - near
    line = (ends.h_ts * far + ends.h_rs * near) / d
    clearance = height + 500.0 * curvature * near * far - line
    return clearance * math.sqrt(0.002 * d * f / (WAVELENGTH_M_GHZ * near * far))


@compiled
def smooth_extremes(
    x: Floats, last: int, d: float, h_te: float, h_re: float, curvature: float, f: float
) -> Extremes:
    """Extremes over the smooth surface: all heights 0, so only which sample matters.

    Slopes and ν are concave or have one peak along the path: the best sample is next to where the
    continuous function is greatest.
    """
    bulge = 500.0 * curvature
    i = _before(x, last, math.sqrt(h_te / bulge))
    s_tim = -np.inf
    for k in range(i, min(i + 1, last) + 1):
        s_tim = max(s_tim, bulge * (d - x[k]) - h_te / x[k])
    if s_tim < (h_re - h_te) / d:
        i = _before(x, last, _peak_distance(d, h_te, h_re, bulge))
        nu_max = -np.inf
        for k in range(i, min(i + 1, last) + 1):
            near, far = x[k], d - x[k]
            clearance = bulge * near * far - (h_te * far + h_re * near) / d
            nu_max = max(
                nu_max, clearance * math.sqrt(0.002 * d * f / (WAVELENGTH_M_GHZ * near * far))
            )
        return Extremes(s_tim, -np.inf, nu_max)
    i = _before(x, last, d - math.sqrt(h_re / bulge))
    s_rim = -np.inf
    for k in range(i, min(i + 1, last) + 1):
        s_rim = max(s_rim, bulge * x[k] - h_re / (d - x[k]))
    return Extremes(s_tim, s_rim, -np.inf)


@compiled
def _before(x: Floats, last: int, place: float) -> int:
    """Last sample at or before a place, but at least the first."""
    low, high = 1, last
    while low < high:
        middle = (low + high + 1) // 2
        if x[middle] <= place:
            low = middle
        else:
            high = middle - 1
    return low


@compiled
def _peak_distance(d: float, h_te: float, h_re: float, bulge: float) -> float:
    """Where ν is greatest over the smooth surface, by Newton's method on y = x / (d - x).

    ν is proportional to K w / (1 + w²) - h_te / w - h_re w with w² = y and K = 500 C d².
    """
    k = bulge * d * d
    y = h_te / h_re
    for _ in range(30):
        q = 1.0 + y
        value = h_re * y - h_te - k * y * (1.0 - y) / (q * q)
        rise = h_re - k * (1.0 - 3.0 * y) / (q * q * q)
        following = y - value / rise
        if not following > 0.0:
            following = 0.5 * y
        if abs(following - y) <= 1e-14 * y:
            y = following
            break
        y = following
    return d * y / (1.0 + y)


@compiled
def _smooth_earth(ray: Ray, last: int, d: float, ends: Ends) -> SmoothEarth:
    """Eqs. (83) to (89d) from running sums and the hull of the uncurved ground."""
    x, h = ray.x, ray.ground
    step = d - x[last]
    v_1 = ray.v_1[last] + step * (ends.h_n + h[last])
    last_leg = ends.h_n * (2.0 * d + x[last]) + h[last] * (d + 2.0 * x[last])
    v_2 = ray.v_2[last] + step * last_leg
    i = hull.extreme(ray.straight, (ends.h_rs - ends.h_ts) / d)
    h_obs = _above(x[i], h[i], d, ends)
    a_obt, a_obr = 0.0, 0.0
    if h_obs > 0.0:
        i = ray.straight.best[last]
        a_obt = _above(x[i], h[i], d, ends) / x[i]
        i = hull.tangent(ray.straight, x, d, ends.h_rs)
        a_obr = _above(x[i], h[i], d, ends) / (d - x[i])
    return fitted_heights(v_1, v_2, d, ends.h_0, ends.h_n, h_obs, a_obt, a_obr)


@compiled
def _above(x: float, h: float, d: float, ends: Ends) -> float:
    """H_i, eq. (87d)."""
    return h - (ends.h_ts * (d - x) + ends.h_rs * x) / d


@compiled
def _horizons(ray: Ray, d: float, ends: Ends, link: Link) -> Horizons:
    """Eqs. (76) to (82) from the hull of the curved bare ground."""
    x, h, a_e = ray.x, ray.ground, link.a_e
    chain = ray.bare
    i = chain.best[chain.marks[hull.BUILT]]
    s_t = (h[i] - ends.h_ts) / x[i] - 500.0 * x[i] / a_e
    direct = (ends.h_rs - ends.h_ts) / d - 500.0 * d / a_e
    z_r = ends.h_rs - 500.0 * d * d / a_e
    if s_t > direct:
        k = hull.tangent(chain, x, d, z_r)
        far = d - x[k]
        s_r = (h[k] - ends.h_rs) / far - 500.0 * far / a_e
        return horizon_angles(d, a_e, s_t, s_r, x[i], far, i, k, transhorizon=True)
    back = (ends.h_ts - ends.h_rs) / d - 500.0 * d / a_e
    k = hull.peak(chain, x, d, ends.h_ts, z_r)
    return horizon_angles(d, a_e, direct, back, x[k], d - x[k], k, k, transhorizon=False)


@compiled
def _roughness(ray: Ray, d: float, seen: Horizons, smooth: SmoothEarth, ends: Ends) -> float:
    """h_m, eqs. (91) and (93); the few hundred points between the horizons are simply walked."""
    h_st, h_sr = min(smooth.h_st, ends.h_0), min(smooth.h_sr, ends.h_n)
    slope = (h_sr - h_st) / d
    highest = -np.inf
    for i in range(seen.i_lt, seen.i_lr + 1):
        highest = max(highest, ray.ground[i] - (h_st + slope * ray.x[i]))
    return highest
