"""Layers of ways along which one moves: streets, footways, crossings, steps and ramps.

Values are OpenSidewalks' (schema 0.2) and OpenStreetMap's. Ways join where their ends meet, so a way ends at every
junction and at every kerb, lift, barrier or signal that stands on it (:mod:`gis.streets`).
"""

from typing import Final

from cadastres.fields import OPENSTREETMAP_WHERE_DERIVED
from cadastres.urban_planning.street_fields import (
    DIRECTIONS,
    HANDRAIL,
    HEAVY,
    KNOWLEDGE,
    MAX_HEIGHT,
    MAX_WEIGHT,
    MOTOR_VEHICLE,
    SOUND_SIGNALS,
    STATUS,
    VIBRATION,
    WAY,
    choice,
    flag,
    number,
    whole,
)
from gis.layer import Field, GeometryKind, Layer, Style
from gis.text import Text

HIGHWAYS: Final = (
    "motorway", "motorway_link", "trunk", "trunk_link", "primary", "primary_link", "secondary", "secondary_link",
    "tertiary", "tertiary_link", "unclassified", "residential", "living_street", "service", "track", "busway", "road",
)  # fmt: skip
"""OpenStreetMap, ``highway``, of ways for vehicles, from the most important down."""

FOOTWAYS: Final = ("footway", "sidewalk", "traffic_island", "pedestrian", "path", "cycleway")
"""OpenSidewalks 0.2 kinds of footways, with paths and cycle tracks, which it has not."""

MARKINGS: Final = (
    "dashes", "dots", "ladder", "ladder:paired", "ladder:skewed", "lines", "lines:paired", "lines:rainbow", "no",
    "pictograms", "rainbow", "skewed", "surface", "yes", "zebra", "zebra:bicolour", "zebra:double", "zebra:paired",
    "zebra:rainbow",
)  # fmt: skip
"""OpenSidewalks 0.2, ``crossing:markings``."""

ONE_WAY: Final = ("no", *DIRECTIONS)
SIDEWALKS: Final = ("both", "left", "right", "no", "separate")

_ONE_WAY = choice(
    "one_way",
    ONE_WAY,
    Text(kk="Біржақты қозғалыс", ru="Одностороннее движение", en="One way"),
    Text(
        kk="Сызық бағытымен, оған қарсы немесе екі жаққа; бос болса, екі жаққа",
        ru="По направлению линии, против него или в обе стороны; если пусто, в обе стороны",
        en="In the direction of the line, against it, or both ways; both ways where empty",
    ),
)


_ONE_WAY_ON_FOOT = choice(
    "one_way",
    ONE_WAY,
    Text(kk="Жаяу жүргінші бағыты", ru="Направление пешеходов", en="One way on foot"),
    Text(
        kk="Эскалатор, жылжымалы жол немесе белгі бойынша; бос болса, екі жаққа",
        ru="На эскалаторе, движущейся дорожке или по знаку; если пусто, в обе стороны",
        en="Of escalators and moving walks, or where a sign says so; both ways where empty",
    ),
)
_BICYCLE_ONE_WAY = choice(
    "bicycle_one_way",
    ONE_WAY,
    Text(kk="Велосипедшілер бағыты", ru="Направление велосипедистов", en="One way by bicycle"),
    Text(
        kk="Бос болса, көшеде барлық көлікке бірдей, жаяу жолда екі жаққа; жаяу жолдағы өзге көлікке де қатысты",
        ru="Если пусто: на улице как у всех транспортных средств, на пешеходном пути в обе стороны; на пешеходном пути "
        "и для прочего транспорта",
        en="Where empty, as all vehicles on streets, and both ways on footways; on footways of other vehicles too",
    ),
)


def _ways(name: str, title: Text, description: Text, style: Style, *fields: Field) -> Layer:
    return Layer(
        name=name,
        title=title,
        description=description,
        geometry=GeometryKind.LINESTRING,
        label="name",
        attribution=(OPENSTREETMAP_WHERE_DERIVED,),
        style=style,
        fields=(*WAY, *fields, *KNOWLEDGE),
    )


STREET_SEGMENT: Final = _ways(
    "urban_planning.street_segment",
    Text(kk="Көше бөліктері", ru="Отрезки улиц", en="Street segments"),
    Text(
        kk="Көше осінің екі қиылыс арасындағы бөлігі",
        ru="Ось проезжей части от перекрёстка до перекрёстка",
        en="Axis of a carriageway from one junction to the next",
    ),
    Style(stroke="#8c8c8c", width=2.0, min_zoom=12),
    choice(
        "highway",
        HIGHWAYS,
        Text(kk="Жол класы", ru="Класс дороги", en="Class of road"),
        Text(
            kk="Маңызы бойынша (OpenStreetMap highway)",
            ru="По значению (OpenStreetMap highway)",
            en="By importance (OpenStreetMap highway)",
        ),
        required=True,
    ),
    _ONE_WAY,
    _BICYCLE_ONE_WAY,
    flag("roundabout", Text(kk="Айналма қиылыста", ru="На кольце", en="On a roundabout")),
    whole("lanes", Text(kk="Жолақ саны", ru="Число полос", en="Lanes")),
    number(
        "max_speed", "km/h", Text(kk="Рұқсат етілген жылдамдық", ru="Разрешённая скорость", en="Greatest speed allowed")
    ),
    MOTOR_VEHICLE,
    HEAVY,
    MAX_HEIGHT,
    MAX_WEIGHT,
    choice(
        "sidewalk",
        SIDEWALKS,
        Text(kk="Тротуары", ru="Тротуары", en="Sidewalks"),
        Text(
            kk="Сызық бағыты бойынша қай жағында; «separate»: бөлек сызылған",
            ru="С какой стороны по направлению линии; «separate»: показаны отдельно",
            en="On which side in the direction of the line; 'separate' where they are drawn by themselves",
        ),
    ),
)

