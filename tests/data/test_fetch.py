"""A download survives cuts and busy servers, and never passes off wrong bytes."""

import errno
import gzip
import hashlib
import json

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

from qn_coverage.core.errors import UnknownNameError
from qn_coverage.core.grid import Grid
from qn_coverage.data.download import ATTEMPTS, FetchError
from qn_coverage.data.fetch import fetch_terrain
from qn_coverage.data.terrain import read_terrain
from qn_coverage.data.terrain_sources import SOURCES, TerrainSource
from tests.data.fetch_server import Patience, Server, serving
from tests.data.reading import codes_of, only, problems_of

BOUNDS = (107.2, 21.1, 107.8, 21.9)
STEM = "Copernicus_DSM_COG_10_N21_00_E107_00_DEM"
TILE = f"{STEM}.tif"
BODY = b"II*\0" + bytes(range(256)) * 4000


@pytest.fixture
def server(monkeypatch):
    yield from serving(monkeypatch, Server({f"/{STEM}/{TILE}": BODY}))


def get(server, folder, **options):
    defaults = {"mirror": server.url, "bounds": BOUNDS, "wait": Patience()}
    return fetch_terrain("glo30", folder, **(defaults | options))


def record(folder, name="glo30"):
    return json.loads((folder / f"SOURCES-{name}.json").read_text(encoding="utf-8"))["tiles"]


# --- what arrives --------------------------------------------------------------------------------


def test_a_tile_arrives_whole_with_licence_address_and_hash(server, tmp_path):
    found = get(server, tmp_path)
    assert [path.read_bytes() for path in found] == [BODY]
    assert len(found) == 1
    assert "WorldDEM-30 © DLR" in found.licence.read_text(encoding="utf-8")
    entry = record(tmp_path)[TILE]
    assert entry["sha256"] == hashlib.sha256(BODY).hexdigest()
    assert entry["url"] == f"{server.url}/{STEM}/{TILE}"
    assert entry["bytes"] == len(BODY)
    assert entry["last_modified"].endswith("2024 00:00:00 GMT")


def test_nothing_but_tiles_record_and_licence_is_left(server, tmp_path):
    server.faults = ["cut", 503]
    get(server, tmp_path)
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {TILE, "SOURCES-glo30.json", "LICENCE-glo30.txt"}


def test_the_province_asks_for_the_published_names(server, tmp_path):
    found = fetch_terrain("glo30", tmp_path, mirror=server.url, wait=Patience())
    asked = [path.rsplit("/", 1)[-1].removesuffix("_00_DEM.tif")[-11:] for path, _ in server.asked]
    assert asked == [
        f"{lat}_00_{lon}" for lat in ("N20", "N21") for lon in ("E106", "E107", "E108")
    ]
    assert len(found.absent) == 5


def test_tiles_south_and_west_have_their_letters(server, tmp_path):
    server.files["/S03/S03W061.hgt.gz"] = gzip.compress(b"\0" * (2 * 1201**2), mtime=0)
    south_west = (-60.5, -2.5, -60.1, -2.1)
    found = fetch_terrain("srtm", tmp_path, mirror=server.url, bounds=south_west, wait=Patience())
    assert [path.name for path in found] == ["S03W061.hgt"]


def test_fetched_tiles_are_terrain(server, tmp_path):
    path = tmp_path / "made.tif"
    with rasterio.open(
        path, "w", driver="GTiff", width=120, height=120, count=1, dtype="float32",
        crs="EPSG:4326", transform=from_origin(107.0, 22.0, 1 / 120, 1 / 120),
    ) as target:  # fmt: skip
        target.write(np.full((120, 120), 77.0, dtype=np.float32), 1)
    server.files[f"/{STEM}/{TILE}"] = path.read_bytes()
    grid = Grid("EPSG:5899", 480_000.0, 2_350_000.0, 100.0, 20, 20)
    terrain = read_terrain(get(server, tmp_path / "t").files, grid)
    assert (terrain.raster.values == 77.0).all()
    assert terrain.vertical_datum.startswith("EGM2008")


