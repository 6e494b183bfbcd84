"""Text of strangers runs nowhere and comes back as it was."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qn_coverage.core.foreign_text import as_it_was, defused, runs_as_formula
from qn_coverage.export.tables import write_csv

texts = st.text(st.sampled_from("'=+-@\t\r a1") | st.characters(), max_size=8)


@given(texts)
def test_what_is_defused_runs_nowhere_and_comes_back(text):
    shown = defused(text)
    assert not runs_as_formula(shown)
    assert as_it_was(shown) == text


@given(st.none() | st.floats() | st.integers())
def test_figures_are_left_alone(value):
    assert defused(value) is value


@pytest.mark.parametrize("text", ["Nậm Đắk", "a=b", "1+1", "", "'"])
def test_plain_text_is_left_alone(text):
    assert defused(text) == text


def test_a_column_named_like_a_formula_is_defused_too(tmp_path):
    write_csv(pd.DataFrame({"=cmd|'/c calc'!A1": ["@x"], "tên": ["Bản"]}), tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_text(encoding="utf-8") == "'=cmd|'/c calc'!A1,tên\n'@x,Bản\n"
