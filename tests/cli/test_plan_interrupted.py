"""Ctrl-C on a running search: a real process, a real signal, sent once a printed line was seen."""

import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager

import pytest

from qn_coverage.export import manifest

HANGS_S = 120
"""A process that says nothing for so long is ended, and the test fails."""

COMMAND = """
import sys
from contextlib import contextmanager
from qn_coverage import terminal

class Told:
    def stage(self, title):
        print("stage:", title, flush=True)
        if title == "choose: bound":
            sys.stdin.readline()  # the search stands in its middle until the test has spoken

    def advance(self, done, total):
        pass

@contextmanager
def watching():
    yield Told()

terminal.watching = watching
from qn_coverage.cli import main
main(sys.argv[1:])
"""
"""`qn-coverage` with its stages printed; nothing else differs."""

SEARCH = """
import json
import numpy as np
from qn_coverage.analysis.plan import milp
from qn_coverage.analysis.plan.feasible import meets_all
from qn_coverage.analysis.plan.matrices import csr
from qn_coverage.analysis.plan.model import build, rows_of
from qn_coverage.analysis.plan.solve import solve
from qn_coverage.commands.plan import _first_interrupt_stops_the_search

random = np.random.default_rng(3)
at, here = random.uniform(0, 60, (300, 2)), random.uniform(0, 60, (1500, 2))
apart = np.hypot(*(at[:, np.newaxis, :] - here[np.newaxis, :, :]).transpose(2, 0, 1))
gain = np.clip(1.2 - apart / 6.0 + random.normal(0, 0.1, apart.shape), 0.0, 1.0)
weight, cost = random.lognormal(1, 1, 1500), random.uniform(1.0, 3.0, 300)
target = 0.7 * float(weight @ gain.max(axis=0))
ids = [f"c{j:03d}" for j in range(300)]
model = build(ids, np.arange(1500), csr(gain), weight, cost, target=target)

waits = milp._awaited
def told(worker, *rest):
    print("HiGHS runs:", worker.pid, flush=True)
    waits(worker, *rest)
milp._awaited = told

with _first_interrupt_stops_the_search() as stopped:
    plan = solve(model, time_limit_s=600.0, gap=0.0, cancelled=stopped)
print(json.dumps({
    "status": plan.status, "cost": plan.score.cost, "bound": plan.bound, "gap": plan.gap,
    "greedy": plan.greedy, "meets": meets_all(model, rows_of(model, plan.picks)),
}), flush=True)
"""


class Running:
    """A process whose lines are read as they come."""

    def __init__(self, process):
        self.process, self.lines = process, []

    def line_with(self, text):
        for line in self.process.stdout:
            self.lines.append(line)
            if text in line:
                return line
        pytest.fail(f"ended without '{text}':\n{''.join(self.lines)}")

    def interrupt(self):
        self.process.send_signal(signal.SIGINT)

    def go_on(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def ended(self):
        """Exit code, once everything is read."""
        self.lines += list(self.process.stdout)
        return self.process.wait()

    def told(self):
        return "".join(self.lines)


@contextmanager
def running(code, *arguments):
    process = subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        env=os.environ | {"PYTHONUTF8": "1"},
    )
    watchdog = threading.Timer(HANGS_S, process.kill)
    watchdog.start()
    try:
        yield Running(process)
    finally:
        watchdog.cancel()
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


@pytest.fixture
def asked(tiny_scenario, tmp_path):
    """Arguments of `qn-coverage plan`, and the folder that it writes to."""
    request = tmp_path / "request.toml"
    request.write_text("[candidates]\nmin_prominence_m = 5\nreach_km = 8\n", encoding="utf-8")
    out = tmp_path / "plan"
    options = ("--request", request, "--sites", 2, "--threads", 1, "--out", out)
    return ("plan", tiny_scenario, *options), out


def test_one_interrupt_in_the_search_writes_the_best_plan_so_far_whole(asked):
    arguments, out = asked
    with running(COMMAND, *arguments) as command:
        command.line_with("stage: choose: bound")
        command.interrupt()
        command.line_with("keeping the best plan so far")
        command.go_on()
        assert command.ended() == 0, command.told()
        assert "interrupted" in command.told()
        assert "stage: choose: exchange" not in command.told()
    told = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert told["status"] == "interrupted"
    assert told["sites"] >= 1
    assert told["people_added"] > 0.0
    assert 0.0 < told["gap"] <= 1.0
    assert any("interrupted" in caveat["en"] for caveat in told["caveats"])
    assert manifest.changed_outputs(out, manifest.read_manifest(out)) == []
    written = {path.name for path in out.iterdir()}
    assert written == {*manifest.read_manifest(out)["outputs"], manifest.NAME}


def test_a_second_interrupt_ends_the_command_and_writes_nothing(asked):
    arguments, out = asked
    with running(COMMAND, *arguments) as command:
        command.line_with("stage: choose: bound")
        command.interrupt()
        command.line_with("keeping the best plan so far")
        command.interrupt()
        assert command.ended() == 1, command.told()
        assert "Traceback" not in command.told()
    assert not out.exists()


def test_an_interrupt_while_highs_runs_ends_it_and_keeps_a_plan_that_meets_the_target():
    with running(SEARCH) as search:
        worker = int(search.line_with("HiGHS runs:").split()[-1])
        search.interrupt()
        assert search.ended() == 0, search.told()
        with pytest.raises(ProcessLookupError):
            os.kill(worker, 0)
    plan = json.loads(search.lines[-1])
    assert plan["status"] == "interrupted"
    assert plan["meets"]
    assert 0.0 < plan["bound"] < plan["cost"] <= plan["greedy"]
    assert plan["gap"] == pytest.approx(1.0 - plan["bound"] / plan["cost"])
