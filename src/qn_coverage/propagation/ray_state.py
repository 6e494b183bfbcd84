"""A ray as it grows: samples of the ground and the sums that P.1812 asks of a profile.

Sample 0 is the transmitter. What belongs to sample i depends on samples 0 to i alone and is written
once, so rays that branch share what they have in common.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from qn_coverage.propagation import hull
from qn_coverage.propagation._compile import compiled
from qn_coverage.propagation.hull import Hull, new_hull
from qn_coverage.propagation.p1812.profile import ZoneLengths
from qn_coverage.propagation.p1812.radio_climate import INLAND, SEA

if TYPE_CHECKING:
    import numpy.typing as npt

    from qn_coverage.propagation.rays import Face

    Floats = npt.NDArray[np.float64]


class Terrain(NamedTuple):
    """What rays are sampled from: flat arrays of a grid, row by row."""

    ground: npt.NDArray[np.float32]  # m amsl
    clutter: npt.NDArray[np.float32]  # m
    zone: npt.NDArray[np.uint8]
    rows: int
    cols: int
    cell_km: float
    cluttered: bool  # any clutter at all
    zoned: bool  # any zone but inland
    wet: bool  # any sea


class Ray(NamedTuple):
    """Buffers of one ray, arrays of shape (capacity,)."""

    x: Floats  # km from the transmitter
    ground: Floats  # h_i
    top: Floats  # g_i, clutter included
    zone: npt.NDArray[np.uint8]
    v_1: Floats  # sums of eqs. (83) and (84) up to sample i
    v_2: Floats
    sea: Floats  # km over sea up to sample i
    land: Floats  # length of the land section that sample i ends
    inland: Floats
    longest_land: Floats
    longest_inland: Floats
    first_sea: Floats  # km to the first coast, inf
    last_sea: Floats  # km of the last coast, -inf
    median: Hull  # clutter included, at a_e
    beta: Hull  # clutter included, at a_β
    bare: Hull  # bare ground at a_e
    straight: Hull  # bare ground, not curved


def terrain_of(
    ground: npt.NDArray[np.float32],
    clutter: npt.NDArray[np.float32],
    zone: npt.NDArray[np.uint8],
    *,
    cell_km: float,
) -> Terrain:
    """Terrain of three rasters of shape (rows, cols)."""
    rows, cols = ground.shape
    return Terrain(
        np.ascontiguousarray(ground, dtype=np.float32).reshape(-1),
        np.ascontiguousarray(clutter, dtype=np.float32).reshape(-1),
        np.ascontiguousarray(zone, dtype=np.uint8).reshape(-1),
        rows,
        cols,
        cell_km,
        bool(np.any(clutter > 0.0)),
        bool(np.any(zone != INLAND)),
        bool(np.any(zone == SEA)),
    )


def new_ray(capacity: int) -> Ray:
    """Buffers for rays of up to `capacity` samples, the transmitter included."""

    def floats() -> Floats:
        return np.zeros(capacity)

    return Ray(
        x=floats(),
        ground=floats(),
        top=floats(),
        zone=np.full(capacity, INLAND, dtype=np.uint8),
        v_1=floats(),
        v_2=floats(),
        sea=floats(),
        land=floats(),
        inland=floats(),
        longest_land=floats(),
        longest_inland=floats(),
        first_sea=floats(),
        last_sea=floats(),
        median=new_hull(capacity),
        beta=new_hull(capacity),
        bare=new_hull(capacity),
        straight=new_hull(capacity),
    )


@compiled
def start(ray: Ray, terrain: Terrain, row: float, col: float) -> None:
    """Set sample 0: the site, at (row, col) in cells on the grid."""
    ray.x[0] = 0.0
    ray.ground[0] = ground_at(terrain, row, col)
    ray.top[0] = ray.ground[0]
    ray.zone[0] = zone_at(terrain, row, col)
    for values in (ray.v_1, ray.v_2, ray.sea, ray.land, ray.inland):
        values[0] = 0.0
    ray.longest_land[0] = 0.0
    ray.longest_inland[0] = 0.0
    ray.first_sea[0] = 0.0 if ray.zone[0] == SEA else np.inf
    ray.last_sea[0] = 0.0 if ray.zone[0] == SEA else -np.inf


@compiled
def zone_at(terrain: Terrain, row: float, col: float) -> int:
    """Zone of the cell that holds a position in cells, or of the nearest one."""
    at = _nearest(row, terrain.rows) * terrain.cols + _nearest(col, terrain.cols)
    return terrain.zone[at]


@compiled
def ground_at(terrain: Terrain, row: float, col: float) -> float:
    """Bilinear height at a position in cells; beyond the outermost centres that of the nearest."""
    r, share_r = _between(row, terrain.rows)
    c, share_c = _between(col, terrain.cols)
    at = r * terrain.cols + c
    g = terrain.ground
    down = terrain.cols if share_r > 0.0 else 0
    right = 1 if share_c > 0.0 else 0
    upper = g[at] + (np.float64(g[at + right]) - g[at]) * share_c
    lower = g[at + down] + (np.float64(g[at + down + right]) - g[at + down]) * share_c
    return upper + (lower - upper) * share_r


@compiled
def sample(ray: Ray, terrain: Terrain, face: Face, slope: float, first: int, last: int) -> None:
    """Write samples `first` to `last` of a ray with that slope, and the sums up to them."""
    stretch = math.sqrt(1.0 + slope * slope) * terrain.cell_km
    for i in range(first, last + 1):
        major = face.first + face.step * (i - 1)
        offset = abs(major - face.major_0)
        m, share = _between(face.minor_0 + slope * offset, face.minors)
        at = major * face.major_stride + m * face.minor_stride
        other = at + (face.minor_stride if share > 0.0 else 0)
        h = terrain.ground[at] + (np.float64(terrain.ground[other]) - terrain.ground[at]) * share
        clutter = (
            terrain.clutter[at] + (np.float64(terrain.clutter[other]) - terrain.clutter[at]) * share
        )
        ray.x[i] = stretch * offset
        ray.ground[i] = h
        ray.top[i] = h + clutter
        ray.zone[i] = terrain.zone[at if share < 0.5 else other]
        _add_sums(ray, i)


@compiled
def _between(position: float, count: int) -> tuple[int, float]:
    """Centre at or below a position and the share of the way to the next; clamped to the grid."""
    if position <= 0.0:
        return 0, 0.0
    if position >= count - 1:
        return count - 1, 0.0
    low = int(position)
    return low, position - low


@compiled
def _nearest(position: float, count: int) -> int:
    return min(max(int(math.floor(position + 0.5)), 0), count - 1)


@compiled
def _add_sums(ray: Ray, i: int) -> None:
    x_0, x_1, h_0, h_1 = ray.x[i - 1], ray.x[i], ray.ground[i - 1], ray.ground[i]
    step = x_1 - x_0
    ray.v_1[i] = ray.v_1[i - 1] + step * (h_1 + h_0)
    ray.v_2[i] = ray.v_2[i - 1] + step * (h_1 * (2.0 * x_1 + x_0) + h_0 * (x_1 + 2.0 * x_0))
    half = 0.5 * step
    was_sea, is_sea = ray.zone[i - 1] == SEA, ray.zone[i] == SEA
    was_inland, is_inland = ray.zone[i - 1] == INLAND, ray.zone[i] == INLAND
    ray.sea[i] = ray.sea[i - 1] + (half if was_sea else 0.0) + (half if is_sea else 0.0)
    land = (0.0 if was_sea else ray.land[i - 1] + half) + (0.0 if is_sea else half)
    inland = (ray.inland[i - 1] + half if was_inland else 0.0) + (half if is_inland else 0.0)
    ray.longest_land[i] = max(ray.longest_land[i - 1], land)
    ray.longest_inland[i] = max(ray.longest_inland[i - 1], inland)
    ray.land[i] = 0.0 if is_sea else land
    ray.inland[i] = inland if is_inland else 0.0
    ray.first_sea[i] = ray.first_sea[i - 1]
    ray.last_sea[i] = ray.last_sea[i - 1]
    if is_sea:
        ray.first_sea[i] = min(ray.first_sea[i], x_1 - (0.0 if was_sea else half))
        ray.last_sea[i] = x_1
    elif was_sea:
        ray.last_sea[i] = x_0 + half


@compiled
def zones_to(ray: Ray, last: int, d: float, zone: int) -> ZoneLengths:
    """Zones of the path to a receiver at `d` in `zone`, beyond sample `last`."""
    half = 0.5 * (d - ray.x[last])
    was_sea, is_sea = ray.zone[last] == SEA, zone == SEA
    was_inland, is_inland = ray.zone[last] == INLAND, zone == INLAND
    sea = ray.sea[last] + (half if was_sea else 0.0) + (half if is_sea else 0.0)
    land = (0.0 if was_sea else ray.land[last] + half) + (0.0 if is_sea else half)
    inland = (ray.inland[last] + half if was_inland else 0.0) + (half if is_inland else 0.0)
    first = ray.first_sea[last]
    coast = -np.inf if math.isinf(first) else ray.last_sea[last]
    if is_sea:
        first = min(first, d - (0.0 if was_sea else half))
        coast = d
    elif was_sea:
        coast = ray.x[last] + half
    return ZoneLengths(
        sea / d,
        max(ray.longest_land[last], land),
        max(ray.longest_inland[last], inland),
        first,
        d - coast,
    )


@compiled
def curve(z: Floats, heights: Floats, x: Floats, curvature: float, first: int, last: int) -> None:
    """Heights with Earth's bulge taken off, z = height - 500 C x²."""
    for i in range(first, last + 1):
        z[i] = heights[i] - 500.0 * curvature * x[i] * x[i]


@compiled
def rewind(ray: Ray, last: int) -> None:
    """Forget what hulls know beyond sample `last`."""
    hull.rewind(ray.median, last)
    hull.rewind(ray.beta, last)
    hull.rewind(ray.bare, last)
    hull.rewind(ray.straight, last)
