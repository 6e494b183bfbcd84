"""Losses of single masts over one terrain: where a sweep stands, and which kernel runs it."""

from __future__ import annotations

import functools
import math
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from qn_coverage.propagation import median_kernel, ray_state, rays, sweep_kernel
from qn_coverage.propagation.median_link import link_table, median_link
from qn_coverage.propagation.median_ray import new_desk, new_median_ray
from qn_coverage.propagation.p1812.path_loss import link_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt

    from qn_coverage.propagation.emitters import Surface
    from qn_coverage.propagation.median_ray import Desk, MedianRay
    from qn_coverage.propagation.p1812.path_loss import Link
    from qn_coverage.propagation.ray_state import Ray
    from qn_coverage.propagation.rays import Fan
    from qn_coverage.propagation.sweep_check import SweepOptions

    _Buffers = tuple[Fan, Ray, MedianRay, Desk]

_MEDIAN_PERCENT: Final = 50.0
_M_PER_KM: Final = 1000.0


@dataclass(frozen=True, slots=True)
class Site:
    """What a sweep starts from, m."""

    x_m: float
    y_m: float
    height_agl_m: float
    reach_m: float


@dataclass(frozen=True, slots=True)
class Place:
    """Mast and cells of one sweep; the antenna is at `mast_amsl_m`."""

    mast: sweep_kernel.Mast
    window: sweep_kernel.Window
    mast_amsl_m: float


class SiteSweep:
    """Losses of sites over one terrain, with buffers for each thread.

    Parameters
    ----------
    surface
        Ground.
    rx_height_agl_m
        Receiver above ground.
    options
        Time percentage, polarisation, radio climate.
    """

    def __init__(self, surface: Surface, rx_height_agl_m: float, options: SweepOptions) -> None:
        self.surface = surface
        self._terrain = ray_state.terrain_of(
            surface.ground_m,
            surface.clutter_m,
            surface.zone,
            cell_km=surface.cell_m / _M_PER_KM,
        )
        self._rx_height_agl_m = rx_height_agl_m
        self._options = options
        self._own = threading.local()

    def place(self, site: Site, nearest_m: float, farthest_m: float) -> Place:
        """Mast in cells and the window of its ring."""
        surface = self.surface
        cell = surface.cell_m
        row = rays.snapped((surface.north_m - site.y_m) / cell - 0.5)
        col = rays.snapped((site.x_m - surface.west_m) / cell - 0.5)
        rows, cols = surface.shape
        reach = farthest_m / cell
        row_0, row_1 = max(0, math.ceil(row - reach)), min(rows, math.floor(row + reach) + 1)
        col_0, col_1 = max(0, math.ceil(col - reach)), min(cols, math.floor(col + reach) + 1)
        window = sweep_kernel.Window(
            row_0, col_0, row_1 - row_0, col_1 - col_0, nearest_m / cell, reach
        )
        mast = sweep_kernel.Mast(row, col, site.height_agl_m, self._rx_height_agl_m)
        ground = ray_state.ground_at(self._terrain, row, col)
        return Place(mast, window, ground + site.height_agl_m)

    def run(
        self,
        losses: npt.NDArray[np.floating],
        frequencies_mhz: Sequence[float],
        site: Site,
        place: Place,
        *,
        screen: bool = False,
    ) -> None:
        """Losses of the cells whose value in `losses` (frequencies, rows, cols) is above 0.

        With `screen` that value is the greatest loss that matters, and 0 is left where the loss
        surely is greater.
        """
        fan, ray, median_ray, desk = self._buffers(site.reach_m)
        links = [_link(self._options, frequency) for frequency in frequencies_mhz]
        if self._options.time_percent != _MEDIAN_PERCENT:
            for loss, link in zip(losses, links, strict=True):
                sweep_kernel.sweep_site(
                    loss, place.window, place.mast, self._terrain, fan, link, ray
                )
            return
        reach_km = site.reach_m / _M_PER_KM
        constants = _constants(tuple(links), reach_km, screen)
        median_kernel.sweep_site_median(
            losses, place.window, place.mast, self._terrain, fan, constants, median_ray, desk
        )

    def _buffers(self, reach_m: float) -> _Buffers:
        kept: dict[float, _Buffers] = self._own.__dict__.setdefault("kept", {})
        if reach_m not in kept:
            kept.clear()
            radius = reach_m / self.surface.cell_m
            capacity = math.ceil(radius) + 8
            fan = rays.fan_of(radius)
            kept[reach_m] = (
                fan,
                ray_state.new_ray(capacity),
                new_median_ray(capacity),
                new_desk(radius, fan.leaves),
            )
        return kept[reach_m]


@functools.lru_cache(maxsize=64)
def _link(options: SweepOptions, frequency_mhz: float) -> Link:
    return link_of(
        frequency_mhz / _M_PER_KM,
        options.time_percent,
        options.polarisation == "vertical",
        options.delta_n,
        options.n_0,
        options.latitude_deg,
        math.nan,
        math.nan,
    )


@functools.lru_cache(maxsize=256)
def _constants(links: tuple[Link, ...], reach_km: float, screen: bool) -> npt.NDArray[np.float64]:
    return link_table([median_link(link, reach_km=reach_km, screen=screen) for link in links])
