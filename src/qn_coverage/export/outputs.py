"""Output folders: asked for before the work, written aside, put in place all or nothing."""

from __future__ import annotations

import contextlib
import json
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from qn_coverage.core.errors import ManifestError, OutputError
from qn_coverage.export import manifest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from qn_coverage.core.scenario import Scenario

    Maker = Literal["run", "plan"]

_GDAL_CALLERS: Final = {"pyogrio", "rasterio"}
"""Packages whose errors are those of GDAL; the classes have no public name in common."""
_MADE: Final = {"run": "a study", "plan": "a plan"}


def check_before(folder: Path, scenario: Scenario, maker: Maker) -> None:
    """Refuse, before the time of a study is spent, what outputs would be refused for.

    Raises
    ------
    ManifestError, OutputError
        As `earlier_outputs`, `check_folder` and `manifest.timestamp_of`.
    """
    earlier_outputs(folder, maker)
    check_folder(folder)
    manifest.timestamp_of(scenario)


def earlier_outputs(folder: Path, maker: Maker) -> set[str]:
    """Names of the files that an earlier run, or plan, wrote here.

    Raises
    ------
    ManifestError
        The folder holds work of the other kind, which would lose its manifest and its files.
    """
    if not (folder / manifest.NAME).exists():
        return set()
    document = manifest.read_manifest(folder)
    held = "plan" if manifest.PLAN in document else "run"
    if held != maker:
        raise ManifestError(
            f"{folder}: đang giữ kết quả của lệnh khác / holds {_MADE[held]}, whose files a "
            f"{maker} there would take away. Mend: choose another folder with --out."
        )
    return {*document["outputs"], manifest.NAME}


def check_folder(folder: Path) -> None:
    """Refuse a folder that cannot be made or written; what is made to find out is taken away.

    Raises
    ------
    OutputError
        With the reason that the system gives.
    """
    made = [each for each in (folder, *folder.parents) if not each.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise OutputError(
            f"{folder}: không ghi được vào đây / nothing can be written there "
            f"({error.strerror or error}). Mend: choose another folder with --out, or ask for the "
            "right to write into this one."
        ) from error
    finally:
        for each in made:
            with contextlib.suppress(OSError):
                each.rmdir()


@contextlib.contextmanager
def aside(folder: Path) -> Iterator[Path]:
    """A hidden folder inside, made if need be, to write into; it is gone in the end.

    Raises
    ------
    OutputError
        GDAL cannot write, as on a full disk: its callers raise no `OSError` then.
    """
    folder.mkdir(parents=True, exist_ok=True)
    place = Path(tempfile.mkdtemp(prefix=".writing-", dir=folder))
    try:
        yield place
    except Exception as error:
        if type(error).__module__.partition(".")[0] not in _GDAL_CALLERS:
            raise
        raise OutputError(
            f"{folder}: không ghi được vào đây / nothing can be written there ({error}); nothing "
            "was changed. Mend: free some space, or choose another folder with --out."
        ) from error
    finally:
        shutil.rmtree(place, ignore_errors=True)


@contextlib.contextmanager
def file_aside(path: Path) -> Iterator[Path]:
    """A place to write one file to, which then takes the place of `path`; as `aside`."""
    with aside(path.parent) as place:
        yield place / path.name
        (place / path.name).replace(path)


def put_in_place(
    place: Path, folder: Path, names: Collection[str], *, earlier: Collection[str], maker: str
) -> None:
    """Move files from aside into the folder, once it is clear that all of them can go there.

    Parameters
    ----------
    place, folder
        From where and to where.
    names
        Files, relative to both, in the order in which they are moved.
    earlier
        Those that an earlier work of the same kind wrote: they may be replaced.
    maker
        What that kind of work is called, e.g. ``"run"``.

    Raises
    ------
    ManifestError
        The folder holds a file of the same name that nobody of that kind wrote.
    OutputError
        A file to be replaced is held open by another program.
    """
    there = [name for name in names if (folder / name).exists()]
    strangers = [name for name in there if name not in earlier]
    if strangers:
        raise ManifestError(
            f"{folder}: có tệp lạ / holds {', '.join(strangers)} that no earlier {maker} wrote; "
            "nothing was changed. Mend: choose another folder with --out, or move these files away."
        )
    locked = [name for name in there if not _replaceable(folder / name)]
    if locked:
        raise OutputError(
            f"{folder}: không thay được tệp / {', '.join(locked)} cannot be replaced; nothing was "
            "changed. Mend: close them in other programs (Excel, QGIS), or choose another folder "
            "with --out."
        )
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).replace(folder / name)


def _replaceable(path: Path) -> bool:
    """Whether nobody holds a file, as Excel does on Windows: it can be opened for writing."""
    try:
        path.open("r+b").close()
    except OSError:
        return False
    return True


def write_text(text: str, path: Path) -> None:
    """Write UTF-8 with Unix line ends."""
    path.write_text(text, encoding="utf-8", newline="\n")


def write_json(document: dict[str, Any], path: Path) -> None:
    """Write JSON that people can read too."""
    write_text(json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False) + "\n", path)
