"""A small invented study: three square communes, one islet, two operators, six villages."""

from __future__ import annotations

import os
import shutil
from datetime import date
from functools import partial

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import affinity
from shapely.geometry import MultiPolygon, Point, box

from qn_coverage.analysis.coverage import Coverage, Layer
from qn_coverage.analysis.error_model import prior_error
from qn_coverage.analysis.path import Path
from qn_coverage.analysis.reason import BLAMES
from qn_coverage.analysis.steps import Step
from qn_coverage.core.grid import Grid, Raster
from qn_coverage.core.rules import load_rule
from qn_coverage.core.scenario import Scenario
from qn_coverage.history import History
from qn_coverage.propagation.emitters import Mosaic
from qn_coverage.study import Study
from qn_coverage.why import with_reasons
from tests.render.browsing import ARGUMENTS

CELL_M = 250.0
WEST_M, NORTH_M = 460_000.0, 2_330_000.0
ROWS, COLS = 60, 96
REQUIRED_DBM = -103.0
BEFORE, AFTER = date(2020, 7, 13), date(2024, 1, 4)


def square(x_km: float, y_km: float, side_km: float):
    """Square by its south-west corner, in km from the grid's south-west corner."""
    x, y = WEST_M + 1000 * x_km, NORTH_M - ROWS * CELL_M + 1000 * y_km
    return box(x, y, x + 1000 * side_km, y + 1000 * side_km)


def spot(x_km: float, y_km: float) -> Point:
    return square(x_km, y_km, 0.002).centroid


def stored(frame: dict, geometry: list) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(frame, geometry=geometry, crs="EPSG:5899").to_crs("EPSG:4326")


@pytest.fixture(scope="session")
def grid() -> Grid:
    return Grid("EPSG:5899", WEST_M, NORTH_M, CELL_M, ROWS, COLS)


def _communes() -> gpd.GeoDataFrame:
    islet = affinity.rotate(square(20.0, 3.0, 0.5), 20)
    shapes = [
        square(2.0, 4.0, 5.0),
        square(7.0, 4.0, 5.0),
        MultiPolygon([square(14.0, 6.0, 3.0), islet]),
    ]
    return stored(
        {
            "code": ["00001", "00002", "00003"],
            "name_vi": ["Phường Bãi Cháy", "Đặc khu Vân Đồn", "Đặc khu Cô Tô"],
            "name_en": ["Bai Chay Ward", "Van Don Special Zone", "Co To Special Zone"],
            "type": ["phường", "đặc khu", "đặc khu"],
            "statutory_area_km2": [30.0, 26.0, np.nan],
            "land_area_km2": [25.0, 25.0, 9.25],
            "population": [54418, 12000, 7151],
            "population_year": [2025, 2025, 2019],
            "population_origin": ["published", "published", "estimated"],
            "predecessors": ["Phường Bãi Cháy; Phường Hùng Thắng", None, None],
            "note": [None, None, "dân số 2019"],
            "land_share_before": [1.0, 0.82, 0.31],
            "land_share_after": [1.0, 0.93, 0.55],
            "population_share_before": [1.0, 0.72, 0.4],
            "population_share_after": [1.0, 0.97, 0.802],
            "villages": [0, 3, 3],
            "villages_covered_before": [0, 1, 0],
            "villages_covered_after": [0, 3, 1],
            "uncovered_population_after": [0.0, 360.0, 1416.2],
            "uncovered_land_km2_after": [0.0, 1.75, 4.1625],
            "population_share_before_low": [0.9, 0.512, 0.2],
            "population_share_before_high": [1.0, 0.9, 0.7],
            "population_share_after_low": [0.95, 0.81, 0.433],
            "population_share_after_high": [1.0, 0.999, 0.951],
            "land_share_before_low": [0.9, 0.5, 0.1],
            "land_share_before_high": [1.0, 0.9, 0.6],
            "land_share_after_low": [0.95, 0.8, 0.3],
            "land_share_after_high": [1.0, 0.98, 0.8],
        },
        shapes,
    )


