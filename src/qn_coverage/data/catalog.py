"""What ships with the toolkit: each layer with origin, licence, hash and cautions.

The folder ``geodata`` stands at the top of a checkout; a wheel carries it (without its build
scripts) inside the package.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from qn_coverage.core.errors import InvalidDataError, Problem, UnknownNameError
from qn_coverage.core.files import sha256_of

CATALOG_FILE: Final = "catalog.toml"

_PACKAGE: Final = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Layer:
    """One shipped file.

    Attributes
    ----------
    name
        Name in scenarios and in `layer_path`.
    file
        File name inside the geodata folder.
    what
        What it holds, Vietnamese / English.
    origin
        Where the values come from, and how firm they are.
    date
        Date or period that the values stand for.
    licence
        Terms of the sources.
    crs
        Authority code, or empty for a table without geometry.
    sha256
        Hash of the file, 64 hexadecimal digits.
    build
        Step of ``geodata/build`` that makes the file.
    cautions
        What a reader must know before trusting it, Vietnamese / English.
    citation
        How to cite the sources.
    """

    name: str
    file: str
    what: str
    origin: str
    date: str
    licence: str
    crs: str
    sha256: str
    build: str
    cautions: str
    citation: str


def geodata_folder() -> Path:
    """Folder of the shipped layers, in a wheel or in a checkout.

    Raises
    ------
    InvalidDataError
        Neither place has a catalog.
    """
    return _shipped_folder("geodata", CATALOG_FILE)


def scenarios_folder() -> Path:
    """Folder of the shipped scenarios, in a wheel or in a checkout.

    Raises
    ------
    InvalidDataError
        Neither place has a default scenario.
    """
    return _shipped_folder("scenarios", "default.toml")


def load_catalog(folder: Path | None = None) -> tuple[Layer, ...]:
    """All shipped layers, by name.

    Parameters
    ----------
    folder
        Folder with a ``catalog.toml``; None for the shipped one.

    Raises
    ------
    InvalidDataError
        The catalog is missing or an entry lacks a key.
    """
    path = (folder or geodata_folder()) / CATALOG_FILE
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise InvalidDataError([_unreadable(path, error)]) from error
    layers = [_layer(entry, path) for entry in document.get("layer", [])]
    return tuple(sorted(layers, key=lambda layer: layer.name))


def layer_path(name: str) -> Path:
    """Path of a shipped layer.

    Raises
    ------
    UnknownNameError
        No layer has that name; the message lists those that do.
    """
    layers = {layer.name: layer for layer in load_catalog()}
    if name not in layers:
        raise UnknownNameError("layer", name, layers)
    return geodata_folder() / layers[name].file


def check_catalog(folder: Path | None = None) -> None:
    """Compare each file with its sha256 in the catalog.

    Parameters
    ----------
    folder
        Folder with a ``catalog.toml``; None for the shipped one.

    Raises
    ------
    InvalidDataError
        Files are missing or differ; every one is listed.
    """
    folder = folder or geodata_folder()
    found = [_problem(layer, folder / layer.file) for layer in load_catalog(folder)]
    problems = [problem for problem in found if problem is not None]
    if problems:
        raise InvalidDataError(problems)


def _shipped_folder(name: str, landmark: str) -> Path:
    places = (_PACKAGE / "_shipped" / name, _PACKAGE.parents[1] / name)
    for place in places:
        if (place / landmark).is_file():
            return place
    raise InvalidDataError(
        [
            Problem(
                code="missing-file",
                file=str(places[0] / landmark),
                found="no such file, nor one in a checkout",
                expected=f"the {name} that ship with the toolkit",
                mend="install the toolkit again",
            )
        ]
    )


def _layer(entry: dict[str, Any], path: Path) -> Layer:
    wanted = set(Layer.__dataclass_fields__)
    if set(entry) != wanted:
        missing, unknown = sorted(wanted - set(entry)), sorted(set(entry) - wanted)
        raise InvalidDataError(
            [
                Problem(
                    code="bad-catalog",
                    file=str(path),
                    column=f"layer.{entry.get('name', '?')}",
                    found=f"missing keys {missing}, unknown keys {unknown}",
                    expected=", ".join(sorted(wanted)),
                    mend="build the layers again, see docs/geodata.md",
                )
            ]
        )
    return Layer(**entry)


def _problem(layer: Layer, path: Path) -> Problem | None:
    if not path.is_file():
        return Problem(
            code="missing-file",
            file=str(path),
            found="no such file",
            expected=f"the layer '{layer.name}'",
            mend="install the toolkit again",
        )
    found = sha256_of(path)
    if found == layer.sha256:
        return None
    return Problem(
        code="changed-file",
        file=str(path),
        found=f"sha256 {found}",
        expected=f"sha256 {layer.sha256}",
        mend="install the toolkit again, or name your own file in a scenario instead",
    )


def _unreadable(path: Path, error: Exception) -> Problem:
    return Problem(
        code="bad-catalog",
        file=str(path),
        found=str(error),
        expected="a catalog in TOML",
        mend="install the toolkit again",
    )
