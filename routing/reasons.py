"""Sentences about what was found on a way, in Kazakh, Russian and English."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

from gis.errors import NotFound
from gis.streets import Streets
from gis.text import LANGUAGES, Language, Text
from routing.findings import Finding
from routing.route import Route
from routing.russian import counted
from routing.value_words import KINDS, VALUES

_PERCENT: Final = {"incline", "cross_slope"}
_AT_LEAST: Final = {"width", "door_width", "max_height", "max_weight"}
_UNITS: Final[Mapping[str, Text]] = {
    "m": Text(kk="м", ru="м", en="m"), "t": Text(kk="т", ru="т", en="t"), "s": Text(kk="с", ru="с", en="s"),
}  # fmt: skip
_MEASURES: Final = {
    "width": "m", "door_width": "m", "max_height": "m", "height": "m", "kerb": "m", "rise": "m", "max_weight": "t",
}  # fmt: skip


def told(streets: Streets, finding: Finding) -> Text:
    """Return what was found as a sentence that names the object, its value and the limit."""
    subject = _OBJECT.filled(kind=KINDS[finding.kind], id=finding.feature_id)
    return _JOINED.filled(object=subject, what=_what(streets, finding))


def object_named(kind: str, feature_id: int) -> Text:
    """Return how one object is named: its kind and its number in the register."""
    return _OBJECT.filled(kind=KINDS[kind], id=feature_id)


def _what(streets: Streets, finding: Finding) -> Text:
    if finding.unknown:
        return _unknown(streets, finding)
    own = _SAID.get((finding.kind, finding.attribute)) or _SAID.get(("", finding.attribute))
    if own is not None and not _numeric(finding.value, finding.limit):
        return own.filled(value=value_told(finding.attribute, finding.value))
    return _measured(streets, finding)


def _numeric(value: object, limit: object) -> bool:
    return all(isinstance(each, int | float) and not isinstance(each, bool) for each in (value, limit))


def _unknown(streets: Streets, finding: Finding) -> Text:
    treated = _TREATED[finding.treated or "accept"]
    if finding.kind == "crossing" and finding.attribute == "kerb":
        return _UNKNOWN.filled(title=_KERB_AT_END, treated=treated)
    return _UNKNOWN.filled(title=attribute_title(streets, finding.kind, finding.attribute), treated=treated)


def _measured(streets: Streets, finding: Finding) -> Text:
    attribute = "height" if finding.attribute == "kerb" else finding.attribute
    title = attribute_title(streets, finding.kind, finding.attribute)
    value, limit = value_told(finding.attribute, finding.value), value_told(attribute, finding.limit)
    if isinstance(finding.limit, list | tuple):
        return _NOT_LISTED.filled(title=title, value=value, limit=limit)
    if finding.limit is None or isinstance(finding.limit, bool | str):
        return _PLAIN.filled(title=title, value=value)
    return (_TOO_LITTLE if finding.attribute in _AT_LEAST else _TOO_MUCH).filled(title=title, value=value, limit=limit)


def doubted(streets: Streets, attribute: str, treated: str, found: Sequence[Finding]) -> Text:
    """Return that an attribute of several objects isn't known, and what was made of that."""
    return _DOUBTED.filled(title=_title(streets, attribute, found), count=len(found), treated=_TREATED[treated])


def length_told(route: Route) -> Text:
    """Return the length of a route and how long it takes."""
    minutes = max(1, round(route.seconds / 60))
    return _LENGTH.filled(length=round(route.length), minutes=minutes)


def unknown_of(streets: Streets, found: Iterable[Finding]) -> tuple[tuple[Text, int], ...]:
    """Return which attributes of a way nobody knows, and of how many objects, as instructions begin with."""
    unknown: dict[str, list[Finding]] = {}
    for finding in found:
        if finding.unknown:
            unknown.setdefault(finding.attribute, []).append(finding)
    return tuple((_title(streets, name, each), len(each)) for name, each in unknown.items())


def _title(streets: Streets, attribute: str, found: Sequence[Finding]) -> Text:
    if found[0].kind == "crossing" and attribute == "kerb":
        return _KERB_AT_END
    return attribute_title(streets, found[0].kind, attribute)


def gain_told(*, opened: float, shortened: float, saved: float) -> Text:
    """Return for how many people there is a way, or a shorter one by some seconds in all; nobody is left out.

    >>> gain_told(opened=40, shortened=0, saved=0).ru
    'Путь появится у 40 человек.'
    >>> gain_told(opened=1, shortened=21, saved=1260).ru
    'Путь появится у 1 человека; короче он станет у 21 человека, всего на 21 минуту.'
    """
    minutes = round(saved / 60)
    counts = {"opened": _people(opened), "shortened": _people(shortened), "minutes": _minutes(minutes)}
    parts = [_OPENED] * (opened > 0)
    if shortened > 0:
        parts.append((_AND_SHORTER if opened else _SHORTER) if minutes else _BIT_SHORTER)
    return Text(
        **{
            each: "; ".join(
                part.in_language(each).format(**{name: told.in_language(each) for name, told in counts.items()})
                for part in parts
            )
            + "."
            for each in LANGUAGES
        }
    )


