"""Recommendation ITU-R P.1812-8 (September 2025): one module a section, symbols as in the text.

`basic_transmission_loss` is the checked function of one profile; importing it compiles nothing, the
first call does (or loads what an earlier process compiled).
"""

from __future__ import annotations

from qn_coverage.propagation.p1812.location import building_entry_loss_db, location_deviation_db
from qn_coverage.propagation.p1812.model import (
    DELTA_N,
    LATITUDE_DEG,
    N_0,
    Intermediates,
    basic_transmission_loss,
    path_centre_latitude_deg,
)

__all__ = [
    "DELTA_N",
    "LATITUDE_DEG",
    "N_0",
    "Intermediates",
    "basic_transmission_loss",
    "building_entry_loss_db",
    "location_deviation_db",
    "path_centre_latitude_deg",
]
