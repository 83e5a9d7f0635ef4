"""Kazakh grammar as far as directions need it: numerals, endings that follow a word's last sounds, names of streets.

An ending's vowel is that of the word's last syllable, back or front; its consonant follows the word's last sound.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

Case = Literal["nominative", "genitive", "dative", "accusative", "locative", "ablative", "instrumental"]
Ending = Literal["vowel", "nasal", "sonorant", "voiced", "voiceless"]

_UNITS: Final = ("нөл", "бір", "екі", "үш", "төрт", "бес", "алты", "жеті", "сегіз", "тоғыз")
_TENS: Final = ("", "он", "жиырма", "отыз", "қырық", "елу", "алпыс", "жетпіс", "сексен", "тоқсан")

_BACK: Final = "аоұыяюёaouıû"
_FRONT: Final = "әөүіеэäöüeiéy"
_VOWELS: Final = "аәеёоөұүыіэяюaäeéoöuüıi"

_ENDINGS: Final[Mapping[Case, Mapping[Ending, tuple[str, str]]]] = {
    "genitive": {
        "vowel": ("ның", "нің"), "nasal": ("ның", "нің"), "sonorant": ("дың", "дің"), "voiced": ("дың", "дің"),
        "voiceless": ("тың", "тің"),
    },
    "dative": {
        "vowel": ("ға", "ге"), "nasal": ("ға", "ге"), "sonorant": ("ға", "ге"), "voiced": ("ға", "ге"),
        "voiceless": ("қа", "ке"),
    },
    "accusative": {
        "vowel": ("ны", "ні"), "nasal": ("ды", "ді"), "sonorant": ("ды", "ді"), "voiced": ("ды", "ді"),
        "voiceless": ("ты", "ті"),
    },
    "locative": {
        "vowel": ("да", "де"), "nasal": ("да", "де"), "sonorant": ("да", "де"), "voiced": ("да", "де"),
        "voiceless": ("та", "те"),
    },
    "ablative": {
        "vowel": ("дан", "ден"), "nasal": ("нан", "нен"), "sonorant": ("дан", "ден"), "voiced": ("дан", "ден"),
        "voiceless": ("тан", "тен"),
    },
    "instrumental": {
        "vowel": ("мен", "мен"), "nasal": ("мен", "мен"), "sonorant": ("мен", "мен"), "voiced": ("бен", "бен"),
        "voiceless": ("пен", "пен"),
    },
}  # fmt: skip
_OF_POSSESSED: Final[Mapping[Case, tuple[str, str]]] = {
    "genitive": ("ның", "нің"), "dative": ("на", "не"), "accusative": ("н", "н"), "locative": ("нда", "нде"),
    "ablative": ("нан", "нен"), "instrumental": ("мен", "мен"),
}  # fmt: skip
"""After the ending of possession (көше-сі, даңғыл-ы), whatever it belongs to."""

_FATHERED: Final = ("ұлы", "қызы", "улы", "кызы")
"""Names of descent are possessed: Момышұлы, Момышұлына."""

_EPENTHETIC: Final = ("кт", "фт", "ск", "нк", "пт")
"""Borrowed words that end so take «і» before an ending: лифт, лифтіге."""


def in_words(number: float) -> str:
    """Return a number below a million, whole or with tenths, as it is read.

    >>> in_words(121), in_words(1.5), in_words(2.3)
    ('жүз жиырма бір', 'бір жарым', 'екі бүтін оннан үш')
    """
    if number == int(number):
        return _whole(int(number))
    whole, tenths = divmod(round(number * 10), 10)
    if tenths == 5 and whole:
        return f"{_whole(whole)} жарым"
    return f"{_whole(whole)} бүтін оннан {_UNITS[tenths]}"


def _whole(number: int) -> str:
    if number < 10:
        return _UNITS[number]
    thousands, rest = divmod(number, 1000)
    hundreds, rest = divmod(rest, 100)
    said = [*_many(thousands, "мың"), *_many(hundreds, "жүз"), _TENS[rest // 10]]
    return " ".join(filter(None, (*said, _UNITS[rest % 10] if rest % 10 else "")))


def _many(number: int, what: str) -> tuple[str, ...]:
    return () if not number else (what,) if number == 1 else (_whole(number), what)


def ordinal(number: int) -> str:
    """Return an ordinal in words.

    >>> [ordinal(n) for n in (1, 2, 6, 20, 40, 50, 12)]
    ['бірінші', 'екінші', 'алтыншы', 'жиырмасыншы', 'қырқыншы', 'елуінші', 'он екінші']
    """
    *before, last = in_words(number).split()
    return " ".join((*before, _ordinal(last)))


def _ordinal(word: str) -> str:
    irregular = {"жиырма": "жиырмасыншы", "қырық": "қырқыншы"}
    front = is_front(word)
    joint = "" if word[-1] in "аеыі" else "і" if front else "ы"
    return irregular.get(word) or f"{word}{joint}{'нші' if front else 'ншы'}"


def is_front(word: str) -> bool:
    """Tell whether a word's last syllable is front (жіңішке), as the vowel of its endings is then.

    Cyrillic and Latin words are read alike; digits as their numeral. A soft sign makes a borrowed word front; «у» that
    ends a word follows the syllable before it, «и» does so only where the word has the back consonants қ and ғ.

    >>> [is_front(w) for w in ("көше", "даңғыл", "метр", "минут", "Гоголь", "би", "6", "Mega")]
    [True, False, True, False, True, True, False, False]
    """
    sounds = _sounding(word)
    if sounds.endswith("ь"):
        return True
    for at in range(len(sounds) - 1, -1, -1):
        letter = sounds[at]
        if letter in _FRONT:
            return True
        if letter in _BACK or (letter == "у" and (at < len(sounds) - 1 or not _vowelled(sounds[:at]))):
            return False
        if letter == "и":
            return not set("қғ") & set(sounds)
    return False


def _vowelled(sounds: str) -> bool:
    return any(letter in _VOWELS for letter in sounds)


def _sounding(word: str) -> str:
    """Return the last word of a name as it sounds at its end, in lower case."""
    bare = re.sub(r"[^\w]+$", "", word.lower())
    found = re.search(r"(\d+)$", bare)
    if found:
        return in_words(int(found[1]) % 1_000_000).split()[-1]
    last = re.split(r"[\s\-]", bare)[-1]
    silent = re.fullmatch(r"(.*[aeiouy].*[b-df-hj-np-tv-xz])e", last)
    return silent[1] if silent else last


def ending_of(word: str) -> Ending:
    """Return to which class of sounds a word's last belongs.

    >>> [ending_of(w) for w in ("көше", "метрлен", "метр", "қыз", "қант", "клуб", "су", "Гоголь")]
    ['vowel', 'nasal', 'sonorant', 'voiced', 'voiceless', 'voiceless', 'sonorant', 'sonorant']
    """
    letter = (_sounding(word).rstrip("ьъ") or "а")[-1]
    if letter in "уи":
        return "sonorant"
    classes: Mapping[Ending, str] = {
        "vowel": _VOWELS + "yû", "nasal": "мнңmnñŋ", "sonorant": "рлйrljw", "voiced": "жзz",
    }  # fmt: skip
    return next((name for name, letters in classes.items() if letter in letters), "voiceless")


def ending(word: str, case: Case, *, possessed: bool = False) -> str:
    """Return the ending that puts a word into a case.

    Args:
        word: in any script, or a number in digits.
        case: which.
        possessed: whether the word bears the ending of possession, as the type of a street does: көше-сі.
    """
    if case == "nominative":
        return ""
    pair = _OF_POSSESSED[case] if possessed else _ENDINGS[case][ending_of(word)]
    return pair[is_front(word)]


def in_case(word: str, case: Case, *, possessed: bool = False) -> str:
    """Return a word in a case.

    >>> in_case("метр", "ablative"), in_case("көшесі", "dative", possessed=True), in_case("лифт", "instrumental")
    ('метрден', 'көшесіне', 'лифтімен')
    >>> in_case("6", "dative"), in_case("40", "ablative")
    ('6-ға', '40-тан')
    """
    if case != "nominative" and word.lower().endswith(_EPENTHETIC):
        word += "і"
    hyphen = "-" if case != "nominative" and word[-1:].isdecimal() else ""
    return f"{word}{hyphen}{ending(word, case, possessed=possessed)}"


def behind_quotes(name: str, case: Case) -> str:
    """Return a name's ending as it follows a closing quotation mark: after a hyphen.

    >>> behind_quotes("Mega", "genitive"), behind_quotes("Рахат", "genitive"), behind_quotes("Момышұлы", "dative")
    ('-ның', '-тың', '-на')
    """
    added = ending(name, case, possessed=name.lower().endswith(_FATHERED))
    return f"-{added}" if added else ""


def of_place(locative: str) -> str:
    """Return the ending that makes what is at a place out of the place: даңғылында, даңғылындағы.

    >>> of_place("Абай даңғылында"), of_place("көшесінде")
    ('ғы', 'гі')
    """
    return "гі" if is_front(locative) else "ғы"


TYPES: Final[Mapping[str, str]] = {
    "көшесі": "street", "көше": "street", "даңғылы": "avenue", "даңғыл": "avenue", "проспектісі": "avenue",
    "тұйығы": "blind_alley", "тұйық": "blind_alley", "бұрылысы": "lane", "бульвары": "boulevard",
    "гүлзары": "boulevard", "желекжолы": "boulevard", "жағалауы": "embankment", "жолы": "road", "автожолы": "highway",
    "тасжолы": "highway", "шоссесі": "highway", "тракті": "highway", "өткелі": "drive", "өтпесі": "drive",
    "алаңы": "square", "аллеясы": "alley", "ықшамауданы": "microdistrict", "ауданы": "microdistrict",
    "ықшамаудан": "microdistrict", "шағынаудан": "microdistrict", "шағынауданы": "microdistrict",
    "мөлтекаудан": "microdistrict", "мөлтекауданы": "microdistrict",
    "орамы": "quarter", "қалашығы": "quarter", "көпірі": "bridge", "айналымы": "ring", "сақинасы": "ring",
    "соқпағы": "path",
}  # fmt: skip
"""Last words of names that tell the type of a street, with its key: the same in every language."""

_TWO_WORDS: Final[Mapping[str, str]] = {
    "тұйық көшесі": "lane", "тас жолы": "highway", "айналма жолы": "ring", "желек жолы": "boulevard",
}  # fmt: skip

_ABBREVIATED: Final = {
    "көш": "көшесі", "к-сі": "көшесі", "д-лы": "даңғылы", "даң": "даңғылы", "мкр": "ықшамауданы", "ы/а": "ықшамауданы",
}  # fmt: skip

CARRIERS: Final[Mapping[str, str]] = {
    "street": "көшесі", "avenue": "даңғылы", "lane": "тұйық көшесі", "blind_alley": "тұйығы", "boulevard": "бульвары",
    "embankment": "жағалауы", "highway": "тас жолы", "drive": "өткелі", "square": "алаңы", "alley": "аллеясы",
    "microdistrict": "ықшамауданы", "quarter": "орамы", "road": "жолы", "ring": "айналма жолы", "bridge": "көпірі",
    "tunnel": "туннелі", "path": "жолы",
}  # fmt: skip
"""The word for each type of street, with the ending of possession, for a name that says none in Kazakh."""

_POSSESSED: Final = re.compile(r".+(?:сы|сі|лы|ғы|ы|і)")


@dataclass(frozen=True, slots=True)
class Street:
    """A Kazakh name of a street that says its type in its last word.

    Attributes:
        type: key of the type.
        before: the words before the last; last: the last one, in lower case, and whether it is possessed.
    """

    type: str
    before: str
    last: str
    possessed: bool

    def in_case(self, case: Case) -> str:
        """Return the name in a case."""
        return f"{self.before}{in_case(self.last, case, possessed=self.possessed)}"


@lru_cache(maxsize=4096)
def street(name: str) -> Street | None:
    """Take a name apart; ``None`` where it names no type of street in Kazakh.

    >>> street("Абай даңғылы").in_case("dative"), street("70-көше").in_case("dative")
    ('Абай даңғылына', '70-көшеге')
    """
    found = re.fullmatch(r"(.*?)([^\s\-]+|[а-я]-[а-яі]{2})", name.partition(";")[0].strip())
    if found is None:
        return None
    last = _ABBREVIATED.get(found[2].rstrip(".").lower(), found[2].lower())
    if last not in TYPES:
        return None
    pair = " ".join((*found[1].split()[-1:], last)).lower()
    return Street(_TWO_WORDS.get(pair, TYPES[last]), found[1], last, _POSSESSED.fullmatch(last) is not None)
