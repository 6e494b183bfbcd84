"""One file over HTTP or from a folder: resumed where it was cut, tried again with patience."""

from __future__ import annotations

import errno
import logging
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, unquote

import requests

from qn_coverage.core.errors import InvalidDataError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Advance = Callable[[int, int], None]

ATTEMPTS: Final = 6
FIRST_WAIT_S: Final = 1.0
LONGEST_WAIT_S: Final = 60.0
"""After each failure the wait doubles, unless the server says how long to wait."""

_CONNECT_S, _READ_S = 15.0, 60.0
_CHUNK: Final = 1 << 16
_HEADERS: Final = {
    "Accept-Encoding": "identity",
    # Public servers of OpenStreetMap refuse programs that don't say who they are.
    "User-Agent": "qn-coverage (open-source coverage toolkit)",
}
_PASSING: Final = frozenset({408, 429, 500, 502, 503, 504})
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})


class FetchError(InvalidDataError):
    """A download that did not come to its end; what has come so far is kept for the next try."""

    def __init__(self, code: str, where: str, found: str, expected: str, mend: str) -> None:
        super().__init__(
            [Problem(code=code, file=where, found=found, expected=expected, mend=mend)]
        )


class AbsentError(Exception):
    """The server or the folder has no such file."""


class _PassingError(Exception):
    """A failure that another try may mend."""

    def __init__(self, code: str, found: str, wait_s: float | None = None) -> None:
        super().__init__(found)
        self.code, self.found, self.wait_s = code, found, wait_s


@dataclass(frozen=True, slots=True)
class Download:
    """What a download came to.

    Attributes
    ----------
    size
        Bytes.
    last_modified
        What the server says of the file's age, or empty.
    resumed_from
        Bytes that an earlier, cut download had left.
    """

    size: int
    last_modified: str = ""
    resumed_from: int = 0


def download(
    url: str,
    part: Path,
    *,
    wait: Callable[[float], None],
    advance: Advance | None = None,
    secret: str = "",
) -> Download:
    """Bring a file to `part`, going on where an earlier try was cut.

    A cut file is continued only if the server confirms (``If-Range``) that it is still the same;
    else it starts anew. Beside `part` stands ``<part>.of``, which remembers which file it was.

    Parameters
    ----------
    url
        http(s) address, or path of a local file.
    part
        Where the bytes go; complete when this returns.
    wait
        Called with seconds between two tries, e.g. ``time.sleep``.
    advance
        Told how many of how many bytes have come.
    secret
        Added to the address on asking, e.g. ``"&token=…"``; it stands in no error and no log.

    Raises
    ------
    AbsentError
        There is no such file (404).
    FetchError
        ``download-cut``, ``no-connection``, ``too-many-requests``, ``server-error`` after
        `ATTEMPTS` tries, ``refused`` at once, ``disk-full``, ``cannot-write``.
    """
    try:
        if not url.startswith(("http://", "https://")):
            return _copy(Path(url), part)
        with _unlogged(secret):
            return _patiently(url, secret, part, wait, advance)
    except OSError as error:
        raise not_written(part, error) from error
    except (AbsentError, FetchError) as error:
        if not secret:
            raise
        # Without its causes, whose texts hold the whole address.
        raise _silenced(error, url, secret) from None


def _copy(source: Path, part: Path) -> Download:
    if not source.is_file():
        raise AbsentError(str(source))
    shutil.copyfile(source, part)
    return Download(size=part.stat().st_size)


def _patiently(
    url: str, secret: str, part: Path, wait: Callable[[float], None], advance: Advance | None
) -> Download:
    pause_s = FIRST_WAIT_S
    began = _size(part)
    for left in reversed(range(ATTEMPTS)):
        try:
            last_modified = _pull(url, secret, part, advance)
        except _PassingError as failure:
            if left == 0:
                raise _given_up(url, failure) from failure
            wait(min(failure.wait_s or pause_s, LONGEST_WAIT_S))
            pause_s *= 2.0
        else:
            _memory(part).unlink(missing_ok=True)
            return Download(part.stat().st_size, last_modified, began)
    raise AssertionError("unreachable: the last attempt returns or raises")


def _pull(url: str, secret: str, part: Path, advance: Advance | None) -> str:
    """One try. Returns the server's ``Last-Modified``."""
    size, mark = _size(part), _mark(part)
    headers = dict(_HEADERS)
    if size and mark:
        headers |= {"Range": f"bytes={size}-", "If-Range": mark}
    with _response(url + secret, headers) as response:
        _judge(response, url, part)
        start = size if response.status_code == HTTPStatus.PARTIAL_CONTENT else 0
        total = _total(response, start)
        _remember(part, response)
        with part.open("r+b" if start else "wb") as file:
            file.seek(start)
            file.truncate()
            for chunk in _chunks(response):
                file.write(chunk)
                if advance is not None:
                    advance(file.tell(), total or file.tell())
        if total and part.stat().st_size != total:
            raise _PassingError("download-cut", f"{part.stat().st_size:,} of {total:,} bytes")
        return str(response.headers.get("Last-Modified", ""))


