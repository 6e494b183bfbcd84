"""The operators that are known here, however a list spells them."""

from __future__ import annotations

import re
from difflib import get_close_matches
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from qn_coverage.core.text import fold

if TYPE_CHECKING:
    from collections.abc import Mapping

SPELLINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "Viettel": "viettel vt vtl viettelmobile viettelqnh viettelquangninh",
        "VinaPhone": "vinaphone vina vnp vnpt vnptvinaphone vnptquangninh vnptqnh",
        "MobiFone": "mobifone mobi mbf vms mobifonequangninh mobifoneqnh",
        "Vietnamobile": "vietnamobile vnm vnmobile hutchison",
    }
)
"""Spellings by operator, blanks between: without accents, case, blanks and punctuation."""

OPERATORS: Final = tuple(SPELLINGS)

_OPERATOR_OF: Final[Mapping[str, str]] = MappingProxyType(
    {spelt: name for name, text in SPELLINGS.items() for spelt in text.split()}
)
_NOT_LETTERS: Final = re.compile(r"[^a-z0-9]")
_LIKE: Final = 0.81
"""Least likeness (difflib ratio) of a slip of the pen: Vinafone is one (0.82), and Gmobile, another
operator, is none of Vietnamobile's spellings (0.80)."""


def known_operator(text: str) -> str | None:
    """Common spelling of an operator, or None if it is not among the known ones."""
    return _OPERATOR_OF.get(_bare(text))


def spelled(text: str) -> str:
    """Common spelling of an operator that is known; any other as it stands."""
    return known_operator(text) or text


def nearest_operator(text: str) -> str | None:
    """Operator that a name which is not known may be a slip of the pen for, or None."""
    near = get_close_matches(_bare(text), _OPERATOR_OF, n=1, cutoff=_LIKE)
    return _OPERATOR_OF[near[0]] if near else None


def _bare(text: str) -> str:
    return _NOT_LETTERS.sub("", fold(text))
