"""A study → the one JSON document that the page's scripts draw from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from qn_coverage.analysis.levels import PROVINCE_CODE
from qn_coverage.propagation.models import MODELS
from qn_coverage.render import answers, layers, legend, moments
from qn_coverage.render.labels import LABELS
from qn_coverage.render.sources import sources_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

    from qn_coverage.study import Study

GAP_SMOOTHING: Final = 0.9
"""Tolerance for drawing gaps, in cells: rounds off the staircase of the raster."""

_STATISTICS_LEVEL: Final = {
    "commune": "commune",
    "former": "former_commune",
    "district": "district",
}

_STATES: Final = ("before", "after")

LEVEL_TECHNOLOGY: Final = "4G"
"""Technology whose level is drawn, where the study has it."""


def page_document(study: Study) -> dict[str, Any]:
    """Everything the page shows but the images, as plain values.

    Parameters
    ----------
    study
        Answers of a scenario.
    """
    sites = layers.site_columns(study.sectors, study.sites)
    technology = level_technology(study)
    levels = {name: (_STATISTICS_LEVEL[name], frame) for name, frame in _levels(study).items()}
    return {
        "title": [study.scenario.study.name_vi, study.scenario.study.name_en],
        "dates": {
            "before": study.before.on.isoformat(),
            "after": study.after.on.isoformat(),
        },
        "cell": study.grid.cell_m,
        "model": {"title": model_title(study), "remarks": model_remarks(study)},
        "service": _service(study),
        "classes": answers.class_labels(study.rule),
        "rule": answers.class_limits(study.rule),
        "classCounts": answers.class_counts(study),
        "why": answers.why_document(study),
        "measurements": layers.compact(answers.measurement_columns(study)),
        "claims": answers.claim_rows(study),
        "indicators": answers.indicator_rows(study),
        "caveats": [[caveat["vi"], caveat["en"]] for caveat in study.summary["caveats"]],
        "headline": headline(study.summary),
        "extent": _extent(study),
        "units": _units(study),
        "gaps": layers.compact(
            layers.gap_columns(
                study.gaps, tolerance_m=GAP_SMOOTHING * study.grid.cell_m, crs=study.grid.crs
            )
        ),
        "timeline": moments.timeline_document(study, levels),
        "services": moments.services_document(study, levels),
        "villages": layers.compact(layers.village_columns(study.villages)),
        "places": layers.compact(layers.place_columns(study.places)),
        "sites": layers.compact(sites),
        "by": _breakdowns(study),
        "levelTechnology": "4G RSRP" if technology == "4G" else technology,
        "legend": _legend(study, technology),
        "colours": _colours(sites),
        "sources": sources_of(study),
        "labels": {key: list(pair) for key, pair in LABELS.items()},
    }


def headline(summary: Mapping[str, Any]) -> dict[str, Any]:
    """Figures of the province, before and after, from the study's summary."""
    province, villages = summary["province"], summary["villages"]
    verdicts = ("covered", "not_covered", "cannot_tell")
    return {
        "population": [province[f"population_share_{when}"] for when in ("before", "after")],
        "land": [province[f"land_share_{when}"] for when in ("before", "after")],
        **{
            f"{key}Range": [_range(province, f"{what}_share_{when}") for when in _STATES]
            for key, what in (("population", "population"), ("land", "land"))
        },
        "offPopulation": layers.whole(province["uncovered_population_after"]),
        "offLand": layers.whole(province["uncovered_land_km2_after"]),
        "villages": {
            "total": villages["total"],
            "before": {verdict: villages[f"before_{verdict}"] for verdict in verdicts},
            "after": {verdict: villages[f"after_{verdict}"] for verdict in verdicts},
        },
    }


def _range(province: Mapping[str, Any], share: str) -> list[float | None] | None:
    """5-95 % interval of a share; None where the summary has none."""
    ends = [province.get(f"{share}_{end}") for end in ("low", "high")]
    known = [layers.share(end) for end in ends if end is not None]
    return known if len(known) == len(ends) else None


