"""How far models differ over the same network: land and people that change sides, by commune."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from qn_coverage.analysis import zonal
from qn_coverage.analysis.levels import PROVINCE_CODE
from qn_coverage.core.progress import SILENT
from qn_coverage.inputs import read_inputs
from qn_coverage.study import compute_coverage

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from qn_coverage.analysis.zonal import Zones
    from qn_coverage.core.progress import Progress
    from qn_coverage.core.scenario import Scenario


def compare_models(
    scenario: Scenario,
    models: Sequence[str],
    *,
    reference: str,
    threads: int | None = None,
    progress: Progress = SILENT,
) -> pd.DataFrame:
    """Coverage after the programme by several models against a reference model.

    Parameters
    ----------
    scenario
        The study; its model is replaced by each one in turn.
    models
        Names in the registry.
    reference
        Name of the model that the others are measured against.
    threads, progress
        As in `study.run_study`.

    Returns
    -------
    One row a model and commune, and one a model for the whole province (code ``"22"``): ``model``,
    ``code``, ``name_vi``, ``land_share``, ``population_share``, ``reference_land_share``,
    ``reference_population_share`` (0-1), and what changes sides: ``false_land_km2`` and
    ``false_population`` (covered by the model, not by the reference), ``missed_land_km2`` and
    ``missed_population`` (the other way round).
    """
    progress.stage("read and check inputs")
    inputs = read_inputs(scenario)
    communes = zonal.zones_of(
        "commune",
        inputs.communes["code"].tolist(),
        inputs.commune_land,
        population=inputs.population,
        village_units=np.empty(0, dtype=np.int64),
    )
    names = dict(zip(inputs.communes["code"], inputs.communes["name_vi"], strict=True))
    province = zonal.merged("province", communes, [PROVINCE_CODE] * len(communes.codes))
    names[PROVINCE_CODE] = "Tỉnh Quảng Ninh"

    def covered(name: str) -> npt.NDArray[np.bool_]:
        progress.stage(f"compute {name}")
        chosen = scenario.model.model_copy(update={"name": name})
        _, _, after = compute_coverage(
            scenario.model_copy(update={"model": chosen}),
            inputs,
            threads=threads,
            progress=progress,
        )
        return after.covered()

    truth = covered(reference)
    parts = []
    for name in models:
        found = truth if name == reference else covered(name)
        for zones in (province, communes):
            part = _differences(zones, found, truth)
            part.insert(0, "model", name)
            part.insert(2, "name_vi", [names[code] for code in zones.codes])
            parts.append(part)
    return pd.concat(parts, ignore_index=True)


def _differences(
    zones: Zones, found: npt.NDArray[np.bool_], truth: npt.NDArray[np.bool_]
) -> pd.DataFrame:
    everywhere = np.ones_like(truth)
    land, people = zones.land_km2(everywhere), zones.population(everywhere)
    with np.errstate(invalid="ignore"):
        return pd.DataFrame(
            {
                "code": zones.codes,
                "land_share": zones.land_km2(found) / land,
                "population_share": zones.population(found) / people,
                "reference_land_share": zones.land_km2(truth) / land,
                "reference_population_share": zones.population(truth) / people,
                "false_land_km2": zones.land_km2(found & ~truth),
                "false_population": zones.population(found & ~truth),
                "missed_land_km2": zones.land_km2(truth & ~found),
                "missed_population": zones.population(truth & ~found),
            }
        )
