"""Vietnamese text is stored in one spelling and compared without accents."""

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from qn_coverage.core.text import fold, fold_unit_name, nfc


def test_old_and_new_accent_places_match():
    assert fold("Hoà") == fold("Hòa") == "hoa"


def test_d_with_stroke_matches_d():
    assert fold("Đặc khu Vân Đồn") == "dac khu van don"


def test_the_word_for_the_unit_is_left_out():
    assert fold_unit_name("Đặc khu Vân Đồn") == "van don"
    assert fold_unit_name("thôn Sú Cáu") == "su cau"
    assert fold_unit_name("Khu 10") == "10"


@given(st.text())
def test_storing_and_folding_settle_at_once(text):
    assert nfc(nfc(text)) == nfc(text)
    assert unicodedata.is_normalized("NFC", nfc(text))


@given(st.text(alphabet=st.characters(categories=("Lu", "Ll"), max_codepoint=0x1EF9)))
def test_folding_ignores_how_accents_are_composed(text):
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))
