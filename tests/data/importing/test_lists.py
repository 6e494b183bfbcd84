"""Rows of real lists: what each cell is taken for is said, what has two senses is refused."""

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from qn_coverage.core.errors import InvalidDataError, UnknownNameError
from qn_coverage.data.catalog import layer_path
from qn_coverage.data.importing.cells import (
    Unclear,
    azimuths,
    day,
    frequencies,
    number,
    technologies,
)
from qn_coverage.data.importing.measurements import import_measurements, read_measurements
from qn_coverage.data.importing.opencellid import import_opencellid
from qn_coverage.data.importing.sites import import_sites
from qn_coverage.data.importing.villages import import_villages
from qn_coverage.data.sites import read_sectors
from qn_coverage.data.villages import read_villages
from tests.data.importing.making import LINES, csv_text, rows, write_opencellid, write_xlsx
from tests.data.importing.test_text import as_tcvn3

SITE = {
    "Mã trạm": "A1",
    "Nhà mạng": "Viettel",
    "Công nghệ": "4G",
    "Kinh độ": 107.0511,
    "Vĩ độ": 20.9511,
}


@pytest.fixture
def sites(tmp_path):
    """Import rows of stations, given by what differs; returns sectors and report."""

    def _import(*changes, **options):
        records = [{**SITE, **change} for change in changes]
        head = list(dict.fromkeys(name for record in records for name in record))
        lines = [head, *([record.get(name) for name in head] for record in records)]
        out = tmp_path / "out.parquet"
        out.unlink(missing_ok=True)
        report = import_sites(
            [write_xlsx(tmp_path / "l.xlsx", lines)], out, skip_refused=True, **options
        )
        return read_sectors(out), report

    return _import


@pytest.fixture
def refusals(tmp_path):
    """(row, column, code) of what is refused in rows of stations."""

    def _import(*changes):
        records = [{**SITE, **change} for change in changes]
        head = list(dict.fromkeys(name for record in records for name in record))
        lines = [head, *([record.get(name) for name in head] for record in records)]
        report = import_sites([write_xlsx(tmp_path / "l.xlsx", lines)], None, dry_run=True)
        return [(p.row, p.column, p.code) for p in report.problems]

    return _import


# --- legacy text ---------------------------------------------------------------------------------


def test_a_tcvn3_list_is_read_with_its_accents_and_says_so(tmp_path):
    path = tmp_path / "list.csv"
    path.write_bytes(as_tcvn3(csv_text(LINES).replace("–", "-")))
    report = import_sites([path], tmp_path / "out.gpkg")
    assert read_sectors(tmp_path / "out.gpkg")["name"].tolist()[0] == "Trạm Bãi Cháy"
    assert any(n.code == "encoding" and "tcvn3" in n.vi for n in report.notes)


def test_abc_text_in_an_old_mapinfo_table_or_shapefile_is_repaired(tmp_path):
    points = gpd.GeoDataFrame(
        {"Ma_tram": ["A1", "A2"], "Ten_tram": ["Tr¹m B·i Ch¸y", "§¶o TuÇn Ch©u"],
         "Nha_mang": ["Viettel"] * 2, "Cong_nghe": ["4G"] * 2},
        geometry=gpd.points_from_xy([107.0511, 106.99], [20.9511, 20.93]), crs="EPSG:4326",
    )  # fmt: skip
    for name, options in (("l.shp", {"encoding": "ISO-8859-1"}), ("l.tab", {"driver": "MapInfo File"})):  # fmt: skip
        points.to_file(tmp_path / name, **options)
        import_sites([tmp_path / name], tmp_path / "out.parquet")
        found = read_sectors(tmp_path / "out.parquet")["name"].tolist()
        assert found == ["Trạm Bãi Cháy", "Đảo Tuần Châu"]


# --- cells ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "meant"),
    [("2G/3G/4G", ["2G", "3G", "4G"]), ("LTE", ["4G"]), ("GSM900", ["2G"]), ("5G NR", ["5G"]),
     ("L1800+L2100", ["4G", "4G"]), ("4G và 5G", ["4G", "5G"]), ("U2100", ["3G"]), ("wcdma", ["3G"])],
)  # fmt: skip
def test_technologies_are_read_in_the_ways_they_are_written(cell, meant):
    assert [name for name, _ in technologies(cell)] == meant


