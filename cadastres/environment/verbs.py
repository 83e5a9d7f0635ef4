"""What the environmental registrar does: enter, change and end, set widths and boundaries by project.

Zones are not written by hand: they follow (:mod:`cadastres.environment.followers`), except where a project gave
one its own boundary. Geometries are in the city's projected system, x east, y north, metres.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

from shapely import MultiPolygon
from shapely.geometry.base import BaseGeometry

from cadastres.environment import followers
from cadastres.environment.model import FACILITY, LAYERS, WATER_REACH
from cadastres.environment.monitoring_model import LAYERS as MONITORING_LAYERS
from cadastres.environment.sources import TIES
from cadastres.environment.zone_model import ZONE_PARAMETER, ZONES
from cadastres.land import story
from cadastres.land.verbs import Attributes, complete, ended
from gis.act import Case, Needs, Outcome
from gis.errors import BadRequest, Conflict
from gis.layer import Layer
from gis.profile import CityProfile
from gis.record import NOWHERE, Period, Version, Write
from gis.text import Text

ENTERED: Final = {layer.name: layer for layer in (*LAYERS, ZONE_PARAMETER, *MONITORING_LAYERS)}
"""Layers whose features a registrar enters, changes and ends; zones follow from them."""


class NoSource(BadRequest):
    """A zone's boundary is set around what has no such zone."""

    code = "no-source"


class NothingToDraw(Conflict):
    """Zones are to be drawn anew, and every one of them is what it must be."""

    code = "nothing-to-draw"


