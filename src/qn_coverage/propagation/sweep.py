"""P.1812 over terrain: the loss of one mast everywhere, and the best servers of many.

Rays run out from each mast; along a ray everything that P.1812 asks of a profile is kept up to
date, so a cell costs O(log n) and not O(n). See docs/engine.md for the method and its proofs.
"""

from __future__ import annotations

import functools
import itertools
import math
import os
import threading
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from qn_coverage.core.errors import CancelledError
from qn_coverage.propagation import (
    antenna_table,
    median_kernel,
    ray_state,
    rays,
    sector_kernel,
    sweep_kernel,
)
from qn_coverage.propagation.emitters import continued
from qn_coverage.propagation.median_link import link_table, median_link
from qn_coverage.propagation.median_ray import new_desk, new_median_ray
from qn_coverage.propagation.p1812.path_loss import link_of
from qn_coverage.propagation.sweep_check import SweepOptions, check_ground, check_ranges

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy.typing as npt

    from qn_coverage.propagation.emitters import Emitters, Mosaic, Surface
    from qn_coverage.propagation.median_ray import Desk, MedianRay
    from qn_coverage.propagation.p1812.path_loss import Link
    from qn_coverage.propagation.ray_state import Ray, Terrain
    from qn_coverage.propagation.rays import Fan

    _Buffers = tuple[Fan, Ray, MedianRay, Desk]

FLOOR_DBM: Final = -140.0
"""Weakest level worth keeping, as in `mosaic`."""

_RINGS_M: Final = (6000.0,)
"""Ends of the passes but the last: near masts settle most cells before far ones ask."""
_SCATTER: Final = 1812
_STRIPE_ROWS: Final = 128
_MEDIAN_PERCENT: Final = 50.0
_M_PER_KM: Final = 1000.0


def mast_loss(
    surface: Surface,
    *,
    x_m: float,
    y_m: float,
    tx_height_agl_m: float,
    rx_height_agl_m: float,
    frequency_mhz: float,
    max_distance_m: float,
    options: SweepOptions | None = None,
    dtype: type[np.floating] = np.float32,
) -> npt.NDArray[np.floating]:
    """Basic transmission loss from one mast to every cell around it.

    Cells are answered at the distance of their own centre by the nearest ray. The cell under the
    mast and cells with no sample of the ground between get free space over the slant distance; so
    near, nothing else is known. Cells nearer than 0.25 km, where the Recommendation's range
    begins, get the same formulas as all others: free space and diffraction are defined there, and
    ducts and scatter add nothing.

    Parameters
    ----------
    surface
        Ground; the mast must stand on its grid.
    x_m, y_m
        Mast, in the CRS of the grid.
    tx_height_agl_m, rx_height_agl_m
        Antennas above ground, 1 to 3000 m.
    frequency_mhz
        30 to 6000 MHz.
    max_distance_m
        Radius of the disc.
    options
        Time percentage, polarisation, radio climate.
    dtype
        Of the answer; computed in float64 in any case.

    Returns
    -------
    ndarray
        Shape (rows, cols), dB; NaN beyond the radius.

    Raises
    ------
    ModelRangeError
        A value is out of range.
    InvalidDataError
        The ground has holes, or the mast stands off the grid.
    """
    options = options or SweepOptions()
    check_ranges(
        options,
        rx_height_agl_m,
        frequency_mhz=np.array([frequency_mhz]),
        height_agl_m=np.array([tx_height_agl_m]),
        max_distance_m=np.array([max_distance_m]),
    )
    check_ground(surface, np.array([x_m]), np.array([y_m]))
    site = _Site(x_m, y_m, tx_height_agl_m, max_distance_m)
    sweep = _Sweep(surface, _terrain_of(surface), rx_height_agl_m, options)
    place = sweep.place(site, 0.0, max_distance_m)
    losses = np.full((1, place.window.rows, place.window.cols), np.inf, dtype=dtype)
    sweep.run(losses, [frequency_mhz], site, place)
    loss = losses[0]
    loss[np.isinf(loss)] = np.nan
    whole = np.full(surface.shape, np.nan, dtype=dtype)
    row, col = place.window.row_0, place.window.col_0
    whole[row : row + place.window.rows, col : col + place.window.cols] = loss
    return whole


