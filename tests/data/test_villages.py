"""Villages are points with a radius."""

from shapely.geometry import Point

from qn_coverage.data.villages import read_villages
from tests.data.reading import only, places_of, problems_of, written


def test_points_are_read_with_their_radius(province):
    villages = read_villages(province / "villages.csv")
    assert villages["uncertainty_m"].tolist() == [200.0] * 3
    assert villages["in_programme"].tolist() == [False, True, True]
    assert villages["served_from"].isna().all()
    assert isinstance(villages.geometry.iloc[0], Point)


def test_a_day_of_service_is_a_date(villages, tmp_path):
    villages["served_from"] = ["2025-01-24", "", ""]
    found = read_villages(written(villages, tmp_path / "v.csv"))
    assert found["served_from"].dt.year.tolist()[0] == 2025
    assert found["served_from"].isna().tolist() == [False, True, True]


def test_wrong_cells_are_named(villages, tmp_path):
    villages.loc[0, "in_programme"] = "perhaps"
    villages.loc[1, "commune_code"] = "9001"
    villages.loc[2, "village_id"] = "v1"
    villages.loc[2, "uncertainty_m"] = ""
    found = problems_of(read_villages, written(villages, tmp_path / "v.csv"))
    assert places_of(found) == [
        ("not-a-boolean", 1, "in_programme"),
        ("bad-code", 2, "commune_code"),
        ("empty-cell", 3, "uncertainty_m"),
        ("duplicate-id", 3, "village_id"),
    ]


def test_people_are_counted_whole(villages, tmp_path):
    villages.loc[0, "population"] = "12.5"
    found = only(problems_of(read_villages, written(villages, tmp_path / "v.csv")))
    assert (found.code, found.expected) == ("not-a-number", "a whole number")


def test_a_commune_that_the_boundaries_do_not_have_is_named(villages, tmp_path):
    codes = set(villages["commune_code"].iloc[1:])
    villages.loc[0, "commune_code"] = "99999"
    path = written(villages, tmp_path / "v.csv")
    found = only(problems_of(lambda p: read_villages(p, codes), path))
    assert (found.code, found.row, found.column) == ("unknown-commune", 1, "commune_code")
    assert found.found == "'99999'"
    assert len(read_villages(path)) == len(villages)
