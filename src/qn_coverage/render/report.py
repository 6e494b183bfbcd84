"""The report: one page that prints to A4, Vietnamese with English beside it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from qn_coverage.render import page, report_parts, report_time, vendored
from qn_coverage.render.labels import LABELS
from qn_coverage.render.report_map import map_legend, report_map
from qn_coverage.render.written import both, date_of, escaped, label, section

if TYPE_CHECKING:
    from qn_coverage.study import Study

_POLICY: Final = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'"
_MAP_TITLE: Final = (
    "Bản đồ sau chương trình",
    "Map of the state after the programme",
)


def write_report(study: Study, path: Path | str) -> None:
    """Write the report of a study as UTF-8 with Unix line ends."""
    Path(path).write_text(render_report(study), encoding="utf-8", newline="\n")


def render_report(study: Study, map_png: bytes | None = None) -> str:
    """Report of a study, the same text for the same study; it loads nothing and runs nothing.

    Parameters
    ----------
    study
        Answers of a scenario.
    map_png
        Picture to show in place of the drawn map.
    """
    worst = report_parts.worst_communes(study)
    body = "".join(
        (
            _title(study),
            report_parts.headline(study),
            report_parts.villages(study),
            _map(study, worst["code"].tolist(), map_png),
            report_parts.communes(worst),
            report_time.timeline(study),
            report_parts.gaps(study),
            report_time.sites(study),
            report_parts.measurements(study),
            report_parts.claims(study),
            report_parts.indicators(study),
            report_parts.method(study),
            report_parts.sources(study),
        )
    )
    name = escaped(study.scenario.study.name_vi)
    return (
        '<!DOCTYPE html>\n<html lang="vi">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{name}</title>\n<style>\n{vendored.own_text('qn_report.css')}</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _title(study: Study) -> str:
    asked = study.scenario.study
    dates = label("header.dates", after=date_of(study.after.on), before=date_of(study.before.on))
    return (
        f'<header><h1>{both((asked.name_vi, asked.name_en))}</h1><p class="dates">{dates}</p>'
        f'<p class="badge">{escaped(_modelled())}</p></header>'
    )


def _modelled() -> str:
    return LABELS["modelled.both"][0]


def _map(study: Study, numbered: list[Any], map_png: bytes | None) -> str:
    if map_png is None:
        picture = report_map(study, numbered) + map_legend(study)
    else:
        picture = f'<img class="map" alt="" src="{page.data_uri(map_png, "image/png")}">'
    return section(_MAP_TITLE, picture, kind="whole")
