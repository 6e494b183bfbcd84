"""Text from users' files, made harmless for the programs that open our outputs."""

from __future__ import annotations

import re
from typing import Final

_FORMULA_STARTS: Final = ("=", "+", "-", "@")
_CELL_BREAKS: Final = ("\t", "\r")
_UNPRINTABLE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udfff]")


def runs_as_formula(text: str) -> bool:
    """Whether a spreadsheet would take a cell's text for a formula."""
    return text.startswith(_CELL_BREAKS) or text.lstrip().startswith(_FORMULA_STARTS)


def defused(value: object) -> object:
    """A leading apostrophe keeps a spreadsheet from running a stranger's text as a formula."""
    return "'" + value if isinstance(value, str) and _bare(value) else value


def as_it_was(value: object) -> object:
    """What `defused` was given."""
    if isinstance(value, str) and value.startswith("'") and _bare(value):
        return value[1:]
    return value


def _bare(text: str) -> bool:
    # Text that has apostrophes of its own gets one more, so that it can be read back.
    return runs_as_formula(text.lstrip("'"))


def printable(text: str) -> str:
    """The text with ``�`` for characters that XML cannot hold."""
    return _UNPRINTABLE.sub("�", text)
