"""Terrain arrives whole and in metres; no person is lost between two grids."""

import numpy as np
import pytest
import rasterio
from hypothesis import given, settings
from hypothesis import strategies as st
from rasterio.transform import from_origin

from qn_coverage.core.errors import InvalidDataError
from qn_coverage.core.grid import Grid, Raster
from qn_coverage.data.catalog import layer_path
from qn_coverage.data.rasters import read_population, read_terrain

CRS = "EPSG:5899"
GRID = Grid(CRS, 480_000.0, 2_350_000.0, 100.0, 40, 50)


def write(path, values, *, cell_m, crs=CRS, west_m=479_000.0, north_m=2_351_000.0, nodata=None):
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=values.shape[1],
        height=values.shape[0],
        count=1,
        dtype=values.dtype,
        crs=crs,
        transform=from_origin(west_m, north_m, cell_m, cell_m),
        nodata=nodata,
    ) as target:
        target.write(values, 1)
        target.update_tags(vertical_datum="EGM96")
    return path


def codes(function, *arguments, **options):
    with pytest.raises(InvalidDataError) as caught:
        function(*arguments, **options)
    return caught.value.codes


def plane(cell_m):
    """A slope of 1 m in 100 m to the east, 9 km by 8 km."""
    cols, rows = int(9000 / cell_m), int(8000 / cell_m)
    x_m = (np.arange(cols) + 0.5) * cell_m
    return np.repeat((x_m / 100.0)[np.newaxis, :], rows, axis=0).astype(np.float32)


@pytest.mark.parametrize(
    ("cell_m", "resampling", "grade"),
    [(30.0, "average", "planning"), (450.0, "bilinear", "screening")],
)
def test_a_slope_survives_resampling(tmp_path, cell_m, resampling, grade):
    terrain = read_terrain([write(tmp_path / "t.tif", plane(cell_m), cell_m=cell_m)], GRID)
    expected = (GRID.centres_x_m() - 479_000.0) / 100.0
    np.testing.assert_allclose(terrain.raster.values[20], expected, atol=0.16)
    assert (terrain.resampling, terrain.grade) == (resampling, grade)
    assert terrain.vertical_datum == "EGM96"
    assert terrain.source_resolution_m == pytest.approx(cell_m)
    assert terrain.filled_cells == 0


def test_tiles_are_joined(tmp_path):
    whole = plane(100.0)
    left = write(tmp_path / "l.tif", whole[:, :45], cell_m=100.0)
    right = write(tmp_path / "r.tif", whole[:, 45:], cell_m=100.0, west_m=483_500.0)
    one = read_terrain([write(tmp_path / "w.tif", whole, cell_m=100.0)], GRID)
    two = read_terrain([left, right], GRID)
    np.testing.assert_array_equal(one.raster.values, two.raster.values)


def test_a_missing_tile_is_an_error_unless_it_is_called_sea(tmp_path):
    left = write(tmp_path / "l.tif", plane(100.0)[:, :45], cell_m=100.0)
    assert codes(read_terrain, [left], GRID) == {"void-terrain"}
    terrain = read_terrain([left], GRID, missing="sea")
    assert (terrain.raster.values[:, -1] == 0.0).all()
    assert terrain.filled_cells > 0


def test_voids_are_filled_on_request_only(tmp_path):
    values = plane(100.0)
    values[30:33, 30:33] = -9999.0
    path = write(tmp_path / "v.tif", values, cell_m=100.0, nodata=-9999.0)
    assert codes(read_terrain, [path], GRID) == {"void-terrain"}
    filled = read_terrain([path], GRID, missing="fill").raster.values
    expected = (GRID.centres_x_m() - 479_000.0) / 100.0
    np.testing.assert_allclose(filled[21], expected, atol=2.5)


def test_terrain_elsewhere_is_an_error_even_as_sea(tmp_path):
    far = write(tmp_path / "f.tif", plane(100.0), cell_m=100.0, west_m=100_000.0)
    assert codes(read_terrain, [far], GRID, missing="sea") == {"void-terrain"}


