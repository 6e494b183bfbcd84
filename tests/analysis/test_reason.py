"""The reason names what is really in the way, and its remedies are the least that suffice."""

from datetime import date

import numpy as np
import pytest

from qn_coverage.analysis import reason
from qn_coverage.analysis.coverage import Coverage, Layer
from qn_coverage.analysis.path import path_between, worst_edge
from qn_coverage.core.grid import Grid
from qn_coverage.propagation.emitters import Emitters, Mosaic, Surface

GRID = Grid("EPSG:5899", 0.0, 4_000.0, 50.0, 80, 200)
SITE = (1000.0, 2000.0)
PLACE = (8000.0, 2000.0)
RECEIVER = reason.Receiver(height_agl_m=1.5, gain_db=0.0)


def surface(*, ridge_m=0.0, ridge_x_m=6000.0, clutter_m=0.0):
    x = GRID.centres_x_m()
    ground = 20.0 + ridge_m * np.exp(-(((x - ridge_x_m) / 400.0) ** 2))
    shape = GRID.shape
    return Surface(
        west_m=GRID.west_m,
        north_m=GRID.north_m,
        cell_m=GRID.cell_m,
        ground_m=np.repeat(ground[np.newaxis, :], shape[0], axis=0).astype(np.float32),
        clutter_m=np.full(shape, clutter_m, dtype=np.float32),
        zone=np.full(shape, 4, dtype=np.uint8),
        environment=np.zeros(shape, dtype=np.uint8),
    )


def emitters(*, eirp_dbm=30.0, azimuth_deg=90.0, required_dbm=-100.0):
    one = np.ones(1)
    return Emitters(
        x_m=one * SITE[0],
        y_m=one * SITE[1],
        height_agl_m=one * 40.0,
        frequency_mhz=one * 1800.0,
        reference_eirp_dbm=one * eirp_dbm,
        azimuth_deg=one * azimuth_deg,
        downtilt_deg=one * 0.0,
        beamwidth_h_deg=one * 65.0,
        beamwidth_v_deg=one * 15.0,
        max_distance_m=one * 30_000.0,
        layer=np.zeros(1, dtype=np.int32),
        required_dbm=np.array([required_dbm]),
    )


def explain(ground, network, place=PLACE):
    coverage = Coverage(
        date(2024, 1, 4), GRID, (Layer("Viettel", "4G", -100.0),), Mosaic.empty(1, GRID.shape)
    )
    (found,) = reason.reasons_for(
        np.array([place]),
        coverage=coverage,
        emitters=network,
        present=np.ones(1, dtype=bool),
        surface=ground,
        receiver=RECEIVER,
    )
    return found["Viettel"]


def test_a_ridge_is_found_where_it_stands():
    found = explain(surface(ridge_m=250.0), emitters())
    assert found.blame == reason.RIDGE
    assert found.edge.x_m == pytest.approx(6000.0, abs=100.0)
    assert found.edge.top_m == pytest.approx(270.0, abs=5.0)
    # The line falls from 60 m to 21.5 m: at the ridge it is at about 33 m.
    assert found.edge.above_line_m == pytest.approx(270.0 - 32.5, abs=8.0)
    assert found.missing_db > 0.0


def test_over_open_ground_nothing_is_missing():
    found = explain(surface(), emitters())
    assert (found.blame, found.missing_db, found.extra_mast_m) == (reason.NONE, 0.0, 0.0)


def test_a_weak_site_is_too_far():
    assert explain(surface(), emitters(eirp_dbm=-20.0)).blame == reason.DISTANCE


def test_an_antenna_that_looks_away_is_blamed():
    assert explain(surface(), emitters(eirp_dbm=25.0, azimuth_deg=270.0)).blame == reason.ANTENNA


def test_clutter_is_blamed_when_bare_ground_would_do():
    bare = explain(surface(), emitters(eirp_dbm=20.0))
    assert bare.blame == reason.NONE
    assert explain(surface(clutter_m=25.0), emitters(eirp_dbm=20.0)).blame == reason.CLUTTER


def test_the_raise_is_the_least_that_suffices():
    ground, network = surface(ridge_m=35.0, ridge_x_m=4500.0), emitters(eirp_dbm=22.0)
    found = explain(ground, network)
    assert found.missing_db > 0.0
    metres = found.extra_mast_m
    assert 0.0 < metres <= reason.HIGHEST_RAISE_M
    budget = reason._Budget(network, 0, 0.0, -100.0)
    assert budget.suffices(found.path.raised(tx_m=metres))
    assert not budget.suffices(found.path.raised(tx_m=metres - 1.0))


def test_a_raise_that_cannot_help_is_not_promised():
    assert np.isnan(explain(surface(ridge_m=1200.0), emitters()).extra_mast_m)


def test_the_best_server_of_the_mosaic_is_the_candidate():
    mosaic = Mosaic.empty(1, GRID.shape)
    mosaic.level_dbm[:] = -120.0
    mosaic.server[:] = 1
    two = emitters().take(np.array([0, 0]))
    coverage = Coverage(date(2024, 1, 4), GRID, (Layer("Viettel", "4G", -100.0),), mosaic)
    (found,) = reason.reasons_for(
        np.array([PLACE]),
        coverage=coverage,
        emitters=two,
        present=np.ones(2, dtype=bool),
        surface=surface(),
        receiver=RECEIVER,
    )
    assert found["Viettel"].emitter == 1


def test_the_profile_runs_from_mast_to_place_over_the_ground():
    path = path_between(
        surface(ridge_m=100.0),
        SITE,
        PLACE,
        tx_height_agl_m=40.0,
        rx_height_agl_m=1.5,
        frequency_mhz=900.0,
    )
    assert path.length_km == pytest.approx(7.0)
    assert path.distance_km[0] == 0.0
    assert path.ground_m.max() == pytest.approx(120.0, abs=2.0)
    assert np.diff(path.distance_km).max() <= GRID.cell_m / 1000.0 + 1e-9


def test_a_path_that_grazes_has_nu_near_zero():
    flat = path_between(
        surface(),
        (1000.0, 2000.0),
        (1500.0, 2000.0),
        tx_height_agl_m=10.0,
        rx_height_agl_m=10.0,
        frequency_mhz=900.0,
    )
    assert worst_edge(flat).above_line_m == pytest.approx(-10.0, abs=0.1)


def test_nearest_signal_is_measured_between_cells():
    covered = np.zeros(GRID.shape, dtype=bool)
    covered[40, 100] = True
    place = np.array([[GRID.centres_x_m()[100], GRID.centres_y_m()[60]]])
    found = reason.nearest_signal(place, covered, GRID).iloc[0]
    assert found["nearest_signal_km"] == pytest.approx(1.0)
    assert found["nearest_signal_bearing_deg"] == pytest.approx(0.0)
    nothing = reason.nearest_signal(place, np.zeros_like(covered), GRID)
    assert nothing["nearest_signal_km"].isna().all()
