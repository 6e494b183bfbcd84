"""Plan what to build next, and compare plans."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import pandas as pd

    from qn_coverage.core.plan_request import PlanRequest


@click.command(
    epilog="""\b
Examples:
  qn-coverage plan --sites 10 --out plan10
  qn-coverage plan my.toml --budget 50e9 --out plan50
  qn-coverage plan --target 0.99 --time-limit 60 --out plan99
  qn-coverage plan --request request.toml --pin hill-456750-2333850-42m --out edited
  qn-coverage plan-compare plan10 edited
"""
)
@click.argument("scenario", required=False, type=click.Path(path_type=Path))
@click.option("--sites", type=click.IntRange(0), help="How many sites.")
@click.option("--budget", type=float, metavar="VND", help="How much money, in VND, e.g. 50e9.")
@click.option("--target", type=float, metavar="SHARE", help="Share to reach at least cost, 0-1.")
@click.option(
    "--out",
    default="qn-plan-out",
    show_default=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for pages and tables; files of an earlier plan there are replaced.",
)
@click.option(
    "--pin", multiple=True, metavar="ID", help="Candidate that must be built; may repeat."
)
@click.option("--ban", multiple=True, metavar="ID", help="Candidate not to build; may repeat.")
@click.option(
    "--request",
    "request_file",
    type=click.Path(path_type=Path),
    help="TOML with all that can be asked; see docs/planner.md.",
)
@click.option("--model", help="Propagation model instead of the scenario's; see 'models'.")
@click.option("--time-limit", type=float, metavar="S", help="Seconds for the search.")
@click.option("--threads", type=click.IntRange(1), help="Threads of the engine [default: all].")
@click.option("--sensitivity/--no-sensitivity", default=True, help="Solve again under doubts.")
@click.option(
    "--compare",
    multiple=True,
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Earlier plan to set beside this one; may repeat.",
)
def plan(
    scenario: Path | None,
    out: Path,
    request_file: Path | None,
    model: str | None,
    threads: int | None,
    sensitivity: bool,
    compare: tuple[Path, ...],
    **asked: Any,
) -> None:
    """Lập phương án xây trạm / Plan what to build next.

    SCENARIO is a study's TOML file; without it the default study. Ctrl-C during the search keeps
    the best plan so far; a second one stops everything.
    """
    request = _request(request_file, **asked)
    chosen = _scenario(scenario, model)
    from qn_coverage.export.outputs import check_before
    from qn_coverage.terminal import watching

    check_before(out, chosen, "plan")
    if compare:
        from qn_coverage.export.plan_compare import read_plan_summaries

        read_plan_summaries(compare)
    with watching() as progress:
        progress.stage("load libraries")
        from qn_coverage.export.plan_folder import write_plan
        from qn_coverage.plan_tables import summary
        from qn_coverage.planning import expand, prepare
        from qn_coverage.render.plan_page import render_plan
        from qn_coverage.render.plan_report import render_plan_report
        from qn_coverage.study import run_study

        study = run_study(chosen, threads=threads, progress=progress)
        ready = prepare(study, request, threads=threads, progress=progress)
        with _first_interrupt_stops_the_search() as stopped:
            made = expand(
                study, ready, sensitivity=sensitivity, progress=progress, stop_search=stopped
            )
        progress.stage("render pages")
        pages = {"plan.html": render_plan(made), "report.html": render_plan_report(made)}
        progress.stage("write outputs")
        write_plan(made, out, pages=pages, request_file=request_file)
    _print_plan(summary(made), made.answer.sites, out)
    if compare:
        _print_comparison((out, *compare), None)


@click.command(
    "plan-compare",
    epilog="""\b
Examples:
  qn-coverage plan-compare plan10 plan20
  qn-coverage plan-compare plan10 plan20 --csv compared.csv
