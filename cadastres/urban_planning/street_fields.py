"""Fields that ways of streets, footways and what stands on them share, named as OpenStreetMap and OpenSidewalks do.

A value that is absent is unknown, never "no". What has a direction goes by the direction in which a line is drawn.
"""

from typing import Final

from cadastres.fields import EXTERNAL_REFERENCE, NAMES
from gis.layer import Field, FieldType
from gis.text import Text

SURFACES: Final = (
    "asphalt", "concrete", "dirt", "grass", "grass_paver", "gravel", "paved", "paving_stones", "unpaved",
)  # fmt: skip
"""OpenSidewalks 0.2, ``surface``."""

SMOOTHNESS: Final = (
    "excellent", "good", "intermediate", "bad", "very_bad", "horrible", "very_horrible", "impassable",
)  # fmt: skip
"""OpenStreetMap, ``smoothness``, from best to worst."""

ACCESS: Final = ("yes", "designated", "destination", "private", "no")
"""Who may pass: anybody, those it was made for, those who stop here, those with leave, nobody."""

WHEELCHAIR: Final = ("yes", "designated", "limited", "no")
"""OpenStreetMap, ``wheelchair``."""

TACTILE_PAVING: Final = ("yes", "no", "contrasted", "primitive")
"""OpenSidewalks 0.2, ``tactile_paving``."""

HANDRAILS: Final = ("yes", "no", "left", "right", "both")
"""Of steps and ramps; ``yes`` where the side is unknown; left and right as the line is drawn."""

STATUSES: Final = ("working", "out_of_order")
DIRECTIONS: Final = ("forward", "backward")
INCLINE_SOURCES: Final = ("measured", "tagged", "terrain")


def number(name: str, unit: str | None, title: Text, description: Text | None = None) -> Field:
    """Return a field that measures something."""
    return Field(name=name, type=FieldType.NUMBER, unit=unit, title=title, description=description)


def whole(name: str, title: Text, description: Text | None = None) -> Field:
    """Return a field that counts something."""
    return Field(name=name, type=FieldType.INTEGER, title=title, description=description)


def flag(name: str, title: Text, description: Text | None = None) -> Field:
    """Return a field that says yes or no."""
    return Field(name=name, type=FieldType.BOOLEAN, title=title, description=description)


def words(name: str, title: Text, description: Text | None = None, *, required: bool = False) -> Field:
    """Return a field for a text."""
    return Field(name=name, type=FieldType.STRING, title=title, description=description, required=required)


def choice(
    name: str,
    values: tuple[str, ...],
    title: Text,
    description: Text | None = None,
    *,
    required: bool = False,
) -> Field:
    """Return a field with a closed list of values."""
    return Field(
        name=name, type=FieldType.STRING, title=title, description=description, values=values, required=required
    )


def reference(name: str, layers: tuple[str, ...], title: Text, *, required: bool = False) -> Field:
    """Return a field that names another feature."""
    return Field(name=name, type=FieldType.INTEGER, title=title, refers_to=layers, required=required)


def _access(name: str, title: Text) -> Field:
    told = Text(
        kk="Өту құқығы; бос болса, жолдың түрі бойынша әдеттегідей",
        ru="Право прохода или проезда; если пусто, как обычно для дороги этого вида",
        en="Who may pass; where empty, as is usual for a way of its kind",
    )
    return choice(name, ACCESS, title, told)


