"""Bytes and cells in legacy encodings → Unicode text in NFC, and what was assumed about them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Final

from qn_coverage.core.errors import InvalidDataError
from qn_coverage.core.text import fold, nfc
from qn_coverage.data.importing.safety import refused
from qn_coverage.data.importing.syllables import is_syllable

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_TCVN3_HIGH: Final = (
    "\xa0ĂÂÊÔƠƯĐăâêôơưđẰ\u0300\u0309\u0303\u0301\u0323àảãáạẲằẳẵắẴẮẦẨẪẤỀặầẩẫấậèỂẻẽéẹềểễếệìỉỄẾỒĩíịòỔỏ"
    "õóọồổỗốộờởỡớợùỖủũúụừửữứựỳỷỹýỵỐ"
)
TCVN3: Final = dict(zip(range(0xA0, 0x100), _TCVN3_HIGH, strict=True))
"""Upper half of TCVN 5712:1993 by the character that latin-1 shows for it; ABC fonts (TCVN3) use
its small letters. Python has no such codec."""

ENCODINGS: Final = ("utf-8", "utf-16", "tcvn3", "cp1258", "cp1252")
"""What ``encoding`` may be; empty or None is to detect it."""

_VIETNAMESE: Final = frozenset(
    "ăâđêôơưĂÂĐÊÔƠƯàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ"
    "ÀẢÃÁẠẰẲẴẮẶẦẨẪẤẬÈẺẼÉẸỀỂỄẾỆÌỈĨÍỊÒỎÕÓỌỒỔỖỐỘỜỞỠỚỢÙỦŨÚỤỪỬỮỨỰỲỶỸÝỴ"
)
_ALLOWED_SIGNS: Final = frozenset("°º′″’‘“”–—…²³×±·•«»≥≤\xa0\xad\u200b\ufeff")
_TELLTALE: Final = frozenset("µ¶·¸¹¨©ª«¬®¾»¼½Æ¡¢£¤¥¦§ÇËÎÏÐÑÖ×ØÜÞßåæçëîïñö÷øûüþ")
"""Characters that ABC text shows in latin-1 and Vietnamese never has."""

_COMMON: Final = (
    "xã phường huyện tỉnh thôn bản trạm tên độ kinh vĩ đảo thị trấn khu tổ nhà mạng cột cao băng "
    "tần công nghệ số đông bắc nam tây quảng ninh hạ long cẩm phả móng cái vân đồn cô tô hải hà "
    "đầm tiên yên bình liêu ba chẽ uông bí triều đường đồng dân hộ ngày tháng năm góc phương vị "
    "xóm làng trung tâm núi đồi suối sông biển mạo khê hòn rồng minh châu quan lạn ngọc"
)
_WORDS: Final = frozenset(_COMMON.split())
_WORD: Final = re.compile(r"[^\W\d_]+")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]")
_IN_WORD: Final = re.compile(r"(?<!\w)[^\W\d_]+[·\xad×«»](?!\d)")
"""A word with ã, ư, ì, ô or ằ of ABC text; apart from words these are signs in their own right."""
_INVISIBLE: Final = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text of a file, and the encoding that it was taken for."""

    text: str
    encoding: str


def decode(data: bytes, path: Path, encoding: str | None = None) -> Decoded:
    """Text of a file: UTF-8 and UTF-16 by their marks, else the legacy encoding that fits best.

    A legacy encoding is taken if it shows more Vietnamese than any other; otherwise the file is
    refused.

    Parameters
    ----------
    data
        The file.
    path
        Its name, for messages.
    encoding
        One of `ENCODINGS` if the user says so, else None.

    Raises
    ------
    InvalidDataError
        ``unknown-encoding``, ``ambiguous-encoding``, ``nul-bytes``.
    """
    if encoding:
        return Decoded(_decoded_as(data, encoding, path), encoding)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Decoded(_decoded_as(data, "utf-16", path), "utf-16")
    if b"\x00" in data:
        return _without_mark(data, path)
    try:
        return Decoded(data.decode("utf-8-sig"), "utf-8")
    except UnicodeDecodeError:
        return _legacy(data, path)


