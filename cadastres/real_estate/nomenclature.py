"""What the codes of the legal registers are called in documents and stories, in Kazakh, Russian and English."""

import re
from typing import Any, Final

from gis.classifier import UnknownCode
from gis.layer import Field, FieldType
from gis.profile import CityProfile
from gis.text import Text

YES: Final = Text(kk="иә", ru="да", en="yes")
NO: Final = Text(kk="жоқ", ru="нет", en="no")

_USES: Final = {
    "residential": Text(kk="тұрғын", ru="жилое", en="residential"),
    "individualResidence": Text(kk="жеке тұрғын үй", ru="индивидуальный жилой дом", en="individual residence"),
    "collectiveResidence": Text(kk="көппәтерлі тұрғын үй", ru="многоквартирный жилой дом", en="apartment building"),
    "twoDwellings": Text(kk="екі пәтерлі үй", ru="двухквартирный дом", en="house of two dwellings"),
    "residenceForCommunities": Text(kk="жатақхана", ru="общежитие", en="residence for communities"),
    "agriculture": Text(kk="ауыл шаруашылығы", ru="сельскохозяйственное", en="agriculture"),
    "industrial": Text(kk="өнеркәсіптік", ru="промышленное", en="industrial"),
    "commerceAndServices": Text(kk="сауда және қызмет көрсету", ru="торговля и услуги", en="commerce and services"),
    "office": Text(kk="кеңсе", ru="офис", en="office"),
    "trade": Text(kk="сауда", ru="торговое", en="trade"),
    "publicServices": Text(kk="қоғамдық қызмет көрсету", ru="общественное обслуживание", en="public services"),
    "ancillary": Text(kk="қосалқы", ru="вспомогательное", en="ancillary"),
    "parking": Text(kk="көлік тұрағы", ru="машино-место", en="parking"),
    "storage": Text(kk="қойма", ru="кладовая", en="storage"),
}
_CONDITIONS: Final = {
    "functional": Text(kk="пайдаланылады", ru="эксплуатируется", en="functional"),
    "underConstruction": Text(kk="салынып жатыр", ru="строится", en="under construction"),
    "projected": Text(kk="жобаланған", ru="проектируется", en="projected"),
    "declined": Text(kk="тозған", ru="обветшало", en="declined"),
    "ruin": Text(kk="қираған", ru="руины", en="ruin"),
    "demolished": Text(kk="бұзылған", ru="снесено", en="demolished"),
}
_ROOMS: Final = {
    "living": Text(kk="тұрғын бөлме", ru="жилая комната", en="living room"),
    "kitchen": Text(kk="ас үй", ru="кухня", en="kitchen"),
    "bathroom": Text(kk="жуынатын бөлме", ru="санузел", en="bathroom"),
    "corridor": Text(kk="дәліз", ru="коридор", en="corridor"),
    "storage": Text(kk="қойма", ru="кладовая", en="storage"),
    "balcony": Text(kk="балкон", ru="балкон", en="balcony"),
    "other": Text(kk="өзге", ru="прочее", en="other"),
}
_OBJECTS: Final = {
    "unit": Text(kk="жылжымайтын мүлік бірлігі", ru="единица недвижимости", en="basic administrative unit"),
    "parcel": Text(kk="жер учаскесі", ru="земельный участок", en="land parcel"),
    "building": Text(kk="ғимарат", ru="здание", en="building"),
    "premises": Text(kk="үй-жай", ru="помещение", en="premises"),
}
_UNITS: Final = {
    "basicPropertyUnit": Text(kk="меншік бірлігі", ru="единица собственности", en="basic property unit"),
    "leasedUnit": Text(kk="жалға берілген бірлік", ru="арендуемая единица", en="leased unit"),
    "rightOfUseUnit": Text(kk="пайдалану бірлігі", ru="единица пользования", en="right-of-use unit"),
}
_CATEGORIES: Final = {
    "right": Text(kk="құқық", ru="право", en="right"),
    "restriction": Text(kk="ауыртпалық", ru="обременение", en="restriction"),
    "responsibility": Text(kk="міндет", ru="обязанность", en="responsibility"),
}
_KINDS: Final = {
    "ownership": Text(kk="меншік құқығы", ru="право собственности", en="ownership"),
    "stateOwnership": Text(kk="мемлекеттік меншік", ru="государственная собственность", en="state ownership"),
    "permanentUse": Text(kk="тұрақты жер пайдалану", ru="постоянное землепользование", en="permanent land use"),
    "temporaryUse": Text(kk="уақытша жер пайдалану", ru="временное землепользование", en="temporary land use"),
    "lease": Text(kk="жалдау", ru="аренда", en="lease"),
    "trustManagement": Text(kk="сенімгерлік басқару", ru="доверительное управление", en="trust management"),
    "servitude": Text(kk="сервитут", ru="сервитут", en="servitude"),
    "pledge": Text(kk="кепіл", ru="залог", en="pledge"),
    "arrest": Text(kk="тыйым салу (арест)", ru="арест", en="arrest"),
    "priorityInterest": Text(kk="басым мүдде", ru="преимущественный интерес", en="priority interest"),
    "prohibition": Text(kk="билік етуге тыйым", ru="запрет распоряжения", en="prohibition of disposal"),
    "monument": Text(kk="ескерткішті қорғау", ru="охрана памятника", en="protected monument"),
    "maintenance": Text(kk="күтіп ұстау", ru="содержание", en="maintenance"),
    "accessProvision": Text(kk="өтуді қамтамасыз ету", ru="обеспечение доступа", en="provision of access"),
}
_HOLDINGS: Final = {
    "sole": Text(kk="жеке", ru="единоличная", en="sole"),
    "shared": Text(kk="үлестік", ru="долевая", en="by shares"),
    "joint": Text(kk="бірлескен", ru="совместная", en="joint"),
    "family": Text(kk="отбасылық", ru="семейная", en="family"),
}
_CONSENTS: Final = {
    "disposal": Text(kk="билік етуге", ru="на распоряжение", en="to disposal"),
    "furtherPledge": Text(kk="келесі кепілге", ru="на последующий залог", en="to a further pledge"),
    "reorganisation": Text(kk="қайта құруға", ru="на преобразование", en="to reorganisation"),
}
_PARTIES: Final = {
    "naturalPerson": Text(kk="жеке тұлға", ru="физическое лицо", en="natural person"),
    "nonNaturalPerson": Text(kk="заңды тұлға", ru="юридическое лицо", en="legal person"),
    "state": Text(kk="мемлекет", ru="государство", en="the state"),
    "group": Text(kk="топ", ru="группа лиц", en="group"),
}
_GROUPS: Final = {
    "association": Text(kk="бірлестік", ru="объединение", en="association"),
    "baunitGroup": Text(kk="бірліктер тобы", ru="группа единиц", en="group of units"),
    "family": Text(kk="отбасы", ru="семья", en="family"),
    "tribe": Text(kk="қауым", ru="община", en="community"),
}
_ZONES: Final = {
    "category": Text(kk="жер санаты аймағы", ru="зона категории земель", en="zone of a land category"),
    "permitted-use": Text(
        kk="рұқсат етілген пайдалану аймағы", ru="зона разрешённого использования", en="zone of a permitted use"
    ),
    "functional": Text(kk="функционалдық аймақ", ru="функциональная зона", en="functional zone"),
}
_ALIASES: Final = {
    "former": Text(kk="бұрынғы", ru="прежнее", en="former"),
    "variant": Text(kk="нұсқа", ru="вариант", en="variant"),
    "short": Text(kk="қысқа", ru="краткое", en="short"),
}
_LEVELS: Final = {
    "siteLevel": Text(kk="үй немесе учаске", ru="дом или участок", en="site"),
    "accessLevel": Text(kk="кіреберіс", ru="подъезд", en="entrance"),
    "unitLevel": Text(kk="пәтер", ru="квартира", en="flat"),
}

