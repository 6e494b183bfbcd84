"""The same mast under two names, in one list or across operators': proposed, never merged."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from pyproj import Transformer
from rapidfuzz import fuzz, process
from scipy.spatial import KDTree

from qn_coverage.core.crs import COMPUTED, STORED
from qn_coverage.core.text import fold
from qn_coverage.data.importing.notes import Note

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from qn_coverage.data.importing.coordinates import Places
    from qn_coverage.data.importing.draft import Draft

    Floats = npt.NDArray[np.float64]
    Indices = npt.NDArray[np.int64]

SAME_MAST_M: Final = 30.0
"""Two sites nearer than this stand on one mast, whatever their names."""

NEAR_M: Final = 300.0
"""Two sites nearer than this with like names probably are one; the lists round differently."""

LIKE: Final = 80.0
"""Least likeness of such names (rapidfuzz token-set ratio, 0-100)."""

_NEIGHBOURS: Final = 12
_SAME_PLACE_M: Final = 0.1

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
    one, two, metres = _near(xy)
    alike = _likeness(
        [columns["name"][row] or columns["site_id"][row] for row in rows.tolist()], one, two
    )
    same = np.flatnonzero((metres <= SAME_MAST_M) | (alike >= LIKE))[:MOST]
    return tuple(
        _note(draft, columns, int(rows[one[i]]), int(rows[two[i]]), metres[i], alike[i])
        for i in same.tolist()
    )


def _near(xy: Floats) -> tuple[Indices, Indices, Floats]:
    """Pairs nearer than `NEAR_M`, the earlier row first, and their distances.

    Rows in one place are paired with the first of them, and each place with its `_NEIGHBOURS`
    nearest: a list that has one point for all its sites must not become n² pairs.
    """
    grid = np.round(xy / _SAME_PLACE_M).astype(np.int64)
    _, first, group = np.unique(
        _joined(grid[:, 0], grid[:, 1]), return_index=True, return_inverse=True
    )
    places, heads = xy[first], first[group]
    together = np.flatnonzero(heads != np.arange(len(xy)))
    nearest = range(1, min(_NEIGHBOURS + 1, len(places)) + 1)
    far, others = (
        np.asarray(found)
        for found in KDTree(places).query(places, k=nearest, distance_upper_bound=NEAR_M)
    )
    here, there = np.repeat(np.arange(len(places)), far.shape[1]), others.ravel()
    apart = (there < len(places)) & (there != here)
    ends = np.sort(np.column_stack([first[here[apart]], first[there[apart]]]), axis=1)
    pairs = np.concatenate([np.column_stack([heads[together], together]), ends])
    _, kept = np.unique(_joined(pairs[:, 0], pairs[:, 1]), return_index=True)
    metres = np.concatenate([np.zeros(len(together)), far.ravel()[apart]])[kept]
    return pairs[kept, 0], pairs[kept, 1], metres


def _joined(one: Indices, two: Indices) -> Indices:
    """One number for each pair of numbers below 2³¹, in the same order."""
    return (one << 32) + two


def _likeness(names: Sequence[str], one: Indices, two: Indices) -> Floats:
    """Likeness of the names of each pair, 0-100; 0 where nothing of a name is left."""
    bare = {row: _bare(names[row]) for row in np.union1d(one, two).tolist()}
    left, right = ([bare[row] for row in side.tolist()] for side in (one, two))
    alike = process.cpdist(left, right, scorer=fuzz.token_set_ratio, dtype=np.float64)
    empty = np.array([not (a and b) for a, b in zip(left, right, strict=True)], dtype=np.bool_)
    return np.where(empty, 0.0, np.asarray(alike, dtype=np.float64))


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
