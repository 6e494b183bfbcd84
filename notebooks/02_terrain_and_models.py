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
# # Địa hình và mô hình / Terrain and models
#
# Two paths: over the sea to Trần island, and into a valley of Bình Liêu. What stands in the way,
# what ITU-R P.1812 (the default model) makes of it, and what a fixed radius and the models say that
# know no hills.
#
# The terrain is of **screening grade** (15″, about 450 m: narrow valleys are smoothed away). Trần
# island's station is known within a radius only; the other masts and the village are **modelled
# stand-ins** (*số liệu mô phỏng*).

# %%

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from qn_coverage.analysis import network
from qn_coverage.analysis.path import path_between, worst_edge
from qn_coverage.comparison import compare_models
from qn_coverage.core.scenario import Scenario
from qn_coverage.inputs import ground_of, read_inputs
from qn_coverage.propagation.models import MODELS
from qn_coverage.propagation.p1812 import DELTA_N
from qn_coverage.propagation.sweep import mast_loss

MHZ, RX_M = 947.5, 1.5
EARTH_KM = 157.0 / (157.0 - DELTA_N) * 6371.0  # effective radius, P.1812-8 eqs. (6), (7a)

scenario = Scenario()
inputs = read_inputs(scenario)
ground = ground_of(
    scenario,
    terrain=inputs.terrain.raster,
    land=inputs.land,
    population=inputs.population,
    points=(inputs.villages, inputs.places),
)
sites = inputs.sectors[network.on_air(inputs.sectors, scenario.study.after)]
sites = sites.drop_duplicates("site_id").to_crs(inputs.grid.crs)

# %% [markdown]
# ## Hai đường truyền / Two paths
# To Trần island: from the nearest site that is not on the island itself. Into Bình Liêu: to the
# stand-in village of the old district's communes with the highest ridge between it and one of its
# five nearest masts.


# %%
def path_to(site, point, rx_m=RX_M):
    return path_between(
        ground,
        (site.geometry.x, site.geometry.y),
        (point.x, point.y),
        tx_height_agl_m=site.height_agl_m,
        rx_height_agl_m=rx_m,
        frequency_mhz=MHZ,
    )


places = inputs.places.to_crs(inputs.grid.crs)
tran = places.loc[places["name_vi"].str.contains("Trần"), "geometry"].iloc[0]
apart = sites.distance(tran)
to_tran = path_to(sites.loc[apart[apart > 5000.0].idxmin()], tran)

communes = inputs.communes
north = communes.loc[
    communes["name_vi"].isin(["Xã Bình Liêu", "Xã Hoành Mô", "Xã Lục Hồn"]), "code"
]
assert len(north) == 3
valley = inputs.villages[inputs.villages["commune_code"].isin(north)].to_crs(inputs.grid.crs)
candidates = [
    path_to(site, point)
    for point in valley.geometry
    for site in sites.loc[sites.distance(point).nsmallest(5).index].itertuples()
]
candidates = [path for path in candidates if path.length_km > 1.0]
into_valley = max(candidates, key=lambda path: worst_edge(path).above_line_m)
print(f"{len(valley)} villages, {len(candidates)} paths looked at")
print(f"Trần: {to_tran.length_km:.1f} km; Bình Liêu: {into_valley.length_km:.1f} km")


# %% [markdown]
# ## Mặt cắt / Profiles
# Ground with the bulge of the effective Earth, the straight line between the antennas, six tenths
# of the first Fresnel zone (what should be free), and the ridge that hinders most.


# %%
def draw_profile(ax, path, title):
    x = path.distance_km
    bulge = 1000.0 * x * (path.length_km - x) / (2.0 * EARTH_KM)
    line = path.tx_amsl_m + (path.rx_amsl_m - path.tx_amsl_m) * x / path.length_km
    fresnel = 0.6 * 17.32 * np.sqrt(x * (path.length_km - x) / (MHZ / 1000.0 * path.length_km))
    ax.fill_between(x, path.ground_m + bulge, min(0.0, path.ground_m.min()), color="#b9a07a")
    sea = path.zone == 1
    ax.fill_between(x, bulge, 0.0, where=sea, color="#9ec5de")
    ax.plot(x, line, color="#333333", lw=1.2, label="đường thẳng / straight line")
    ax.fill_between(
        x, line - fresnel, line + fresnel, color="#d95f02", alpha=0.25,
        label="0,6 đới Fresnel thứ nhất / 0.6 first Fresnel zone",
    )  # fmt: skip
    edge = worst_edge(path)
    top = edge.top_m + np.interp(edge.distance_km, x, bulge)
    ax.plot(edge.distance_km, top, "v", color="#b2182b", ms=9)
    side = "trên / above" if edge.above_line_m > 0 else "dưới / below"
    at_the_end = edge.distance_km > 0.8 * path.length_km
    ax.annotate(
        f"{abs(edge.above_line_m):.0f} m {side}",
        (edge.distance_km, top),
        xytext=(0, 12),
        textcoords="offset points",
        ha="right" if at_the_end else "center",
        color="#b2182b",
    )
    ax.set(title=title, xlabel="Khoảng cách / distance (km)", ylabel="Độ cao / height (m)")
    ax.margins(x=0.01, y=0.15)
    ax.legend(loc="best", fontsize=8)
    return edge


