"""Which values of the sector table nobody gave, for how many sites or sectors, and what they are.

Rows of origin ``modelled`` are not counted: nothing of them was given, and the summary says so.
"""

from __future__ import annotations

from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from qn_coverage.core.text import parts_of, with_comma

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

_SITE: Final = ("trạm", "sites")
_SECTOR: Final = ("sector", "sectors")
_ALL_AROUND: Final = ("phát mọi hướng", "all around")
_NOTHING: Final = ("để trống", "left empty")

_COLUMNS: Final[Mapping[str, tuple[str, str, str, tuple[str, str], tuple[str, str]]]] = (
    MappingProxyType(
        {
            "operator": ("nhà mạng", "operator", "", _SITE, _NOTHING),
            "technology": ("công nghệ", "technology", "", _SECTOR, _NOTHING),
            "height_agl_m": ("chiều cao anten", "antenna height", " m", _SITE, _NOTHING),
            "azimuth_deg": ("hướng anten", "azimuth", "°", _SECTOR, _ALL_AROUND),
            "beamwidth_h_deg": ("búp sóng ngang", "horizontal beamwidth", "°", _SECTOR,
                                _ALL_AROUND),
            "beamwidth_v_deg": ("búp sóng đứng", "vertical beamwidth", "°", _SECTOR, _NOTHING),
            "downtilt_deg": ("góc cụp", "downtilt", "°", _SECTOR, _NOTHING),
            "frequency_mhz": ("tần số", "frequency", " MHz", _SECTOR, _NOTHING),
            "bandwidth_mhz": ("độ rộng kênh", "bandwidth", " MHz", _SECTOR, _NOTHING),
            "eirp_dbm": ("EIRP", "EIRP", " dBm", _SECTOR, _NOTHING),
            "losses_db": ("suy hao feeder", "feeder losses", " dB", _SECTOR, ("0 dB", "0 dB")),
            "on_air": ("ngày phát sóng", "day on air", "", _SECTOR, _NOTHING),
            "uncertainty_m": ("sai số vị trí", "position error", " m", _SITE, _NOTHING),
            "origin": ("nguồn gốc", "origin", "", _SITE, _NOTHING),
        }
    )
)  # fmt: skip
"""Name in Vietnamese and English, unit, what is counted, and what an empty cell is taken for; in
the order in which they are told."""

_SHOWN: Final = 3
"""Most different values that are written one by one; more are a range."""


def assumed_columns(sectors: pd.DataFrame) -> list[list[str]]:
    """Names of the columns that each row was not given; none of a modelled row."""
    if "assumed" not in sectors:
        return [[] for _ in range(len(sectors))]
    return [
        [] if origin == "modelled" else parts_of(told)
        for told, origin in zip(sectors["assumed"], sectors["origin"], strict=True)
    ]


def assumed_of_sites(sectors: pd.DataFrame) -> pd.Series[str]:
    """Columns that a site's sectors were not given, "; " between, by ``site_id``."""
    names = pd.Series(assumed_columns(sectors), index=sectors["site_id"], dtype=object)
    return names.groupby(level=0).agg(
        lambda rows: "; ".join(dict.fromkeys(name for row in rows for name in row))
    )


def assumption_caveat(sectors: pd.DataFrame) -> dict[str, str] | None:
    """Caveat that counts the assumed values of each column and says them; None if there are none.

    Parameters
    ----------
    sectors
        Of a study, as `data.sites.read_sectors` gives them.
    """
    rows = assumed_columns(sectors)
    there = dict.fromkeys(name for row in rows for name in row)
    told = [
        _told(name, sectors, pd.Series([name in row for row in rows]).to_numpy())
        for name in [*(c for c in _COLUMNS if c in there), *(c for c in there if c not in _COLUMNS)]
    ]
    if not told:
        return None
    return {
        "key": "assumed_values",
        "vi": "Danh sách trạm không ghi, phải lấy giá trị giả định: "
        + "; ".join(vi for vi, _ in told)
        + ".",
        "en": "The site list does not say, so these values are assumed: "
        + "; ".join(en for _, en in told)
        + ".",
    }


def _told(name: str, sectors: pd.DataFrame, rows: npt.NDArray[Any]) -> tuple[str, str]:
    vi, en, unit, (one_vi, one_en), empty = _COLUMNS.get(name, (name, name, "", _SECTOR, _NOTHING))
    by_site = (one_vi, one_en) == _SITE
    some = int(sectors["site_id"][rows].nunique() if by_site else rows.sum())
    every = int(sectors["site_id"].nunique() if by_site else len(sectors))
    values = sectors[name][rows] if name in sectors else pd.Series([None], dtype=object)
    value_vi, value_en = _values(values, unit, empty)
    return (
        f"{vi} của {some} trong {every} {one_vi} ({value_vi})",
        f"{en} of {some} of {every} {one_en} ({value_en})",
    )


def _values(values: pd.Series[Any], unit: str, empty: tuple[str, str]) -> tuple[str, str]:
    shown = [_plain(value) for value in sorted(values.dropna().drop_duplicates().tolist())]
    text = " / ".join(shown) if len(shown) <= _SHOWN else f"{shown[0]} … {shown[-1]}"
    text_vi = with_comma(text) if pd.api.types.is_numeric_dtype(values) else text
    said = [(f"{text_vi}{unit}", f"{text}{unit}")] if shown else []
    if values.isna().any():
        said.append(empty)
    return " / ".join(vi for vi, _ in said), " / ".join(en for _, en in said)


def _plain(value: Any) -> str:
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    return value if isinstance(value, str) else f"{value:g}"
