"""Commune names, old or new, with or without accents → the unit since July 2025."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import pandas as pd
from rapidfuzz import fuzz, process

from qn_coverage.core.text import fold, fold_unit_name
from qn_coverage.data.catalog import layer_path
from qn_coverage.data.importing.land import communes

if TYPE_CHECKING:
    from collections.abc import Iterable

CLOSE: Final = 90.0
"""Least likeness (rapidfuzz ratio, 0-100) of two names for a slip of the pen; among the 54 units no
two names are as like as this."""


_FIRST_VINTAGE: Final = "2019"


@dataclass(frozen=True, slots=True)
class Unit:
    """What a name was taken for.

    Attributes
    ----------
    code, name
        Unit since July 2025.
    former_code, former
        Unit before, if the name is one of those; empty otherwise.
    exact
        Whether the name is spelt like the unit's, apart from accents and case.
    """

    code: str
    name: str
    former_code: str = ""
    former: str = ""
    exact: bool = True


def find_unit(
    name: str, *, former: str = "", district: str = "", code: str = ""
) -> tuple[Unit, ...]:
    """Units that a row can mean: one if it is clear, none or several if it is not.

    Parameters
    ----------
    name
        Commune as the row calls it; may be a unit before July 2025.
    former
        Commune before July 2025, if the row names it apart.
    district
        District before July 2025, which tells former communes of one name apart.
    code
        Code of the unit since July 2025.
    """
    present = {c: n for c, n, _ in _present()}
    if code and code.strip().zfill(5) in present:
        found = code.strip().zfill(5)
        inside = [u for u in _formers(former, district) if u.code == found] if former else []
        return (inside[0] if len(inside) == 1 else Unit(found, present[found]),)
    new = _presents(name)
    if former:
        old = _formers(former, district)
        agreed = tuple(u for u in old if not new or u.code in {n.code for n in new})
        if agreed:
            return _one_former(agreed)
        return () if new and old else new
    if district:
        old = _formers(name, district)
        if old and district_known(district):
            return _one_former(old)
    return new or _one_former(_formers(name, district))


def district_known(name: str) -> bool:
    """Whether a name is one of the districts until June 2025."""
    return fold_unit_name(name) in {row.district for row in _former()}


@lru_cache(maxsize=1)
def vanished() -> frozenset[tuple[str, str]]:
    """Folded names of units of 2019 that were gone in June 2025, each with its unit of today.

    They had gone into neighbours that kept their names, so that such a name means more land since.
    """
    left = {row.key for row in _former() if row.vintage != _FIRST_VINTAGE}
    return frozenset(
        (row.key, row.successor)
        for row in _former()
        if row.vintage == _FIRST_VINTAGE and row.key not in left
    )


@dataclass(frozen=True, slots=True)
class _Former:
    vintage: str
    code: str
    name: str
    key: str
    district: str
    successor: str
    successor_name: str


def _one_former(units: Iterable[Unit]) -> tuple[Unit, ...]:
    """Units without repetition; a former unit that was split keeps all its successors."""
    return tuple({u.code: u for u in units}.values())


@lru_cache(maxsize=1)
def _present() -> tuple[tuple[str, str, str], ...]:
    frame = communes()
    return tuple(
        (str(c), str(n), fold_unit_name(str(n)))
        for c, n in zip(frame["code"], frame["name_vi"], strict=True)
    )


@lru_cache(maxsize=1)
def _former() -> tuple[_Former, ...]:
    table = pd.read_csv(layer_path("crosswalk"), dtype=str, keep_default_na=False)
    return tuple(
        _Former(
            row["vintage"],
            row["old_code"],
            row["old_name_vi"],
            fold_unit_name(row["old_name_vi"]),
            fold_unit_name(row["old_district"]),
            row["new_code"],
            row["new_name_vi"],
        )
        for row in table.to_dict("records")
    )


@lru_cache(maxsize=4096)
def _presents(name: str) -> tuple[Unit, ...]:
    bare = fold_unit_name(name)
    if not bare:
        return ()
    exact = [Unit(c, n) for c, n, key in _present() if key == bare]
    if exact:
        typed = [u for u in exact if fold(u.name) == fold(name)]
        return tuple(typed if len(typed) == 1 else exact)
    if any(row.key == bare for row in _former()):
        return ()  # an old name as it should be is no slip of a new one
    keys = {key: (c, n) for c, n, key in _present()}
    close = process.extract(bare, list(keys), scorer=fuzz.ratio, score_cutoff=CLOSE, limit=3)
    return tuple(Unit(*keys[key], exact=False) for key, _, _ in close)


@lru_cache(maxsize=4096)
def _formers(name: str, district: str) -> tuple[Unit, ...]:
    bare, inside = fold_unit_name(name), fold_unit_name(district)
    rows = [
        r for r in _former() if not inside or not district_known(district) or r.district == inside
    ]
    exact = bool(found := [r for r in rows if r.key == bare])
    if not exact and bare:
        close = process.extract(
            bare, sorted({r.key for r in rows}), scorer=fuzz.ratio, score_cutoff=CLOSE, limit=3
        )
        found = [r for r in rows if r.key in {key for key, _, _ in close}]
    if exact and len({r.name for r in found}) > 1:
        typed = [r for r in found if fold(r.name) == fold(name)]
        found = typed or found
    units = [Unit(r.successor, r.successor_name, r.code, r.name, exact) for r in found]
    return tuple(dict.fromkeys(units))
