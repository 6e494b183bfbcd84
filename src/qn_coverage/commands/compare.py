"""Compare the propagation models."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(
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
    from qn_coverage.core.scenario import Scenario, load_scenario
    from qn_coverage.export.outputs import check_folder
    from qn_coverage.propagation.models import resolve
    from qn_coverage.terminal import watching

    chosen = load_scenario(scenario) if scenario else Scenario()
    check_folder(out.parent)
    models = [resolve(name.strip()).name for name in names.split(",")]
    with watching() as progress:
        from qn_coverage.comparison import compare_models as compare
        from qn_coverage.export.tables import write_csv

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
