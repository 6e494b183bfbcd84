"""The same mast under two names is proposed, in one list or across lists, and never merged."""

import pytest

from qn_coverage.data.importing.sites import import_sites
from qn_coverage.data.sites import read_sectors
from tests.data.importing.making import csv_text

HEAD = ("Mã trạm", "Tên trạm", "Nhà mạng", "Kinh độ", "Vĩ độ", "Công nghệ")


def proposals(tmp_path, *lists):
    files = []
    for number, lines in enumerate(lists):
        path = tmp_path / f"list-{number}.csv"
        path.write_text(csv_text([HEAD, *lines]), encoding="utf-8")
        files.append(path)
    out = tmp_path / "sites.parquet"
    report = import_sites(files, out)
    assert len(read_sectors(out)) == sum(map(len, lists))
    return [note for note in report.notes if note.code == "proposed-same-mast"]


VIETTEL = [("QNH0123", "Viettel_Bãi Cháy 2", "Viettel", "107.051100", "20.951100", "4G")]


def test_a_mast_in_two_operators_lists_is_proposed_at_the_later_row(tmp_path):
    vnpt = [
        ("VNP-1", "Trạm Tuần Châu", "VNPT", "106.990000", "20.930000", "4G"),
        ("VNP-2", "BTS Bãi cháy 2", "VNPT", "107.052000", "20.951900", "4G"),
    ]
    (found,) = proposals(tmp_path, VIETTEL, vnpt)
    assert (found.file, found.row) == ("list-1.csv", 2)
    assert "QNH0123" in found.vi
    assert "không gộp" in found.vi
    assert "not merged" in found.en
    assert "130 m" in found.en or "129 m" in found.en


def test_names_apart_are_proposed_only_on_one_spot(tmp_path):
    far = [("M1", "Hồng Hải", "MobiFone", "107.052000", "20.951900", "4G")]
    near = [("M2", "Hồng Hải", "MobiFone", "107.051150", "20.951150", "4G")]
    assert proposals(tmp_path, VIETTEL, far) == []
    assert len(proposals(tmp_path, VIETTEL, near)) == 1


def test_like_names_far_apart_are_not_proposed(tmp_path):
    far = [("V2", "Viettel_Bãi Cháy 2", "VNPT", "107.061100", "20.951100", "4G")]
    assert proposals(tmp_path, VIETTEL, far) == []


def test_sectors_of_one_mast_are_no_duplicates(tmp_path):
    rows = [(*VIETTEL[0][:5], tech) for tech in ("2G", "3G", "4G")]
    assert proposals(tmp_path, rows) == []


@pytest.mark.parametrize("spread", [0, 1])
def test_a_list_with_one_place_for_thousands_of_sites_is_answered_all_the_same(tmp_path, spread):
    rows = [
        (f"S{i}", f"Trạm {i}", "Viettel", f"107.05{spread * i % 100:04}", "20.951100", "4G")
        for i in range(3_000)
    ]
    found = proposals(tmp_path, rows)
    assert 1_500 < len(found) <= 5_000
