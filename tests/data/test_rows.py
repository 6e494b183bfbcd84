"""The row that a message names is the row in which a spreadsheet shows the fault."""

import pandas as pd
import pytest

from qn_coverage.data.catalog import layer_path
from qn_coverage.data.facts import read_claims, read_indicators, read_places
from qn_coverage.data.formats import read_table
from qn_coverage.data.sites import read_network, read_sectors
from qn_coverage.data.villages import read_villages
from tests.data.reading import problems_of
from tests.tiny import write_province

BARE = """site_id,operator,technology,lon,lat
A,Viettel,4G,107.35,20.95
{blank}B,MobiFone,3G,107.36,20.96
{blank}C,VinaPhone,{last},107.37,20.97
"""
BLANKS = ["\n", ",,,,\n", '"",,,,""\n', "\n\n", "  \n"]


def kept(folder, text, name="t.csv"):
    path = folder / name
    path.write_text(text, encoding="utf-8", newline="")
    return path


def rows_of(read, path):
    return {problem.row for problem in problems_of(read, path)}


@pytest.mark.parametrize("blank", BLANKS)
def test_empty_rows_count_and_change_nothing(tmp_path, blank):
    wrong = kept(tmp_path, BARE.format(blank=blank, last="6G"))
    assert rows_of(read_sectors, wrong) == {3 + 2 * blank.count("\n")}
    spaced = read_sectors(kept(tmp_path, BARE.format(blank=blank, last="4G")))
    dense = read_sectors(kept(tmp_path, BARE.format(blank="", last="4G")))
    pd.testing.assert_frame_equal(pd.DataFrame(spaced), pd.DataFrame(dense))


def test_a_cell_that_holds_a_line_break_is_in_one_row(tmp_path):
    text = BARE.format(blank="", last="6G").replace("MobiFone", '"Mobi\nFone"')
    assert rows_of(read_sectors, kept(tmp_path, text)) == {3}


def test_lines_above_the_names_are_not_counted(tmp_path):
    text = "\n,,,,\n" + BARE.format(blank="\n", last="6G")
    assert rows_of(read_sectors, kept(tmp_path, text)) == {5}


def test_a_row_with_too_many_cells_is_named_where_it_stands(tmp_path):
    for above in ("", "\n\n"):
        text = above + BARE.format(blank="\n", last="4G") + "D,Viettel,4G,107.3,20.9,x,y\n"
        (problem,) = problems_of(read_sectors, kept(tmp_path, text))
        assert (problem.code, problem.row) == ("broken-row", 6)


def test_warnings_name_rows_as_problems_do(tmp_path):
    head = "site_id,operator,technology,lon,lat,eirp_dbm,power_dbm,gain_dbi,losses_db\n"
    row = "A,Viettel,4G,107.35,20.95,{eirp},46,17,2\n"
    path = kept(tmp_path, head + row.format(eirp=61) + "\n" + row.format(eirp=99))
    assert [warning.row for warning in read_network(path).warnings] == [3]


@pytest.mark.parametrize(
    ("read", "name", "column"),
    [(read_villages, "villages.csv", "commune_code"), (read_sectors, "sectors.csv", "operator")],
)
def test_every_reader_of_places_counts_empty_rows(tmp_path, read, name, column):
    write_province(tmp_path)
    lines = (tmp_path / name).read_text(encoding="utf-8").splitlines()
    at = lines[0].split(",").index(column)
    cells = lines[-1].split(",")
    cells[at] = ""
    lines[-1] = ",".join(cells)
    lines.insert(2, "")
    assert rows_of(read, kept(tmp_path, "\n".join(lines) + "\n")) == {len(lines) - 1}


@pytest.mark.parametrize("read", [read_claims, read_indicators, read_places])
def test_every_reader_of_facts_counts_empty_rows(tmp_path, read):
    name = read.__name__.removeprefix("read_")
    table = read_table(layer_path(name)) if name != "places" else None
    if table is None:
        text = "place_id,name_vi,lon,lat\nx,Nơi,107.3,20.9\n\ny,,999,20.9\n"
    else:
        rows = table.head(2).astype(object)
        rows.iloc[1, 0] = None
        lines = rows.to_csv(index=False).splitlines()
        text = "\n".join([*lines[:2], "", *lines[2:]]) + "\n"
    found = rows_of(read, kept(tmp_path, text))
    assert 3 in found
    assert 2 not in found
