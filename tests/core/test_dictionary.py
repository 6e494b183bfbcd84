"""The data dictionary in the documentation is the schema's own."""

from pathlib import Path

from qn_coverage.core.dictionary import INPUTS, markdown


def test_the_documentation_holds_the_dictionary_as_it_is():
    text = (Path(__file__).parents[2] / "docs" / "data.md").read_text(encoding="utf-8")
    assert markdown() in text


def test_every_column_says_what_it_means():
    assert all(column.meaning for _, _, columns in INPUTS for column in columns)
