"""The map page: one file that opens on a computer without a network."""

from __future__ import annotations

import html
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import folium
import numpy as np

from qn_coverage.analysis.timeline import NEVER
from qn_coverage.render import document, legend, overlay, page, vendored
from qn_coverage.render.behaviour import DATA, LICENCES, Behaviour

if TYPE_CHECKING:
    import numpy.typing as npt

    from qn_coverage.analysis.coverage import Coverage
    from qn_coverage.history import History
    from qn_coverage.study import Study

_MAX_ZOOM: Final = 18
_LICENCE_FILES: Final = ("leaflet/LICENSE", "leaflet.markercluster/MIT-LICENCE.txt")


def write_map(study: Study, path: Path | str) -> None:
    """Write the page of a study as UTF-8 with Unix line ends."""
    Path(path).write_text(render_map(study), encoding="utf-8", newline="\n")


def render_map(study: Study) -> str:
    """Page of a study, the same text for the same study.

    The page loads nothing: scripts, styles, images and data are inside it, and its content
    security policy refuses any request.

    Parameters
    ----------
    study
        Answers of a scenario.

    Raises
    ------
    AssetError
        The page would load something that is not vendored, or a vendored file was changed.
    """
    base = _base_map(study)
    text = page.renumbered(base.get_root().render())
    text = page.tidy(text, title=study.scenario.study.name_vi, language="vi")
    text = page.self_contained(text, vendored.page_assets())
    text = page.with_policy(text)
    # Data come last, so that nothing above can mistake a name for markup.
    data = page.json_for_script(document.page_document(study))
    return text.replace(LICENCES, html.escape(_licences()), 1).replace(DATA, data, 1)


def _base_map(study: Study) -> folium.Map:
    west, south, east, north = study.communes.total_bounds
    base = folium.Map(
        location=[(south + north) / 2, (west + east) / 2],
        zoom_start=9,
        tiles=None,
        zoom_control=False,
        prefer_canvas=True,
        font_size="13px",
        maxZoom=_MAX_ZOOM,
        zoomSnap=0.25,
        fadeAnimation=False,
        maxBoundsViscosity=0.6,
    )
    # Folium's own list pulls bootstrap, jquery, font-awesome and more, none of which is used.
    base.default_js = [("leaflet", vendored.address_of("leaflet/leaflet.js"))]
    base.default_css = [("leaflet_css", vendored.address_of("leaflet/leaflet.css"))]
    folium.map.CustomPane("qn-context", z_index=150).add_to(base)
    folium.map.CustomPane("qn-signal", z_index=350).add_to(base)
    folium.map.CustomPane("qn-relief", z_index=450).add_to(base)
    images = {name: _image(entry, base) for name, entry in _images(study).items()}
    Behaviour(images).add_to(base)
    return base


def _images(study: Study) -> dict[str, dict[str, Any]]:
    """Images of the map by the name that the page's scripts know."""
    technology = document.level_technology(study)
    breaks = document.level_breaks_dbm(study, technology)
    land = study.land.values
    found: dict[str, dict[str, Any]] = {
        "context": _entry(
            overlay.surroundings_overlay(study.terrain, land), "qn-context", show=True
        ),
        "relief": _entry(overlay.relief_overlay(study.terrain, land), "qn-relief", opacity=0.75),
    }
    for index, coverage in enumerate((study.before, study.after)):
        level = overlay.class_overlay(
            level_classes(coverage, technology, breaks), study.grid, legend.LEVEL_COLOURS
        )
        margin = overlay.class_overlay(
            margin_classes(coverage, land), study.grid, legend.MARGIN_COLOURS
        )
        found[f"level{index}"] = _entry(level, "qn-signal", opacity=0.9, cells=True)
        found[f"margin{index}"] = _entry(margin, "qn-signal", opacity=0.9, cells=True)
    since = overlay.class_overlay(
        since_classes(study.history, land),
        study.grid,
        legend.since_colours(len(study.history.steps)),
    )
    return found | {"since": _entry(since, "qn-signal", opacity=0.9, cells=True)}


def level_classes(
    coverage: Coverage, technology: str, breaks_dbm: tuple[float, ...]
) -> npt.NDArray[np.uint8]:
    """Class of the strongest level of a technology; cells below the last break are not drawn."""
    classes = overlay.classified(coverage.level_dbm(technology=technology), breaks_dbm)
    classes[classes == len(breaks_dbm)] = overlay.TRANSPARENT
    return classes


def margin_classes(coverage: Coverage, land: npt.NDArray[np.floating]) -> npt.NDArray[np.uint8]:
    """Class of the best margin of any technology; the sea is drawn only where there is signal."""
    classes = overlay.classified(coverage.margin_db(), legend.MARGIN_BREAKS_DB)
    covered_classes = legend.MARGIN_BREAKS_DB.index(0.0)
    classes[(land <= 0.0) & (classes > covered_classes)] = overlay.TRANSPARENT
    return classes


def since_classes(history: History, land: npt.NDArray[np.floating]) -> npt.NDArray[np.uint8]:
    """Step at which land is first covered; one more where the signal is lost again."""
    classes = np.where(history.lost, len(history.steps), history.first_step)
    drawn = (land > 0.0) & (history.first_step != NEVER)
    return np.where(drawn, classes, overlay.TRANSPARENT).astype(np.uint8)


def _entry(
    image: overlay.Overlay,
    pane: str,
    *,
    show: bool = False,
    opacity: float = 1.0,
    cells: bool = False,
) -> dict[str, Any]:
    return {
        "image": image.uri,
        "bounds": [list(corner) for corner in image.bounds],
        "pane": pane,
        "show": show,
        "opacity": opacity,
        "class_name": "qn-cells" if cells else "qn-image",
    }


def _image(entry: dict[str, Any], base: folium.Map) -> str:
    """Adds an image and returns the name of its script variable."""
    image = folium.raster_layers.ImageOverlay(**entry, pixelated=False, control=False)
    image.add_to(base)
    return str(image.get_name())


def _licences() -> str:
    files = {asset.path: asset for asset in vendored.vendored().values()}
    return "\n\n".join(page.unix_text(files[name].content()).strip() for name in _LICENCE_FILES)
