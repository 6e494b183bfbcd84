"""Images lie where their cells are, and say what their colours mean."""

from __future__ import annotations

import base64
import io

import numpy as np
import pytest
from PIL import Image
from pyproj import Transformer

from qn_coverage.core.grid import Grid, Raster
from qn_coverage.render import overlay

GRID = Grid("EPSG:5899", 380_000.0, 2_400_000.0, 100.0, 700, 900)
COLOURS = ("#ff0000", "#00ff00", "#0000ff")


def picture(made: overlay.Overlay) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(made.uri.partition(",")[2])))


def mercator(latitude: float) -> float:
    return np.arcsinh(np.tan(np.radians(latitude)))


@pytest.mark.parametrize(("row", "col"), [(5, 5), (5, 890), (690, 5), (690, 890), (350, 450)])
def test_a_block_of_cells_is_drawn_within_a_cell_of_its_place(row, col):
    classes = np.full(GRID.shape, overlay.TRANSPARENT, dtype=np.uint8)
    classes[row - 2 : row + 3, col - 2 : col + 3] = 1
    made = overlay.class_overlay(classes, GRID, COLOURS)
    drawn = np.asarray(picture(made).convert("RGBA"))[..., 3] > 0
    rows, cols = np.nonzero(drawn)
    (south, west), (north, east) = made.bounds
    longitude = west + (cols.mean() + 0.5) / drawn.shape[1] * (east - west)
    share = (rows.mean() + 0.5) / drawn.shape[0]
    y = mercator(north) + share * (mercator(south) - mercator(north))
    latitude = np.degrees(np.arctan(np.sinh(y)))
    to_grid = Transformer.from_crs("EPSG:4326", GRID.crs, always_xy=True)
    x_m, y_m = to_grid.transform(longitude, latitude)
    off_x = x_m - GRID.centres_x_m()[col]
    off_y = y_m - GRID.centres_y_m()[row]
    assert np.hypot(off_x, off_y) < GRID.cell_m


def test_classes_keep_their_colours_and_the_rest_is_clear():
    classes = np.repeat(np.array([0, 1, 2, overlay.TRANSPARENT], dtype=np.uint8), 225)
    made = overlay.class_overlay(np.tile(classes, (700, 1)), GRID, COLOURS)
    pixels = np.asarray(picture(made).convert("RGBA"))
    middle = pixels[pixels.shape[0] // 2]
    at = [middle[int(pixels.shape[1] * share)] for share in (0.125, 0.375, 0.625, 0.875)]
    assert [tuple(int(v) for v in value) for value in at[:3]] == [
        (255, 0, 0, 255),
        (0, 255, 0, 255),
        (0, 0, 255, 255),
    ]
    assert at[3][3] == 0


def test_a_break_belongs_to_the_class_above_it():
    values = np.array([20.0, 19.9, 0.0, -0.1, -np.inf, np.inf, np.nan])
    classes = overlay.classified(values, (20.0, 0.0))
    assert classes.tolist() == [0, 1, 1, 2, 2, 0, overlay.TRANSPARENT]


def test_slopes_towards_the_light_are_brighter_than_slopes_away_from_it():
    y, x = np.mgrid[0:50, 0:50].astype(np.float32)
    # Rows grow southwards: a surface that falls to the north-west rises with row and column.
    to_light = overlay.hillshade(20 * (x + y), 100.0)
    away = overlay.hillshade(-20 * (x + y), 100.0)
    level = overlay.hillshade(np.zeros((50, 50), np.float32), 100.0)
    assert away.mean() < level.mean() < to_light.mean()
    assert level == pytest.approx(np.sin(np.radians(45)))


def test_level_ground_and_sea_do_not_darken_the_map():
    heights = np.zeros(GRID.shape, dtype=np.float32)
    heights[:, 450:] = 40.0
    made = overlay.relief_overlay(Raster(heights, GRID), np.ones(GRID.shape, dtype=np.float32))
    grey = np.asarray(picture(made).convert("L"))
    assert made.uri.startswith("data:image/webp")
    assert grey[100:-100, 200:400].min() > 250
    assert grey[100:-100, -300:-100].min() > 250


def test_spill_around_islands_is_sea_and_the_mainland_beyond_is_land():
    land = np.zeros(GRID.shape, dtype=np.float32)
    land[300:320, 600:630] = 1.0
    land[100:300, 0:100] = 1.0
    heights = np.zeros(GRID.shape, dtype=np.float32)
    heights[290:330, 590:640] = 30.0
    heights[:300, :300] = 200.0
    around = overlay.surroundings(Raster(heights, GRID), land)
    assert not around[280:340, 580:650].any()
    assert around[:280, 110:280].all()
    assert not around[land > 0].any()


def test_missing_terrain_is_drawn_as_sea():
    terrain = Raster(np.full(GRID.shape, np.nan, dtype=np.float32), GRID)
    land = np.zeros(GRID.shape, dtype=np.float32)
    colours = picture(overlay.surroundings_overlay(terrain, land)).convert("RGB").getcolors()
    assert [colour for _, colour in colours] == [(221, 232, 239)]