""",
)
@click.argument(
    "folders", nargs=-1, required=True, type=click.Path(path_type=Path, file_okay=False)
)
@click.option("--csv", "table", type=click.Path(path_type=Path), help="Write the table there too.")
def plan_compare(folders: tuple[Path, ...], table: Path | None) -> None:
    """So sánh các phương án / Set plans side by side."""
    _print_comparison(folders, table)


def _request(
    file: Path | None,
    *,
    sites: int | None,
    budget: float | None,
    target: float | None,
    pin: tuple[str, ...],
    ban: tuple[str, ...],
    time_limit: float | None,
) -> PlanRequest:
    """What is asked, the command line over the file."""
    from qn_coverage.core.plan_request import (
        PlanRequest,
        load_plan_request,
        with_edits,
        with_goal,
        with_time_limit,
    )

    request = load_plan_request(file) if file else PlanRequest()
    request = with_goal(request, sites=sites, budget_vnd=budget, target=target)
    request = with_edits(request, pin=pin, ban=ban)
    return request if time_limit is None else with_time_limit(request, time_limit)


def _scenario(file: Path | None, model: str | None) -> Any:
    from qn_coverage.core.scenario import Scenario, load_scenario

    chosen = load_scenario(file) if file else Scenario()
    if model:
        named = chosen.model.model_copy(update={"name": model})
        chosen = chosen.model_copy(update={"model": named})
    return chosen


@contextmanager
def _first_interrupt_stops_the_search() -> Iterator[Callable[[], bool]]:
    """The first Ctrl-C is asked for by the search, the second one ends the programme."""
    asked: list[int] = []

    def note(number: int, _frame: object) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(number)
        click.echo("⏹ giữ phương án tốt nhất / keeping the best plan so far", err=True)

    try:
        before = signal.signal(signal.SIGINT, note)
    except ValueError:  # not the main thread: there is no keyboard to listen to
        yield lambda: False
        return
    try:
        yield lambda: bool(asked)
    finally:
        signal.signal(signal.SIGINT, before)


def _print_plan(told: Mapping[str, Any], sites: pd.DataFrame, out: Path) -> None:
    click.echo(f"{told['name_vi']} / {told['name_en']}")
    click.echo(
        f"  {told['sites']} trạm / sites, {told['cost_vnd'] / 1e9:,.2f} tỷ đồng / billion VND "
        f"({told['cost_low_vnd'] / 1e9:,.1f}–{told['cost_high_vnd'] / 1e9:,.1f})"
    )
    click.echo(
        f"  {told['goal']['measure']}: {told['share_now']:.2%} → {told['share_plan']:.2%}, "
        f"+{told['people_added']:,.0f} người / people (kỳ vọng / expected)"
    )
    gap = "–" if told["gap"] is None else f"{told['gap']:.2%}"
    click.echo(f"  {told['status']}, khoảng cách tối ưu / optimality gap {gap}")
    for row in sites.to_dict("records"):
        click.echo(
            f"  {row['rank']:3} {row['candidate_id']:32} +{row['people_added']:8,.0f} "
            f"người / people  {row['cost_vnd'] / 1e9:7.2f} tỷ / bn"
        )
    for caveat in told["caveats"]:
        click.echo(f"  ! {caveat['vi']}\n    {caveat['en']}")
    click.echo(f"→ {out / 'plan.html'}")


def _print_comparison(folders: tuple[Path, ...], table: Path | None) -> None:
    from qn_coverage.export import outputs
    from qn_coverage.export.plan_compare import compared, read_plan_summaries, warnings_of
    from qn_coverage.export.tables import write_csv

    summaries = read_plan_summaries(folders)
    found = compared(summaries)
    for warning in warnings_of(summaries):
        click.echo(f"! {warning}", err=True)
    titles = [f"{row.what_vi} / {row.what_en}" for row in found.itertuples()]
    widths = [max(14, len(name) + 2) for name in summaries]
    left = max(map(len, titles), default=0)
    head = "".join(name.rjust(width) for name, width in zip(summaries, widths, strict=True))
    click.echo(" " * left + head)
    for title, (_, row) in zip(titles, found.iterrows(), strict=True):
        cells = [str(row[name]).rjust(w) for name, w in zip(summaries, widths, strict=True)]
        click.echo(title.ljust(left) + "".join(cells))
    if table is not None:
        with outputs.file_aside(table) as aside:
            write_csv(found, aside)
