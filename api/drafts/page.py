"""A draft as a page to read: what it is, what it would change in figures, and feature by feature."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from fastapi import Request

from api.drafts.asked import with_draft
from api.ogc.codes import titles
from api.ogc.links import Address
from api.ogc.pages_html import Pages
from api.problems import language_of
from gis.layer import Layer
from gis.profile import CityProfile
from gis.register import Register
from gis.text import Language, Text

Json = dict[str, Any]

_GROUPED: Final = "\u202f"
"""Parts thousands; it breaks no line."""


def draft_page(request: Request, document: Json, changes: Sequence[Json]) -> str:
    """Return the page of a draft, in the asker's language.

    Args:
        request: what asks for it.
        document: the draft, with its totals.
        changes: what it changes, as the comparison tells it; the first features of each layer.
    """
    register: Register = request.app.state.register
    language, address = language_of(request), Address.of(request)
    reference = document["href"].rpartition("/")[2]
    return Pages(register.profile).document(
        "draft",
        document,
        address,
        language,
        words={name: text.in_language(language) for name, text in _WORDS.items()},
        state=_STATES[document["state"]].in_language(language),
        totals=[_total(total, language) for total in document["totals"]],
        changes=[
            _change(change, register.layers[change["layer"]], reference, language, register.profile)
            for change in changes
        ],
        parts=[(link["rel"], address.base.removesuffix("/ogc") + link["href"]) for link in document["links"]],
    )


def _total(total: Mapping[str, Any], language: Language) -> Json:
    size = total.get("area") or total.get("length")
    unit = "m²" if "area" in total else "m"
    told = [f"{_figure(size[side], language)} {unit}" if size else "" for side in ("before", "after", "difference")]
    return {**total, "sizes": told}


def _change(change: Mapping[str, Any], layer: Layer, reference: str, language: Language, profile: CityProfile) -> Json:
    size = change.get("area") or change.get("length")
    unit = "m²" if "area" in change else "m"
    return {
        **change,
        "title": layer.title.in_language(language),
        "named": _named(change, layer, language, profile) or change["id"],
        "href": _href(change, layer, reference, language),
        "told_kind": _KINDS[change["kind"]].in_language(language),
        "fields": [_field(name, layer, language) for name in change["changed"]],
        "since": (change["valid"]["from"] or "…")[:10],
        "until": (change["valid"]["to"] or "…")[:10],
        "sizes": [f"{_figure(size[side], language)} {unit}" if size else "" for side in ("before", "after")],
    }


def _named(change: Mapping[str, Any], layer: Layer, language: Language, profile: CityProfile) -> Any:
    """Return what a feature is called in the language, where it has a name in it; a code by the words for it."""
    if not layer.label:
        return None
    said = (change["after"] or change["before"])["properties"]
    label = said.get(layer.label)
    codes = next((field.codes for field in layer.fields if field.name == layer.label), None)
    if codes is not None:
        return titles(profile, codes, language).get(label, label)
    return said.get(f"{layer.label.removesuffix('_ru')}_{language}") or label


def _href(change: Mapping[str, Any], layer: Layer, reference: str, language: Language) -> str | None:
    """Return where the feature itself is read: in the draft, unless the draft ends it."""
    if not layer.spatial:
        return None
    item = f"/ogc/collections/{layer.name}/items/{change['id']}?f=html&lang={language}"
    since = change["valid"]["from"]
    moment = f"&datetime={since[:10]}" if since else ""
    return item + moment if change["kind"] == "retired" else with_draft(item + moment, reference)


def _field(name: str, layer: Layer, language: Language) -> str:
    known = next((field.title for field in layer.fields if field.name == name), None)
    return _WORDS["geometry"].in_language(language) if known is None else known.in_language(language)


def _figure(size: float | None, language: Language) -> str:
    r"""Return a size with the language's decimal mark.

    >>> _figure(1234567.891, "ru"), _figure(None, "en")
    ('1\u202f234\u202f567,89', '–')
    """
    if size is None:
        return "–"
    text = f"{size:,.2f}".replace(",", _GROUPED)
    return text if language == "en" else text.replace(".", ",")


_STATES: Final = {
    "open": Text(kk="ашық", ru="открыт", en="open"),
    "adopted": Text(kk="бекітілген", ru="принят", en="adopted"),
    "withdrawn": Text(kk="кері қайтарылған", ru="отозван", en="withdrawn"),
}
_KINDS: Final = {
    "created": Text(kk="жаңа", ru="новый", en="new"),
    "changed": Text(kk="өзгереді", ru="меняется", en="changed"),
    "retired": Text(kk="тоқтатылады", ru="прекращается", en="ended"),
}
_WORDS: Final[Mapping[str, Text]] = {
    "draft": Text(kk="Жоба", ru="Черновик", en="Draft"),
    "no_force": Text(
        kk="Бұл — жоба: оның заңды күші жоқ.",
        ru="Это черновик: юридической силы он не имеет.",
        en="This is a draft: it has no legal force.",
    ),
    "state": Text(kk="Күйі", ru="Состояние", en="State"),
    "changeset": Text(kk="Бекіткен өзгерістер жинағы", ru="Принят набором изменений", en="Adopted as changeset"),
    "purpose": Text(kk="Мақсаты", ru="Назначение", en="Purpose"),
    "valid_from": Text(kk="Күшіне ену күні", ru="Предполагаемая дата вступления в силу", en="To be in force from"),
    "created": Text(kk="Ашылған уақыты", ru="Открыт", en="Opened"),
    "revision": Text(kk="Түзету саны", ru="Правок", en="Edits"),
    "figures": Text(kk="Қабаттар бойынша", ru="По слоям", en="By layer"),
    "changes": Text(kk="Өзгерістер", ru="Изменения", en="Changes"),
    "first": Text(
        kk="Әр қабаттан алғашқы 200 нысан көрсетілген; толық тізім — JSON.",
        ru="Показаны первые 200 объектов каждого слоя; полный список — JSON.",
        en="The first 200 features of each layer are shown; the whole list is in the JSON.",
    ),
    "nothing": Text(kk="Ештеңе өзгертілмейді.", ru="Ничего не меняется.", en="Nothing is changed."),
    "layer": Text(kk="Қабат", ru="Слой", en="Layer"),
    "feature": Text(kk="Нысан", ru="Объект", en="Feature"),
    "kind": Text(kk="Не болады", ru="Что происходит", en="What happens"),
    "when": Text(kk="Кезеңі", ru="Период", en="Period"),
    "what": Text(kk="Не өзгереді", ru="Что меняется", en="What changes"),
    "geometry": Text(kk="геометриясы", ru="геометрия", en="geometry"),
    "new": Text(kk="Жаңа", ru="Новых", en="New"),
    "changed": Text(kk="Өзгереді", ru="Меняется", en="Changed"),
    "ended": Text(kk="Тоқтатылады", ru="Прекращается", en="Ended"),
    "before": Text(kk="Бұрын", ru="Было", en="Before"),
    "after": Text(kk="Кейін", ru="Станет", en="After"),
    "difference": Text(kk="Айырмасы", ru="Разница", en="Difference"),
    "steps": Text(kk="Түзетулер", ru="Правки", en="Edits"),
    "comparison": Text(kk="Салыстыру", ru="Сравнение", en="Comparison"),
    "check": Text(kk="Ережелер бойынша тексеру", ru="Проверка по правилам", en="Check against the rules"),
    "conflicts": Text(kk="Тізіліммен қайшылықтар", ru="Расхождения с регистром", en="Conflicts with the register"),
}
