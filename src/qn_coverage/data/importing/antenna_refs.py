"""Antennas that a list names: pattern files beside it give the widths and gains it leaves out."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

import numpy as np

from qn_coverage.core.errors import InvalidDataError
from qn_coverage.core.schema import BUILT_IN_ANTENNAS as BUILT_IN
from qn_coverage.core.text import fold
from qn_coverage.data.antennas import ENDINGS, half_power_width, read_antenna
from qn_coverage.data.importing.draft import labels
from qn_coverage.data.importing.values import is_empty

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from qn_coverage.data.antennas import AntennaPattern
    from qn_coverage.data.importing.draft import Draft


def fill_from_patterns(draft: Draft, columns: Mapping[str, Any], files: Sequence[Path]) -> None:
    """Fill empty beamwidths and gains from the pattern files that rows name.

    A name is looked for beside its list, with or without ``.msi`` or ``.pln``, whatever its case;
    never in another folder. What is not found or cannot be read is noted, and the widths stay
    empty.

    Parameters
    ----------
    draft
        With the field ``antenna``.
    columns
        ``beamwidth_h_deg``, ``beamwidth_v_deg`` and ``gain_dbi``, shape (n,), and the list
        ``antenna``, filled in place: the name of the file where there is one, else that of the
        row, without folder and ending.
    files
        The lists.
    """
    rows: dict[tuple[str, str], list[int]] = {}
    for row, cell in enumerate(draft.column("antenna")):
        if not is_empty(cell):
            rows.setdefault((draft.grids[draft.part[row]].file, cell), []).append(row)
    folders = {label: path.parent for label, path in labels(files).items()}
    for (file, cell), named in rows.items():
        if fold(cell) in BUILT_IN:
            _set(columns["antenna"], named, fold(cell))
            continue
        path = _path(folders[file], cell)
        _set(columns["antenna"], named, path.stem if path else _bare(cell))
        pattern, vi, en = _pattern(path)
        draft.note_same(named, "antenna", "antenna", cell, vi, en)
        if pattern is None:
            continue
        take = np.array(named, dtype=np.int64)
        for name, value in (
            ("beamwidth_h_deg", half_power_width(pattern.horizontal_db)),
            ("beamwidth_v_deg", half_power_width(pattern.vertical_db)),
            ("gain_dbi", round(pattern.gain_dbi, 2)),
        ):
            given = columns[name][take]
            columns[name][take] = np.where(np.isnan(given), value, given)


def _set(cells: list[str], rows: Sequence[int], text: str) -> None:
    for row in rows:
        cells[row] = text


def _bare(cell: str) -> str:
    """Name without folder and ending."""
    name = PurePosixPath(cell.replace("\\", "/")).name
    return name[:-4] if name.lower().endswith(ENDINGS) else name


def _path(folder: Path, cell: str) -> Path | None:
    name = fold(PurePosixPath(cell.replace("\\", "/")).name)
    wanted = {name, *(name + ending for ending in ENDINGS)}
    found = sorted(p for p in folder.iterdir() if fold(p.name) in wanted and _is_pattern(p))
    return found[0] if found else None


def _pattern(path: Path | None) -> tuple[AntennaPattern | None, str, str]:
    if path is None:
        return None, "không có tệp anten kèm theo", "no pattern file beside the list"
    try:
        pattern = read_antenna(path)
    except InvalidDataError as error:
        return None, f"không đọc được {path.name}", f"unreadable: {error.problems[0].found}"
    widths = [half_power_width(cut) for cut in (pattern.horizontal_db, pattern.vertical_db)]
    shown = "{}: {:.0f}° × {:.0f}°, {:.1f} dBi".format(path.name, *widths, pattern.gain_dbi)
    return pattern, f"búp sóng của {shown}", f"beamwidths of {shown}"


def _is_pattern(path: Path) -> bool:
    return path.suffix.lower() in ENDINGS and path.is_file() and not path.is_symlink()
