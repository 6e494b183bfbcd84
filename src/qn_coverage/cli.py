"""The command line: parse, call, print."""

from __future__ import annotations

import click


@click.group()
def main() -> None:
    """Mobile coverage of Quảng Ninh province."""
