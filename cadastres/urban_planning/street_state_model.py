"""Layers of what holds on ways: restricted turns, closures, speeds; and the norms of accessibility."""

from typing import Final

from cadastres.fields import EXTERNAL_REFERENCE, OPENSTREETMAP_WHERE_DERIVED
from cadastres.urban_planning.street_fields import (
    DIRECTIONS,
    HOURS,
    KNOWLEDGE,
    MODES,
    choice,
    number,
    reference,
    words,
)
from cadastres.urban_planning.street_model import STREET_SEGMENT, WAYS
from cadastres.urban_planning.street_point_model import LIFT
from gis.layer import Field, FieldType, GeometryKind, Layer, Style
from gis.text import Text

RESTRICTIONS: Final = (
    "no_left_turn", "no_right_turn", "no_straight_on", "no_u_turn", "no_entry", "no_exit",
    "only_left_turn", "only_right_turn", "only_straight_on", "only_u_turn",
)  # fmt: skip
"""OpenStreetMap, ``restriction``."""

DAYS: Final = ("workday", "saturday", "sunday")
"""Kinds of day; a public holiday counts as ``sunday``."""

QUARTERS: Final = 96
"""Quarters of an hour in a day; on a day when clocks are put forward or back, each is looked up by the clock."""

OBJECT_KINDS: Final = ("street", "footway", "crossing", "steps", "ramp", "kerb", "lift", "barrier", "signal")

_SEGMENT = (STREET_SEGMENT.name,)
_OF_SEGMENT = reference(
    "segment_id", _SEGMENT, Text(kk="Көше бөлігі", ru="Отрезок улицы", en="Street segment"), required=True
)
_DIRECTION = choice(
    "direction",
    DIRECTIONS,
    Text(kk="Бағыты", ru="Направление", en="Direction"),
    Text(
        kk="Бөлік сызылған бағытпен немесе оған қарсы",
        ru="По направлению, в котором начерчен отрезок, или против него",
        en="As the segment is drawn, or against it",
    ),
    required=True,
)

TURN_RESTRICTION: Final = Layer(
    name="urban_planning.turn_restriction",
    title=Text(kk="Бұрылыс шектеулері", ru="Ограничения поворотов", en="Turn restrictions"),
    description=Text(
        kk="Қиылыста бір бөліктен екіншісіне бұрылуға тыйым немесе міндет",
        ru="Запрет или предписание поворота с одного отрезка на другой на перекрёстке",
        en="Turns from one segment into another that are forbidden or the only ones allowed, at their junction",
    ),
    geometry=GeometryKind.POINT,
    label="restriction",
    attribution=(OPENSTREETMAP_WHERE_DERIVED,),
    style=Style(stroke="#880e4f", fill="#f8bbd0", width=1.0, min_zoom=16),
    fields=(
        reference("from_segment", _SEGMENT, Text(kk="Қай бөліктен", ru="С отрезка", en="From"), required=True),
        reference("to_segment", _SEGMENT, Text(kk="Қай бөлікке", ru="На отрезок", en="To"), required=True),
        choice("restriction", RESTRICTIONS, Text(kk="Шектеуі", ru="Ограничение", en="Restriction"), required=True),
        words("except_modes", Text(kk="Кімге қатысы жоқ", ru="Кроме кого", en="Except modes"), MODES),
        HOURS,
        *KNOWLEDGE,
    ),
)

