"""What the tests of the readers share: write a table, and see which problems reading it has."""

import geopandas as gpd
import pytest

from qn_coverage.core.errors import InvalidDataError
from qn_coverage.core.problem_titles import TITLES


def written(table, path):
    """Write a frame in the format of the path's ending."""
    if path.suffix == ".csv":
        table.to_csv(path, index=False)
    elif path.suffix == ".parquet":
        table.to_parquet(path)
    elif isinstance(table, gpd.GeoDataFrame):
        table.to_file(path)
    return path


def problems_of(read, *arguments, **options):
    """The problems of a call that must be refused, each of them complete."""
    with pytest.raises(InvalidDataError) as caught:
        read(*arguments, **options)
    for problem in caught.value.problems:
        assert problem.file
        assert problem.found
        assert problem.expected
        assert problem.mend
        title = TITLES[problem.code]
        told = f"{title[0].upper()}{title[1:]} / [{problem.code}] {problem.file}"
        assert str(problem).startswith(told)
    return caught.value.problems


def codes_of(read, *arguments, **options):
    """The kinds of problems of a call that must be refused."""
    return {problem.code for problem in problems_of(read, *arguments, **options)}


def only(problems):
    """The one problem."""
    (problem,) = problems
    return problem


def places_of(problems):
    """Kind, row and column of each problem."""
    return [(problem.code, problem.row, problem.column) for problem in problems]
