from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

from qn_coverage.propagation import _compile

if TYPE_CHECKING:
    from pathlib import Path

CALLER = """
from kernels._compile import compiled
from kernels.callee import part

@compiled
def whole(x: float) -> float:
    return part(x) + 1.0
"""
CALLEE = """
from kernels._compile import compiled

@compiled
def part(x: float) -> float:
    return x * {factor}
"""
RUN = """
from kernels.caller import whole
print(whole(10.0), sum(whole.stats.cache_hits.values()))
"""


@pytest.fixture
def package(tmp_path):
    folder = tmp_path / "kernels"
    folder.mkdir()
    (folder / "__init__.py").touch()
    shutil.copy(_compile.__file__, folder / "_compile.py")
    (folder / "caller.py").write_text(CALLER)
    (folder / "callee.py").write_text(CALLEE.format(factor=2.0))
    return folder


def answer(package: Path, **environment):
    out = subprocess.run(
        [sys.executable, "-c", RUN],
        cwd=package.parent,
        env={"PYTHONPATH": str(package.parent), "PYTHONDONTWRITEBYTECODE": "1", **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    value, hits = out.stdout.split()
    return float(value), int(hits)


@pytest.mark.slow
def test_code_is_kept_on_disk_and_follows_changes_in_what_a_kernel_calls(package):
    assert answer(package) == (21.0, 0)
    assert answer(package) == (21.0, 1)
    (package / "callee.py").write_text(CALLEE.format(factor=3.0))
    assert answer(package) == (31.0, 0)
    assert answer(package) == (31.0, 1)
    (package / "stranger.py").write_text("VALUE = 1")
    assert answer(package) == (31.0, 1)


def test_kernels_are_plain_functions_where_compiling_is_switched_off(package):
    run = "from kernels.caller import whole; print(whole(10.0))"
    out = subprocess.run(
        [sys.executable, "-c", run],
        env={"PYTHONPATH": str(package.parent), "NUMBA_DISABLE_JIT": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert float(out.stdout) == 21.0


def test_division_by_zero_gives_infinity_not_an_exception():
    @_compile.inlined
    def ratio(a, b):
        return a / b

    assert ratio(1.0, 0.0) == float("inf")


def test_stamp_of_a_kernel_covers_all_that_it_takes_in_and_nothing_else():
    closure = _compile._closure("qn_coverage.propagation.mosaic_kernel")
    names = {name.removeprefix("qn_coverage.propagation.") for name in closure}
    assert {"mosaic_kernel", "mosaic_bound", "distance_table", "antenna", "_compile"} <= names
    assert "p1812.diffraction" not in names


def test_stamp_of_a_kernel_outside_propagation_follows_what_it_calls():
    closure = _compile._closure("qn_coverage.analysis.probability")
    assert "qn_coverage.analysis.normal" in closure
    assert all(_compile._source(name) for name in closure)
    digest = _compile.sources_digest("qn_coverage.analysis.probability")
    assert digest != _compile.sources_digest("qn_coverage.analysis.draw_kernel")


@_compile.compiled
def written(values):
    uncounted = _compile.borrowed(values)
    uncounted[0] = 7.0
    return uncounted.sum()


def test_a_borrowed_array_is_the_same_memory_and_leaves_the_count_of_its_holders_alone():
    values = np.ones(1000)
    holders = sys.getrefcount(values)
    for _ in range(100):
        assert written(values) == 1006.0
        values[0] = 1.0
    assert sys.getrefcount(values) == holders
    assert _compile.borrowed(values) is values


def test_a_numba_that_keeps_its_version_elsewhere_keeps_no_code(package, tmp_path):
    source = package / "_compile.py"
    source.write_text(source.read_text().replace('"_cache_file"', '"_kept_elsewhere"'))
    kept = {"NUMBA_CACHE_DIR": str(tmp_path / "kept")}
    assert answer(package, **kept) == answer(package, **kept) == (21.0, 0)
    assert not list(tmp_path.glob("kept/**/*.nb?"))
