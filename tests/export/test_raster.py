"""The raster tells its statistics and shrinks well, to other programs too."""

import json
import shutil
import subprocess

import numpy as np
import pytest
import rasterio

from qn_coverage.export.raster import NODATA, _statistics


@pytest.fixture(scope="module")
def path(results):
    return results.raster


def test_the_statistics_are_those_of_the_cells(path):
    with rasterio.open(path) as source:
        for band in source.indexes:
            values, tags = source.read(band, masked=True), source.tags(band)
            told = [float(tags[f"STATISTICS_{n}"]) for n in ("MINIMUM", "MAXIMUM", "MEAN")]
            cells = values.compressed().astype(float)
            np.testing.assert_allclose(told, [cells.min(), cells.max(), cells.mean()], rtol=1e-3)
            deviation = float(tags["STATISTICS_STDDEV"])
            assert deviation == pytest.approx(cells.std(), rel=1e-3)
            share = float(tags["STATISTICS_VALID_PERCENT"])
            assert share == pytest.approx(100 * cells.size / values.size, rel=1e-3)


def test_a_band_without_signal_claims_no_extremes():
    assert _statistics(np.full((3, 3), NODATA)) == {"STATISTICS_VALID_PERCENT": "0"}


@pytest.mark.skipif(shutil.which("gdalinfo") is None, reason="gdal-bin is not installed")
def test_gdal_itself_sees_layout_statistics_and_nothing_left_beside(path):
    done = subprocess.run(
        ["gdalinfo", "-json", str(path)], check=True, capture_output=True, encoding="utf-8"
    )
    document = json.loads(done.stdout)
    assert document["metadata"]["IMAGE_STRUCTURE"]["LAYOUT"] == "COG"
    assert document["files"] == [str(path)]  # no .aux.xml beside it
    for band in document["bands"]:
        told = float(band["metadata"][""]["STATISTICS_MAXIMUM"])
        assert band["maximum"] == pytest.approx(told, abs=0.06)
        assert band["noDataValue"] == NODATA
