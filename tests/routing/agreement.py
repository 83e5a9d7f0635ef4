"""A checker of grammar that shares nothing with what it checks: tables of forms as a grammar book has them.

It reads finished sentences. What stands in quotation marks is a name and is left alone.
"""

import re
from collections.abc import Iterator
from itertools import takewhile
from typing import Final


def _forms(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Russian: what is counted, by the last two digits.
RU_COUNTED: Final = {
    "метр": ("метр", "метра", "метров"),
    "километр": ("километр", "километра", "километров"),
    "сантиметр": ("сантиметр", "сантиметра", "сантиметров"),
    "процент": ("процент", "процента", "процентов"),
    "час": ("час", "часа", "часов"),
    "минут": ("минута", "минуты", "минут"),
    "мест": ("место", "места", "мест"),
    "ступен": ("ступень", "ступени", "ступеней"),
}
RU_CASES: Final = {
    "genitive": _forms(
        "улицы проспекта переулка тупика бульвара набережной шоссе тракта проезда площади аллеи микрорайона квартала "
        "дороги линии кольца моста тропы дорожки тротуара трассы городка"
    ),
    "dative": _forms(
        "улице проспекту переулку тупику бульвару набережной шоссе тракту проезду площади аллее микрорайону кварталу "
        "дороге линии кольцу мосту тропе тропинке дорожке велодорожке тротуару лестнице пандусу переходу съезду трассе "
        "городку островку"
    ),
    "accusative": _forms(
        "улицу проспект переулок тупик бульвар набережную шоссе тракт проезд площадь аллею микрорайон квартал дорогу "
        "линию кольцо мост тропу тропинку дорожку велодорожку тротуар лестницу пандус переход съезд трассу городок "
        "островок"
    ),
}
RU_GOVERNED: Final = {"по": "dative", "вдоль": "genitive", "на": "accusative", "в": "accusative", "во": "accusative"}
RU_INSIDE: Final = _forms("переулок тупик проезд микрорайон квартал городок")
"""Into these one turns «в», onto the others «на»."""
RU_ENDINGS: Final = {
    "genitive": ("ой", "ей", "ого", "его", "-й", "-го"),
    "dative": ("ой", "ей", "ому", "ему", "-й", "-му"),
    "accusative": ("ую", "юю", "ью", "ый", "ий", "ой", "ое", "ее", "-ю", "-й", "-е"),
}

KK_UNITS: Final = {
    "метр": "метрден", "километр": "километрден", "сантиметр": None, "пайыз": None, "минут": None, "сағат": None,
    "басқыш": None,
}  # fmt: skip
"""What is counted stays singular; the ablative of what one comes after."""
KK_BACK: Final = "аоұыяюё"
KK_FRONT: Final = "әөүіеэ"
KK_DATIVE: Final = ("на", "не", "ға", "ге", "қа", "ке")

SHARED: Final = _forms("метр километр сантиметр минут маршрут пандус тротуар сигнал лифт велосипед")
"""Words that Kazakh and Russian write alike."""

_QUOTED: Final = re.compile(r"«[^«»]*»|“[^“”]*”")


def faults(text: str, language: str) -> list[str]:
    """Return what is wrong with a text in one of the three languages."""
    checks = {"ru": _russian, "kk": _kazakh, "en": _english}
    return [f"{fault} | {text}" for fault in (*_form(text), *checks[language](bare(text)))]


def bare(text: str) -> str:
    """Return a text with Q for each quoted name."""
    return _QUOTED.sub("Q", text)


def _form(text: str) -> Iterator[str]:
    for sentence in re.split(r"(?<=[.])\s+(?=[^\d«])", text):
        if not re.match(r"[«“№ƏA-ZА-ЯЁӘҒҚҢӨҰҮҺІ\d]", sentence):
            yield "begins without a capital"
    for odd, what in (
        (r"[{}]", "braces"),
        (r"  ", "two blanks"),
        (r" [,.:]", "a blank before a mark"),
        (r"\.\.", "stops"),
    ):
        if re.search(odd, text):
            yield what
    if text.count("«") != text.count("»") or text.count("“") < text.count("”"):
        yield "unbalanced quotation marks"
    if text and not text.endswith((".", "”", "»")):
        yield "no stop at the end"


def _foreign(text: str) -> Iterator[str]:
    """Yield Latin words; a Latin letter in a Cyrillic word is a slip of the register, and codes are read as letters."""
    for word in re.findall(r"\w+", text):
        if re.fullmatch(r"[A-Za-zÀ-ɏ]{2,}", word):
            yield f"foreign word {word}"


def _russian(text: str) -> Iterator[str]:
    yield from _foreign(text)
    if re.search(r"[әғқңөұүһі]", text):
        yield "Kazakh letters"
    for number, word in re.findall(r"(\d+(?:,\d+)?) ([а-яё]+)", text):
        forms = next((forms for stem, forms in RU_COUNTED.items() if word.startswith(stem)), None)
        if forms and word != forms[_russian_form(number)]:
            yield f"{number} {word}"
    yield from _russian_cases(text)


def _russian_form(number: str) -> int:
    if "," in number:
        return 1
    if number[-2:] in {"11", "12", "13", "14"}:
        return 2
    return 0 if number[-1] == "1" else 1 if number[-1] in "234" else 2


def _russian_cases(text: str) -> Iterator[str]:
    words = re.findall(r"[\w\-]+", text)
    for at, word in enumerate(words):
        case = RU_GOVERNED.get(word.lower())
        following = list(takewhile(lambda w: w not in RU_GOVERNED, words[at + 1 : at + 5]))
        nouns = [(n, w) for n, w in enumerate(following) if any(w in known for known in RU_CASES.values())]
        if case is None or not nouns or following[0] == "данным":
            continue
        place, noun = nouns[0]
        before = words[at + 1 : at + 1 + place]
        if noun not in RU_CASES[case]:
            yield f"{word} … {noun} is no {case}"
        if any(not w.endswith(RU_ENDINGS[case]) and not w.isdecimal() for w in before):
            yield f"{word} {' '.join(before)} {noun}"
        if case == "accusative" and (noun in RU_INSIDE) != (word.lower() in {"в", "во"}):
            yield f"{word} {noun}"


def _kazakh(text: str) -> Iterator[str]:
    yield from _foreign(text)
    for number, word in re.findall(r"(\d+(?:,\d+)?) ([а-яәғқңөұүһі]+)", text):
        stem = next((unit for unit in KK_UNITS if word.startswith(unit)), None)
        if stem and word not in {stem, KK_UNITS[stem], f"{stem}лік"}:
            yield f"{number} {word}"
    for word in re.findall(r"([^\s,]+) кейін\b", text):
        if word.lower() not in {"содан", *KK_UNITS.values()}:
            yield f"{word} кейін"
    for word in re.findall(r"([^\s,]+) бұрылыңыз", text):
        if word.lower() not in {"оңға", "солға", "кері"} and not (word.endswith(KK_DATIVE) and harmonious(word)):
            yield f"{word} бұрылыңыз"
    for word in re.findall(r"\b\w+(?:сі|сы|лы|ы|і)(?:мен|нен|нан|не|на|нің|ның|нде|нда)\b", text):
        if not harmonious(word):
            yield f"{word}: harmony"


def harmonious(word: str) -> bool:
    """Tell whether a word's last vowel is back or front as the one before it is; «мен» follows either."""
    if word.endswith(("мен", "бен", "пен")):
        return True
    vowels = [letter for letter in word.lower() if letter in KK_BACK + KK_FRONT]
    return len(vowels) < 2 or (vowels[-1] in KK_BACK) == (vowels[-2] in KK_BACK)


def _english(text: str) -> Iterator[str]:
    if re.search(r"[Ѐ-ӿ]", re.sub(r"\d+[А-Я]", "", text)):
        yield "Cyrillic outside of quotation marks"
    for number, unit in re.findall(r"([\d.]+) (metres?|kilometres?|centimetres?|minutes?|hours?|steps?)\b", text):
        if (number == "1") == unit.endswith("s"):
            yield f"{number} {unit}"
    if re.search(r"\ba [aeiou]", text):
        yield "a for an"


def words(text: str) -> set[str]:
    """Return the words of a text, names left out."""
    return {word for word in re.findall(r"[a-zа-яәғқңөұүһіё]{3,}", bare(text).lower()) if word not in SHARED}
