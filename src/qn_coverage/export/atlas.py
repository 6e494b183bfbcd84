"""PNG and PDF maps for print: A4 and A3, four themes, everything a printed map needs.

Drawn in VN-2000 / TM-3 107°45′, so that the grid on the paper is the one of local maps.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Final, Literal

from qn_coverage.core.errors import CoverageError
from qn_coverage.export.atlas_layers import (
    LegendEntry,
    draw_communes,
    draw_margin,
    draw_outlines,
    draw_points,
    draw_shares,
)
from qn_coverage.export.atlas_sheet import PAPERS_MM, furnish, new_sheet

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from qn_coverage.export.results import Results

Paper = Literal["A4", "A3"]

_DPI: Final = 200


@dataclass(frozen=True, slots=True)
class Theme:
    """One map: its file name, its titles (``{day}`` is the day of the state) and what it draws."""

    name: str
    vi: str
    en: str
    state: Literal["before", "after"]
    draw: Callable[[Axes, Results], list[LegendEntry]]


def _signal(state: str) -> Callable[[Axes, Results], list[LegendEntry]]:
    def draw(axes: Axes, results: Results) -> list[LegendEntry]:
        return [
            *draw_margin(axes, results, state=state),
            *draw_outlines(axes, results),
            *(draw_points(axes, results, "gaps", filled=False) if state == "after" else []),
        ]

    return draw


def _population(axes: Axes, results: Results) -> list[LegendEntry]:
    shares = draw_shares(axes, results, column="population_share_after")
    return [*shares, *draw_outlines(axes, results, names=True)]


def _villages(axes: Axes, results: Results) -> list[LegendEntry]:
    return [
        *draw_communes(axes, results),
        *draw_outlines(axes, results),
        *draw_points(axes, results, "gaps"),
        *draw_points(axes, results, "villages"),
        *draw_points(axes, results, "places"),
    ]


THEMES: Final = (
    Theme(
        "tin-hieu-truoc_signal-before",
        "Dự trữ tín hiệu di động trước chương trình, ngày {day}",
        "Mobile signal margin before the programme",
        "before",
        _signal("before"),
    ),
    Theme(
        "tin-hieu-sau_signal-after",
        "Dự trữ tín hiệu di động sau chương trình, ngày {day}",
        "Mobile signal margin after the programme",
        "after",
        _signal("after"),
    ),
    Theme(
        "dan-so-co-song_population",
        "Tỷ lệ dân số có sóng theo xã, ngày {day}",
        "Population with signal, by commune",
        "after",
        _population,
    ),
    Theme(
        "thon-ban_villages",
        "Thôn, bản được xét và vùng trắng, lõm sóng, ngày {day}",
        "Villages examined and coverage gaps",
        "after",
        _villages,
    ),
)
"""Maps of the atlas in their order."""


def write_png(results: Results, path: Path, *, paper: Paper) -> None:
    """Write one PNG a theme, at 200 dots an inch, into a folder.

    Parameters
    ----------
    results
        What to draw.
    path
        Folder, made here.
    paper
        Size of the sheet, landscape.

    Raises
    ------
    CoverageError
        matplotlib is not installed.
    """
    with _style():
        path.mkdir(parents=True, exist_ok=True)
        for theme in THEMES:
            _figure(theme, results, paper).savefig(
                path / f"{theme.name}.png", dpi=_DPI, metadata={"Software": None}, format="png"
            )


def write_pdf(results: Results, path: Path, *, paper: Paper) -> None:
    """Write all themes as the pages of one PDF, vectors and fonts inside.

    Parameters
    ----------
    results
        What to draw.
    path
        File to write.
    paper
        Size of the sheet, landscape.

    Raises
    ------
    CoverageError
        matplotlib is not installed.
    """
    # The fonts are written when the PDF is closed, so the settings must last until then.
    with _style():
        from matplotlib.backends.backend_pdf import PdfPages  # noqa: PLC0415

        about = {
            "Title": results.summary["name_vi"],
            "Creator": "qn-coverage",
            "Producer": None,
            "CreationDate": results.created,
        }
        with PdfPages(path, metadata=about) as pages:
            for theme in THEMES:
                pages.savefig(_figure(theme, results, paper), dpi=_DPI)


@contextmanager
def _style() -> Iterator[None]:
    """Our own settings, whatever the caller's."""
    _check_matplotlib()
    import matplotlib as mpl  # noqa: PLC0415

    with mpl.rc_context():
        mpl.rcdefaults()
        # DejaVu Sans comes with matplotlib and has every Vietnamese letter.
        mpl.rcParams["font.family"] = "DejaVu Sans"
        mpl.rcParams["pdf.fonttype"] = 42  # TrueType inside, so that text can be searched
        yield


def _figure(theme: Theme, results: Results, paper: Paper) -> Figure:
    width_mm, height_mm = PAPERS_MM[paper]
    sheet = new_sheet(width_mm, height_mm, results)
    entries = theme.draw(sheet.map, results)
    day = "/".join(reversed(str(results.summary[theme.state]).split("-")))
    furnish(
        sheet,
        title_vi=theme.vi.format(day=day),
        title_en=f"{theme.en}, {results.summary[theme.state]}",
        entries=entries,
        results=results,
    )
    return sheet.figure


def _check_matplotlib() -> None:
    try:
        import_module("matplotlib")
    except ModuleNotFoundError as error:
        raise CoverageError(
            "bản đồ in cần matplotlib, chưa được cài / printed maps need matplotlib, which is not "
            "installed. "
            "Mend: pip install 'qn-coverage[maps]', or leave the formats that begin with 'map-'."
        ) from error
