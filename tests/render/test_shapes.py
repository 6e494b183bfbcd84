"""Shapes survive the way into whole numbers and back."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiPolygon, Polygon, box

from qn_coverage.render import shapes

WITH_HOLE = Polygon(
    [(107, 21), (107.2, 21), (107.2, 21.2), (107, 21.2)],
    [[(107.05, 21.05), (107.1, 21.05), (107.1, 21.1), (107.05, 21.1)]],
)
ISLET = box(107.3, 21.0, 107.305, 21.004)


def decoded(shape: shapes.Shape) -> MultiPolygon:
    def ring(steps: list[int]) -> np.ndarray:
        return np.cumsum(np.array(steps).reshape(-1, 2), axis=0) / shapes.UNITS_PER_DEGREE

    return MultiPolygon([Polygon(ring(p[0]), [ring(hole) for hole in p[1:]]) for p in shape])


def test_holes_and_islets_survive():
    made = decoded(shapes.encoded(MultiPolygon([WITH_HOLE, ISLET])))
    assert made.equals_exact(MultiPolygon([WITH_HOLE, ISLET]), 1e-5) or made.symmetric_difference(
        MultiPolygon([WITH_HOLE, ISLET])
    ).area == pytest.approx(0.0, abs=1e-9)


@given(
    st.lists(
        st.tuples(st.floats(106.4, 108.1), st.floats(20.6, 21.8)), min_size=3, max_size=40
    ).map(lambda points: shapely.MultiPoint(points).convex_hull)
)
def test_every_vertex_returns_within_half_a_metre(hull):
    made = shapes.encoded(hull)
    if hull.geom_type != "Polygon":
        assert made == []
    elif made:
        assert decoded(made).hausdorff_distance(hull) <= 1.0 / shapes.UNITS_PER_DEGREE


@pytest.mark.parametrize("nothing", [None, Polygon(), LineString([(107, 21), (108, 21)])])
def test_what_has_no_area_has_no_shape(nothing):
    assert shapes.encoded(nothing) == []


def test_simplifying_leaves_no_slit_between_neighbours():
    wave = np.column_stack([np.linspace(107, 107.3, 200), 21 + 0.002 * np.sin(np.arange(200))])
    north = Polygon([*wave, (107.3, 21.2), (107, 21.2)])
    south = Polygon([*wave, (107.3, 20.8), (107, 20.8)])
    frame = gpd.GeoDataFrame(geometry=[north, south], crs="EPSG:4326")
    drawn = [decoded(s) for s in shapes.drawn(frame, tolerance_m=300.0, crs="EPSG:5899")]
    plain = [decoded(s) for s in shapes.drawn(frame, tolerance_m=0.0, crs="EPSG:5899")]
    count = shapely.get_num_coordinates
    assert count(drawn[0]) < count(plain[0])
    assert drawn[0].intersection(drawn[1]).area == pytest.approx(0.0, abs=1e-9)
    assert shapely.union_all(drawn).area == pytest.approx(shapely.union_all(plain).area, rel=1e-3)
    assert len(shapely.union_all(drawn).interiors) == 0


def test_the_label_lies_in_the_largest_part():
    (point,) = shapes.label_points(
        gpd.GeoDataFrame(geometry=[MultiPolygon([WITH_HOLE, ISLET])], crs="EPSG:4326")
    )
    assert WITH_HOLE.contains(shapely.Point(point))
