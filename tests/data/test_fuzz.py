"""No bytes make a reader fail with anything but an error that a planner can mend."""

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from qn_coverage.core.errors import CoverageError
from qn_coverage.core.grid import Grid
from qn_coverage.data.antennas import read_antenna
from qn_coverage.data.boundaries import read_communes, read_units
from qn_coverage.data.facts import read_claims, read_indicators, read_places
from qn_coverage.data.rasters import read_terrain
from qn_coverage.data.sites import read_sectors
from qn_coverage.data.villages import read_villages

CELLS = st.one_of(
    st.text(max_size=8),
    st.floats(width=32).map(str),
    st.sampled_from(
        ["107.5", "21.2", "21.2,107.5", "NaN", "inf", "-1e308", "4G", "2024-01-31", "9999-99-99",
         "POINT (107 21)", "POLYGON EMPTY", '"', "\0", "true", "Viettel", "\u0300", "1e999"]
    ),
)  # fmt: skip
POINT_COLUMNS = [
    "site_id",
    "operator",
    "technology",
    "lon",
    "lat",
    "height_agl_m",
    "on_air",
    "off_air",
]


def survives(read, path):
    """Read, or refuse in words."""
    try:
        return read(path)
    except CoverageError as error:
        assert str(error)  # noqa: PT017 (reading may also succeed)


@settings(max_examples=40, deadline=None)
@given(body=st.binary(max_size=300))
@example(body=b"A,Viettel,4G,107.5,21.2,30,2020-01-01,\n")
@example(body=b"\xff\xfe\x00")
def test_no_bytes_in_a_csv_crash_a_reader(tmp_path_factory, body):
    path = tmp_path_factory.mktemp("fuzz") / "s.csv"
    path.write_bytes((",".join(POINT_COLUMNS) + "\n").encode() + body)
    for read in (
        read_sectors,
        read_villages,
        read_places,
        read_claims,
        read_indicators,
        read_units,
    ):
        survives(read, path)


@settings(max_examples=40, deadline=None)
@given(rows=st.lists(st.lists(CELLS, min_size=8, max_size=8), max_size=4))
def test_no_cells_crash_the_reader_of_sectors(tmp_path_factory, rows):
    import csv

    path = tmp_path_factory.mktemp("fuzz") / "s.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([POINT_COLUMNS, *rows])
    found = survives(read_sectors, path)
    if found is not None:
        assert found["eirp_dbm"].notna().all()


NUMBERS = st.one_of(st.floats(), st.integers(-(10**12), 10**12), st.just(107.5), st.just(21.2))
POSITIONS = st.lists(NUMBERS, min_size=0, max_size=4)


@settings(max_examples=40, deadline=None)
@given(
    kind=st.sampled_from(["Point", "Polygon", "MultiPolygon", "LineString", "", None]),
    where=st.one_of(POSITIONS, st.lists(POSITIONS, max_size=5).map(lambda ring: [ring]), st.none()),
    cells=st.dictionaries(
        st.sampled_from(["code", "name_vi", "type", "population", "geometry", "assumed"]),
        st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5), st.just([1, {}])),
    ),
)
def test_no_geojson_crashes_a_reader(tmp_path_factory, kind, where, cells):
    feature = {
        "type": "Feature",
        "properties": cells,
        "geometry": {"type": kind, "coordinates": where},
    }
    path = tmp_path_factory.mktemp("fuzz") / "c.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature, feature]}))
    survives(read_communes, path)
    survives(read_sectors, path)


@pytest.fixture(scope="module")
def templates(tmp_path_factory):
    """Sound files of several formats, to be spoilt byte by byte."""
    import geopandas as gpd
    import numpy as np
    import rasterio
    from rasterio.transform import from_origin
    from shapely.geometry import box

    folder = tmp_path_factory.mktemp("sound")
    layer = gpd.GeoDataFrame(
        {"code": ["90001"], "name_vi": ["Xã"], "type": ["xã"]},
        geometry=[box(107, 21, 107.1, 21.1)],
        crs="EPSG:4326",
    )
    for ending in ("gpkg", "fgb", "parquet"):
        path = folder / f"c.{ending}"
        layer.to_parquet(path) if ending == "parquet" else layer.to_file(path)
    with rasterio.open(
        folder / "t.tif", "w", driver="GTiff", width=9, height=9, count=1, dtype="float32",
        crs="EPSG:5899", transform=from_origin(480_000, 2_350_000, 100, 100),
    ) as target:  # fmt: skip
        target.write(np.full((9, 9), 5.0, dtype=np.float32), 1)
    return {path.suffix: path.read_bytes() for path in folder.iterdir()}


GRID = Grid("EPSG:5899", 480_000.0, 2_350_000.0, 100.0, 9, 9)


@pytest.mark.filterwarnings("ignore::rasterio.errors.NotGeoreferencedWarning")
@pytest.mark.parametrize("ending", [".gpkg", ".fgb", ".parquet", ".tif"])
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_no_spoilt_file_crashes_a_reader(tmp_path_factory, templates, ending, data):
    body = bytearray(templates[ending])
    for _ in range(data.draw(st.integers(1, 6))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    path = tmp_path_factory.mktemp("fuzz") / f"x{ending}"
    path.write_bytes(body[: data.draw(st.integers(1, len(body)))])
    if ending == ".tif":
        survives(lambda path: read_terrain([path], GRID), path)
    else:
        survives(read_communes, path)


@settings(max_examples=60, deadline=None)
@given(body=st.binary(max_size=400))
def test_no_bytes_crash_the_reader_of_antennas(tmp_path_factory, body):
    path = tmp_path_factory.mktemp("fuzz") / "a.msi"
    path.write_bytes(b"NAME x\nGAIN 3\nFREQUENCY 900\nHORIZONTAL 2\n" + body)
    survives(read_antenna, path)
