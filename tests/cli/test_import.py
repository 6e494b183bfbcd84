"""'import' takes what planners have, says what it assumed, and writes what the strict readers take."""

import subprocess
import sys

import click
import geopandas as gpd
import openpyxl
import pytest
from click.testing import CliRunner

from qn_coverage.cli import main
from qn_coverage.commands.exchange_in import import_, template
from qn_coverage.data.importing.headers import KINDS
from qn_coverage.data.importing.measurements import read_measurements
from qn_coverage.data.importing.template_columns import TEMPLATES
from qn_coverage.data.importing.text import ENCODINGS
from qn_coverage.data.sites import read_sectors
from qn_coverage.data.villages import read_villages
from tests.data.importing.making import (
    HEADERS,
    NAMES,
    PLACES,
    csv_text,
    rows,
    write_opencellid,
    write_stations,
    write_xlsx,
)

FORMATS = ("csv", "csv.gz", "xlsx", "kml", "kmz", "geojson", "gpkg", "shp", "tab", "mif", "zip")


def call(*arguments):
    return CliRunner().invoke(main, [str(a) for a in arguments], catch_exceptions=False)


@pytest.mark.parametrize(
    "command",
    [("import",), ("import", "sites"), ("import", "villages"), ("import", "measurements")],
)
def test_help_has_examples(command):
    result = call(*command, "--help")
    assert result.exit_code == 0
    assert "Examples" in result.output
    assert "qn-coverage import" in result.output


@pytest.mark.parametrize("ending", FORMATS)
def test_the_same_list_comes_out_of_every_format(tmp_path, ending):
    path, out = write_stations(tmp_path, ending), tmp_path / "out" / "sites.gpkg"
    result = call("import", "sites", path, "--out", out)
    assert result.exit_code == 0, result.output
    sectors = read_sectors(out).set_index("site_id")
    assert set(sectors.index) == set(PLACES)
    for code, (lon, lat) in PLACES.items():
        point = sectors.geometry[code]
        assert (point.x, point.y) == pytest.approx((lon, lat), abs=1e-6)
    assert tuple(sectors.loc[list(PLACES), "name"]) == NAMES
    assert set(sectors["operator"]) == {"Viettel"}
    assert set(sectors["height_agl_m"]) == {42.0}
    assert out.with_name("sites-report.xlsx").exists()


@pytest.mark.parametrize("ending", ["gpkg", "parquet", "geojson", "csv"])
def test_the_result_is_written_in_the_format_of_its_ending(tmp_path, ending):
    path, out = write_stations(tmp_path, "xlsx"), tmp_path / f"sites.{ending}"
    assert call("import", "sites", path, "--out", out).exit_code == 0
    assert len(read_sectors(out)) == len(PLACES)


def test_an_unknown_ending_of_the_result_is_refused_with_the_known_ones(tmp_path):
    path = write_stations(tmp_path, "csv")
    result = call("import", "sites", path, "--out", tmp_path / "sites.xls")
    assert result.exit_code == 2
    assert ".gpkg, .parquet, .geojson, .csv" in result.output


@pytest.mark.parametrize(("name", "header"), [("452.csv.gz", True), ("452.csv", False)])
def test_a_file_of_opencellid_is_known_by_its_columns_and_clustered(tmp_path, name, header):
    path, out = write_opencellid(tmp_path / name, header=header), tmp_path / "sites.gpkg"
    result = call("import", "sites", path, "--out", out)
    assert result.exit_code == 0, result.output
    sectors = read_sectors(out)
    # Two LTE cells of one base station are one site; Hanoi's and China's are left out.
    assert sorted(zip(sectors["operator"], sectors["technology"], strict=True)) == [
        ("MobiFone", "2G"),
        ("Viettel", "4G"),
    ]
    assert set(sectors["origin"]) == {"estimated"}
    assert (sectors["uncertainty_m"] >= 1200).all()


def test_opencellid_does_not_take_options_that_would_do_nothing(tmp_path):
    path = write_opencellid(tmp_path / "452.csv.gz")
    result = call("import", "sites", path, "--zone", "107-45", "--dry-run")
    assert result.exit_code == 2
    assert "OpenCelliD" in result.output


