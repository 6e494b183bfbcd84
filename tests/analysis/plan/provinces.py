"""A made-up province of 8 km × 10 km: sea in the south with an islet, a ridge, a strong and a weak site."""

from datetime import date
from functools import partial

import geopandas as gpd
import numpy as np
import pandas as pd

from qn_coverage.analysis import network
from qn_coverage.analysis.coverage import Coverage
from qn_coverage.analysis.error_model import prior_error
from qn_coverage.analysis.plan.cases import standard_cases
from qn_coverage.analysis.plan.present import Engine, Present
from qn_coverage.analysis.probability import Criterion
from qn_coverage.analysis.surface import surface_of
from qn_coverage.core.grid import Grid, Raster
from qn_coverage.core.scenario import Scenario
from qn_coverage.propagation.mosaic import best_servers

GRID = Grid("EPSG:5899", 480_000.0, 2_360_000.0, 200.0, 50, 100)
DAY = date(2024, 1, 4)
SCENARIO = Scenario.model_validate({"model": {"name": "okumura_hata", "max_distance_km": 15.0}})


def best(emitters, surface):
    return best_servers("okumura_hata", emitters, surface, rx_height_agl_m=1.5, threads=1)


def place(east_km, south_km):
    return GRID.west_m + 1000 * east_km, GRID.north_m - 1000 * south_km


def sectors():
    rows = []
    for site, operator, where, technology in (
        ("W1", "Viettel", (3.0, 3.0), "4G"),
        ("V1", "VinaPhone", (16.0, 1.0), "2G"),
    ):
        x, y = place(*where)
        for azimuth in (0.0, 120.0, 240.0):
            rows.append(
                {
                    "site_id": site, "sector_id": f"{site}-{azimuth:g}", "name": f"Trạm {site}",
                    "operator": operator, "technology": technology, "frequency_mhz": 1842.5,
                    "bandwidth_mhz": 20.0 if technology == "4G" else 0.2, "height_agl_m": 36.0,
                    "azimuth_deg": azimuth, "downtilt_deg": 3.0, "beamwidth_h_deg": 65.0,
                    "beamwidth_v_deg": 9.0, "eirp_dbm": 58.0 if site == "W1" else 35.0, "on_air": pd.Timestamp("2015-01-01"),
                    "off_air": pd.NaT, "programme": None, "origin": "modelled",
                    "uncertainty_m": 0.0, "source": "tests", "x": x, "y": y,
                }
            )  # fmt: skip
    table = pd.DataFrame(rows)
    points = gpd.points_from_xy(table.pop("x"), table.pop("y"))
    return gpd.GeoDataFrame(table, geometry=points, crs=GRID.crs).to_crs("EPSG:4326")


def villages():
    where = [place(3.5, 3.5), place(14.0, 3.0), place(17.0, 4.0), place(12.0, 8.5)]
    table = pd.DataFrame(
        {
            "village_id": ["v1", "v2", "v3", "v4"],
            "name_vi": ["Bản Gần", "Bản Xa", "Bản Cuối", "Đảo Nhỏ"],
            "commune_code": ["90001", "90002", "90002", "90002"],
            "population": [300, 200, 150, 40],
            "households": pd.array([70, 50, None, 10], dtype="Int64"),
            "in_programme": [False, True, True, True],
            "origin": "modelled",
            "uncertainty_m": [200.0, 300.0, 5000.0, 200.0],
        }
    )
    points = gpd.points_from_xy([x for x, _ in where], [y for _, y in where])
    return gpd.GeoDataFrame(table, geometry=points, crs=GRID.crs).to_crs("EPSG:4326")


def present():
    """The study of the province."""
    y, x = np.meshgrid(np.arange(50) * 0.2, np.arange(100) * 0.2, indexing="ij")
    islet = np.hypot(x - 12.0, y - 8.5) < 0.8
    land = ((y < 7.0) | islet).astype(np.float32)
    ridge = 350 * np.exp(-(((x - 9.0) / 0.8) ** 2)) + 120 * np.exp(-((x - 15) ** 2) - (y - 3) ** 2)
    people = np.zeros(GRID.shape)
    for (east, south), count in (
        ((3.5, 3.5), 900),
        ((14, 3), 400),
        ((17, 4), 250),
        ((12, 8.5), 40),
    ):
        people += count * np.exp(-(((x - east) / 0.5) ** 2) - ((y - south) / 0.5) ** 2) * land / 25
    terrain = Raster((ridge * land).astype(np.float32), GRID)
    surface = surface_of(terrain, Raster(land, GRID), Raster(people.astype(np.float32), GRID))
    table = sectors()
    layers = network.layers_of(table, SCENARIO)
    emitters = network.emitters_of(table, layers, crs=GRID.crs, max_distance_km=15.0)
    commune = np.where(x < 9.0, 0, 1)
    commune[land == 0.0] = -1
    gap = np.where((land > 0) & (x > 12) & (y < 7), 0, -1)
    return Present(
        scenario=SCENARIO,
        coverage=Coverage(DAY, GRID, layers, best(emitters, surface)),
        sectors=table,
        on_air=np.ones(len(table), dtype=np.bool_),
        surface=surface,
        land=land,
        people=people,
        commune=commune.astype(np.int64),
        commune_codes=["90001", "90002"],
        villages=villages(),
        gap=gap.astype(np.int64),
        gap_ids=["gap-0001"],
    )


def engine():
    service = SCENARIO.service
    criterion = Criterion.of_cells(service.location_probability, service.location_sigma_db)
    error = prior_error(service.location_sigma_db)
    return Engine(best=partial(best), cases=standard_cases(criterion, error))
