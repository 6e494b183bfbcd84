"""Where terrain of a planning grade is published, and on what terms."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_TIFF: Final = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_GZIP: Final = (b"\x1f\x8b",)


@dataclass(frozen=True, slots=True)
class TerrainSource:
    """Where tiles of one degree come from, and on what terms.

    Attributes
    ----------
    name, title
        Name in the command, and what it is.
    base_url
        Folder of the tiles; a mirror has the same names below its own.
    tile
        Path of the tile below the base for its south-west corner, in the notation of `_tile_path`.
    starts
        What the first bytes of a tile may be.
    licence
        Terms and credit, written beside the tiles.
    """

    name: str
    title: str
    base_url: str
    tile: str
    starts: tuple[bytes, ...]
    licence: str


SOURCES: Final[Mapping[str, TerrainSource]] = MappingProxyType(
    {
        "glo30": TerrainSource(
            name="glo30",
            title="Copernicus DEM GLO-30 (surface heights, 1″, EGM2008, 2011-2015)",
            base_url="https://copernicus-dem-30m.s3.amazonaws.com",
            tile="Copernicus_DSM_COG_10_{ns}{lat:02d}_00_{ew}{lon:03d}_00_DEM/"
            "Copernicus_DSM_COG_10_{ns}{lat:02d}_00_{ew}{lon:03d}_00_DEM.tif",
            starts=_TIFF,
            licence=(
                "Copernicus DEM GLO-30 Public, free of charge under the licence that\n"
                "https://copernicus-dem-30m.s3.amazonaws.com/readme.html names. Credit on maps:\n\n"
                "produced using Copernicus WorldDEM-30 © DLR e.V. 2010-2014 and © Airbus Defence\n"
                "and Space GmbH 2014-2018 provided under COPERNICUS by the European Union and\n"
                "ESA; all rights reserved\n\n"
                "Heights of the surface: woods and buildings are in them. There are no tiles of\n"
                "open sea.\n"
            ),
        ),
        "srtm": TerrainSource(
            name="srtm",
            title="SRTM, 1″ HGT tiles of the open data set Terrain Tiles (EGM96, February 2000)",
            base_url="https://s3.amazonaws.com/elevation-tiles-prod/skadi",
            tile="{ns}{lat:02d}/{ns}{lat:02d}{ew}{lon:03d}.hgt.gz",
            starts=_GZIP,
            licence=(
                "Terrain Tiles (skadi), compiled by Mapzen/Tilezen from SRTM and, where SRTM has\n"
                "no heights, from other open data (at sea: depths of ETOPO1). SRTM is in the\n"
                "public domain. Terms: https://github.com/tilezen/joerd/blob/master/docs/\n"
                "attribution.md. Credit on maps:\n\n"
                "U.S. Geological Survey, and U.S. National Oceanic and Atmospheric Administration\n"
            ),
        ),
    }
)
"""Sources by name. Their licences are kept as the publishers state them."""
