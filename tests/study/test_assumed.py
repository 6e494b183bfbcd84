"""What a bare list of stations leaves out is counted and told wherever results are read."""

import pandas as pd
import pytest

from qn_coverage.analysis.assumptions import assumed_of_sites, assumption_caveat
from qn_coverage.data.catalog import layer_path
from qn_coverage.data.sites import read_sectors
from qn_coverage.export.folder import write_study
from qn_coverage.render.map import render_map
from qn_coverage.render.report import render_report
from qn_coverage.study import run_study
from tests import tiny


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """Two stations: one with nothing but what must be there, one with its height."""
    folder = tmp_path_factory.mktemp("bare")
    scenario = tiny.write_province(folder)
    (west_lon, west_lat), (east_lon, east_lat) = tiny.place(2.0, 4.0), tiny.place(10.0, 3.0)
    (folder / "sectors.csv").write_text(
        "name,operator,technology,lon,lat,height_agl_m,assumed\n"
        f"Tây,Viettel,4G,{west_lon},{west_lat},,height_agl_m\n"
        f"Tây,Viettel,2G,{west_lon},{west_lat},,height_agl_m\n"
        f"Đông,VinaPhone,4G,{east_lon},{east_lat},42,\n",
        encoding="utf-8",
    )
    return run_study(scenario)


@pytest.fixture(scope="module")
def told(study):
    (caveat,) = (c for c in study.summary["caveats"] if c["key"] == "assumed_values")
    return caveat


def test_each_assumed_value_is_counted_with_what_it_was_taken_for(told):
    for vi, en in (
        ("chiều cao anten của 1 trong 2 trạm (30 m)", "antenna height of 1 of 2 sites (30 m)"),
        (
            "EIRP của 3 trong 3 sector (45,6 / 57,6 dBm)",
            "EIRP of 3 of 3 sectors (45.6 / 57.6 dBm)",
        ),
        ("hướng anten của 3 trong 3 sector (phát mọi hướng)", "azimuth of 3 of 3 sectors (all"),
        ("ngày phát sóng của 3 trong 3 sector (1990-01-01)", "day on air of 3 of 3 sectors"),
        ("nguồn gốc của 2 trong 2 trạm (estimated)", "origin of 2 of 2 sites (estimated)"),
    ):
        assert vi in told["vi"]
        assert en in told["en"]


def test_the_table_of_sites_names_what_each_was_not_given(study):
    assumed = study.sites.set_index("name")["assumed"].str.split("; ")
    assert "height_agl_m" in assumed["Tây"]
    assert "height_agl_m" not in assumed["Đông"]
    assert "eirp_dbm" in assumed["Đông"]


def test_map_report_and_table_say_it(study, told, tmp_path):
    page, report = render_map(study), render_report(study)
    assert told["vi"] in page
    assert told["vi"] in report
    assert told["en"] in report
    write_study(study, tmp_path / "out", map_html=page, report_html=report)
    assert "assumed" in pd.read_csv(tmp_path / "out" / "sites.csv").columns


def test_a_full_list_and_the_shipped_network_have_no_such_caveat(tiny_study):
    assert "assumed_values" not in {c["key"] for c in tiny_study.summary["caveats"]}
    assert "assumed" not in tiny_study.sites
    shipped = read_sectors(layer_path("sectors"))
    assert assumption_caveat(shipped) is None
    assert assumed_of_sites(shipped).eq("").all()


def test_only_figures_get_a_decimal_comma():
    given = {"site_id": ["A"], "operator": ["V.N.P."], "eirp_dbm": [57.5], "origin": ["estimated"]}
    caveat = assumption_caveat(pd.DataFrame({**given, "assumed": ["operator; eirp_dbm"]}))
    assert "(V.N.P.)" in caveat["vi"]
    assert "(57,5 dBm)" in caveat["vi"]
    assert "(57.5 dBm)" in caveat["en"]
