"""Pages for browsers: the same documents as the JSON, in Kazakh, Russian and English, without a script."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader

from api.drafts.asked import PARAMETER, with_draft
from api.moments import told
from api.ogc.codes import titles
from api.ogc.links import Address
from gis.layer import Field, FieldType, Layer, VersionField
from gis.profile import CityProfile
from gis.text import Language, Text

LANGUAGE_NAMES: Final = (("kk", "Қазақша"), ("ru", "Русский"), ("en", "English"))

_COLUMNS = 8
"""Columns of the list of features; a feature's own page shows them all."""

_ENVIRONMENT: Final = Environment(loader=PackageLoader("api"), autoescape=True, trim_blocks=True, lstrip_blocks=True)

Content = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Column:
    """One property in a table: its name, its heading, and how its values are shown."""

    name: str
    title: str
    shown: Callable[[Any], str]


class Pages:
    """Writes pages for one city."""

    def __init__(self, profile: CityProfile) -> None:
        self._profile = profile

    def document(self, template: str, content: Content, address: Address, language: Language, **facts: Any) -> str:
        """Return a page that shows a document.

        Args:
            template: its name, without ending.
            content: the document, as its JSON has it.
            address: where the request came in.
            language: of the labels.
            facts: what else the template shows.
        """
        shared = {
            "city": self._profile.name.in_language(language),
            "language": language,
            "languages": LANGUAGE_NAMES,
            "switch": {code: address.with_query(lang=code, f="html") for code, _ in LANGUAGE_NAMES},
            "as_json": address.with_query(f="json"),
            "base": address.base,
            "trail": _trail(address, language),
            "t": {name: text.in_language(language) for name, text in LABELS.items()},
            "attribution": content.get("attribution"),
            "content": content,
            "unit": unit,
        }
        return _ENVIRONMENT.get_template(f"{template}.html").render(shared | facts)

    def items(
        self, layer: Layer, content: Content, address: Address, language: Language, turns: Sequence[tuple[str, str]]
    ) -> str:
        """Return a page of features: a table, both dates to choose, and the pages before and after."""
        asked = address.query
        kept = [(name, asked[name]) for name in asked if name not in _OF_THE_FORM]
        times = {name: asked[name] for name in ("datetime", "recorded-at", "draft") if asked.get(name)}
        return self.document(
            "items",
            {**content, "attribution": "; ".join(layer.attribution)},
            address,
            language,
            layer_title=layer.title.in_language(language),
            columns=self._columns(layer, language)[:_COLUMNS],
            items=address.path,
            kept=kept,
            times=urlencode({"f": "html", "lang": language, **times}),
            valid_day=asked.get("datetime", "")[:10],
            recorded_day=asked.get("recorded-at", "")[:10],
            turns=turns,
        )

    def feature(
        self, layer: Layer, content: Content, address: Address, language: Language, turns: Sequence[tuple[str, str]]
    ) -> str:
        """Return a feature's page, with the ways to its other versions."""
        named = content["properties"].get(layer.label) if layer.label else None
        return self.document(
            "feature",
            {**content, "attribution": "; ".join(layer.attribution)},
            address,
            language,
            layer_title=layer.title.in_language(language),
            heading=named or content["id"],
            columns=self._columns(layer, language, own_first=False),
            turns=turns,
        )

    def _columns(self, layer: Layer, language: Language, *, own_first: bool = True) -> list[_Column]:
        own = {f.name for f in layer.fields}
        listed = sorted(layer.properties, key=lambda f: f.name not in own) if own_first else layer.properties
        return [_Column(f.name, _heading(f, language), self._writer(f, language)) for f in listed]

    def _writer(self, declared: Field | VersionField, language: Language) -> Callable[[Any], str]:
        """Return what writes a property's values for people: codes by their titles, instants in the city's zone."""
        if declared.type is FieldType.INSTANT:
            return lambda value: "" if value is None else told(datetime.fromisoformat(value), self._profile)
        if declared.codes:
            known = titles(self._profile, declared.codes, language)
            return lambda value: f"{known[value]} ({value})" if value in known else _shown(value, language)
        return lambda value: _shown(value, language)


def _heading(declared: Field | VersionField, language: Language) -> str:
    title = declared.title.in_language(language)
    return f"{title}, {unit(declared.unit)}" if declared.unit else title


def unit(symbol: str) -> str:
    """Return a unit of measure as people write it.

    >>> unit("m2"), unit("m")
    ('m²', 'm')
    """
    return symbol.translate(_RAISED)


_RAISED: Final = str.maketrans("23", "²³")

