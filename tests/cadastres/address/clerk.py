"""An address clerk for tests: acts by short names, and what the register says afterwards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
import shapely

from cadastres.address.formation import AbolishAddress, ChangeAddress, FormAddress
from cadastres.address.model import ADDRESS, ADMIN_UNIT, ALIAS, NAMED_PLACE, STREET
from cadastres.address.reshaping import MergePlaces, MoveBoundaries, SplitPlace
from cadastres.address.verbs import AbolishPlace, ChangeKato, ChangePlace, FormPlace, Rename
from gis import store
from gis.act import Command
from gis.database import connect
from gis.errors import RuleBroken
from gis.record import Version, at
from gis.recording import Recorded
from tests.city import City

X, Y = 655_000.0, 4_790_000.0
"""A place in the centre of Almaty, EPSG:32643 (x east, y north)."""

ABAY = {"name_kk": "Абай даңғылы", "name_ru": "Проспект Абая"}
LENIN = {"name_kk": "Ленин көшесі", "name_ru": "Улица Ленина"}
SATPAYEV = {"name_kk": "Сәтбаев көшесі", "name_ru": "Улица Сатпаева"}


def line(y: float = 0.0, start: float = 0.0, end: float = 400.0) -> shapely.MultiLineString:
    """Return a street from west to east, metres from the place."""
    return shapely.MultiLineString([[(X + start, Y + y), (X + end, Y + y)]])


def area(west: float, south: float, east: float, north: float) -> shapely.MultiPolygon:
    """Return an area, metres from the place."""
    return shapely.MultiPolygon([shapely.box(X + west, Y + south, X + east, Y + north)])


def point(x: float, y: float = 10.0) -> shapely.Point:
    """Return a point, metres from the place."""
    return shapely.Point(X + x, Y + y)


@dataclass(frozen=True)
class Clerk:
    """Acts and looks."""

    city: City

    def do(self, command: Command, day: str = "2021-01-01") -> Recorded:
        """Perform an act that takes effect on a day."""
        return self.city.register.perform(command, self.city.act(day))

    def refused(self, command: Command, day: str = "2021-01-01") -> dict[str, list[str | None]]:
        """Perform an act that rules refuse; return what was found, by rule."""
        with pytest.raises(RuleBroken) as refusal:
            self.do(command, day)
        found: dict[str, list[str | None]] = {}
        for violation in refusal.value.data["violations"]:
            if violation.severity == "error":
                found.setdefault(violation.rule, []).append(violation.detail)
        return found

    def street(self, names: Mapping[str, str] = ABAY, y: float = 0.0, day: str = "2020-01-01", **said: Any) -> int:
        """Form a street."""
        command = FormPlace(layer=STREET.name, names=names, geometry=line(y), attributes=said)
        return self.do(command, day).features[-1]

    def unit(self, names: Mapping[str, str], ground: shapely.MultiPolygon, day: str = "2020-01-01", **said: Any) -> int:
        """Form an administrative unit."""
        attributes = {"level": "cityDistrict", **said}
        command = FormPlace(layer=ADMIN_UNIT.name, names=names, geometry=ground, attributes=attributes)
        return self.do(command, day).features[-1]

    def place(self, names: Mapping[str, str], ground: shapely.MultiPolygon, day: str = "2020-01-01") -> int:
        """Form a named place."""
        attributes = {"place_type": "microdistrict"}
        command = FormPlace(layer=NAMED_PLACE.name, names=names, geometry=ground, attributes=attributes)
        return self.do(command, day).features[-1]

    def address(self, designator: str, day: str = "2020-06-01", **said: Any) -> int:
        """Give an address; its point follows its number unless given."""
        if "parent" not in said:
            said.setdefault("geometry", point(float("".join(filter(str.isdigit, designator)) or 0)))
        return self.do(FormAddress(designator=designator, **said), day).features[-1]

    def on(self, layer: str, feature_id: int, day: str) -> Version | None:
        """Return a feature as it is on a day; nothing where it has ended."""
        with connect(self.city.register.database.reader) as connection:
            timeline = store.timelines(connection, self.city.register.layers[layer], [feature_id])[feature_id]
        version = at(timeline, self.city.profile.midnight(date.fromisoformat(day)))
        return None if version is None or version.abolished else version

    def said(self, layer: str, feature_id: int, day: str) -> dict[str, Any]:
        """Return what the register says of a feature on a day."""
        version = self.on(layer, feature_id, day)
        assert version is not None
        return dict(version.attributes)

    def aliases(self, place: int, day: str) -> Sequence[tuple[str | None, str | None]]:
        """Return the Kazakh and Russian names that a place once had, as the register tells on a day."""
        with connect(self.city.register.database.reader) as connection:
            found = store.related(connection, ALIAS, "place_id", [place])
        moment = self.city.profile.midnight(date.fromisoformat(day))
        versions = [at(timeline, moment) for timeline in found.values()]
        return sorted(
            ((v.attributes["name_kk"], v.attributes["name_ru"]) for v in versions if v and not v.abolished),
            key=str,
        )


__all__ = [
    "ADDRESS", "ADMIN_UNIT", "NAMED_PLACE", "STREET", "AbolishAddress", "AbolishPlace", "ChangeAddress", "ChangeKato",
    "ChangePlace", "Clerk", "FormAddress", "FormPlace", "MergePlaces", "MoveBoundaries", "Rename", "SplitPlace", "area",
    "line", "point",
]  # fmt: skip
