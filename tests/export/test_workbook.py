"""The workbook opens, prints on A4, repeats byte for byte, and runs no stranger's formula."""

import shutil
import subprocess
import zipfile

import openpyxl
import pytest

from qn_coverage.export.workbook import HEADER_ROWS, write_workbook
from tests.export.conftest import HOSTILE

VILLAGES = "Thôn bản - Villages"


@pytest.fixture(scope="module")
def path(results, tmp_path_factory):
    path = tmp_path_factory.mktemp("xlsx") / "sổ tính.xlsx"
    write_workbook(results, path)
    return path


@pytest.fixture(scope="module")
def book(path):
    return openpyxl.load_workbook(path)


def column(page, title):
    headers = [cell.value for cell in page[3]]
    at = headers.index(title)
    return [row[at] for row in page.iter_rows(min_row=HEADER_ROWS + 1)]


def test_the_sheets_are_those_a_department_prints(book):
    assert book.sheetnames == [
        "Tóm tắt - Summary",
        "Xã - Communes",
        VILLAGES,
        "Vùng lõm - Gaps",
        "Trạm - Sites",
        "Từ điển - Dictionary",
        "Nguồn gốc - Provenance",
    ]


def test_no_cell_anywhere_is_a_formula(book, path):
    assert [cell for page in book for row in page for cell in row if cell.data_type == "f"] == []
    with zipfile.ZipFile(path) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        assert all(b"<f>" not in archive.read(name) for name in sheets)


def test_hostile_names_are_kept_as_text(book):
    cells = column(book[VILLAGES], "Tên")
    assert [cell.value for cell in cells] == [
        name.replace("\x0b", "�") for name in HOSTILE.values()
    ]
    assert [cell.quotePrefix for cell in cells] == [False, True, False]


def test_figures_are_numbers_with_a_format_and_shares_are_percent(book, results):
    cells = column(book["Xã - Communes"], "Tỷ lệ dân có sóng, sau")
    expected = results.layers["communes"]["population_share_after"].tolist()
    assert [cell.value for cell in cells] == pytest.approx(expected)
    assert {cell.number_format for cell in cells} == {"0.00%"}


def test_codes_are_told_in_vietnamese(book):
    words = {cell.value for cell in column(book[VILLAGES], "Nguồn gốc")}
    assert words == {"mô phỏng"}


def test_each_sheet_prints_on_a4_landscape_with_its_headers(book):
    for page in book:
        assert page.page_setup.orientation == "landscape"
        assert page.page_setup.paperSize in (9, "9")
        assert page.page_setup.fitToWidth == 1
        assert page.print_title_rows == f"$1:${HEADER_ROWS}"
        assert page.freeze_panes.endswith(str(HEADER_ROWS + 1))


def test_the_dictionary_has_every_column_of_every_layer(book, results):
    page = book["Từ điển - Dictionary"]
    layers = [cell.value for cell in column(page, "Tên lớp")]
    names = [cell.value for cell in column(page, "Trường")]
    for layer, table in results.layers.items():
        wanted = {(layer, name) for name in table.columns.drop("geometry")}
        assert wanted <= set(zip(layers, names, strict=True))


def test_provenance_names_every_input_with_its_hash(book, results):
    hashes = {cell.value for cell in column(book["Nguồn gốc - Provenance"], "SHA-256")}
    assert {entry["sha256"] for entry in results.manifest["inputs"].values()} <= hashes


def test_the_same_run_gives_the_same_bytes(path, results, tmp_path):
    write_workbook(results, tmp_path / "b.xlsx")
    assert path.read_bytes() == (tmp_path / "b.xlsx").read_bytes()


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libreoffice_shows_the_hostile_name_as_text(path, tmp_path):
    shutil.copy(path, tmp_path / "a.xlsx")
    subprocess.run(
        [
            "soffice",
            f"-env:UserInstallation=file://{tmp_path}/profile",
            "--headless",
            "--convert-to",
            "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,3",
            "a.xlsx",
        ],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        timeout=180,
    )
    (shown,) = tmp_path.glob("a*.csv")
    assert "=cmd|'/c calc'!A1" in shown.read_text(encoding="utf-8")


@pytest.mark.skipif(
    shutil.which("soffice") is None or shutil.which("pdftotext") is None,
    reason="LibreOffice or poppler is not installed",
)
def test_libreoffice_prints_the_summary_with_every_caveat(path, results, tmp_path):
    shutil.copy(path, tmp_path / "a.xlsx")
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    for command in (
        ["soffice", profile, "--headless", "--convert-to", "pdf", "a.xlsx"],
        ["pdftotext", "-layout", "a.pdf", "a.txt"],
    ):
        subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=180)
    pages = (tmp_path / "a.txt").read_text(encoding="utf-8").split("\f")
    last = results.summary["caveats"][-1]["vi"].split()
    assert " ".join(last[:4]) in pages[0]
    assert "Trang 1 / " in pages[0]
    assert any("Xã Đông" in page for page in pages[1:])
