"""Units are polygons that share borders: overlaps are named, islands are not."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import MultiPolygon, Polygon, box

from qn_coverage.data.boundaries import read_communes, read_units
from tests import tiny
from tests.data.reading import codes_of, only, places_of, problems_of, written


def test_communes_are_read_with_their_types(province):
    found = read_communes(province / "communes.geojson")
    assert found["code"].tolist() == ["90001", "90002"]
    assert found["population"].dtype == "Int64"
    assert found.crs == "EPSG:4326"


def test_another_crs_is_transformed(communes, tmp_path):
    found = read_communes(written(communes.to_crs("EPSG:5899"), tmp_path / "c.gpkg"))
    assert found.crs == "EPSG:4326"
    np.testing.assert_allclose(found.total_bounds, communes.total_bounds, atol=1e-9)


def test_geometry_and_attributes_are_reported_together(communes, tmp_path):
    x, y = tiny.place(1, 1)
    bow_tie = Polygon([(x, y), (x + 0.1, y + 0.1), (x + 0.1, y), (x, y + 0.1)])
    communes.geometry = [bow_tie, Polygon()]
    communes["code"] = ["90001", "90001"]
    communes["type"] = ["xã", "làng"]
    found = problems_of(read_communes, written(communes, tmp_path / "c.gpkg"))
    assert sorted(places_of(found)) == [
        ("broken-geometry", 1, "geometry"),
        ("duplicate-id", 2, "code"),
        ("empty-geometry", 2, "geometry"),
        ("unknown-value", 2, "type"),
    ]


def test_a_missing_crs_does_not_hide_the_other_problems(communes, tmp_path):
    path = written(communes[["code", "geometry"]], tmp_path / "c.shp")
    path.with_suffix(".prj").unlink()
    assert codes_of(read_communes, path) == {"missing-crs", "missing-columns"}


def test_points_are_no_communes(communes, tmp_path):
    communes.geometry = communes.geometry.representative_point()
    assert codes_of(read_communes, written(communes, tmp_path / "c.gpkg")) == {"wrong-geometry"}


def overlapping(layer, metres):
    grown = layer.to_crs("EPSG:5899")
    grown.geometry = [grown.geometry.iloc[0].buffer(metres), *grown.geometry.iloc[1:]]
    return grown


def test_overlapping_communes_are_named_with_the_shared_area(communes, tmp_path):
    path = written(overlapping(communes, 50), tmp_path / "c.gpkg")
    problem = only(problems_of(read_communes, path))
    assert (problem.code, problem.row) == ("overlapping-units", 2)
    assert "Xã Tây" in problem.found


def test_slivers_within_the_tolerance_are_let_pass(communes, tmp_path):
    assert len(read_communes(written(overlapping(communes, 0.1), tmp_path / "c.gpkg"))) == 2


def test_generalised_units_may_overlap_by_a_hundredth_and_no_more(province, tmp_path):
    units = gpd.read_file(province / "former.geojson")
    near = overlapping(units, 620)  # 20 m over the middle line, 0.4 % of a unit
    assert len(read_units(written(near, tmp_path / "near.gpkg"))) == 2
    far = overlapping(units, 1200)
    assert codes_of(read_units, written(far, tmp_path / "far.gpkg")) == {"overlapping-units"}


def test_the_same_polygon_twice_is_an_overlap(communes, tmp_path):
    communes.geometry = [communes.geometry[0]] * 2
    path = written(communes, tmp_path / "c.gpkg")
    assert codes_of(read_communes, path) == {"overlapping-units"}


def test_islands_make_no_problem(communes, tmp_path):
    lon, lat = tiny.place(14, 4)
    islet = box(lon, lat, lon + 0.01, lat + 0.01)
    communes.geometry = [communes.geometry[0], MultiPolygon([communes.geometry[1], islet])]
    found = read_communes(written(communes, tmp_path / "c.gpkg"))
    assert found.geometry.iloc[1].geom_type == "MultiPolygon"


def test_decomposed_text_is_composed(communes, tmp_path):
    communes["name_vi"] = ["Xa\u0303 Hoa\u0300", "Xã Hòa"]
    found = read_communes(written(communes, tmp_path / "c.gpkg"))
    assert found["name_vi"].tolist() == ["Xã Hoà", "Xã Hòa"]


def test_a_code_without_its_zero_is_named(communes, tmp_path):
    communes["code"] = [6652, 90002]
    problem = only(problems_of(read_communes, written(communes, tmp_path / "c.gpkg")))
    assert (problem.code, problem.row, problem.found) == ("bad-code", 1, "'6652'")


def test_wkt_in_a_csv_is_read(communes, tmp_path):
    table = pd.DataFrame(communes.drop(columns="geometry"))
    table["geometry"] = communes.geometry.to_wkt()
    assert len(read_communes(written(table, tmp_path / "c.csv"))) == 2


def test_a_layer_without_rows_is_named(communes, tmp_path):
    assert codes_of(read_communes, written(communes.iloc[:0], tmp_path / "c.gpkg")) == {"no-rows"}


@pytest.mark.parametrize("layer", ["former_communes", "districts"])
def test_units_are_taken_from_their_layer_of_a_geopackage(province, tmp_path, layer):
    path = tmp_path / "units.gpkg"
    gpd.read_file(province / "former.geojson").to_file(path, layer="former_communes")
    gpd.read_file(province / "districts.geojson").to_file(path, layer="districts")
    assert len(read_units(path, layer=layer)) == {"former_communes": 2, "districts": 1}[layer]