def test_packed_heights_are_unpacked_and_checked(server, tmp_path):
    heights = np.arange(1201**2, dtype=">i2").tobytes()
    server.files["/N21/N21E107.hgt.gz"] = gzip.compress(heights, mtime=0)
    found = fetch_terrain("srtm", tmp_path, mirror=server.url, bounds=BOUNDS, wait=Patience())
    assert [path.name for path in found] == ["N21E107.hgt"]
    assert found.files[0].read_bytes() == heights
    assert "Geological Survey" in found.licence.read_text(encoding="utf-8")


@pytest.mark.parametrize("spoilt", ["short", "cut"])
def test_packed_heights_that_do_not_unpack_are_refused(server, tmp_path, spoilt):
    packed = gzip.compress(b"\1" * (2 * 1201**2 - 2 * (spoilt == "short")), mtime=0)
    server.files["/N21/N21E107.hgt.gz"] = packed[:-20] if spoilt == "cut" else packed
    options = {"mirror": server.url, "bounds": BOUNDS, "wait": Patience()}
    assert codes_of(fetch_terrain, "srtm", tmp_path, **options) == {"not-terrain"}
    assert list(tmp_path.glob("*.hgt")) == list(tmp_path.glob(".*writing")) == []


def test_two_sources_share_a_folder(server, tmp_path):
    get(server, tmp_path)
    server.files["/N21/N21E107.hgt.gz"] = gzip.compress(b"\0" * (2 * 1201**2), mtime=0)
    fetch_terrain("srtm", tmp_path, mirror=server.url, bounds=BOUNDS, wait=Patience())
    assert set(record(tmp_path, "glo30")) == {TILE}
    assert set(record(tmp_path, "srtm")) == {"N21E107.hgt.gz"}
    assert len(list(tmp_path.glob("LICENCE-*.txt"))) == 2


# --- cuts and patience ---------------------------------------------------------------------------


def ranges(server):
    return [asked for _, asked in server.asked]


def test_a_cut_download_goes_on_where_it_stopped(server, tmp_path):
    server.faults = ["cut", "cut"]
    assert get(server, tmp_path).files[0].read_bytes() == BODY
    starts = [int(asked.removeprefix("bytes=").rstrip("-")) for asked in ranges(server)[1:]]
    assert ranges(server)[0] is None
    assert 0 < starts[0] < starts[1] < len(BODY)


def test_a_second_run_goes_on_with_what_the_first_left(server, tmp_path):
    server.faults = ["cut", *[503] * (ATTEMPTS - 1)]
    assert codes_of(get, server, tmp_path) == {"server-error"}
    kept = (tmp_path / f"{TILE}.part").stat().st_size
    assert 0 < kept <= len(BODY) // 2
    assert get(server, tmp_path).files[0].read_bytes() == BODY
    assert ranges(server)[-1] == f"bytes={kept}-"


def test_a_file_that_changed_in_between_starts_anew(server, tmp_path):
    server.faults = ["cut", *[503] * (ATTEMPTS - 1)]
    codes_of(get, server, tmp_path)
    renewed = b"II*\0" + bytes(reversed(BODY))
    server.files[f"/{STEM}/{TILE}"], server.tag = renewed, '"v2"'
    assert get(server, tmp_path).files[0].read_bytes() == renewed


def test_a_server_that_names_no_version_is_asked_for_the_whole(server, tmp_path):
    server.faults = ["no tag"]
    assert get(server, tmp_path).files[0].read_bytes() == BODY
    assert ranges(server) == [None, None]


def test_a_server_that_ignores_ranges_sends_the_whole(server, tmp_path):
    server.faults = ["cut", "whole"]
    assert get(server, tmp_path).files[0].read_bytes() == BODY


