"""Files: whatever format they are in, their cells arrive; broken files are refused in words."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import Point

from qn_coverage.data.formats import read_layer, read_table
from tests.data.reading import only, problems_of, written


def csv(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "t.csv"
    path.write_bytes(text.encode(encoding) if isinstance(text, str) else text)
    return path


def points(count=2):
    where = [Point(107.0 + 0.1 * i, 21.0) for i in range(count)]
    return gpd.GeoDataFrame({"name": ["Hoà", "Đầm"][:count]}, geometry=where, crs="EPSG:4326")


def test_cells_of_a_csv_stay_text(tmp_path):
    table = read_table(csv(tmp_path, "code,n\n06652,1e3\n"))
    assert table.to_dict("records") == [{"code": "06652", "n": "1e3"}]


def test_a_byte_order_mark_and_windows_line_ends_are_no_problem(tmp_path):
    table = read_table(csv(tmp_path, "\ufeffa,b\r\n1,2\r\n"))
    assert table.columns.tolist() == ["a", "b"]


def test_text_is_composed_and_trimmed_and_blanks_are_empty(tmp_path):
    table = read_table(csv(tmp_path, "te\u0302n ,b\nHoa\u0300  Bi\u0300nh ,  \n"))
    assert table["tên"].tolist() == ["Hoà Bình"]
    assert table["b"].isna().all()


def test_rows_without_any_cell_are_dropped(tmp_path):
    assert len(read_table(csv(tmp_path, "a,b\n1,2\n,\n \n3,4\n,,\n"[:-3]))) == 2


@pytest.mark.parametrize(
    ("text", "code", "row"),
    [
        ("a,b\n1,2\n1,2,3\n", "broken-row", 2),
        ("a,b\n1,2,3\n", "broken-row", 1),
        ("a,a\n1,2\n", "duplicate-columns", None),
        ("e\u0301,\u00e9\n1,2\n", "duplicate-columns", None),
        ("a;b\n1;2\n", "wrong-delimiter", None),
        ("a\tb\n1\t2\n", "wrong-delimiter", None),
        ("", "unreadable", None),
        ('a,b\n"1,2\n', "broken-row", None),
    ],
)
def test_a_broken_csv_is_named(tmp_path, text, code, row):
    problem = only(problems_of(read_table, csv(tmp_path, text)))
    assert (problem.code, problem.row) == (code, row)


def test_other_encodings_are_named(tmp_path):
    problem = only(problems_of(read_table, csv(tmp_path, "tên\n1\n", "cp1258")))
    assert problem.code == "not-utf8"
    assert "CSV UTF-8" in problem.mend


@pytest.mark.parametrize("ending", ["gpkg", "geojson", "parquet", "fgb"])
def test_the_attributes_of_a_vector_file_are_a_table(tmp_path, ending):
    table = read_table(written(points(), tmp_path / f"p.{ending}"))
    assert sorted(table["name"]) == ["Hoà", "Đầm"]


@pytest.mark.parametrize("ending", ["gpkg", "geojson", "parquet", "fgb", "shp"])
def test_every_format_keeps_accents_and_places(tmp_path, ending):
    frame, problems = read_layer(written(points(), tmp_path / f"p.{ending}"), layer="sites")
    assert problems == []
    found = frame.set_index("name").geometry.sort_index()  # FlatGeobuf reorders rows
    wanted = points().set_index("name").geometry.sort_index()
    assert found.geom_equals_exact(wanted, 1e-9).all()
    assert frame.crs == "EPSG:4326"


def test_the_geometry_column_of_a_parquet_may_have_any_name(tmp_path):
    path = written(points().rename_geometry("nơi"), tmp_path / "p.parquet")
    assert read_layer(path, layer="sites")[0].geometry.name == "geometry"


def test_the_wanted_layer_of_a_geopackage_is_taken(tmp_path):
    path = tmp_path / "all.gpkg"
    points().to_file(path, layer="other")
    points(1).to_file(path, layer="sectors")
    assert len(read_layer(path, layer="sectors")[0]) == 1


def test_tables_without_places_do_not_make_a_geopackage_ambiguous(tmp_path):
    import pyogrio

    path = tmp_path / "styled.gpkg"
    points().to_file(path, layer="my sites")
    pyogrio.write_dataframe(pd.DataFrame({"styleName": ["a"]}), path, layer="layer_styles")
    assert len(read_layer(path, layer="sectors")[0]) == 2


def test_several_layers_without_the_wanted_one_are_listed(tmp_path):
    path = tmp_path / "all.gpkg"
    points().to_file(path, layer="one")
    points().to_file(path, layer="two")
    problem = only(problems_of(read_layer, path, layer="sectors"))
    assert problem.code == "several-layers"
    assert "one, two" in problem.found


def test_points_and_shapes_are_read_from_a_csv(tmp_path):
    frame, problems = read_layer(csv(tmp_path, "n,lon,lat\na,107.5,21.25\n"), layer="x")
    assert problems == []
    assert frame.geometry[0] == Point(107.5, 21.25)
    frame, problems = read_layer(csv(tmp_path, 'n,geometry\na,"POINT (107.5 21.25)"\n'), layer="x")
    assert problems == []
    assert frame.geometry[0] == Point(107.5, 21.25)


@pytest.mark.parametrize(
    ("lon", "code", "found"),
    [
        ("", "empty-geometry", "an empty cell"),
        ("107°30'", "not-a-number", "'107°30''"),
        ("inf", "not-a-number", "'inf'"),
    ],
)
def test_coordinates_that_are_no_numbers_are_named(tmp_path, lon, code, found):
    _, problems = read_layer(csv(tmp_path, f"n,lon,lat\na,107,21\nb,{lon},21\n"), layer="x")
    problem = only(problems)
    assert (problem.code, problem.row, problem.column) == (code, 2, "lon")
    assert problem.found == found


def test_text_that_is_no_geometry_is_named(tmp_path):
    _, problems = read_layer(csv(tmp_path, "n,geometry\na,POINT (1 2)\nb,PONT (1)\n"), layer="x")
    assert (only(problems).code, only(problems).row) == ("broken-geometry", 2)


def test_a_csv_without_coordinates_says_which_columns_it_lacks(tmp_path):
    _, problems = read_layer(csv(tmp_path, "n,Lon\na,107\n"), layer="x")
    assert (only(problems).code, only(problems).column) == ("missing-columns", "lon, lat")
    assert only(problems).mend == "rename 'Lon' to 'lon'"


def test_an_unknown_ending_and_a_missing_file_are_named(tmp_path):
    (tmp_path / "c.docx").write_bytes(b"x")
    for read in (read_table, lambda path: read_layer(path, layer="x")):
        assert only(problems_of(read, tmp_path / "c.docx")).code == "unknown-format"
        assert only(problems_of(read, tmp_path / "none.gpkg")).code == "missing-file"


@pytest.mark.parametrize("ending", ["gpkg", "parquet", "geojson", "shp", "fgb"])
def test_a_file_that_is_something_else_is_unreadable_not_a_crash(tmp_path, ending):
    path = tmp_path / f"x.{ending}"
    path.write_bytes(b"\x00\xff not a layer")
    assert only(problems_of(read_layer, path, layer="x")).code == "unreadable"
    assert only(problems_of(read_table, path)).code == "unreadable"


def test_a_csv_that_may_not_be_read_is_unreadable(tmp_path, monkeypatch):
    path = csv(tmp_path, "a\n1\n")

    def refused(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refused)
    (problem,) = problems_of(read_table, path)
    assert problem.code == "unreadable"


def test_a_cut_geopackage_is_unreadable(tmp_path):
    path = written(points(), tmp_path / "p.gpkg")
    path.write_bytes(path.read_bytes()[:9000])
    assert only(problems_of(read_layer, path, layer="x")).code == "unreadable"


def test_a_parquet_without_places_is_refused_as_a_layer(tmp_path):
    path = tmp_path / "t.parquet"
    pd.DataFrame({"a": [1]}).to_parquet(path)
    assert only(problems_of(read_layer, path, layer="x")).code == "unreadable"
    assert read_table(path)["a"].tolist() == [1]


def test_numbers_of_a_layer_stay_numbers(tmp_path):
    frame = points().assign(height=[30.5, np.nan])
    found = read_layer(written(frame, tmp_path / "p.gpkg"), layer="x")[0]
    assert found["height"].dtype == np.float64
