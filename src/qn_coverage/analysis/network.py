"""Sector table → emitters: dates, layers and link budget, ready for the physics."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from qn_coverage.analysis.antennas import antennas_of
from qn_coverage.analysis.coverage import Layer
from qn_coverage.propagation import link_budget
from qn_coverage.propagation.emitters import Emitters

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    import geopandas as gpd
    import numpy.typing as npt

    from qn_coverage.core.scenario import Scenario
    from qn_coverage.propagation.antenna_table import Patterns
    from qn_coverage.propagation.buffer import Radius


def on_air(sectors: pd.DataFrame, day: date) -> npt.NDArray[np.bool_]:
    """Whether each sector is on air on a day: ``on_air <= day < off_air``, shape (n,)."""
    started = pd.to_datetime(sectors["on_air"]) <= pd.Timestamp(day)
    ended = pd.to_datetime(sectors["off_air"]) <= pd.Timestamp(day)
    return np.asarray(started & ~ended, dtype=np.bool_)


def layers_of(sectors: pd.DataFrame, scenario: Scenario) -> tuple[Layer, ...]:
    """One layer for each operator's technology, sorted, with the median level that covers.

    The median must exceed the scenario's threshold by z(p) · σ, so that the threshold is exceeded
    at the scenario's share of locations inside a cell.
    """
    service = scenario.service
    margin_db = link_budget.location_margin_db(
        service.location_probability, service.location_sigma_db
    )
    thresholds: dict[str, float] = dict(service.threshold_dbm.items())
    pairs = sorted({*zip(sectors["operator"], sectors["technology"], strict=True)})
    return tuple(
        Layer(operator, technology, thresholds[technology] + margin_db)
        for operator, technology in pairs
    )


def emitters_of(
    sectors: gpd.GeoDataFrame,
    layers: tuple[Layer, ...],
    *,
    crs: str,
    max_distance_km: float,
    radii: Mapping[str, Radius] | None = None,
    patterns: Patterns | None = None,
) -> Emitters:
    """Emitters of a sector table, numbered by its rows.

    Parameters
    ----------
    sectors
        Rows as in `core.schema.SECTORS`, with point geometry.
    layers
        Layers that hold every operator and technology of the table.
    crs
        CRS of the grid.
    max_distance_km
        How far each emitter is followed.
    radii
        Radius by technology of a buffer model, which ends an emitter's reach earlier.
    patterns
        Antennas that the column ``antenna`` names; see `antennas.antennas_of`.
    """
    points = sectors.geometry.to_crs(crs)
    index_of = {(layer.operator, layer.technology): i for i, layer in enumerate(layers)}
    pairs = zip(sectors["operator"], sectors["technology"], strict=True)
    return Emitters(
        x_m=_floats(points.x),
        y_m=_floats(points.y),
        height_agl_m=_floats(sectors["height_agl_m"]),
        frequency_mhz=_floats(sectors["frequency_mhz"]),
        reference_eirp_dbm=link_budget.reference_eirp_dbm(
            sectors["technology"],
            eirp_dbm=_floats(sectors["eirp_dbm"]),
            bandwidth_mhz=_floats(sectors["bandwidth_mhz"]),
            frequency_mhz=_floats(sectors["frequency_mhz"]),
        ),
        azimuth_deg=_floats(sectors["azimuth_deg"]),
        beamwidth_h_deg=_floats(sectors["beamwidth_h_deg"]),
        beamwidth_v_deg=_floats(sectors["beamwidth_v_deg"]),
        max_distance_m=1000.0 * _reach_km(sectors["technology"], max_distance_km, radii),
        layer=np.array([index_of[pair] for pair in pairs], dtype=np.int32),
        required_dbm=np.array([layer.required_dbm for layer in layers], dtype=np.float64),
        number=np.arange(len(sectors), dtype=np.int32),
        site=site_numbers(sectors),
        **antennas_of(sectors, patterns),
    )


def site_numbers(sectors: pd.DataFrame) -> npt.NDArray[np.int32]:
    """Number of each sector's site, in the order in which sites first appear, int32 (n,)."""
    if "site_id" not in sectors:
        return np.arange(len(sectors), dtype=np.int32)
    return pd.factorize(sectors["site_id"])[0].astype(np.int32)


def _reach_km(
    technologies: pd.Series[str], max_distance_km: float, radii: Mapping[str, Radius] | None
) -> npt.NDArray[np.float64]:
    if radii is None:
        return np.full(len(technologies), max_distance_km)
    return np.array([min(max_distance_km, radii[name].radius_km) for name in technologies])


def _floats(column: pd.Series[float]) -> npt.NDArray[np.float64]:
    return np.ascontiguousarray(column.to_numpy(dtype=np.float64, na_value=np.nan))
