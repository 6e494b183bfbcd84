"""Terrain arrives whole and in metres; no person is lost between two grids."""

import numpy as np
import pytest
import rasterio
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Transformer
from rasterio.transform import from_origin
from rasterio.warp import transform_bounds

from qn_coverage.core.grid import Grid, Raster
from qn_coverage.data.rasters import (
    read_population,
    read_raster,
    read_terrain,
    resample_to_grid,
)
from tests.data.reading import codes_of, only, problems_of

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
    assert codes_of(read_terrain, [left], GRID) == {"not-covering"}
    terrain = read_terrain([left], GRID, missing="sea")
    assert (terrain.raster.values[:, -1] == 0.0).all()
    assert terrain.filled_cells > 0


def test_voids_are_filled_on_request_only(tmp_path):
    values = plane(100.0)
    values[30:33, 30:33] = -9999.0
    path = write(tmp_path / "v.tif", values, cell_m=100.0, nodata=-9999.0)
    assert codes_of(read_terrain, [path], GRID) == {"void-terrain"}
    filled = read_terrain([path], GRID, missing="fill").raster.values
    expected = (GRID.centres_x_m() - 479_000.0) / 100.0
    np.testing.assert_allclose(filled[21], expected, atol=2.5)


def test_terrain_elsewhere_is_an_error_even_as_sea(tmp_path):
    far = write(tmp_path / "f.tif", plane(100.0), cell_m=100.0, west_m=100_000.0)
    assert codes_of(read_terrain, [far], GRID, missing="sea") == {"not-covering"}


def test_heights_in_feet_are_suspected(tmp_path):
    path = write(tmp_path / "ft.tif", plane(100.0) * 60.0, cell_m=100.0)
    assert codes_of(read_terrain, [path], GRID) == {"impossible-height"}


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
def test_a_raster_without_crs_is_named(tmp_path):
    path = write(tmp_path / "n.tif", plane(100.0), cell_m=100.0, crs=None)
    assert codes_of(read_terrain, [path], GRID) == {"missing-crs"}


def slope_elsewhere(path, crs, degrees):
    """The slope of `plane`, in another CRS: built by asking PROJ where each cell lies."""
    west, south, east, north = transform_bounds(CRS, crs, 478_000, 2_344_000, 487_000, 2_352_000)
    step = degrees or 30.0
    cols, rows = int((east - west) / step), int((north - south) / step)
    x, y = np.meshgrid(
        west + (np.arange(cols) + 0.5) * step, north - (np.arange(rows) + 0.5) * step
    )
    x_m, _ = Transformer.from_crs(crs, CRS, always_xy=True).transform(x, y)
    values = ((x_m - 479_000.0) / 100.0).astype(np.float32)
    with rasterio.open(
        path, "w", driver="GTiff", width=cols, height=rows, count=1, dtype="float32", crs=crs,
        transform=from_origin(west, north, step, step),
    ) as target:  # fmt: skip
        target.write(values, 1)
    return path


@pytest.mark.parametrize(
    ("crs", "degrees"), [("EPSG:4326", 1 / 3600), ("EPSG:32648", None), ("EPSG:3405", None)]
)
def test_terrain_of_any_crs_lands_where_it_belongs(tmp_path, crs, degrees):
    path = slope_elsewhere(tmp_path / "t.tif", crs, degrees)
    heights = read_terrain([path], GRID).raster.values
    expected = (GRID.centres_x_m() - 479_000.0) / 100.0
    # 224 m without the shift between WGS 84 and VN-2000 would be 2 m of height here.
    np.testing.assert_allclose(heights, np.broadcast_to(expected, heights.shape), atol=0.16)


def test_tiles_of_different_crs_and_cells_are_joined_and_the_first_wins(tmp_path):
    left = write(tmp_path / "l.tif", plane(30.0)[:, :150] + 500.0, cell_m=30.0)
    whole = slope_elsewhere(tmp_path / "w.tif", "EPSG:4326", 1 / 240)
    terrain = read_terrain([left, whole], GRID)
    expected = (GRID.centres_x_m() - 479_000.0) / 100.0
    np.testing.assert_allclose(terrain.raster.values[20, :30], expected[:30] + 500.0, atol=0.16)
    np.testing.assert_allclose(terrain.raster.values[20, 40:], expected[40:], atol=2.5)
    assert terrain.resampling == "average + bilinear"
    assert terrain.grade == "screening"


def test_a_tile_does_not_beat_one_that_was_named_before_it(tmp_path):
    rows = 260
    first = write(tmp_path / "a.tif", np.full((rows, 80), 1.0), cell_m=30.0)
    between = np.full((rows, 220), 2.0)
    second = write(tmp_path / "b.tif", between, cell_m=30.0, west_m=481_415.0)
    third = write(tmp_path / "c.tif", np.full((rows, 300), 3.0), cell_m=30.0)
    west, east = GRID.centres_x_m() < 481_300.0, GRID.centres_x_m() > 481_500.0
    for files, expected in (((first, second, third), 2.0), ((first, third, second), 3.0)):
        heights = read_terrain(files, GRID).raster.values[20]
        np.testing.assert_array_equal(heights[west], 1.0)
        np.testing.assert_array_equal(heights[east], expected)


