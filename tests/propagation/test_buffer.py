from __future__ import annotations

import numpy as np
import pytest

from qn_coverage.core.errors import UnknownNameError
from qn_coverage.propagation import buffer


@pytest.mark.parametrize(("technology", "km"), [("2G", 12.0), ("3G", 4.0), ("4G", 4.0)])
def test_default_radii_are_those_of_gsma(technology, km):
    assert buffer.radius_km(technology) == km
    assert buffer.GSMA[technology].origin == "published"


@pytest.mark.parametrize(("technology", "km"), [("2G", 15.0), ("3G", 10.0), ("4G", 8.0)])
def test_countryside_radii_are_those_of_the_ugandan_operators(technology, km):
    assert buffer.radius_km(technology, radii=buffer.UGANDA_RURAL) == km


@pytest.mark.parametrize("radii", [buffer.GSMA, buffer.UGANDA_RURAL])
def test_5g_is_owned_up_to_as_an_assumption(radii):
    assert radii["5G"].origin == "estimated"
    assert "assumption" in radii["5G"].source
    assert radii["5G"].radius_km == radii["4G"].radius_km


def test_unknown_technology_is_refused_with_the_known_ones():
    with pytest.raises(UnknownNameError, match="2G, 3G, 4G, 5G"):
        buffer.radius_km("6G")


def test_loss_only_ranks_by_distance_and_broadcasts():
    loss = buffer.no_loss(
        np.linspace(0.0, 50.0, 11),
        frequency_mhz=900.0,
        tx_height_m=30.0,
        rx_height_m=1.5,
        environment=np.arange(3)[:, None],
    )
    assert loss.shape == (3, 11)
    assert (np.diff(loss, axis=1) > 0.0).all()
    assert loss.max() < 0.1
