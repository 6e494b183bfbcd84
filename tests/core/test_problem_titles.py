"""Every kind of problem has a Vietnamese name, and every name has a problem."""

from __future__ import annotations

import ast
import re
import unicodedata
from pathlib import Path

import qn_coverage
from qn_coverage.core.errors import Problem, UnknownNameError
from qn_coverage.core.problem_titles import NAMED, TITLES

CODE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+")
RAISING = {
    "problem",
    "Problem",
    "_problem",
    "_row_problem",
    "refused",
    "FetchError",
    "_PassingError",
    "_unusable",
}
SOURCES = [
    path
    for path in Path(qn_coverage.__file__).parent.rglob("*.py")
    if path.name != "problem_titles.py"
]


def texts(node):
    return {
        each.value
        for each in ast.walk(node)
        if isinstance(each, ast.Constant) and isinstance(each.value, str)
    }


def raised_codes():
    """Codes that are written where a problem is made."""
    found = set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                if name in RAISING:
                    named = [one.value for one in node.keywords if one.arg == "code"]
                    for argument in [*node.args[:1], *named]:
                        found |= {text for text in texts(argument) if CODE.fullmatch(text)}
    return found


def test_every_problem_has_a_vietnamese_name():
    found = raised_codes()
    assert len(found) > 50
    assert found - set(TITLES) == set()


def test_every_name_belongs_to_a_problem():
    written = set()
    for path in SOURCES:
        written |= texts(ast.parse(path.read_text(encoding="utf-8")))
    assert set(TITLES) - written == set()


def test_every_kind_of_unknown_name_has_a_vietnamese_word():
    found = set()
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "UnknownNameError":
                found |= texts(node.args[0])
    assert found == set(NAMED)
    told = str(UnknownNameError("technology", "6G", ["5G", "4G"]))
    assert told == "không có công nghệ '6G' / unknown technology '6G'; known: 4G, 5G"


def test_names_are_composed_and_short():
    for name in [*TITLES.values(), *NAMED.values()]:
        assert name == unicodedata.normalize("NFC", name)
        assert len(name) <= 40


def test_vietnamese_comes_first_then_code_place_and_remedy():
    told = str(
        Problem("not-a-number", "a.csv", "'x'", "a number", "write one", row=3, column="lon")
    )
    assert told == (
        "Không phải là số / [not-a-number] a.csv, row 3, column 'lon': "
        "found 'x'; expected a number. Mend: write one."
    )
