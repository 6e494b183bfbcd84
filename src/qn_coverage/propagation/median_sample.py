"""Samples of the ground along a ray, with the sums that P.1812 asks of a profile at p = 50 %.

Arrays are written from an unsigned start on: of a signed one LLVM cannot tell that it isn't counted
from the end, as negative indices are, and then leaves the loop scalar.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from qn_coverage.propagation._compile import compiled
from qn_coverage.propagation.median_ray import CLEAR
from qn_coverage.propagation.p1812.radio_climate import INLAND, SEA

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]
    Links = npt.NDArray[np.uint32]
    Grid32 = npt.NDArray[np.float32]
    Zones = npt.NDArray[np.uint8]


@compiled
def place_samples(
    x: Floats,
    low: Links,
    share: Floats,
    place: int,
    major_step: int,
    minor_step: int,
    position: float,
    slope: float,
    minors: int,
    offset: float,
    cell_km: float,
    first: int,
    last: int,
) -> None:
    """Where samples `first` to `last` of a ray lie: between which centres, and how far out.

    Parameters
    ----------
    x, low, share
        Distances; place of the lower centre beside each sample in the flat grid; how far it lies
        towards the next one.
    place, major_step, minor_step
        Place of sample `first` in the row of minor index 0, steps from sample to sample and from
        minor index to minor index.
    position, slope, minors
        Minor position of the mast, its change from sample to sample, and how many there are (≥ 2).
    offset
        Of sample `first` along the face, cells.
    """
    stretch = math.sqrt(1.0 + slope * slope) * cell_km
    edge = minors - 1.0
    start = np.uint32(first)
    for k in range(last - first + 1):
        along = offset + k
        minor = min(max(position + slope * along, 0.0), edge)
        m = min(int(minor), minors - 2)
        low[start + k] = place + k * major_step + m * minor_step
        share[start + k] = minor - m
        x[start + k] = stretch * along


@compiled
def sample_ground(
    ground: Floats,
    low: Links,
    share: Floats,
    terrain: Grid32,
    minor_step: int,
    first: int,
    last: int,
) -> None:
    """Heights of samples `first` to `last`, linear between the centres beside them."""
    start, aside = np.uint32(first), np.uint32(minor_step)
    for k in range(last - first + 1):
        place = low[start + k]
        h = np.float64(terrain[place])
        ground[start + k] = h + (np.float64(terrain[place + aside]) - h) * share[start + k]


@compiled
def sample_clutter(
    top: Floats,
    ground: Floats,
    state: Ints,
    low: Links,
    share: Floats,
    clutter: Grid32,
    minor_step: int,
    first: int,
    last: int,
) -> None:
    """Heights with clutter, and the first sample that has any; arguments as `sample_ground`."""
    if state[CLEAR] >= first:
        state[CLEAR] = top.size
    sample_ground(top, low, share, clutter, minor_step, first, last)
    start, count = np.uint32(first), last - first + 1
    if state[CLEAR] > last:
        some = False
        for k in range(count):
            some |= top[start + k] > 0.0
        if some:
            k = 0
            while top[start + np.uint32(k)] <= 0.0:
                k += 1
            state[CLEAR] = first + k
    for k in range(count):
        top[start + k] += ground[start + k]


@compiled
def sample_zones(
    zone: Zones,
    sea: Floats,
    x: Floats,
    low: Links,
    share: Floats,
    zones: Zones,
    minor_step: int,
    first: int,
    last: int,
) -> None:
    """Zones of the nearest centres and km over sea; arguments as `sample_ground`."""
    start, before, count = np.uint32(first), np.uint32(first - 1), last - first + 1
    aside, here = np.uint32(minor_step), np.uint32(0)
    for k in range(count):
        zone[start + k] = zones[low[start + k] + (aside if share[start + k] >= 0.5 else here)]
    for k in range(count):
        half = 0.5 * (x[start + k] - x[before + k])
        was = half if zone[before + k] == SEA else 0.0
        sea[start + k] = was + (half if zone[start + k] == SEA else 0.0)
    total = sea[before]
    for k in range(count):
        total += sea[start + k]
        sea[start + k] = total


@compiled
def sum_heights(v_1: Floats, v_2: Floats, x: Floats, ground: Floats, first: int, last: int) -> None:
    """Sums of eqs. (83) and (84) up to samples `first` to `last`."""
    start, before, count = np.uint32(first), np.uint32(first - 1), last - first + 1
    for k in range(count):
        x_0, x_1, h_0, h_1 = x[before + k], x[start + k], ground[before + k], ground[start + k]
        step = x_1 - x_0
        v_1[start + k] = step * (h_1 + h_0)
        v_2[start + k] = step * (h_1 * (2.0 * x_1 + x_0) + h_0 * (x_1 + 2.0 * x_0))
    sum_1, sum_2 = v_1[before], v_2[before]
    for k in range(count):
        sum_1 += v_1[start + k]
        sum_2 += v_2[start + k]
        v_1[start + k], v_2[start + k] = sum_1, sum_2


@compiled
def sum_zones(
    x: Floats,
    zone: Zones,
    land: Floats,
    inland: Floats,
    longest_land: Floats,
    longest_inland: Floats,
    first_sea: Floats,
    last_sea: Floats,
    first: int,
    last: int,
) -> None:
    """Sections of land up to samples `first` to `last`: see `ray_state`."""
    for i in range(first, last + 1):
        half = 0.5 * (x[i] - x[i - 1])
        was_sea, is_sea = zone[i - 1] == SEA, zone[i] == SEA
        was_inland, is_inland = zone[i - 1] == INLAND, zone[i] == INLAND
        on_land = (0.0 if was_sea else land[i - 1] + half) + (0.0 if is_sea else half)
        far_in = (inland[i - 1] + half if was_inland else 0.0) + (half if is_inland else 0.0)
        longest_land[i] = max(longest_land[i - 1], on_land)
        longest_inland[i] = max(longest_inland[i - 1], far_in)
        land[i] = 0.0 if is_sea else on_land
        inland[i] = far_in if is_inland else 0.0
        first_sea[i] = first_sea[i - 1]
        last_sea[i] = last_sea[i - 1]
        if is_sea:
            first_sea[i] = min(first_sea[i], x[i] - (0.0 if was_sea else half))
            last_sea[i] = x[i]
        elif was_sea:
            last_sea[i] = x[i - 1] + half
