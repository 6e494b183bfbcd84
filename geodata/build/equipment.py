"""What hangs on a mast: carriers, antennas, power and the day it came on air. All assumptions.

No transmit power, gain or EIRP of a Vietnamese site is public (``facts/NOT_FOUND.md``), nor are the
operators' blocks inside 900, 1800 and 2100 MHz: band centres stand for them. Which bands are used
for what is known (``facts/spectrum_bands.csv``).
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

FACES: Final = 3


@dataclass(frozen=True, slots=True)
class Carrier:
    """One carrier of a site.

    Attributes
    ----------
    technology, frequency_mhz, bandwidth_mhz
        As in the sector table.
    power_dbm, losses_db, gain_dbi
        Transmitter, combiner and feeder, antenna.
    beamwidth_h_deg, beamwidth_v_deg
        Half-power widths of the panel.
    """

    technology: str
    frequency_mhz: float
    bandwidth_mhz: float
    power_dbm: float
    losses_db: float
    gain_dbi: float
    beamwidth_h_deg: float = 65.0
    beamwidth_v_deg: float = 7.0

    @property
    def eirp_dbm(self) -> float:
        """Total over the carrier, in the main direction."""
        return round(self.power_dbm - self.losses_db + self.gain_dbi, 1)


CARRIERS: Final[Mapping[str, Carrier]] = MappingProxyType(
    {
        # 900 MHz from a cabinet on the ground: 45 m of 1/2" cable 3 dB, jumpers, connectors and
        # diplexer 2 dB; 2G a hybrid combiner of 3 dB besides. 10 W a carrier; 15 dBi panel: 47 dBm
        "2G900": Carrier("2G", 947.5, 0.2, 40.0, 8.0, 15.0, beamwidth_v_deg=14.0),
        # 10 W and 5 dB, or 20 W and 3 dB: 50 dBm and 57 dBm, a tenth of it on the pilot
        "3G900": Carrier("3G", 947.5, 5.0, 40.0, 5.0, 15.0, beamwidth_v_deg=14.0),
        "3G2100": Carrier("3G", 2140.0, 5.0, 43.0, 3.0, 17.0),
        # 2 × 20 W in 20 MHz; 17 dBi; 2 dB: 61 dBm, 30.2 dBm a resource element
        "4G1800": Carrier("4G", 1842.5, 20.0, 46.0, 2.0, 17.0),
        # 200 W in 100 MHz; 24 dBi beam: 77 dBm, 41.8 dBm a resource element
        "5G2600": Carrier("5G", 2550.0, 100.0, 53.0, 0.0, 24.0, beamwidth_v_deg=8.0),
        "5G3700": Carrier("5G", 3750.0, 100.0, 53.0, 0.0, 24.0, beamwidth_v_deg=8.0),
    }
)
"""Carriers by name; 5G 2500-2600 is Viettel's block, 3700-3800 VNPT's (auction of March 2024)."""


@dataclass(frozen=True, slots=True)
class Mounting:
    """Antenna height and tilt.

    Attributes
    ----------
    height_m
        Lowest and highest antenna centre above ground.
    downtilt_deg
        Below the horizon.
    """

    height_m: tuple[float, float]
    downtilt_deg: float


MOUNTINGS: Final[Mapping[str, Mounting]] = MappingProxyType(
    {
        "town centre": Mounting((22.0, 28.0), 7.0),
        "town": Mounting((24.0, 32.0), 5.0),
        "suburb": Mounting((30.0, 40.0), 4.0),
        "countryside": Mounting((36.0, 45.0), 2.0),
        "remote": Mounting((24.0, 32.0), 2.0),
        "hilltop": Mounting((36.0, 45.0), 3.0),
    }
)
"""By kind of place. No heights of masts in the province are public: 20-45 m is usual."""


def sector_rows(
    site: Mapping[str, Any],
    carriers: Mapping[str, date],
    *,
    azimuth_deg: float,
    downtilt_deg: float,
) -> list[dict[str, Any]]:
    """Rows of a site: three faces for each carrier.

    Parameters
    ----------
    site
        Columns that all rows share: identity, position, operator, height, origin.
    carriers
        Name of each carrier with its first day on air.
    azimuth_deg
        Direction of the first face.
    downtilt_deg
        Of every face.
    """
    return [
        {
            **site,
            "sector_id": f"{site['site_id']}-{name}-{face + 1}",
            "technology": carrier.technology,
            "frequency_mhz": carrier.frequency_mhz,
            "bandwidth_mhz": carrier.bandwidth_mhz,
            "azimuth_deg": round((azimuth_deg + face * 360.0 / FACES) % 360.0, 1),
            "downtilt_deg": downtilt_deg,
            "beamwidth_h_deg": carrier.beamwidth_h_deg,
            "beamwidth_v_deg": carrier.beamwidth_v_deg,
            "eirp_dbm": carrier.eirp_dbm,
            "on_air": on_air,
        }
        for name, on_air in carriers.items()
        for carrier in (CARRIERS[name],)
        for face in range(FACES)
    ]
