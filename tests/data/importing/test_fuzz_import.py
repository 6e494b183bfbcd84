"""Whatever bytes come, the importers answer with a table or with a `CoverageError`."""

import gzip
import string

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qn_coverage.core.errors import CoverageError
from qn_coverage.data.importing.measurements import import_measurements
from qn_coverage.data.importing.open_files import open_file
from qn_coverage.data.importing.opencellid import import_opencellid
from qn_coverage.data.importing.sites import import_sites
from qn_coverage.data.importing.villages import import_villages
from qn_coverage.data.sites import read_sectors
from tests.data.importing.making import WRITERS, csv_text, write_opencellid, write_stations

ENDINGS = (*WRITERS, "xls", "ods", "json")
FUZZ = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("fuzz")


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Bytes of the same list in every format."""
    made = tmp_path_factory.mktemp("whole")
    return {ending: write_stations(made, ending).read_bytes() for ending in WRITERS}


def answered(read, *arguments, **options):
    """The result, or None where the user is told what to mend; nothing else may leave."""
    try:
        return read(*arguments, **options)
    except CoverageError:
        return None


@pytest.mark.parametrize("ending", ENDINGS)
@FUZZ
@given(data=st.binary(min_size=1, max_size=400))
def test_random_bytes_under_any_ending_are_answered(folder, ending, data):
    path = folder / f"random.{ending}"
    path.write_bytes(data)
    answered(open_file, path)


@pytest.mark.parametrize("place", [7, 36, 843, 1121, 1122])
@pytest.mark.parametrize("value", [0, 176, 255])
def test_an_archive_with_a_damaged_name_or_header_is_answered(folder, whole, place, value):
    content = bytearray(whole["zip"])
    content[place] = value
    path = folder / "header.zip"
    path.write_bytes(bytes(content))
    report = answered(import_sites, [path], None, dry_run=True)
    assert report is None or report.read >= 1


@pytest.mark.parametrize("ending", WRITERS)
@FUZZ
@given(data=st.data())
def test_a_damaged_file_is_answered(folder, whole, ending, data):
    content = bytearray(whole[ending])
    for _ in range(data.draw(st.integers(1, 4))):
        where = data.draw(st.integers(0, len(content) - 1))
        content[where] = data.draw(st.integers(0, 255))
    cut = data.draw(st.one_of(st.just(len(content)), st.integers(1, len(content))))
    path = folder / f"damaged.{ending}"
    path.write_bytes(bytes(content[:cut]))
    report = answered(import_sites, [path], None, dry_run=True)
    assert report is None or report.read >= 1


CELLS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["", "Viettel", "4G/3G", "L1800", "0/120/240", "omni", "31/01/2024", "13.2024",
                     "107,05", "20.95", "20°57'04\"B", "107051100", "-", "1e400", "nan", "inf", "45000",
                     "3 khẩu", "1.234", "=1+1", "Xã Ba Chẽ", "Ba Che", "06970", "có", "x", "-101 dBm"]),
    st.floats().map(str),
    st.integers(-(10**12), 10**12).map(str),
)  # fmt: skip
SITE_HEAD = ("Mã trạm", "Tên trạm", "Nhà mạng", "Công nghệ", "Băng tần", "Băng thông", "Kinh độ",
             "Vĩ độ", "Toạ độ", "Độ cao cột", "Phương vị", "Tilt", "EIRP", "Ngày phát sóng",
             "Sai số", "Nguồn gốc")  # fmt: skip
VILLAGE_HEAD = ("Mã thôn", "Tên thôn", "Xã", "Mã xã", "Xã cũ", "Huyện", "Kinh độ", "Vĩ độ", "Dân số",
                "Số hộ", "Thuộc 105", "Có sóng từ", "Nguồn gốc", "Sai số")  # fmt: skip
LEVEL_HEAD = ("Thời gian", "Kinh độ", "Vĩ độ", "Nhà mạng", "RSRP", "Công nghệ", "Tần số", "Cell ID",
              "Trong nhà", "Sai số GPS")  # fmt: skip
LISTS = {
    "sites": (import_sites, SITE_HEAD),
    "villages": (import_villages, VILLAGE_HEAD),
    "measurements": (import_measurements, LEVEL_HEAD),
}


@pytest.mark.parametrize("kind", LISTS)
@FUZZ
@given(data=st.data())
def test_random_cells_are_taken_or_refused_and_the_report_is_written(folder, kind, data):
    importer, head = LISTS[kind]
    lines = data.draw(st.lists(st.tuples(*[CELLS] * len(head)), min_size=1, max_size=6))
    path, out = folder / f"{kind}.csv", folder / f"{kind}.parquet"
    text = csv_text([head, *([c.replace(";", ",") for c in line] for line in lines)])
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    report = answered(importer, [path], out, skip_refused=True)
    assert report is None or (out.exists() and report.taken == len(report_rows(report)))


def report_rows(report):
    return set(enumerate(report.draft.row)) - {
        (i, row)
        for i, row in enumerate(report.draft.row)
        if any(p.row == row for p in report.problems)
    }


@settings(FUZZ, max_examples=15)
@given(st.lists(st.lists(st.one_of(st.integers().map(str), st.floats().map(str),
                                   st.text(string.printable, max_size=6)), max_size=14), max_size=5),
       st.booleans())  # fmt: skip
def test_a_strange_file_of_opencellid_is_answered(folder, lines, packed):
    first = write_opencellid(folder / "452.csv").read_text(encoding="utf-8")
    known = first.splitlines()[1].split(",")
    text = first + "".join(",".join([*line, *known[len(line) :]]) + "\n" for line in lines)
    path = folder / ("452.csv.gz" if packed else "452.csv")
    path.write_bytes(gzip.compress(text.encode()) if packed else text.encode())
    out = folder / "heard.parquet"
    if answered(import_opencellid, path, out) is not None:
        assert len(read_sectors(out)) >= 1


@FUZZ
@given(data=st.binary(max_size=300))
def test_a_damaged_gz_of_opencellid_is_answered(folder, data):
    whole = write_opencellid(folder / "whole.csv.gz").read_bytes()
    path = folder / "damaged.csv.gz"
    path.write_bytes(whole[: len(whole) // 2] + data)
    answered(import_opencellid, path, None, dry_run=True)