def repaired(texts: Iterable[str]) -> tuple[dict[str, str], str]:
    """Texts of one column in which ABC or twice encoded text stands in Unicode cells.

    Parameters
    ----------
    texts
        The different texts of the column.

    Returns
    -------
    Mapping from each text that changes, and ``"tcvn3"``, ``"utf-8 read as cp1252"`` or ``""``.
    """
    high = [text for text in texts if not text.isascii()]
    letters = frozenset("".join(high)) - _ALLOWED_SIGNS
    told = bool(letters & _TELLTALE) or any(map(_IN_WORD.search, high))
    twice = {text: mended for text in high if (mended := _undone(text)) is not None}
    if twice:
        return twice, "utf-8 read as cp1252"
    if any(ord(c) > 0xFF for c in letters):
        return {}, ""
    unicode = {text: nfc(text.translate(TCVN3)) for text in high}
    # Most of its small letters are letters of Vietnamese too: then spelling tells.
    if not told and _misspelled(unicode.values()) >= _misspelled(high):
        return {}, ""
    before, after = (
        sum(map(_score, of)) - _misspelled(of) for of in (high, list(unicode.values()))
    )
    return (unicode, "tcvn3") if after > before else ({}, "")


def cleaned(text: str) -> str:
    """NFC text with single blanks, without control and direction characters."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    return nfc(_CONTROL.sub(" ", _INVISIBLE.sub("", text)))


def _decoded_as(data: bytes, encoding: str, path: Path) -> str:
    if encoding not in ENCODINGS:
        raise refused(
            "unknown-encoding", path, f"'{encoding}'", ", ".join(ENCODINGS), "choose one of them"
        )
    try:
        if encoding == "tcvn3":
            return data.decode("latin-1").translate(TCVN3)
        return data.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except UnicodeDecodeError as error:
        raise refused(
            "unknown-encoding",
            path,
            f"bytes that are not {encoding} ({error.reason} at byte {error.start:,})",
            "text in " + encoding,
            "save the file as 'CSV UTF-8'",
        ) from error


def _without_mark(data: bytes, path: Path) -> Decoded:
    """UTF-16 without its mark has a NUL in every other byte; any other NUL is refused."""
    for start, code in ((1, "utf-16-le"), (0, "utf-16-be")):
        zeros, others = data[start::2].count(0), data[1 - start :: 2].count(0)
        if zeros > 0.3 * (len(data) / 2) and others == 0:
            try:
                return Decoded(data.decode(code), "utf-16")
            except UnicodeDecodeError:
                break
    raise refused(
        "nul-bytes",
        path,
        f"{data.count(0):,} NUL bytes, the first at byte {data.index(0):,}",
        "text",
        "the file is broken or no table; save it again as 'CSV UTF-8'",
    )


def _legacy(data: bytes, path: Path) -> Decoded:
    scores = {}
    for encoding in ("tcvn3", "cp1258", "cp1252"):
        try:
            scores[encoding] = _score(nfc(_decoded_as(data[: 1 << 20], encoding, path)))
        except InvalidDataError:  # that encoding cannot hold these bytes
            continue
    ranked = sorted(scores.items(), key=lambda item: -item[1])
    if not ranked or ranked[0][1] <= 0 or (len(ranked) > 1 and ranked[0][1] == ranked[1][1]):
        raise refused(
            "ambiguous-encoding",
            path,
            "text that is not UTF-8, nor clearly " + " or ".join(scores or ["anything known"]),
            "Vietnamese text in UTF-8",
            "save it as 'CSV UTF-8', or say --encoding tcvn3, cp1258 or cp1252",
        )
    best = ranked[0][0]
    return Decoded(_decoded_as(data, best, path), best)


def _score(text: str) -> float:
    """How Vietnamese a text looks: common words with their accents, less foreign letters."""
    words = [word.casefold() for word in _WORD.findall(text)]
    known = sum(word in _WORDS and not word.isascii() for word in words)
    letters = sum(c in _VIETNAMESE for c in text)
    strange = sum(ord(c) > 127 and c not in _VIETNAMESE | _ALLOWED_SIGNS for c in text)
    return 5.0 * known + 0.1 * letters - 2.0 * strange


def _misspelled(texts: Iterable[str]) -> int:
    """Words with accents that are no Vietnamese syllables."""
    words = chain.from_iterable(map(_WORD.findall, texts))
    return sum(not word.isascii() and not is_syllable(word) for word in words)


def _undone(text: str) -> str | None:
    """Text that was UTF-8 and read as cp1252, or None if it was not."""
    for code in ("cp1252", "latin-1"):
        try:
            mended = text.encode(code).decode("utf-8")
        except UnicodeError:
            continue
        if mended != text and _score(mended) > 0 and fold(mended):
            return nfc(mended)
    return None
