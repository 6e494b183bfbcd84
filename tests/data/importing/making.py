"""One list of four stations, as each program that planners use would save it."""

import gzip
import zipfile

import geopandas as gpd
import openpyxl
import pandas as pd

PLACES = {
    "QN001": (107.0511, 20.9511),
    "QN002": (107.3052, 21.0128),
    "QN003": (107.7654, 20.9987),
    "QN004": (106.8012, 21.0312),
}
NAMES = ("Trạm Bãi Cháy", "Trạm Cẩm Phả – Mông Dương", "Trạm đảo Cô Tô", "Trạm Uông Bí")
HEADERS = ("Mã trạm", "Tên trạm", "Nhà mạng", "Kinh độ", "Vĩ độ", "Công nghệ", "Độ cao cột (m)")


def rows():
    """Cells of the list, a row a station, in the order of `HEADERS`."""
    return [
        (code, name, "Viettel", lon, lat, "4G", 42.0)
        for (code, (lon, lat)), name in zip(PLACES.items(), NAMES, strict=True)
    ]


def frame():
    """Points in EPSG:4326 with Vietnamese headers."""
    table = pd.DataFrame(rows(), columns=HEADERS)
    return gpd.GeoDataFrame(
        table.drop(columns=["Kinh độ", "Vĩ độ"]),
        geometry=gpd.points_from_xy(table["Kinh độ"], table["Vĩ độ"]),
        crs="EPSG:4326",
    )


def write_xlsx(path, lines):
    """A workbook with one sheet of lines."""
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append(list(line))
    book.save(path)
    return path


def csv_text(lines, delimiter=";"):
    """Lines as the text of a CSV file."""
    return "\n".join(delimiter.join(map(str, line)) for line in lines) + "\n"


def kml_text():
    """A KML file with extended data."""
    marks = "".join(
        f"<Placemark><name>{name}</name><ExtendedData>"
        f'<Data name="Mã trạm"><value>{code}</value></Data>'
        f'<Data name="Nhà mạng"><value>{operator}</value></Data>'
        f'<Data name="Công nghệ"><value>{technology}</value></Data>'
        f'<Data name="Độ cao cột (m)"><value>{height:g}</value></Data></ExtendedData>'
        f"<Point><coordinates>{lon},{lat},0</coordinates></Point></Placemark>"
        for code, name, operator, lon, lat, technology, height in rows()
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2">'
        f"<Document><Folder><name>Trạm</name>{marks}</Folder></Document></kml>"
    )


def write_stations(folder, ending):
    """The list as a file with an ending; returns its path."""
    path = folder / f"danh-sach.{ending}"
    WRITERS[ending](path)
    return path


def _ascii():
    points = frame()
    points.columns = ["Ma_tram", "Ten_tram", "Nha_mang", "Cong_nghe", "Do_cao_cot", "geometry"]
    return points


def _kmz(path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("doc.kml", kml_text())


def _zipped_shapefile(path):
    write_stations(path.parent, "shp")
    parts = [part for part in path.parent.glob("danh-sach.*") if part != path]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in parts:
            archive.write(part, f"Bản đồ/{part.name}")


def _mapinfo(path, **options):
    _ascii().to_file(path, driver="MapInfo File", encoding="UTF-8", **options)


LINES = [HEADERS, *rows()]
WRITERS = {
    "csv": lambda path: path.write_text(csv_text(LINES), encoding="utf-8-sig"),
    "csv.gz": lambda path: path.write_bytes(gzip.compress(csv_text(LINES, ",").encode())),
    "xlsx": lambda path: write_xlsx(path, LINES),
    "kml": lambda path: path.write_text(kml_text(), encoding="utf-8"),
    "kmz": _kmz,
    "geojson": lambda path: frame().to_file(path, driver="GeoJSON"),
    "gpkg": lambda path: frame().to_file(path, driver="GPKG", layer="trạm"),
    "shp": lambda path: _ascii().to_file(path, encoding="UTF-8"),
    "tab": _mapinfo,
    "mif": lambda path: _mapinfo(path, FORMAT="MIF"),
    "zip": _zipped_shapefile,
}


CELLS = (
    # radio, mcc, net, area, cell, unit, lon, lat, range, samples, changeable, created, updated, signal
    ("LTE", 452, 4, 30001, 25601, 0, 107.0500, 20.9500, 1200, 40, 1, 1420070400, 1704067200, -95),
    ("LTE", 452, 4, 30001, 25602, 0, 107.0540, 20.9530, 1500, 25, 1, 1451606400, 1704067200, -95),
    ("GSM", 452, 1, 301, 4021, 0, 107.3000, 21.0100, 3000, 3, 1, 1420070400, 1577836800, -90),
    ("LTE", 452, 4, 30001, 99999, 0, 105.8500, 21.0300, 900, 9, 1, 1420070400, 1577836800, -90),
    ("LTE", 460, 0, 30001, 25601, 0, 107.9700, 21.5400, 900, 9, 1, 1420070400, 1577836800, -90),
)


def write_opencellid(path, *, header=True):
    """A file of OpenCelliD with three cells of the province, one of Hanoi and one of China."""
    names = "radio,mcc,net,area,cell,unit,lon,lat,range,samples,changeable,created,updated,averageSignal"
    lines = [names] if header else []
    lines += [",".join(map(str, cell)) for cell in CELLS]
    text = "\n".join(lines).encode() + b"\n"
    path.write_bytes(gzip.compress(text) if path.suffix == ".gz" else text)
    return path
