"""Every propagation model by name, with its range and its source.

A model is a function of the common signature

    loss_db(distance_km, *, frequency_mhz, tx_height_m, rx_height_m, environment) -> dB

whose arguments broadcast; environment codes are 0 open, 1 suburban, 2 urban. Terrain models need
the ground between both ends, so they have no such function: they are names that `mosaic` hands on
to the sweep, and nothing is compiled before they are asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal, Protocol

import numpy as np

from qn_coverage.core.errors import UnknownNameError
from qn_coverage.propagation import buffer, free_space, hata, tr38901

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

Kind = Literal["buffer", "free", "empirical", "terrain", "custom"]


class LossFunction(Protocol):
    """Common signature of the models that need no terrain."""

    def __call__(
        self,
        distance_km: npt.ArrayLike,
        /,
        *,
        frequency_mhz: npt.ArrayLike,
        tx_height_m: npt.ArrayLike,
        rx_height_m: npt.ArrayLike,
        environment: npt.ArrayLike,
    ) -> npt.NDArray[np.float64]:
        """Basic transmission loss in dB, ≥ 0; inf where there is no signal; arguments broadcast."""


@dataclass(frozen=True, slots=True)
class Model:
    """A propagation model.

    Attributes
    ----------
    name
        Name in scenarios and on the command line.
    title_vi, title_en
        What a planner reads.
    kind
        ``"buffer"`` (a radius), ``"free"`` (geometry alone), ``"empirical"`` (fitted curves),
        ``"terrain"`` (profiles) or ``"custom"`` (a caller's function).
    function
        Loss of the common signature, or None for terrain models.
    frequency_mhz, distance_km, tx_height_m, rx_height_m
        Closed ranges outside which the function raises `ModelRangeError`. The mosaic takes the loss
        at the least distance for cells that are nearer, and follows no emitter beyond the greatest.
    source
        Publication.
    remarks
        Rules and limits worth knowing.
    radii
        Radius by technology, for buffers only.
    """

    name: str
    title_vi: str
    title_en: str
    kind: Kind
    function: LossFunction | None
    frequency_mhz: tuple[float, float]
    distance_km: tuple[float, float]
    tx_height_m: tuple[float, float]
    rx_height_m: tuple[float, float]
    source: str
    remarks: str
    radii: Mapping[str, buffer.Radius] | None = None


_ANYTHING: Final = (0.0, float("inf"))


def _buffer(name: str, titles: tuple[str, str], radii: Mapping[str, buffer.Radius]) -> Model:
    return Model(
        name=name,
        title_vi=titles[0],
        title_en=titles[1],
        kind="buffer",
        function=buffer.no_loss,
        frequency_mhz=_ANYTHING,
        distance_km=_ANYTHING,
        tx_height_m=_ANYTHING,
        rx_height_m=_ANYTHING,
        source=radii["4G"].source,
        remarks="covered inside the radius, whatever lies between; levels mean nothing. 5G: "
        + radii["5G"].source,
        radii=radii,
    )


def _bounded(function: LossFunction) -> LossFunction:
    """`function`, but not below free space: 3GPP's fitted constants fall short of it near masts."""

    def bounded(
        distance_km: npt.ArrayLike,
        /,
        *,
        frequency_mhz: npt.ArrayLike,
        tx_height_m: npt.ArrayLike,
        rx_height_m: npt.ArrayLike,
        environment: npt.ArrayLike,
    ) -> npt.NDArray[np.float64]:
        losses = [
            loss_db(
                distance_km,
                frequency_mhz=frequency_mhz,
                tx_height_m=tx_height_m,
                rx_height_m=rx_height_m,
                environment=environment,
            )
            for loss_db in (function, free_space.free_space)
        ]
        return np.maximum(*losses)

    return bounded


_ALL: Final = (
    _buffer(
        "buffer",
        ("Bán kính cố định (GSMA)", "Fixed radius (GSMA / Collins Bartholomew)"),
        buffer.GSMA,
    ),
    _buffer(
        "buffer_rural",
        ("Bán kính cố định, nông thôn", "Fixed radius, countryside (operators in Uganda)"),
        buffer.UGANDA_RURAL,
    ),
    Model(
        name="free_space",
        title_vi="Không gian tự do",
        title_en="Free space",
        kind="free",
        function=free_space.free_space,
        frequency_mhz=free_space.FREQUENCY_MHZ,
        distance_km=free_space.DISTANCE_KM,
        tx_height_m=_ANYTHING,
        rx_height_m=_ANYTHING,
        source="Recommendation ITU-R P.525-4 (2019)",
        remarks="upper bound of any level: no ground, no obstacle",
    ),
    Model(
        name="okumura_hata",
        title_vi="Okumura-Hata / COST-231-Hata (mở rộng)",
        title_en="Okumura-Hata / COST-231-Hata (extended)",
        kind="empirical",
        function=hata.extended_hata,
        frequency_mhz=hata.EXTENDED_FREQUENCY_MHZ,
        distance_km=hata.EXTENDED_DISTANCE_KM,
        tx_height_m=hata.EXTENDED_TX_HEIGHT_M,
        rx_height_m=hata.EXTENDED_RX_HEIGHT_M,
        source="Hata (1980); COST 231 (1999); Report ITU-R SM.2028-2 (2017), §6.1; ITU-R P.529-3",
        remarks="Okumura-Hata to 1500 MHz, COST-231-Hata to 2000 MHz, then + 10 log(f/2000), above "
        "3000 MHz beyond the report; masts below 30 m and distances below 1 km by SM.2028",
    ),
    Model(
        name="hata_1980",
        title_vi="Okumura-Hata, đúng bản gốc",
        title_en="Okumura-Hata as published",
        kind="empirical",
        function=hata.okumura_hata,
        frequency_mhz=hata.OKUMURA_FREQUENCY_MHZ,
        distance_km=hata.DISTANCE_KM,
        tx_height_m=hata.TX_HEIGHT_M,
        rx_height_m=hata.RX_HEIGHT_M,
        source="Hata (1980), IEEE Trans. Veh. Technol. VT-29(3):317-325",
        remarks="as published, so masts of 30 m and more only; beyond 20 km the exponent of "
        "ITU-R P.529-3",
    ),
    Model(
        name="cost231_hata",
        title_vi="COST-231-Hata, đúng bản gốc",
        title_en="COST-231-Hata as published",
        kind="empirical",
        function=hata.cost231_hata,
        frequency_mhz=hata.COST231_FREQUENCY_MHZ,
        distance_km=hata.DISTANCE_KM,
        tx_height_m=hata.TX_HEIGHT_M,
        rx_height_m=hata.RX_HEIGHT_M,
        source="COST 231 final report (1999), ch. 4.4, eq. 4.4.3",
        remarks="as published, so masts of 30 m and more only; suburban and open ground by Hata's "
        "corrections; beyond 20 km the exponent of ITU-R P.529-3",
    ),
    Model(
        name="rma_los",
        title_vi="3GPP RMa, nhìn thẳng",
        title_en="3GPP rural macro, line of sight",
        kind="empirical",
        function=_bounded(tr38901.rma_los),
        frequency_mhz=tr38901.RMA_FREQUENCY_MHZ,
        distance_km=tr38901.RMA_DISTANCE_KM,
        tx_height_m=tr38901.RMA_TX_HEIGHT_M,
        rx_height_m=tr38901.RMA_RX_HEIGHT_M,
        source="3GPP TR 38.901 V16.1.0, Table 7.4.1-1",
        remarks="buildings of 5 m, streets of 20 m; not below free space; "
        "σ 4 dB, 6 dB beyond the breakpoint",
    ),
    Model(
        name="rma_nlos",
        title_vi="3GPP RMa, không nhìn thẳng",
        title_en="3GPP rural macro, no line of sight",
        kind="empirical",
        function=_bounded(tr38901.rma_nlos),
        frequency_mhz=tr38901.RMA_FREQUENCY_MHZ,
        distance_km=tr38901.RMA_NLOS_DISTANCE_KM,
        tx_height_m=tr38901.RMA_TX_HEIGHT_M,
        rx_height_m=tr38901.RMA_RX_HEIGHT_M,
        source="3GPP TR 38.901 V16.1.0, Table 7.4.1-1",
        remarks="buildings of 5 m, streets of 20 m; not below free space; σ 8 dB",
    ),
    Model(
        name="uma_los",
        title_vi="3GPP UMa, nhìn thẳng",
        title_en="3GPP urban macro, line of sight",
        kind="empirical",
        function=_bounded(tr38901.uma_los),
        frequency_mhz=tr38901.UMA_FREQUENCY_MHZ,
        distance_km=tr38901.UMA_DISTANCE_KM,
        tx_height_m=tr38901.UMA_TX_HEIGHT_M,
        rx_height_m=tr38901.UMA_RX_HEIGHT_M,
        source="3GPP TR 38.901 V16.1.0, Table 7.4.1-1",
        remarks="fitted for masts of 25 m; not below free space; σ 4 dB",
    ),
    Model(
        name="uma_nlos",
        title_vi="3GPP UMa, không nhìn thẳng",
        title_en="3GPP urban macro, no line of sight",
        kind="empirical",
        function=_bounded(tr38901.uma_nlos),
        frequency_mhz=tr38901.UMA_FREQUENCY_MHZ,
        distance_km=tr38901.UMA_DISTANCE_KM,
        tx_height_m=tr38901.UMA_TX_HEIGHT_M,
        rx_height_m=tr38901.UMA_RX_HEIGHT_M,
        source="3GPP TR 38.901 V16.1.0, Table 7.4.1-1",
        remarks="fitted for masts of 25 m; not below free space; σ 6 dB",
    ),
    Model(
        name="p1812",
        title_vi="ITU-R P.1812 trên địa hình",
        title_en="ITU-R P.1812 over terrain",
        kind="terrain",
        function=None,
        frequency_mhz=(30.0, 6000.0),
        distance_km=(0.0, 3000.0),
        tx_height_m=(1.0, 3000.0),
        rx_height_m=(1.0, 3000.0),
        source="Recommendation ITU-R P.1812-8 (2025)",
        remarks="path profiles with ridges, clutter and sea; computed by the sweep",
    ),
)

MODELS: Final[Mapping[str, Model]] = MappingProxyType({model.name: model for model in _ALL})
"""Name → model, in the order in which they are listed."""


def model_named(name: str) -> Model:
    """Model of a name.

    Raises
    ------
    UnknownNameError
        No model has that name; the message lists those that are.
    """
    if name not in MODELS:
        raise UnknownNameError("propagation model", name, MODELS)
    return MODELS[name]


def resolve(model: str | Model | LossFunction) -> Model:
    """Model of a name, a `Model` itself, or a function of the common signature.

    Parameters
    ----------
    model
        Name in `MODELS`, or what it stands for. A function is taken as it is: it may raise
        `ModelRangeError` and may return inf where there is no signal.

    Raises
    ------
    UnknownNameError
        No model has that name; the message lists those that are.
    """
    if isinstance(model, Model):
        return model
    return model_named(model) if isinstance(model, str) else _custom(model)


def _custom(function: LossFunction) -> Model:
    name = getattr(function, "__name__", type(function).__name__)
    return Model(
        name=name,
        title_vi=name,
        title_en=name,
        kind="custom",
        function=function,
        frequency_mhz=_ANYTHING,
        distance_km=_ANYTHING,
        tx_height_m=_ANYTHING,
        rx_height_m=_ANYTHING,
        source="caller",
        remarks="",
    )
