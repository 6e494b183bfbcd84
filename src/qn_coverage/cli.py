"""The command line: parse, call, print. Heavy imports wait until a command needs them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qn_coverage import __version__
from qn_coverage.core.errors import CoverageError

if TYPE_CHECKING:
    from collections.abc import Mapping


EXIT_MENDABLE = 2
"""Exit code for what the user can mend: bad input, bad setting, folder that does not verify."""


class _Group(click.Group):
    """Prints a `CoverageError` without a traceback, and groups without a command with help."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except CoverageError as error:
            click.secho("Lỗi / Error", fg="red", bold=True, err=True)
            click.echo(str(error), err=True)
            ctx.exit(EXIT_MENDABLE)


@click.group(
    cls=_Group,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="""\b
Examples:
  qn-coverage run                          the default study, into ./qn-coverage-out
  qn-coverage run my.toml --out results    one's own scenario
  qn-coverage verify results               are inputs and outputs still the same?
  qn-coverage data                         what ships with the toolkit, and its limits
""",
)
@click.version_option(__version__, prog_name="qn-coverage")
def main() -> None:
    """Vùng phủ sóng di động Quảng Ninh / Mobile coverage of Quảng Ninh province.

    Is there signal in each commune and village, how sure are we, and why not?
    """
    for stream in (sys.stdout, sys.stderr):
        # A cp1252 console must not stop a run over an accent.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


