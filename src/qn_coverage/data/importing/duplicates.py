"""The same mast under two names, in one list or across operators': proposed, never merged."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from pyproj import Transformer
from rapidfuzz import fuzz
from scipy.spatial import KDTree

from qn_coverage.core.crs import COMPUTED, STORED
from qn_coverage.core.text import fold
from qn_coverage.data.importing.notes import Note

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from qn_coverage.data.importing.coordinates import Places
    from qn_coverage.data.importing.draft import Draft

SAME_MAST_M: Final = 30.0
"""Two sites nearer than this stand on one mast, whatever their names."""

NEAR_M: Final = 300.0
"""Two sites nearer than this with like names probably are one; the lists round differently."""

LIKE: Final = 80.0
"""Least likeness of such names (rapidfuzz token-set ratio, 0-100)."""

MOST: Final = 5_000
"""Most proposals; a list with more has one place for many sites."""

_NOISE: Final = re.compile(
    r"\b(viettel|vnpt|vinaphone|mobifone|vietnamobile|bts|tram|site|qnh|[2345]g|gsm|umts|lte|nr)\b|[_\-.]"
)


def propose(
    draft: Draft, columns: Mapping[str, Any], places: Places, kept: Sequence[int]
) -> tuple[Note, ...]:
    """Pairs of different sites that may be one mast; the note stands at the later row."""
    firsts: dict[str, int] = {}
    for row in kept:
        firsts.setdefault(columns["site_id"][row], row)
    rows = np.array(list(firsts.values()), dtype=np.int64)
    if len(rows) < 2:
        return ()
    lon, lat = places.lon[rows], places.lat[rows]
    xy = np.column_stack(Transformer.from_crs(STORED, COMPUTED, always_xy=True).transform(lon, lat))
    names = [_bare(columns["name"][row] or columns["site_id"][row]) for row in rows]
    found = []
    for a, b in _near(xy):
        metres = float(np.hypot(*(xy[a] - xy[b])))
        alike = fuzz.token_set_ratio(names[a], names[b]) if names[a] and names[b] else 0.0
        if metres <= SAME_MAST_M or alike >= LIKE:
            found.append(_note(draft, columns, int(rows[a]), int(rows[b]), metres, alike))
            if len(found) >= MOST:
                break
    return tuple(found)


def _near(xy: Any) -> Iterator[tuple[int, int]]:
    tree = KDTree(xy)
    for a, others in enumerate(tree.query_ball_point(xy, NEAR_M)):
        # Where hundreds share a place, a list has one point for many sites: look at the next few.
        yield from ((a, b) for b in sorted(others)[:20] if b > a)


def _bare(name: str) -> str:
    return " ".join(_NOISE.sub(" ", fold(name)).split())


def _note(
    draft: Draft, columns: Mapping[str, Any], first: int, second: int, metres: float, alike: float
) -> Note:
    one, two = (
        f"{columns['site_id'][r]} ({columns['operator'][r]}, {columns['name'][r]})"
        for r in (first, second)
    )
    part = draft.part[second]
    where = f"{draft.grids[draft.part[first]].name}, {draft.row[first]}"
    return Note(
        "proposed-same-mast",
        draft.grids[part].name,
        two[:120],
        f"có thể cùng cột với {one[:120]} ({where}): cách {metres:.0f} m; không gộp",
        f"perhaps the same mast: {metres:.0f} m apart, names {alike:.0f} % alike; not merged",
        draft.row[second],
        draft.column_name(second, "name"),
    )