def _former() -> gpd.GeoDataFrame:
    return stored(
        {
            "code": ["90001", "90002"],
            "name_vi": ["Xã Đông Xá", "Xã Thanh Lân"],
            "type": ["xã", "xã"],
            "district": ["Huyện Vân Đồn", "Huyện Cô Tô"],
            "land_area_km2": [25.0, 9.0],
            "population_share_before": [0.5, 0.4],
            "population_share_after": [0.9, 0.8],
            "land_share_before": [0.5, 0.3],
            "land_share_after": [0.9, 0.5],
            "villages": [3, 3],
            "villages_covered_before": [1, 0],
            "villages_covered_after": [3, 1],
        },
        [square(7.0, 4.0, 5.0), square(14.0, 6.0, 3.0)],
    )


def _villages() -> gpd.GeoDataFrame:
    verdicts = ["covered", "covered", "covered", "not_covered", "cannot_tell", "covered"]
    return stored(
        {
            "village_id": [f"v{i}" for i in range(6)],
            "name_vi": ["thôn Nà Hắc", "thôn Sú Cáu", "Khu 10", "thôn Ba", "thôn Bốn", "thôn Năm"],
            "commune_code": ["00002"] * 3 + ["00003"] * 3,
            "former_commune": ["xã Hà Lâu", None, None, None, None, None],
            "population": [204, 120, None, 80, 75, 60],
            "households": [40, None, 180, None, None, None],
            "in_programme": [True, True, False, True, True, True],
            "served_from": [date(2023, 1, 1), None, None, None, None, None],
            "origin": ["estimated", "estimated", "estimated", "modelled", "modelled", "modelled"],
            "uncertainty_m": [4000.0, 5000.0, 100.0, 100.0, 1500.0, 100.0],
            "source": ["báo Quảng Ninh"] + [None] * 5,
            "note": [None] * 6,
            "verdict_before": ["not_covered"] * 2 + ["covered"] + ["not_covered"] * 3,
            "verdict_after": verdicts,
            "disc_share_before": [0.0, 0.02, 1.0, 0.0, 0.0, np.nan],
            "disc_share_after": [1.0, 0.97, 1.0, 0.0, 0.5, 1.0],
            "margin_before_db": [-12.0, -4.0, 3.0, -np.inf, -20.0, -3.0],
            "margin_after_db": [8.0, 4.2, 3.0, -18.0, 0.5, 9.0],
            "operator_after": ["Viettel"] * 3 + [None] * 2 + ["VinaPhone"],
            "technology_after": ["4G"] * 3 + [None] * 2 + ["4G"],
            "site_after": ["s0", "s1", "s1", None, None, "s2"],
            "probability_before": [0.31, 0.44, 0.93, 0.04, np.nan, 0.4],
            "probability_after": [0.97, 0.96, 0.93, 0.05, 0.52, 0.95],
            "class_before": ["weak", "weak", "covered", "no_signal", "cannot_tell", "weak"],
            "class_after": ["covered", "covered", "covered", "no_signal", "cannot_tell", "weak"],
            "share_covered_before": [0.0, 0.1, 1.0, 0.0, np.nan, 0.0],
            "share_weak_before": [1.0, 0.9, 0.0, 0.0, np.nan, 1.0],
            "share_no_signal_before": [0.0, 0.0, 0.0, 1.0, np.nan, 0.0],
            "share_covered_after": [0.96, 1.0, 1.0, 0.0, 0.45, 0.0],
            "share_weak_after": [0.04, 0.0, 0.0, 0.0, 0.3, 1.0],
            "share_no_signal_after": [0.0, 0.0, 0.0, 1.0, 0.25, 0.0],
            "depends_on": ["s0", "", "", "", "", "s1; s2"],
            "waits_for_before": ["", "", "", "", "model", ""],
            "waits_for_after": ["", "", "", "", "position", ""],
        },
        [spot(8 + 0.8 * i, 6) for i in range(3)] + [spot(14.5 + 0.8 * i, 7) for i in range(3)],
    )


def _places() -> gpd.GeoDataFrame:
    return stored(
        {
            "place_id": ["dao_tran", "thanh_lan"],
            "name_vi": ["Đảo Trần", "Đảo Thanh Lân"],
            "name_en": ["Trần island", "Thanh Lân island"],
            "commune_code": ["00003", "00003"],
            "uncertainty_m": [1852.0, 3000.0],
            "origin": ["estimated", "gazetteer"],
            "source": ["ictvietnam.vn", "ictvietnam.vn"],
        },
        [spot(20.2, 3.2), spot(15.5, 7.5)],
    )


