"""Verdict rules as data: which level counts, how sure one must be, and what the classes are called.

A rule is one TOML file in ``rules/``. Whatever its source does not say is marked ``assumption``
beside the number. `docs/rules.md` explains the rules and where an official one is typed in.
"""

from __future__ import annotations

import tomllib
from datetime import date  # noqa: TC003 (pydantic reads the annotation)
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Final, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from qn_coverage.core.errors import InvalidDataError, Problem, UnknownNameError
from qn_coverage.core.rule_checks import MEND, SIGNAL_CLASSES, contradictions, problems_of
from qn_coverage.core.scenario import Scenario, Technology  # noqa: TC001 (pydantic reads it)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Self

    import numpy.typing as npt

Status = Literal["legal text", "published practice", "assumption"]
ClassCode = Literal["cannot_tell", "no_signal", "weak", "covered"]

CLASS_CODES: Final[tuple[ClassCode, ...]] = ("cannot_tell", "no_signal", "weak", "covered")
"""Classes by number in arrays: 0 không kết luận được, 1 trắng sóng, 2 lõm sóng, 3 phủ sóng."""

CANNOT_TELL, NO_SIGNAL, WEAK, COVERED = range(4)

DEFAULT_RULE: Final = "quang-ninh-working"

_TEMPLATE: Final = "TEMPLATE.toml"
_Text = Annotated[str, Field(min_length=1)]
_Probability = Annotated[float, Field(ge=0.0, le=1.0)]


class RulesError(InvalidDataError):
    """A rule file that cannot be used; every problem is listed."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class _Sourced(_Frozen):
    status: Status
    source: _Text


class LocationProbability(_Sourced):
    """Share of the spots inside a place at which a telephone must reach the threshold."""

    value: Annotated[float, Field(ge=0.5, lt=1.0)]


class Threshold(_Sourced):
    """Level that counts, dBm: RxLev (2G), RSCP (3G), RSRP (4G), SS-RSRP (5G)."""

    dbm: dict[Technology, Annotated[float, Field(ge=-150.0, le=-30.0)]]


class Service(_Sourced):
    """What is asked for (a call, a speed); any of the technologies gives it."""

    code: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    label_vi: _Text
    label_en: _Text
    technologies: Annotated[tuple[Technology, ...], Field(min_length=1)]
    download_mbit_s: Annotated[float, Field(gt=0.0)] | None = None
    upload_mbit_s: Annotated[float, Field(gt=0.0)] | None = None


class SignalClass(_Frozen):
    """A class with its limits: lower limit included, upper excluded unless it is 1."""

    label_vi: _Text
    label_en: _Text
    probability: tuple[_Probability, _Probability]


class UnknownClass(_Frozen):
    """The class of what cannot be told: no probability, or a place whose parts disagree."""

    label_vi: _Text
    label_en: _Text


class Classes(_Sourced):
    """The four classes.

    ``sure_share`` is the share of a place's people that must fall into one class before that class
    is given to a place whose position is known only to a radius.
    """

    sure_share: Annotated[float, Field(gt=0.5, le=1.0)]
    covered: SignalClass
    weak: SignalClass
    no_signal: SignalClass
    cannot_tell: UnknownClass


class Rule(_Frozen):
    """One verdict rule.

    Attributes
    ----------
    id, version
        Kebab-case name and semantic version; results state both.
    title_vi, title_en
        What a planner reads.
    status, source, dated
        How firm the definition as a whole is, where it stands, and the day of that document. The
        parts carry their own status, which may be softer.
    location_probability, threshold, services, classes
        See there. The class ``covered`` begins at the required location probability.
    note
        What a reader must know.
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    version: Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")]
    title_vi: _Text
    title_en: _Text
    status: Status
    source: _Text
    dated: date | None = None
    note: str = ""
    location_probability: LocationProbability
    threshold: Threshold
    services: Annotated[tuple[Service, ...], Field(min_length=1)]
    classes: Classes

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        found = list(contradictions(self.model_dump()))
        if found:
            raise ValueError("; ".join(f"{key}: {what}" for _, key, what, _ in found))
        return self

    @property
    def technologies(self) -> tuple[Technology, ...]:
        """Technologies of any service, sorted."""
        return tuple(sorted({name for service in self.services for name in service.technologies}))

    @property
    def assumptions(self) -> tuple[str, ...]:
        """Parts of the rule that its source does not confirm, by key."""
        parts = {
            "location_probability": self.location_probability.status,
            "threshold": self.threshold.status,
            **{f"services.{service.code}": service.status for service in self.services},
            "classes": self.classes.status,
        }
        return tuple(key for key, status in parts.items() if status == "assumption")

    def labels(self) -> Mapping[int, tuple[str, str]]:
        """Vietnamese and English name of each class, by its number in arrays."""
        named = {code: getattr(self.classes, code) for code in CLASS_CODES}
        return MappingProxyType(
            {number: (named[c].label_vi, named[c].label_en) for number, c in enumerate(CLASS_CODES)}
        )


