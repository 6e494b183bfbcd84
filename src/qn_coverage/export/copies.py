"""What a run has already written as others want it: handed on unchanged."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from qn_coverage.export.results import Results


def copy_geopackage(results: Results, path: Path) -> None:
    """Copy the GeoPackage of the run, which carries its QGIS styles."""
    shutil.copyfile(results.geopackage, path)


def copy_raster(results: Results, path: Path) -> None:
    """Copy the raster of the run, a cloud-optimised GeoTIFF with overviews and statistics."""
    shutil.copyfile(results.raster, path)
