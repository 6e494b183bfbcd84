"""Third-party files and our own assets that the exported page carries inside itself."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Final

from qn_coverage.core.errors import CoverageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.resources.abc import Traversable


OWN: Final = "qn:"
"""Prefix of the address of our own assets."""

OWN_JS: Final = (
    "qn_text.js",
    "qn_search.js",
    "qn_symbols.js",
    "qn_profile.js",
    "qn_popups.js",
    "qn_why.js",
    "qn_layers.js",
    "qn_moments.js",
    "qn_panel.js",
    "qn_claims.js",
    "qn_map.js",
)
"""Our own scripts, in the order in which they run."""

OWN_CSS: Final = ("qn_map.css",)


class AssetError(CoverageError):
    """An asset of the page is unknown or is not the file that was vendored."""


@dataclass(frozen=True, slots=True)
class Asset:
    """One vendored file.

    Attributes
    ----------
    path
        Path under ``assets/vendor``.
    package, version, licence
        Package of the npm registry that it comes from, unchanged.
    address
        Where a page with a network would load it from.
    sha256
        Hash of the file.
    """

    path: str
    package: str
    version: str
    licence: str
    address: str
    sha256: str

    def content(self) -> bytes:
        """Bytes of the file.

        Raises
        ------
        AssetError
            The file differs from the one that was vendored.
        """
        content = _assets().joinpath("vendor", *self.path.split("/")).read_bytes()
        if hashlib.sha256(content).hexdigest() != self.sha256:
            raise AssetError(f"vendored file {self.path} differs from its sha256 in vendor.toml")
        return content


@cache
def vendored() -> Mapping[str, Asset]:
    """Every vendored file by its address."""
    manifest = tomllib.loads(own_text("vendor.toml"))
    return {entry["address"]: Asset(**entry) for entry in manifest["file"]}


def address_of(path: str) -> str:
    """Address of a vendored file, given its path under ``assets/vendor``."""
    for asset in vendored().values():
        if asset.path == path:
            return asset.address
    raise AssetError(f"no vendored file {path!r}")


def page_assets() -> dict[str, bytes]:
    """Everything a page may load: vendored files by address, our own as ``qn:<name>``.

    Raises
    ------
    AssetError
        A vendored file differs from its hash.
    """
    files = {address: asset.content() for address, asset in vendored().items()}
    return files | {OWN + name: own_text(name).encode("utf-8") for name in (*OWN_JS, *OWN_CSS)}


def own_text(name: str) -> str:
    """One of our own text assets, e.g. ``"qn_map.css"``."""
    return _assets().joinpath(name).read_text(encoding="utf-8")


def _assets() -> Traversable:
    return resources.files("qn_coverage.render").joinpath("assets")
