"""What an office program saves is read like what it was given."""

import shutil
import subprocess

import openpyxl
import pytest

from qn_coverage.data.importing.sites import import_sites
from qn_coverage.data.importing.template import write_template
from qn_coverage.data.importing.template_columns import TEMPLATES
from tests.data.importing.making import LINES, NAMES, rows, write_xlsx

OFFICE = shutil.which("soffice")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed"),
]


def saved_as(path, ending, folder):
    """The workbook as LibreOffice saves it under another ending."""
    subprocess.run(
        [OFFICE, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to",
         ending, "--outdir", str(folder / "saved"), str(path)],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    return folder / "saved" / f"{path.stem}.{ending}"


@pytest.mark.parametrize("ending", ["xls", "ods", "xlsx"])
def test_a_list_saved_by_libreoffice_is_the_same_list(tmp_path, ending):
    path = saved_as(write_xlsx(tmp_path / "tram.xlsx", LINES), ending, tmp_path)
    report = import_sites([path], None, dry_run=True)
    assert not report.problems
    assert report.taken == len(rows())
    assert tuple(report.draft.column("name")) == NAMES


def test_a_template_saved_by_libreoffice_keeps_its_lists(tmp_path):
    write_template("sites", tmp_path / "tram.xlsx")
    book = openpyxl.load_workbook(saved_as(tmp_path / "tram.xlsx", "xlsx", tmp_path))
    rules = book.worksheets[0].data_validations.dataValidation
    lists = [rule for rule in rules if rule.type == "list"]
    assert len(lists) == sum(bool(asked.choices) for asked in TEMPLATES["sites"])
    assert "Danh mục" in lists[0].formula1