def test_map_overrules_the_names_of_columns(tmp_path):
    table = [("Mã", "X1", "Y1", *HEADERS[5:], "Kinh độ"),
             *((r[0], r[3], r[4], *r[5:], "105.0") for r in rows())]  # fmt: skip
    path, out = write_xlsx(tmp_path / "list.xlsx", table), tmp_path / "sites.csv"
    result = call(
        "import", "sites", path, "--out", out, "--map", "Mã=site_id", "--map", "X1=lon",
        "--map", "Y1=lat", "--map", "Kinh độ=-", "--set", "operator=Viettel",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert set(read_sectors(out)["site_id"]) == set(PLACES)


def test_map_of_a_column_that_no_file_has_is_refused_with_the_columns_found(tmp_path):
    path, out = write_stations(tmp_path, "xlsx"), tmp_path / "sites.gpkg"
    result = call("import", "sites", path, "--out", out, "--map", "Chieu cao cot=height_agl_m",
                  "--map", "Màu=-")  # fmt: skip
    assert result.exit_code == 2
    assert "Không có cột này / [unknown-column]" in result.output
    assert "no such column; the nearest is 'Độ cao cột (m)'" in result.output
    assert "--map 'Màu=-', and no such column; expected" in result.output  # nothing is near it
    assert all(f"'{name}'" in result.output for name in HEADERS)
    assert not out.exists()


def test_map_of_a_column_that_one_of_several_files_has_is_taken(tmp_path):
    path = write_xlsx(tmp_path / "a.xlsx", [HEADERS, *rows()[:2]])
    other = write_xlsx(tmp_path / "b.xlsx", [(*HEADERS[:6], "Cột"), *rows()[2:]])
    out = tmp_path / "sites.csv"
    result = call("import", "sites", path, other, "--out", out, "--map", "Cột=height_agl_m")
    assert result.exit_code == 0, result.output
    assert set(read_sectors(out)["height_agl_m"]) == {42.0}


@pytest.mark.parametrize("text", ["Cột", "=lon", "Cột="])
def test_map_without_both_sides_is_a_usage_error(tmp_path, text):
    path = write_stations(tmp_path, "csv")
    result = call("import", "sites", path, "--dry-run", "--map", text)
    assert result.exit_code == 2
    assert "COLUMN=FIELD" in result.output


def test_map_to_an_unknown_field_lists_the_known_ones(tmp_path):
    path = write_stations(tmp_path, "csv")
    result = call("import", "sites", path, "--dry-run", "--map", "Tên trạm=colour")
    assert result.exit_code == 2
    assert "height_agl_m" in result.output


def test_a_dry_run_reports_and_writes_nothing(tmp_path):
    path = write_stations(tmp_path, "csv")
    before = sorted(tmp_path.iterdir())
    result = call("import", "sites", path, "--dry-run", "--out", tmp_path / "sites.gpkg")
    assert result.exit_code == 0
    assert "Đọc 4 dòng, nhận 4 / read 4 rows, took 4" in result.output
    assert "hiểu là" in result.output
    assert sorted(tmp_path.iterdir()) == before


def test_without_a_result_or_a_dry_run_the_command_asks_for_one(tmp_path):
    result = call("import", "sites", write_stations(tmp_path, "csv"))
    assert result.exit_code == 2
    assert "--out" in result.output


def test_an_earlier_result_is_written_over_and_a_strangers_file_is_not(tmp_path):
    path, out = write_stations(tmp_path, "xlsx"), tmp_path / "sites.csv"
    other = out.with_suffix(".gpkg")
    for _ in range(2):  # both share one report
        assert call("import", "sites", path, "--out", out).exit_code == 0
        assert call("import", "sites", path, "--out", other).exit_code == 0
    assert call("import", "sites", list_with_a_bad_row(tmp_path), "--out", out).exit_code == 2
    assert call("import", "sites", path, "--out", out).exit_code == 0
    edited = out.read_text(encoding="utf-8").replace("42", "43")
    out.write_text(edited, encoding="utf-8")
    for more in ((), ("--dry-run",)):
        result = call("import", "sites", path, "--out", out, *more)
        assert result.exit_code == 2
        assert "Tệp đã có / [file-exists] sites.csv" in result.output
        assert "choose another name for --out, or move the file away" in result.output
    assert out.read_text(encoding="utf-8") == edited


@pytest.mark.parametrize("name", ["sites.gpkg", "sites-report.xlsx", "sites-report.csv"])
def test_a_file_that_no_import_wrote_stays_as_it_is(tmp_path, name):
    precious = tmp_path / name
    if name.endswith(".xlsx"):
        write_xlsx(precious, [("quý",)])
    else:
        precious.write_text("quý", encoding="utf-8")
    before = precious.read_bytes()
    path = write_stations(tmp_path, "csv")
    result = call("import", "sites", path, "--out", tmp_path / "sites.gpkg")
    assert result.exit_code == 2
    assert f"[file-exists] {name}" in result.output
    assert precious.read_bytes() == before


def list_with_a_bad_row(folder):
    table = [HEADERS, *rows()]
    table[2] = (*table[2][:3], "abc", *table[2][4:])
    path = folder / "list.csv"
    path.write_text(csv_text(table), encoding="utf-8")
    return path


def test_one_refused_row_stops_the_import_and_is_painted_red_in_the_report(tmp_path):
    out = tmp_path / "sites.gpkg"
    result = call("import", "sites", list_with_a_bad_row(tmp_path), "--out", out)
    assert result.exit_code == 2
    assert not out.exists()
    assert "row 2, column 'Kinh độ'" in result.output
    assert "Traceback" not in result.output
    book = openpyxl.load_workbook(tmp_path / "sites-report.xlsx")
    cell = book.worksheets[1]["D3"]
    assert cell.value == "abc"
    assert cell.fill.fgColor.rgb.endswith("F8B4B4")
    assert "outside-province" in cell.comment.text


def test_a_dry_run_foretells_with_its_exit_code_that_rows_would_stop_the_import(tmp_path):
    path = list_with_a_bad_row(tmp_path)
    assert call("import", "sites", path, "--dry-run").exit_code == 2
    assert call("import", "sites", path, "--dry-run", "--skip-refused").exit_code == 0


def test_skip_refused_takes_the_other_rows(tmp_path):
    out = tmp_path / "sites.gpkg"
    result = call("import", "sites", list_with_a_bad_row(tmp_path), "--out", out, "--skip-refused")
    assert result.exit_code == 0
    assert "took 3" in result.output
    assert set(read_sectors(out)["site_id"]) == set(PLACES) - {"QN002"}


def test_zone_tells_where_metres_are(tmp_path):
    points = gpd.GeoSeries.from_xy(*zip(*PLACES.values(), strict=True), crs="EPSG:4326")
    metres = points.to_crs("EPSG:9214")  # VN-2000 / 107°00'
    table = [HEADERS]
    for row, point in zip(rows(), metres, strict=True):
        table.append((*row[:3], f"{point.x:.2f}", f"{point.y:.2f}", *row[5:]))
    path, out = tmp_path / "list.csv", tmp_path / "sites.parquet"
    path.write_text(csv_text(table), encoding="utf-8")
    assert call("import", "sites", path, "--out", out).exit_code == 2
    result = call("import", "sites", path, "--out", out, "--zone", "107-00")
    assert result.exit_code == 0, result.output
    sectors = read_sectors(out).set_index("site_id")
    point = sectors.geometry["QN001"]
    assert (point.x, point.y) == pytest.approx(PLACES["QN001"], abs=1e-6)


def test_an_unknown_zone_is_answered_with_the_known_ones(tmp_path):
    result = call("import", "sites", write_stations(tmp_path, "csv"), "--zone", "999", "--dry-run")
    assert result.exit_code == 2
    assert "107-45" in result.output


def test_encoding_is_the_users_word(tmp_path):
    path = tmp_path / "list.csv"
    path.write_bytes(csv_text([HEADERS, *rows()]).replace("–", "-").encode("utf-16"))
    result = call("import", "sites", path, "--encoding", "utf-16", "--dry-run")
    assert result.exit_code == 0
    assert call("import", "sites", path, "--encoding", "utf-8", "--dry-run").exit_code == 2


def test_villages_without_coordinates_are_placed_by_commune(tmp_path):
    table = [("STT", "Tên thôn", "Xã", "Số hộ", "Thuộc 105 thôn bản"),
             (1, "Thôn Khe Mằn", "Xã Ba Chẽ", 60, "có"), (2, "Thôn Nam Sơn", "ba che", 80, "không")]  # fmt: skip
    path, out = write_xlsx(tmp_path / "thon.xlsx", table), tmp_path / "villages.gpkg"
    result = call("import", "villages", path, "--out", out)
    assert result.exit_code == 0, result.output
    villages = read_villages(out)
    assert villages["in_programme"].tolist() == [True, False]
    assert (villages["uncertainty_m"] > 3_000).all()


def test_measurements_come_out_as_levels_at_places(tmp_path):
    table = [("Thời gian", "Kinh độ", "Vĩ độ", "Nhà mạng", "RSRP (dBm)", "Công nghệ"),
             ("31/01/2026 08:05", 107.05, 20.951234, "VNPT", -101.5, "LTE 1800")]  # fmt: skip
    path, out = write_xlsx(tmp_path / "do.xlsx", table), tmp_path / "levels.parquet"
    result = call("import", "measurements", path, "--out", out)
    assert result.exit_code == 0, result.output
    (level,) = read_measurements(out).itertuples()
    assert (level.operator, level.technology, level.quantity) == ("VinaPhone", "4G", "RSRP")
    assert level.level_dbm == -101.5


def test_a_result_that_cannot_be_written_is_told_without_a_traceback(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    out = tmp_path / "file" / "sites.gpkg"
    result = call("import", "sites", write_stations(tmp_path, "csv"), "--out", out)
    assert result.exit_code == 2
    assert "cannot-write" in result.output


def test_a_missing_file_is_named(tmp_path):
    result = call("import", "sites", tmp_path / "none.csv", "--dry-run")
    assert result.exit_code == 2
    assert "none.csv" in result.output


@pytest.mark.parametrize("kind", ["sites", "villages"])
def test_template_writes_a_workbook_and_says_how_to_import_it(tmp_path, kind):
    path = tmp_path / "mau.xlsx"
    result = call("template", kind, "--out", path)
    assert result.exit_code == 0
    assert f"qn-coverage import {kind}" in result.output
    assert openpyxl.load_workbook(path).sheetnames[0] == "Danh sách"
    assert call("template", kind, "--out", path).exit_code == 2
    assert "Examples" in call("template", "--help").output


def test_help_of_import_and_template_loads_nothing_heavy():
    code = (
        "import sys; from qn_coverage.cli import main\n"
        "for words in (['import', 'sites', '--help'], ['template', '--help']):\n"
        "    try: main(words)\n"
        "    except SystemExit: pass\n"
        "heavy = ('numpy', 'pandas', 'geopandas', 'openpyxl', 'pyogrio', 'python_calamine')\n"
        "print([name for name in heavy if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, encoding="utf-8"
    )
    assert done.stderr.strip() == "[]"


def test_the_encodings_and_kinds_to_choose_from_are_those_of_the_importers():
    commands = {**import_.commands, "template": template}
    choices = {
        name: {tuple(p.type.choices) for p in command.params if isinstance(p.type, click.Choice)}
        for name, command in commands.items()
    }
    assert choices.pop("template") == {tuple(TEMPLATES)}
    assert choices == {kind: {ENCODINGS} for kind in KINDS}


@pytest.mark.parametrize("ending", ["csv", "gpkg"])
def test_the_list_that_is_read_is_never_written_over(tmp_path, ending):
    path = write_stations(tmp_path, ending)
    before = path.read_bytes()
    result = call("import", "sites", path, "--out", path)
    assert result.exit_code == 2
    assert "[same-file]" in result.output
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == [path.name]


def test_a_report_that_came_back_is_not_written_over_by_its_own(tmp_path):
    path = write_stations(tmp_path, "xlsx").rename(tmp_path / "list-report.xlsx")
    before = path.read_bytes()
    result = call("import", "sites", path, "--out", tmp_path / "list.gpkg")
    assert result.exit_code == 2
    assert "[same-file]" in result.output
    assert path.read_bytes() == before
