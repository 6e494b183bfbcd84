"""What went in, what came out, and with which versions: written last, checked any time."""

from __future__ import annotations

import hashlib
import json
import os
import platform
from datetime import UTC, datetime, time
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from qn_coverage.core.errors import ManifestError, OutputError
from qn_coverage.core.scenario import SHIPPED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from qn_coverage.core.scenario import Scenario

NAME: Final = "manifest.json"
PLAN: Final = "plan"
"""Entry of a manifest that tells a plan from a study."""
_LIBRARIES: Final = (
    "exactextract", "folium", "geopandas", "numba", "numpy", "pandas", "pyogrio", "pyproj",
    "rasterio", "scipy", "shapely",
)  # fmt: skip


def timestamp_of(scenario: Scenario) -> datetime:
    """Time recorded in outputs: ``SOURCE_DATE_EPOCH`` if set, else the scenario's later day."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch is not None:
        try:
            return datetime.fromtimestamp(int(epoch), tz=UTC)
        except (ValueError, OverflowError, OSError) as error:
            raise OutputError(
                f"SOURCE_DATE_EPOCH: found '{epoch}'; expected whole seconds since 1970. "
                "Mend: set it to a number, e.g. 1704326400, or unset it."
            ) from error
    return datetime.combine(scenario.study.after, time(), tzinfo=UTC)


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_manifest(
    folder: Path,
    *,
    home: Path,
    scenario: Scenario,
    inputs: dict[str, Path],
    outputs: Iterable[str],
) -> None:
    """Write ``manifest.json`` for outputs that already stand in the folder.

    Parameters
    ----------
    folder
        Folder where the outputs stand now.
    home
        Folder where they will stand; paths of inputs are recorded relative to it.
    scenario
        What was asked.
    inputs
        Files that were read, by the scenario's name of the input.
    outputs
        File names inside the folder.
    """
    document = {
        "format": 1,
        "created": timestamp_of(scenario).isoformat(),
        "scenario": scenario.model_dump(mode="json", exclude={"inputs"}),
        "versions": _versions(),
        "inputs": {
            key: {"file": _recorded(key, path, scenario, home), "sha256": sha256_of(path)}
            for key, path in sorted(inputs.items())
        },
        "outputs": {name: {"sha256": sha256_of(folder / name)} for name in sorted(outputs)},
    }
    text = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    (folder / NAME).write_text(text, encoding="utf-8", newline="\n")


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read the manifest of an output folder.

    Raises
    ------
    ManifestError
        There is none, or it cannot be read.
    """
    path = folder / NAME
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ManifestError(
            f"{path}: no manifest here; expected a folder that 'qn-coverage run' wrote. "
            "Mend: check the path."
        ) from error
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise ManifestError(
            f"{path}: not a manifest ({error}). Mend: run the study again."
        ) from error
    if not isinstance(document, dict) or not {"inputs", "outputs"} <= document.keys():
        raise ManifestError(f"{path}: not a manifest of this toolkit. Mend: run the study again.")
    return document


def differences(folder: Path, inputs: dict[str, Path]) -> list[str]:
    """What no longer matches the manifest, one sentence each; empty if all does.

    Parameters
    ----------
    folder
        Output folder.
    inputs
        Files to compare with the recorded inputs, by name; a name that is not recorded is ignored.
    """
    document = read_manifest(folder)
    found = []
    for name, entry in document["outputs"].items():
        found += _difference(f"output {name}", folder / name, entry["sha256"])
    for key, entry in document["inputs"].items():
        if key in inputs:
            found += _difference(f"input '{key}' ({entry['file']})", inputs[key], entry["sha256"])
    return found


def _difference(what: str, path: Path, sha256: str) -> list[str]:
    if not path.exists():
        return [f"{what}: missing"]
    if sha256_of(path) != sha256:
        return [f"{what}: changed since the run (sha256 differs)"]
    return []


def _recorded(key: str, path: Path, scenario: Scenario, home: Path) -> str:
    if getattr(scenario.inputs, key.split("#", maxsplit=1)[0]) == SHIPPED:
        return SHIPPED
    try:
        return Path(os.path.relpath(path, home)).as_posix()
    except ValueError:  # on Windows there is no relative path to another drive
        return path.as_posix()


def _versions() -> dict[str, str]:
    libraries = {name: metadata.version(name) for name in _LIBRARIES}
    return {
        "qn-coverage": metadata.version("qn-coverage"),
        "python": platform.python_version(),
        **libraries,
    }
