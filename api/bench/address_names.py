"""Names of streets for a made-up city: real ones where they lie beside the checkout, the rest put together."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

REAL: Final = Path(__file__).parents[3] / "shared" / "data" / "astana" / "streets.json"
"""Names of real streets, Kazakh or Russian, read where there are any."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of street with the words and abbreviations that people write for it."""

    kk: str
    ru: str
    short_kk: tuple[str, ...]
    short_ru: tuple[str, ...]


KINDS: Final = {
    "street": Kind("көшесі", "улица", ("көш.", "к-сі", "көше"), ("ул.", "ул", "у-ца")),
    "avenue": Kind("даңғылы", "проспект", ("даң.", "даңғыл"), ("пр-т", "пр.", "просп.", "пр-кт")),
    "lane": Kind("тұйық көшесі", "переулок", ("тұй. көш.", "тұйық"), ("пер.", "пер")),
    "microdistrict": Kind("шағын ауданы", "микрорайон", ("ш/а", "шағынаудан"), ("мкр.", "мкр", "мкр-н", "м-н")),
    "boulevard": Kind("бульвары", "бульвар", ("б-р",), ("б-р", "бул.")),
}


@dataclass(frozen=True, slots=True)
class Name:
    """A street's name without its kind, in Kazakh and in Russian; one of them may be missing."""

    kind: str
    kk: str | None
    ru: str | None

    def full(self, language: str) -> str | None:
        """Return the name as a register writes it."""
        bare, kind = getattr(self, language), KINDS[self.kind]
        if bare is None:
            return None
        return f"{bare} {kind.kk}" if language == "kk" else f"{kind.ru} {bare}"


def names(count: int, random: Random) -> list[Name]:
    """Return so many different names: real ones first, then persons, then places with a number."""
    chosen: dict[tuple[str, str], Name] = {}
    for name in (*_real(), *_persons(random), *_places(), *_numbered()):
        key = (name.kind, _key(name.kk or name.ru or ""))
        other = (name.kind, _key(name.ru or name.kk or ""))
        if key not in chosen and other not in chosen:
            chosen[key] = chosen[other] = name
        if len(set(map(id, chosen.values()))) == count:
            break
    return list({id(name): name for name in chosen.values()}.values())


def _real() -> Iterator[Name]:
    if not REAL.is_file():
        return
    for row in json.loads(REAL.read_text(encoding="utf-8"))["streets"]:
        yield from _split(" ".join(row["name"].split()))


def _split(name: str) -> Iterator[Name]:
    """Yield a real name parted from its kind; nothing where the kind is none of ours."""
    for kind, words in KINDS.items():
        for language, word in (("kk", words.kk), ("ru", words.ru)):
            bare = re.sub(rf"(^|\s){word}(\s|$)", " ", name, flags=re.IGNORECASE).strip()
            if bare and len(bare) < len(name) and not _has_kind(bare):
                yield Name(kind, bare if language == "kk" else None, bare if language == "ru" else None)
                return


def _has_kind(bare: str) -> bool:
    words = {word for kind in KINDS.values() for word in (*kind.kk.split(), kind.ru, "көше", "тұйық")}
    return bool(words & set(bare.lower().split()))


def _key(bare: str) -> str:
    """Return a name without what its two languages and its cases spell in their own ways."""
    plain = bare.lower().translate(str.maketrans("әғқңөұүһіёыйэ", "агкноуухиеиие"))
    return " ".join(sorted(re.sub(r"[аеиоуяьюго]+$", "", word)[:6] for word in re.findall(r"\w+", plain)))


def _persons(random: Random) -> list[Name]:
    pairs = [
        Name("street", f"{given[0]} {family[0]}", f"{given[1]} {family[1]}")
        for given in map(_two, _GIVEN.split())
        for family in map(_two, _FAMILY.split())
    ]
    random.shuffle(pairs)
    return pairs


def _places() -> Iterator[Name]:
    for word in _PLACES.split():
        kk, ru = _two(word)
        for kind in ("street", "avenue", "lane", "boulevard"):
            yield Name(kind, kk, ru)
        for number in range(1, 13):
            yield Name("microdistrict", f"{kk}-{number}", f"{ru}-{number}")


def _numbered() -> Iterator[Name]:
    for number in range(1, 1000):
        yield Name("street", f"Е-{number}", f"Е-{number}")


def _two(word: str) -> tuple[str, str]:
    kk, _, ru = word.partition("|")
    return kk, ru or kk


