"""Places whose attributes are checked elsewhere are placed as strictly."""

import pytest

from qn_coverage.data.tables import read_vector
from tests.data.reading import codes_of


def csv(tmp_path, rows):
    path = tmp_path / "t.csv"
    path.write_text("n,lon,lat\n" + rows, encoding="utf-8")
    return path


def test_points_come_in_degrees(tmp_path):
    frame = read_vector(csv(tmp_path, "a,107.5,21.25\n"), "point")
    assert frame.crs == "EPSG:4326"
    assert frame["n"].tolist() == ["a"]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("a,21.25,107.5", "swapped-coordinates"),
        ("a,105.8,21.0", "outside-province"),
        ("a,x,21.0", "not-a-number"),
    ],
)
def test_wrong_places_are_refused(tmp_path, row, code):
    assert codes_of(read_vector, csv(tmp_path, f"b,107.5,21.25\n{row}\n"), "point") == {code}


def test_the_wrong_kind_is_refused(tmp_path):
    assert codes_of(read_vector, csv(tmp_path, "a,107.5,21.25\n"), "polygon") == {"wrong-geometry"}