def test_heights_in_feet_are_suspected(tmp_path):
    path = write(tmp_path / "ft.tif", plane(100.0) * 60.0, cell_m=100.0)
    assert codes(read_terrain, [path], GRID) == {"impossible-height"}


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_a_raster_without_crs_is_named(tmp_path):
    path = write(tmp_path / "n.tif", plane(100.0), cell_m=100.0, crs=None)
    assert codes(read_terrain, [path], GRID) == {"missing-crs"}


def test_tiles_in_different_crs_are_named(tmp_path):
    one = write(tmp_path / "a.tif", plane(100.0), cell_m=100.0)
    two = write(tmp_path / "b.tif", plane(100.0), cell_m=100.0, crs="EPSG:32648")
    assert codes(read_terrain, [one, two], GRID) == {"mixed-crs"}


def test_missing_and_broken_files_are_named(tmp_path):
    assert codes(read_terrain, [tmp_path / "no.tif"], GRID) == {"missing-file"}
    (tmp_path / "x.tif").write_bytes(b"not a raster")
    assert codes(read_terrain, [tmp_path / "x.tif"], GRID) == {"unreadable"}


def test_the_shipped_terrain_covers_the_province_and_is_screening_grade():
    terrain = read_terrain([layer_path("terrain")], GRID)
    assert terrain.grade == "screening"


# --- people --------------------------------------------------------------------------------------


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.05, 0.95))
def test_no_one_is_lost_and_no_one_lives_at_sea(tmp_path_factory, seed, land_share):
    rng = np.random.default_rng(seed)
    people = np.zeros((10, 11), dtype=np.float32)
    people[2:5, 2:6] = rng.uniform(0.0, 500.0, (3, 4))
    path = write(tmp_path_factory.mktemp("p") / "p.tif", people, cell_m=1000.0)
    land = Raster(np.where(rng.random(GRID.shape) < land_share, rng.random(GRID.shape), 0.0), GRID)
    found = read_population(path, GRID, land).values
    assert found.sum() == pytest.approx(people.sum(dtype=np.float64), rel=1e-9)
    assert (found[land.values <= 0.0] == 0.0).all()
    assert (found >= 0.0).all()


def test_a_cell_without_land_gives_its_people_to_the_nearest_land(tmp_path):
    people = np.zeros((10, 11), dtype=np.float32)
    people[2, 2] = 70.0
    land = np.zeros(GRID.shape)
    land[0, 25] = 1.0
    path = write(tmp_path / "p.tif", people, cell_m=1000.0)
    assert read_population(path, GRID, Raster(land, GRID)).values[0, 25] == pytest.approx(70.0)


def test_people_far_from_any_land_are_an_error_not_a_loss(tmp_path):
    people = np.zeros((10, 60), dtype=np.float32)
    people[2, 55] = 70.0
    path = write(tmp_path / "p.tif", people, cell_m=1000.0)
    assert codes(read_population, path, GRID, Raster(np.ones(GRID.shape), GRID)) == {"outside-grid"}


def test_negative_people_are_named(tmp_path):
    path = write(tmp_path / "p.tif", np.full((9, 9), -9999.0, dtype=np.float32), cell_m=1000.0)
    assert codes(read_population, path, GRID, Raster(np.ones(GRID.shape), GRID)) == {
        "negative-population"
    }


def test_people_are_spread_by_share_of_land(tmp_path):
    people = np.zeros((10, 11), dtype=np.float32)
    people[2, 2] = 90.0
    land = np.zeros(GRID.shape)
    land[12, 12], land[13, 13] = 1.0, 0.5
    path = write(tmp_path / "p.tif", people, cell_m=1000.0)
    found = read_population(path, GRID, Raster(land, GRID)).values
    assert (found[12, 12], found[13, 13]) == pytest.approx((60.0, 30.0))
