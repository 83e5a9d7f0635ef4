"""Routes and manoeuvres made by hand, to be told: every kind of each, with names of streets of Almaty and Astana."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

import numpy as np

from gis.instant import Reading
from routing.landmarks import Beside, Landmark
from routing.manoeuvres import Manoeuvre
from routing.presets import PRESETS
from routing.route import Fixture, Piece, Route, Snapped
from routing.ways import Way

MORNING: Final = datetime(2025, 5, 12, 8, 30, tzinfo=UTC)
READING: Final = Reading(MORNING, MORNING, 7, live=True, present=True)


def names(
    kk: str | None = None, ru: str | None = None, en: str | None = None, plate: str | None = None
) -> dict[str, Any]:
    """Return the four names of a street as its register has them."""
    told = {"name_kk": kk, "name_ru": ru, "name_en": en, "name": plate or kk or ru}
    return {name: value for name, value in told.items() if value is not None}


ABAI: Final = names("Абай даңғылы", "проспект Абая", "Abai Avenue")
GOGOL: Final = names("Гоголь көшесі", "улица Гоголя", "Gogol Street")
DOSTYQ: Final = names("Достық даңғылы", "проспект Достык", "Dostyq Avenue")
ELM: Final = names("Қарағаш тұйық көшесі", "Садовый переулок", "Sadovy Lane")
FURMANOV: Final = names("Назарбаев даңғылы", "Назарбаева пр.", "Nazarbayev Avenue")
BOULEVARD: Final = names("Бейбітшілік бульвары", "бульвар Мира", "Peace Boulevard")
ROAD: Final = names("Қарқаралы тас жолы", "Каркаралинское шоссе", "Karkaraly Highway")
RING: Final = names("Астана айналма жолы", "Восточная объездная дорога")
NORTH: Final = names("Мәңгілік Ел даңғылы", "проспект Мангилик Ел", "Mangilik El Avenue")
TOLE_BI: Final = names("Төле би көшесі", "Толе Би")
PLATE_ONLY: Final = names(plate="ул. Жандосова")
KAZAKH_ONLY: Final = names(plate="Әл-Фараби даңғылы")
ENGLISH_ONLY: Final = names(plate="Green Belt Cycle Path")
NUMBERED: Final = names("2-Алматы тұйық көшесі", "2-й Алматинский переулок", "2nd Almaty Lane")
EMBANKMENT: Final = names("Есіл жағалауы", "Набережная", "Esil Embankment")
NEWSPAPER: Final = names("«Егемен Қазақстан» көшесі", "улица газеты «Егемен Қазақстан»")


@dataclass(frozen=True)
class Step:
    """One piece to come: how far east and north, and what it is."""

    kind: str
    east: float
    north: float
    attributes: Mapping[str, object]
    fixtures: tuple[Fixture, ...] = ()
    forward: bool = True
    pushed: bool = False


def go(
    kind: str,
    east: float,
    north: float,
    *,
    at_end: tuple[Fixture, ...] = (),
    forward: bool = True,
    pushed: bool = False,
    **attributes: object,
) -> Step:
    """Return a straight piece."""
    return Step(kind, east, north, attributes, at_end, forward, pushed)


def standing(kind: str, **attributes: object) -> Fixture:
    """Return what stands at the end of a piece."""
    return Fixture(kind=kind, layer=f"urban_planning.{kind}", feature_id=1, attributes=attributes)


def trip(
    profile: str,
    *steps: Step,
    asked: tuple[float, float] | None = None,
    left: tuple[float, float] = (0.0, 0.0),
    speed: float = 5.0,
) -> Route:
    """Return a route from the origin.

    Args:
        profile: name of a preset.
        steps: in order.
        asked: where the destination lies, where that is beside the way.
        left: where one sets off, likewise.
        speed: km/h.
    """
    pieces: list[Piece] = []
    x = y = 0.0
    for number, step in enumerate(steps):
        course = np.array([[x, y], [x + step.east, y + step.north]])
        x, y = float(course[1, 0]), float(course[1, 1])
        pieces.append(_piece(number, step, course, speed))
    start = Snapped(asked=left, point=(0.0, 0.0), away=math.hypot(*left), edge=0, along=0.0)
    there = asked or (x, y)
    end = Snapped(asked=there, point=(x, y), away=math.dist(there, (x, y)), edge=len(steps), along=1.0)
    return Route(
        profile=PRESETS[profile],
        reading=READING,
        departure=MORNING,
        start=start,
        end=end,
        cost=1000,
        pieces=tuple(pieces),
    )


def _piece(number: int, step: Step, course: np.ndarray[Any, Any], speed: float) -> Piece:
    length = math.hypot(step.east, step.north)
    return Piece(
        kind=step.kind,
        layer=f"urban_planning.{step.kind}",
        feature_id=100 + number,
        forward=step.forward,
        length=length,
        seconds=length / speed * 3.6,
        attributes=step.attributes,
        course=course,
        fixtures=step.fixtures,
        delay=15.0 * len(step.fixtures),
        pushed=step.pushed,
    )


KERB: Final = standing("kerb", kerb="lowered", height=0.02, tactile_paving="yes")
HIGH_KERB: Final = standing("kerb", kerb="raised", height=0.15)
FLUSH: Final = standing("kerb", kerb="flush", tactile_paving="no")
SIGNAL: Final = standing("signal", sound_signals=True)
SILENT: Final = standing("signal")

SIDEWALK: Final[dict[str, Any]] = {"footway": "sidewalk", "surface": "asphalt"}


def on_foot() -> Route:
    """Along an avenue, across another at lights with an island, into a lane."""
    return trip(
        "foot",
        go("street", 180, 0, highway="primary", **ABAI),
        go("street", 90, 0, highway="primary", at_end=(SIGNAL,), **ABAI),
        go("crossing", 24, 0, markings="zebra", signals=True, island=True, **DOSTYQ),
        go("street", 0, -320, highway="secondary", **DOSTYQ),
        go("footway", -60, 0, footway="path"),
        go("street", -45, -5, highway="residential", **ELM),
        asked=(190.0, -340.0),
    )


def on_wheels() -> Route:
    """By wheelchair: kerbs, a ramp, a lift, gravel, a slope, a narrow place, a gate."""
    return trip(
        "wheelchair-manual",
        go("footway", 0, 80, at_end=(KERB,), **SIDEWALK, **ABAI),
        go("crossing", 12, 0, markings="zebra", signals=False, at_end=(KERB,)),
        go("footway", 140, 0, incline=-0.062, forward=False, footway="sidewalk", incline_source="terrain", **ABAI),
        go("footway", 35, 0, surface="gravel", width=0.9, footway="footway"),
        go("ramp", 0, 9, incline=0.06, handrail="both", at_end=(standing("lift", status="working", door_width=0.9),)),
        go("footway", 0, 60, footway="footway", at_end=(standing("barrier", barrier="gate", width=1.1),)),
        go("footway", 0, 40, **SIDEWALK),
        asked=(190.0, 189.0),
        speed=3.0,
    )


def without_sight() -> Route:
    """Blind: the clock's face, kerbs, what is felt and heard, steps with a handrail."""
    return trip(
        "blind",
        go("footway", 120, 0, at_end=(FLUSH,), **SIDEWALK, **GOGOL),
        go("crossing", 14, 0, markings="zebra", signals=True, sound_signals=True, vibration=True, at_end=(HIGH_KERB,)),
        go("footway", 30, 0, **SIDEWALK, **GOGOL),
        go("footway", 0, 75, footway="footway", at_end=(standing("kerb"),)),
        go("crossing", 0, 9, markings="no", signals=False, tactile_paving="no", at_end=(KERB,)),
        go("steps", 3, 6, step_count=21, climb="down", handrail="left", forward=False),
        go("footway", 30, 60, footway="pedestrian"),
        asked=(180.0, 150.0),
        speed=3.2,
    )


