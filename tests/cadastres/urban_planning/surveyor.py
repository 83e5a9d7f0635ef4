"""A surveyor of streets at work in a register under test: ways, what stands on them, what is said of them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shapely.geometry.base import BaseGeometry

from cadastres.urban_planning.street_model import FOOTWAY, STREET_SEGMENT
from cadastres.urban_planning.street_verbs import Alter, Change, ChangeStreets, Enter, Retire
from gis.database import connect
from gis.edit import Put
from gis.errors import RuleBroken
from gis.layer import Layer
from gis.record import NOWHERE, Version, Write, at
from gis.recording import Recorded
from gis.rules import Violation
from gis.store import timelines
from tests.cadastres.urban_planning.engineer import line
from tests.city import City

REQUIRED: Mapping[str, Mapping[str, Any]] = {
    "street_segment": {"highway": "residential"},
    "footway": {"footway": "sidewalk"},
    "barrier": {"barrier": "gate"},
}
"""What a version of a layer can't lack."""


@dataclass(frozen=True)
class Surveyor:
    """Short cuts for the verbs of streets; every act is dated by the day given."""

    city: City

    def change(self, *changes: Change, day: str = "2020-01-01") -> Recorded:
        """Record an act."""
        return self.city.register.perform(ChangeStreets(changes=changes), self.city.act(day))

    def enter(self, layer: Layer, geometry: BaseGeometry = NOWHERE, day: str = "2016-01-01", **said: Any) -> int:
        """Enter an object; return its id."""
        return self.change(entering(layer, geometry, **said), day=day).features[-1]

    def street(self, *points: tuple[float, float], **said: Any) -> int:
        """Enter a street segment through points in metres from the tests' origin."""
        return self.enter(STREET_SEGMENT, line(*points), **said)

    def footway(self, *points: tuple[float, float], **said: Any) -> int:
        """Enter a footway through points."""
        return self.enter(FOOTWAY, line(*points), **said)

    def alter(
        self, layer: Layer, feature: int, geometry: BaseGeometry | None = None, day: str = "2018-01-01", **said: Any
    ) -> Recorded:
        """Alter an object."""
        return self.change(Alter(layer=layer, feature=feature, geometry=geometry, attributes=said), day=day)

    def retire(self, layer: Layer, feature: int, day: str = "2019-01-01") -> Recorded:
        """Retire an object."""
        return self.change(Retire(layer=layer, feature=feature), day=day)

    def found(self, layer: Layer, geometry: BaseGeometry = NOWHERE, **said: Any) -> dict[str, Violation]:
        """Return what the rules find in an object as it is, by rule; nothing is written."""
        act = self.city.act("2020-01-01")
        put = Put((Write(layer.name, -1, act.period, geometry, {**_required(layer), **said}),))
        return {v.rule.removeprefix("urban_planning."): v for v in self.city.register.may(put, act)}

    def broken(self, *changes: Change, day: str = "2020-01-01") -> set[str]:
        """Return the rules by which an act is refused; none when it is recorded."""
        try:
            self.change(*changes, day=day)
        except RuleBroken as refused:
            return {v.rule for v in refused.data["violations"]}
        return set()

    def now(self, layer: Layer, feature: int, day: str = "2030-01-01") -> Version | None:
        """Return a feature's version on a day; nothing where it is not in force."""
        with connect(self.city.register.database.reader) as connection:
            told = timelines(connection, layer, [feature])[feature]
        version = at(told, self.city.act(day).valid_from)
        return None if version is None or version.abolished else version


def entering(layer: Layer, geometry: BaseGeometry = NOWHERE, **said: Any) -> Enter:
    """Return the change that enters an object."""
    return Enter(layer=layer, geometry=geometry, attributes={**_required(layer), **said})


def speeds(value: float = 40.0, count: int = 96) -> str:
    """Return a daily course in which every quarter has the same speed."""
    return json.dumps([value] * count)


def _required(layer: Layer) -> Mapping[str, Any]:
    return REQUIRED.get(layer.table, {})