def best_servers_terrain(
    emitters: Emitters,
    surface: Surface,
    *,
    rx_height_agl_m: float,
    rx_gain_db: float = 0.0,
    start: Mosaic | None = None,
    in_place: bool = False,
    threads: int | None = None,
    prune: bool = True,
    floor_dbm: float = FLOOR_DBM,
    progress: Callable[[int, int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
    options: SweepOptions | None = None,
) -> Mosaic:
    """Best servers of all layers by P.1812 over terrain; see `mosaic.best_servers`.

    Emitters at one mast, height, frequency and reach share one sweep. A loss is the same function
    of mast and cell whatever else is computed, and the mosaic is the same for every order of
    updates, so neither threads nor pruning nor a start change a byte.

    Parameters
    ----------
    emitters, surface, rx_height_agl_m, rx_gain_db, start, in_place, threads, prune
        As there; masts must stand on the grid, and there must be ground in every cell.
    floor_dbm, progress, cancelled
        As there; a part is the near or the far ring of a mast.
    options
        Time percentage, polarisation, radio climate.

    Raises
    ------
    ModelRangeError
        A value is out of the range of P.1812.
    InvalidDataError
        The ground has holes, or masts stand off the grid; every one is listed.
    CancelledError
        `cancelled` said so.
    """
    options = options or SweepOptions()
    check_ranges(
        options,
        rx_height_agl_m,
        frequency_mhz=emitters.frequency_mhz,
        height_agl_m=emitters.height_agl_m,
        max_distance_m=emitters.max_distance_m,
    )
    check_ground(surface, emitters.x_m, emitters.y_m)
    mosaic = continued(start, len(emitters.required_dbm), surface.shape, in_place=in_place)
    sweep = _Sweep(surface, _terrain_of(surface), rx_height_agl_m, options)
    update = _Update(
        sweep,
        sector_kernel.Answer(
            mosaic.level_dbm, mosaic.second_dbm, mosaic.server, mosaic.count, mosaic.only
        ),
        np.ones(surface.shape, dtype=np.bool_) if surface.wanted is None else surface.wanted,
        prune,
    )
    masts = _masts(emitters, rx_gain_db, floor_dbm)
    jobs = [
        (site, frequencies_mhz, sectors, *ring)
        for number in range(len(_RINGS_M) + 1)
        for site, frequencies_mhz, sectors in masts
        if (ring := _ring(site.reach_m, number)) is not None
    ]
    _run_all(update, jobs, threads or os.cpu_count() or 1, progress, cancelled)
    return mosaic


@dataclass(frozen=True, slots=True)
class _Site:
    """What a sweep starts from, m."""

    x_m: float
    y_m: float
    height_agl_m: float
    reach_m: float


@dataclass(frozen=True, slots=True)
class _Place:
    """Mast and cells of one sweep."""

    mast: sweep_kernel.Mast
    window: sweep_kernel.Window
    mast_amsl_m: float


_Job = tuple[_Site, tuple[float, ...], sector_kernel.Sectors, float, float]


class _Sweep:
    """Losses of sites over one terrain, with buffers for each thread."""

    def __init__(
        self, surface: Surface, terrain: Terrain, rx_height_agl_m: float, options: SweepOptions
    ) -> None:
        self.surface = surface
        self.terrain = terrain
        self._rx_height_agl_m = rx_height_agl_m
        self._options = options
        self._own = threading.local()

    def place(self, site: _Site, nearest_m: float, farthest_m: float) -> _Place:
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
        ground = ray_state.ground_at(self.terrain, row, col)
        return _Place(mast, window, ground + site.height_agl_m)

    def run(
        self,
        losses: npt.NDArray[np.floating],
        frequencies_mhz: Sequence[float],
        site: _Site,
        place: _Place,
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
                    loss, place.window, place.mast, self.terrain, fan, link, ray
                )
            return
        reach_km = site.reach_m / _M_PER_KM
        constants = _constants(tuple(links), reach_km, screen)
        median_kernel.sweep_site_median(
            losses, place.window, place.mast, self.terrain, fan, constants, median_ray, desk
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


class _Update:
    """Sweeps one ring of one site and lets it into the mosaic; safe in any number of threads."""

    def __init__(
        self,
        sweep: _Sweep,
        answer: sector_kernel.Answer,
        wanted: npt.NDArray[np.bool_],
        prune: bool,
    ) -> None:
        self._sweep = sweep
        self._answer = answer
        self._wanted = wanted
        self._prune = prune
        stripes = sweep.surface.shape[0] // _STRIPE_ROWS + 1
        self._locks = [threading.Lock() for _ in range(stripes)]

    def __call__(self, job: _Job) -> None:
        site, frequencies_mhz, sectors, nearest_m, farthest_m = job
        surface = self._sweep.surface
        place = self._sweep.place(site, nearest_m, farthest_m)
        shape = (len(frequencies_mhz), place.window.rows, place.window.cols)
        losses = np.empty(shape, dtype=np.float32)
        asked = sector_kernel.ask(
            losses,
            place.window,
            place.mast,
            sectors,
            self._answer,
            surface.ground_m,
            surface.cell_m,
            place.mast_amsl_m,
            92.4 + 20.0 * np.log10(np.array(frequencies_mhz) / _M_PER_KM),
            self._wanted,
            self._prune,
        )
        if asked:
            self._sweep.run(losses, frequencies_mhz, site, place, screen=self._prune)
            self._tell(losses, place, sectors)

    def _tell(
        self, losses: npt.NDArray[np.float32], place: _Place, sectors: sector_kernel.Sectors
    ) -> None:
        surface, window = self._sweep.surface, place.window
        for stripe, lock in enumerate(self._locks):
            first = max(stripe * _STRIPE_ROWS - window.row_0, 0)
            end = min((stripe + 1) * _STRIPE_ROWS - window.row_0, window.rows)
            if first < end:
                with lock:
                    sector_kernel.tell(
                        losses,
                        window,
                        first,
                        end,
                        place.mast,
                        sectors,
                        self._answer,
                        surface.ground_m,
                        surface.cell_m,
                        place.mast_amsl_m,
                    )


def _run_all(
    update: _Update,
    jobs: list[_Job],
    threads: int,
    progress: Callable[[int, int], None] | None,
    cancelled: Callable[[], bool] | None,
) -> None:
    """All jobs, a few ahead of the threads, so that a stop is felt soon."""
    waiting = iter(jobs)
    done = 0
    with ThreadPoolExecutor(threads) as pool:
        running = {pool.submit(update, job) for job in itertools.islice(waiting, 2 * threads)}
        while running:
            if cancelled is not None and cancelled():
                pool.shutdown(cancel_futures=True)
                raise CancelledError("the computation of coverage was cancelled")
            finished, running = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                future.result()
            done += len(finished)
            running |= {
                pool.submit(update, job) for job in itertools.islice(waiting, len(finished))
            }
            if progress is not None:
                progress(done, len(jobs))


def _masts(
    emitters: Emitters, rx_gain_db: float, floor_dbm: float
) -> list[tuple[_Site, tuple[float, ...], sector_kernel.Sectors]]:
    """Emitters that share a sweep, in an order that scatters masts over the map.

    Wherever a cell lies, masts near and far then come in no order, so that few of them find their
    level the highest so far; from west to east nearly every one would.
    """
    keys = np.column_stack(
        [emitters.x_m, emitters.y_m, emitters.height_agl_m, emitters.max_distance_m]
    )
    distinct, group = np.unique(keys, axis=0, return_inverse=True)
    order = np.argsort(group.reshape(-1), kind="stable")
    bounds = np.searchsorted(group.reshape(-1)[order], np.arange(len(distinct) + 1))
    found = []
    for k in np.random.default_rng(_SCATTER).permutation(len(distinct)):
        rows = order[bounds[k] : bounds[k + 1]]
        rows = rows[np.lexsort((emitters.layer[rows], emitters.frequency_mhz[rows]))]
        frequencies, band = np.unique(emitters.frequency_mhz[rows], return_inverse=True)
        sectors = _sectors(emitters, rows, band, rx_gain_db, floor_dbm)
        site = _Site(*(float(value) for value in distinct[k]))
        found.append((site, tuple(frequencies.tolist()), sectors))
    return found


def _sectors(
    emitters: Emitters,
    rows: npt.NDArray[np.int64],
    band: npt.NDArray[np.int64],
    rx_gain_db: float,
    floor_dbm: float,
) -> sector_kernel.Sectors:
    layer = emitters.layer[rows].astype(np.int64)
    required = emitters.required_dbm[layer]
    return sector_kernel.Sectors(
        strength_dbm=emitters.reference_eirp_dbm[rows] + rx_gain_db,
        azimuth_deg=emitters.azimuth_deg[rows],
        downtilt_deg=emitters.downtilt_deg[rows],
        beamwidth_h_deg=emitters.beamwidth_h_deg[rows],
        beamwidth_v_deg=emitters.beamwidth_v_deg[rows],
        alike=_alike(emitters, rows),
        band=band,
        layer=layer,
        number=emitters.numbers()[rows],
        site=emitters.sites()[rows],
        required_dbm=required.astype(np.float32),
        floor_dbm=np.minimum(floor_dbm, required).astype(np.float32),
        tables=_tables(emitters, rows),
    )


def _alike(emitters: Emitters, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Of each emitter, the first of them with the same antenna in the same direction."""
    antennas = np.column_stack(
        [
            emitters.azimuth_deg[rows],
            emitters.downtilt_deg[rows],
            emitters.beamwidth_h_deg[rows],
            emitters.beamwidth_v_deg[rows],
            emitters.mechanical_tilts()[rows],
            emitters.table_indices()[rows],
        ]
    )
    _, first, which = np.unique(antennas, axis=0, return_index=True, return_inverse=True)
    return first[which.reshape(-1)]


def _tables(emitters: Emitters, rows: npt.NDArray[np.int64]) -> sector_kernel.SectorTables | None:
    """Tables and mechanical tilts of some emitters; None where none has either."""
    own = emitters.take(rows)
    if antenna_table.plain_form(own).all():
        return None
    cuts_db = own.tables()
    return sector_kernel.SectorTables(
        mechanical_deg=own.mechanical_tilts(),
        pattern=own.table_indices(),
        cuts_db=cuts_db,
        weakest_db=antenna_table.weakest_db(cuts_db),
    )


def _ring(reach_m: float, number: int) -> tuple[float, float] | None:
    """Nearest and farthest distance of a pass: near rings first fill the mosaic."""
    edges = [0.0, *(edge_m for edge_m in _RINGS_M if edge_m < reach_m), reach_m]
    if number + 1 >= len(edges):
        return None
    return float(np.nextafter(edges[number], np.inf)) if number else 0.0, edges[number + 1]


def _terrain_of(surface: Surface) -> Terrain:
    return ray_state.terrain_of(
        surface.ground_m, surface.clutter_m, surface.zone, cell_km=surface.cell_m / _M_PER_KM
    )


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