def by_car() -> Route:
    """Lights, a roundabout, a highway, kilometres."""
    return trip(
        "car",
        go("street", 0, 480, highway="primary", at_end=(SILENT,), **NORTH),
        go("street", 1200, 0, highway="primary", **ABAI),
        go("street", 20, -15, highway="primary", roundabout=True),
        go("street", 20, 15, highway="primary", roundabout=True),
        go("street", 900, 0, highway="secondary", **ROAD),
        go("street", 11000, 4000, highway="trunk", **ROAD),
        go("street", 300, 300, highway="trunk_link"),
        go("street", 0, 1530, highway="trunk", **RING),
        asked=(13428.0, 6310.0),
        speed=60.0,
    )


def by_bicycle() -> Route:
    """A cycle track, bollards, gravel uphill, an embankment."""
    return trip(
        "bicycle",
        go("footway", 640, 0, footway="cycleway", at_end=(standing("barrier", barrier="bollard"),)),
        go("footway", 60, 110, footway="path", surface="gravel", incline=0.095, incline_source="measured"),
        go("street", 110, -60, highway="residential", **EMBANKMENT),
        go("footway", 400, 0, footway="cycleway", **ENGLISH_ONLY),
        speed=16.0,
    )


def with_pushchair() -> Route:
    """Steps with a way for wheels, a high kerb, a boulevard."""
    return trip(
        "pushchair",
        go("street", -70, 0, highway="residential", at_end=(HIGH_KERB,), **BOULEVARD),
        go("footway", 0, 22, footway="footway"),
        go("steps", 0, 4, step_count=5, climb="up", handrail="right", wheelchair_ramp=True),
        go("footway", 0, 150, footway="footway", smoothness="bad"),
        go("footway", -20, 0, footway="pedestrian", **NEWSPAPER),
        asked=(-90.0, 170.0),
    )


