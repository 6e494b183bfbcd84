"""What building costs, as data: every figure with its origin, source and range.

One TOML file in ``costs/``. Few prices of the kind are public: most figures are marked
``assumption``, and whatever is reckoned with them says so.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from qn_coverage.core.errors import InvalidDataError, Problem, expected_of
from qn_coverage.core.scenario import SHIPPED

if TYPE_CHECKING:
    from typing import Self

CostOrigin = Literal["published", "estimated", "assumption"]

_MEND: Final = "costs/default.toml shows every key"
_Text = Annotated[str, Field(min_length=1)]


class CostsError(InvalidDataError):
    """A cost file that cannot be used; every problem is listed."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Figure(_Frozen):
    """One figure.

    ``published`` is printed in a source, ``estimated`` follows from published figures by the
    reckoning in ``source``, ``assumption`` is our own until somebody puts a real price there.
    """

    value: Annotated[float, Field(ge=0.0)]
    unit: _Text
    low: Annotated[float, Field(ge=0.0)]
    high: Annotated[float, Field(ge=0.0)]
    origin: CostOrigin
    source: _Text

    @model_validator(mode="after")
    def _in_range(self) -> Self:
        if not self.low <= self.value <= self.high:
            raise ValueError("'value' must lie between 'low' and 'high'")
        return self


class Costs(_Frozen):
    """Cost model.

    Attributes
    ----------
    id, title_vi, title_en
        What results name.
    new_site
        Ordinary new site with mast, power, link and one operator's radio, VND.
    remote_factor, island_factor
        Times dearer where hardly anyone lives, and on an island without a road.
    reference_mast_m, mast_per_m
        Mast height that `new_site` holds, m, and VND a metre above it.
    road_near_km, road_per_km
        Distance to a road that `new_site` holds, km, and VND a kilometre beyond.
    power_near_km, power_per_km, own_power
        The same for grid power, and VND for a station's own power where that is cheaper.
    add_technology, add_sector, repoint, share_mast, more_operator
        Upgrades and sharing as shares of `new_site`.
    raise_fixed, raise_per_m
        Higher mast at an existing site: VND, and VND a metre.
    remote_radius_km, remote_people
        A site is remote where fewer people than that live within that radius.
    bridged_km2
        Land masses from that area up count as reached by road.
    """

    id: Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    title_vi: _Text
    title_en: _Text
    new_site: Figure
    remote_factor: Figure
    island_factor: Figure
    reference_mast_m: Figure
    mast_per_m: Figure
    road_near_km: Figure
    road_per_km: Figure
    power_near_km: Figure
    power_per_km: Figure
    own_power: Figure
    add_technology: Figure
    add_sector: Figure
    repoint: Figure
    share_mast: Figure
    more_operator: Figure
    raise_fixed: Figure
    raise_per_m: Figure
    remote_radius_km: Figure
    remote_people: Figure
    bridged_km2: Figure

    @property
    def figures(self) -> dict[str, Figure]:
        """Every figure by its key."""
        found = {name: getattr(self, name) for name in type(self).model_fields}
        return {name: value for name, value in found.items() if isinstance(value, Figure)}

    @property
    def assumptions(self) -> tuple[str, ...]:
        """Keys of the figures that no source supports."""
        return tuple(k for k, figure in self.figures.items() if figure.origin == "assumption")


def load_costs(name: str | Path = SHIPPED) -> Costs:
    """Read a cost model: ``"shipped"`` or the path of a TOML file.

    Raises
    ------
    CostsError
        The file is missing, is not TOML, or lacks a figure or its origin; every problem is listed.
    """
    path = costs_folder() / "default.toml" if str(name) == SHIPPED else Path(name)
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise CostsError([_problem(path, "missing-file", "no such file", None)]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise CostsError([_problem(path, "not-toml", str(error), None)]) from error
    try:
        return Costs.model_validate(document)
    except ValidationError as error:
        raise CostsError([_of_detail(path, d) for d in error.errors(include_url=False)]) from error


def costs_folder() -> Path:
    """Where the shipped cost model lies: inside an installed package, or in a checkout."""
    package = Path(__file__).parents[1]
    installed = package / "_shipped" / "costs"
    return installed if installed.is_dir() else package.parents[1] / "costs"


def _of_detail(path: Path, detail: Any) -> Problem:
    key = ".".join(str(part) for part in detail["loc"])
    if detail["type"] == "extra_forbidden":
        return _problem(path, "unknown-key", "a key the cost model does not know", key)
    if detail["type"] == "missing":
        return _problem(path, "missing-key", "no such key", key)
    return _problem(path, "bad-value", f"{detail['input']!r} ({expected_of(detail['msg'])})", key)


def _problem(path: Path, code: str, found: str, column: str | None) -> Problem:
    return Problem(
        code=code,
        file=str(path),
        column=column,
        found=found,
        expected="a cost model in TOML: each figure with value, unit, low, high, origin, source",
        mend=_MEND,
    )
