"""Shapefile, for programs that read nothing else: names of 10 characters, documented beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qn_coverage.export.dictionary import SHORT_LENGTH
from qn_coverage.export.vector import write_layers

if TYPE_CHECKING:
    from pathlib import Path

    from qn_coverage.export.results import Results


def write_shapefile(results: Results, path: Path) -> None:
    """Write one Shapefile a layer into a folder, in EPSG:4326, text in UTF-8 (``.cpg``).

    Parameters
    ----------
    results
        What to write.
    path
        Folder, made here.
    """
    day = results.created.date().isoformat()
    write_layers(
        results,
        path,
        suffix=".shp",
        length=SHORT_LENGTH,
        # The date of last change stands in the file: the run's, so that bytes repeat.
        options=lambda _: {
            "driver": "ESRI Shapefile",
            "ENCODING": "UTF-8",
            "DBF_DATE_LAST_UPDATE": day,
            "RESIZE": "YES",  # text columns as wide as their longest text, not 254
        },
    )