def with_little_sight() -> Route:
    """Low vision: an underpass by steps, a crossing without marks, a plain kerb."""
    return trip(
        "low-vision",
        go("footway", 0, -40, **SIDEWALK),
        go("steps", 0, -5, step_count=12, climb="down", handrail="both", tactile_paving="contrasted"),
        go("footway", 0, -30, footway="footway", tunnel=True),
        go("steps", 0, -5, step_count=12, climb="up", handrail="both"),
        go("footway", 14, 0, footway="sidewalk", **TOLE_BI),
        go("footway", 70, 0, footway="sidewalk", at_end=(standing("kerb", kerb="rolled", height=0.045),), **TOLE_BI),
        go("crossing", 7, 0),
        go("footway", 25, 0, footway="sidewalk", **TOLE_BI),
        speed=4.0,
    )


def by_ambulance() -> Route:
    """Names on plates only, without a type, in another language; a turn round; a lift gate."""
    return trip(
        "ambulance",
        go("street", 0, -1010, highway="secondary", **PLATE_ONLY),
        go("street", -33, -2, highway="tertiary", **TOLE_BI),
        go("street", 0, -640, highway="primary", **KAZAKH_ONLY),
        go("street", 6, 640, highway="primary", **KAZAKH_ONLY),
        go("street", 140, 60, highway="service"),
        speed=50.0,
    )


def by_refuse_truck() -> Route:
    """Yards, tracks and lanes."""
    return trip(
        "refuse-truck",
        go("street", 45, 45, highway="service"),
        go("street", 100, 0, highway="residential", **NUMBERED),
        go("street", 2, -210, highway="residential", **NUMBERED),
        go("street", -80, -100, highway="track"),
        go("street", -400, 20, highway="unclassified"),
        speed=30.0,
    )


