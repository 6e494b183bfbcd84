"""What the printed maps draw: margin, shares, outlines and points, each with its legend."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from qn_coverage.core.crs import COMPUTED
from qn_coverage.export import symbols
from qn_coverage.export.dictionary import LAYER_TITLES, words

if TYPE_CHECKING:
    import geopandas as gpd
    from matplotlib.axes import Axes
    from shapely import Polygon

    from qn_coverage.export.results import Results

LAND_COLOUR: Final = "#f9f5ea"
_LINE: Final = "#4b5861"
_NAMES_SHOWN_KM2: Final = 60.0


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """One line of the legend; a heading has no mark."""

    vi: str
    en: str
    mark: Literal["heading", "fill", "outline", "line", "o", "*"]
    colour: str = ""


def draw_margin(axes: Axes, results: Results, *, state: str) -> list[LegendEntry]:
    """Draw the margin raster of ``before`` or ``after`` in its classes, clipped to the land."""
    import rasterio  # noqa: PLC0415 (loads GDAL: only when asked for)
    from matplotlib.colors import BoundaryNorm, ListedColormap  # noqa: PLC0415
    from rasterio.features import geometry_mask  # noqa: PLC0415
    from rasterio.transform import Affine  # noqa: PLC0415

    with rasterio.open(results.raster) as source:
        margin = source.read(source.descriptions.index(f"margin_{state}_db") + 1, masked=True)
        bounds, crs, transform = source.bounds, source.crs, Affine(*source.transform[:6])
    land = results.layers["communes"].to_crs(crs).geometry
    # No signal at all is the worst class on land; at sea nothing is drawn.
    outside = geometry_mask(land, margin.shape, transform, all_touched=True)
    values = np.ma.masked_array(margin.filled(-1e3), mask=outside)
    edges = [-1e4, *symbols.MARGIN_BREAKS_DB[::-1], 1e4]
    axes.imshow(
        values,
        extent=(bounds.left, bounds.right, bounds.bottom, bounds.top),
        cmap=ListedColormap(symbols.MARGIN_COLOURS[::-1]),
        norm=BoundaryNorm(edges, len(symbols.MARGIN_COLOURS)),
        interpolation="nearest",
        zorder=1,
    )
    heading = LegendEntry(
        "Dự trữ so với mức cần có (dB), mọi nhà mạng",
        "Margin over the level needed (dB), any operator",
        "heading",
    )
    return [
        heading,
        # The limits stand in the Vietnamese half; once is enough.
        *(
            LegendEntry(c.vi, c.en.partition(": ")[2], "fill", c.colour)
            for c in symbols.margin_classes()
        ),
    ]


def draw_shares(axes: Axes, results: Results, *, column: str) -> list[LegendEntry]:
    """Fill each commune by the class of a covered share."""
    communes = results.layers["communes"].to_crs(COMPUTED)
    below = sum((communes[column] < low).astype(int) for low in symbols.SHARE_BREAKS)
    for number, entry in enumerate(symbols.share_classes()):
        chosen = communes[(below == number) & communes[column].notna()]
        if len(chosen):
            chosen.plot(ax=axes, color=entry.colour, linewidth=0, zorder=1, aspect=None)
    unknown = communes[communes[column].isna()]
    if len(unknown):
        unknown.plot(ax=axes, color=symbols.NO_VALUE_COLOUR, linewidth=0, zorder=1, aspect=None)
    heading = LegendEntry(
        "Dân số có sóng (% dân số của xã)", "Population with signal (% of the commune)", "heading"
    )
    return [heading, *(LegendEntry(c.vi, "", "fill", c.colour) for c in symbols.share_classes())]


def draw_communes(axes: Axes, results: Results) -> list[LegendEntry]:
    """Fill the land in one pale colour."""
    results.layers["communes"].to_crs(COMPUTED).plot(
        ax=axes, color=LAND_COLOUR, linewidth=0, zorder=1, aspect=None
    )
    return []


def draw_outlines(axes: Axes, results: Results, *, names: bool = False) -> list[LegendEntry]:
    """Draw the communes' outlines, and the names of those with room for one."""
    communes = results.layers["communes"].to_crs(COMPUTED)
    communes.boundary.plot(ax=axes, color=_LINE, linewidth=0.35, zorder=3, aspect=None)
    if names:
        _write_names(axes, communes)
    return [LegendEntry("Ranh giới xã, phường, đặc khu", "Communes (since 2025-07)", "line", _LINE)]


