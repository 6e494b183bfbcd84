"""Vietnamese in any old encoding is read as written, or refused."""

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qn_coverage.core.errors import InvalidDataError
from qn_coverage.core.text import nfc
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
