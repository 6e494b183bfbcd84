"""Coverage as a cloud-optimised GeoTIFF."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    from qn_coverage.study import Study

NODATA = np.float32(-9999.0)


def write_coverage(study: Study, path: Path) -> None:
    """Write one band a technology (median level in dBm) and the margins before and after (dB).

    Parameters
    ----------
    study
        What to write.
    path
        File to write, a COG in the study's CRS with overviews and the statistics of each band
        (as GDAL names them, so that QGIS stretches its colours without reading the cells);
        -9999 where no signal arrives.
    """
    import rasterio  # noqa: PLC0415 (loads GDAL: only when asked for)
    from rasterio.transform import Affine  # noqa: PLC0415

    bands = _bands(study)
    with rasterio.open(
        path,
        "w",
        driver="COG",
        width=study.grid.cols,
        height=study.grid.rows,
        count=len(bands),
        dtype="float32",
        crs=study.grid.crs,
        transform=Affine(*study.grid.transform),
        nodata=float(NODATA),
        compress="DEFLATE",
        predictor="YES",
        overview_resampling="average",
    ) as target:
        for index, (name, values) in enumerate(bands.items(), start=1):
            filled = _filled(values)
            target.write(filled, index)
            target.set_band_description(index, name)
            target.update_tags(index, **_statistics(filled))
        target.update_tags(
            model=study.scenario.model.name,
            after=study.after.on.isoformat(),
            before=study.before.on.isoformat(),
            network_origin="; ".join(sorted(set(study.sectors["origin"]))),
        )


def _bands(study: Study) -> dict[str, npt.NDArray[np.float32]]:
    technologies = sorted({layer.technology for layer in study.after.layers})
    levels = {
        f"level_{technology}_after_dbm": study.after.level_dbm(technology=technology)
        for technology in technologies
        if study.after.select(technology=technology)
    }
    return {
        "margin_after_db": study.after.margin_db(),
        "margin_before_db": study.before.margin_db(),
        **levels,
    }


def _filled(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    # A tenth of a dB is far below any model's error and compresses five times better.
    return np.where(np.isfinite(values), np.round(values, 1), NODATA).astype(np.float32)


def _statistics(filled: npt.NDArray[np.float32]) -> dict[str, str]:
    """Tags of GDAL's own names; none for a band without signal."""
    valid = filled[filled != NODATA].astype(np.float64)
    if valid.size == 0:
        return {"STATISTICS_VALID_PERCENT": "0"}
    return {
        "STATISTICS_MINIMUM": f"{valid.min():.4g}",
        "STATISTICS_MAXIMUM": f"{valid.max():.4g}",
        "STATISTICS_MEAN": f"{valid.mean():.6g}",
        "STATISTICS_STDDEV": f"{valid.std():.6g}",
        "STATISTICS_VALID_PERCENT": f"{100.0 * valid.size / filled.size:.4g}",
    }
