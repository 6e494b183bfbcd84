"""From a sector table to where its antennas look: a tilt counts once, in the right form."""

import numpy as np
import pandas as pd
import pytest

from qn_coverage.analysis.antennas import antennas_of
from qn_coverage.propagation.antenna_table import patterns_of
from tests.propagation.antennas import AROUND

NAN = np.nan


def cut(tilt):
    return np.maximum(-12.0 * ((AROUND - tilt) / 7.0) ** 2, -25.0)


PATTERNS = patterns_of(["four"], [(cut(0), cut(4))])


@pytest.mark.parametrize(
    ("antenna", "total", "told", "azimuth", "around", "mechanical"),
    [
        ("", 6.0, NAN, 0.0, 6.0, 0.0),  # as ever
        (None, 6.0, 2.0, 0.0, 4.0, 2.0),
        ("tr36814", 6.0, 2.0, NAN, 6.0, 0.0),  # nothing tips without a direction
        ("four", 4.0, NAN, 0.0, 0.0, 0.0),  # all of it lies in the table
        ("four", 6.0, NAN, 0.0, 0.0, 2.0),
        ("four", 9.0, 3.0, 0.0, 0.0, 3.0),  # what is told counts
        ("four", 6.0, NAN, NAN, 2.0, 0.0),
        ("tr38901", 6.0, NAN, 0.0, 0.0, 6.0),
        ("unknown", 6.0, NAN, 0.0, 6.0, 0.0),  # a scenario without files
    ],
)
def test_a_tilt_counts_once(antenna, total, told, azimuth, around, mechanical):
    row = {"antenna": antenna, "downtilt_deg": total, "mechanical_tilt_deg": told,
           "azimuth_deg": azimuth}  # fmt: skip
    found = antennas_of(pd.DataFrame([row]), PATTERNS)
    assert found["downtilt_deg"].tolist() == [around]
    assert found["mechanical_tilt_deg"].tolist() == [mechanical]


def test_a_table_without_the_columns_is_parametric_and_keeps_its_tilt():
    sectors = pd.DataFrame({"downtilt_deg": [3.1], "azimuth_deg": [10.0]})
    found = antennas_of(sectors)
    assert found["pattern"].tolist() == [-1]
    assert found["downtilt_deg"].tolist() == [3.1]
    assert found["mechanical_tilt_deg"].tolist() == [0.0]
