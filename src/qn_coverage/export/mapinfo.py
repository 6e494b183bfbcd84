"""MapInfo TAB and MIF, which Vietnamese radio planners exchange.

Written in EPSG:4326: GDAL drops the VN-2000 datum on its way into MapInfo's coordinate systems
without a word, which moves everything by about 209 m. Text is UTF-8, stated in the file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from qn_coverage.export.vector import write_layers

if TYPE_CHECKING:
    from pathlib import Path

    from qn_coverage.export.results import Results

NAME_LENGTH: Final = 31
"""Longest field name of MapInfo."""

# MapInfo stores coordinates as 32-bit steps between bounds: a box round the sea and land of the
# province and its neighbours makes a step of about a millimetre.
_BOUNDS: Final = "90,0,130,40"


def write_tab(results: Results, path: Path) -> None:
    """Write one ``.tab`` (with ``.dat``, ``.map``, ``.id``) a layer into a folder.

    Parameters
    ----------
    results
        What to write.
    path
        Folder, made here.
    """
    write_layers(results, path, suffix=".tab", length=NAME_LENGTH, options=_tab)


def write_mif(results: Results, path: Path) -> None:
    """Write one ``.mif`` (with ``.mid``) a layer into a folder, the exchange format in text.

    Parameters
    ----------
    results
        What to write.
    path
        Folder, made here.
    """
    write_layers(results, path, suffix=".mif", length=NAME_LENGTH, options=_mif)


def _tab(_: str) -> dict[str, Any]:
    return {"driver": "MapInfo File", "ENCODING": "UTF-8", "BOUNDS": _BOUNDS}


def _mif(_: str) -> dict[str, Any]:
    return {"driver": "MapInfo File", "ENCODING": "UTF-8", "FORMAT": "MIF"}