@dataclass(frozen=True, slots=True, kw_only=True)
class Enter:
    """Enter a feature: a reach, a protected area, works, a hazard, an event, a station, a parameter row.

    Attributes:
        layer: its name, one of :data:`ENTERED`.
        geometry: of the layer's kind; none for parameter rows.
        until: first moment at which it is no longer so, where that is known at once.
    """

    layer: str
    geometry: BaseGeometry = NOWHERE
    attributes: Attributes = field(default_factory=dict)
    until: Any = None

    @property
    def verb(self) -> str:
        """Name of the act."""
        return f"{self.layer}.enter"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return nothing: the rules and the followers look around."""
        return Needs()

    def decide(self, case: Case) -> Outcome:
        """Return the feature."""
        period = Period(case.act.valid_from, self.until)
        said = complete(ENTERED[self.layer], self.attributes)
        return Outcome((Write(self.layer, -1, period, self.geometry, said),))


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Change a feature from the act's legal date on: its geometry, some attributes, or both.

    Later changes stay: what the act says is laid under each of them.
    """

    layer: str
    feature: int
    geometry: BaseGeometry | None = None
    attributes: Attributes = field(default_factory=dict)

    @property
    def verb(self) -> str:
        """Name of the act."""
        return f"{self.layer}.change"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the feature."""
        return Needs(features={self.layer: frozenset({self.feature})})

    def decide(self, case: Case) -> Outcome:
        """Return the feature's versions with what the act says.

        Raises:
            BadRequest: it is not in force on the legal date.
            LaterChange: its geometry changes, or it ends, after the legal date.
        """
        return Outcome(tuple(self._changed(case)))

    def _changed(self, case: Case) -> Iterator[Write]:
        for chapter in story.chapters(case, self.layer, [self.feature]):
            there = case.timeline(self.layer, self.feature)
            version = next(v for v in there if v.valid.overlaps(chapter.period))
            said = {**version.attributes, **self.attributes}
            yield Write(self.layer, self.feature, chapter.period, self.geometry or version.geometry, said)


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """End a feature from the act's legal date on; the zones around it end with it."""

    layer: str
    feature: int

    @property
    def verb(self) -> str:
        """Name of the act."""
        return f"{self.layer}.end"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the feature."""
        return Needs(features={self.layer: frozenset({self.feature})})

    def decide(self, case: Case) -> Outcome:
        """Return the feature's end.

        Raises:
            BadRequest: it is not in force on the legal date.
            LaterChange: its geometry changes, or it ends, after the legal date.
        """
        told = story.chapters(case, self.layer, [self.feature])
        return Outcome((ended(case, self.layer, told[0].versions[0]),))


@dataclass(frozen=True, slots=True, kw_only=True)
class SetWidths:
    """Set the widths of a reach's zone and strip, or of works' sanitary zone, by an approved project.

    Attributes:
        layer: reaches or works.
        zone: width of the zone [m].
        strip: width of a reach's strip [m].
        basis: the act that approved the project.
    """

    layer: str
    feature: int
    zone: float
    strip: float | None = None
    basis: str
    verb: ClassVar[str] = "environment.zone.set-widths"

    def needs(self, profile: CityProfile) -> Needs:
        """Return the source."""
        return self._change.needs(profile)

    def decide(self, case: Case) -> Outcome:
        """Return the source with its widths; the zones follow.

        Raises:
            BadRequest: it is not in force on the legal date.
            LaterChange: its line changes, or it ends, after the legal date.
        """
        return self._change.decide(case)

    @property
    def _change(self) -> Change:
        said: dict[str, Any] = {"zone_width": self.zone, "legal_basis": self.basis}
        if self.layer == WATER_REACH.name:
            said["strip_width"] = self.strip
        return Change(layer=self.layer, feature=self.feature, attributes=said)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetBoundary:
    """Give the zone around a source the boundary that an approved project drew; it no longer follows a width.

    Attributes:
        zone: layer of the zone.
        source: feature id of what it lies around.
        source_layer: that one's layer.
        attributes: regime, ``no_building``, ``legal_basis``; ``width`` where the project states one.
    """

    zone: str
    source: int
    source_layer: str
    geometry: MultiPolygon
    attributes: Attributes = field(default_factory=dict)
    verb: ClassVar[str] = "environment.zone.set-boundary"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the source and its zone."""
        return Needs(
            features={self.source_layer: frozenset({self.source})}, related=((self.zone, "source_id", self.source),)
        )

    def decide(self, case: Case) -> Outcome:
        """Return the zone with its own boundary, for as long as the source is in force.

        Raises:
            BadRequest: the source is not in force on the legal date.
            NoSource: zones of this layer do not lie around such a source.
        """
        source = story.current(case, self.source_layer, [self.source])[0]
        zones = case.timelines.get(self.zone, {})
        said = {**complete(zone_layer(self.zone), self.attributes), "zone_kind": self._kind(source)}
        said |= {"source_id": self.source, "derived": False, "established": True, "parameter_id": None}
        period = Period(case.act.valid_from, self._end(case))
        return Outcome((Write(self.zone, min(zones, default=-1), period, self.geometry, said),))

    def _kind(self, source: Version) -> str:
        ties = (tie for tie in TIES if (tie.zone.name, tie.source.name) == (self.zone, self.source_layer))
        claims = (tie.claim(source.attributes) for tie in ties)
        claim = next((claim for claim in claims if claim is not None), None)
        if claim is None:
            raise NoSource(_NO_SOURCE.filled(zone=self.zone, layer=self.source_layer, id=self.source))
        return claim.kind

    def _end(self, case: Case) -> Any:
        """Return when the source ends, if the register knows."""
        later = [v for v in case.timeline(self.source_layer, self.source) if v.abolished and v.valid.start is not None]
        starts = [v.valid.start for v in later if v.valid.start is not None and v.valid.start > case.act.valid_from]
        return min(starts, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterRow:
    """One parameter row to be: when it is valid, and all that it says."""

    valid: Period
    attributes: Attributes


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadParameters:
    """Enter many parameter rows at once, each with its own time; the zones of their classes follow."""

    rows: tuple[ParameterRow, ...]
    verb: ClassVar[str] = "environment.zone_parameter.load"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return nothing: rules and followers look around."""
        return Needs()

    def decide(self, case: Case) -> Outcome:  # noqa: ARG002 - part of the protocol
        """Return the rows."""
        return Outcome(
            tuple(
                Write(ZONE_PARAMETER.name, -1 - i, row.valid, attributes=complete(ZONE_PARAMETER, row.attributes))
                for i, row in enumerate(self.rows)
            )
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Derive:
    """Draw the zones around sources anew: after a load of sources, which no follower watches.

    Attributes:
        sources: feature ids by layer.
    """

    sources: tuple[tuple[str, tuple[int, ...]], ...]
    verb: ClassVar[str] = "environment.zone.derive"

    def needs(self, profile: CityProfile) -> Needs:  # noqa: ARG002 - part of the protocol
        """Return the sources."""
        return Needs(features={layer: frozenset(ids) for layer, ids in self.sources})

    def further(self, case: Case) -> Needs:
        """Return their zones and the parameter rows that they take."""
        return followers.needed(case, self._concerned)

    def decide(self, case: Case) -> Outcome:
        """Return the zones where they are not yet what they must be.

        Raises:
            NothingToDraw: all of them are.
        """
        drawn = tuple(followers.drawn(followers.Sight(case, Outcome(), self._concerned)))
        if not drawn:
            raise NothingToDraw(_NOTHING)
        return Outcome(drawn)

    @property
    def _concerned(self) -> dict[str, tuple[int, ...]]:
        return dict(self.sources)


def zone_layer(name: str) -> Layer:
    """Return a layer of zones by name.

    Raises:
        NoSource: there is none; the message lists those there are.
    """
    for layer in ZONES:
        if layer.name == name:
            return layer
    raise NoSource(_NO_ZONES.filled(name=name, known=", ".join(layer.name for layer in ZONES)))


WIDTHS_OF: Final = frozenset({WATER_REACH.name, FACILITY.name})
"""Layers whose features have widths by project."""

_NO_SOURCE = Text(
    kk="{layer} қабатындағы {id} нысанының айналасында {zone} аймағы болмайды; шекара беруге негіз жоқ.",
    ru="Вокруг объекта {id} слоя {layer} зоны {zone} не бывает; задавать ей границу не у чего.",
    en="There is no zone of {zone} around feature {id} of {layer}; a boundary can't be set for it.",
)
_NOTHING = Text(
    kk="Аталған нысандардың айналасындағы аймақтардың бәрі дұрыс; қайта есептейтін ештеңе жоқ.",
    ru="Все зоны вокруг названных объектов верны; рассчитывать заново нечего.",
    en="All zones around the features named are as they must be; there is nothing to derive.",
)
_NO_ZONES = Text(
    kk="«{name}» аймақтар қабаты емес; олар: {known}.",
    ru="«{name}» — не слой зон; есть такие: {known}.",
    en="'{name}' is no layer of zones; there are: {known}.",
)
