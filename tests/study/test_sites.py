"""What sites add and who depends on them, against studies of the network without each of them."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from qn_coverage.analysis import network, service
from qn_coverage.analysis.coverage import Coverage, Layer
from qn_coverage.analysis.verdict import COVERED
from qn_coverage.core.grid import Grid
from qn_coverage.core.rules import with_rule
from qn_coverage.core.scenario import load_scenario
from qn_coverage.inputs import read_inputs
from qn_coverage.propagation.emitters import Mosaic
from qn_coverage.study import compute_coverage, run_study
from tests import tiny


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Five sites: W2 on W1's hill by another operator, E2 and E3 overlapping E1, one with 2G."""
    folder = tmp_path_factory.mktemp("crowded")
    tiny.write_province(folder)
    sectors = pd.read_csv(folder / "sectors.csv").assign(eirp_dbm=48.0)
    west, east = sectors[sectors["site_id"] == "W1"], sectors[sectors["site_id"] == "E1"]
    parts = [sectors]
    for site, like, operator, where, eirp_dbm in (
        ("W2", west, "MobiFone", (2.2, 4.2), 46.0),
        ("E2", east, "Viettel", (9.0, 5.5), 44.0),
        ("E3", east, "VinaPhone", (10.5, 6.5), 42.0),
    ):
        lon, lat = tiny.place(*where)
        new = like.assign(
            site_id=site,
            operator=operator,
            lon=lon,
            lat=lat,
            eirp_dbm=eirp_dbm,
            sector_id=[f"{site}-{n}" for n in range(3)],
        )
        parts.append(new)
        if site == "W2":
            older = {"technology": "2G", "frequency_mhz": 947.5, "bandwidth_mhz": 0.2}
            parts.append(new.assign(**older, sector_id=[f"{site}-2G-{n}" for n in range(3)]))
    pd.concat(parts).to_csv(folder / "sectors.csv", index=False)
    return folder


@pytest.fixture(scope="module")
def study(folder):
    return run_study(folder / "tiny.toml")


@pytest.fixture(scope="module")
def without(folder):
    """Covered cells after, and the verdicts on villages, without a site."""

    def computed(site):
        sectors = pd.read_csv(folder / "sectors.csv")
        sectors[sectors["site_id"] != site].to_csv(folder / "fewer.csv", index=False)
        text = (folder / "tiny.toml").read_text(encoding="utf-8")
        fewer = folder / "fewer.toml"
        fewer.write_text(text.replace("sectors.csv", "fewer.csv"), encoding="utf-8")
        return run_study(fewer)

    return computed


@pytest.mark.parametrize("site", ["W1", "W2", "E1", "E2", "E3"])
def test_what_a_site_serves_alone_is_what_a_study_without_it_loses(study, without, site):
    fewer = without(site)
    lost = study.after.covered() & ~fewer.after.covered()
    row = study.sites.set_index("site_id").loc[site]
    people = study.population.values.astype(np.float64)
    land = study.land.values.astype(np.float64) * study.grid.cell_m**2 / 1e6
    assert row["people_alone"] == pytest.approx(people[lost].sum(), abs=1e-6)
    assert row["land_km2_alone"] == pytest.approx(land[lost].sum(), abs=1e-6)
    by_commune = study.losses[study.losses["site_id"] == site].set_index("code")["people_lost"]
    uncovered = "uncovered_population_after"
    more = fewer.communes.set_index("code")[uncovered] - study.communes.set_index("code")[uncovered]
    for code, people_more in more.items():
        assert by_commune.get(code, 0.0) == pytest.approx(people_more, abs=1e-4)

    def covered(one):
        villages = one.villages
        return set(villages.loc[villages["verdict_after"] == COVERED, "village_id"])

    fallen = covered(study) - covered(fewer)
    told = study.villages[study.villages["depends_on"].str.split("; ").map(lambda s: site in s)]
    assert set(told["village_id"]) == fallen
    assert row["villages_alone"] == len(fallen)


def test_the_province_is_crowded_enough_to_say_something(study):
    assert study.sites["people_alone"].gt(0.0).sum() >= 3
    assert (study.sites["people_alone"] < study.sites["people_served"]).all()
    assert (study.villages["depends_on"] != "").any()
    only = study.after.mosaic.only
    assert (only == -2).any()
    assert (only >= 0).any()


def test_people_alone_are_the_losses_of_all_communes(study):
    sums = study.losses.groupby("site_id")["people_lost"].sum()
    alone = study.sites.set_index("site_id")["people_alone"]
    for site, people in alone.items():
        assert sums.get(site, 0.0) == pytest.approx(people, abs=1e-6)


def test_sites_are_those_on_air_after_the_programme_each_once(study):
    assert sorted(study.sites["site_id"]) == ["E1", "E2", "E3", "W1", "W2"]
    assert study.sites["people_alone"].is_monotonic_decreasing
    assert study.sites.set_index("site_id").loc["W2", "technologies"] == "2G 4G"


def test_what_a_site_serves_is_counted_once_a_cell(study):
    """The dumb twin: every cell asked about every layer."""
    numbers = network.site_numbers(study.sectors)
    names = service.site_names(study.sectors)
    people = study.population.values.astype(np.float64)
    for number, name in enumerate(names):
        here = np.zeros(study.grid.shape, dtype=bool)
        for index, layer in enumerate(study.after.layers):
            server = study.after.mosaic.server[index]
            mine = np.append(numbers == number, [False])[server]
            here |= mine & (study.after.mosaic.level_dbm[index] >= np.float32(layer.required_dbm))
        row = study.sites.set_index("site_id").loc[name]
        assert row["people_served"] == pytest.approx(people[here].sum(), rel=1e-9)


def test_the_number_kept_does_not_depend_on_threads_or_on_going_on_from_before(folder):
    scenario, _ = with_rule(load_scenario(folder / "tiny.toml"))
    inputs = read_inputs(scenario)
    _, _, one = compute_coverage(scenario, inputs, threads=1)
    _, _, two = compute_coverage(scenario, inputs, threads=2)
    np.testing.assert_array_equal(one.mosaic.only, two.mosaic.only)
    late = scenario.study.model_copy(update={"before": scenario.study.after})
    _, _, at_once = compute_coverage(scenario.model_copy(update={"study": late}), inputs)
    np.testing.assert_array_equal(one.mosaic.only >= 0, at_once.mosaic.only >= 0)


def test_a_village_with_two_sites_for_half_of_it_each_depends_on_both():
    grid = Grid("EPSG:5899", 0.0, 100.0, 100.0, 1, 2)
    mosaic = replace(Mosaic.empty(1, grid.shape), only=np.array([[0, 1]], dtype=np.int32))
    coverage = Coverage(None, grid, (Layer("X", "4G", -100.0),), mosaic)
    from scipy import sparse

    discs = sparse.csr_array(np.array([[0.4, 0.6], [1.0, 0.0], [0.97, 0.03]]))
    found = service.dependencies(
        coverage.mosaic.only,
        discs,
        covered_share=np.array([1.0, 1.0, 1.0]),
        verdicts=np.array([COVERED, "cannot_tell", COVERED], dtype=object),
        site_ids=["a", "b"],
    )
    assert found == [["b", "a"], [], ["a"]]
