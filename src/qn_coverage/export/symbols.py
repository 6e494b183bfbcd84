"""Colours, classes and marks of exported maps: the same as on the web map (a test holds them)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Final

SHARE_BREAKS: Final = (0.99, 0.95, 0.90, 0.75, 0.50)
"""Lower ends of the classes of covered shares, 0-1."""

SHARE_COLOURS: Final = ("#fff7dc", "#fee391", "#fec44f", "#f08c2e", "#c0500c", "#7a2a05")
"""ColorBrewer YlOrBr: warm is lack of signal."""

MARGIN_BREAKS_DB: Final = (20.0, 10.0, 0.0, -10.0)
"""Lower ends of the classes of margin."""

MARGIN_COLOURS: Final = ("#01665e", "#5ab4ac", "#c7eae5", "#e6cf97", "#a6611a")
"""ColorBrewer BrBG: green where there is signal, brown where there is none."""

MARGIN_WORDS: Final = (
    ("rất tốt", "very good"),
    ("tốt", "good"),
    ("đủ sóng", "covered"),
    ("lõm sóng", "weak"),
    ("trắng sóng", "no signal"),
)
"""Vietnamese and English for the classes of margin."""

GAP_COLOUR: Final = "#7b1fa2"
NO_VALUE_COLOUR: Final = "#cfd4d6"
SITE_COLOUR: Final = "#4d5a63"
PROGRAMME_COLOUR: Final = "#cc5c9c"
MEASUREMENT_COLOUR: Final = "#cc2f7f"

VILLAGE_COLOURS: Final = {
    "covered": "#0072b2",
    "cannot_tell": "#8b95a1",
    "weak": "#e69f00",
    "no_signal": "#d55e00",
    "not_covered": "#d55e00",
}
"""Colour by class or verdict of a village (Okabe & Ito 2008)."""

PLACE_COLOURS: Final = {
    "named_site": "#882255",
    "reported_site": "#44aa99",
    "control_point": "#555555",
}
"""Colour by kind of named place."""


@dataclass(frozen=True, slots=True)
class Class:
    """One class of a ramp: closed below, open above; None where it has no end."""

    low: float | None
    high: float | None
    colour: str
    vi: str
    en: str

    @property
    def both(self) -> str:
        """Words in both languages."""
        return self.vi if self.vi == self.en else f"{self.vi} / {self.en}"


def share_classes() -> list[Class]:
    """Classes of covered shares, best first, labelled in percent."""
    texts = [f"≥ {100 * SHARE_BREAKS[0]:.0f} %"]
    texts += [f"{100 * low:.0f} – {100 * high:.0f} %" for high, low in pairwise(SHARE_BREAKS)]
    texts += [f"< {100 * SHARE_BREAKS[-1]:.0f} %"]
    return [
        Class(low, high, colour, text, text)
        for low, high, colour, text in zip(
            (*SHARE_BREAKS, None), (None, *SHARE_BREAKS), SHARE_COLOURS, texts, strict=True
        )
    ]


def margin_classes() -> list[Class]:
    """Classes of margin over the level needed, best first, labelled in dB."""
    texts = [f"≥ {MARGIN_BREAKS_DB[0]:.0f} dB"]
    texts += [f"{low:.0f} … {high:.0f} dB" for high, low in pairwise(MARGIN_BREAKS_DB)]
    texts += [f"< {MARGIN_BREAKS_DB[-1]:.0f} dB"]
    return [
        Class(low, high, colour, f"{text}: {vi}", f"{text}: {en}")
        for low, high, colour, text, (vi, en) in zip(
            (*MARGIN_BREAKS_DB, None),
            (None, *MARGIN_BREAKS_DB),
            MARGIN_COLOURS,
            [text.replace("-", "−") for text in texts],
            MARGIN_WORDS,
            strict=True,
        )
    ]


def rgb(colour: str) -> tuple[int, int, int]:
    """Red, green and blue (0-255) of ``#rrggbb``."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
