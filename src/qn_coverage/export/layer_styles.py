"""How each layer looks, apart from any program's file format."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal

from qn_coverage.export import symbols
from qn_coverage.export.dictionary import words

if TYPE_CHECKING:
    from collections.abc import Mapping

Shape = Literal["fill", "circle", "triangle", "diamond", "star"]


@dataclass(frozen=True, slots=True)
class Mark:
    """A fill or a point symbol: size in mm, opacity 0-1."""

    shape: Shape
    colour: str
    outline: str = "#ffffff"
    outline_mm: float = 0.2
    size_mm: float = 2.0
    opacity: float = 1.0


@dataclass(frozen=True, slots=True)
class Category:
    """What one mark stands for.

    Attributes
    ----------
    label
        Entry of the legend, Vietnamese with English beside it.
    mark
        How it looks.
    value
        Text of the column that it stands for; None for all others.
    low, high
        Range of a graduated column, closed below; None where open.
    """

    label: str
    mark: Mark
    value: str | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class LayerStyle:
    """Style of a layer: by ranges of a column, by its texts, or one mark for all.

    Attributes
    ----------
    kind
        ``single`` has one category and no column.
    column
        Column that decides.
    categories
        In the order of the legend.
    label
        Column that is written beside each feature, empty for none.
    label_scale
        Labels are shown at this scale (its denominator) and closer.
    """

    kind: Literal["single", "categorized", "graduated"]
    column: str
    categories: tuple[Category, ...]
    label: str = ""
    label_scale: int = 500_000


def _shares(opacity: float) -> tuple[Category, ...]:
    return tuple(
        Category(
            entry.vi,
            Mark("fill", entry.colour, "#5b6770", 0.15, opacity=opacity),
            low=entry.low,
            high=entry.high,
        )
        for entry in symbols.share_classes()
    )


def _coded(colours: Mapping[str, str], shape: Shape, size_mm: float) -> tuple[Category, ...]:
    return tuple(
        Category(" / ".join(words(code)), Mark(shape, colour, size_mm=size_mm), value=code)
        for code, colour in colours.items()
    )


def _outline(label: str, colour: str, width_mm: float) -> LayerStyle:
    mark = Mark("fill", "#ffffff", colour, width_mm, opacity=0.0)
    return LayerStyle("single", "", (Category(label, mark),), "name_vi", 400_000)


_EXISTING = Category(
    "Mạng lưới sẵn có / Existing network", Mark("triangle", symbols.SITE_COLOUR, size_mm=1.4)
)
_PROGRAMMES = tuple(
    Category(" / ".join(words(code)), Mark("triangle", colour, size_mm=2.2), value=code)
    for code, colour in (("105-villages", symbols.PROGRAMME_COLOUR), ("islands", "#117733"))
)

STYLES: Final[Mapping[str, LayerStyle]] = MappingProxyType(
    {
        "communes": LayerStyle(
            "graduated", "population_share_after", _shares(0.75), "name_vi", 400_000
        ),
        "former_communes": LayerStyle(
            "graduated", "population_share_after", _shares(0.75), "name_vi", 250_000
        ),
        "districts": _outline("Huyện trước 07/2025 / Districts before 2025-07", "#3b4750", 0.6),
        "villages": LayerStyle(
            "categorized",
            "class_after",
            _coded(
                {k: v for k, v in symbols.VILLAGE_COLOURS.items() if k != "not_covered"},
                "circle",
                2.4,
            ),
            "name_vi",
            150_000,
        ),
        "sites": LayerStyle(
            "categorized", "programme", (*_PROGRAMMES, _EXISTING), "site_id", 50_000
        ),
        "sectors": LayerStyle(
            "single", "", (Category("Sector / Sectors", Mark("circle", "#8a949b", size_mm=0.8)),)
        ),
        "places": LayerStyle(
            "categorized", "kind", _coded(symbols.PLACE_COLOURS, "star", 3.4), "name_vi", 1_500_000
        ),
        "gaps": LayerStyle(
            "single",
            "",
            (
                Category(
                    "Vùng trắng, lõm sóng / Coverage gap",
                    Mark("fill", symbols.GAP_COLOUR, symbols.GAP_COLOUR, 0.4, opacity=0.55),
                ),
            ),
            "rank",
            1_500_000,
        ),
        "measurements": LayerStyle(
            "single",
            "",
            (
                Category(
                    "Điểm nên đo kiểm / Point worth measuring",
                    Mark("diamond", symbols.MEASUREMENT_COLOUR, size_mm=2.6),
                ),
            ),
            "rank",
            400_000,
        ),
    }
)
"""Style of each layer by its name."""