_STEPS: Final = {
    "elaboration": Text(kk="әзірленуде", ru="разрабатывается", en="in elaboration"),
    "adoption": Text(kk="бекітілуде", ru="на утверждении", en="in adoption"),
    "legalForce": Text(kk="күшінде", ru="действует", en="in legal force"),
    "obsolete": Text(kk="күшін жойған", ru="утратил силу", en="obsolete"),
}
_NATURES: Final = {
    "bindingForDevelopers": Text(
        kk="құрылыс салушылар үшін міндетті", ru="обязательно для застройщиков", en="binding for developers"
    ),
    "bindingOnlyForAuthorities": Text(
        kk="тек билік органдары үшін міндетті", ru="обязательно только для органов власти", en="binding for authorities"
    ),
    "generallyBinding": Text(kk="жалпыға бірдей міндетті", ru="общеобязательно", en="generally binding"),
    "nonBinding": Text(kk="міндетті емес", ru="необязательно", en="not binding"),
    "definedInLegislation": Text(
        kk="заңнамада белгіленген", ru="определено законодательством", en="set by legislation"
    ),
}
_SIDES: Final = {
    "left": Text(kk="сол жағында", ru="слева", en="left"),
    "right": Text(kk="оң жағында", ru="справа", en="right"),
    "both": Text(kk="екі жағында", ru="с обеих сторон", en="both sides"),
}
_LIKELIHOODS: Final = {
    "veryHigh": Text(kk="өте жоғары", ru="очень высокая", en="very high"),
    "high": Text(kk="жоғары", ru="высокая", en="high"),
    "medium": Text(kk="орташа", ru="средняя", en="medium"),
    "low": Text(kk="төмен", ru="низкая", en="low"),
    "unknown": Text(kk="белгісіз", ru="неизвестна", en="unknown"),
}
_DETERMINATIONS: Final = {
    "modelling": Text(kk="модельдеу", ru="моделирование", en="modelling"),
    "indirectDetermination": Text(kk="жанама анықтау", ru="косвенное определение", en="indirect determination"),
    "survey": Text(kk="зерттеп-қарау", ru="обследование", en="survey"),
}

