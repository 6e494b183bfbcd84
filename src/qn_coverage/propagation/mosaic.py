"""Many emitters, one answer a cell: the strongest, the second strongest, how many suffice."""

from __future__ import annotations

import importlib
import os
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from qn_coverage.core.errors import CancelledError, ModelRangeError
from qn_coverage.propagation import antenna_table, distance_table, mosaic_bound, mosaic_kernel
from qn_coverage.propagation.emitters import Mosaic, continued
from qn_coverage.propagation.models import MODELS, resolve
from qn_coverage.propagation.mosaic_input import check_inputs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy.typing as npt

    from qn_coverage.propagation.emitters import Emitters, Surface
    from qn_coverage.propagation.models import LossFunction, Model
    from qn_coverage.propagation.mosaic_kernel import Window

FLOOR_DBM: Final = -140.0
"""Weakest level worth keeping: the lower end of what a telephone reports as RSRP is -140 dBm for
4G (TS 36.133, table 9.1.4-1) and -156 dBm for 5G."""

_TILE_CELLS: Final = 64
_TABLES_AT_ONCE: Final = 256
_LOWEST_FLOOR_DBM: Final = -1000.0
_MOST_LISTED: Final = 8


def best_servers(
    model: str | Model | LossFunction,
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
    options: Any = None,
) -> Mosaic:
    """Best servers of all layers.

    Terrain-free models see flat ground: the loss is that of the horizontal distance between mast
    and cell centre and of the cell's environment, and the vertical pattern is taken at the angle
    whose tangent is (mast height - receiver height) / distance. Cells nearer than a model's least
    distance take the loss at that distance; beyond its greatest an emitter is not followed.

    The answer does not depend on threads, on the order of the emitters (but for their numbers), on
    pruning, or on whether it is computed in one pass or continued from `start`. Memory does not
    grow with the number of emitters.

    Parameters
    ----------
    model
        Name, `Model` or function of the common signature (see `models`). Terrain models are handed
        to `sweep.best_servers_terrain`.
    emitters
        n emitters; those outside the grid count where they reach into it.
    surface
        Ground; terrain-free models use its `environment` only.
    rx_height_agl_m
        Receiver above ground, m.
    rx_gain_db
        Gain of the receiving antenna less losses, dB.
    start
        Mosaic to go on from.
    in_place
        Whether `start` itself is gone on with, and given back; otherwise it is left as it is. Large
        mosaics are new memory to the system, which takes longer than a few masts. Work that is
        cancelled leaves it part of the way.
    threads
        How many; None for one a processor.
    prune
        False computes every level, for tests and benchmarks; the answer is the same.
    floor_dbm
        Weaker levels count as none. Where a layer requires less than that, its floor is what it
        requires. Terrain-free models only.
    progress
        Called in the calling thread with (parts done, all parts).
    cancelled
        Asked in the calling thread after each part; True stops the work.
    options
        Options of the terrain model.

    Returns
    -------
    Mosaic
        Arrays of shape (layers, rows, cols).

    Raises
    ------
    UnknownNameError
        No model has that name.
    ModelRangeError
        An emitter or the receiver is outside the model's range.
    InvalidDataError
        Emitters with problems: all are listed.
    CancelledError
        `cancelled` said so.
    """
    chosen = resolve(model)
    check_inputs(emitters, surface, start)
    _check_floor(floor_dbm)
    _check_model(chosen, emitters, rx_height_agl_m)
    if chosen.kind == "terrain":
        sweep = importlib.import_module("qn_coverage.propagation.sweep")  # compiles much: only now
        over_terrain: Mosaic = sweep.best_servers_terrain(
            emitters,
            surface,
            rx_height_agl_m=rx_height_agl_m,
            rx_gain_db=rx_gain_db,
            start=start,
            in_place=in_place,
            threads=threads,
            prune=prune,
            progress=progress,
            cancelled=cancelled,
            options=options,
        )
        return over_terrain
    mosaic = continued(start, len(emitters.required_dbm), surface.shape, in_place=in_place)
    job = _Job(
        model=chosen,
        emitters=emitters,
        ground=mosaic_kernel.Ground(
            float(surface.west_m),
            float(surface.north_m),
            float(surface.cell_m),
            np.ascontiguousarray(surface.environment, dtype=np.uint8),
        ),
        rules=mosaic_kernel.Rules(
            required_dbm=emitters.required_dbm.astype(np.float32),
            floor_dbm=np.minimum(floor_dbm, emitters.required_dbm).astype(np.float32),
            directional=chosen.kind != "buffer",
            prune=prune,
        ),
        rx_height_m=rx_height_agl_m,
        rx_gain_db=rx_gain_db,
    )
    _run(job, mosaic, threads or os.cpu_count() or 1, progress, cancelled)
    return mosaic if surface.wanted is None else _only_wanted(mosaic, surface.wanted)


