"""Columns, units and ranges of the toolkit's tables; `data` checks files against them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["text", "number", "integer", "date", "boolean"]

ORIGINS: Final = ("measured", "published", "gazetteer", "estimated", "modelled")
"""Where a value comes from, from the firmest to the softest."""

TECHNOLOGIES: Final = ("2G", "3G", "4G", "5G")
BUILT_IN_ANTENNAS: Final = ("tr36814", "tr38901")
"""Antennas that need no file: the forms of 3GPP TR 36.814 and TR 38.901."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    name
        Name in files, unit included.
    kind
        What a cell holds.
    meaning
        One line for the data dictionary.
    required
        Whether a file must have the column.
    nullable
        Whether a cell may be empty.
    minimum, maximum
        Closed range of a number.
    choices
        Allowed texts, or empty for any.
    unique
        Whether no two rows may share a value.
    follows
        Columns from which a reader works it out where a file lacks it: those are asked for instead.
    """

    name: str
    kind: Kind
    meaning: str
    required: bool = True
    nullable: bool = False
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    unique: bool = False
    follows: tuple[str, ...] = ()


COMMUNES: Final = (
    Column("code", "text", "five-digit code of the unit (General Statistics Office)", unique=True),
    Column("name_vi", "text", "full Vietnamese name with its type"),
    Column("name_en", "text", "English name", required=False, nullable=True),
    Column(
        "type",
        "text",
        "kind of unit",
        choices=("xã", "phường", "đặc khu"),
    ),
    Column(
        "statutory_area_km2",
        "number",
        "area in the law, tidal water partly included; never divide it by polygon areas",
        required=False,
        nullable=True,
        minimum=0.0,
    ),
    Column(
        "land_area_km2",
        "number",
        "geodesic area of the land polygon",
        required=False,
        nullable=True,
        minimum=0.0,
    ),
    Column("population", "integer", "people", required=False, nullable=True, minimum=0),
    Column("population_year", "integer", "year of the count", required=False, nullable=True),
    Column(
        "population_origin",
        "text",
        "where the count comes from",
        required=False,
        nullable=True,
        choices=ORIGINS,
    ),
    Column("predecessors", "text", "former units, '; ' between", required=False, nullable=True),
    Column("note", "text", "what a reader must know", required=False, nullable=True),
)

SECTORS: Final = (
    Column(
        "site_id",
        "text",
        "mast; rows with the same id share position, operator and height",
        follows=("name", "operator"),
    ),
    Column(
        "sector_id",
        "text",
        "antenna face and carrier",
        unique=True,
        follows=("site_id", "technology"),
    ),
    Column("name", "text", "name of the site", required=False, nullable=True),
    Column("operator", "text", "network operator"),
    Column("technology", "text", "radio technology", choices=TECHNOLOGIES),
    Column(
        "frequency_mhz",
        "number",
        "downlink centre frequency",
        minimum=30.0,
        maximum=6000.0,
        follows=("technology",),
    ),
    Column(
        "bandwidth_mhz",
        "number",
        "carrier bandwidth",
        minimum=0.1,
        maximum=400.0,
        follows=("technology",),
    ),
    Column("height_agl_m", "number", "antenna centre above ground", minimum=1.0, maximum=300.0),
    Column(
        "azimuth_deg",
        "number",
        "main direction clockwise from north; empty for an omnidirectional antenna",
        nullable=True,
        minimum=0.0,
        maximum=360.0,
    ),
    Column("downtilt_deg", "number", "total tilt below horizon", minimum=-20.0, maximum=45.0),
    Column(
        "mechanical_tilt_deg",
        "number",
        "part of the tilt that tips the whole antenna; empty: none, or with a pattern file what "
        "the total exceeds the file's own tilt by",
        required=False,
        nullable=True,
        minimum=-20.0,
        maximum=45.0,
    ),
    Column(
        "beamwidth_h_deg",
        "number",
        "horizontal half-power beamwidth; empty for an omnidirectional antenna",
        nullable=True,
        minimum=1.0,
        maximum=360.0,
    ),
    Column("beamwidth_v_deg", "number", "vertical half-power beamwidth", minimum=1.0, maximum=90.0),
    Column(
        "antenna",
        "text",
        "pattern: 'tr36814' (the same as empty: from the widths), 'tr38901', or a file of the "
        "scenario's inputs.antennas by its name",
        required=False,
        nullable=True,
    ),
    Column(
        "eirp_dbm",
        "number",
        "total EIRP over the carrier",
        minimum=-10.0,
        maximum=100.0,
        follows=("technology",),
    ),
    Column(
        "power_dbm",
        "number",
        "transmitter power over the carrier; with the gain it gives an EIRP that is not given",
        required=False,
        nullable=True,
        minimum=-10.0,
        maximum=80.0,
    ),
    Column(
        "gain_dbi",
        "number",
        "antenna gain over isotropic; empty: that of the pattern file",
        required=False,
        nullable=True,
        minimum=-20.0,
        maximum=50.0,
    ),
    Column(
        "losses_db",
        "number",
        "feeder and combiner between transmitter and antenna; empty: 0",
        required=False,
        nullable=True,
        minimum=0.0,
        maximum=40.0,
    ),
    Column("on_air", "date", "first day on air"),
    Column("off_air", "date", "first day off air", required=False, nullable=True),
    Column(
        "programme",
        "text",
        "programme that built the site, e.g. '105-villages'; empty for none",
        required=False,
        nullable=True,
    ),
    Column("origin", "text", "where the row comes from", choices=ORIGINS),
    Column("uncertainty_m", "number", "radius that holds the true position", minimum=0.0),
    Column("source", "text", "citation or rule", required=False, nullable=True),
    Column(
        "assumed",
        "text",
        "columns of the row that were not given and took a default, '; ' between",
        required=False,
        nullable=True,
    ),
)

VILLAGES: Final = (
    Column("village_id", "text", "identifier", unique=True),
    Column("name_vi", "text", "name of the thôn, bản or khu"),
    Column("commune_code", "text", "code of the unit since July 2025"),
    Column("former_commune", "text", "commune before July 2025", required=False, nullable=True),
    Column("population", "integer", "people", required=False, nullable=True, minimum=0),
    Column("households", "integer", "households", required=False, nullable=True, minimum=0),
    Column("in_programme", "boolean", "counted among the 105 formerly unserved villages"),
    Column(
        "served_from",
        "date",
        "day from which a report says that there is signal",
        required=False,
        nullable=True,
    ),
    Column("origin", "text", "where the row comes from", choices=ORIGINS),
    Column("uncertainty_m", "number", "radius that holds the true position", minimum=0.0),
    Column("source", "text", "citation or rule", required=False, nullable=True),
    Column("note", "text", "what a reader must know", required=False, nullable=True),
)

PLACES: Final = (
    Column("place_id", "text", "identifier", unique=True),
    Column("name_vi", "text", "name"),
    Column("name_en", "text", "English name", required=False, nullable=True),
    Column(
        "kind",
        "text",
        "station that the founding text names, other reported station, or control point",
        choices=("named_site", "reported_site", "control_point"),
    ),
    Column("commune_code", "text", "unit since July 2025; empty at sea", nullable=True),
    Column("origin", "text", "where the position comes from", choices=ORIGINS),
    Column("uncertainty_m", "number", "radius that holds the true position", minimum=0.0),
    Column("reported", "text", "date, or what is known of it", required=False, nullable=True),
    Column("note", "text", "what a reader must know", required=False, nullable=True),
    Column("source", "text", "citation", required=False, nullable=True),
)

UNITS: Final = (
    Column("code", "text", "code of the former unit", unique=True),
    Column("name_vi", "text", "full Vietnamese name with its type"),
    Column("name_en", "text", "English name", required=False, nullable=True),
    Column("district_code", "text", "district of the unit", required=False, nullable=True),
    Column("district", "text", "name of the district", required=False, nullable=True),
    Column(
        "successors",
        "text",
        "codes of the communes that took its land, '; ' between",
        required=False,
        nullable=True,
    ),
    Column("population", "integer", "people", required=False, nullable=True, minimum=0),
    Column("population_year", "integer", "year of the count", required=False, nullable=True),
)

CLAIMS: Final = (
    Column("statement_id", "text", "identifier", unique=True),
    Column("claim_id", "text", "claim that the statement is about"),
    Column(
        "stance",
        "text",
        "whether the statement makes, contradicts or supports the claim",
        choices=("claims", "contradicts", "supports"),
    ),
    Column("text_vi", "text", "the statement in Vietnamese"),
    Column("text_en", "text", "the statement in English"),
    Column("date", "text", "day that the statement is about or was printed", nullable=True),
    Column("place", "text", "place", required=False, nullable=True),
    Column("place_id", "text", "place in the table of places", required=False, nullable=True),
    Column("commune_code", "text", "unit since July 2025", required=False, nullable=True),
    Column(
        "since",
        "text",
        "first day that a report speaks of: 2024, 2024-05 or 2024-05-27; empty for open",
        required=False,
        nullable=True,
    ),
    Column(
        "until",
        "text",
        "last day that it speaks of, written alike; empty for open",
        required=False,
        nullable=True,
    ),
    Column(
        "whole",
        "boolean",
        "whether it speaks of everything that the claim speaks of; empty for a part",
        required=False,
        nullable=True,
    ),
    Column(
        "origin",
        "text",
        "what the statement rests on; empty for published; modelled ones are left out",
        required=False,
        nullable=True,
        choices=ORIGINS,
    ),
    Column("source", "text", "citation"),
    Column("note", "text", "what a reader must know", required=False, nullable=True),
)

INDICATORS: Final = (
    Column("indicator_id", "text", "identifier", unique=True),
    Column("name_vi", "text", "what is counted"),
    Column("name_en", "text", "what is counted"),
    Column("value", "number", "the figure; shares are fractions 0-1"),
    Column("unit", "text", "unit of the figure"),
    Column("date", "text", "day of the figure", nullable=True),
    Column("comparison", "number", "figure it is compared with", required=False, nullable=True),
    Column("comparison_vi", "text", "whose figure that is", required=False, nullable=True),
    Column("comparison_en", "text", "whose figure that is", required=False, nullable=True),
    Column("origin", "text", "where the figure comes from", choices=ORIGINS),
    Column("source", "text", "citation"),
    Column("note", "text", "what a reader must know", required=False, nullable=True),
)