def _sectors() -> gpd.GeoDataFrame:
    rows = []
    for site, operator, programme, on_air in (
        ("s0", "Viettel", None, date(2018, 1, 1)),
        ("s1", "Viettel", "105-villages", date(2022, 5, 1)),
        ("s2", "VinaPhone", "105-villages", date(2022, 5, 1)),
        ("s3", "VinaPhone", None, date(2018, 1, 1)),
    ):
        for technology in ("2G", "4G"):
            for azimuth in (0.0, 120.0, 240.0):
                rows.append(
                    {
                        "site_id": site,
                        "sector_id": f"{site}-{technology}-{azimuth:.0f}",
                        "name": f"QN-{site}",
                        "operator": operator,
                        "technology": technology,
                        "height_agl_m": 42.0,
                        "azimuth_deg": azimuth,
                        "on_air": on_air,
                        "off_air": pd.NaT,
                        "programme": programme,
                        "origin": "modelled",
                        "uncertainty_m": 500.0,
                    }
                )
    where = {"s0": (4, 6), "s1": (9, 6.5), "s2": (15, 7), "s3": (4.05, 6.05)}
    return stored(pd.DataFrame(rows), [spot(*where[row["site_id"]]) for row in rows])


def _gaps() -> gpd.GeoDataFrame:
    return stored(
        {
            "gap_id": ["gap-0001", "gap-0002"],
            "rank": [1, 2],
            "commune_code": ["00003", "00002"],
            "commune": ["Đặc khu Cô Tô", "Đặc khu Vân Đồn"],
            "communes": ["Đặc khu Cô Tô", "Đặc khu Vân Đồn"],
            "area_km2": [2.25, 1.0],
            "population": [1416.2, 360.0],
            "villages": [2, 0],
            "distance_to_site_km": [3.25, 4.5],
            "best_margin_db": [-1.0, -2.0],
            "worst_margin_db": [np.nan, -14.5],
        },
        [square(15.4, 7.4, 1.5), square(11.0, 4.0, 1.0)],
    )


def ridge_path(samples: int = 90, *, length_km: float = 9.0, ridge_m: float = 310.0) -> Path:
    """Ground at 20 m with one ridge at two thirds of the way."""
    share = np.linspace(0.0, 1.0, samples)
    ground_m = 20.0 + ridge_m * np.exp(-(((share - 2 / 3) / 0.06) ** 2))
    return Path(
        x_m=1000.0 * length_km * share,
        y_m=np.zeros(samples),
        distance_km=length_km * share,
        ground_m=ground_m,
        clutter_m=np.full(samples, 10.0),
        zone=np.full(samples, 4, dtype=np.uint8),
        tx_height_agl_m=42.0,
        rx_height_agl_m=1.5,
        frequency_mhz=900.0,
    )


def _paths() -> dict[str, Path]:
    return {
        "v3": ridge_path(),
        "gap-0001": ridge_path(30, ridge_m=-5.0),
        "gap-0002": ridge_path(200),
    }


def _reasons() -> pd.DataFrame:
    columns = [
        "place_id", "order", "operator", "technology", "site_id", "distance_km", "level_dbm",
        "required_dbm", "missing_db", "blame", "edge_km", "edge_top_m", "edge_above_line_m",
        "extra_mast_m", "place_height_m", "nearest_signal_km", "nearest_signal_bearing_deg",
    ]  # fmt: skip
    nan = np.nan
    rows = [
        ("v3", 1, "Viettel", "4G", "s1", 9.0, -125.4, -103.0, 22.4, "ridge", 6.0, 340.0, 301.5,
         nan, 12.0, 1.35, 45.0),
        ("v3", 2, "VinaPhone", "2G", "s2", 12.5, -140.0, -103.0, 37.0, "distance", nan, nan, nan,
         nan, nan, 1.35, 45.0),
        ("gap-0001", 1, "VinaPhone", "4G", "s2", 9.0, -99.0, -103.0, 0.0, "none", 6.0, 340.0, -2.5,
         0.0, 1.5, 0.0, nan),
        ("gap-0002", 1, "Viettel", "2G", "s1", 9.0, -110.0, -103.0, 7.0, "clutter", 6.0, 340.0,
         301.5, 14.0, 4.0, 0.25, 200.0),
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=columns)
    return table.assign(
        blame_vi=[BLAMES[blame][0] for blame in table["blame"]],
        blame_en=[BLAMES[blame][1] for blame in table["blame"]],
    )


