"""The choice: equal to trying everything, never below greedy, never above the bound, law by law."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qn_coverage.analysis.plan.feasible import meets_all
from qn_coverage.analysis.plan.matrices import csr
from qn_coverage.analysis.plan.model import Floors, PlanError, Servers, build, rows_of
from qn_coverage.analysis.plan.solve import solve
from tests.analysis.plan.choices import brute_force, dense, fits_all, shuffled, simple, wishes

SEVERAL = settings(max_examples=60, deadline=None)


def value_of(model, plan):
    return plan.score.value if model.target is None else -plan.score.cost


def solved(model, **options):
    """The plan, or None where the request is impossible."""
    try:
        return solve(model, gap=0.0, **options)
    except PlanError:
        return None


@SEVERAL
@given(wishes())
def test_a_plan_is_as_good_as_the_best_of_all_sets(wish):
    args, keywords = wish
    model = build(*args, **keywords)
    plan, best = solved(model), brute_force(model)
    if plan is None:
        # A request is refused if no set meets it, or if nothing at all could be built.
        assert best is None or best <= 0.0 or (model.target is not None and best == 0.0)
        return
    assert best is not None
    assert value_of(model, plan) == pytest.approx(best, rel=1e-6, abs=1e-9)
    assert plan.status == "optimal"


@SEVERAL
@given(wishes())
def test_a_plan_keeps_pins_bans_groups_floors_servers_and_the_limit(wish):
    args, keywords = wish
    model = build(*args, **keywords)
    plan = solved(model)
    if plan is not None:
        chosen = rows_of(model, plan.picks)
        assert meets_all(model, chosen)
        assert set(keywords.get("pinned", ())) <= set(plan.picks)
        assert not set(keywords.get("banned", ())) & set(plan.picks)
        groups = model.group[chosen][model.group[chosen] >= 0]
        assert len(np.unique(groups)) == len(groups)


@SEVERAL
@given(wishes(), st.integers(0, 2**32 - 1))
def test_the_order_of_the_input_does_not_matter(wish, seed):
    args, keywords = wish
    first = solved(build(*args, **keywords))
    other_args, other_keywords = shuffled(args, keywords, seed)
    second = solved(build(*other_args, **other_keywords))
    assert (first is None) == (second is None)
    if first is not None:
        assert first.picks == second.picks
        assert (first.bound, first.gap, first.score.value) == (
            second.bound,
            second.gap,
            second.score.value,
        )


@SEVERAL
@given(wishes(goals=("budget",), requirements=False), st.floats(1.0, 3.0))
def test_more_money_never_covers_less(wish, factor):
    args, keywords = wish
    few = solved(build(*args, **keywords))
    more = solved(build(*args, budget=keywords["budget"] * factor))
    if few is not None:
        assert more.score.value >= few.score.value - 1e-9


@SEVERAL
@given(wishes(goals=("target",), requirements=False), st.floats(0.1, 1.0))
def test_a_lower_target_never_costs_more(wish, factor):
    args, keywords = wish
    whole = solved(build(*args, **keywords))
    part = solved(build(*args, target=keywords["target"] * factor))
    assert part.score.cost <= whole.score.cost * (1 + 1e-9)


@SEVERAL
@given(wishes(), st.booleans())
def test_a_plan_lies_between_greedy_and_its_bound(wish, exact):
    args, keywords = wish
    model = build(*args, **keywords)
    plan = solved(model, exact=exact)
    if plan is None:
        return
    if model.target is None:
        assert plan.greedy - 1e-9 <= plan.score.value <= plan.bound + 1e-9
    else:
        assert plan.bound - 1e-9 <= plan.score.cost <= plan.greedy + 1e-9
    assert plan.gap >= 0.0
    # Floors may force an upgrade on a plan that takes more than all its sites give.
    assert plan.gap <= 1.0 or (model.target is None and plan.score.value < 0.0)


@SEVERAL
@given(wishes())
def test_the_bound_of_the_search_alone_holds_for_every_set(wish):
    args, keywords = wish
    model = build(*args, **keywords)
    plan, best = solved(model, exact=False), brute_force(model)
    if plan is not None and best is not None:
        bound = plan.bound if model.target is None else -plan.bound
        assert bound >= best - 1e-6 * max(1.0, abs(best))


@SEVERAL
@given(wishes(goals=("sites", "budget"), requirements=False))
def test_a_plan_never_falls_behind_the_one_it_starts_from(wish):
    args, keywords = wish
    model = build(*args, **keywords)
    order = np.argsort(model.use, kind="stable")
    chosen = order[np.cumsum(model.use[order]) <= model.limit]
    start = [model.ids[j] for j in chosen]
    plan = solved(model, start=start, exact=False)
    if plan is not None and fits_all(model, np.sort(chosen)):
        best = np.zeros(len(model.points))
        for j in chosen:
            best = np.maximum(best, model.gain.toarray()[j])
        assert plan.score.value >= model.weight @ best - 1e-9


def test_two_servers_of_one_place_count_once():
    """Best of the chosen, not their sum: the second candidate at a point adds what it is better."""
    model = simple([[0.6, 0.0], [0.5, 0.3]], [10.0, 1.0], [1.0, 1.0], sites=2)
    plan = solve(model, gap=0.0)
    assert plan.score.value == pytest.approx(0.6 * 10.0 + 0.3)


def test_the_greedy_trap_is_avoided():
    """The candidate that is best alone is not part of the best pair."""
    gain = [[1, 1, 0, 0, 1, 1], [1, 1, 1, 0, 0, 0], [0, 0, 0, 1, 1, 1]]
    model = simple(gain, np.ones(6), np.ones(3), sites=2)
    plan = solve(model, gap=0.0)
    assert plan.picks == ("b", "c")
    assert plan.score.value == pytest.approx(6.0)
    assert plan.greedy == pytest.approx(5.0)


def test_a_pin_costs_its_part_of_the_budget():
    gain = [[1.0, 0.0], [0.0, 1.0], [0.1, 0.1]]
    model = simple(gain, [5.0, 6.0], [3.0, 3.0, 3.0], budget=6.0, pinned=["c"])
    plan = solve(model, gap=0.0)
    assert plan.picks == ("b", "c")
    assert plan.score.cost == pytest.approx(6.0)


def test_variants_of_one_place_exclude_each_other():
    gain = [[0.5, 0.5, 0.0], [0.9, 0.9, 0.0], [0.0, 0.0, 0.2]]
    model = simple(gain, np.ones(3), [1.0, 2.0, 1.0], budget=3.0, group=[0, 0, -1])
    assert solve(model, gap=0.0).picks == ("b", "c")


def test_a_turned_antenna_pays_for_what_it_leaves():
    model = simple([[1.0, 0.0], [0.0, 0.4]], [3.0, 10.0], [1.0, 1.0], sites=1, loss=[2.5, 0.0])
    plan = solve(model, gap=0.0)
    assert plan.picks == ("b",)
    assert plan.score.value == pytest.approx(4.0)


def test_a_village_gets_two_servers_even_if_people_live_elsewhere():
    gain = [[1.0, 0.0], [0.0, 0.1], [0.0, 0.1]]
    servers = Servers(("v",), dense([[0.0, 1.0, 1.0]]), np.array([2.0]))
    model = simple(gain, [100.0, 1.0], np.ones(3), sites=2, servers=servers)
    assert solve(model, gap=0.0).picks == ("b", "c")


def test_a_floor_moves_the_plan_to_the_poor_commune():
    gain = [[1.0, 0.0], [0.0, 0.5]]
    floors = Floors(("xã nghèo",), dense([[0.0, 2.0]]), np.array([0.8]), dense([[0.0, 0.0]]))
    rich = simple(gain, [100.0, 2.0], np.ones(2), sites=1)
    fair = simple(gain, [100.0, 2.0], np.ones(2), sites=1, floors=floors)
    assert solve(rich, gap=0.0).picks == ("a",)
    assert solve(fair, gap=0.0).picks == ("b",)


def test_an_interrupt_keeps_the_best_plan_so_far(monkeypatch):
    from qn_coverage.analysis.plan import solve as module

    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "bounded", interrupted)
    gain = [[1, 1, 0, 0, 1, 1], [1, 1, 1, 0, 0, 0], [0, 0, 0, 1, 1, 1]]
    model = simple(gain, np.ones(6), np.ones(3), sites=2)
    plan = module.solve(model)
    assert plan.status == "interrupted"
    assert plan.score.value == pytest.approx(plan.greedy)
    assert plan.score.value > 0.0


def test_a_cancelled_search_returns_a_plan_that_keeps_the_limit():
    plan = solve(_large(), cancelled=lambda: True, gap=0.0)
    assert plan.status == "interrupted"
    assert len(plan.picks) == 12
    assert plan.score.value >= plan.greedy - 1e-9


def test_time_that_is_up_returns_the_plan_with_its_gap():
    plan = solve(_large(), time_limit_s=1e-6, gap=0.0)
    assert plan.status == "time_limit"
    assert plan.score.value <= plan.bound


def test_the_same_model_gives_the_same_plan_twice():
    first, second = (solve(_large(), exact=False, gap=0.0) for _ in range(2))
    assert first.picks == second.picks
    assert first.bound == second.bound


def test_the_search_alone_comes_close_on_a_thousand_points():
    plan = solve(_large(), exact=False, gap=0.0)
    assert plan.gap < 0.02
    assert plan.score.value > plan.greedy


def _large():
    random = np.random.default_rng(5)
    at, here = random.uniform(0, 60, (200, 2)), random.uniform(0, 60, (1000, 2))
    apart = np.hypot(*(at[:, np.newaxis, :] - here[np.newaxis, :, :]).transpose(2, 0, 1))
    gain = np.clip(1.2 - apart / 8.0 + random.normal(0, 0.1, apart.shape), 0.0, 1.0)
    return build(
        [f"c{j:03d}" for j in range(200)],
        np.arange(1000),
        csr(gain),
        random.lognormal(1, 1, 1000),
        np.ones(200),
        sites=12,
    )
