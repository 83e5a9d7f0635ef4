"""What a unit is made of at a reading: its parts, and the building and parcel in which they lie, as plain content.

Content is what a document says, before any language: codes instead of words, dates as ISO 8601, metres and square
metres in the city's projected system. The same reading gives the same content for ever.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from psycopg import Connection

from cadastres.land.model import PARCEL
from cadastres.real_estate import asof
from cadastres.real_estate.asof import ID
from cadastres.real_estate.model import BUILDING, PREMISES
from cadastres.real_estate.rights_model import UNIT, UNIT_PART
from cadastres.real_estate.subject import KINDS, NUMBER_OF, Subject, spelled
from gis.instant import Reading
from gis.layer import Layer
from gis.profile import CityProfile
from gis.record import Version

Content = dict[str, Any]

OBJECT_KINDS: Final = ("parcel", "building", "premises")
_METRES: Final = 3
_NOT_SHOWN: Final = frozenset({"label", "external_reference", "parcel_number"})
"""What serves the map or the loaders, not a reader of documents."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What a document is gathered with.

    Attributes:
        connection: the public login's, or the confidant's inside a logged look.
        reading: the point on both axes.
    """

    connection: Connection
    reading: Reading
    profile: CityProfile

    def at(self, layer: Layer, values: Iterable[object], key: str = ID) -> list[Version]:
        """Return a layer's versions in force that have one of the values in a key field."""
        return asof.versions(self.connection, layer, self.reading, values, key)

    def day(self, moment: datetime | None) -> str | None:
        """Return the legal day of a moment as ISO 8601 text."""
        return None if moment is None else self.profile.legal_day(moment).isoformat()


@dataclass(frozen=True, slots=True)
class Piece:
    """A parcel, building or premises.

    Attributes:
        own: it belongs to the subject itself; else it is where the subject lies, or what stands on it.
    """

    kind: str
    version: Version
    own: bool

    @property
    def number(self) -> str | None:
        """Its cadastral number; a building may have none yet."""
        found = self.version.attributes.get(NUMBER_OF[KINDS[self.kind].name])
        return None if found is None else str(found)


@dataclass(frozen=True, slots=True)
class Composition:
    """A subject's units and pieces, own pieces first, each kind in the order parcel, building, premises."""

    subject: Subject
    units: Sequence[Version]
    pieces: Sequence[Piece]

    def of(self, kind: str) -> list[Piece]:
        """Return the pieces of one kind."""
        return [piece for piece in self.pieces if piece.kind == kind]


def composition(sight: Sight, subject: Subject) -> Composition:
    """Return what a subject is made of at a reading, and where it lies."""
    units = _units(sight, subject)
    own = dict(_parts(sight, units)) if subject.kind == "unit" else {subject.feature_id: subject.kind}
    pieces = {
        version.feature_id: Piece(kind, version, own=True)
        for kind in OBJECT_KINDS
        for version in sight.at(KINDS[kind], [i for i, k in own.items() if k == kind])
    }
    for piece in _around(sight, list(pieces.values())):
        pieces.setdefault(piece.version.feature_id, piece)
    ordered = sorted(pieces.values(), key=lambda p: (not p.own, OBJECT_KINDS.index(p.kind), p.version.feature_id))
    return Composition(subject, units, ordered)


def _units(sight: Sight, subject: Subject) -> list[Version]:
    if subject.kind == "unit":
        return sight.at(UNIT, [subject.feature_id])
    parts = sight.at(UNIT_PART, [subject.feature_id], "object_id")
    return sight.at(UNIT, [part.attributes["unit_id"] for part in parts])


def _parts(sight: Sight, units: Iterable[Version]) -> Iterator[tuple[int, str]]:
    for part in sight.at(UNIT_PART, [unit.feature_id for unit in units], "unit_id"):
        yield part.attributes["object_id"], part.attributes["object_kind"]


def _around(sight: Sight, own: Sequence[Piece]) -> list[Piece]:
    """Return the buildings of the premises, the buildings on the parcels, and the parcels under the buildings."""
    houses = sight.at(BUILDING, [p.version.attributes["building_id"] for p in own if p.kind == "premises"])
    grounds = [p.number for p in own if p.kind == "parcel"]
    houses += sight.at(BUILDING, grounds, "parcel_number")
    buildings = [*houses, *(p.version for p in own if p.kind == "building")]
    below = parcels_numbered(sight, [b.attributes["parcel_number"] for b in buildings])
    return [
        *(Piece("parcel", version, own=False) for version in below),
        *(Piece("building", version, own=False) for version in houses),
    ]


def parcels_numbered(sight: Sight, numbers: Iterable[str | None]) -> list[Version]:
    """Return the parcels that bear the numbers."""
    wanted = sorted({number for number in numbers if number is not None})
    if not wanted:
        return []
    found = sight.connection.execute(_PARCELS_NUMBERED, (wanted,)).fetchall()
    return sight.at(PARCEL, [row[0] for row in found])


_PARCELS_NUMBERED: Final = "SELECT feature_id FROM land.parcel_cadastral_number_issued WHERE value = ANY(%s)"


def piece_content(sight: Sight, piece: Piece, addresses: Sequence[Content]) -> Content:
    """Return what a document says of a parcel, a building or premises."""
    version = piece.version
    layer = KINDS[piece.kind]
    content: Content = {
        "kind": piece.kind,
        "id": version.feature_id,
        "own": piece.own,
        "number": piece.number,
        "spelled": None if piece.number is None else spelled(piece.number),
        "since": sight.day(version.valid.start),
        "attributes": attributes(layer, version),
        "addresses": list(addresses),
    }
    if layer.spatial:
        content["computed_area"] = round(version.geometry.area, _METRES)
    return content


def attributes(layer: Layer, version: Version) -> Content:
    """Return a version's own attributes that say something, in the order of their declaration."""
    shown = [f for f in layer.fields if not f.refers_to and not f.identifier and f.name not in _NOT_SHOWN]
    found = {f.name: version.attributes.get(f.name) for f in shown}
    return {name: _plain(value) for name, value in found.items() if value is not None}


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date | datetime) else value


def unit_content(sight: Sight, unit: Version) -> Content:
    """Return what a document says of a unit itself."""
    return {
        "id": unit.feature_id,
        "number": unit.attributes["unit_number"],
        "spelled": spelled(str(unit.attributes["unit_number"])),
        "since": sight.day(unit.valid.start),
        "attributes": attributes(UNIT, unit),
    }


def premises_in(sight: Sight, buildings: Iterable[Piece]) -> list[Content]:
    """Return the premises of buildings in short: number, designation, floor, use, area."""
    found = sight.at(PREMISES, [b.version.feature_id for b in buildings], "building_id")
    listed = [
        {
            "number": v.attributes["premises_number"],
            "spelled": spelled(str(v.attributes["premises_number"])),
            **attributes(PREMISES, v),
        }
        for v in found
    ]
    return sorted(listed, key=_by_floor)


def _by_floor(premises: Mapping[str, Any]) -> tuple[int, int, str]:
    number = str(premises["number"])
    return premises.get("floor") or 0, len(number), number
