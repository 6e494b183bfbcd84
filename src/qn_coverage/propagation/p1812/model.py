"""Recommendation ITU-R P.1812-8 for one path, checked at the door."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, Required, TypedDict, Unpack, overload

import numpy as np

from qn_coverage.core.errors import ModelRangeError
from qn_coverage.propagation.p1812 import location
from qn_coverage.propagation.p1812.path_loss import Ends, link_of, path_loss, profile_geometry
from qn_coverage.propagation.p1812.radio_climate import EARTH_RADIUS_KM, SEA

if TYPE_CHECKING:
    import numpy.typing as npt

    from qn_coverage.propagation.p1812.path_loss import Link, PathLoss

    _Floats = npt.NDArray[np.float64]

Polarisation = Literal["horizontal", "vertical"]

FREQUENCY_GHZ: Final = (0.03, 6.0)
TIME_PERCENT: Final = (1.0, 50.0)
LOCATION_PERCENT: Final = (1.0, 99.0)
DISTANCE_KM: Final = (0.25, 3000.0)
HEIGHT_AGL_M: Final = (1.0, 3000.0)
"""Closed ranges of section 1 and Table 1 of the Recommendation."""

LEAST_POINTS: Final = 5
"""Two terminals and three points between them: fewer say nothing of the ground between."""

DELTA_N: Final = 56.0
N_0: Final = 365.0
"""Defaults for the province, estimated: ITU's digital maps may not be passed on. Sea-level
refractivity by P.453-14, eq. (6), from round annual means of the coast (23 °C, 83 %, 1013 hPa);
gradient by ΔN = 7.32 exp(0.005577 N), the regression of P.453."""

LATITUDE_DEG: Final = 21.1
"""Middle of the province."""


@dataclass(frozen=True, slots=True)
class Intermediates:
    """Every intermediate by its symbol in the Recommendation, equation numbers of P.1812-8.

    Distances are km, heights m, angles mrad, losses dB, shares of time %. ``_beta`` marks values
    at the effective Earth radius a_β, ``_50`` at the median a_e.
    """

    d: float
    d_lt: float  # (78)
    d_lr: float  # (81a)
    theta_t: float  # (76)-(78)
    theta_r: float  # (79)-(81)
    theta: float  # (82)
    h_ts: float
    h_rs: float
    omega: float  # Table 5
    d_tm: float  # section 3.6
    d_lm: float
    d_ct: float  # Table 5
    d_cr: float
    phi: float  # (4)
    beta_0: float  # (5)
    a_e: float  # (7a)
    h_st_regression: float  # (85)
    h_sr_regression: float  # (86)
    h_st: float  # (90a)
    h_sr: float  # (90b)
    h_std: float  # (89)
    h_srd: float  # (89)
    h_tc_smooth: float  # (37a): effective height above the smooth surface
    h_rc_smooth: float  # (37b)
    h_te: float  # (92a)
    h_re: float  # (92b)
    h_m: float  # (93)
    f_i: float  # (40)
    f_j: float  # (57)
    f_k: float  # (58)
    l_bfs: float  # (8)
    l_b0p: float  # (10)
    l_b0beta: float  # (11)
    l_bulla_50: float  # (21)
    l_bulls_50: float  # (21)
    l_dsph_50: float  # (27)
    l_bulla_beta: float  # (21)
    l_bulls_beta: float  # (21)
    l_dsph_beta: float  # (27)
    l_d50: float  # (39)
    l_dbeta: float  # (39)
    l_dp: float  # (41)
    l_bd50: float  # (42)
    l_bd: float  # (43)
    l_minb0p: float  # (59)
    l_ba: float  # (46)
    l_minbap: float  # (60)
    l_bda: float  # (61)
    l_bam: float  # (62)
    l_bs: float  # (44)
    l_bc: float  # (63)
    l_loc: float  # (67a), (67b)
    l_b: float  # (69)
    e_p: float  # (70), dB(µV/m) for 1 kW


class _Options(TypedDict, total=False):
    """Keywords of `basic_transmission_loss`, for type checkers."""

    tx_height_agl_m: Required[float]
    rx_height_agl_m: Required[float]
    frequency_ghz: Required[float]
    time_percent: float
    location_percent: float
    location_sigma_db: float
    polarisation: Polarisation
    delta_n: float
    n_0: float
    latitude_deg: float
    tx_coast_km: float | None
    rx_coast_km: float | None
    building_entry_db: float
    building_sigma_db: float


@overload
def basic_transmission_loss(
    distance_km: npt.ArrayLike,
    ground_m: npt.ArrayLike,
    clutter_m: npt.ArrayLike,
    zone: npt.ArrayLike,
    *,
    intermediates: Literal[False] = ...,
    **options: Unpack[_Options],
) -> float: ...
@overload
def basic_transmission_loss(
    distance_km: npt.ArrayLike,
    ground_m: npt.ArrayLike,
    clutter_m: npt.ArrayLike,
    zone: npt.ArrayLike,
    *,
    intermediates: Literal[True],
    **options: Unpack[_Options],
) -> Intermediates: ...
def basic_transmission_loss(
    distance_km: npt.ArrayLike,
    ground_m: npt.ArrayLike,
    clutter_m: npt.ArrayLike,
    zone: npt.ArrayLike,
    *,
    tx_height_agl_m: float,
    rx_height_agl_m: float,
    frequency_ghz: float,
    time_percent: float = 50.0,
    location_percent: float = 50.0,
    location_sigma_db: float = 0.0,
    polarisation: Polarisation = "vertical",
    delta_n: float = DELTA_N,
    n_0: float = N_0,
    latitude_deg: float = LATITUDE_DEG,
    tx_coast_km: float | None = None,
    rx_coast_km: float | None = None,
    building_entry_db: float = 0.0,
    building_sigma_db: float = 0.0,
    intermediates: bool = False,
) -> float | Intermediates:
    """Basic transmission loss not exceeded for p % of the time at p_L % of the places.

    Source: Recommendation ITU-R P.1812-8 (09/2025), Annex 1, all of it.

    Parameters
    ----------
    distance_km
        d_i from the transmitter, shape (n,): rising from 0 to 0.25-3000 km, at least five points.
    ground_m
        h_i, m above mean sea level, shape (n,).
    clutter_m
        R_i, representative clutter height ≥ 0 (Table 2), shape (n,). The values at both ends are
        not used (section 3.2).
    zone
        Radio-climatic zone (Table 3), shape (n,): 1 sea, 3 coastal land, 4 inland.
    tx_height_agl_m, rx_height_agl_m
        h_tg, h_rg: antennas above ground, 1 to 3000 m.
    frequency_ghz
        f, 0.03 to 6 GHz.
    time_percent
        p, 1 to 50 %.
    location_percent, location_sigma_db
        p_L, 1 to 99 %, and σ_L ≥ 0 (see `location_deviation_db`); 0 leaves the median place. A
        receiver at sea has no location variability.
    polarisation
        ``"horizontal"`` or ``"vertical"``.
    delta_n
        ΔN, N-units/km, > 0 and < 157.
    n_0
        N_0, N-units, > 0.
    latitude_deg
        Of the centre of the path.
    tx_coast_km, rx_coast_km
        d_ct, d_cr: distance over land to the coast along the path; None measures them by `zone`,
        500 km where the path meets no sea. A terminal at sea has 0 whatever is given.
    building_entry_db, building_sigma_db
        Median loss on entering a building and its deviation (see `building_entry_loss_db`); 0 is
        outdoors.
    intermediates
        True returns every intermediate as well.

    Returns
    -------
    float or Intermediates
        L_b in dB, eq. (69), or all quantities by name.

    Raises
    ------
    ModelRangeError
        A value is out of range, an antenna is below ground, or the profile is not one.
    """
    d, h, r, zones = _profile(distance_km, ground_m, clutter_m, zone)
    _check(
        d,
        frequency_ghz=(frequency_ghz, FREQUENCY_GHZ),
        time_percent=(time_percent, TIME_PERCENT),
        location_percent=(location_percent, LOCATION_PERCENT),
        tx_height_agl_m=(tx_height_agl_m, HEIGHT_AGL_M),
        rx_height_agl_m=(rx_height_agl_m, HEIGHT_AGL_M),
        latitude_deg=(latitude_deg, (-90.0, 90.0)),
        delta_n=(delta_n, (1e-9, 156.0)),
        n_0=(n_0, (1e-9, 1000.0)),
        location_sigma_db=(location_sigma_db, (0.0, 100.0)),
        building_entry_db=(building_entry_db, (0.0, 200.0)),
        building_sigma_db=(building_sigma_db, (0.0, 100.0)),
        tx_coast_km=(0.0 if tx_coast_km is None else tx_coast_km, (0.0, math.inf)),
        rx_coast_km=(0.0 if rx_coast_km is None else rx_coast_km, (0.0, math.inf)),
    )
    if polarisation not in {"horizontal", "vertical"}:
        raise ModelRangeError(f"p1812: polarisation '{polarisation}' is not horizontal or vertical")
    link = link_of(
        float(frequency_ghz),
        float(time_percent),
        polarisation == "vertical",
        float(delta_n),
        float(n_0),
        float(latitude_deg),
        math.nan if tx_coast_km is None else float(tx_coast_km),
        math.nan if rx_coast_km is None else float(rx_coast_km),
    )
    h_0, h_n = float(h[0]), float(h[-1])
    ends = Ends(h_0, h_n, h_0 + tx_height_agl_m, h_n + rx_height_agl_m)
    g = h + r
    g[0], g[-1] = h_0, h_n
    found = path_loss(profile_geometry(d, h, g, zones, ends, link), ends, link)
    l_loc = location.location_loss_db(
        location_percent,
        0.0 if zones[-1] == SEA else location_sigma_db,
        entry_db=building_entry_db,
        entry_sigma_db=building_sigma_db,
    )
    l_b = max(found.parts.l_b0p, found.steps.l_bc + l_loc)
    if intermediates:
        return _by_name(found, ends, link, l_loc, l_b)
    return l_b


def path_centre_latitude_deg(
    tx_lon_lat: tuple[float, float], rx_lon_lat: tuple[float, float], distance_km: float
) -> float:
    """φ, eq. (4): latitude half of `distance_km` along the great circle from the transmitter.

    Source: spherical trigonometry on the mean Earth radius, as Attachment H of P.2001 has it.

    Parameters
    ----------
    tx_lon_lat, rx_lon_lat
        Longitude and latitude, degrees.
    distance_km
        Length of the profile, which need not be quite that of the great circle.
    """
    (lon_t, lat_t), (lon_r, lat_r) = (
        (math.radians(lon), math.radians(lat)) for lon, lat in (tx_lon_lat, rx_lon_lat)
    )
    cosine = math.sin(lat_t) * math.sin(lat_r)
    cosine += math.cos(lat_t) * math.cos(lat_r) * math.cos(lon_r - lon_t)
    north = math.sin(lat_r) - cosine * math.sin(lat_t)
    east = math.cos(lat_t) * math.cos(lat_r) * math.sin(lon_r - lon_t)
    bearing = math.atan2(east, north)
    half = 0.5 * distance_km / EARTH_RADIUS_KM
    sine = math.sin(lat_t) * math.cos(half) + math.cos(lat_t) * math.sin(half) * math.cos(bearing)
    return math.degrees(math.asin(sine))


def _profile(
    distance_km: npt.ArrayLike,
    ground_m: npt.ArrayLike,
    clutter_m: npt.ArrayLike,
    zone: npt.ArrayLike,
) -> tuple[_Floats, _Floats, _Floats, npt.NDArray[np.uint8]]:
    d, h, r, z = (
        np.ascontiguousarray(values, dtype=np.float64)
        for values in (distance_km, ground_m, clutter_m, zone)
    )
    if d.ndim != 1 or not d.shape == h.shape == r.shape == z.shape:
        raise ModelRangeError(
            f"p1812: distance, ground, clutter and zone have shapes {d.shape}, {h.shape}, "
            f"{r.shape}, {z.shape}; expected four of (n,)"
        )
    if len(d) < LEAST_POINTS:
        raise ModelRangeError(f"p1812: a profile of {len(d)} points; at least {LEAST_POINTS}")
    for name, values in (("distance_km", d), ("ground_m", h), ("clutter_m", r)):
        if not np.isfinite(values).all():
            first = int(np.flatnonzero(~np.isfinite(values))[0])
            raise ModelRangeError(f"p1812: {name}[{first}] = {values[first]} is no number")
    if d[0] != 0.0 or not (np.diff(d) > 0.0).all():
        raise ModelRangeError("p1812: distance_km must start at 0 and rise from point to point")
    if (r < 0.0).any():
        raise ModelRangeError("p1812: clutter_m must not be negative")
    if not np.isin(z, (1.0, 3.0, 4.0)).all():
        raise ModelRangeError("p1812: zone must be 1 (sea), 3 (coastal land) or 4 (inland)")
    return d, h, r, z.astype(np.uint8)


def _check(d: _Floats, **values: tuple[float, tuple[float, float]]) -> None:
    for name, (value, (low, high)) in {"distance": (d[-1], DISTANCE_KM), **values}.items():
        if not low <= value <= high:
            raise ModelRangeError(f"p1812: {name} = {value:g} is outside {low:g} to {high:g}")


def _by_name(found: PathLoss, ends: Ends, link: Link, l_loc: float, l_b: float) -> Intermediates:
    geometry, parts, steps = found.geometry, found.parts, found.steps
    smooth, zones, seen = geometry.smooth, geometry.zones, geometry.horizons
    return Intermediates(
        d=geometry.d,
        d_lt=seen.d_lt,
        d_lr=seen.d_lr,
        theta_t=seen.theta_t,
        theta_r=seen.theta_r,
        theta=seen.theta,
        h_ts=ends.h_ts,
        h_rs=ends.h_rs,
        omega=zones.omega,
        d_tm=zones.d_tm,
        d_lm=zones.d_lm,
        d_ct=found.d_ct,
        d_cr=found.d_cr,
        phi=link.phi,
        beta_0=found.beta_0,
        a_e=link.a_e,
        h_st_regression=smooth.h_st,
        h_sr_regression=smooth.h_sr,
        h_st=min(smooth.h_st, ends.h_0),
        h_sr=min(smooth.h_sr, ends.h_n),
        h_std=smooth.h_std,
        h_srd=smooth.h_srd,
        h_tc_smooth=ends.h_ts - smooth.h_std,
        h_rc_smooth=ends.h_rs - smooth.h_srd,
        h_te=found.h_te_duct,
        h_re=found.h_re_duct,
        h_m=geometry.h_m,
        f_i=parts.f_i,
        f_j=parts.f_j,
        f_k=parts.f_k,
        l_bfs=parts.l_bfs,
        l_b0p=parts.l_b0p,
        l_b0beta=parts.l_b0beta,
        l_bulla_50=found.median.l_bulla,
        l_bulls_50=found.median.l_bulls,
        l_dsph_50=found.median.l_dsph,
        l_bulla_beta=found.beta.l_bulla,
        l_bulls_beta=found.beta.l_bulls,
        l_dsph_beta=found.beta.l_dsph,
        l_d50=parts.l_d50,
        l_dbeta=parts.l_dbeta,
        l_dp=steps.l_dp,
        l_bd50=steps.l_bd50,
        l_bd=steps.l_bd,
        l_minb0p=steps.l_minb0p,
        l_ba=parts.l_ba,
        l_minbap=steps.l_minbap,
        l_bda=steps.l_bda,
        l_bam=steps.l_bam,
        l_bs=parts.l_bs,
        l_bc=steps.l_bc,
        l_loc=l_loc,
        l_b=l_b,
        e_p=199.36 + 20.0 * math.log10(link.f) - l_b,
    )
