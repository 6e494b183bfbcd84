"""MapInfo, Shapefile, GeoParquet and Excel CSV keep accents, places and every text."""

import csv

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from qn_coverage.export import geoparquet, mapinfo, shapefile, spreadsheet_csv
from qn_coverage.export.dictionary import FIELDS, short_names
from qn_coverage.export.vector import CUT, NAMES
from tests.export.conftest import HOSTILE

FLAT = {
    ".tab": mapinfo.write_tab,
    ".mif": mapinfo.write_mif,
    ".shp": shapefile.write_shapefile,
}


@pytest.fixture(params=sorted(FLAT))
def flat(request, results, tmp_path):
    """Suffix and folder of a format that cuts names and texts."""
    FLAT[request.param](results, tmp_path / "out")
    return request.param, tmp_path / "out"


def names_of(folder, layer):
    table = pd.read_csv(folder / NAMES)
    table = table[table["layer"] == layer]
    return dict(zip(table["column"], table["field"], strict=True))


def test_accents_and_hostile_names_come_back_as_they_were(flat, results):
    suffix, folder = flat
    field = names_of(folder, "villages")["name_vi"]
    back = gpd.read_file(folder / f"villages{suffix}")
    assert back[field].tolist() == list(HOSTILE.values())


def test_every_place_comes_back_within_a_metre(flat, results):
    suffix, folder = flat
    for layer, table in results.layers.items():
        if table.empty:
            continue
        back = gpd.read_file(folder / f"{layer}{suffix}")
        assert back.crs.to_epsg(min_confidence=20) == 4326
        moved = back.to_crs(5899).hausdorff_distance(table.to_crs(5899), align=False)
        assert moved.max() < 1.0, layer


def test_figures_come_back_as_they_were(flat, results):
    suffix, folder = flat
    field = names_of(folder, "communes")["population_share_after"]
    back = gpd.read_file(folder / f"communes{suffix}")
    np.testing.assert_allclose(
        back[field], results.layers["communes"]["population_share_after"], atol=1e-9
    )


def test_a_text_that_is_cut_stands_whole_beside_the_file(flat, results):
    suffix, folder = flat
    cut = pd.read_csv(folder / CUT)
    cut = cut[cut["layer"] == "villages"]
    whole = results.layers["villages"]["note"]
    assert (whole.str.encode("utf-8").str.len() > 254).all()
    assert cut["text"].tolist() == whole.tolist()
    assert cut["id"].tolist() == ["v1", "v2", "v3"]
    back = gpd.read_file(folder / f"villages{suffix}")[names_of(folder, "villages")["note"]]
    assert back.str.endswith("…").all()
    assert (back.str.encode("utf-8").str.len() <= 254).all()


def test_the_same_run_gives_the_same_bytes(flat, results, tmp_path):
    suffix, folder = flat
    FLAT[suffix](results, tmp_path / "again")
    first = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert first == {path.name: path.read_bytes() for path in (tmp_path / "again").iterdir()}


def test_mapinfo_files_state_utf_8(results, tmp_path):
    mapinfo.write_tab(results, tmp_path / "tab")
    mapinfo.write_mif(results, tmp_path / "mif")
    assert "!version 1520\n!charset UTF-8" in (tmp_path / "tab" / "villages.tab").read_text(
        encoding="utf-8"
    )
    assert 'Charset "UTF-8"' in (tmp_path / "mif" / "villages.mif").read_text(encoding="utf-8")


def test_short_names_are_ascii_distinct_and_fit():
    short = [field.short for field in FIELDS.values()]
    assert all(name.isascii() and len(name) <= 10 for name in short)
    names = short_names(["đặc biệt dài lắm 1", "đặc biệt dài lắm 2", "NAME", "name"])
    assert len({name.lower() for name in names.values()}) == 4
    assert all(len(name) <= 10 for name in names.values())


def test_geoparquet_keeps_types_and_says_its_version(results, tmp_path):
    geoparquet.write_geoparquet(results, tmp_path)
    for layer, table in results.layers.items():
        back = gpd.read_parquet(tmp_path / f"{layer}.parquet")
        assert back.crs == "EPSG:4326"
        assert back.columns.tolist() == table.columns.tolist()
        assert back.geom_equals_exact(table, 0, align=False).all()
    metadata = pq.read_metadata(tmp_path / "communes.parquet").metadata
    assert b'"version": "1.1.0"' in metadata[b"geo"]


def test_excel_csv_has_bom_semicolons_and_decimal_commas(results, tmp_path):
    spreadsheet_csv.write_spreadsheet_csv(results, tmp_path)
    raw = (tmp_path / "villages.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    with (tmp_path / "villages.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    lon = results.layers["villages"].geometry.x.iloc[0]
    assert rows[0]["Kinh độ / Longitude"] == f"{lon:.6f}".rstrip("0").replace(".", ",")
    assert rows[1]["Tên / Name"] == "'=cmd|'/c calc'!A1"
    assert {row["Thuộc 105 thôn, bản / Among the 105 villages"] for row in rows} == {"có", "không"}


def test_excel_csv_holds_no_cell_that_runs(results, tmp_path):
    spreadsheet_csv.write_spreadsheet_csv(results, tmp_path)
    for path in tmp_path.glob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.reader(file, delimiter=";"):
                for cell in row:
                    is_number = cell.replace(",", "", 1).lstrip("-").isdigit() or "E-" in cell
                    assert is_number or not cell.startswith(("=", "+", "-", "@", "\t")), cell
