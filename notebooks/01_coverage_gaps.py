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
# # Khoảng trống phủ sóng di động Quảng Ninh / Mobile-coverage gaps of Quảng Ninh
#
# Is there signal in each commune and village, before and after the programme for 105 villages?
# The operators' site lists are not public: the network and most villages below are **modelled
# stand-ins** (*số liệu mô phỏng*), replaced by dropping in the real files.

# %%
from pathlib import Path

import qn_coverage as qn

# %% [markdown]
# ## Dữ liệu / The data
# Each layer says where it comes from.

# %%
for layer in qn.load_catalog():
    print(f"{layer.name:18} {layer.origin:12} {layer.what}")

# %% [markdown]
# ## Chạy nghiên cứu / Run the study
# Without a scenario this is the default study on the shipped data: ITU-R P.1812 over terrain of
# screening grade. It takes half a minute, and as long again where nothing is compiled yet.

# %%
study = qn.run_study()
study.summary["province"]

# %% [markdown]
# ## Xã nào yếu nhất? / Which communes are worst off?
# Shares are fractions of land and people; `uncovered_population_after` is what remains.

# %%
columns = ["name_vi", "population_share_before", "population_share_after", "land_share_after"]
worst = study.communes.sort_values("uncovered_population_after", ascending=False)
worst[[*columns, "uncovered_population_after"]].head(10).round(3)

# %% [markdown]
# ## Theo công nghệ / By technology

# %%
layers = study.layer_statistics.query("level == 'province' and operator == 'any'")
layers.pivot_table(index="technology", columns="state", values="population_share").round(4)

# %% [markdown]
# ## Thôn, bản / Villages
# A village known only to a radius is judged over the whole disc; where the disc holds both covered
# and uncovered people the verdict is `cannot_tell`.

# %%
study.villages.groupby(["origin", "verdict_before", "verdict_after"]).size()

# %%
named = study.villages[study.villages["origin"] != "modelled"]
named[["name_vi", "uncertainty_m", "disc_share_before", "disc_share_after", "verdict_after"]]

# %% [markdown]
# ## Vì sao? / Why?
# The best candidate of the operator that lacks least, and what stands in the way: after the
# programme it is a ridge nearly everywhere.

# %%
reasons = study.reasons.query("order == 1")
reasons[["place_id", "operator", "site_id", "distance_km", "missing_db", "blame_en"]].head(10)

# %% [markdown]
# ## Các tuyên bố / The claims
# Judged by published reports only: nothing modelled is evidence.

# %%
study.judgements[["text_en", "verdict_en", "by_en"]]

# %% [markdown]
# ## Khoảng trống lớn nhất / The largest gaps

# %%
study.gaps.drop(columns="geometry").head(10)

# %% [markdown]
# ## Bản đồ / The map
# One file without any request: it opens on a closed network.

# %%
page = Path("map.html")
qn.write_map(study, page)
f"{page.stat().st_size / 1e6:.1f} MB"

# %% [markdown]
# ## Các con số chính / The headline numbers
# The same as in the README.

# %%
province, villages = study.summary["province"], study.summary["villages"]
assert round(province["population_share_before"], 3) == 0.978
assert round(province["population_share_after"], 3) == 0.995
assert round(province["land_share_before"], 3) == 0.843
assert round(province["land_share_after"], 3) == 0.979
assert (villages["before_covered"], villages["after_covered"], villages["total"]) == (1, 106, 106)
assert study.summary["gaps"]["count"] == 70
