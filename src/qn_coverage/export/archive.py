"""Zip files that are the same bytes each time."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

_EARLIEST: Final = (1980, 1, 1, 0, 0, 0)


def write_zip(path: Path, files: Mapping[str, bytes], *, created: datetime) -> None:
    """Write files into a zip, in the order given.

    Parameters
    ----------
    path
        File to write.
    files
        Contents by name inside the zip.
    created
        Time given to each file; a zip holds none before 1980.
    """
    stamp = max(created.timetuple()[:6], _EARLIEST)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, date_time=stamp)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            entry.create_system = 3  # the system that zips must not show in the bytes
            archive.writestr(entry, content, compresslevel=9)
