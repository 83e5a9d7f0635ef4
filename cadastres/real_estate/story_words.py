"""The words of a story: one act as a few sentences in Kazakh, Russian and English.

Sentences are of the form "what happened: to what", which needs no inflection of what is filled in.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final

from cadastres.address.model import LAYERS as ADDRESS_LAYERS
from cadastres.land.model import PARCEL
from cadastres.real_estate.chronicle import AREA
from cadastres.real_estate.model import LAYERS as ESTATE_LAYERS
from cadastres.real_estate.nomenclature import as_it_is, number_text, role, source_kind, value_text, word
from cadastres.real_estate.rights_model import LAYERS as RIGHTS_LAYERS
from gis.layer import FieldType
from gis.profile import CityProfile
from gis.text import LANGUAGES, Language, Text

_LAYERS: Final = {layer.name: layer for layer in (PARCEL, *ADDRESS_LAYERS, *ESTATE_LAYERS, *RIGHTS_LAYERS)}

_HAPPENED: Final = {
    "created": Text(kk="Тіркелді", ru="Зарегистрировано", en="Registered"),
    "changed": Text(kk="Өзгертілді", ru="Изменено", en="Changed"),
    "ended": Text(kk="Тоқтатылды", ru="Прекращено", en="Ended"),
    "corrected": Text(kk="Қате түзетілді", ru="Исправлена ошибка", en="Error corrected"),
    "restated": Text(
        kk="Өткен күннен бастап өзгеше жазылды", ru="Изменено задним числом", en="Restated for a time already past"
    ),
    "annulled": Text(kk="Басынан бастап жойылды", ru="Аннулировано с самого начала", en="Annulled from its beginning"),
}
_SUCCESSIONS: Final = {
    ("land.parcel", "split"): Text(kk="Учаске бөлінді", ru="Участок разделён", en="Parcel split"),
    ("land.parcel", "merge"): Text(kk="Учаскелер біріктірілді", ru="Участки объединены", en="Parcels merged"),
    ("real_estate.building", "split"): Text(kk="Ғимарат бөлінді", ru="Здание разделено", en="Building split"),
    ("real_estate.building", "merge"): Text(
        kk="Ғимараттар біріктірілді", ru="Здания объединены", en="Buildings merged"
    ),
    ("real_estate.premises", "split"): Text(kk="Үй-жай бөлінді", ru="Помещение разделено", en="Premises split"),
    ("real_estate.premises", "merge"): Text(
        kk="Үй-жайлар біріктірілді", ru="Помещения объединены", en="Premises merged"
    ),
    ("real_estate.unit", "split"): Text(kk="Бірлік бөлінді", ru="Единица недвижимости разделена", en="Unit split"),
    ("real_estate.unit", "merge"): Text(
        kk="Бірліктер біріктірілді", ru="Единицы недвижимости объединены", en="Units merged"
    ),
}
_NOUNS: Final = {
    "land.parcel": Text(kk="жер учаскесі {number}", ru="земельный участок {number}", en="parcel {number}"),
    "real_estate.building": Text(kk="ғимарат {number}", ru="здание {number}", en="building {number}"),
    "real_estate.premises": Text(kk="үй-жай {number}", ru="помещение {number}", en="premises {number}"),
    "real_estate.unit": Text(
        kk="жылжымайтын мүлік бірлігі {number}", ru="единица недвижимости {number}", en="unit {number}"
    ),
    "real_estate.unit_part": Text(
        kk="бірліктің құрамындағы объект {object}",
        ru="объект в составе единицы {object}",
        en="part of the unit {object}",
    ),
    "real_estate.addressing": Text(
        kk="{object} объектісінің мекенжайы", ru="адрес объекта {object}", en="address of {object}"
    ),
    "address.address": Text(kk="мекенжай {locator}", ru="адрес {locator}", en="address {locator}"),
    "address.street": Text(kk="көше атауы «{name}»", ru="название улицы «{name}»", en="street name '{name}'"),
    "address.named_place": Text(kk="аталған жер «{name}»", ru="место «{name}»", en="place '{name}'"),
    "address.admin_unit": Text(
        kk="әкімшілік бірлік «{name}»", ru="административная единица «{name}»", en="administrative unit '{name}'"
    ),
    "real_estate.right_area": Text(
        kk="құқықтың қолданылу аумағы", ru="территория действия права", en="area of a right"
    ),
    "real_estate.consent": Text(kk="келісім {consent}", ru="согласие {consent}", en="consent {consent}"),
    "personal.holder": Text(kk="құқық ұстаушы {party}", ru="правообладатель {party}", en="holder {party}"),
}
_SHARE: Final = Text(kk="{kind}, үлесі {share}", ru="{kind}, доля {share}", en="{kind}, share {share}")
_RANK: Final = Text(kk="{kind}, кезегі {rank}", ru="{kind}, очерёдность {rank}", en="{kind}, rank {rank}")
_UNTIL: Final = Text(kk="мерзімі: {day} күніне дейін", ru="срок: до {day}", en="until {day}")
_INSTEAD: Final = Text(kk="бұрынғы жазбаның орнына", ru="взамен прежней записи", en="in place of the former entry")
_FROM: Final = Text(kk="күшіне енген күні: {day}", ru="действует с {day}", en="in force from {day}")
_ENDED_ON: Final = Text(kk="тоқтатылған күні: {day}", ru="с {day}", en="from {day}")
_SOURCE: Final = Text(
    kk="Негіздеме: {kind} № {number}, {day}.", ru="Основание: {kind} № {number} от {day}.",
    en="Basis: {kind} No. {number} of {day}.",
)  # fmt: skip
_RECORDED: Final = Text(
    kk="Тізілімге енгізілді: {moment}, № {number} жазба ({role}).",
    ru="Внесено в регистр: {moment}, запись № {number} ({role}).",
    en="Recorded: {moment}, entry No. {number} ({role}).",
)
_AREA: Final = Text(kk="контур ауданы", ru="площадь контура", en="area of the outline")
_NOTHING: Final = as_it_is("—")
_PASSED: Final = frozenset({"share_numerator", "share_denominator"})


def entry_text(entry: Mapping[str, Any], profile: CityProfile) -> Text:
    """Return an entry of a story as sentences: what happened, on what basis, when it was recorded."""
    sentences = [*_happenings(entry, profile), _basis(entry["source"]), _record(entry["source"])]
    return Text(**{language: " ".join(s.in_language(language) for s in sentences) for language in LANGUAGES})


def _happenings(entry: Mapping[str, Any], profile: CityProfile) -> Iterator[Text]:
    for act, parents, children in _families(entry["succession"]):
        heading = _SUCCESSIONS.get(act) or as_it_is(act[1])
        yield _joined(heading, ": ", as_it_is(f"{', '.join(parents)} → {', '.join(children)}."))
    for event in entry["events"]:
        yield _event(event, profile)


def _families(succession: list[Mapping[str, Any]]) -> Iterator[tuple[tuple[str, str], list[str], list[str]]]:
    acts = [(s["layer"], s["kind"]) for s in succession]
    for act in dict.fromkeys(acts):
        own = [s for s, of in zip(succession, acts, strict=True) if of == act]
        parents, children = ([str(s[side] or "?") for s in own] for side in ("parent", "child"))
        yield act, list(dict.fromkeys(parents)), list(dict.fromkeys(children))


def _event(event: Mapping[str, Any], profile: CityProfile) -> Text:
    said = [_joined(_HAPPENED[event["what"]], ": ", _noun(event))]
    if event["replaces"]:
        said.append(_INSTEAD)
    if event["what"] in {"changed", "corrected", "restated"}:
        said += [_change(event["layer"], name, values, profile) for name, values in event["changes"].items()
                 if name not in _PASSED]  # fmt: skip
    if event["valid_from"]:
        said.append(_day_in(_ENDED_ON if event["what"] in {"ended", "annulled"} else _FROM, event["valid_from"]))
    if event["valid_to"]:
        said.append(_day_in(_UNTIL, event["valid_to"]))
    return Text(**{language: "; ".join(s.in_language(language) for s in said) + "." for language in LANGUAGES})


def _noun(event: Mapping[str, Any]) -> Text:
    said = event["said"]
    if event["layer"] == "real_estate.right":
        return _right(said)
    values: dict[str, object] = {
        "number": event["number"] or "",
        "object": event["object_number"] or "",
        "locator": said.get("locator_designator", ""),
        "party": (event["party"] or {}).get("name", ""),
        "name": Text(**{language: _name(said, language) for language in LANGUAGES}),
        "consent": word("consents_to", str(said.get("consents_to", ""))),
    }
    noun = _NOUNS.get(event["layer"]) or _LAYERS[event["layer"]].title
    return noun.filled(**values)


def _right(said: Mapping[str, Any]) -> Text:
    kind = word("kind", said["kind"])
    if said.get("share_denominator") is not None:
        return _SHARE.filled(kind=kind, share=f"{said['share_numerator']}/{said['share_denominator']}")
    return _RANK.filled(kind=kind, rank=said["rank"]) if said.get("rank") is not None else kind


def _name(said: Mapping[str, Any], language: Language) -> str:
    wanted = (f"name_{language}", "name", "name_ru", "name_kk", "name_en")
    return str(next((said[name] for name in wanted if said.get(name)), ""))


def _change(layer: str, name: str, values: Mapping[str, Any], profile: CityProfile) -> Text:
    before, after = (_value(layer, name, values[side], profile) for side in ("before", "after"))
    title = _AREA if name == AREA else _LAYERS[layer].field(name).title
    return _joined(title, ": ", before, " → ", after)


def _value(layer: str, name: str, value: Any, profile: CityProfile) -> Text:
    if value is None:
        return _NOTHING
    if name == AREA:
        return number_text(float(value), "m2")
    field = _LAYERS[layer].field(name)
    if field.type is FieldType.DATE:
        return _day(str(value))
    return value_text(field, value, profile)


def _basis(source: Mapping[str, Any]) -> Text:
    return _SOURCE.filled(kind=source_kind(source["kind"]), number=source["number"], day=_day(source["acceptance"]))


def _record(source: Mapping[str, Any]) -> Text:
    moment = datetime.fromisoformat(source["recorded"])
    at = _joined(_day(moment.date().isoformat()), as_it_is(f" {moment:%H:%M:%S}"))
    return _RECORDED.filled(moment=at, number=source["changeset"], role=role(source["role"]))


def _day(iso: str) -> Text:
    local = date.fromisoformat(iso).strftime("%d.%m.%Y")
    return Text(kk=local, ru=local, en=iso)


def _day_in(text: Text, iso: str) -> Text:
    return text.filled(day=_day(iso))


def _joined(*parts: Text | str) -> Text:
    return Text(
        **{
            language: "".join(p.in_language(language) if isinstance(p, Text) else p for p in parts)
            for language in LANGUAGES
        }
    )
