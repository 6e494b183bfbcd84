"""The data dictionary of the inputs, written from the schema so that the two cannot part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from qn_coverage.core import schema

if TYPE_CHECKING:
    from qn_coverage.core.schema import Column

INPUTS: Final = (
    ("communes", "polygons", schema.COMMUNES),
    ("former_communes, districts", "polygons", schema.UNITS),
    ("sectors", "points", schema.SECTORS),
    ("villages", "points", schema.VILLAGES),
    ("places", "points", schema.PLACES),
    ("claims", "no geometry", schema.CLAIMS),
    ("indicators", "no geometry", schema.INDICATORS),
)
"""Inputs with their geometry and columns."""


def markdown() -> str:
    """One Markdown table an input: column, kind, range, whether it must be there, meaning."""
    return "\n".join(
        f"### {name} ({shape})\n\n"
        "| column | holds | allowed | must be there | meaning |\n|---|---|---|---|---|\n"
        + "".join(_row(column) for column in columns)
        for name, shape, columns in INPUTS
    )


def _row(column: Column) -> str:
    need = "yes" if column.required else "no"
    if column.required and column.nullable:
        need = "yes, cells may be empty"
    cells = (f"`{column.name}`", column.kind, _allowed(column), need, column.meaning)
    return "| " + " | ".join(cells) + " |\n"


def _allowed(column: Column) -> str:
    if column.choices:
        return ", ".join(column.choices)
    parts = []
    if column.minimum is not None:
        parts.append(f"≥ {column.minimum:g}")
    if column.maximum is not None:
        parts.append(f"≤ {column.maximum:g}")
    if column.unique:
        parts.append("unique")
    return ", ".join(parts)
