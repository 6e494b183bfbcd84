"""Pattern files: what a manufacturer measured arrives in dBi, clockwise and downwards."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qn_coverage.core.errors import CoverageError
from qn_coverage.data.antennas import read_antenna
from qn_coverage.propagation.antenna import cut_db
from tests.data.reading import codes_of, only, problems_of

HEADER = """NAME 742215 Hộp
MAKE Kathrein
FREQUENCY 2140
H_WIDTH 65
V_WIDTH 6.5
FRONT_TO_BACK 30
GAIN 15.5 dBd
TILT ELECTRICAL
ELECTRICAL_TILT 4
COMMENT measured
"""
STEPS = np.arange(360)
FACE = np.minimum(12.0 * (((STEPS + 180) % 360 - 180) / 65.0) ** 2, 25.0)
TILTED = np.minimum(12.0 * (((STEPS - 4 + 180) % 360 - 180) / 6.5) ** 2, 20.0)


def cut(name, losses, angles=STEPS):
    lines = [f"{angle} {loss:.2f}" for angle, loss in zip(angles, losses, strict=True)]
    return "\n".join([f"{name} {len(lines)}", *lines]) + "\n"


def write(tmp_path, text, encoding="utf-8", name="a.msi"):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


WHOLE = HEADER + cut("HORIZONTAL", FACE) + cut("VERTICAL", TILTED)


def test_a_pattern_file_is_read(tmp_path):
    found = read_antenna(write(tmp_path, WHOLE))
    assert found.name == "742215 Hộp"
    assert found.frequency_mhz == 2140.0
    assert found.gain_dbi == pytest.approx(15.5 + 2.15)
    assert found.electrical_tilt_deg == 4.0
    np.testing.assert_allclose(found.horizontal_db, -FACE, atol=0.0051)
    np.testing.assert_allclose(found.vertical_db, -TILTED, atol=0.0051)
    assert (found.horizontal_db <= 0.0).all()


def test_a_pattern_falls_on_the_side_and_below_where_the_engine_looks(tmp_path):
    lopsided = FACE.copy()
    lopsided[90] = 7.0
    text = HEADER + cut("HORIZONTAL", lopsided) + cut("VERTICAL", TILTED)
    found = read_antenna(write(tmp_path, text))
    assert cut_db(90.0, found.horizontal_db) == pytest.approx(-7.0)
    assert cut_db(4.0, found.vertical_db) == 0.0  # 4° below the horizon is the main direction
    assert cut_db(-4.0, found.vertical_db) < -15.0


@pytest.mark.parametrize(
    ("gain", "dbi"),
    [("15.5", 17.65), ("15,5 dBd", 17.65), ("17.65 dBi", 17.65), ("17.65dBi", 17.65), ("-2", 0.15)],
)
def test_gains_without_unit_are_over_a_dipole(tmp_path, gain, dbi):
    found = read_antenna(write(tmp_path, WHOLE.replace("15.5 dBd", gain)))
    assert found.gain_dbi == pytest.approx(dbi)


@pytest.mark.parametrize(
    ("text", "mhz"),
    [
        ("2140 MHz", 2140.0),
        ("1710-2170", 1940.0),
        ("1710 - 2170 MHz", 1940.0),
        ("2.14 GHz", 2140.0),
    ],
)
def test_a_range_of_frequencies_stands_for_its_middle(tmp_path, text, mhz):
    found = read_antenna(write(tmp_path, WHOLE.replace("FREQUENCY 2140", f"FREQUENCY {text}")))
    assert found.frequency_mhz == pytest.approx(mhz)


@pytest.mark.parametrize(
    ("lines", "tilt"),
    [
        ("TILT 6", 6.0),
        ("TILT ELECTRICAL", 0.0),
        ("TILT MECHANICAL 3", 0.0),
        ("COMMENT no tilt", 0.0),
    ],
)
def test_the_electrical_tilt_is_what_the_file_says(tmp_path, lines, tilt):
    text = WHOLE.replace("TILT ELECTRICAL\nELECTRICAL_TILT 4", lines)
    assert read_antenna(write(tmp_path, text)).electrical_tilt_deg == tilt


def test_tabs_decimal_commas_lower_case_and_windows_lines_are_understood(tmp_path):
    text = WHOLE.replace(".", ",").replace(" ", "\t").replace("\n", "\r\n").lower()
    wanted = read_antenna(write(tmp_path, WHOLE))
    found = read_antenna(write(tmp_path, text, name="b.pln"))
    np.testing.assert_array_equal(found.horizontal_db, wanted.horizontal_db)
    assert found.gain_dbi == wanted.gain_dbi


def test_names_in_latin_1_and_names_without_keyword_are_read(tmp_path):
    latin = WHOLE.replace("Hộp", "Ähre")
    assert read_antenna(write(tmp_path, latin, "latin-1")).name == "742215 Ähre"
    assert read_antenna(write(tmp_path, WHOLE.removeprefix("NAME "))).name == "742215 Hộp"
    nameless = WHOLE.split("\n", 1)[1]
    assert read_antenna(write(tmp_path, nameless, name="k.msi")).name == "k"


def test_other_steps_are_interpolated_over_north(tmp_path):
    angles = np.arange(-180, 181, 5)
    losses = np.minimum(np.abs(angles) * 0.1, 12.0)
    text = HEADER + cut("HORIZONTAL", losses, angles) + cut("VERTICAL", TILTED)
    found = read_antenna(write(tmp_path, text)).horizontal_db
    assert found.shape == (360,)
    assert found[[0, 2, 358]].tolist() == pytest.approx([0.0, -0.2, -0.2])


def test_a_circle_that_is_closed_twice_is_read_once(tmp_path):
    text = HEADER + cut("HORIZONTAL", [*FACE, FACE[0]], np.arange(361)) + cut("VERTICAL", TILTED)
    np.testing.assert_allclose(
        read_antenna(write(tmp_path, text)).horizontal_db, -FACE, atol=0.0051
    )


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("", {"missing-keys"}),
        (HEADER, {"missing-keys"}),
        (WHOLE.replace("GAIN 15.5 dBd\n", ""), {"missing-keys"}),
        (WHOLE.replace("15.5 dBd", "high"), {"not-a-number"}),
        (WHOLE.replace("15.5 dBd", "155"), {"out-of-range"}),
        (WHOLE.replace("FREQUENCY 2140", "FREQUENCY 2"), {"out-of-range"}),
        (WHOLE.replace("\n12 0.41\n", "\n12 x\n"), {"not-a-number"}),
        (WHOLE.replace("\n12 0.41\n", "\n12\n"), {"not-a-number"}),
        (WHOLE.replace("\n12 0.41\n", "\n13 0.41\n"), {"broken-pattern"}),
        (WHOLE.replace("\n12 0.41\n", "\n12 -3\n"), {"broken-pattern"}),
        ("\n".join(WHOLE.split("\n")[:-20]), {"broken-pattern"}),
        (WHOLE + "\0", {"unreadable"}),
    ],
)
def test_broken_patterns_are_named(tmp_path, text, codes):
    assert codes_of(read_antenna, write(tmp_path, text)) == codes


def test_the_line_of_a_broken_number_is_named(tmp_path):
    problem = only(
        problems_of(read_antenna, write(tmp_path, WHOLE.replace("\n12 0.41\n", "\n12 x\n")))
    )
    assert WHOLE.split("\n")[problem.row - 1] == "12 0.41"


def test_missing_and_huge_files_are_named(tmp_path):
    assert codes_of(read_antenna, tmp_path / "none.msi") == {"missing-file"}
    assert codes_of(read_antenna, write(tmp_path, "x" * 2_000_000)) == {"unreadable"}


def test_losses_a_hair_below_zero_are_no_gain(tmp_path):
    found = read_antenna(write(tmp_path, WHOLE.replace("\n0 0.00\n", "\n0 -0.02\n")))
    assert found.horizontal_db.max() == 0.0


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                *WHOLE.split("\n")[:40],
                "HORIZONTAL 2",
                "VERTICAL 2",
                "0 0",
                "180 9",
                "GAIN 1e999",
                "HORIZONTAL 99999",
                "\x85",
            ]
        )
    )
)
def test_no_mixture_of_lines_crashes_the_reader(tmp_path_factory, lines):
    path = write(tmp_path_factory.mktemp("fuzz"), "\n".join(lines))
    try:
        assert read_antenna(path).horizontal_db.shape == (360,)
    except CoverageError as error:
        assert str(error)  # noqa: PT017 (reading may also succeed)
