"""Small choices with known answers, and a dumb oracle that tries every set of candidates."""

import itertools

import numpy as np
from hypothesis import strategies as st

from qn_coverage.analysis.plan.matrices import csr, zeros
from qn_coverage.analysis.plan.model import FREE, Floors, Servers, build, score


def dense(rows):
    return csr(np.array(rows, dtype=np.float64))


def simple(gain, weight, cost, **wishes):
    """Model with candidates a, b, c, … and points 0, 1, 2, …"""
    ids = [chr(ord("a") + j) for j in range(len(gain))]
    return build(ids, np.arange(len(weight)), dense(gain), weight, cost, **wishes)


def fits_all(model, chosen):
    """Whether a set keeps everything that a model asks for, straight from the definition."""
    got = score(model, chosen)
    groups = model.group[chosen]
    groups = groups[groups != FREE]
    return (
        not model.banned[chosen].any()
        and np.isin(np.flatnonzero(model.pinned), chosen).all()
        and len(np.unique(groups)) == len(groups)
        and got.use <= model.limit + 1e-9
        and (model.target is None or got.value >= model.target - 1e-9)
        and np.all(got.floors >= model.floors.need - 1e-9)
        and np.all(got.servers >= model.servers.need)
    )


def brute_force(model):
    """Best value (or least cost) over every set of candidates, None if none is allowed."""
    best = None
    for size in range(len(model.ids) + 1):
        for picks in itertools.combinations(range(len(model.ids)), size):
            chosen = np.array(picks, dtype=np.int64)
            if not fits_all(model, chosen):
                continue
            got = score(model, chosen)
            value = got.value if model.target is None else -got.cost
            best = value if best is None else max(best, value)
    return best


@st.composite
def wishes(draw, *, goals=("sites", "budget", "target"), requirements=True):
    """Arguments of `model.build` for a random small choice, as (args, keywords)."""
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    count, size = draw(st.integers(2, 7)), draw(st.integers(3, 12))
    gain = random.uniform(0, 1, (count, size)) * (random.uniform(size=(count, size)) < 0.45)
    if draw(st.booleans()):
        gain = (gain > 0.0).astype(np.float64)
    weight, cost = random.uniform(0.1, 10, size), random.uniform(1, 4, count)
    most = float(weight @ gain.max(axis=0))
    goal = draw(st.sampled_from(goals))
    keywords = {
        goal: {
            "sites": int(random.integers(1, 5)),
            "budget": float(random.uniform(2, 9)),
            "target": float(random.uniform(0.1, 0.9)) * most,
        }[goal]
    }
    ids = [f"c{j}" for j in range(count)]
    if requirements:
        keywords |= _requirements(draw, random, gain, ids)
    return (ids, np.arange(size), csr(gain), weight, cost), keywords


def _requirements(draw, random, gain, ids):
    count, size = gain.shape
    found = {}
    if draw(st.booleans()):
        found["group"] = random.integers(-1, 3, count)
    if draw(st.booleans()):
        found["loss"] = np.where(random.uniform(size=count) < 0.3, random.uniform(0, 5, count), 0.0)
    if draw(st.booleans()):
        share = (random.uniform(size=(2, size)) < 0.5) * random.uniform(0, 5, (2, size))
        taken = (random.uniform(size=(2, count)) < 0.2) * random.uniform(0, 2, (2, count))
        need = random.uniform(0, 0.6, 2) * (share @ gain.max(axis=0))
        found["floors"] = Floors(("f0", "f1"), csr(share), need, csr(taken))
    if draw(st.booleans()):
        serves = (random.uniform(size=(2, count)) < 0.5).astype(np.float64)
        serves[random.uniform(size=(2, count)) < 0.05] = -1.0
        need = random.integers(0, 3, 2).astype(np.float64)
        found["servers"] = Servers(("v0", "v1"), csr(serves), need)
    if draw(st.booleans()):
        found["pinned"] = [ids[0]]
    if draw(st.booleans()):
        found["banned"] = [ids[1]]
    return found


def shuffled(args, keywords, seed):
    """The same choice with candidates, points, floors and villages in another order."""
    random = np.random.default_rng(seed)
    ids, points, gain, weight, cost = args
    a, b = random.permutation(len(ids)), random.permutation(len(points))
    other = dict(keywords)
    for name in ("loss", "group"):
        if name in other:
            other[name] = np.asarray(other[name])[a]
    if "floors" in other:
        floors = other["floors"]
        other["floors"] = Floors(
            floors.names[::-1],
            csr(floors.matrix[::-1][:, b]),
            floors.need[::-1],
            csr(floors.loss[::-1][:, a]),
        )
    if "servers" in other:
        servers = other["servers"]
        other["servers"] = Servers(
            servers.names[::-1], csr(servers.matrix[::-1][:, a]), servers.need[::-1]
        )
    return (
        [ids[j] for j in a], points[b], csr(gain[a][:, b]), weight[b], cost[a]
    ), other  # fmt: skip


def no_floors(points, candidates):
    return Floors((), zeros(0, points), np.zeros(0), zeros(0, candidates))
