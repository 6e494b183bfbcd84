"""From planners' messy lists to a study, without a step between."""

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
from click.testing import CliRunner

from qn_coverage.cli import main
from qn_coverage.data.importing.communes import find_unit
from qn_coverage.data.sites import read_sectors
from qn_coverage.data.villages import read_villages
from qn_coverage.study import run_study
from tests import tiny
from tests.data.importing.making import write_xlsx


def messy_sites(folder):
    """The tiny province's sectors as a planner's workbook: a row a site, three ways of writing."""
    strict = pd.read_csv(folder / "sectors.csv")
    lines = [("DANH SÁCH TRẠM BTS",), (), ("TT", "Mã trạm", "Tên trạm", "Doanh nghiệp", "Kinh độ",
             "Vĩ độ", "Công nghệ", "Băng tần", "Băng thông (MHz)", "Độ cao anten (m)", "Phương vị",
             "Tilt cơ", "Tilt điện", "Búp sóng ngang", "Búp sóng đứng", "EIRP", "Ngày phát sóng",
             "Chương trình", "Sai số vị trí")]  # fmt: skip
    for number, (_, site) in enumerate(strict.groupby("site_id", sort=False), start=1):
        row = site.iloc[0]
        place = (f"{row.lon:.7f}".replace(".", ","), f"{row.lat:.7f}".replace(".", ","))
        place = place if number == 1 else (f"{row.lat * 1e7:.0f}", f"{row.lon * 1e7:.0f}")
        day = f"{pd.Timestamp(row.on_air):%d/%m/%Y}"
        lines.append((number, row.site_id, row["name"], row.operator.upper(), *place, "LTE", "1800",
                      "20 MHz", "36 m", "0/120/240", 0, "3°", 65, 8, "62 dBm", day,
                      row.programme, "0 m"))  # fmt: skip
    return write_xlsx(folder / "tram.xlsx", lines)


def messy_villages(folder):
    strict = pd.read_csv(folder / "villages.csv")
    lines = [("Tên thôn", "Toạ độ", "Số dân", "Thuộc 105 thôn bản", "Bán kính sai số")]
    for row in strict.itertuples():
        said = "có" if row.in_programme else "không"
        lines.append((row.name_vi, f"{row.lat}; {row.lon}", row.population, said, "200 m"))
    return write_xlsx(folder / "thon.xlsx", lines)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Tiny province whose lists came through the command line."""
    folder = tmp_path_factory.mktemp("messy")
    scenario = tiny.write_province(folder)
    for kind, path in (("sites", messy_sites(folder)), ("villages", messy_villages(folder))):
        arguments = ["import", kind, str(path), "--out", str(folder / f"{kind}.gpkg")]
        result = CliRunner().invoke(main, arguments, catch_exceptions=False)
        assert result.exit_code == 0, result.output
    text = scenario.read_text(encoding="utf-8")
    text = text.replace("sectors.csv", "sites.gpkg").replace("villages.csv", "villages.gpkg")
    scenario.write_text(text, encoding="utf-8")
    return folder


def test_the_imported_sectors_are_the_strict_ones(folder):
    strict = read_sectors(folder / "sectors.csv").sort_values(["site_id", "azimuth_deg"])
    imported = read_sectors(folder / "sites.gpkg").sort_values(["site_id", "azimuth_deg"])
    for name in ("site_id", "operator", "technology", "frequency_mhz", "bandwidth_mhz", "name",
                 "height_agl_m", "azimuth_deg", "downtilt_deg", "beamwidth_h_deg", "on_air",
                 "beamwidth_v_deg", "eirp_dbm", "programme", "uncertainty_m"):  # fmt: skip
        left, right = (
            t[name].fillna("") if t[name].dtype == "str" else t[name] for t in (strict, imported)
        )
        assert left.tolist() == right.tolist(), name
    gap = np.abs(strict.geometry.get_coordinates() - imported.geometry.get_coordinates().to_numpy())
    assert gap.to_numpy().max() < 1e-7


def test_the_imported_villages_lie_in_their_real_communes(folder):
    villages = read_villages(folder / "villages.gpkg")
    assert villages["name_vi"].tolist() == ["Thôn Gần", "Thôn Xa", "Thôn <b>Lạ</b>"]
    assert all(len(find_unit("", code=code)) == 1 for code in villages["commune_code"])


def test_the_study_of_the_imported_lists_is_the_study_of_the_strict_ones(folder, tiny_study):
    # Imports know the real communes; those of the tiny province are made up.
    villages = gpd.read_file(folder / "villages.gpkg", engine="pyogrio")
    villages["commune_code"] = pd.read_csv(folder / "villages.csv", dtype=str)["commune_code"]
    villages.to_file(folder / "here.gpkg", layer="villages", driver="GPKG")
    scenario = folder / "here.toml"
    text = (folder / "tiny.toml").read_text(encoding="utf-8")
    scenario.write_text(text.replace("villages.gpkg", "here.gpkg"), encoding="utf-8")
    study = run_study(scenario)
    for key, value in tiny_study.summary["province"].items():
        assert study.summary["province"][key] == pytest.approx(value, abs=1e-9), key
    for name in ("verdict_before", "verdict_after"):
        assert study.villages[name].tolist() == tiny_study.villages[name].tolist()


def test_the_report_beside_the_result_says_what_each_cell_was_taken_for(folder):
    book = openpyxl.load_workbook(folder / "sites-report.xlsx")
    said = " ".join(str(c.value) for line in book.worksheets[0] for c in line if c.value)
    assert "đổi chỗ" in said
    assert "decimal point was lost" in said
    assert isinstance(gpd.read_file(folder / "sites.gpkg"), gpd.GeoDataFrame)
