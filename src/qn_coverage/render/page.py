"""Folium's page → one file that opens without a network.

Every script, stylesheet and image is put inside the file. What is not vendored is an error: an
address that stayed behind would be a blank map on a closed network.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import posixpath
import re
from typing import TYPE_CHECKING, Any, Final

from qn_coverage.render.vendored import AssetError

if TYPE_CHECKING:
    from collections.abc import Mapping

_RANDOM_ID: Final = re.compile(r"\b([a-z]+(?:_[a-z]+)*)_([0-9a-f]{32})\b")
_SCRIPT_LINK: Final = re.compile(
    r"<script\b[^>]*\bsrc\s*=\s*[\"']([^\"']*)[\"'][^>]*>\s*</script>", re.IGNORECASE
)
_STYLE_LINK: Final = re.compile(
    r"<link\b[^>]*\bhref\s*=\s*[\"']([^\"']*)[\"'][^>]*>", re.IGNORECASE
)
_CSS_URL: Final = re.compile(r"url\(\s*[\"']?([^\"')]+)[\"']?\s*\)")
_SOURCE_MAP: Final = re.compile(r"//[#@] sourceMappingURL=\S*\s*$")
_INLINE_SCRIPT: Final = re.compile(r"<script(?:\s+id=\"[^\"]*\")?>(.*?)</script>", re.DOTALL)
_LOADED_ATTRIBUTE: Final = re.compile(
    r"<[a-z][^>]*\s(?:src|href|srcset|poster|data|action)\s*=\s*[\"']?(?!data:|#)([^\"'\s>]+)",
    re.IGNORECASE,
)
_NO_ZOOM: Final = re.compile(r",\s*maximum-scale=1\.0,\s*user-scalable=no")
_IMAGE_TYPES: Final = {".png": "image/png", ".webp": "image/webp", ".svg": "image/svg+xml"}
_JSON_ESCAPES: Final = {
    "<": "\\u003c",
    ">": "\\u003e",
    "&": "\\u0026",
    "\u2028": "\\u2028",
    "\u2029": "\\u2029",
}


def json_for_script(document: Any) -> str:
    """JSON text that is safe between ``<script>`` tags, whatever strings it holds.

    Raises
    ------
    ValueError
        The document holds NaN or an infinity, which JSON cannot say.
    """
    text = json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for character, escape in _JSON_ESCAPES.items():
        text = text.replace(character, escape)
    return text


def data_uri(content: bytes, media_type: str) -> str:
    """RFC 2397 address that carries the content itself."""
    return f"data:{media_type};base64,{base64.b64encode(content).decode('ascii')}"


def unix_text(content: bytes) -> str:
    """UTF-8 text with Unix line ends: browsers hash scripts after turning CR LF into LF."""
    return content.decode("utf-8").replace("\r\n", "\n")


def renumbered(text: str) -> str:
    """Page with folium's random names counted in their order, so that two runs agree."""
    numbers: dict[str, str] = {}

    def number(match: re.Match[str]) -> str:
        name = match.group(0)
        return numbers.setdefault(name, f"{match.group(1)}_{len(numbers)}")

    return _RANDOM_ID.sub(number, text)


def self_contained(text: str, assets: Mapping[str, bytes]) -> str:
    """Page with every script and stylesheet link replaced by the file itself.

    Parameters
    ----------
    text
        Page as folium renders it.
    assets
        Files by address.

    Raises
    ------
    AssetError
        The page loads an address that is not among the assets; all of them are named.
    """
    links = [address for link in (_SCRIPT_LINK, _STYLE_LINK) for address in link.findall(text)]
    unknown = sorted({address for address in links if address not in assets})
    if unknown:
        raise AssetError("the page loads what is not vendored: " + ", ".join(unknown))
    text = _SCRIPT_LINK.sub(lambda link: _script(link.group(1), assets), text)
    text = _STYLE_LINK.sub(lambda link: _style(link.group(1), assets), text)
    _check_nothing_left(text)
    return text


def _script(address: str, assets: Mapping[str, bytes]) -> str:
    # A source map would be asked for as soon as someone opens the developer tools.
    text = _SOURCE_MAP.sub("", unix_text(assets[address]))
    if "</script" in text.lower():
        raise AssetError(f"{address} holds '</script' and cannot be put inside a page")
    return f"<script>{text}</script>"


def _style(address: str, assets: Mapping[str, bytes]) -> str:
    def inside(match: re.Match[str]) -> str:
        if match.group(1).startswith(("#", "data:")):
            return match.group(0)
        image = posixpath.join(posixpath.dirname(address), match.group(1))
        if image not in assets:
            raise AssetError(f"{address} draws {match.group(1)}, which is not vendored")
        media_type = _IMAGE_TYPES[posixpath.splitext(image)[1]]
        return f'url("{data_uri(assets[image], media_type)}")'

    return f"<style>{_CSS_URL.sub(inside, unix_text(assets[address]))}</style>"


def _check_nothing_left(text: str) -> None:
    markup = re.sub(
        r"(<(script|style)\b[^>]*>).*?</\2>", r"\1</\2>", text, flags=re.DOTALL | re.IGNORECASE
    )
    left = _LOADED_ATTRIBUTE.findall(markup)
    if left:
        raise AssetError("the page still loads: " + ", ".join(sorted(set(left))))


def tidy(text: str, *, title: str, language: str) -> str:
    """Page with its language and title, and free to be zoomed on a phone."""
    text = text.replace("<html>", f'<html lang="{language}">', 1)
    text = text.replace("<head>", f"<head>\n<title>{html.escape(title)}</title>", 1)
    return _NO_ZOOM.sub("", text)


def with_policy(text: str) -> str:
    """Page with a content security policy that allows its own scripts, by hash, and nothing else.

    The browser then refuses every request and every script that a hostile name might smuggle in.
    """
    hashes = [
        "'sha256-"
        + base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
        + "'"
        for script in _INLINE_SCRIPT.findall(text)
    ]
    policy = (
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
        f"script-src {' '.join(dict.fromkeys(hashes))}; base-uri 'none'; form-action 'none'"
    )
    tag = f'<meta http-equiv="Content-Security-Policy" content="{policy}" />'
    head, found, rest = text.partition("<head>")
    if not found:
        raise ValueError("the page has no <head>")
    return f"{head}{found}\n{tag}{rest}"