_OF_THE_FORM: Final = frozenset({"f", "lang", "datetime", "recorded-at", "cursor", "offset"})


def _trail(address: Address, language: Language) -> list[tuple[str, str]]:
    """Return the way from the landing page to here."""
    asked = f"?f=html&lang={language}"
    trail = [(address.base + asked, "Qala")]
    place = address.base
    if not address.path.startswith(place):
        return trail
    for part in address.path.removeprefix(address.base).strip("/").split("/"):
        if part:
            place = f"{place}/{part}"
            label = LABELS.get(_STEPS.get(part, ""))
            asked = with_draft(f"?f=html&lang={language}", address.query.get(PARAMETER) if part == "items" else None)
            trail.append((place + asked, label.in_language(language) if label else part))
    return trail


_STEPS: Final = {"collections": "collections", "items": "features", "conformance": "conformance", "api": "api"}


def _shown(value: object, language: Language) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return LABELS["yes" if value else "no"].in_language(language)
    return str(value)


LABELS: Final[Mapping[str, Text]] = {
    "path": Text(kk="Жол", ru="Путь", en="Path"),
    "language": Text(kk="Тіл", ru="Язык", en="Language"),
    "collections": Text(kk="Қабаттар", ru="Слои", en="Layers"),
    "api": Text(kk="Интерфейс сипаттамасы", ru="Описание интерфейса", en="Description of the interface"),
    "conformance": Text(kk="Стандарттарға сәйкестік", ru="Соответствие стандартам", en="Conformance"),
    "clients": Text(kk="ГАЖ-ға қосу мекенжайлары", ru="Адреса для подключения из ГИС", en="Addresses for desktop GIS"),
    "layer": Text(kk="Қабат", ru="Слой", en="Layer"),
    "description": Text(kk="Сипаттамасы", ru="Описание", en="Description"),
    "features": Text(kk="Нысандар", ru="Объекты", en="Features"),
    "schema": Text(kk="Өрістер", ru="Поля", en="Fields"),
    "queryables": Text(kk="Іздеу өрістері", ru="Поля для поиска", en="Fields to search by"),
    "tiles": Text(kk="Векторлық тайлдар", ru="Векторные тайлы", en="Vector tiles"),
    "coordinates": Text(kk="Координаттар жүйелері", ru="Системы координат", en="Coordinate reference systems"),
    "storage": Text(kk="сақтау жүйесі", ru="система хранения", en="in which it is stored"),
    "extent": Text(kk="Аумағы, градус", ru="Охват, градусы", en="Extent, degrees"),
    "field": Text(kk="Өріс", ru="Поле", en="Field"),
    "meaning": Text(kk="Мағынасы", ru="Значение", en="Meaning"),
    "type": Text(kk="Түрі", ru="Тип", en="Type"),
    "unit": Text(kk="Бірлігі", ru="Единица", en="Unit"),
    "parameter": Text(kk="Параметр", ru="Параметр", en="Parameter"),
    "geometry": Text(kk="Геометрия", ru="Геометрия", en="Geometry"),
    "valid": Text(kk="Заң бойынша қай күні", ru="На какую дату по праву", en="As it was in law on"),
    "recorded": Text(kk="Тізілім қай күні білгені бойынша", ru="По записям на дату", en="As the register knew it on"),
    "show": Text(kk="Көрсету", ru="Показать", en="Show"),
    "times": Text(
        kk="Күн көрсетілмесе, қазіргі жағдай көрсетіледі.",
        ru="Без даты показано то, что есть сейчас.",
        en="Without a date you see what is so now.",
    ),
    "none": Text(kk="Мұндай нысан жоқ.", ru="Таких объектов нет.", en="There are no such features."),
    "look": Text(kk="Мына уақытта қараңыз", ru="Посмотрите на другое время", en="Look at another time"),
    "first": Text(kk="Басына", ru="К началу", en="First"),
    "prev": Text(kk="← Алдыңғы бет", ru="← Предыдущая страница", en="← Previous page"),
    "next": Text(kk="Келесі бет →", ru="Следующая страница →", en="Next page →"),
    "predecessor-version": Text(kk="← Алдыңғы нұсқа", ru="← Предыдущая версия", en="← Previous version"),
    "successor-version": Text(kk="Келесі нұсқа →", ru="Следующая версия →", en="Next version →"),
    "latest-version": Text(kk="Қазіргі нұсқа", ru="Текущая версия", en="Current version"),
    "version-history": Text(kk="Барлық нұсқалар", ru="Все версии", en="All versions"),
    "yes": Text(kk="иә", ru="да", en="yes"),
    "no": Text(kk="жоқ", ru="нет", en="no"),
}
