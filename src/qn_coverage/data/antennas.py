"""Antenna pattern files of manufacturers (Planet format, ``.msi`` and ``.pln``).

Lines of a keyword and its value, then two cuts: ``HORIZONTAL 360`` and ``VERTICAL 360``, each with
as many lines of an angle in degrees and the loss in dB against the main direction. Gains without
unit are dBd, as the format has it. Angles of the horizontal cut run clockwise; those of the
vertical cut start at the horizon ahead and go down, so 90 is straight below the antenna (the format
is described in the help of Radio Mobile and read alike by crc-covlib and MATLAB's msiread).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from qn_coverage.core.errors import InvalidDataError
from qn_coverage.core.text import nfc
from qn_coverage.data.problems import problem, refuse

if TYPE_CHECKING:
    import numpy.typing as npt

    from qn_coverage.core.errors import Problem

    Floats = npt.NDArray[np.float64]

DIPOLE_GAIN_DBI: Final = 2.15
"""Gain of a half-wave dipole: 0 dBd = 2.15 dBi."""

TOLERATED_GAIN_DB: Final = 0.05
"""A loss below zero by this much is a rounding of the manufacturer's; more is an error."""

HALF_POWER_DB: Final = -3.0103
"""Half of the power of the main direction, 10 lg 0.5."""

ENDINGS: Final = (".msi", ".pln")
"""Endings of pattern files."""

_DIRECTIONS: Final = 360
_HEADER_LINES: Final = 60
_LARGEST_FILE: Final = 1 << 20
_CUTS: Final = ("HORIZONTAL", "VERTICAL")
_NUMBER: Final = re.compile(r"[-+]?\d*\.?\d+(?:[eE][-+]?\d+)?")
_COUNT: Final = re.compile(r"[0-9]{1,5}")
_KEYWORDS: Final = frozenset(
    {
        "NAME", "MAKE", "FREQUENCY", "H_WIDTH", "V_WIDTH", "FRONT_TO_BACK", "GAIN", "TILT",
        "POLARIZATION", "COMMENT", "ELECTRICAL_TILT",
    }
)  # fmt: skip
_FREQUENCIES_MHZ: Final = (30.0, 100_000.0)


@dataclass(frozen=True, slots=True, eq=False)
class AntennaPattern:
    """One antenna at one frequency and one electrical tilt.

    Attributes
    ----------
    name
        As the manufacturer calls it.
    frequency_mhz
        Frequency of the measurement; the middle of a range.
    gain_dbi
        Gain in the main direction over an isotropic antenna.
    horizontal_db
        Shape (360,), ≤ 0: entry i is the direction i degrees clockwise of the azimuth.
    vertical_db
        Shape (360,), ≤ 0: entry i is the direction i degrees below the horizon ahead, so 270 is
        straight up. An electrical tilt is in these numbers already.
    electrical_tilt_deg
        Tilt below the horizon that the pattern was measured with; 0 if the file says none.
    """

    name: str
    frequency_mhz: float
    gain_dbi: float
    horizontal_db: Floats
    vertical_db: Floats
    electrical_tilt_deg: float


def read_antenna(path: Path | str) -> AntennaPattern:
    """Read a pattern file.

    Cuts with other steps than one degree are interpolated to whole degrees, over north. Decimal
    commas are understood.

    Raises
    ------
    InvalidDataError
        ``missing-file``, ``unreadable``, ``missing-keys``, ``not-a-number``, ``out-of-range``,
        ``broken-pattern`` (too few lines, angles twice, losses below zero).
    """
    path = Path(path)
    return antenna_of(_bytes(path), path)


def antenna_of(raw: bytes, path: Path) -> AntennaPattern:
    """As `read_antenna`, of bytes that were read already, e.g. from an archive."""
    lines = _lines(raw, path)
    header, cuts, problems = _sorted_lines(lines, path)
    missing = [key for key in ("FREQUENCY", "GAIN") if key not in header]
    missing += [key for key in _CUTS if key not in cuts]
    if missing:
        problems.append(_missing(path, missing, [*header, *cuts]))
    frequency, gain, tilt = _frequency(header), _gain(header), _tilt(header)
    problems += _header_problems(header, frequency, gain, path)
    problems += [fault for key, cut in cuts.items() for fault in _cut_problems(key, cut, path)]
    refuse(problems)
    return AntennaPattern(
        name=nfc(header.get("NAME", "")) or path.stem,
        frequency_mhz=frequency,
        gain_dbi=gain,
        horizontal_db=_per_degree(cuts["HORIZONTAL"]),
        vertical_db=_per_degree(cuts["VERTICAL"]),
        electrical_tilt_deg=tilt,
    )


