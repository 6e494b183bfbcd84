"""The pattern file of an antenna, put beside the list, gives the widths that the list leaves out."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qn_coverage.data.antennas import half_power_width
from qn_coverage.data.importing.sites import import_sites
from qn_coverage.data.sites import read_network, read_sectors
from tests.data.importing.making import write_xlsx

ANGLES = np.arange(360)


def gaussian(width, peak=0):
    """Cut with 3 dB at half its width, as ITU-R F.1336 has it near the main direction."""
    off = (ANGLES - peak + 180) % 360 - 180
    return np.maximum(-12.0 * (off / width) ** 2, -30.0)


@given(st.integers(4, 180), st.integers(0, 359))
def test_the_width_of_a_cut_is_found_wherever_it_points(width, peak):
    # 12 (φ/width)² dB reaches 3.0103 dB at 0.5009 widths.
    assert half_power_width(gaussian(width, peak)) == pytest.approx(1.0017 * width, abs=0.6)


def test_an_antenna_that_sends_all_around_has_360_degrees():
    assert half_power_width(np.zeros(360)) == 360.0


def write_msi(path, horizontal, vertical):
    lines = ["NAME X-65", "FREQUENCY 1842.5", "GAIN 15.35 dBd", "TILT ELECTRICAL"]
    for key, cut in (("HORIZONTAL", horizontal), ("VERTICAL", vertical)):
        lines += [f"{key} 360", *(f"{a} {-v:.2f}" for a, v in zip(ANGLES, cut, strict=True))]
    path.write_text("\n".join(lines), encoding="utf-8")


def imported(tmp_path, cell, width=None):
    lines = [("Mã trạm", "Nhà mạng", "Công nghệ", "Kinh độ", "Vĩ độ", "Phương vị", "Loại anten",
              "Độ rộng búp ngang"),
             ("A1", "Viettel", "4G", 107.0511, 20.9511, 120, cell, width)]  # fmt: skip
    report = import_sites([write_xlsx(tmp_path / "l.xlsx", lines)], tmp_path / "out.parquet")
    (note,) = [note for note in report.notes if note.code == "antenna"]
    (sector,) = read_sectors(tmp_path / "out.parquet").itertuples()
    return sector, note


@pytest.mark.parametrize("cell", ["X-65", "x-65.MSI", "D:\\anten\\X-65.msi"])
def test_widths_come_from_the_pattern_beside_the_list(tmp_path, cell):
    write_msi(tmp_path / "X-65.msi", gaussian(62), gaussian(6.6, 4))
    sector, note = imported(tmp_path, cell)
    assert sector.beamwidth_h_deg == pytest.approx(62, abs=0.5)
    assert sector.beamwidth_v_deg == pytest.approx(6.6, abs=0.5)
    assert "beamwidth" not in sector.assumed
    assert "62°" in note.vi


def test_the_name_and_the_gain_of_the_pattern_stay_in_the_result(tmp_path):
    write_msi(tmp_path / "X-65.msi", gaussian(62), gaussian(6.6, 4))
    sector, _ = imported(tmp_path, "D:\\anten\\x-65.msi")
    assert sector.antenna == "X-65"
    assert sector.gain_dbi == pytest.approx(17.5)
    again = read_network(tmp_path / "out.parquet", tmp_path)
    assert list(again.antennas.patterns) == ["X-65"]
    assert again.warnings == ()


def test_built_in_forms_need_no_file(tmp_path):
    lines = [("Mã trạm", "Nhà mạng", "Công nghệ", "Kinh độ", "Vĩ độ", "Anten", "Tilt cơ",
              "Tilt điện", "power_dbm", "Độ lợi dBi"),
             ("A1", "Viettel", "5G", 107.0511, 20.9511, "TR38901", 2, 3, 49, 24)]  # fmt: skip
    report = import_sites([write_xlsx(tmp_path / "l.xlsx", lines)], tmp_path / "out.csv")
    assert not [note for note in report.notes if note.code == "antenna"]
    (sector,) = read_sectors(tmp_path / "out.csv").itertuples()
    assert sector.antenna == "tr38901"
    assert (sector.downtilt_deg, sector.mechanical_tilt_deg) == (5.0, 2.0)
    assert sector.eirp_dbm == 73.0


def test_a_width_that_the_list_gives_stays(tmp_path):
    write_msi(tmp_path / "X-65.msi", gaussian(62), gaussian(6.6, 4))
    sector, _ = imported(tmp_path, "X-65", 90)
    assert sector.beamwidth_h_deg == 90


@pytest.mark.parametrize("cell", ["K742215", "../secret", "/etc/passwd"])
def test_an_antenna_without_a_file_is_noted_and_assumed(tmp_path, cell):
    (tmp_path.parent / "secret.msi").write_text("x", encoding="utf-8")
    sector, note = imported(tmp_path, cell)
    assert "no pattern file" in note.en
    assert "beamwidth_h_deg" in sector.assumed


def test_a_broken_pattern_is_noted_and_assumed(tmp_path):
    (tmp_path / "X-65.msi").write_text("HORIZONTAL 360\n0 nothing\n", encoding="utf-8")
    sector, note = imported(tmp_path, "X-65")
    assert note.en.startswith("unreadable")
    assert "beamwidth_h_deg" in sector.assumed