def level_technology(study: Study) -> str:
    """Technology whose level is drawn: 4G, or the newest the study has."""
    names = sorted({layer.technology for layer in study.after.layers})
    return LEVEL_TECHNOLOGY if LEVEL_TECHNOLOGY in names or not names else names[-1]


def level_breaks_dbm(study: Study, technology: str) -> tuple[float, ...]:
    """Lower ends of the classes of level, from the rule that the study used."""
    threshold = study.scenario.service.threshold_dbm[technology]  # type: ignore[index]
    required = [
        layer.required_dbm for layer in study.after.layers if layer.technology == technology
    ]
    return legend.level_breaks_dbm(max(required, default=threshold), threshold)


def _legend(study: Study, technology: str) -> dict[str, Any]:
    level = legend.classes(level_breaks_dbm(study, technology), (*legend.LEVEL_COLOURS, ""))
    return {
        "share": legend.classes(legend.SHARE_BREAKS, legend.SHARE_COLOURS, scale=100.0),
        "level": level[:-1],
        "margin": legend.classes(legend.MARGIN_BREAKS_DB, legend.MARGIN_COLOURS),
        "since": moments.since_legend(study),
    }


def _colours(sites: layers.Columns) -> dict[str, Any]:
    return {
        "none": legend.NO_VALUE_COLOUR,
        "gap": legend.GAP_COLOUR,
        "verdict": legend.VERDICT_COLOURS,
        "class": legend.CLASS_COLOURS,
        "claim": legend.CLAIM_COLOURS,
        "measurement": legend.MEASUREMENT_COLOUR,
        "technology": legend.technology_colours(_distinct(sites["best"])),
        "operator": legend.operator_colours(_distinct(sites["op"])),
        "programme": legend.programme_colours(_distinct(sites.get("prog", []))),
    }


def _distinct(values: list[Any]) -> list[str]:
    return sorted({value for value in values if value})


def _levels(study: Study) -> dict[str, gpd.GeoDataFrame]:
    """Levels that have units: the page's name for each and its table."""
    levels = {
        "commune": study.communes,
        "former": study.former_communes,
        "district": study.districts,
    }
    return {name: frame for name, frame in levels.items() if not frame.empty}


def _units(study: Study) -> dict[str, dict[str, Any]]:
    return {
        level: layers.compact(layers.unit_columns(frame, tolerance_m=0.0, crs=study.grid.crs))
        for level, frame in _levels(study).items()
    }


def _breakdowns(study: Study) -> dict[str, Any]:
    """Shares by technology and operator: of each unit after the programme, of the province both."""
    statistics = study.layer_statistics
    units = {
        level: layers.breakdown(
            statistics, _STATISTICS_LEVEL[level], frame["code"].tolist(), state="after"
        )
        for level, frame in _levels(study).items()
    }
    province = [
        layers.breakdown(statistics, "province", [PROVINCE_CODE], state=state)
        for state in ("before", "after")
    ]
    return units | {"province": province}


def _extent(study: Study) -> list[list[float]]:
    west, south, east, north = (round(float(value), 5) for value in study.communes.total_bounds)
    return [[south, west], [north, east]]


def _service(study: Study) -> dict[str, Any]:
    used = {layer.technology for layer in study.after.layers}
    service = study.scenario.service
    return {
        "probability": service.location_probability,
        "sigma": service.location_sigma_db,
        "thresholds": [
            [name, dbm] for name, dbm in sorted(service.threshold_dbm.items()) if name in used
        ],
    }


def model_title(study: Study) -> list[str]:
    """Vietnamese and English name of the study's propagation model."""
    name = study.scenario.model.name
    # A caller's own function is not in the registry and goes by its name.
    model = MODELS.get(name)
    return [model.title_vi, model.title_en] if model else [name, name]


def model_remarks(study: Study) -> list[str]:
    """Keys of the labels that say what the model looks at and what its ground is worth."""
    model = MODELS.get(study.scenario.model.name)
    if model is None:
        return []
    if model.kind != "terrain":
        return ["method.flat"]
    screening = study.summary["terrain_grade"] == "screening"
    return ["method.terrain", *(["method.screening"] if screening else [])]