def _response(url: str, headers: dict[str, str]) -> requests.Response:
    try:
        return requests.get(url, headers=headers, stream=True, timeout=(_CONNECT_S, _READ_S))
    except (requests.exceptions.MissingSchema, requests.exceptions.InvalidURL) as error:
        raise _refused(url, str(error)) from error
    except requests.exceptions.RequestException as error:
        raise _PassingError("no-connection", _brief(error)) from error


def _chunks(response: requests.Response) -> Iterator[bytes]:
    try:
        yield from response.iter_content(_CHUNK)
    except requests.exceptions.RequestException as error:
        raise _PassingError("download-cut", _brief(error)) from error


def _judge(response: requests.Response, url: str, part: Path) -> None:
    """Let good answers pass; sort the others into absent, passing and final."""
    status = response.status_code
    if status in {HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT}:
        return
    if status == HTTPStatus.NOT_FOUND:
        raise AbsentError(url)
    if status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
        part.unlink(missing_ok=True)  # longer than the file: it is another one
        raise _PassingError("download-cut", "a kept part that does not fit the file")
    if status in _PASSING:
        code = "too-many-requests" if status == HTTPStatus.TOO_MANY_REQUESTS else "server-error"
        raise _PassingError(code, f"{status} {response.reason}", _retry_after(response))
    raise _refused(url, f"{status} {response.reason}")


def _total(response: requests.Response, start: int) -> int:
    """Bytes of the whole file, 0 if the server doesn't say; a part must start where asked."""
    told = response.headers.get("Content-Range", "")
    if start and not told.startswith(f"bytes {start}-"):
        raise _PassingError("download-cut", f"another range than asked for: '{told}'")
    length = response.headers.get("Content-Length", "")
    return start + int(length) if length.isdigit() else 0


def _retry_after(response: requests.Response) -> float | None:
    told = response.headers.get("Retry-After", "")
    return float(told) if told.isdigit() else None


# --- what is kept beside a part ------------------------------------------------------------------


def _size(part: Path) -> int:
    return part.stat().st_size if part.is_file() else 0


def _memory(part: Path) -> Path:
    return part.with_name(part.name + ".of")


def _mark(part: Path) -> str:
    memory = _memory(part)
    return memory.read_text(encoding="ascii", errors="ignore") if memory.is_file() else ""


def _remember(part: Path, response: requests.Response) -> None:
    """Keep what tells this version of the file from another: a strong tag, else its age."""
    tag = response.headers.get("ETag", "")
    mark = tag if tag.startswith('"') else response.headers.get("Last-Modified", "")
    if mark:
        _memory(part).write_text(mark, encoding="ascii", errors="ignore")
    else:
        _memory(part).unlink(missing_ok=True)


# --- secrets -------------------------------------------------------------------------------------


def without(secret: str, text: str) -> str:
    """Text in which a secret, its value after ``=`` and their coded forms are blotted out."""
    for form in (secret, secret.rpartition("=")[2]):
        for written in (form, unquote(form), quote(form), quote(unquote(form), safe="")):
            text = text.replace(written, "***") if written else text
    return text


def _silenced(error: AbsentError | FetchError, url: str, secret: str) -> AbsentError | FetchError:
    if isinstance(error, AbsentError):
        return AbsentError(url)
    told = error.problems[0]
    return FetchError(
        told.code,
        without(secret, told.file),
        without(secret, told.found),
        told.expected,
        told.mend,
    )


@contextmanager
def _unlogged(secret: str) -> Iterator[None]:
    """Blot a secret out of what urllib3 logs of its requests."""

    def blot(record: logging.LogRecord) -> bool:
        record.msg, record.args = without(secret, record.getMessage()), ()
        return True

    loggers = [logging.getLogger(f"urllib3.{name}") for name in ("connectionpool", "util.retry")]
    for logger in loggers if secret else ():
        logger.addFilter(blot)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeFilter(blot)


# --- what is told --------------------------------------------------------------------------------


def _brief(error: Exception) -> str:
    text = " ".join(str(error).split())
    return text[:200] or type(error).__name__


def _given_up(url: str, failure: _PassingError) -> FetchError:
    mends = {
        "download-cut": "run it again: it goes on where it was cut",
        "no-connection": "check the network and the address, or name a mirror or a local folder",
        "too-many-requests": "run it again in an hour: it goes on where it was",
        "server-error": "run it again later, or name a mirror",
    }
    found = f"{failure.found}, {ATTEMPTS} times"
    return FetchError(failure.code, url, found, "the whole file", mends[failure.code])


def _refused(url: str, found: str) -> FetchError:
    return FetchError(
        "refused", url, found, "the file", "check the address and the rights, or name a mirror"
    )


def not_written(path: Path, error: OSError) -> FetchError:
    """What to tell of a file that could not be written: ``disk-full`` or ``cannot-write``."""
    full = error.errno in _FULL
    return FetchError(
        "disk-full" if full else "cannot-write",
        str(error.filename or path),
        error.strerror or str(error),
        "room for the file" if full else "a folder that can be written to",
        "make room and run it again: it goes on where it was" if full else "choose another folder",
    )


def magic_of(path: Path, length: int = 16) -> bytes:
    """First bytes of a file: what it really is, whatever it is called."""
    with path.open("rb") as file:
        return file.read(length)


def plain_error(error: Any) -> str:
    """An error's text on one line."""
    return _brief(error)