def _measurements() -> gpd.GeoDataFrame:
    return stored(
        {
            "rank": [1, 2],
            "villages_settled": [0.84, 0.12],
            "importance_settled": [67.0, 9.0],
            "villages_settled_in_all": [0.84, 0.96],
        },
        [spot(14.6, 7.1), spot(15.4, 7.2)],
    )


def _judgements() -> pd.DataFrame:
    common = {
        "day": date(2024, 1, 4),
        "place": "",
        "source": "ictvietnam.vn, 2024-01-04",
        "reading_vi": "Đúng theo chữ.",
        "reading_en": "To the letter.",
    }
    return pd.DataFrame(
        [
            common
            | {
                "claim_id": "population_covered",
                "text_vi": "100 % dân số được phủ sóng.",
                "text_en": "100 % of the population is covered.",
                "verdict": "contradicted",
                "verdict_vi": "mâu thuẫn với bằng chứng",
                "verdict_en": "contradicted",
                "by_vi": "Khu 10: chưa có sóng (https://vjs.vietnam.vn/khu-10, 2025-01)",
                "by_en": "Khu 10: no signal (https://vjs.vietnam.vn/khu-10, 2025-01)",
                "besides_vi": "",
                "besides_en": "",
                "needs_vi": "",
                "needs_en": "",
            },
            common
            | {
                "claim_id": "villages_105",
                "text_vi": "Đã phủ sóng 105 thôn, bản.",
                "text_en": "105 villages were covered.",
                "verdict": "not_testable",
                "verdict_vi": "chưa kiểm chứng được với dữ liệu này",
                "verdict_en": "not testable with this data",
                "by_vi": "",
                "by_en": "",
                "besides_vi": "Đầu năm 2023: ba thôn có sóng (báo) [chỉ nói về một phần]",
                "besides_en": "By early 2023 three villages have signal (press) [a part only]",
                "needs_vi": "villages.csv: danh sách 105 thôn",
                "needs_en": "villages.csv: the list of the 105 villages",
            },
        ]
    )


def _indicators() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "indicator_id": ["population_covered", "households_fixed_broadband"],
            "name_vi": ["Dân số được phủ sóng", "Hộ có Internet cố định"],
            "name_en": ["Population covered", "Households with fixed broadband"],
            "value": [1.0, 0.93],
            "unit": ["share", "share"],
            "date": ["2024-01-04", "2024-01-04"],
            "comparison": [np.nan, 0.79],
            "comparison_vi": [None, "cả nước"],
            "comparison_en": [None, "country"],
            "origin": ["published", "published"],
            "source": ["ictvietnam.vn", "https://ictvietnam.vn/a"],
            "note": ["bị phản bác / contradicted", None],
        }
    )


def _statistics() -> pd.DataFrame:
    rows = [
        ("commune", "00001", "any", "4G", "after", 0.95, 0.9),
        ("commune", "00003", "any", "4G", "after", 0.75, 0.5),
        ("commune", "00003", "any", "4G", "before", 0.1, 0.1),
        ("commune", "00001", "Viettel", "any", "after", 0.94, 0.89),
        ("commune", "00001", "Viettel", "4G", "after", 0.93, 0.88),
        ("commune", "00001", "any", "any", "after", 0.96, 0.91),
        ("province", "22", "any", "4G", "before", 0.61, 0.5),
        ("province", "22", "any", "4G", "after", 0.83, 0.7),
    ]
    columns = ["level", "code", "operator", "technology", "state", "population_share", "land_share"]
    return pd.DataFrame(rows, columns=columns)


STEPS = (
    Step("before-programme", BEFORE, "trước chương trình", "before the programme", "published", ""),
    Step("programme-2022", date(2022, 12, 31), "chương trình đến 31/12/2022 (+2 trạm)",
         "programme until 2022-12-31 (+2 sites)", "modelled", ""),
    Step("founding-text", AFTER, "ngày của bài viết nền", "day of the founding text", "published", ""),
    Step("2g-off", date(2026, 9, 16), "tắt sóng 2G", "2G switched off", "published", "", ("2G",)),
)  # fmt: skip


