"""Gaps hold just the uncovered land, and the worst comes first."""

import numpy as np
import pandas as pd
import pytest

from qn_coverage.analysis import zonal
from qn_coverage.analysis.gaps import find_gaps
from tests.analysis.conftest import coverage_of


def find(grid, communes, covered, *, population=None, min_area_km2=0.0, villages=None):
    land = zonal.land_raster(zonal.land_shares(communes, grid), grid).values
    return find_gaps(
        coverage_of(grid, covered),
        land=land,
        population=np.ones(grid.shape) if population is None else population,
        commune=zonal.unit_of_cells(communes, grid),
        commune_codes=communes["code"],
        commune_names=communes["name_vi"],
        villages_xy_m=np.empty((0, 2)) if villages is None else villages,
        sites_xy_m=np.array([[grid.west_m, grid.north_m]]),
        min_area_km2=min_area_km2,
    )


@pytest.fixture
def holes(grid):
    covered = np.ones(grid.shape, dtype=bool)
    covered[3:5, 4:6] = False
    covered[6:9, 15:18] = False
    return covered


def test_gap_areas_are_the_uncovered_land(grid, communes, holes):
    gaps = find(grid, communes, holes)
    assert gaps["area_km2"].tolist() == pytest.approx([0.09, 0.04])
    assert gaps.to_crs(grid.crs).area.tolist() == pytest.approx([90_000, 40_000], rel=1e-6)


def test_gaps_are_ranked_by_people_then_area(grid, communes, holes):
    people = np.ones(grid.shape)
    people[3, 4] = 1000.0
    gaps = find(grid, communes, holes, population=people)
    assert gaps["commune"].tolist() == ["Xã Tây", "Xã Đông"]
    assert gaps["rank"].tolist() == [1, 2]
    assert gaps["population"].tolist() == pytest.approx([1003.0, 9.0])


def test_small_gaps_are_left_out_of_the_list(grid, communes, holes):
    assert len(find(grid, communes, holes, min_area_km2=0.05)) == 1


def test_villages_inside_are_counted(grid, communes, holes):
    villages = np.array([[grid.centres_x_m()[16], grid.centres_y_m()[7]], [0.0, 0.0]])
    assert find(grid, communes, holes, villages=villages)["villages"].tolist() == [1, 0]


def test_the_sea_is_no_gap(grid, communes):
    covered = np.zeros(grid.shape, dtype=bool)
    assert find(grid, communes, covered)["area_km2"].sum() == pytest.approx(2.0)


def test_a_gap_across_a_border_names_both_communes(grid, communes):
    covered = np.ones(grid.shape, dtype=bool)
    covered[5, 5:14] = False
    gap = find(grid, communes, covered).iloc[0]
    assert gap["commune"] == "Xã Tây"
    assert gap["communes"] == "Xã Tây; Xã Đông"


def test_full_coverage_has_no_gaps(grid, communes):
    gaps = find(grid, communes, np.ones(grid.shape, dtype=bool))
    assert gaps.empty
    assert gaps.crs == "EPSG:4326"
    assert isinstance(gaps, pd.DataFrame)
