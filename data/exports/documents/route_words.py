"""What a route sheet says besides the route's own instructions."""

from typing import Final

from gis.text import Text

TITLE: Final = Text(kk="Маршрут парағы", ru="Маршрутный лист", en="Route sheet")
FROM: Final = Text(kk="Қайдан", ru="Откуда", en="From")
TO: Final = Text(kk="Қайда", ru="Куда", en="To")
MOVING: Final = Text(kk="Қозғалыс түрі", ru="Способ передвижения", en="Way of moving")
DEPARTURE: Final = Text(kk="Жолға шығу уақыты", ru="Отправление", en="Departure")
LENGTH: Final = Text(kk="Ұзындығы", ru="Длина", en="Length")
TIME: Final = Text(kk="Жүру уақыты", ru="Время в пути", en="Time")
UNKNOWN: Final = Text(kk="Белгісіз (нысандар саны)", ru="Неизвестно (объектов)", en="Not known (objects)")
MAP_OF: Final = Text(kk="Карта жағдайы көрсетілген күн", ru="Карта по состоянию на", en="Map as of")
RECORDED: Final = Text(kk="Тізілім мәліметтерінің сәті", ru="По сведениям регистра на", en="As the register knew at")
SCAN: Final = Text(kk="Осы маршрут", ru="Этот маршрут", en="This route")

MAP: Final = Text(kk="Карта", ru="Карта", en="Map")
INSTRUCTIONS: Final = Text(kk="Нұсқаулар", ru="Указания", en="Instructions")
NUMBER: Final = Text(kk="№", ru="№", en="No.")
WHAT: Final = Text(kk="Не істеу керек", ru="Что делать", en="What to do")
AFTER: Final = Text(kk="Басынан", ru="От начала", en="From the start")
LEG: Final = Text(kk="Келесіге дейін", ru="До следующего", en="To the next")

SLOPES: Final = Text(kk="Еңістер", ru="Уклоны", en="Slopes")
SLOPES_NOTE: Final = Text(
    kk="Жүру бағыты бойынша: оң мән — өр, теріс мән — еңіс, пайызбен. Штрихталған жерлерде еңіс белгісіз.",
    ru="По ходу движения: плюс — подъём, минус — спуск, в процентах. Где заштриховано, уклон неизвестен.",
    en="In the direction of travel: plus is up, minus is down, in per cent. Where hatched, the slope is not known.",
)
SLOPES_LIMIT: Final = Text(
    kk="Үзік сызықтар — осы қозғалыс түрінің шегі.",
    ru="Пунктир — пределы для этого способа передвижения.",
    en="The dashed lines are the limits of this way of moving.",
)
METRE: Final = Text(kk="м", ru="м", en="m")
KILOMETRE: Final = Text(kk="км", ru="км", en="km")
HOURS: Final = Text(kk="{hours} сағ {minutes} мин", ru="{hours} ч {minutes} мин", en="{hours} h {minutes} min")
MINUTES: Final = Text(kk="{minutes} мин", ru="{minutes} мин", en="{minutes} min")

CAUTION: Final = Text(
    kk="Парақта тізілімнің аталған сәттегі мәліметтері берілген. Жолдағы нақты жағдайға қараңыз.",
    ru="Лист показывает то, что было известно регистру на указанный момент. Сверяйтесь с обстановкой на месте.",
    en="The sheet shows what the register knew at the moment stated. Mind what you meet on the spot.",
)

MOVERS: Final = {
    "foot": Text(kk="жаяу", ru="пешком", en="on foot"),
    "wheelchair-manual": Text(
        kk="механикалық кресло-арбамен", ru="на механической кресло-коляске", en="by manual wheelchair"
    ),
    "wheelchair-electric": Text(
        kk="электр жетекті кресло-арбамен", ru="на электрической кресло-коляске", en="by electric wheelchair"
    ),
    "pushchair": Text(kk="балалар арбасымен", ru="с детской коляской", en="with a pushchair"),
    "low-vision": Text(kk="нашар көретін адам", ru="слабовидящий", en="with low vision"),
    "blind": Text(kk="көрмейтін адам", ru="незрячий", en="blind"),
    "bicycle": Text(kk="велосипедпен", ru="на велосипеде", en="by bicycle"),
    "car": Text(kk="автомобильмен", ru="на автомобиле", en="by car"),
    "ambulance": Text(kk="жедел жәрдем көлігімен", ru="на машине скорой помощи", en="by ambulance"),
    "refuse-truck": Text(kk="қоқыс таситын көлікпен", ru="на мусоровозе", en="by refuse truck"),
}
"""By the name of the preset."""
