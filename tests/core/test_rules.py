"""A verdict rule is data: it says what is assumed, and it cannot contradict itself."""

import math
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from qn_coverage.core import rules
from qn_coverage.core.errors import UnknownNameError
from qn_coverage.core.rules import Rule, RulesError, load_rule, shipped_rules
from qn_coverage.core.scenario import Scenario

FOLDER = Path(__file__).parents[2] / "rules"
GOOD = (FOLDER / "quang-ninh-working.toml").read_text(encoding="utf-8")
RULE = load_rule()
IDS = [
    "fcc-bdc",
    "gsma",
    "ofcom-data",
    "ofcom-voice",
    "quang-ninh-working",
    "sdg-9c1",
    "voice",
]


def problems_of(tmp_path, text):
    path = tmp_path / "rule.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RulesError) as caught:
        load_rule(path)
    return {(problem.code, problem.column) for problem in caught.value.problems}


def changed(old, new, text=GOOD):
    assert old in text, old
    return text.replace(old, new, 1)


# What ships


def test_every_shipped_rule_loads_and_is_named_like_its_file():
    assert [rule.id for rule in shipped_rules()] == IDS


def test_the_default_rule_has_the_defaults_of_a_scenario():
    service = Scenario().service
    assert load_rule().id == rules.DEFAULT_RULE == "quang-ninh-working"
    assert RULE.threshold.dbm == service.threshold_dbm
    assert RULE.location_probability.value == service.location_probability


@pytest.mark.parametrize("name", IDS)
def test_no_shipped_rule_claims_that_its_levels_come_from_a_text(name):
    # No text we could read gives a level in dBm; whoever finds one changes the rule and this.
    rule = load_rule(name)
    assert rule.threshold.status == "assumption"
    assert "threshold" in rule.assumptions
    assert rule.status != "legal text"


def test_the_working_assumption_confirms_nothing():
    assert RULE.status == "assumption"
    assert RULE.assumptions == (
        "location_probability",
        "threshold",
        "services.any-signal",
        "classes",
    )


def test_published_shares_are_those_of_the_sources():
    shares = {rule.id: rule.location_probability.value for rule in shipped_rules()}
    assert shares["fcc-bdc"] == 0.90
    assert shares["ofcom-voice"] == 0.98
    assert shares["ofcom-data"] == 0.95
    assert load_rule("fcc-bdc").location_probability.status == "published practice"


def test_each_technology_of_indicator_9c1_includes_the_newer_ones():
    services = {s.code: set(s.technologies) for s in load_rule("sdg-9c1").services}
    assert services["at-least-4g"] < services["at-least-3g"] < services["at-least-2g"]


def test_class_names_are_given_in_both_languages():
    assert RULE.labels() == {
        0: ("không kết luận được", "cannot tell"),
        1: ("trắng sóng", "no signal"),
        2: ("lõm sóng", "partly or weakly covered"),
        3: ("phủ sóng", "covered"),
    }


def test_the_template_is_refused_until_its_blanks_are_filled(tmp_path):
    template = (FOLDER / "TEMPLATE.toml").read_text(encoding="utf-8")
    found = problems_of(tmp_path, template)
    assert ("bad-value", "threshold.dbm.4G") in found
    assert ("bad-value", "services[1].source") in found
    assert ("bad-value", "services") not in found
    blanks = len(re.findall(r'^source = ""|= nan|\[nan|nan\]', template, flags=re.MULTILINE))
    assert len(found) == blanks


def test_the_template_filled_in_is_a_rule(tmp_path):
    filled = (FOLDER / "TEMPLATE.toml").read_text(encoding="utf-8")
    filled = filled.replace('source = ""', 'source = "article 1"')
    filled = changed("value = nan", "value = 0.9", filled)
    filled = changed("[nan, 1.0]", "[0.9, 1.0]", filled)
    filled = changed("[nan, nan]", "[0.3, 0.9]", filled)
    filled = changed("[0.0, nan]", "[0.0, 0.3]", filled)
    filled = re.sub(r"(\"\dG\") = nan", r"\1 = -105.0", filled)
    path = tmp_path / "bo-tttt-1603-2024.toml"
    path.write_text(filled, encoding="utf-8")
    rule = load_rule(path)
    assert rule.status == "legal text"
    assert rule.assumptions == ()


