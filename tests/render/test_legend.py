"""Colours mean one thing each and can be told apart without hue."""

from __future__ import annotations

from itertools import pairwise

import pytest

from qn_coverage.render import legend


def luminance(colour: str) -> float:
    """Relative luminance of WCAG 2.2."""
    parts = [part / 255 for part in bytes.fromhex(colour[1:])]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("ramp", [legend.SHARE_COLOURS, legend.LEVEL_COLOURS[::-1]])
def test_a_sequential_ramp_darkens_step_by_step(ramp):
    assert all(luminance(a) > 1.12 * luminance(b) for a, b in pairwise(ramp))


def test_the_margin_ramp_is_lightest_around_the_threshold():
    tones = [luminance(colour) for colour in legend.MARGIN_COLOURS]
    assert max(tones) == tones[2]
    assert tones[0] < tones[1] < tones[2] > tones[3] > tones[4]


def test_classes_cover_every_value_once():
    made = legend.classes(legend.SHARE_BREAKS, legend.SHARE_COLOURS, scale=100.0)
    assert made[0]["to"] is None
    assert made[-1]["from"] is None
    assert all(low["to"] == high["from"] for high, low in pairwise(made))
    assert len({entry["colour"] for entry in made}) == len(legend.SHARE_BREAKS) + 1


def test_the_edge_class_vanishes_when_nothing_is_asked_of_locations():
    assert legend.level_breaks_dbm(-110.0, -110.0)[-2:] == (-110.0, -110.0)


def test_every_operator_and_programme_has_a_colour():
    assert len(set(legend.operator_colours(["a", "b", "c", "d"]).values())) == 4
    assert set(legend.operator_colours([str(i) for i in range(9)])) == {str(i) for i in range(9)}
    assert set(legend.programme_colours(["", "p"])) == {"", "p"}
    assert set(legend.technology_colours(["4G", "6G"])) == {"4G", "6G"}


@pytest.mark.parametrize("steps", [1, 2, 5, 9, 10])
def test_each_step_has_a_colour_of_its_own_that_darkens_with_time(steps):
    colours = legend.since_colours(steps)
    assert len(colours) == steps + 1
    assert len(set(colours)) == steps + 1
    later = [luminance(colour) for colour in colours[1:-1]]
    assert all(a > b for a, b in pairwise(later))


def test_more_steps_than_colours_still_have_one_each():
    assert len(legend.since_colours(40)) == 41
