"""What went in, what came out, and with which versions: written last, checked any time."""

from __future__ import annotations

import json
import os
import platform
from datetime import UTC, datetime, time
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

from pydantic import BaseModel, Field, ValidationError

from qn_coverage.core.errors import ManifestError, OutputError, expected_of
from qn_coverage.core.files import sha256_of
from qn_coverage.core.plan_costs import costs_folder
from qn_coverage.core.scenario import SHIPPED
from qn_coverage.data.catalog import layer_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from qn_coverage.core.scenario import Scenario

NAME: Final = "manifest.json"
PLAN: Final = "plan"
"""Entry of a manifest that tells a plan from a study."""
_COSTS: Final = "costs"
_MADE_ANEW: Final = "Mend: run the study again, into a new folder."
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
                f"SOURCE_DATE_EPOCH: giá trị không hợp lệ / found '{epoch}'; expected whole "
                "seconds since 1970. Mend: set it to a number, e.g. 1704326400, or unset it."
            ) from error
    return datetime.combine(scenario.study.after, time(), tzinfo=UTC)


class _Output(BaseModel):
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Input(_Output):
    file: str


class _Plan(BaseModel):
    request: dict[str, Any]
    files: dict[str, _Input]


class _Document(BaseModel):
    """What a manifest must hold to be read; it may hold more."""

    created: datetime
    scenario: dict[str, dict[str, Any]]
    versions: dict[str, str]
    inputs: dict[str, _Input]
    # Plain names: a manifest that somebody edited must not make us touch other folders.
    outputs: dict[Annotated[str, Field(pattern=r"^[^./\\:][^/\\:]*$")], _Output]
    plan: _Plan | None = None


def write_manifest(
    folder: Path,
    *,
    home: Path,
    scenario: Scenario,
    inputs: Mapping[str, Path],
    outputs: Iterable[str],
    plan: tuple[Mapping[str, Any], Mapping[str, Path | None]] | None = None,
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
    plan
        What a plan was asked besides, and the files that only it reads; None for a shipped one.
    """
    document: dict[str, Any] = {
        "format": 1,
        "created": timestamp_of(scenario).isoformat(),
        "scenario": _asked(scenario, home),
        "versions": _versions(),
        "inputs": {
            key: _entry(key, None if _is_shipped(scenario, key) else path, home)
            for key, path in sorted(inputs.items())
        },
        "outputs": {name: {"sha256": sha256_of(folder / name)} for name in sorted(outputs)},
    }
    if plan is not None:
        request, files = plan
        document[PLAN] = {
            "request": request,
            "files": {key: _entry(key, path, home) for key, path in sorted(files.items())},
        }
    text = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    (folder / NAME).write_text(text, encoding="utf-8", newline="\n")


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read the manifest of an output folder.

    Raises
    ------
    ManifestError
        There is none, or it is not as `write_manifest` writes it; every problem is listed.
    """
    path = folder / NAME
    try:
        document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        _Document.model_validate(document)
    except FileNotFoundError as error:
        raise ManifestError(
            f"{path}: không có tệp kê khai ở đây / no manifest here; expected a folder that "
            "'qn-coverage run' wrote. Mend: check the path."
        ) from error
    except ValidationError as error:
        raise ManifestError(
            f"{path}: không phải tệp kê khai của bộ công cụ này / not a manifest of this toolkit "
            f"({_told(error)}). {_MADE_ANEW}"
        ) from error
    except ValueError as error:
        raise ManifestError(
            f"{path}: không phải tệp kê khai / not a manifest ({error}). {_MADE_ANEW}"
        ) from error
    return document


def _told(error: ValidationError) -> str:
    return "; ".join(
        f"{'.'.join(map(str, each['loc'])) or 'all of it'}: {expected_of(each['msg'])}"
        for each in error.errors(include_url=False)
    )


def changed_outputs(folder: Path, document: Mapping[str, Any]) -> list[str]:
    """What was written and is no longer so, one sentence each.

    Parameters
    ----------
    folder, document
        Output folder and its manifest.
    """
    found = []
    for name, entry in document["outputs"].items():
        found += _difference(f"output {name}", folder / name, entry)
    return found


def changed_inputs(folder: Path, document: Mapping[str, Any]) -> list[str]:
    """What was read and is no longer so, one sentence each; parameters as `changed_outputs`."""
    found = []
    for key, entry in inputs_of(document).items():
        path = _shipped(key) if entry["file"] == SHIPPED else folder / entry["file"]
        found += _difference(f"input '{key}' ({entry['file']})", path, entry)
    return found


def inputs_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """Entries of all files that were read, those of a plan included, by name."""
    return {**document["inputs"], **document.get(PLAN, {"files": {}})["files"]}


def _difference(what: str, path: Path, entry: Mapping[str, str]) -> list[str]:
    if not path.exists():
        return [f"{what}: missing"]
    if sha256_of(path) != entry["sha256"]:
        return [f"{what}: changed since the run (sha256 differs)"]
    return []


def _entry(key: str, path: Path | None, home: Path) -> dict[str, str]:
    file = SHIPPED if path is None else _relative(path, home)
    return {"file": file, "sha256": sha256_of(path or _shipped(key))}


def _shipped(key: str) -> Path:
    """File that ships under the name of an input."""
    return costs_folder() / "default.toml" if key == _COSTS else layer_path(key)


def _is_shipped(scenario: Scenario, key: str) -> bool:
    given = getattr(scenario.inputs, key.split("#", maxsplit=1)[0], None)
    return bool(given == SHIPPED)


def _asked(scenario: Scenario, home: Path) -> dict[str, Any]:
    """The scenario with no path of this machine in it."""
    document = scenario.model_dump(mode="json", exclude={"inputs"})
    own_rule = scenario.service.rule_file
    if own_rule is not None:
        document["service"]["rule"] = _relative(own_rule, home)
    return document


def _relative(path: Path, home: Path) -> str:
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
