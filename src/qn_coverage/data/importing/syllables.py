"""Whether a word is spelled as a Vietnamese syllable can be: what tells text in a wrong encoding.

Words are written as onset, rime and tone. Onsets and rimes are those of the orthography in use (no
list of words), and a rime that ends in a stop takes the acute or the dot below alone.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

_RIMES: Final = (
    "a ac ach ai am an ang anh ao ap at au ay ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây "
    "e ec em en eng eo ep et ê êch êm ên ênh êp êt êu "
    "i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu "
    "o oa oac oach oai oan oang oanh oao oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on "
    "ong ooc oong op ot ô ôc ôi ôm ôn ông ôp ôt ơ ơi ơm ơn ơp ơt "
    "u ua uân uâng uât uây uc uê uêch uênh ui um un ung uôc uôi uôm uôn uông uôt uơ up ut uy uya "
    "uych uyên uyêt uynh uyt uyu ư ưa ưc ưi ưng ươc ươi ươm ươn ương ươp ươt ươu ưt ưu "
    "y yêm yên yêng yêt yêu"
)
_ONSETS: Final = (
    "b ch c(?![eêiy]) d đ gh(?=[eêi]) gi g(?![eê]) h kh k(?=[eêiy]) l m ngh(?=[eêi]) ng(?![eêi]) "
    "nh n ph p qu r s th tr t v x"
)
_SYLLABLE: Final = re.compile(f"(?:{'|'.join(_ONSETS.split())})?(?:{'|'.join(_RIMES.split())})")
_STOPPED: Final = re.compile("(?:ch|[cpt])$")
_TONES: Final = frozenset("\u0300\u0301\u0303\u0309\u0323")
_OF_STOPS: Final = frozenset("\u0301\u0323")


@lru_cache(maxsize=1 << 16)
def is_syllable(word: str) -> bool:
    """Whether a word can be Vietnamese; Hoà and Hòa both can, capitals amid small letters can't."""
    if word not in {word.lower(), word.upper(), word.capitalize()}:
        return False
    marked = unicodedata.normalize("NFD", word.casefold())
    tones = [mark for mark in marked if mark in _TONES]
    bare = unicodedata.normalize("NFC", "".join(c for c in marked if c not in _TONES))
    if len(tones) > 1 or not _SYLLABLE.fullmatch(bare):
        return False
    return not _STOPPED.search(bare) or (tones != [] and tones[0] in _OF_STOPS)