def _people(number: float) -> Text:
    """Return people in the genitive, as Russian has them after «у»."""
    one = number != int(number) or counted(number, "1", "2", "5") == "1"
    return Text(
        kk=written(number, "kk"),
        ru=f"{written(number, 'ru')} {'человека' if one else 'человек'}",
        en=f"{written(number, 'en')} {'person' if number == 1 else 'people'}",
    )


def _minutes(number: int) -> Text:
    return Text(
        kk=f"{number} минут",
        ru=f"{number} {counted(number, 'минуту', 'минуты', 'минут')}",
        en=f"{number} {'minute' if number == 1 else 'minutes'}",
    )


def attribute_title(streets: Streets, kind: str, attribute: str) -> Text:
    """Return the title of a field of a kind of object, to stand inside a sentence."""
    layer = streets.lines.get(kind) or streets.points.get(kind) or streets.closures
    try:
        title = layer.field(attribute).title
    except (KeyError, NotFound):
        return Text(kk=attribute, ru=attribute, en=attribute)
    return Text(**{each: _lower(title.in_language(each)) for each in LANGUAGES})


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def value_told(attribute: str, value: object) -> Text:
    """Return a value with its unit, as each language writes it."""
    if value is None:
        return _NOT_KNOWN
    if isinstance(value, list | tuple):
        words = [value_told(attribute, each) for each in value]
        return Text(**{each: ", ".join(word.in_language(each) for word in words) for each in LANGUAGES})
    if isinstance(value, bool):
        return _YES if value else _NO
    if isinstance(value, int | float):
        return _number(attribute, float(value))
    words_of = VALUES.get(attribute, {})
    return words_of.get(str(value), Text(kk=str(value), ru=str(value), en=str(value)))


def _number(attribute: str, value: float) -> Text:
    if attribute in _PERCENT:
        return Text(**{each: f"{written(100 * value, each)} %" for each in LANGUAGES})
    unit = _UNITS.get(_MEASURES.get(attribute, ""))
    return Text(
        **{
            each: f"{written(value, each)} {unit.in_language(each)}" if unit else written(value, each)
            for each in LANGUAGES
        }
    )


def written(value: float, language: Language) -> str:
    """Return a number with no more digits than it needs, with a comma where the language has one.

    >>> written(8.329999, "ru"), written(3.0, "en")
    ('8,33', '3')
    """
    text = f"{value:.3f}".rstrip("0").rstrip(".") if abs(value) < 1 else f"{value:.2f}".rstrip("0").rstrip(".")
    return text if language == "en" else text.replace(".", ",").replace("-", "−")


def listed(parts: Sequence[Text], separator: str = "; ") -> Text:
    """Return texts joined, each in its language."""
    return Text(**{each: separator.join(part.in_language(each) for part in parts) for each in LANGUAGES})


def day_told(day: date) -> Text:
    """Return a day as each language writes it."""
    return Text(kk=f"{day:%d.%m.%Y}", ru=f"{day:%d.%m.%Y}", en=f"{day:%Y-%m-%d}")