WORDS: Final = {
    "process_step_general": _STEPS,
    "regulation_nature": _NATURES,
    "building_side": _SIDES,
    "likelihood": _LIKELIHOODS,
    "determination_method": _DETERMINATIONS,
    "current_use": _USES,
    "condition_of_construction": _CONDITIONS,
    "room_use": _ROOMS,
    "object_kind": _OBJECTS,
    "type": _UNITS,
    "category": _CATEGORIES,
    "kind": _KINDS | _ALIASES | _ZONES,
    "holding": _HOLDINGS,
    "consents_to": _CONSENTS,
    "party_type": _PARTIES,
    "group_type": _GROUPS,
    "locator_level": _LEVELS,
}
"""Words by field and code."""

SOURCES: Final = {
    "akimat-decision": Text(kk="әкімдіктің шешімі", ru="решение акимата", en="decision of the akimat"),
    "maslikhat-decision": Text(kk="мәслихаттың шешімі", ru="решение маслихата", en="decision of the maslikhat"),
    "ministry-order": Text(kk="министрдің бұйрығы", ru="приказ министра", en="minister's order"),
    "court-decision": Text(kk="сот шешімі", ru="решение суда", en="court decision"),
    "contract": Text(kk="шарт", ru="договор", en="contract"),
    "deed": Text(kk="құқық белгілейтін құжат", ru="правоустанавливающий документ", en="title deed"),
    "sale-contract": Text(kk="сатып алу-сату шарты", ru="договор купли-продажи", en="contract of sale"),
    "gift-contract": Text(kk="сыйға тарту шарты", ru="договор дарения", en="deed of gift"),
    "pledge-contract": Text(kk="кепіл шарты", ru="договор залога", en="pledge agreement"),
    "lease-contract": Text(kk="жалдау шарты", ru="договор аренды", en="lease agreement"),
    "inheritance-certificate": Text(
        kk="мұраға құқық туралы куәлік", ru="свидетельство о праве на наследство", en="certificate of inheritance"
    ),
    "application": Text(kk="өтініш", ru="заявление", en="application"),
    "survey": Text(kk="техникалық тексеру", ru="техническое обследование", en="survey"),
    "technical-survey": Text(kk="техникалық тексеру", ru="техническое обследование", en="technical survey"),
    "correction": Text(kk="қатені түзету туралы акт", ru="акт об исправлении ошибки", en="act of correction"),
    "data-delivery": Text(kk="деректерді тапсыру", ru="передача данных", en="data delivery"),
    "map-derivation": Text(kk="картадан алынған деректер", ru="данные, полученные с карты", en="derived from a map"),
}
"""Words of the kinds of legal sources; a kind not listed here is shown as the act gives it, without its hyphens."""

