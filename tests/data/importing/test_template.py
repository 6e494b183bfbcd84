"""The template is a list to be filled in: it imports as it is, without its example."""

import openpyxl
import pytest

from qn_coverage.core.errors import InvalidDataError, UnknownNameError
from qn_coverage.data.importing.headers import KINDS, find_header
from qn_coverage.data.importing.open_files import open_file
from qn_coverage.data.importing.sites import import_sites
from qn_coverage.data.importing.template import write_template
from qn_coverage.data.importing.template_columns import EXAMPLE, TEMPLATES
from qn_coverage.data.importing.villages import import_villages
from qn_coverage.data.sites import read_sectors
from qn_coverage.data.villages import read_villages

IMPORTERS = {"sites": import_sites, "villages": import_villages}


@pytest.fixture(params=sorted(TEMPLATES))
def kind(request):
    return request.param


@pytest.fixture
def path(kind, tmp_path):
    path = tmp_path / f"{kind}.xlsx"
    write_template(kind, path)
    return path


def fill(path, *records):
    """Fill in rows below the example, by field."""
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    kind = path.stem
    for row, record in enumerate(records, start=3):
        for column, asked in enumerate(TEMPLATES[kind], start=1):
            sheet.cell(row, column).value = record.get(asked.field)
    book.save(path)


def test_every_header_is_known_to_the_import(kind, path):
    header = find_header(open_file(path)[0], kind)
    assert list(header.fields) == [asked.field for asked in TEMPLATES[kind]]
    assert header.left_out == ()


def test_every_field_is_one_of_the_kinds(kind):
    assert {asked.field for asked in TEMPLATES[kind]} <= set(KINDS[kind])


def test_the_empty_template_has_no_rows_since_its_example_is_none(kind, path):
    with pytest.raises(InvalidDataError) as caught:
        IMPORTERS[kind]([path], None)
    assert caught.value.codes == {"no-rows"}


def test_the_example_would_import_if_it_were_not_marked(kind, path, tmp_path):
    book = openpyxl.load_workbook(path)
    cell = book.worksheets[0]["A2"]
    assert cell.value.startswith(EXAMPLE)
    cell.value = "Trạm hoặc thôn"
    book.save(path)
    report = IMPORTERS[kind]([path], tmp_path / "out.gpkg")
    assert (report.read, report.taken) == (1, 1)


def test_the_example_looks_like_one(path):
    sheet = openpyxl.load_workbook(path).worksheets[0]
    assert all(cell.font.italic for cell in sheet[2])
    assert not any(cell.value for line in sheet.iter_rows(min_row=3) for cell in line)


def test_drop_down_lists_show_what_the_schema_allows(kind, path):
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    rules = {str(rule.sqref).split("2:")[0]: rule for rule in sheet.data_validations.dataValidation}
    words = book["Danh mục"]
    assert words.sheet_state == "hidden"
    for number, asked in enumerate(TEMPLATES[kind], start=1):
        letter = openpyxl.utils.get_column_letter(number)
        rule = rules[letter]
        assert rule.prompt
        if not asked.choices:
            continue
        assert rule.type == "list"
        last = int(rule.formula1.rpartition("$")[2])
        shown = [words.cell(row, number).value for row in range(1, last + 1)]
        assert None not in shown
        assert words.cell(last + 1, number).value is None
        assert len(shown) == 54 if asked.field == "commune" else shown == list(asked.choices)


def test_notes_tell_of_every_column(kind, path):
    sheet = openpyxl.load_workbook(path).worksheets[1]
    told = {line[0]: line[2:4] for line in sheet.iter_rows(min_row=5, values_only=True)}
    assert list(told) == [asked.header for asked in TEMPLATES[kind]]
    assert all(vi and en for vi, en in told.values())


def test_filled_in_stations_import(tmp_path):
    path, out = tmp_path / "sites.xlsx", tmp_path / "out.gpkg"
    write_template("sites", path)
    fill(path, {"site_id": "QNH001", "operator": "Viettel", "technology": "4G/5G", "lon": 107.0511,
                "lat": 20.9511, "height_agl_m": 42, "azimuth_deg": "0/120/240",
                "on_air": "31/01/2024", "origin": "published"})  # fmt: skip
    report = import_sites([path], out)
    assert (report.read, report.taken, report.written) == (1, 1, 6)
    assert "example" in {note.code for note in report.notes}
    sectors = read_sectors(out)
    assert set(sectors["technology"]) == {"4G", "5G"}
    assert set(sectors["origin"]) == {"published"}


def test_filled_in_villages_import(tmp_path):
    path, out = tmp_path / "villages.xlsx", tmp_path / "out.gpkg"
    write_template("villages", path)
    fill(path, {"name_vi": "Thôn Khe Mằn", "commune": "Xã Ba Chẽ", "in_programme": "có"},
         {"name_vi": "Thôn 2", "commune": "Đặc khu Cô Tô", "in_programme": "không"})  # fmt: skip
    assert import_villages([path], out).taken == 2
    assert read_villages(out)["in_programme"].tolist() == [True, False]


def test_a_template_is_never_written_over_a_file(path, kind):
    with pytest.raises(InvalidDataError) as caught:
        write_template(kind, path)
    assert caught.value.codes == {"file-exists"}


def test_other_kinds_and_endings_are_refused(tmp_path):
    with pytest.raises(UnknownNameError):
        write_template("roads", tmp_path / "a.xlsx")
    with pytest.raises(InvalidDataError):
        write_template("sites", tmp_path / "a.csv")
