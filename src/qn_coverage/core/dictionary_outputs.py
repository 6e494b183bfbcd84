"""The data dictionary of the outputs: what each column of each table of a run means.

Columns of the inputs that a table carries along are explained with the inputs. ``STATE`` stands for
``before`` and ``after``.
"""

from __future__ import annotations

from typing import Final

STATES: Final = ("before", "after")

_UNITS: Final = (
    ("land_km2", "land of the unit on the grid; every level has the same total"),
    ("population_grid", "people of the population grid inside the unit"),
    ("land_share_STATE", "share of the land whose cells meet the rule, 0-1"),
    ("population_share_STATE", "share of the people in these cells, 0-1"),
    ("land_share_STATE_low", "lower end of its 5-95 % interval, from the model's error alone"),
    ("land_share_STATE_high", "upper end"),
    ("population_share_STATE_low", "lower end of its 5-95 % interval"),
    ("population_share_STATE_high", "upper end"),
    ("villages", "villages examined"),
    ("villages_covered_STATE", "of these, with verdict covered"),
    ("uncovered_land_km2_after", "land outside coverage after the programme"),
    ("uncovered_population_after", "people outside coverage after the programme"),
)
_REASON: Final = (
    ("operator", "operator that lacks least"),
    ("technology", "technology of its candidate"),
    ("site_id", "site of its candidate"),
    ("distance_km", "distance to that site"),
    ("missing_db", "what the level lacks by ITU-R P.1812; 0 where it suffices"),
    ("blame", "none, distance, antenna, clutter or ridge"),
    ("edge_km", "distance of the obstructing edge from the site"),
    ("edge_top_m", "its top above mean sea level"),
    ("edge_above_line_m", "how far it stands above the line of sight"),
    ("extra_mast_m", "least raise of the mast that would do; empty where 60 m would not"),
    ("place_height_m", "least height of the telephone that would do; empty where 30 m would not"),
    ("nearest_signal_km", "distance of the nearest covered cell"),
    ("nearest_signal_bearing_deg", "its direction, clockwise from north"),
)
_REASONS_SHOWN: Final = tuple((f"reason_{name}", what) for name, what in _REASON)
_COMPUTED: Final = (
    ("result_origin", "modelled: what a run adds to its input comes out of a propagation model"),
)
_POSITION: Final = (("lon", "longitude, degrees"), ("lat", "latitude, degrees"))

