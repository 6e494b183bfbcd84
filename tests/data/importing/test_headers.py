"""A column is known by its name however it is spelt, and by nothing else."""

import unicodedata
from itertools import chain

import openpyxl
import pytest

from qn_coverage.core.errors import InvalidDataError
from qn_coverage.core.text import fold
from qn_coverage.data.importing.grid import Grid
from qn_coverage.data.importing.headers import KINDS, find_header, key
from qn_coverage.data.importing.open_files import open_file
from qn_coverage.data.importing.sites import import_sites
from qn_coverage.data.sites import read_sectors
from tests.data.importing.making import HEADERS, LINES, rows, write_xlsx

ALIASES = [
    (kind, field, alias.strip())
    for kind, table in KINDS.items()
    for field, text in table.items()
    for alias in (field, *text.split(";"))
]


def field_of(kind, name):
    """Field that a column is taken for beside two that are sure."""
    sure = ["time", "indoor"] if kind == "measurements" else ["source", "note"]
    sure = [other for other in sure if other != field_like(kind, name)]
    header = find_header(Grid("f", [[*sure, name], ["1"] * 5]), kind)
    found = {column: field for field, column in header.fields.items()}
    return found.get(len(sure))


def field_like(kind, name):
    return next(f for k, f, alias in ALIASES if k == kind and key(alias) == key(name))


@pytest.mark.parametrize("kind", KINDS)
def test_no_name_means_two_fields_of_one_kind(kind):
    fields = {}
    for _, field, alias in (entry for entry in ALIASES if entry[0] == kind):
        fields.setdefault(key(alias), set()).add(field)
    assert {name: found for name, found in fields.items() if len(found) > 1} == {}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "spelt",
    [
        str,
        fold,
        str.upper,
        lambda name: unicodedata.normalize("NFD", name),
        lambda name: f"  {name}  (m) ",
        lambda name: name.replace(" ", "_"),
        lambda name: name.replace(" ", "\n"),
    ],
    ids=["as it is", "bare", "upper", "NFD", "unit", "underscores", "lines"],
)
def test_every_alias_is_known_however_it_is_spelt(kind, spelt):
    wrong = [
        (alias, field, found)
        for of, field, alias in ALIASES
        if of == kind and (found := field_of(kind, spelt(alias))) != field
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("name", "field"),
    [("Kinh độ", "lon"), ("Vĩ độ", "lat"), ("Tên trạm", "name"), ("Nhà mạng", "operator"),
     ("Độ cao cột", "height_agl_m"), ("Công nghệ", "technology"), ("Băng tần", "frequency_mhz"),
     ("DO CAO COT ANTEN (m)", "height_agl_m"), ("Màu sơn", None)],
)  # fmt: skip
def test_the_names_of_the_issue_are_known_and_others_are_not(name, field):
    header = find_header(Grid("f", [["Mã trạm", "Ghi chú", name]]), "sites")
    assert {c: f for f, c in header.fields.items()}.get(2) == field


def test_what_no_field_takes_is_named_in_the_report(tmp_path):
    lines = [(*HEADERS, "Màu sơn"), *((*row, "đỏ") for row in rows())]
    report = import_sites([write_xlsx(tmp_path / "l.xlsx", lines)], None)
    assert [n.found for n in report.notes if n.code == "column-left-out"] == ["Màu sơn"]


def imported(tmp_path, path):
    out = tmp_path / "out.parquet"
    import_sites([path], out)
    return read_sectors(out)


def test_titles_above_the_table_are_skipped(tmp_path):
    titled = [("SỞ KHOA HỌC VÀ CÔNG NGHỆ",), (), ("DANH SÁCH TRẠM BTS",), *LINES]
    assert len(imported(tmp_path, write_xlsx(tmp_path / "l.xlsx", titled))) == len(rows())


def two_lines(folder):
    """Merged cells: 'Toạ độ' over both coordinates, the other names over two lines each."""
    book = openpyxl.Workbook()
    sheet = book.active
    upper = ("Mã trạm", "Tên trạm", "Nhà mạng", "Toạ độ (WGS84)", "", "Công nghệ", "Độ cao cột")
    for line in (upper, ("", "", "", "Kinh độ", "Vĩ độ", "", ""), *rows()):
        sheet.append([cell or None for cell in line])
    sheet.merge_cells("D1:E1")
    for column in "ABCFG":
        sheet.merge_cells(f"{column}1:{column}2")
    path = folder / "merged.xlsx"
    book.save(path)
    return path


def test_merged_headers_over_two_lines_are_read_together(tmp_path):
    sectors = imported(tmp_path, two_lines(tmp_path)).set_index("site_id")
    assert len(sectors) == len(rows())
    assert sectors.geometry["QN001"].x == pytest.approx(107.0511)
    assert sectors.loc["QN001", "height_agl_m"] == 42.0


def test_a_merged_cell_over_rows_counts_for_each_of_them(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    for line in LINES:
        sheet.append(line)
    for row in (3, 4, 5):
        sheet.cell(row, 3).value = None
    sheet.merge_cells("C2:C5")
    path = tmp_path / "l.xlsx"
    book.save(path)
    assert imported(tmp_path, path)["operator"].tolist() == ["Viettel"] * 4


def test_the_sheet_that_holds_the_table_is_found_among_others(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Ghi chú"
    book.active.append(["Tên trạm", "Nhà mạng", "Công nghệ là bắt buộc"])
    book.active.append(["Số liệu", "đến", "31/12/2025"])
    book.create_sheet("Trống")
    sheet = book.create_sheet("Danh sách")
    for line in LINES:
        sheet.append(line)
    path = tmp_path / "l.xlsx"
    book.save(path)
    report = import_sites([path], None)
    assert report.taken == len(rows())
    assert [n.found for n in report.notes if n.code == "sheet-left-out"] == ["Ghi chú"]


def test_a_file_without_headers_is_refused_with_what_is_there_and_what_to_do(tmp_path):
    path = write_xlsx(tmp_path / "l.xlsx", rows())
    with pytest.raises(InvalidDataError) as caught:
        import_sites([path], None)
    assert caught.value.codes == {"no-header"}
    assert "QN001" in str(caught.value)
    assert "--map" in str(caught.value)


def test_the_firmer_of_two_columns_is_taken(tmp_path):
    grid = Grid("f", [["Tên", "Tên trạm", "Kinh độ", "Vĩ độ"]])
    assert find_header(grid, "sites").fields["name"] == 1


def test_two_columns_mapped_to_one_field_are_refused():
    grid = Grid("f", [["A", "B", "Kinh độ"]])
    with pytest.raises(InvalidDataError) as caught:
        find_header(grid, "sites", {"A": "name", "B": "name"})
    assert caught.value.codes == {"two-columns-one-field"}


def test_every_sheet_of_a_workbook_is_opened_as_text(tmp_path):
    (grid,) = open_file(write_xlsx(tmp_path / "l.xlsx", LINES))
    assert {type(cell) for cell in chain.from_iterable(grid.lines)} == {str}
