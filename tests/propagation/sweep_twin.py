"""The slow twin of the sweep: rays laid out again in plain Python, profiles walked point by point."""

from __future__ import annotations

import math

import numpy as np

from qn_coverage.propagation.p1812.path_loss import Ends, median_place_loss, profile_geometry
from qn_coverage.propagation.p1812.path_loss import path_loss as loss_of

LEVELS = 4


def profile_of_cell(terrain, mast, radius, row, col):
    """Profile along the ray that answers a cell: x (km), ground, clutter top, zone; and the ends."""
    ground = np.asarray(terrain.ground, dtype=float).reshape(terrain.rows, terrain.cols)
    clutter = np.asarray(terrain.clutter, dtype=float).reshape(ground.shape)
    zone = np.asarray(terrain.zone).reshape(ground.shape)
    down, right = row - mast.row, col - mast.col
    sideways = abs(down) <= abs(right)
    if not sideways:
        ground, clutter, zone = ground.T, clutter.T, zone.T
    along, across = (right, down) if sideways else (down, right)
    major_0, minor_0 = (mast.col, mast.row) if sideways else (mast.row, mast.col)
    major, minor = (col, row) if sideways else (row, col)
    step = 1 if along > 0 else -1
    offset = abs(along)
    leaves = 8 * max(1, math.ceil(0.5 * math.pi * radius / 8))
    bound = np.tan(np.linspace(-math.pi / 4, math.pi / 4, 2 * leaves + 1))
    bound[0], bound[leaves], bound[-1] = -1.0, 0.0, 1.0
    leaf = int(np.searchsorted(minor_0 + bound[::2] * offset, minor, side="right")) - 1
    leaf = min(max(leaf, 0), leaves - 1)
    first = major_0 + 0.5 if step > 0 else major_0 - 0.5
    first = math.ceil(first) if step > 0 else math.floor(first)
    begin = abs(first - major_0)

    def last_of(level):
        slope = bound[(2 * (leaf >> level) + 1) << level]
        reach = radius / 2**level / math.sqrt(1.0 + slope * slope)
        return max(0, math.floor(reach - begin) + 1), slope

    # Samples before the cell: none where it lies under the mast, before the first one.
    count = max(0, step * (major - first))
    x, h, top, kinds = [0.0], [bilinear(ground, major_0, minor_0)], [0.0], []
    kinds.append(zone[nearest(minor_0, zone.shape[0]), nearest(major_0, zone.shape[1])])
    top[0] = h[0]
    for i in range(1, count + 1):
        level = next(lv for lv in range(LEVELS - 1, -1, -1) if i <= last_of(lv)[0] or lv == 0)
        slope = last_of(level)[1]
        j = first + step * (i - 1)
        m = min(max(minor_0 + slope * abs(j - major_0), 0.0), ground.shape[0] - 1.0)
        low = min(int(m), ground.shape[0] - 2)
        share = m - low
        x.append(terrain.cell_km * math.sqrt(1.0 + slope * slope) * abs(j - major_0))
        h.append(ground[low, j] + (ground[low + 1, j] - ground[low, j]) * share)
        cover = clutter[low, j] + (clutter[low + 1, j] - clutter[low, j]) * share
        top.append(h[-1] + cover)
        kinds.append(zone[low if share < 0.5 else low + 1, j])
    h_n = float(ground[minor, major])
    x.append(terrain.cell_km * math.hypot(along, across))
    h.append(h_n)
    top.append(h_n)
    kinds.append(zone[minor, major])
    ends = Ends(h[0], h_n, h[0] + mast.height_agl_m, h_n + mast.rx_height_agl_m)
    return np.array(x), np.array(h), np.array(top), np.array(kinds, dtype=np.uint8), ends


def bilinear(values, major, minor):
    rows, cols = values.shape
    m, j = min(max(minor, 0.0), rows - 1.0), min(max(major, 0.0), cols - 1.0)
    r, c = min(int(m), rows - 2), min(int(j), cols - 2)
    a, b = m - r, j - c
    upper = values[r, c] + (values[r, c + 1] - values[r, c]) * b
    lower = values[r + 1, c] + (values[r + 1, c + 1] - values[r + 1, c]) * b
    return float(upper + (lower - upper) * a)


def nearest(position, count):
    return min(max(math.floor(position + 0.5), 0), count - 1)


def loss_of_cell(terrain, mast, radius, link, row, col):
    """Loss by the whole profile of the cell, every point searched."""
    x, h, top, zone, ends = profile_of_cell(terrain, mast, radius, row, col)
    if len(x) < 3:
        rise = (ends.h_ts - ends.h_rs) / 1000.0
        slant = math.hypot(max(x[-1], 0.001), rise)
        return 92.4 + 20.0 * math.log10(link.f) + 20.0 * math.log10(slant)
    return median_place_loss(x, h, top, zone, ends, link)


def details_of_cell(terrain, mast, radius, link, row, col):
    """All that P.1812 finds on the profile of a cell."""
    x, h, top, zone, ends = profile_of_cell(terrain, mast, radius, row, col)
    return loss_of(profile_geometry(x, h, top, zone, ends, link), ends, link)
