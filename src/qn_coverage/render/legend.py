"""Classes and colours of the map: what a colour means is decided here and nowhere else.

Warm is lack of signal, cool is signal. The ramps are ColorBrewer's (Harrower & Brewer 2003,
colorbrewer2.org), all of them marked safe for colour-blind eyes there; kinds of sites and verdicts
use the palette of Okabe & Ito (2008) and differ in shape as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

SHARE_BREAKS: Final = (0.99, 0.95, 0.90, 0.75, 0.50)
"""Lower ends of the classes of covered shares, 0-1."""

SHARE_COLOURS: Final = ("#fff7dc", "#fee391", "#fec44f", "#f08c2e", "#c0500c", "#7a2a05")
"""YlOrBr, its lightest step slightly darkened so that land stands out from white."""

LEVEL_STEPS_DB: Final = (30.0, 20.0, 10.0, 0.0)
"""Lower ends of the classes of level, above the median level that counts as covered."""

LEVEL_COLOURS: Final = ("#08589e", "#2b8cbe", "#4eb3d3", "#8fd3c1", "#dcefc9")
"""GnBu; the last is the edge: the threshold is met at the median, but not at enough places."""

MARGIN_BREAKS_DB: Final = (20.0, 10.0, 0.0, -10.0)
"""Lower ends of the classes of margin."""

MARGIN_COLOURS: Final = ("#01665e", "#5ab4ac", "#c7eae5", "#e6cf97", "#a6611a")
"""BrBG: green where there is signal, brown where there is none."""

SINCE_FIRST_COLOUR: Final = "#d6d3cb"
"""What was covered before anything else happened."""

SINCE_COLOURS: Final = (
    "#fde725", "#b5de2b", "#6ece58", "#35b779", "#1f9e89", "#26828e", "#31688e", "#3e4989",
    "#482878",
)  # fmt: skip
"""Viridis (Smith & van der Walt 2015), early to late."""

SINCE_LOST_COLOUR: Final = "#d55e00"

NO_VALUE_COLOUR: Final = "#cfd4d6"
GAP_COLOUR: Final = "#7b1fa2"

VERDICT_COLOURS: Final = {
    "covered": "#0072b2",
    "cannot_tell": "#8b95a1",
    "not_covered": "#d55e00",
}

CLASS_COLOURS: Final = {
    "covered": "#0072b2",
    "weak": "#e69f00",
    "no_signal": "#d55e00",
    "cannot_tell": "#8b95a1",
}
"""Classes of the rule: blue, orange and vermilion of Okabe & Ito, grey for what cannot be told."""

CLAIM_COLOURS: Final = {
    "supported": "#0072b2",
    "contradicted": "#b23a00",
    "not_testable": "#5d6a73",
}
MEASUREMENT_COLOUR: Final = "#cc2f7f"

_OPERATOR_COLOURS: Final = ("#d55e00", "#0072b2", "#56b4e9", "#e69f00", "#009e73", "#999999")
_TECHNOLOGY_COLOURS: Final = {
    "2G": "#9c9c94",
    "3G": "#74add1",
    "4G": "#2c6fad",
    "5G": "#4a1486",
}
_PROGRAMME_COLOURS: Final = ("#cc5c9c", "#117733", "#882255")
_OTHER_COLOUR: Final = "#8a949b"


def classes(
    breaks: Sequence[float], colours: Sequence[str], *, digits: int = 0, scale: float = 1.0
) -> list[dict[str, Any]]:
    """Entries of a legend, best class first: ``from``, ``to`` (None where open) and ``colour``."""
    ends = [round(value * scale, digits) for value in breaks]
    return [
        {"from": low, "to": high, "colour": colour}
        for low, high, colour in zip([*ends, None], [None, *ends], colours, strict=True)
    ]


def level_breaks_dbm(required_dbm: float, threshold_dbm: float) -> tuple[float, ...]:
    """Lower ends of the classes of level, highest first.

    Parameters
    ----------
    required_dbm
        Median level that counts as covered.
    threshold_dbm
        Level that the telephone needs; the class between the two is the edge.
    """
    above = tuple(required_dbm + step for step in LEVEL_STEPS_DB)
    return (*above, min(threshold_dbm, required_dbm))


def since_colours(steps: int) -> tuple[str, ...]:
    """One colour a step, spread over the ramp, the first step apart; and one for what is lost."""
    later = max(steps - 1, 0)
    last = len(SINCE_COLOURS) - 1
    spread = [round(last * i / max(later - 1, 1)) for i in range(later)]
    first = (SINCE_FIRST_COLOUR,) if steps else ()
    return (*first, *(SINCE_COLOURS[i] for i in spread), SINCE_LOST_COLOUR)


def operator_colours(operators: Sequence[str]) -> dict[str, str]:
    """One colour an operator; beyond six they share the last."""
    last = _OPERATOR_COLOURS[-1]
    return {
        operator: _OPERATOR_COLOURS[index] if index < len(_OPERATOR_COLOURS) else last
        for index, operator in enumerate(operators)
    }


def technology_colours(technologies: Sequence[str]) -> dict[str, str]:
    """One colour a technology."""
    return {name: _TECHNOLOGY_COLOURS.get(name, _OTHER_COLOUR) for name in technologies}


def programme_colours(programmes: Sequence[str]) -> dict[str, str]:
    """One colour a programme; sites of none, keyed by the empty text, are grey."""
    named = [name for name in programmes if name]
    return {"": _OTHER_COLOUR} | {
        name: _PROGRAMME_COLOURS[index % len(_PROGRAMME_COLOURS)]
        for index, name in enumerate(named)
    }
