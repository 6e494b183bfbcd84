"""Numbers and markup of a printed page: Vietnamese first, English beside it, everything escaped."""

from __future__ import annotations

import html
import math
import re
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from qn_coverage.render.labels import LABELS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    Said = str | tuple[str, str]

_ADDRESS: Final = re.compile(r"(https?://[^\s;\"<>]*[^\s;\"<>),.\]])")
_COMPASS: Final = 8
_SWAPPED: Final = str.maketrans(",.", ".,")
NOTHING: Final = "–"


def known(value: Any) -> bool:
    """Whether a cell holds a finite value."""
    return not pd.isna(value) and (not isinstance(value, float) or math.isfinite(value))


def number(value: Any, digits: int = 0) -> str:
    """Number as Vietnamese writes it: 1.234,5; a dash for none."""
    if not known(value):
        return NOTHING
    text = f"{abs(float(value)):,.{digits}f}".translate(_SWAPPED)
    negative = float(value) < 0 and any(digit in text for digit in "123456789")
    return f"\u2212{text}" if negative else text


def percent(share: Any, digits: int = 1) -> str:
    """Share 0-1 as percent; what is not everything never reads as 100, nor some as 0."""
    if not known(share):
        return NOTHING
    step = 10.0**-digits
    value = float(share) * 100.0
    if share < 1.0 and value > 100.0 - step:
        value = 100.0 - step
    if 0.0 < value < step:
        return f"<\u00a0{number(step, digits)}\u00a0%"
    return f"{number(value, digits)}\u00a0%"


def interval(low: Any, high: Any) -> str:
    """Both ends of a share's 5-95 % interval."""
    if not (known(low) and known(high)):
        return NOTHING
    return f"{percent(low)} – {percent(high)}"


def date_of(value: Any) -> tuple[str, str]:
    """Day as dd/mm/yyyy, and as yyyy-mm-dd."""
    day = pd.Timestamp(value)
    return day.strftime("%d/%m/%Y"), day.strftime("%Y-%m-%d")


def direction(bearing_deg: float) -> tuple[str, str]:
    """One of eight directions in both languages, from a bearing clockwise from north."""
    return LABELS[f"compass.{round(bearing_deg / 45.0) % _COMPASS}"]


def escaped(text: Any) -> str:
    """Text for markup."""
    return html.escape(str(text))


def both(pair: Sequence[str], tag: str = "span") -> str:
    """Vietnamese with English below or beside it, as the style sheet has it."""
    vietnamese, english = pair
    first = f'<{tag} lang="vi">{linked(vietnamese)}</{tag}>'
    if not english or vietnamese == english:
        return first
    return f'{first} <{tag} class="en" lang="en">{linked(english)}</{tag}>'


def figure(text: str) -> tuple[str, str]:
    """A number's text in both spellings: 1.234,5 and 1,234.5."""
    return text, text.translate(_SWAPPED)


def label(key: str, tag: str = "span", /, **values: Said) -> str:
    """Label of the page in both languages; values are texts, or a pair of them."""
    return both(filled(key, **values), tag)


def filled(key: str, /, **values: Said) -> tuple[str, str]:
    """Both languages of a label with its values put in."""
    first, second = (
        text.format(
            **{
                name: value if isinstance(value, str) else value[language]
                for name, value in values.items()
            }
        )
        for language, text in enumerate(LABELS[key])
    )
    return first, second


def linked(text: str) -> str:
    """Escaped text in which web addresses, and only those, are links that show their host."""
    parts = _ADDRESS.split(text)
    return "".join(_link(part) if index % 2 else escaped(part) for index, part in enumerate(parts))


def table(
    head: Iterable[str], rows: Iterable[Sequence[str]], *, kind: str = "", numeric: int = 99
) -> str:
    """Table of ready cells; columns from `numeric` on are set right."""
    columns = list(head)
    body = "".join(f"<tr>{_cells('td', row, numeric)}</tr>" for row in rows)
    return (
        f'<table class="{kind}"><thead><tr>{_cells("th", columns, numeric)}</tr></thead>'
        f"<tbody>{body}</tbody></table>"
    )


def section(title: Sequence[str], *parts: str, kind: str = "") -> str:
    """Section with its heading."""
    return f'<section class="{kind}"><h2>{both(title)}</h2>{"".join(parts)}</section>'


def _cells(tag: str, cells: Sequence[str], numeric: int) -> str:
    return "".join(
        f"<{tag}{' class=n' if index >= numeric else ''}>{cell}</{tag}>"
        for index, cell in enumerate(cells)
    )


def _link(address: str) -> str:
    host = re.sub(r"^https?://(www\.)?", "", address).split("/")[0]
    return f'<a href="{escaped(address)}">{escaped(host)}</a>'