def _write_names(axes: Axes, communes: gpd.GeoDataFrame) -> None:
    """Write the names of the larger communes; one that would lie on another is left out."""
    from matplotlib.patheffects import withStroke  # noqa: PLC0415
    from shapely import box  # noqa: PLC0415

    taken: list[Polygon] = []
    for name, part in _largest_first(communes):
        at = part.representative_point()
        written = axes.text(
            at.x, at.y, name, fontsize=5.2, ha="center", va="center", color="#222222", zorder=6,
            path_effects=[withStroke(linewidth=1.4, foreground="white", alpha=0.8)],
            parse_math=False,
        )  # fmt: skip
        room = box(*written.get_window_extent().extents)
        if any(room.intersects(other) for other in taken):
            written.remove()
        else:
            taken.append(room)


def _largest_first(communes: gpd.GeoDataFrame) -> list[tuple[str, Polygon]]:
    """Short names and largest parts of the communes with room for a name."""
    found = []
    for name, shape in zip(communes["name_vi"], communes.geometry, strict=True):
        part = max(getattr(shape, "geoms", [shape]), key=lambda one: one.area)
        short = str(name).removeprefix("Phường ").removeprefix("Xã ").removeprefix("Đặc khu ")
        if part.area >= _NAMES_SHOWN_KM2 * 1e6:
            found.append((short, part))
    return sorted(found, key=lambda pair: -pair[1].area)


def draw_points(
    axes: Axes,
    results: Results,
    layer: Literal["gaps", "villages", "places"],
    *,
    filled: bool = True,
) -> list[LegendEntry]:
    """Draw gaps, villages by class or named places by kind; nothing of an empty layer.

    Gaps that are not `filled` let the colours below them be read.
    """
    table = results.layers[layer].to_crs(COMPUTED)
    if table.empty:
        return []
    if layer == "gaps":
        return _draw_gaps(axes, table, filled=filled)
    if layer == "villages":
        return _draw_coded(axes, table, layer, "class_after", symbols.VILLAGE_COLOURS, "o", 16.0)
    return _draw_coded(axes, table, layer, "kind", symbols.PLACE_COLOURS, "*", 60.0)


def _draw_gaps(axes: Axes, gaps: gpd.GeoDataFrame, *, filled: bool) -> list[LegendEntry]:
    gaps.plot(
        ax=axes, facecolor=symbols.GAP_COLOUR + ("88" if filled else "00"),
        edgecolor=symbols.GAP_COLOUR, linewidth=0.9, zorder=4, aspect=None,
    )  # fmt: skip
    mark: Literal["fill", "outline"] = "fill" if filled else "outline"
    return [LegendEntry(*LAYER_TITLES["gaps"], mark, symbols.GAP_COLOUR)]


def _draw_coded(
    axes: Axes,
    table: gpd.GeoDataFrame,
    layer: str,
    column: str,
    colours: dict[str, str],
    marker: Literal["o", "*"],
    size: float,
) -> list[LegendEntry]:
    entries = [LegendEntry(*LAYER_TITLES[layer], "heading")]
    for code, colour in colours.items():
        chosen = table[table[column] == code]
        if chosen.empty:
            continue
        axes.scatter(
            chosen.geometry.x, chosen.geometry.y, s=size, c=colour, marker=marker,
            edgecolors="white", linewidths=0.5, zorder=5,
        )  # fmt: skip
        vi, en = words(code)
        entries.append(LegendEntry(f"{vi} ({len(chosen)})", en, marker, colour))
    return entries