_GIVEN: Final = """
Қаныш|Каныша Мұхтар|Мухтара Ілияс|Ильяса Бейімбет|Беимбета Сәкен|Сакена Мағжан|Магжана Ахмет|Ахмета Әлихан|Алихана
Шоқан|Чокана Жамбыл|Жамбыла Дінмұхамед|Динмухамеда Бауыржан|Бауржана Мәншүк|Маншук Әлия|Алии Тұрар|Турара Ғабит|Габита
Сәбит|Сабита Шәкен|Шакена Күләш|Куляш Роза|Розы Төлеген|Тулегена Нұрғиса|Нургисы Ермұқан|Ермукана Қажымұқан|Кажымукана
Темірбек|Темирбека Серік|Серика Ораз|Ораза Мұқағали|Мукагали Қасым|Касыма Әбділда|Абдильды Хамза|Хамзы
Жүсіпбек|Жусупбека Міржақып|Мыржакыпа Халел|Халела Санжар|Санжара Әлімхан|Алимхана Мәлік|Малика Рақымжан|Рахимжана
Сағадат|Сагадата Талғат|Талгата Нүркен|Нуркена Ақан|Акана Біржан|Биржана Естай|Естая Иса|Исы Сүйінбай|Суюнбая
Кенен|Кенена Дина|Дины
"""
_FAMILY: Final = """
Сәтбаев|Сатпаева Әуезов|Ауэзова Жансүгіров|Жансугурова Майлин|Майлина Сейфуллин|Сейфуллина Жұмабаев|Жумабаева
Байтұрсынов|Байтурсынова Бөкейханов|Букейханова Уәлиханов|Валиханова Жабаев|Жабаева Қонаев|Кунаева Момышұлы|Момышулы
Мәметова|Маметовой Молдағұлова|Молдагуловой Рысқұлов|Рыскулова Мүсірепов|Мусрепова Мұқанов|Муканова Айманов|Айманова
Байсейітова|Байсеитовой Бағланова|Баглановой Тоқтаров|Токтарова Тілендиев|Тлендиева Бекмаханов|Бекмаханова
Мұңайтпасов|Мунайтпасова Жүргенов|Жургенова Қозыбаев|Козыбаева Жандосов|Жандосова Мақатаев|Макатаева
Аманжолов|Аманжолова Тәжібаев|Тажибаева Есенжанов|Есенжанова Аймауытов|Аймауытова Дулатов|Дулатова
Досмұхамедов|Досмухамедова Асфендияров|Асфендиярова Ермеков|Ермекова Ғабдуллин|Габдуллина Қошқарбаев|Кошкарбаева
Нұрмағамбетов|Нурмагамбетова Бигелдинов|Бегельдинова Әбдіров|Абдирова Құсайынов|Кусаинова Қожағұлов|Кожагулова
Беркімбаев|Беркимбаева Байзақов|Байзакова Аронұлы|Аронулы Әзірбаев|Азербаева Нұрпейісова|Нурпеисовой Оспанов|Оспанова
Тоқпанов|Токпанова
"""
_PLACES: Final = """
Ақбұлақ|Акбулак Көктөбе|Коктобе Сарыарқа|Сарыарка Есіл|Есиль Алатау Жетісу|Жетысу Қарасай|Карасай Самал Таугүл|Таугуль
Аксай Жетіген|Жетыген Бәйтерек|Байтерек Шұғыла|Шугыла Ақкент|Аккент Мамыр Орбита Құлагер|Кулагер Думан
Айнабұлақ|Айнабулак Қазақфильм|Казахфильм Нұркент|Нуркент Ақсай|Аксай Достық|Достык Тәуелсіздік|Тауелсиздик
Бейбітшілік|Бейбитшилик Жеңіс|Победы Республика|Республики Ынтымақ|Ынтымак Бостандық|Бостандык Наурыз
Желтоқсан|Желтоксан Қаратау|Каратау Ұлытау|Улытау Баянауыл|Баянаул Көкшетау|Кокшетау Бурабай|Боровое Қапшағай|Капчагай
Талғар|Талгар Түркістан|Туркестан Отырар|Отрар Сайрам Тараз Сығанақ|Сыганак Сарайшық|Сарайшык Керуен Жібек|Шелковая
Бұлақты|Булакты Қайнар|Кайнар Ақжайық|Акжаик Шалқар|Шалкар Балқаш|Балхаш Алакөл|Алаколь Марқакөл|Маркаколь Ертіс|Иртыш
Тобыл|Тобол Жайық|Урал
"""
