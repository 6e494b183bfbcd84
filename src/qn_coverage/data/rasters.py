"""Rasters of a study: terrain, population, and any other brought to the study's grid."""

from qn_coverage.data.population import read_population
from qn_coverage.data.raster_files import Resampled, SourceRaster, read_raster, resample_to_grid
from qn_coverage.data.terrain import Terrain, read_terrain

__all__ = [
    "Resampled",
    "SourceRaster",
    "Terrain",
    "read_population",
    "read_raster",
    "read_terrain",
    "resample_to_grid",
]
