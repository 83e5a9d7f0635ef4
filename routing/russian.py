"""Russian grammar as far as directions need it: numerals, what is counted, and names of streets in their cases."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

Case = Literal["nominative", "genitive", "dative", "accusative"]
Gender = Literal["m", "f", "n"]

CASES: Final[tuple[Case, ...]] = ("nominative", "genitive", "dative", "accusative")

_UNITS: Final = ("", "один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять", "десять",
    "одиннадцать", "двенадцать", "тринадцать", "четырнадцать", "пятнадцать", "шестнадцать", "семнадцать",
    "восемнадцать", "девятнадцать")  # fmt: skip
_TENS: Final = (
    "", "", "двадцать", "тридцать", "сорок", "пятьдесят", "шестьдесят", "семьдесят", "восемьдесят", "девяносто",
)  # fmt: skip
_HUNDREDS: Final = (
    "", "сто", "двести", "триста", "четыреста", "пятьсот", "шестьсот", "семьсот", "восемьсот", "девятьсот",
)  # fmt: skip
_ONE: Final[Mapping[tuple[Gender, bool], str]] = {
    ("m", False): "один", ("m", True): "один", ("f", False): "одна", ("f", True): "одну",
    ("n", False): "одно", ("n", True): "одно",
}  # fmt: skip


def counted(number: float, one: str, few: str, many: str) -> str:
    """Return the form of what is counted; a fraction takes the genitive singular.

    >>> [counted(n, "метр", "метра", "метров") for n in (1, 2, 5, 11, 21, 1.5)]
    ['метр', 'метра', 'метров', 'метров', 'метр', 'метра']
    """
    if number != int(number):
        return few
    last, two = int(number) % 10, int(number) % 100
    if last == 1 and two != 11:
        return one
    return few if last in {2, 3, 4} and two not in {12, 13, 14} else many


def in_words(number: float, gender: Gender = "m", *, accusative: bool = False) -> str:
    """Return a number below a million, whole or with tenths, as it is read before something inanimate.

    >>> in_words(21, "f", accusative=True), in_words(1.5), in_words(2.3, accusative=True)
    ('двадцать одну', 'полтора', 'две целых три десятых')
    """
    if number == int(number):
        return _whole(int(number), gender, accusative=accusative)
    if number == 1.5:
        return "полторы" if gender == "f" else "полтора"
    whole, tenths = divmod(round(number * 10), 10)
    ones, one_tenth = ("целую", "десятую") if accusative else ("целая", "десятая")
    return " ".join(
        (
            _whole(whole, "f", accusative=accusative), counted(whole, ones, "целых", "целых"),
            _whole(tenths, "f", accusative=accusative), counted(tenths, one_tenth, "десятых", "десятых"),
        )
    )  # fmt: skip


def _whole(number: int, gender: Gender, *, accusative: bool) -> str:
    if number == 0:
        return "ноль"
    thousands, rest = divmod(number, 1000)
    said = []
    if thousands:
        said += [_below_thousand(thousands, "f", accusative=accusative)]
        said += [counted(thousands, "тысячу" if accusative else "тысяча", "тысячи", "тысяч")]
    return " ".join([*said, *([_below_thousand(rest, gender, accusative=accusative)] if rest else [])])


def _below_thousand(number: int, gender: Gender, *, accusative: bool) -> str:
    hundreds, rest = divmod(number, 100)
    tens, units = divmod(rest, 10) if rest >= 20 else (0, rest)
    unit = _ONE[gender, accusative] if units == 1 else "две" if units == 2 and gender == "f" else _UNITS[units]
    return " ".join(filter(None, (_HUNDREDS[hundreds], _TENS[tens], unit)))


@dataclass(frozen=True, slots=True)
class Noun:
    """A word for a way, singular.

    Attributes:
        forms: nominative, genitive, dative, accusative.
        into: the preposition before its accusative: one turns «на улицу», but «в переулок».
    """

    gender: Gender
    forms: tuple[str, str, str, str]
    into: str = "на"

    def in_case(self, case: Case) -> str:
        """Return one of its forms."""
        return self.forms[CASES.index(case)]


def masculine(word: str, stem: str | None = None, *, into: str = "на") -> Noun:
    """Return a noun like «проспект»; ``stem`` where a vowel flees: переулок, переулк-а."""
    root = word if stem is None else stem
    return Noun("m", (word, f"{root}а", f"{root}у", word), into)


def feminine(word: str, *, into: str = "на") -> Noun:
    """Return a noun like «улица», «аллея», «линия», «площадь»."""
    root = word[:-1]
    if word.endswith("ия"):
        return Noun("f", (word, f"{root}и", f"{root}и", f"{root}ю"), into)
    if word.endswith("ь"):
        return Noun("f", (word, f"{root}и", f"{root}и", word), into)
    plural = "и" if root[-1] in "гкхжчшще" else "ы"
    return Noun("f", (word, root + plural, f"{root}е", f"{root}{'ю' if word.endswith('я') else 'у'}"), into)


TYPES: Final[Mapping[str, tuple[str, Noun]]] = {
    "улица": ("street", feminine("улица")),
    "проспект": ("avenue", masculine("проспект")),
    "переулок": ("lane", masculine("переулок", "переулк", into="в")),
    "тупик": ("blind_alley", masculine("тупик", into="в")),
    "бульвар": ("boulevard", masculine("бульвар")),
    "набережная": ("embankment", Noun("f", ("набережная", "набережной", "набережной", "набережную"))),
    "шоссе": ("highway", Noun("n", ("шоссе",) * 4)),
    "тракт": ("highway", masculine("тракт")),
    "трасса": ("highway", feminine("трасса")),
    "магистраль": ("highway", feminine("магистраль")),
    "проезд": ("drive", masculine("проезд", into="в")),
    "площадь": ("square", feminine("площадь")),
    "аллея": ("alley", feminine("аллея")),
    "микрорайон": ("microdistrict", masculine("микрорайон", into="в")),
    "квартал": ("quarter", masculine("квартал", into="в")),
    "городок": ("quarter", masculine("городок", "городк", into="в")),
    "дорога": ("road", feminine("дорога")),
    "линия": ("street", feminine("линия")),
    "кольцо": ("ring", Noun("n", ("кольцо", "кольца", "кольцу", "кольцо"))),
    "мост": ("bridge", masculine("мост")),
    "путепровод": ("bridge", masculine("путепровод")),
    "эстакада": ("bridge", feminine("эстакада")),
    "тоннель": ("tunnel", Noun("m", ("тоннель", "тоннеля", "тоннелю", "тоннель"), "в")),
    "спуск": ("drive", masculine("спуск")),
    "съезд": ("drive", masculine("съезд")),
    "тропа": ("path", feminine("тропа")),
    "тропинка": ("path", feminine("тропинка")),
    "дорожка": ("path", feminine("дорожка")),
    "велодорожка": ("path", feminine("велодорожка")),
}
"""Words that tell the type of a street, with its key: the same in every language."""

_ABBREVIATED: Final = {
    "ул": "улица", "пр": "проспект", "прс": "проспект", "просп": "проспект", "пр-т": "проспект", "пр-кт": "проспект",
    "пер": "переулок", "туп": "тупик", "бул": "бульвар", "бульв": "бульвар", "б-р": "бульвар", "наб": "набережная",
    "ш": "шоссе", "пр-д": "проезд", "пл": "площадь", "мкр": "микрорайон", "мкрн": "микрорайон", "кв-л": "квартал",
    "дор": "дорога", "им": "имени",
}  # fmt: skip

CARRIERS: Final[Mapping[str, str]] = {
    "street": "улица", "avenue": "проспект", "lane": "переулок", "blind_alley": "тупик", "boulevard": "бульвар",
    "embankment": "набережная", "highway": "шоссе", "drive": "проезд", "square": "площадь", "alley": "аллея",
    "microdistrict": "микрорайон", "quarter": "квартал", "road": "дорога", "ring": "кольцо", "bridge": "мост",
    "tunnel": "тоннель", "path": "дорожка",
}  # fmt: skip
"""The word for each type of street, for a name that says none in Russian."""

_BEASTS: Final = (
    "(?:рыбач|казач|охотнич|помещич|девич|птич|волч|заяч|овеч|коров|лебяж|медвеж|верблюж|олен|лис|соколь?|сороч)"
)
"""Before «ий», «ья» and «ье», of whom something is: Рыбачья улица, по Рыбачьей улице."""

_HARD: Final = ("ой", "ой", "ую")
_SOFT: Final = ("ей", "ей", "юю")
_ADJECTIVES: Final[Mapping[Gender, tuple[tuple[str, tuple[str, str, str]], ...]]] = {
    "f": (
        (r"(?:больш|чуж)ая", _HARD), (r"[жчшщ]ая", ("ей", "ей", "ую")), (r"ая", _HARD), (r"яя", _SOFT),
        (r"ья", ("ьей", "ьей", "ью")),
    ),
    "m": (
        (rf"(?:{_BEASTS}|трет)ий", ("ьего", "ьему", "ий")),
        (r"(?:[жчшщ]|н)ий", ("его", "ему", "ий")), (r"ий", ("ого", "ому", "ий")),
        (r"ый", ("ого", "ому", "ый")), (r"ой", ("ого", "ому", "ой")),
    ),
    "n": (
        (r"ее", ("его", "ему", "ее")), (r"ое", ("ого", "ому", "ое")), (r"ье", ("ьего", "ьему", "ье")),
    ),
}  # fmt: skip
_ORDINALS: Final[Mapping[Gender, tuple[str, tuple[str, str, str, str]]]] = {
    "f": ("[аь]?я", ("я", "й", "й", "ю")), "m": ("[оыи]?й", ("й", "го", "му", "й")),
    "n": ("[оь]?е", ("е", "го", "му", "е")),
}  # fmt: skip
"""How plates write them, «2-ая» for «2-я» as well, and in the cases."""

# Genitives look alike: «Абая» is of Абай, «Крупской» of Крупская. Only endings that no such name has tell an adjective;
# other adjectives of streets are listed.
_TELLING: Final[Mapping[Gender, str]] = {
    "f": r"(?:ск|цк|н|в|ист|щ)ая|няя",
    "m": r"(?:ск|цк|щ)ий|(?:н|в|ист)ый|ний",
    "n": r"(?:ск|цк|н|в|ист)ое|(?:н|щ)ее",
}
_ROOTS: Final = (
    "бел", "мал", "стар", "светл", "тих", "весёл", "тёпл", "широк", "высок", "низк", "коротк", "далёк", "глубок",
    "кругл", "чист", "пуст", "молод", "прям", "крут", "золот", "больш", "рабоч", "голуб", "син", "свят", "прост",
    "узк", "чуж", "сух", "глух", "тёмн", "жарк", "ярк", "звонк", "мягк", "гладк", "лёгк", "близк", "долг", "полог",
    "отлог", "строг", "мил", "быстр", "остр", "добр", "мудр", "бодр", "храбр", "сер", "жёлт", "ал", "рыж", "бур",
    "свеж", "хорош", "горяч", "дремуч", "пахуч", "пёстр", "богат", "крылат", "четвёрт", "пят", "шест", "седьм",
    "восьм", "девят", "десят", "двадцат", "тридцат", "втор",
)  # fmt: skip
_STRESSED: Final = frozenset({
    "большой", "степной", "лесной", "луговой", "полевой", "речной", "земляной", "золотой", "крутой", "глухой", "прямой",
    "косой", "береговой", "городской", "заводской", "морской", "донской", "кольцевой", "портовой", "грузовой",
    "цветной", "боковой", "тверской", "ямской", "людской", "мирской", "двинской", "слободской", "дворовой", "лучевой",
    "круговой", "боевой", "трудовой", "водяной", "соляной", "ледяной", "мясной", "овощной", "проходной", "объездной",
    "подъездной", "сквозной", "верховой", "низовой", "путевой", "рядовой", "мостовой", "чужой", "второй", "шестой",
    "седьмой", "восьмой", "молодой", "голубой", "сухой", "кривой", "простой", "густой", "живой", "святой",
})  # fmt: skip
_LISTED: Final[Mapping[Gender, str]] = {"f": "ая", "m": "(?:ый|ий)", "n": "(?:ое|ее)"}
_OF_BEASTS: Final[Mapping[Gender, str]] = {
    "f": rf"(?:{_BEASTS}|трет)ья", "m": rf"(?:{_BEASTS}|трет)ий", "n": rf"(?:{_BEASTS}|трет)ье",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Street:
    """A Russian name of a street, taken apart: «2-й» «переулок» «Тулеубаева».

    Attributes:
        type: key of the type.
        noun: the word for it.
        before, after: words that agree with it and so are declined, each as it is in the nominative; what stands after
            it on a plate goes before it in a sentence: улица Тенистая, по Тенистой улице.
        fixed: the rest, which stays as it is.
        proper: the noun is the name itself and keeps its capital: «Набережная».
    """

    type: str
    noun: Noun
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    proper: bool = False

    def in_case(self, case: Case) -> str:
        """Return the name in a case: «по 2-му переулку Тулеубаева» has the dative."""
        word = self.noun.in_case(case)
        word = word.capitalize() if self.proper else word
        if case == "nominative":
            return " ".join((*self.before, word, *self.after, *self.fixed))
        return " ".join((*self._agreeing((*self.before, *self.after), case), word, *self.fixed))

    def _agreeing(self, words: Sequence[str], case: Case) -> list[str]:
        return [declined(word, self.noun.gender, case) for word in words]


@lru_cache(maxsize=4096)
def street(name: str) -> Street | None:
    """Take a name apart; ``None`` where it names no type of street in Russian.

    >>> street("ул. Абая").in_case("dative"), street("Садовый бульвар").in_case("dative")
    ('улице Абая', 'Садовому бульвару')
    """
    words = _expanded(name)
    place = next((at for at in (0, len(words) - 1) if words and words[at].lower() in TYPES), None)
    if place is None:
        return _amid(words)
    kind, noun = TYPES[words[place].lower()]
    if len(words) == 1:
        return Street(kind, noun, proper=words[0][:1].isupper())
    return _first(kind, noun, words[1:]) if place == 0 else _last(kind, noun, words[:-1])


def _amid(words: Sequence[str]) -> Street | None:
    """Take apart a name with its noun in the middle, behind what agrees with it: 2-я улица Строителей."""
    place = next((at for at, word in enumerate(words) if word.lower() in TYPES), None)
    if place is None:
        return None
    kind, noun = TYPES[words[place].lower()]
    if not all(agrees(word, noun.gender) for word in words[:place]):
        return None
    return Street(kind, noun, before=tuple(words[:place]), fixed=tuple(words[place + 1 :]))


def _expanded(name: str) -> list[str]:
    spaced = re.sub(r"\b([А-Яа-яё]{1,5})\.(?=\S)", r"\1. ", name.partition(";")[0])
    return [_ABBREVIATED.get(word.rstrip(".").lower(), word) if _shortened(word) else word for word in spaced.split()]


def _shortened(word: str) -> bool:
    bare = word.rstrip(".").lower()
    return bare in _ABBREVIATED and (word.endswith(".") or "-" in bare or bare in {"мкр", "мкрн", "ул", "пер", "пр"})


def _first(kind: str, noun: Noun, rest: Sequence[str]) -> Street:
    number = _run(rest, lambda word: _is_ordinal(word, noun.gender))
    if all(agrees(word, noun.gender) for word in rest):
        number = len(rest)
    elif _of_another(rest[number:]):
        number = 0
    return Street(kind, noun, after=tuple(rest[:number]), fixed=tuple(rest[number:]))


def _of_another(rest: Sequence[str]) -> bool:
    """Tell whether an ordinal before these words is theirs: переулок 1-й Конной Армии."""
    return len(rest) > 1 and rest[0].lower().endswith(("ой", "ей"))


def _last(kind: str, noun: Noun, rest: Sequence[str]) -> Street:
    if len(rest) == 1 and rest[0].isdecimal():
        return Street(kind, noun, before=tuple(rest))
    number = _run(rest[::-1], lambda word: agrees(word, noun.gender))
    cut = len(rest) - number
    return Street(kind, noun, before=tuple(rest[cut:]), fixed=tuple(rest[:cut]))


def _run(words: Sequence[str], holds: Callable[[str], bool]) -> int:
    return next((at for at, word in enumerate(words) if not holds(word)), len(words))


@lru_cache(maxsize=4096)
def agrees(word: str, gender: Gender) -> bool:
    """Tell whether a word is an adjective or an ordinal in the nominative of a gender.

    >>> agrees("Садовая", "f"), agrees("Абая", "f"), agrees("2-й", "m"), agrees("Крупской", "f")
    (True, False, True, False)
    """
    lower = word.lower()
    if _is_ordinal(lower, gender) or (gender == "m" and lower in _STRESSED):
        return True
    listed = f"(?:{'|'.join(_ROOTS)}){_LISTED[gender]}"
    return re.fullmatch(f"(?:.+-)?(?:{listed}|{_OF_BEASTS[gender]})|.+(?:{_TELLING[gender]})", lower) is not None


def _is_ordinal(word: str, gender: Gender) -> bool:
    return re.fullmatch(rf"\d+-{_ORDINALS[gender][0]}", word.lower()) is not None


def declined(word: str, gender: Gender, case: Case) -> str:
    """Return an adjective or ordinal, given in the nominative of a gender, in a case; other words as they are."""
    at = CASES.index(case)
    if at == 0 or not agrees(word, gender):
        return word
    if _is_ordinal(word, gender):
        return f"{word.partition('-')[0]}-{_ORDINALS[gender][1][at]}"
    forms = next(forms for ending, forms in _ADJECTIVES[gender] if re.search(f"{ending}$", word.lower()))
    return f"{word[:-2]}{forms[at - 1]}"
