"""The vendored files are the registry's own, all listed, with their licences."""

from __future__ import annotations

import hashlib
import re
from importlib import resources

import pytest

from qn_coverage.render import vendored
from qn_coverage.render.vendored import Asset, AssetError


def _files() -> dict[str, bytes]:
    root = resources.files("qn_coverage.render").joinpath("assets", "vendor")
    with resources.as_file(root) as folder:
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file()
        }


def test_every_vendored_file_is_listed_with_its_hash():
    listed = {asset.path: asset.sha256 for asset in vendored.vendored().values()}
    found = {name: hashlib.sha256(content).hexdigest() for name, content in _files().items()}
    assert listed == found


def test_every_package_carries_its_licence():
    by_package: dict[str, set[str]] = {}
    for asset in vendored.vendored().values():
        by_package.setdefault(asset.package, set()).add(asset.path.rsplit("/", 1)[1])
    assert set(by_package) == {"leaflet", "leaflet.markercluster"}
    for names in by_package.values():
        assert any("LICEN" in name for name in names)


def test_a_changed_file_is_an_error():
    asset = next(iter(vendored.vendored().values()))
    changed = Asset(asset.path, "p", "1", "MIT", asset.address, "0" * 64)
    with pytest.raises(AssetError, match="differs"):
        changed.content()


def test_an_unknown_path_is_an_error():
    with pytest.raises(AssetError, match=r"jquery\.js"):
        vendored.address_of("jquery.js")


def test_no_own_asset_names_an_address_of_the_network():
    for address, content in vendored.page_assets().items():
        if address.startswith(vendored.OWN):
            text = content.decode("utf-8").replace("http://www.w3.org/2000/svg", "")
            assert not re.search(r"https?://\w", text), address
