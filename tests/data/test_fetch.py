"""A download survives cuts and busy servers, and never passes off wrong bytes."""

import errno
import gzip
import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from qn_coverage.data import fetch
from qn_coverage.data.fetch import SOURCES, FetchError, fetch_terrain, tiles_over

BOUNDS = (107.2, 21.1, 107.8, 21.9)
GLO30 = SOURCES["glo30"]
TILE = "Copernicus_DSM_COG_10_N21_00_E107_00_DEM.tif"
BODY = bytes(range(256)) * 4000


class Server:
    """A server on this machine whose faults a test writes down beforehand."""

    def __init__(self):
        self.body = BODY
        self.faults = []
        self.ranges = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                outer.answer(self)

            def log_message(self, *_):
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}"
        threading.Thread(target=self.http.serve_forever, daemon=True).start()

    def answer(self, request):
        asked = request.headers.get("Range")
        self.ranges.append(asked)
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked else 0
        fault = self.faults.pop(0) if self.faults else None
        if isinstance(fault, int):
            request.send_response(fault)
            request.send_header("Content-Length", "0")
            request.end_headers()
            return
        rest = self.body[start:]
        request.send_response(206 if asked else 200)
        request.send_header("Content-Length", str(len(rest)))
        request.end_headers()
        request.wfile.write(rest[: len(rest) // 2] if fault == "cut" else rest)
        request.close_connection = fault == "cut"


@pytest.fixture
def server():
    found = Server()
    yield found
    found.http.shutdown()
    found.http.server_close()


def get(server, folder, **options):
    return fetch_terrain(GLO30, folder, mirror=server.url, bounds=BOUNDS, pause_s=0.0, **options)


def test_tiles_of_the_province_have_the_published_names():
    names = tiles_over(GLO30)
    assert len(names) == 6
    assert f"{TILE.removesuffix('.tif')}/{TILE}" in names
    assert "N21/N21E107.hgt.gz" in tiles_over(SOURCES["srtm"])


def test_a_tile_arrives_whole_with_licence_and_hash(server, tmp_path):
    (path,) = get(server, tmp_path)
    assert path.read_bytes() == BODY
    assert "Copernicus" in (tmp_path / "LICENCE.txt").read_text(encoding="utf-8")
    assert hashlib.sha256(BODY).hexdigest() in (tmp_path / "sha256.txt").read_text(encoding="utf-8")


def test_a_cut_download_goes_on_where_it_stopped(server, tmp_path):
    server.faults = ["cut", "cut"]
    (path,) = get(server, tmp_path)
    assert path.read_bytes() == BODY
    starts = [int(asked.removeprefix("bytes=").rstrip("-")) for asked in server.ranges[1:]]
    assert server.ranges[0] is None
    assert 0 < starts[0] < starts[1] < len(BODY)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_server_is_asked_again(server, tmp_path, status):
    server.faults = [status, status]
    (path,) = get(server, tmp_path)
    assert path.read_bytes() == BODY
    assert len(server.ranges) == 3


def test_a_server_that_stays_busy_is_named_and_nothing_is_passed_off(server, tmp_path):
    server.faults = [500] * 9
    with pytest.raises(FetchError, match=r"answered 500 \(3 attempts\)"):
        get(server, tmp_path, attempts=3)
    assert not (tmp_path / TILE).exists()


def test_a_second_run_goes_on_with_what_the_first_left(server, tmp_path):
    server.faults = ["cut", 503]
    with pytest.raises(FetchError):
        get(server, tmp_path, attempts=2)
    (path,) = get(server, tmp_path)
    assert path.read_bytes() == BODY
    assert server.ranges[-1] not in (None, "bytes=0-")


def test_what_is_there_already_is_not_fetched_again(server, tmp_path):
    get(server, tmp_path)
    get(server, tmp_path)
    assert len(server.ranges) == 1


def test_wrong_bytes_are_refused(server, tmp_path):
    with pytest.raises(FetchError, match="does not match its sha256"):
        get(server, tmp_path, hashes={TILE: "0" * 64})
    assert not (tmp_path / TILE).exists()


def test_a_refusal_is_told_at_once(server, tmp_path):
    server.faults = [403]
    with pytest.raises(FetchError, match="answered 403"):
        get(server, tmp_path)
    assert len(server.ranges) == 1


def test_a_tile_of_sea_is_left_out_but_no_tile_at_all_is_an_error(server, tmp_path):
    wide = (107.2, 20.9, 107.8, 21.9)
    server.faults = [404]
    found = fetch_terrain(GLO30, tmp_path, mirror=server.url, bounds=wide, pause_s=0.0)
    assert len(found) == 1
    server.faults = [404, 404]
    with pytest.raises(FetchError, match="none of 2 tiles"):
        fetch_terrain(GLO30, tmp_path / "b", mirror=server.url, bounds=wide, pause_s=0.0)


def test_a_full_disk_is_named(server, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(fetch.Path, "open", full)
    with pytest.raises(FetchError, match="disk is full"):
        get(server, tmp_path)


def test_a_local_folder_serves_as_mirror_and_gzip_is_unpacked(tmp_path):
    mirror = tmp_path / "gương"
    (mirror / "N21").mkdir(parents=True)
    (mirror / "N21" / "N21E107.hgt.gz").write_bytes(gzip.compress(BODY, mtime=0))
    (path,) = fetch_terrain(SOURCES["srtm"], tmp_path / "t", mirror=str(mirror), bounds=BOUNDS)
    assert path.name == "N21E107.hgt"
    assert path.read_bytes() == BODY


def test_a_server_that_is_not_there_is_named(tmp_path):
    with pytest.raises(FetchError, match="no connection"):
        fetch_terrain(
            GLO30, tmp_path, mirror="http://127.0.0.1:9", bounds=BOUNDS, attempts=2, pause_s=0.0
        )


def test_progress_counts_to_the_end(server, tmp_path):
    told = []
    get(server, tmp_path, advance=lambda *report: told.append(report))
    assert told[-1][1:] == (len(BODY), len(BODY))
    assert [done for _, done, _ in told] == sorted(done for _, done, _ in told)
