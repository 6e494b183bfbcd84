"""An operator is one network however it is spelt, and a slip of the pen is pointed at."""

import pytest

from qn_coverage.core.operators import (
    OPERATORS,
    SPELLINGS,
    known_operator,
    nearest_operator,
    spelled,
)


@pytest.mark.parametrize(
    ("text", "name"),
    [("VNPT", "VinaPhone"), ("Vina Phone", "VinaPhone"), ("VIETTEL", "Viettel"),
     ("VNPT - Quảng Ninh", "VinaPhone"), ("Mobi", "MobiFone"), ("Viettell", None)],
)  # fmt: skip
def test_spellings_and_aliases_are_one_operator(text, name):
    assert known_operator(text) == name
    assert spelled(text) == (name or text)


@pytest.mark.parametrize(
    ("text", "name"),
    [("Viettell", "Viettel"), ("Vietel", "Viettel"), ("Vinafone", "VinaPhone"),
     ("Mobiphone", "MobiFone"), ("Gmobile", None), ("iTel", None)],
)  # fmt: skip
def test_a_slip_of_the_pen_has_a_nearest_operator_and_another_operator_has_none(text, name):
    assert known_operator(text) is None
    assert nearest_operator(text) == name


def test_no_spelling_means_two_operators():
    spellings = [spelt for text in SPELLINGS.values() for spelt in text.split()]
    assert len(set(spellings)) == len(spellings)
    assert all(known_operator(name) == name for name in OPERATORS)
