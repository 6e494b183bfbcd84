"""Whatever a planner writes for a place is that place, or is refused: never another one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer

from qn_coverage.core.crs import PROVINCE_BOUNDS
from qn_coverage.data.importing.coordinates import halves, readings, resolve
from qn_coverage.data.importing.land import on_land
from qn_coverage.data.importing.zones import OWN, ZONES, likely_zones

WEST, SOUTH, EAST, NORTH = PROVINCE_BOUNDS
LON, LAT = 107.0511, 20.9511
LONS = st.floats(WEST + 0.001, EAST - 0.001)
LATS = st.floats(SOUTH + 0.001, NORTH - 0.001)


def one(x, y, **options):
    places = resolve([x], [y], on_land=on_land, **options)
    return places.lon[0], places.lat[0], places.how[0], places.refused[0]


@pytest.mark.parametrize(
    "cell",
    [
        "20.9511", "20,9511", " 20.9511° ", "20.9511 B", "N20.9511", "20.9511°N", "Vĩ độ: 20.9511",
        "20°57'03.96\"", "20°57'03,96\"B", "20°57′03.96″ N", "20º57’03,96”", "20d57m03.96s",
        "20 57 03.96", "20-57-03.96", "20:57:03.96", "20.57.03,96", "B 20°57'03.96\"",
        "20 độ 57 phút 03,96 giây Bắc", "20°57.066'", "20°57'3.96''", "20951100", "209511000",
        "20.951.100",
    ],
)  # fmt: skip
def test_every_wild_form_of_one_latitude_is_that_latitude(cell):
    lon, lat, _, refused = one("107.0511", cell)
    assert not refused
    assert (lon, lat) == pytest.approx((LON, LAT), abs=1e-6)


@pytest.mark.parametrize("cell", ["20d57m04s", "20°57m04sB"])
def test_the_s_of_seconds_is_not_south(cell):
    assert [round(r.value, 4) for r in readings(cell)] == [20.9511]


@pytest.mark.parametrize(
    "cell",
    ["20°57'04\"S", "20.95 Nam", "-20.95", "20°61'04\"", "20°57'61\"", "abc", "", "20°57'04\"T"],
)
def test_what_is_no_place_of_the_province_has_no_sense(cell):
    assert readings(cell) == ()


@given(LONS, LATS)
def test_exchanged_columns_are_put_right(lon, lat):
    x, y, how, refused = one(f"{lat:.6f}", f"{lon:.6f}")
    assert not refused
    assert "swapped" in how
    assert (x, y) == pytest.approx((lon, lat), abs=1e-6)


@given(LONS, LATS, st.integers(5, 7))
def test_a_lost_decimal_point_is_put_back(lon, lat, digits):
    cells = (f"{v:.{digits}f}".replace(".", "") for v in (lon, lat))
    x, y, how, refused = one(*cells)
    assert not refused
    assert "scaled" in how
    assert (x, y) == pytest.approx((lon, lat), abs=1e-4)


@given(LONS, LATS)
def test_degrees_minutes_seconds_come_back_within_two_metres(lon, lat):
    def dms(value, letter):
        degrees, rest = divmod(round(value * 36000), 36000)
        minutes, rest = divmod(rest, 600)
        return f"{degrees}°{minutes:02}'{rest / 10:04.1f}\"{letter}".replace(".", ",")

    x, y, how, refused = one(dms(lon, "Đ"), dms(lat, "B"))
    assert not refused
    assert "dms" in how
    assert (x, y) == pytest.approx((lon, lat), abs=1.5e-5)


@given(st.text(max_size=30), st.text(max_size=30))
def test_no_text_is_ever_taken_for_a_place_outside_the_province(first, second):
    x, y, _, refused = one(first, second)
    assert refused or (WEST <= x <= EAST and SOUTH <= y <= NORTH)
    halves(first + " " + second)


def test_six_digits_that_are_degrees_or_degrees_minutes_seconds_are_refused():
    *_, refused = one("1070304", "205704")
    assert refused == "ambiguous-coordinates"


@pytest.mark.parametrize(
    "cell",
    ["20.9511, 107.0511", "20,9511; 107,0511", "20,9511, 107,0511", "107.0511 20.9511",
     "20.9511,107.0511", "20°57'03.96\"B 107°03'03.96\"Đ", "20.9511/107.0511"],
)  # fmt: skip
def test_both_coordinates_in_one_cell_are_parted(cell):
    lon, lat, _, refused = one(*halves(cell))
    assert not refused
    assert (lon, lat) == pytest.approx((LON, LAT), abs=1e-5)


def metres(zone, lon, lat):
    x, y = Transformer.from_crs("EPSG:4326", ZONES[zone], always_xy=True).transform(lon, lat)
    return [f"{v:.2f}" for v in np.atleast_1d(x)], [f"{v:.2f}" for v in np.atleast_1d(y)]


def land_places(count=300):
    random = np.random.default_rng(5)
    lon, lat = random.uniform(106.4, 108.05, 20_000), random.uniform(20.8, 21.6, 20_000)
    keep = np.flatnonzero(on_land(lon, lat))[:count]
    return lon[keep], lat[keep]


@pytest.mark.parametrize("zone", ["107-45", "105-45", "107-15", "108-00", "107-30"])
@pytest.mark.parametrize("exchanged", [False, True])
def test_a_list_all_over_the_province_tells_its_own_zone(zone, exchanged):
    lon, lat = land_places()
    x, y = metres(zone, lon, lat)
    places = resolve(*((y, x) if exchanged else (x, y)), on_land=on_land)
    assert places.zone == zone
    assert not any(places.refused)
    assert np.hypot((places.lon - lon) * 104_000, (places.lat - lat) * 110_700).max() < 0.5


@pytest.mark.parametrize("zone", ZONES)
def test_every_zone_that_is_told_is_used(zone):
    x, y = metres(zone, [107.05, 107.77], [21.0, 20.99])
    for cells in ((x, y), (y, x)):
        places = resolve(*cells, crs=ZONES[zone], on_land=on_land)
        assert not any(places.refused)
        assert places.lon == pytest.approx([107.05, 107.77], abs=1e-6)
        assert places.lat == pytest.approx([21.0, 20.99], abs=1e-6)


@pytest.mark.parametrize("zone", sorted(set(ZONES) - {"105-00", "UTM-48N"}))
def test_every_zone_is_told_by_a_list_all_over_the_province_or_named_among_the_possible(zone):
    lon, lat = land_places()
    places = resolve(*metres(zone, lon, lat), on_land=on_land)
    if places.zone:
        assert places.zone == zone
        assert np.hypot((places.lon - lon) * 104_000, (places.lat - lat) * 110_700).max() < 0.5
    else:
        assert zone in places.zones


def test_two_zones_of_one_meridian_are_not_told_apart():
    places = resolve(*metres("105-00", *land_places()), on_land=on_land)
    assert set(places.refused) == {"ambiguous-zone"}
    assert {"105-00", "UTM-48N"} <= set(places.zones)


def test_one_place_in_metres_could_be_in_several_zones_and_is_refused_with_their_names():
    places = resolve(*metres(OWN, 107.05, 21.0), on_land=on_land)
    assert places.refused == ("ambiguous-zone",)
    assert OWN in places.zones
    assert len(places.zones) > 1


def test_a_zone_that_is_told_is_used_for_one_place_too():
    x, y = metres("107-30", 107.05, 21.0)
    places = resolve(x, y, crs=ZONES["107-30"], on_land=on_land)
    assert (places.lon[0], places.lat[0]) == pytest.approx((107.05, 21.0), abs=1e-6)


def test_the_named_communes_tell_the_zone_of_a_few_places():
    x, y = (np.array(v, dtype=float) for v in metres("107-15", [107.05, 107.30], [21.0, 21.05]))

    def there(lon, lat):
        return np.hypot(lon - [107.05, 107.30], lat - [21.0, 21.05]) < 0.02

    assert likely_zones(x, y, on_land, there).told == "107-15"


@pytest.mark.parametrize("zone", ["107-00", OWN, "107-30"])
def test_a_handful_of_places_tells_no_zone_even_if_only_one_puts_all_of_them_on_land(zone):
    lon, lat = np.array([(107.0511, 20.9511), (107.3052, 21.0128), (107.7654, 20.9987)]).T
    x, y = (np.array(v, dtype=float) for v in metres(zone, lon, lat))
    verdict = likely_zones(x, y, on_land)
    assert verdict.told == ""
    assert zone in verdict.possible


def test_rounded_degrees_say_how_rough_they_are():
    places = resolve(["107.1", "107.123456"], ["21.0", "21.012345"], on_land=on_land)
    assert places.rounding_m[0] == pytest.approx(7871, rel=0.01)
    assert places.rounding_m[1] == 0
