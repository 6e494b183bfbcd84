from __future__ import annotations

import dataclasses
import subprocess
import sys

import numpy as np
import pytest

from qn_coverage.core.errors import ModelRangeError, UnknownNameError
from qn_coverage.propagation.free_space import basic_transmission_loss, free_space
from qn_coverage.propagation.models import MODELS, model_named, resolve

FLAT = [model for model in MODELS.values() if model.kind in {"free", "empirical"}]
NAMES = [model.name for model in FLAT]


def inside(limits, preferred):
    return float(np.clip(preferred, *limits))


def link(model):
    return {
        "frequency_mhz": inside(model.frequency_mhz, 1800.0),
        "tx_height_m": inside(model.tx_height_m, 30.0),
        "rx_height_m": inside(model.rx_height_m, 1.5),
        "environment": np.arange(3)[:, None],
    }


def test_models_that_a_study_may_ask_for_are_registered():
    assert {"buffer", "free_space", "okumura_hata", "cost231_hata", "p1812"} <= set(MODELS)
    assert all(name == model.name for name, model in MODELS.items())


def test_registry_and_models_are_read_only():
    with pytest.raises(TypeError):
        MODELS["mine"] = MODELS["buffer"]
    with pytest.raises(dataclasses.FrozenInstanceError):
        MODELS["buffer"].name = "mine"


@pytest.mark.parametrize("name", MODELS)
def test_every_model_says_what_it_is_in_both_languages_and_where_it_comes_from(name):
    model = model_named(name)
    for text in (model.title_vi, model.title_en, model.source, model.remarks):
        assert text.strip()
    for low, high in (model.frequency_mhz, model.distance_km, model.tx_height_m, model.rx_height_m):
        assert low < high


@pytest.mark.parametrize("model", FLAT, ids=NAMES)
def test_functions_broadcast_over_distance_and_environment(model):
    low, high = model.distance_km
    distance = np.linspace(low, min(high, 30.0), 11)
    loss = model.function(distance, **link(model))
    assert np.broadcast_shapes(loss.shape, (3, 11)) == (3, 11)
    assert np.isfinite(loss).all()


@pytest.mark.parametrize("model", FLAT, ids=NAMES)
def test_no_model_falls_below_free_space(model):
    low, high = model.distance_km
    distance = np.linspace(low, min(high, 30.0), 200)
    arguments = link(model)
    assert (model.function(distance, **arguments) >= free_space(distance, **arguments)).all()


@pytest.mark.parametrize("model", FLAT, ids=NAMES)
@pytest.mark.parametrize("which", ["frequency_mhz", "distance_km"])
def test_ranges_in_the_registry_are_those_the_functions_enforce(model, which):
    low, high = getattr(model, which)
    arguments = link(model)
    for value, allowed in ((low, True), (high, True), (low - 0.001, False), (high * 1.001, False)):
        distance = inside(model.distance_km, 5.0)
        if which == "distance_km":
            distance = value
        else:
            arguments[which] = value
        if allowed:
            model.function(distance, **arguments)
        else:
            with pytest.raises(ModelRangeError, match=which):
                model.function(distance, **arguments)


def test_unknown_name_lists_the_known_ones():
    with pytest.raises(UnknownNameError, match=r"buffer, .*okumura_hata, p1812"):
        model_named("okumura-hata")


def test_functions_of_the_common_signature_resolve_to_models():
    def mine(distance_km, *, frequency_mhz, tx_height_m, rx_height_m, environment):
        return basic_transmission_loss(distance_km, frequency_mhz=frequency_mhz)

    model = resolve(mine)
    assert model.kind == "custom"
    assert model.name == "mine"
    assert model.function is mine
    assert resolve(model) is model
    assert resolve("buffer") is MODELS["buffer"]


def test_listing_models_compiles_nothing():
    code = (
        "import sys; from qn_coverage.propagation.models import MODELS; "
        "print(len(MODELS), 'numba' in sys.modules)"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    count, has_numba = out.stdout.split()
    assert int(count) == len(MODELS)
    assert has_numba == "False"
