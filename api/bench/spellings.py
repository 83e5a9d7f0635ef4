"""Addresses as people write them, made by rules of their own: nothing here knows how the search folds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Final

from api.bench.address_names import KINDS, Name

_RU_LETTERS: Final = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
_RU_LATIN: Final = (
    "a,b,v,g,d,e,yo,zh,z,i,y,k,l,m,n,o,p,r,s,t,u,f,kh,ts,ch,sh,shch,,y,,e,yu,ya",
    "a,b,v,g,d,e,e,zh,z,i,i,k,l,m,n,o,p,r,s,t,u,f,kh,ts,ch,sh,shch,ie,y,,e,iu,ia",
)
"""How Russian is written in Latin letters: on maps (BGN), in passports (ICAO 9303)."""

_KK_LETTERS: Final = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщыіэюя"
_KK_LATIN: Final = (
    "a,ä,b,v,g,ğ,d,e,io,j,z,i,i,k,q,l,m,n,ñ,o,ö,p,r,s,t,u,ū,ü,f,h,h,ts,ch,ş,şç,y,ı,e,iu,ia",
    "a,á,b,v,g,ǵ,d,e,io,j,z,ı,ı,k,q,l,m,n,ń,o,ó,p,r,s,t,ý,u,ú,f,h,h,ts,ch,sh,sh,y,i,e,iý,ia",
    "a,a,b,v,g,g,d,e,yo,zh,z,i,y,k,k,l,m,n,n,o,o,p,r,s,t,u,u,u,f,kh,h,ts,ch,sh,sh,y,i,e,yu,ya",
)
"""How Kazakh is: the alphabets of 2021 and 2018, and as it is written without either."""

STYLES: Final = ("plain", "abbreviated", "reordered", "latin", "case")
"""Ways to write an address."""

_LETTERS: Final = {"ru": "абвгдежзиклмнопрстуэюя", "kk": "абғдежзиқлмнңөпрстұүіэ"}


@dataclass(frozen=True, slots=True)
class Spelling:
    """What somebody wrote, and the address that he means.

    Attributes:
        typo: a slip of the hand is in it.
        address_id: feature id of the address meant.
    """

    text: str
    style: str
    typo: bool
    address_id: int


@dataclass(frozen=True, slots=True)
class House:
    """An address: its street's name and its number."""

    name: Name
    number: str
    address_id: int


def spelling(house: House, style: str, random: Random, *, typo: bool) -> Spelling:
    """Write an address in a style, with a slip in one word of its name or without; names too short take none."""
    language = random.choice([each for each in ("kk", "ru") if getattr(house.name, each)])
    bare = str(getattr(house.name, language))
    slipped = _slip(bare, language, random) if typo else bare
    text = _WRITERS[style](house, language, slipped, random)
    return Spelling(text, style, slipped != bare, house.address_id)


def _plain(house: House, language: str, bare: str, random: Random) -> str:
    kind = KINDS[house.name.kind]
    named = f"{bare} {kind.kk}" if language == "kk" else f"{kind.ru} {bare}"
    return f"{named}{random.choice((' ', ', '))}{house.number}"


def _abbreviated(house: House, language: str, bare: str, random: Random) -> str:
    kind, marked = KINDS[house.name.kind], random.choice(_MARKERS[language])
    number = marked.format(house.number)
    if language == "kk":
        return f"{bare} {random.choice(kind.short_kk)}, {number}"
    return f"{random.choice(kind.short_ru)} {bare}, {number}"


_MARKERS: Final = {"ru": ("д. {}", "д.{}", "дом {}", "{}"), "kk": ("{}-үй", "{} үй", "үй {}")}


def _reordered(house: House, language: str, bare: str, random: Random) -> str:
    kind = KINDS[house.name.kind]
    words = bare.split()
    random.shuffle(words)
    turned, whole = " ".join(words), kind.kk if language == "kk" else kind.ru
    forms: tuple[str, ...] = (
        f"{house.number} {whole} {turned}",
        f"{turned} {whole} {house.number}",
        f"{turned} {house.number}",
    )
    if house.name.kind != "street":
        forms = forms[:2]
    return random.choice(forms)


def _latin(house: House, language: str, bare: str, random: Random) -> str:
    letters, latin = (_RU_LETTERS, _RU_LATIN) if language == "ru" else (_KK_LETTERS, _KK_LATIN)
    table = dict(zip(letters, random.choice(latin).split(","), strict=True))
    return "".join(_letter(each, table) for each in _plain(house, language, bare, random))


def _case(house: House, language: str, bare: str, random: Random) -> str:
    text = _plain(house, language, bare, random)
    return random.choice((text.upper(), text.lower(), text.swapcase()))


_WRITERS: Final[Mapping[str, Callable[[House, str, str, Random], str]]] = {
    "plain": _plain, "abbreviated": _abbreviated, "reordered": _reordered, "latin": _latin, "case": _case,
}  # fmt: skip


def _letter(letter: str, table: Mapping[str, str]) -> str:
    plain = table.get(letter.lower(), letter.lower())
    return plain.capitalize() if letter.isupper() else plain


def _slip(bare: str, language: str, random: Random) -> str:
    """Return a name with one letter more, less, other or two turned, in one of its words of four letters or more."""
    words = bare.split()
    long = [n for n, word in enumerate(words) if len(word) >= 4 and word.isalpha()]
    if not long:
        return bare
    place = random.choice(long)
    words[place] = random.choice(_SLIPS)(words[place], random.randrange(len(words[place]) - 1), language, random)
    return " ".join(words)


def _missing(word: str, at: int, _: str, __: Random) -> str:
    return word[:at] + word[at + 1 :]


def _doubled(word: str, at: int, language: str, random: Random) -> str:
    return word[:at] + random.choice(_LETTERS[language]) + word[at:]


def _other(word: str, at: int, language: str, random: Random) -> str:
    return word[:at] + random.choice(_LETTERS[language]) + word[at + 1 :]


def _turned(word: str, at: int, _: str, __: Random) -> str:
    return word[:at] + word[at + 1] + word[at] + word[at + 2 :]


_SLIPS: Final = (_missing, _doubled, _other, _turned)
