"""Places: every CRS ends in EPSG:4326 without a guess, and each misplaced row says why."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS, Transformer
from shapely.geometry import LineString, MultiPoint, Point, Polygon, box

from qn_coverage.core.crs import PROVINCE_BOUNDS
from qn_coverage.data.positions import datum_problem, placed_in_province, transformed
from tests.data.reading import only, places_of

FILE = Path("t.gpkg")
WEST, SOUTH, EAST, NORTH = PROVINCE_BOUNDS
TRAN = Point(107.96522, 21.23834)
HA_LONG = Point(107.08, 20.95)


def frame(*shapes, crs="EPSG:4326"):
    return gpd.GeoDataFrame({"n": range(len(shapes))}, geometry=list(shapes), crs=crs)


def projected(*shapes, crs):
    return frame(*shapes).to_crs(crs)


def problems(layer, shape="point"):
    return placed_in_province(layer, shape, FILE)[1]


@given(
    st.floats(WEST + 0.01, EAST - 0.01),
    st.floats(SOUTH + 0.01, NORTH - 0.01),
    st.sampled_from([5899, 3405, 9210, 32648]),
)
@settings(max_examples=40, deadline=None)
def test_a_projected_layer_comes_back_to_its_degrees(lon, lat, code):
    there = Transformer.from_crs(4326, code, always_xy=True).transform(lon, lat)
    found, wrong = placed_in_province(frame(Point(*there), crs=code), "point", FILE)
    assert wrong == []
    assert (found.geometry.x[0], found.geometry.y[0]) == pytest.approx((lon, lat), abs=1e-8)


def test_the_shift_between_vn2000_and_wgs84_is_never_skipped():
    by_name, wrong = placed_in_province(frame(TRAN, crs=4756), "point", FILE)
    assert wrong == []
    apart_m = by_name.to_crs(32648).distance(frame(TRAN).to_crs(32648))[0]
    assert apart_m == pytest.approx(224.0, abs=3.0)


def test_a_datum_that_would_have_to_be_guessed_is_refused():
    bare = "+proj=tmerc +lat_0=0 +lon_0=107.75 +k=0.9999 +x_0=500000 +ellps=WGS84 +units=m"
    problem = only(problems(frame(Point(522_000, 2_349_000), crs=bare)))
    assert problem.code == "unknown-datum"
    assert "EPSG:5899" in problem.expected


def test_vn2000_as_esri_writes_it_is_known():
    assert datum_problem(CRS.from_epsg(5899).to_wkt("WKT1_ESRI"), FILE) is None


def test_a_missing_crs_is_named():
    assert only(problems(frame(TRAN, crs=None))).code == "missing-crs"


def test_metres_declared_as_degrees_are_named_with_what_they_look_like():
    metres = projected(TRAN, HA_LONG, crs=5899).set_crs(4326, allow_override=True)
    problem = only(problems(metres))
    assert (problem.code, problem.row) == ("wrong-crs", None)
    assert "VN-2000 / TM-3 107°45′" in problem.found


def test_degrees_in_millionths_are_recognised():
    assert "degrees × 1,000,000" in only(problems(frame(Point(107_965_220, 21_238_340)))).found


def test_degrees_declared_as_metres_are_named():
    problem = only(problems(frame(TRAN, HA_LONG, crs=5899)))
    assert (problem.code, problem.row) == ("wrong-crs", None)
    assert "degrees, not metres" in problem.found


def test_one_row_of_metres_among_degrees_is_named_by_its_row():
    there = projected(TRAN, crs=5899).geometry[0]
    assert places_of(problems(frame(HA_LONG, there))) == [("wrong-crs", 2, "geometry")]


def test_the_wrong_zone_of_vn2000_is_named_with_the_right_one():
    wrong_zone = projected(TRAN, crs=5899).set_crs(9210, allow_override=True)
    problem = only(problems(wrong_zone))
    assert (problem.code, problem.row) == ("wrong-crs", 1)
    assert "EPSG:5899" in problem.found


@pytest.mark.parametrize("crs", [4326, 5899])
def test_swapped_coordinates_are_named_with_their_values(crs):
    right = projected(HA_LONG, TRAN, crs=crs)
    swapped = shapely.transform(right.geometry.to_numpy(), lambda xy: xy[:, ::-1])
    found = problems(frame(right.geometry[0], swapped[1], crs=crs))
    assert places_of(found) == [("swapped-coordinates", 2, "geometry")]
    assert f"x {swapped[1].x:.10g}" in found[0].found


def test_places_outside_the_province_are_named():
    hanoi = Point(105.85, 21.03)
    assert places_of(problems(frame(HA_LONG, hanoi))) == [("outside-province", 2, "geometry")]


def test_a_polygon_that_reaches_out_of_the_province_is_named():
    out = box(106.0, 21.0, 107.0, 21.2)
    assert places_of(problems(frame(out), "polygon")) == [("outside-province", 1, "geometry")]


def test_empty_and_broken_geometries_are_named():
    bow_tie = Polygon([(107, 21), (107.1, 21.1), (107.1, 21), (107, 21.1)])
    found = problems(frame(bow_tie, Polygon(), None, box(107, 21, 107.1, 21.1)), "polygon")
    assert places_of(found) == [
        ("broken-geometry", 1, "geometry"),
        ("empty-geometry", 2, "geometry"),
        ("empty-geometry", 3, "geometry"),
    ]
    assert "Self-intersection" in found[0].found


def test_coordinates_that_are_no_numbers_are_an_empty_geometry():
    found = problems(frame(Point(np.nan, np.nan), Point(np.inf, 21.0), HA_LONG))
    assert places_of(found) == [
        ("empty-geometry", 1, "geometry"),
        ("empty-geometry", 2, "geometry"),
    ]


@pytest.mark.parametrize(
    ("shape", "wanted"),
    [
        (HA_LONG, "polygon"),
        (box(107, 21, 107.1, 21.1), "point"),
        (LineString([HA_LONG, TRAN]), "point"),
    ],
)
def test_the_wrong_kind_of_geometry_is_named(shape, wanted):
    assert only(problems(frame(shape), wanted)).code == "wrong-geometry"


def test_a_multipoint_of_one_is_a_point_and_heights_are_left_out():
    found, wrong = placed_in_province(
        frame(MultiPoint([TRAN]), Point(TRAN.x, TRAN.y, 35.0)), "point", FILE
    )
    assert wrong == []
    assert found.geometry.tolist() == [TRAN, TRAN]


def test_a_multipoint_of_two_is_no_point():
    assert only(problems(frame(MultiPoint([TRAN, HA_LONG])))).code == "wrong-geometry"


def test_an_empty_layer_is_no_problem_of_its_places():
    assert problems(frame()) == []


def test_transforming_there_and_back_changes_nothing():
    shapes = np.array([TRAN, HA_LONG], dtype=object)
    back = transformed(transformed(shapes, "EPSG:4326", "EPSG:5899"), "EPSG:5899", "EPSG:4326")
    assert shapely.equals_exact(back, shapes, tolerance=1e-8).all()
