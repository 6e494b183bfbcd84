"""Import the files that planners really have, and hand out templates to be filled in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from qn_coverage.commands import EXIT_MENDABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from qn_coverage.data.importing.report import Report

_SHOWN_ENDINGS = ".csv .csv.gz .txt .xlsx .xls .ods .kml .kmz .tab .mif .shp .gpkg .geojson .zip"


@click.group(
    "import",
    epilog="""\b
Examples:
  qn-coverage import sites viettel.xlsx vnpt.kmz --out sites.gpkg
  qn-coverage import villages thon-ban.xlsx --out villages.gpkg
  qn-coverage import measurements drive-test.csv --dry-run
""",
)
def import_() -> None:
    """Nhập danh sách của mình / Import planners' own lists: messy files in, strict files out.

    Whatever a cell does not plainly say is reported row by row as "taken as …"; what stays
    ambiguous is refused. docs/exchange-in.md names the columns that are known.
    """


def _mapping(
    _context: click.Context, option: click.Parameter, texts: Sequence[str]
) -> dict[str, str]:
    """Field by column; the last ``=`` parts, since a header may hold one."""
    return dict(_sides(option, text, text.rpartition("=")) for text in texts)


def _fixed(
    _context: click.Context, option: click.Parameter, texts: Sequence[str]
) -> dict[str, str]:
    """Value by field; the first ``=`` parts, since a value may hold one."""
    return dict(_sides(option, text, text.partition("=")) for text in texts)


def _sides(option: click.Parameter, text: str, parts: tuple[str, str, str]) -> tuple[str, str]:
    left, right = parts[0].strip(), parts[2].strip()
    if not left or not right:
        raise click.BadParameter(f"'{text}' is not {option.metavar}", param=option)
    return left, right


_OPTIONS = (
    click.argument(
        "files", nargs=-1, required=True, metavar="FILE…", type=click.Path(path_type=Path)
    ),
    click.option(
        "--out",
        type=click.Path(path_type=Path, dir_okay=False),
        help="Result: .gpkg, .parquet, .geojson or .csv; beside it the report, …-report.xlsx.",
    ),
    click.option(
        "--map",
        "mapping",
        multiple=True,
        metavar="COLUMN=FIELD",
        callback=_mapping,
        help="What a column means, stronger than its name; FIELD '-' leaves it out. Repeatable.",
    ),
    click.option(
        "--set",
        "fixed",
        multiple=True,
        metavar="FIELD=VALUE",
        callback=_fixed,
        help="Value of a field where the files have none, e.g. operator=Viettel. Repeatable.",
    ),
    click.option("--zone", help="Zone of metres: 107-45, UTM-48N or an EPSG code."),
    click.option(
        "--encoding",
        type=click.Choice(["utf-8", "utf-16", "tcvn3", "cp1258", "cp1252"]),
        help="Encoding of text files [default: detected].",
    ),
    click.option("--dry-run", is_flag=True, help="Print the report, write nothing."),
    click.option(
        "--skip-refused",
        is_flag=True,
        help="Leave refused rows out instead of writing nothing.",
    ),
)


def _with_options(command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@import_.command(
    epilog=f"""\b
Examples:
  qn-coverage import sites viettel.xlsx vnpt.kmz --out sites.gpkg
  qn-coverage import sites list.csv --map "Cột=height_agl_m" --set operator=Viettel --out sites.csv
  qn-coverage import sites bts.tab --zone 107-45 --skip-refused --out sites.gpkg
  qn-coverage import sites 452.csv.gz --out opencellid.gpkg

