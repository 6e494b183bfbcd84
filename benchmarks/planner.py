"""How large a choice the planner solves: sizes, time, proven gap, memory.

    python benchmarks/planner.py [--points 20000] [--candidates 5000] [--goals budget sites ...]

A made-up province of 120 × 70 km: hills of correlated noise, villages in clusters, candidates on
hill tops and in villages. A candidate's level falls with distance and loses 18 dB behind a hill
(sight lines over the terrain), with 6 dB of noise that is a candidate's and a place's own;
probabilities are taken with the planner's usual spread. Goals: `budget` (100 ordinary sites'
worth), `sites` (40), `target` (60 % of what all candidates give, at least cost), `floors` (budget
with a floor in each of 54 communes), `servers` (budget with one server for each of 100 villages).
"""

from __future__ import annotations

import argparse
import resource
import time

import numpy as np
from scipy import ndimage, special

from qn_coverage.analysis.plan.matrices import csr, entries
from qn_coverage.analysis.plan.model import Floors, Servers, build
from qn_coverage.analysis.plan.peaks import prominence_m, seen_points
from qn_coverage.analysis.plan.solve import solve

ROWS, COLS, CELL_M = 350, 600, 200.0
SIGMA_DB, REACH_M = 10.6, 12_000.0
LEAST_GAIN = 0.01


def terrain(random):
    rough = ndimage.gaussian_filter(random.normal(size=(ROWS, COLS)), 6.0, mode="wrap")
    fine = ndimage.gaussian_filter(random.normal(size=(ROWS, COLS)), 2.0, mode="wrap")
    return np.maximum(350.0 + 450.0 * rough / rough.std() + 40.0 * fine / fine.std(), 0.0)


def places(random, ground, points, candidates):
    """Cells of demand points, of candidates, and the points' people."""
    towns = np.column_stack([random.uniform(0, ROWS, 400), random.uniform(0, COLS, 400)])
    cell = towns[random.integers(0, 400, 4 * points)] + random.normal(0, 8.0, (4 * points, 2))
    cell = np.unique(np.clip(cell, 0, [ROWS - 1, COLS - 1]).astype(np.int64), axis=0)
    demand = random.permutation(cell)[:points]
    peaks = prominence_m(ground)
    tops = np.argwhere(peaks > 0.0)
    tops = tops[np.argsort(-peaks[tops[:, 0], tops[:, 1]], kind="stable")][: candidates // 2]
    masts = np.concatenate([tops, random.permutation(demand)[: candidates - len(tops)]])
    return demand, masts, random.lognormal(1.5, 1.0, len(demand))


def instance(points, candidates, seed):
    random = np.random.default_rng(seed)
    ground = terrain(random)
    demand, masts, people = places(random, ground, points, candidates)
    seen = seen_points(ground, CELL_M, masts, np.full(len(masts), 42.0), demand, reach_m=REACH_M)
    today = random.normal(-14.0, 8.0, len(demand))
    rows, columns, gains = [], [], []
    for number, mast in enumerate(masts):
        apart = np.hypot(*(demand - mast).T) * CELL_M
        near = np.flatnonzero(apart <= REACH_M)
        margin = 30.0 - 36.0 * np.log10(np.maximum(apart[near], 200.0) / 1000.0)
        margin -= 18.0 * ~np.isin(near, seen[number])
        margin += random.normal(0.0, 6.0, len(near))
        gain = special.ndtr(margin / SIGMA_DB) - special.ndtr(today[near] / SIGMA_DB)
        kept = gain >= LEAST_GAIN
        rows.append(np.full(int(kept.sum()), number))
        columns.append(near[kept])
        gains.append(gain[kept].astype(np.float32))
    shape = (len(masts), len(demand))
    gain = entries(np.concatenate(gains), np.concatenate(rows), np.concatenate(columns), shape)
    cost = 2.27e9 * random.choice([1.0, 2.25, 3.0], len(masts), p=[0.5, 0.4, 0.1])
    return demand, gain, people, cost


def goal(name, demand, gain, people, cost):
    """Keywords of `model.build` for a goal."""
    most = np.zeros(gain.shape[1])
    np.maximum.at(most, gain.indices, gain.data)
    if name == "sites":
        return {"sites": 40}
    if name == "target":
        return {"target": 0.6 * float(people @ most)}
    wish = {"budget": 100 * 2.27e9}
    if name == "floors":
        commune = 9 * (demand[:, 0] * 6 // ROWS) + demand[:, 1] * 9 // COLS
        share = entries(people, commune, np.arange(len(people)), (54, len(people)))
        names = tuple(f"commune {k:02d}" for k in range(54))
        none = csr(np.zeros((54, len(cost))))
        wish["floors"] = Floors(names, share, 0.35 * (share @ most), none)
    if name == "servers":
        served = csr(gain.T)[np.argsort(-people, kind="stable")[:100]]
        served.data = (served.data >= 0.5).astype(np.float64)
        needs = (np.asarray(served.sum(axis=1)).ravel() > 0.0).astype(np.float64)
        wish["servers"] = Servers(tuple(f"village {v:03d}" for v in range(100)), csr(served), needs)
    return wish


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, default=20_000)
    parser.add_argument("--candidates", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--gap", type=float, default=0.005)
    parser.add_argument("--time-limit-s", type=float, default=120.0)
    parser.add_argument(
        "--goals", nargs="+", default=["budget", "sites", "target", "floors", "servers"]
    )
    asked = parser.parse_args()
    began = time.perf_counter()
    demand, gain, people, cost = instance(asked.points, asked.candidates, asked.seed)
    print(
        f"{gain.shape[1]:,} points × {gain.shape[0]:,} candidates, {gain.nnz:,} arcs, "
        f"made in {time.perf_counter() - began:.1f} s"
    )
    for name in asked.goals:
        wish = goal(name, demand, gain, people, cost)
        began, cpu, stages = time.perf_counter(), time.process_time(), []

        def stage(title, began=began, stages=stages):
            stages.append(f"{title} at {time.perf_counter() - began:.1f} s")

        ids = [f"c{number:05d}" for number in range(gain.shape[0])]
        model = build(ids, np.arange(gain.shape[1]), gain, people, cost, **wish)
        plan = solve(model, time_limit_s=asked.time_limit_s, gap=asked.gap, stage=stage)
        reached = plan.score.value if model.target is None else plan.score.cost / 1e9
        simple = plan.greedy if model.target is None else plan.greedy / 1e9
        bound = plan.bound if model.target is None else plan.bound / 1e9
        memory = sum(
            resource.getrusage(who).ru_maxrss / 1024
            for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        )
        print(
            f"{name:8} {len(plan.picks):4d} sites  {'value' if model.target is None else 'cost'} "
            f"{reached:,.1f}  greedy {simple:,.1f}  bound {bound:,.1f}  "
            f"gap {100 * plan.gap:.2f} %  {plan.status}  {time.perf_counter() - began:.1f} s "
            f"({time.process_time() - cpu:.1f} s of it busy outside HiGHS)  {memory:,.0f} MB  "
            f"({'; '.join(stages)})",
            flush=True,
        )


if __name__ == "__main__":
    main()