def classify(probability: npt.ArrayLike, rule: Rule) -> npt.NDArray[np.uint8]:
    """Class of each place.

    Parameters
    ----------
    probability
        Chance, 0-1, that a telephone at a spot taken at random inside the place reaches the
        threshold: location variability and model error together. NaN where it is not known.
    rule
        The rule.

    Returns
    -------
    Numbers of `CLASS_CODES`, uint8, shape of `probability`.

    Raises
    ------
    ValueError
        A probability below 0 or above 1.
    """
    values = np.asarray(probability, dtype=np.float64)
    if np.any((values < 0.0) | (values > 1.0)):
        raise ValueError("probabilities must lie between 0 and 1")
    upper = [getattr(rule.classes, code).probability[0] for code in SIGNAL_CLASSES[1:]]
    found = (NO_SIGNAL + np.searchsorted(upper, values, side="right")).astype(np.uint8)
    return np.where(np.isnan(values), np.uint8(CANNOT_TELL), found).astype(np.uint8)


def class_of_shares(shares: npt.ArrayLike, rule: Rule) -> npt.NDArray[np.uint8]:
    """Class of places that are known only to a radius, from what their disc holds.

    Parameters
    ----------
    shares
        Share of the disc's people in each class of `CLASS_CODES`, shape (..., 4), each row summing
        to 1; NaN where the disc holds nothing to weigh.
    rule
        Its ``sure_share`` must be reached by one class; otherwise nothing can be told.

    Returns
    -------
    Numbers of `CLASS_CODES`, uint8, shape (...).
    """
    values = np.asarray(shares, dtype=np.float64)
    if values.shape[-1:] != (len(CLASS_CODES),):
        raise ValueError(f"shares need {len(CLASS_CODES)} columns, not shape {values.shape}")
    known = np.nan_to_num(values, nan=0.0)
    best = np.argmax(known, axis=-1)
    # A share summed over many cells may miss its exact value by rounding.
    sure = np.max(known, axis=-1) >= rule.classes.sure_share - 1e-9
    return np.where(sure, best, CANNOT_TELL).astype(np.uint8)


def load_rule(name: str | Path = DEFAULT_RULE) -> Rule:
    """Read a rule: the name of a shipped one, or the path of a TOML file.

    Raises
    ------
    UnknownNameError
        No shipped rule has that name.
    RulesError
        The file is missing, is not TOML, or says something a rule cannot say; every problem is
        listed.
    """
    path = Path(name)
    if path.suffix != ".toml":
        path = rules_folder() / f"{name}.toml"
        if not path.is_file():
            raise UnknownNameError("rule", str(name), [file.stem for file in _shipped()])
    return _rule_of(_document(path), str(path))


def with_rule(scenario: Scenario) -> tuple[Scenario, Rule]:
    """The scenario with what its rule says of thresholds and probability, and the rule.

    What the scenario's file sets itself stands above the rule.

    Raises
    ------
    RulesError, UnknownNameError
        The rule cannot be used.
    """
    rule = load_rule(scenario.service.rule)
    given = {
        "threshold_dbm": rule.threshold.dbm,
        "location_probability": rule.location_probability.value,
    }
    unset = {
        key: value for key, value in given.items() if key not in scenario.service.model_fields_set
    }
    service = scenario.service.model_copy(update=unset)
    return scenario.model_copy(update={"service": service}), rule


def shipped_rules() -> tuple[Rule, ...]:
    """Every rule that ships, by id."""
    return tuple(load_rule(path) for path in _shipped())


def rules_folder() -> Path:
    """Where the shipped rules lie: inside an installed package, or at the top of a checkout."""
    package = Path(__file__).parents[1]
    installed = package / "_shipped" / "rules"
    return installed if installed.is_dir() else package.parents[1] / "rules"


def _shipped() -> list[Path]:
    return sorted(path for path in rules_folder().glob("*.toml") if path.name != _TEMPLATE)


def _document(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise RulesError([_whole(path, "missing-file", "no such file")]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise RulesError([_whole(path, "not-toml", str(error))]) from error


def _whole(path: Path, code: str, found: str) -> Problem:
    return Problem(
        code=code,
        file=str(path),
        found=found,
        expected="a rule in TOML 1.0, UTF-8",
        mend=MEND,
    )


def _rule_of(document: dict[str, Any], file: str) -> Rule:
    try:
        return Rule.model_validate(document)
    except ValidationError as error:
        details = error.errors(include_url=False)
        raise RulesError(problems_of(document, details, file)) from error
