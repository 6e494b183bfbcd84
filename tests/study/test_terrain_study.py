"""The same study over terrain: the engine is behind the same door as every model."""

import dataclasses

import numpy as np
import pytest

from qn_coverage.core.scenario import load_scenario
from qn_coverage.study import run_study


def with_model(path, name, **model):
    scenario = load_scenario(path)
    chosen = scenario.model.model_copy(update={"name": name, **model})
    return scenario.model_copy(update={"model": chosen})


@pytest.fixture(scope="module")
def terrain_study(tiny_scenario):
    return run_study(with_model(tiny_scenario, "p1812"), threads=1)


def test_no_cell_hears_more_than_over_free_space(terrain_study, tiny_scenario):
    free = run_study(with_model(tiny_scenario, "free_space"))
    for state in ("before", "after"):
        over, without = (getattr(study, state).mosaic for study in (terrain_study, free))
        # Free space without terrain knows no ground heights: slant distances and tilts differ.
        heard = np.isfinite(over.level_dbm)
        assert heard.any()
        excess = over.level_dbm[heard] - without.level_dbm[heard]
        assert np.quantile(excess, 0.9) < 0.0


def test_verdicts_reasons_and_sums_hold_over_terrain(terrain_study):
    assert set(terrain_study.villages["verdict_after"]) <= {
        "covered",
        "not_covered",
        "cannot_tell",
    }
    unserved = terrain_study.villages.query("verdict_after != 'covered'")["village_id"]
    assert set(unserved) <= set(terrain_study.reasons["place_id"])
    assert {"missing_db", "blame", "nearest_signal_km"} <= set(terrain_study.reasons.columns)
    levels = (terrain_study.communes, terrain_study.former_communes, terrain_study.districts)
    sums = [table["uncovered_population_after"].sum() for table in levels]
    assert sums == pytest.approx([sums[0]] * 3, rel=1e-9)


def test_threads_change_no_byte_of_a_terrain_study(terrain_study, tiny_scenario):
    again = run_study(with_model(tiny_scenario, "p1812"), threads=3)
    for state in ("before", "after"):
        one, other = (getattr(study, state).mosaic for study in (terrain_study, again))
        for field in dataclasses.fields(one):
            assert getattr(one, field.name).tobytes() == getattr(other, field.name).tobytes()
