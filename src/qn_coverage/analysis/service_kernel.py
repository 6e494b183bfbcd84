"""The compiled loop of `service.served_by`: each cell once for each site that serves it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qn_coverage.propagation._compile import compiled

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


@compiled
def add_served(
    level_dbm: npt.NDArray[np.float32],
    server: npt.NDArray[np.int32],
    required_dbm: npt.NDArray[np.float32],
    site_of: npt.NDArray[np.int32],
    weights: npt.NDArray[np.float64],
    out: npt.NDArray[np.float64],
) -> None:
    """Add the weights of each cell to the sites that serve it.

    Parameters
    ----------
    level_dbm, server
        Shape (layers, cells).
    required_dbm
        Shape (layers,).
    site_of
        Site of each emitter.
    weights
        Shape (weights, cells).
    out
        Shape (weights, sites), changed in place.
    """
    layers, cells = level_dbm.shape
    for cell in range(cells):
        for layer in range(layers):
            if level_dbm[layer, cell] < required_dbm[layer] or server[layer, cell] < 0:
                continue
            site = site_of[server[layer, cell]]
            new = True
            for other in range(layer):
                if (
                    level_dbm[other, cell] >= required_dbm[other]
                    and server[other, cell] >= 0
                    and site_of[server[other, cell]] == site
                ):
                    new = False
            if new:
                for i in range(len(weights)):
                    out[i, site] += weights[i, cell]
