"""What candidates would add: as the mosaic says, whatever the batches, order and planes."""

import numpy as np
import pytest

from qn_coverage.analysis.error_model import Component, ErrorModel
from qn_coverage.analysis.plan import reach as module
from qn_coverage.analysis.plan.cases import standard_cases
from qn_coverage.analysis.plan.demand import gathered, ground_of, unserved
from qn_coverage.analysis.plan.matrices import csr
from qn_coverage.analysis.plan.reach import Offer, reach_of, served_villages
from qn_coverage.analysis.probability import Criterion
from qn_coverage.core.errors import CancelledError
from qn_coverage.core.grid import Grid
from qn_coverage.propagation.emitters import Emitters, Surface
from qn_coverage.propagation.mosaic import best_servers

GRID = Grid("EPSG:5899", 0.0, 12_000.0, 200.0, 60, 60)
CASES = standard_cases(
    Criterion(0.0, 0.0), ErrorModel((Component(8.0, 2e4), Component(6.0, 500.0)))
)
SURFACE = Surface(
    0.0, 12_000.0, 200.0,
    *(np.zeros(GRID.shape, dtype=np.float32) for _ in range(2)),
    np.full(GRID.shape, 4, dtype=np.uint8), np.zeros(GRID.shape, dtype=np.uint8),
)  # fmt: skip


def best(emitters, surface):
    return best_servers("okumura_hata", emitters, surface, rx_height_agl_m=1.5)


def offer_of(count=5, planes=None, order=None):
    random = np.random.default_rng(4)
    x, y = random.uniform(1000, 11_000, (2, count))
    order = np.arange(count) if order is None else order
    rows = np.repeat(order, 2)
    full = np.ones(2 * count)
    emitters = Emitters(
        x_m=x[rows], y_m=y[rows], height_agl_m=40 * full,
        frequency_mhz=np.tile([950.0, 1842.5], count), reference_eirp_dbm=np.tile([-8.0, -4.0], count),
        azimuth_deg=np.nan * full, downtilt_deg=2 * full, beamwidth_h_deg=np.nan * full,
        beamwidth_v_deg=9 * full, max_distance_m=5000 * full,
        layer=np.tile([0, 1], count).astype(np.int32), required_dbm=np.array([-96.0, -104.0]),
    )  # fmt: skip
    serves = np.ones((count, 1), dtype=np.bool_) if planes is None else planes
    return Offer(tuple(f"c{j}" for j in order), emitters, np.repeat(np.arange(count), 2), serves)


def cells_of(today=-30.0):
    here = ground_of(
        GRID,
        people=np.random.default_rng(9).uniform(0, 9, GRID.shape),
        land=np.ones(GRID.shape),
        commune=np.zeros(GRID.shape, dtype=np.int64),
        need=np.ones(1),
        villages=csr((1, GRID.rows * GRID.cols)),
        households=np.zeros(1),
    )
    level = np.full(GRID.shape, today, dtype=np.float32)
    return unserved(here, {"any": level}, case=CASES[0], uncovered_below=0.9)


def found(offer, demand, **options):
    return reach_of(
        offer, demand, SURFACE, best=best, cases=CASES, location_margin_db=7.0, **options
    )


def test_a_gain_is_the_rise_of_probability_that_the_mosaic_gives():
    offer, cells = offer_of(), cells_of()
    gain = found(offer, cells, least_gain=0.0).gain
    for candidate in range(5):
        own = offer.emitters.take(np.flatnonzero(offer.owner == candidate))
        level = best(own, SURFACE).level_dbm
        bare = own.required_dbm[:, np.newaxis, np.newaxis] - 7.0
        margin = (level - bare).max(axis=0).ravel()[cells.cell].astype(np.float32)
        for number, case in enumerate(CASES):
            rise = case.chance(margin).astype(float) - case.chance(cells.margin_db)
            got = gain[number].toarray()[candidate]
            assert got == pytest.approx(np.maximum(rise, 0.0), abs=1e-4)
    assert gain[0].nnz > 1000


def test_batches_do_not_change_the_answer(monkeypatch):
    offer, cells = offer_of(), cells_of()
    together = found(offer, cells).gain[0]
    monkeypatch.setattr(module, "_AT_ONCE", 1)
    alone = found(offer, cells).gain[0]
    assert (together != alone).nnz == 0


def test_the_order_of_candidates_does_not_change_their_gains():
    cells, order = cells_of(), np.array([3, 0, 4, 1, 2])
    plain, mixed = found(offer_of(), cells).gain[0], found(offer_of(order=order), cells).gain[0]
    assert np.array_equal(mixed.toarray(), plain.toarray()[order])


def test_a_candidate_gains_nothing_where_it_is_weaker_than_what_is_there():
    strong = cells_of(today=5.0)
    gain = found(offer_of(), strong, least_gain=0.0).gain[0]
    assert gain.data.min() > 0.0
    assert gain.nnz < found(offer_of(), cells_of(), least_gain=0.0).gain[0].nnz


def test_a_point_gains_the_mean_of_its_cells():
    offer, cells = offer_of(), cells_of()
    points = gathered(cells, "people", most=100)
    fine = found(offer, cells, least_gain=0.0).gain[0] @ cells.weights["people"]
    coarse = found(offer, points, least_gain=0.0).gain[0] @ points.per_point("people")
    assert coarse == pytest.approx(fine, rel=1e-4)


def test_only_the_planes_of_a_candidate_are_served():
    here = cells_of()
    serves = np.array([[True], [False], [True], [False], [True]])
    gain = found(offer_of(planes=serves), here).gain[0]
    served = np.diff(gain.indptr) > 0
    assert np.array_equal(served, serves[:, 0])


def test_the_chance_of_a_village_is_the_mean_over_its_disc():
    offer, cells = offer_of(), cells_of()
    discs = np.zeros((3, GRID.rows * GRID.cols))
    discs[0, 1800:1810], discs[1, 70] = 0.1, 1.0
    chance = served_villages(
        offer, csr(discs), cells, SURFACE, best=best, case=CASES[0], location_margin_db=7.0
    ).toarray()
    assert chance.shape == (5, 3)
    assert (chance[:, 2] == 0.0).all()
    own = offer.emitters.take(np.flatnonzero(offer.owner == 0))
    bare = own.required_dbm[:, np.newaxis, np.newaxis] - 7.0
    margin = (best(own, SURFACE).level_dbm - bare).max(axis=0).ravel()
    expected = CASES[0].chance(margin.astype(np.float32))[1800:1810].mean()
    assert chance[0, 0] == pytest.approx(expected if expected >= 0.01 else 0.0, abs=1e-4)


def test_the_work_can_be_cancelled():
    with pytest.raises(CancelledError):
        found(offer_of(), cells_of(), cancelled=lambda: True)