def _only_wanted(mosaic: Mosaic, wanted: npt.NDArray[np.bool_]) -> Mosaic:
    """Leave out what tiles hold besides: all models answer the same cells."""
    empty = Mosaic.empty(len(mosaic.level_dbm), wanted.shape)
    for field in fields(Mosaic):
        values = getattr(mosaic, field.name)
        values[..., ~wanted] = getattr(empty, field.name)[..., ~wanted]
    return mosaic


def _check_floor(floor_dbm: float) -> None:
    if not _LOWEST_FLOOR_DBM <= floor_dbm < np.inf:
        raise ModelRangeError(f"floor_dbm = {floor_dbm:g} is below {_LOWEST_FLOOR_DBM:g} dBm")


def _check_model(model: Model, emitters: Emitters, rx_height_agl_m: float) -> None:
    """Say at once all that a model has no answer for, and which models have one."""
    outside = _outside(model, emitters, rx_height_agl_m)
    if outside:
        fit = [m.name for m in MODELS.values() if not _outside(m, emitters, rx_height_agl_m)]
        raise ModelRangeError(
            f"Mô hình {model.name} không dùng được cho mạng này / "
            f"{model.name} is not defined for this network:\n"
            + "".join(f"- {line}\n" for line in outside)
            + f"Có thể dùng / Take one of: {', '.join(fit)}."
        )


def _outside(model: Model, emitters: Emitters, rx_height_agl_m: float) -> list[str]:
    """What lies outside a model's ranges, a line for each quantity."""
    lines = []
    for name, values, (low, high) in (
        ("frequency_mhz", emitters.frequency_mhz, model.frequency_mhz),
        ("tx_height_m", emitters.height_agl_m, model.tx_height_m),
        ("rx_height_m", np.array([rx_height_agl_m]), model.rx_height_m),
    ):
        wrong = values[~((low <= values) & (values <= high))]
        if wrong.size:
            count = f" ({wrong.size} of {values.size} emitters)" if name != "rx_height_m" else ""
            lines.append(f"{name}: {_listed(wrong)}; expected {low:g} to {high:g}{count}")
    return lines


def _listed(values: npt.NDArray[np.float64]) -> str:
    """The different values, or the least and the greatest where they are many."""
    different = np.unique(values)
    if len(different) > _MOST_LISTED:
        return f"{different[0]:g} to {different[-1]:g}"
    return ", ".join(f"{value:g}" for value in different)


@dataclass(frozen=True, slots=True, eq=False)
class _Job:
    model: Model
    emitters: Emitters
    ground: mosaic_kernel.Ground
    rules: mosaic_kernel.Rules
    rx_height_m: float
    rx_gain_db: float


@dataclass(frozen=True, slots=True, eq=False)
class _Batch:
    """Emitters that share a bounded number of tables."""

    members: npt.NDArray[np.int64]
    columns: mosaic_bound.Columns
    tables: distance_table.Tables


def _run(
    job: _Job,
    mosaic: Mosaic,
    threads: int,
    progress: Callable[[int, int], None] | None,
    cancelled: Callable[[], bool] | None,
) -> None:
    windows = list(_windows(job.ground.environment.shape))
    batches = list(_batch_members(job.emitters))
    total = len(windows) * len(batches)
    done = 0
    with ThreadPoolExecutor(threads) as pool:
        try:
            for members, table_of, pairs in batches:
                batch = _batch(job, members, table_of, pairs)
                pending = {pool.submit(_fill, job, batch, mosaic, window) for window in windows}
                while pending:
                    finished, pending = wait(pending, return_when=FIRST_COMPLETED)
                    for future in finished:
                        future.result()
                    done += len(finished)
                    _report(done, total, progress, cancelled)
        except BaseException:  # an interrupt, too, must not wait for all that is queued
            pool.shutdown(cancel_futures=True)
            raise


