"""Hand a run's results on in the formats of other programs."""

from __future__ import annotations

from pathlib import Path

import click

FORMATS = """\b
Formats:
  gpkg         GeoPackage with its styles               QGIS
  cog          Cloud-optimised GeoTIFF                  QGIS, GDAL
  qgis         QGIS project (GeoPackage, raster, styles)
  kmz          KMZ                                      Google Earth
  xlsx         Workbook for print                       Excel, LibreOffice
  mapinfo-tab  MapInfo TAB                              MapInfo
  mapinfo-mif  MapInfo MIF                              MapInfo
  shapefile    Shapefile                                programs that read nothing else
  csv-excel    CSV with ; and decimal comma             Vietnamese Excel
  geoparquet   GeoParquet                               analysts
  map-pdf-a4, map-pdf-a3, map-png-a4, map-png-a3        print, reports
\b
  mapinfo = TAB and MIF;  pdf, png = A4 and A3;  maps = pdf and png
"""


@click.command(
    epilog=FORMATS
    + """
\b
Examples:
  qn-coverage export results --format kmz,xlsx
  qn-coverage export results --format gpkg --format mapinfo --out to-district
  qn-coverage export results --all
"""
)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--format", "formats", multiple=True, metavar="NAME,…", help="Formats, see below; repeatable."
)
@click.option("--all", "everything", is_flag=True, help="Every format.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder to write to [default: DIR/export].",
)
def export(folder: Path, formats: tuple[str, ...], everything: bool, out: Path | None) -> None:
    """Xuất kết quả / Hand the results of a run on to other programs.

    DIR is the folder that 'qn-coverage run' wrote; it is checked against its manifest and not
    computed anew. Outputs are written aside and put in place together; exports.json in the output
    folder records them with their hashes. Files that no export wrote are never overwritten.
    """
    names = [part.strip().lower() for text in formats for part in text.split(",") if part.strip()]
    if everything == bool(names):
        raise click.UsageError("Give either --format NAME,… or --all; 'export --help' lists them.")

    from qn_coverage.export.command import NAME, export_results
    from qn_coverage.terminal import watching

    with watching() as progress:
        written = export_results(folder, None if everything else names, out, progress=progress)
    for path in written:
        click.echo(f"→ {path}")
    click.echo(f"→ {written[0].parent / NAME}")