def test_an_odd_net_of_cells_leaves_no_seam(tmp_path):
    whole = plane(90.0)
    left = write(tmp_path / "l.tif", whole[:, :50], cell_m=90.0)
    right = write(tmp_path / "r.tif", whole[:, 50:], cell_m=90.0, west_m=479_000.0 + 50 * 90.0)
    one = resample_to_grid(write(tmp_path / "w.tif", whole, cell_m=90.0), GRID, method="bilinear")
    two = resample_to_grid([right, left], GRID, method="bilinear")
    np.testing.assert_array_equal(one.raster.values, two.raster.values)


def test_an_hgt_tile_is_read_and_knows_its_datum(tmp_path):
    heights = np.full((1201, 1201), 120, dtype=">i2")
    heights[600, 600] = -32768
    path = tmp_path / "N21E107.hgt"
    path.write_bytes(heights.tobytes())
    terrain = read_terrain([path], GRID)
    assert terrain.raster.values.min() == terrain.raster.values.max() == 120.0
    assert terrain.vertical_datum.startswith("EGM96")
    assert (terrain.grade, terrain.source_resolution_m) == (
        "planning",
        pytest.approx(92.8, abs=0.1),
    )


def test_a_vrt_of_tiles_is_read(tmp_path):
    write(tmp_path / "t.tif", plane(100.0), cell_m=100.0)
    with rasterio.open(tmp_path / "t.tif") as source:
        wkt = source.crs.to_wkt().replace('"', "&quot;")
    (tmp_path / "t.vrt").write_text(
        f'<VRTDataset rasterXSize="90" rasterYSize="80"><SRS>{wkt}</SRS>'
        "<GeoTransform>479000, 100, 0, 2351000, 0, -100</GeoTransform>"
        '<VRTRasterBand dataType="Float32" band="1"><SimpleSource>'
        '<SourceFilename relativeToVRT="1">t.tif</SourceFilename><SourceBand>1</SourceBand>'
        "</SimpleSource></VRTRasterBand></VRTDataset>"
    )
    direct = read_terrain([tmp_path / "t.tif"], GRID).raster.values
    np.testing.assert_array_equal(read_terrain([tmp_path / "t.vrt"], GRID).raster.values, direct)


def test_a_vrt_that_lost_its_tile_is_unreadable(tmp_path):
    test_a_vrt_of_tiles_is_read(tmp_path)
    (tmp_path / "t.tif").unlink()
    assert codes_of(read_terrain, [tmp_path / "t.vrt"], GRID) == {"unreadable"}


def test_a_cut_raster_is_unreadable(tmp_path):
    path = write(tmp_path / "t.tif", plane(100.0), cell_m=100.0)
    path.write_bytes(path.read_bytes()[:5000])
    assert codes_of(read_terrain, [path], GRID) == {"unreadable"}


def test_only_the_part_under_the_grid_is_read(tmp_path):
    path = write(tmp_path / "t.tif", plane(30.0), cell_m=30.0)
    whole, part = read_raster(path), read_raster(path, over=GRID)
    assert part.values.size < 0.5 * whole.values.size
    row = round((whole.transform.f - part.transform.f) / 30.0)
    col = round((part.transform.c - whole.transform.c) / 30.0)
    rows, cols = part.values.shape
    np.testing.assert_array_equal(part.values, whole.values[row : row + rows, col : col + cols])


def test_scale_and_offset_of_a_band_are_applied(tmp_path):
    path = write(tmp_path / "t.tif", np.full((80, 90), 1500, dtype=np.int16), cell_m=100.0)
    with rasterio.open(path, "r+") as target:
        target.scales, target.offsets = (0.1,), (20.0,)
    assert read_terrain([path], GRID).raster.values.max() == pytest.approx(170.0)


def test_a_band_that_is_not_there_is_named(tmp_path):
    path = write(tmp_path / "t.tif", plane(100.0), cell_m=100.0)
    assert codes_of(read_raster, path, 2) == {"missing-band"}


def test_feet_are_named_where_the_file_says_so(tmp_path):
    path = write(tmp_path / "t.tif", plane(100.0), cell_m=100.0)
    with rasterio.open(path, "r+") as target:
        target.units = ("ft",)
    assert codes_of(read_terrain, [path], GRID) == {"wrong-unit"}


def test_an_undeclared_void_value_is_an_impossible_height(tmp_path):
    values = plane(100.0)
    values[30, 30] = -9999.0
    path = write(tmp_path / "t.tif", values, cell_m=100.0)
    assert codes_of(read_terrain, [path], GRID) == {"impossible-height"}


def test_the_floor_of_an_open_pit_mine_is_a_possible_height(tmp_path):
    values = plane(100.0)
    values[30, 30] = -255.0
    assert read_terrain([write(tmp_path / "t.tif", values, cell_m=100.0)], GRID).filled_cells == 0