@pytest.mark.parametrize("cell", ["6G", "Viettel", "4G5G", "-", "di động"])
def test_what_is_no_technology_is_unclear(cell):
    with pytest.raises(Unclear):
        technologies(cell)


@pytest.mark.parametrize(
    ("cell", "mhz"),
    [("1800", [1842.5]), ("1.800 MHz", [1842.5]), ("2,1 GHz", [2140.0]), ("B3", [1842.5]),
     ("n78", [3550.0]), ("1842,5", [1842.5]), ("900/1800", [942.5, 1842.5]), ("L2600", [2593.0])],
)  # fmt: skip
def test_bands_and_frequencies_are_read(cell, mhz):
    assert [value for value, _ in frequencies(cell)] == mhz


@pytest.mark.parametrize(
    ("cell", "degrees"),
    [("0/120/240", [0, 120, 240]), ("0, 120, 240", [0, 120, 240]), ("60°", [60]), ("omni", [None]),
     ("Vô hướng", [None]), ("0-120-240", None), ("12,5", [12.5]), ("30;150;270", [30, 150, 270])],
)  # fmt: skip
def test_directions_are_read(cell, degrees):
    if degrees is None:
        with pytest.raises(Unclear):
            azimuths(cell)
    else:
        assert azimuths(cell) == degrees


@pytest.mark.parametrize(
    ("cell", "iso"),
    [("31/01/2024", "2024-01-31"), ("2024-01-31", "2024-01-31"), ("31.1.2024", "2024-01-31"),
     ("45322", "2024-01-31"), ("01/2024", "2024-01-31"), ("tháng 1/2024", "2024-01-31"),
     ("2024", "2024-12-31"), ("31/01/2024 08:00", "2024-01-31")],
)  # fmt: skip
def test_days_are_read(cell, iso):
    assert day(cell)[0].isoformat() == iso


@pytest.mark.parametrize("cell", ["31/02/2024", "hôm qua", "1/13/2024", "0"])
def test_what_is_no_day_is_unclear(cell):
    with pytest.raises(Unclear):
        day(cell)


@pytest.mark.parametrize(
    ("cell", "metres"), [("42", 42), ("42 m", 42), ("42,5m", 42.5), ("42 mét", 42)]
)
def test_heights_are_read_with_their_unit(cell, metres):
    assert number(cell, {"": 1.0, "m": 1.0, "mét": 1.0})[0] == metres


# --- stations ------------------------------------------------------------------------------------


def test_a_row_becomes_a_sector_for_each_carrier_and_direction(sites):
    sectors, report = sites(
        {"Công nghệ": "2G/4G", "Băng tần": "900/1800", "Phương vị": "0/120/240"}
    )
    assert len(sectors) == report.written == 6
    by_tech = sectors.groupby("technology")
    assert by_tech["frequency_mhz"].unique().map(list).to_dict() == {"2G": [942.5], "4G": [1842.5]}
    assert by_tech["azimuth_deg"].apply(list).tolist() == [[0, 120, 240]] * 2


def test_spellings_of_operators_are_one(sites):
    spelt = ("VIETTEL", "viettel qnh", "VNPT", "Mobi", "vms", "Vietnamobile", "VNPT VinaPhone")
    sectors, _ = sites(*({"Mã trạm": f"A{i}", "Nhà mạng": n} for i, n in enumerate(spelt)))
    assert set(sectors["operator"]) == {"Viettel", "VinaPhone", "MobiFone", "Vietnamobile"}


def test_tilts_of_two_columns_are_added(sites):
    sectors, _ = sites({"Tilt cơ": 2, "Tilt điện": "4°"})
    assert sectors["downtilt_deg"].tolist() == [6.0]


def test_one_code_with_two_heights_or_operators_is_two_masts_and_said(sites):
    sectors, report = sites(
        {"Độ cao": 30}, {"Độ cao": 45}, {"Mã trạm": "B1"}, {"Mã trạm": "B1", "Nhà mạng": "VNPT"}
    )
    assert sectors["site_id"].nunique() == 4
    assert sum(note.code == "site-split" for note in report.notes) == 4


def test_an_empty_height_is_assumed_and_named(sites):
    sectors, _ = sites({"Độ cao": 30}, {"Mã trạm": "A2", "Độ cao": "-"})
    assert sectors["height_agl_m"].tolist() == [30, 30]
    assert ["height_agl_m" in text for text in sectors["assumed"]] == [False, True]


