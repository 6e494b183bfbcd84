# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Xây gì tiếp theo với 20 tỷ đồng? / What to build next with 20 billion VND?
#
# A budget is spent on the shipped study: who has no signal, where one could build, what each site
# would add, which set is best, and how far that is proven. The network, most villages and nearly
# all prices are **modelled stand-ins or assumptions** (*số liệu mô phỏng, giá giả định*): the
# method is real, the list of sites is an example. The grid is coarse here, to be quick.

# %%
import pandas as pd

from qn_coverage.core.plan_costs import load_costs
from qn_coverage.core.plan_request import PlanRequest, with_edits, with_goal
from qn_coverage.core.scenario import Scenario
from qn_coverage.planning import expand, most_share, prepare
from qn_coverage.study import run_study

BUDGET_VND = 20e9
pd.set_option("display.max_colwidth", 110)

# %% [markdown]
# ## Nghiên cứu nền / The study it starts from

# %%
scenario = Scenario.model_validate(
    {"study": {"cell_m": 400.0}, "uncertainty": {"realisations": 20}}
)
study = run_study(scenario)
study.summary["province"]["population_share_after"]

# %% [markdown]
# ## Giá và nguồn gốc / Prices and where they come from
# Hardly any price of a site is public. What is assumed says so, and is there to be replaced.

# %%
costs = load_costs()
pd.DataFrame(
    [(name, each.value, each.unit, each.origin) for name, each in costs.figures.items()],
    columns=["figure", "value", "unit", "origin"],
)

# %% [markdown]
# ## Phương án / Candidates
# Hill tops, villages and their edges, and upgrades of existing sites, each with a reason. Reach is
# computed with the study's own model, receiver and error model.

# %%
request = PlanRequest.model_validate(
    {
        "goal": {"budget_vnd": BUDGET_VND},
        "candidates": {"most": 150, "reach_km": 10.0},
        "solver": {"time_limit_s": 30.0},
    }
)
ready = prepare(study, request)
ready.table.groupby("kind")[["people_alone", "cost_vnd"]].describe().loc[:, (slice(None), "mean")]

# %% [markdown]
# ## Lựa chọn / The choice
# `gap` is proven: no plan within the budget gains more than that share beyond this one.

# %%
plan = expand(study, ready)
plan.answer.plan.status, round(plan.answer.plan.gap, 4)

# %% [markdown]
# ## Vì sao từng trạm / Why each site
# *total*: alone; *unique*: lost if left out; *added*: on top of the sites before it.

# %%
shown = ["rank", "candidate_id", "people_total", "people_unique", "people_added", "cost_vnd"]
plan.answer.sites[[*shown, "cost_per_person_vnd"]].round(0)

# %%
for row in plan.answer.sites.itertuples(index=False):
    print(f"{row.rank:2}. {row.why_vi}\n    {row.why_en}\n    {row.cost_en}")

# %% [markdown]
# Which gaps it works on, and whether a site survives other beliefs:

# %%
plan.answer.gaps.sort_values("people_gained", ascending=False).head(8).round(3)

# %%
plan.answer.sensitivity.survival.round(2)

# %% [markdown]
# ## Đường cong / The curve
# Each further site adds less; the knee is where the curve bends most.

# %%
curve = plan.answer.curve
curve[curve["knee"] | curve["sites"].isin([1, 2, 5, 10, 20, 40])].round(0)

# %% [markdown]
# ## Sửa và giải lại / Edit and solve again
# Ban the first pick, double the money: no new physics, so it takes seconds.

# %%
first = plan.answer.sites["candidate_id"].iloc[0]
without = expand(study, ready, with_edits(request, ban=(first,)), sensitivity=False)
double = expand(study, ready, with_goal(request, budget_vnd=2 * BUDGET_VND), sensitivity=False)
pd.DataFrame(
    {
        name: {
            "sites": len(each.answer.sites),
            "cost_vnd": each.answer.sites["cost_vnd"].sum(),
            "people_added": each.answer.sites["people_added"].sum(),
            "share": each.answer.share_plan,
        }
        for name, each in (("plan", plan), ("without the first", without), ("double", double))
    }
).round(4)

# %%
sites, gained = plan.answer.sites, plan.answer.sites["people_added"].sum()
assert sites["cost_vnd"].sum() <= BUDGET_VND
assert plan.answer.plan.gap <= 0.02
assert plan.answer.share_now < plan.answer.share_plan <= most_share(ready) + 0.01
assert first not in set(without.answer.sites["candidate_id"])
assert without.answer.plan.score.value <= plan.answer.plan.bound + 1e-6
assert double.answer.plan.score.value > plan.answer.plan.score.value
assert sites["why_vi"].str.len().gt(0).all()
assert sites["why_en"].str.len().gt(0).all()
assert sites["people_unique"].sum() <= gained + 1e-6
