"""The sheet of paper round a map: title, legend, scale, north, grid, sources, notice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from qn_coverage.core.crs import COMPUTED
from qn_coverage.core.scenario import SHIPPED
from qn_coverage.data.catalog import load_catalog

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from qn_coverage.export.atlas_layers import LegendEntry
    from qn_coverage.export.results import Results

MM: Final = 1 / 25.4
"""A millimetre in inches."""

PAPERS_MM: Final = {"A4": (297.0, 210.0), "A3": (420.0, 297.0)}
"""Width and height of the sheets, landscape (ISO 216)."""

_MARGIN_MM: Final = 10.0
_TITLE_MM: Final = 19.0
_FOOT_MM: Final = 33.0
_GRID_M: Final = 20_000
_PAPER: Final = "#eef2f4"
_INK: Final = "#1f2d36"
_SOFT: Final = "#5b6770"
_ALARM: Final = "#a03000"
_NOTICE: Final = "SỐ LIỆU MÔ PHỎNG, KHÔNG PHẢI ĐO KIỂM · MODELLED, NOT SURVEYED"
_SOURCES: Final = {
    "communes": "Nguồn ranh giới / Boundaries",
    "terrain": "Nguồn địa hình / Terrain",
    "population": "Nguồn dân số / Population",
}


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """A figure with the axes of its map; lengths grow with the paper by `scale` (A4 is 1)."""

    figure: Figure
    map: Axes
    width_mm: float
    height_mm: float
    scale: float


def new_sheet(width_mm: float, height_mm: float, results: Results) -> Sheet:
    """Sheet with an empty map of the province in EPSG:5899 at the largest scale that fits."""
    from matplotlib.figure import Figure  # noqa: PLC0415

    scale = width_mm / PAPERS_MM["A4"][0]
    figure = Figure(figsize=(width_mm * MM, height_mm * MM), facecolor="white")
    left, bottom = _MARGIN_MM * scale, (_MARGIN_MM + _FOOT_MM) * scale
    wide = width_mm - 2 * left
    high = height_mm - bottom - (_MARGIN_MM + _TITLE_MM) * scale
    axes = figure.add_axes(
        (left / width_mm, bottom / height_mm, wide / width_mm, high / height_mm), facecolor=_PAPER
    )
    west, south, east, north = results.layers["communes"].to_crs(COMPUTED).total_bounds
    metres = 1.06 * max((east - west) / wide, (north - south) / high)
    middle = (west + east) / 2, (south + north) / 2
    axes.set_xlim(middle[0] - metres * wide / 2, middle[0] + metres * wide / 2)
    axes.set_ylim(middle[1] - metres * high / 2, middle[1] + metres * high / 2)
    axes.set_autoscale_on(False)
    return Sheet(figure, axes, width_mm, height_mm, scale)


def furnish(
    sheet: Sheet,
    *,
    title_vi: str,
    title_en: str,
    entries: Sequence[LegendEntry],
    results: Results,
) -> None:
    """Add all that stands round a map.

    Parameters
    ----------
    sheet
        Sheet whose map is drawn.
    title_vi, title_en
        Titles.
    entries
        Legend.
    results
        Gives the name of the study, its caveats, model and sources.
    """
    _add_grid(sheet)
    _add_title(sheet, title_vi, title_en, results)
    _add_legend(sheet, entries)
    _add_scale_bar(sheet)
    _add_north(sheet)
    _add_foot(sheet, results)


def _add_grid(sheet: Sheet) -> None:
    from matplotlib.ticker import FuncFormatter, MultipleLocator  # noqa: PLC0415

    axes = sheet.map
    axes.set_aspect("equal", adjustable="box")
    axes.set_xlabel("")
    axes.set_ylabel("")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MultipleLocator(_GRID_M))
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value / 1000:.0f}"))
    axes.grid(visible=True, color="#7f95a3", linewidth=0.3, alpha=0.6, zorder=2)
    axes.set_axisbelow(False)
    axes.tick_params(
        labelsize=5.5 * sheet.scale, colors=_SOFT, direction="in", length=3, pad=2, width=0.5,
        top=True, right=True,
    )  # fmt: skip
    for label in axes.get_yticklabels():
        label.set_rotation(90)
        label.set_verticalalignment("center")
    for spine in axes.spines.values():
        spine.set_color(_INK)


def _text(sheet: Sheet, x_mm: float, y_mm: float, text: str, size: float, **style: Any) -> None:
    """Text at millimetres of A4 from the lower left corner; never read as TeX."""
    scale = sheet.scale
    sheet.figure.text(
        x_mm * scale / sheet.width_mm,
        y_mm * scale / sheet.height_mm,
        text,
        fontsize=size * scale,
        parse_math=False,
        **{"color": _INK, **style},
    )


def _add_title(sheet: Sheet, vi: str, en: str, results: Results) -> None:
    (wide, high), summary = PAPERS_MM["A4"], results.summary
    top, right = high - _MARGIN_MM, wide - _MARGIN_MM
    name_vi, name_en = str(summary["name_vi"]), str(summary["name_en"])
    _text(sheet, _MARGIN_MM, top - 5.5, vi, 15, weight="bold")
    _text(sheet, _MARGIN_MM, top - 11.5, en, 9.5, style="italic", color=_SOFT)
    _text(sheet, right, top - 4.5, name_vi, 8, ha="right")
    _text(sheet, right, top - 8.5, name_en, 7, ha="right", color=_SOFT, style="italic")
    _text(sheet, right, top - 13.5, _NOTICE, 6.8, ha="right", color=_ALARM, weight="bold")


def _add_legend(sheet: Sheet, entries: Sequence[LegendEntry]) -> None:
    words = [
        f"{entry.vi}\n{entry.en}"
        if entry.mark == "heading"
        else "  ·  ".join(part for part in (entry.vi, entry.en) if part)
        for entry in entries
    ]
    legend = sheet.map.legend(
        [_handle(entry, sheet.scale) for entry in entries],
        words,
        loc="upper left",
        title="CHÚ GIẢI / LEGEND",
        fontsize=6.2 * sheet.scale,
        title_fontproperties={"weight": "bold", "size": 7 * sheet.scale},
        framealpha=0.94,
        edgecolor=_SOFT,
        fancybox=False,
        borderpad=0.9,
        labelspacing=0.55,
        handlelength=2.0,
        alignment="left",
    )
    legend.set_zorder(9)
    legend.get_frame().set_linewidth(0.5)
    for entry, text in zip(entries, legend.get_texts(), strict=True):
        text.set_parse_math(False)
        text.set_color(_INK)
        if entry.mark == "heading":
            text.set_fontweight("bold")


def _handle(entry: LegendEntry, scale: float) -> Any:
    from matplotlib.lines import Line2D  # noqa: PLC0415
    from matplotlib.patches import Patch  # noqa: PLC0415

    if entry.mark == "heading":
        return Line2D([], [], linestyle="none")
    if entry.mark == "fill":
        return Patch(facecolor=entry.colour, edgecolor=_SOFT, linewidth=0.3)
    if entry.mark == "outline":
        return Patch(facecolor="none", edgecolor=entry.colour, linewidth=0.9)
    if entry.mark == "line":
        return Line2D([], [], color=entry.colour, linewidth=0.8)
    return Line2D(
        [], [], linestyle="none", marker=entry.mark, color=entry.colour,
        markersize=(8 if entry.mark == "*" else 5) * scale, markeredgecolor="white",
        markeredgewidth=0.4,
    )  # fmt: skip


def _add_scale_bar(sheet: Sheet) -> None:
    from matplotlib.patches import Rectangle  # noqa: PLC0415

    axes, size = sheet.map, 6 * sheet.scale
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    step_m = _step_m(0.16 * (east - west) / 4)
    height = 0.008 * (north - south)
    x, y = west + 0.03 * (east - west), south + 0.07 * (north - south)
    for number in range(5):
        at = x + number * step_m
        if number < 4:
            colour = _INK if number % 2 == 0 else "white"
            axes.add_patch(
                Rectangle((at, y), step_m, height, linewidth=0.6, edgecolor=_INK, zorder=8,
                          facecolor=colour)
            )  # fmt: skip
        text = f"{number * step_m / 1000:g}" + (" km" if number == 4 else "")
        axes.text(at, y + 2 * height, text, fontsize=size, ha="center", color=_INK, zorder=8)
    text = f"Tỷ lệ / Scale ≈ 1 : {_scale_number(sheet):,.0f}".replace(",", " ")
    axes.text(x, y - 1.6 * height, text, fontsize=size, color=_SOFT, zorder=8, va="top")


def _step_m(about_m: float) -> float:
    """Round length (1, 2, 5 or 10 times a power of ten) that is at most `about_m`."""
    power = 10.0 ** (len(str(int(about_m))) - 1)
    return max(step * power for step in (1, 2, 5) if step * power <= about_m)


def _scale_number(sheet: Sheet) -> float:
    west, east = sheet.map.get_xlim()
    metres_per_mm = (east - west) / (sheet.width_mm * sheet.map.get_position().width)
    return round(metres_per_mm * 1000, -3)


def _add_north(sheet: Sheet) -> None:
    x, y = 0.965, 0.945
    for side, colour in ((-1, _INK), (1, "white")):
        sheet.map.fill(
            [x, x + side * 0.011, x], [y, y - 0.085, y - 0.062], facecolor=colour,
            edgecolor=_INK, linewidth=0.6, transform=sheet.map.transAxes, zorder=8,
        )  # fmt: skip
    sheet.map.text(
        x, y + 0.008, "B / N", transform=sheet.map.transAxes, ha="center", va="bottom",
        fontsize=7 * sheet.scale, weight="bold", color=_INK, zorder=8,
    )  # fmt: skip


def _add_foot(sheet: Sheet, results: Results) -> None:
    """Grid, model and caveats, Vietnamese left and English right, and the sources below them."""
    summary = results.summary
    model, cell = summary["model"], f"{summary['cell_m']:.0f}"
    lines = [
        (
            "Lưới VN-2000, kinh tuyến trục 107°45′, múi chiếu 3° (EPSG:5899), km, mỗi ô 20 km.",
            "Grid: VN-2000 / TM-3 107°45′ (EPSG:5899), km, lines 20 km apart.",
        ),
        (
            f"Mô hình truyền sóng: {model}; ô lưới {cell} m. Lập bằng qn-coverage.",
            f"Propagation model: {model}; cells of {cell} m. Made with qn-coverage.",
        ),
        *((note["vi"], note["en"]) for note in summary["caveats"]),
    ]
    top = _MARGIN_MM + _FOOT_MM - 8.0
    for column, x_mm in ((0, _MARGIN_MM), (1, PAPERS_MM["A4"][0] / 2 + 2)):
        for number, pair in enumerate(lines):
            colour = _SOFT if number < 2 else _ALARM
            style = "italic" if column else "normal"
            _text(sheet, x_mm, top - 3.1 * number, pair[column], 5.4, color=colour, style=style)
    top -= 3.1 * len(lines) + 0.5
    for number, line in enumerate(_sources(results)):
        _text(sheet, _MARGIN_MM, top - 2.7 * number, line, 4.8, color=_SOFT)


def _sources(results: Results) -> list[str]:
    """One line an input that the map rests on: who made it, or the user's own file."""
    cited = {layer.name: layer.citation for layer in load_catalog()}
    inputs = results.manifest["inputs"]
    found = []
    for key, words in _SOURCES.items():
        file = str(inputs[key]["file"]) if key in inputs else SHIPPED
        name = file.rsplit("/", maxsplit=1)[-1]
        found.append(f"{words}: {cited[key] if file == SHIPPED else name}")
    return found