def test_dates_of_a_column_are_read_in_one_order(sites, refusals):
    sectors, _ = sites(
        {"Ngày phát sóng": "01/02/2020"}, {"Mã trạm": "A2", "Ngày phát sóng": "01/31/2020"}
    )
    assert sectors["on_air"].dt.strftime("%Y-%m-%d").tolist() == ["2020-01-02", "2020-01-31"]
    mixed = refusals(
        {"Ngày phát sóng": "31/01/2020"}, {"Mã trạm": "A2", "Ngày phát sóng": "01/31/2020"}
    )
    assert {(row, code) for row, _, code in mixed} == {(1, "not-a-date"), (2, "not-a-date")}


@pytest.mark.parametrize(
    ("change", "column", "code"),
    [({"Công nghệ": "6G"}, "Công nghệ", "unknown-value"),
     ({"Công nghệ": ""}, "Công nghệ", "empty-cell"),
     ({"Nhà mạng": ""}, "Nhà mạng", "empty-cell"),
     ({"Băng tần": "900/1800/2100", "Công nghệ": "2G/4G"}, "Băng tần", "ambiguous-carriers"),
     ({"Băng tần": "18 GHz"}, "Băng tần", "out-of-range"),
     ({"Độ cao": "ba mươi"}, "Độ cao", "not-a-number"),
     ({"Độ cao": "1200 m"}, "Độ cao", "out-of-range"),
     ({"Độ cao": "100 ft"}, "Độ cao", "not-a-number"),
     ({"Phương vị": "400"}, "Phương vị", "not-a-number"),
     ({"Kinh độ": "105.85", "Vĩ độ": "21.03"}, "Kinh độ", "outside-province"),
     ({"Kinh độ": "1070304", "Vĩ độ": "205704"}, "Kinh độ", "ambiguous-coordinates"),
     ({"Kinh độ": "", "Vĩ độ": ""}, "Kinh độ", "empty-geometry"),
     ({"Kinh độ": "446230.1", "Vĩ độ": "2322118.2"}, "Kinh độ", "ambiguous-zone"),
     ({"Nguồn gốc": "nghe nói"}, "Nguồn gốc", "unknown-value")],
)  # fmt: skip
def test_a_cell_without_one_sense_is_refused_at_its_row_and_column(refusals, change, column, code):
    assert (2, column, code) in refusals({}, {"Mã trạm": "A2", **change})
    assert {row for row, _, _ in refusals({}, {"Mã trạm": "A2", **change})} == {2}


def test_a_few_rows_in_metres_are_placed_by_the_communes_that_they_name(sites):
    points = gpd.GeoSeries.from_xy([107.75, 107.77], [20.98, 20.99], crs="EPSG:4326").to_crs(
        "EPSG:9214"
    )
    sectors, report = sites(
        *({"Mã trạm": f"A{i}", "Kinh độ": f"{p.x:.2f}", "Vĩ độ": f"{p.y:.2f}", "Xã": "Cô Tô"}
          for i, p in enumerate(points))
    )  # fmt: skip
    assert sectors.geometry.x.tolist() == pytest.approx([107.75, 107.77], abs=1e-6)
    assert any("VN-2000" in note.en and "107-00" in note.en for note in report.notes)


def test_an_unknown_field_in_set_is_answered_with_the_known_ones(tmp_path):
    with pytest.raises(UnknownNameError, match="operator"):
        import_sites([write_xlsx(tmp_path / "l.xlsx", LINES)], None, fixed={"colour": "red"})


def test_lists_of_two_operators_become_one_file(tmp_path):
    lines = [LINES[0], *((f"V{r[0]}", r[1], "VNPT", *r[3:]) for r in rows())]
    files = [write_xlsx(tmp_path / "a.xlsx", LINES), write_xlsx(tmp_path / "b.xlsx", lines)]
    report = import_sites(files, tmp_path / "out.parquet")
    assert len(read_sectors(tmp_path / "out.parquet")) == 8
    assert sum(note.code == "proposed-same-mast" for note in report.notes) == 4


