"""Measurements in a scenario: they calibrate a real network's study, and never a made-up one's."""

import numpy as np
import pandas as pd
import pyproj
import pytest

from qn_coverage.core.errors import InvalidDataError
from qn_coverage.study import run_study
from tests import tiny

SHIFT_DB = 6.0


def measured_province(folder, study, origin):
    """The tiny province with a network of that origin, and readings 6 dB above what is predicted."""
    path = tiny.write_province(folder)
    sectors = pd.read_csv(folder / "sectors.csv")
    sectors.assign(origin=origin).to_csv(folder / "sectors.csv", index=False)
    mosaic, grid = study.after.mosaic, study.grid
    random = np.random.default_rng(4)
    layer = [entry.operator for entry in study.after.layers].index("Viettel")
    rows, cols = np.nonzero(np.isfinite(mosaic.level_dbm[layer]))
    chosen = random.choice(len(rows), 300, replace=False)
    rows, cols = rows[chosen], cols[chosen]
    x, y = grid.west_m + (cols + 0.5) * grid.cell_m, grid.north_m - (rows + 0.5) * grid.cell_m
    to_degrees = pyproj.Transformer.from_crs(grid.crs, "EPSG:4326", always_xy=True)
    lon, lat = to_degrees.transform(x, y)
    predicted = mosaic.level_dbm[layer, rows, cols]
    pd.DataFrame(
        {
            "measurement_id": [f"m{k}" for k in range(300)],
            "operator": "Viettel",
            "technology": "4G",
            "quantity": "RSRP",
            "level_dbm": (predicted + SHIFT_DB + random.normal(0.0, 8.0, 300)).round(1),
            "origin": "measured",
            "uncertainty_m": 10.0,
            "lon": lon,
            "lat": lat,
        }
    ).to_csv(folder / "measured.csv", index=False)
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("[model]", 'measurements = "measured.csv"\n[model]'), encoding="utf-8"
    )
    return path


def test_measurements_of_a_real_network_replace_the_prior(tmp_path, tiny_study):
    study = run_study(measured_province(tmp_path, tiny_study, "published"))
    told = study.summary["model_error"]
    assert told["status"] == study.error.status == "calibrated"
    assert told["bias_db"] == pytest.approx(SHIFT_DB, abs=2.0)
    assert told["measured_cells"] > 250
    assert study.error.sigma_db < tiny_study.error.sigma_db
    assert study.inputs["measurements"].name == "measured.csv"
    # Levels are what the model says; what changes is how likely they reach the threshold.
    assert (study.after.mosaic.level_dbm == tiny_study.after.mosaic.level_dbm).all()
    both = study.villages.merge(tiny_study.villages, on="village_id", suffixes=("", "_prior"))
    assert (both["probability_after"] != both["probability_after_prior"]).any()


def test_measurements_calibrate_no_modelled_network(tmp_path, tiny_study):
    study = run_study(measured_province(tmp_path, tiny_study, "modelled"))
    told = study.summary["model_error"]
    assert told["status"] == "prior"
    assert told["measured_cells"] == 0
    assert told["readings_left_out"]["modelled_server"] == 300
    assert study.error == tiny_study.error


def test_without_measurements_the_published_prior_is_told(tiny_study):
    told = tiny_study.summary["model_error"]
    assert told["status"] == "prior"
    assert "10.1155/2012/754158" in told["source"]
    assert "measured_cells" not in told


def test_a_broken_list_of_measurements_is_refused(tmp_path, tiny_study):
    path = measured_province(tmp_path, tiny_study, "published")
    table = pd.read_csv(tmp_path / "measured.csv")
    table.assign(level_dbm=40.0).to_csv(tmp_path / "measured.csv", index=False)
    with pytest.raises(InvalidDataError, match="level_dbm"):
        run_study(path)
