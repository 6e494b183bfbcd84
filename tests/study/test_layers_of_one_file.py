"""One GeoPackage may hold the units of every level: each input takes the layer of its name."""

import geopandas as gpd

from qn_coverage.core.scenario import load_scenario
from qn_coverage.inputs import read_inputs
from tests.tiny import write_province

LEVELS = {"communes": "communes", "former_communes": "former", "districts": "districts"}


def test_units_of_all_levels_come_from_one_file(tmp_path):
    scenario = write_province(tmp_path)
    text = scenario.read_text(encoding="utf-8")
    for layer, stem in LEVELS.items():
        units = gpd.read_file(tmp_path / f"{stem}.geojson", engine="pyogrio")
        units.to_file(tmp_path / "units.gpkg", layer=layer, driver="GPKG")
        text = text.replace(f'"{stem}.geojson"', '"units.gpkg"')
    scenario.write_text(text, encoding="utf-8")
    inputs = read_inputs(load_scenario(scenario))
    assert inputs.districts["code"].tolist() == ["800"]
    assert inputs.former_communes["code"].tolist() == ["8000001", "8000002"]
    assert inputs.communes["code"].tolist() == ["90001", "90002"]
