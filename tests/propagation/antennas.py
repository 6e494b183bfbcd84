"""Antenna tables for networks of tests, and how a table is read, the dumb way."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from qn_coverage.propagation import antenna

TURN = np.arange(360.0)
AROUND = (TURN + 180.0) % 360.0 - 180.0


def lobes(random):
    """A rough cut with one main direction and noise of up to 30 dB elsewhere."""
    cut = -random.uniform(0.0, 30.0, 360) * np.minimum(np.abs(AROUND) / 30.0, 1.0)
    return np.roll(cut, random.integers(-8, 9))


def with_tables(emitters, seed):
    """Some emitters with tables, some tipped, some as they were; omnidirectional ones too."""
    random = np.random.default_rng(seed)
    count = len(emitters)
    return replace(
        emitters,
        mechanical_tilt_deg=random.choice([0.0, 0.0, -2.0, 6.0], count),
        pattern=random.integers(-1, 3, count).astype(np.int32),
        patterns_db=np.stack([[lobes(random), lobes(random)] for _ in range(3)]),
    )


def look_db(emitters, e, bearing, depression):
    """Pattern of emitter e over arrays of directions."""
    azimuth = emitters.azimuth_deg[e]
    tipped = 0.0 if emitters.mechanical_tilt_deg is None else emitters.mechanical_tilt_deg[e]
    index = -1 if emitters.pattern is None else emitters.pattern[e]
    aimed = not np.isnan(azimuth)
    if aimed:
        depression = depression - tipped * np.cos(np.radians(bearing - azimuth))
    if index < 0:
        return antenna.tr36814(
            bearing,
            depression,
            azimuth_deg=azimuth,
            downtilt_deg=emitters.downtilt_deg[e],
            beamwidth_h_deg=emitters.beamwidth_h_deg[e],
            beamwidth_v_deg=emitters.beamwidth_v_deg[e],
        )
    horizontal, vertical = emitters.patterns_db[index]
    down = depression - emitters.downtilt_deg[e]
    total = np.interp(down, TURN, vertical, period=360.0)
    if aimed:
        total = total + np.interp(bearing - azimuth, TURN, horizontal, period=360.0)
    return np.maximum(total, min(horizontal.min(), vertical.min()))
