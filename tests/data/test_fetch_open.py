"""Open data comes whole, with its licence and hash beside it, and no token is ever told."""

import errno
import gzip
import hashlib
import json
import logging
import traceback

import geopandas as gpd
import pytest

from qn_coverage.core.errors import CoverageError
from qn_coverage.data import download, fetch_file, fetch_open
from qn_coverage.data.download import ATTEMPTS, FetchError
from qn_coverage.data.fetch_open import (
    TOKEN_VARIABLE,
    Way,
    fetch_boundaries,
    fetch_cells,
    fetch_places,
    fetch_population,
    places,
    population,
)
from tests.data.fetch_server import Patience, Server, serving
from tests.data.reading import codes_of, only, problems_of

RASTER = "vnm_ppp_2020_UNadj.tif"
BODY = b"II*\0" + bytes(range(256)) * 4000
CELLS = gzip.compress(b"radio,mcc,net\nLTE,452,4\n" * 900, mtime=0)
TOKEN = "pk.0123+secret/value"
DISTRICTS = "geoBoundaries-VNM-ADM2"
ABOUT = {
    "boundaryLicense": "CC BY 3.0 IGO",
    "boundarySource": "Nguồn thử",
    "boundaryYearRepresented": "2020",
    "gjDownloadURL": "https://example.org/geoBoundaries-VNM-ADM2.geojson",
}
ANSWER = {
    "elements": [
        {"type": "way", "id": 9, "center": {"lat": 21.1, "lon": 107.2},
         "tags": {"name": "Đảo Cái Chiên", "place": "island"}},
        {"type": "node", "id": 7, "lat": 21.5, "lon": 107.9,
         "tags": {"name": "Thôn Nà Ếch", "name:en": "Na Ech", "place": "hamlet"}},
        {"type": "relation", "id": 8, "tags": {"name": "không có chỗ"}},
    ]
}  # fmt: skip


def files():
    texts = {
        f"/{DISTRICTS}-metaData.json": json.dumps(ABOUT),
        f"/{DISTRICTS}.geojson": '{"type": "FeatureCollection", "features": []}',
        "/osm-places.json": json.dumps(ANSWER),
    }
    return {
        f"/{RASTER}": BODY,
        "/452.csv.gz": CELLS,
        **{name: text.encode() for name, text in texts.items()},
    }


@pytest.fixture
def server(monkeypatch):
    yield from serving(monkeypatch, Server(files()))


def way(server, **options):
    return Way(**({"mirror": server.url, "wait": Patience()} | options))


def get(server, folder, **options):
    return fetch_population(folder, way=way(server, **options))


def record(kept):
    return json.loads(kept.record.read_text(encoding="utf-8"))


def started_at(server):
    return int(server.asked[-1][1].removeprefix("bytes=").rstrip("-"))


# --- what arrives --------------------------------------------------------------------------------


def test_the_raster_comes_with_source_licence_hash_and_date(server, tmp_path):
    kept = get(server, tmp_path)
    assert kept.file.read_bytes() == BODY
    told = record(kept)
    assert told["source"] == f"{server.url}/{RASTER}"
    assert "CC BY 4.0" in told["licence"]
    assert told["sha256"] == hashlib.sha256(BODY).hexdigest()
    assert told["bytes"] == len(BODY)
    assert told["fetched"].endswith("+00:00")
    assert {path.name for path in tmp_path.iterdir()} == {RASTER, f"{RASTER}.source.json"}


def test_what_is_there_is_not_asked_for_again_unless_wanted(server, tmp_path):
    assert get(server, tmp_path).fetched
    assert not get(server, tmp_path).fetched
    assert len(server.asked) == 1
    assert get(server, tmp_path, again=True).fetched
    assert len(server.asked) == 2


def test_a_file_that_rotted_is_fetched_anew(server, tmp_path):
    get(server, tmp_path).file.write_bytes(b"II*\0 rotten")
    assert get(server, tmp_path).file.read_bytes() == BODY


def test_a_file_that_no_fetch_wrote_is_left_alone(server, tmp_path):
    (tmp_path / RASTER).write_bytes(b"mine")
    assert codes_of(get, server, tmp_path) == {"in-the-way"}
    assert (tmp_path / RASTER).read_bytes() == b"mine"


def test_a_local_folder_is_a_mirror(tmp_path):
    (tmp_path / "usb").mkdir()
    (tmp_path / "usb" / RASTER).write_bytes(BODY)
    kept = fetch_population(tmp_path / "t", way=Way(mirror=tmp_path / "usb"))
    assert kept.file.read_bytes() == BODY


def test_progress_names_the_file_and_counts_to_its_end(server, tmp_path):
    told = []
    get(server, tmp_path, advance=lambda *report: told.append(report))
    assert told[-1] == (RASTER, len(BODY), len(BODY))


def test_only_years_that_exist_are_asked_for():
    assert "/2015/VNM/vnm_ppp_2015_UNadj.tif" in population(2015).url
    with pytest.raises(CoverageError, match="2000-2020"):
        population(2024)


