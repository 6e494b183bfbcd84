"""Time and memory of each stage of the default run, once installed.

    uv run python benchmarks/default_run.py [SCENARIO]

The first line of a stage that compiles kernels includes the compilation when the cache is cold.
"""

import resource
import sys
import tempfile
import time
from pathlib import Path


class Stopwatch:
    def __init__(self):
        self.stages = []

    def stage(self, title):
        self.stages.append((title, time.perf_counter()))

    def advance(self, done, total):
        pass


def main():
    watch = Stopwatch()
    watch.stage("load libraries")
    from qn_coverage.core.scenario import Scenario, load_scenario
    from qn_coverage.export.folder import write_study
    from qn_coverage.render.map import render_map
    from qn_coverage.render.report import render_report
    from qn_coverage.study import run_study

    scenario = load_scenario(sys.argv[1]) if len(sys.argv) > 1 else Scenario()
    study = run_study(scenario, progress=watch)
    watch.stage("render map")
    page = render_map(study)
    watch.stage("write outputs")
    with tempfile.TemporaryDirectory() as folder:
        write_study(study, Path(folder) / "out", map_html=page, report_html=render_report(study))
    watch.stage("end")
    for (title, began), (_, ended) in zip(watch.stages, watch.stages[1:], strict=False):
        print(f"{title:36} {ended - began:7.2f} s")
    total = watch.stages[-1][1] - watch.stages[0][1]
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{'all':36} {total:7.2f} s, peak {peak_mb:,.0f} MB, map {len(page.encode()) / 1e6:.2f} MB"
    )


if __name__ == "__main__":
    main()
