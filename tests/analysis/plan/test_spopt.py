"""Equal to PySAL's spopt where both can ask the same: hard edges, equal prices.

spopt is no dependency of the project: `uv pip install spopt` and run these tests again.
"""

import numpy as np
import pytest

from qn_coverage.analysis.plan.matrices import csr
from qn_coverage.analysis.plan.model import build
from qn_coverage.analysis.plan.solve import solve

pytestmark = pytest.mark.filterwarnings("ignore")
RADIUS = 2.5


@pytest.fixture(scope="module")
def locate():
    return pytest.importorskip("spopt.locate")


@pytest.fixture(scope="module")
def pulp():
    return pytest.importorskip("pulp")


def scattered(seed, points=150, candidates=30):
    random = np.random.default_rng(seed)
    demand, masts = random.uniform(0, 12, (points, 2)), random.uniform(0, 12, (candidates, 2))
    apart = np.hypot(*(demand[:, None] - masts[None]).transpose(2, 0, 1))
    return apart, random.lognormal(1.0, 1.0, points)


def model_of(apart, weight, **goal):
    gain = csr((apart.T <= RADIUS).astype(np.float64))
    ids = [f"c{j:02d}" for j in range(gain.shape[0])]
    return build(ids, np.arange(len(weight)), gain, weight, np.ones(len(ids)), **goal)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("sites", [1, 4, 9])
def test_a_number_of_sites_gives_what_spopts_maximal_covering_gives(locate, pulp, seed, sites):
    apart, weight = scattered(seed)
    theirs = locate.MCLP.from_cost_matrix(apart, weight, RADIUS, sites)
    theirs = theirs.solve(pulp.PULP_CBC_CMD(msg=False))
    plan = solve(model_of(apart, weight, sites=sites), gap=0.0)
    assert plan.status == "optimal"
    assert plan.score.value == pytest.approx(pulp.value(theirs.problem.objective), rel=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_all_that_can_be_covered_takes_as_many_sites_as_spopts_set_covering(locate, pulp, seed):
    apart, weight = scattered(seed)
    able = (apart <= RADIUS).any(axis=1)
    apart, weight = apart[able], weight[able]
    theirs = locate.LSCP.from_cost_matrix(apart, RADIUS).solve(pulp.PULP_CBC_CMD(msg=False))
    plan = solve(model_of(apart, weight, target=float(weight.sum())), gap=0.0)
    assert plan.status == "optimal"
    assert len(plan.picks) == round(pulp.value(theirs.problem.objective))
