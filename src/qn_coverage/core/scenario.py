"""A study as data: TOML → frozen values, unknown keys refused.

Every key has a default, so an empty file is the default study on the shipped data.
"""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from qn_coverage.core.errors import Problem, ScenarioError, expected_of

if TYPE_CHECKING:
    from typing import Self

SHIPPED: Final = "shipped"
"""Value of an input that names the layer the toolkit ships."""

NONE: Final = "none"
"""Value of an input that need not be given."""

Technology = Literal["2G", "3G", "4G", "5G"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class StudyDates(_Frozen):
    """What the study is called, when it looks, and how finely."""

    name_vi: str = "Vùng phủ sóng di động tỉnh Quảng Ninh"
    name_en: str = "Mobile coverage of Quảng Ninh province"
    before: date = date(2020, 7, 13)
    after: date = date(2024, 1, 4)
    cell_m: Annotated[float, Field(ge=20.0, le=2000.0)] = 100.0

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.before > self.after:
            raise ValueError("'before' must not be later than 'after'")
        return self


class Inputs(_Frozen):
    """Files of the study: ``"shipped"`` or a path, relative to the scenario file.

    Terrain may be several tiles. Measurements are ``"none"`` or a path: with enough of them the
    model error of published studies gives way to one's own. Antennas are ``"none"`` or a folder or
    zip of pattern files (MSI, PLN) that the column ``antenna`` of the sectors names.
    """

    communes: str = SHIPPED
    former_communes: str = SHIPPED
    districts: str = SHIPPED
    population: str = SHIPPED
    terrain: str | Annotated[tuple[str, ...], Field(min_length=1)] = SHIPPED
    sectors: str = SHIPPED
    villages: str = SHIPPED
    places: str = SHIPPED
    indicators: str = SHIPPED
    claims: str = SHIPPED
    measurements: str = NONE
    antennas: str = NONE

    @field_validator("*")
    @classmethod
    def _given(cls, value: Any, info: ValidationInfo) -> Any:
        if value == NONE and cls.model_fields[str(info.field_name)].default != NONE:
            raise ValueError('"shipped" or a path: the study cannot do without')
        return value


class ModelChoice(_Frozen):
    """Propagation model by its registered name, how far a site is followed, and which cells count.

    Cells farther than `offshore_km` from the province's land, villages and places get no answer.
    """

    name: str = "p1812"
    max_distance_km: Annotated[float, Field(gt=0.0, le=100.0)] = 20.0
    offshore_km: Annotated[float, Field(ge=0.0, le=100.0)] = 0.5


class Receiver(_Frozen):
    """The telephone."""

    height_agl_m: Annotated[float, Field(ge=0.5, le=50.0)] = 1.5
    gain_dbi: Annotated[float, Field(ge=-20.0, le=30.0)] = 0.0
    losses_db: Annotated[float, Field(ge=0.0, le=60.0)] = 0.0


def _working_thresholds_dbm() -> dict[Technology, float]:
    return {"2G": -95.0, "3G": -103.0, "4G": -110.0, "5G": -110.0}


class Service(_Frozen):
    """When a place counts as covered.

    ``rule`` names a verdict rule (`core.rules`) that gives the two keys below, unless the file
    sets them itself.

    ``threshold_dbm`` is compared with the level that is exceeded at ``location_probability`` of
    the places inside a cell: the median less z(p) · ``location_sigma_db``. 5.5 dB is the value of
    ITU-R P.1546-6, Annex 5 §12, for wideband digital systems; 0.90 is the cell-edge probability
    of the FCC's Broadband Data Collection. The thresholds are a working assumption: the figures of
    the Vietnamese standards are not public.
    """

    rule: str = "quang-ninh-working"
    location_probability: Annotated[float, Field(ge=0.5, lt=1.0)] = 0.9
    location_sigma_db: Annotated[float, Field(ge=0.0, le=15.0)] = 5.5
    threshold_dbm: dict[Technology, Annotated[float, Field(ge=-150.0, le=-30.0)]] = Field(
        default_factory=_working_thresholds_dbm
    )

    @field_validator("threshold_dbm", mode="after")
    @classmethod
    def _with_defaults(cls, given: dict[Technology, float]) -> dict[Technology, float]:
        return {**_working_thresholds_dbm(), **given}

    @property
    def rule_file(self) -> Path | None:
        """File of a rule of one's own; None for a shipped one."""
        return Path(self.rule) if self.rule.endswith(".toml") else None


class Gaps(_Frozen):
    """Which uncovered areas are listed."""

    min_area_km2: Annotated[float, Field(ge=0.0, le=100.0)] = 0.25


class Uncertainty(_Frozen):
    """Draws behind the intervals: how many, and the seed that makes them repeatable."""

    realisations: Annotated[int, Field(ge=20, le=10_000)] = 200
    seed: Annotated[int, Field(ge=0)] = 20240104


class Evidence(_Frozen):
    """What whoever gave the files says of them.

    ``network_complete``: the sectors are *all* that are on air. Only then, and only if none of them
    is modelled, may a place computed to be without signal speak against a claim.
    """

    network_complete: bool = False


class Scenario(_Frozen):
    """One study, whole."""

    study: StudyDates = StudyDates()
    inputs: Inputs = Inputs()
    model: ModelChoice = ModelChoice()
    receiver: Receiver = Receiver()
    service: Service = Service()
    gaps: Gaps = Gaps()
    uncertainty: Uncertainty = Uncertainty()
    evidence: Evidence = Evidence()


def load_scenario(path: Path | str) -> Scenario:
    """Read a scenario file.

    Paths of inputs and of a rule file are resolved against the folder of the file, so a study can
    be run from anywhere.

    Parameters
    ----------
    path
        TOML file.

    Raises
    ------
    ScenarioError
        The file is missing, is not TOML, or has unknown keys or values out of range; every
        problem is listed.
    """
    path = Path(path)
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise ScenarioError([_no_such_file(path)]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ScenarioError([_not_toml(path, error)]) from error
    try:
        scenario = Scenario.model_validate(document)
    except ValidationError as error:
        raise ScenarioError(_problems(path, error)) from error
    return _with_paths_resolved(scenario, path.parent)


def _with_paths_resolved(scenario: Scenario, folder: Path) -> Scenario:
    def resolved(value: str | tuple[str, ...]) -> str | tuple[str, ...]:
        if isinstance(value, tuple):
            return tuple(str((folder / part).resolve()) for part in value)
        return value if value in {SHIPPED, NONE} else str((folder / value).resolve())

    inputs = {key: resolved(value) for key, value in scenario.inputs.model_dump().items()}
    update: dict[str, BaseModel] = {"inputs": Inputs.model_validate(inputs)}
    if scenario.service.rule_file is not None:
        rule = str((folder / scenario.service.rule_file).resolve())
        update["service"] = scenario.service.model_copy(update={"rule": rule})
    return scenario.model_copy(update=update)


def _no_such_file(path: Path) -> Problem:
    return Problem(
        code="missing-file",
        file=str(path),
        found="no such file",
        expected="a scenario in TOML",
        mend="check the path, or leave it out to run the default study",
    )


def _not_toml(path: Path, error: Exception) -> Problem:
    return Problem(
        code="not-toml",
        file=str(path),
        found=str(error),
        expected="TOML 1.0 in UTF-8",
        mend="see scenarios/default.toml for a complete example",
    )


def _problems(path: Path, error: ValidationError) -> list[Problem]:
    problems = []
    for detail in error.errors(include_url=False):
        key = ".".join(str(part) for part in detail["loc"])
        unknown = detail["type"] == "extra_forbidden"
        problems.append(
            Problem(
                code="unknown-key" if unknown else "bad-value",
                file=str(path),
                column=key,
                found=repr(detail["input"]) if not unknown else "a key the toolkit does not know",
                expected=_known_keys(detail["loc"]) if unknown else expected_of(detail["msg"]),
                mend="correct or remove the key; scenarios/default.toml shows all of them",
            )
        )
    return problems


def _known_keys(location: tuple[int | str, ...]) -> str:
    model: type[BaseModel] = Scenario
    for part in location[:-1]:
        annotation = model.model_fields[str(part)].annotation
        if not (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
            break
        model = annotation
    return "one of " + ", ".join(sorted(model.model_fields))