def _history(grid: Grid) -> History:
    """Shares between those of the two days, and a little lost with 2G."""
    rows = []
    for index, step in enumerate(STEPS):
        toward = (0.0, 0.5, 1.0, 0.9)[index]
        state = ("before", "after", "after", "before")[index]
        for level, frame in (("commune", _communes()), ("former_commune", _former())):
            for unit in frame.itertuples():
                between = {
                    what: (1.0 - toward) * getattr(unit, f"{what}_before")
                    + toward * getattr(unit, f"{what}_after")
                    for what in ("population_share", "land_share", "villages_covered")
                }
                rows.append({"step": step.code, "level": level, "code": unit.code, **between})
        rows.append(
            {
                "step": step.code,
                "level": "province",
                "code": "22",
                "population_share": 0.884 + toward * 0.092,
                "population_gained": (0.0, 1500.0, 1500.0, 0.0)[index],
                "population_lost": (0.0, 0.0, 0.0, 612.0)[index],
            }
        )
        rows += [
            {
                "step": step.code,
                "level": "village",
                "code": village.village_id,
                "class": getattr(village, f"class_{state}"),
            }
            for village in _villages().itertuples()
        ]
    first = np.full(grid.shape, -1, dtype=np.int16)
    first[24:44, 8:18] = 0
    first[24:44, 18:30] = 1
    lost = np.zeros(grid.shape, dtype=bool)
    lost[24:30, 8:12] = True
    return History(STEPS, pd.DataFrame(rows), first, lost)


def _sites() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "site_id": ["s0", "s1", "s3"],
            "operator": ["Viettel", "Viettel", "VinaPhone"],
            "origin": ["modelled"] * 3,
            "land_km2_served": [20.0, 12.0, 20.0],
            "people_served": [5200.0, 1234.0, 5100.0],
            "land_km2_alone": [4.5, 0.5, 0.0],
            "people_alone": [1100.0, 20.0, 0.0],
            "villages_alone": [1, 1, 0],
        }
    )


def _village_layers() -> pd.DataFrame:
    """All by Viettel's 4G; VinaPhone covers nothing."""
    rows = []
    for state in ("before", "after"):
        for operator in ("any", "Viettel", "VinaPhone"):
            for technology in ("any", "2G", "4G"):
                for village in _villages().itertuples():
                    found = getattr(village, f"class_{state}")
                    mine = operator != "VinaPhone" and technology != "2G"
                    rows.append((village.village_id, operator, technology, state,
                                 found if mine else "no_signal"))  # fmt: skip
    columns = ["village_id", "operator", "technology", "state", "class"]
    return pd.DataFrame(rows, columns=columns)


def _coverage(grid: Grid, day: date, west_dbm: float, east_dbm: float) -> Coverage:
    layers = tuple(
        Layer(operator, technology, REQUIRED_DBM)
        for operator in ("Viettel", "VinaPhone")
        for technology in ("2G", "4G")
    )
    mosaic = Mosaic.empty(len(layers), grid.shape)
    mosaic.level_dbm[:] = np.linspace(west_dbm, east_dbm, grid.cols, dtype=np.float32)
    mosaic.level_dbm[:, :, -4:] = -np.inf
    return Coverage(day, grid, layers, mosaic)


def _summary() -> dict:
    return {
        "province": {
            "population_share_before": 0.884,
            "population_share_after": 0.976,
            "land_share_before": 0.72,
            "land_share_after": 0.89,
            "uncovered_population_after": 1776.2,
            "uncovered_land_km2_after": 5.9125,
            "population_share_before_low": 0.61,
            "population_share_before_high": 0.985,
            "population_share_after_low": 0.702,
            "population_share_after_high": 0.998,
        },
        "villages": {
            "total": 6,
            "before_covered": 1,
            "before_not_covered": 5,
            "before_cannot_tell": 0,
            "after_covered": 4,
            "after_not_covered": 1,
            "after_cannot_tell": 1,
        },
        "terrain_grade": "screening",
        "caveats": [{"key": "k", "vi": "Mạng lưới là mô phỏng.", "en": "The network is modelled."}],
    }


