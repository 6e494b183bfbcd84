"""Run a study."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Mapping


if TYPE_CHECKING:
    from collections.abc import Mapping


@click.command(
    epilog="""\b
Examples:
  qn-coverage run
  qn-coverage run scenarios/default.toml --out results --threads 1
  SOURCE_DATE_EPOCH=1704326400 qn-coverage run --out results
"""
)
@click.argument("scenario", required=False, type=click.Path(path_type=Path))
@click.option(
    "--out",
    default="qn-coverage-out",
    show_default=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for map, tables and rasters; files of an earlier run there are replaced.",
)
@click.option("--model", help="Propagation model instead of the scenario's; see 'models'.")
@click.option("--threads", type=click.IntRange(1), help="Threads of the engine [default: all].")
def run(scenario: Path | None, out: Path, model: str | None, threads: int | None) -> None:
    """Run a study: coverage before and after the programme, gaps, tables and map.

    SCENARIO is a TOML file; without it the default study on the shipped data is run. Outputs are
    written aside and put in place together, so a failed run leaves the folder as it was.
    """
    from qn_coverage.core.scenario import Scenario, load_scenario
    from qn_coverage.export.outputs import check_before
    from qn_coverage.terminal import watching

    chosen = load_scenario(scenario) if scenario else Scenario()
    if model:
        chosen = chosen.model_copy(
            update={"model": chosen.model.model_copy(update={"name": model})}
        )
    check_before(out, chosen, "run")
    with watching() as progress:
        progress.stage("load libraries")
        from qn_coverage.export.folder import write_study
        from qn_coverage.render.map import render_map
        from qn_coverage.render.report import render_report
        from qn_coverage.study import run_study

        study = run_study(chosen, threads=threads, progress=progress)
        progress.stage("render map")
        page = render_map(study)
        report = render_report(study)
        progress.stage("write outputs")
        write_study(study, out, map_html=page, report_html=report)
    _print_headline(study.summary, out)


def _print_headline(summary: Mapping[str, Any], out: Path) -> None:
    province = summary["province"]
    click.echo(f"{summary['name_vi']} / {summary['name_en']}")
    for what, title in (
        ("population", "Dân số có sóng / population with signal"),
        ("land", "Diện tích đất có sóng / land with signal"),
    ):
        before, after = (province[f"{what}_share_{state}"] for state in ("before", "after"))
        click.echo(f"  {title}: {before:.1%} → {after:.1%}")
    villages = summary["villages"]
    click.echo(
        f"  Thôn, bản có sóng / villages with signal: {villages['before_covered']} → "
        f"{villages['after_covered']} of {villages['total']}"
    )
    for caveat in summary["caveats"]:
        click.echo(f"  ! {caveat['vi']}\n    {caveat['en']}")
    click.echo(f"→ {out / 'map.html'}")
