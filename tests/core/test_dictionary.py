"""The data dictionary in the documentation is the schema's own."""

from pathlib import Path

from qn_coverage.core.dictionary import INPUTS, markdown
from qn_coverage.core.dictionary_outputs import OUTPUTS, explained, outputs_markdown


def test_the_documentation_holds_the_dictionary_as_it_is():
    text = (Path(__file__).parents[2] / "docs" / "data.md").read_text(encoding="utf-8")
    assert markdown() in text


def test_every_column_says_what_it_means():
    assert all(column.meaning for _, _, columns in INPUTS for column in columns)


def test_the_documentation_holds_the_dictionary_of_the_outputs_as_it_is():
    text = (Path(__file__).parents[2] / "docs" / "data.md").read_text(encoding="utf-8")
    assert outputs_markdown() in text


def test_every_column_that_a_run_writes_is_explained_and_no_other(tiny_study):
    inputs = {name: {column.name for column in columns} for name, _, columns in INPUTS}
    of_units = inputs["communes"] | inputs["former_communes, districts"]
    written = {
        "communes.csv, former_communes.csv, districts.csv": (tiny_study.communes, of_units),
        "villages.csv": (tiny_study.villages, inputs["villages"]),
        "timeline.csv": (tiny_study.history.table, set()),
        "village_layers.csv": (tiny_study.village_layers, set()),
        "sites.csv": (tiny_study.sites, inputs["sectors"] - {"site_id"}),
        "losses.csv": (tiny_study.losses, set()),
        "layers.csv": (tiny_study.layer_statistics, set()),
        "gaps.csv": (tiny_study.gaps, set()),
        "reasons.csv": (tiny_study.reasons, set()),
        "claims.csv": (tiny_study.judgements, set()),
        "measurements.csv": (tiny_study.measurements, set()),
    }
    assert set(written) == {name for name, _, _ in OUTPUTS}
    for name, _, columns in OUTPUTS:
        table, carried = written[name]
        told = explained(columns)
        found = {column for column in table.columns if column != "geometry"}
        assert found - carried <= told, name
        # Added when the table is written: lon and lat stand for the geometry.
        assert told - found <= {"lon", "lat", "result_origin"}, name
