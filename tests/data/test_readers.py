"""Each way in which a file can be broken is caught by name, and all its problems at once."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Point, Polygon, box

from qn_coverage.core.errors import CoverageError, InvalidDataError
from qn_coverage.data.boundaries import read_communes, read_units
from qn_coverage.data.catalog import layer_path
from qn_coverage.data.facts import read_claims, read_indicators, read_places
from qn_coverage.data.sites import read_sectors
from qn_coverage.data.villages import read_villages
from tests import tiny


@pytest.fixture(scope="module")
def province(tmp_path_factory):
    folder = tmp_path_factory.mktemp("province")
    tiny.write_province(folder)
    return folder


@pytest.fixture
def sectors(province):
    return pd.read_csv(province / "sectors.csv", dtype=object, keep_default_na=False)


@pytest.fixture
def communes(province):
    return gpd.read_file(province / "communes.geojson")


def problems_of(read, table, path):
    if isinstance(table, gpd.GeoDataFrame):
        table.to_file(path)
    else:
        table.to_csv(path, index=False)
    with pytest.raises(InvalidDataError) as caught:
        read(path)
    return caught.value.problems


def only(problems):
    (problem,) = problems
    assert problem.file
    assert problem.mend
    assert str(problem).startswith(f"[{problem.code}]")
    return problem


# --- sectors -------------------------------------------------------------------------------------

BROKEN_CELLS = [
    ("technology", "6G", "unknown-value"),
    ("technology", "", "empty-cell"),
    ("height_agl_m", "NaN m", "not-a-number"),
    ("height_agl_m", "900", "out-of-range"),
    ("azimuth_deg", "-10", "out-of-range"),
    ("frequency_mhz", "1.8", "out-of-range"),
    ("origin", "guessed", "unknown-value"),
    ("on_air", "31/02/2020", "not-a-date"),
    ("site_id", "", "empty-cell"),
    ("uncertainty_m", "-1", "out-of-range"),
    ("lon", "", "empty-geometry"),
    ("lat", "x", "empty-geometry"),
    ("lat", "12.5", "outside-province"),
]


@pytest.mark.parametrize(("column", "cell", "code"), BROKEN_CELLS)
def test_a_broken_cell_is_named_with_row_and_column(sectors, tmp_path, column, cell, code):
    sectors.loc[4, column] = cell
    found = problems_of(read_sectors, sectors, tmp_path / "s.csv")
    assert (code, 5) in {(p.code, p.row) for p in found}
    expected = "geometry" if column in {"lon", "lat"} else column
    assert expected in {p.column for p in found}


def test_swapped_coordinates_are_named(sectors, tmp_path):
    sectors[["lon", "lat"]] = sectors[["lat", "lon"]].to_numpy()
    found = problems_of(read_sectors, sectors, tmp_path / "s.csv")
    assert {p.code for p in found} == {"swapped-coordinates"}
    assert len(found) == len(sectors)


def test_duplicate_ids_name_the_later_row(sectors, tmp_path):
    sectors.loc[2, "sector_id"] = sectors.loc[0, "sector_id"]
    problem = only(problems_of(read_sectors, sectors, tmp_path / "s.csv"))
    assert (problem.code, problem.row, problem.column) == ("duplicate-id", 3, "sector_id")


def test_rows_of_one_site_must_agree(sectors, tmp_path):
    sectors.loc[1, "operator"] = "MobiFone"
    sectors.loc[2, "lon"] = "107.60"
    found = problems_of(read_sectors, sectors, tmp_path / "s.csv")
    assert {(p.code, p.row, p.column) for p in found} == {
        ("inconsistent-site", 2, "operator"),
        ("inconsistent-site", 3, "geometry"),
    }


def test_a_site_cannot_go_off_before_it_comes_on(sectors, tmp_path):
    sectors.loc[0, "off_air"] = "2001-01-01"
    problem = only(problems_of(read_sectors, sectors, tmp_path / "s.csv"))
    assert (problem.code, problem.row) == ("dates-out-of-order", 1)


def test_all_problems_of_a_file_come_together(sectors, tmp_path):
    sectors.loc[0, "technology"] = "6G"
    sectors.loc[1, "height_agl_m"] = "-3"
    sectors.loc[3, "on_air"] = "soon"
    found = problems_of(read_sectors, sectors, tmp_path / "s.csv")
    assert [(p.row, p.code) for p in found] == [
        (1, "unknown-value"),
        (2, "out-of-range"),
        (4, "not-a-date"),
    ]


def test_missing_columns_are_named_with_those_found(sectors, tmp_path):
    found = problems_of(read_sectors, sectors.drop(columns=["operator"]), tmp_path / "s.csv")
    assert found[0].code == "missing-columns"
    assert found[0].column == "operator"


def test_a_csv_without_coordinates_says_which_columns_it_lacks(sectors, tmp_path):
    table = sectors.drop(columns=["lat"])
    assert only(problems_of(read_sectors, table, tmp_path / "s.csv")).column == "lat"


def test_a_bare_list_is_completed_and_says_what_was_assumed(sectors, tmp_path):
    bare = sectors[["site_id", "operator", "technology", "lon", "lat"]].drop_duplicates()
    bare.to_csv(tmp_path / "bare.csv", index=False)
    found = read_sectors(tmp_path / "bare.csv")
    assert found["azimuth_deg"].isna().all()
    assert found["sector_id"].tolist() == ["W1-4G-1", "E1-4G-1"]
    assert (found["origin"] == "estimated").all()
    assumed = set(found["assumed"].iloc[0].split("; "))
    assert {"frequency_mhz", "eirp_dbm", "height_agl_m", "on_air", "origin"} <= assumed


def test_a_full_list_assumes_nothing(province):
    assert (read_sectors(province / "sectors.csv")["assumed"] == "").all()


# --- polygons ------------------------------------------------------------------------------------


def test_a_missing_crs_is_named(communes, tmp_path):
    path = tmp_path / "c.shp"
    bare = communes[["code", "geometry"]]
    bare.to_file(path)
    path.with_suffix(".prj").unlink()
    with pytest.raises(InvalidDataError) as caught:
        read_communes(path)
    assert caught.value.codes == {"missing-crs"}


def test_another_crs_is_transformed(communes, tmp_path):
    communes.to_crs("EPSG:5899").to_file(tmp_path / "c.gpkg")
    found = read_communes(tmp_path / "c.gpkg")
    assert found.crs == "EPSG:4326"
    np.testing.assert_allclose(found.total_bounds, communes.total_bounds, atol=2e-5)


def test_degrees_declared_as_metres_are_named(communes, tmp_path):
    wrong = communes.set_crs("EPSG:5899", allow_override=True)
    assert only(problems_of(read_communes, wrong, tmp_path / "c.gpkg")).code == "wrong-crs"


def test_metres_declared_as_degrees_are_named(communes, tmp_path):
    wrong = communes.to_crs("EPSG:5899").set_crs("EPSG:4326", allow_override=True)
    assert only(problems_of(read_communes, wrong, tmp_path / "c.gpkg")).code == "wrong-crs"


def test_empty_and_broken_polygons_are_named(communes, tmp_path):
    x, y = tiny.place(1, 1)
    bow_tie = Polygon([(x, y), (x + 0.1, y + 0.1), (x + 0.1, y), (x, y + 0.1)])
    communes.geometry = [bow_tie, Polygon()]
    found = problems_of(read_communes, communes, tmp_path / "c.gpkg")
    assert [(p.row, p.code) for p in found] == [(1, "broken-geometry"), (2, "empty-geometry")]
    assert "Self-intersection" in found[0].found


def test_points_are_no_communes(communes, tmp_path):
    communes.geometry = communes.geometry.representative_point()
    found = problems_of(read_communes, communes, tmp_path / "c.gpkg")
    assert {p.code for p in found} == {"wrong-geometry"}


def test_overlapping_communes_are_named_with_the_shared_area(communes, tmp_path):
    grown = communes.to_crs("EPSG:5899")
    grown.geometry = [grown.geometry.iloc[0].buffer(50), grown.geometry.iloc[1]]
    problem = only(problems_of(read_communes, grown, tmp_path / "c.gpkg"))
    assert (problem.code, problem.row) == ("overlapping-units", 2)
    assert "Xã Tây" in problem.found


def test_islands_make_no_problem(communes, tmp_path):
    lon, lat = tiny.place(14, 4)
    islet = box(lon, lat, lon + 0.01, lat + 0.01)
    communes.geometry = [communes.geometry[0], MultiPolygon([communes.geometry[1], islet])]
    communes.to_file(tmp_path / "c.gpkg")
    assert read_communes(tmp_path / "c.gpkg").geometry.iloc[1].geom_type == "MultiPolygon"


def test_decomposed_text_is_composed(communes, tmp_path):
    communes["name_vi"] = ["Xa\u0303 Hoa\u0300", "Xã Hòa"]
    communes.to_file(tmp_path / "c.gpkg")
    assert read_communes(tmp_path / "c.gpkg")["name_vi"].tolist() == ["Xã Hoà", "Xã Hòa"]


@pytest.mark.parametrize("ending", ["gpkg", "geojson", "parquet", "fgb", "shp"])
def test_every_format_keeps_accents_and_places(sectors, tmp_path, ending):
    points = gpd.points_from_xy(sectors.pop("lon").astype(float), sectors.pop("lat").astype(float))
    kept = ["site_id", "sector_id", "name", "operator", "on_air", "origin"]
    short = gpd.GeoDataFrame(sectors[kept], geometry=points, crs="EPSG:4326")
    path = tmp_path / f"s.{ending}"
    short["technology"] = "4G"  # ten characters: the most that a Shapefile keeps
    short.to_parquet(path) if ending == "parquet" else short.to_file(path, encoding="utf-8")
    found = read_sectors(path).set_index("sector_id").sort_index()  # FlatGeobuf reorders rows
    wanted = short.set_index("sector_id").sort_index()
    assert found["name"].tolist() == wanted["name"].tolist()
    np.testing.assert_allclose(found.geometry.x, wanted.geometry.x, atol=1e-7)


def test_wkt_in_a_csv_is_read(communes, tmp_path):
    table = pd.DataFrame(communes.drop(columns="geometry"))
    table["geometry"] = communes.geometry.to_wkt()
    table.to_csv(tmp_path / "c.csv", index=False)
    assert len(read_communes(tmp_path / "c.csv")) == 2


def test_an_unknown_ending_and_a_missing_file_are_named(tmp_path):
    (tmp_path / "c.docx").write_bytes(b"x")
    for name, code in (("c.docx", "unknown-format"), ("none.gpkg", "missing-file")):
        with pytest.raises(InvalidDataError) as caught:
            read_communes(tmp_path / name)
        assert caught.value.codes == {code}


@pytest.mark.parametrize("ending", ["gpkg", "parquet", "geojson", "shp"])
def test_a_file_that_is_something_else_is_unreadable_not_a_crash(tmp_path, ending):
    path = tmp_path / f"x.{ending}"
    path.write_bytes(b"\x00\xff not a layer")
    with pytest.raises(InvalidDataError) as caught:
        read_communes(path)
    assert caught.value.codes == {"unreadable"}


@settings(max_examples=60, deadline=None)
@given(body=st.binary(max_size=300))
def test_no_bytes_in_a_csv_crash_a_reader(tmp_path_factory, body):
    path = tmp_path_factory.mktemp("fuzz") / "s.csv"
    path.write_bytes(b"site_id,operator,technology,lon,lat\n" + body)
    try:
        read_sectors(path)
    except CoverageError as error:
        assert str(error)  # noqa: PT017 (reading may also succeed)


def test_points_are_read_with_their_radius(province):
    villages = read_villages(province / "villages.csv")
    assert villages["uncertainty_m"].tolist() == [200.0] * 3
    assert villages["in_programme"].tolist() == [False, True, True]
    assert isinstance(villages.geometry.iloc[0], Point)


# --- what ships ----------------------------------------------------------------------------------


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
