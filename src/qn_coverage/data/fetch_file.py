"""One open file in a folder: fetched once, checked, its source and licence recorded beside it."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qn_coverage.core.files import sha256_of
from qn_coverage.data.download import (
    AbsentError,
    FetchError,
    download,
    magic_of,
    not_written,
    plain_error,
    without,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    Advance = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file that somebody publishes, and on what terms.

    Attributes
    ----------
    name
        Name of the file in the folder, and on a mirror.
    title
        What it is.
    url
        Address that is asked, told and recorded; it holds no secret.
    licence
        Terms and credit.
    starts
        What its first bytes may be: a log-in page must not be kept as data.
    sha256
        Published hash, if there is one.
    secret
        Last part of the address, e.g. a token: asked, but never told, logged or recorded.
    """

    name: str
    title: str
    url: str
    licence: str
    starts: tuple[bytes, ...]
    sha256: str | None = None
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Kept:
    """A file in the folder.

    Attributes
    ----------
    file, record
        The file, and the JSON beside it with title, source, licence, size, sha256 and date.
    fetched
        Whether it came now; False if it was there already.
    """

    file: Path
    record: Path
    fetched: bool


def fetch_file(
    wanted: OpenFile,
    folder: Path,
    *,
    mirror: str | Path | None = None,
    again: bool = False,
    advance: Advance | None = None,
    wait: Callable[[float], None] = time.sleep,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Kept:
    """Fetch a file unless it is there and still what its record says.

    Parameters
    ----------
    wanted
        What to fetch.
    folder
        Made if need be.
    mirror
        Address or local folder that holds a file of the same name; `OpenFile.secret` is not sent
        there.
    again
        Fetch it although it is there.
    advance
        Told the name, and how many of how many bytes have come.
    wait, now
        Sleep between tries, and clock.

    Raises
    ------
    FetchError
        As `download.download`, and ``absent``, ``wrong-kind``, ``wrong-hash``, ``bad-record``,
        ``in-the-way`` (a file of that name that no fetch wrote).
    """
    target, record = folder / wanted.name, record_of(folder / wanted.name)
    known = _recorded(record)
    if target.exists() and known is None:
        raise _in_the_way(target)
    if not again and known is not None and _as_wanted(target, known, wanted):
        return Kept(target, record, fetched=False)
    part = target.with_name(f"{target.name}.part")
    url, secret = _address(wanted, mirror)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        last_modified = _bring(wanted, url, secret, part, advance, wait)
        _check(wanted, url, secret, part)
        _write_record(record, _entry(wanted, url, part, last_modified, now()))
        part.replace(target)  # last: a file never stands there without its record
    except OSError as error:
        raise not_written(target, error) from error
    return Kept(target, record, fetched=True)


def record_of(file: Path) -> Path:
    """Where the record of a file stands."""
    return file.with_name(f"{file.name}.source.json")


def _address(wanted: OpenFile, mirror: str | Path | None) -> tuple[str, str]:
    """Address to be told, and the secret to be added to it on asking."""
    if mirror is None:
        return wanted.url, wanted.secret
    base = str(mirror)
    if base.startswith(("http://", "https://")):
        return f"{base.rstrip('/')}/{wanted.name}", ""
    return str(Path(base) / wanted.name), ""


def _bring(
    wanted: OpenFile,
    url: str,
    secret: str,
    part: Path,
    advance: Advance | None,
    wait: Callable[[float], None],
) -> str:
    told = None if advance is None else lambda done, total: advance(wanted.name, done, total)
    try:
        return download(url, part, secret=secret, wait=wait, advance=told).last_modified
    except AbsentError:
        raise FetchError(
            "absent", url, "no such file", wanted.title, "check year, level and mirror"
        ) from None


def _check(wanted: OpenFile, url: str, secret: str, part: Path) -> None:
    if not magic_of(part).lstrip().startswith(wanted.starts):
        found = without(secret, repr(magic_of(part, 120)))
        part.unlink()
        raise FetchError(
            "wrong-kind",
            url,
            f"an answer that starts with {found}",
            wanted.title,
            "open the address in a browser: a log-in page, a wrong token or a limit may stand in "
            "between",
        )
    sha256 = sha256_of(part)
    if wanted.sha256 is not None and sha256 != wanted.sha256.lower():
        part.unlink()
        raise FetchError(
            "wrong-hash",
            url,
            f"sha256 {sha256}",
            f"sha256 {wanted.sha256}",
            "fetch it again; if it stays so, ask the publisher which file the hash belongs to",
        )


def _as_wanted(target: Path, known: dict[str, Any], wanted: OpenFile) -> bool:
    if not target.is_file() or sha256_of(target) != known["sha256"]:
        return False
    return wanted.sha256 is None or wanted.sha256.lower() == known["sha256"]


def _entry(
    wanted: OpenFile, url: str, part: Path, last_modified: str, now: datetime
) -> dict[str, Any]:
    return {
        "title": wanted.title,
        "source": url,
        "licence": wanted.licence,
        "bytes": part.stat().st_size,
        "sha256": sha256_of(part),
        "sha256_published": wanted.sha256 is not None,
        "last_modified": last_modified,
        "fetched": now.astimezone(UTC).isoformat(timespec="seconds"),
    }


def _recorded(record: Path) -> dict[str, Any] | None:
    try:
        document = json.loads(record.read_text(encoding="utf-8"))
        return {"sha256": str(document["sha256"])}
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise FetchError(
            "bad-record",
            str(record),
            plain_error(error),
            "the record that an earlier fetch wrote",
            "move it and its file away, then fetch again",
        ) from error


def _write_record(record: Path, entry: dict[str, Any]) -> None:
    aside = record.with_name(f".{record.name}.writing")
    text = json.dumps(entry, ensure_ascii=False, indent=1) + "\n"
    aside.write_text(text, encoding="utf-8", newline="\n")
    aside.replace(record)


def _in_the_way(target: Path) -> FetchError:
    return FetchError(
        "in-the-way",
        str(target),
        "a file that no fetch wrote",
        "none, or one with its record beside it",
        "move it away, or choose another folder",
    )
