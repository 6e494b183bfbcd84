"""Vietnamese in any old encoding is read as written, or refused."""

import re
import unicodedata
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qn_coverage.core.errors import InvalidDataError
from qn_coverage.core.text import nfc
from qn_coverage.data.boundaries import read_communes, read_units
from qn_coverage.data.catalog import layer_path
from qn_coverage.data.importing.syllables import is_syllable
from qn_coverage.data.importing.text import TCVN3, cleaned, decode, repaired

LIST = "Tên trạm;Kinh độ;Vĩ độ\nTrạm Hạ Long đảo Tuần Châu;107,1;20,9\nTrạm Vân Đồn;107,4;21,0\n"
TO_TCVN3 = {letter: code for code, letter in TCVN3.items() if code > 0xA0}
PATH = Path("list.csv")


def as_tcvn3(text):
    return bytes(TO_TCVN3.get(char, ord(char)) for char in text)


def as_cp1258(text):
    """Letters with their own code, else a letter and a tone mark, as Windows writes them."""
    out = b""
    for char in text:
        try:
            out += char.encode("cp1258")
        except UnicodeEncodeError:
            base, *marks = unicodedata.normalize("NFD", char)
            tones = [m for m in marks if m in "\u0300\u0301\u0303\u0309\u0323"]
            shape = "".join(m for m in marks if m not in tones)
            out += (unicodedata.normalize("NFC", base + shape) + "".join(tones)).encode("cp1258")
    return out


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (LIST.encode(), "utf-8"),
        (LIST.encode("utf-8-sig"), "utf-8"),
        (LIST.encode("utf-16"), "utf-16"),
        (as_tcvn3(LIST), "tcvn3"),
        (as_cp1258(LIST), "cp1258"),
        (unicodedata.normalize("NFD", LIST).encode(), "utf-8"),
    ],
)
def test_every_encoding_gives_the_same_text(data, encoding):
    decoded = decode(data, PATH)
    assert decoded.encoding == encoding
    assert nfc(decoded.text) == nfc(LIST)


@pytest.mark.parametrize("code", ["utf-16-le", "utf-16-be"])
def test_utf16_without_its_mark_is_told_by_its_zeros(code):
    assert decode("site;lon;lat\n1;107.1;20.9\n".encode(code), PATH).text.startswith("site;lon")


def test_the_users_word_is_stronger_than_what_is_detected():
    assert decode(b"\xa7", PATH, "tcvn3").text == "Đ"


def test_bytes_that_are_clearly_nothing_are_refused():
    with pytest.raises(InvalidDataError) as caught:
        decode(b"a;b\n\xff\x81\x8d;2", PATH)
    assert caught.value.codes == {"ambiguous-encoding"}


def test_nul_bytes_are_refused_with_their_place():
    with pytest.raises(InvalidDataError, match="byte 5"):
        decode(b"a;b\n1\x00;2\n", PATH)


@pytest.mark.parametrize(
    ("shown", "meant"),
    [("Qu¶ng Ninh", "Quảng Ninh"), ("§¶o TuÇn Ch©u", "Đảo Tuần Châu"), ("H¹ Long", "Hạ Long")],
)
def test_abc_text_in_unicode_cells_is_repaired(shown, meant):
    mended, encoding = repaired(["Qu¶ng Ninh", "H¹ Long", shown])
    assert (mended[shown], encoding) == (meant, "tcvn3")


@pytest.mark.parametrize(
    "column",
    [
        ["xã", "phường"],
        ["thôn", "khu"],
        ["có", "không"],
        ["Cấp 1", "Cấp 2"],
        ["Hộ", "người"],
        ["Bình"],
        ["Cấu", "bền"],
        ["cột", "số"],
        ["đã nối", "chưa nối"],
    ],
)
def test_a_column_of_short_words_in_abc_text_is_told_by_their_spelling(column):
    shown = [as_tcvn3(text).decode("latin-1") for text in column]
    mended, encoding = repaired(shown)
    assert [mended.get(text, text) for text in shown] == column
    assert encoding == "tcvn3"


@pytest.mark.parametrize(
    "column",
    [
        ["A · B", "a·b", "Bay·Moc"],
        ["3m×2m", "5×3 m", "m²", "10°"],
        ["Hòn\xadGai", "«Bay»"],
        ["Café", "Résidence", "São Paulo"],
        ["lâm", "sãng", "bèn", "dông"],
    ],
)
def test_signs_foreign_words_and_what_may_be_right_are_left_alone(column):
    assert repaired(column) == ({}, "")


def test_names_of_all_units_are_spelled_in_syllables_and_never_changed():
    units = [read_communes(layer_path("communes")), read_units(layer_path("former_communes"))]
    names = pd.concat([each["name_vi"] for each in units])
    words = {word for name in names for word in re.findall(r"[^\W\d_]+", name)}
    accented = {word for word in words if not word.isascii()}
    assert len(accented) > 100
    assert [word for word in accented if not is_syllable(word)] == []
    assert all(repaired([word]) == ({}, "") for word in accented)


def test_text_encoded_twice_is_repaired():
    twice = "Quảng Yên".encode().decode("latin-1")
    assert repaired([twice]) == ({twice: "Quảng Yên"}, "utf-8 read as cp1252")


@pytest.mark.parametrize(
    "word", ["Quảng Ninh", "Đồng Rui", "Hòn Gai", "Bé", "Bay 5°", "Cô Tô", "A"]
)
def test_right_vietnamese_is_left_alone(word):
    assert repaired([word]) == ({}, "")


@given(st.text())
def test_cleaned_text_has_no_control_characters_and_is_stable(text):
    once = cleaned(text)
    assert not any(unicodedata.category(char) in {"Cc", "Cs"} for char in once)
    assert cleaned(once) == once


@given(st.binary(max_size=300))
def test_any_bytes_are_text_or_a_named_problem(data):
    try:
        decode(data, PATH)
    except InvalidDataError as error:
        codes = error.codes
    else:
        codes = frozenset()
    assert codes <= {"ambiguous-encoding", "nul-bytes", "unknown-encoding"}