# --- lines ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Cut:
    """Lines of one cut: how many were promised, and the pairs that were read."""

    line: int
    promised: int
    angles_deg: list[float]
    losses_db: list[float]


def name_of(raw: bytes) -> str:
    """What the keyword NAME of a pattern file says; empty where it has none."""
    for line in raw[:_LARGEST_FILE].decode("latin-1").splitlines()[:_HEADER_LINES]:
        word, rest = (*line.split(None, 1), "", "")[:2]
        if word.upper().rstrip(":") == "NAME":
            # Names may be in UTF-8 although the rest is ASCII.
            return nfc(rest.encode("latin-1").decode("utf-8", errors="replace"))
    return ""


def half_power_width(cut_db: Floats) -> float:
    """Width in degrees between the half-power points around the strongest direction of a cut.

    Parameters
    ----------
    cut_db
        Shape (360,), ≤ 0, a value a degree.

    Returns
    -------
    1 to 360; 360 where no direction falls below half power.
    """
    level = np.roll(cut_db, -int(np.argmax(cut_db))) - float(np.max(cut_db))
    if (level > HALF_POWER_DB).all():
        return 360.0
    width = _reach(level) + _reach(np.concatenate([level[:1], level[:0:-1]]))
    return float(np.clip(width, 1.0, 360.0))


def _reach(level: Floats) -> float:
    """Degrees from the main direction to half power, linear between two values."""
    below = int(np.argmax(level <= HALF_POWER_DB))
    drop = level[below - 1] - level[below]
    return float(below - 1 + (level[below - 1] - HALF_POWER_DB) / drop)


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > _LARGEST_FILE:
            raise InvalidDataError([_unreadable(path, f"{path.stat().st_size:,} bytes")])
        return path.read_bytes()
    except FileNotFoundError as error:
        raise InvalidDataError(
            [problem("missing-file", path, "no such file", "a pattern file", "check the path")]
        ) from error
    except OSError as error:
        raise InvalidDataError([_unreadable(path, error.strerror or str(error))]) from error


def _lines(raw: bytes, path: Path) -> list[str]:
    if len(raw) > _LARGEST_FILE:
        raise InvalidDataError([_unreadable(path, f"{len(raw):,} bytes")])
    if b"\0" in raw:
        raise InvalidDataError([_unreadable(path, "bytes that are no text")])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")  # names and comments only: all that counts is ASCII
    return text.splitlines()


def _sorted_lines(
    lines: list[str], path: Path
) -> tuple[dict[str, str], dict[str, _Cut], list[Problem]]:
    """Keywords, cuts, and lines that are neither."""
    header: dict[str, str] = {}
    cuts: dict[str, _Cut] = {}
    problems: list[Problem] = []
    cut: _Cut | None = None
    for number, line in enumerate(lines):
        word, rest = (*line.split(None, 1), "", "")[:2]
        key = word.upper().rstrip(":")
        if not key:
            continue
        if key in _CUTS:
            found = _COUNT.search(rest)
            cut = cuts[key] = _Cut(number, int(found.group()) if found else _DIRECTIONS, [], [])
        elif not header and not cuts and key not in _KEYWORDS:
            header["NAME"] = line.strip()  # some makers leave the keyword out
        elif cut is not None and len(cut.angles_deg) < cut.promised:
            problems += _add(cut, line, number, path)
        else:
            header.setdefault(key, rest.strip())
    return header, cuts, problems


def _add(cut: _Cut, line: str, number: int, path: Path) -> list[Problem]:
    pair = [_float(text) for text in line.split()[:2]]
    if len(pair) == 2 and np.isfinite(pair).all():
        cut.angles_deg.append(pair[0])
        cut.losses_db.append(pair[1])
        return []
    cut.angles_deg.append(float("nan"))
    cut.losses_db.append(float("nan"))
    found, expected = f"'{line.strip()[:40]}'", "an angle and a loss, e.g. '12 0.35'"
    return [problem("not-a-number", path, found, expected, "correct the line", row=number)]


