"""Constants of a sweep at p = 50 %, worked out once for a frequency, a climate and a reach."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

from qn_coverage.propagation._compile import compiled
from qn_coverage.propagation.median_fields import MedianLink
from qn_coverage.propagation.p1812 import diffraction, ducting, troposcatter

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from qn_coverage.propagation.p1812.path_loss import Link

    Floats = npt.NDArray[np.float64]

_LEAST_BETA: Final = 1e-30
_SLACK_DB: Final = 0.05  # between the points of the grid


def median_link(link: Link, *, reach_km: float, screen: bool = False) -> MedianLink:
    """Constants for paths of up to `reach_km`."""
    f = link.f
    land_k, sea_k = (
        diffraction.admittance(f, 1.0, *ground, link.vertical)
        for ground in (diffraction.LAND, diffraction.SEA)
    )
    return MedianLink(
        f=f,
        vertical=link.vertical,
        a_e=link.a_e,
        curvature=500.0 / link.a_e,
        n_0=link.n_0,
        phi=link.phi,
        d_ct=link.d_ct,
        d_cr=link.d_cr,
        free_space=92.4 + 20.0 * math.log10(f),
        edge=0.002 * f / diffraction.WAVELENGTH_M_GHZ,
        wavelength=diffraction.WAVELENGTH_M_GHZ / f,
        scatter=190.1 + troposcatter.frequency_loss(f) - 0.15 * link.n_0,
        duct=duct_floor_db(link, reach_km=reach_km),
        attenuation=ducting.specific_attenuation(f, link.a_e),
        cube_root_f=f ** (1.0 / 3.0),
        land_k=land_k,
        sea_k=sea_k,
        distance=21.88 * f ** (1.0 / 3.0),
        height=0.9575 * f ** (2.0 / 3.0),
        screen=screen,
    )


def link_table(links: Sequence[MedianLink]) -> Floats:
    """Constants of several frequencies, one row each: compiled code takes no list of tuples."""
    return np.array([[float(value) for value in link] for link in links])


def duct_floor_db(link: Link, *, reach_km: float) -> float:
    """Least value of what eqs. (46) to (56) add besides horizons, shielding, angles and coasts.

    Frequency terms, and the least A(p) over all β up to the incidence of ducting with
    μ1 = μ2 = μ3 = 1 (each is ≤ 1, and so is μ1 μ4) and over all distances up to the reach.
    """
    latitude = abs(link.phi)
    most = 10.0 ** (-0.015 * latitude + 1.67) if latitude <= 70.0 else 4.17
    least = _least_variability(np.geomspace(_LEAST_BETA, most, 600), np.linspace(0.0, reach_km, 30))
    fixed = 102.45 + 20.0 * math.log10(link.f) + ducting.long_wave_loss(link.f)
    return fixed + least - _SLACK_DB


@compiled
def _least_variability(betas: Floats, distances: Floats) -> float:
    least = np.inf
    for beta in betas:
        for d in distances:
            least = min(least, ducting.time_variability(50.0, beta, d))
    return least