# What is refused


def test_overlapping_classes_are_refused(tmp_path):
    text = changed("probability = [0.0, 0.1]", "probability = [0.0, 0.2]")
    assert problems_of(tmp_path, text) == {("overlapping-classes", "classes.weak.probability")}


def test_a_gap_between_classes_is_refused(tmp_path):
    text = changed("probability = [0.0, 0.1]", "probability = [0.0, 0.05]")
    assert problems_of(tmp_path, text) == {("missing-class-range", "classes.weak.probability")}


def test_classes_that_do_not_reach_0_or_1_are_refused(tmp_path):
    text = changed("probability = [0.0, 0.1]", "probability = [0.05, 0.1]")
    text = changed("probability = [0.9, 1.0]", "probability = [0.9, 0.99]", text)
    assert problems_of(tmp_path, text) == {
        ("missing-class-range", "classes.no_signal.probability"),
        ("missing-class-range", "classes.covered.probability"),
    }


def test_a_class_turned_round_is_refused(tmp_path):
    text = changed("probability = [0.1, 0.9]", "probability = [0.9, 0.1]")
    assert ("empty-class", "classes.weak.probability") in problems_of(tmp_path, text)


def test_a_missing_class_is_named(tmp_path):
    start = GOOD.index("[classes.weak]")
    text = GOOD[:start] + GOOD[GOOD.index("[classes.no_signal]") :]
    assert problems_of(tmp_path, text) == {("missing-class", "classes.weak")}


@pytest.mark.parametrize("limit", ["-0.1", "1.2"])
def test_a_limit_outside_0_to_1_is_refused(tmp_path, limit):
    text = changed("probability = [0.1, 0.9]", f"probability = [{limit}, 0.9]")
    assert problems_of(tmp_path, text) == {("limit-outside-0-1", "classes.weak.probability[1]")}


def test_covered_must_begin_at_the_required_probability(tmp_path):
    text = changed("value = 0.90", "value = 0.95")
    assert problems_of(tmp_path, text) == {
        ("classes-against-probability", "classes.covered.probability")
    }


def test_unknown_technologies_are_refused_in_services_and_thresholds(tmp_path):
    text = changed('technologies = ["2G",', 'technologies = ["6G",')
    text = changed('"2G" = -95.0', '"7G" = -95.0', text)
    found = problems_of(tmp_path, text)
    assert ("unknown-technology", "services[1].technologies[1]") in found
    assert ("unknown-technology", "threshold.dbm.7G") in found


def test_a_technology_without_a_threshold_is_named(tmp_path):
    text = "\n".join(line for line in GOOD.splitlines() if not line.startswith('"3G"'))
    assert problems_of(tmp_path, text) == {("missing-threshold", "threshold.dbm.3G")}


def test_two_services_of_one_code_are_refused(tmp_path):
    start, end = GOOD.index("[[services]]"), GOOD.index("[classes]")
    text = GOOD[:end] + GOOD[start:end] + GOOD[end:]
    assert problems_of(tmp_path, text) == {("duplicate-service", "services.code")}


def test_a_bad_version_an_unknown_status_and_an_unknown_key_are_named_together(tmp_path):
    text = changed('version = "1.0.0"', 'version = "new"\ncolour = "red"')
    text = changed('status = "assumption"', 'status = "law"', text)
    text = changed("probability = [0.0, 0.1]", "probability = [0.0, 0.2]", text)
    assert problems_of(tmp_path, text) == {
        ("bad-version", "version"),
        ("unknown-key", "colour"),
        ("bad-value", "status"),
        ("overlapping-classes", "classes.weak.probability"),
    }


def test_an_empty_file_is_told_all_that_it_lacks(tmp_path):
    found = problems_of(tmp_path, "")
    assert {code for code, _ in found} == {"missing-key"}
    assert {"id", "threshold", "services", "classes"} <= {column for _, column in found}


