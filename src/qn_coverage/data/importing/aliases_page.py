"""The table of column names as docs/exchange-in.md shows it."""

from __future__ import annotations

from qn_coverage.data.importing.headers import KINDS

_TITLES = {
    "sites": "Trạm / Stations",
    "villages": "Thôn, bản / Villages",
    "measurements": "Kết quả đo / Measurements",
}


def markdown() -> str:
    """One Markdown table a kind of list: field, and every name that a column may have."""
    return "\n".join(
        f"### {_TITLES[kind]}\n\n| field | names of the column |\n|---|---|\n"
        + "".join(_row(field, names) for field, names in table.items())
        for kind, table in KINDS.items()
    )


def _row(field: str, names: str) -> str:
    shown = [name.strip() for name in names.split(";")]
    return f"| `{field}` | {'; '.join(n for n in shown if n != field and '⟨' not in n)} |\n"
