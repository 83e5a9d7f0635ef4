"""Dividing a way where another is to join it: the first part keeps its id, the second is new.

What speaks of the way goes with the part that it is about: a restriction of turns with the part that ends at its node,
a closure with both, speeds with both. Coordinates are in the city's projected system, x east, y north, metres.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from shapely import LineString, Point

from cadastres.land import story
from cadastres.urban_planning import network_course as course
from cadastres.urban_planning.street_followers import SPEAKING, speaking
from cadastres.urban_planning.street_model import WAYS
from cadastres.urban_planning.street_state_model import CLOSURE, TURN_RESTRICTION
from cadastres.urban_planning.street_verbs import JOIN, ends
from gis.act import Case, Needs, Outcome, Succession
from gis.errors import BadRequest
from gis.layer import Layer
from gis.profile import CityProfile
from gis.record import Version, Write
from gis.text import Text

REACH: Final = 1.0
"""A place farther than this [m] from the way was not meant to be on it."""

NEW: Final = -1
"""Id of the second part within the act."""

_TOTALS: Final = ("step_count", "rise")
"""What is said of a whole and not known of its parts."""


class NotDivided(BadRequest):
    """A place at which a way can't be divided."""

    code = "not-divided"


@dataclass(frozen=True, slots=True, kw_only=True)
class DivideWay:
    """Divide a way.

    Attributes:
        layer: of the way; feature: its id.
        place: where, within :data:`REACH`; where another way ends upon this one about there, it is divided at that end.
    """

    layer: Layer
    feature: int
    place: Point

    @property
    def verb(self) -> str:
        """Return the layer's own verb, e.g. ``urban_planning.footway.divide``."""
        return f"{self.layer.name}.divide"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the way, the ways about the place, and what speaks of the way."""
        return Needs(
            features={self.layer.name: frozenset({self.feature})},
            areas=tuple((way.name, self.place.buffer(REACH)) for way in WAYS),
            related=tuple(
                (layer, name, self.feature) for layer, name, targets in SPEAKING if self.layer.name in targets
            ),
        )

    def decide(self, case: Case) -> Outcome:
        """Return both parts, and what speaks of them.

        Raises:
            BadRequest: the way is not in force on the legal date.
            NotDivided: the place is not on the way, or is one of its ends.
            LaterChange: the way is drawn anew, or ends, after the legal date.
        """
        told = story.chapters(case, self.layer.name, [self.feature])
        parts = self._parts(case, told[0].versions[0])
        writes = [
            Write(self.layer.name, part_id, chapter.period, part, _said(chapter.versions[0]))
            for chapter in told
            for part_id, part in zip((self.feature, NEW), parts, strict=True)
        ]
        # No "split": the way itself stays in force beside the part that was made of it.
        succession = Succession(self.layer.name, "boundary", (self.feature,), (self.feature, NEW))
        return Outcome((*writes, *self._spoken(case, parts)), (succession,))

    def _parts(self, case: Case, way: Version) -> tuple[LineString, LineString]:
        others = [v for kind in WAYS for v in case.all_current(kind.name) if v.feature_id != self.feature]
        joints = [end for other in others for end in ends(other.geometry)]
        on_way = course.nearest(way.geometry, self.place)
        near = [j for j in joints if j.distance(self.place) <= REACH and j.distance(way.geometry) <= JOIN]
        node = min(near, key=self.place.distance, default=on_way)
        parts = course.cut(way.geometry, node)
        shortest = min(part.length for part in parts)
        if on_way.distance(self.place) > REACH or shortest <= case.profile.tolerances.linear:
            facts = {"id": self.feature, "distance": round(on_way.distance(self.place), 2), "reach": REACH}
            raise NotDivided(_NOT_DIVIDED.filled(**facts), **facts)
        return parts

    def _spoken(self, case: Case, parts: tuple[LineString, LineString]) -> Iterator[Write]:
        """Yield what speaks of the way, as it speaks of the parts."""
        told: dict[tuple[str, int], list[Version]] = {}
        for layer, piece in speaking(case, self.layer.name, self.feature):
            pieces = told.setdefault((layer, piece.feature_id), [])
            if piece not in pieces:
                pieces.append(piece)
        for number, ((layer, _), pieces) in enumerate(told.items(), 1):
            for piece in pieces:
                yield from self._carried(layer, piece, parts, NEW - number)

    def _carried(self, layer: str, piece: Version, parts: tuple[LineString, LineString], new: int) -> Iterator[Write]:
        second = {**piece.attributes, **dict.fromkeys(self._naming(layer, piece), NEW)}
        if layer == TURN_RESTRICTION.name:
            if piece.geometry.distance(ends(parts[1])[1]) < piece.geometry.distance(ends(parts[0])[0]):
                yield Write(layer, piece.feature_id, piece.valid, piece.geometry, second)
            return
        if layer == CLOSURE.name:
            yield Write(layer, piece.feature_id, piece.valid, parts[0], piece.attributes)
        yield Write(layer, new, piece.valid, parts[1] if layer == CLOSURE.name else piece.geometry, second)

    def _naming(self, layer: str, piece: Version) -> list[str]:
        names = [name for speaker, name, _ in SPEAKING if speaker == layer]
        return [name for name in names if piece.attributes[name] == self.feature]


def _said(way: Version) -> Mapping[str, Any]:
    return {**way.attributes, **{name: None for name in _TOTALS if name in way.attributes}}


_NOT_DIVIDED = Text(
    kk="{id} нысаны бұл жерде бөлінбейді: орын оның сызығынан {distance} м қашық; ол сызықтың бойында ({reach} м "
    "шегінде) болуы және оның ұшы болмауы тиіс.",
    ru="Объект {id} здесь не делится: место в {distance} м от его линии; оно должно лежать на линии (в пределах "
    "{reach} м) и не быть её концом.",
    en="Feature {id} can't be divided here: the place is {distance} m from its line; it must lie on the line (within "
    "{reach} m) and not be one of its ends.",
)