figure, axes = plt.subplots(2, 1, figsize=(9, 8), layout="constrained")
sea_edge = draw_profile(axes[0], to_tran, "Ra đảo Trần / To Trần island")
ridge = draw_profile(axes[1], into_valley, "Vào thung lũng Bình Liêu / Into a valley of Bình Liêu")
plt.show()

# %% [markdown]
# ## Suy hao dọc đường / Loss along the path
# The engine sweeps all cells around the mast; here are those along the path, beside the exact
# profile to each of them and beside the models that see nothing but distance.


# %%
def flat_loss(model, path):
    """Loss of a model that knows distance alone; NaN where its range of validity has ended."""
    low, high = model.distance_km
    if not low <= path.length_km <= high:
        return np.nan
    loss = model.function(
        path.length_km,
        frequency_mhz=MHZ,
        tx_height_m=path.tx_height_agl_m,
        rx_height_m=RX_M,
        environment=0,
    )
    return loss.item()


def along(path, step=4):
    """Loss at points of the path: by the sweep, by the profile, by the other models."""
    rows = []
    swept = mast_loss(
        ground,
        x_m=path.x_m[0],
        y_m=path.y_m[0],
        tx_height_agl_m=path.tx_height_agl_m,
        rx_height_agl_m=RX_M,
        frequency_mhz=MHZ,
        max_distance_m=1000.0 * path.length_km + 200.0,
    )
    for k in range(8, len(path.x_m), step):
        row, col = (int(v) for v in inputs.grid.rows_cols(path.x_m[k], path.y_m[k]))
        centre = inputs.grid.centres_x_m()[col], inputs.grid.centres_y_m()[row]
        exact = path_between(
            ground, (path.x_m[0], path.y_m[0]), centre,
            tx_height_agl_m=path.tx_height_agl_m, rx_height_agl_m=RX_M, frequency_mhz=MHZ,
        )  # fmt: skip
        entry = {"distance_km": exact.length_km, "sweep": swept[row, col], "p1812": exact.loss_db()}
        for name in ("free_space", "okumura_hata", "rma_los", "rma_nlos"):
            entry[name] = flat_loss(MODELS[name], exact)
        rows.append(entry)
    return pd.DataFrame(rows)


LOOKS = {
    "p1812": ("ITU-R P.1812", "#111111", "-"),
    "free_space": ("không gian tự do / free space", "#1b9e77", "--"),
    "okumura_hata": ("Okumura-Hata", "#7570b3", "--"),
    "rma_los": ("3GPP RMa LOS", "#66a61e", ":"),
    "rma_nlos": ("3GPP RMa NLOS", "#d95f02", ":"),
}
losses = {"Đảo Trần": along(to_tran), "Bình Liêu": along(into_valley)}
figure, axes = plt.subplots(1, 2, figsize=(11, 4.6), layout="constrained", sharey=True)
for ax, (name, table) in zip(axes, losses.items(), strict=True):
    for model, (label, colour, style) in LOOKS.items():
        shown = table[np.isfinite(table[model])]
        ax.plot(shown["distance_km"], shown[model], style, color=colour, label=label)
    ax.set(title=name, xlabel="Khoảng cách / distance (km)", xlim=(0, table["distance_km"].max()))
    ax.grid(alpha=0.3)
axes[0].set_ylabel("Suy hao / basic transmission loss (dB)")
axes[0].invert_yaxis()
axes[1].legend(fontsize=8)
plt.show()

# %% [markdown]
# At the far end of each path, in dB. Models that end earlier have no value.

# %%
table = pd.concat({name: found.iloc[-1] for name, found in losses.items()}, axis=1).round(1)
table

# %% [markdown]
# ## Cả tỉnh / The whole province
# What each model would change against P.1812, on cells of 500 m: land called covered that P.1812
# leaves dark, and land missed that it reaches.

# %%
coarse = Scenario.model_validate({"study": {"cell_m": 500.0}})
sides = compare_models(coarse, ["buffer", "okumura_hata", "rma_nlos"], reference="p1812")
whole = sides[sides["code"] == "22"].set_index("model")
changed = ["false_land_km2", "missed_land_km2", "false_population", "missed_population"]
whole[["land_share", *changed]].round(2)

# %%
dark_km2 = (1.0 - whole["reference_land_share"].iloc[0]) * inputs.land.values.sum() * 0.01
print(f"P.1812 leaves {dark_km2:.0f} km² without signal")

# %% [markdown]
# ## Kiểm tra / Checks

# %%
away = pd.concat(losses.values())
off_db = (away["sweep"] - away["p1812"]).abs()
print(f"sweep less exact: median {off_db.median():.2f} dB, p95 {off_db.quantile(0.95):.2f} dB")
behind = losses["Bình Liêu"]
hidden = behind[behind["distance_km"] > ridge.distance_km + 0.3]
seen = behind[behind["distance_km"] < ridge.distance_km]


def excess(rows):
    return (rows["p1812"] - rows["free_space"]).median()


assert ridge.above_line_m > 0.0  # the ridge does stand in the way
assert excess(hidden) > excess(seen) + 5.0
assert (away["p1812"] > away["free_space"] - 1.0).all()  # slant against flat distance
assert off_db.median() < 2.0
assert (to_tran.zone == 1).mean() > 0.5
assert whole.loc["buffer", "false_land_km2"] > 0.5 * dark_km2  # a radius sees no holes
assert whole.loc["rma_nlos", "missed_land_km2"] > 1000.0  # and a wall everywhere sees too many
