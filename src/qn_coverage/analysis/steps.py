"""Steps of the timeline: days with a reason, from the sector table and from published events."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import pandas as pd

from qn_coverage.core.errors import InvalidDataError, Problem
from qn_coverage.core.schema import ORIGINS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Every = Literal["year", "quarter", "batch"]

TEXT_DAY: Final = date(2024, 1, 4)
"""Day of the founding text (ictvietnam.vn, Ngọc Diệp, 2024-01-04)."""

NO_2G_FROM: Final = date(2026, 9, 16)
"""First day without 2G on land: GSM may be used to the end of 2026-09-15 (Circulars 03/2024 and
04/2024/TT-BTTTT, as reported by th389.vn, a182439). Since 2024-10-16 telephones that know only 2G
are no longer served (vietnamnet.vn, 2332070), but the networks stand, so that day is no step."""


@dataclass(frozen=True, slots=True)
class Step:
    """A day worth looking at.

    Attributes
    ----------
    code
        Stable kebab-case name.
    day
        State at the end of this day.
    title_vi, title_en
        Label of the slider.
    basis
        Where the day comes from: an origin of `core.schema.ORIGINS`, or ``"assumption"``.
    source
        Citation or rule.
    technologies_off
        Technologies that no longer count from this step on.
    """

    code: str
    day: date
    title_vi: str
    title_en: str
    basis: str
    source: str
    technologies_off: tuple[str, ...] = ()


MILESTONES: Final = (
    Step(
        "founding-text",
        TEXT_DAY,
        "ngày của bài viết nền (04/01/2024)",
        "day of the founding text (2024-01-04)",
        "published",
        "ictvietnam.vn, Ngọc Diệp, 2024-01-04",
    ),
    Step(
        "khu-10",
        date(2025, 1, 24),
        "sau trạm Khu 10, Mông Dương (24/01/2025)",
        "after the Khu 10 station, Mông Dương (2025-01-24)",
        "published",
        "vjs.vietnam.vn, thu-hep-khoang-cach-thong-tin-giua-cac-vung-mien: on air on the 25th of "
        "the 12th lunar month of the year Giáp Thìn; converted by this project",
    ),
    Step(
        "2g-off",
        NO_2G_FROM,
        "tắt sóng 2G (từ 16/09/2026)",
        "2G switched off (from 2026-09-16)",
        "published",
        "Circulars 03/2024 and 04/2024/TT-BTTTT: GSM until the end of 2026-09-15 "
        "(th389.vn, a182439)",
        technologies_off=("2G",),
    ),
)
"""Days that do not depend on the sector table. Another day for 2G: ``dataclasses.replace``."""


class TimelineError(InvalidDataError):
    """Dates that cannot be put in order; every problem is listed."""


def steps_of(
    sectors: pd.DataFrame,
    *,
    before: date,
    programme: str = "105-villages",
    every: Every = "year",
    named_programme: str = "islands",
    milestones: Iterable[Step] = MILESTONES,
) -> tuple[Step, ...]:
    """Steps of a network, in the order of their days.

    Parameters
    ----------
    sectors
        Rows as in `core.schema.SECTORS`.
    before
        Day before the programme.
    programme
        Value of the column ``programme`` whose sites make steps of their own.
    every
        One step at the end of each year or quarter in which the programme put a site on air, or
        one a day on which it did (``"batch"``).
    named_programme
        Value of the column ``programme`` whose sites (the three named stations) make one step, on
        the day on which the last of them is on air.
    milestones
        Days to add.

    Raises
    ------
    TimelineError
        A sector without ``on_air``, one that goes off before it is on, a programme or a milestone
        before the day before the programme.
    """
    _check_dates(sectors)
    first = Step(
        "before-programme",
        before,
        "trước chương trình",
        "before the programme",
        "published",
        "the scenario's day 'before'",
    )
    built_by = _texts(sectors, "programme")
    later = [
        *_programme_steps(sectors[built_by == programme], every),
        *_named_step(sectors[built_by == named_programme]),
        *milestones,
    ]
    _check_order(first, later)
    return _in_order([first, *later])


def steps_of_study(
    sectors: pd.DataFrame,
    *,
    before: date,
    after: date,
    every: Every = "year",
    milestones: Iterable[Step] = MILESTONES,
) -> tuple[Step, ...]:
    """Steps of a study, whatever its two days are.

    Sites that are on air on the first day belong to the first step, and milestones up to that day
    are left out. The second day has a step of its own unless another one falls on it.

    Parameters
    ----------
    sectors, every, milestones
        As in `steps_of`.
    before, after
        The study's days.

    Raises
    ------
    TimelineError
        As `steps_of`.
    """
    _check_dates(sectors)
    later = sectors[pd.to_datetime(sectors["on_air"]) > pd.Timestamp(before)]
    days = [step for step in milestones if step.day > before]
    found = steps_of(later, before=before, every=every, milestones=days)
    if any(step.day == after for step in found):
        return found
    own = Step(
        "after",
        after,
        f"ngày sau của nghiên cứu ({after:%d/%m/%Y})",
        f"second day of the study ({after:%Y-%m-%d})",
        "assumption",
        "the scenario's day 'after'",
    )
    return _in_order([*found, own])


def _programme_steps(own: pd.DataFrame, every: Every) -> Iterator[Step]:
    if own.empty:
        return
    days = pd.to_datetime(own["on_air"])
    period = {"year": "Y", "quarter": "Q", "batch": "D"}[every]
    for when, rows in own.groupby(days.dt.to_period(period)):
        # A period keeps its end as its last nanosecond.
        end = when.end_time.date()
        sites = rows["site_id"].nunique()
        yield Step(
            f"programme-{str(when).lower()}",
            end,
            f"chương trình đến {end:%d/%m/%Y} (+{sites} trạm)",
            f"programme until {end:%Y-%m-%d} (+{sites} sites)",
            _softest(rows["origin"]),
            "on_air of the programme's sectors",
        )


def _named_step(named: pd.DataFrame) -> Iterator[Step]:
    if named.empty:
        return
    columns = [name for name in ("name", "site_id") if name in named]
    labels = named.drop_duplicates("site_id")[columns].bfill(axis=1).iloc[:, 0]
    # A remark in brackets belongs to the table, not to the label of a slider.
    listed = ", ".join(label.split(" (")[0] for label in labels.astype(str))
    yield Step(
        "named-stations",
        pd.to_datetime(named["on_air"]).max().date(),
        f"sau các trạm {listed}",
        f"after the stations {listed}",
        _softest(named["origin"]),
        "on_air of the named stations' sectors",
    )


def _softest(origins: pd.Series[str]) -> str:
    """The least firm origin of some rows; an unknown one is softer than all."""
    ranks = {origin: rank for rank, origin in enumerate(ORIGINS)}
    return max(origins.astype(str), key=lambda origin: ranks.get(origin, len(ranks)))


def _in_order(steps: list[Step]) -> tuple[Step, ...]:
    """Steps by day (equal days as given), technologies staying off once they are."""
    ordered: list[Step] = []
    off: tuple[str, ...] = ()
    for step in sorted(steps, key=lambda each: each.day):
        off = tuple(dict.fromkeys([*off, *step.technologies_off]))
        ordered.append(replace(step, technologies_off=off))
    return tuple(ordered)


def _check_dates(sectors: pd.DataFrame) -> None:
    started = pd.to_datetime(sectors["on_air"])
    ended = pd.to_datetime(_column(sectors, "off_air"))
    problems = [
        Problem(
            code="missing-date",
            file="sectors",
            row=int(row) + 1,
            column="on_air",
            found="no day",
            expected="the first day on air",
            mend="fill in the day, or leave the sector out",
        )
        for row in np.flatnonzero(started.isna())
    ]
    problems += [
        Problem(
            code="dates-in-wrong-order",
            file="sectors",
            row=int(row) + 1,
            column="off_air",
            found=f"off air on {ended.iloc[row]:%Y-%m-%d}, on air on {started.iloc[row]:%Y-%m-%d}",
            expected="off_air after on_air",
            mend="correct one of the two days",
        )
        for row in np.flatnonzero(ended <= started)
    ]
    if problems:
        raise TimelineError(problems)


def _check_order(first: Step, later: Iterable[Step]) -> None:
    problems = [
        Problem(
            code="dates-in-wrong-order",
            file="timeline",
            column=step.code,
            found=f"{step.day:%Y-%m-%d}, earlier than the day before the programme",
            expected=f"a day not before {first.day:%Y-%m-%d}",
            mend="set the scenario's 'before' to an earlier day, or correct the step",
        )
        for step in later
        if step.day < first.day
    ]
    if problems:
        raise TimelineError(problems)


def _column(sectors: pd.DataFrame, name: str) -> pd.Series[str]:
    """An optional column, empty where the table has none."""
    return sectors[name] if name in sectors else pd.Series(None, sectors.index, dtype=object)


def _texts(sectors: pd.DataFrame, name: str) -> pd.Series[str]:
    return _column(sectors, name).fillna("").astype(str)
