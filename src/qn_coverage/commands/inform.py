"""Tell what ships and what the models and claims say."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from qn_coverage.core.rules import Rule, Service


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
  qn-coverage rules
  qn-coverage rules fcc-bdc
  qn-coverage rules my-rule.toml
"""
)
@click.argument("name", required=False)
def rules(name: str | None) -> None:
    """Explain the verdict rules: thresholds, classes, and what each rests on.

    NAME is a shipped rule or a TOML file of your own; without it all shipped rules are listed.
    A scenario chooses its rule with rule = "NAME" under [service]; rules/TEMPLATE.toml shows
    where an official definition of a hole is typed in.
    """
    from qn_coverage.core.rules import DEFAULT_RULE, load_rule, shipped_rules

    if name:
        _explain(load_rule(name))
        return
    for rule in shipped_rules():
        default = " (mặc định / default)" if rule.id == DEFAULT_RULE else ""
        click.secho(rule.id, bold=True, nl=False)
        click.echo(f" {rule.version}{default}  {rule.title_vi} / {rule.title_en}")
        click.echo(f"  status       {rule.status}")
        click.echo(f"  source       {rule.source}")
        click.echo(f"  assumptions  {', '.join(rule.assumptions) or 'none'}")


def _explain(rule: Rule) -> None:
    """Print every part of a rule with its own status and source."""
    click.secho(f"{rule.id} {rule.version}", bold=True)
    click.echo(f"  {rule.title_vi}\n  {rule.title_en}")
    _sourced("rule", rule.status, rule.source + (f", {rule.dated}" if rule.dated else ""))
    if rule.note:
        click.echo(f"  note         {rule.note}")
    share = rule.location_probability
    click.secho(f"  location probability {share.value:g}", bold=True)
    _sourced("share", share.status, share.source)
    levels = "; ".join(f"{name} ≥ {dbm:g} dBm" for name, dbm in sorted(rule.threshold.dbm.items()))
    click.secho(f"  threshold {levels}", bold=True)
    _sourced("threshold", rule.threshold.status, rule.threshold.source)
    for service in rule.services:
        click.secho(f"  service {service.code}: {service.label_vi} / {service.label_en}", bold=True)
        click.echo(f"    technologies {', '.join(service.technologies)}{_speeds(service)}")
        _sourced("service", service.status, service.source)
    click.secho("  classes", bold=True)
    from qn_coverage.core.rules import CLASS_CODES

    for number, code in reversed([*enumerate(CLASS_CODES)]):
        found = getattr(rule.classes, code)
        limits = getattr(found, "probability", None)
        chance = f"  probability {limits[0]:g} to {limits[1]:g}" if limits else ""
        click.echo(f"    {number} {code}: {found.label_vi} / {found.label_en}{chance}")
    click.echo(f"    of a disc's people in one class, at least {rule.classes.sure_share:g}")
    _sourced("classes", rule.classes.status, rule.classes.source)


def _sourced(what: str, status: str, source: str) -> None:
    click.echo(f"    {what}: {status}; {source}")


def _speeds(service: Service) -> str:
    speeds = (("down", service.download_mbit_s), ("up", service.upload_mbit_s))
    told = [f"{value:g} Mbit/s {way}" for way, value in speeds if value is not None]
    return f"; {', '.join(told)} (not computed)" if told else ""


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
