"""What ships passes the readers that a planner's files have to pass, and says what it assumed."""

import pandas as pd
import pytest

from qn_coverage.core.grid import Grid, Raster
from qn_coverage.data.boundaries import read_communes, read_units
from qn_coverage.data.catalog import layer_path
from qn_coverage.data.facts import read_claims, read_indicators, read_places
from qn_coverage.data.rasters import read_population, read_terrain
from qn_coverage.data.sites import read_sectors
from qn_coverage.data.villages import read_villages


@pytest.mark.parametrize(
    ("read", "name", "rows"),
    [
        (read_communes, "communes", 54),
        (read_units, "former_communes", 186),
        (read_units, "districts", 13),
        (read_places, "places", None),
        (read_claims, "claims", None),
        (read_indicators, "indicators", None),
        (read_villages, "villages", None),
        (read_sectors, "sectors", None),
    ],
)
def test_the_shipped_layer_passes_its_own_checks(read, name, rows):
    found = read(layer_path(name))
    assert len(found) == rows if rows else len(found) > 0


def test_no_shipped_sector_is_completed_in_silence():
    said = pd.read_parquet(layer_path("sectors")).set_index("sector_id")["assumed"].fillna("")
    read = read_sectors(layer_path("sectors")).set_index("sector_id")["assumed"]
    assert read.to_dict() == said.to_dict()
    assert (read == "").sum() > 13_000


@pytest.fixture(scope="module")
def grid():
    communes = read_communes(layer_path("communes")).to_crs("EPSG:5899")
    return Grid.covering(tuple(communes.total_bounds), 400.0, crs="EPSG:5899")


def test_the_shipped_terrain_covers_the_province_without_a_void(grid):
    terrain = read_terrain([layer_path("terrain")], grid)
    assert (terrain.grade, terrain.resampling) == ("screening", "bilinear")
    assert terrain.source_resolution_m == pytest.approx(463.8, abs=0.5)
    assert terrain.vertical_datum.startswith("EGM96")
    assert terrain.filled_cells == 0


def test_every_person_of_the_shipped_population_has_a_place(grid):
    from qn_coverage.analysis import zonal

    communes = read_communes(layer_path("communes"))
    land = zonal.land_raster(zonal.land_shares(communes, grid), grid)
    people = read_population(layer_path("population"), grid, Raster(land.values, grid))
    assert people.values.sum() == pytest.approx(1_320_324, abs=1)
    assert people.values[land.values <= 0.0].sum() == 0.0
