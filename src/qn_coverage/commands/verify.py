"""Check a folder of results against its manifest."""

from __future__ import annotations

from pathlib import Path

import click

from qn_coverage.commands import EXIT_MENDABLE


@click.command(
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
    from qn_coverage.export import manifest

    document = manifest.read_manifest(folder)
    found = [
        *manifest.changed_outputs(folder, document),
        *manifest.changed_inputs(folder, document),
    ]
    for sentence in found:
        click.echo(f"✗ {sentence}", err=True)
    if found:
        click.get_current_context().exit(EXIT_MENDABLE)
    outputs, inputs = len(document["outputs"]), len(manifest.inputs_of(document))
    click.echo(f"✓ {outputs} outputs and {inputs} inputs match the manifest")
