"""Mobile-coverage verdicts for every commune and village of Quảng Ninh province, Vietnam.

The handful of verbs a notebook needs stand here; each is loaded when it is first asked for, so
that importing the package costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qn_coverage.core.scenario import load_scenario
    from qn_coverage.data.boundaries import read_communes
    from qn_coverage.data.catalog import load_catalog
    from qn_coverage.data.sites import read_sectors
    from qn_coverage.data.villages import read_villages
    from qn_coverage.export.folder import write_study
    from qn_coverage.export.geopackage import write_geopackage
    from qn_coverage.render.map import render_map, write_map
    from qn_coverage.study import run_study

__version__ = "0.1.0"

__all__ = [
    "load_catalog",
    "load_scenario",
    "read_communes",
    "read_sectors",
    "read_villages",
    "render_map",
    "run_study",
    "write_geopackage",
    "write_map",
    "write_study",
]

_HOMES = {
    "load_catalog": "data.catalog",
    "load_scenario": "core.scenario",
    "read_communes": "data.boundaries",
    "read_sectors": "data.sites",
    "read_villages": "data.villages",
    "render_map": "render.map",
    "run_study": "study",
    "write_geopackage": "export.geopackage",
    "write_map": "render.map",
    "write_study": "export.folder",
}


def __getattr__(name: str) -> Any:
    """Load a verb from its home on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module 'qn_coverage' has no attribute '{name}'")
    return getattr(import_module(f"qn_coverage.{_HOMES[name]}"), name)
