"""Buffers of the fast sweep: one ray, its hulls, and the cells in hand.

Apart from `ray_state`, whose rays serve any time percentage: the kernels here take arrays one by
one, since every array of a tuple that is handed on costs two atomic operations a call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from qn_coverage.propagation.median_cells import Sorted, new_sorted
from qn_coverage.propagation.median_fields import CHUNK, FIELDS
from qn_coverage.propagation.p1812.radio_climate import INLAND

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]
    Links = npt.NDArray[np.uint32]

BLOCK_BITS: Final = 4
"""Points of a hull are counted in blocks of 16."""

BUILT: Final = 0
"""Points 1 to marks[BUILT] are linked."""
LOW: Final = 1
"""Lowest vertex that a push has uncovered since the fingers were last mended."""
TANGENT: Final = 2
PEAK: Final = 3
EXTREME: Final = 4
"""Fingers: where the last search of each kind ended."""

SAMPLED: Final = 0
"""Samples that are written."""
CLEAR: Final = 1
"""First sample with clutter."""
ZONED: Final = 2
"""Samples whose zone sums are written."""
SUMMED: Final = 3
"""Samples whose sums of heights are written."""


class Chain(NamedTuple):
    """Upper hull of the points of a ray, as in `hull`; arrays of shape (capacity,)."""

    z: Floats  # height with Earth's bulge taken off
    rise: Floats  # from prev[i] to i, m
    way: Floats  # from prev[i] to i, km
    prev: Links
    next: Links
    best: Links  # of points 1 to i, the one seen highest from the transmitter
    straight: Links  # the same on heights that are not curved
    run: Links  # first of the vertices below i that follow each other at i's very height
    tops: Floats  # greatest z of each block of points
    marks: Ints  # (5,)


class MedianRay(NamedTuple):
    """Samples of a ray and sums over them, arrays of shape (capacity,); sample 0 is the mast."""

    x: Floats  # km
    low: Links  # place of the lower of the centres beside it
    share: Floats  # of the way to the next one
    ground: Floats  # h_i, m amsl
    top: Floats  # g_i, with clutter
    zone: npt.NDArray[np.uint8]
    v_1: Floats  # sums of eqs. (83) and (84)
    v_2: Floats
    sea: Floats  # km over sea
    land: Floats  # length of the land section that sample i ends
    inland: Floats
    longest_land: Floats
    longest_inland: Floats
    first_sea: Floats  # km to the first coast, inf
    last_sea: Floats  # km of the last coast, -inf
    bare: Chain  # of the ground
    cluttered: Chain  # of the ground with clutter


class Desk(NamedTuple):
    """The cells in hand, arrays of shape (CHUNK,) but where said."""

    work: Floats  # (FIELDS · CHUNK,): see `median_fields`
    cells: Ints  # first sample at or beyond each cell
    ground: Ints  # place of each cell in the terrain
    loss: Ints  # place of each cell in the answer
    picked: Ints
    bare: Ints  # (2, CHUNK): points seen highest from both ends over bare ground
    cluttered: Ints  # (2, CHUNK): the same with clutter
    state: Ints  # (4,): SAMPLED, CLEAR, ZONED, SUMMED
    sorted: Sorted  # (cells of a face,): what is asked for


def new_median_ray(capacity: int) -> MedianRay:
    """Buffers for rays of up to `capacity` samples, the mast included."""

    def floats() -> Floats:
        return np.zeros(capacity)

    return MedianRay(
        x=floats(),
        low=np.zeros(capacity, dtype=np.uint32),
        share=floats(),
        ground=floats(),
        top=floats(),
        zone=np.full(capacity, INLAND, dtype=np.uint8),
        v_1=floats(),
        v_2=floats(),
        sea=floats(),
        land=floats(),
        inland=floats(),
        longest_land=floats(),
        longest_inland=floats(),
        first_sea=floats(),
        last_sea=floats(),
        bare=_new_chain(capacity),
        cluttered=_new_chain(capacity),
    )


def _new_chain(capacity: int) -> Chain:
    def links() -> Links:
        return np.zeros(capacity, dtype=np.uint32)

    return Chain(
        z=np.zeros(capacity),
        rise=np.zeros(capacity),
        way=np.zeros(capacity),
        prev=links(),
        next=links(),
        best=links(),
        straight=links(),
        run=links(),
        tops=np.zeros((capacity >> BLOCK_BITS) + 1),
        marks=np.zeros(5, dtype=np.int64),
    )


def new_desk(radius_cells: float, leaves: int) -> Desk:
    """Room for one thread, for discs of a radius and that many leaves a face."""

    def ints(*shape: int) -> Ints:
        return np.zeros(shape, dtype=np.int64)

    return Desk(
        work=np.zeros(FIELDS * CHUNK),
        cells=ints(CHUNK),
        ground=ints(CHUNK),
        loss=ints(CHUNK),
        picked=ints(CHUNK),
        bare=ints(2, CHUNK),
        cluttered=ints(2, CHUNK),
        state=ints(4),
        sorted=new_sorted(radius_cells, leaves),
    )