def test_rows_of_two_files_of_one_name_are_told_apart(tmp_path):
    bad = [LINES[0], ("", "", *LINES[1][2:]), *((f"W{r[0]}", *r[1:]) for r in rows()[1:])]
    files = []
    for folder, lines in (("a", LINES), ("b", bad)):
        (tmp_path / folder).mkdir()
        files.append(write_xlsx(tmp_path / folder / "tram.xlsx", lines))
    report = import_sites(files, tmp_path / "out.parquet", skip_refused=True)
    assert (report.read, report.taken) == (8, 7)
    assert {p.file for p in report.problems} == {"b/tram.xlsx [Sheet]"}


def test_the_same_file_twice_is_refused(tmp_path):
    path = write_xlsx(tmp_path / "tram.xlsx", LINES)
    with pytest.raises(InvalidDataError) as caught:
        import_sites([path, path], None)
    assert caught.value.codes == {"same-file"}


# --- villages ------------------------------------------------------------------------------------


@pytest.fixture
def villages(tmp_path):
    def _import(*lines, head=("Tên thôn", "Xã", "Xã cũ", "Huyện", "Thuộc 105")):
        out = tmp_path / "villages.parquet"
        path = write_xlsx(tmp_path / "thon.xlsx", [head, *lines])
        report = import_villages([path], out, skip_refused=True)
        return read_villages(out).set_index("name_vi"), report

    return _import


def outline(code):
    units = gpd.read_parquet(layer_path("communes")).to_crs("EPSG:5899")
    return units.set_index("code").geometry[code]


@pytest.mark.parametrize("name", ["Xã Ba Chẽ", "ba che", "BA CHẼ", "xa Ba Che", "Ba Chè"])
def test_a_village_by_name_stands_in_its_commune_with_the_radius_that_holds_it(villages, name):
    found, _ = villages(("Thôn 1", name, "", "", "có"))
    assert found["commune_code"].tolist() == ["06978"]
    assert found["origin"].tolist() == ["estimated"]
    point = found.to_crs("EPSG:5899").geometry.iloc[0]
    commune = outline("06978")
    assert shapely.covers(commune, point)
    assert shapely.hausdorff_distance(commune, point) <= found["uncertainty_m"].iloc[0]


def test_a_former_commune_is_a_smaller_disc_within_its_unit_of_today(villages):
    found, report = villages(
        ("Nay", "Xã Ba Chẽ", "", "", "có"), ("Cũ", "", "Xã Nam Sơn", "Huyện Ba Chẽ", "có")
    )
    assert found["commune_code"].tolist() == ["06978"] * 2
    assert found.loc["Cũ", "former_commune"] == "Xã Nam Sơn"
    assert found.loc["Cũ", "uncertainty_m"] < found.loc["Nay", "uncertainty_m"]
    assert "placed-by-commune" in {note.code for note in report.notes}


def test_an_old_name_in_the_column_of_communes_is_found_too(villages):
    found, report = villages(("Thôn 1", "Xã Đồn Đạc", "", "Huyện Ba Chẽ", "không"))
    assert found.loc["Thôn 1", "commune_code"] == "06978"
    assert any("trước 7/2025" in note.vi for note in report.notes)


def test_a_commune_that_was_split_or_has_a_namesake_is_refused_with_the_candidates(villages):
    _, report = villages(("Thôn 1", "Xã Ba Chẽ", "", "", "có"), ("Thôn 2", "", "Đại Dực", "", "có"))
    (problem,) = report.problems
    assert (problem.row, problem.code) == (2, "ambiguous-commune")
    assert "06862" in problem.expected
    assert "06877" in problem.expected


def test_an_unknown_commune_is_refused(villages):
    _, report = villages(("Thôn 1", "Xã Ba Chẽ", "", "", "có"), ("T 2", "Xã Mù Cang", "", "", "có"))
    assert [(p.row, p.code) for p in report.problems] == [(2, "unknown-commune")]


def test_coordinates_outside_the_commune_that_a_row_names_are_refused(villages):
    head = ("Tên thôn", "Xã", "Toạ độ", "Thuộc 105")
    found, report = villages(
        ("Đúng", "Cô Tô", "20.978, 107.763", "có"), ("Sai", "Ba Chẽ", "20.978, 107.763", "có"),
        ("Không xã", "", "20,978; 107,763", "không"), head=head,
    )  # fmt: skip
    assert [(p.row, p.code) for p in report.problems] == [(2, "wrong-commune")]
    assert found["commune_code"].tolist() == ["07192", "07192"]


