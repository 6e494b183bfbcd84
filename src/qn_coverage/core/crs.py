"""The three coordinate reference systems of the toolkit, by role."""

from __future__ import annotations

from typing import Final

STORED: Final = "EPSG:4326"
"""WGS 84 longitude/latitude: files are stored and exchanged in it."""

COMPUTED: Final = "EPSG:5899"
"""VN-2000 / TM-3 107°45′: the province's own zone; distances and areas are computed in it."""

DRAWN: Final = "EPSG:3857"
"""Web Mercator: what the browser draws."""

PROVINCE_BOUNDS: Final = (106.35, 20.55, 108.35, 21.85)
"""Longitude/latitude box that holds the province with its territorial islands (west, south, east,
north). Positions outside it are refused at the door."""
