"""Vietnamese text: one spelling for storing, one key for comparing."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_D_WITH_STROKE: Final = str.maketrans({"đ": "d", "Đ": "D"})
_UNIT_PREFIX: Final = re.compile(
    r"^(xa|phuong|dac khu|thi tran|thi xa|thanh pho|huyen|tinh|thon|ban|khu pho|khu|to)\s+"
)


def nfc(text: str) -> str:
    """Normalise to Unicode NFC with single blanks, as everything is stored."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def fold(text: str) -> str:
    """Key for comparing: no case, no diacritics, đ as d.

    ``Hoà``, ``Hòa`` and ``HOA`` give the same key; use it to match, never to store.
    """
    decomposed = unicodedata.normalize("NFD", text.translate(_D_WITH_STROKE))
    bare = "".join(char for char in decomposed if not unicodedata.combining(char))
    return " ".join(bare.casefold().split())


def parts_of(cell: object) -> list[str]:
    """Names in a cell that holds several, "; " between; none in an empty one."""
    return cell.split("; ") if isinstance(cell, str) and cell else []


def with_comma(figures: str) -> str:
    """Figures as Vietnamese writes them, with a decimal comma."""
    return figures.replace(".", ",")


def fold_unit_name(text: str) -> str:
    """As `fold`, without the word for the kind of unit (xã, phường, đặc khu, thôn …)."""
    return _UNIT_PREFIX.sub("", fold(text))
