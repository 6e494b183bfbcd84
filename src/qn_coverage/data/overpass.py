"""OpenStreetMap's places through Overpass: the question, and the answer as GeoJSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from qn_coverage.data.download import FetchError, not_written, plain_error

if TYPE_CHECKING:
    from pathlib import Path

ENDPOINT: Final = "https://overpass-api.de/api/interpreter"
KINDS: Final = (
    "city", "town", "suburb", "quarter", "neighbourhood", "village", "hamlet",
    "isolated_dwelling", "island", "islet",
)  # fmt: skip
"""Values of OpenStreetMap's key ``place`` that are asked for."""

_TAGS: Final = {
    "name": "name", "name_vi": "name:vi", "name_en": "name:en", "alt_name": "alt_name",
    "place": "place", "population": "population",
}  # fmt: skip


def places_query(bounds: tuple[float, float, float, float]) -> str:
    """Question in Overpass QL for the named places in west, south, east, north degrees.

    Ways and relations are asked for their middle.
    """
    west, south, east, north = bounds
    box = f"{south:g},{west:g},{north:g},{east:g}"
    kinds = "|".join(KINDS)
    return f'[out:json][timeout:120];nwr["place"~"^({kinds})$"]["name"]({box});out center tags;'


def write_places(answer: Path) -> Path:
    """Write an answer as GeoJSON beside it, in the order of type and number.

    Parameters
    ----------
    answer
        JSON of Overpass.

    Returns
    -------
    The GeoJSON: points in EPSG:4326 with ``osm_id``, ``name``, ``name_vi``, ``name_en``,
    ``alt_name``, ``place``, ``population`` (text, as volunteers wrote it).

    Raises
    ------
    FetchError
        ``broken-answer``, or ``cut-answer`` if Overpass says that it stopped before the end.
    """
    features = [feature for element in _elements(answer) if (feature := _feature(element))]
    features.sort(key=lambda feature: feature["properties"]["osm_id"])
    document = {
        "type": "FeatureCollection",
        "attribution": "© OpenStreetMap contributors, ODbL 1.0",
        "features": features,
    }
    target = geojson_of(answer)
    aside = target.with_name(f".{target.name}.writing")
    try:
        text = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
        aside.write_text(text, encoding="utf-8", newline="\n")
        aside.replace(target)
    except OSError as error:
        raise not_written(target, error) from error
    return target


def geojson_of(answer: Path) -> Path:
    """Where the GeoJSON of an answer stands."""
    return answer.with_suffix(".geojson")


def _elements(answer: Path) -> list[dict[str, Any]]:
    try:
        document = json.loads(answer.read_text(encoding="utf-8"))
        elements = document["elements"]
        remark = str(document.get("remark", ""))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise _unusable("broken-answer", answer, plain_error(error)) from error
    if not isinstance(elements, list):
        raise _unusable("broken-answer", answer, "'elements' that is no list")
    if "error" in remark.lower():
        raise _unusable("cut-answer", answer, f"the server's remark '{remark[:200]}'")
    return elements


def _feature(element: dict[str, Any]) -> dict[str, Any] | None:
    """Point of a place; None for an element without a position."""
    at = element.get("center", element)
    if "lon" not in at or "lat" not in at:
        return None
    tags = element.get("tags", {})
    named = {key: tags[tag] for key, tag in _TAGS.items() if tag in tags}
    return {
        "type": "Feature",
        "properties": {"osm_id": f"{element['type']}/{element['id']}", **named},
        "geometry": {"type": "Point", "coordinates": [at["lon"], at["lat"]]},
    }


def _unusable(code: str, answer: Path, found: str) -> FetchError:
    return FetchError(
        code,
        str(answer),
        found,
        "a whole answer of Overpass",
        "fetch it again, at another hour if the server is busy",
    )