ROLES: Final = {
    "planner": Text(kk="жоспарлаушы", ru="планировщик", en="planner"),
    "registrar": Text(kk="тіркеуші", ru="регистратор", en="registrar"),
    "registrar.land": Text(kk="жер тіркеушісі", ru="регистратор земель", en="land registrar"),
    "registrar.real_estate": Text(
        kk="жылжымайтын мүлік тіркеушісі", ru="регистратор недвижимости", en="real-estate registrar"
    ),
    "registrar.address": Text(kk="мекенжай тіркеушісі", ru="регистратор адресов", en="address registrar"),
    "registrar.urban_planning": Text(
        kk="қала құрылысы тіркеушісі", ru="регистратор градостроительства", en="urban-planning registrar"
    ),
    "registrar.environment": Text(
        kk="қоршаған орта тіркеушісі", ru="регистратор окружающей среды", en="environment registrar"
    ),
    "notary": Text(kk="нотариус", ru="нотариус", en="notary"),
    "bank": Text(kk="банк", ru="банк", en="bank"),
    "auditor": Text(kk="аудитор", ru="аудитор", en="auditor"),
    "operator": Text(kk="оператор", ru="оператор", en="operator"),
}


def word(field: str, code: str) -> Text:
    """Return what a code of a field is called; a code that nobody named stands for itself."""
    return WORDS.get(field, {}).get(code) or as_it_is(code)


def source_kind(kind: str) -> Text:
    """Return what a kind of legal source is called.

    >>> source_kind("survey").ru, source_kind("notary-deed").ru
    ('техническое обследование', 'notary deed')
    """
    return SOURCES.get(kind.strip().lower()) or as_it_is(_tidy(kind))


def role(name: str) -> Text:
    """Return what a role is called."""
    return ROLES.get(name) or as_it_is(_tidy(name))


def _tidy(code: str) -> str:
    """Return a code that nobody named as it can be read."""
    return " ".join(re.sub(r"[-_]", " ", code).split())


def as_it_is(text: str) -> Text:
    """Return a text that is the same in every language."""
    return Text(kk=text, ru=text, en=text)


def value_text(field: Field, value: Any, profile: CityProfile) -> Text:
    """Return an attribute's value as a reader is shown it: words for codes, the decimal mark of the language."""
    if isinstance(value, bool):
        return YES if value else NO
    if field.codes is not None:
        return _classified(field.codes, str(value), profile)
    if field.values:
        return word(field.name, str(value))
    if field.type is FieldType.NUMBER:
        return number_text(float(value), field.unit)
    return as_it_is(str(value))


def _classified(classifier: str, code: str, profile: CityProfile) -> Text:
    try:
        return profile.classifier(classifier).entry(code).title
    except UnknownCode:
        return as_it_is(code)


def number_text(value: float, unit: str | None = None, decimals: int = 2) -> Text:
    r"""Return a measure with its unit; Kazakh and Russian put a comma and a no-break space, English a point.

    >>> number_text(1234.5, "m2").ru, number_text(1234.0, "m2").en
    ('1\xa0234,5 м²', '1,234 m²')
    """
    plain = f"{value:,.{decimals}f}"
    plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
    local = plain.replace(",", "\N{NO-BREAK SPACE}").replace(".", ",")
    named = _MEASURES.get(unit or "")
    if named is None:
        return Text(kk=local, ru=local, en=plain)
    return Text(kk=f"{local} {named.kk}", ru=f"{local} {named.ru}", en=f"{plain} {named.en}")


_MEASURES: Final = {
    "m2": Text(kk="м²", ru="м²", en="m²"),
    "m3": Text(kk="м³", ru="м³", en="m³"),
    "m": Text(kk="м", ru="м", en="m"),
    "%": Text(kk="%", ru="%", en="%"),
}
