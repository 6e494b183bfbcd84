"""A tiny province on disk: every input of a study, made here, as a planner would hand it over.

Two communes of 6 km × 8 km side by side, sea in the south, a ridge between them. One site stands
in the west before the programme, one in the east comes with it, so that before and after differ.
"""

import json

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio
from pyproj import Transformer
from rasterio.transform import from_origin
from shapely.geometry import box

CRS = "EPSG:5899"
WEST, NORTH = 480_000.0, 2_360_000.0
TO_DEGREES = Transformer.from_crs(CRS, "EPSG:4326", always_xy=True)


def place(east_km, south_km):
    """Longitude and latitude of a place, in km from the north-west corner."""
    lon, lat = TO_DEGREES.transform(WEST + 1000 * east_km, NORTH - 1000 * south_km)
    return round(lon, 7), round(lat, 7)


def write_province(folder):
    """Write all inputs and a scenario; returns the scenario's path."""
    _polygons().to_file(folder / "communes.geojson", driver="GeoJSON")
    _former().to_file(folder / "former.geojson", driver="GeoJSON")
    _districts().to_file(folder / "districts.geojson", driver="GeoJSON")
    _sectors().to_csv(folder / "sectors.csv", index=False)
    _villages().to_csv(folder / "villages.csv", index=False)
    _terrain(folder / "terrain.tif")
    _population(folder / "population.tif")
    scenario = folder / "tiny.toml"
    scenario.write_text(
        "[study]\n"
        'name_vi = "Tỉnh thử nghiệm"\n'
        'name_en = "Test province"\n'
        "[inputs]\n"
        'communes = "communes.geojson"\n'
        'former_communes = "former.geojson"\n'
        'districts = "districts.geojson"\n'
        'population = "population.tif"\n'
        'terrain = "terrain.tif"\n'
        'sectors = "sectors.csv"\n'
        'villages = "villages.csv"\n'
        "[model]\n"
        'name = "okumura_hata"\n',
        encoding="utf-8",
    )
    return scenario


def _boxes():
    west = box(WEST, NORTH - 8000, WEST + 6000, NORTH)
    east = box(WEST + 6000, NORTH - 8000, WEST + 12000, NORTH)
    return [west, east]


def _polygons():
    return gpd.GeoDataFrame(
        {
            "code": ["90001", "90002"],
            "name_vi": ["Xã Tây", "Xã Đông"],
            "name_en": ["Tay Commune", "Dong Commune"],
            "type": ["xã", "xã"],
            "statutory_area_km2": [50.0, 49.0],
            "land_area_km2": [48.0, 48.0],
            "population": [1000, 900],
            "population_year": [2025, 2025],
            "population_origin": ["published", "published"],
        },
        geometry=_boxes(),
        crs=CRS,
    ).to_crs("EPSG:4326")


def _former():
    # Generalised: both fall short of the true outline.
    west, east = _boxes()
    return gpd.GeoDataFrame(
        {
            "code": ["8000001", "8000002"],
            "name_vi": ["Xã Tây cũ", "Xã Đông cũ"],
            "district_code": ["800", "800"],
            "district": ["Huyện Thử", "Huyện Thử"],
            "successors": ["90001", "90002"],
            "population": [800, 700],
        },
        geometry=[west.buffer(-300), east.buffer(-300)],
        crs=CRS,
    ).to_crs("EPSG:4326")


def _districts():
    west, east = _boxes()
    return gpd.GeoDataFrame(
        {"code": ["800"], "name_vi": ["Huyện Thử"]}, geometry=[west.union(east)], crs=CRS
    ).to_crs("EPSG:4326")


def _sectors():
    rows = []
    for site, operator, where, on_air, programme in (
        ("W1", "Viettel", (2.0, 4.0), "2015-05-01", ""),
        ("E1", "VinaPhone", (10.0, 3.0), "2022-05-01", "105-villages"),
    ):
        lon, lat = place(*where)
        for azimuth in (0, 120, 240):
            rows.append(
                {
                    "site_id": site,
                    "sector_id": f"{site}-4G-{azimuth}",
                    "name": f"Trạm {site}",
                    "operator": operator,
                    "technology": "4G",
                    "frequency_mhz": 1842.5,
                    "bandwidth_mhz": 20.0,
                    "height_agl_m": 36.0,
                    "azimuth_deg": azimuth,
                    "downtilt_deg": 3.0,
                    "beamwidth_h_deg": 65.0,
                    "beamwidth_v_deg": 8.0,
                    "eirp_dbm": 62.0,
                    "on_air": on_air,
                    "off_air": "",
                    "programme": programme,
                    "origin": "modelled",
                    "uncertainty_m": 0.0,
                    "source": "tests",
                    "lon": lon,
                    "lat": lat,
                }
            )
    return pd.DataFrame(rows)


def _villages():
    rows = []
    for number, (name, where, commune, programme) in enumerate(
        (
            ("Thôn Gần", (2.5, 4.5), "90001", False),
            ("Thôn Xa", (10.2, 3.4), "90002", True),
            ("Thôn <b>Lạ</b>", (11.8, 7.9), "90002", True),
        ),
        start=1,
    ):
        lon, lat = place(*where)
        rows.append(
            {
                "village_id": f"v{number}",
                "name_vi": name,
                "commune_code": commune,
                "population": 120,
                "in_programme": programme,
                "origin": "modelled",
                "uncertainty_m": 200.0,
                "lon": lon,
                "lat": lat,
            }
        )
    return pd.DataFrame(rows)


def _raster(path, values, *, cell_m, west_m, north_m, nodata):
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=values.shape[1],
        height=values.shape[0],
        count=1,
        dtype=values.dtype,
        crs=CRS,
        transform=from_origin(west_m, north_m, cell_m, cell_m),
        nodata=nodata,
    ) as target:
        target.write(values, 1)


def _terrain(path):
    cell_m = 90.0
    cols = np.arange(160) * cell_m - 1000.0
    rows = np.arange(140) * cell_m - 1000.0
    ridge = 400.0 * np.exp(-(((cols - 6000.0) / 700.0) ** 2))
    values = np.repeat(ridge[np.newaxis, :], len(rows), axis=0)
    values[rows > 8000.0, :] = 0.0
    _raster(
        path,
        values.astype(np.float32),
        cell_m=cell_m,
        west_m=WEST - 1000.0,
        north_m=NORTH + 1000.0,
        nodata=None,
    )


def _population(path):
    people = np.zeros((10, 14), dtype=np.float32)
    people[1:9, 1:13] = np.random.default_rng(1).uniform(1.0, 30.0, (8, 12))
    _raster(path, people, cell_m=1000.0, west_m=WEST - 1000.0, north_m=NORTH + 1000.0, nodata=-1.0)


def read_json(path):
    """JSON of a file."""
    return json.loads(path.read_text(encoding="utf-8"))
