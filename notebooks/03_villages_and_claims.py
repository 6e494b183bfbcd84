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
# # Thôn, bản và các tuyên bố / Villages and claims
#
# Covered or not, how sure, why not, since when, on whom it depends, and is the claim true?
# On cells of 500 m, so that it runs in seconds; the network and most villages are **modelled
# stand-ins** (*số liệu mô phỏng*).

# %%
import qn_coverage as qn
from qn_coverage.core.rules import load_rule, shipped_rules
from qn_coverage.core.scenario import Scenario

# %% [markdown]
# ## Quy tắc nào? / By which rule?
# Each rule says what it rests on; what its source does not say is an assumption.

# %%
for rule in shipped_rules():
    print(f"{rule.id:20} {rule.status:20} assumed: {', '.join(rule.assumptions)}")

# %%
scenario = Scenario.model_validate(
    {"study": {"cell_m": 500.0}, "uncertainty": {"realisations": 60}}
)
study = qn.run_study(scenario)
{code: getattr(study.rule.classes, code).label_vi for code in ("covered", "weak", "no_signal")}

# %% [markdown]
# ## Chắc đến đâu? / How sure?
# A village known only to a radius is judged over its disc; the class counts the model's error, too.

# %%
study.villages.groupby(["class_before", "class_after"]).size()

# %%
unsure = study.villages[study.villages["class_after"] == "cannot_tell"]
unsure[["name_vi", "uncertainty_m", "probability_after", "waits_for_after"]].head(10).round(2)

# %% [markdown]
# ## Vì sao chưa có sóng? / Why not?

# %%
columns = ["place_id", "operator", "distance_km", "missing_db", "blame_vi", "extra_mast_m"]
study.reasons.query("order == 1")[columns].head(8).round(1)

# %% [markdown]
# ## Từ khi nào? / Since when?
# The programme's days are modelled, since its stand-in sites are; the others are published.

# %%
province = study.history.of_level("province")
province[["step", "day", "population_share", "population_gained", "population_lost"]]

# %% [markdown]
# ## Phụ thuộc trạm nào? / On which site does it depend?
# What no other site of any operator serves is lost when a site fails.

# %%
sites = study.sites[["site_id", "people_served", "people_alone", "villages_alone"]]
sites.head(8).round(0)

# %% [markdown]
# ## Tuyên bố có đúng không? / Is the claim true?
# Judged by published reports only. Whatever the model says, the verdicts are the same.

# %%
study.judgements[["claim_id", "verdict_vi", "verdict_en", "by_en"]]

# %% [markdown]
# ## Kiểm tra / Checks
# None of these rests on the model's figures.

# %%
verdicts = study.judgements.set_index("claim_id")["verdict"]
assert verdicts["no_hole"] == verdicts["population_covered"] == "contradicted"
assert "Khu 10" in study.judgements.set_index("claim_id").loc["no_hole", "by_en"]
assert not study.judgements["by_en"].str.contains("computed").any()
assert load_rule().assumptions
days = province.set_index("step")["day"].astype(str)
assert (days["founding-text"], days["khu-10"]) == ("2024-01-04", "2025-01-24")
assert province["population_share"].iloc[-1] <= province["population_share"].iloc[-2]
people = study.losses.groupby("site_id")["people_lost"].sum()
alone = study.sites.set_index("site_id").loc[people.index, "people_alone"]
assert (people - alone).abs().max() < 1e-3
assert study.villages["class_after"].isin(["covered", "weak", "no_signal", "cannot_tell"]).all()
