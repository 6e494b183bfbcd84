"""Check a folder of results against its manifest."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qn_coverage.commands import EXIT_MENDABLE

if TYPE_CHECKING:
    from collections.abc import Mapping


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
    inputs = _inputs_of(document, folder)
    found = manifest.differences(folder, inputs)
    for sentence in found:
        click.echo(f"✗ {sentence}", err=True)
    if found:
        click.get_current_context().exit(EXIT_MENDABLE)
    click.echo(f"✓ {len(document['outputs'])} outputs and {len(inputs)} inputs match the manifest")


def _inputs_of(document: Mapping[str, Any], folder: Path) -> dict[str, Path]:
    from qn_coverage.core.scenario import SHIPPED
    from qn_coverage.data.catalog import layer_path

    return {
        key: layer_path(key) if entry["file"] == SHIPPED else folder / entry["file"]
        for key, entry in document["inputs"].items()
    }
