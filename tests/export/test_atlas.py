"""Printed maps have the size, the words, the grid and the colours that they claim."""

import re
import subprocess
import sys

import matplotlib as mpl
import numpy as np
import pytest
from PIL import Image

from qn_coverage.core.errors import CoverageError
from qn_coverage.export import atlas, symbols
from qn_coverage.export.atlas_sheet import PAPERS_MM


@pytest.fixture(scope="module")
def pictures(results, tmp_path_factory):
    folder = tmp_path_factory.mktemp("png")
    atlas.write_png(results, folder, paper="A4")
    return folder


def words(figure):
    texts = figure.findobj(mpl.text.Text)
    return "\n".join(text.get_text() for text in texts)


@pytest.fixture(scope="module")
def sheets(results):
    with atlas._style():
        return {theme.name: atlas._figure(theme, results, "A4") for theme in atlas.THEMES}


def test_there_is_a_picture_of_each_theme_in_the_size_of_the_paper(pictures):
    assert {path.stem for path in pictures.iterdir()} == {theme.name for theme in atlas.THEMES}
    for path in pictures.iterdir():
        with Image.open(path) as image:
            size = np.array(image.size) / 200 * 25.4
        np.testing.assert_allclose(size, PAPERS_MM["A4"], atol=0.2)


def test_each_map_says_what_it_is_and_that_it_is_modelled(sheets):
    for figure in sheets.values():
        text = words(figure)
        for part in ("CHÚ GIẢI / LEGEND", "KHÔNG PHẢI ĐO KIỂM", "MODELLED, NOT SURVEYED", "B / N",
                     "EPSG:5899", "Nguồn ranh giới / Boundaries", "Tỉnh thử nghiệm"):  # fmt: skip
            assert part in text


def test_the_legend_has_units_and_every_class(sheets):
    signal = words(sheets["tin-hieu-sau_signal-after"])
    assert signal.count(" dB: ") == len(symbols.MARGIN_COLOURS)
    shares = words(sheets["dan-so-co-song_population"])
    assert all(entry.vi in shares for entry in symbols.share_classes())


def test_the_stated_scale_is_the_scale_of_the_paper(sheets, results):
    figure = sheets["dan-so-co-song_population"]
    axes = figure.axes[0]
    west, east = axes.get_xlim()
    # After the equal aspect has been applied the axes may be narrower than their place.
    axes.apply_aspect()
    paper_m = figure.get_figwidth() * 0.0254 * axes.get_position().width
    stated = re.search(r"1 : ([\d ]+)", words(figure))[1]
    assert int(stated.replace(" ", "")) == pytest.approx((east - west) / paper_m, abs=501)


def test_signal_is_drawn_where_it_is(sheets, results, pictures):
    site = results.layers["sites"].to_crs(5899).geometry.iloc[0]
    figure = sheets["tin-hieu-sau_signal-after"]
    figure.canvas.draw()
    x, y = figure.axes[0].transData.transform((site.x + 400, site.y + 400))
    share = x / figure.bbox.width, 1 - y / figure.bbox.height
    with Image.open(pictures / "tin-hieu-sau_signal-after.png") as image:
        seen = image.convert("RGB").getpixel(
            (int(share[0] * image.width), int(share[1] * image.height))
        )
    assert seen == symbols.rgb(symbols.MARGIN_COLOURS[0])


def test_no_vietnamese_letter_is_missing_from_the_font(results, tmp_path):
    # Warnings are errors here, and matplotlib warns of each letter that it cannot draw.
    atlas.write_pdf(results, tmp_path / "a.pdf", paper="A3")
    raw = (tmp_path / "a.pdf").read_bytes()
    assert raw.count(b"/Type /Page\n") + raw.count(b"/Type /Page ") == len(atlas.THEMES)
    assert b"/FontFile2" in raw  # TrueType, so that text can be searched and copied
    assert b"/Type3" not in raw


def test_pdf_text_can_be_read_back(results, tmp_path):
    import shutil

    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    atlas.write_pdf(results, tmp_path / "a.pdf", paper="A4")
    done = subprocess.run(
        ["pdftotext", "-layout", str(tmp_path / "a.pdf"), "-"], check=True, capture_output=True
    )
    assert done.stderr == b""
    text = done.stdout.decode()
    assert "Tỷ lệ dân số có sóng theo xã" in text
    assert "SỐ LIỆU MÔ PHỎNG, KHÔNG PHẢI ĐO KIỂM" in text


def test_the_same_run_gives_the_same_bytes_whatever_the_callers_settings(
    results, tmp_path, pictures
):
    with mpl.rc_context({"font.size": 30, "axes.facecolor": "red"}):
        atlas.write_png(results, tmp_path / "again", paper="A4")
        atlas.write_pdf(results, tmp_path / "a.pdf", paper="A4")
    atlas.write_pdf(results, tmp_path / "b.pdf", paper="A4")
    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes()
    for path in pictures.iterdir():
        assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes()


def test_without_matplotlib_the_error_says_what_to_install(results, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(CoverageError, match=r"qn-coverage\[maps\]"):
        atlas.write_pdf(results, tmp_path / "a.pdf", paper="A4")
    assert not (tmp_path / "a.pdf").exists()
