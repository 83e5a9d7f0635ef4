"""The story of a unit: every act that made it what it is, with its source, on both axes of time.

It follows the subject's parts, the building in which premises lie, the parcels below and those they came from, the
rights on its units, its addresses and the streets that they name. Who is told by role; holders by name only in full.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from cadastres.address.model import ADDRESS, ADMIN_UNIT, NAMED_PLACE, STREET
from cadastres.land.model import PARCEL
from cadastres.real_estate.chronicle import AREA, Event, Known, events, ever
from cadastres.real_estate.model import ADDRESSING, BUILDING, PREMISES
from cadastres.real_estate.passport import AS_OF, as_of
from cadastres.real_estate.rights_model import CONSENT, HOLDER, RIGHT, RIGHT_AREA, UNIT, UNIT_PART
from cadastres.real_estate.rights_sheet import changesets, parties
from cadastres.real_estate.sheets import Content, Sight
from cadastres.real_estate.story_words import entry_text
from cadastres.real_estate.subject import NUMBER_OF, Subject, spelled
from gis.documents import Disclosure
from gis.layer import Layer
from gis.lineage import Descent, descents

_NAMES: Final = ("name", "name_kk", "name_ru", "name_en")
_UNTOLD: Final = frozenset({"label", "external_reference", "derived"})
_TOLD: Final[Mapping[str, tuple[str, ...]]] = {
    STREET.name: (*_NAMES, "street_type"),
    NAMED_PLACE.name: (*_NAMES, "place_type"),
    ADMIN_UNIT.name: (*_NAMES, "kato"),
}
"""Of places only what they are called concerns a unit; of all else every field, and the boundary."""

_MOST_GENERATIONS: Final = 50


@dataclass
class _Cast:
    """Who takes part: the versions ever known of each layer's features."""

    sight: Sight
    known: dict[str, dict[int, list[Known]]] = field(default_factory=dict)
    layers: dict[str, Layer] = field(default_factory=dict)
    descents: dict[tuple[int, int], Descent] = field(default_factory=dict)

    def call(self, layer: Layer, values: Iterable[object], key: str = "feature_id") -> list[Known]:
        """Bring in features by a key; return all versions of those that have it at some time."""
        recorded = self.sight.reading.recorded
        cast = self.known.setdefault(layer.name, {})
        self.layers[layer.name] = layer
        found = ever(self.sight.connection, layer, recorded, values, key)
        new = {version.feature_id for version in found} - cast.keys()
        if key != "feature_id":  # a feature may have had another value in its key for a while
            found = ever(self.sight.connection, layer, recorded, new)
        for version in found:
            if version.feature_id in new:
                cast.setdefault(version.feature_id, []).append(version)
        return found

    def values(self, layer: Layer, name: str) -> set[Any]:
        """Return all values that a field ever had in the layer's cast."""
        versions = (v for timeline in self.known.get(layer.name, {}).values() for v in timeline)
        return {v.attributes.get(name) for v in versions} - {None}

    def ids(self, layer: Layer) -> list[int]:
        """Return the features of a layer's cast."""
        return sorted(self.known.get(layer.name, {}))


def story(sight: Sight, subject: Subject, disclosure: Disclosure = "public", order: str = "legal") -> Content:
    """Return the story of a subject as the register knew it at the reading's recorded instant.

    Acts that take effect after the reading's valid instant are left out.

    Args:
        sight: with the confidant's connection for full disclosure.
        subject: whose story.
        disclosure: whether holders are named.
        order: ``legal``, by the day from which an act is in force, or ``recorded``, as the register took them up.
    """
    cast = _cast(sight, subject, disclosure)
    happened = [event for event in _events(cast) if _begun(sight, event)]
    sources = changesets(sight, [event.changeset for event in happened])
    people = parties(sight, cast.values(HOLDER, "party_id")) if disclosure == "full" else {}
    entries = [
        _entry(cast, [e for e in happened if e.changeset == number], sources[number], people)
        for number in sorted({event.changeset for event in happened})
    ]
    if order == "legal":
        entries.sort(key=lambda entry: (entry["valid_from"] or "", entry["source"]["changeset"]))
    return {
        "subject": {"kind": subject.kind, "number": subject.number, "spelled": spelled(subject.number)},
        AS_OF: as_of(sight),
        "disclosure": disclosure,
        "order": order,
        "entries": entries,
    }


def _begun(sight: Sight, event: Event) -> bool:
    return event.valid.start is None or event.valid.start <= sight.reading.valid


def _cast(sight: Sight, subject: Subject, disclosure: Disclosure) -> _Cast:
    cast = _Cast(sight)
    cast.call(subject.layer, [subject.feature_id])
    if subject.kind == "unit":
        cast.call(UNIT_PART, [subject.feature_id], "unit_id")
    else:
        cast.call(UNIT_PART, [subject.feature_id], "object_id")
        cast.call(UNIT, cast.values(UNIT_PART, "unit_id"))
    for layer in (PARCEL, BUILDING, PREMISES):
        cast.call(layer, cast.values(UNIT_PART, "object_id"))
    cast.call(BUILDING, cast.values(PREMISES, "building_id"))
    _call_lands(cast)
    _call_rights(cast, disclosure)
    _call_addresses(cast, subject)
    return cast


