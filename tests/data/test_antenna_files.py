"""The column ``antenna``: which file a name means, and what the file gives its rows."""

import zipfile

import numpy as np
import pandas as pd
import pytest

from qn_coverage.data.antenna_files import list_antennas, named_antennas
from qn_coverage.data.sites import read_network, read_sectors
from tests.data.reading import codes_of, only, problems_of, written

AROUND = (np.arange(360) + 180) % 360 - 180


def write_msi(path, *, name="X", tilt=4, width=62.0, gain="15.35 dBd"):
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"NAME {name}", "FREQUENCY 1842.5", f"GAIN {gain}", f"ELECTRICAL_TILT {tilt}"]
    cuts = {
        "HORIZONTAL": np.minimum(12.0 * (AROUND / width) ** 2, 28.0),
        "VERTICAL": np.minimum(12.0 * ((AROUND - tilt) / 7.0) ** 2, 24.0),
    }
    for key, cut in cuts.items():
        lines += [f"{key} 360", *(f"{a} {loss:.2f}" for a, loss in enumerate(cut))]
    path.write_text("\n".join(lines), encoding="utf-8")


@pytest.fixture
def anten(tmp_path):
    """Folder with three files: two of one name in folders of their own."""
    folder = tmp_path / "anten"
    write_msi(folder / "742215.msi", name="742215 Hộp")
    write_msi(folder / "K" / "80010.pln", name="K 80010 T2", tilt=2)
    write_msi(folder / "L" / "80010.pln", name="L 80010 T6", tilt=6)
    (folder / "note.txt").write_text("no pattern", encoding="utf-8")
    return folder


def table(province, tmp_path, **columns):
    """The tiny province's sectors with other columns."""
    frame = pd.read_csv(province / "sectors.csv").drop(
        columns=[n for n, v in columns.items() if v is None]
    )
    frame = frame.assign(**{n: v for n, v in columns.items() if v is not None})
    return written(frame, tmp_path / "s.csv")


def names(cells, folder, tmp_path):
    files = None if folder is None else list_antennas(folder)
    return named_antennas(pd.Series(cells, dtype="object"), files, tmp_path / "s.csv")


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("742215", "742215"),
        (742215, "742215"),
        (742215.0, "742215"),
        ("742215.MSI", "742215"),
        ("D:\\anten\\742215.msi", "742215"),
        ("742215 hop", "742215"),
        ("k/80010", "K/80010"),
        ("L 80010 T6", "L/80010"),
        ("TR38901", "tr38901"),
    ],
)
def test_a_name_means_a_file_by_its_path_its_end_or_its_name_inside(cell, name, anten, tmp_path):
    assert names([None, cell, "", np.nan], anten, tmp_path).names == {1: name}


def test_only_files_that_are_named_are_read_and_listed(anten, tmp_path):
    (anten / "broken.msi").write_text("HORIZONTAL 360\n0 x\n", encoding="utf-8")
    found = names(["742215", "K/80010", "742215"], anten, tmp_path)
    assert found.problems == ()
    assert list(found.patterns) == ["742215", "K/80010"]
    assert found.files == (anten / "742215.msi", anten / "K" / "80010.pln")
    broken = only(names(["broken"], anten, tmp_path).problems[:1])
    assert broken.file.endswith("broken.msi")


def test_a_zip_is_as_good_as_a_folder(anten, tmp_path):
    packed = tmp_path / "anten.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(anten.rglob("*.*")):
            archive.write(path, path.relative_to(anten).as_posix())
    unpacked, found = (names(["L/80010"], one, tmp_path) for one in (anten, packed))
    assert found.files == (packed,)
    for cut in ("horizontal_db", "vertical_db"):
        np.testing.assert_array_equal(
            getattr(found.patterns["L/80010"], cut), getattr(unpacked.patterns["L/80010"], cut)
        )