def _report(
    done: int,
    total: int,
    progress: Callable[[int, int], None] | None,
    cancelled: Callable[[], bool] | None,
) -> None:
    if progress is not None:
        progress(done, total)
    if cancelled is not None and cancelled():
        raise CancelledError("đã dừng tính vùng phủ / the computation of coverage was cancelled")


def _windows(shape: tuple[int, int]) -> Iterator[Window]:
    rows, cols = shape
    for row in range(0, rows, _TILE_CELLS):
        for col in range(0, cols, _TILE_CELLS):
            yield row, min(row + _TILE_CELLS, rows), col, min(col + _TILE_CELLS, cols)


def _batch_members(
    emitters: Emitters,
) -> Iterator[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.float64]]]:
    """Rows of emitters, the table of each and the (frequency, height) of each table."""
    if not len(emitters):
        return
    pairs = np.column_stack([emitters.frequency_mhz, emitters.height_agl_m])
    distinct, table_of = np.unique(pairs, axis=0, return_inverse=True)
    table_of = table_of.reshape(-1).astype(np.int64)
    for first in range(0, len(distinct), _TABLES_AT_ONCE):
        inside = (table_of >= first) & (table_of < first + _TABLES_AT_ONCE)
        yield np.flatnonzero(inside), table_of - first, distinct[first : first + _TABLES_AT_ONCE]


def _batch(
    job: _Job,
    members: npt.NDArray[np.int64],
    table_of: npt.NDArray[np.int64],
    pairs: npt.NDArray[np.float64],
) -> _Batch:
    emitters = job.emitters
    reach_m = np.minimum(emitters.max_distance_m, 1000.0 * job.model.distance_km[1])
    tables = distance_table.tabulate(
        job.model,
        frequency_mhz=pairs[:, 0],
        height_m=pairs[:, 1],
        rx_height_m=job.rx_height_m,
        max_distance_m=float(reach_m[members].max()),
    )
    columns = mosaic_bound.Columns(
        x_m=_floats(emitters.x_m),
        y_m=_floats(emitters.y_m),
        eirp_dbm=_floats(emitters.reference_eirp_dbm + job.rx_gain_db),
        azimuth_deg=_floats(emitters.azimuth_deg),
        downtilt_deg=_floats(emitters.downtilt_deg),
        beamwidth_h_deg=_floats(emitters.beamwidth_h_deg),
        beamwidth_v_deg=_floats(emitters.beamwidth_v_deg),
        reach_m=_floats(reach_m),
        layer=np.ascontiguousarray(emitters.layer, dtype=np.int32),
        number=emitters.numbers(),
        site=emitters.sites(),
        table=table_of,
        plain=antenna_table.plain_form(emitters),
        mechanical_deg=emitters.mechanical_tilts(),
        pattern=emitters.table_indices(),
        cuts_db=emitters.tables(),
        weakest_db=antenna_table.weakest_db(emitters.tables()),
    )
    return _Batch(members, columns, tables)


def _floats(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    # One type and layout, so that kernels are compiled once.
    return np.ascontiguousarray(values, dtype=np.float64)


def _fill(job: _Job, batch: _Batch, mosaic: Mosaic, window: Window) -> None:
    mosaic_kernel.fill_tile(
        window,
        _candidates(job.ground, batch, window),
        batch.columns,
        batch.tables,
        job.ground,
        job.rules,
        mosaic_kernel.Answer(
            mosaic.level_dbm, mosaic.second_dbm, mosaic.server, mosaic.count, mosaic.only
        ),
    )


def _candidates(
    ground: mosaic_kernel.Ground, batch: _Batch, window: Window
) -> npt.NDArray[np.int64]:
    """Emitters that may reach a window, layer by layer, strongest first so that bounds bite."""
    columns, members = batch.columns, batch.members
    box = mosaic_kernel.box_of(window, ground.west_m, ground.north_m, ground.cell_m)
    squared = mosaic_bound.nearest_squared_m2(columns.x_m[members], columns.y_m[members], box)
    near = squared <= columns.reach_m[members] ** 2
    members, knots = members[near], distance_table.knots_before(squared[near])
    least_loss = batch.tables.least_loss_db[columns.table[members], :, knots].min(axis=1)
    order = np.lexsort((least_loss - columns.eirp_dbm[members], columns.layer[members]))
    return members[order]
