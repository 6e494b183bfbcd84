"""The bound of bundles: never above what every set of candidates allows, never looser than before."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qn_coverage.analysis.plan import bundle_kernels
from qn_coverage.analysis.plan.bound import bounded
from qn_coverage.analysis.plan.bundles import bundled, tightened
from qn_coverage.analysis.plan.core_model import reduced
from qn_coverage.analysis.plan.greedy import greedy
from qn_coverage.analysis.plan.matrices import csr
from qn_coverage.analysis.plan.model import PlanError, build, score
from qn_coverage.analysis.plan.solve import solve
from tests.analysis.plan.choices import brute_force, wishes

SEVERAL = settings(max_examples=80, deadline=None)


def bounds_of(model, size):
    """Lagrangian bound and the bound of bundles of a model, as its goal counts, pins included."""
    core = reduced(model)
    plan = greedy(core)
    first = bounded(core, plan, iterations=120)
    second = tightened(core, plan, first, sizes=(size,), iterations=120)
    pins = score(model, np.flatnonzero(model.pinned))
    base = pins.value if model.target is None else pins.cost
    return base + first.value, base + second


@SEVERAL
@given(wishes(), st.integers(1, 7))
def test_no_set_of_candidates_beats_the_bound_of_bundles(wish, size):
    args, keywords = wish
    model = build(*args, **keywords)
    best = brute_force(model)
    if best is None or reduced(model).size == 0:
        return
    first, second = bounds_of(model, size)
    if model.target is None:
        assert best - 1e-6 * max(1.0, abs(best)) <= second <= first
    else:
        # What counts as reached is a millionth below the target, so a set may be cheaper by that.
        assert first <= second <= -best * (1.0 + 1e-5)


@SEVERAL
@given(wishes(goals=("target",)), st.integers(1, 7))
def test_a_cheapest_plan_lies_between_the_bound_of_bundles_and_greedy(wish, size):
    args, keywords = wish
    model = build(*args, **keywords)
    try:
        plan = solve(model, gap=0.0)
    except PlanError:
        assert brute_force(model) is None
        return
    assert plan.score.cost == pytest.approx(-brute_force(model), rel=1e-6)
    assert plan.bound * (1.0 - 1e-9) <= plan.score.cost <= plan.greedy * (1.0 + 1e-9)
    if reduced(model).size:
        assert bounds_of(model, size)[1] <= plan.score.cost * (1.0 + 1e-5)


@SEVERAL
@given(st.integers(0, 2**32 - 1), st.integers(1, 7), st.integers(1, 9), st.booleans())
def test_the_best_subset_is_that_of_all_subsets(seed, members, points, grouped):
    profit, fee, group = rivals(seed, members, points, grouped=grouped)
    worth, held = bundle_kernels.best_subset(profit, fee, group, 10_000)
    chosen = np.flatnonzero(held)
    assert worth == pytest.approx(highest(profit, fee, group))
    assert worth == pytest.approx(worth_of(profit, fee, chosen))
    named = group[chosen][group[chosen] >= 0]
    assert len(np.unique(named)) == len(named)


@SEVERAL
@given(st.integers(0, 2**32 - 1), st.integers(0, 6))
def test_a_search_cut_short_over_estimates_a_bundle_and_never_under_estimates_it(seed, nodes):
    profit, fee, group = rivals(seed, 7, 9, grouped=True)
    worth, _ = bundle_kernels.best_subset(profit, fee, group, nodes)
    assert worth >= highest(profit, fee, group) - 1e-9


def test_three_sites_of_which_each_two_share_a_village_are_not_half_built():
    """Half of each site serves three villages in the relaxation; any real plan takes two sites."""
    model = triangles(8)
    core = reduced(model)
    plan = greedy(core)
    first = bounded(core, plan)
    apart, together = (tightened(core, plan, first, sizes=(size,)) for size in (1, 3))
    assert apart <= 12.0 + 1e-6
    assert 15.5 < together <= 16.0 + 1e-6
    assert solve(model, gap=0.0).score.cost == 16.0


def test_bundles_hold_each_candidate_once_and_no_more_than_asked():
    model = scattered()
    core = reduced(model)
    bundles = bundled(core, bounded(core, greedy(core)), 5)
    assert np.diff(bundles.rows).max() <= 5
    assert len(np.unique(bundles.member)) == len(bundles.member) > 20
    assert set(np.flatnonzero(~bundles.alone)) == set(bundles.member)
    assert len(bundles.gain) == bundles.at[-1] == np.diff(bundles.rows) @ np.diff(bundles.cols)


def test_a_further_round_never_loosens_the_bound():
    core = reduced(scattered())
    plan = greedy(core)
    first = bounded(core, plan)
    few, many = (
        tightened(core, plan, first, sizes=sizes, iterations=200) for sizes in ((4,), (4, 12))
    )
    assert first.value < few <= many < plan.use


def test_a_bound_that_is_stopped_at_once_is_the_one_it_began_with():
    core = reduced(scattered())
    plan = greedy(core)
    first = bounded(core, plan)
    assert tightened(core, plan, first, stopped=lambda: True) == first.value


def scattered():
    """60 % of 900 points at least cost, 150 candidates whose reach overlaps."""
    random = np.random.default_rng(3)
    at, here = random.uniform(0, 60, (150, 2)), random.uniform(0, 60, (900, 2))
    apart = np.hypot(*(at[:, np.newaxis, :] - here[np.newaxis, :, :]).transpose(2, 0, 1))
    gain = np.clip(1.2 - apart / 8.0 + random.normal(0, 0.1, apart.shape), 0.0, 1.0)
    weight, cost = random.lognormal(1, 1, 900), random.uniform(1.0, 3.0, 150)
    target = 0.6 * float(weight @ gain.max(axis=0))
    return build(
        [f"c{j:03d}" for j in range(150)], np.arange(900), csr(gain), weight, cost, target=target
    )


def triangles(count):
    """Three sites and three villages each time, a site at two villages; all are to be served."""
    one = np.array([[1.0, 1.0, 0.0], [0.0, 1.0, 1.0], [1.0, 0.0, 1.0]])
    size = 3 * count
    ids = [f"c{j:03d}" for j in range(size)]
    gain = csr(np.kron(np.eye(count), one))
    return build(ids, np.arange(size), gain, np.ones(size), np.ones(size), target=float(size))


def rivals(seed, members, points, *, grouped):
    random = np.random.default_rng(seed)
    shape = (members, points)
    profit = random.uniform(0, 1, shape) * (random.uniform(size=shape) < 0.6)
    fee = random.uniform(-0.3, 2.0, members)
    return profit, fee, random.integers(-1, 3 if grouped else 0, members)


def worth_of(profit, fee, chosen):
    best = profit[chosen].max(axis=0) if len(chosen) else np.zeros(profit.shape[1])
    return best.sum() - fee[chosen].sum()


def highest(profit, fee, group):
    """Best worth over all subsets, one by one."""
    best = 0.0
    for size in range(1, len(fee) + 1):
        for picks in itertools.combinations(range(len(fee)), size):
            chosen = np.array(picks)
            named = group[chosen][group[chosen] >= 0]
            if len(np.unique(named)) == len(named):
                best = max(best, worth_of(profit, fee, chosen))
    return best