CLOSURE: Final = Layer(
    name="urban_planning.closure",
    title=Text(kk="Жабылған жолдар", ru="Закрытия", en="Closures"),
    description=Text(
        kk="Жөндеу, шеру немесе өзге себеппен жабылған жол не лифт; мерзімі нұсқаның заңды мерзімі",
        ru="Путь или лифт, закрытые из-за ремонта, шествия или по иной причине; срок тот же, что у версии",
        en="Ways and lifts that are closed for works, a procession or else; for as long as the version is valid",
    ),
    geometry=GeometryKind.LINESTRING,
    label="reason",
    style=Style(stroke="#d50000", width=3.0, opacity=0.8, min_zoom=12),
    fields=(
        reference(
            "closed_id",
            (*(layer.name for layer in WAYS), LIFT.name),
            Text(kk="Не жабылған", ru="Что закрыто", en="What is closed"),
            required=True,
        ),
        Field(
            name="modes",
            type=FieldType.STRING,
            title=Text(kk="Кімге жабық", ru="Для кого закрыто", en="Closed to"),
            description=Text(
                kk="Үтірмен: foot, bicycle, car, ambulance, truck; бос болса, бәріне",
                ru="Через запятую: foot, bicycle, car, ambulance, truck; если пусто, для всех",
                en="Comma-separated: foot, bicycle, car, ambulance, truck; to all where empty",
            ),
        ),
        HOURS,
        words("reason", Text(kk="Себебі", ru="Причина", en="Reason")),
        words("reason_kk", Text(kk="Себебі (қаз.)", ru="Причина (каз.)", en="Reason (Kazakh)")),
        words("reason_ru", Text(kk="Себебі (орыс.)", ru="Причина (рус.)", en="Reason (Russian)")),
        words("reason_en", Text(kk="Себебі (ағылш.)", ru="Причина (англ.)", en="Reason (English)")),
        *KNOWLEDGE,
    ),
)

STREET_SPEED: Final = Layer(
    name="urban_planning.street_speed",
    title=Text(kk="Көшедегі жылдамдықтар", ru="Скорости на улицах", en="Speeds on streets"),
    description=Text(
        kk="Көше бөлігіндегі нақты жылдамдық; нұсқаның заңды мерзімінде",
        ru="Действительная скорость на отрезке улицы в срок действия версии",
        en="Actual speed on a street segment while the version is valid",
    ),
    geometry=GeometryKind.NONE,
    label="speed",
    fields=(
        _OF_SEGMENT,
        _DIRECTION,
        Field(
            name="speed",
            type=FieldType.NUMBER,
            unit="km/h",
            title=Text(kk="Жылдамдық", ru="Скорость", en="Speed"),
            required=True,
        ),
        EXTERNAL_REFERENCE,
    ),
)

DAILY_SPEED: Final = Layer(
    name="urban_planning.daily_speed",
    title=Text(kk="Тәуліктік жылдамдықтар", ru="Суточный ход скоростей", en="Daily course of speeds"),
    description=Text(
        kk="Көше бөлігіндегі әдеттегі жылдамдық, тәуліктің әр ширек сағатына",
        ru="Обычная скорость на отрезке улицы по четвертям часа суток",
        en="Usual speed on a street segment for each quarter of an hour of the day",
    ),
    geometry=GeometryKind.NONE,
    label="days",
    fields=(
        _OF_SEGMENT,
        _DIRECTION,
        choice(
            "days",
            DAYS,
            Text(kk="Күн түрі", ru="Вид дня", en="Kind of day"),
            Text(
                kk="Жұмыс күні, сенбі немесе жексенбі; мереке жексенбі болып саналады",
                ru="Рабочий день, суббота или воскресенье; праздник считается воскресеньем",
                en="Working day, Saturday or Sunday; a public holiday counts as a Sunday",
            ),
            required=True,
        ),
        Field(
            name="speeds",
            type=FieldType.STRING,
            title=Text(kk="Жылдамдықтары", ru="Скорости", en="Speeds"),
            description=Text(
                kk="96 сан, км/сағ, 00:00-ден бастап әр ширек сағатқа (JSON массиві); белгісіз болса null",
                ru="96 чисел, км/ч, с 00:00 по четвертям часа (массив JSON); null, если неизвестно",
                en="96 numbers, km/h, from 00:00 by quarters of an hour (JSON array); null where unknown",
            ),
            required=True,
            document=True,
        ),
        EXTERNAL_REFERENCE,
    ),
)