def test_a_part_that_is_longer_than_the_file_is_dropped(server, tmp_path):
    (tmp_path / f"{TILE}.part").write_bytes(BODY + b"more")
    (tmp_path / f"{TILE}.part.of").write_text(server.tag)
    assert get(server, tmp_path).files[0].read_bytes() == BODY


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_server_is_asked_again_with_growing_patience(server, tmp_path, status):
    server.faults = [status] * 3
    patience = Patience()
    assert get(server, tmp_path, wait=patience).files[0].read_bytes() == BODY
    assert patience == [1.0, 2.0, 4.0]


def test_a_server_that_says_how_long_to_wait_is_heard_within_reason(server, tmp_path):
    server.faults = [(429, {"Retry-After": "7"}), (503, {"Retry-After": "86400"})]
    patience = Patience()
    get(server, tmp_path, wait=patience)
    assert patience == [7.0, 60.0]


@pytest.mark.parametrize(
    ("fault", "code"),
    [(429, "too-many-requests"), (500, "server-error"), ("reset", "no-connection"), ("cut", None)],
)
def test_a_fault_that_stays_is_named_and_nothing_is_passed_off(server, tmp_path, fault, code):
    server.faults = [fault] * 99
    server.files[f"/{STEM}/{TILE}"] = BODY * 20  # so that halves of halves do not add up to it
    problem = only(problems_of(get, server, tmp_path))
    assert problem.code == (code or "download-cut")
    assert f"{ATTEMPTS} times" in problem.found
    assert len(server.asked) == ATTEMPTS
    assert not (tmp_path / TILE).exists()


def test_a_server_that_is_not_there_is_named(server, tmp_path):
    mirror = "http://127.0.0.1:9"
    assert codes_of(get, server, tmp_path, mirror=mirror) == {"no-connection"}


@pytest.mark.parametrize("status", [401, 403, 410])
def test_a_refusal_is_told_at_once(server, tmp_path, status):
    server.faults = [status]
    assert codes_of(get, server, tmp_path) == {"refused"}
    assert len(server.asked) == 1


def test_an_address_that_is_none_is_refused(server, tmp_path):
    assert codes_of(get, server, tmp_path, mirror="http://[") == {"refused"}


# --- trust ---------------------------------------------------------------------------------------


def test_what_is_there_already_is_not_fetched_again(server, tmp_path):
    get(server, tmp_path)
    before = record(tmp_path)
    get(server, tmp_path)
    assert len(server.asked) == 1
    assert record(tmp_path) == before


def test_a_tile_that_rotted_on_disk_is_fetched_again(server, tmp_path):
    get(server, tmp_path)
    (tmp_path / TILE).write_bytes(b"II*\0 rotten")
    assert get(server, tmp_path).files[0].read_bytes() == BODY
    assert len(server.asked) == 2


def test_wrong_bytes_are_refused(server, tmp_path):
    assert codes_of(get, server, tmp_path, hashes={TILE: "0" * 64}) == {"wrong-hash"}
    assert not (tmp_path / TILE).exists()


def test_a_tile_that_changed_at_its_source_is_refused_until_the_record_is_mended(server, tmp_path):
    get(server, tmp_path)
    (tmp_path / TILE).unlink()
    server.files[f"/{STEM}/{TILE}"] = BODY + b"new"
    problem = only(problems_of(get, server, tmp_path))
    assert problem.code == "wrong-hash"
    assert "SOURCES-glo30.json" in problem.mend


def test_a_published_hash_that_fits_is_content(server, tmp_path):
    assert len(get(server, tmp_path, hashes={TILE: hashlib.sha256(BODY).hexdigest()})) == 1


def test_a_log_in_page_is_no_terrain(server, tmp_path):
    server.faults = ["portal"]
    problem = only(problems_of(get, server, tmp_path))
    assert problem.code == "not-terrain"
    assert "<html>" in problem.found
    assert not list(tmp_path.glob("*.part"))


