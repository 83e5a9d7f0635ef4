"""Scripts of names: a word is written in one script, Cyrillic or Latin, never in both.

A Latin letter among Cyrillic ones looks the same and is not: ``Cарыарқа`` with a Latin C is found by nobody.

>>> stray_letter("Сарыарқа көшесі") is None
True
>>> stray_letter("Cарыарқа көшесі")
StrayLetter(letter='C', word='Cарыарқа', script='Latin')
>>> stray_letter("ТОО «Nomad Group» № 5") is None
True
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

_WORD: Final = re.compile(r"[^\W\d_]+(?:\u0301[^\W\d_]*)*")
_SCRIPTS: Final = ("Cyrillic", "Latin")


@dataclass(frozen=True, slots=True)
class StrayLetter:
    """The first letter of a word that is not of the script in which most of the word is written.

    Attributes:
        letter: as it stands.
        word: the word in which it stands.
        script: what the letter belongs to: ``Latin`` or ``Cyrillic``; for any other, its Unicode name's first word.
    """

    letter: str
    word: str
    script: str


def stray_letter(text: str) -> StrayLetter | None:
    """Return the first letter that does not belong in its word, or ``None`` where every word has one script."""
    strays = (_stray(word) for word in _WORD.findall(unicodedata.normalize("NFC", text)))
    return next((stray for stray in strays if stray is not None), None)


def is_blank(text: str) -> bool:
    """Tell whether a text has nothing to read: no letter and no digit.

    >>> is_blank(" \u00a0-"), is_blank("№ 7")
    (True, False)
    """
    return not any(character.isalnum() for character in text)


def _stray(word: str) -> StrayLetter | None:
    scripts = [_script(letter) for letter in word]
    main = max(_SCRIPTS, key=scripts.count)
    for letter, script in zip(word, scripts, strict=True):
        if script not in {main, ""}:
            return StrayLetter(letter, word, script)
    return None


@lru_cache(maxsize=2048)
def _script(letter: str) -> str:
    """Return a letter's script; empty for what stands with any (accents)."""
    if unicodedata.category(letter).startswith("M"):
        return ""
    first = unicodedata.name(letter, "UNKNOWN LETTER").split()[0].title()
    return "" if first == "Modifier" else first
