"""The catalog: hand-written entries of ``about.toml`` with the hash of each file."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Final

from qn_coverage.core.files import sha256_of
from qn_coverage.data.catalog import CATALOG_FILE

ABOUT: Final = Path(__file__).with_name("about.toml")
HEAD: Final = "# Written by geodata/build/build.py; edit geodata/build/about.toml instead.\n"


def write_catalog(out: Path) -> None:
    """Write ``catalog.toml`` beside the files; files not built yet are left out.

    Raises
    ------
    ValueError
        A file of the folder has no entry in ``about.toml``.
    """
    entries = tomllib.loads(ABOUT.read_text(encoding="utf-8"))["layer"]
    known = {CATALOG_FILE, *(entry["file"] for entry in entries)}
    strangers = sorted({path.name for path in out.iterdir() if path.is_file()} - known)
    if strangers:
        raise ValueError(f"no entry in about.toml for {', '.join(strangers)}")
    blocks = [
        _block({**entry, "sha256": sha256_of(out / entry["file"])})
        for entry in sorted(entries, key=lambda entry: entry["name"])
        if (out / entry["file"]).is_file()
    ]
    (out / CATALOG_FILE).write_text(HEAD + "".join(blocks), encoding="utf-8", newline="\n")


def _block(entry: dict[str, str]) -> str:
    # A JSON string without escaped Unicode is a TOML basic string.
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in entry.items()]
    return "\n".join(["", "[[layer]]", *lines, ""])
