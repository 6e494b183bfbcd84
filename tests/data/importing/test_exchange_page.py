"""docs/exchange-in.md tells a planner what the importers do."""

import re
from pathlib import Path

from qn_coverage.data.importing import duplicates, opencellid, placing, report, safety, zones
from qn_coverage.data.importing.aliases_page import markdown
from qn_coverage.data.importing.coordinates import TAKEN
from qn_coverage.data.importing.open_files import ENDINGS
from qn_coverage.data.importing.template_columns import EXAMPLE
from qn_coverage.data.importing.writing import OUTPUTS

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "exchange-in.md").read_text(encoding="utf-8")
CODE = re.compile(
    r"(?:refused|Note|code=|draft\.refuse|draft\.note|draft\.note_same)\(?\s*"
    r"(?:(?:row|rows|rows\[cell\]|len\(draft\.row\) - 1|named),\s*"
    r'(?:"\w+"|column|name|first|next\(iter\(header\.fields\)\)),\s*)?"([a-z0-9-]+)"'
)


def test_the_names_of_columns_are_those_of_the_code():
    assert PAGE.endswith(markdown())


def test_every_code_of_a_remark_or_a_refusal_is_explained():
    folder = ROOT / "src" / "qn_coverage" / "data" / "importing"
    texts = (path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    named = {code for text in texts for code in CODE.findall(text)} | set(TAKEN) - {"decimal"}
    assert len(named) > 45
    explained = set(re.findall(r"`([a-z0-9]+(?:-[a-z0-9]+)*)`", PAGE))
    assert named <= explained, sorted(named - explained)


def test_endings_and_limits_are_those_of_the_code():
    assert all(f"`{ending}`" in PAGE for ending in (*ENDINGS, *OUTPUTS) if ending != ".json")
    assert f"{safety.MAX_ROWS:,} rows" in PAGE
    assert f"{safety.MAX_FILE_BYTES >> 20} MB" in PAGE
    assert f"{safety.MAX_UNPACKED_BYTES >> 20} MB in all, {safety.MAX_RATIO} times" in PAGE
    assert f"{safety.MAX_MEMBERS:,} members" in PAGE
    assert f"{report.COLOURED_ROWS:,} rows" in PAGE
    assert f"{report.REMARKS:,} remarks" in PAGE


def test_rules_of_detection_are_those_of_the_code():
    assert f"{zones.SURE:.0%}".replace("%", " %") in PAGE
    assert f"{zones.UNSURE:.0%}".replace("%", " %") in PAGE
    assert f"at least {zones.ENOUGH} places" in PAGE
    assert f"{len(zones.ZONES) - 2} provincial zones" in PAGE
    assert f"less than {duplicates.SAME_MAST_M:g} m apart" in PAGE
    assert f"less than {duplicates.NEAR_M:g} m apart" in PAGE
    assert f"{duplicates.LIKE:g} %" in PAGE
    assert f"{placing.GENERALISED_M:g} m for its coarse outline" in PAGE
    assert f"at least {opencellid.LEAST_RADIUS_M:g} m" in PAGE
    assert (
        f"{opencellid.FEW_RADIUS_M:,.0f} m for a cell heard fewer than {opencellid.FEW_SAMPLES}"
        in PAGE
    )
    assert EXAMPLE in PAGE
