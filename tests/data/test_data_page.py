"""docs/data.md tells a planner what the code does."""

import re
from pathlib import Path

from qn_coverage.data.sector_completion import DEFAULTS, UNKNOWN_AZIMUTH_DB

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "data.md").read_text(encoding="utf-8")
NAMED = re.compile(r'(?:problem|FetchError|_row_problem|_PassingError)\(\s*"([a-z0-9-]+)"')


def test_the_page_names_the_defaults_of_the_code():
    for technology, values in DEFAULTS.items():
        carrier = f"{values['frequency_mhz']:g} MHz, {values['bandwidth_mhz']:g} MHz"
        assert f"{technology} {carrier}, {values['eirp_dbm']:g} dBm" in PAGE
    assert f"{UNKNOWN_AZIMUTH_DB:g} dB lower" in PAGE


def test_each_kind_of_problem_that_a_reader_names_is_explained():
    texts = (
        path.read_text(encoding="utf-8") for path in (ROOT / "src/qn_coverage/data").glob("*.py")
    )
    named = {code for text in texts for code in NAMED.findall(text)}
    assert len(named) > 30
    explained = set(re.findall(r"`([a-z0-9]+(?:-[a-z0-9]+)*)`", PAGE))
    assert named <= explained, sorted(named - explained)
