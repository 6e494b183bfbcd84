"""Antennas that a list names: their pattern files beside the list give the widths it leaves out."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from qn_coverage.core.errors import InvalidDataError
from qn_coverage.core.text import fold
from qn_coverage.data.antennas import read_antenna
from qn_coverage.data.importing.draft import labels
from qn_coverage.data.importing.values import is_empty

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import numpy.typing as npt

    from qn_coverage.data.antennas import AntennaPattern
    from qn_coverage.data.importing.draft import Draft

ENDINGS: Final = (".msi", ".pln")

HALF_POWER_DB: Final = -3.0103
"""Half of the power of the main direction, 10 lg 0.5."""


def fill_widths(draft: Draft, columns: Mapping[str, Any], files: Sequence[Path]) -> None:
    """Fill empty beamwidths from the pattern files that rows name.

    A name is looked for beside its list, with or without ``.msi`` or ``.pln``, whatever its case;
    never in another folder. What is not found or cannot be read is noted, and the widths stay
    empty.

    Parameters
    ----------
    draft
        With the field ``antenna``.
    columns
        ``beamwidth_h_deg`` and ``beamwidth_v_deg``, shape (n,), filled in place.
    files
        The lists.
    """
    rows: dict[tuple[str, str], list[int]] = {}
    for row, cell in enumerate(draft.column("antenna")):
        if not is_empty(cell):
            rows.setdefault((draft.grids[draft.part[row]].file, cell), []).append(row)
    folders = {label: path.parent for label, path in labels(files).items()}
    for (file, cell), named in rows.items():
        pattern, vi, en = _pattern(folders[file], cell)
        draft.note_same(named, "antenna", "antenna", cell, vi, en)
        if pattern is None:
            continue
        take = np.array(named, dtype=np.int64)
        for name, cut in (
            ("beamwidth_h_deg", pattern.horizontal_db),
            ("beamwidth_v_deg", pattern.vertical_db),
        ):
            given = columns[name][take]
            columns[name][take] = np.where(np.isnan(given), half_power_width(cut), given)


def half_power_width(cut_db: npt.NDArray[np.float64]) -> float:
    """Width in degrees between the half-power points around the strongest direction of a cut.

    Parameters
    ----------
    cut_db
        Shape (360,), ≤ 0, a value a degree.

    Returns
    -------
    1 to 360; 360 where no direction falls below half power.
    """
    level = np.roll(cut_db, -int(np.argmax(cut_db))) - float(np.max(cut_db))
    if (level > HALF_POWER_DB).all():
        return 360.0
    width = _reach(level) + _reach(np.concatenate([level[:1], level[:0:-1]]))
    return float(np.clip(width, 1.0, 360.0))


def _reach(level: npt.NDArray[np.float64]) -> float:
    """Degrees from the main direction to half power, linear between two values."""
    below = int(np.argmax(level <= HALF_POWER_DB))
    drop = level[below - 1] - level[below]
    return float(below - 1 + (level[below - 1] - HALF_POWER_DB) / drop)


def _pattern(folder: Path, cell: str) -> tuple[AntennaPattern | None, str, str]:
    name = fold(PurePosixPath(cell.replace("\\", "/")).name)
    wanted = {name, *(name + ending for ending in ENDINGS)}
    found = sorted(p for p in folder.iterdir() if fold(p.name) in wanted and _is_pattern(p))
    if not found:
        return None, "không có tệp anten kèm theo", "no pattern file beside the list"
    try:
        pattern = read_antenna(found[0])
    except InvalidDataError as error:
        return None, f"không đọc được {found[0].name}", f"unreadable: {error.problems[0].found}"
    widths = [half_power_width(cut) for cut in (pattern.horizontal_db, pattern.vertical_db)]
    shown = "{}: {:.0f}° × {:.0f}°".format(found[0].name, *widths)
    return pattern, f"búp sóng của {shown}", f"beamwidths of {shown}"


def _is_pattern(path: Path) -> bool:
    return path.suffix.lower() in ENDINGS and path.is_file() and not path.is_symlink()