FOOTWAY: Final = _ways(
    "urban_planning.footway",
    Text(kk="Жаяу жүргінші жолдары", ru="Пешеходные пути", en="Footways"),
    Text(
        kk="Тротуарлар, соқпақтар, жаяу көшелер, қауіпсіздік аралдары және веложолдар",
        ru="Тротуары, дорожки, пешеходные улицы, островки безопасности и велодорожки",
        en="Sidewalks, paths, pedestrian streets, traffic islands and cycle tracks",
    ),
    Style(stroke="#c05a3a", width=1.2, min_zoom=14),
    choice(
        "footway",
        FOOTWAYS,
        Text(kk="Түрі", ru="Вид", en="Kind of footway"),
        required=True,
    ),
    _ONE_WAY_ON_FOOT,
    _BICYCLE_ONE_WAY,
    MOTOR_VEHICLE,
)

CROSSING: Final = _ways(
    "urban_planning.crossing",
    Text(kk="Жаяу жүргінші өткелдері", ru="Пешеходные переходы", en="Crossings"),
    Text(
        kk="Жүргінші бөлігі арқылы өтетін жол, жиектастан жиектасқа дейін",
        ru="Путь через проезжую часть, от бордюра до бордюра",
        en="Way across a carriageway, from kerb to kerb",
    ),
    Style(stroke="#1f6fb2", width=2.4, min_zoom=15),
    choice(
        "markings",
        MARKINGS,
        Text(kk="Таңбасы", ru="Разметка", en="Markings"),
        Text(
            kk="Жол таңбасының түрі (OpenSidewalks crossing:markings)",
            ru="Вид разметки (OpenSidewalks crossing:markings)",
            en="How it is marked (OpenSidewalks crossing:markings)",
        ),
    ),
    flag("signals", Text(kk="Бағдаршаммен реттеледі", ru="Регулируется светофором", en="Signals")),
    SOUND_SIGNALS,
    VIBRATION,
    flag("island", Text(kk="Қауіпсіздік аралы бар", ru="Есть островок безопасности", en="Traffic island")),
)

STEPS: Final = _ways(
    "urban_planning.steps",
    Text(kk="Баспалдақтар", ru="Лестницы", en="Steps"),
    Text(kk="Көшедегі баспалдақтар", ru="Уличные лестницы", en="Flights of steps out of doors"),
    Style(stroke="#b3261e", width=2.4, min_zoom=15),
    whole("step_count", Text(kk="Басқыш саны", ru="Число ступеней", en="Steps")),
    number("step_height", "m", Text(kk="Басқыш биіктігі", ru="Высота ступени", en="Height of a step")),
    choice(
        "climb",
        ("up", "down"),
        Text(kk="Көтерілу бағыты", ru="Направление подъёма", en="Climb"),
        Text(
            kk="Сызық бағытымен жоғары не төмен (OpenSidewalks climb)",
            ru="По направлению линии вверх или вниз (OpenSidewalks climb)",
            en="Up or down in the direction of the line (OpenSidewalks climb)",
        ),
    ),
    _ONE_WAY_ON_FOOT,
    HANDRAIL,
    flag(
        "wheelchair_ramp",
        Text(kk="Арбаға арналған пандусы бар", ru="Есть пандус для колясок", en="Ramp for wheels"),
        Text(
            kk="Баспалдақтың бойымен доңғалақты көтеретін жол бар",
            ru="Вдоль лестницы есть путь для колёс",
            en="There is a way for wheels along the steps",
        ),
    ),
)

RAMP: Final = _ways(
    "urban_planning.ramp",
    Text(kk="Пандустар", ru="Пандусы", en="Ramps"),
    Text(
        kk="Биіктік айырымын басқышсыз еңсеретін жол: пандус немесе көтергіш тұғыр",
        ru="Путь, которым перепад высот преодолевают без ступеней: пандус или подъёмная платформа",
        en="Way that overcomes a difference in height without steps: a ramp or a lifting platform",
    ),
    Style(stroke="#2e7d32", width=2.4, min_zoom=15),
    HANDRAIL,
    number(
        "rise",
        "m",
        Text(kk="Көтерілу биіктігі", ru="Высота подъёма", en="Rise"),
        Text(
            kk="Бір шеру еңсеретін биіктік айырымы, таңбасыз",
            ru="Перепад высот одного марша, без знака",
            en="Difference in height overcome by one run, without sign",
        ),
    ),
    STATUS,
)

WAYS: Final = (STREET_SEGMENT, FOOTWAY, CROSSING, STEPS, RAMP)
"""In the order of their kinds in :class:`gis.streets.Streets`."""
