"""Who serves a cell alone: one pass agrees with asking every cell about every site."""

from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy import sparse

from qn_coverage.analysis import overlap
from qn_coverage.analysis.coverage import Coverage, Layer
from qn_coverage.analysis.overlap import MANY_SITES, NO_SITE
from qn_coverage.core.grid import Grid
from qn_coverage.propagation.emitters import Emitters, Surface
from qn_coverage.propagation.mosaic import best_servers

SITES, CELLS = 5, 12

masks = arrays.arrays(np.bool_, (SITES, CELLS))
worth = arrays.arrays(np.int64, (2, CELLS), elements=st.integers(0, 1000)).map(
    lambda values: values.astype(np.float64)
)


def reached(mask):
    return [(site, np.flatnonzero(row)) for site, row in enumerate(mask)]


def dumb(mask, weights):
    """Every cell asked about every site."""
    only, count = [], []
    totals = np.zeros((len(weights), len(mask)))
    for cell in range(mask.shape[1]):
        here = [site for site in range(len(mask)) if mask[site, cell]]
        only.append(here[0] if len(here) == 1 else MANY_SITES if here else NO_SITE)
        count.append(len(here))
        for site in here:
            totals[:, site] += weights[:, cell]
    return only, count, totals


@given(masks, worth, st.permutations(range(SITES)))
def test_one_pass_in_any_order_equals_the_dumb_twin(mask, weights, order):
    found = overlap.overlap_of([reached(mask)[i] for i in order], sites=SITES, weights=weights)
    only, count, totals = dumb(mask, weights)
    assert found.only.tolist() == only
    assert found.count.tolist() == count
    np.testing.assert_array_equal(found.totals, totals)


@given(masks, worth)
def test_what_a_site_serves_alone_is_what_is_lost_without_it(mask, weights):
    found = overlap.overlap_of(reached(mask), sites=SITES, weights=weights)
    own = overlap.alone(found.only, sites=SITES, weights=weights)
    whole = weights @ mask.any(axis=0)
    for site in range(SITES):
        without = weights @ np.delete(mask, site, axis=0).any(axis=0)
        np.testing.assert_array_equal(own[:, site], whole - without)
    assert (own <= found.totals).all()


@given(arrays.arrays(np.bool_, (3, SITES, CELLS)), st.permutations(range(3)))
def test_joining_layers_equals_counting_sites_over_all_of_them(mask, order):
    weights = np.ones((1, CELLS))
    by_layer = [
        overlap.overlap_of(reached(layer), sites=SITES, weights=weights).only for layer in mask
    ]
    together = overlap.overlap_of(reached(mask.any(axis=0)), sites=SITES, weights=weights).only
    np.testing.assert_array_equal(overlap.joined(np.stack([by_layer[i] for i in order])), together)


@given(masks, worth)
def test_losses_by_unit_sum_to_what_the_site_serves_alone(mask, weights):
    people = weights[0]
    split = np.linspace(0.0, 1.0, CELLS)
    units = sparse.csr_array(np.stack([people * split, people * (1.0 - split)]))
    only = overlap.overlap_of(reached(mask), sites=SITES, weights=weights).only
    lost = overlap.losses(only, units, sites=SITES)
    own = overlap.alone(only, sites=SITES, weights=weights)
    np.testing.assert_allclose(np.asarray(lost.sum(axis=0)), own[0])


def test_the_count_stays_at_255():
    many = [(site, np.array([0])) for site in range(300)]
    found = overlap.overlap_of(many, sites=300, weights=np.ones((1, 2)))
    assert found.count.tolist() == [255, 0]
    assert found.only.tolist() == [MANY_SITES, NO_SITE]


def test_counting_twice_is_refused():
    ones = np.ones((1, 3))
    with pytest.raises(ValueError, match="site 1 comes twice"):
        overlap.overlap_of([(1, np.array([0])), (1, np.array([2]))], sites=2, weights=ones)
    with pytest.raises(ValueError, match="not strictly increasing"):
        overlap.overlap_of([(0, np.array([1, 1]))], sites=2, weights=ones)


def test_tables_name_sites_and_units():
    mask = np.array([[1, 1, 0, 0], [0, 1, 1, 0]], dtype=bool)
    land, people = np.full(4, 0.01), np.array([5.0, 7.0, 11.0, 13.0])
    found = overlap.overlap_of(reached(mask), sites=2, weights=np.stack([land, people]))
    table = overlap.contributions(found, ["A", "B"], land_km2=land, people=people)
    assert table["people"].tolist() == [12.0, 18.0]
    assert table["people_alone"].tolist() == [5.0, 11.0]
    assert table["land_km2_alone"].tolist() == [0.01, 0.01]
    units = sparse.csr_array(np.array([[5.0, 7.0, 0.0, 0.0], [0.0, 0.0, 11.0, 13.0]]))
    lost = overlap.losses(found.only, units, sites=2)
    rows = overlap.loss_table(lost, site_ids=["A", "B"], codes=["xã 1", "xã 2"])
    assert rows.to_dict("list") == {
        "site_id": ["B", "A"],
        "code": ["xã 2", "xã 1"],
        "people_lost": [11.0, 5.0],
    }


def test_no_site_leaves_every_cell_without_one():
    found = overlap.overlap_of([], sites=0, weights=np.ones((2, 3)))
    assert found.only.tolist() == [NO_SITE] * 3
    assert overlap.alone(found.only, sites=0, weights=np.ones((2, 3))).shape == (2, 0)


# Against the engine


GRID = Grid("EPSG:5899", 400_000.0, 2_300_000.0, 100.0, 150, 180)
LAYERS = (Layer("Viettel", "2G", -95.0), Layer("Viettel", "4G", -110.0), Layer("X", "4G", -110.0))