def test_boundaries_carry_the_licence_that_their_description_tells(server, tmp_path):
    kept = fetch_boundaries(tmp_path, way=way(server))
    assert kept.file.name == f"{DISTRICTS}.geojson"
    assert record(kept)["licence"].startswith("CC BY 3.0 IGO. Source: Nguồn thử.")
    assert "2020" in record(kept)["title"]


def test_places_come_as_points_with_accents_and_numbers(server, tmp_path):
    _, points = fetch_places(tmp_path, way=way(server))
    table = gpd.read_file(points)
    assert table["osm_id"].tolist() == ["node/7", "way/9"]
    assert table["name"].tolist() == ["Thôn Nà Ếch", "Đảo Cái Chiên"]
    assert table.crs == "EPSG:4326"
    assert (table.geometry.x[0], table.geometry.y[0]) == (107.9, 21.5)


def test_overpass_is_asked_for_the_area_in_its_own_order():
    url = places((106.5, 20.5, 108.5, 21.5)).url
    assert url.startswith("https://overpass-api.de/api/interpreter?data=%5Bout%3Ajson%5D")
    assert "20.5%2C106.5%2C21.5%2C108.5" in url


# --- faults --------------------------------------------------------------------------------------


def test_a_cut_file_goes_on_where_it_was_cut(server, tmp_path):
    server.faults = ["cut"]
    assert get(server, tmp_path).file.read_bytes() == BODY
    assert 0 < started_at(server) <= len(BODY) // 2


def test_a_later_run_goes_on_too(server, tmp_path):
    server.faults = ["cut", *[500] * (ATTEMPTS - 1)]
    assert codes_of(get, server, tmp_path) == {"server-error"}
    assert not (tmp_path / RASTER).exists()
    assert get(server, tmp_path).file.read_bytes() == BODY
    assert 0 < started_at(server) <= len(BODY) // 2


def test_a_server_that_says_how_long_to_wait_is_heard(server, tmp_path):
    server.faults = [(429, {"Retry-After": "7"}), 500]
    patience = Patience()
    get(server, tmp_path, wait=patience)
    assert patience[0] == 7.0


@pytest.mark.parametrize(
    ("fault", "code"),
    [(429, "too-many-requests"), (500, "server-error"), (403, "refused"), ("reset", "no-connection"),
     ("portal", "wrong-kind")],
)  # fmt: skip
def test_a_fault_that_stays_is_named_and_nothing_is_kept_as_data(server, tmp_path, fault, code):
    server.faults = [fault] * 99
    assert codes_of(get, server, tmp_path) == {code}
    assert not (tmp_path / RASTER).exists()


def test_a_wrong_hash_is_refused_and_a_right_one_recorded(server, tmp_path):
    problem = only(problems_of(get, server, tmp_path, sha256="0" * 64))
    assert problem.code == "wrong-hash"
    assert not list(tmp_path.glob("*.tif*"))
    kept = get(server, tmp_path, sha256=hashlib.sha256(BODY).hexdigest().upper())
    assert record(kept)["sha256_published"]


def test_a_file_that_is_not_there_is_named(server, tmp_path):
    server.files.clear()
    assert codes_of(get, server, tmp_path) == {"absent"}
    assert codes_of(get, server, tmp_path, mirror=tmp_path / "none") == {"absent"}


@pytest.mark.parametrize(
    ("number", "code"), [(errno.ENOSPC, "disk-full"), (errno.EIO, "cannot-write")]
)
def test_a_full_disk_is_named_and_the_next_run_goes_on(server, tmp_path, monkeypatch, number, code):
    def full(_response):
        yield BODY[:1000]
        raise OSError(number, "no room")

    with monkeypatch.context() as patch:
        patch.setattr(download, "_chunks", full)
        assert codes_of(get, server, tmp_path) == {code}
    assert get(server, tmp_path).file.read_bytes() == BODY
    assert server.asked[-1][1] == "bytes=1000-"


def test_a_disk_that_fills_at_the_record_leaves_no_file_without_one(server, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "no room")

    with monkeypatch.context() as patch:
        patch.setattr(fetch_file, "_write_record", full)
        assert codes_of(get, server, tmp_path) == {"disk-full"}
    assert not (tmp_path / RASTER).exists()
    assert get(server, tmp_path).file.read_bytes() == BODY


def test_a_broken_record_is_named(server, tmp_path):
    get(server, tmp_path).record.write_text("[]", encoding="utf-8")
    assert codes_of(get, server, tmp_path) == {"bad-record"}


@pytest.mark.parametrize(
    ("answer", "code"),
    [('{"elements": [], "remark": "runtime error: Query timed out"}', "cut-answer"),
     ('{"x": 1}', "broken-answer"), ('{"elements": 3}', "broken-answer"), ("{", "broken-answer")],
)  # fmt: skip
def test_an_answer_that_overpass_broke_off_is_not_kept(server, tmp_path, answer, code):
    good = server.files["/osm-places.json"]
    server.files["/osm-places.json"] = answer.encode()

    def fetch():
        return fetch_places(tmp_path, way=way(server))

    assert codes_of(fetch) == {code}
    assert not list(tmp_path.iterdir())
    server.files["/osm-places.json"] = good
    assert fetch()[1].exists()


