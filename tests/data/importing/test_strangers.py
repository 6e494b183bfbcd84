"""Strangers' files: hostile, broken or careless, each is taken as text or refused by name."""

import csv
import gzip
import io
import struct
import zipfile
import zlib

import openpyxl
import pytest

from qn_coverage.core.errors import InvalidDataError
from qn_coverage.data.importing.opencellid import import_opencellid
from qn_coverage.data.importing.report import write_report
from qn_coverage.data.importing.safety import MAX_ROWS
from qn_coverage.data.importing.sites import import_sites
from qn_coverage.data.sites import read_sectors
from tests.data.importing.making import (
    HEADERS,
    LINES,
    csv_text,
    kml_text,
    rows,
    write_stations,
    write_xlsx,
)

FORMULAS = ("=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1:A9)", '=HYPERLINK("http://x","y")')


def refused(path, **options):
    """Codes under which a file is refused."""
    with pytest.raises(InvalidDataError) as caught:
        import_sites([path], None, **options)
    return caught.value.codes


def dry(path, **options):
    return import_sites([path], None, dry_run=True, **options)


def named(names):
    """Lines of a list with other names of stations."""
    return [HEADERS, *((r[0], n, *r[2:]) for r, n in zip(rows(), names, strict=False))]


# --- text that is more than text -----------------------------------------------------------------