@main.command(
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
    from qn_coverage.core.scenario import Scenario, load_scenario  # noqa: PLC0415
    from qn_coverage.terminal import watching  # noqa: PLC0415

    chosen = load_scenario(scenario) if scenario else Scenario()
    if model:
        chosen = chosen.model_copy(
            update={"model": chosen.model.model_copy(update={"name": model})}
        )
    with watching() as progress:
        progress.stage("load libraries")
        from qn_coverage.export.folder import write_study  # noqa: PLC0415
        from qn_coverage.render.map import render_map  # noqa: PLC0415
        from qn_coverage.render.report import render_report  # noqa: PLC0415
        from qn_coverage.study import run_study  # noqa: PLC0415

        study = run_study(chosen, threads=threads, progress=progress)
        progress.stage("render map")
        page = render_map(study)
        report = render_report(study)
        progress.stage("write outputs")
        write_study(study, out, map_html=page, report_html=report)
    _print_headline(study.summary, out)


@main.command(
    epilog="""\b
Example:
  qn-coverage verify qn-coverage-out
"""
)
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def verify(folder: Path) -> None:
    """Check the inputs and outputs of a run against its manifest.

    Exits 0 when everything still has the recorded sha256, else 2 with a list of what differs.
    """
    from qn_coverage.export import manifest  # noqa: PLC0415

    document = manifest.read_manifest(folder)
    inputs = _inputs_of(document, folder)
    found = manifest.differences(folder, inputs)
    for sentence in found:
        click.echo(f"✗ {sentence}", err=True)
    if found:
        click.get_current_context().exit(EXIT_MENDABLE)
    click.echo(f"✓ {len(document['outputs'])} outputs and {len(inputs)} inputs match the manifest")


@main.command(
    epilog="""\b
Examples:
  qn-coverage data
  qn-coverage data --check
"""
)
@click.option("--check", is_flag=True, help="Compare each file's sha256 with the catalog.")
def data(check: bool) -> None:
    """List the shipped layers with origin, date and licence."""
    from qn_coverage.data import catalog  # noqa: PLC0415

    if check:
        catalog.check_catalog()
    for layer in catalog.load_catalog():
        click.secho(layer.name, bold=True)
        for key in ("what", "origin", "date", "licence", "cautions"):
            click.echo(f"  {key:9} {getattr(layer, key)}")
    if check:
        click.echo("✓ every file matches the catalog")


@main.command(
    epilog="""\b
Examples:
  qn-coverage models
  qn-coverage models okumura_hata
"""
)
@click.argument("name", required=False)
def models(name: str | None) -> None:
    """Explain the propagation models: range of validity and source."""
    from qn_coverage.propagation.models import MODELS, resolve  # noqa: PLC0415

    for model in [resolve(name)] if name else MODELS.values():
        click.secho(f"{model.name}", bold=True, nl=False)
        click.echo(f"  {model.title_vi} / {model.title_en} ({model.kind})")
        for title, unit, (low, high) in (
            ("frequency", "MHz", model.frequency_mhz),
            ("distance", "km", model.distance_km),
            ("mast", "m", model.tx_height_m),
            ("receiver", "m", model.rx_height_m),
        ):
            reach = "any" if (low, high) == (0.0, float("inf")) else f"{low:g} to {high:g} {unit}"
            click.echo(f"  {title:10} {reach}")
        for technology, radius in (model.radii or {}).items():
            click.echo(f"  radius {technology:3} {radius.radius_km:g} km ({radius.origin})")
        click.echo(f"  source     {model.source}")
        click.echo(f"  remarks    {model.remarks}")


@main.command(
    epilog="""\b
Examples:
  qn-coverage claims
  qn-coverage claims my.toml
"""
)
@click.argument("scenario", required=False, type=click.Path(path_type=Path))
def claims(scenario: Path | None) -> None:
    """Test the claims of the founding text by published reports.

    Each claim is supported, contradicted (by which report) or not testable with this data (what
    would make it testable). Nothing modelled is ever used as evidence.
    """
    from qn_coverage.core.scenario import Scenario, load_scenario  # noqa: PLC0415
    from qn_coverage.inputs import read_evidence  # noqa: PLC0415
    from qn_coverage.why import judged  # noqa: PLC0415

    table = judged(*read_evidence(load_scenario(scenario) if scenario else Scenario()))
    for row in table.itertuples(index=False):
        click.secho(f"{row.verdict_vi} / {row.verdict_en}", bold=True)
        click.echo(f"  {row.text_vi}\n  {row.text_en}")
        for title, texts in (
            ("do / by", (row.by_vi, row.by_en)),
            ("ngoài ra / besides", (row.besides_vi, row.besides_en)),
            ("cần / needs", (row.needs_vi, row.needs_en)),
        ):
            for text in filter(None, texts):
                click.echo(f"    {title}: {text}")


@main.command(
    "compare-models",
    epilog="""\b
Examples:
  qn-coverage compare-models
  qn-coverage compare-models --models buffer,okumura_hata --reference p1812 --out comparison.csv
""",
)
@click.argument("scenario", required=False, type=click.Path(path_type=Path))
@click.option(
    "--models", "names", default="buffer,free_space,okumura_hata,rma_nlos", show_default=True
)
@click.option("--reference", default="p1812", show_default=True)
@click.option(
    "--out",
    default="model-comparison.csv",
    show_default=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Table by model and commune.",
)
@click.option("--threads", type=click.IntRange(1), help="Threads of the engine [default: all].")
def compare_models(
    scenario: Path | None, names: str, reference: str, out: Path, threads: int | None
) -> None:
    """How wrong is each model against a reference: land and people that change sides.

    False is what the model calls covered and the reference does not, missed the other way round.
    """
    from qn_coverage.core.scenario import Scenario, load_scenario  # noqa: PLC0415
    from qn_coverage.propagation.models import resolve  # noqa: PLC0415
    from qn_coverage.terminal import watching  # noqa: PLC0415

    chosen = load_scenario(scenario) if scenario else Scenario()
    models = [resolve(name.strip()).name for name in names.split(",")]
    with watching() as progress:
        from qn_coverage.comparison import compare_models as compare  # noqa: PLC0415
        from qn_coverage.export.tables import write_csv  # noqa: PLC0415

        table = compare(
            chosen, models, reference=resolve(reference).name, threads=threads, progress=progress
        )
        aside = out.with_name(f".{out.name}.writing")
        write_csv(table, aside)
        aside.replace(out)
    for row in table[table["code"] == "22"].itertuples(index=False):
        click.echo(
            f"{row.model:14} người sai / people wrongly covered {row.false_population:9,.0f}, "
            f"bỏ sót / missed {row.missed_population:9,.0f}; "
            f"đất / land {row.false_land_km2:7,.0f} and {row.missed_land_km2:7,.0f} km²"
        )
    click.echo(f"→ {out}")


@main.group(
    epilog="""\b
Example:
  qn-coverage fetch terrain --source glo30 --out terrain
"""
)
def fetch() -> None:
    """Fetch open data that the toolkit does not ship."""


@fetch.command(
    epilog="""\b
Examples:
  qn-coverage fetch terrain --out terrain
  qn-coverage fetch terrain --source srtm --mirror http://mirror.local/skadi --out terrain
  qn-coverage fetch terrain --mirror /media/usb/glo30 --out terrain
"""
)
@click.option(
    "--source",
    "name",
    default="glo30",
    show_default=True,
    type=click.Choice(["glo30", "srtm"]),
    help="Copernicus GLO-30 or SRTM 1″.",
)
@click.option(
    "--out",
    default="terrain",
    show_default=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for the tiles; what is there already is checked, not fetched again.",
)
@click.option("--mirror", help="Base address or local folder with the same paths.")
def terrain(name: str, out: Path, mirror: str | None) -> None:
    """Fetch terrain of 30 m for the province; a cut download goes on where it stopped."""
    from qn_coverage.data.fetch import SOURCES, fetch_terrain  # noqa: PLC0415
    from qn_coverage.terminal import watching  # noqa: PLC0415

    source = SOURCES[name]
    click.echo(f"{source.title}\n{source.licence}")
    with watching() as progress:

        def advance(tile: str, done: int, total: int) -> None:
            if done == 0 or tile != advance.__dict__.get("tile"):
                progress.stage(tile)
                advance.__dict__["tile"] = tile
            progress.advance(done, total)

        tiles = fetch_terrain(source, out, mirror=mirror, advance=advance)
    listed = ", ".join(f'"{path.as_posix()}"' for path in tiles)
    click.echo(f"→ {len(tiles)} tiles in {out}. In the scenario:\n[inputs]\nterrain = [{listed}]")


def _inputs_of(document: Mapping[str, Any], folder: Path) -> dict[str, Path]:
    from qn_coverage.core.scenario import SHIPPED  # noqa: PLC0415
    from qn_coverage.data.catalog import layer_path  # noqa: PLC0415

    return {
        key: layer_path(key) if entry["file"] == SHIPPED else folder / entry["file"]
        for key, entry in document["inputs"].items()
    }


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