@pytest.mark.parametrize(
    "change", [{"gjDownloadURL": "/etc/passwd"}, {"gjDownloadURL": "file:///etc/passwd"}, {}]
)
def test_a_description_cannot_lead_to_a_file_of_this_machine(server, tmp_path, monkeypatch, change):
    about = json.dumps(ABOUT | change if change else {"gjDownloadURL": "https://example.org/x"})
    server.files["/VNM/ADM2/"] = about.encode()
    monkeypatch.setattr(fetch_open, "_GEOBOUNDARIES", server.url)

    def fetch():
        return fetch_boundaries(tmp_path, way=Way(wait=Patience()))

    assert codes_of(fetch) == {"bad-answer"}
    assert not list(tmp_path.iterdir())


def test_the_described_address_is_the_one_that_is_fetched(server, tmp_path, monkeypatch):
    asked = []
    server.files["/VNM/ADM2/"] = json.dumps(ABOUT).encode()
    monkeypatch.setattr(fetch_open, "_GEOBOUNDARIES", server.url)
    real = fetch_open.fetch_file

    def note(wanted, folder, **options):
        asked.append(wanted.url)
        if wanted.url.startswith("https://"):
            options["mirror"] = server.url
        return real(wanted, folder, **options)

    monkeypatch.setattr(fetch_open, "fetch_file", note)
    fetch_boundaries(tmp_path, way=Way(wait=Patience()))
    assert asked == [f"{server.url}/VNM/ADM2/", ABOUT["gjDownloadURL"]]


# --- the token -----------------------------------------------------------------------------------


@pytest.fixture
def own_cells(server, monkeypatch):
    """OpenCelliD's address moved to the local server; returns what fetches from it."""
    monkeypatch.setenv(TOKEN_VARIABLE, TOKEN)
    real = fetch_open.cells

    def moved():
        wanted = real()
        return fetch_file.OpenFile(
            name=wanted.name, title=wanted.title, url=f"{server.url}/ocid?file=452.csv.gz",
            licence=wanted.licence, starts=wanted.starts, secret=wanted.secret,
        )  # fmt: skip

    monkeypatch.setattr(fetch_open, "cells", moved)
    server.files[f"/ocid?file=452.csv.gz&token={download.quote(TOKEN, safe='')}"] = CELLS
    return lambda folder: fetch_cells(folder, way=Way(wait=Patience()))


def tells(text):
    return any(form in text for form in (TOKEN, download.quote(TOKEN, safe=""), "0123"))


def test_the_token_is_sent_but_not_recorded_or_logged(server, own_cells, tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    server.faults = ["cut", 429]
    kept = own_cells(tmp_path)
    assert kept.file.read_bytes() == CELLS
    assert tells(server.asked[0][0])
    assert any("/ocid" in line for line in caplog.messages)  # urllib3 did log the request
    assert not tells(caplog.text)
    for path in tmp_path.iterdir():
        assert not tells(path.read_bytes().decode("latin-1"))
    assert "CC BY-SA 4.0" in record(kept)["licence"]


@pytest.mark.parametrize("fault", [403, 404, 429, 500, "reset", "portal", "echo"])
def test_no_error_tells_the_token(server, own_cells, tmp_path, caplog, fault):
    caplog.set_level(logging.DEBUG)
    if fault == "echo":
        for path in server.files:
            server.files[path] = f"invalid token {TOKEN}".encode()
    else:
        server.faults = [fault] * 99
    with pytest.raises(FetchError) as caught:
        own_cells(tmp_path)
    assert not tells("".join(traceback.format_exception(caught.value)))
    assert not tells(repr(caught.value.problems))
    assert not tells(caplog.text)


def test_a_server_that_is_not_there_does_not_make_the_token_told(own_cells, server, tmp_path):
    server.http.server_close()
    server.http.shutdown()
    with pytest.raises(FetchError) as caught:
        own_cells(tmp_path)
    assert caught.value.codes == {"no-connection"}
    assert not tells("".join(traceback.format_exception(caught.value)))


def test_a_mirror_never_sees_the_token(server, monkeypatch, tmp_path):
    monkeypatch.setenv(TOKEN_VARIABLE, TOKEN)
    assert fetch_cells(tmp_path, way=way(server)).file.read_bytes() == CELLS
    assert [path for path, _ in server.asked] == ["/452.csv.gz"]


def test_without_a_token_nothing_is_asked_and_the_variable_is_named(tmp_path, monkeypatch):
    monkeypatch.delenv(TOKEN_VARIABLE, raising=False)
    problem = only(problems_of(fetch_cells, tmp_path))
    assert problem.code == "no-token"
    assert TOKEN_VARIABLE in problem.mend


def test_the_token_is_not_shown_with_the_source(monkeypatch):
    monkeypatch.setenv(TOKEN_VARIABLE, TOKEN)
    assert not tells(repr(fetch_open.cells()))
