"""``qn-coverage export``: a run's folder in other formats, written aside and put in place."""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Final

from qn_coverage.core.errors import ManifestError
from qn_coverage.core.files import sha256_of
from qn_coverage.core.progress import SILENT
from qn_coverage.export import manifest, outputs
from qn_coverage.export.registry import EXPORTERS, expand, resolve
from qn_coverage.export.results import read_results

if TYPE_CHECKING:
    from collections.abc import Iterable

    from qn_coverage.core.progress import Progress
    from qn_coverage.export.registry import Exporter
    from qn_coverage.export.results import Results

NAME: Final = "exports.json"
"""Record of what was exported, in the output folder."""


def export_results(
    folder: Path,
    formats: Iterable[str] | None = None,
    out: Path | None = None,
    *,
    progress: Progress = SILENT,
) -> list[Path]:
    """Export the output folder of a run.

    Parameters
    ----------
    folder
        Output folder of a run; it is read and checked, never changed, unless `out` is the same.
    formats
        Names of `registry.EXPORTERS` or `registry.GROUPS`; None for all formats.
    out
        Folder to write to, made if need be; None for ``export`` inside `folder`. Files of an
        earlier export of the same formats are replaced, others are left alone.
    progress
        Told which format is being written.

    Returns
    -------
    The file or folder of each format, in the order asked.

    Raises
    ------
    UnknownNameError
        A format is not known. Nothing is written.
    ManifestError
        The folder does not match its manifest, or a file stands in the way that no export wrote.
        Nothing is written.
    """
    chosen = [resolve(name) for name in expand(EXPORTERS if formats is None else formats)]
    results = read_results(Path(folder))
    out = Path(folder) / "export" if out is None else Path(out)
    earlier = _earlier(out)
    with outputs.aside(out) as place:
        for exporter in chosen:
            progress.stage(exporter.name)
            exporter.write(results, place / exporter.target)
        written = {exporter.name: _files(place, exporter) for exporter in chosen}
        hashed = {name: _hashed(place, files) for name, files in written.items()}
        record = _record(results, earlier | hashed)
        (place / NAME).write_text(record, encoding="utf-8", newline="\n")
        outputs.put_in_place(
            place,
            out,
            [*(file for files in written.values() for file in files), NAME],
            earlier={NAME, *(file for files in earlier.values() for file in files)},
            maker="export",
        )
    for name, files in written.items():
        for stale in set(earlier.get(name, ())) - set(files):
            (out / stale).unlink(missing_ok=True)
    return [out / exporter.target for exporter in chosen]


def _files(aside: Path, exporter: Exporter) -> list[str]:
    target = aside / exporter.target
    found = [target] if target.is_file() else [path for path in target.rglob("*") if path.is_file()]
    return sorted(path.relative_to(aside).as_posix() for path in found)


def _hashed(aside: Path, files: list[str]) -> dict[str, str]:
    return {file: sha256_of(aside / file) for file in files}


def _earlier(out: Path) -> dict[str, dict[str, str]]:
    """Hash of the files of earlier exports by format; names that lead elsewhere aren't believed."""
    try:
        document = json.loads((out / NAME).read_text(encoding="utf-8"))
        return {
            name: {
                file: str(sha256)
                for file, sha256 in document["files"][name].items()
                if _inside(file, exporter)
            }
            for name, exporter in EXPORTERS.items()
            if name in document["files"]
        }
    except FileNotFoundError:
        return {}
    except (UnicodeDecodeError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise ManifestError(
            f"{out / NAME}: không phải bản ghi của lệnh xuất / not a record of exports ({error}); "
            "nothing was changed. "
            "Mend: move it away, or choose another folder with --out."
        ) from error


def _inside(file: str, exporter: Exporter) -> bool:
    parts = PurePosixPath(file).parts
    return bool(parts) and parts[0] == exporter.target and ".." not in parts


def _record(results: Results, files: dict[str, dict[str, str]]) -> str:
    document: dict[str, Any] = {
        "format": 2,
        "created": results.created.isoformat(),
        "run": {"manifest_sha256": sha256_of(results.folder / manifest.NAME)},
        "files": dict(sorted(files.items())),
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
