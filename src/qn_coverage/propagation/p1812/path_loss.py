"""All mechanisms over one profile, compiled: what the checked function and the sweep both call.

Source: Recommendation ITU-R P.1812-8, Annex 1, section 4; symbols as there.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from qn_coverage.propagation._compile import compiled
from qn_coverage.propagation.p1812 import combination, diffraction, profile
from qn_coverage.propagation.p1812.combination import Combined, Mechanisms
from qn_coverage.propagation.p1812.ducting import DuctPath, anomalous_loss
from qn_coverage.propagation.p1812.line_of_sight import free_space_loss, multipath_correction
from qn_coverage.propagation.p1812.radio_climate import (
    beta0_radius_km,
    ducting_incidence,
    median_radius_km,
)
from qn_coverage.propagation.p1812.troposcatter import scatter_loss

if TYPE_CHECKING:
    import numpy.typing as npt

    from qn_coverage.propagation.p1812.diffraction import DeltaBullington, Extremes
    from qn_coverage.propagation.p1812.profile import Horizons, SmoothEarth, ZoneLengths

    Floats = npt.NDArray[np.float64]


INLAND_COAST_KM: Final = 500.0
"""d_ct, d_cr of a path that meets no coast, Table 5."""


class Link(NamedTuple):
    """What does not change along a ray."""

    f: float  # GHz
    p: float  # percentage of time
    vertical: bool
    a_e: float  # median effective Earth radius, km
    n_0: float
    phi: float  # latitude, degrees
    d_ct: float  # km to the coast; NaN where the zones of the path tell
    d_cr: float


class Ends(NamedTuple):
    """The terminals: ground and antennas, m amsl."""

    h_0: float
    h_n: float
    h_ts: float
    h_rs: float


class Geometry(NamedTuple):
    """Everything that a profile was searched for."""

    d: float
    median: Extremes  # at a_e, clutter included
    beta: Extremes  # at a_β
    smooth_median: Extremes  # over the smooth Earth, eq. (37)
    smooth_beta: Extremes
    smooth: SmoothEarth
    horizons: Horizons
    zones: ZoneLengths
    h_m: float


class PathLoss(NamedTuple):
    """Every intermediate of one path; dB unless the Recommendation has another unit."""

    geometry: Geometry
    beta_0: float
    d_ct: float
    d_cr: float
    h_te_duct: float
    h_re_duct: float
    median: DeltaBullington
    beta: DeltaBullington
    parts: Mechanisms
    steps: Combined


@compiled
def link_of(
    f: float,
    p: float,
    vertical: bool,
    delta_n: float,
    n_0: float,
    phi: float,
    d_ct: float,
    d_cr: float,
) -> Link:
    """Link with the effective Earth radius of a refractivity gradient."""
    return Link(f, p, vertical, median_radius_km(delta_n), n_0, phi, d_ct, d_cr)


@compiled
def profile_geometry(
    d: Floats, h: Floats, g: Floats, zone: npt.NDArray[np.uint8], ends: Ends, link: Link
) -> Geometry:
    """Search a profile point by point: ground `h`, and `g` with clutter but at the terminals."""
    h_ts, h_rs = ends.h_ts, ends.h_rs
    smooth = profile.smooth_earth(d, h, h_ts, h_rs)
    found = profile.horizons(d, h, h_ts, h_rs, link.a_e, link.f)
    flat = np.zeros_like(d)
    h_te, h_re = h_ts - smooth.h_std, h_rs - smooth.h_srd
    c_e, c_b = 1.0 / link.a_e, 1.0 / beta0_radius_km()
    h_st, h_sr = min(smooth.h_st, ends.h_0), min(smooth.h_sr, ends.h_n)
    return Geometry(
        d[len(d) - 1],
        profile.extremes(d, g, h_ts, h_rs, c_e, link.f),
        profile.extremes(d, g, h_ts, h_rs, c_b, link.f),
        profile.extremes(d, flat, h_te, h_re, c_e, link.f),
        profile.extremes(d, flat, h_te, h_re, c_b, link.f),
        smooth,
        found,
        profile.zone_lengths(d, zone),
        profile.roughness(d, h, found.i_lt, found.i_lr, h_st, h_sr),
    )


@compiled
def path_loss(found: Geometry, ends: Ends, link: Link) -> PathLoss:
    """Loss of a searched path."""
    zones, smooth, seen = found.zones, found.smooth, found.horizons
    f, d = link.f, found.d
    beta_0 = ducting_incidence(link.phi, zones.d_tm, zones.d_lm)
    median = _diffraction(found, found.median, found.smooth_median, link.a_e, ends, link)
    beta = _diffraction(found, found.beta, found.smooth_beta, beta0_radius_km(), ends, link)
    h_te = ends.h_ts - min(smooth.h_st, ends.h_0)
    h_re = ends.h_rs - min(smooth.h_sr, ends.h_n)
    duct = DuctPath(
        d,
        seen.d_lt,
        seen.d_lr,
        seen.theta_t,
        seen.theta_r,
        coast_distance(link.d_ct, zones.d_ct),
        coast_distance(link.d_cr, zones.d_cr),
        zones.d_lm,
        zones.omega,
        ends.h_ts,
        ends.h_rs,
        h_te,
        h_re,
        found.h_m,
    )
    l_bfs = free_space_loss(f, d, ends.h_ts, ends.h_rs)
    parts = Mechanisms(
        l_bfs,
        l_bfs + multipath_correction(link.p, seen.d_lt, seen.d_lr),
        l_bfs + multipath_correction(beta_0, seen.d_lt, seen.d_lr),
        median.l_d,
        beta.l_d,
        anomalous_loss(f, duct, link.a_e, beta_0, link.p),
        scatter_loss(f, d, seen.theta, link.n_0, link.p),
        combination.diffraction_weight(link.p, beta_0),
        combination.angular_weight(seen.theta),
        combination.distance_weight(d),
        zones.omega,
    )
    steps = combination.combine(link.p, beta_0, parts)
    return PathLoss(found, beta_0, duct.d_ct, duct.d_cr, h_te, h_re, median, beta, parts, steps)


@compiled
def _diffraction(
    found: Geometry, actual: Extremes, flat: Extremes, a_p: float, ends: Ends, link: Link
) -> DeltaBullington:
    """Delta-Bullington loss at one effective Earth radius, eqs. (37) to (39)."""
    h_te, h_re = ends.h_ts - found.smooth.h_std, ends.h_rs - found.smooth.h_srd
    f, d = link.f, found.d
    return diffraction.delta_bullington(
        diffraction.bullington_loss(f, d, ends.h_ts, ends.h_rs, actual),
        diffraction.bullington_loss(f, d, h_te, h_re, flat),
        diffraction.spherical_loss(f, d, h_te, h_re, a_p, found.zones.omega, link.vertical),
    )


@compiled
def coast_distance(given: float, measured: float) -> float:
    """Distance to the coast: as given, but 0 for a terminal at sea; measured where NaN."""
    if math.isnan(given) or measured == 0.0:
        return min(measured, INLAND_COAST_KM)
    return given


@compiled
def median_place_loss(
    d: Floats, h: Floats, g: Floats, zone: npt.NDArray[np.uint8], ends: Ends, link: Link
) -> float:
    """L_b at the median place, eq. (69): not below L_b0p."""
    loss = path_loss(profile_geometry(d, h, g, zone, ends, link), ends, link)
    return max(loss.parts.l_b0p, loss.steps.l_bc)