@pytest.mark.parametrize(
    "junk", ["classes = 3", 'services = "x"', "threshold = []", "services = [1]"]
)
def test_junk_in_place_of_a_table_is_a_problem_and_no_crash(tmp_path, junk):
    assert problems_of(tmp_path, junk)


def test_a_file_that_is_not_there_or_not_toml_is_named(tmp_path):
    with pytest.raises(RulesError) as caught:
        load_rule(tmp_path / "none.toml")
    assert caught.value.codes == {"missing-file"}
    assert problems_of(tmp_path, "[classes") == {("not-toml", None)}


def test_an_unknown_name_lists_the_rules_there_are():
    with pytest.raises(UnknownNameError, match=r"known: fcc-bdc, .*quang-ninh-working"):
        load_rule("ofcom-2030")


def test_a_rule_cannot_be_made_inconsistent_in_memory_either():
    document = RULE.model_dump()
    document["classes"]["covered"]["probability"] = (0.8, 1.0)
    with pytest.raises(ValueError, match=r"begins at 0\.8"):
        Rule.model_validate(document)


# Classes


def rules_with_limits():
    limits = st.tuples(st.floats(0.01, 0.49), st.floats(0.5, 0.99))

    def build(pair):
        low, high = pair
        document = RULE.model_dump()
        document["location_probability"]["value"] = high
        document["classes"]["no_signal"]["probability"] = (0.0, low)
        document["classes"]["weak"]["probability"] = (low, high)
        document["classes"]["covered"]["probability"] = (high, 1.0)
        return Rule.model_validate(document)

    return limits.map(build)


def holds(rule, code, p):
    """Whether a class, read from its limits alone, holds a probability."""
    if code == "cannot_tell":
        return math.isnan(p)
    low, high = getattr(rule.classes, code).probability
    return low <= p < high or p == high == 1.0


@given(rules_with_limits(), st.floats(0.0, 1.0) | st.just(math.nan))
def test_every_probability_falls_in_exactly_one_class(rule, p):
    found = rules.CLASS_CODES[int(rules.classify(p, rule))]
    assert [code for code in rules.CLASS_CODES if holds(rule, code, p)] == [found]


@given(rules_with_limits())
def test_limits_themselves_belong_to_the_upper_class(rule):
    low, high = rule.classes.weak.probability
    assert rules.classify([0.0, low, high, 1.0], rule).tolist() == [1, 2, 3, 3]


@given(arrays.arrays(np.float64, (3, 4), elements=st.floats(0.0, 1.0)))
def test_more_probability_never_means_a_lower_class(p):
    flat = np.sort(p.ravel())
    assert (np.diff(rules.classify(flat, RULE).astype(int)) >= 0).all()
    assert rules.classify(p, RULE).shape == p.shape
    assert rules.classify(p, RULE).dtype == np.uint8


@pytest.mark.parametrize("p", [-1e-9, 1.0 + 1e-9, math.inf])
def test_what_is_no_probability_is_refused(p):
    with pytest.raises(ValueError, match="between 0 and 1"):
        rules.classify([0.5, p], RULE)


@given(arrays.arrays(np.float64, (4,), elements=st.floats(0.0, 1.0)).filter(lambda s: s.sum() > 0))
def test_a_disc_gets_a_class_only_when_nearly_all_its_people_are_in_it(weights):
    shares = weights / weights.sum()
    found = int(rules.class_of_shares(shares, RULE))
    sure = np.flatnonzero(shares >= 0.95 - 1e-9)
    assert found == (sure[0] if len(sure) else rules.CANNOT_TELL)


def test_a_disc_with_nothing_to_weigh_cannot_be_told():
    assert rules.class_of_shares([math.nan] * 4, RULE) == rules.CANNOT_TELL


def test_shares_need_one_column_a_class():
    with pytest.raises(ValueError, match="4 columns"):
        rules.class_of_shares([0.5, 0.5], RULE)