STREET_ID: Final = reference(
    "street_id", ("address.street",), Text(kk="Мекенжай тізіліміндегі көше", ru="Улица адресного регистра", en="Street")
)
FOOT: Final = _access("foot", Text(kk="Жаяу жүргіншілерге", ru="Пешеходам", en="On foot"))
BICYCLE: Final = _access("bicycle", Text(kk="Велосипедшілерге", ru="Велосипедистам", en="By bicycle"))
MOTOR_VEHICLE: Final = _access(
    "motor_vehicle", Text(kk="Моторлы көлікке", ru="Моторным транспортным средствам", en="By motor vehicle")
)
HEAVY: Final = _access("heavy", Text(kk="Жүк көлігіне", ru="Грузовым автомобилям", en="By heavy goods vehicle"))
WHEELCHAIR_ACCESS: Final = choice(
    "wheelchair",
    WHEELCHAIR,
    Text(kk="Арбамен өтуге болады", ru="Доступно на кресле-коляске", en="Wheelchair"),
    Text(
        kk="Жергілікті бағалау: иә, арнайы жасалған, шектеулі, жоқ (OpenStreetMap wheelchair)",
        ru="Оценка на месте: да, предназначено, ограниченно, нет (OpenStreetMap wheelchair)",
        en="Judged on the spot: yes, designated, limited, no (OpenStreetMap wheelchair)",
    ),
)
WIDTH: Final = number(
    "width",
    "m",
    Text(kk="Ені", ru="Ширина", en="Width"),
    Text(kk="Өтуге болатын бос ені", ru="Свободная ширина прохода или проезда", en="Clear width in which one passes"),
)
MAX_HEIGHT: Final = number(
    "max_height",
    "m",
    Text(kk="Шекті биіктік", ru="Предельная высота", en="Greatest height"),
    Text(
        kk="Өте алатын көліктің ең үлкен биіктігі",
        ru="Наибольшая высота транспортного средства",
        en="Greatest height of a vehicle that passes",
    ),
)
MAX_WEIGHT: Final = number(
    "max_weight",
    "t",
    Text(kk="Шекті масса", ru="Предельная масса", en="Greatest weight"),
    Text(
        kk="Өте алатын көліктің ең үлкен нақты массасы",
        ru="Наибольшая фактическая масса транспортного средства",
        en="Greatest actual weight of a vehicle that passes",
    ),
)
HANDRAIL: Final = choice(
    "handrail",
    HANDRAILS,
    Text(kk="Тұтқа", ru="Поручни", en="Handrail"),
    Text(
        kk="Сызық жүргізілген бағыттағы жағы; жағы белгісіз болса «yes»",
        ru="Сторона по направлению линии; «yes», если сторона неизвестна",
        en="On which side, in the direction of the line; 'yes' where the side is unknown",
    ),
)
STATUS: Final = choice(
    "status",
    STATUSES,
    Text(kk="Жағдайы", ru="Состояние", en="Status"),
    Text(
        kk="Жұмыс істейді немесе істемейді; бос болса, белгісіз",
        ru="Работает или не работает; если пусто, неизвестно",
        en="Working or out of order; unknown where empty",
    ),
)
TACTILE: Final = choice(
    "tactile_paving",
    TACTILE_PAVING,
    Text(kk="Тактильді жабын", ru="Тактильное покрытие", en="Tactile paving"),
    Text(
        kk="Бар, жоқ, түсі айқын, қарапайым (OpenSidewalks tactile_paving)",
        ru="Есть, нет, контрастное, упрощённое (OpenSidewalks tactile_paving)",
        en="Present, absent, contrasted, primitive (OpenSidewalks tactile_paving)",
    ),
)
SOUND_SIGNALS: Final = flag(
    "sound_signals",
    Text(kk="Дыбыстық сигнал", ru="Звуковой сигнал", en="Sound signals"),
    Text(
        kk="Рұқсат беретін белгі дыбыспен де беріледі",
        ru="Разрешающий сигнал подаётся и звуком",
        en="That one may go is told by sound as well",
    ),
)
VIBRATION: Final = flag(
    "vibration",
    Text(kk="Діріл сигналы", ru="Вибрационный сигнал", en="Vibration"),
    Text(
        kk="Рұқсат беретін белгі дірілмен де беріледі",
        ru="Разрешающий сигнал подаётся и вибрацией",
        en="That one may go is told by vibration as well",
    ),
)
HOURS: Final = words(
    "hours",
    Text(kk="Уақыты", ru="Часы", en="Hours"),
    Text(
        kk="OpenStreetMap opening_hours жазуымен, мысалы Mo-Fr 08:00-20:00; бос болса, тәулік бойы",
        ru="В записи OpenStreetMap opening_hours, например Mo-Fr 08:00-20:00; если пусто, круглосуточно",
        en="As OpenStreetMap writes opening_hours, for example Mo-Fr 08:00-20:00; round the clock where empty",
    ),
)
MODES: Final = Text(
    kk="Үтірмен: foot, bicycle, car, ambulance, truck",
    ru="Через запятую: foot, bicycle, car, ambulance, truck",
    en="Comma-separated: foot, bicycle, car, ambulance, truck",
)