@pytest.mark.parametrize("ending", ["csv", "gpkg", "parquet", "geojson"])
def test_markup_in_a_name_stays_plain_text(tmp_path, ending):
    name = "<script>alert('trạm')</script> & <b>Bãi Cháy</b>"
    path = write_xlsx(tmp_path / "list.xlsx", named([name]))
    out = tmp_path / f"sites.{ending}"
    import_sites([path], out)
    assert read_sectors(out)["name"].tolist() == [name]


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_formula_is_harmless_in_csv_and_survives_elsewhere(tmp_path, formula):
    path = tmp_path / "list.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows(named([formula]))
    import_sites([path], tmp_path / "sites.csv")
    with (tmp_path / "sites.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["name"] == "'" + formula
    import_sites([path], tmp_path / "sites.gpkg")
    assert read_sectors(tmp_path / "sites.gpkg")["name"].tolist() == [formula]
    import_sites([tmp_path / "sites.csv"], tmp_path / "again.gpkg")
    assert read_sectors(tmp_path / "again.gpkg")["name"].tolist() == [formula]


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_formula_is_a_text_cell_in_the_report(tmp_path, formula):
    path = tmp_path / "list.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = named([formula] * 2)
        lines[1] = (formula, *lines[1][1:3], formula, *lines[1][4:])
        csv.writer(file, delimiter=";").writerows(lines)
    report = tmp_path / "report.xlsx"
    write_report(dry(path), report, {})
    cells = [c for s in openpyxl.load_workbook(report) for line in s for c in line if c.value]
    assert any(cell.value == formula for cell in cells)
    assert {cell.data_type for cell in cells} <= {"s", "n"}


def test_a_formula_in_a_workbook_counts_as_the_value_that_excel_stored(tmp_path):
    lines = [list(line) for line in LINES]
    lines[1][6] = "=40+2"  # openpyxl stores no value: the cell is empty to a reader
    report = dry(write_xlsx(tmp_path / "list.xlsx", lines))
    assert not report.problems
    assert report.draft.column("height_agl_m")[0] == ""


def test_control_and_direction_characters_are_dropped(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text(csv_text(named(["Trạm\x07 \u202eBãi\u200b Cháy"])), encoding="utf-8")
    import_sites([path], tmp_path / "sites.gpkg")
    assert read_sectors(tmp_path / "sites.gpkg")["name"].tolist() == ["Trạm Bãi Cháy"]


# --- archives ------------------------------------------------------------------------------------


def archive(path, members, compression=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", compression) as made:
        for name, data in members.items():
            made.writestr(name, data)
    return path


@pytest.mark.parametrize("ending", ["kmz", "zip", "xlsx"])
def test_a_zip_bomb_is_refused_before_it_unpacks(tmp_path, ending):
    path = archive(tmp_path / f"bomb.{ending}", {"doc.kml": b"0" * (64 << 20), "a.shp": b""})
    assert path.stat().st_size < 100_000
    assert refused(path) == {"zip-bomb"}


def test_a_gz_that_grows_beyond_the_limit_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("qn_coverage.data.importing.open_files.MAX_UNPACKED_BYTES", 8 << 20)
    path = tmp_path / "bomb.csv.gz"
    path.write_bytes(gzip.compress(b"\n" * (9 << 20)))
    assert refused(path) == {"zip-bomb"}


def test_sizes_that_an_archive_states_are_not_believed(tmp_path):
    path = archive(tmp_path / "lies.kmz", {"doc.kml": b"0" * (64 << 20)})
    data = path.read_bytes()
    small = struct.pack("<I", 100)
    path.write_bytes(data.replace(struct.pack("<I", 64 << 20), small))
    assert refused(path) == {"zip-bomb"}


def test_thousands_of_members_are_refused(tmp_path):
    path = archive(tmp_path / "many.kmz", {f"{i}.kml": b"" for i in range(2_001)})
    assert refused(path) == {"zip-bomb"}


@pytest.mark.parametrize(
    "name", ["../evil.kml", "a/../../evil.kml", "/etc/evil.kml", "C:/evil.kml", "..\\evil.kml"]
)
@pytest.mark.parametrize("ending", ["kmz", "zip"])
def test_a_path_that_leads_out_of_the_archive_is_refused(tmp_path, name, ending):
    folder = tmp_path / "deep" / "er"
    folder.mkdir(parents=True)
    path = archive(folder / f"list.{ending}", {name: kml_text(), "doc.kml": kml_text()})
    assert refused(path) == {"unsafe-archive"}
    assert [p for p in tmp_path.rglob("*") if p.is_file()] == [path]


def test_a_link_in_an_archive_is_refused(tmp_path):
    link = zipfile.ZipInfo("list.shp")
    link.external_attr = 0o120777 << 16
    path = tmp_path / "list.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr(link, "/etc/passwd")
    assert refused(path) == {"unsafe-archive"}


def test_a_member_twice_is_refused(tmp_path):
    path = tmp_path / "list.kmz"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("doc.kml", kml_text())
        with pytest.warns(UserWarning, match="Duplicate"):
            made.writestr("doc.kml", kml_text())
    assert refused(path) == {"unsafe-archive"}


@pytest.mark.parametrize("ending", ["xlsx", "kmz", "zip"])
@pytest.mark.parametrize("cut", [0.02, 0.5, 0.99])
def test_a_broken_archive_is_refused_as_such(tmp_path, ending, cut):
    whole = write_xlsx(tmp_path / "whole.xlsx", LINES)
    data = whole.read_bytes()
    path = tmp_path / f"cut.{ending}"
    path.write_bytes(data[: int(len(data) * cut)])
    assert refused(path) == {"broken-archive"}


@pytest.mark.parametrize("importer", [lambda p: import_sites([p], None), lambda p: import_opencellid(p, None)])  # fmt: skip
def test_a_cut_gz_is_refused_as_such(tmp_path, importer):
    path = tmp_path / "452.csv.gz"
    lines = csv_text([*LINES, *((*row[:6], i) for i, row in enumerate(rows() * 500))], ",")
    data = gzip.compress(lines.encode())
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(InvalidDataError) as caught:
        importer(path)
    assert caught.value.codes == {"broken-archive"}


def test_a_wrong_check_sum_is_refused(tmp_path):
    path = archive(tmp_path / "list.kmz", {"doc.kml": kml_text()}, zipfile.ZIP_STORED)
    data = path.read_bytes()
    path.write_bytes(data.replace("Trạm Bãi".encode(), "Trạm Bài".encode(), 1))
    assert refused(path) == {"broken-archive"}


# --- XML -----------------------------------------------------------------------------------------

LAUGHS = (
    '<!DOCTYPE lolz [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>'
)
OUTSIDE = '<!DOCTYPE kml [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize("attack", [LAUGHS, OUTSIDE])
@pytest.mark.parametrize("code", ["utf-8", "utf-16"])
def test_xml_entities_are_refused_in_kml_and_kmz(tmp_path, attack, code):
    text = kml_text().replace("?>", "?>" + attack, 1).replace("UTF-8", code)
    kml = tmp_path / "list.kml"
    kml.write_bytes(text.encode(code))
    assert refused(kml) == {"unsafe-xml"}
    assert refused(archive(tmp_path / "list.kmz", {"doc.kml": text.encode(code)})) == {"unsafe-xml"}


def test_xml_entities_are_refused_in_workbooks(tmp_path):
    whole = write_xlsx(tmp_path / "whole.xlsx", LINES)
    with zipfile.ZipFile(whole) as old:
        members = {name: old.read(name) for name in old.namelist()}
    sheet = members["xl/worksheets/sheet1.xml"]
    cut = sheet.index(b"<worksheet")
    members["xl/worksheets/sheet1.xml"] = sheet[:cut] + LAUGHS.encode() + sheet[cut:]
    assert refused(archive(tmp_path / "list.xlsx", members)) == {"unsafe-xml"}


def test_a_network_link_in_kml_is_not_followed(tmp_path):
    link = "<NetworkLink><Link><href>http://127.0.0.1:9/x.kml</href></Link></NetworkLink>"
    path = tmp_path / "list.kml"
    path.write_text(kml_text().replace("<Folder>", link + "<Folder>", 1), encoding="utf-8")
    assert dry(path).taken == len(rows())


def test_a_mapinfo_table_that_points_at_other_files_is_refused(tmp_path):
    path = tmp_path / "list.tab"
    path.write_text('!table\n!version 300\nDefinition Table\n  File "../../etc/passwd"\n', "utf-8")
    assert refused(path) == {"unsafe-file"}


# --- size ----------------------------------------------------------------------------------------


def test_a_million_rows_are_refused_with_the_limit_named(tmp_path):
    path = tmp_path / "list.csv"
    line = ";".join(map(str, rows()[0])) + "\n"
    path.write_text(csv_text(LINES) + line * 1_000_000, encoding="utf-8")
    with pytest.raises(InvalidDataError, match=f"{MAX_ROWS:,}") as caught:
        dry(path)
    assert caught.value.codes == {"too-many-rows"}


def sheet_with_a_cell_at(folder, reference):
    whole = write_xlsx(folder / "whole.xlsx", LINES)
    with zipfile.ZipFile(whole) as old:
        members = {name: old.read(name) for name in old.namelist()}
    row = "".join(c for c in reference if c.isdigit())
    far = f'<row r="{row}"><c r="{reference}" t="inlineStr"><is><t>x</t></is></c></row>'
    sheet = members["xl/worksheets/sheet1.xml"]
    members["xl/worksheets/sheet1.xml"] = sheet.replace(b"</sheetData>", far.encode() + b"</sheetData>")  # fmt: skip
    return archive(folder / "list.xlsx", members)


@pytest.mark.parametrize(
    ("reference", "code"), [("A1048576", "too-many-rows"), ("XFD9", "too-many-cells")]
)
def test_a_cell_far_away_does_not_fill_the_memory(tmp_path, reference, code):
    assert refused(sheet_with_a_cell_at(tmp_path, reference)) == {code}


def test_a_huge_cell_is_cut_to_what_excel_holds(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text(csv_text(named(["ạ" * 100_000])), encoding="utf-8")
    assert len(dry(path).draft.column("name")[0]) <= 32_767


# --- careless files ------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [b"", b"\n\n;;;\n", b"\xef\xbb\xbf"])
def test_an_empty_csv_is_refused(tmp_path, data):
    path = tmp_path / "list.csv"
    path.write_bytes(data)
    assert refused(path) <= {"empty-file", "empty-sheet"}


def test_a_workbook_of_empty_sheets_is_refused(tmp_path):
    assert refused(write_xlsx(tmp_path / "list.xlsx", [])) == {"empty-sheet"}


def test_a_list_with_headers_alone_has_no_rows(tmp_path):
    path = write_xlsx(tmp_path / "list.xlsx", [HEADERS])
    assert refused(path) == {"no-rows"}


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "utf-16"])
def test_delimiter_line_ends_and_marks_of_encoding_do_not_matter(tmp_path, delimiter, end, code):
    path = tmp_path / "list.csv"
    path.write_bytes(csv_text(LINES, delimiter).replace("\n", end).encode(code))
    report = dry(path)
    assert report.taken == len(rows())
    assert not report.problems


def test_decimal_commas_between_commas_are_refused_by_row(tmp_path):
    path = tmp_path / "list.csv"
    lines = [HEADERS, *((*r[:3], str(r[3]).replace(".", ","), *r[4:]) for r in rows())]
    path.write_text(csv_text(lines, ","), encoding="utf-8")
    report = dry(path)
    assert report.taken == 0
    assert {p.row for p in report.problems} == {1, 2, 3, 4}
    assert "too-many-cells" in {p.code for p in report.problems}


def test_a_quotation_mark_never_closed_is_told_at_its_row(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text(csv_text(LINES).replace("Trạm Bãi", '"Trạm Bãi', 1), encoding="utf-8")
    report = dry(path)
    assert report.taken == 0
    assert {problem.row for problem in report.problems} == {1}


def test_nul_bytes_are_refused_with_their_place(tmp_path):
    path = tmp_path / "list.csv"
    path.write_bytes(csv_text(LINES).encode().replace(b"Viettel", b"Viet\x00tel", 1))
    assert refused(path) == {"nul-bytes"}


def test_short_and_blank_lines_are_forgiven(tmp_path):
    path = tmp_path / "list.csv"
    text = csv_text(LINES).replace("\n", "\n;;;;;;\n\n") + "QN005;Trạm;Viettel;107,05;20,95;4G\n"
    path.write_text(text, encoding="utf-8")
    report = dry(path)
    assert (report.read, report.taken) == (5, 5)


@pytest.mark.parametrize("ending", ["gpkg", "shp", "tab", "mif", "xls", "ods", "xlsx", "kmz"])
def test_a_file_under_a_wrong_ending_is_refused(tmp_path, ending):
    path = tmp_path / f"list.{ending}"
    path.write_text(csv_text(LINES), encoding="utf-8")
    assert refused(path) <= {"unreadable", "broken-archive"}


def test_an_unknown_ending_is_refused_with_the_known_ones(tmp_path):
    path = tmp_path / "list.dwg"
    path.write_bytes(b"AC1027")
    with pytest.raises(InvalidDataError, match=r"\.gpkg"):
        dry(path)


def test_a_shapefile_without_its_parts_is_refused(tmp_path):
    path = tmp_path / "list.shp"
    path.write_bytes(struct.pack(">i", 9994) + bytes(96))
    assert refused(path) <= {"unreadable", "empty-sheet"}


def test_the_inflated_size_is_counted_even_for_stored_members(tmp_path):
    path = tmp_path / "list.kmz"
    archive(path, {"doc.kml": kml_text()}, zipfile.ZIP_STORED)
    assert dry(path).taken == len(rows())
    packed = zlib.compress(b"x")
    assert refused(archive(tmp_path / "two.kmz", {"doc.txt": packed})) == {"unreadable"}


def test_an_encrypted_workbook_is_refused(tmp_path):
    path = tmp_path / "list.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2_000))
    assert refused(path) == {"unreadable"}


def test_the_report_of_a_stranger_cannot_hold_what_excel_refuses(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text(csv_text(named(["\x01\x02\ufffe" + "a" * 40_000])), encoding="utf-8")
    data = tmp_path / "r.xlsx"
    write_report(dry(path), data, {})
    assert openpyxl.load_workbook(io.BytesIO(data.read_bytes())).sheetnames


@pytest.mark.parametrize("projection", ["0, 104", "1, 0"])
def test_a_map_whose_datum_could_only_be_guessed_is_refused(tmp_path, projection):
    path = write_stations(tmp_path, "mif")
    text = path.read_text(encoding="latin-1")
    assert "Projection 1, 104" in text
    path.write_text(text.replace("Projection 1, 104", f"Projection {projection}"))
    with pytest.raises(InvalidDataError, match="unknown-datum"):
        import_sites([path], None, dry_run=True)