def test_a_datum_that_would_have_to_be_guessed_is_refused(tmp_path):
    bare = "+proj=tmerc +lat_0=0 +lon_0=107.75 +k=0.9999 +x_0=500000 +ellps=WGS84 +units=m"
    path = write(tmp_path / "t.tif", plane(100.0), cell_m=100.0, crs=bare)
    assert codes_of(read_terrain, [path], GRID) == {"unknown-datum"}


def test_the_faults_of_all_files_come_together(tmp_path):
    path = write(tmp_path / "t.tif", plane(100.0), cell_m=100.0)
    broken = tmp_path / "b.tif"
    broken.write_bytes(b"no")
    found = problems_of(read_terrain, [tmp_path / "no.tif", path, broken], GRID)
    assert [problem.code for problem in found] == ["missing-file", "unreadable"]


def test_no_files_are_no_terrain():
    assert codes_of(read_terrain, [], GRID) == {"no-rasters"}


def test_a_void_too_wide_to_fill_is_an_error(tmp_path):
    wide = Grid(CRS, 480_000.0, 2_350_000.0, 10.0, 300, 300)
    values = np.full((80, 90), -9999.0, dtype=np.float32)
    values[0:2, :] = 5.0
    path = write(tmp_path / "v.tif", values, cell_m=100.0, nodata=-9999.0, north_m=2_350_200.0)
    assert codes_of(read_terrain, [path], wide, missing="fill") <= {"void-terrain", "not-covering"}


def test_the_edge_and_a_hole_are_told_apart(tmp_path):
    values = plane(100.0)[:, :45]
    values[30:33, 30:33] = -9999.0
    path = write(tmp_path / "l.tif", values, cell_m=100.0, nodata=-9999.0)
    found = {problem.code: problem for problem in problems_of(read_terrain, [path], GRID)}
    assert found.keys() == {"not-covering", "void-terrain"}
    assert "30.0%" in found["not-covering"].found  # 15 of 50 columns, less the interpolated rim


def test_missing_and_broken_files_are_named(tmp_path):
    assert codes_of(read_terrain, [tmp_path / "no.tif"], GRID) == {"missing-file"}
    (tmp_path / "x.tif").write_bytes(b"not a raster")
    assert codes_of(read_terrain, [tmp_path / "x.tif"], GRID) == {"unreadable"}


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
    assert codes_of(read_population, path, GRID, Raster(np.ones(GRID.shape), GRID)) == {
        "outside-grid"
    }


def test_negative_people_are_named(tmp_path):
    path = write(tmp_path / "p.tif", np.full((9, 9), -9999.0, dtype=np.float32), cell_m=1000.0)
    assert codes_of(read_population, path, GRID, Raster(np.ones(GRID.shape), GRID)) == {
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


def test_a_person_beyond_the_edge_is_not_lost_when_less_than_one(tmp_path):
    people = np.zeros((10, 60), dtype=np.float64)
    people[2, 2], people[2, 55] = 70.0, 0.4
    path = write(tmp_path / "p.tif", people, cell_m=1000.0)
    found = read_population(path, GRID, Raster(np.ones(GRID.shape), GRID)).values
    assert found.sum() == pytest.approx(70.4, rel=1e-12)


def test_nodata_is_nobody(tmp_path):
    people = np.full((10, 11), -99999.0)
    people[2, 2] = 70.0
    path = write(tmp_path / "p.tif", people, cell_m=1000.0, nodata=-99999.0)
    found = read_population(path, GRID, Raster(np.ones(GRID.shape), GRID)).values
    assert found.sum() == pytest.approx(70.0, rel=1e-12)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_people_that_are_no_number_are_named(tmp_path, value):
    people = np.zeros((10, 11))
    people[2, 2] = value
    path = write(tmp_path / "p.tif", people, cell_m=1000.0)
    land = Raster(np.ones(GRID.shape), GRID)
    problem = only(problems_of(read_population, path, GRID, land))
    assert problem.code == "not-finite-population"
    assert "row 3, column 3" in problem.found


def test_a_study_without_land_has_no_people(tmp_path):
    path = write(tmp_path / "p.tif", np.ones((10, 11)), cell_m=1000.0)
    assert codes_of(read_population, path, GRID, Raster(np.zeros(GRID.shape), GRID)) == {"no-land"}


def test_degrees_and_metres_give_the_same_sum(tmp_path):
    people = np.zeros((12, 12))
    people[4:8, 4:8] = 33.25
    path = tmp_path / "p.tif"
    with rasterio.open(
        path, "w", driver="GTiff", width=12, height=12, count=1, dtype="float64", crs="EPSG:4326",
        transform=from_origin(107.55, 21.28, 1 / 120, 1 / 120),
    ) as target:  # fmt: skip
        target.write(people, 1)
    found = read_population(path, GRID, Raster(np.ones(GRID.shape), GRID)).values
    assert found.sum() == pytest.approx(people.sum(), rel=1e-12)
