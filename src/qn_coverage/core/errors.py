"""Every error a planner can cause or mend: one family, one readable form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qn_coverage.core.problem_titles import NAMED, TITLES

if TYPE_CHECKING:
    from collections.abc import Iterable

_MAX_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one file: where, what was found, what was expected, how to mend it.

    Attributes
    ----------
    code
        Stable kebab-case name of the kind of problem, e.g. ``"swapped-coordinates"``.
    file
        File (or other input) that holds the problem.
    found, expected, mend
        Plain sentences without a final stop.
    row
        1-based data row (header excluded), or None when the whole file is meant.
    column
        Column, key or band, or None.
    """

    code: str
    file: str
    found: str
    expected: str
    mend: str
    row: int | None = None
    column: str | None = None

    def __str__(self) -> str:
        """One paragraph: kind in Vietnamese and as code, place, finding, expectation, remedy."""
        place = [self.file]
        if self.row is not None:
            place.append(f"row {self.row}")
        if self.column is not None:
            place.append(f"column '{self.column}'")
        where = ", ".join(place)
        title = TITLES.get(self.code, "")
        kind = f"{title[:1].upper()}{title[1:]} / [{self.code}]" if title else f"[{self.code}]"
        return f"{kind} {where}: found {self.found}; expected {self.expected}. Mend: {self.mend}."


def expected_of(message: str) -> str:
    """What a validator's message says it expected, without the words that say it is a message."""
    for opening in ("Value error, ", "Assertion failed, ", "Input should be "):
        message = message.removeprefix(opening)
    return message


class CoverageError(Exception):
    """Something the user can mend. The command line prints it without a traceback and exits 2."""


class InvalidDataError(CoverageError):
    """All problems of one input, gathered.

    Parameters
    ----------
    problems
        At least one `Problem`, in file order.
    """

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        shown = [str(problem) for problem in self.problems[:_MAX_SHOWN]]
        hidden = len(self.problems) - len(shown)
        if hidden > 0:
            shown.append(f"… and {hidden} more problems of the same input")
        super().__init__("\n".join(shown))

    @property
    def codes(self) -> frozenset[str]:
        """The kinds of problems found."""
        return frozenset(problem.code for problem in self.problems)


class ScenarioError(InvalidDataError):
    """A scenario file that cannot be used: unknown keys, values out of range, missing files."""


class ModelRangeError(CoverageError, ValueError):
    """An argument outside the range in which a propagation model is defined."""


class UnknownNameError(CoverageError, LookupError):
    """A name that is not in a registry; the message lists the names that are.

    Parameters
    ----------
    kind
        What it should name: a key of `problem_titles.NAMED`.
    name
        As given.
    known
        The names that there are.
    """

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        names = ", ".join(sorted(known))
        super().__init__(
            f"không có {NAMED[kind]} '{name}' / unknown {kind} '{name}'; known: {names}"
        )


class CancelledError(CoverageError):
    """The caller asked a long computation to stop; nothing of it is kept."""


class OutputError(CoverageError):
    """A place where nothing can be written."""


class ManifestError(CoverageError):
    """An output folder that does not match its manifest."""
