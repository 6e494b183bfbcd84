"""What a planner asks of the expansion planner: TOML → frozen values, unknown keys refused.

Every key has a default, so an empty file asks for the ten best sites. `docs/planner.md` explains
the keys with a complete example.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from qn_coverage.core.errors import InvalidDataError, Problem, expected_of
from qn_coverage.core.scenario import SHIPPED, Technology

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Self

Measure = Literal["people", "villages", "households", "need", "land"]
OperatorMode = Literal["any", "separate", "neutral_host"]
Kind = Literal["hilltop", "village", "village_edge", "add_technology", "raise", "repoint", "share"]

ALL_COMMUNES: Final = "all"
"""Commune of a floor that holds for each of the communes."""

KINDS: Final[tuple[Kind, ...]] = (
    "hilltop",
    "village",
    "village_edge",
    "add_technology",
    "raise",
    "repoint",
    "share",
)

_MEND: Final = "docs/planner.md shows every key"
_Text = Annotated[str, Field(min_length=1)]
_Height = Annotated[float, Field(ge=5.0, le=150.0)]
_Share = Annotated[float, Field(gt=0.0, le=1.0)]


class PlanRequestError(InvalidDataError):
    """A request file that cannot be used; every problem is listed."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Goal(_Frozen):
    """What is asked for: one of a number of sites, a budget, or a share to be reached.

    ``target`` is the expected share of the whole province's measure that has signal, 0-1, to be
    reached at least cost. Without any of the three, ten sites are asked for.

    Under a budget or a number of sites the last money goes to whatever adds anything; what alone
    adds less (losses taken off) than ``least_part`` of what the best candidate adds is not worth
    the way and left out, but for pins, and where neither floors nor villages ask for more.
    """

    sites: Annotated[int, Field(ge=0, le=5000)] | None = None
    budget_vnd: Annotated[float, Field(ge=0.0)] | None = None
    target: _Share | None = None
    measure: Measure = "people"
    least_part: Annotated[float, Field(ge=0.0, lt=1.0)] = 0.02

    @model_validator(mode="before")
    @classmethod
    def _ten_sites(cls, given: Any) -> Any:
        if isinstance(given, dict) and not {"sites", "budget_vnd", "target"} & set(given):
            return {**given, "sites": 10}
        return given

    @model_validator(mode="after")
    def _one_goal(self) -> Self:
        goals = [self.sites, self.budget_vnd, self.target]
        if sum(goal is not None for goal in goals) != 1:
            raise ValueError("give exactly one of 'sites', 'budget_vnd' and 'target'")
        return self


class Demand(_Frozen):
    """Who counts as unserved.

    ``uncovered_below`` is the probability of coverage below which a place counts; the others are
    taken as served and left in peace. At 0.5 it is the places that the tables call uncovered.
    ``technologies`` are those that count as coverage; empty for any.
    ``need`` weighs the people of a commune, by its code, for the measure ``need``; others count 1.
    ``operator_share`` splits people by operator where operators count separately; without it
    each counts the same, an assumption.
    """

    state: Literal["before", "after"] = "after"
    uncovered_below: Annotated[float, Field(gt=0.0, le=1.0)] = 0.5
    operators: OperatorMode = "any"
    technologies: tuple[Technology, ...] = ()
    operator_share: dict[str, _Share] = Field(default_factory=dict)
    need: dict[str, Annotated[float, Field(ge=0.0, le=1000.0)]] = Field(default_factory=dict)


class Villages(_Frozen):
    """How many servers each village must have, existing ones counted; 0 asks for nothing.

    A site serves a village if the probability that it covers the village, wherever in its disc it
    lies, is at least ``probability``. Villages that cannot get so many are refused, or get what
    they can (``leave``).
    """

    servers: Annotated[int, Field(ge=0, le=2)] = 0
    probability: Annotated[float, Field(gt=0.0, lt=1.0)] = 0.5
    unreachable: Literal["refuse", "leave"] = "refuse"


class Floor(_Frozen):
    """Least expected share of a commune's people, 0-1; commune is a code or ``"all"``.

    A floor that all candidates together cannot reach is refused, or left out (``leave``).
    """

    commune: _Text
    share: _Share
    unreachable: Literal["refuse", "leave"] = "refuse"


class UserPoint(_Frozen):
    """A point that the user proposes, longitude and latitude in degrees (WGS 84)."""

    name: _Text
    lon: Annotated[float, Field(ge=106.35, le=108.35)]
    lat: Annotated[float, Field(ge=20.55, le=21.85)]
    height_agl_m: Annotated[float, Field(ge=1.0, le=300.0)] | None = None


