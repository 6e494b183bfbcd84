"""A person who waits for the compiler is told so, and only then."""

import os
import subprocess
import sys

from qn_coverage import first_run
from qn_coverage.first_run import COMPILING, COMPUTING, Announced, announced
from qn_coverage.propagation.models import resolve

ASK = "from qn_coverage.first_run import is_compiled; print(is_compiled('median_kernel'))"


class Heard:
    def __init__(self):
        self.told = []

    def stage(self, title):
        self.told.append(title)

    def advance(self, done, total):
        self.told.append((done, total))


def test_the_first_part_that_the_engine_reports_ends_the_compiling():
    heard = Heard()
    listener = Announced(heard)
    assert heard.told == [COMPILING]
    listener.advance(1, 9)
    listener.advance(2, 9)
    assert heard.told == [COMPILING, COMPUTING, (1, 9), (2, 9)]


def test_nothing_is_said_of_compiling_where_compiled_code_is_kept(monkeypatch):
    monkeypatch.setattr(first_run, "is_compiled", lambda _: True)
    heard = Heard()
    announced(heard, resolve("p1812")).advance(1, 2)
    assert heard.told == [COMPUTING, (1, 2)]


def asked(folder, **environment):
    run = subprocess.run(
        [sys.executable, "-c", ASK],
        env={**os.environ, "NUMBA_CACHE_DIR": str(folder), **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return run.stdout.strip()


def test_an_empty_cache_holds_no_compiled_engine(tmp_path):
    assert asked(tmp_path) == "False"


def test_nobody_waits_for_a_compiler_that_is_switched_off(tmp_path):
    assert asked(tmp_path, NUMBA_DISABLE_JIT="1") == "True"


def test_what_a_study_compiled_is_found_afterwards(tiny_study):
    assert resolve(tiny_study.scenario.model.name).kind != "terrain"
    assert first_run.is_compiled("mosaic_kernel")
