"""Sectors: wrong rows are named, a bare list is completed and says what was assumed."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from qn_coverage.data.sector_completion import BEAMWIDTH_H_DEG, DEFAULTS, UNKNOWN_AZIMUTH_DB
from qn_coverage.data.sites import read_sectors
from tests.data.reading import codes_of, places_of, problems_of, written


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("technology", "6G", "unknown-value"),
        ("technology", "", "empty-cell"),
        ("height_agl_m", "", "nan-height"),
        ("height_agl_m", "NaN", "nan-height"),
        ("height_agl_m", "36 m", "not-a-number"),
        ("height_agl_m", "900", "out-of-range"),
        ("azimuth_deg", "-10", "out-of-range"),
        ("azimuth_deg", "", "missing-azimuth"),
        ("frequency_mhz", "1.8", "out-of-range"),
        ("origin", "guessed", "unknown-value"),
        ("on_air", "31/02/2020", "not-a-date"),
        ("site_id", "", "empty-cell"),
        ("sector_id", "W1-4G-0", "duplicate-id"),
        ("uncertainty_m", "-1", "out-of-range"),
        ("lon", "", "empty-geometry"),
        ("lat", "x", "not-a-number"),
        ("lat", "12.5", "outside-province"),
        ("operator", "", "empty-cell"),
        ("operator", "MobiFone", "inconsistent-site"),
        ("off_air", "2001-01-01", "dates-out-of-order"),
    ],
)
def test_a_broken_cell_is_named_with_row_and_column(sectors, tmp_path, column, cell, code):
    sectors.loc[4, column] = cell
    found = problems_of(read_sectors, written(sectors, tmp_path / "s.csv"))
    where = "geometry" if code == "outside-province" else column
    assert (code, 5, where) in places_of(found)
    assert {problem.row for problem in found} == {5}


def test_a_nan_height_in_a_geopackage_is_named(sectors, tmp_path):
    points = gpd.points_from_xy(sectors.pop("lon").astype(float), sectors.pop("lat").astype(float))
    heights = sectors["height_agl_m"].astype(float).mask(sectors.index == 2)
    layer = gpd.GeoDataFrame(
        sectors.assign(height_agl_m=heights), geometry=points, crs="EPSG:4326"
    ).replace("", None)
    found = problems_of(read_sectors, written(layer, tmp_path / "s.gpkg"))
    assert places_of(found) == [("nan-height", 3, "height_agl_m")]


def test_swapped_coordinates_are_named_in_each_row(sectors, tmp_path):
    sectors[["lon", "lat"]] = sectors[["lat", "lon"]].to_numpy()
    found = problems_of(read_sectors, written(sectors, tmp_path / "s.csv"))
    assert {problem.code for problem in found} == {"swapped-coordinates"}
    assert [problem.row for problem in found] == list(range(1, len(sectors) + 1))


def test_rows_of_one_site_must_agree(sectors, tmp_path):
    sectors.loc[1, "operator"] = "MobiFone"
    sectors.loc[2, "lon"] = "107.60"
    sectors.loc[4, "height_agl_m"] = "12"
    found = problems_of(read_sectors, written(sectors, tmp_path / "s.csv"))
    assert places_of(found) == [
        ("inconsistent-site", 2, "operator"),
        ("inconsistent-site", 3, "geometry"),
        ("inconsistent-site", 5, "height_agl_m"),
    ]


def test_all_problems_of_a_file_come_together_in_its_order(sectors, tmp_path):
    sectors.loc[0, "technology"] = "6G"
    sectors.loc[1, "azimuth_deg"] = "-3"
    sectors.loc[2, "off_air"] = "2001-01-01"
    sectors.loc[3, "on_air"] = "soon"
    sectors.loc[4, "lat"] = "12.5"
    sectors.loc[5, "operator"] = "Viettel"
    found = problems_of(read_sectors, written(sectors, tmp_path / "s.csv"))
    assert [(problem.row, problem.code) for problem in found] == [
        (1, "unknown-value"),
        (2, "out-of-range"),
        (3, "dates-out-of-order"),
        (4, "not-a-date"),
        (5, "outside-province"),
        (5, "inconsistent-site"),
        (6, "inconsistent-site"),
    ]


def test_missing_columns_are_named_with_those_of_the_file(sectors, tmp_path):
    table = sectors.drop(columns=["operator", "lat"])
    found = problems_of(read_sectors, written(table, tmp_path / "s.csv"))
    missing = {problem.column for problem in found if problem.code == "missing-columns"}
    assert missing == {"lat", "operator"}
    assert all("assumed" not in problem.found for problem in found)


@pytest.mark.parametrize(
    ("left", "asked"),
    [
        ([], "name, operator, technology"),
        (["name"], "operator, technology"),
        (["site_id", "operator"], "technology"),
        (["sector_id", "frequency_mhz", "bandwidth_mhz", "eirp_dbm"], "name, operator, technology"),
    ],
)
def test_only_columns_that_nothing_can_stand_in_for_are_asked_for(sectors, tmp_path, left, asked):
    table = sectors[[*left, "lon", "lat", "height_agl_m"]].drop_duplicates()
    (found,) = problems_of(read_sectors, written(table, tmp_path / "s.csv"))
    assert (found.code, found.column) == ("missing-columns", asked)
    completed = written(bare(sectors, "height_agl_m"), tmp_path / "all.csv")
    assert len(read_sectors(completed)) > 0


def bare(sectors, *columns):
    wanted = ["name", "operator", "technology", "lon", "lat", *columns]
    return sectors[wanted].drop_duplicates()


def test_a_bare_list_is_completed_and_says_what_was_assumed(sectors, tmp_path):
    found = read_sectors(written(bare(sectors, "height_agl_m"), tmp_path / "bare.csv"))
    assert found["azimuth_deg"].isna().all()
    assert found["beamwidth_h_deg"].isna().all()
    assert found["site_id"].tolist() == ["Viettel-tram-w1", "VinaPhone-tram-e1"]
    assert found["sector_id"].tolist() == ["Viettel-tram-w1-4G-1", "VinaPhone-tram-e1-4G-1"]
    assert (found["origin"] == "estimated").all()
    assert (found["height_agl_m"] == 36.0).all()
    assert found["eirp_dbm"].tolist() == [DEFAULTS["4G"]["eirp_dbm"] - UNKNOWN_AZIMUTH_DB] * 2
    assert set(found["assumed"].iloc[0].split("; ")) == {
        "frequency_mhz",
        "bandwidth_mhz",
        "eirp_dbm",
        "downtilt_deg",
        "beamwidth_v_deg",
        "uncertainty_m",
        "azimuth_deg",
        "on_air",
        "origin",
    }


def test_the_lowered_eirp_is_the_mean_of_three_faces():
    bearing = np.linspace(-60.0, 60.0, 100_001)
    mean_db = (12.0 * (bearing / BEAMWIDTH_H_DEG) ** 2).mean()
    assert pytest.approx(mean_db, abs=0.01) == UNKNOWN_AZIMUTH_DB


def test_a_given_eirp_is_taken_as_it_is(sectors, tmp_path):
    found = read_sectors(written(bare(sectors, "eirp_dbm"), tmp_path / "bare.csv"))
    assert (found["eirp_dbm"] == 62.0).all()
    assert not found["assumed"].str.contains("eirp_dbm").any()


def test_a_missing_height_column_is_assumed_and_said(sectors, tmp_path):
    found = read_sectors(written(bare(sectors), tmp_path / "bare.csv"))
    assert (found["height_agl_m"] == 30.0).all()
    assert found["assumed"].str.contains("height_agl_m").all()


def test_an_empty_cell_of_a_default_is_assumed_in_its_row_only(sectors, tmp_path):
    sectors.loc[1, "eirp_dbm"] = ""
    sectors.loc[2, "beamwidth_h_deg"] = ""
    found = read_sectors(written(sectors, tmp_path / "s.csv"))
    assert found["assumed"].tolist() == ["", "eirp_dbm", "beamwidth_h_deg", "", "", ""]
    assert found["eirp_dbm"][1] == DEFAULTS["4G"]["eirp_dbm"]
    assert found["beamwidth_h_deg"][2] == BEAMWIDTH_H_DEG


def test_an_antenna_that_sends_all_around_is_no_assumption(sectors, tmp_path):
    sectors.loc[0, ["azimuth_deg", "beamwidth_h_deg"]] = ""
    found = read_sectors(written(sectors, tmp_path / "s.csv"))
    assert np.isnan(found["azimuth_deg"][0])
    assert found["assumed"][0] == ""


def test_what_a_file_says_was_assumed_is_kept(sectors, tmp_path):
    sectors["assumed"] = "eirp_dbm"
    sectors.loc[0, "downtilt_deg"] = ""
    found = read_sectors(written(sectors, tmp_path / "s.csv"))
    assert found["assumed"][0] == "eirp_dbm; downtilt_deg"
    assert found["assumed"][1] == "eirp_dbm"


def test_a_height_is_assumed_where_the_row_itself_admits_it(sectors, tmp_path):
    sectors.loc[3:, "height_agl_m"] = ""
    sectors["assumed"] = ["", "", "", *["height_agl_m"] * 3]
    found = read_sectors(written(sectors, tmp_path / "s.csv"))
    assert found["height_agl_m"].tolist() == [36.0] * 3 + [30.0] * 3
    assert found["assumed"].tolist() == ["", "", "", *["height_agl_m"] * 3]


def test_sites_of_one_name_at_two_places_are_told_apart(sectors, tmp_path):
    table = bare(sectors).assign(name="Trạm Núi", operator="Viettel")
    found = read_sectors(written(table, tmp_path / "bare.csv"))
    assert found["site_id"].tolist() == ["Viettel-tram-nui", "Viettel-tram-nui-2"]


def test_two_technologies_of_a_place_are_one_site(sectors, tmp_path):
    table = pd.concat([bare(sectors), bare(sectors).assign(technology="2G")])
    found = read_sectors(written(table, tmp_path / "bare.csv"))
    assert found["site_id"].nunique() == 2
    assert found["frequency_mhz"].tolist() == [1842.5, 1842.5, 947.5, 947.5]


def test_a_row_without_name_and_site_is_named(sectors, tmp_path):
    table = bare(sectors)
    table.iloc[1, 0] = ""
    found = problems_of(read_sectors, written(table, tmp_path / "bare.csv"))
    assert ("empty-cell", 2, "site_id") in places_of(found)


def test_operators_are_spelled_alike(sectors, tmp_path):
    sectors["operator"] = sectors["operator"].str.upper()
    found = read_sectors(written(sectors, tmp_path / "s.csv"))
    assert found["operator"].unique().tolist() == ["Viettel", "VinaPhone"]


def test_operators_are_one_network_whatever_their_list_calls_them(sectors, tmp_path):
    first = sectors["operator"] == "Viettel"
    sectors["operator"] = ["VNPT" if viettel else "Vina Phone" for viettel in first]
    found = read_sectors(written(sectors, tmp_path / "s.csv"))
    assert found["operator"].unique().tolist() == ["VinaPhone"]


def test_an_operator_that_is_not_known_stays_as_it_stands(sectors, tmp_path):
    sectors["operator"] = "Viettell"
    found = read_sectors(written(sectors, tmp_path / "s.csv"))
    assert found["operator"].unique().tolist() == ["Viettell"]


def test_a_full_list_assumes_nothing(province):
    assert (read_sectors(province / "sectors.csv")["assumed"] == "").all()


def test_an_empty_list_is_named(sectors, tmp_path):
    assert codes_of(read_sectors, written(sectors.iloc[:0], tmp_path / "s.csv")) == {"no-rows"}


@pytest.mark.parametrize("ending", ["gpkg", "geojson", "parquet", "fgb", "shp"])
def test_every_format_gives_the_same_sectors(sectors, tmp_path, ending):
    points = gpd.points_from_xy(sectors.pop("lon").astype(float), sectors.pop("lat").astype(float))
    kept = ["site_id", "sector_id", "name", "operator", "technology", "on_air", "origin"]
    short = gpd.GeoDataFrame(sectors[kept], geometry=points, crs="EPSG:4326")
    path = tmp_path / f"s.{ending}"
    short.to_parquet(path) if ending == "parquet" else short.to_file(path, encoding="utf-8")
    found = read_sectors(path).set_index("sector_id").sort_index()  # FlatGeobuf reorders rows
    wanted = short.set_index("sector_id").sort_index()
    assert found["name"].tolist() == wanted["name"].tolist()
    assert found["on_air"].dt.strftime("%Y-%m-%d").tolist() == wanted["on_air"].tolist()
    np.testing.assert_allclose(found.geometry.x, wanted.geometry.x, atol=1e-7)


def test_the_same_file_gives_the_same_rows(province):
    first, second = (read_sectors(province / "sectors.csv") for _ in range(2))
    pd.testing.assert_frame_equal(first, second)


def test_a_site_of_two_rows_that_only_differ_in_rounding_is_one_place(sectors, tmp_path):
    sectors.loc[1, "lon"] = f"{float(sectors.loc[1, 'lon']) + 1e-7:.8f}"
    assert len(read_sectors(written(sectors, tmp_path / "s.csv"))) == len(sectors)
