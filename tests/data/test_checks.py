"""Columns: each kind of wrong cell is caught by name, with its row, and all of them at once."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from qn_coverage.core.schema import Column
from qn_coverage.data.checks import checked, code_problems, range_text, schema_of, typed
from tests.data.reading import codes_of, places_of

FILE = Path("t.csv")
COLUMNS = (
    Column("id", "text", "identifier", unique=True),
    Column("kind", "text", "kind", choices=("xã", "phường", "4G")),
    Column("height_m", "number", "height", minimum=1.0, maximum=300.0),
    Column("people", "integer", "people", required=False, nullable=True, minimum=0),
    Column("day", "date", "day", required=False, nullable=True),
    Column("counted", "boolean", "counted", required=False, nullable=True),
)


def table(**changes):
    cells = {
        "id": ["a", "b", "c"],
        "kind": ["xã", "4G", "phường"],
        "height_m": ["1", "30.5", "300"],
        "people": ["0", "12", None],
        "day": ["2024-01-31", None, "2020-02-29"],
        "counted": ["true", "false", None],
    }
    return pd.DataFrame({name: column for name, column in (cells | changes).items() if column})


def problems(**changes):
    return places_of(typed(table(**changes), COLUMNS, FILE)[1])


def test_a_sound_table_gets_its_types():
    found, wrong = typed(table(), COLUMNS, FILE)
    assert wrong == []
    assert found["height_m"].tolist() == [1.0, 30.5, 300.0]
    assert found["people"].dtype == "Int64"
    assert found["day"].dtype == "datetime64[ns]"
    assert found["day"][0] == pd.Timestamp(2024, 1, 31)
    assert found["counted"].tolist() == [True, False, pd.NA]


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("id", None, "empty-cell"),
        ("id", "a", "duplicate-id"),
        ("kind", "6G", "unknown-value"),
        ("kind", None, "empty-cell"),
        ("height_m", "0.5", "out-of-range"),
        ("height_m", "301", "out-of-range"),
        ("height_m", "30 m", "not-a-number"),
        ("height_m", "30,5", "not-a-number"),
        ("height_m", "1_0", "not-a-number"),
        ("height_m", "inf", "not-a-number"),
        ("height_m", "NaN", "not-a-number"),
        ("height_m", None, "empty-cell"),
        ("people", "-1", "out-of-range"),
        ("people", "1.5", "not-a-number"),
        ("people", "1e30", "not-a-number"),
        ("day", "31/01/2024", "not-a-date"),
        ("day", "2023-02-29", "not-a-date"),
        ("day", "2024", "not-a-date"),
        ("day", "0001-01-01", "not-a-date"),
        ("day", "9999-12-31", "not-a-date"),
        ("day", 20240131, "not-a-date"),
        ("counted", "maybe", "not-a-boolean"),
    ],
)
def test_a_wrong_cell_is_named_once_with_row_and_column(column, cell, code):
    cells = table()[column].tolist()
    cells[2] = cell
    assert problems(**{column: cells}) == [(code, 3, column)]


def test_two_empty_identifiers_are_empty_not_duplicates():
    assert problems(id=["a", None, None]) == [("empty-cell", 2, "id"), ("empty-cell", 3, "id")]


def test_all_wrong_cells_come_together():
    found = problems(kind=["6G", "xã", "xã"], height_m=["1", "x", "-4"], day=["soon", None, None])
    assert sorted(found) == [
        ("not-a-date", 1, "day"),
        ("not-a-number", 2, "height_m"),
        ("out-of-range", 3, "height_m"),
        ("unknown-value", 1, "kind"),
    ]


def test_missing_columns_are_named_together_and_near_misses_pointed_at():
    wrong = typed(table(kind=None, height_m=None).assign(Kind="xã"), COLUMNS, FILE)[1]
    assert places_of(wrong) == [("missing-columns", None, "kind, height_m")]
    assert wrong[0].mend == "rename 'Kind' to 'kind'"
    assert "Kind" in wrong[0].found


def test_optional_columns_are_added_empty():
    found, wrong = typed(table(people=None, day=None, counted=None), COLUMNS, FILE)
    assert wrong == []
    assert found[["people", "day", "counted"]].isna().all(axis=None)


def test_known_words_match_without_case_and_accents_and_take_the_schemas_spelling():
    found, wrong = typed(table(kind=["Xa", "4g", "PHƯỜNG"]), COLUMNS, FILE)
    assert wrong == []
    assert found["kind"].tolist() == ["xã", "4G", "phường"]


def test_days_are_taken_as_written_whatever_the_time_zone():
    days = [datetime(2024, 1, 31, 23, 30, tzinfo=UTC), date(2020, 2, 29), "2020-07-13T22:00:00Z"]
    found, wrong = typed(table(day=days), COLUMNS, FILE)
    assert wrong == []
    assert found["day"].dt.strftime("%Y-%m-%d").tolist() == [
        "2024-01-31",
        "2020-02-29",
        "2020-07-13",
    ]


def test_numbers_of_other_kinds_are_numbers():
    found, wrong = typed(table(height_m=[Decimal("30.5"), np.float32(2), 3]), COLUMNS, FILE)
    assert wrong == []
    assert found["height_m"].tolist() == [30.5, 2.0, 3.0]


def test_codes_that_came_as_numbers_have_no_decimal_point():
    found, _ = typed(table(id=[6652.0, 7192.0, 1.0]), COLUMNS, FILE)
    assert found["id"].tolist() == ["6652", "7192", "1"]


def test_vietnamese_truths_are_understood():
    found, wrong = typed(table(counted=["Có", "không", "x"]), COLUMNS, FILE)
    assert wrong == []
    assert found["counted"].tolist() == [True, False, True]


def test_a_checked_table_is_sound_or_refused():
    assert len(checked(table(), COLUMNS, FILE)) == 3
    assert codes_of(checked, table(kind=["6G", "xã", "xã"]), COLUMNS, FILE) == {"unknown-value"}


def test_the_table_that_was_given_is_left_alone():
    given = table(people=None)
    typed(given, COLUMNS, FILE)
    assert "people" not in given
    assert given["height_m"].tolist() == ["1", "30.5", "300"]


def test_a_code_that_lost_its_zero_is_named():
    codes = pd.Series(["06652", "6652", None, "0665a"], name="code")
    assert places_of(code_problems(codes, FILE)) == [
        ("bad-code", 2, "code"),
        ("bad-code", 4, "code"),
    ]


def test_ranges_are_put_in_words():
    assert [range_text(column) for column in COLUMNS[2:5]] == ["1 to 300", "0 or more", ""]
    assert range_text(Column("a", "number", "a", maximum=2.0)) == "2 or less"


def test_the_pandera_schema_refuses_what_the_reader_refuses():
    import pandera.errors

    found, _ = typed(table(), COLUMNS, FILE)
    schema = schema_of(COLUMNS)
    schema.validate(found)
    with pytest.raises(pandera.errors.SchemaError):
        schema.validate(found.assign(height_m=0.0))


def test_the_readers_load_pandera_only_when_they_check():
    import subprocess
    import sys

    code = "import sys, qn_coverage.data.sites; sys.exit('pandera' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
