"""Made-up ground for the sweep's tests: hills, coast, islands, towns."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from qn_coverage.propagation.emitters import Surface


def hills(shape, cell_m, *, seed, sea=0.0, highest_m=900.0):
    """Fractal-like relief, m; the lowest share `sea` is flooded."""
    random = np.random.default_rng(seed)
    relief = np.zeros(shape)
    for length_m, weight in ((6000.0, 1.0), (2000.0, 0.45), (700.0, 0.18), (250.0, 0.06)):
        layer = ndimage.gaussian_filter(random.normal(size=shape), length_m / cell_m, mode="wrap")
        relief += weight * layer / layer.std()
    relief -= np.quantile(relief, sea)
    return (np.maximum(relief, 0.0) / relief.max() * highest_m).astype(np.float32)


def surface(shape=(90, 110), cell_m=150.0, *, seed=0, sea=0.3, towns=True, ground=None):
    """Surface of such ground: coastal below 100 m, clutter in patches."""
    if ground is None:
        ground = hills(shape, cell_m, seed=seed, sea=sea)
    random = np.random.default_rng(seed + 100)
    patches = ndimage.gaussian_filter(random.normal(size=ground.shape), 3.0, mode="wrap")
    town = (patches > 0.12) & (ground > 0.0) if towns else np.zeros(ground.shape, dtype=bool)
    zone = np.where(ground <= 0.0, 1, np.where(ground < 100.0, 3, 4))
    return Surface(
        west_m=400_000.0,
        north_m=2_350_000.0,
        cell_m=cell_m,
        ground_m=ground,
        clutter_m=np.where(town, 10.0, 0.0).astype(np.float32),
        zone=zone.astype(np.uint8),
        environment=town.astype(np.uint8),
    )