def _call_lands(cast: _Cast) -> None:
    """Bring in the parcels under the buildings, the parcels that all of them came from, and their direct successors."""
    numbers = sorted(str(number) for number in cast.values(BUILDING, "parcel_number"))
    rows = cast.sight.connection.execute(
        "SELECT feature_id FROM land.parcel_cadastral_number_issued WHERE value = ANY(%s)", (numbers,)
    ).fetchall()
    cast.call(PARCEL, [row[0] for row in rows])
    own = set(cast.ids(PARCEL))
    pending = set(own)
    for _ in range(_MOST_GENERATIONS):
        found = [d for i in sorted(pending) for d in _descents(cast, i)]
        cast.descents |= {(d.parent, d.child): d for d in found if d.child in pending or d.parent in own}
        pending = {d.parent for d in found if d.child in pending} - set(cast.ids(PARCEL))
        cast.call(PARCEL, pending)
        if not pending:
            break
    cast.call(PARCEL, {i for pair in cast.descents for i in pair} - set(cast.ids(PARCEL)))


def _descents(cast: _Cast, feature_id: int) -> list[Descent]:
    found = descents(cast.sight.connection, feature_id, cast.sight.reading.recorded)
    return [descent for descent in found if descent.layer == PARCEL.name]


def _call_rights(cast: _Cast, disclosure: Disclosure) -> None:
    cast.call(RIGHT, cast.ids(UNIT), "unit_id")
    cast.call(RIGHT_AREA, cast.ids(RIGHT), "right_id")
    cast.call(CONSENT, cast.ids(RIGHT), "right_id")
    if disclosure == "full":
        cast.call(HOLDER, cast.ids(RIGHT), "right_id")


def _call_addresses(cast: _Cast, subject: Subject) -> None:
    objects = {subject.feature_id} | cast.values(UNIT_PART, "object_id") | set(cast.ids(BUILDING))
    cast.call(ADDRESSING, objects, "object_id")
    cast.call(ADDRESS, cast.values(ADDRESSING, "address_id"))
    cast.call(ADDRESS, cast.values(ADDRESS, "parent_address_id"))
    cast.call(STREET, cast.values(ADDRESS, "street_id"))
    cast.call(NAMED_PLACE, cast.values(ADDRESS, "named_place_id"))
    cast.call(ADMIN_UNIT, cast.values(ADDRESS, "admin_unit_id"))


def _events(cast: _Cast) -> Iterable[Event]:
    for name, features in cast.known.items():
        layer = cast.layers[name]
        every = tuple(f.name for f in layer.fields if f.name not in _UNTOLD)
        told = _TOLD.get(name, (*every, *([AREA] if layer.spatial else ())))
        for versions in features.values():
            yield from events(layer, versions, told)


def _entry(cast: _Cast, happened: list[Event], source: Content, people: Mapping[int, Content]) -> Content:
    sight = cast.sight
    begins = [event.valid.start for event in happened if event.valid.start is not None]
    told = [_told(cast, event, happened, people) for event in happened]
    number = source["changeset"]
    content: Content = {
        "source": source,
        "valid_from": sight.day(min(begins, default=None)),
        "correction": any(event.what in {"corrected", "annulled"} for event in happened),
        "succession": [_succession(cast, d) for d in cast.descents.values() if d.opened_by == number],
        "events": told,
    }
    content["text"] = entry_text(content, sight.profile).as_dict()
    return content


def _succession(cast: _Cast, descent: Descent) -> Content:
    return {
        "kind": descent.kind,
        "parent": _number(cast, PARCEL, descent.parent),
        "child": _number(cast, PARCEL, descent.child),
    }


def _number(cast: _Cast, layer: Layer, feature_id: int) -> str | None:
    versions = cast.known.get(layer.name, {}).get(feature_id, [])
    number = versions[-1].attributes.get(NUMBER_OF[layer.name]) if versions else None
    return None if number is None else spelled(str(number))


def _told(cast: _Cast, event: Event, happened: Iterable[Event], people: Mapping[int, Content]) -> Content:
    sight, layer = cast.sight, event.layer
    said = {f.name: _plain(event.said.get(f.name)) for f in layer.fields if f.name not in _UNTOLD}
    return {
        "layer": layer.name,
        "id": event.feature_id,
        "what": event.what,
        "valid_from": sight.day(event.valid.start),
        "valid_to": sight.day(event.valid.end),
        "number": _number(cast, layer, event.feature_id) if layer.name in NUMBER_OF else None,
        "object_number": _object_number(cast, event),
        "said": {name: value for name, value in said.items() if value is not None},
        "changes": {n: {"before": _plain(a), "after": _plain(b)} for n, (a, b) in event.changes.items()},
        "replaces": _replaced(event, happened),
        "party": people.get(event.said.get("party_id") or 0),
    }


def _object_number(cast: _Cast, event: Event) -> str | None:
    """Return the number of the object that a unit's part or an address's tie speaks of."""
    for layer in (PARCEL, BUILDING, PREMISES):
        found = _number(cast, layer, event.said.get("object_id") or 0)
        if found is not None:
            return found
    return None


def _replaced(event: Event, happened: Iterable[Event]) -> list[int]:
    """Return the rights that ended on the unit by the same act in favour of a new one of their kind."""
    if event.layer is not RIGHT or event.what != "created":
        return []
    same = ("unit_id", "kind")
    return [
        other.feature_id
        for other in happened
        if other.layer is RIGHT and other.what == "ended" and all(other.said[n] == event.said[n] for n in same)
    ]


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
