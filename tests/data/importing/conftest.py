import pytest


@pytest.fixture
def write(tmp_path):
    """Write a text file and return its path."""

    def _write(name, text, encoding="utf-8"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return path

    return _write


@pytest.fixture
def sites_csv(write):
    """Write a list of stations from rows of (lon, lat)."""

    def _write(rows, name="sites.csv", delimiter=";"):
        head = delimiter.join(("Mã trạm", "Nhà mạng", "Công nghệ", "Kinh độ", "Vĩ độ"))
        lines = [delimiter.join((f"S{i}", "Viettel", "4G", *row)) for i, row in enumerate(rows)]
        return write(name, "\n".join((head, *lines)))

    return _write
