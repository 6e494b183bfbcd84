"""Every person and every square metre of land is counted once, at every level."""

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import box

from qn_coverage.analysis import zonal
from qn_coverage.core.grid import Grid, Raster

NO_VILLAGES = np.empty(0, dtype=np.int64)


def zones(communes, grid, population, villages=NO_VILLAGES):
    land = zonal.land_shares(communes, grid)
    return zonal.zones_of(
        "commune", communes["code"], land, population=population, village_units=villages
    )


def test_land_is_the_area_of_the_polygon(communes, grid, population):
    found = zones(communes, grid, population).land_km2(np.ones(grid.shape, dtype=bool))
    np.testing.assert_allclose(found, communes.area / 1e6, rtol=1e-6)


def test_people_of_shared_cells_are_counted_once(communes, grid, population):
    found = zones(communes, grid, population)
    land = zonal.land_raster(found.land, grid).values > 0
    everywhere = np.ones(grid.shape, dtype=bool)
    assert found.population(everywhere).sum() == pytest.approx(population.values[land].sum())


def test_a_cell_half_in_the_sea_keeps_its_people(grid):
    half = gpd.GeoDataFrame(
        {"code": ["1"]},
        geometry=[box(grid.west_m, grid.north_m - 100, grid.west_m + 50, grid.north_m)],
        crs=grid.crs,
    )
    values = np.zeros(grid.shape)
    values[0, 0] = 40.0
    found = zones(half, grid, Raster(values, grid))
    assert found.population(np.ones(grid.shape, dtype=bool)) == pytest.approx([40.0])
    assert found.land_km2(np.ones(grid.shape, dtype=bool)) == pytest.approx([0.005])


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1))
def test_levels_sum_to_the_same_totals(seed):
    rng = np.random.default_rng(seed)
    grid = Grid("EPSG:5899", 0.0, 1000.0, 100.0, 10, 10)
    xs = np.sort(rng.uniform(0, 1000, 4))
    units = gpd.GeoDataFrame(
        {"code": list("abc")},
        geometry=[box(xs[i], 100, xs[i + 1], 900) for i in range(3)],
        crs=grid.crs,
    )
    fine = zones(units, grid, Raster(rng.uniform(0, 9, grid.shape), grid), np.array([0, 2, 2, -1]))
    coarse = zonal.merged("district", fine, ["x", "y", "x"])
    cells = rng.random(grid.shape) < 0.5
    np.testing.assert_allclose(fine.population(cells).sum(), coarse.population(cells).sum())
    np.testing.assert_allclose(fine.land_km2(cells)[[0, 2]].sum(), coarse.land_km2(cells)[0])
    chosen = rng.random(4) < 0.5
    assert fine.village_count(chosen).sum() == coarse.village_count(chosen).sum()


def test_reallocation_fills_the_land_and_keeps_to_the_crosswalk(communes, grid):
    land = zonal.land_shares(communes, grid)
    # The old map is generalised: unit 0 is drawn too small, unit 1 spills over the border.
    drawn = np.full(grid.shape, -1)
    drawn[3:8, 4:8] = 0
    drawn[3:8, 9:20] = 1
    found = zonal.reallocated(
        land, drawn, parents_allowed=[frozenset({0}), frozenset({1})], grid=grid
    )
    np.testing.assert_allclose(found.sum(axis=0), land.sum(axis=0))
    np.testing.assert_allclose(found.toarray(), land.toarray())


def test_reallocation_takes_the_nearest_of_several(communes, grid):
    land = zonal.land_shares(communes, grid)
    drawn = np.full(grid.shape, -1)
    drawn[5, 3] = 0
    drawn[5, 9] = 1
    drawn[5, 15] = 2
    allowed = [frozenset({0}), frozenset({0}), frozenset({1})]
    found = zonal.reallocated(land, drawn, parents_allowed=allowed, grid=grid).toarray()
    found = found.reshape(3, *grid.shape)
    assert found[0, 5, 4] > 0
    assert found[1, 5, 4] == 0
    assert found[1, 5, 10] > 0


def test_points_belong_to_the_unit_with_most_of_their_cell(communes, grid):
    land = zonal.land_shares(communes, grid)
    x = np.array([grid.west_m + 500, grid.west_m + 2000, grid.west_m + 50, grid.west_m - 9e4])
    y = np.full(4, grid.north_m - 500)
    np.testing.assert_array_equal(zonal.unit_of_points(land, grid, x, y), [0, 1, -1, -1])