def _float(text: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return float("nan")


# --- header --------------------------------------------------------------------------------------


def _numbers(text: str) -> list[float]:
    return [abs(float(one)) for one in _NUMBER.findall(text.replace(",", "."))]


def _frequency(header: dict[str, str]) -> float:
    """MHz; ``1710-2170`` is a range and stands for its middle, GHz is understood."""
    text = header.get("FREQUENCY", "")
    numbers = _numbers(text)[:2]
    if not numbers:
        return float("nan")
    scale = 1000.0 if "GHZ" in text.upper() else 1.0
    return scale * sum(numbers) / len(numbers)


def _gain(header: dict[str, str]) -> float:
    text = header.get("GAIN", "").replace(",", ".")
    found = _NUMBER.search(text)
    if found is None:
        return float("nan")
    return float(found.group()) + (0.0 if "DBI" in text.upper() else DIPOLE_GAIN_DBI)


def _tilt(header: dict[str, str]) -> float:
    """Electrical tilt; ``TILT ELECTRICAL`` says only that there is one."""
    for key in ("ELECTRICAL_TILT", "TILT"):
        found = _NUMBER.search(header.get(key, "").replace(",", "."))
        if found and "MECHANICAL" not in header[key].upper():
            return float(found.group())
    return 0.0


def _header_problems(
    header: dict[str, str], frequency_mhz: float, gain_dbi: float, path: Path
) -> list[Problem]:
    problems = []
    low, high = _FREQUENCIES_MHZ
    for key, value, sound, expected in (
        ("FREQUENCY", frequency_mhz, low <= frequency_mhz <= high, f"{low:g} to {high:g} MHz"),
        ("GAIN", gain_dbi, -30.0 <= gain_dbi <= 60.0, "-30 to 60 dBi"),
    ):
        if key in header and not sound:
            code = "not-a-number" if np.isnan(value) else "out-of-range"
            problems.append(
                problem(code, path, f"'{header[key]}'", expected, "correct it", column=key)
            )
    return problems


# --- cuts ----------------------------------------------------------------------------------------


def _cut_problems(key: str, cut: _Cut, path: Path) -> list[Problem]:
    angles, losses = np.array(cut.angles_deg), np.array(cut.losses_db)
    turned = _turned(angles)
    faults = []
    if len(angles) < max(cut.promised, 2):
        faults.append((f"{len(angles)} lines", f"{max(cut.promised, 2)} as the cut promises"))
    if len(np.unique(turned[np.isfinite(turned)])) < np.isfinite(turned).sum():
        faults.append(("an angle twice", "each direction once"))
    if (losses < -TOLERATED_GAIN_DB).any():
        faults.append((f"a loss of {np.nanmin(losses):g} dB", "losses of 0 dB and more"))
    return [
        problem(
            "broken-pattern", path, found, expected, "get the file again", row=cut.line, column=key
        )
        for found, expected in faults
    ]


def _turned(angles_deg: Floats) -> Floats:
    """Angles from 0 to below 360, without a last one that closes the circle."""
    closed = len(angles_deg) > 1 and angles_deg[-1] - angles_deg[0] == 360.0
    return np.asarray(np.mod(angles_deg[:-1] if closed else angles_deg, 360.0))


def _per_degree(cut: _Cut) -> Floats:
    """Losses as gains ≤ 0 at whole degrees, linear between the angles of the file."""
    angles = _turned(np.array(cut.angles_deg))
    losses = np.array(cut.losses_db)[: len(angles)]
    whole = np.arange(_DIRECTIONS, dtype=np.float64)
    gains: Floats = -np.interp(whole, angles, losses, period=360.0)
    return np.minimum(gains, 0.0) + 0.0  # no -0.0


def _missing(path: Path, missing: list[str], found: list[str]) -> Problem:
    return problem(
        "missing-keys",
        path,
        "the keywords " + ", ".join(found[:12]) if found else "no keywords",
        "the keywords " + ", ".join(missing) + " too",
        "get the pattern in Planet format (.msi or .pln)",
        column=", ".join(missing),
    )


def _unreadable(path: Path, found: str) -> Problem:
    return problem("unreadable", path, found, "a text of lines, below 1 MB", "get the file again")
