"""The output folder of a study: written aside, renamed into place, nothing lost on failure."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from qn_coverage.export import manifest, outputs
from qn_coverage.export.geopackage import write_geopackage
from qn_coverage.export.raster import write_coverage
from qn_coverage.export.tables import computed, with_lon_lat, write_csv

if TYPE_CHECKING:
    from collections.abc import Callable

    from qn_coverage.study import Study


def write_study(study: Study, folder: Path, *, map_html: str, report_html: str) -> list[str]:
    """Write everything a study gives into a folder, all of it or nothing.

    Parameters
    ----------
    study
        What to write.
    folder
        Made if need be. Files of an earlier run are replaced, other files are left alone.
    map_html, report_html
        The rendered pages.

    Returns
    -------
    Names of the files written, the manifest last.

    Raises
    ------
    ManifestError, OutputError
        As `outputs.earlier_outputs` and `outputs.put_in_place`.
    """
    folder = Path(folder)
    earlier = outputs.earlier_outputs(folder, "run")
    with outputs.aside(folder) as place:
        names = _write_all(
            study, place, {"map.html": map_html, "report.html": report_html}, home=folder
        )
        outputs.put_in_place(place, folder, names, earlier=earlier, maker="run")
    for stale in earlier - set(names):
        (folder / stale).unlink(missing_ok=True)
    return names


def _write_all(study: Study, folder: Path, pages: dict[str, str], *, home: Path) -> list[str]:
    writers: dict[str, Callable[[Path], object]] = {
        **{name: partial(outputs.write_text, text) for name, text in pages.items()},
        "communes.csv": lambda path: write_csv(computed(study.communes), path),
        "former_communes.csv": lambda path: write_csv(computed(study.former_communes), path),
        "districts.csv": lambda path: write_csv(computed(study.districts), path),
        "villages.csv": lambda path: write_csv(computed(with_lon_lat(study.villages)), path),
        "gaps.csv": lambda path: write_csv(computed(study.gaps), path),
        "reasons.csv": lambda path: write_csv(computed(study.reasons), path),
        "claims.csv": lambda path: write_csv(study.judgements, path),
        "measurements.csv": lambda path: write_csv(
            computed(with_lon_lat(study.measurements)), path
        ),
        "layers.csv": lambda path: write_csv(computed(study.layer_statistics), path),
        "sites.csv": lambda path: write_csv(computed(with_lon_lat(study.sites)), path),
        "losses.csv": lambda path: write_csv(computed(study.losses), path),
        "village_layers.csv": lambda path: write_csv(computed(study.village_layers), path),
        "timeline.csv": lambda path: write_csv(computed(study.history.table), path),
        "gaps.gpkg": lambda path: write_geopackage(
            study, path, timestamp=manifest.timestamp_of(study.scenario)
        ),
        "coverage.tif": lambda path: write_coverage(study, path),
        "summary.json": lambda path: outputs.write_json(dict(study.summary), path),
    }
    for name, write in writers.items():
        write(folder / name)
    manifest.write_manifest(
        folder, home=home, scenario=study.scenario, inputs=study.inputs, outputs=writers
    )
    return [*writers, manifest.NAME]
