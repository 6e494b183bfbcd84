"""Which line names the columns, and which field each of them means."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from itertools import chain
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from qn_coverage.core.errors import InvalidDataError, Problem, UnknownNameError
from qn_coverage.core.text import fold
from qn_coverage.data.importing import aliases
from qn_coverage.data.importing.grid import PLACE_RADIUS, PLACE_X, PLACE_Y, Grid
from qn_coverage.data.importing.text import cleaned, repaired

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

KINDS: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {"sites": aliases.SITES, "villages": aliases.VILLAGES, "measurements": aliases.MEASUREMENTS}
)

_NEEDED: Final[Mapping[str, tuple[frozenset[str], ...]]] = MappingProxyType(
    {
        "sites": (frozenset(("lon", "lat")), frozenset(("position",))),
        "villages": (frozenset(("name_vi",)),),
        "measurements": (frozenset(("level_dbm",)),),
    }
)

IGNORED: Final = "-"
"""Field of ``--map "Column=-"``: leave the column out."""

_LINES: Final = 40
_ENOUGH: Final = 2
_BRACKETS: Final = re.compile(r"[(\[{][^)\]}]*[)\]}]")
_UNIT_END: Final = re.compile(r"(?<=[a-z]{3}) (mhz|ghz|dbm|deg|degree|do|met|m)$")
_NOT_LETTERS: Final = re.compile(r"[^a-z0-9⟨⟩]+")
_SHOWN: Final = 30
_DRAWN: Final = {PLACE_X: "lon", PLACE_Y: "lat", PLACE_RADIUS: "uncertainty_m"}


@dataclass(frozen=True, slots=True)
class Header:
    """Where the data of a grid begin and what its columns mean.

    Attributes
    ----------
    first
        0-based line of the first data row.
    names
        Name of each column, as shown; both lines of a header of two joined by " / ".
    fields
        0-based column by field.
    """

    first: int
    names: tuple[str, ...]
    fields: Mapping[str, int]

    @property
    def left_out(self) -> tuple[str, ...]:
        """Names of columns that no field takes."""
        taken = set(self.fields.values())
        return tuple(n for i, n in enumerate(self.names) if n and i not in taken)

    def holds(self, kind: str) -> bool:
        """Whether there are the columns without which no row can be taken."""
        return any(needed <= self.fields.keys() for needed in _NEEDED[kind])


def key(name: str) -> str:
    """Name of a column without accents, case, brackets, blanks and punctuation."""
    bare = _BRACKETS.sub(" ", fold(cleaned(name)))
    return "".join(_NOT_LETTERS.split(bare))


def recognised(cells: Sequence[str]) -> int:
    """How many cells of a line are names that some kind of table knows."""
    known = _all_keys()
    return len({found for cell in cells if (found := key(cell)) in known})


def find_header(grid: Grid, kind: str, mapping: Mapping[str, str] | None = None) -> Header | None:
    """Header of a grid, or None if no line names at least two known columns.

    One line, or two where merged or empty cells stand above others (``Toạ độ`` over ``Kinh độ``
    and ``Vĩ độ``); titles above it are skipped.

    Parameters
    ----------
    grid
        Lines of text.
    kind
        ``sites``, ``villages`` or ``measurements``.
    mapping
        Field by column name: the user's word, stronger than any alias. `IGNORED` leaves a column
        out.

    Raises
    ------
    UnknownNameError
        ``mapping`` names a field that the kind does not have.
    InvalidDataError
        ``two-columns-one-field``.
    """
    known = KINDS[kind]
    told = {key(name): field for name, field in (mapping or {}).items()}
    for field in told.values():
        if field not in known and field != IGNORED:
            raise UnknownNameError("field", field, known)
    lines = grid.lines[: 1 if grid.titled else _LINES]
    best: tuple[int, int, tuple[str, ...], dict[str, int]] | None = None
    for row, line in enumerate(lines):
        below = grid.lines[row + 1] if row + 1 < len(grid.lines) and not grid.titled else None
        for depth, names in _readings(line, below):
            fields = _fields(names, kind, told, grid)
            if len(fields) >= (1 if grid.titled else _ENOUGH) and (
                best is None or (len(fields), -depth) > (len(best[3]), -best[1])
            ):
                best = (row + depth, depth, names, fields)
    if best is None:
        return None
    return Header(best[0], best[2], MappingProxyType(best[3]))


def not_recognised(grid: Grid, kind: str) -> Problem:
    """Problem of a grid of which no line names the columns."""
    line = next((line for line in grid.lines if any(cell.strip() for cell in line)), [])
    return Problem(
        code="no-header",
        file=grid.name,
        found="the first line " + " | ".join(cell[:30] for cell in line[:8]),
        expected=f"a line with names of columns of {kind}, such as "
        + ", ".join(text.split(";")[1].strip() for text in list(KINDS[kind].values())[:3]),
        mend="name the columns as in docs/exchange-in.md, or say --map 'column=field'",
    )


def unknown_columns(
    mapping: Mapping[str, str], headers: Sequence[Header], files: Sequence[str]
) -> list[Problem]:
    """A problem for each column that the user names and no table has.

    Parameters
    ----------
    mapping
        As in `find_header`.
    headers
        Those of all tables that are read: a column needs to be in one of them.
    files
        Names of the files, for messages.
    """
    shown = chain.from_iterable(header.names for header in headers)
    there = {key(name): name for name in shown if name and name not in _DRAWN}
    return [
        Problem(
            code="unknown-column",
            file=", ".join(files),
            column=name,
            found=f"--map '{name}={field}', and no such column{_nearest(name, there)}",
            expected="one of the columns found: " + _listed(list(there.values())),
            mend="write the name as the file has it, or leave this --map out",
        )
        for name, field in mapping.items()
        if key(name) not in there
    ]


def _nearest(name: str, there: Mapping[str, str]) -> str:
    near = get_close_matches(key(name), there, n=1)
    return f"; the nearest is '{there[near[0]]}'" if near else ""


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _SHOWN
    shown = ", ".join(f"'{name}'" for name in names[:_SHOWN])
    return shown + (f" and {more} more" if more > 0 else "")


def _readings(line: list[str], below: list[str] | None) -> list[tuple[int, tuple[str, ...]]]:
    single = (1, tuple(_shown([line])))
    if below is None or not any(cell.strip() for cell in below) or _looks_like_data(below):
        return [single]
    return [single, (2, tuple(_shown([line, below])))]


def _looks_like_data(line: Sequence[str]) -> bool:
    return any(re.fullmatch(r"[\d.,°'\"\s-]+", cell) for cell in line if cell.strip())


def _shown(lines: list[list[str]]) -> list[str]:
    width = max(map(len, lines))
    padded = [[*line, *[""] * (width - len(line))] for line in lines]
    mended, _ = repaired(list(chain.from_iterable(padded)))
    columns = zip(*padded, strict=True)
    return [
        " / ".join(
            dict.fromkeys(cleaned(mended.get(cell, cell)) for cell in column if cell.strip())
        )
        for column in columns
    ]


def _fields(names: Sequence[str], kind: str, told: Mapping[str, str], grid: Grid) -> dict[str, int]:
    fields: dict[str, int] = {}
    clashes: list[Problem] = []
    drawn = {i: _DRAWN[name] for i, name in enumerate(names) if name in _DRAWN}
    fields |= {field: column for column, field in drawn.items()}
    said = {i: told[key(name)] for i, name in enumerate(names) if key(name) in told}
    for column, field in said.items():
        if field == IGNORED:
            continue
        if field in fields and fields[field] in said:
            clashes.append(_clash(grid, names, fields[field], column, field))
        fields[field] = column
    for column, name in enumerate(names):
        if column in said or column in drawn:
            continue
        found = _field_of(name, kind)
        if found is None or (found in drawn.values() or found in said.values()):
            continue
        # The name that stands first among the aliases is the firmer one.
        older = fields.get(found)
        if older is None or _rank(name, kind, found) < _rank(names[older], kind, found):
            fields[found] = column
    if clashes:
        raise InvalidDataError(clashes)
    return fields


def _field_of(name: str, kind: str) -> str | None:
    table = _by_key(kind)
    for part in (name, *reversed(name.split(" / "))):
        bare = key(part)
        if bare in table:
            return table[bare]
        without = _UNIT_END.sub("", " ".join(_NOT_LETTERS.split(fold(part))).strip())
        if (found := table.get(key(without))) is not None:
            return found
    return None


def _rank(name: str, kind: str, field: str) -> int:
    order = [key(alias) for alias in KINDS[kind][field].split(";")]
    ranks = [order.index(key(part)) for part in (name, *name.split(" / ")) if key(part) in order]
    return min(ranks, default=len(order))


@cache
def _by_key(kind: str) -> Mapping[str, str]:
    return MappingProxyType(
        {key(a): field for field, text in KINDS[kind].items() for a in (field, *text.split(";"))}
    )


@cache
def _all_keys() -> frozenset[str]:
    return frozenset(chain.from_iterable(_by_key(kind) for kind in KINDS))


def _clash(grid: Grid, names: Sequence[str], first: int, second: int, field: str) -> Problem:
    return Problem(
        code="two-columns-one-field",
        file=grid.name,
        column=names[second],
        found=f"--map gives '{field}' both '{names[first]}' and '{names[second]}'",
        expected="one column for a field",
        mend="leave one of them out",
    )
