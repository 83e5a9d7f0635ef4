"""Layers of what stands at a point of a way: kerbs, lifts, barriers and signals.

Each stands where a way ends: the node at its coordinates (:mod:`gis.streets`).
"""

from typing import Final

from cadastres.fields import NAMES, OPENSTREETMAP_WHERE_DERIVED
from cadastres.urban_planning.street_fields import (
    BICYCLE,
    FOOT,
    HEAVY,
    HOURS,
    KNOWLEDGE,
    MAX_HEIGHT,
    MOTOR_VEHICLE,
    SOUND_SIGNALS,
    STATUS,
    TACTILE,
    VIBRATION,
    WHEELCHAIR_ACCESS,
    WIDTH,
    choice,
    flag,
    number,
)
from gis.layer import Field, GeometryKind, Layer, Style
from gis.text import Text

KERBS: Final = ("raised", "rolled", "lowered", "flush")
"""OpenSidewalks 0.2, ``kerb``."""

BARRIERS: Final = (
    "bollard", "gate", "lift_gate", "swing_gate", "sliding_gate", "bump_gate", "kissing_gate", "cycle_barrier",
    "turnstile", "full_height_turnstile", "stile", "block", "chain", "rope", "log", "planter", "jersey_barrier",
    "height_restrictor", "entrance", "door", "debris", "other",
)  # fmt: skip
"""OpenStreetMap, ``barrier``, of those that stand at a point."""


def _standing(name: str, title: Text, description: Text, style: Style, label: str, *fields: Field) -> Layer:
    return Layer(
        name=name,
        title=title,
        description=description,
        geometry=GeometryKind.POINT,
        label=label,
        attribution=(OPENSTREETMAP_WHERE_DERIVED,),
        style=style,
        fields=(*fields, *KNOWLEDGE),
    )


KERB: Final = _standing(
    "urban_planning.kerb",
    Text(kk="Жиектастар", ru="Бордюры", en="Kerbs"),
    Text(
        kk="Жол жиегіндегі жиектас: өткел тротуарға шығатын жер",
        ru="Бордюр на краю дороги: место, где переход выходит на тротуар",
        en="Kerb at a road's edge, where a crossing meets the sidewalk",
    ),
    Style(stroke="#6d4c41", fill="#d7ccc8", width=1.0, min_zoom=16),
    "kerb",
    choice(
        "kerb",
        KERBS,
        Text(kk="Түрі", ru="Вид", en="Kind of kerb"),
        Text(
            kk="Биік, көлбеу, түсірілген немесе тегіс (OpenSidewalks kerb)",
            ru="Высокий, скошенный, пониженный или вровень (OpenSidewalks kerb)",
            en="Raised, rolled, lowered or flush (OpenSidewalks kerb)",
        ),
    ),
    number("height", "m", Text(kk="Биіктігі", ru="Высота", en="Height")),
    TACTILE,
)

LIFT: Final = _standing(
    "urban_planning.lift",
    Text(kk="Лифтілер", ru="Лифты", en="Lifts"),
    Text(
        kk="Өткелдердегі, бекеттердегі лифтілер мен көтергіштер",
        ru="Лифты и подъёмники на переходах и станциях",
        en="Lifts of bridges, underpasses and stations",
    ),
    Style(stroke="#283593", fill="#c5cae9", width=1.2, min_zoom=15),
    "name",
    *NAMES,
    STATUS,
    number("door_width", "m", Text(kk="Есігінің ені", ru="Ширина двери", en="Width of the door")),
    number("width", "m", Text(kk="Кабина ені", ru="Ширина кабины", en="Width of the car")),
    number("depth", "m", Text(kk="Кабина тереңдігі", ru="Глубина кабины", en="Depth of the car")),
    HOURS,
    number("wait", "s", Text(kk="Орташа күту уақыты", ru="Среднее время ожидания", en="Usual wait")),
    flag("speech", Text(kk="Сөйлеп хабарлайды", ru="Сообщает голосом", en="Speaks")),
    flag("braille", Text(kk="Брайль жазуы бар", ru="Есть надписи Брайля", en="Braille")),
    WHEELCHAIR_ACCESS,
)

BARRIER: Final = _standing(
    "urban_planning.barrier",
    Text(kk="Бөгеттер", ru="Преграды", en="Barriers"),
    Text(
        kk="Қақпалар, шлагбаумдар, тіректер және жолды бөгейтін өзге заттар",
        ru="Ворота, шлагбаумы, столбики и другое, что преграждает путь",
        en="Gates, lift gates, bollards and other things that stand in the way",
    ),
    Style(stroke="#b71c1c", fill="#ffffff", width=1.2, min_zoom=16),
    "barrier",
    choice("barrier", BARRIERS, Text(kk="Түрі", ru="Вид", en="Kind of barrier"), required=True),
    WIDTH,
    MAX_HEIGHT,
    FOOT,
    BICYCLE,
    MOTOR_VEHICLE,
    HEAVY,
    WHEELCHAIR_ACCESS,
    flag(
        "locked",
        Text(kk="Құлыптаулы", ru="Заперто", en="Locked"),
        Text(
            kk="Уақытына қарамай, кілтсіз өтуге болмайды",
            ru="Без ключа не пройти, каковы бы ни были часы",
            en="Nobody passes without a key, whatever its hours",
        ),
    ),
    HOURS,
)

TRAFFIC_SIGNAL: Final = _standing(
    "urban_planning.traffic_signal",
    Text(kk="Бағдаршамдар", ru="Светофоры", en="Traffic signals"),
    Text(
        kk="Қиылыстар мен өткелдердегі бағдаршамдар",
        ru="Светофоры на перекрёстках и переходах",
        en="Signals at junctions and crossings",
    ),
    Style(stroke="#1b5e20", fill="#fdd835", width=1.0, min_zoom=15),
    "external_reference",
    SOUND_SIGNALS,
    VIBRATION,
    number("cycle", "s", Text(kk="Циклінің ұзақтығы", ru="Длительность цикла", en="Length of its cycle")),
)

FIXTURES: Final = (KERB, LIFT, BARRIER, TRAFFIC_SIGNAL)
"""In the order of their kinds in :class:`gis.streets.Streets`."""