_OBJECT: Final = Text(kk="{kind} №{id}", ru="{kind} № {id}", en="{kind} no. {id}")
_JOINED: Final = Text(kk="{object}: {what}", ru="{object}: {what}", en="{object}: {what}")
_NOT_KNOWN: Final = Text(kk="белгісіз", ru="неизвестно", en="unknown")
_YES: Final = Text(kk="иә", ru="да", en="yes")
_NO: Final = Text(kk="жоқ", ru="нет", en="no")
_TOO_MUCH: Final = Text(
    kk="{title} {value}, ал шек {limit}",
    ru="{title} {value}, предел {limit}",
    en="{title} {value}, the limit is {limit}",
)
_TOO_LITTLE: Final = Text(
    kk="{title} {value}, ал кемінде {limit} керек",
    ru="{title} {value}, нужно не меньше {limit}",
    en="{title} {value}, at least {limit} is needed",
)
_NOT_LISTED: Final = Text(
    kk="{title}: {value}; жарамдысы: {limit}",
    ru="{title}: {value}; годится: {limit}",
    en="{title}: {value}; what will do: {limit}",
)
_PLAIN: Final = Text(kk="{title}: {value}", ru="{title}: {value}", en="{title}: {value}")
_UNKNOWN: Final = Text(
    kk="белгісіз: {title}; {treated}", ru="неизвестно: {title}; {treated}", en="unknown: {title}; {treated}"
)
_KERB_AT_END: Final = Text(
    kk="өткелдің шетіндегі жиектас", ru="бордюр у края перехода", en="the kerb at an end of the crossing"
)
_DOUBTED: Final = Text(
    kk="Белгісіз: {title}; нысандар саны {count}; {treated}.",
    ru="Неизвестно: {title}; объектов: {count}; {treated}.",
    en="Unknown: {title}; objects: {count}; {treated}.",
)
_OPENED: Final = Text(
    kk="{opened} адамға жол ашылады", ru="Путь появится у {opened}", en="There would be a way for {opened}"
)
_AND_SHORTER: Final = Text(
    kk="{shortened} адамның жолы қысқарып, барлығы {minutes} үнемделеді",
    ru="короче он станет у {shortened}, всего на {minutes}",
    en="it would be shorter for {shortened}, by {minutes} in all",
)
_SHORTER: Final = Text(
    kk="{shortened} адамның жолы қысқарып, барлығы {minutes} үнемделеді",
    ru="Путь станет короче у {shortened}, всего на {minutes}",
    en="The way would be shorter for {shortened}, by {minutes} in all",
)
_BIT_SHORTER: Final = Text(
    kk="{shortened} адамның жолы қысқарады, бірақ барлығы бір минутқа жетпейді",
    ru="Путь станет короче у {shortened}, но всего меньше чем на минуту",
    en="The way would be shorter for {shortened}, but by less than a minute in all",
)
_LENGTH: Final = Text(kk="{length} м ({minutes} мин)", ru="{length} м ({minutes} мин)", en="{length} m ({minutes} min)")
_TREATED: Final[Mapping[str, Text]] = {
    "accept": Text(kk="өтуге болады деп алынды", ru="принято за проходимое", en="taken as passable"),
    "penalise": Text(kk="жол ұзағырақ деп саналды", ru="путь посчитан более длинным", en="counted as a longer way"),
    "bar": Text(kk="сондықтан жабық деп саналды", ru="поэтому посчитано закрытым", en="therefore taken as barred"),
}
_ACCESS: Final = Text(
    kk="бұл жолмен өтуге рұқсат жоқ", ru="проход или проезд здесь не разрешён", en="passage is not allowed here"
)
_SAID: Final[Mapping[tuple[str, str], Text]] = {
    ("", "foot"): _ACCESS,
    ("", "bicycle"): _ACCESS,
    ("", "motor_vehicle"): _ACCESS,
    ("", "heavy"): _ACCESS,
    ("", "one_way"): Text(
        kk="бұл бағытта жүруге болмайды",
        ru="движение в этом направлении запрещено",
        en="one-way traffic the other way",
    ),
    ("", "steps"): Text(
        kk="баспалдақпен жүре алмайсыз",
        ru="по ступеням вам не пройти",
        en="you don't pass steps",
    ),
    ("", "lift"): Text(
        kk="сіз лифтіні пайдаланбайсыз",
        ru="вы не пользуетесь лифтами",
        en="you don't use lifts",
    ),
    ("", "status"): Text(
        kk="жұмыс істемейді",
        ru="не работает",
        en="out of order",
    ),
    ("", "locked"): Text(
        kk="құлыптаулы",
        ru="заперто",
        en="locked",
    ),
    ("closure", "hours"): Text(
        kk="осы сағатта жабық ({value})",
        ru="в этот час закрыто ({value})",
        en="closed at this hour ({value})",
    ),
    ("", "hours"): Text(
        kk="осы сағатта жабық; жұмыс уақыты {value}",
        ru="в этот час закрыто; часы {value}",
        en="closed at this hour; its hours are {value}",
    ),
    ("", "modes"): Text(
        kk="жол жабық",
        ru="путь закрыт",
        en="the way is closed",
    ),
    ("", "wheelchair"): Text(
        kk="арбамен өтуге келмейді деп белгіленген",
        ru="отмечено как недоступное для колясок",
        en="judged impassable for wheelchairs",
    ),
    ("", "barrier"): Text(
        kk="{value}: сіз өте алмайсыз",
        ru="{value}: вам не пройти",
        en="{value}: you can't get through",
    ),
    ("", "handrail"): Text(
        kk="тұтқасы жоқ",
        ru="нет поручней",
        en="no handrail",
    ),
    ("", "wheelchair_ramp"): Text(
        kk="арбаға арналған пандусы жоқ",
        ru="нет пандуса для колясок",
        en="no ramp for wheels",
    ),
    ("", "markings"): Text(
        kk="таңбасы да, бағдаршамы да жоқ",
        ru="нет ни разметки, ни светофора",
        en="neither marked nor signalled",
    ),
    ("", "sound_signals"): Text(
        kk="дыбыстық сигнал жоқ не белгісіз",
        ru="звукового сигнала нет, или о нём неизвестно",
        en="no sound signals, or none known",
    ),
    ("", "lit"): Text(
        kk="жарық жоқ не белгісіз",
        ru="освещения нет, или о нём неизвестно",
        en="not lit, or not known to be",
    ),
    ("", "tactile_paving"): Text(
        kk="тактильді жабын жоқ не белгісіз",
        ru="тактильного покрытия нет, или о нём неизвестно",
        en="no tactile paving, or none known",
    ),
    ("", "sidewalk"): Text(
        kk="көше бойымен: тротуары белгісіз не бөлек",
        ru="вдоль улицы: тротуар отдельно, или о нём неизвестно",
        en="along the street: its sidewalk is apart or not known",
    ),
    ("", "highway"): Text(
        kk="көлік көп жол",
        ru="дорога с большим движением",
        en="a road of much traffic",
    ),
    ("kerb", "kerb"): Text(
        kk="жиектас {value}",
        ru="бордюр {value}",
        en="the kerb is {value}",
    ),
}
