"""One flat work array for the median kernels: field k of cell i is ``work[k + i]``.

All fields lie in one array at constant offsets, so LLVM sees that they don't overlap and vectorises
the loops over them.
"""

from __future__ import annotations

from typing import Final, NamedTuple

CHUNK: Final = 504
"""Most cells that are worked on at a time: an odd number of cache lines, lest all fields compete
for the same few places of the cache."""

D: Final = 0 * CHUNK  # km, of the cell
H_N: Final = 1 * CHUNK  # ground at the receiver, m amsl
X_K: Final = 2 * CHUNK  # last sample before the receiver: distance, ground, sums
H_K: Final = 3 * CHUNK
V_1: Final = 4 * CHUNK
V_2: Final = 5 * CHUNK
OMEGA: Final = 6 * CHUNK

TOP: Final = 7 * CHUNK  # found on the hull with clutter: see the offsets below
BARE: Final = 12 * CHUNK  # found on the hull of bare ground
X_T: Final = 0 * CHUNK  # point seen highest from the transmitter
G_T: Final = 1 * CHUNK
X_R: Final = 2 * CHUNK  # seen highest from the receiver; of greatest ν where the path is open
G_R: Final = 3 * CHUNK
OPEN: Final = 4 * CHUNK  # 1 where no point rises above the line of sight

X_O: Final = 17 * CHUNK  # highest above the straight line
H_O: Final = 18 * CHUNK
X_A: Final = 19 * CHUNK  # seen highest from the transmitter, not curved
H_A: Final = 20 * CHUNK
X_B: Final = 21 * CHUNK  # seen highest from the receiver, not curved
H_B: Final = 22 * CHUNK

L_BFS: Final = 23 * CHUNK
L_D: Final = 24 * CHUNK
H_TE: Final = 25 * CHUNK  # above the smooth surface
H_RE: Final = 26 * CHUNK
CLEARED: Final = 27 * CHUNK  # square, a km, of what the lower antenna has over Earth's bulge
THETA_T: Final = 28 * CHUNK
THETA_R: Final = 29 * CHUNK
L_BS: Final = 30 * CHUNK
L_DUCT: Final = 31 * CHUNK  # no duct loses less
LOSS: Final = 32 * CHUNK

S_D: Final = 33 * CHUNK  # the cells that need the spherical part, side by side
S_TE: Final = 34 * CHUNK
S_RE: Final = 35 * CHUNK
S_OMEGA: Final = 36 * CHUNK
S_SHARE: Final = 37 * CHUNK  # 1 - h_se / h_req, or 1 beyond the horizon
S_ROOT: Final = 38 * CHUNK  # a_dft to the power of -1/3
S_LOSS: Final = 39 * CHUNK
S_NU: Final = 40 * CHUNK
S_LOG: Final = 41 * CHUNK
S_LAST: Final = 42 * CHUNK  # last sample before the receiver, as a float
S_LAND: Final = 43 * CHUNK

SLOPE: Final = 44 * CHUNK  # of the straight line between the antennas, m/km
Z_R: Final = 45 * CHUNK  # receiving antenna with Earth's bulge taken off, m

SPREAD: Final = 46 * CHUNK  # free-space loss but for the frequency
LEAST: Final = 47 * CHUNK  # the cell loses at least this

KEPT: Final = 48 * CHUNK  # bands in which the loss may matter

FIELDS: Final = 49


class MedianLink(NamedTuple):
    """What does not change in a sweep at p = 50 %, with the constants worked out."""

    f: float
    vertical: bool
    a_e: float
    curvature: float  # 500 / a_e, m per km²
    n_0: float
    phi: float
    d_ct: float
    d_cr: float
    free_space: float  # 92.4 + 20 log f
    edge: float  # 0.002 / λ
    wavelength: float
    scatter: float  # everything of eq. (44) that doesn't depend on the path
    duct: float  # everything of eqs. (46) to (56) that doesn't, at its least
    attenuation: float  # γ_d
    cube_root_f: float
    land_k: float  # K of eq. (29) but for a_dft
    sea_k: float
    distance: float  # 21.88 f^(1/3)
    height: float  # 0.9575 f^(2/3)
    screen: bool  # whether losses that don't matter may be left out
