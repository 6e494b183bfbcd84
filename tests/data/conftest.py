import geopandas as gpd
import pandas as pd
import pytest

from tests import tiny


@pytest.fixture(scope="session")
def province(tmp_path_factory):
    """Folder with all inputs of a tiny province."""
    folder = tmp_path_factory.mktemp("province")
    tiny.write_province(folder)
    return folder


@pytest.fixture
def sectors(province):
    """Its sectors as text cells."""
    return pd.read_csv(province / "sectors.csv", dtype=object, keep_default_na=False)


@pytest.fixture
def villages(province):
    return pd.read_csv(province / "villages.csv", dtype=object, keep_default_na=False)


@pytest.fixture
def communes(province):
    return gpd.read_file(province / "communes.geojson")