def make_study(grid: Grid, **changed) -> Study:
    """The study, with some of its parts replaced."""
    heights = np.zeros(grid.shape, dtype=np.float32)
    heights[12:44, 4:70] = np.abs(np.sin(np.arange(66) / 5.0))[np.newaxis, :] * 300.0 + 1.0
    land = np.zeros(grid.shape, dtype=np.float32)
    land[24:44, 8:48] = 1.0
    parts = {
        "scenario": Scenario(),
        "rule": load_rule(),
        "inputs": {},
        "grid": grid,
        "terrain": Raster(heights, grid),
        "population": Raster(land * 10.0, grid),
        "land": Raster(land, grid),
        "before": _coverage(grid, BEFORE, -70.0, -125.0),
        "after": _coverage(grid, AFTER, -65.0, -112.0),
        "error": prior_error(5.5),
        "history": _history(grid),
        "village_layers": _village_layers(),
        "sites": _sites(),
        "losses": pd.DataFrame(),
        "communes": _communes(),
        "former_communes": _former(),
        "districts": _former().iloc[:0],
        "sectors": _sectors(),
        "villages": _villages(),
        "places": _places(),
        "gaps": with_reasons(_gaps(), _reasons(), "gap_id"),
        "reasons": _reasons(),
        "paths": _paths(),
        "measurements": _measurements(),
        "layer_statistics": _statistics(),
        "indicators": _indicators(),
        "claims": pd.DataFrame(),
        "judgements": _judgements(),
        "summary": _summary(),
    }
    return Study(**(parts | changed))


@pytest.fixture(scope="session")
def study_with(grid: Grid):
    """Maker of further studies: parts of the study by name, to be put in place of its own."""
    return partial(make_study, grid)


@pytest.fixture(scope="session")
def study(grid: Grid) -> Study:
    return make_study(grid)


HOSTILE = (
    '</script><script>window.hacked=1</script><img src=x onerror="window.hacked=1">'
    "\u2028\u2029 {{7*7}} \\"
)
"""A name that tries to leave every context it may be put in."""


@pytest.fixture(scope="session")
def hostile_study(grid: Grid) -> Study:
    tables = {
        "communes": _communes(),
        "former_communes": _former(),
        "sectors": _sectors(),
        "villages": _villages(),
        "places": _places(),
        "gaps": with_reasons(_gaps(), _reasons(), "gap_id"),
        "reasons": _reasons(),
        "judgements": _judgements(),
        "indicators": _indicators(),
    }
    for name, frame in tables.items():
        for column in frame.columns:
            if column in {"name_vi", "name_en", "name", "note", "source", "commune", "communes",
                          "predecessors", "operator", "programme", "district", "former_commune",
                          "operator_after", "site_after", "type", "technology", "site_id",
                          "reason_operator", "reason_site_id",
                          "text_vi", "text_en", "by_vi", "by_en", "needs_vi", "needs_en",
                          "verdict_vi", "verdict_en", "comparison_vi", "comparison_en"} and not (
                name == "sectors" and column in {"technology", "site_id"}
            ):  # fmt: skip
                frame[column] = f"x {HOSTILE}"
    layers = tuple(Layer(f"x {HOSTILE}", name, REQUIRED_DBM) for name in ("2G", "4G"))
    level = np.full((2, *grid.shape), -80.0, dtype=np.float32)
    mosaic = Mosaic.empty(2, grid.shape)
    mosaic.level_dbm[:] = level
    scenario = Scenario()
    names = {"name_vi": f"x {HOSTILE}", "name_en": f"y {HOSTILE}"}
    scenario = scenario.model_copy(
        update={
            "study": scenario.study.model_copy(update=names),
            "model": scenario.model.model_copy(update={"name": f"m {HOSTILE}"}),
            "inputs": scenario.inputs.model_copy(update={"communes": f"/home/me/{HOSTILE}"}),
        }
    )
    return make_study(
        grid,
        scenario=scenario,
        before=Coverage(BEFORE, grid, layers, mosaic),
        after=Coverage(AFTER, grid, layers, mosaic),
        summary=_summary() | {"caveats": [{"key": "k", "vi": HOSTILE, "en": HOSTILE}]},
        **tables,
    )


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Path of the system's Chromium; its absence fails a CI run and skips any other."""
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        if found := shutil.which(name):
            return found
    reason = "no chromium, chromium-browser or google-chrome on PATH"
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


# By module: Playwright's event loop must not outlive it, or suites with their own would fail.
@pytest.fixture(scope="module")
def browser(chromium_path):
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium_path, args=ARGUMENTS)
        yield running
        running.close()