def powered() -> Route:
    """By electric wheelchair, over an island, with a lift that may be out of order."""
    return trip(
        "wheelchair-electric",
        go("footway", 33, 0, at_end=(KERB,), **SIDEWALK, **NORTH),
        go("crossing", 9, 0, markings="zebra", signals=True, at_end=(FLUSH,)),
        go("footway", 3, 0, footway="traffic_island", at_end=(FLUSH,)),
        go("crossing", 9, 0, markings="zebra", signals=True, at_end=(KERB, standing("lift", status="out_of_order"))),
        go("footway", 0, 300, footway="pedestrian", **NORTH),
        go("ramp", 6, 0, incline=-0.08, handrail="no", status="out_of_order"),
        asked=(75.0, 300.0),
    )


def pushing() -> Route:
    """By bicycle against one-way traffic, over a crossing, along a footway, riding between."""
    return trip(
        "bicycle",
        go("street", 60, 0, highway="residential", pushed=True, **GOGOL),
        go("street", 340, 0, highway="residential", **GOGOL),
        go("street", 120, 0, highway="residential", pushed=True, **GOGOL),
        go("crossing", 0, 12, markings="zebra", signals=False, pushed=True),
        go("footway", 0, 90, footway="footway", pushed=True),
        go("street", 250, 0, highway="residential", **BOULEVARD),
        speed=12.0,
    )


def off_the_map() -> Route:
    """By wheelchair, far from any way at both ends: a shared path, a carriageway."""
    return trip(
        "wheelchair-electric",
        go("footway", 101, 0, footway="cycleway", foot="designated"),
        go("street", 0, 55, highway="residential", sidewalk="no", **GOGOL),
        go("street", 0, 70, highway="residential", sidewalk="left", **GOGOL),
        go("street", 0, 31, highway="residential", **GOGOL),
        left=(0.0, -120.0),
        asked=(351.0, 156.0),
    )


def turning_back() -> Route:
    """On foot, back along the way one came, and into a lane whose name stands the other way round on the plate."""
    return trip(
        "foot",
        go("street", 105, 0, highway="residential", **names(plate="улица Большая Морская")),
        go("street", -50, 1, highway="residential", **names(plate="улица Большая Морская")),
        go("street", 0, 41, highway="residential", **names(plate="переулок 1-й Тверской")),
        go("street", 61, 0, highway="residential", **names(plate="2-я улица Строителей")),
        go("street", 0, 71, highway="residential", **names(plate="1-ықшамаудан")),
    )


ROUTES: Final = {
    made.__name__: made
    for made in (
        on_foot, on_wheels, without_sight, by_car, by_bicycle, with_pushchair, with_little_sight, by_ambulance,
        by_refuse_truck, powered, pushing, off_the_map, turning_back,
    )
}  # fmt: skip

THINGS: Final = (
    Landmark(kind="stop", point=(270.0, 12.0), names=names("Саяхат", "Саяхат", "Sayakhat")),
    Landmark(kind="building", point=(290.0, -8.0), names=names("Алматы кітапханасы", "Библиотека Алматы")),
    Landmark(kind="shop", point=(292.0, -330.0), names={"name": "Mega"}),
    Landmark(kind="address", point=(185.0, -341.0), names=ELM, number="12"),
    Landmark(kind="address", point=(4.0, 4.0), names=ABAI, number="7А"),
    Landmark(kind="object", point=(150.0, 6.0), names={"name": "Almaty Towers"}),
    Landmark(kind="school", point=(195.0, 195.0), names=names("№ 12 мектеп", "Школа № 12")),
)


def near(points: Sequence[tuple[float, float]], within: float) -> Sequence[Iterable[Landmark]]:
    """Know a few landmarks."""
    return [[thing for thing in THINGS if math.dist(thing.point, point) <= within] for point in points]


def _way(kind: str = "street", noun: Any = "road", **called: str) -> Way:
    return Way(kind=kind, noun=noun, names=called)


_HERE: Final = Manoeuvre(
    type="continue",
    location=(0.0, 0.0),
    bearing_before=0.0,
    bearing_after=0.0,
    distance=210.0,
    going=210.0,
    before=500.0,
)


def _done(kind: Any, modifier: Any = None, **told: Any) -> Manoeuvre:
    return replace(_HERE, type=kind, modifier=modifier, **told)