Files: {_SHOWN_ENDINGS}
"""
)
@_with_options
def sites(files: tuple[Path, ...], out: Path | None, **options: Any) -> None:
    """Trạm / Stations and sectors of operators; also a file of OpenCelliD.

    A row with several technologies, bands or directions becomes as many sectors. The same mast
    under two names is proposed, never merged. Cells of OpenCelliD become sites with the radius
    that their ranges allow.
    """
    from qn_coverage.data.importing.opencellid import import_opencellid, is_opencellid
    from qn_coverage.data.importing.sites import import_sites

    heard = [path for path in files if is_opencellid(path)]
    if not heard:
        _finish(import_sites, files, out, options)
        return
    given = [name for name in ("mapping", "fixed", "zone", "encoding") if options[name]]
    if len(files) > 1 or given:
        raise click.UsageError(
            f"{heard[0].name} is of OpenCelliD: import it alone, without --map, --set, --zone "
            "and --encoding"
        )
    _finish(
        lambda paths, target, *_, **__: import_opencellid(
            paths[0], target, dry_run=options["dry_run"]
        ),
        files,
        out,
        options,
    )


@import_.command(
    epilog=f"""\b
Examples:
  qn-coverage import villages thon-ban.xlsx --out villages.gpkg
  qn-coverage import villages 105-thon.csv --set in_programme=có --out villages.gpkg
  qn-coverage import villages thon.kml --dry-run

Files: {_SHOWN_ENDINGS}
"""
)
@_with_options
def villages(files: tuple[Path, ...], out: Path | None, **options: Any) -> None:
    """Thôn, bản, khu / Villages, with coordinates or with names alone.

    A village without coordinates stands in the middle of its commune, old or new, with the radius
    that holds the commune.
    """
    from qn_coverage.data.importing.villages import import_villages

    _finish(import_villages, files, out, options)


@import_.command(
    epilog=f"""\b
Examples:
  qn-coverage import measurements drive-test.csv --out measurements.parquet
  qn-coverage import measurements log.xlsx --set operator=Viettel --set technology=4G --dry-run

Files: {_SHOWN_ENDINGS}
"""
)
@_with_options
def measurements(files: tuple[Path, ...], out: Path | None, **options: Any) -> None:
    """Kết quả đo / Drive tests and field measurements: levels in dBm at places."""
    from qn_coverage.data.importing.measurements import import_measurements

    _finish(import_measurements, files, out, options)


@click.command(
    epilog="""\b
Examples:
  qn-coverage template sites --out tram.xlsx
  qn-coverage template villages --out thon-ban.xlsx
"""
)
@click.argument("kind", type=click.Choice(["sites", "villages"]))
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="New .xlsx file; one that exists is not overwritten.",
)
def template(kind: str, out: Path) -> None:
    """Mẫu để điền / A workbook to be filled in and imported.

    Vietnamese headers, drop-down lists, notes, and one example row that is never imported.
    """
    from qn_coverage.data.importing.template import write_template

    write_template(kind, out)
    click.echo(f"→ {out}\n  qn-coverage import {kind} {out} --out {kind}.gpkg")


def _finish(
    importer: Callable[..., Report],
    files: tuple[Path, ...],
    out: Path | None,
    options: dict[str, Any],
) -> None:
    """Import, print the report, and end with 2 if rows are refused and stop the import."""
    from qn_coverage.data.importing.keeping import report_path
    from qn_coverage.data.importing.outcome import RefusedRowsError

    if out is None and not options["dry_run"]:
        raise click.UsageError("say --out FILE for the result, or --dry-run for the report alone")
    try:
        report = importer(files, out, options.pop("mapping"), **options)
    except RefusedRowsError as error:
        _print_refused(error.report)
        click.echo(f"→ {error.path}", err=True)
        raise click.exceptions.Exit(EXIT_MENDABLE) from error
    if report.stops(skip_refused=options["skip_refused"]):
        _print_refused(report)
        raise click.exceptions.Exit(EXIT_MENDABLE)
    for line in report.lines():
        click.echo(line)
    if out is not None and not options["dry_run"]:
        click.echo(f"→ {out} ({report.written})\n→ {report_path(out)}")


def _print_refused(report: Report) -> None:
    for line in report.lines():
        click.echo(line)
    count = len({(problem.file, problem.row) for problem in report.problems})
    click.secho(
        f"{count} dòng không nhận; sửa, hoặc thêm --skip-refused để bỏ qua / "
        f"{count} rows refused; mend them, or leave them out with --skip-refused",
        fg="red",
        err=True,
    )
