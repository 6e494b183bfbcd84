"""A folder or zip of pattern files, and which of them the sectors' column ``antenna`` names."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from qn_coverage.core.errors import InvalidDataError
from qn_coverage.core.schema import BUILT_IN_ANTENNAS
from qn_coverage.core.text import fold
from qn_coverage.data.antennas import ENDINGS, antenna_of, name_of
from qn_coverage.data.importing.safety import checked_members
from qn_coverage.data.problems import problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from qn_coverage.core.errors import Problem
    from qn_coverage.data.antennas import AntennaPattern

_SHOWN: Final = 5


@dataclass(frozen=True)
class AntennaFile:
    """One pattern file, as it lies on disk or in a zip.

    Attributes
    ----------
    file
        File on disk: itself, or the zip.
    inner
        Path inside the folder or zip, with slashes.
    """

    file: Path
    inner: str

    @property
    def name(self) -> str:
        """How tables name it: path inside the folder or zip, without ending."""
        return self.inner[: -len(ENDINGS[0])]

    @property
    def shown(self) -> Path:
        """How messages name it."""
        return self.file / self.inner if self.file.suffix.lower() == ".zip" else self.file

    @cached_property
    def raw(self) -> bytes:
        """What is in it."""
        if self.file.suffix.lower() != ".zip":
            return self.file.read_bytes()
        with zipfile.ZipFile(self.file) as archive:
            return archive.read(self.inner)

    @cached_property
    def label(self) -> str:
        """Its NAME, folded; empty where it has none."""
        return fold(name_of(self.raw))


@dataclass(frozen=True, slots=True, eq=False)
class NamedAntennas:
    """What the rows of a table name.

    Attributes
    ----------
    names
        For each row that names something: its place from 0 and the name as tables have it.
    patterns
        Pattern by that name.
    files
        Files on disk that were used, each once, sorted.
    unread
        Rows whose names cannot be looked up, since no files are given.
    problems
        Names that no file has or several have, and files that cannot be read.
    """

    names: Mapping[int, str]
    patterns: Mapping[str, AntennaPattern]
    files: tuple[Path, ...]
    unread: tuple[int, ...]
    problems: tuple[Problem, ...]


NO_ANTENNAS: Final = NamedAntennas(MappingProxyType({}), MappingProxyType({}), (), (), ())


def list_antennas(path: Path | str) -> tuple[AntennaFile, ...]:
    """Pattern files (``.msi``, ``.pln``) in a folder, its folders, or a zip.

    Raises
    ------
    InvalidDataError
        ``missing-file``; ``no-antennas``; what `importing.safety.checked_members` finds in a zip.
    """
    path = Path(path)
    if path.is_dir():
        inside = sorted(p for p in path.rglob("*") if p.is_file() and not p.is_symlink())
        found = [AntennaFile(p, p.relative_to(path).as_posix()) for p in inside]
    elif path.is_file() and path.suffix.lower() == ".zip":
        found = [AntennaFile(path, name) for name in sorted(checked_members(path))]
    else:
        what = "a file of another kind" if path.exists() else "no such file or folder"
        expected, mend = "a folder or .zip of MSI or PLN files", "check inputs.antennas"
        raise InvalidDataError([problem("missing-file", path, what, expected, mend)])
    files = tuple(each for each in found if each.inner.lower().endswith(ENDINGS))
    if not files:
        expected, mend = "files that end in .msi or .pln", "put the pattern files there"
        raise InvalidDataError([problem("no-antennas", path, "none", expected, mend)])
    return files


def named_antennas(
    column: pd.Series[Any] | None, files: Sequence[AntennaFile] | None, table: Path
) -> NamedAntennas:
    """Find the antennas that a column names, and read their files; no other file is read whole.

    A name is the path of a file inside the folder or its end, with or without ending, or the NAME
    inside a file; case and accents do not matter. A file's own name is stronger than its NAME.

    Parameters
    ----------
    column
        Cells as the table has them; None for no such column.
    files
        From `list_antennas`; None where the scenario gives none: then nothing is looked up.
    table
        File of the column, for messages.
    """
    if column is None:
        return NO_ANTENNAS
    names: dict[int, str] = {}
    unread: list[int] = []
    rows: dict[str, list[int]] = {}
    for row, cell in enumerate(column):
        text = _text(cell)
        if fold(text) in BUILT_IN_ANTENNAS:
            names[row] = fold(text)
        elif text and files is None:
            unread.append(row)
        elif text:
            rows.setdefault(text, []).append(row)
    patterns: dict[str, AntennaPattern] = {}
    used: set[Path] = set()
    problems: list[Problem] = []
    for text, named in rows.items():
        matches = _matches(text, files or ())
        if len(matches) != 1:
            problems += [_unclear(text, matches, files or (), table, row) for row in named]
            continue
        (match,) = matches
        names.update(dict.fromkeys(named, match.name))
        used.add(match.file)
        if match.name not in patterns:
            try:
                patterns[match.name] = antenna_of(match.raw, match.shown)
            except InvalidDataError as error:
                problems += [one for one in error.problems if one not in problems]
    return NamedAntennas(names, patterns, tuple(sorted(used)), tuple(unread), tuple(problems))


def _text(cell: object) -> str:
    """Text of a cell; makers' names of digits may have come as numbers."""
    if isinstance(cell, float | np.floating):
        return f"{cell:.10g}" if np.isfinite(cell) else ""
    return "" if cell is None or cell is pd.NA else str(cell).strip()


def _matches(text: str, files: Sequence[AntennaFile]) -> list[AntennaFile]:
    """Files that a name may mean, by the strictest sense that any file has it in."""
    wanted = _bare(fold(text.replace("\\", "/")))
    base = PurePosixPath(wanted).name
    for sense in (
        lambda each: _path(each) == wanted,
        lambda each: _path(each).endswith("/" + wanted),
        lambda each: PurePosixPath(_path(each)).name == base,
        lambda each: each.label == fold(text),
    ):
        found = [each for each in files if sense(each)]
        if found:
            return found
    return []


def _path(each: AntennaFile) -> str:
    return fold(each.name)


def _bare(name: str) -> str:
    return name[: -len(ENDINGS[0])] if name.endswith(ENDINGS) else name


def _unclear(
    text: str, matches: Sequence[AntennaFile], files: Sequence[AntennaFile], table: Path, row: int
) -> Problem:
    shown = f"'{text[:80]}'"
    if matches:
        listed = ", ".join(each.inner for each in matches[:_SHOWN])
        return problem(
            "ambiguous-antenna", table, f"{shown}, which is {len(matches)} files",
            f"one of {listed}", "name the file itself, with its folder", row=row, column="antenna",
        )  # fmt: skip
    known = {fold(each.name): each.name for each in files}
    near = get_close_matches(_bare(fold(text)), known, n=_SHOWN, cutoff=0.4)
    names = [*(known[name] for name in near), *BUILT_IN_ANTENNAS]
    return problem(
        "unknown-antenna", table, shown,
        f"one of {len(files)} pattern files or a built-in form, e.g. {', '.join(names)}",
        "correct the name, put its MSI or PLN file into inputs.antennas, or leave the cell empty",
        row=row, column="antenna",
    )  # fmt: skip
