"""A misspelt operator does not become a network unnoticed."""

import pandas as pd

from qn_coverage.study import run_study
from tests import tiny


def test_an_operator_that_is_not_known_is_told_with_the_known_one_that_it_is_like(tmp_path):
    scenario = tiny.write_province(tmp_path)
    sectors = pd.read_csv(tmp_path / "sectors.csv")
    names = {"Viettel": "Viettell", "VinaPhone": "VNPT"}
    sectors.replace({"operator": names}).to_csv(tmp_path / "sectors.csv", index=False)
    study = run_study(scenario)
    (told,) = (c for c in study.summary["caveats"] if c["key"] == "unknown_operators")
    assert "'Viettell' (3 sector, gần giống Viettel)" in told["vi"]
    assert "'Viettell' (3 sectors, like Viettel)" in told["en"]
    assert "VNPT" not in told["vi"]
    assert {layer.operator for layer in study.after.layers} == {"Viettell", "VinaPhone"}


def test_known_operators_need_no_such_caveat(tiny_study):
    assert "unknown_operators" not in {c["key"] for c in tiny_study.summary["caveats"]}
