"""Acts: what a registrar orders, on which legal source, and what a verb makes of it.

A verb is pure. It says what it needs to see (:class:`Needs`), gets it as a :class:`Case`, and answers with an
:class:`Outcome`: writes and successions. Cadastres above add :class:`Follower` s, which answer in the same way.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol, runtime_checkable

from shapely.geometry.base import BaseGeometry

from gis.errors import BadRequest
from gis.profile import CityProfile
from gis.record import Period, Timeline, Version, Write, at
from gis.text import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A legal source (ISO 19152 LA_AdministrativeSource).

    Attributes:
        kind: e.g. ``akimat-decision``, ``court-decision``, ``contract``.
        acceptance: date of legal force.
        submission: date on which it was submitted to the register.
        recordation: date on which the register took it up.
        file_hash: SHA-256 of the scanned document.
    """

    kind: str
    number: str
    acceptance: date
    submission: date
    recordation: date
    file_hash: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Who orders, in which role, why, by which source, and from when it is so in law.

    ``application`` is the number of the application at the counter, if any, that the act decides.
    """

    actor: str
    role: str
    reason: str
    source: Source
    valid_from: datetime
    application: int | None = None

    @property
    def period(self) -> Period:
        """From the legal date on."""
        return Period(self.valid_from, None)


Related = tuple[str, str, int | str]
"""(layer, key field, value): features by what they refer to."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What must be loaded and locked before a verb can decide.

    Attributes:
        features: feature ids by layer, whose whole live timelines are loaded; to be written.
        areas: places by layer (projected system): every feature live in them at some moment from ``since`` on.
        numbers: (layer, identifier field, prefix): the values issued under a prefix.
        related: (layer, key field, value): every feature of which some live version has the value.
    """

    features: Mapping[str, frozenset[int]] = field(default_factory=dict)
    areas: tuple[tuple[str, BaseGeometry], ...] = ()
    numbers: tuple[tuple[str, str, str], ...] = ()
    related: tuple["Related", ...] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """What a verb sees: the act, the city's profile, and the records it asked for.

    ``issued`` maps each (layer, field, prefix) asked for to the values ever issued under it, shortest first.
    """

    act: Act
    profile: CityProfile
    timelines: Mapping[str, Mapping[int, Timeline]]
    issued: Mapping[tuple[str, str, str], Sequence[str]] = field(default_factory=dict)

    def timeline(self, layer: str, feature_id: int) -> Timeline:
        """Return a feature's live versions; none when it was never registered."""
        return self.timelines.get(layer, {}).get(feature_id, ())

    def current(self, layer: str, feature_id: int) -> Version | None:
        """Return the version in force on the act's legal date, abolished ones left out."""
        version = at(self.timeline(layer, feature_id), self.act.valid_from)
        return None if version is None or version.abolished else version

    def all_current(self, layer: str) -> list[Version]:
        """Return every loaded feature of a layer that is in force on the act's legal date."""
        found = (self.current(layer, feature_id) for feature_id in self.timelines.get(layer, {}))
        return [version for version in found if version is not None]

    def related(self, layer: str, name: str, value: object) -> list[Version]:
        """Return the loaded features of a layer that have a value in a field on the act's legal date."""
        return [version for version in self.all_current(layer) if version.attributes.get(name) == value]


@dataclass(frozen=True, slots=True)
class Succession:
    """Parents that an act replaced by children: split, merge, boundary, renumber.

    Ids of new features are negative until they are recorded. ``since`` is the legal date, where it is not the act's.
    """

    layer: str
    kind: str
    parents: tuple[int, ...]
    children: tuple[int, ...]
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an act does: writes and typed successions. New features carry negative ids, unique within the act."""

    writes: tuple[Write, ...] = ()
    successions: tuple[Succession, ...] = ()

    def __add__(self, other: "Outcome") -> "Outcome":
        """Put a follower's answer after what it follows."""
        return Outcome(self.writes + other.writes, self.successions + other.successions)


class Command(Protocol):
    """A verb with its arguments: a frozen dataclass."""

    @property
    def verb(self) -> str:
        """Stable name, e.g. ``land.parcel.split``."""
        ...

    def needs(self, profile: CityProfile) -> Needs:
        """Tell what the verb must see."""
        ...

    def decide(self, case: Case) -> Outcome:
        """Decide, or raise a :class:`gis.errors.QalaError` that says why the act can't be."""
        ...


@runtime_checkable
class Deeper(Protocol):
    """A command that learns only from what it sees what else it must see."""

    def further(self, case: Case) -> Needs:
        """Tell what must be seen besides; it is asked again until it asks for nothing new."""
        ...


@dataclass(frozen=True, slots=True)
class Follower:
    """What a cadastre above does to its own records when something below it changes.

    Attributes:
        id: stable name, e.g. ``real_estate.building.follows-parcel``.
        watches: layers whose writes or successions wake it.
        needs: what it must see, given what the act does so far.
        further: what it must see besides, once it sees that; it is asked again until it asks for nothing new.
        follow: its answer; empty when nothing follows. It is asked again until nobody has more to add.
    """

    id: str
    watches: frozenset[str]
    needs: Callable[[Outcome, CityProfile], Needs]
    follow: Callable[[Case, Outcome], Outcome]
    further: Callable[[Case, Outcome], Needs] | None = None


def missing(layer: str, feature_id: int, moment: datetime) -> BadRequest:
    """Return the refusal of an act on a feature that is not in force on the act's legal date."""
    return BadRequest(
        Text(
            kk="{layer} қабатындағы {id} нысаны {day} күні күшінде емес.",
            ru="Объект {id} слоя {layer} на {day} не действует.",
            en="Feature {id} of {layer} is not in force on {day}.",
        ).filled(layer=layer, id=feature_id, day=moment.isoformat()),
        layer=layer,
        feature_id=feature_id,
    )
