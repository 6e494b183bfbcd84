"""Every village counts in a commune: one in none would make the levels disagree."""

import pandas as pd
import pytest

from qn_coverage.core.errors import InvalidDataError
from qn_coverage.core.scenario import load_scenario
from qn_coverage.inputs import read_inputs
from tests.tiny import write_province


def test_a_village_in_no_commune_of_the_boundaries_stops_the_study_with_its_row(tmp_path):
    scenario = write_province(tmp_path)
    villages = pd.read_csv(tmp_path / "villages.csv", dtype=str)
    villages.loc[1, "commune_code"] = "99999"
    villages.to_csv(tmp_path / "villages.csv", index=False)
    with pytest.raises(InvalidDataError, match=r"\[unknown-commune\].*row 2.*'99999'"):
        read_inputs(load_scenario(scenario))