def test_a_tile_of_sea_is_left_out_but_no_tile_at_all_is_an_error(server, tmp_path):
    found = get(server, tmp_path, bounds=(107.2, 20.9, 107.8, 21.9))
    assert (len(found), len(found.absent)) == (1, 1)
    server.files.clear()
    assert codes_of(get, server, tmp_path / "b") == {"no-tiles"}


def test_a_broken_record_is_named(server, tmp_path):
    (tmp_path / "SOURCES-glo30.json").write_text("[]")
    assert codes_of(get, server, tmp_path) == {"bad-record"}


# --- disk and folders ----------------------------------------------------------------------------


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
def test_a_full_disk_is_named_and_the_part_is_kept(server, tmp_path, monkeypatch, number):
    from qn_coverage.data import download

    def full(response):
        yield BODY[:1000]
        raise OSError(number, "no room")

    with monkeypatch.context() as patch:
        patch.setattr(download, "_chunks", full)
        problem = only(problems_of(get, server, tmp_path))
    assert problem.code == {errno.ENOSPC: "disk-full"}.get(number, "cannot-write")
    assert (tmp_path / f"{TILE}.part").stat().st_size == 1000
    assert get(server, tmp_path).files[0].read_bytes() == BODY
    assert ranges(server)[-1] == "bytes=1000-"


def test_a_folder_that_is_a_file_is_named(server, tmp_path):
    (tmp_path / "taken").write_text("x")
    assert codes_of(get, server, tmp_path / "taken") == {"cannot-write"}


@pytest.mark.parametrize("nested", [True, False])
def test_a_local_folder_serves_as_mirror(server, tmp_path, nested):
    place = tmp_path / "gương" / (STEM if nested else ".")
    place.mkdir(parents=True)
    (place / TILE).write_bytes(BODY)
    found = get(server, tmp_path / "t", mirror=tmp_path / "gương")
    assert found.files[0].read_bytes() == BODY
    assert server.asked == []


def test_a_local_folder_without_the_tiles_is_named(server, tmp_path):
    assert codes_of(get, server, tmp_path / "t", mirror=tmp_path / "none") == {"no-tiles"}


# --- what is asked -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "bounds",
    [(108.0, 21.0, 107.0, 22.0), (107.0, 91.0, 108.0, 92.0), (0.0, 0.0, 50.0, 50.0),
     (float("nan"), 21.0, 108.0, 22.0)],
)  # fmt: skip
def test_bounds_that_are_a_slip_are_named(server, tmp_path, bounds):
    assert codes_of(get, server, tmp_path, bounds=bounds) == {"bad-bounds"}
    assert server.asked == []


def test_an_unknown_source_lists_the_known_ones(tmp_path):
    with pytest.raises(UnknownNameError, match="glo30, srtm"):
        fetch_terrain("alos", tmp_path)


def test_a_source_of_ones_own_is_taken(server, tmp_path):
    own = TerrainSource(
        "own", "Own", server.url, "{ns}{lat:02d}{ew}{lon:03d}.tif", (b"II",), "mine"
    )
    server.files["/N21E107.tif"] = BODY
    assert [path.name for path in fetch_terrain(own, tmp_path, bounds=BOUNDS)] == ["N21E107.tif"]


def test_sources_name_their_home_and_terms():
    for name, source in SOURCES.items():
        assert source.name == name
        assert source.base_url.startswith("https://")
        assert "Credit on maps" in source.licence


def test_progress_counts_to_the_end(server, tmp_path):
    told = []
    server.faults = ["cut"]
    get(server, tmp_path, advance=lambda *report: told.append(report))
    assert {name for name, _, _ in told} == {TILE}
    assert told[-1][1:] == (len(BODY), len(BODY))
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)


def test_a_fault_is_one_of_the_errors_that_can_be_mended():
    from qn_coverage.core.errors import CoverageError

    assert issubclass(FetchError, CoverageError)
