"""HiGHS in a process of its own: the same answer, and it ends when it is told to."""

import time

import numpy as np
import pytest
from scipy import sparse

from qn_coverage.analysis.plan import milp
from qn_coverage.analysis.plan.core_model import reduced
from qn_coverage.analysis.plan.model import build
from qn_coverage.analysis.plan.standing import stand


def core_of(candidates, points, sites, seed=3):
    random = np.random.default_rng(seed)
    gain = sparse.random_array((candidates, points), density=0.2, rng=random, format="csr")
    ids = [f"c{j:03d}" for j in range(candidates)]
    model = build(ids, np.arange(points), gain, random.uniform(1, 5, points),
                  random.uniform(1, 2, candidates), sites=sites)  # fmt: skip
    return reduced(model)


def test_a_process_of_its_own_gives_the_same_plan(monkeypatch):
    core = core_of(20, 60, 4)
    job = milp.programme(core)
    here = milp.solved(core, job, time_limit_s=60.0, gap=0.0)
    monkeypatch.setattr(milp, "_SMALL_ARCS", 0)
    there = milp.solved(core, job, time_limit_s=60.0, gap=0.0)
    assert np.array_equal(here.picks, there.picks)
    assert here.bound == there.bound == pytest.approx(stand(core, here.picks).value)


def test_a_solve_ends_when_it_is_told_to():
    core = core_of(150, 600, 12)
    job = milp.programme(core)
    assert job.arcs > 2000
    began = time.monotonic()
    answer = milp.solved(core, job, time_limit_s=600.0, gap=0.0, stopped=lambda: True)
    assert answer.picks is None
    assert np.isnan(answer.bound)
    assert time.monotonic() - began < 60.0


def test_the_least_use_of_requirements_is_asked_without_a_limit():
    from qn_coverage.analysis.plan.model import Servers
    from tests.analysis.plan.choices import dense, simple

    servers = Servers(("v", "w"), dense([[1, 1, 0], [0, 1, 1]]), np.array([1.0, 1.0]))
    model = simple([[1.0], [0.1], [0.5]], [9.0], [1.0, 3.0, 1.5], budget=2.6, servers=servers)
    core = reduced(model)
    answer = milp.solved(core, milp.programme(core, cheapest=True), time_limit_s=60.0, gap=0.0)
    assert stand(core, answer.picks).complete
    assert answer.bound == pytest.approx(2.5)