OUTPUTS: Final[tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]] = (
    (
        "communes.csv, former_communes.csv, districts.csv",
        "one row a unit, with the columns of its input",
        (*_UNITS, *_COMPUTED),
    ),
    (
        "villages.csv",
        "one row a village, with the columns of its input",
        (
            ("verdict_STATE", "covered, not_covered or cannot_tell, if the model is right"),
            ("disc_share_STATE", "share of the people of its disc in covered cells, 0-1"),
            ("margin_STATE_db", "best level less the level needed, at the nominal position"),
            ("operator_STATE", "operator of the best level there"),
            ("technology_STATE", "its technology"),
            ("site_STATE", "its site"),
            ("probability_STATE", "chance of signal with the model's error, wherever in the disc"),
            ("class_STATE", "class of the rule: covered, weak, no_signal or cannot_tell"),
            ("share_covered_STATE", "share of the disc's people in cells of class covered"),
            ("share_weak_STATE", "the same of class weak"),
            ("share_no_signal_STATE", "the same of class no_signal"),
            ("waits_for_STATE", "what cannot_tell waits for: position or model (a measurement)"),
            (
                "depends_on",
                (
                    "sites each of which alone keeps the verdict after at covered, '; ' between, "
                    "the one with the greatest loss first"
                ),
            ),
            *_REASONS_SHOWN,
            *_POSITION,
            *_COMPUTED,
        ),
    ),
    (
        "timeline.csv",
        "one row a step and unit or village; units have no verdict, villages no shares",
        (
            ("step", "code of the step; summary.json has its titles and what its day rests on"),
            ("day", "the state at the end of this day"),
            ("level", "commune, former_commune, district, province or village"),
            ("code", "code of the unit, or village_id"),
            ("land_km2", "covered land"),
            ("land_share", "its share of the unit's land, 0-1"),
            ("population", "people in covered cells"),
            ("population_share", "their share, 0-1"),
            ("population_gained", "people covered now and not at the step before"),
            ("population_lost", "people covered at the step before and not now"),
            ("villages", "villages examined"),
            ("villages_covered", "of these, with verdict covered"),
            ("verdict", "verdict on the village, as in villages.csv"),
            ("class", "class of the village, as in villages.csv"),
            ("probability", "chance of signal, as in villages.csv"),
            *_COMPUTED,
        ),
    ),
    (
        "village_layers.csv",
        "one row a village, operator, technology and state",
        (
            ("village_id", "the village"),
            ("operator", "operator, or any"),
            ("technology", "technology, or any"),
            ("state", "before or after"),
            ("probability", "chance of signal from these layers alone"),
            ("class", "class of the rule"),
            *_COMPUTED,
        ),
    ),
    (
        "sites.csv",
        "one row a site on air after the programme, whoever would be missed most first",
        (
            ("site_id", "the site; name to uncertainty_m, and assumed if any is, as in sectors"),
            ("technologies", "its technologies, blanks between"),
            ("land_km2_served", "land where it is the best server of a layer and covers"),
            ("people_served", "people there; who has several layers counts for each site once"),
            ("land_km2_alone", "land that no other site of any operator covers"),
            ("people_alone", "people there: without signal if the site fails"),
            ("villages_alone", "villages no longer covered if the site fails"),
            *_POSITION,
            *_COMPUTED,
        ),
    ),
    (
        "losses.csv",
        "who loses service when a site fails; one row a site and commune",
        (
            ("site_id", "the site"),
            ("level", "commune"),
            ("code", "code of the commune"),
            ("people_lost", "people whom no other site of any operator covers"),
            *_COMPUTED,
        ),
    ),
    (
        "layers.csv",
        "one row a unit, operator, technology and state",
        (
            ("level", "commune, former_commune, district or province"),
            ("code", "code of the unit"),
            ("operator", "operator, or any"),
            ("technology", "technology, or any"),
            ("state", "before or after"),
            ("land_km2", "covered land"),
            ("land_share", "its share, 0-1"),
            ("population", "people in covered cells"),
            ("population_share", "their share, 0-1"),
            ("villages", "villages whose nominal position lies in a covered cell"),
            ("villages_share", "their share, 0-1"),
            *_COMPUTED,
        ),
    ),
    (
        "gaps.csv",
        "one row a piece of uncovered land after the programme",
        (
            ("gap_id", "identifier"),
            ("rank", "by people, then land"),
            ("commune_code", "commune that most of it belongs to"),
            ("commune", "its name"),
            ("communes", "all communes that it touches, '; ' between"),
            ("area_km2", "land"),
            ("population", "people"),
            ("villages", "villages whose nominal position lies in it"),
            ("distance_to_site_km", "from its middle to the nearest site"),
            ("best_margin_db", "best level less the level needed, where it is best"),
            ("worst_margin_db", "where it is worst; empty where nothing is received"),
            *_REASONS_SHOWN,
            *_COMPUTED,
        ),
    ),
    (
        "reasons.csv",
        "one row a place without signal and operator",
        (
            ("place_id", "village_id or gap_id"),
            ("order", "1 for the operator that lacks least"),
            *((name, what) for name, what in _REASON[:4]),
            ("level_dbm", "median level by ITU-R P.1812"),
            ("required_dbm", "level that would cover"),
            *_REASON[4:6],
            ("blame_vi", "the same in Vietnamese"),
            ("blame_en", "the same in English"),
            *_REASON[6:],
            ("edge_lon", "longitude of the edge, degrees"),
            ("edge_lat", "latitude of the edge, degrees"),
            *_COMPUTED,
        ),
    ),
    (
        "claims.csv",
        "one row a claim of the founding text",
        (
            ("claim_id", "the claim; a claim on several stations has one row each"),
            ("text_vi", "what it says, in Vietnamese"),
            ("text_en", "what it says, in English"),
            ("day", "day that it speaks of"),
            ("place", "place that it names"),
            ("source", "who makes it"),
            ("verdict", "supported, contradicted or not_testable"),
            ("verdict_vi", "the same in Vietnamese"),
            ("verdict_en", "the same in English"),
            ("by_vi", "evidence that decides, in Vietnamese"),
            ("by_en", "evidence that decides, in English"),
            ("besides_vi", "evidence that does not, and why, in Vietnamese"),
            ("besides_en", "evidence that does not, and why, in English"),
            ("reading_vi", "how the claim is read, in Vietnamese"),
            ("reading_en", "how the claim is read, in English"),
            ("needs_vi", "what file would make it testable, in Vietnamese"),
            ("needs_en", "what file would make it testable, in English"),
        ),
    ),
    (
        "measurements.csv",
        "one row a place where a field measurement would settle most, best first",
        (
            ("rank", "order of a campaign: each place given those above it"),
            ("place", "number of the place among all that were looked at"),
            ("villages_settled", "undecided villages that one reading is expected to settle"),
            (
                "importance_settled",
                (
                    "their people, expected; a village of unknown population counts as the mean of "
                    "those known"
                ),
            ),
            ("villages_settled_in_all", "with all places above it"),
            *_POSITION,
            *_COMPUTED,
        ),
    ),
)
"""Tables of a run: file, what a row is, and (column, meaning)."""


def outputs_markdown() -> str:
    """One Markdown table an output file: column and meaning."""
    return "\n".join(
        f"### {name}\n\n{row[:1].upper()}{row[1:]}.\n\n| column | meaning |\n|---|---|\n"
        + "".join(f"| `{column}` | {meaning} |\n" for column, meaning in columns)
        for name, row, columns in OUTPUTS
    )


def explained(columns: tuple[tuple[str, str], ...]) -> frozenset[str]:
    """Names of columns with each state put in."""
    return frozenset(name.replace("STATE", state) for name, _ in columns for state in STATES)
