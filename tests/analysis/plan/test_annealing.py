"""Annealing towards a target: what comes back meets all that is asked and never costs more."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from qn_coverage.analysis.plan.annealing import annealed
from qn_coverage.analysis.plan.bound import bounded
from qn_coverage.analysis.plan.core_model import reduced
from qn_coverage.analysis.plan.feasible import meets_all
from qn_coverage.analysis.plan.greedy import greedy
from qn_coverage.analysis.plan.matrices import csr
from qn_coverage.analysis.plan.model import build
from qn_coverage.analysis.plan.standing import stand
from tests.analysis.plan.choices import brute_force, simple, wishes


@settings(max_examples=80, deadline=None)
@given(wishes(goals=("target",)), st.integers(0, 5))
def test_annealing_never_breaks_a_requirement_and_never_costs_more(wish, seed):
    args, keywords = wish
    model = build(*args, **keywords)
    core = reduced(model)
    plan = greedy(core)
    assume(core.size > 0 and plan.complete)
    after = annealed(core, plan, rate=bounded(core, plan).rate, seed=seed)
    assert after.cost <= plan.cost
    chosen = np.union1d(np.flatnonzero(model.pinned), core.index[after.picks])
    assert meets_all(model, chosen)
    assert -model.cost[chosen].sum() <= brute_force(model) + 1e-5
    groups = model.group[chosen][model.group[chosen] >= 0]
    assert len(np.unique(groups)) == len(groups)


def test_annealing_swaps_a_dear_site_for_two_cheap_ones():
    gain = [[1, 1, 1, 1], [1, 1, 0, 0], [0, 0, 1, 1]]
    core = reduced(simple(gain, np.ones(4), [5.0, 2.0, 2.0], target=4.0))
    after = annealed(core, stand(core, [0]), rate=1.0)
    assert after.complete
    assert after.cost == pytest.approx(4.0)


def test_annealing_finds_cheaper_plans_than_greedy_where_reaches_overlap():
    core = _scattered()
    plan = greedy(core)
    rate = bounded(core, plan).rate
    after, again = (annealed(core, plan, rate=rate) for _ in range(2))
    assert after.complete
    assert after.cost < plan.cost
    assert np.array_equal(after.picks, again.picks)


def test_annealing_that_is_stopped_at_once_returns_the_plan():
    core = _scattered()
    plan = greedy(core)
    assert annealed(core, plan, rate=1.0, stopped=lambda: True) is plan


def _scattered():
    random = np.random.default_rng(3)
    at, here = random.uniform(0, 60, (150, 2)), random.uniform(0, 60, (900, 2))
    apart = np.hypot(*(at[:, np.newaxis, :] - here[np.newaxis, :, :]).transpose(2, 0, 1))
    gain = np.clip(1.2 - apart / 8.0 + random.normal(0, 0.1, apart.shape), 0.0, 1.0)
    weight, cost = random.lognormal(1, 1, 900), random.uniform(1.0, 3.0, 150)
    target = 0.6 * float(weight @ gain.max(axis=0))
    ids = [f"c{j:03d}" for j in range(150)]
    return reduced(build(ids, np.arange(900), csr(gain), weight, cost, target=target))