ACCESSIBILITY_NORM: Final = Layer(
    name="urban_planning.accessibility_norm",
    title=Text(kk="Қолжетімділік нормалары", ru="Нормы доступности", en="Norms of accessibility"),
    description=Text(
        kk="Жолдар мен құрылғыларға қойылатын талаптар: құжаты, редакциясы және тармағымен",
        ru="Требования к путям и устройствам: с документом, редакцией и пунктом",
        en="What is required of ways and fixtures, with document, edition and clause",
    ),
    geometry=GeometryKind.NONE,
    label="clause",
    fields=(
        Field(
            name="code",
            type=FieldType.STRING,
            title=Text(kk="Құжаты", ru="Документ", en="Document"),
            description=Text(
                kk="Мысалы, СП РК 3.06-101-2012", ru="Например, СП РК 3.06-101-2012", en="As СП РК 3.06-101-2012"
            ),
            required=True,
            key=True,
        ),
        words("edition", Text(kk="Редакциясы", ru="Редакция", en="Edition"), required=True),
        words("clause", Text(kk="Тармағы", ru="Пункт", en="Clause")),
        choice(
            "object_kind", OBJECT_KINDS, Text(kk="Нысан түрі", ru="Вид объекта", en="Kind of object"), required=True
        ),
        words(
            "attribute",
            Text(kk="Сипаттама", ru="Характеристика", en="Attribute"),
            Text(
                kk="Нысан қабатындағы өрістің аты",
                ru="Имя поля в слое объекта",
                en="Name of the field in the object's layer",
            ),
            required=True,
        ),
        number(
            "at_least",
            None,
            Text(kk="Кемінде", ru="Не менее", en="At least"),
            Text(kk="Бірлігі бөлек көрсетіледі", ru="Единица указана отдельно", en="In the unit given beside it"),
        ),
        number(
            "at_most",
            None,
            Text(kk="Артық емес", ru="Не более", en="At most"),
            Text(
                kk="Еңістік таңбасыз алынады",
                ru="Уклон берётся без знака",
                en="Inclines are taken without their sign",
            ),
        ),
        words("unit", Text(kk="Бірлігі", ru="Единица", en="Unit")),
        words(
            "condition",
            Text(kk="Шарты", ru="Условие", en="Condition"),
            Text(
                kk="Норма қашан қолданылады: «өріс таңба мән», бірнешеуі « & » арқылы, мысалы rise<=0.8 & cramped; "
                "жалаң сөз — адам бағалайтын жағдай",
                ru="Когда норма применяется: «поле знак значение», несколько через « & », например "
                "rise<=0.8 & cramped; одно слово — обстоятельство, о котором судит человек",
                en="When the norm applies: 'field sign value', several with ' & ', as rise<=0.8 & cramped; "
                "a bare word is a circumstance of which a person judges",
            ),
        ),
        Field(
            name="confirmed",
            type=FieldType.BOOLEAN,
            title=Text(kk="Расталған", ru="Подтверждено", en="Confirmed"),
            description=Text(
                kk="Мәні құжаттың өзінен немесе оны тармағымен келтіретін жария дереккөзден тексерілген",
                ru="Значение сверено с самим документом или с открытым источником, который цитирует его с пунктом",
                en="The value was checked against the document, or against a public source that quotes it by clause",
            ),
            required=True,
        ),
        words("statement_kk", Text(kk="Мәтіні (қаз.)", ru="Текст (каз.)", en="Statement (Kazakh)"), required=True),
        words("statement_ru", Text(kk="Мәтіні (орыс.)", ru="Текст (рус.)", en="Statement (Russian)"), required=True),
        words("statement_en", Text(kk="Мәтіні (ағылш.)", ru="Текст (англ.)", en="Statement (English)"), required=True),
    ),
)

STATES: Final = (TURN_RESTRICTION, CLOSURE, STREET_SPEED, DAILY_SPEED, ACCESSIBILITY_NORM)