@pytest.mark.parametrize(
    ("cell", "people"),
    [("320", 320), ("1.234", 1234), ("12,345", 12345), ("320 khẩu", 320), ("1 234", 1234)],
)
def test_people_are_counted_as_vietnam_writes_thousands(villages, cell, people):
    head = ("Tên thôn", "Xã", "Dân số", "Thuộc 105")
    found, _ = villages(("Thôn 1", "Xã Ba Chẽ", cell, "có"), head=head)
    assert found["population"].tolist() == [people]


def test_villages_of_one_name_get_ids_of_their_own(villages):
    found, _ = villages(*[("Thôn 1", "Xã Ba Chẽ", "", "", "có")] * 3)
    assert found["village_id"].nunique() == 3


# --- measurements and OpenCelliD -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "quantity", "technology"),
    [("RSRP (dBm)", "RSRP", "4G"), ("RSCP", "RSCP", ""), ("RxLev", "RxLev", ""), ("Mức thu", "unknown", "4G")],
)  # fmt: skip
def test_the_name_of_its_column_tells_what_a_level_is(tmp_path, column, quantity, technology):
    lines = [("Kinh độ", "Vĩ độ", "Nhà mạng", "Công nghệ", column),
             (107.051234, 20.951234, "Viettel", technology, "-95,5")]  # fmt: skip
    out = tmp_path / "out.parquet"
    import_measurements([write_xlsx(tmp_path / "l.xlsx", lines)], out)
    (level,) = read_measurements(out).itertuples()
    assert (level.quantity, level.level_dbm) == (quantity, -95.5)
    assert level.technology == (technology or {"RSCP": "3G", "RxLev": "2G"}[column])


@pytest.mark.parametrize(
    ("cell", "iso"),
    [("2026-01-31T08:05:00", "2026-01-31"), ("2026-01-31 23:30:00+07:00", "2026-01-31"),
     ("2026-02-01T01:00:00+07:00", "2026-01-31"), ("31/01/2026 08:05", "2026-01-31"),
     ("31.01.2026", "2026-01-31"), ("", None)],
)  # fmt: skip
def test_times_of_measurements_are_days_in_utc(tmp_path, cell, iso):
    lines = [("Kinh độ", "Vĩ độ", "Nhà mạng", "Công nghệ", "RSRP", "Thời gian"),
             *[(107.05, 20.95, "Viettel", "4G", -95, text) for text in (cell, "2026-01-01")]]  # fmt: skip
    out = tmp_path / "out.parquet"
    import_measurements([write_xlsx(tmp_path / "l.xlsx", lines)], out)
    found = read_measurements(out)["time"].iloc[0]
    assert (None if pd.isna(found) else found.date().isoformat()) == iso


def test_times_in_two_orders_are_refused(tmp_path):
    lines = [("Kinh độ", "Vĩ độ", "Nhà mạng", "Công nghệ", "RSRP", "Thời gian"),
             *[(107.05, 20.95, "Viettel", "4G", -95, text) for text in ("31/01/2026", "01/31/2026", "02/03/2026")]]  # fmt: skip
    report = import_measurements([write_xlsx(tmp_path / "l.xlsx", lines)], None, dry_run=True)
    assert {p.row for p in report.problems} == {1, 2, 3}


def test_a_level_above_zero_or_missing_is_refused(tmp_path):
    lines = [("Kinh độ", "Vĩ độ", "Nhà mạng", "Công nghệ", "RSRP"),
             (107.05, 20.95, "Viettel", "4G", 95), (107.05, 20.95, "Viettel", "4G", None)]  # fmt: skip
    report = import_measurements([write_xlsx(tmp_path / "l.xlsx", lines)], None, dry_run=True)
    assert [(p.row, p.code) for p in report.problems] == [(1, "out-of-range"), (2, "empty-cell")]


def test_the_radius_of_a_heard_site_holds_each_disc_that_its_cells_allow(tmp_path):
    out = tmp_path / "out.parquet"
    import_opencellid(write_opencellid(tmp_path / "452.csv.gz"), out)
    heard = read_sectors(out).set_index("operator")
    # Two cells 534 m apart with ranges of 1,200 and 1,500 m: the nearer one's disc decides.
    assert 1_200 < heard.loc["Viettel", "uncertainty_m"] < 1_600
    # Three telephones alone heard the other one.
    assert heard.loc["MobiFone", "uncertainty_m"] == 3_000
    assert "CC BY-SA" in heard.loc["Viettel", "source"]
