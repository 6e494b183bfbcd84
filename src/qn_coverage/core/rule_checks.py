"""What is wrong with a rule document: all of it at once, however broken it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from qn_coverage.core.errors import Problem, expected_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Finding = tuple[str, str, str, str]

SIGNAL_CLASSES: Final = ("no_signal", "weak", "covered")
"""Classes that have limits, from none to full."""

MEND: Final = "rules/TEMPLATE.toml shows every key, docs/rules.md explains them"


def problems_of(
    document: Mapping[str, Any], details: Sequence[Mapping[str, Any]], file: str
) -> list[Problem]:
    """Problems of a document that is no rule.

    Parameters
    ----------
    document
        The TOML document.
    details
        What pydantic found; its root finding is told by `contradictions` instead.
    file
        Name of the file, for the reader.
    """
    problems = [_problem(file, detail) for detail in details if _is_told_here(detail, details)]
    problems += [
        Problem(code=code, file=file, column=key, found=found, expected=expected, mend=MEND)
        for code, key, found, expected in contradictions(document)
    ]
    return problems


def contradictions(document: Mapping[str, Any]) -> Iterator[Finding]:
    """What a rule's parts say against each other: (code, key, found, expected).

    Works on a document that may be broken elsewhere, so that all problems are told at once.
    """
    yield from _missing_thresholds(document)
    yield from _repeated_services(document)
    limits = _limits(document)
    if limits is not None:
        yield from _broken_limits(limits)
        required = _table(document, "location_probability").get("value")
        if isinstance(required, int | float) and limits["covered"][0] != required:
            yield (
                "classes-against-probability",
                "classes.covered.probability",
                f"'covered' begins at {limits['covered'][0]:g}",
                f"the required location probability, {required:g}",
            )


def _missing_thresholds(document: Mapping[str, Any]) -> Iterator[Finding]:
    given = _table(_table(document, "threshold"), "dbm")
    services = [service for service in _rows(document) if isinstance(service, dict)]
    wanted = {
        name
        for service in services
        if isinstance(service.get("technologies"), list | tuple)
        for name in service["technologies"]
        if isinstance(name, str)
    }
    for name in sorted(wanted - set(given)):
        yield (
            "missing-threshold",
            f"threshold.dbm.{name}",
            f"no level for {name}, which a service uses",
            "a level in dBm for every technology of every service",
        )


def _repeated_services(document: Mapping[str, Any]) -> Iterator[Finding]:
    codes = [service.get("code") for service in _rows(document) if isinstance(service, dict)]
    for code in sorted({str(code) for code in codes if codes.count(code) > 1}):
        yield (
            "duplicate-service",
            "services.code",
            f"'{code}' more than once",
            "one service a code",
        )


def _broken_limits(limits: Mapping[str, tuple[float, float]]) -> Iterator[Finding]:
    for code, (low, high) in limits.items():
        if not low < high:
            yield (
                "empty-class",
                f"classes.{code}.probability",
                f"limits {low:g} to {high:g}",
                "a lower limit below the upper limit",
            )
    edges = [("0", 0.0), *((code, limits[code][1]) for code in SIGNAL_CLASSES)]
    starts = [*((code, limits[code][0]) for code in SIGNAL_CLASSES), ("1", 1.0)]
    for (below, end), (above, start) in zip(edges, starts, strict=True):
        if end != start:
            yield (
                "overlapping-classes" if end > start else "missing-class-range",
                f"classes.{above if above != '1' else below}.probability",
                f"'{below}' ends at {end:g} and '{above}' begins at {start:g}",
                "classes no_signal, weak, covered that meet and fill 0 to 1",
            )


def _limits(document: Mapping[str, Any]) -> dict[str, tuple[float, float]] | None:
    """Limits of the three classes, or None where they are too broken to compare."""
    classes = _table(document, "classes")
    pairs = {code: _table(classes, code).get("probability") for code in SIGNAL_CLASSES}
    found = {}
    for code, pair in pairs.items():
        if not (isinstance(pair, list | tuple) and len(pair) == 2):
            return None
        if not all(isinstance(limit, int | float) and 0.0 <= limit <= 1.0 for limit in pair):
            return None
        found[code] = (float(pair[0]), float(pair[1]))
    return found


def _table(document: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = document.get(key)
    return value if isinstance(value, dict) else {}


def _rows(document: Mapping[str, Any]) -> list[Any] | tuple[Any, ...]:
    value = document.get("services")
    return value if isinstance(value, list | tuple) else []


def _is_told_here(detail: Mapping[str, Any], details: Sequence[Mapping[str, Any]]) -> bool:
    """Not the root, and not a list called too short only because its items are broken."""
    location = detail["loc"]
    deeper = any(len(d["loc"]) > len(location) == _common(d["loc"], location) for d in details)
    return bool(location) and not (detail["type"] == "too_short" and deeper)


def _common(one: tuple[int | str, ...], other: tuple[int | str, ...]) -> int:
    return sum(1 for a, b in zip(one, other, strict=False) if a == b)


def _problem(file: str, detail: Mapping[str, Any]) -> Problem:
    location = [
        f"[{part + 1}]" if isinstance(part, int) else part
        for part in detail["loc"]
        if part != "[key]"
    ]
    code = _code(detail["type"], location)
    return Problem(
        code=code,
        file=file,
        column=".".join(location).replace(".[", "["),
        found="nothing" if detail["type"] == "missing" else repr(detail["input"]),
        expected="no such key" if code == "unknown-key" else expected_of(detail["msg"]),
        mend=MEND,
    )


def _code(kind: str, location: list[str]) -> str:
    if kind == "extra_forbidden":
        return "unknown-key"
    if kind == "missing":
        named = (
            len(location) == 2
            and location[0] == "classes"
            and location[1] in {*SIGNAL_CLASSES, "cannot_tell"}
        )
        return "missing-class" if named else "missing-key"
    if kind == "literal_error" and {"technologies", "dbm"} & set(location):
        return "unknown-technology"
    if kind in {"greater_than_equal", "less_than_equal"} and "classes" in location:
        return "limit-outside-0-1"
    return "bad-version" if location == ["version"] else "bad-value"