class Move(_Frozen):
    """A candidate to be tried at another place instead of its own."""

    id: _Text
    lon: Annotated[float, Field(ge=106.35, le=108.35)]
    lat: Annotated[float, Field(ge=20.55, le=21.85)]


class Candidates(_Frozen):
    """What may be built, where.

    ``most`` limits the number of candidates of the kinds ``hilltop``, ``village`` and
    ``village_edge`` that go into the choice, those with most unserved weight in reach first.
    """

    kinds: tuple[Kind, ...] = KINDS
    most: Annotated[int, Field(ge=1, le=5000)] = 600
    reach_km: Annotated[float, Field(gt=0.0, le=60.0)] = 12.0
    heights_m: Annotated[tuple[_Height, ...], Field(min_length=1)] = (42.0,)
    max_mast_m: Annotated[float, Field(ge=5.0, le=150.0)] = 60.0
    raise_m: Annotated[float, Field(gt=0.0, le=60.0)] = 15.0
    max_slope_deg: Annotated[float, Field(gt=0.0, le=90.0)] = 35.0
    min_prominence_m: Annotated[float, Field(ge=0.0, le=1000.0)] = 30.0
    max_road_km: Annotated[float, Field(gt=0.0)] | None = None
    max_power_km: Annotated[float, Field(gt=0.0)] | None = None
    technologies: Annotated[tuple[Technology, ...], Field(min_length=1)] = ("4G",)
    operator: str | None = None


class Layers(_Frozen):
    """Files that constrain where one may build; nothing is assumed where none is given.

    ``exclusions`` are polygons as in costs/EXCLUSIONS_TEMPLATE.geojson.
    """

    exclusions: str | None = None
    roads: str | None = None
    power: str | None = None


class Solver(_Frozen):
    """When to stop searching."""

    time_limit_s: Annotated[float, Field(gt=0.0, le=86_400.0)] = 120.0
    gap: Annotated[float, Field(ge=0.0, lt=1.0)] = 0.005


class PlanRequest(_Frozen):
    """One request, whole.

    ``pin`` and ``ban`` hold identifiers of candidates; ``costs`` is ``"shipped"`` or a file.
    """

    name_vi: str = "Quy hoạch trạm mới"
    name_en: str = "Plan of new sites"
    goal: Goal = Field(default_factory=lambda: Goal(sites=10))
    demand: Demand = Demand()
    villages: Villages = Villages()
    floor: tuple[Floor, ...] = ()
    candidates: Candidates = Candidates()
    layers: Layers = Layers()
    costs: str = SHIPPED
    pin: tuple[_Text, ...] = ()
    ban: tuple[_Text, ...] = ()
    move: tuple[Move, ...] = ()
    add: tuple[UserPoint, ...] = ()
    solver: Solver = Solver()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        found = list(_contradictions(self.model_dump()))
        if found:
            raise ValueError("; ".join(f"{key}: {what}" for _, key, what, _ in found))
        return self


