"""Fixtures that several suites share."""

import pytest

from tests import tiny


@pytest.fixture(scope="session")
def tiny_scenario(tmp_path_factory):
    """Path of a scenario over a tiny province with all its inputs beside it."""
    return tiny.write_province(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="session")
def tiny_study(tiny_scenario):
    """The study of the tiny province."""
    from qn_coverage.study import run_study

    return run_study(tiny_scenario)
