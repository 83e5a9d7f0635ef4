"""The demo city's streets: a survey of the park by Bulevardi, an underpass with lifts, works, speeds, a turn forbidden.

The ways are the map's; what was measured on them, and what was built, is made up. Between 2021 and 2025 a kerb is
lowered, a lift breaks down, a ramp is built beside steps: a route asked for as of different days comes out differently.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final

from shapely import LineString, Point
from shapely.geometry.base import BaseGeometry

from cadastres.urban_planning.street_live import Close
from cadastres.urban_planning.street_model import CROSSING, FOOTWAY, RAMP, STEPS, STREET_SEGMENT, WAYS
from cadastres.urban_planning.street_norms import SetNorms
from cadastres.urban_planning.street_point_model import BARRIER, KERB, LIFT, TRAFFIC_SIGNAL
from cadastres.urban_planning.street_state_model import DAILY_SPEED, STREET_SPEED, TURN_RESTRICTION
from cadastres.urban_planning.street_verbs import Alter, ChangeStreets, Enter
from data.demo_office import AKIMAT, SURVEY, Deed, Office, Tale, in_force
from data.loaders.accessibility_norms import BUNDLED, read_norms
from gis.instant import Instant
from gis.layer import Layer
from gis.record import Version
from gis.text import Text

_Place = tuple[float, float]

_QUARTERS: Final = 96
_RUSH: Final = (range(28, 40), range(68, 76))
"""Quarters of an hour from 07:00 to 10:00 and from 17:00 to 19:00."""


def streets(office: Office) -> list[Tale]:
    """Return what happens on streets over the years."""
    quarter = _Quarter(office)
    return [_norms(), _survey(quarter), _steps(quarter), _underpass(quarter), _traffic(quarter), _works(quarter)]


@dataclass
class _Quarter:
    """The streets around the park, looked up by what the map calls them."""

    office: Office

    @cached_property
    def _layers(self) -> Mapping[str, Mapping[int, Version]]:
        layers = (*WAYS, TRAFFIC_SIGNAL)
        return {layer.name: in_force(self.office.connection, layer, Instant()) for layer in layers}

    def find(self, layer: Layer, reference: str, nth: int = 0) -> Version:
        """Return a part of what the map calls so, counted along it."""
        found = self._layers[layer.name].values()
        return [v for v in found if reference in str(v.attributes["external_reference"]).split(";")][nth]

    def between(self, layer: Layer, *names: str) -> tuple[Version, Version]:
        """Return two segments, of a street of each name, that meet at a junction, and leave it both ways."""
        first, second = ([v for v in self._layers[layer.name].values() if v.attributes["name"] == n] for n in names)
        pairs = ((a, b) for a in first for b in second if _begin(b) in ends(a.geometry) and _open(a) and _open(b))
        return next(pairs)


def ends(shape: BaseGeometry) -> tuple[_Place, _Place]:
    """Return where a line begins and where it ends."""
    (x1, y1), (x2, y2) = shape.coords[0], shape.coords[-1]
    return (x1, y1), (x2, y2)


def _begin(way: Version) -> _Place:
    return ends(way.geometry)[0]


def _open(way: Version) -> bool:
    return way.attributes["one_way"] in {None, "no"}


def _enter(layer: Layer, shape: BaseGeometry, **said: Any) -> Enter:
    return Enter(layer=layer, geometry=shape, attributes=said)


def _alter(layer: Layer, way: Version, **said: Any) -> Alter:
    return Alter(layer=layer, feature=way.feature_id, attributes=said)


def _norms() -> Tale:
    yield Deed("2021-02-01", SetNorms(norms=read_norms(BUNDLED)), "Norms of accessibility", AKIMAT)


def _survey(quarter: _Quarter) -> Tale:
    """Measure kerbs, crossings, a signal, a sidewalk and a gate; lower the highest kerb three years later."""
    checked = date(2021, 5, 17)
    changes = [*_crossings(quarter, checked), *_sidewalks(quarter, checked), _gate(quarter, checked)]
    done = yield Deed("2021-05-24", ChangeStreets(changes=tuple(changes)), "Survey of accessibility", SURVEY)
    said = {"kerb": "lowered", "height": 0.025, "tactile_paving": "yes", "checked_on": date(2024, 6, 14)}
    lowered = Alter(layer=KERB, feature=done.features[-1], attributes=said)
    yield Deed("2024-06-17", ChangeStreets(changes=(lowered,)), "Kerb lowered", SURVEY)


def _crossings(quarter: _Quarter, checked: date) -> Iterator[Enter | Alter]:
    """Enter a kerb on each side of two crossings, each of another kind; one crossing has a signal that sounds."""
    heights = (("raised", 0.12, "no"), ("lowered", 0.03, "yes"), ("flush", 0.0, "contrasted"), ("rolled", 0.05, "no"))
    kinds = iter(heights)
    for way in ("way/317002925", "way/317002929"):
        first, last = quarter.find(CROSSING, way), quarter.find(CROSSING, way, -1)
        for place in (_begin(first), ends(last.geometry)[1]):
            kerb, height, tactile = next(kinds)
            said = {"kerb": kerb, "height": height, "tactile_paving": tactile, "checked_on": checked}
            yield _enter(KERB, Point(place), **said)
    signal = quarter.find(TRAFFIC_SIGNAL, "node/1377211669")
    yield _alter(TRAFFIC_SIGNAL, signal, sound_signals=True, vibration=False, cycle=80.0, checked_on=checked)
    for nth in (0, 1):
        crossing = quarter.find(CROSSING, "way/324204717", nth)
        said = {"markings": "zebra", "signals": True, "sound_signals": True, "width": 4.0, "tactile_paving": "yes"}
        yield _alter(CROSSING, crossing, **said, checked_on=checked)


def _sidewalks(quarter: _Quarter, checked: date) -> Iterator[Alter]:
    """Measure a sidewalk that is narrow and steep, and one that is neither."""
    measured = {"incline_error": 0.003, "incline_source": "measured", "checked_on": checked, "surface": "asphalt"}
    steep, level = quarter.find(FOOTWAY, "way/28656025", 2), quarter.find(FOOTWAY, "way/76334541")
    yield _alter(FOOTWAY, steep, width=1.1, incline=-0.065, cross_slope=0.03, smoothness="intermediate", **measured)
    yield _alter(FOOTWAY, level, width=2.4, incline=0.012, cross_slope=0.015, smoothness="good", **measured)


def _gate(quarter: _Quarter, checked: date) -> Enter:
    place = _begin(quarter.find(FOOTWAY, "way/101164922", 1))
    said = {"barrier": "gate", "width": 0.85, "bicycle": "no", "hours": "Mo-Su 06:00-22:00", "checked_on": checked}
    return _enter(BARRIER, Point(place), **said)


def _steps(quarter: _Quarter) -> Tale:
    """Measure the steps into the park; a ramp is built beside them."""
    steps = quarter.find(STEPS, "way/28775216")
    said = {"step_count": 6, "step_height": 0.15, "climb": "down", "handrail": "right", "wheelchair_ramp": False}
    measured = _alter(STEPS, steps, **said, width=1.8, checked_on=date(2021, 6, 4))
    yield Deed("2021-06-07", ChangeStreets(changes=(measured,)), "Steps measured", SURVEY)
    begin, end = ends(steps.geometry)
    course = LineString([begin, *_beside(begin, end, 3.5), end])
    ramp = {
        "width": 1.0,
        "incline": round(-0.9 / course.length, 3),
        "incline_error": 0.002,
        "incline_source": "measured",
        "surface": "concrete",
        "handrail": "both",
        "rise": 0.9,
        "status": "working",
        "wheelchair": "yes",
        "checked_on": date(2023, 8, 30),
    }
    yield Deed("2023-09-04", ChangeStreets(changes=(_enter(RAMP, course, **ramp),)), "Ramp built", SURVEY)


def _beside(begin: _Place, end: _Place, away: float) -> Sequence[_Place]:
    """Return the corners of a detour so far [m] to the left of a line."""
    (x1, y1), (x2, y2) = begin, end
    length = ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5
    dx, dy = -(y2 - y1) / length * away, (x2 - x1) / length * away
    return [(round(x1 + dx, 3), round(y1 + dy, 3)), (round(x2 + dx, 3), round(y2 + dy, 3))]


def _underpass(quarter: _Quarter) -> Tale:
    """Build an underpass below Bulevardi, with steps and a lift on each side; one lift breaks down."""
    park = ends(quarter.find(FOOTWAY, "way/101164922", -1).geometry)[1]
    beyond = _begin(quarter.find(FOOTWAY, "way/147250533", 2))
    sides = [_Side(park, beyond), _Side(beyond, park)]
    changes = [change for side in sides for change in side.changes()]
    course = LineString([sides[0].foot, sides[1].foot])
    tunnel = {"tunnel": True, "level": -1, "lit": True, "width": 3.0, "surface": "concrete", "incline": 0.0}
    changes.append(_enter(FOOTWAY, course, footway="footway", incline_source="measured", **tunnel))
    done = yield Deed("2022-08-15", ChangeStreets(changes=tuple(changes)), "Underpass opened", SURVEY)
    lift = done.features[-1]
    broken = Alter(layer=LIFT, feature=lift, attributes={"status": "out_of_order", "checked_on": date(2025, 10, 6)})
    yield Deed("2025-10-06", ChangeStreets(changes=(broken,)), "Lift out of order", SURVEY)


@dataclass(frozen=True)
class _Side:
    """One side of the underpass: ``top`` on the ground, ``beyond`` on the other side."""

    top: _Place
    beyond: _Place

    @property
    def foot(self) -> _Place:
        """Where the steps come down."""
        return self._towards(7.0, 0.0)

    @property
    def lift(self) -> _Place:
        """Where the lift stands: beside the steps, so that nobody passes it who stays on the ground."""
        return self._towards(2.0, 2.5)

    def changes(self) -> Iterator[Enter]:
        """Yield what is built, the lift first."""
        said = {"name": "Үлгі лифті", "name_kk": "Үлгі лифті", "name_ru": "Лифт «Образец»", "name_en": "Sample lift"}
        cabin = {"door_width": 0.9, "width": 1.1, "depth": 1.4, "wait": 40.0, "speech": True, "braille": True}
        yield _enter(LIFT, Point(self.lift), status="working", wheelchair="yes", **said, **cabin)
        yield _enter(FOOTWAY, LineString([self.top, self.lift]), footway="footway", width=1.5, surface="concrete")
        below = {"footway": "footway", "tunnel": True, "level": -1, "lit": True, "width": 1.5, "surface": "concrete"}
        yield _enter(FOOTWAY, LineString([self.lift, self.foot]), **below)
        flight = {"step_count": 22, "step_height": 0.15, "climb": "down", "handrail": "both", "width": 2.4, "lit": True}
        yield _enter(STEPS, LineString([self.top, self.foot]), level=-1, wheelchair_ramp=False, **flight)

    def _towards(self, ahead: float, aside: float) -> _Place:
        (x1, y1), (x2, y2) = self.top, self.beyond
        length = ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5
        ux, uy = (x2 - x1) / length, (y2 - y1) / length
        return round(x1 + ux * ahead - uy * aside, 3), round(y1 + uy * ahead + ux * aside, 3)


def _traffic(quarter: _Quarter) -> Tale:
    """Forbid a turn from Yrjönkatu into Bulevardi; tell the usual speeds there, and how slow the works make it."""
    came, goes = quarter.between(STREET_SEGMENT, "Yrjönkatu", "Bulevardi")
    said = {"from_segment": came.feature_id, "to_segment": goes.feature_id, "restriction": "no_left_turn"}
    turn = _enter(TURN_RESTRICTION, Point(_begin(goes)), **said, except_modes="bicycle,ambulance")
    yield Deed("2022-10-10", ChangeStreets(changes=(turn,)), "Turn forbidden", AKIMAT)
    usual = tuple(
        Enter(
            layer=DAILY_SPEED,
            attributes={"segment_id": goes.feature_id, "direction": direction, "days": "workday", "speeds": _day()},
        )
        for direction in ("forward", "backward")
    )
    yield Deed("2023-02-06", ChangeStreets(changes=usual), "Usual speeds", SURVEY)
    slow = {"segment_id": goes.feature_id, "direction": "forward", "speed": 9.0}
    speed = Enter(layer=STREET_SPEED, attributes=slow)
    yield Deed("2025-10-20", ChangeStreets(changes=(speed,)), "Speed beside the works", SURVEY)


def _day() -> str:
    """Return the usual speeds of a day, slow where everybody drives [km/h]."""
    return json.dumps([14 if any(q in hours for hours in _RUSH) else 27 for q in range(_QUARTERS)])


def _works(quarter: _Quarter) -> Tale:
    """Close a path of the park for works, and a street to cars by night."""
    path = quarter.find(FOOTWAY, "way/316777843")
    why = Text(kk="Жолды жөндеу (үлгі)", ru="Ремонт дорожки (образец)", en="Repair of the path (sample)")
    yield Deed("2025-10-13", Close(objects=((FOOTWAY.name, path.feature_id),), reasons=why), "Works", AKIMAT)
    street = quarter.find(STREET_SEGMENT, "way/62212960")
    quiet = Text(kk="Түнгі тыныштық (үлгі)", ru="Ночная тишина (образец)", en="Quiet at night (sample)")
    night = Close(
        objects=((STREET_SEGMENT.name, street.feature_id),), modes=("car", "truck"), hours="22:00-06:00", reasons=quiet
    )
    yield Deed("2025-10-27", night, "Closed to cars by night", AKIMAT)
