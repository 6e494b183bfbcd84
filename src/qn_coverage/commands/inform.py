"""Tell what ships and what the models and claims say."""

from __future__ import annotations

from pathlib import Path

import click


@click.command(
    epilog="""\b
Examples:
  qn-coverage data
  qn-coverage data --check
"""
)
@click.option("--check", is_flag=True, help="Compare each file's sha256 with the catalog.")
def data(check: bool) -> None:
    """List the shipped layers with origin, date and licence."""
    from qn_coverage.data import catalog

    if check:
        catalog.check_catalog()
    for layer in catalog.load_catalog():
        click.secho(layer.name, bold=True)
        for key in ("what", "origin", "date", "licence", "cautions"):
            click.echo(f"  {key:9} {getattr(layer, key)}")
    if check:
        click.echo("✓ every file matches the catalog")


@click.command(
    epilog="""\b
Examples:
  qn-coverage models
  qn-coverage models okumura_hata
"""
)
@click.argument("name", required=False)
def models(name: str | None) -> None:
    """Explain the propagation models: range of validity and source."""
    from qn_coverage.propagation.models import MODELS, resolve

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


@click.command(
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
    from qn_coverage.core.scenario import Scenario, load_scenario
    from qn_coverage.inputs import read_evidence
    from qn_coverage.why import judged

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