def steep(distance_km, *, frequency_mhz, tx_height_m, rx_height_m, environment):
    """35 dB a decade, and 8 dB more for each step from the open towards a city."""
    distance_km, environment = np.maximum(distance_km, 0.1), np.asarray(environment)
    return 45.0 + 35.0 * np.log10(distance_km) + 20.0 * np.log10(frequency_mhz) + 8.0 * environment


@pytest.fixture(scope="module")
def surface():
    zeros = np.zeros(GRID.shape, dtype=np.float32)
    environment = (np.arange(GRID.cols) // 60 % 3).astype(np.uint8)
    return Surface(
        west_m=GRID.west_m,
        north_m=GRID.north_m,
        cell_m=GRID.cell_m,
        ground_m=zeros,
        clutter_m=zeros,
        zone=np.full(GRID.shape, 4, dtype=np.uint8),
        environment=np.ascontiguousarray(np.broadcast_to(environment, GRID.shape)),
    )


@pytest.fixture(scope="module")
def network():
    """Six sites of three sectors, one of them off the grid, in three layers."""
    rng = np.random.default_rng(5)
    site_of = np.repeat(np.arange(6), 3)
    west, south, east, north = GRID.bounds_m
    x, y = rng.uniform(west, east, 6), rng.uniform(south, north, 6)
    x[5] = east + 500_000.0
    layer = rng.integers(0, 3, 18)
    emitters = Emitters(
        x_m=x[site_of],
        y_m=y[site_of],
        height_agl_m=np.full(18, 40.0),
        frequency_mhz=np.where(layer == 0, 900.0, 1800.0),
        reference_eirp_dbm=np.where(layer == 0, 32.0, 22.0),
        azimuth_deg=np.tile([0.0, 120.0, 240.0], 6),
        downtilt_deg=np.full(18, 4.0),
        beamwidth_h_deg=np.full(18, 65.0),
        beamwidth_v_deg=np.full(18, 7.0),
        max_distance_m=np.full(18, 6_000.0),
        layer=layer.astype(np.int32),
        required_dbm=np.array([layer.required_dbm for layer in LAYERS]),
    )
    return emitters, site_of


@pytest.fixture(scope="module")
def found(network, surface):
    emitters, site_of = network
    best = partial(best_servers, steep, rx_height_agl_m=1.5, threads=1)
    passes = list(overlap.reached_by_site(emitters, site_of, surface, best=best))
    weights = np.ones((1, GRID.rows * GRID.cols))
    return best, passes, overlap.overlap_of(passes, sites=6, weights=weights)


def test_the_second_pass_reaches_just_the_cells_that_the_mosaic_covers(network, surface, found):
    emitters, _ = network
    best, _, counted = found
    covered = Coverage(None, GRID, LAYERS, best(emitters, surface)).covered()
    assert 0.1 < covered.mean() < 0.9
    np.testing.assert_array_equal(counted.only.reshape(GRID.shape) != NO_SITE, covered)


def test_the_people_a_site_serves_alone_are_those_lost_when_the_engine_runs_without_it(
    network, surface, found
):
    emitters, site_of = network
    best, _, counted = found
    whole = Coverage(None, GRID, LAYERS, best(emitters, surface)).covered()
    for site in range(6):
        rest = emitters.take(np.flatnonzero(site_of != site))
        without = Coverage(None, GRID, LAYERS, best(rest, surface)).covered()
        np.testing.assert_array_equal((counted.only == site).reshape(GRID.shape), whole & ~without)


def test_a_site_off_the_grid_reaches_nothing(found):
    _, passes, _ = found
    cells = dict(passes)
    assert len(cells[5]) == 0
    assert all(len(cells[site]) for site in range(5))


def test_the_engine_keeps_the_same_number_as_the_second_pass(network, surface, found):
    emitters, site_of = network
    best, _, counted = found
    named = replace(emitters, site=site_of.astype(np.int32))
    mosaic = best(named, surface)
    np.testing.assert_array_equal(mosaic.only.ravel(), counted.only)
    # In two parts, and in the other order, too.
    first, rest = np.arange(7), np.arange(7, 18)
    half = best(named.take(rest), surface)
    whole = best(named.take(first), surface, start=half)
    np.testing.assert_array_equal(whole.only, mosaic.only)


def test_a_site_of_its_own_for_each_emitter_where_none_is_named(network, surface, found):
    emitters, _ = network
    best, _, _ = found
    mosaic = best(emitters, surface)
    alone = mosaic.only >= 0
    np.testing.assert_array_equal(mosaic.count.sum(axis=0)[alone], 1)
    np.testing.assert_array_equal(mosaic.only == NO_SITE, mosaic.count.sum(axis=0) == 0)


def test_the_counter_of_a_best_server_mosaic_does_not_say_who_serves_alone(network, surface, found):
    # Why a second pass is needed at all: two sectors of one mast count as two.
    emitters, _ = network
    best, _, counted = found
    mosaic = best(emitters, surface)
    alone = (counted.only >= 0).reshape(GRID.shape)
    assert (mosaic.count.sum(axis=0)[alone] > 1).any()


def test_chosen_sites_alone_can_be_asked_for(network, surface, found):
    emitters, site_of = network
    best, passes, _ = found
    chosen = list(overlap.reached_by_site(emitters, site_of, surface, best=best, sites=[3]))
    assert [site for site, _ in chosen] == [3]
    weights = np.ones((1, GRID.rows * GRID.cols))
    totals = overlap.overlap_of(chosen, sites=6, weights=weights).totals[0]
    assert np.flatnonzero(~np.isnan(totals)).tolist() == [3]
    np.testing.assert_array_equal(chosen[0][1], dict(passes)[3])
    assert pd.Series(chosen[0][1]).is_monotonic_increasing