_MALL: Final = Beside(Landmark(kind="shop", point=(9.0, 9.0), names={"name": "Mega"}), "right", 12.0)
_HOUSE: Final = Beside(Landmark(kind="address", point=(9.0, 9.0), names=GOGOL, number="40"), "left", 9.0)

MANOEUVRES: Final[tuple[tuple[str, Manoeuvre], ...]] = (
    ("foot", _done("depart", bearing_before=None, bearing_after=44.0, way=_way(**ABAI))),
    ("car", _done("depart", bearing_before=None, bearing_after=270.0, way=_way(noun="service"), going=21.0)),
    ("foot", _done("continue", "straight", way=_way(**GOGOL), going=1000.0)),
    ("car", _done("continue", "straight", way=_way(noun="highway", **ROAD), going=21300.0)),
    ("car", _done("turn", "slight_right", bearing_after=30.0, way=_way(**BOULEVARD))),
    ("car", _done("turn", "right", bearing_after=90.0, way=_way(**DOSTYQ), signals=True)),
    ("car", _done("turn", "sharp_left", bearing_after=220.0, way=_way(**ELM))),
    ("bicycle", _done("turn", "left", bearing_after=270.0, way=_way(**ABAI), staying=True)),
    ("car", _done("turn", "u_turn", bearing_after=180.0, way=_way(**NORTH))),
    ("blind", _done(
        "turn", "left", bearing_after=270.0, way=_way("footway", "sidewalk", **GOGOL), landmark=_HOUSE)),
    ("foot", _done("turn", "right", bearing_after=90.0, way=_way(**TOLE_BI), landmarks=(_MALL,), landmark=_MALL)),
    ("car", _done("roundabout", "left", way=_way(**RING))),
    ("car", _done("roundabout", "straight", way=_way(**NUMBERED))),
    ("foot", _done("enter_path", "right", bearing_after=90.0, way=_way("footway", "path"))),
    ("bicycle", _done("leave_path", "straight", way=_way(**EMBANKMENT))),
    ("foot", _done("crossing", attributes={"signals": True, "island": True, "length": 22.0}, way=_way(**ABAI))),
    ("blind", _done("crossing", turning="right", attributes={
        "markings": "zebra", "signals": True, "tactile_paving": "yes", "length": 14.0})),
    ("low-vision", _done("crossing", attributes={"markings": "no", "length": 1.0, "tactile_paving": "no"})),
    ("wheelchair-manual", _done("kerb", "down", attributes={"kerb": "lowered", "height": 0.021})),
    ("pushchair", _done("kerb", "up", attributes={"kerb": "raised", "height": 0.15})),
    ("blind", _done("kerb", "down", turning="left", attributes={"kerb": "flush", "tactile_paving": "no"})),
    ("foot", _done("steps", "up", attributes={"step_count": 21, "handrail": "both"})),
    ("blind", _done("steps", "down", turning="left", attributes={"step_count": 3, "handrail": "right"})),
    ("wheelchair-manual", _done("ramp", "up", attributes={"incline": 0.065, "handrail": "left"})),
    ("wheelchair-electric", _done("lift", attributes={"status": "working", "door_width": 0.9})),
    ("blind", _done("lift", attributes={"speech": True, "braille": True})),
    ("wheelchair-manual", _done("barrier", attributes={"barrier": "gate", "locked": True, "width": 1.1})),
    ("wheelchair-manual", _done("surface", attributes={"surface": "gravel", "length": 41.0})),
    ("wheelchair-manual", _done("slope", "up", attributes={
        "incline": 0.081, "incline_source": "terrain", "length": 60.0})),
    ("pushchair", _done("narrow", attributes={"width": 0.91, "length": 5.0})),
    ("foot", _done("arrive", "right", bearing_after=None, landmarks=(_HOUSE,), landmark=_HOUSE, going=0.0)),
    ("car", _done("arrive", bearing_after=None, distance=0.0, before=12.0)),
)  # fmt: skip
"""Name of the preset for whom it is told, and what is done."""
