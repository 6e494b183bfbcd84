"""What a bare list of stations leaves out: stated by its antennas, or assumed, and said."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from qn_coverage.core.operators import spelled
from qn_coverage.core.text import fold, parts_of
from qn_coverage.data import sector_antennas
from qn_coverage.data.formats import by_value
from qn_coverage.data.problems import rows_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    import numpy.typing as npt

    from qn_coverage.data.antenna_files import NamedAntennas


DEFAULTS: Final[Mapping[str, Mapping[str, float]]] = MappingProxyType(
    {
        # 10 W a carrier, 6 dB of combiner and feeder, 15 dBi
        "2G": {"frequency_mhz": 947.5, "bandwidth_mhz": 0.2, "eirp_dbm": 49.0},
        # 20 W, 3 dB, 17 dBi
        "3G": {"frequency_mhz": 2140.0, "bandwidth_mhz": 5.0, "eirp_dbm": 57.0},
        # 2 × 20 W, 2 dB, 17 dBi
        "4G": {"frequency_mhz": 1842.5, "bandwidth_mhz": 20.0, "eirp_dbm": 61.0},
        # 200 W, 24 dBi
        "5G": {"frequency_mhz": 3750.0, "bandwidth_mhz": 100.0, "eirp_dbm": 77.0},
    }
)
"""What a missing cell is taken for, by technology. An assumption: no power, gain or EIRP of a
Vietnamese site is public. The shipped stand-in network loses 2 dB more at 900 MHz, for its long
cables, and builds some of its 3G there."""

COMMON_DEFAULTS: Final[Mapping[str, float]] = MappingProxyType(
    {"height_agl_m": 30.0, "downtilt_deg": 3.0, "beamwidth_v_deg": 8.0, "uncertainty_m": 100.0}
)
"""What a missing cell is taken for, whatever the technology: an assumption."""

BEAMWIDTH_H_DEG: Final = 65.0
"""Horizontal half-power width of a face whose azimuth is given and whose width is not."""

UNKNOWN_AZIMUTH_DB: Final = 3.4
"""How much an assumed EIRP is lowered where the azimuths are not known and a row stands for all
faces: the mean over the compass of 12 (φ/65°)² dB for three faces, 12 · 60²/(3 · 65²)."""

ALWAYS: Final = "1990-01-01"
"""Day on which a sector without ``on_air`` is taken to have started: before every study."""

_BY_TECHNOLOGY: Final = ("frequency_mhz", "bandwidth_mhz", "eirp_dbm")
_SAME_PLACE_DIGITS: Final = 5


class _Completion:
    """A frame that is being completed, with the columns that were assumed for each row."""

    def __init__(self, frame: gpd.GeoDataFrame) -> None:
        self.frame = frame.copy()
        self.assumed: list[list[str]] = [[] for _ in range(len(frame))]

    def fill(self, column: str, values: object, where: pd.Series[bool] | None = None) -> None:
        """Fill the empty cells of a column, among the rows of `where`."""
        if column not in self.frame:
            self.frame[column] = pd.Series(None, index=self.frame.index, dtype="object")
        new = pd.Series(values, index=self.frame.index, dtype="object")
        empty = self.frame[column].isna() & new.notna()
        if where is not None:
            empty &= where
        self.frame[column] = self.frame[column].astype("object").mask(empty, new)
        self.note(column, empty)

    def state(self, column: str, values: npt.NDArray[np.float64]) -> None:
        """As `fill`, of numbers that the files state: nothing is noted, NaN fills nothing."""
        if np.isnan(values).all():
            return
        before = [list(names) for names in self.assumed]
        self.fill(column, _some(values))
        self.assumed = before

    def admitted(self, column: str) -> pd.Series[bool]:
        """Rows whose own ``assumed`` names the column."""
        told = self.frame.get("assumed", pd.Series(None, index=self.frame.index, dtype="object"))
        return told.map(lambda names: column in parts_of(names)).astype(bool)

    def note(self, column: str, rows: pd.Series[bool]) -> None:
        for row in rows_of(rows):
            self.assumed[row].append(column)

    def done(self) -> gpd.GeoDataFrame:
        """The completed frame; what the file itself says of ``assumed`` comes first."""
        told = self.frame.get("assumed", pd.Series(None, index=self.frame.index, dtype="object"))
        self.frame["assumed"] = [
            "; ".join(dict.fromkeys([*parts_of(before), *names]))
            for before, names in zip(told, self.assumed, strict=True)
        ]
        return self.frame


def completed(given: gpd.GeoDataFrame, named: NamedAntennas) -> gpd.GeoDataFrame:
    """The table as read with what it leaves out; see `sites.read_sectors`."""
    work = _Completion(given)
    _fill_from_antennas(work, named)
    no_azimuths = "azimuth_deg" not in given
    if "operator" in given:
        work.frame["operator"] = by_value(given["operator"], lambda name: spelled(str(name)))
    if "technology" in given:
        technology = by_value(given["technology"], lambda name: str(name).upper())
        for column in _BY_TECHNOLOGY:
            values = technology.map({name: row[column] for name, row in DEFAULTS.items()})
            lower = UNKNOWN_AZIMUTH_DB if no_azimuths and column == "eirp_dbm" else 0.0
            work.fill(column, values - lower)
    for column, value in COMMON_DEFAULTS.items():
        where = work.admitted(column) if column == "height_agl_m" and column in given else None
        work.fill(column, value, where=where)
    if no_azimuths:
        work.fill("azimuth_deg", None)
        work.fill("beamwidth_h_deg", None)
        work.note("azimuth_deg", work.frame["azimuth_deg"].isna())
    else:
        work.fill("beamwidth_h_deg", BEAMWIDTH_H_DEG, where=given["azimuth_deg"].notna())
    work.fill("on_air", ALWAYS)
    work.fill("origin", "estimated")
    return _with_ids(work.done())


def _fill_from_antennas(work: _Completion, named: NamedAntennas) -> None:
    """What power and named antennas give: nothing of it is assumed but what is said to be."""
    frame = work.frame
    if "antenna" in frame:
        frame["antenna"] = sector_antennas.named_column(frame, named)
    mechanical = sector_antennas.numbers_of(frame, "mechanical_tilt_deg")
    own = sector_antennas.tilts_deg(frame, named)
    work.state("downtilt_deg", mechanical + own)
    work.fill("downtilt_deg", _some(np.where(np.isnan(own), mechanical, own)))
    eirp = sector_antennas.powered_eirp_dbm(frame, named)
    powered = pd.Series(~np.isnan(eirp), index=frame.index)
    if powered.any():
        lossless = powered & np.isnan(sector_antennas.numbers_of(frame, "losses_db"))
        without = lossless & (frame["eirp_dbm"].isna() if "eirp_dbm" in frame else True)
        work.state("eirp_dbm", eirp)
        work.note("losses_db", without)
    across, down = sector_antennas.widths_deg(frame, named)
    if "azimuth_deg" in frame:
        work.state("beamwidth_h_deg", np.where(frame["azimuth_deg"].notna(), across, np.nan))
    work.state("beamwidth_v_deg", down)


def _some(values: npt.NDArray[np.float64]) -> list[float | None]:
    return [None if np.isnan(value) else value for value in values.tolist()]


def _with_ids(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    if "site_id" not in frame and {"name", "operator"} <= set(frame.columns):
        frame["site_id"] = _site_ids(frame)
    if "sector_id" not in frame and {"site_id", "technology"} <= set(frame.columns):
        keys = [
            f"{site}-{kind}"
            for site, kind in zip(frame["site_id"], frame["technology"], strict=True)
        ]
        number = pd.Series(keys, index=frame.index).groupby(keys).cumcount() + 1
        frame["sector_id"] = [f"{key}-{n}" for key, n in zip(keys, number, strict=True)]
    return frame


def _site_ids(frame: gpd.GeoDataFrame) -> pd.Series[Any]:
    """Operator and name; places that share both are numbered in the order of the file."""
    keys = [
        f"{operator}-{fold(str(name)).replace(' ', '-')}"
        for operator, name in zip(frame["operator"], frame["name"], strict=True)
    ]
    places = frame.geometry.to_wkt(rounding_precision=_SAME_PLACE_DIGITS)
    known: dict[str, list[object]] = {}
    ids = []
    for key, place in zip(keys, places, strict=True):
        at = known.setdefault(key, [])
        if place not in at:
            at.append(place)
        ids.append(key if at[0] == place else f"{key}-{at.index(place) + 1}")
    return pd.Series(ids, index=frame.index, dtype="object").where(frame["name"].notna(), None)