def test_an_unknown_name_is_a_problem_of_each_of_its_rows_and_names_what_is_alike(
    anten, tmp_path, province
):
    cells = ["742215", "742251", "", "742251", "80010", "tr36814"]
    path = table(province, tmp_path, antenna=cells)
    found = problems_of(read_network, path, anten)
    assert [(one.code, one.row, one.column) for one in found] == [
        ("unknown-antenna", 2, "antenna"),
        ("unknown-antenna", 4, "antenna"),
        ("ambiguous-antenna", 5, "antenna"),
    ]
    assert "'742251'" in str(found[0])
    assert "e.g. 742215, " in str(found[0])
    assert "tr38901" in str(found[0])
    assert "K/80010.pln, L/80010.pln" in str(found[2])


def test_folders_that_are_none_or_hold_no_pattern_are_named(tmp_path, anten):
    assert codes_of(list_antennas, tmp_path / "nowhere") == {"missing-file"}
    assert codes_of(list_antennas, anten / "742215.msi") == {"missing-file"}
    (tmp_path / "empty").mkdir()
    assert codes_of(list_antennas, tmp_path / "empty") == {"no-antennas"}


def test_without_files_names_stay_and_are_counted(province, tmp_path):
    path = table(province, tmp_path, antenna=["742215", "tr38901", "", "", "", "X"])
    network = read_network(path)
    assert network.antennas.unread == (0, 5)
    assert network.sectors["antenna"].fillna("").tolist() == ["742215", "tr38901", "", "", "", "X"]
    assert (read_sectors(path)["beamwidth_h_deg"] == 65.0).all()


def test_a_file_gives_what_its_rows_leave_out_and_nothing_of_it_is_assumed(
    anten, province, tmp_path
):
    path = table(
        province, tmp_path, antenna=["742215"] * 3 + ["tr38901"] * 3, beamwidth_h_deg=None,
        beamwidth_v_deg=None, downtilt_deg=None, mechanical_tilt_deg=[2.0] * 3 + [""] * 3,
        eirp_dbm=None, power_dbm=46.0, losses_db=[0.5, 0.5, "", 0.5, 0.5, 0.5],
    )  # fmt: skip
    sectors = read_network(path, anten).sectors
    file, panel = sectors.iloc[0], sectors.iloc[3]
    assert file["beamwidth_h_deg"] == pytest.approx(62.0, abs=0.5)
    assert file["beamwidth_v_deg"] == pytest.approx(7.0, abs=0.5)
    assert file["downtilt_deg"] == 6.0  # 4 in the file and 2 of the mount
    assert file["eirp_dbm"] == pytest.approx(46.0 + 15.35 + 2.15 - 0.5)
    assert file["assumed"] == ""
    assert sectors.iloc[2]["eirp_dbm"] == pytest.approx(46.0 + 15.35 + 2.15)
    assert sectors.iloc[2]["assumed"] == "losses_db"
    assert panel["beamwidth_h_deg"] == panel["beamwidth_v_deg"] == 65.0
    assert panel["eirp_dbm"] == 61.0  # no gain of a panel is known
    assert panel["assumed"] == "eirp_dbm; downtilt_deg"


def test_the_tables_own_figures_are_stronger_and_conflicts_are_told(anten, province, tmp_path):
    path = table(
        province, tmp_path, antenna="742215", power_dbm=46.0, losses_db=0.0,
        gain_dbi=[17.5, 18.2, 17.9, "", "", ""], eirp_dbm=[63.5, 64.2, 63.9, 63.5, 62.9, 64.0],
        downtilt_deg=[6.0] * 4 + [6.0, 8.0], mechanical_tilt_deg=2.0,
    )  # fmt: skip
    network = read_network(path, anten)
    assert network.sectors["eirp_dbm"].tolist() == [63.5, 64.2, 63.9, 63.5, 62.9, 64.0]
    assert network.sectors["beamwidth_h_deg"].tolist() == [65.0] * 6
    assert [(one.code, one.row) for one in network.warnings] == [
        ("eirp-conflict", 5),
        ("gain-conflict", 2),
        ("tilt-conflict", 6),
    ]


def test_power_and_gain_make_an_eirp_without_any_file(province, tmp_path):
    path = table(province, tmp_path, eirp_dbm=None, power_dbm=43.0, gain_dbi=17.0, losses_db=3.0)
    sectors = read_sectors(path)
    assert sectors["eirp_dbm"].tolist() == [57.0] * 6
    assert (sectors["assumed"] == "").all()