def load_plan_request(path: Path | str) -> PlanRequest:
    """Read a request file; paths in it are resolved against its folder.

    Parameters
    ----------
    path
        TOML file.

    Raises
    ------
    PlanRequestError
        The file is missing, is not TOML, or asks for what cannot be asked; every problem is
        listed.
    """
    path = Path(path)
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise PlanRequestError([_whole(path, "missing-file", "no such file")]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PlanRequestError([_whole(path, "not-toml", str(error))]) from error
    try:
        request = PlanRequest.model_validate(document)
    except ValidationError as error:
        details = error.errors(include_url=False)
        raise PlanRequestError(_problems(document, details, str(path))) from error
    return _resolved(request, path.parent)


def with_goal(
    request: PlanRequest,
    *,
    sites: int | None = None,
    budget_vnd: float | None = None,
    target: float | None = None,
) -> PlanRequest:
    """The request with another goal, e.g. from the command line; nothing given changes nothing.

    Raises
    ------
    PlanRequestError
        More than one goal, or a goal out of range.
    """
    given = {"sites": sites, "budget_vnd": budget_vnd, "target": target}
    given = {key: value for key, value in given.items() if value is not None}
    return _changed(request, "goal", {**_kept(request.goal), **given}) if given else request


def _kept(goal: Goal) -> dict[str, Any]:
    return {"measure": goal.measure, "least_part": goal.least_part}


def with_edits(
    request: PlanRequest, *, pin: tuple[str, ...] = (), ban: tuple[str, ...] = ()
) -> PlanRequest:
    """The request with more pinned and banned candidates; a later pin lifts an earlier ban.

    Raises
    ------
    PlanRequestError
        One candidate is pinned and banned here.
    """
    merged = {
        "pin": (*[name for name in request.pin if name not in (*ban, *pin)], *pin),
        "ban": (*[name for name in request.ban if name not in (*ban, *pin)], *ban),
    }
    document = {**request.model_dump(), **merged}
    return _validated(document, "command line")


def with_time_limit(request: PlanRequest, time_limit_s: float) -> PlanRequest:
    """The request with another time for the search, s.

    Raises
    ------
    PlanRequestError
        The time is out of range.
    """
    return _changed(
        request, "solver", {**request.solver.model_dump(), "time_limit_s": time_limit_s}
    )


def _changed(request: PlanRequest, key: str, value: Mapping[str, Any]) -> PlanRequest:
    return _validated({**request.model_dump(), key: dict(value)}, "command line")


def _validated(document: dict[str, Any], source: str) -> PlanRequest:
    try:
        return PlanRequest.model_validate(document)
    except ValidationError as error:
        details = error.errors(include_url=False)
        raise PlanRequestError(_problems(document, details, source)) from error


def _resolved(request: PlanRequest, folder: Path) -> PlanRequest:
    def resolved(name: str | None) -> str | None:
        return name if name in (None, SHIPPED) else str((folder / str(name)).resolve())

    layers = {key: resolved(value) for key, value in request.layers.model_dump().items()}
    return request.model_copy(update={"layers": Layers(**layers), "costs": resolved(request.costs)})


def _contradictions(document: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """What the parts of a request say against each other: (code, key, found, expected)."""
    pins, bans = _names(document, "pin"), _names(document, "ban")
    for key, names in (("pin", pins), ("ban", bans)):
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield "repeated-name", key, f"'{name}' more than once", "each candidate once"
    for name in sorted(set(pins) & set(bans)):
        yield "pinned-and-banned", "pin", f"'{name}' in pin and ban", "one or the other"
    for key, column in (("move", "id"), ("add", "name"), ("floor", "commune")):
        rows = document.get(key, ())
        found = [row.get(column) for row in rows if isinstance(row, dict)]
        for name in sorted({str(name) for name in found if found.count(name) > 1}):
            yield "repeated-name", f"{key}.{column}", f"'{name}' more than once", "each once"
    shares = document.get("demand", {})
    shares = shares.get("operator_share", {}) if isinstance(shares, dict) else {}
    values = list(shares.values()) if isinstance(shares, dict) else []
    if values and all(isinstance(v, int | float) for v in values) and abs(sum(values) - 1) > 1e-6:
        yield (
            "shares-do-not-sum",
            "demand.operator_share",
            f"shares that sum to {sum(values):g}",
            "shares that sum to 1",
        )
    yield from _height_contradictions(document)


def _height_contradictions(document: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    table = document.get("candidates", {})
    if not isinstance(table, dict):
        return
    most = table.get("max_mast_m", Candidates.model_fields["max_mast_m"].default)
    heights = table.get("heights_m", Candidates.model_fields["heights_m"].default)
    if not isinstance(most, int | float) or not isinstance(heights, list | tuple):
        return
    for height in heights:
        if isinstance(height, int | float) and height > most:
            yield (
                "mast-too-high",
                "candidates.heights_m",
                f"{height:g} m",
                f"at most candidates.max_mast_m, {most:g} m",
            )


def _names(document: Mapping[str, Any], key: str) -> list[str]:
    value = document.get(key, ())
    return (
        [name for name in value if isinstance(name, str)] if isinstance(value, list | tuple) else []
    )


def _whole(path: Path, code: str, found: str) -> Problem:
    return Problem(
        code=code,
        file=str(path),
        found=found,
        expected="a request in TOML 1.0, UTF-8",
        mend=_MEND,
    )


def _problems(document: Mapping[str, Any], details: Any, file: str) -> list[Problem]:
    problems = []
    for detail in details:
        if not detail["loc"]:  # the root finding is told by the contradictions below
            continue
        unknown = detail["type"] == "extra_forbidden"
        problems.append(
            Problem(
                code="unknown-key" if unknown else "bad-value",
                file=file,
                column=".".join(str(part) for part in detail["loc"]),
                found="a key the planner does not know" if unknown else repr(detail["input"]),
                expected="a key of docs/planner.md" if unknown else expected_of(detail["msg"]),
                mend=f"correct or remove the key; {_MEND}",
            )
        )
    return problems + [
        Problem(code=code, file=file, column=key, found=found, expected=expected, mend=_MEND)
        for code, key, found, expected in _contradictions(document)
    ]
