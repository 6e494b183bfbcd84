"""P.1812 over terrain: the loss of one mast everywhere, and the best servers of many.

Rays run out from each mast; along a ray everything that P.1812 asks of a profile is kept up to
date, so a cell costs O(log n) and not O(n). See docs/engine.md for the method and its proofs.
"""

from __future__ import annotations

import itertools
import os
import threading
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from qn_coverage.core.errors import CancelledError
from qn_coverage.propagation import sector_kernel
from qn_coverage.propagation.emitters import continued
from qn_coverage.propagation.masts import masts_of
from qn_coverage.propagation.site_sweep import Site, SiteSweep
from qn_coverage.propagation.sweep_check import SweepOptions, check_ground, check_ranges

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from qn_coverage.propagation.emitters import Emitters, Mosaic, Surface
    from qn_coverage.propagation.masts import MastFaces
    from qn_coverage.propagation.site_sweep import Place

FLOOR_DBM: Final = -140.0
"""Weakest level worth keeping, as in `mosaic`."""

_RINGS_M: Final = (6000.0,)
"""Ends of the passes but the last: near masts settle most cells before far ones ask."""
_STRIPE_ROWS: Final = 128
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
    site = Site(x_m, y_m, tx_height_agl_m, max_distance_m)
    sweep = SiteSweep(surface, rx_height_agl_m, options)
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
    sweep = SiteSweep(surface, rx_height_agl_m, options)
    update = _Update(
        sweep,
        sector_kernel.Answer(
            mosaic.level_dbm, mosaic.second_dbm, mosaic.server, mosaic.count, mosaic.only
        ),
        np.ones(surface.shape, dtype=np.bool_) if surface.wanted is None else surface.wanted,
        prune,
    )
    masts = masts_of(emitters, rx_gain_db=rx_gain_db, floor_dbm=floor_dbm)
    jobs = [
        _Job(faces, *ring)
        for number in range(len(_RINGS_M) + 1)
        for faces in masts
        if (ring := _ring(faces.site.reach_m, number)) is not None
    ]
    _run_all(update, jobs, threads or os.cpu_count() or 1, progress, cancelled)
    return mosaic


@dataclass(frozen=True, slots=True, eq=False)
class _Job:
    """One ring of one mast."""

    faces: MastFaces
    nearest_m: float
    farthest_m: float


class _Update:
    """Sweeps one ring of one mast and lets it into the mosaic; safe in any number of threads."""

    def __init__(
        self,
        sweep: SiteSweep,
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
        faces, surface = job.faces, self._sweep.surface
        frequencies_mhz, sectors = faces.frequencies_mhz, faces.sectors
        place = self._sweep.place(faces.site, job.nearest_m, job.farthest_m)
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
            self._sweep.run(losses, frequencies_mhz, faces.site, place, screen=self._prune)
            self._tell(losses, place, sectors)

    def _tell(
        self, losses: npt.NDArray[np.float32], place: Place, sectors: sector_kernel.Sectors
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
                raise CancelledError(
                    "đã dừng tính vùng phủ / the computation of coverage was cancelled"
                )
            finished, running = wait(running, return_when=FIRST_COMPLETED)
            for future in finished:
                future.result()
            done += len(finished)
            running |= {
                pool.submit(update, job) for job in itertools.islice(waiting, len(finished))
            }
            if progress is not None:
                progress(done, len(jobs))


def _ring(reach_m: float, number: int) -> tuple[float, float] | None:
    """Nearest and farthest distance of a pass: near rings first fill the mosaic."""
    edges = [0.0, *(edge_m for edge_m in _RINGS_M if edge_m < reach_m), reach_m]
    if number + 1 >= len(edges):
        return None
    return float(np.nextafter(edges[number], np.inf)) if number else 0.0, edges[number + 1]
