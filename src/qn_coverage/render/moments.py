"""Which day, which operator, which technology: what the map colours by, as compact columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from qn_coverage.analysis.statistics import ANY
from qn_coverage.analysis.timeline import NEVER
from qn_coverage.core.rules import CLASS_CODES
from qn_coverage.history import VILLAGE_LEVEL
from qn_coverage.render.layers import share, whole
from qn_coverage.render.legend import since_colours

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import geopandas as gpd
    import pandas as pd

    from qn_coverage.analysis.steps import Step
    from qn_coverage.study import Study

Units = dict[str, dict[str, list[list[Any]]]]

_SHARES: Final[tuple[tuple[str, str, Callable[[Any], Any]], ...]] = (
    ("p", "population_share", share),
    ("l", "land_share", share),
)
_STATES: Final = ("before", "after")


def timeline_document(
    study: Study, levels: Mapping[str, tuple[str, gpd.GeoDataFrame]]
) -> dict[str, Any]:
    """Steps with what each unit and village has at them.

    Parameters
    ----------
    study
        Answers of a scenario.
    levels
        By the page's name of a level: its name in the tables and its units in their order.

    Returns
    -------
    ``steps`` (day, title, basis, the province's figures), ``units`` (by level, covered share of
    people ``p``, of land ``l`` and covered villages ``v``: a list a step), ``villages`` (a text a
    step, one digit of `core.rules.CLASS_CODES` a village), ``before`` and ``after`` (which step
    stands on the study's days).
    """
    history = study.history
    village_ids = study.villages["village_id"].tolist()
    units: Units = {}
    for name, (level, frame) in levels.items():
        rows = history.of_level(level)
        codes = frame["code"].tolist()
        found = [rows[rows["step"] == step.code].set_index("code") for step in history.steps]
        units[name] = {
            key: [_column(table, codes, column, convert) for table in found]
            for key, column, convert in (*_SHARES, ("v", "villages_covered", whole))
        }
    classes = history.of_level(VILLAGE_LEVEL)
    days = [step.day for step in history.steps]
    return {
        "steps": [_step(study, step) for step in history.steps],
        "units": units,
        "villages": [
            _digits(classes[classes["step"] == step.code], "code", village_ids)
            for step in history.steps
        ],
        "before": days.index(study.before.on),
        "after": days.index(study.after.on),
    }


def services_document(
    study: Study, levels: Mapping[str, tuple[str, gpd.GeoDataFrame]]
) -> dict[str, Any]:
    """The same before and after the programme, by operator and technology.

    Returns
    -------
    ``operators``, ``technologies``, and by ``operator|technology`` (empty for any): ``units`` and
    ``villages`` as in `timeline_document`, with two lists each, before and after.
    """
    statistics, of_villages = study.layer_statistics, study.village_layers
    village_ids = study.villages["village_id"].tolist()
    pairs = sorted({*zip(of_villages["operator"], of_villages["technology"], strict=True)})
    found: dict[str, Any] = {}
    for operator, technology in pairs:
        if (operator, technology) == (ANY, ANY):
            continue
        rows = _of_pair(statistics, operator, technology)
        classes = _of_pair(of_villages, operator, technology)
        found[_key(operator, technology)] = {
            "units": {
                name: _states(rows[rows["level"] == level], frame["code"].tolist())
                for name, (level, frame) in levels.items()
            },
            "villages": [
                _digits(classes[classes["state"] == state], "village_id", village_ids)
                for state in _STATES
            ],
        }
    return {
        "operators": sorted({operator for operator, _ in pairs} - {ANY}),
        "technologies": sorted({technology for _, technology in pairs} - {ANY}),
        "of": found,
    }


def since_legend(study: Study) -> list[dict[str, Any]]:
    """Colours of the steps at which land is first covered; ``step`` is None for what is lost.

    Steps that cover no new land are left out.
    """
    history = study.history
    colours = since_colours(len(history.steps))
    on_land = study.land.values > 0.0
    used = np.unique(history.first_step[on_land & ~history.lost])
    entries: list[dict[str, Any]] = [
        {"step": int(step), "colour": colours[step]} for step in used if step != NEVER
    ]
    if (history.lost & on_land).any():
        entries.append({"step": None, "colour": colours[-1]})
    return entries


def _step(study: Study, step: Step) -> dict[str, Any]:
    rows = study.history.of_level("province")
    row = rows[rows["step"] == step.code].iloc[0]
    return {
        "code": step.code,
        "day": step.day.isoformat(),
        "title": [step.title_vi, step.title_en],
        "basis": step.basis,
        "off": list(step.technologies_off),
        "p": share(row["population_share"]),
        "gained": whole(row["population_gained"]),
        "lost": whole(row["population_lost"]),
    }


def _of_pair(table: pd.DataFrame, operator: str, technology: str) -> pd.DataFrame:
    return table[(table["operator"] == operator) & (table["technology"] == technology)]


def _key(operator: str, technology: str) -> str:
    return "|".join("" if part == ANY else part for part in (operator, technology))


def _states(rows: pd.DataFrame, codes: list[str]) -> dict[str, list[list[Any]]]:
    tables = [rows[rows["state"] == state].set_index("code") for state in _STATES]
    return {
        key: [_column(table, codes, column, convert) for table in tables]
        for key, column, convert in (*_SHARES, ("v", "villages", whole))
    }


def _column(
    table: pd.DataFrame, codes: list[str], column: str, convert: Callable[[Any], Any]
) -> list[Any]:
    if column not in table:
        return [None] * len(codes)
    return [convert(value) for value in table[column].reindex(codes).tolist()]


def _digits(rows: pd.DataFrame, key: str, ids: Sequence[str]) -> str:
    """Class of each village as one digit; what is not known cannot be told."""
    numbers = {code: str(digit) for digit, code in enumerate(CLASS_CODES)}
    by_id = dict(zip(rows[key], rows["class"], strict=True))
    return "".join(numbers.get(by_id.get(name, ""), "0") for name in ids)
