"""Every step, operator and technology of the map comes from the study's tables, unit by unit."""

from __future__ import annotations

import pytest

from qn_coverage.core.rules import CLASS_CODES
from qn_coverage.render import moments
from tests.render.conftest import STEPS


@pytest.fixture
def levels(study):
    return {
        "commune": ("commune", study.communes),
        "former": ("former_commune", study.former_communes),
    }


def test_the_timeline_has_each_unit_and_village_at_each_step_in_the_page_s_order(study, levels):
    found = moments.timeline_document(study, levels)
    assert [step["day"] for step in found["steps"]] == [step.day.isoformat() for step in STEPS]
    assert (found["before"], found["after"]) == (0, 2)
    for name, (_, frame) in levels.items():
        for key in ("p", "l", "v"):
            assert [len(column) for column in found["units"][name][key]] == [len(frame)] * 4
    shares = found["units"]["commune"]["p"]
    assert shares[0] == study.communes["population_share_before"].round(4).tolist()
    assert shares[2] == study.communes["population_share_after"].round(4).tolist()
    told = [CLASS_CODES[int(digit)] for digit in found["villages"][2]]
    assert told == study.villages["class_after"].tolist()


def test_units_that_the_tables_lack_have_no_share(study, levels):
    found = moments.services_document(study, levels)
    assert found["operators"] == ["Viettel", "VinaPhone"]
    assert found["technologies"] == ["2G", "4G"]
    both = found["of"]["Viettel|4G"]
    assert both["units"]["commune"]["p"] == [[None] * 3, [0.93, None, None]]
    assert found["of"]["|4G"]["units"]["commune"]["p"][1] == [0.95, None, 0.75]
    assert "|" not in found["of"]  # any of any is the timeline's


def test_villages_by_operator_and_technology_are_those_of_the_table(study, levels):
    found = moments.services_document(study, levels)["of"]
    told = [CLASS_CODES[int(digit)] for digit in found["Viettel|4G"]["villages"][1]]
    assert told == study.villages["class_after"].tolist()
    assert set(found["VinaPhone|"]["villages"][1]) == {"1"}


def test_since_when_is_drawn_on_land_alone_and_what_is_lost_apart(study):
    from qn_coverage.render import overlay
    from qn_coverage.render.map import since_classes

    classes = since_classes(study.history, study.land.values)
    land = study.land.values > 0.0
    assert (classes[~land] == overlay.TRANSPARENT).all()
    assert set(classes[land].tolist()) == {0, 1, len(STEPS), overlay.TRANSPARENT}
    entries = moments.since_legend(study)
    assert [entry["step"] for entry in entries] == [0, 1, None]
    colours = {entry["colour"] for entry in entries}
    assert len(colours) == 3