KNOWLEDGE: Final = (
    flag(
        "inferred",
        Text(kk="Жанама алынған", ru="Выведено косвенно", en="Inferred"),
        Text(
            kk="Нысан өзі картаға түсірілмеген: өзге нысанның белгілерінен шығарылған",
            ru="Объект не снят сам: он выведен из признаков другого объекта",
            en="The object was not surveyed itself: it follows from attributes of another",
        ),
    ),
    Field(
        name="checked_on",
        type=FieldType.DATE,
        title=Text(kk="Тексерілген күні", ru="Дата проверки", en="Checked on"),
        description=Text(
            kk="Сипаттамалары орнында соңғы рет расталған күн",
            ru="День, когда сведения последний раз подтверждены на месте",
            en="Day on which what is said of it was last confirmed on the spot",
        ),
    ),
    words("description", Text(kk="Сипаттамасы", ru="Описание", en="Description")),
    EXTERNAL_REFERENCE,
)
"""Of every object: where the knowledge of it comes from and how old it is."""

COURSE: Final = (
    choice("surface", SURFACES, Text(kk="Жабыны", ru="Покрытие", en="Surface")),
    choice(
        "smoothness",
        SMOOTHNESS,
        Text(kk="Тегістігі", ru="Ровность", en="Smoothness"),
        Text(
            kk="Тамашадан өтуге келмейтінге дейін (OpenStreetMap smoothness)",
            ru="От отличной до непроходимой (OpenStreetMap smoothness)",
            en="From excellent to impassable (OpenStreetMap smoothness)",
        ),
    ),
    WIDTH,
    number(
        "incline",
        "1",
        Text(kk="Бойлық еңістік", ru="Продольный уклон", en="Incline"),
        Text(
            kk="Биіктік айырымының ұзындыққа қатынасы; сызық бағытымен өрлесе оң: 0.05 деген 5 %",
            ru="Отношение подъёма к длине; положителен, если линия идёт вверх: 0.05 значит 5 %",
            en="Ratio of rise to run; positive where the line goes up: 0.05 is 5 %",
        ),
    ),
    number(
        "incline_error",
        "1",
        Text(kk="Еңістік қателігі", ru="Погрешность уклона", en="Error of the incline"),
        Text(
            kk="Орташа квадраттық ауытқу, қатынас түрінде",
            ru="Среднеквадратичная погрешность, в долях",
            en="One standard deviation, as a ratio",
        ),
    ),
    choice(
        "incline_source",
        INCLINE_SOURCES,
        Text(kk="Еңістік қайдан алынған", ru="Откуда известен уклон", en="Source of the incline"),
        Text(
            kk="Орнында өлшенген, бастапқы деректерде жазылған немесе жер бедерінен есептелген",
            ru="Измерен на месте, указан в источнике или вычислен по рельефу",
            en="Measured on the spot, tagged in the source, or computed from terrain",
        ),
    ),
    number(
        "cross_slope",
        "1",
        Text(kk="Көлденең еңістік", ru="Поперечный уклон", en="Cross slope"),
        Text(
            kk="Таңбасыз қатынас: 0.02 деген 2 %",
            ru="Отношение без знака: 0.02 значит 2 %",
            en="Ratio without sign: 0.02 is 2 %",
        ),
    ),
    FOOT,
    BICYCLE,
    WHEELCHAIR_ACCESS,
    flag("lit", Text(kk="Жарықтандырылған", ru="Освещено", en="Lit")),
    TACTILE,
    flag("bridge", Text(kk="Көпірде", ru="На мосту", en="On a bridge")),
    flag("tunnel", Text(kk="Туннельде", ru="В тоннеле", en="In a tunnel")),
    whole(
        "level",
        Text(kk="Деңгейі", ru="Ярус", en="Level"),
        Text(
            kk="Жер бетінде 0, көпірде 1 және одан жоғары, жерасты өткелінде -1 және одан төмен",
            ru="0 на земле, 1 и выше на мостах, -1 и ниже в подземных переходах",
            en="0 on the ground, 1 and more on bridges, -1 and less in underpasses",
        ),
    ),
)
"""Of every way: how it runs and who may pass."""

WAY: Final = (*NAMES, STREET_ID, *COURSE)
